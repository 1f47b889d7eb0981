import Foundation
import GRDB
public import VietnameseText

/// Why the ledger could not do its work.
///
/// The ledger throws nothing else, apart from `CancellationError` and what a caller's own closure throws.
public struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, for machines; the raw values are stable.
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    /// No room left on the disk, or the quota is used up.
    case diskFull
    /// The database folder cannot be written (rights).
    case notWritable
    /// The disk is mounted for reading only, as after an error of the disk.
    case readOnly
    /// The file was written by a newer release.
    case newerFile
    /// The file or a row in it is damaged.
    case corrupt
    /// The file is not a ledger of this product.
    case notALedger
    /// Another program kept the file locked for longer than the busy time-out.
    case busy
    /// Another `lienthong run` holds this ledger.
    case alreadyRunning
    /// A row with this identity exists already.
    case duplicate
    /// The row or the blob does not exist.
    case notFound
    /// The row is in another state than the caller expected.
    case stateConflict
    /// The pattern of dossier codes cannot be used.
    case badPattern
    /// A value that the ledger does not take.
    case invalid
    /// The disk or SQLite failed in some other way.
    case io
  }

  /// What went wrong.
  public let code: Code
  /// For the operator: no secrets, no personal data.
  public let detail: String

  public init(_ code: Code, detail: String) {
    self.code = code
    self.detail = detail
  }

  /// Whether the same call can succeed later without a change of the program or the data.
  public var isTemporary: Bool {
    switch code {
    case .diskFull, .busy, .io, .notWritable, .readOnly: true
    case .newerFile, .corrupt, .notALedger, .alreadyRunning, .duplicate, .notFound, .stateConflict, .badPattern,
      .invalid:
      false
    }
  }

  public var description: String { "\(code.rawValue): \(detail)" }

  /// What a clerk is told.
  public var clerk: ClerkSentence {
    switch code {
    case .diskFull:
      ClerkSentence(
        vi: "Ổ đĩa của hệ thống đã đầy. Chưa có gì bị mất; hãy báo người vận hành giải phóng dung lượng.",
        en: "The system's disk is full. Nothing is lost; ask the operator to free some room.")
    case .notWritable:
      ClerkSentence(
        vi: "Hệ thống không ghi được vào thư mục dữ liệu. Hãy báo người vận hành kiểm tra quyền ghi của ổ đĩa.",
        en: "The system cannot write to its data folder. Ask the operator to check the disk and its rights.")
    case .readOnly:
      ClerkSentence(
        vi: "Ổ đĩa của hệ thống đang ở chế độ chỉ đọc. Chưa có gì bị mất; hãy báo người vận hành kiểm tra ổ đĩa.",
        en: "The system's disk is read-only now. Nothing is lost; ask the operator to check the disk.")
    case .newerFile:
      ClerkSentence(
        vi: "Dữ liệu được ghi bởi phiên bản mới hơn. Hãy báo người vận hành cài phiên bản mới của chương trình.",
        en: "The data were written by a newer release. Ask the operator to install the newer program.")
    case .corrupt:
      ClerkSentence(
        vi: "Dữ liệu sổ giao nhận bị hỏng. Hãy báo người vận hành kiểm tra và khôi phục từ bản sao lưu.",
        en: "The delivery ledger is damaged. Ask the operator to verify it and restore a backup.")
    case .notALedger:
      ClerkSentence(
        vi: "Tệp dữ liệu không phải sổ giao nhận của chương trình này. Hãy báo người vận hành kiểm tra cấu hình.",
        en: "The data file is not a delivery ledger of this program. Ask the operator to check the configuration.")
    case .busy:
      ClerkSentence(
        vi: "Sổ giao nhận đang bận. Hãy thử lại sau ít phút.",
        en: "The delivery ledger is busy. Try again in a few minutes.")
    case .alreadyRunning:
      ClerkSentence(
        vi: "Chương trình đã chạy với dữ liệu này. Hãy dừng chương trình đang chạy trước khi khởi động lại.",
        en: "The program is running on these data already. Stop the running one before starting another.")
    case .duplicate:
      ClerkSentence(
        vi: "Văn bản này đã có trong sổ giao nhận. Hãy mở văn bản đã có thay vì tạo mới.",
        en: "This letter is in the ledger already. Open the existing one instead of making another.")
    case .notFound:
      ClerkSentence(
        vi: "Không tìm thấy trong sổ giao nhận. Hãy kiểm tra lại mã.",
        en: "It is not in the ledger. Check the code.")
    case .stateConflict:
      ClerkSentence(
        vi: "Trạng thái của văn bản vừa thay đổi. Hãy tải lại trang rồi thực hiện lại nếu còn cần.",
        en: "The letter's state has just changed. Reload, and do it again if it is still needed.")
    case .badPattern:
      ClerkSentence(
        vi: "Mẫu mã hồ sơ trong cấu hình không hợp lệ. Hãy báo người vận hành sửa cấu hình.",
        en: "The configured pattern of dossier codes is not valid. Ask the operator to correct it.")
    case .invalid:
      ClerkSentence(
        vi: "Dữ liệu đưa vào sổ giao nhận không hợp lệ. Hãy kiểm tra lại nội dung đã nhập.",
        en: "The ledger does not take this value. Check what was entered.")
    case .io:
      ClerkSentence(
        vi: "Hệ thống gặp lỗi khi đọc hoặc ghi ổ đĩa. Hãy báo người vận hành.",
        en: "The system met an error of the disk. Tell the operator.")
    }
  }
}

extension LedgerError {
  /// What SQLite's error means. Bound values never enter the text.
  init(_ error: DatabaseError) {
    let code: Code =
      switch error.resultCode {
      case .SQLITE_FULL: .diskFull
      case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .notWritable
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
      case .SQLITE_CORRUPT: .corrupt
      case .SQLITE_NOTADB: .notALedger
      case .SQLITE_CONSTRAINT:
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY: .duplicate
        case .SQLITE_CONSTRAINT_FOREIGNKEY: .notFound
        default: .invalid
        }
      default: .io
      }
    self.init(
      code, detail: "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")")
  }

  /// What the operating system's error number means.
  init(errno number: Int32, doing action: String) {
    let code: Code =
      switch number {
      case ENOSPC, EDQUOT: .diskFull
      case EROFS: .readOnly
      case EACCES, EPERM: .notWritable
      case ENOENT: .notFound
      default: .io
      }
    self.init(code, detail: "\(action): \(String(cString: strerror(number)))")
  }

  /// Runs `work` and turns SQLite's errors into the ledger's; a caller's own errors pass unchanged.
  static func translating<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error as DatabaseError {
      throw LedgerError(error)
    } catch let error as RowDecodingError {
      throw LedgerError(.corrupt, detail: "a row cannot be read: \(error.description.prefix(200))")
    }
  }
}
