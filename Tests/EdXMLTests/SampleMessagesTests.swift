import EdXML
import Foundation
import Testing

@Suite("Messages from the field", .enabled(if: Samples.areThere, "samples/edxml is not at hand"))
struct SampleMessagesTests {
  struct Expected: Sendable {
    var file: String
    var from: String
    var to: [String]
    var documentId: String
    var code: String
    var date: String?
    var subject: String
    var business: BusinessKind
    var attachments: [(name: String, type: String, bytes: Int, sha256: String)]
    var findings: Set<FindingCode>
    var isAcceptable = true
  }

  static let longSubject = "V/v kết nối, liên thông phần mềm quản lý văn bản"
  static let decision = (
    name: "1896_QD-TTg_m_294779.doc", type: "application/zip", bytes: 388347,
    sha256: "8385739ec4a4ed36d71eabcaead629641ffc5ffff3d487ff5c34d2f821c9f36e"
  )

  static let documents: [Expected] = [
    Expected(
      file: "gateway_edoc_a.edxml", from: "vxp.saas.03", to: ["vxp.saas.03"],
      documentId: "b6e1f29d-cdc9-4fa7-8391-442e8566f14e", code: "20251016112435/GW-AUTO", date: "2025-10-16",
      subject: "Tiêu đề thử", business: .new,
      attachments: [
        ("metaA.txt", "application/zip", 6, "35ee7404c2a9b4b06df46d8f2ef9cef1b897abc00ebdbb4a487be9a27d43dc99"),
        ("metaB.txt", "application/zip", 6, "57fe695a77205d3db160e236abafc61a72ed87f4b8d8cb1d15a12554ec241bef"),
      ], findings: [.missingBusiness]),
    Expected(
      file: "gateway_edoc_b.edxml", from: "vxp.saas.03", to: ["vxp.saas.02"],
      documentId: "bdb98a62-a2be-4c25-9075-8dcdbcdb1402", code: "20251017160055/GW-AUTO", date: "2025-10-17",
      subject: "Local Aggregate Test", business: .new,
      attachments: [
        ("localA.txt", "text/plain", 11, "388b4f926bfcd3ebc84f757e24c2a7e9391ba02b01b2ccf6708cbe2c85d384fa"),
        ("localB.txt", "text/plain", 11, "8eb0308470dfc0e93ccab4cdc4e3cc744def4ee6626dc7ca64feb071d85ddf68"),
        ("localC.txt", "text/plain", 11, "c0b3d502f92e8b2aeab277e46586d30375cbf24dae6b3ecc9b2b4bf10933b9a7"),
      ], findings: [.contentTypeMismatch]),
    Expected(
      file: "gateway_edoc_flat.xml", from: "vxp.saas.03", to: ["vxp.saas.03"], documentId: "test-doc", code: "",
      date: nil, subject: "Test", business: .new,
      attachments: [
        ("clean.txt", "application/zip", 10, "7be68a781e9cdc6b69e4ed46013be0128410fcfa5186e068849a65127222b720")
      ], findings: [.missingBusiness, .missingTrace, .missingCode, .missingPromulgationDate]),
    Expected(
      file: "vendor_edoc_new.edxml", from: "000.00.00.A80", to: ["28.22.H17"],
      documentId: "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT", code: "74fass22/VPCP-TTĐT", date: "2019-01-16",
      subject: longSubject, business: .new, attachments: [decision], findings: [.envelopeSignature]),
    Expected(
      file: "vendor_edoc_recall.edxml", from: "000.00.00.G22", to: ["000.00.00.H41", "000.00.00.H14", "000.00.00.G17"],
      documentId: "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT", code: "7816/VPCP-TTĐT", date: "2018-09-28",
      subject: longSubject, business: .recall, attachments: [decision], findings: [.envelopeSignature]),
    Expected(
      file: "vendor_edoc_update.edxml", from: "000.00.00.G22", to: ["000.00.00.H41", "000.00.00.H14", "000.00.00.G17"],
      documentId: "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT", code: "7816/VPCP-TTĐT", date: "2018-09-28",
      subject: longSubject, business: .update, attachments: [decision], findings: [.envelopeSignature]),
    Expected(
      file: "vendor_edoc_undeclared_prefix.edxml", from: "002.00.20.H13", to: ["000.00.15.H51"],
      documentId: "9fbfbad2-f1f8-4256-a2eb-50fb1061cddb", code: "12234555512/PRO-TEST-CASE1", date: "2019-01-17",
      subject: "Văn bản liên thông chỉ đạo - 190701", business: .new,
      attachments: [("GUIDE_INSTALL OPENVPN.SIGNED.PDF", "application/pdf", 0, "")],
      findings: [.undeclaredPrefix, .missingBusiness, .envelopeSignature, .attachmentNotBase64], isAcceptable: false),
  ]

  @Test(arguments: documents) func `A document reads with what is in it`(expected: Expected) throws {
    let scratch = try Scratch()
    let path = Samples.edxml(expected.file)
    let received = try EdXMLReader().read(file: path, storingIn: scratch.path)
    guard case .document(let document) = received.message else {
      Issue.record("not a document")
      return
    }
    #expect(document.from.organId == expected.from)
    #expect(document.to.map(\.organId) == expected.to)
    #expect(document.documentId == expected.documentId)
    #expect(document.code.joined == expected.code)
    #expect(document.promulgation.date?.iso == expected.date)
    #expect(document.subject == expected.subject)
    #expect(document.kind == expected.business)
    #expect(received.attachments.map(\.name) == expected.attachments.map(\.name))
    #expect(received.attachments.map(\.contentType) == expected.attachments.map(\.type))
    #expect(received.attachments.map(\.bytes) == expected.attachments.map(\.bytes))
    #expect(received.attachments.map(\.sha256) == expected.attachments.map(\.sha256))
    for attachment in received.attachments where attachment.isUsable {
      let file = try #require(attachment.file)
      #expect(try Data(contentsOf: URL(filePath: file)).count == attachment.bytes)
    }
    #expect(Set(received.findings.map(\.code)) == expected.findings)
    #expect(received.isAcceptable == expected.isAcceptable)
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(Set(left) == Set(received.attachments.map(\.sha256).filter { !$0.isEmpty }))

    let measured = try EdXMLReader().read(file: path, storingIn: nil)
    #expect(measured.attachments.map(\.sha256) == expected.attachments.map(\.sha256))
    #expect(measured.message == received.message)

    let peek = try EdXMLReader().peek(file: path)
    #expect(peek.kind == .document)
    #expect(peek.from == expected.from)
    #expect(peek.to == expected.to)
    #expect(peek.documentId == expected.documentId)
    #expect(peek.business == expected.business)
    #expect(peek.subject == expected.subject)
  }

  @Test func `Every element of a full document is read`() throws {
    let received = try EdXMLReader().read(file: Samples.edxml("vendor_edoc_update.edxml"), storingIn: nil)
    guard case .document(let document) = received.message else {
      Issue.record("not a document")
      return
    }
    #expect(document.from.email == "vpcp@gov.vn")
    #expect(document.to[1].telephone == "02063852139")
    #expect(document.to[2].fax == "(023)37366617")
    #expect(document.to[2].website == "www.haiphong.gov.vn")
    #expect(document.promulgation.place == "Hà Nội")
    #expect(document.documentType == DocumentType(type: 1, typeDetail: 0, typeName: "Công văn"))
    #expect(document.signer?.competence == "TL. BO TRUONG")
    #expect(document.dueDate?.iso == "2018-09-28")
    #expect(document.otherInfo?.priority == .normal)
    #expect(document.otherInfo?.promulgationAmount == 2)
    #expect(document.otherInfo?.pageAmount == 22)
    #expect(document.otherInfo?.direction == false)
    #expect(document.otherInfo?.appendixes == ["Công văn về việc kết nối, liên thông phần mềm quản lý văn bản"])
    #expect(document.steeringType?.code == "1")
    #expect(document.toPlaces == ["Cac bo va co quan ngang bo", "Uy ban nhan dan cac tinh, TP"])
    #expect(document.trace.map(\.organId) == ["000.00.00.G22"])
    #expect(document.trace.first?.timestamp?.edxml == "2018/09/28 00:00:00")
    let business = try #require(document.business)
    #expect(business.documentId == "000.00.00.G22,2014/02/30,7806/VPCP-TTĐT")
    #expect(business.reason == "Cập nhật văn bản điện tử")
    #expect(business.paper == false)
    #expect(business.update?.documentChanged == true)
    #expect(
      business.update?.receivers == [
        UpdateInfo.Receiver(organId: "000.00.00.H41", receiverType: "0"),
        UpdateInfo.Receiver(organId: "000.00.00.H14", receiverType: "1"),
      ])
    #expect(business.staff?.mobile == "84912000001")
    #expect(document.extensions.isEmpty)
    #expect(document.manifest.map(\.contentId) == ["209"])
  }

  @Test func `A recall names the recalled document`() throws {
    let received = try EdXMLReader().read(file: Samples.edxml("vendor_edoc_recall.edxml"), storingIn: nil)
    guard case .document(let document) = received.message else {
      Issue.record("not a document")
      return
    }
    #expect(
      document.responseFor == [
        ResponseFor(
          organId: "000.00.00.H14", code: "267/VPCP-TTĐT", documentId: "000.00.04.G14,2012/08/06,267/VPCP-TTĐT",
          promulgationDate: EdocDate("2018/09/28"))
      ])
  }

  @Test func `The undeclared prefix of the vendor's sample is found on its line`() throws {
    let received = try EdXMLReader().read(file: Samples.edxml("vendor_edoc_undeclared_prefix.edxml"), storingIn: nil)
    let lines = received.findings.filter { $0.code == .undeclaredPrefix }.map(\.place.line)
    #expect(lines.contains(116))
    #expect(lines.contains(125))
    guard case .document(let document) = received.message else { return }
    #expect(document.responseFor.isEmpty)
    #expect(document.otherInfo?.appendixes == ["Phụ lục"])
  }

  @Test(arguments: [
    ("inbox_01", StatusCode.arrived, "2018/09/28 17:25:11", "2018-09-28"),
    ("rejection_02", .refused, "2015/09/20 11:08:36", "2015-09-30"),
    ("acceptance_03", .accepted, "2015/09/20 11:08:36", "2015-09-30"),
    ("assignment_04", .assigned, "2015/09/20 11:08:36", "2015-09-30"),
    ("processing_05", .processing, "2015/09/20 11:08:36", "2015-09-30"),
    ("finish_06", .finished, "2015/09/20 11:08:36", "2015-09-30"),
    ("cancellation_13", .takeBack, "2015/09/20 11:08:36", "2015-09-30"),
    ("change-acceptance_15", .changeAccepted, "2015/09/20 11:08:36", "2015-09-30"),
  ])
  func `A status reads with what is in it`(name: String, code: StatusCode, time: String, date: String) throws {
    let path = Samples.edxml("vendor_status_\(name).edxml")
    let received = try EdXMLReader().read(file: path, storingIn: nil)
    guard case .status(let status) = received.message else {
      Issue.record("not a status")
      return
    }
    let sender = code == .takeBack ? "000.00.00.G22" : "000.00.00.H41"
    let receiver = code == .takeBack ? "000.00.00.H41" : "000.00.00.G22"
    #expect(status.code == code)
    #expect(status.from.organId == sender)
    #expect(status.responseFor.organId == receiver)
    #expect(status.responseFor.code == "7816/VPCP-TTĐT")
    #expect(status.responseFor.documentId == "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT")
    #expect(status.responseFor.promulgationDate?.iso == date)
    #expect(status.timestamp?.edxml == time)
    #expect(status.description?.isEmpty == false)
    #expect(status.staff?.mobile == "84912000001")
    #expect(status.extensions.isEmpty)
    #expect(received.findings.isEmpty)
    let peek = try EdXMLReader().peek(file: path)
    #expect(peek.statusCode == code)
    #expect(peek.to == [receiver])
  }

  @Test func `What was read is written and read again without loss`() throws {
    let scratch = try Scratch()
    for name in try FileManager.default.contentsOfDirectory(atPath: Samples.folder + "/edxml").sorted() {
      let path = Samples.edxml(name)
      let received = try EdXMLReader(policy: .lenient).read(file: path, storingIn: scratch.path)
      let copy = "\(scratch.path)/\(name).copy"
      let writer = EdXMLWriter(checks: false)
      switch received.message {
      case .document(let document):
        let files = received.attachments.compactMap { attachment in
          attachment.file.map {
            OutgoingAttachment(
              name: attachment.declaredName, file: $0, description: attachment.description,
              contentId: attachment.contentId)
          }
        }
        try writer.write(document, attachments: files, to: copy)
      case .status(let status): try writer.write(status, to: copy)
      }
      let again = try EdXMLReader(policy: .lenient).read(file: copy, storingIn: nil)
      var before = received.message
      var after = again.message
      // The manifest is made anew from the attachments.
      if case .document(var document) = before {
        document.manifest = []
        before = .document(document)
      }
      if case .document(var document) = after {
        document.manifest = []
        after = .document(document)
      }
      #expect(before == after, "\(name)")
      #expect(again.attachments.map(\.sha256) == received.attachments.filter(\.isUsable).map(\.sha256))
    }
  }
}
