internal import COpenSSL
internal import Foundation

/// PEM text (RFC 7468), read and written through OpenSSL.
enum PEM {
  struct Block {
    let label: String
    let der: [UInt8]
  }

  static let certificateLabels: Set<String> = ["CERTIFICATE", "X509 CERTIFICATE"]
  /// Blocks taken from one text.
  static let maximumBlockCount = 2_000

  /// Whether bytes look like PEM rather than DER.
  static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.first != 0x30 && Data(bytes).range(of: Data("-----BEGIN ".utf8)) != nil
  }

  /// All blocks of a text; a damaged block ends the reading with what came before it.
  static func blocks(in bytes: [UInt8]) throws(SigningError) -> [Block] {
    guard let length = Int32(exactly: bytes.count) else { throw SigningError(.tooLarge, "PEM text") }
    // BIO_new_mem_buf does not copy: the array is lent for as long as the BIO lives.
    let result: Result<[Block], SigningError> = bytes.withUnsafeBytes { buffer in
      guard let bio = BIO_new_mem_buf(buffer.baseAddress, length) else {
        return .failure(.openSSL(.cryptographyFailed, "BIO_new_mem_buf"))
      }
      defer { BIO_free(bio) }
      var blocks: [Block] = []
      while blocks.count < maximumBlockCount {
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard PEM_read_bio(bio, &name, &header, &data, &count) == 1 else { break }
        defer {
          shim_OPENSSL_free(name)
          shim_OPENSSL_free(header)
          shim_OPENSSL_free(data)
        }
        guard let name, let data else { break }
        blocks.append(
          Block(label: String(cString: name), der: Array(UnsafeBufferPointer(start: data, count: count))))
      }
      OpenSSLFailure.clear()
      return .success(blocks)
    }
    return try result.get()
  }

  /// PEM text of `der`, lines of 64 characters.
  static func text(label: String, der: [UInt8]) -> String {
    let body = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
  }
}
