import Foundation

/// `openssl s_server` with a throw-away authority: a TLS server that demands a client certificate and answers each GET
/// with the file of that name.
final class TLSServer {
  let folder: String
  let port: Int
  private let process = Process()

  /// - Parameter message: what `downloadEdoc` gives.
  init(message: Data) throws {
    folder = NSTemporaryDirectory() + "/tls-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, issuer) in [("ca", nil), ("other", nil), ("server", "ca"), ("client", "ca")] as [(String, String?)] {
      try Self.certificate(name, issuer: issuer, in: folder)
    }
    try Self.openssl(
      ["pkey", "-in", "client.key", "-aes256", "-passout", "pass:locked", "-out", "client-locked.key"], folder)
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: \(message.count)\r\n\r\n"
    try (Data(head.utf8) + message).write(to: URL(fileURLWithPath: folder + "/downloadEdoc"))
    port = try RawServer.freePort()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = [
      "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "server.crt", "-key", "server.key", "-CAfile", "ca.crt",
      "-Verify", "1", "-verify_return_error", "-HTTP", "-quiet",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    // It may have inherited a blocked SIGTERM from the test's process.
    kill(process.processIdentifier, SIGKILL)
    try? FileManager.default.removeItem(atPath: folder)
  }

  var url: String { "https://127.0.0.1:\(port)" }
  func path(_ name: String) -> String { folder + "/" + name }

  private static func certificate(_ name: String, issuer: String?, in folder: String) throws {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(name).key"]
    guard let issuer else {
      return try openssl(
        ["req", "-x509"] + key + ["-out", "\(name).crt", "-days", "2", "-subj", "/CN=\(name)"], folder)
    }
    try openssl(["req"] + key + ["-out", "\(name).csr", "-subj", "/CN=\(name)"], folder)
    try Data("subjectAltName=IP:127.0.0.1\n".utf8).write(to: URL(fileURLWithPath: folder + "/\(name).cnf"))
    try openssl(
      [
        "x509", "-req", "-in", "\(name).csr", "-CA", "\(issuer).crt", "-CAkey", "\(issuer).key", "-CAcreateserial",
        "-days", "2", "-extfile", "\(name).cnf", "-out", "\(name).crt",
      ], folder)
  }

  private static func openssl(_ arguments: [String], _ folder: String) throws {
    guard try run("/usr/bin/openssl", arguments, folder) == 0 else { throw POSIXError(.EINVAL) }
  }

  private static func run(_ program: String, _ arguments: [String], _ folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
