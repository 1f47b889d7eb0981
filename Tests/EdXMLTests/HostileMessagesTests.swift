import EdXML
import Foundation
import Testing
import VietnameseText
import ZipArchive

@Suite("Hostile and broken messages")
struct HostileMessagesTests {
  static let open =
    "<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXML:edXMLEnvelope xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXML:edXMLHeader><edXML:MessageHeader>"
  static let parties =
    "<edXML:From><edXML:OrganId>H88</edXML:OrganId></edXML:From><edXML:To><edXML:OrganId>G88</edXML:OrganId></edXML:To>"
  static let headerEnd = "</edXML:MessageHeader></edXML:edXMLHeader>"

  static func message(_ attachments: String, header: String = "", prolog: String = "") -> String {
    prolog + open + parties + header + headerEnd + "</edXML:edXMLEnvelope><AttachmentEncoded>" + attachments
      + "</AttachmentEncoded></edXML>"
  }

  static func attachment(_ name: String, _ content: String, id: String = "1", type: String = "application/pdf")
    -> String
  {
    "<Attachment><ContentId>cid:\(id)</ContentId><AttachmentName>\(name)</AttachmentName><ContentType>\(type)</ContentType><ContentTransferEncoded>\(content)</ContentTransferEncoded></Attachment>"
  }

  func read(_ text: String, limits: EdXMLLimits = .standard) throws -> ReceivedMessage {
    try EdXMLReader(limits: limits).read(Array(text.utf8), storingIn: nil)
  }

  func codes(_ text: String, limits: EdXMLLimits = .standard) throws -> Set<FindingCode> {
    Set(try read(text, limits: limits).findings.map(\.code)).subtracting([
      .missingBusiness, .missingTrace, .missingCode, .missingDocumentId, .missingSubject, .missingPromulgationDate,
      .attachmentNotInManifest,
    ])
  }

  func error(_ text: String, limits: EdXMLLimits = .standard) -> EdXMLError.Code? {
    do {
      _ = try EdXMLReader(limits: limits).read(Array(text.utf8), storingIn: nil)
      return nil
    } catch { return error.code }
  }

  static func zipped(_ entries: [(String, [UInt8])]) throws -> String {
    let scratch = try Scratch()
    let path = "\(scratch.path)/a.zip"
    let writer = try ZipWriter(file: path)
    for (name, bytes) in entries { try writer.add(name, bytes: bytes) }
    try writer.close()
    return try Data(contentsOf: URL(filePath: path)).base64EncodedString()
  }

  static let pdf = Data("%PDF-1.7 thử".utf8).base64EncodedString()

  @Test func `What cannot be used at all is an error with its cause`() {
    #expect(error("") == .empty)
    #expect(error("đây là thư") == .notXML)
    #expect(error("<html><body/></html>") == .notEdXML)
    #expect(error("<!DOCTYPE edXML [<!ENTITY a 'b'>]><edXML/>") == .doctypeForbidden)
    #expect(error("<edXML/>") == .noHeader)
    #expect(error(Self.open + Self.headerEnd + "</edXML:edXMLEnvelope></edXML>") == .noSender)
    #expect(error(Self.open + Self.parties) == .notXML)
    #expect(error(String(repeating: "<edXML>", count: 100)) == .tooDeep)
    #expect(error("<edXML \((0..<500).map { "a\($0)=''" }.joined(separator: " "))/>") == .tooComplex)
    #expect(error("<?xml version='1.0' encoding='x-9'?><edXML/>") == .unknownEncoding)
    #expect(error(Self.message("", header: "<edXML:Subject>\u{1}</edXML:Subject>")) == .invalidCharacters)
    var small = EdXMLLimits()
    small.maximumMessageBytes = 1000
    #expect(error(Self.message(String(repeating: " ", count: 2000)), limits: small) == .tooLarge)
    small = EdXMLLimits()
    small.maximumAttachments = 2
    #expect(
      error(Self.message(String(repeating: Self.attachment("a.pdf", Self.pdf), count: 3)), limits: small)
        == .tooManyAttachments)
    for code in EdXMLError.Code.allCases {
      let sentence = EdXMLError(code: code, detail: "").clerk
      #expect(!sentence.vi.isEmpty && !sentence.en.isEmpty)
    }
  }

  @Test func `Leniency is reported`() throws {
    #expect(try codes("\u{FEFF}rác\n" + Self.message(Self.attachment("a.pdf", Self.pdf))) == [.strayBytes])
    #expect(
      try codes(Self.message(Self.attachment("a.pdf", Self.pdf), header: "<edXML:DueDate>2026-11-22</edXML:DueDate>"))
        == [.dateWithDashes])
    #expect(
      try codes(Self.message(Self.attachment("a.pdf", Self.pdf), header: "<edXML:DueDate>22/11/2026</edXML:DueDate>"))
        == [.dateDayFirst])
    #expect(
      try codes(Self.message(Self.attachment("a.pdf", Self.pdf), header: "<edXML:DueDate>2026/02/30</edXML:DueDate>"))
        == [.unreadableDate, .unknownElement])
    #expect(
      try codes(
        Self.message(Self.attachment("a.pdf", String(Self.pdf.dropLast(Self.pdf.suffix(2).filter { $0 == "=" }.count))))
      ).isSubset(of: [.base64Unpadded]))
    #expect(try codes(Self.message(Self.attachment("a.pdf", Self.pdf, type: "application/zip"))) == [.typeSaysZip])
    let wrapped = try Self.zipped([("x.pdf", Array("%PDF-1.7".utf8))])
    #expect(try codes(Self.message(Self.attachment("a.pdf", wrapped))) == [.contentTypeMismatch])
    #expect(try read(Self.message(Self.attachment("a.pdf", wrapped))).attachments.map(\.bytes) == [8])
    #expect(
      try codes(Self.message(Self.attachment("a.pdf", Self.pdf)).replacing("QCVN_102_2016", with: "X")) == [
        .foreignNamespace
      ])
    let utf16 = Data(
      "\u{FEFF}\(Self.message(Self.attachment("a.pdf", Self.pdf), header: "<edXML:Subject>Đơn</edXML:Subject>", prolog: "<?xml version=\"1.0\" encoding=\"UTF-16\"?>"))"
        .utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    let received = try EdXMLReader().read(Array(utf16), storingIn: nil)
    guard case .document(let document) = received.message else { return }
    #expect(document.subject == "Đơn")
    #expect(received.findings.contains { $0.code == .legacyEncoding })
  }

  @Test(arguments: [
    ("../../etc/passwd.pdf", "passwd.pdf", FindingCode.unsafeAttachmentName),
    ("/etc/passwd", "passwd", .unsafeAttachmentName),
    ("thu\u{202E}fdp.exe", "thufdp.exe", .unsafeAttachmentName),
    ("a\u{200B}.pdf", "a.pdf", .unsafeAttachmentName),
    ("..", "tep-dinh-kem-1", .unsafeAttachmentName),
    ("C:\\Users\\lan\\Công văn.pdf", "Công văn.pdf", .repairedAttachmentName),
    ("NUL.pdf", "_NUL.pdf", .repairedAttachmentName),
    ("com1", "_com1", .repairedAttachmentName),
    ("a?.pdf. ", "a_.pdf", .repairedAttachmentName),
  ])
  func `A dangerous name never becomes a file name`(name: String, safe: String, code: FindingCode) throws {
    let received = try read(Self.message(Self.attachment(name, Self.pdf)))
    #expect(received.attachments.map(\.name) == [safe])
    #expect(received.findings.contains { $0.code == code })
    #expect(received.isAcceptable == (code != .unsafeAttachmentName))
  }

  @Test func `A very long name is shortened at a whole character`() throws {
    let received = try read(Self.message(Self.attachment(String(repeating: "ế", count: 300) + ".pdf", Self.pdf)))
    #expect(received.attachments[0].name.utf8.count <= 255)
    #expect(received.attachments[0].name.hasSuffix("ế.pdf"))
  }

  @Test func `Attachments that cannot be used are refused and leave nothing`() throws {
    let scratch = try Scratch()
    func refused(_ attachments: String, _ code: FindingCode, _ limits: EdXMLLimits = .standard, line: Int = #line)
      throws
    {
      let received = try EdXMLReader(limits: limits).read(
        Array(Self.message(attachments).utf8), storingIn: scratch.path)
      #expect(received.refusing.map(\.code).contains(code), "line \(line): \(received.findings.map(\.code))")
      #expect(!received.isAcceptable)
      #expect(received.attachments.last?.isUsable == (code == .duplicateContentId))
    }
    try refused(Self.attachment("a.pdf", "không phải"), .attachmentNotBase64)
    try refused(Self.attachment("a.pdf", "QUJD=QUJD"), .attachmentNotBase64)
    try refused(Self.attachment("a.pdf", "QUJDR"), .attachmentNotBase64)
    try refused(Self.attachment("a.pdf", "  "), .attachmentEmpty)
    try refused("<Attachment><AttachmentName>a.pdf</AttachmentName></Attachment>", .attachmentEmpty)
    var small = EdXMLLimits()
    small.maximumAttachmentBytes = 100
    try refused(Self.attachment("a.pdf", Data(count: 101).base64EncodedString()), .attachmentTooLarge, small)
    try refused(
      Self.attachment("a.txt", try Self.zipped([("x.txt", [UInt8](repeating: 0, count: 5000))])), .attachmentTooLarge,
      small)
    try refused(
      Self.attachment("a.txt", try Self.zipped([("x.txt", [UInt8](repeating: 0, count: 30 << 20))])), .zipBomb)
    try refused(
      Self.attachment("a.txt", Data([0x50, 0x4B, 3, 4] + [UInt8](repeating: 9, count: 50)).base64EncodedString()),
      .wrapperDamaged)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    try refused(Self.attachment("a.pdf", Self.pdf) + Self.attachment("b.pdf", Self.pdf), .duplicateContentId)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 1)
  }

  @Test func `The first of two headers does not silently win`() throws {
    let text = Self.message(Self.attachment("a.pdf", Self.pdf)).replacing(
      Self.headerEnd,
      with: "</edXML:MessageHeader><edXML:MessageHeader><edXML:From><edXML:OrganId>X</edXML:OrganId></edXML:From>"
        + Self.headerEnd)
    #expect(try codes(text) == [.duplicateStructure])
    #expect(try !read(text).isAcceptable)
  }

  @Test func `Manifest and attachments are compared both ways`() throws {
    let reference =
      "<edXML:edXMLBody><edXML:edXMLManifest version=\"1.0\"><edXML:Reference><edXML:ContentId>7</edXML:ContentId><edXML:AttachmentName>b.pdf</edXML:AttachmentName></edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope>"
    let text = Self.message(Self.attachment("a.pdf", Self.pdf)).replacing("</edXML:edXMLEnvelope>", with: reference)
    let received = try read(text)
    #expect(received.findings.contains { $0.code == .attachmentNotInManifest })
    #expect(received.refusing.map(\.code) == [.manifestWithoutAttachment])
    let matching = try read(text.replacing("cid:1", with: "cid:7"))
    #expect(
      !matching.findings.contains { $0.code == .attachmentNotInManifest || $0.code == .manifestWithoutAttachment })
    #expect(matching.findings.contains { $0.code == .nameDiffersFromManifest })
  }

  @Test func `An office file is not taken apart, a wrapped one is unwrapped`() throws {
    let office = try Self.zipped([
      ("[Content_Types].xml", Array("<Types/>".utf8)), ("word/document.xml", Array("<d/>".utf8)),
    ])
    let plain = try read(Self.message(Self.attachment("a.docx", office, type: "application/docx")))
    #expect(plain.attachments.map(\.wasWrapped) == [false])
    #expect(plain.attachments.map(\.bytes) == [Data(base64Encoded: office)?.count])
    let wrapped = try Self.zipped([("r.docx", Array(Data(base64Encoded: office) ?? Data()))])
    let unwrapped = try read(Self.message(Self.attachment("a.docx", wrapped, type: "application/zip")))
    #expect(unwrapped.attachments.map(\.wasWrapped) == [true])
    #expect(unwrapped.attachments.map(\.sha256) == plain.attachments.map(\.sha256))
    let archive = try read(Self.message(Self.attachment("a.zip", wrapped, type: "application/zip")))
    #expect(archive.attachments.map(\.wasWrapped) == [false])
    let many = try Self.zipped([("a.txt", [1]), ("b.txt", [2])])
    #expect(try codes(Self.message(Self.attachment("a.txt", many, type: "application/zip"))) == [.wrapperHoldsMany])
  }

  @Test func `Dates are read in every form that is met`() {
    #expect(EdocDate("2026/11/22")?.iso == "2026-11-22")
    #expect(EdocDate("2026-1-2")?.edxml == "2026/01/02")
    #expect(EdocDate("22/11/2026")?.iso == "2026-11-22")
    #expect(EdocDate("2024/02/29") != nil)
    #expect(EdocDate("2026/02/29") == nil)
    #expect(EdocDate("2026/13/01") == nil)
    #expect(EdocDate("hôm nay") == nil)
    #expect(EdocTimestamp("2026/11/22 23:59:59")?.instant == Date(timeIntervalSince1970: 1_795_366_799))
    #expect(EdocTimestamp(Date(timeIntervalSince1970: 1_795_366_799)).edxml == "2026/11/22 23:59:59")
    #expect(EdocTimestamp("2026-11-22T16:59:59Z")?.edxml == "2026/11/22 23:59:59")
    #expect(EdocTimestamp("2026-11-22T10:00:00.123+07:00")?.edxml == "2026/11/22 10:00:00")
    #expect(EdocTimestamp("2026/11/22 24:00:00") == nil)
  }

  @Test func `Codes are told apart by their form`() {
    #expect(OrganIdForm.classify("000.00.18.G12") == .qcvn102)
    #expect(OrganIdForm.classify("H37.02.02") == .qd20)
    #expect(OrganIdForm.classify("H37.DN.001") == .qd20)
    #expect(OrganIdForm.classify("0101234567") == .enterprise)
    #expect(OrganIdForm.classify("0101234567-001") == .enterprise)
    #expect(OrganIdForm.classify("Z01ABC9") == .scheme)
    #expect(OrganIdForm.classify("vxp.saas.03") == .lenient)
    #expect(OrganIdForm.classify("28.22.H17") == .lenient)
    #expect(OrganIdForm.classify("") == nil)
    #expect(OrganIdForm.classify("H37 02") == nil)
    #expect(OrganIdForm.classify(String(repeating: "H", count: 36)) == nil)
    #expect(DocumentIdentifier.matches("H88,2026/11/20,1/A-B", "H88,2026-11-20,1/A-B"))
    #expect(!DocumentIdentifier.matches("H88,2026/11/20,1/A-B", "H88,2026-11-21,1/A-B"))
  }
}
