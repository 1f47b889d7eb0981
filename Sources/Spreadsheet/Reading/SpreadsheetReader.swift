import VietnameseText
import ZipArchive

/// Reads lists from `.xlsx` (as Excel, LibreOffice, openpyxl and others write it) and `.csv`.
///
/// Everything outside the cells is passed over; macros, passwords, old binary files and other formats are refused with
/// a reason. Nothing outside the file is ever read.
public struct SpreadsheetReader: Sendable {
  public var limits: SpreadsheetLimits

  public init(limits: SpreadsheetLimits = .standard) { self.limits = limits }

  /// The cells of a file. `name` is the file's name as given by its sender; it decides nothing but what a wrong format
  /// is called, and whether plain text may be taken as CSV.
  public func read(_ bytes: [UInt8], name: String) throws(SpreadsheetError) -> Workbook {
    let suffix =
      name.split(separator: ".").count > 1 ? name.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
    guard bytes.count <= limits.maximumFileBytes else {
      throw .bomb("file of more than \(limits.maximumFileBytes) bytes")
    }
    switch FileSignature(bytes) {
    case .zip:
      if ["xlsm", "xltm", "xlam"].contains(suffix) { throw Self.macros("name .\(suffix)") }
      if suffix == "xlsb" { throw Self.otherFormat("XLSB", "name .xlsb") }
      guard suffix == "xlsx" else { throw Self.notWhatItSays(suffix, "XLSX/ZIP") }
      return try PackageReader(limits: limits).read(bytes)
    case .compound:
      if FileSignature.isEncryptedPackage(bytes) { throw .encrypted("OLE package EncryptedPackage") }
      if suffix == "xlsx" { throw Self.notWhatItSays("xlsx", "XLS 97-2003") }
      throw Self.oldBinary("OLE compound file")
    case .html:
      throw .format(
        "Tệp là trang web (HTML) đổi tên, không phải bảng tính. Mở tệp bằng Excel, chọn Lưu thành .xlsx rồi gửi lại.",
        "The file is a web page (HTML) with another name, no spreadsheet. Open it in Excel, save it as .xlsx and send that.",
        "HTML")
    case .xml: throw Self.otherFormat("XML", "XML outside a package")
    case .pdf: throw Self.otherFormat("PDF", "PDF")
    case .empty:
      throw .unreadable("empty file")
    case .binary:
      if suffix == "xls" { throw Self.oldBinary("binary without OLE header") }
      if suffix == "xlsx" { throw .unreadable("no ZIP header") }
      throw Self.otherFormat("?", "binary data")
    case .text:
      guard suffix == "csv" || suffix == "txt" || suffix == "tsv" else {
        if suffix == "xlsx" { throw Self.notWhatItSays("xlsx", "văn bản thuần / plain text") }
        throw Self.otherFormat("." + suffix, "text with the name .\(suffix)")
      }
      return try DelimitedText(limits: limits).read(bytes)
    }
  }

  static func macros(_ detail: String) -> SpreadsheetError {
    .format(
      "Tệp có macro nên không được mở. Lưu lại thành .xlsx (không macro) rồi gửi lại.",
      "The file holds macros and was not opened. Save it as .xlsx (without macros) and send that.", detail)
  }

  static func oldBinary(_ detail: String) -> SpreadsheetError {
    .format(
      "Tệp .xls kiểu cũ (Excel 97-2003) không được nhận. Mở tệp, chọn Lưu thành .xlsx rồi gửi lại.",
      "The old .xls format (Excel 97-2003) is not taken. Open the file, save it as .xlsx and send that.", detail)
  }

  static func otherFormat(_ what: String, _ detail: String) -> SpreadsheetError {
    .format(
      "Tệp không phải bảng tính .xlsx hoặc .csv. Chép danh sách vào tệp mẫu .xlsx rồi gửi lại.",
      "The file is no .xlsx or .csv spreadsheet. Copy the list into the .xlsx template and send that.",
      "\(what): \(detail)")
  }

  static func notWhatItSays(_ name: String, _ found: String) -> SpreadsheetError {
    .format(
      "Nội dung tệp không đúng với tên .\(name). Mở tệp, chọn Lưu thành .xlsx rồi gửi lại.",
      "The content is not what the name .\(name) says. Open the file, save it as .xlsx and send that.",
      "named .\(name), is \(found)")
  }
}
