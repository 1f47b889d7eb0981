import Foundation
import HTTPTransport
import SigningCore

/// The parameters of one call as the axis wants them: headers `XroadVnpt-…`, and their signed form.
///
/// The signed text is itself sent, so the very bytes that are signed go on the wire.
struct SignedParameters {
  static let prefix = "XroadVnpt-"

  /// In the order in which they are signed and sent, names without the prefix.
  private let entries: [(key: String, value: String)]

  init(systemID: String, contentType: String, caller: [(key: String, value: String)], at now: Date) {
    entries =
      [("timestamp", Self.timestamp(now)), ("systemid", systemID), ("Content-Type", contentType)] + caller
  }

  init(entries: [(key: String, value: String)]) {
    self.entries = entries
  }

  /// All header fields of the call; throws if the secret cannot be used.
  func headers(secret: Secret) throws(SigningError) -> [TransportHeader] {
    var headers: [TransportHeader] = []
    for entry in entries {
      headers.append(TransportHeader(Self.prefix + entry.key, entry.value))
      if entry.key == "Content-Type" { headers.append(TransportHeader(entry.key, entry.value)) }
    }
    let text = signedText
    let code = try hmacSHA256(key: Array(secret.value.utf8), message: Array(text.utf8))
    headers.append(TransportHeader(Self.prefix + "sign-header-key", entries.map(\.key).joined(separator: ";")))
    headers.append(TransportHeader(Self.prefix + "sign-header", text))
    headers.append(TransportHeader(Self.prefix + "hash-header", code.hexadecimal))
    headers.append(TransportHeader("User-Agent", "JAVASDKAgent/1.0.0 XRoad/VPCP"))
    headers.append(TransportHeader(Self.prefix + "version", "3.0.201608"))
    return headers
  }

  /// The compact JSON object that is signed, escaped as Gson does it: `/` and non-ASCII stay as they are.
  var signedText: String {
    let members = entries.map { "\(Self.quoted(Self.prefix + $0.key)):\(Self.quoted($0.value))" }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// A JSON string; header values hold no control characters, which the transport refuses.
  static func quoted(_ text: String) -> String {
    "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
  }

  /// `ddMMyyyy'T'HHmmss'+'SSSS` in Vietnam time, where `SSSS` is milliseconds and no zone.
  static func timestamp(_ instant: Date) -> String {
    let milliseconds = Int((instant.timeIntervalSince1970 * 1000).rounded(.down)) + 7 * 3_600_000
    let fields = Self.calendar.dateComponents(
      [.day, .month, .year, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: Double(milliseconds.quotientRoundedDown(by: 1000))))
    return String(
      format: "%02d%02d%04dT%02d%02d%02d+%04d", fields.day ?? 0, fields.month ?? 0, fields.year ?? 0, fields.hour ?? 0,
      fields.minute ?? 0, fields.second ?? 0, milliseconds - milliseconds.quotientRoundedDown(by: 1000) * 1000)
  }

  /// Vietnam keeps UTC+7 all year; the offset is added beforehand.
  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()
}

extension Int {
  fileprivate func quotientRoundedDown(by divisor: Int) -> Int {
    self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
  }
}
