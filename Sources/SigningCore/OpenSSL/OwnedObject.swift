internal import COpenSSL

/// The one owner of an OpenSSL object: freed in `deinit` and nowhere else.
final class OwnedObject: @unchecked Sendable {
  // Proof: the object is never changed after construction here, and the caches that OpenSSL fills lazily in X509,
  // X509_CRL and EVP_PKEY (extensions, encodings, sorted serials, key exports) are guarded by its own locks.
  private let pointer: OpaquePointer
  private let free: @Sendable (OpaquePointer) -> Void

  init(takingOwnership pointer: OpaquePointer, free: @escaping @Sendable (OpaquePointer) -> Void) {
    self.pointer = pointer
    self.free = free
  }

  deinit { free(pointer) }

  /// Lends the object for the length of `body`.
  func withPointer<Result, Failure: Error>(_ body: (OpaquePointer) throws(Failure) -> Result) throws(Failure) -> Result
  {
    defer { withExtendedLifetime(self) {} }
    return try body(pointer)
  }
}

/// Frees a C object when the scope ends.
struct ScopedObject<Pointer>: ~Copyable {
  let pointer: Pointer
  private let free: (Pointer) -> Void

  init(_ pointer: Pointer, free: @escaping (Pointer) -> Void) {
    self.pointer = pointer
    self.free = free
  }

  deinit { free(pointer) }
}

/// The elements of an OpenSSL stack (`STACK_OF(…)`), borrowed; empty for null.
func elements(ofStack stack: OpaquePointer?) -> [UnsafeMutableRawPointer] {
  guard let stack else { return [] }
  let count = OPENSSL_sk_num(stack)
  guard count > 0 else { return [] }
  return (0..<count).compactMap { OPENSSL_sk_value(stack, $0) }
}

/// The DER of an object through one of OpenSSL's `i2d` functions; empty when it cannot be encoded.
func encoded(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
  var buffer: UnsafeMutablePointer<UInt8>?
  let count = encode(&buffer)
  guard count > 0, let buffer else { return [] }
  defer { shim_OPENSSL_free(buffer) }
  return Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
}

/// Decodes one DER value at the start of `bytes` through a `d2i` function; gives the object and how many bytes it took.
func decoded<Object>(
  _ bytes: [UInt8], _ decode: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Object?
) -> (object: Object, byteCount: Int)? {
  bytes.withUnsafeBufferPointer { buffer -> (object: Object, byteCount: Int)? in
    guard let base = buffer.baseAddress, buffer.count > 0 else { return nil }
    var cursor: UnsafePointer<UInt8>? = base
    guard let object = decode(&cursor, buffer.count), let end = cursor else {
      OpenSSLFailure.clear()
      return nil
    }
    return (object, end - base)
  }
}
