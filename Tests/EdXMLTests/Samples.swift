import Foundation
import Testing

/// Where the given samples are; tests that need them are skipped when the folder is missing, and fail when
/// `LIENTHONG_SAMPLES=required`.
enum Samples {
  static let folder: String = {
    if let given = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES_DIR"] { return given }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return package.deletingLastPathComponent().appending(path: "shared/samples").path
  }()

  static let areThere: Bool =
    FileManager.default.fileExists(atPath: folder + "/edxml")
    || ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"

  static func edxml(_ name: String) -> String { "\(folder)/edxml/\(name)" }
}

/// A folder that goes away with its owner.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "edxml-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = "\(path)/\(name)"
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  func folder(_ name: String) throws -> String {
    let folder = "\(path)/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }
}
