import AxisClient
import AxisSimulator
import Connector
import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import LetterSignatures
import Logging
import MappingFiles
import RequestLetter
import ServiceLifecycle
import SigningCore

/// Both ends' folders with throw-away keys, and letters that both signatories have signed.
final class Bench: Sendable {
  enum Side: String, CaseIterable { case agency, ca }
  struct Failed: Error, CustomStringConvertible { let description: String }

  static let agencyCode = "H56.99"
  static let authorityCode = "G11.99"
  static let notation = "SVD-VP"
  static let quiet = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }

  let folder: URL
  let agency: SoftwareKey
  private let leader: SoftwareKey
  private let stamps: Stamps
  private let dossier: Dossier
  private let renderer: LetterRenderer
  let day: CalendarDate

  private struct Stamps: TimeStamping {
    let authority: TimeStampAuthority

    func token(for digest: [UInt8], algorithm: DigestAlgorithm) async throws -> [UInt8] {
      let request = try TimeStampRequest(digest: digest, algorithm: algorithm, nonce: try randomBytes(8))
      return try request.token(
        fromResponse: try authority.respond(to: request.der, at: Date(), serial: try randomBytes(8)))
    }
  }

  init(axisPort: Int = 1) async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "delivery-benchmark-\(UUID().uuidString)")
    for name in ["letters", "axis"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    let now = Date()
    let pki = try ThrowAwayPKI(.init(notBefore: now - 86_400, notAfter: now + 864_000))
    let organisation = try pki.issueOrganisation(
      name: "Sở Mẫu Minh Họa tỉnh Thanh Hóa", superior: "Ủy ban nhân dân tỉnh Thanh Hóa", province: "Thanh Hóa",
      taxCode: "0100000019")
    agency = try organisation.signer()
    leader = try pki.issuePerson(
      name: "Trần Thị Ví Dụ", organisation: "Ủy ban nhân dân tỉnh Thanh Hóa", unit: "Sở Mẫu Minh Họa tỉnh Thanh Hóa",
      province: "Thanh Hóa", personalNumber: "000000000019"
    ).signer()
    stamps = Stamps(authority: try pki.timeStampAuthority())
    try pki.write(
      to: folder.path + "/pki", password: "x", thisUpdate: now - 3_600, nextUpdate: now + 864_000)
    for side in Side.allCases {
      try Data("secret-of-\(side)".utf8).write(to: folder.appending(path: "\(side).secret"))
      try Data(Self.configuration(side, axisPort).utf8).write(to: folder.appending(path: "\(side).yaml"))
    }
    let list = folder.appending(path: "list.xlsx")
    try Data(MappingFile.demoList.bytes).write(to: list)
    guard let day = CalendarDate(iso: EdocTimestamp(now).date.iso) else { throw Failed(description: "today") }
    self.day = day
    renderer = try LetterRenderer()
    let configuration = try Configuration(contentsOf: folder.appending(path: "agency.yaml").path)
    let ledger = try Workplace.openLedger(configuration)
    dossier = try LetterSubmission(configuration: configuration, ledger: ledger).compose(
      .init(type: .persons, number: "0", notation: Self.notation, date: day, list: list))
    try ledger.close()
    let authority = try Workplace.openLedger(Configuration(contentsOf: folder.appending(path: "ca.yaml").path))
    try await authority.bind(
      organId: Self.agencyCode, subject: nil, fingerprint: agency.certificate.fingerprint, validFrom: now - 3_600,
      validUntil: nil, by: "benchmark", source: "benchmark", at: now)
    try authority.close()
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  private static func configuration(_ side: Side, _ port: Int) -> String {
    let axis = "axis: {url: \"http://127.0.0.1:\(port)\", pollSeconds: 0.05, secretFile: \(side).secret, systemId: "
    switch side {
    case .agency:
      return """
        role: agency
        organisation:
          {code: \(agencyCode), name: Sở Mẫu Minh Họa tỉnh Thanh Hóa, superior: Ủy ban nhân dân tỉnh Thanh Hóa, place: Thanh Hóa}
        \(axis)SYS-A}
        signers: {leaderName: Trần Thị Ví Dụ, leaderTitle: GIÁM ĐỐC, elsewhere: true}
        contact:
          fullName: Lê Văn Ví Dụ
          citizenId: "038085000017"
          idIssueDate: 2022-05-31
          idIssuePlace: Cục Cảnh sát QLHC về TTXH
          position: Chuyên viên
          mobile: "0912000017"
          email: lvvidu@thanhhoa.vidu.gov.vn
          address: Sở Mẫu Minh Họa, số 1 đường Thử Nghiệm, tỉnh Thanh Hóa
        trustFolder: pki
        addressees:
          default: {code: \(authorityCode), name: "Cục Chứng thực số và Bảo mật thông tin, Ban Cơ yếu Chính phủ"}
        dataFolder: agency
        """
    case .ca:
      return """
        role: ca
        organisation: {code: \(authorityCode), name: "Cục Chứng thực số và Bảo mật thông tin, Ban Cơ yếu Chính phủ", place: Hà Nội}
        \(axis)SYS-C}
        trustFolder: pki
        dataFolder: ca
        """
    }
  }

  func configuration(_ side: Side) throws -> Configuration {
    try Configuration(contentsOf: folder.appending(path: "\(side).yaml").path)
  }

  /// A letter of this number, written from the list and signed by leader and organisation with time stamps.
  func letter(_ number: Int) async throws -> URL {
    var dossier = dossier
    dossier.letter.number = String(number)
    var pdf = [UInt8](try renderer.render(dossier, created: Date()).pdf)
    for key in [leader, agency] {
      pdf = try await LetterSigner.sign(
        pdf: pdf,
        SignatureRequest(
          signerName: key.certificate.subject["CN"], claimedTime: Date(), identifier: try randomBytes(16)),
        with: key, timeStamp: stamps)
    }
    let file = folder.appending(path: "letters/\(number).pdf")
    try Data(pdf).write(to: file)
    return file
  }

  /// The edXML message that carries `letter`.
  func message(_ number: Int, _ letter: URL) throws -> URL {
    let date = EdocDate(day.iso)
    guard let date else { throw Failed(description: "date") }
    var document = EdocDocument(
      from: Organization(Self.agencyCode, name: "Sở Mẫu Minh Họa tỉnh Thanh Hóa"),
      to: [Organization(Self.authorityCode, name: "Cục Chứng thực số")],
      documentId: "\(Self.agencyCode),\(day.iso),\(number)/\(Self.notation)",
      code: DocumentCode(number: String(number), notation: Self.notation),
      promulgation: Promulgation(place: "Thanh Hóa", date: date), subject: dossier.letter.subject ?? "",
      business: Business(kind: .new, reason: BusinessKind.new.usualReason))
    document.documentType = DocumentType(type: 1, typeDetail: nil, typeName: "Công văn")
    document.trace = [TraceHeader(organId: Self.agencyCode, timestamp: EdocTimestamp(Date()))]
    let file = folder.appending(path: "letters/\(number).edxml")
    try EdXMLWriter().write(
      document, attachments: [OutgoingAttachment(name: "\(number).pdf", file: letter.path, contentId: "1")],
      to: file.path)
    return file
  }
}
