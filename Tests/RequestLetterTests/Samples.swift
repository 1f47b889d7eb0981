import Foundation

/// The sample letters of other software, when they are on this machine.
enum Samples {
  /// `LIENTHONG_SAMPLES_DIR`, or `../shared/samples` beside the package.
  static let folder: URL? = {
    let environment = ProcessInfo.processInfo.environment
    var candidates: [URL] = []
    if let path = environment["LIENTHONG_SAMPLES_DIR"] { candidates.append(URL(filePath: path)) }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    candidates.append(package.deletingLastPathComponent().appending(path: "shared/samples"))
    return candidates.first {
      FileManager.default.fileExists(atPath: $0.appending(path: "dossiers/expected.json").path)
    }
  }()

  /// False: the tests that need samples are skipped, unless `LIENTHONG_SAMPLES=required` makes them fail.
  static var present: Bool {
    folder != nil || ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"
  }

  static func dossiers() throws -> URL {
    struct Missing: Error {}
    guard let folder else { throw Missing() }
    return folder.appending(path: "dossiers")
  }
}
