import Foundation

/// Other software on the same letter; nil where it is not installed.
enum Peers {
  /// Seconds of the processor for a whole process, the best of five. It checks integrity only (-nocert).
  static func pdfsig(_ path: String) -> Double? {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/pdfsig") else { return nil }
    var best: Double?
    for _ in 0..<5 {
      let before = childSeconds()
      guard run("/usr/bin/pdfsig", ["-nocert", path]) != nil else { return nil }
      best = min(best ?? .infinity, childSeconds() - before)
    }
    return best
  }

  /// Seconds of the processor for one verification in a running process, as the script measures them.
  static func pyHanko(_ path: String, pki: String, at now: Date) -> Double? {
    guard let command = ProcessInfo.processInfo.environment["LIENTHONG_PYHANKO"] else { return nil }
    let python = URL(filePath: command).deletingLastPathComponent().appending(path: "python").path
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Peers/pyhanko_verify.py")
    let output = run(python, [script.path, path, pki, String(Int(now.timeIntervalSince1970))])
    return output.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private static func run(_ executable: String, _ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }

  private static func childSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
