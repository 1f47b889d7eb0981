public import Foundation

/// A private folder (mode 0700) for files that a child process reads or writes; gone with its owner.
public final class ScratchFolder: Sendable {
  public let url: URL

  /// Makes an empty folder below `parent`, which is the system's temporary folder unless told otherwise.
  public init(below parent: URL? = nil) throws(LimitedProcessError) {
    let parent = parent ?? FileManager.default.temporaryDirectory
    url = parent.appending(path: "lienthong-\(UUID().uuidString)", directoryHint: .isDirectory)
    do {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw LimitedProcessError(.scratchFolder, program: "", detail: "folder cannot be made in \(parent.path)")
    }
  }

  deinit {
    // Nothing can be done about a failure here; the folder is private and in the temporary folder.
    try? FileManager.default.removeItem(at: url)
  }

  /// Writes `data` as a file of this folder and returns its path.
  public func write(_ data: Data, name: String) throws(LimitedProcessError) -> String {
    let file = url.appending(path: name)
    do {
      try data.write(to: file)
    } catch {
      throw LimitedProcessError(.scratchFolder, program: "", detail: "file cannot be written: \(name)")
    }
    return file.path
  }
}
