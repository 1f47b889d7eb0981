import Foundation
import SigningCore

/// The keys of the demo: a throw-away PKI in the style of the government CA, with an invented agency and leader.
struct DemoKeys {
  let scene: DemoScene

  /// Writes `pki/anchors`, `ca`, `crl` and `pki/keys`; certificates are valid for ten days around `now`.
  func make(at now: Date) throws {
    let day: TimeInterval = 86_400
    let pki = try ThrowAwayPKI(.init(notBefore: now - day, notAfter: now + 10 * day))
    let agency = try pki.issueOrganisation(
      name: scene.agencyName, superior: "Ủy ban nhân dân tỉnh Thanh Hóa", province: "Thanh Hóa", taxCode: "0100000019")
    let leader = try pki.issuePerson(
      name: "Trần Thị Ví Dụ", organisation: "Ủy ban nhân dân tỉnh Thanh Hóa", unit: scene.agencyName,
      province: "Thanh Hóa",
      personalNumber: "000000000019")
    let authority = try pki.issueOrganisation(
      name: "Cục Chứng thực số và Bảo mật thông tin", superior: "Ban Cơ yếu Chính phủ", province: "Hà Nội",
      taxCode: "0100000027")
    try pki.write(
      to: scene.path("pki").path, password: scene.keyPassword,
      identities: [("agency", agency), ("leader", leader), ("authority", authority)], thisUpdate: now - 3600,
      nextUpdate: now + 10 * day)
  }
}
