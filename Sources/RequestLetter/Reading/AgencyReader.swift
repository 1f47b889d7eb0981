import Foundation
import VietnameseText

/// Finds the agency's name as it is written in running text: the letterhead prints it in capitals, often without its
/// province, so the capitals are looked up in the sentences that name who requests.
struct AgencyReader {
  let letterhead: [String]
  /// Texts to look in, best first.
  let texts: [String]
  /// Words in capitals and what they stand for: UBND.
  let abbreviations: [String: String]

  struct Found {
    var agency: String?
    var superior: String?
    /// Lines of the letterhead that are the agency's own.
    var lines: Range<Int>
    var confidence: Double
  }

  func read() -> Found? {
    let printed = letterhead.filter { !$0.isEmpty }
    guard !printed.isEmpty else { return nil }
    let lines = printed.map(expanded)
    // The request itself names the agency as it calls itself; an address may shorten it. As printed first: the text may
    // call a school THPT too.
    let requests = texts.filter { $0.folded.contains("de nghi") }
    for texts in [requests, texts] {
      for spelling in lines == printed ? [lines] : [printed, lines] {
        if let found = mentioned(spelling, in: texts) { return found }
      }
    }
    return unmentioned(lines)
  }

  /// What the running text calls the agency.
  private func mentioned(_ lines: [String], in texts: [String]) -> Found? {
    for start in lines.indices {
      let own = Self.keys(lines[start...].joined(separator: " "))
      guard own.count >= 2 else { continue }
      for text in texts {
        guard let name = find(own, in: text, superior: lines[..<start]) else { continue }
        let superior = superior(lines[..<start].map(expanded)[...])
        return Found(
          agency: Self.completed(name, superior: superior), superior: superior, lines: start..<lines.count,
          confidence: 0.95)
      }
    }
    return nil
  }

  private func unmentioned(_ lines: [String]) -> Found {
    let start = Self.startOfAgency(lines)
    let superior = superior(lines[..<start])
    return Found(
      agency: Self.completed(Self.cased(lines[start...].joined(separator: " ")), superior: superior),
      superior: superior, lines: start..<lines.count, confidence: 0.6)
  }

  // MARK: Looking up

  /// Words that end the agency's name in a request.
  private static let verbs: Set<String> = Set(
    ["đề", "kính", "trân", "xin", "gửi", "yêu", "có", "báo", "nhận", "đã", "về", "lập", "mời", "rất"].map(\.toneFolded))

  /// An occurrence of the letterhead's words that goes on to a verb of request or to a bracket.
  private func find(_ own: [String], in text: String, superior: ArraySlice<String>) -> String? {
    let words = text.split(separator: " ").map(String.init)
    let keys = words.map { Self.keys($0).joined() }
    let above = Self.keys(superior.joined(separator: " "))
    guard words.count >= own.count else { return nil }
    for start in 0...(words.count - own.count) where Array(keys[start..<(start + own.count)]) == own {
      guard words[start].first?.isUppercase == true else { continue }
      var end = start + own.count
      var ended = Self.closes(words[end - 1])
      while end < words.count, !ended {
        if Self.verbs.contains(keys[end]) {
          ended = true
          break
        }
        if words[end - 1].hasSuffix(",") {
          // Behind a comma only the superior body belongs to the name.
          guard !above.isEmpty, Array(keys[end...].prefix(above.count)) == above else { break }
          end += above.count
          ended = end >= words.count || Self.verbs.contains(keys[end]) || Self.closes(words[end - 1])
          break
        }
        if end - start > own.count + 14 { break }
        end += 1
        ended = Self.closes(words[end - 1])
      }
      guard ended || end == words.count || words[end - 1].hasSuffix(",") else { continue }
      return words[start..<end].joined(separator: " ").trimmingCharacters(in: CharacterSet(charactersIn: " ,;.:)("))
    }
    return nil
  }

  private static func closes(_ word: String) -> Bool {
    word.hasSuffix(")") || word.hasSuffix(".") || word.hasSuffix(";")
  }

  private static func keys(_ text: String) -> [String] {
    text.split(separator: " ").map { word in
      String(word).trimmingCharacters(in: CharacterSet(charactersIn: ",;.:()")).toneFolded
    }.filter { !$0.isEmpty && $0 != "-" }
  }

  /// A name that is only whole with its superior body: a province's department, a ministry's office.
  private static func completed(_ name: String, superior: String?) -> String {
    guard let superior, !superior.isEmpty, !keys(name).starts(with: keys(superior)) else { return name }
    let first = keys(name).first ?? ""
    let committee = keys("Ủy ban nhân dân")
    let above = superior.split(separator: " ").map(String.init)
    if keys(superior).starts(with: committee), ["sở", "thanh", "ban", "chi"].map(\.toneFolded).contains(first) {
      let place = above.dropFirst(committee.count).joined(separator: " ")
      return keys(name).joined(separator: " ").contains(keys(place).joined(separator: " ")) || name.contains("tỉnh ")
        || name.contains("thành phố ") ? name : name + " " + place
    }
    let ministry = "bộ".toneFolded
    if keys(superior).first == ministry, ["cục", "vụ", "tổng", "viện"].map(\.toneFolded).contains(first),
      !name.contains(",")
    {
      return name + ", " + superior
    }
    return name
  }

  // MARK: Without a mention

  private func expanded(_ line: String) -> String {
    line.split(separator: " ").map { word in
      abbreviations[String(word)]?.uppercased() ?? String(word)
    }.joined(separator: " ")
  }

  private func superior(_ lines: ArraySlice<String>) -> String? {
    lines.isEmpty ? nil : Self.cased(lines.joined(separator: " "))
  }

  /// The first line, and those that go on with it, are the superior body's; a letterhead of one body has no other.
  private static func startOfAgency(_ lines: [String]) -> Int {
    guard lines.count > 1 else { return 0 }
    // The last line that begins with a word for a body is where the agency's own name begins; "NHÂN DÂN" goes on.
    if let last = lines.indices.dropFirst().last(where: { index in
      let words = keys(lines[index])
      return keys(lines[index - 1]).last != "và" && bodies.contains { words.starts(with: $0) }
    }) {
      return last
    }
    var start = 1
    let continues = ["tỉnh", "thành", "và", "xã", "phường", "huyện", "quận", "đặc"]
    while start < lines.count, let first = keys(lines[start]).first, continues.contains(first) { start += 1 }
    return start < lines.count ? start : 0
  }

  /// How the names of bodies begin.
  private static let bodies: [[String]] = [
    "Sở", "Trường", "Ủy ban", "Phòng", "Văn phòng", "Bệnh viện", "Trung tâm", "Chi cục", "Thanh tra", "Tòa án",
    "Viện", "Học viện", "Cục", "Vụ", "Tổng cục", "Công an", "Kho bạc", "Hội đồng", "Đảng ủy", "Ban Quản lý",
  ].map(keys)

  /// Small letters for a name in capitals: first word and names of places keep theirs.
  static func cased(_ capitals: String) -> String {
    guard !capitals.contains(where: \.isLowercase) else { return capitals }
    let heads: Set<String> = [
      "sở", "bộ", "cục", "ban", "tòa", "toà", "viện", "trường", "bệnh", "trung", "thanh", "văn", "chi", "tổng", "ủy",
      "uỷ", "hội",
    ]
    let units: Set<String> = ["tỉnh", "phố", "xã", "phường", "huyện", "quận", "khu"]
    var place = false
    // "Bộ Nông nghiệp và Môi trường": a body of the state names each of its fields with a capital.
    var fields = false
    var last = ""
    return capitals.lowercased().split(separator: " ").enumerated().map { index, word in
      let word = String(word)
      defer { last = word }
      if units.contains(last) { place = last != "khu" }
      if heads.contains(word), index > 0 { place = false }
      if ["sở", "bộ"].contains(word) {
        fields = true
      } else if heads.contains(word) || units.contains(word) {
        fields = false
      }
      let capital =
        index == 0 || place || (fields && (last == "và" || last == "-" || last.hasSuffix(",")))
        || (index == 1 && ["sở", "bộ", "cục"].contains(last))
        || (index > 0 && ["sở", "bộ", "cục"].contains(word))
      return capital ? word.prefix(1).uppercased() + word.dropFirst() : word
    }.joined(separator: " ")
  }
}
