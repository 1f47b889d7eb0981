import Foundation

/// A JSON answer of the axis, read leniently: names in any case, codes as text or number.
struct AxisAnswer {
  /// The members of the outer object, names in lower case; empty when the answer is a bare array.
  private let members: [String: Any]
  /// The elements, when the answer is a bare array (`getSynchronizeUnit`).
  private let elements: [Any]?

  /// nil: not a JSON object or array.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONSerialization.jsonObject(with: Data(bytes)) else { return nil }
    if let object = value as? [String: Any] {
      members = Dictionary(object.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
      elements = nil
    } else if let array = value as? [Any] {
      members = [:]
      elements = array
    } else {
      return nil
    }
  }

  var isArray: Bool { elements != nil }

  /// `ErrorCode`, trimmed, also where a gateway puts it, inside `data`; nil if absent or empty.
  var errorCode: String? {
    [text("errorcode"), inner("errorcode")].compactMap { $0 }.first { !$0.isEmpty }
  }

  /// Whether `status` says OK (true), FAIL (false), or is absent or something else (nil); gateways say `success`.
  var status: Bool? {
    switch text("success")?.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default: break
    }
    return Self.verdict(text("status"))
  }

  /// What `status` says inside `data`; only with an `errorCode` beside it, even an empty one, is it the axis' verdict, and
  /// not a message's state.
  var innerStatus: Bool? { inner("errorcode") == nil ? nil : Self.verdict(inner("status")) }

  private static func verdict(_ word: String?) -> Bool? {
    switch word?.uppercased() {
    case "OK", "SUCCESS": true
    case "FAIL", "FAILED", "ERROR": false
    default: nil
    }
  }

  /// The axis' own words as one line of at most 300 characters.
  var errorDescription: String {
    Self.oneLine(text("errordesc") ?? inner("errordesc") ?? text("message") ?? "")
  }

  /// A member of the object inside `data`.
  func inner(_ name: String) -> String? {
    guard let object = members["data"] as? [String: Any] else { return nil }
    return Self.text(object.first { $0.key.lowercased() == name }?.value)
  }

  /// A text exactly as it came, also inside `data`: a message must not be changed by reading it.
  func exactText(_ name: String) -> String? {
    if let text = members[name] as? String { return text }
    guard let object = members["data"] as? [String: Any] else { return nil }
    return object.first { $0.key.lowercased() == name }?.value as? String
  }

  /// Whether there is anything in the array, object or text `name`, also inside `data`.
  func has(_ name: String) -> Bool {
    let inner = (members["data"] as? [String: Any])?.first { $0.key.lowercased() == name }?.value
    return [members[name], inner].contains { value in
      switch value {
      case let array as [Any]: !array.isEmpty
      case let object as [String: Any]: !object.isEmpty
      case let text as String: !["", "[]", "{}", "null"].contains(text.filter { !$0.isWhitespace })
      default: false
      }
    }
  }

  func text(_ name: String) -> String? { Self.text(members[name]) }

  /// The elements of `data`, of the bare array, or of an array written as text inside `data`; none if `data` is absent.
  ///
  /// nil: there is something else, which must not be taken for an empty list.
  func list() -> [[String: Any]]? {
    var found: Any? = elements ?? members["data"]
    if found == nil || found is NSNull { return [] }
    if let text = found as? String { found = try? JSONSerialization.jsonObject(with: Data(text.utf8)) }
    guard let array = found as? [Any] else { return nil }
    let objects: [[String: Any]] = array.compactMap { element in
      (element as? [String: Any]).map { object in
        Dictionary(object.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
      }
    }
    return objects.isEmpty && !array.isEmpty ? nil : objects
  }

  /// Text, number or truth value as text in NFC; nil for anything else and for null.
  static func text(_ value: Any?) -> String? {
    switch value {
    case let text as String: text.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
    case let number as NSNumber: number.stringValue
    default: nil
    }
  }

  /// Codes written as one code, as several with commas or semicolons, as JSON text or as an array.
  static func codes(_ value: Any?) -> [String] {
    if let array = value as? [Any] { return array.compactMap(text).filter { !$0.isEmpty } }
    guard let text = text(value) else { return [] }
    if text.hasPrefix("["), let array = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any] {
      return codes(array)
    }
    return text.split(whereSeparator: { ",;|".contains($0) || $0.isWhitespace }).map(String.init)
  }

  static func oneLine(_ text: String) -> String {
    let line = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
    return String(String(line).prefix(300))
  }
}
