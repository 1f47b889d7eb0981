import Foundation
import SigningCore

/// `hash-file`: SHA-256 of the file that is sent, without the CR LF that follows it on the wire.
struct FileFingerprint {
  let digest: [UInt8]

  init(digest: [UInt8]) {
    self.digest = digest
  }

  init(file path: String) throws(SigningError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw SigningError(.fileUnreadable, "cannot open the message to send: errno \(errno)")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw SigningError(.fileUnreadable, "cannot measure the message to send: errno \(errno)")
    }
    let sha = try Digest(.sha256)
    try sha.update(fileDescriptor: descriptor, range: 0..<Int(status.st_size))
    digest = try sha.finalize()
  }

  func text(_ form: AxisAccount.HashFileForm) -> String {
    switch form {
    case .operatorSDK: digest.map { String($0, radix: 16) }.joined()
    case .paddedHex: digest.hexadecimal
    }
  }
}
