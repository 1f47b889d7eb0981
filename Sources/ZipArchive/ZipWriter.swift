import CLibZip

#if canImport(Glibc)
  import Glibc
#endif

/// The time that all entries of an archive are given, in the archive's own terms (no zone, even seconds).
public struct ZipTime: Sendable, Hashable {
  public var year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int

  /// Years before 1980 and after 2107 are moved to these, as the format cannot say them.
  public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = min(max(year, 1980), 2107)
    self.month = min(max(month, 1), 12)
    self.day = min(max(day, 1), 31)
    self.hour = min(max(hour, 0), 23)
    self.minute = min(max(minute, 0), 59)
    self.second = min(max(second, 0), 59)
  }

  /// The first day that the format knows.
  public static let epoch = ZipTime(year: 1980, month: 1, day: 1)

  var dosDate: UInt16 { UInt16((year - 1980) << 9 | month << 5 | day) }
  var dosTime: UInt16 { UInt16(hour << 11 | minute << 5 | second / 2) }
}

/// Writes a new archive, over libzip; equal input gives equal bytes. Not Sendable: use it where it was made.
public final class ZipWriter {
  private var archive: OpaquePointer?
  private let modified: ZipTime
  /// Copies of the bytes that were added; libzip reads them when the archive is closed.
  private var memory: [UnsafeMutableRawBufferPointer] = []

  /// Begins an archive; nothing is on disk before ``close()``, which replaces what was there.
  public init(file path: String, modified: ZipTime = .epoch) throws(ZipError) {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      throw ZipError(code: .unwritable, detail: "libzip error \(code)")
    }
    self.archive = archive
    self.modified = modified
  }

  deinit {
    if let archive { zip_discard(archive) }
    for bytes in memory { bytes.deallocate() }
  }

  /// Adds an entry with these bytes.
  public func add(_ name: String, bytes: [UInt8], compressed: Bool = true) throws(ZipError) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    copy.copyBytes(from: bytes)
    memory.append(copy)
    try add(name, compressed) { archive in zip_source_buffer(archive, copy.baseAddress, zip_uint64_t(bytes.count), 0) }
  }

  /// Adds an entry with the content of a file, which is read when the archive is closed.
  public func add(_ name: String, file path: String, compressed: Bool = true) throws(ZipError) {
    guard access(path, R_OK) == 0 else {
      throw ZipError(code: .unreadable, detail: "file to add: \(String(cString: strerror(errno)))")
    }
    try add(name, compressed) { archive in zip_source_file(archive, path, 0, -1) }
  }

  private func add(
    _ name: String, _ compressed: Bool, _ makeSource: (OpaquePointer) -> OpaquePointer?
  ) throws(ZipError) {
    guard let archive else { throw ZipError(code: .unwritable, detail: "closed already") }
    guard ZipReader.isSafe(name) else { throw ZipError(code: .nameUnsafe, detail: "name to write") }
    guard let source = makeSource(archive) else { throw libraryError(archive) }
    let index = zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      let error = libraryError(archive)
      zip_source_free(source)
      throw error
    }
    guard
      zip_set_file_compression(archive, zip_uint64_t(index), compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) == 0,
      zip_file_set_dostime(archive, zip_uint64_t(index), modified.dosTime, modified.dosDate, 0) == 0,
      zip_file_set_external_attributes(
        archive, zip_uint64_t(index), 0, zip_uint8_t(ZIP_OPSYS_UNIX), zip_uint32_t(0o100644) << 16) == 0
    else { throw libraryError(archive) }
  }

  /// Writes the archive.
  public func close() throws(ZipError) {
    guard let archive else { return }
    guard zip_close(archive) == 0 else {
      let error = libraryError(archive)
      zip_discard(archive)
      self.archive = nil
      throw error
    }
    self.archive = nil
  }

  private func libraryError(_ archive: OpaquePointer) -> ZipError {
    let failure = zip_get_error(archive)
    let code = zip_error_code_zip(failure)
    let detail = zip_error_strerror(failure).map { String(cString: $0) } ?? "libzip error \(code)"
    return ZipError(code: code == ZIP_ER_EXISTS ? .duplicateName : .unwritable, detail: detail)
  }
}
