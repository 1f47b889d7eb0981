import ArgumentParser
import AxisSimulator
import Connector
import Foundation
import Hummingbird
import Logging
import NIOCore
import SigningCore

/// `lienthong tsa`: a time-stamp server (RFC 3161 over HTTP) for development.
struct TimeStampServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tsa", abstract: "Serves time stamps (RFC 3161 over HTTP) with a key of one's own, for development.",
    discussion: """
      Prints one line, "tsa ready at http://HOST:PORT", when it serves. Stops on SIGTERM or SIGINT.
      Every path answers POST requests of type application/timestamp-query.
      """)

  @Option(help: "Where to listen, HOST:PORT; port 0 takes any free one.") var listen: String
  @Option(help: "PKCS#12 file with the time-stamping key and certificate.", completion: .file()) var key: String
  @Option(help: "File whose first line is the key file's password.", completion: .file()) var passwordFile: String
  @Option(help: "Policy named in the tokens, as object identifier.") var policy = "2.999.1.3"

  func run() async throws {
    ProcessMemory.returnWhenFreed()
    ParentWatch.start()
    do {
      let address = try AxisServerConfiguration.listenAddress(listen)
      guard let store = FileManager.default.contents(atPath: key) else {
        throw Terminal.fail("\(key): cannot be read", code: 2)
      }
      let signer = try SoftwareKey(pkcs12: [UInt8](store), password: try PasswordFile.read(passwordFile))
      let authority = try TimeStampAuthority(key: signer, policyOID: policy)
      let shownHost = address.host.contains(":") ? "[\(address.host)]" : address.host
      let application = Application(
        responder: TimeStampResponder(authority: authority),
        configuration: ApplicationConfiguration(
          address: .hostname(address.host, port: address.port), serverName: "LienThong-TSA"),
        onServerRunning: { channel in
          Terminal.say("tsa ready at http://\(shownHost):\(channel.localAddress?.port ?? address.port)")
        }, logger: Self.logger)
      try await application.runService()
    } catch let error as IOError {
      throw Terminal.fail("cannot listen on \(listen): errno \(error.errnoCode)", code: 2)
    } catch {
      throw Failure.exit(for: error)
    }
  }

  private static var logger: Logger {
    var logger = Logger(label: "tsa") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    return logger
  }
}

/// Answers time-stamp requests; what is none gets an HTTP status, what is refused gets a refusal inside the protocol.
private struct TimeStampResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let authority: TimeStampAuthority

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    guard request.method == .post else { return Response(status: .methodNotAllowed, headers: [.allow: "POST"]) }
    // Parameters after the type (";charset=…") are no concern of ours.
    let type = request.headers[.contentType]?.lowercased().prefix { $0 != ";" && $0 != " " } ?? ""
    guard type == "application/timestamp-query" else { return Response(status: .unsupportedMediaType) }
    var query: [UInt8] = []
    for try await piece in request.body {
      query += piece.readableBytesView
      if query.count > TimeStampAuthority.maximumRequestByteCount { return Response(status: .contentTooLarge) }
    }
    let reply = try authority.respond(to: query, at: Date(), serial: try ThrowAwayPKI.randomSerial())
    return Response(
      status: .ok, headers: [.contentType: "application/timestamp-reply"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply)))
  }
}
