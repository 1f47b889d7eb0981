import Connector
import Foundation
import MappingFiles
import SigningCore

/// The stage of the demo: a throw-away PKI, two configurations and the invented list, all in one folder.
struct DemoScene {
  let folder: URL
  let executable: URL
  /// Whether the folder stays after the run.
  let isKept: Bool
  let agencyCode = "H56.99"
  let agencyName = "Sở Mẫu Minh Họa tỉnh Thanh Hóa"
  let authorityCode = "G11.99"
  let authorityName = "Cục Chứng thực số và Bảo mật thông tin, Ban Cơ yếu Chính phủ"
  let agencySystem = "SYS-VIDU"
  let authoritySystem = "SYS-CTS"
  let agencySecret: String
  let authoritySecret: String
  let keyPassword: String

  init(folder: URL, executable: URL, isKept: Bool) throws {
    self.folder = folder
    self.isKept = isKept
    self.executable = executable
    // Throw-away secrets, new with every run; nothing is hard-coded.
    agencySecret = try randomBytes(16).hexadecimal
    authoritySecret = try randomBytes(16).hexadecimal
    keyPassword = try randomBytes(12).hexadecimal
    for name in ["secrets", "agency", "ca", "axis", "letters", "processes"] {
      try FileManager.default.createDirectory(at: path(name), withIntermediateDirectories: true)
    }
    for name in ["agency", "ca"] where FileManager.default.fileExists(atPath: path("\(name)/ledger.sqlite").path) {
      throw Terminal.fail("\(folder.path) already holds a demo; give --keep a new folder", code: 2)
    }
    try write(agencySecret, to: "secrets/agency.secret")
    try write(authoritySecret, to: "secrets/ca.secret")
    try write(keyPassword, to: "secrets/key.password")
    try Data(MappingFile.demoList.bytes).write(to: list)
  }

  var list: URL { path("letters/danh-sach-01.xlsx") }
  var agencyConfiguration: URL { path("agency.yaml") }
  var authorityConfiguration: URL { path("ca.yaml") }

  func path(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// Writes a file that only its owner reads.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: path(name))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path(name).path)
  }

  /// Both configuration files, once the addresses of axis and time stamp server are known.
  func writeConfigurations(axis: String, timeStamps: String) throws {
    try write(
      """
      # Written by lienthong demo.
      role: agency
      organisation:
        code: \(agencyCode)
        name: \(agencyName)
        superior: Ủy ban nhân dân tỉnh Thanh Hóa
        place: Thanh Hóa
      axis:
        url: "\(axis)"
        systemId: \(agencySystem)
        secretFile: secrets/agency.secret
        pollSeconds: 0.3
        lostAnswer: {askAgainSeconds: 2, resendAfterSeconds: 4}   # the stage's axis answers at once; leave it out elsewhere
      signers:
        leaderName: Trần Thị Ví Dụ
        leaderTitle: GIÁM ĐỐC
        leader: {pkcs12: pki/keys/leader.p12, passwordFile: secrets/key.password}
        organisation: {pkcs12: pki/keys/agency.p12, passwordFile: secrets/key.password}
      contact:
        fullName: Lê Văn Ví Dụ
        citizenId: "038085000017"
        idIssueDate: 2022-05-31
        idIssuePlace: Cục Cảnh sát QLHC về TTXH
        position: Chuyên viên
        mobile: "0912000017"
        email: lvvidu@thanhhoa.vidu.gov.vn
        address: \(agencyName), số 1 đường Thử Nghiệm, tỉnh Thanh Hóa
      trustFolder: pki
      timeStampServers: ["\(timeStamps)"]
      addressees:
        default: {code: \(authorityCode), name: "\(authorityName)"}
      dataFolder: agency
      listen: 127.0.0.1:0

      """, to: "agency.yaml")
    try write(
      """
      # Written by lienthong demo.
      role: ca
      organisation: {code: \(authorityCode), name: "\(authorityName)", place: Hà Nội}
      axis:
        url: "\(axis)"
        systemId: \(authoritySystem)
        secretFile: secrets/ca.secret
        pollSeconds: 0.3
        lostAnswer: {askAgainSeconds: 2, resendAfterSeconds: 4}   # the stage's axis answers at once; leave it out elsewhere
      trustFolder: pki
      dataFolder: ca
      listen: 127.0.0.1:0

      """, to: "ca.yaml")
  }
}
