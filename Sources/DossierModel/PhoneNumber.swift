/// A Vietnamese mobile number as dossiers keep it: ten digits from 0.
public struct PhoneNumber: Sendable, Hashable {
  /// `0xxxxxxxxx`.
  public let digits: String

  /// Reads `0912 000 001`, `(091) 200 - 0001`, `+84 912000001`, `84912000001`, `0912.000.001`.
  ///
  /// `nil` when it is not a number of a Vietnamese mobile network:
  /// `^0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}$`.
  public init?(_ text: String) {
    guard let digits = Self.plain(text), Self.isMobile(digits) else { return nil }
    self.digits = digits
  }

  /// The printed number with country code and punctuation taken away, whether or not a network owns it; the text as it
  /// stands (trimmed) when it holds anything else than a number.
  public static func normalised(_ text: String) -> String {
    plain(text) ?? text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func plain(_ text: String) -> String? {
    var digits = ""
    for (index, character) in text.unicodeScalars.enumerated() {
      switch character {
      case "0"..."9": digits.unicodeScalars.append(character)
      case "+" where index == 0: continue
      case "(", ")", ".", "-", "\u{2013}", "\u{2010}", "\u{2011}", "'": continue
      default:
        guard character.properties.isWhitespace else { return nil }
      }
    }
    guard !digits.isEmpty else { return nil }
    if digits.utf8.count == 11, digits.hasPrefix("84") { return "0" + digits.dropFirst(2) }
    if digits.utf8.count == 13, digits.hasPrefix("0084") { return "0" + digits.dropFirst(4) }
    return digits
  }

  private static func isMobile(_ digits: String) -> Bool {
    let bytes = Array(digits.utf8)
    guard bytes.count == 10, bytes[0] == 0x30 else { return false }
    let third = bytes[2] &- 0x30
    switch bytes[1] {
    case 0x33: return third >= 2
    case 0x35: return [2, 5, 6, 8, 9].contains(third)
    case 0x37: return third == 0 || third >= 6
    case 0x38: return third >= 1
    case 0x39: return third != 5
    default: return false
    }
  }
}
