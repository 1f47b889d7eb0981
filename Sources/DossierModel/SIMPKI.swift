/// A wish for a key on a phone's SIM: the carrier, and whether the person's present number moves to it.
public struct SIMPKI: Sendable, Hashable, Codable {
  /// `Viettel`, `Vinaphone` or `Mobifone` when it is one that the CA serves (any case read); else as printed.
  public var carrier: String
  /// "cs" (chuyển số) on letters, `V` in the list's column *Chuyển số SIM PKI*.
  public var keepNumber: Bool

  public init(carrier: String, keepNumber: Bool) {
    self.carrier = carrier
    self.keepNumber = keepNumber
  }

  /// What a cell of the letter says: `Viettel`, `viettel (cs)`, `Viettel/cs`, `VIETTEL - CS`. `nil` = the cell is empty
  /// or a dash, a token is wanted. An unknown carrier comes out as printed: a rule reports it.
  public init?(cell text: String, carriers: [String] = Self.usualCarriers) {
    var words = text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    guard !words.isEmpty else { return nil }
    var keep = false
    if words.count > 1, words.last == "cs" {
      keep = true
      words.removeLast()
    } else if words.count > 2, words.suffix(2) == ["chuyển", "số"] {
      keep = true
      words.removeLast(2)
    }
    let name = words.joined()
    if let known = carriers.first(where: { $0.lowercased() == name }) {
      self.init(carrier: known, keepNumber: keep)
      return
    }
    // Without any sign in between: "viettelcs".
    if !keep, let known = carriers.first(where: { $0.lowercased() + "cs" == name }) {
      self.init(carrier: known, keepNumber: true)
      return
    }
    var printed = text
    if keep, let end = printed.firstIndex(where: { !($0.isLetter || $0.isNumber || $0.isWhitespace) }) {
      printed = String(printed[..<end])
    }
    self.init(carrier: printed.split(whereSeparator: \.isWhitespace).joined(separator: " "), keepNumber: keep)
  }

  /// As form 01 prints it: `Viettel` or `Viettel(cs)`.
  public var printed: String { keepNumber ? carrier + "(cs)" : carrier }

  /// The carriers of form 01, note (4).
  public static let usualCarriers = ["Viettel", "Vinaphone", "Mobifone"]
}
