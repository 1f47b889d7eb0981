import EdXML
import Foundation
import SchemaFiles
import Testing
import VietnameseText
import XMLTree
import ZipArchive

@Suite("Writing messages")
struct WritingTests {
  static let agency = Organization(
    "H88.03.01", name: "Sở Dữ liệu tỉnh Hòa Vân", inCharge: "UBND tỉnh Hòa Vân", address: "12 đường Lúa, Hòa Vân",
    email: "vanthu@hoavan.example", telephone: "0888 111 222", fax: "0888 111 223", website: "hoavan.example")
  static let authority = Organization("G88.21", name: "Cơ quan chứng thực")
  static let day = EdocDate("2026/11/20")

  static func document(_ kind: BusinessKind) -> EdocDocument {
    let code = DocumentCode(number: "1406", notation: "SDL-VP")
    var document = EdocDocument(
      from: agency, to: [authority, Organization("000.00.21.H88", name: "Sở Nội vụ")],
      documentId: "H88.03.01,2026/11/20,1406/SDL-VP", code: code,
      promulgation: Promulgation(place: "Hòa Vân", date: day), subject: "V/v cấp chứng thư số <lần 1> & gia hạn",
      business: Business(
        kind: kind, reason: kind.usualReason, paper: false,
        staff: StaffInfo(department: "Văn thư", staff: "Lê Thị Hạt", email: "a@b.example", mobile: "0900000000")),
      documentType: DocumentType(type: 1, typeDetail: 0, typeName: "Công văn"), content: "Đề nghị cấp chứng thư số",
      signer: SignerInfo(competence: "KT. GIÁM ĐỐC", position: "Phó Giám đốc", fullName: "Trần Văn Mạ"),
      dueDate: EdocDate("2026/12/01"),
      otherInfo: OtherInfo(
        priority: .urgent, sphereOfPromulgation: "Nội bộ", typerNotation: "LTH", promulgationAmount: 3, pageAmount: 2,
        direction: false, appendixes: ["Danh sách"]),
      steeringType: SteeringType(code: "0"), toPlaces: ["Như trên", "Lưu: VT"],
      trace: [TraceHeader(organId: "H88.03.01", timestamp: EdocTimestamp("2026/11/20 08:30:00"))])
    let target = "H88.03.01,2026/11/02,1377/SDL-VP"
    switch kind {
    case .recall:
      document.responseFor = [
        ResponseFor(
          organId: "G88.21", code: "1377/SDL-VP", documentId: target, promulgationDate: EdocDate("2026/11/02"))
      ]
    case .update:
      document.business?.documentId = target
      document.business?.update = UpdateInfo(
        documentChanged: true, receiversChanged: true,
        receivers: [UpdateInfo.Receiver(organId: "G88.21", receiverType: "0")])
    case .replace:
      document.business?.replacements = [ReplacementInfo(documentId: target, organIds: ["G88.21", "000.00.21.H88"])]
    case .new, .other: break
    }
    return document
  }

  static func attachments(_ scratch: Scratch) throws -> [OutgoingAttachment] {
    [
      OutgoingAttachment(
        name: "Công văn 1406.pdf", file: try scratch.file("a", Array("%PDF-1.7\nthử\n%%EOF\n".utf8)),
        description: "Công văn", contentId: "5f0c7c7e-0001"),
      OutgoingAttachment(
        name: "danh-sach.xlsx", file: try scratch.file("b", (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }),
        contentId: "5f0c7c7e-0002"),
      OutgoingAttachment(name: "ghi chú.txt", file: try scratch.file("c", Array("xin chào".utf8)), contentId: "3"),
    ]
  }

  static func xmllint(_ schema: SchemaFile, _ file: String, _ scratch: Scratch) throws -> String {
    let xsd = try scratch.file(schema.name, schema.bytes)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/xmllint")
    process.arguments = ["--noout", "--huge", "--schema", xsd, file]
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: BusinessKind.known)
  func `A document of each kind is valid and reads back equal`(kind: BusinessKind) throws {
    let scratch = try Scratch()
    var document = Self.document(kind)
    let attachments = try Self.attachments(scratch)
    let path = "\(scratch.path)/out.edxml"
    try EdXMLWriter().write(document, attachments: attachments, to: path)
    #expect(try Self.xmllint(.edxmlDocument, path, scratch) == "")
    let validator = try SchemaValidator(schema: SchemaFile.edxmlDocument.bytes)
    #expect(try validator.violations(in: Array(Data(contentsOf: URL(filePath: path)))).isEmpty)

    let store = try scratch.folder("store")
    let received = try EdXMLReader(policy: .strict).read(file: path, storingIn: store)
    #expect(received.findings.isEmpty)
    #expect(received.isAcceptable)
    document.manifest = received.attachments.map {
      ManifestReference(
        contentId: $0.contentId, contentType: $0.contentType, description: $0.description, attachmentName: $0.name)
    }
    #expect(received.message == .document(document))
    #expect(received.attachments.map(\.name) == attachments.map(\.name))
    #expect(received.attachments.map(\.wasWrapped) == [false, true, true])
    for (attachment, source) in zip(received.attachments, attachments) {
      let file = try #require(attachment.file)
      #expect(FileManager.default.contentsEqual(atPath: file, andPath: source.file))
      #expect(file.hasSuffix(attachment.sha256))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: store).count == 3)

    // Equal input gives equal bytes.
    try EdXMLWriter().write(document, attachments: attachments, to: path + "2")
    #expect(FileManager.default.contentsEqual(atPath: path, andPath: path + "2"))
    #expect(try EdXMLReader().peek(file: path).business == kind)
  }

  @Test(arguments: StatusCode.known)
  func `A status of each code is valid and reads back equal`(code: StatusCode) throws {
    let scratch = try Scratch()
    let status = StatusMessage(
      code, about: Self.document(.new), from: code == .takeBack ? Self.agency : Self.authority,
      to: code == .takeBack ? "G88.21" : nil,
      staff: StaffInfo(
        department: "Phòng A", departmentId: "7", staff: "Ngô Thị Bắp", staffId: "8", email: "b@c.example", mobile: "1"),
      description: "Lý do: thiếu danh sách", at: try #require(EdocTimestamp("2026/11/20 09:00:59")))
    let path = "\(scratch.path)/status.edxml"
    try EdXMLWriter().write(status, to: path)
    #expect(try Self.xmllint(.edxmlStatus, path, scratch) == "")
    let received = try EdXMLReader(policy: .strict).read(file: path, storingIn: nil)
    #expect(received.message == .status(status))
    #expect(received.findings.isEmpty)
    #expect(try Array(Data(contentsOf: URL(filePath: path))) == EdXMLWriter().bytes(status))
    let json = try JSONEncoder().encode(received)
    #expect(try JSONDecoder().decode(ReceivedMessage.self, from: json) == received)
  }

  @Test func `The text on the wire is that of the field`() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/out.edxml"
    try EdXMLWriter().write(Self.document(.new), attachments: try Self.attachments(scratch), to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      text.hasPrefix(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">\n"))
    for piece in [
      "  <edXML:edXMLEnvelope xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">",
      "<edXML:Subject>V/v cấp chứng thư số &lt;lần 1&gt; &amp; gia hạn</edXML:Subject>",
      "<edXML:BussinessDocType>0</edXML:BussinessDocType>", "<edXML:edXMLManifest version=\"1.0\">",
      "<edXML:ContentId>cid:5f0c7c7e-0001</edXML:ContentId>", "\n  <AttachmentEncoded>\n    <Attachment>",
      "<ContentType>application/pdf</ContentType>\n      <edXML:ContentTransferEncoded xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">JVBERi0xLjcKdGjhu60KJSVFT0YK<",
      "<ContentType>application/zip</ContentType>\n      <edXML:ContentTransferEncoded xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">UEsDB",
    ] {
      #expect(text.contains(piece), "\(piece)")
    }
    let order = [
      "From>", "To>", "DocumentId>", "Code>", "PromulgationInfo>", "DocumentType>", "Subject>", "Content>",
      "SignerInfo>", "DueDate>", "OtherInfo>", "SteeringType>", "ToPlaces>",
    ]
    let places = order.compactMap { text.range(of: "        <edXML:" + $0)?.lowerBound }
    #expect(places.count == order.count)
    #expect(places == places.sorted())
    #expect(!text.contains("/>"))
  }

  @Test func `Unknown elements, attributes and texts survive`() throws {
    let scratch = try Scratch()
    let text = """
      <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016" xmlns:x="urn:x"><Extra1>1</Extra1>
      <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader>
      <edXML:From><edXML:OrganId>H88</edXML:OrganId><edXML:TaxCode a="1">  99 </edXML:TaxCode></edXML:From>
      <edXML:To><edXML:OrganId>G88</edXML:OrganId></edXML:To>
      <edXML:DueDate>mai</edXML:DueDate><edXML:OtherInfo><edXML:Priority>9</edXML:Priority><edXML:PageAmount>hai</edXML:PageAmount></edXML:OtherInfo>
      <x:Custom x:b="2"><x:Deep>sâu <edXML:c/> hơn</x:Deep></x:Custom><y:Undeclared>y</y:Undeclared>
      </edXML:MessageHeader><edXML:TraceHeaderList version="1.0"><edXML:Hop>h</edXML:Hop></edXML:TraceHeaderList>
      <edXML:DigitalSignature kind="none"/></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>
      """
    let received = try EdXMLReader(policy: .lenient).read(Array(text.utf8), storingIn: nil)
    guard case .document(let document) = received.message else {
      Issue.record("not a document")
      return
    }
    #expect(document.extensions.root.map(\.localName) == ["Extra1"])
    #expect(document.from.unknown.map(\.localName) == ["TaxCode"])
    #expect(document.extensions.messageHeader.map(\.localName) == ["DueDate", "Custom", "Undeclared"])
    #expect(document.otherInfo?.priority == .other("9"))
    #expect(document.otherInfo?.unknown.map(\.text) == ["hai"])
    #expect(document.extensions.header.map(\.localName) == ["DigitalSignature"])
    #expect(document.extensions.traceHeaderList.map(\.localName) == ["Hop"])
    #expect(document.traceAttributes == [Attribute("version", value: "1.0")])
    let path = "\(scratch.path)/again.edxml"
    try EdXMLWriter(checks: false).write(document, attachments: [], to: path)
    let again = try EdXMLReader(policy: .lenient).read(file: path, storingIn: nil)
    #expect(again.message == received.message)
    #expect(!again.findings.contains { $0.code == .undeclaredPrefix })
  }

  @Test func `Attributes of known elements and all of an attachment are written again`() throws {
    let scratch = try Scratch()
    let text = """
      <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
      xsi:schemaLocation="a b" build="7"><edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016" Id="e">
      <edXML:edXMLHeader><edXML:MessageHeader xml:lang="vi"><edXML:From><edXML:OrganId scheme="qd20">H88</edXML:OrganId></edXML:From>
      <edXML:To n="1"><edXML:OrganId>G88</edXML:OrganId></edXML:To><edXML:To/><edXML:To edXML:n="2" y:lost="3"><edXML:OrganId edXML:o="4" x="5">G89</edXML:OrganId></edXML:To>
      <edXML:Content mark="&lt;"/><edXML:ToPlaces><edXML:Place>a</edXML:Place><edXML:Place k="v">b</edXML:Place></edXML:ToPlaces>
      </edXML:MessageHeader><edXML:TraceHeaderList version="1.0" xsi:nil="false"><edXML:Bussiness v="1">
      <edXML:BussinessDocType old="9">0</edXML:BussinessDocType></edXML:Bussiness></edXML:TraceHeaderList></edXML:edXMLHeader>
      <edXML:edXMLBody b="1"><edXML:edXMLManifest version="2.0"><edXML:Reference xmlns:xlink="http://www.w3.org/1999/xlink" \
      xlink:href="cid:7" xlink:type="simple"><edXML:ContentId q="1">7</edXML:ContentId><edXML:Size>5</edXML:Size></edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope>
      <AttachmentEncoded count="1"><Count>1</Count><Attachment Id="A7"><ContentId>cid:7</ContentId><AttachmentName lang="vi">a.pdf</AttachmentName>
      <FieldName>f</FieldName><MimeType>application/pdf</MimeType><Pages of="2">1</Pages><Note at="0"/>
      <ContentTransferEncoded encoding="base64">JVBERi0x</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>
      """
    let store = try scratch.folder("store")
    let received = try EdXMLReader(policy: .lenient).read(Array(text.utf8), storingIn: store)
    guard case .document(let document) = received.message else {
      Issue.record("not a document")
      return
    }
    let placed = Dictionary(
      uniqueKeysWithValues: document.extensions.remainders.map { ($0.path, $0.attributes.map(\.value)) })
    let header = "edXML/edXMLEnvelope/edXMLHeader"
    #expect(
      placed == [
        "edXML": ["a b", "7"], "edXML/edXMLEnvelope": ["e"], "\(header)/MessageHeader": ["vi"],
        "\(header)/MessageHeader/From/OrganId": ["qd20"], "\(header)/MessageHeader/To": ["1"],
        "\(header)/MessageHeader/To[2]": ["2", "3"], "\(header)/MessageHeader/To[2]/OrganId": ["4", "5"],
        "\(header)/MessageHeader/ToPlaces/Place[2]": ["v"], "\(header)/TraceHeaderList": ["false"],
        "\(header)/TraceHeaderList/Bussiness": ["1"], "\(header)/TraceHeaderList/Bussiness/BussinessDocType": ["9"],
        "edXML/edXMLEnvelope/edXMLBody": ["1"], "edXML/edXMLEnvelope/edXMLBody/edXMLManifest": ["2.0"],
        "edXML/AttachmentEncoded": ["1"],
      ])
    #expect(document.extensions.messageHeader.map(\.localName) == ["Content"])
    #expect(document.extensions.attachments.map(\.localName) == ["Count"])
    let attachment = try #require(received.attachments.first)
    #expect(attachment.fieldName == "f" && attachment.mimeType == "application/pdf")
    #expect(attachment.unknown.map(\.localName) == ["Pages", "Note"])
    #expect(
      attachment.remainders.map(\.path) == [
        "Attachment/AttachmentName", "Attachment/ContentTransferEncoded", "Attachment",
      ])
    let path = "\(scratch.path)/again.edxml"
    let outgoing = try received.attachments.map { try #require(OutgoingAttachment(repeating: $0)) }
    try EdXMLWriter(checks: false).write(document, attachments: outgoing, to: path)
    var again = try EdXMLReader(policy: .lenient).read(file: path, storingIn: store)
    #expect(!again.findings.contains { $0.code == .undeclaredPrefix || $0.code == .namespaceProblem })
    #expect(document.manifest.map { Set($0.remainders.map(\.path)) } == [["Reference", "Reference/ContentId"]])
    guard case .document(let second) = again.message else { return }
    // The writer makes the lines of the manifest itself; what is no field of theirs is as it was.
    #expect(second.manifest.map(\.remainders) == document.manifest.map(\.remainders))
    #expect(second.manifest.map(\.unknown) == document.manifest.map(\.unknown))
    var first = document
    first.manifest = second.manifest
    #expect(second == first)
    again.attachments[0].line = attachment.line
    again.attachments[0].contentType = attachment.contentType
    #expect(again.attachments == received.attachments)
    for schema in ["xmlns:edXML=\"", "xmlns:x=\""] {
      let written = try String(contentsOfFile: path, encoding: .utf8)
      #expect(written.contains(schema))
    }
  }

  @Test func `What breaks a rule is not written and says what to do`() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/out.edxml"
    var document = Self.document(.new)
    document.to.append(document.to[0])
    document.code.notation = String(repeating: "X", count: 31)
    document.subject = ""
    document.from.organId = "H88 03"
    document.promulgation.date = EdocDate("2027/01/01")
    let check = SendingCheck(today: EdocDate("2026/11/22"))
    let violations = check.violations(of: document, attachments: [])
    let found = Set(violations.filter { $0.severity == .error }.map { "\($0.rule.rawValue) \($0.element)" })
    #expect(
      found == [
        "badForm From/OrganId", "duplicate To[3]/OrganId", "tooLong Code/CodeNotation", "required Subject",
        "notInFuture PromulgationInfo/PromulgationDate", "required AttachmentEncoded",
      ])
    #expect(violations.allSatisfy { !$0.remedy.vi.isEmpty && !$0.remedy.en.isEmpty && !$0.clause.isEmpty })
    #expect { try EdXMLWriter().write(document, attachments: [], to: path) } throws: { error in
      (error as? EdXMLError)?.code == .notValid
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    for kind in BusinessKind.known where kind != .new {
      var bare = Self.document(.new)
      bare.business = Business(kind: kind, reason: "x")
      let rules = check.violations(of: bare, attachments: try Self.attachments(scratch)).filter {
        $0.severity == .error
      }
      #expect(rules.count == 1, "\(kind)")
    }
    var other = Self.document(.new)
    other.documentId = "H88.03.01,2026/11/20,1407/SDL-VP"
    other.dueDate = EdocDate("2026/11/19")
    let warnings = check.violations(of: other, attachments: try Self.attachments(scratch))
    #expect(warnings.map { "\($0.severity) \($0.element)" } == ["warning DocumentId", "warning DueDate"])
    #expect(check.violations(of: Self.document(.new), attachments: try Self.attachments(scratch)).isEmpty)
    let missing = OutgoingAttachment(name: "mất.pdf", file: "\(scratch.path)/none", contentId: "1")
    let unread = check.violations(of: Self.document(.new), attachments: [missing])
    #expect(unread.allSatisfy { $0.remedy.vi.contains("“mất.pdf”") && $0.remedy.en.contains("“mất.pdf”") })
    let status = StatusMessage(
      .refused, about: Self.document(.new), from: Self.authority, at: EdocTimestamp(Date(timeIntervalSince1970: 0)))
    #expect(check.violations(of: status).map(\.element) == ["Description"])
  }
}
