/// What the first bytes say a file is, whatever its name.
enum FileSignature: Equatable {
  case zip
  /// OLE compound file: an old .xls, or a workbook with a password.
  case compound
  case html
  case xml
  case pdf
  case text
  case empty
  case binary

  init(_ bytes: [UInt8]) {
    func starts(_ signature: [UInt8]) -> Bool { bytes.starts(with: signature) }
    if bytes.isEmpty {
      self = .empty
    } else if starts([0x50, 0x4B, 0x03, 0x04]) || starts([0x50, 0x4B, 0x05, 0x06]) || starts([0x50, 0x4B, 0x07, 0x08]) {
      self = .zip
    } else if starts([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
      self = .compound
    } else if starts(Array("%PDF-".utf8)) {
      self = .pdf
    } else if starts([0xFF, 0xFE]) || starts([0xFE, 0xFF]) {
      self = .text
    } else if bytes.contains(0) || starts([0x09, 0x08]) || starts([0x09, 0x04]) {
      self = .binary
    } else {
      var head = bytes.prefix(1024)[...]
      if head.starts(with: [0xEF, 0xBB, 0xBF]) { head = head.dropFirst(3) }
      let start = String(decoding: head, as: UTF8.self).drop { $0.isWhitespace }.prefix(200).lowercased()
      if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.hasPrefix("<table")
        || start.hasPrefix("<head") || start.hasPrefix("<body") || start.hasPrefix("<meta")
      {
        self = .html
      } else if start.hasPrefix("<?xml") || start.hasPrefix("<workbook") {
        self = .xml
      } else {
        self = .text
      }
    }
  }

  /// Whether an OLE compound file is an encrypted package (its directory names a stream "EncryptedPackage") and not an
  /// old binary workbook.
  static func isEncryptedPackage(_ bytes: [UInt8]) -> Bool {
    let name = Array("EncryptedPackage".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    guard bytes.count >= name.count else { return false }
    // Directory entries begin at multiples of 128 bytes.
    for start in stride(from: 0, through: bytes.count - name.count, by: 128)
    where bytes[start] == name[0] && bytes[start..<start + name.count].elementsEqual(name) {
      return true
    }
    return false
  }
}
