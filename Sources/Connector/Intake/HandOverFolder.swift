import DeliveryLedger
import Foundation
import SigningCore

/// The folder from which the body's own document system takes messages that are not ours: documents as `<docId>.edxml`,
/// statuses as `status-<docId>.edxml`, read-only, whole as soon as they have that name. The same message twice is one
/// file; after a crash one that was taken away already may come once more.
struct HandOverFolder {
  let path: String

  /// Copies `message` into the folder; it is on the disk, name included, when this returns.
  /// - Throws: `ConnectorError.dataNotWritable`.
  func put(_ message: URL, for transportDocId: String, _ type: MessageType) throws {
    let folder = URL(fileURLWithPath: path, isDirectory: true)
    let name = Self.fileName(of: transportDocId, type)
    let target = folder.appendingPathComponent(name)
    let part = folder.appendingPathComponent(".\(name).part")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // What a killed process left there is made again.
      try? FileManager.default.removeItem(at: part)
      try FileManager.default.copyItem(at: message, to: part)
    } catch {
      throw Self.failure("copying", errno)
    }
    try sync(part.path, O_RDONLY)
    guard rename(part.path, target.path) == 0 else { throw Self.failure("renaming", errno) }
    try sync(folder.path, O_RDONLY | O_DIRECTORY)
  }

  /// The axis' id as a file name: what it says is not trusted, so anything unusual becomes a digest.
  ///
  /// An axis may number documents and statuses apart, so one of each may have the same id.
  static func fileName(of transportDocId: String, _ type: MessageType) -> String {
    let prefix = type == .status ? "status-" : ""
    let isPlain =
      !transportDocId.isEmpty && transportDocId.utf8.count <= 100 && !transportDocId.hasPrefix(".")
      && transportDocId.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_.".utf8.contains(byte)
      }
    if isPlain { return prefix + transportDocId + ".edxml" }
    let digest = (try? Digest.of(Array(transportDocId.utf8)).hexadecimal) ?? UUID().uuidString
    return prefix + digest + ".edxml"
  }

  private func sync(_ path: String, _ flags: Int32) throws {
    let descriptor = open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure("opening", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw Self.failure("syncing", errno) }
  }

  private static func failure(_ doing: String, _ number: Int32) -> ConnectorError {
    ConnectorError(
      .dataNotWritable, vi: "Không ghi được vào mailbox.folder; kiểm tra đường dẫn, quyền và dung lượng.",
      en: "Cannot write into mailbox.folder: check the path, its rights and the room left.",
      detail: "\(doing): errno \(number)")
  }
}
