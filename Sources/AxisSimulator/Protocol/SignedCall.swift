import Foundation
import SigningCore

/// A request's parameters after its signature held: only the values that are both sent and signed.
struct SignedCall {
  let systemID: String
  /// Header values by lower-case name without the prefix.
  private let sent: [String: String]
  /// Signed values by lower-case name without the prefix.
  private let signed: [String: String]

  private static let prefix = "xroadvnpt-"

  /// Checks the system, the signature and the time.
  ///
  /// - Parameters:
  ///   - headers: all header fields, names in any case.
  ///   - tolerance: how far the timestamp may be from `now`.
  init(
    headers: [(name: String, value: String)], systems: [String: AxisSystem], now: Date, tolerance: Duration
  ) throws(AxisFailure) {
    var sent: [String: String] = [:]
    for header in headers where header.name.lowercased().hasPrefix(Self.prefix) {
      let key = String(header.name.lowercased().dropFirst(Self.prefix.count))
      if let other = sent[key], other != header.value {
        throw .notAuthentic("header XroadVnpt-\(key) is sent twice with different values")
      }
      sent[key] = header.value
    }
    guard let systemID = sent["systemid"], let text = sent["sign-header"], let claimed = sent["hash-header"] else {
      throw .notAuthentic("systemid, sign-header or hash-header is missing")
    }
    // An unknown system takes the same path as a wrong secret, so that the answer does not tell them apart.
    let secret = systems[systemID]?.secret ?? Array("no such system".utf8)
    guard let computed = try? hmacSHA256(key: secret, message: Array(text.utf8)),
      constantTimeEquals(Array(computed.hexadecimal.utf8), Array(claimed.lowercased().utf8)), systems[systemID] != nil
    else { throw .notAuthentic("wrong systemid or secret") }
    guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      throw .notAuthentic("sign-header is not a JSON object")
    }
    var signed: [String: String] = [:]
    for (name, value) in object {
      guard name.lowercased().hasPrefix(Self.prefix), let value = value as? String else { continue }
      let key = String(name.lowercased().dropFirst(Self.prefix.count))
      if signed[key] != nil { throw .notAuthentic("sign-header names \(key) twice") }
      signed[key] = value
    }
    self.systemID = systemID
    self.sent = sent
    self.signed = signed
    guard try value("systemid") == systemID else { throw .notAuthentic("systemid is not signed") }
    try checkTime(now: now, tolerance: tolerance)
  }

  /// A parameter of the operation: what is sent must equal what is signed; nil if it is neither.
  func value(_ name: String) throws(AxisFailure) -> String? {
    let key = name.lowercased()
    guard sent[key] == signed[key] else {
      throw .notAuthentic("header XroadVnpt-\(name) differs from its signed value")
    }
    return sent[key]
  }

  func required(_ name: String) throws(AxisFailure) -> String {
    guard let value = try value(name), !value.isEmpty else {
      throw .wrongParameter("header XroadVnpt-\(name) is missing")
    }
    return value
  }

  /// `messagetype`, `edoc` unless it says `status`.
  func messageType() throws(AxisFailure) -> String {
    switch try value("messagetype")?.lowercased() {
    case nil, "", "edoc": "edoc"
    case "status": "status"
    default: throw .wrongParameter("messagetype must be edoc or status")
    }
  }

  private func checkTime(now: Date, tolerance: Duration) throws(AxisFailure) {
    guard let text = try value("timestamp"), let instant = Self.instant(text) else {
      throw .notAuthentic("timestamp is missing or not ddMMyyyy'T'HHmmss+SSSS")
    }
    guard abs(instant.timeIntervalSince(now)) <= Double(tolerance.components.seconds) else {
      throw .notAuthentic("timestamp is too old or in the future")
    }
  }

  /// `ddMMyyyy'T'HHmmss'+'SSSS`, taken as Vietnam time; what follows the plus is milliseconds and does not matter here.
  static func instant(_ text: String) -> Date? {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 8, let time = parts[1].split(separator: "+").first,
      time.utf8.count == 6,
      let day = Int(parts[0].prefix(2)), let month = Int(parts[0].dropFirst(2).prefix(2)),
      let year = Int(parts[0].suffix(4)),
      let hour = Int(time.prefix(2)), let minute = Int(time.dropFirst(2).prefix(2)), let second = Int(time.suffix(2))
    else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let fields = DateComponents(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    guard fields.isValidDate(in: calendar) else { return nil }
    return calendar.date(from: fields)?.addingTimeInterval(-7 * 3600)
  }
}
