import ClerkPages
public import Foundation
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// The clerk's pages on a loopback address.
///
/// It reads and never writes; it has no login yet, hence listens on loopback only and answers only requests that name
/// loopback as their host.
public final class ClerkServer: Service {
  /// Limits of the server; none of them is met by a clerk with a browser.
  public struct Limits: Sendable, Hashable {
    /// Connections open at once; more wait.
    public var connections = 64
    /// All header fields of one request together, in bytes.
    public var headerBytes = 16 * 1024
    /// Seconds after which a connection that says nothing is closed.
    public var idleSeconds = 30

    public init() {}
  }

  private let desk: any LetterDesk
  private let listen: ListenAddress
  private let limits: Limits
  private let now: @Sendable () -> Date
  private let logger: Logger
  private let onListening: (@Sendable (String) -> Void)?
  private let pages: PageRenderer
  private let bound = BoundAddress()

  /// - Parameters:
  ///   - desk: where the pages' models come from; `LedgerDesk` reads them from the ledger.
  ///   - listen: loopback; port 0 lets the system choose.
  ///   - onListening: told once where the pages are, such as `http://127.0.0.1:8088/`.
  public init(
    desk: any LetterDesk, listen: ListenAddress, limits: Limits = Limits(),
    now: @escaping @Sendable () -> Date = { Date() }, logger: Logger, onListening: (@Sendable (String) -> Void)? = nil
  ) throws(ClerkServerError) {
    self.desk = desk
    self.listen = listen
    self.limits = limits
    self.now = now
    self.logger = logger
    self.onListening = onListening
    do {
      pages = try PageRenderer()
    } catch {
      throw ClerkServerError(.pagesUnreadable, address: "\(listen)", detail: error.detail)
    }
  }

  /// The address that was bound; waits until the server listens, throws `ClerkServerError` if it could not.
  public var address: ListenAddress {
    get async throws { try await bound.value() }
  }

  /// Serves until the task is cancelled or the service group shuts down. Throws `ClerkServerError`.
  public func run() async throws {
    let host = listen.host
    let bound = bound
    let onListening = onListening
    let application = Application(
      responder: Self.responder(desk: desk, pages: pages, now: now),
      server: .http1(
        configuration: .init(
          idleTimeout: .seconds(Int64(limits.idleSeconds)),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: listen.port),
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        let address = ListenAddress(loopback: host, port: port)
        await bound.settle(.success(address))
        onListening?(address.url)
      }, logger: logger)
    do {
      try await application.run()
    } catch let error as IOError {
      let failure = Self.failure(error, listen)
      await bound.settle(.failure(failure))
      throw failure
    } catch {
      await bound.settle(.failure(ClerkServerError(.notListening, address: "\(listen)", detail: "\(error)")))
      throw error
    }
    await bound.settle(.failure(ClerkServerError(.notListening, address: "\(listen)", detail: "stopped")))
  }

  private static func failure(_ error: IOError, _ listen: ListenAddress) -> ClerkServerError {
    let code: ClerkServerError.Code =
      switch error.errnoCode {
      case EADDRINUSE: .listenAddressInUse
      case EACCES, EPERM, EADDRNOTAVAIL, EAFNOSUPPORT: .listenAddressRefused
      default: .notListening
      }
    return ClerkServerError(code, address: "\(listen)", detail: "\(error)")
  }
}
