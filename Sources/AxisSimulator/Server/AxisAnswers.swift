import Foundation
import Hummingbird
import NIOCore

/// The axis' answers in its JSON form.
enum AxisAnswers {
  /// A good answer with further members.
  static func good(_ members: [String: Any] = [:], status: HTTPResponse.Status = .ok) -> Response {
    json(members.merging(["status": "OK", "ErrorCode": "0", "ErrorDesc": "Thành công"]) { own, _ in own }, status)
  }

  /// A refusal. Calls that carry JSON get it with HTTP 200, as the SDK reads it; raw downloads with 400.
  static func refusal(_ failure: AxisFailure, status: HTTPResponse.Status = .ok) -> Response {
    json(["status": "FAIL", "ErrorCode": failure.code, "ErrorDesc": failure.description], status)
  }

  static func json(_ object: [String: Any], _ status: HTTPResponse.Status) -> Response {
    let data = (try? JSONSerialization.data(withJSONObject: object, options: [.withoutEscapingSlashes])) ?? Data()
    var headers = HTTPFields()
    headers[.contentType] = "application/json; charset=utf-8"
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
  }

  /// `yyyy/MM/dd HH:mm:ss` in Vietnam time.
  static func time(_ milliseconds: Int) -> String {
    let fields = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: Double(milliseconds / 1000 + 7 * 3600)))
    return String(
      format: "%04d/%02d/%02d %02d:%02d:%02d", fields.year ?? 0, fields.month ?? 0, fields.day ?? 0, fields.hour ?? 0,
      fields.minute ?? 0, fields.second ?? 0)
  }

  /// Milliseconds of `dd/MM/yyyy HH:mm:ss` or `yyyy/MM/dd HH:mm:ss` in Vietnam time.
  static func milliseconds(_ text: String) -> Int? {
    let numbers = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    guard numbers.count == 3 || numbers.count == 6 else { return nil }
    let yearFirst = numbers[0] > 31
    let fields = DateComponents(
      year: numbers[yearFirst ? 0 : 2], month: numbers[1], day: numbers[yearFirst ? 2 : 0],
      hour: numbers.count == 6 ? numbers[3] : 0, minute: numbers.count == 6 ? numbers[4] : 0,
      second: numbers.count == 6 ? numbers[5] : 0)
    guard fields.isValidDate(in: calendar), let date = calendar.date(from: fields) else { return nil }
    return (Int(date.timeIntervalSince1970) - 7 * 3600) * 1000
  }

  /// Vietnam keeps UTC+7 all year; the offset is added by hand.
  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()
}
