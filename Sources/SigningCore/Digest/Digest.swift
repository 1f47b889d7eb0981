internal import COpenSSL
public import Foundation

/// A digest fed in pieces. It has one owner and is not shared between tasks.
public final class Digest {
  public let algorithm: DigestAlgorithm
  private let context: OpaquePointer
  private var failed = false
  private var result: [UInt8]?

  /// Starts a digest; fails only when OpenSSL offers no such algorithm.
  public init(_ algorithm: DigestAlgorithm) throws(SigningError) {
    let implementation = try algorithm.evp()
    guard let context = EVP_MD_CTX_new() else { throw .openSSL(.cryptographyFailed, "EVP_MD_CTX_new") }
    guard EVP_DigestInit_ex2(context, implementation, nil) == 1 else {
      EVP_MD_CTX_free(context)
      throw .openSSL(.cryptographyFailed, "EVP_DigestInit_ex2")
    }
    self.algorithm = algorithm
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes. A failure of the library is kept and thrown by ``finalize()``.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    guard result == nil, let base = bytes.baseAddress, !bytes.isEmpty else { return }
    if EVP_DigestUpdate(context, base, bytes.count) != 1 { failed = true }
  }

  /// Adds bytes of an array, a slice or `Data`, without a copy.
  public func update(_ bytes: some ContiguousBytes) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds `range` of an open file, read in pieces of 256 KiB at fixed offsets; the file's position does not move.
  ///
  /// Throws `.fileUnreadable` when the file ends before the range does or cannot be read.
  public func update(fileDescriptor: Int32, range: Range<Int>) throws(SigningError) {
    guard range.lowerBound >= 0 else { throw SigningError(.fileUnreadable, "negative offset") }
    let size = min(range.count, 256 * 1024)
    guard size > 0 else { return }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    defer { buffer.deallocate() }
    var offset = range.lowerBound
    while offset < range.upperBound {
      let count = pread(fileDescriptor, buffer.baseAddress, min(size, range.upperBound - offset), off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw SigningError(.fileUnreadable, count == 0 ? "the file ends at \(offset)" : "pread failed, errno \(errno)")
      }
      update(UnsafeRawBufferPointer(rebasing: buffer[0..<count]))
      offset += count
    }
  }

  /// The digest of all bytes so far. Further calls give the same bytes; further updates are ignored.
  public func finalize() throws(SigningError) -> [UInt8] {
    if let result { return result }
    var output = [UInt8](repeating: 0, count: algorithm.byteCount)
    guard !failed, EVP_DigestFinal_ex(context, &output, nil) == 1 else {
      throw .openSSL(.cryptographyFailed, "digest \(algorithm.rawValue)")
    }
    result = output
    return output
  }

  /// The digest of bytes at hand.
  public static func of(_ bytes: some ContiguousBytes, _ algorithm: DigestAlgorithm = .sha256) throws(SigningError)
    -> [UInt8]
  {
    let implementation = try algorithm.evp()
    var output = [UInt8](repeating: 0, count: algorithm.byteCount)
    let done = bytes.withUnsafeBytes { EVP_Digest($0.baseAddress, $0.count, &output, nil, implementation, nil) }
    guard done == 1 else { throw .openSSL(.cryptographyFailed, "digest \(algorithm.rawValue)") }
    return output
  }
}
