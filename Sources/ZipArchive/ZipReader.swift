import CLibZip

#if canImport(Glibc)
  import Glibc
#endif

/// One archive opened for reading, over libzip. Not Sendable: use it where it was made.
///
/// All names, sizes and ratios in the directory are checked when the archive is opened, and the true sizes again while
/// an entry is unpacked, since a directory can lie.
public final class ZipReader {
  public let entries: [ZipEntry]
  private let archive: OpaquePointer
  private let limits: ZipLimits
  /// What libzip reads from when the archive came as bytes; it must live as long as the archive.
  private let memory: UnsafeMutableRawBufferPointer?

  /// Opens an archive file.
  public convenience init(file path: String, limits: ZipLimits = .standard) throws(ZipError) {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      throw ZipReader.error(opening: code)
    }
    try self.init(takingOwnership: archive, memory: nil, limits: limits)
  }

  /// Opens an archive in memory.
  public convenience init(bytes: [UInt8], limits: ZipLimits = .standard) throws(ZipError) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    memory.copyBytes(from: bytes)
    var failure = zip_error_t()
    guard let source = zip_source_buffer_create(memory.baseAddress, zip_uint64_t(bytes.count), 0, &failure) else {
      memory.deallocate()
      throw ZipError(code: .unreadable, detail: "libzip: no memory for a source")
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY, &failure) else {
      let code = zip_error_code_zip(&failure)
      zip_source_free(source)
      zip_error_fini(&failure)
      memory.deallocate()
      throw ZipReader.error(opening: code)
    }
    try self.init(takingOwnership: archive, memory: memory, limits: limits)
  }

  private init(
    takingOwnership archive: OpaquePointer, memory: UnsafeMutableRawBufferPointer?, limits: ZipLimits
  ) throws(ZipError) {
    self.archive = archive
    self.memory = memory
    self.limits = limits
    do {
      entries = try ZipReader.checkedEntries(of: archive, limits)
    } catch {
      zip_discard(archive)
      memory?.deallocate()
      throw error
    }
  }

  deinit {
    zip_discard(archive)
    memory?.deallocate()
  }

  /// The entry of that name; without an exact match, the one that differs only in the case of ASCII letters.
  public func entry(named name: String) -> ZipEntry? {
    entries.first { $0.name == name } ?? entries.first { $0.name.lowercased() == name.lowercased() }
  }

  /// The whole content of an entry.
  public func read(_ entry: ZipEntry, maximumBytes: Int? = nil) throws -> [UInt8] {
    if let maximumBytes, entry.bytes > UInt64(maximumBytes) {
      throw ZipError(code: .entryTooLarge, entry: entry.index, detail: "more than \(maximumBytes) bytes")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(min(entry.bytes, 64 << 20)))
    try read(entry) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The content of an entry in pieces of at most 64 KB; its length and check sum are verified at the end.
  public func read(_ entry: ZipEntry, _ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard entry.index >= 0, entry.index < entries.count, entries[entry.index] == entry else {
      throw ZipError(code: .noSuchEntry, entry: entry.index, detail: "not an entry of this archive")
    }
    if entry.isEncrypted { throw ZipError(code: .encrypted, entry: entry.index, detail: "encrypted entry") }
    guard let file = zip_fopen_index(archive, zip_uint64_t(entry.index), 0) else { throw libraryError(entry.index) }
    defer { zip_fclose(file) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    var total: UInt64 = 0
    while true {
      let count = zip_fread(file, buffer.baseAddress, zip_uint64_t(buffer.count))
      if count == 0 { break }
      // libzip checks the CRC when the end is reached.
      if count < 0 { throw ZipError(code: .damaged, entry: entry.index, detail: "data or check sum") }
      total += UInt64(count)
      if total > entry.bytes {
        throw ZipError(code: .damaged, entry: entry.index, detail: "longer than its directory says")
      }
      try sink(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
    }
    if total != entry.bytes {
      throw ZipError(code: .damaged, entry: entry.index, detail: "shorter than its directory says")
    }
  }

  /// Writes the content of an entry into a new file; the file must not exist yet and is removed after a failure.
  public func extract(_ entry: ZipEntry, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ZipError(code: .unwritable, entry: entry.index, detail: "open: \(String(cString: strerror(errno)))")
    }
    var isDone = false
    defer {
      close(descriptor)
      if !isDone { unlink(path) }
    }
    try read(entry) { piece in
      var rest = piece
      while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          throw ZipError(code: .unwritable, entry: entry.index, detail: "write: \(String(cString: strerror(errno)))")
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
    }
    isDone = true
  }

  private func libraryError(_ index: Int) -> ZipError {
    let failure = zip_get_error(archive)
    let code = zip_error_code_zip(failure)
    let detail = zip_error_strerror(failure).map { String(cString: $0) } ?? "libzip error \(code)"
    return ZipError(code: ZipReader.code(code), entry: index, detail: detail)
  }

  private static func error(opening code: Int32) -> ZipError {
    ZipError(code: ZipReader.code(code), detail: "libzip error \(code)")
  }

  private static func code(_ code: Int32) -> ZipError.Code {
    switch code {
    case ZIP_ER_NOZIP: .notAnArchive
    case ZIP_ER_INCONS, ZIP_ER_CRC, ZIP_ER_EOF, ZIP_ER_ZLIB: .damaged
    case ZIP_ER_COMPNOTSUPP: .unsupportedMethod
    case ZIP_ER_ENCRNOTSUPP, ZIP_ER_NOPASSWD, ZIP_ER_WRONGPASSWD: .encrypted
    case ZIP_ER_NOENT: .noSuchEntry
    default: .unreadable
    }
  }

  private static func checkedEntries(of archive: OpaquePointer, _ limits: ZipLimits) throws(ZipError) -> [ZipEntry] {
    let count = Int(zip_get_num_entries(archive, 0))
    if count > limits.maximumEntries {
      throw ZipError(code: .tooManyEntries, detail: "more than \(limits.maximumEntries) entries")
    }
    var entries: [ZipEntry] = []
    var seen: Set<String> = []
    var total: UInt64 = 0
    for index in 0..<count {
      var stat = zip_stat_t()
      zip_stat_init(&stat)
      guard zip_stat_index(archive, zip_uint64_t(index), 0, &stat) == 0, let rawName = stat.name,
        stat.valid & zip_uint64_t(ZIP_STAT_SIZE) != 0, stat.valid & zip_uint64_t(ZIP_STAT_COMP_SIZE) != 0
      else { throw ZipError(code: .damaged, entry: index, detail: "directory entry") }
      let name = String(cString: rawName)
      let entry = ZipEntry(
        index: index, name: name, isDirectory: name.hasSuffix("/"), bytes: stat.size, packedBytes: stat.comp_size,
        isEncrypted: stat.encryption_method != 0)
      guard name.utf8.count <= limits.maximumNameBytes, isSafe(name) else {
        throw ZipError(code: .nameUnsafe, entry: index, detail: "name of entry \(index)")
      }
      guard seen.insert(name).inserted else {
        throw ZipError(code: .duplicateName, entry: index, detail: "name of entry \(index)")
      }
      if entry.bytes > limits.maximumEntryBytes {
        throw ZipError(code: .entryTooLarge, entry: index, detail: "more than \(limits.maximumEntryBytes) bytes")
      }
      if entry.bytes > 1 << 20, entry.bytes / max(entry.packedBytes, 1) > limits.maximumRatio {
        throw ZipError(code: .ratioTooHigh, entry: index, detail: "more than \(limits.maximumRatio) to 1")
      }
      total += entry.bytes
      if total > limits.maximumTotalBytes {
        throw ZipError(code: .totalTooLarge, detail: "more than \(limits.maximumTotalBytes) bytes")
      }
      entries.append(entry)
    }
    return entries
  }

  /// Whether a name stays below the folder it is unpacked in and holds no control characters.
  static func isSafe(_ name: String) -> Bool {
    if name.isEmpty || name.hasPrefix("/") || name.contains("\\") { return false }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) { return false }
    if name.dropFirst().first == ":" { return false }
    return !name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
  }
}
