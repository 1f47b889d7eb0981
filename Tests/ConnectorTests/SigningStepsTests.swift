import DeliveryLedger
import DossierModel
import Foundation
import LetterSignatures
import SigningCore
import Testing
import VietnameseText

@testable import Connector

@Suite("Signing an agency's letters", .serialized)
struct SigningStepsTests {
  /// An agency with keys, pictures and a list, at whose desk one letter is written and signed.
  final class Agency: Sendable {
    let bench: ConnectorBench
    let pki: ThrowAwayPKI
    let organisation: CertifiedKey

    init() throws {
      bench = try ConnectorBench()
      let year: TimeInterval = 365 * 86_400
      pki = try ThrowAwayPKI(.init(notBefore: ConnectorBench.start - year, notAfter: ConnectorBench.start + year))
      let leader = try pki.issuePerson(
        name: "Phạm Thị Ví Dụ", organisation: "Tỉnh Ví Dụ", unit: "Cục Ví dụ", province: "Ví Dụ",
        personalNumber: "000000000019")
      organisation = try pki.issueOrganisation(
        name: "Cục Ví dụ", superior: "Tỉnh Ví Dụ", province: "Ví Dụ", taxCode: "0100000019")
      for (name, bytes) in [
        ("leader.p12", try leader.pkcs12(password: "m")), ("agency.p12", try organisation.pkcs12(password: "m")),
        ("password", Array("m\n".utf8)), ("wrong", Array("khong-dung\n".utf8)),
        ("hand.png", [UInt8](InventedPictures.hand)),
        ("seal.png", [UInt8](InventedPictures.seal)), ("list.csv", Array(Self.list.utf8)),
        ("agency.crt", Array(organisation.certificate.pem.utf8)),
      ] { try Data(bytes).write(to: bench.folder.appending(path: name)) }
    }

    static let list = """
      STT,Họ tên (Bắt buộc nhập),Ngày sinh (Bắt buộc nhập),CMND/Hộ chiếu (Bắt buộc nhập),Nơi cấp (Bắt buộc nhập),Ngày cấp (Bắt buộc nhập),Địa chỉ thư điện tử công vụ (Bắt buộc nhập),Tên CQTC cấp 1 (Bắt buộc nhập),"Tỉnh, thành phố (Bắt buộc chọn)",Tên chức vụ,Số điện thoại
      1,Tạ Văn Mẫu,14/02/1988,038188004127,Bộ Công an,20/08/2024,tvmau@thanhhoa.vidu.gov.vn,ỦY BAN NHÂN DÂN TỈNH THANH HÓA,Thanh Hóa,Chuyên viên,0912345067
      """

    static func more(_ signers: String) -> String {
      """
      signers:
        leaderName: Phạm Thị Ví Dụ
        leaderTitle: CỤC TRƯỞNG
      \(signers)
      addressees: {default: {code: G11.98, name: Cục Chứng thực}}
      """
    }

    /// Records a letter and has every step done; gives the letter as it then stands.
    func sent(_ signers: String) async throws -> LetterRecord {
      let preparation = try preparation(signers)
      let workplace = preparation.workplace
      var order = LetterSubmission.Order(
        type: .persons, number: "5", notation: "CVD-VP", date: try #require(CalendarDate(iso: "2026-03-02")))
      order.list = bench.folder.appending(path: "list.csv")
      order.evenIfRefused = true
      let submission = LetterSubmission(
        configuration: workplace.configuration, ledger: bench.ledger, clock: { [bench] in bench.now })
      let letter = try await submission.submit(order).letter
      try await preparation.pass()
      return try #require(try await bench.letter(letter.id))
    }

    /// The worker as it is after a start of the program.
    func preparation(_ signers: String) throws -> LetterPreparation {
      try LetterPreparation(workplace: try bench.workplace(role: "agency", more: Self.more(signers)))
    }

    func pdf(_ letter: LetterRecord, _ role: BlobRole) async throws -> [UInt8] {
      let hash = try #require(letter.blobs[role], "\(letter.state): \(letter.lastCause ?? "")")
      return [UInt8](try await bench.ledger.readBlob(hash))
    }

    func text(_ pdf: [UInt8]) throws -> String {
      let file = bench.folder.appending(path: "text.pdf")
      try Data(pdf).write(to: file)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/pdftotext")
      process.arguments = ["-layout", file.path, "-"]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self).replacing(#/ +/#, with: " ")
    }
  }

  private static let visible = """
      level: B-B
      numberAtIssue: true
      leader: {pkcs12: leader.p12, passwordFile: password, appearance: {picture: hand.png}}
      organisation: {pkcs12: agency.p12, passwordFile: password, appearance: {picture: seal.png}}
      initials: {pkcs12: leader.p12, passwordFile: password, appearance: {picture: hand.png}}
    """

  @Test(
    "Initials, leader's picture, seal over a third of it, number and date: all as configured, every signature intact")
  func visible() async throws {
    let agency = try Agency()
    let letter = try await agency.sent(Self.visible)
    #expect(letter.state == "queued", "\(letter.lastCause ?? "")")
    let rendered = try agency.text(try await agency.pdf(letter, .renderedLetter))
    #expect(rendered.contains("/CVD-VP") && !rendered.contains("05/CVD-VP") && !rendered.contains("05 /CVD-VP"))
    let signed = try await agency.pdf(letter, .organisationSigned)
    let text = try agency.text(signed)
    #expect(text.contains("Số: 05 /CVD-VP") || text.contains("Số: 05/CVD-VP"), "\(text.prefix(600))")
    #expect(text.contains("ngày 02 tháng 3 năm 2026"), "\(text.prefix(600))")
    let trust = try agency.pki.trustStore(
      thisUpdate: ConnectorBench.start - 3600, nextUpdate: ConnectorBench.start + 86_400)
    let report = try LetterVerifier(trust: trust).verify(signed, at: ConnectorBench.start + 60)
    #expect(report.integrity == .intact, "\(report.detail)")
    #expect(
      report.signatures.map(\.signerKind) == [.person, .person, .organisation, .organisation, .organisation],
      "\(report.detail)")
  }

  @Test("A level of long term takes its proofs from the trust folder; while they are missing the letter waits")
  func proofs() async throws {
    let agency = try Agency()
    let server = try LoopbackServer()
    defer { server.stop() }
    let authority = try agency.pki.timeStampAuthority()
    server.answer("/tsa") { request in
      let answer = try? authority.respond(to: request.body, at: ConnectorBench.start, serial: [7])
      return .init(status: answer == nil ? 500 : 200, body: answer ?? [])
    }
    let trust = agency.bench.folder.appending(path: "trust")
    try agency.pki.write(
      to: trust.path, password: "m", thisUpdate: ConnectorBench.start - 3600,
      nextUpdate: ConnectorBench.start + 86_400)
    // The operator's folder has the authorities, and not yet their lists.
    let lists = agency.bench.folder.appending(path: "lists")
    try FileManager.default.moveItem(at: trust.appending(path: "crl"), to: lists)
    let signers = """
        level: B-LT
        leader: {pkcs12: leader.p12, passwordFile: password}
        organisation: {pkcs12: agency.p12, passwordFile: password}
      timeStampServers: ["\(server.url("/tsa"))"]
      """
    let waiting = try await agency.sent(signers)
    #expect(waiting.state == "leaderSigned", "\(waiting.lastCause ?? "")")
    #expect(waiting.lastCause == "validation_data_missing" && waiting.nextActionAt != nil)
    #expect(waiting.blobs[.organisationSigned] == nil)

    try FileManager.default.moveItem(at: lists, to: trust.appending(path: "crl"))
    agency.bench.pass(3600)
    try await agency.preparation(signers).pass()
    let letter = try #require(try await agency.bench.letter(waiting.id))
    #expect(letter.state == "queued" && letter.lastCause == nil, "\(letter.lastCause ?? "")")
    let report = try LetterVerifier(trust: try TrustStore(folder: trust.path)).verify(
      try await agency.pdf(letter, .organisationSigned), at: ConnectorBench.start + 7200)
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.signatures.map(\.level) == [.bLT, .bLT])
  }

  @Test("A letter that is made once more bears each signature once")
  func again() async throws {
    let agency = try Agency()
    let signers = """
        level: B-B
        leader: {pkcs12: leader.p12, passwordFile: password}
        organisation: {pkcs12: agency.p12, passwordFile: password}
      """
    let letter = try await agency.sent(signers)
    #expect(letter.state == "queued", "\(letter.lastCause ?? "")")
    let first = try await agency.pdf(letter, .personSigned)
    _ = try await agency.bench.ledger.advance(
      LetterTransition(letter.id, from: [], to: "failed", event: .packed), at: agency.bench.now)
    let desk = SenderDesk(ledger: agency.bench.ledger, clock: { [bench = agency.bench] in bench.now })
    _ = try await desk.retry(letter.id, clerk: "Ví Dụ")
    try await agency.preparation(signers).pass()
    let again = try #require(try await agency.bench.letter(letter.id))
    #expect(again.state == "queued", "\(again.lastCause ?? "")")
    #expect(try await agency.pdf(again, .personSigned) != first)
    let trust = try agency.pki.trustStore(
      thisUpdate: ConnectorBench.start - 3600, nextUpdate: ConnectorBench.start + 86_400)
    let report = try LetterVerifier(trust: trust).verify(
      try await agency.pdf(again, .organisationSigned), at: ConnectorBench.start + 60)
    #expect(report.integrity == .intact, "\(report.detail)")
    #expect(report.signatures.map(\.signerKind) == [.person, .organisation], "\(report.detail)")
  }

  @Test("Without a time-stamp server a letter that needs one waits in its state")
  func noTimeStamp() async throws {
    let agency = try Agency()
    let letter = try await agency.sent(
      """
        level: B-LT
        leader: {pkcs12: leader.p12, passwordFile: password}
        organisation: {pkcs12: agency.p12, passwordFile: password}
      """)
    // There is no time-stamp server: the letter waits in its state, to be tried again.
    #expect(letter.state == "written" && letter.lastCause == "timeStampUnavailable" && letter.nextActionAt != nil)
  }

  @Test("An agency without the organisation's key is told with the line, unless it signs elsewhere")
  func noOrganisation() throws {
    let agency = try Agency()
    func problems(_ signers: String) -> [String] {
      do {
        _ = try agency.bench.workplace(role: "agency", more: Agency.more(signers))
        return []
      } catch let error as ConfigurationError {
        return error.lines
      } catch {
        return ["\(error)"]
      }
    }
    let leader = "  leader: {pkcs12: leader.p12, passwordFile: password}"
    #expect(problems(leader).contains { $0.contains("missing key “signers.organisation”") })
    #expect(problems(leader + "\n  elsewhere: true").isEmpty)
  }

  @Test(
    "What is wrong with a signer's settings is told with its line",
    arguments: [
      (
        "{pkcs12: a, passwordFile: b, pkcs11: {module: /m, tokenLabel: t, keyLabel: k, pinFile: p}}",
        "exactly one of pkcs12"
      ),
      ("{passwordFile: b}", "exactly one of pkcs12"),
      ("{pkcs11: {module: /m, keyLabel: k, pinFile: p}}", "tokenLabel or serial"),
      ("{pkcs11: {module: /m, tokenLabel: t, pinFile: p}}", "keyLabel or id"),
      ("{pkcs11: {module: /m, tokenLabel: t, id: xyz, pinFile: p}}", "must be hexadecimal"),
      ("{pkcs11: {module: /m, tokenLabel: t, keyLabel: k}}", "exactly one of pinFile"),
      ("{pkcs11: {module: /m, tokenLabel: t, keyLabel: k, pinFile: p, pinEnvironment: E}}", "exactly one of pinFile"),
      ("{pkcs11: {module: /m, tokenLabel: t, keyLabel: k, pinFile: p, pin: 1}}", "unknown key"),
      ("{pkcs12: a, passwordFile: b, appearance: {}}", "give a picture (PNG) or text"),
      ("{pkcs12: a, passwordFile: b, appearance: {picture: x, at: nowhere}}", "must be letter, signature or corner"),
      ("{pkcs12: a, passwordFile: b, appearance: {picture: x, at: letter, position: {page: 1}}}", "only one of at"),
      (
        "{pkcs12: a, passwordFile: b, appearance: {picture: x, anchor: {text: y, side: round}}}", "must be one of: over"
      ),
      ("{pkcs12: a, passwordFile: b, appearance: {picture: x, width: 5000}}", "must be a number within"),
    ])
  func faults(signer: String, expected: String) throws {
    let bench = try ConnectorBench()
    do {
      _ = try bench.workplace(role: "agency", more: Agency.more("  organisation: \(signer)"))
      Issue.record("no problem is told")
    } catch let error as ConfigurationError {
      #expect(error.lines.contains { $0.contains(expected) }, "\(error.lines)")
    }
  }

  @Test(
    "A wrong password, a picture that is none and a missing file stop the start with one clear line, without secrets")
  func start() throws {
    let agency = try Agency()
    for (signer, expected) in [
      ("{pkcs12: agency.p12, passwordFile: wrong}", "wrong"),
      ("{pkcs12: nowhere.p12, passwordFile: password}", "Cannot read"),
      ("{pkcs12: agency.p12, passwordFile: password, appearance: {picture: password}}", "no usable PNG"),
      ("{pkcs12: agency.p12, passwordFile: password, appearance: {picture: nowhere.png}}", "Cannot read"),
    ] {
      let workplace = try agency.bench.workplace(role: "agency", more: Agency.more("  organisation: \(signer)"))
      do {
        _ = try SigningKeys(workplace.configuration)
        Issue.record("\(signer) was opened")
      } catch let error as ConnectorError {
        #expect(error.clerk.en.contains(expected) && !error.clerk.en.contains("khong-dung"), "\(error.clerk.en)")
        #expect(!error.clerk.vi.contains("khong-dung") && !error.detail.contains("khong-dung"))
      }
    }
  }
}
