import VietnameseText

/// Numbers that letters write as words: "ba", "hai mươi lăm", "một trăm linh hai"; up to 999.
struct NumberWords {
  let value: Int
  /// How many of the words belong to the number.
  let count: Int

  private static let digits: [String: Int] = [
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
  ]

  /// The number with which the words begin.
  init?(_ words: some Collection<some StringProtocol>) {
    var value = 0
    var count = 0
    // A digit that no unit followed yet.
    var open: Int?
    var hasTens = false
    for word in words {
      let word = word.lowercased().nfc
      if let digit = Self.digits[word] {
        guard open == nil else { break }
        open = digit
      } else if word == "trăm", let digit = open, value == 0 {
        value = digit * 100
        open = nil
      } else if word == "mươi", let digit = open, !hasTens {
        value += digit * 10
        open = nil
        hasTens = true
      } else if word == "mười", open == nil, !hasTens {
        value += 10
        hasTens = true
      } else if ["linh", "lẻ"].contains(word), value >= 100, open == nil, !hasTens {
        hasTens = true
      } else {
        break
      }
      count += 1
    }
    value += open ?? 0
    guard count > 0, value > 0 else { return nil }
    self.value = value
    self.count = count
  }
}
