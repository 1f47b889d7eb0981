import VietnameseText

/// Addresses within the site, with the reader's choices carried along.
struct PageLink {
  var path: String
  var query: [(name: String, value: String)]

  init(_ path: String, _ query: [(name: String, value: String)] = []) {
    self.path = path
    self.query = query
  }

  /// The list, or one letter by its id.
  static func letter(_ id: String) -> PageLink { PageLink("/letters/" + encoded(id)) }

  /// The address as it stands in `href`, with the desk's language and reloading kept.
  func address(_ desk: Desk) -> String {
    var items = query.filter { !$0.value.isEmpty }
    if desk.keepsLanguage { items.append(("lang", desk.language.rawValue)) }
    if desk.refreshIsOff { items.append(("refresh", "off")) }
    guard !items.isEmpty else { return path }
    return path + "?" + items.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
  }

  /// Percent-encoded (RFC 3986): all but the unreserved characters.
  static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return result
  }
}
