/// Number and notation of a document (`Code`; "số, ký hiệu"): 7816 and VPCP-TTĐT.
public struct DocumentCode: Sendable, Hashable, Codable {
  public var number: String
  public var notation: String

  public init(number: String, notation: String) {
    self.number = number
    self.notation = notation
  }

  /// Splits `7816/VPCP-TTĐT` at the first slash.
  public init?(joined: String) {
    let parts = joined.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    self.init(number: String(parts[0]), notation: String(parts[1]))
  }

  /// `7816/VPCP-TTĐT`; without the slash when one half is missing.
  public var joined: String {
    number.isEmpty || notation.isEmpty ? number + notation : "\(number)/\(notation)"
  }
}
