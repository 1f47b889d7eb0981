import Foundation

/// Codes in the `to` header: JSON array text as the SDK sends it, or plain codes with commas.
enum ReceiverCodes {
  /// The most receivers of one message.
  static let limit = 2000

  static func read(_ text: String) throws(AxisFailure) -> [String] {
    var codes: [String]
    if text.hasPrefix("[") {
      guard let array = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String] else {
        throw .wrongParameter("to is not a JSON array of codes")
      }
      codes = array
    } else {
      codes = text.split(whereSeparator: { ",;".contains($0) }).map(String.init)
    }
    codes = codes.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    return try distinct(codes)
  }

  static func distinct(_ codes: [String]) throws(AxisFailure) -> [String] {
    var seen: Set<String> = []
    let distinct = codes.filter { seen.insert($0).inserted }
    guard distinct.count <= limit, distinct.allSatisfy({ $0.utf8.count <= 100 }) else {
      throw .wrongParameter("too many receivers or too long a code")
    }
    return distinct
  }
}
