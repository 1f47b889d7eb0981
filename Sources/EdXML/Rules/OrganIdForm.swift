/// The forms of identifier codes (edxml.md section 6).
public enum OrganIdForm: String, Sendable, Hashable, Codable, CaseIterable {
  /// QCVN 102:2016: `000.00.00.G22`.
  case qcvn102
  /// Decision 20/2020/QĐ-TTg, Article 4: `G22`, `H37.02.02`.
  case qd20
  /// Article 5: a business registration number.
  case enterprise
  /// Article 6: `Z01` and so on with a code of that scheme.
  case scheme
  /// None of these, but met in the field: dot-separated letters and digits of at most 35 characters.
  case lenient

  /// The strictest form that a code has; `nil` when it is no code at all.
  public static func classify(_ code: String) -> OrganIdForm? {
    let characters = code.count
    guard (1...35).contains(characters) else { return nil }
    let bytes = Array(code.utf8)
    let groups = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if groups.map(\.count) == [3, 2, 2, 3], groups.dropLast().allSatisfy(digits), isLevelOne(groups[3], "A"..."Z") {
      return .qcvn102
    }
    let isWhole = groups.allSatisfy { !$0.isEmpty }
    if isWhole, isLevelOne(groups[0], "A"..."Y"), groups.dropFirst().allSatisfy(capitals) { return .qd20 }
    let number = bytes.prefix(10)
    let branch = bytes.dropFirst(10)
    if number.count == 10, digits(number), branch.isEmpty || isBranch(branch) { return .enterprise }
    if bytes.count > 3, bytes[0] == UInt8(ascii: "Z"), digits(bytes[1...2]), bytes[1...2] != [0x30, 0x30],
      bytes[3] != UInt8(ascii: "."), !code.dropFirst(3).prefix(1).contains(where: \.isWhitespace),
      !code.contains(where: \.isNewline)
    {
      return .scheme
    }
    let parts = bytes.split(omittingEmptySubsequences: false) { ".-_".utf8.contains($0) }
    return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isLetterOrDigit) } ? .lenient : nil
  }

  /// A letter of the range and two digits.
  private static func isLevelOne(_ group: ArraySlice<UInt8>, _ letters: ClosedRange<Unicode.Scalar>) -> Bool {
    guard group.count == 3, let first = group.first else { return false }
    return letters.contains(Unicode.Scalar(first)) && digits(group.dropFirst())
  }

  /// Three digits, with or without a dash before them.
  private static func isBranch(_ bytes: ArraySlice<UInt8>) -> Bool {
    let number = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
    return number.count == 3 && digits(number)
  }

  private static func digits(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { (0x30...0x39).contains($0) } }

  private static func capitals(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
