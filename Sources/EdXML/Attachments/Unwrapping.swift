import SigningCore
import ZipArchive

#if canImport(Glibc)
  import Glibc
#endif

/// Takes the ZIP archive off in which writers wrap attachments that are no PDF (edxml.md section 5.2).
enum Unwrapping {
  /// Formats that are ZIP archives themselves.
  static let archiveFormats: Set<String> = [
    "zip", "docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "pptx", "pptm", "odt", "ods", "odp", "jar", "war", "epub",
    "kmz", "apk", "asice", "asics",
  ]

  enum Outcome {
    /// The content is what came.
    case notWrapped
    /// Several entries: the archive itself is the content.
    case holdsMany
    case unwrapped(TemporaryFile?, bytes: Int, sha256: [UInt8])
    case refused(FindingCode)
  }

  static func looksZipped(_ opening: [UInt8]) -> Bool {
    opening.starts(with: [0x50, 0x4B, 0x03, 0x04]) || opening.starts(with: [0x50, 0x4B, 0x05, 0x06])
  }

  /// Looks into the archive at `path` and unpacks its one entry, into a new temporary file in `folder` when that is
  /// given.
  static func unwrap(
    _ path: String, name: String, folder: String?, limits: EdXMLLimits, remaining: Int
  ) throws(EdXMLError) -> Outcome {
    let ending = AttachmentName.fileExtension(name)
    if ending == "zip" { return .notWrapped }
    let isArchiveFormat = archiveFormats.contains(ending)
    do {
      let reader = try ZipReader(file: path, limits: limits.unwrapping)
      let files = reader.entries.filter { !$0.isDirectory }
      if isArchiveFormat {
        // An office file holds its list of parts; a wrapped one holds one entry of the same kind.
        let isOfficeFile = files.contains { $0.name == "[Content_Types].xml" || $0.name == "mimetype" }
        let isWrapped = files.count == 1 && AttachmentName.fileExtension(files[0].name) == ending
        if isOfficeFile || !isWrapped { return .notWrapped }
      }
      guard let entry = files.first else { return .refused(.wrapperDamaged) }
      if files.count > 1 { return .holdsMany }
      if entry.bytes > UInt64(max(remaining, 0)) { return .refused(.attachmentTooLarge) }
      return try unpack(entry, of: reader, into: folder)
    } catch let error as ZipError {
      switch error.code {
      case .entryTooLarge, .totalTooLarge: return .refused(.attachmentTooLarge)
      case .ratioTooHigh: return .refused(.zipBomb)
      case .encrypted: return .refused(.wrapperEncrypted)
      case .tooManyEntries: return isArchiveFormat ? .notWrapped : .holdsMany
      case .notAnArchive, .damaged, .nameUnsafe, .duplicateName, .noSuchEntry, .unsupportedMethod, .unreadable:
        // An archive format with a fault of its own is the reader's of that format to judge.
        return isArchiveFormat ? .notWrapped : .refused(.wrapperDamaged)
      case .unwritable: throw EdXMLError(code: .unwritable, detail: error.detail)
      }
    } catch let error as EdXMLError {
      throw error
    } catch {
      throw EdXMLError(code: .unreadable, detail: "unpacking failed")
    }
  }

  private static func unpack(_ entry: ZipEntry, of reader: ZipReader, into folder: String?) throws -> Outcome {
    let file = try folder.map { try TemporaryFile(in: $0) }
    let digest = try Digest(.sha256)
    var bytes = 0
    try reader.read(entry) { piece in
      digest.update(piece)
      bytes += piece.count
      try file?.write(piece)
    }
    return .unwrapped(file, bytes: bytes, sha256: try digest.finalize())
  }
}
