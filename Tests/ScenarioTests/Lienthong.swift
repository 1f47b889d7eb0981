import Foundation

/// The real executable, as the package built it.
enum Lienthong {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static var executable: URL {
    if let path = ProcessInfo.processInfo.environment["LIENTHONG_EXECUTABLE"] { return URL(fileURLWithPath: path) }
    // The test bundle stands beside the executable in the build folder.
    let bundle = ProcessInfo.processInfo.arguments.first { $0.contains(".xctest") } ?? ""
    let folder = URL(fileURLWithPath: bundle.components(separatedBy: "=").last ?? "").deletingLastPathComponent()
    let beside = folder.appendingPathComponent("lienthong")
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    return root.appendingPathComponent(".build/debug/lienthong")
  }

  struct Answer {
    let code: Int32
    let output: String
    let complaint: String
    /// Lines of the complaint.
    var lines: [Substring] { complaint.split(separator: "\n") }
  }

  /// Runs one command to its end, without holding a thread of the test's pool.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil
  ) async throws -> Answer {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    if let folder { process.currentDirectoryURL = folder }
    let scratch = FileManager.default.temporaryDirectory
    let names = (0..<2).map { _ in scratch.appendingPathComponent("lienthong-test-\(UUID().uuidString)") }
    defer { for name in names { try? FileManager.default.removeItem(at: name) } }
    let files = try names.map { name in
      try Data().write(to: name)
      return try FileHandle(forWritingTo: name)
    }
    process.standardOutput = files[0]
    process.standardError = files[1]
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in ended.resume() }
      do {
        try process.launchAlone()
      } catch {
        ended.resume(throwing: error)
      }
    }
    // Foundation keeps the process, and with it the files: above 1,300 open ones its next start can crash.
    for file in files { try file.close() }
    let texts = try names.map { try String(contentsOf: $0, encoding: .utf8) }
    return Answer(code: process.terminationStatus, output: texts[0], complaint: texts[1])
  }

  /// A new empty folder, removed after `body`.
  static func inFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lienthong-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }
}
