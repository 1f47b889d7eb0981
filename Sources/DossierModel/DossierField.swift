/// The name of one column of a dossier's table, as mappings, JSON and findings write it: `fullName`, `citizenId`, …
///
/// An open set: a mapping may add a column of its own, which then holds text.
public struct DossierField: RawRepresentable, Sendable, Hashable, Codable, Comparable, ExpressibleByStringLiteral {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
  public init(stringLiteral value: String) { self.rawValue = value }

  /// From its name.
  public init(from decoder: any Decoder) throws {
    self.rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  public static func < (left: DossierField, right: DossierField) -> Bool { left.rawValue < right.rawValue }

  // Persons
  /// Họ và tên.
  public static let fullName: DossierField = "fullName"
  /// Ngày sinh; a date.
  public static let birthDate: DossierField = "birthDate"
  /// Số định danh cá nhân, 12 digits.
  public static let citizenId: DossierField = "citizenId"
  /// Ngày cấp of the identity card; a date.
  public static let idIssueDate: DossierField = "idIssueDate"
  /// Nơi cấp of the identity card.
  public static let idIssuePlace: DossierField = "idIssuePlace"
  /// Chức vụ.
  public static let position: DossierField = "position"
  /// Số điện thoại di động, `0xxxxxxxxx`.
  public static let mobile: DossierField = "mobile"
  /// Số hiệu chứng thư chữ ký số cũ.
  public static let oldCertificateSerial: DossierField = "oldCertificateSerial"
  /// SIM PKI: carrier and whether the number moves.
  public static let simPKI: DossierField = "simPKI"
  /// Ký số tập trung (RSSP); yes or no.
  public static let centralSigning: DossierField = "centralSigning"

  // Organisations and places
  /// Tên cơ quan, tổ chức công tác (01, 06) or quản lý (03).
  public static let organisation: DossierField = "organisation"
  /// Tên CQTC cấp 1 of the portal's list.
  public static let orgLevel1: DossierField = "orgLevel1"
  public static let orgLevel2: DossierField = "orgLevel2"
  public static let orgLevel3: DossierField = "orgLevel3"
  public static let orgLevel4: DossierField = "orgLevel4"
  /// Tên cơ quan, tổ chức that gets the certificate (02).
  public static let organisationName: DossierField = "organisationName"
  /// Địa chỉ.
  public static let address: DossierField = "address"
  /// Tỉnh/Thành phố.
  public static let province: DossierField = "province"
  /// Địa chỉ thư điện tử công vụ.
  public static let email: DossierField = "email"
  /// Mã số thuế.
  public static let taxCode: DossierField = "taxCode"
  /// Mã quan hệ ngân sách.
  public static let budgetCode: DossierField = "budgetCode"

  // Certificates and devices
  /// Tên thiết bị, dịch vụ, phần mềm (03).
  public static let deviceName: DossierField = "deviceName"
  /// Tên chứng thư chữ ký số.
  public static let certificateName: DossierField = "certificateName"
  /// Số hiệu chứng thư chữ ký số, hexadecimal.
  public static let certificateSerial: DossierField = "certificateSerial"
  /// Signing phone number of a SIM PKI certificate (04).
  public static let signingPhone: DossierField = "signingPhone"
  /// Số hiệu thiết bị lưu khoá bí mật.
  public static let deviceNumber: DossierField = "deviceNumber"

  // Requests
  /// Thông tin cần thay đổi (04).
  public static let oldInfo: DossierField = "oldInfo"
  /// Thông tin mới (04).
  public static let newInfo: DossierField = "newInfo"
  /// Gia hạn ticked (04); yes or no.
  public static let renew: DossierField = "renew"
  /// Thay đổi thông tin ticked (04); yes or no.
  public static let change: DossierField = "change"
  /// Lý do thu hồi (05).
  public static let reason: DossierField = "reason"
  /// A code for the reason, suggested by us, never printed (05).
  public static let reasonCode: DossierField = "reasonCode"

  /// What the column holds; columns that a mapping adds hold text.
  public var kind: Kind {
    switch self {
    case .birthDate, .idIssueDate: .date
    case .centralSigning, .renew, .change: .flag
    case .simPKI: .simPKI
    default: .text
    }
  }

  /// The kinds of value.
  public enum Kind: String, Sendable, Hashable, Codable {
    case text, date, flag, simPKI
  }
}
