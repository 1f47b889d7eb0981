import Foundation
import Synchronization

/// A child process that is started again when it ends unasked, as systemd would; its first lines of output are read.
final class SupervisedChild: Sendable {
  let name: String
  private let executable: URL
  private let pidFile: URL
  private let logFile: URL
  private let state: Mutex<State>

  private struct State {
    var arguments: [String]
    var process: Process?
    var isWanted = true
    var restarts = 0
    var lines: [String] = []
  }

  /// Lines kept of a child's output.
  private static let keptLines = 50

  init(_ name: String, executable: URL, arguments: [String], folder: URL) {
    self.name = name
    self.executable = executable
    pidFile = folder.appendingPathComponent("\(name).pid")
    logFile = folder.appendingPathComponent("\(name).log")
    state = Mutex(State(arguments: arguments))
  }

  /// How often it had to be started again.
  var restarts: Int { state.withLock { $0.restarts } }

  /// Replaces the arguments of the next start (a port that was chosen freely is kept from then on).
  func setArguments(_ arguments: [String]) { state.withLock { $0.arguments = arguments } }

  func start() throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = state.withLock { $0.arguments }
    var environment = ProcessInfo.processInfo.environment
    environment[ParentWatch.variable] = "\(getpid())"
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    if !FileManager.default.fileExists(atPath: logFile.path) { try Data().write(to: logFile) }
    let log = try FileHandle(forWritingTo: logFile)
    try log.seekToEnd()
    process.standardError = log
    output.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      guard !data.isEmpty else {
        handle.readabilityHandler = nil
        return
      }
      self?.note(String(decoding: data, as: UTF8.self))
    }
    process.terminationHandler = { [weak self] _ in
      try? log.close()
      self?.ended()
    }
    try process.run()
    state.withLock { $0.process = process }
    try Data("\(process.processIdentifier)\n".utf8).write(to: pidFile)
  }

  /// Waits for a line of output that starts with `prefix` and gives its rest; nil when it does not come in time.
  func line(startingWith prefix: String, within seconds: Double) async throws -> String? {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
      if let line = state.withLock({ $0.lines.last { $0.hasPrefix(prefix) } }) {
        return String(line.dropFirst(prefix.count))
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    return nil
  }

  /// Ends it for good: first asked, then forced.
  func stop() async {
    let process = state.withLock { state -> Process? in
      state.isWanted = false
      return state.process
    }
    guard let process, process.isRunning else { return }
    process.terminate()
    for _ in 0..<50 where process.isRunning { try? await Task.sleep(for: .milliseconds(50)) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  private func note(_ text: String) {
    state.withLock { state in
      state.lines += text.split(separator: "\n").map(String.init)
      state.lines = state.lines.suffix(Self.keptLines)
    }
  }

  private func ended() {
    let again = state.withLock { state -> Bool in
      if state.isWanted { state.restarts += 1 }
      return state.isWanted
    }
    guard again else { return }
    Terminal.complain("\(name) ended unexpectedly and is started again")
    Thread.sleep(forTimeInterval: 0.2)
    do { try start() } catch { Terminal.complain("\(name) cannot be started again: \(error)") }
  }
}
