import Foundation
import Synchronization

/// Other software that the tests need or compare with.
enum Tool {
  /// Runs it to its end; the output holds its complaints too.
  static func run(_ arguments: [String], in folder: URL? = nil) async throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    process.standardInput = FileHandle.nullDevice
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("lienthong-tool-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    process.standardOutput = handle
    process.standardError = handle
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in ended.resume() }
      do { try process.launchAlone() } catch { ended.resume(throwing: error) }
    }
    try handle.close()
    return (process.terminationStatus, String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }
}

extension Process {
  private static let launching = Mutex(())

  /// As `run()`, one at a time: a process started meanwhile would inherit the socket by whose closing Foundation learns
  /// that this one ended, and keep it open for as long as it lives.
  func launchAlone() throws { try Self.launching.withLock { _ in try run() } }
}
