public import DossierModel
import VietnameseText

/// The provinces by any of their names, new and old.
public struct ProvinceDirectory: Sendable, Hashable {
  /// From this day the new names count.
  public let since: CalendarDate
  public let provinces: [ProvincesDescription.Province]
  private let current: [String: Int]
  private let former: [String: Int]
  private let prefixes: Set<String>

  init(_ description: ProvincesDescription) {
    since = description.since
    provinces = description.provinces
    var current: [String: Int] = [:]
    var former: [String: Int] = [:]
    var prefixes: Set<String> = []
    for (index, province) in description.provinces.enumerated() {
      for name in [province.name] + (province.aliases ?? []) { current[Self.key(name)] = index }
      for old in province.old {
        prefixes.insert(old.idPrefix)
        for name in [old.name] + (old.aliases ?? []) { former[Self.key(name)] = index }
      }
    }
    self.current = current
    self.former = former.filter { current[$0.key] == nil }
    self.prefixes = prefixes
  }

  /// What a printed name is.
  public enum Answer: Sendable, Hashable {
    case current(ProvincesDescription.Province)
    /// A name that ended on 01/07/2025, and the province that took it up.
    case former(now: ProvincesDescription.Province)
    case unknown
  }

  /// Looks a printed name up; "Tỉnh", "Thành phố", "TP." before it, case, marks' placement and dashes do not matter.
  public func find(_ name: String) -> Answer {
    let key = Self.key(name)
    if let index = current[key] { return .current(provinces[index]) }
    if let index = former[key] { return .former(now: provinces[index]) }
    return .unknown
  }

  /// Whether the first three digits of an identity number are a province's.
  public func knows(idPrefix: String) -> Bool { prefixes.contains(idPrefix) }

  /// The names of today, for drop-down lists.
  public var names: [String] { provinces.map(\.name) }

  /// Letters and digits without marks; province names stay distinct without them.
  static func key(_ name: String) -> String {
    var words = name.folded.split { !($0.isLetter || $0.isNumber) }.map(String.init)
    if words.count > 2, words[0] == "thanh", words[1] == "pho" {
      words.removeFirst(2)
    } else if words.count > 1, words[0] == "tinh" || words[0] == "tp" {
      words.removeFirst()
    }
    return words.joined()
  }
}
