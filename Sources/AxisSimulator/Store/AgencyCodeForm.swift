/// The two forms of an agency's code, as far as one follows from the other (domain notes 6.3).
///
/// The directory is what counts; this only fills its second column for codes that convert without loss.
enum AgencyCodeForm {
  /// `G12.18` for `000.00.18.G12`, and the other way round; nil if the code has no certain counterpart.
  static func other(of code: String) -> String? {
    let groups = code.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if is102(groups) {
      let levels = Array(groups.reversed())
      let filled = levels.prefix { $0.contains { $0 != "0" } }
      // A gap in the middle has no counterpart.
      guard levels.dropFirst(filled.count).allSatisfy({ $0.allSatisfy { $0 == "0" } }) else { return nil }
      return filled.joined(separator: ".")
    }
    guard (1...4).contains(groups.count), isLevelOne(groups[0]) else { return nil }
    let widths = [3, 2, 2, 3]
    var levels: [String] = []
    for (level, width) in widths.enumerated() {
      let group = level < groups.count ? groups[level] : ""
      guard group.utf8.count <= width, level == 0 || group.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
      levels.append(level == 0 ? group : String(repeating: "0", count: width - group.utf8.count) + group)
    }
    return levels.reversed().joined(separator: ".")
  }

  private static func is102(_ groups: [String]) -> Bool {
    groups.count == 4 && groups.map(\.utf8.count) == [3, 2, 2, 3] && isLevelOne(groups[3])
      && groups.dropLast().allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
  }

  /// One capital letter and two digits.
  private static func isLevelOne(_ group: String) -> Bool {
    let bytes = Array(group.utf8)
    return bytes.count == 3 && (0x41...0x5a).contains(bytes[0]) && bytes[1...].allSatisfy { (0x30...0x39).contains($0) }
  }

  /// The form of QĐ 20/2020 and the 13-character form of a code with its counterpart.
  static func forms(_ code: String, _ other: String) -> (qd20: String, qcvn102: String) {
    let groups = code.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    return is102(groups) ? (other.isEmpty ? code : other, code) : (code, other)
  }
}
