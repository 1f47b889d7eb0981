import VietnameseText
import XMLTree
import ZipArchive

/// Reads the parts of an Office Open XML workbook (ECMA-376 Part 1, SpreadsheetML) that hold cells.
struct PackageReader {
  let limits: SpreadsheetLimits

  func read(_ bytes: [UInt8]) throws(SpreadsheetError) -> Workbook {
    do {
      let archive = try open(bytes)
      let workbookName = try workbookPart(of: archive)
      let folder =
        workbookName.contains("/")
        ? String(workbookName[...(workbookName.lastIndex(of: "/") ?? workbookName.startIndex)]) : ""
      let workbook = try part(workbookName, of: archive).root
      guard workbook.localName == "workbook" else {
        throw SpreadsheetError.unreadable("workbook part without workbook")
      }
      let relations = try relations(of: workbookName, in: archive)
      let strings = try sharedStrings(relations, folder, archive)
      let formats = try numberFormats(relations, folder, archive)
      let from1904 = isTrue(workbook.first("workbookPr")?.attribute("date1904"))
      let entries = workbook.first("sheets")?.elements("sheet") ?? []
      guard entries.count <= limits.maximumSheets else { throw SpreadsheetError.bomb("\(entries.count) sheets") }
      var sheets: [Sheet] = []
      for entry in entries {
        guard let id = entry.attribute("id"), let relation = relations.first(where: { $0.id == id }),
          relation.kind == "worksheet", let zipEntry = archive.entry(named: resolve(relation.target, folder))
        else { continue }
        let observer = SheetObserver(strings: strings, formats: formats, from1904: from1904, limits: limits)
        try push(zipEntry, of: archive, to: observer)
        sheets.append(
          Sheet(
            name: (entry.attribute("name") ?? "").nfc,
            isHidden: entry.attribute("state").map { $0 != "visible" } ?? false,
            rows: observer.rows, merged: observer.merged))
      }
      guard !sheets.isEmpty else { throw SpreadsheetError.unreadable("no worksheet") }
      return Workbook(sheets: sheets, kind: .xlsx)
    } catch {
      throw Self.refusal(for: error)
    }
  }

  private func open(_ bytes: [UInt8]) throws -> ZipReader {
    var zip = ZipLimits.spreadsheet
    zip.maximumEntries = limits.maximumParts
    zip.maximumEntryBytes = UInt64(limits.maximumPartBytes)
    zip.maximumTotalBytes = UInt64(limits.maximumTotalBytes)
    let archive = try ZipReader(bytes: bytes, limits: zip)
    if archive.entries.contains(where: \.isEncrypted) { throw SpreadsheetError.encrypted("encrypted ZIP entry") }
    let names = Set(archive.entries.map { $0.name.lowercased() })
    if names.contains(where: { $0.hasSuffix("vbaproject.bin") || $0.hasPrefix("xl/macrosheets/") }) {
      throw SpreadsheetReader.macros("macro part")
    }
    if names.contains(where: { $0.hasSuffix("workbook.bin") }) {
      throw SpreadsheetReader.otherFormat("XLSB", "binary parts")
    }
    if names.contains("mimetype") { throw SpreadsheetReader.otherFormat("OpenDocument", "mimetype entry") }
    if names.contains(where: { $0.hasPrefix("word/") || $0.hasPrefix("ppt/") }), !names.contains("xl/workbook.xml") {
      throw SpreadsheetReader.otherFormat("Office", "word or ppt parts")
    }
    return archive
  }

  /// The workbook part, by the package's relations; refuses macro workbooks by their content type.
  private func workbookPart(of archive: ZipReader) throws -> String {
    if let types = archive.entry(named: "[Content_Types].xml") {
      let root = try part(types.name, of: archive).root
      for override in root.elements {
        let type = override.attribute("ContentType")?.lowercased() ?? ""
        if type.contains("macroenabled") || type.contains("vbaproject") {
          throw SpreadsheetReader.macros("content type")
        }
      }
    }
    let relations = try relations(of: "", in: archive)
    if let office = relations.first(where: { $0.kind == "officeDocument" }) { return resolve(office.target, "") }
    guard archive.entry(named: "xl/workbook.xml") != nil else {
      throw SpreadsheetReader.otherFormat("ZIP", "no workbook part")
    }
    return "xl/workbook.xml"
  }

  private struct Relation {
    let id: String
    /// The last word of the type's URI: worksheet, sharedStrings, styles, officeDocument.
    let kind: String
    let target: String
  }

  private func relations(of part: String, in archive: ZipReader) throws -> [Relation] {
    var folder = ""
    var file = part
    if let slash = part.lastIndex(of: "/") {
      folder = String(part[...slash])
      file = String(part[part.index(after: slash)...])
    }
    guard let entry = archive.entry(named: "\(folder)_rels/\(file).rels") else { return [] }
    return try self.part(entry.name, of: archive).root.elements("Relationship").compactMap { relation in
      guard let id = relation.attribute("Id"), let type = relation.attribute("Type"),
        let target = relation.attribute("Target"), relation.attribute("TargetMode")?.lowercased() != "external"
      else { return nil }
      return Relation(id: id, kind: type.split(separator: "/").last.map(String.init) ?? "", target: target)
    }
  }

  private func resolve(_ target: String, _ folder: String) -> String {
    if target.hasPrefix("/") { return String(target.dropFirst()) }
    var parts = folder.split(separator: "/").map(String.init)
    for piece in target.split(separator: "/") {
      switch piece {
      case ".": continue
      case "..": _ = parts.popLast()
      default: parts.append(String(piece))
      }
    }
    return parts.joined(separator: "/")
  }

  private func part(_ name: String, of archive: ZipReader) throws -> Document {
    guard let entry = archive.entry(named: name) else { throw SpreadsheetError.unreadable("part missing") }
    return try DocumentReader(limits: .standard).read(try archive.read(entry, maximumBytes: 16 << 20))
  }

  private func push(_ entry: ZipEntry, of archive: ZipReader, to observer: some ReadingObserver) throws {
    var limits = ReadingLimits.spreadsheetPart
    limits.maximumBytes = self.limits.maximumPartBytes
    limits.maximumDuration = self.limits.maximumDuration
    // A list of ranges in one attribute may be long.
    limits.maximumStartTagBytes = 64 << 10
    let reader = try PushReader(limits: limits, observer: observer)
    try archive.read(entry) { try reader.push($0) }
    _ = try reader.finish()
  }

  private func sharedStrings(_ relations: [Relation], _ folder: String, _ archive: ZipReader) throws -> [String] {
    guard let relation = relations.first(where: { $0.kind == "sharedStrings" }),
      let entry = archive.entry(named: resolve(relation.target, folder))
    else { return [] }
    let observer = SharedStringsObserver(limits: limits)
    try push(entry, of: archive, to: observer)
    return observer.strings
  }

  private func numberFormats(_ relations: [Relation], _ folder: String, _ archive: ZipReader) throws -> [NumberFormat] {
    guard let relation = relations.first(where: { $0.kind == "styles" }),
      let entry = archive.entry(named: resolve(relation.target, folder))
    else { return [] }
    return NumberFormat.cellFormats(of: try part(entry.name, of: archive).root)
  }

  private func isTrue(_ text: String?) -> Bool { text == "1" || text?.lowercased() == "true" }

  /// What the clerk hears about a failure in one of the tools below.
  static func refusal(for error: any Error) -> SpreadsheetError {
    switch error {
    case let error as SpreadsheetError: return error
    case let error as ZipError:
      let detail = "zip \(error.code.rawValue): \(error.detail)"
      switch error.code {
      case .notAnArchive, .damaged, .noSuchEntry, .unsupportedMethod, .unreadable, .unwritable:
        return .unreadable(detail)
      case .encrypted: return .encrypted(detail)
      case .tooManyEntries, .entryTooLarge, .totalTooLarge, .ratioTooHigh: return .bomb(detail)
      case .nameUnsafe, .duplicateName: return .unsafe(detail)
      }
    case let error as XMLReadingError:
      let detail = "XML \(error.code.rawValue), line \(error.line)"
      switch error.code {
      case .doctypeForbidden: return .doctype(detail)
      case .tooLarge, .tooDeep, .tooManyNodes, .startTagTooLong, .tooManyAttributes, .tooManyNamespaces, .tooSlow:
        return .bomb(detail)
      default: return .unreadable(detail)
      }
    default: return .unreadable("unexpected: \(type(of: error))")
    }
  }
}
