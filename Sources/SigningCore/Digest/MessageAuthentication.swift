internal import COpenSSL
public import Foundation

/// HMAC with SHA-256 (RFC 2104), 32 bytes.
public func hmacSHA256(key: some ContiguousBytes, message: some ContiguousBytes) throws(SigningError) -> [UInt8] {
  let implementation = try DigestAlgorithm.sha256.evp()
  var output = [UInt8](repeating: 0, count: DigestAlgorithm.sha256.byteCount)
  let done = key.withUnsafeBytes { key in
    message.withUnsafeBytes { message in
      // HMAC() takes a null key for "the key of before": an empty key needs an address of its own.
      var none: UInt8 = 0
      return withUnsafePointer(to: &none) { none in
        HMAC(
          implementation, key.baseAddress ?? UnsafeRawPointer(none), Int32(key.count),
          message.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? none, message.count, &output, nil) != nil
      }
    }
  }
  guard done else { throw .openSSL(.cryptographyFailed, "HMAC") }
  return output
}

/// Compares secrets such as HMAC values in a time that does not depend on where they differ.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

/// Bytes from OpenSSL's cryptographic random generator.
public func randomBytes(_ count: Int) throws(SigningError) -> [UInt8] {
  guard count > 0 else { return [] }
  var bytes = [UInt8](repeating: 0, count: count)
  guard let length = Int32(exactly: count), RAND_bytes(&bytes, length) == 1 else {
    throw .openSSL(.cryptographyFailed, "RAND_bytes")
  }
  return bytes
}
