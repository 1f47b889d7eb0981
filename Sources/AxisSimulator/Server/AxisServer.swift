public import Foundation
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore

/// The embedded axis: a server of the operator's REST protocol (domain notes 8 and 13) that keeps what it takes.
///
/// A message's file is on the disk before its rows, and its rows before the answer: after a crash or a power cut every
/// acknowledged message is there once. Messages are forwarded byte for byte; the operator's axis writes them anew and
/// adds a TraceHeader.
public final class AxisServer: Sendable {
  private let configuration: AxisServerConfiguration
  private let responder: AxisResponder
  private let logger: Logger

  /// Opens the data folder and makes the systems' codes known.
  ///
  /// - Parameters:
  ///   - now: the clock, for timestamps and their tolerance.
  ///   - newID: transport ids; must never repeat.
  public init(
    configuration: AxisServerConfiguration, logger: Logger, now: @escaping @Sendable () -> Date,
    newID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
  ) throws(AxisServerError) {
    var systems: [String: AxisSystem] = [:]
    var owners: [String: String] = [:]
    for system in configuration.systems {
      guard systems.updateValue(system, forKey: system.id) == nil else {
        throw AxisServerError(.badSystem, "system \(system.id) is given twice")
      }
      for code in system.codes {
        guard owners.updateValue(system.id, forKey: code) == nil else {
          throw AxisServerError(.badSystem, "code \(code) is given twice")
        }
      }
    }
    let folder = try MessageFolder(root: configuration.dataDirectory)
    let store = try AxisStore(path: configuration.dataDirectory + "/axis.sqlite")
    do {
      try store.enrol(configuration.systems, at: Int(now().timeIntervalSince1970 * 1000))
      try folder.removeOrphans(known: store.hasMessage)
    } catch {
      throw AxisServerError(.dataNotWritable, "cannot write the database in \(configuration.dataDirectory)")
    }
    self.configuration = configuration
    self.logger = logger
    responder = AxisResponder(
      store: store, folder: folder, configuration: configuration, systems: systems,
      faults: try configuration.faultsFile.map { path throws(AxisServerError) in try FaultScript(path: path) },
      tokens: TokenBook(lifetime: configuration.tokenLifetime), logger: logger, now: now, newID: newID)
  }

  /// Serves until the task is cancelled or, if `stoppingOnSignals`, SIGTERM or SIGINT comes; then gives the folder up.
  ///
  /// - Parameter onReady: called once, with the address to use; port 0 has become the real one.
  public func run(
    stoppingOnSignals: Bool = false, onReady: @escaping @Sendable (_ baseURL: String, _ port: Int) async -> Void
  ) async throws {
    let host = configuration.listenHost
    let shownHost = host.contains(":") ? "[\(host)]" : host
    let application = Application(
      responder: responder,
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [ContinueInstaller()], idleTimeout: .seconds(300))),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: configuration.port), serverName: "LienThong-Axis"),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        await onReady("http://\(shownHost):\(port)", port)
      }, logger: logger)
    defer {
      // All calls have ended with the application.
      responder.store.close()
      responder.folder.release()
    }
    do {
      if stoppingOnSignals {
        try await application.runService()
      } else {
        try await application.run()
      }
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw AxisServerError(.portInUse, "port \(configuration.port) of \(host) is in use")
    } catch let error as IOError {
      throw AxisServerError(
        .cannotListen, "cannot listen on \(shownHost):\(configuration.port): errno \(error.errnoCode)")
    }
  }
}
