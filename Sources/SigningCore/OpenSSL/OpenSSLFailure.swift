internal import COpenSSL

/// OpenSSL's error queue of this thread. No suspension point may stand between a call and reading its errors.
enum OpenSSLFailure {
  /// Takes every entry out of the queue and gives their texts, oldest first.
  static func drain() -> String {
    var texts: [String] = []
    while true {
      let code = ERR_get_error()
      if code == 0 { break }
      var buffer = [CChar](repeating: 0, count: 256)
      ERR_error_string_n(code, &buffer, buffer.count)
      let end = buffer.firstIndex(of: 0) ?? buffer.count
      if texts.count < 8 { texts.append(String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)) }
    }
    return texts.joined(separator: "; ")
  }

  /// Drops what earlier probing calls left behind.
  static func clear() { ERR_clear_error() }
}

extension SigningError {
  /// An error whose detail is `what` and all that OpenSSL has to say; empties the queue.
  static func openSSL(_ code: Code, _ what: String) -> SigningError {
    let words = OpenSSLFailure.drain()
    return SigningError(code, words.isEmpty ? what : "\(what): \(words)")
  }
}

/// Fails with `.cryptographyFailed` unless `result` is 1, OpenSSL's usual success.
func check(_ result: Int32, _ what: String) throws(SigningError) {
  guard result == 1 else { throw .openSSL(.cryptographyFailed, what) }
}

/// The value of a pointer result, or `.cryptographyFailed` when it is null.
func check<Value>(_ value: Value?, _ what: String) throws(SigningError) -> Value {
  guard let value else { throw .openSSL(.cryptographyFailed, what) }
  return value
}
