public import VietnameseText

/// The six kinds of request of Nghị định 68/2024/NĐ-CP: forms (Mẫu) 01 to 06, one to one with the portal's types.
public enum DossierType: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// Mẫu 01: new certificates for persons (cấp mới cho cá nhân).
  case persons = "01"
  /// Mẫu 02: new certificates for agencies and organisations (cơ quan, tổ chức).
  case organisations = "02"
  /// Mẫu 03: new certificates for devices, services, software (thiết bị, dịch vụ, phần mềm).
  case devices = "03"
  /// Mẫu 04: renewal and/or change of content (gia hạn, thay đổi nội dung thông tin).
  case renewalOrChange = "04"
  /// Mẫu 05: revocation (thu hồi).
  case revocation = "05"
  /// Mẫu 06: restoring a locked key device (khôi phục thiết bị lưu khoá bí mật).
  case deviceRestoration = "06"

  public static func < (left: DossierType, right: DossierType) -> Bool { left.rawValue < right.rawValue }

  /// What the clerk calls it.
  public var name: ClerkSentence {
    switch self {
    case .persons: ClerkSentence(vi: "Cấp mới chứng thư cho cá nhân", en: "New certificates for persons")
    case .organisations:
      ClerkSentence(vi: "Cấp mới chứng thư cho cơ quan, tổ chức", en: "New certificates for organisations")
    case .devices:
      ClerkSentence(
        vi: "Cấp mới chứng thư cho thiết bị, dịch vụ, phần mềm", en: "New certificates for devices, services, software")
    case .renewalOrChange:
      ClerkSentence(vi: "Gia hạn, thay đổi nội dung thông tin", en: "Renewal or change of content")
    case .revocation: ClerkSentence(vi: "Thu hồi chứng thư", en: "Revocation")
    case .deviceRestoration:
      ClerkSentence(vi: "Khôi phục thiết bị lưu khoá bí mật", en: "Restoring a key device")
    }
  }

  /// The columns of the form's table, in the order of the form, without the running number.
  ///
  /// Type 01 lists both the letter's one column of the organisation and the list's four levels.
  public var columns: [DossierField] {
    switch self {
    case .persons:
      [
        .fullName, .birthDate, .citizenId, .idIssueDate, .idIssuePlace, .email, .organisation, .orgLevel1, .orgLevel2,
        .orgLevel3, .orgLevel4, .province, .position, .mobile, .oldCertificateSerial, .simPKI, .centralSigning,
      ]
    case .organisations: [.organisationName, .address, .taxCode, .budgetCode, .province, .email]
    case .devices: [.deviceName, .organisation, .address, .province, .email]
    case .renewalOrChange:
      [.certificateName, .certificateSerial, .signingPhone, .email, .oldInfo, .newInfo, .renew, .change]
    case .revocation:
      [
        .certificateName, .citizenId, .idIssueDate, .idIssuePlace, .taxCode, .budgetCode, .email, .certificateSerial,
        .deviceNumber, .reason, .reasonCode,
      ]
    case .deviceRestoration: [.deviceNumber, .certificateName, .organisation, .email]
    }
  }
}
