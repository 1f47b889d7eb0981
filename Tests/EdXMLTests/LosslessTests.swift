import EdXML
import Foundation
import Testing
import XMLTree

/// What was read and is written again loses nothing: comments, processing instructions, loose text, markup in fields,
/// unknown elements and attributes at every level.
@Suite("Reading and writing again")
struct LosslessTests {
  static let reader = EdXMLReader(policy: .lenient)

  /// Reads, writes what was read, reads that.
  static func again(_ bytes: [UInt8], in scratch: Scratch) throws -> (
    first: ReceivedMessage, written: String, second: ReceivedMessage
  ) {
    let store = try scratch.folder("store")
    let path = "\(scratch.path)/again.edxml"
    let first = try reader.read(bytes, storingIn: store)
    switch first.message {
    case .document(let document):
      try EdXMLWriter(checks: false).write(
        document, attachments: first.attachments.compactMap { OutgoingAttachment(repeating: $0) }, to: path)
    case .status(let status): try EdXMLWriter(checks: false).write(status, to: path)
    }
    let written = try Data(contentsOf: URL(filePath: path))
    return (first, String(decoding: written, as: UTF8.self), try reader.read([UInt8](written), storingIn: store))
  }

  /// An attachment without what is made anew: where it stands, and the type that goes with how it is wrapped.
  static func plain(_ attachments: [ReceivedAttachment]) -> [ReceivedAttachment] {
    attachments.map { attachment in
      var copy = attachment
      copy.line = 0
      copy.contentType = nil
      copy.wasWrapped = false
      copy.remainders.removeAll { $0.path == "Attachment/ContentType" }
      return copy
    }
  }

  static let message = """
    <?xml version="1.0" encoding="UTF-8"?><!-- trước --><?made by="hand"?>
    <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><!-- gốc -->rời
    <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><?hop 1?><edXML:MessageHeader>
    <edXML:From><!-- bên gửi --><edXML:OrganId>H88<!-- mã --></edXML:OrganId>chữ rời<edXML:OrganName>Sở <b xmlns="urn:b">Dữ</b> liệu</edXML:OrganName></edXML:From>
    <edXML:To><edXML:OrganId>G88</edXML:OrganId><v:Desk xmlns:v="urn:v" v:no="1"><v:Name>  A  </v:Name><!-- c -->
       <v:Name><![CDATA[<B>]]></v:Name></v:Desk></edXML:To>
    <edXML:DocumentId>d-1</edXML:DocumentId>
    <edXML:Code><edXML:CodeNumber>1</edXML:CodeNumber><edXML:CodeNotation>A-B</edXML:CodeNotation><edXML:CodeYear>2026</edXML:CodeYear></edXML:Code>
    <edXML:PromulgationInfo><edXML:Place>Hòa Vân</edXML:Place><edXML:PromulgationDate>2026/11/<!-- ngày -->20</edXML:PromulgationDate></edXML:PromulgationInfo>
    <edXML:Subject>V/v <u>cấp</u> chứng thư <?x y?>số</edXML:Subject>
    <edXML:OtherInfo><edXML:Appendixes><edXML:Appendix>một</edXML:Appendix><edXML:Count>1</edXML:Count></edXML:Appendixes></edXML:OtherInfo>
    <edXML:ToPlaces><edXML:Place>a</edXML:Place><edXML:Kind>x</edXML:Kind></edXML:ToPlaces>
    </edXML:MessageHeader><edXML:TraceHeaderList><edXML:Business><edXML:BusinessDocType>3</edXML:BusinessDocType>
    <edXML:ReplacementInfoList><edXML:ReplacementInfo><edXML:DocumentId>d-0</edXML:DocumentId><edXML:OrganIdList><edXML:OrganId>G88</edXML:OrganId><edXML:All/>
    <edXML:All v="1"/></edXML:OrganIdList></edXML:ReplacementInfo></edXML:ReplacementInfoList></edXML:Business></edXML:TraceHeaderList></edXML:edXMLHeader>
    <edXML:edXMLBody><edXML:edXMLManifest version="1.0"><!-- kê --><edXML:Total>2</edXML:Total><edXML:Reference><edXML:ContentId>cid:1</edXML:ContentId><edXML:ContentType>text/x</edXML:ContentType><edXML:AttachmentName>khác.pdf</edXML:AttachmentName></edXML:Reference>
    <edXML:Reference><edXML:ContentId>cid:9</edXML:ContentId><edXML:AttachmentName>thiếu.pdf</edXML:AttachmentName></edXML:Reference></edXML:edXMLManifest><edXML:More>m</edXML:More></edXML:edXMLBody></edXML:edXMLEnvelope>
    <AttachmentEncoded><!-- tệp --><Attachment><ContentId>1</ContentId><AttachmentName>a.pdf</AttachmentName><edXML:Hash>ff</edXML:Hash><!-- nội dung -->
    <ContentTransferEncoded>JVBE<!-- giữa -->Ri0x</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML><!-- sau -->
    """

  @Test func `Nothing of a message with something odd at every level is lost`() throws {
    let (first, written, second) = try Self.again(Array(Self.message.utf8), in: try Scratch())
    #expect(second.message == first.message)
    #expect(Self.plain(second.attachments) == Self.plain(first.attachments))
    guard case .document(let document) = first.message else {
      Issue.record("not a document")
      return
    }
    #expect(document.subject == "V/v cấp chứng thư số")
    #expect(document.from.organId == "H88" && document.from.name == "Sở Dữ liệu")
    #expect(document.promulgation.date?.iso == "2026-11-20")
    #expect(document.kind == .replace && document.business?.replacements.first?.organIds == ["G88"])
    for piece in [
      "<!-- trước -->", "<?made by=\"hand\"?>", "<!-- gốc -->", "rời", "<?hop 1?>", "<!-- bên gửi -->",
      "<edXML:OrganId>H88<!-- mã --></edXML:OrganId>", "chữ rời",
      "<edXML:OrganName>Sở <b xmlns=\"urn:b\">Dữ</b> liệu</edXML:OrganName>",
      "<v:Desk xmlns:v=\"urn:v\" v:no=\"1\"><v:Name>  A  </v:Name><!-- c -->\n   <v:Name>&lt;B&gt;</v:Name></v:Desk>",
      "<edXML:CodeYear>2026</edXML:CodeYear>", "<!-- ngày -->",
      "<edXML:Subject>V/v <u>cấp</u> chứng thư <?x y?>số</edXML:Subject>", "<edXML:Count>1</edXML:Count>",
      "<edXML:Kind>x</edXML:Kind>", "<edXML:All v=\"1\"/>", "<!-- kê -->", "<edXML:Total>2</edXML:Total>",
      "<edXML:ContentType>text/x</edXML:ContentType>", "khác.pdf", "thiếu.pdf", "<edXML:More>m</edXML:More>",
      "<!-- tệp -->", ">ff</edXML:Hash>", "<!-- nội dung -->", "<!-- giữa -->", "<!-- sau -->",
    ] {
      #expect(written.contains(piece), "\(piece)")
    }
    #expect(first.findings.contains { $0.code == .markupInField && $0.place.element.hasSuffix("/Subject") })
    #expect(first.findings.contains { $0.code == .looseText })
    // Every unknown element is at its place, not somewhere above it.
    let root = try DocumentReader().read(Array(written.utf8)).root
    let header = root.first(path: "edXMLEnvelope", "edXMLHeader", "MessageHeader")
    #expect(header?.first(path: "Code", "CodeYear") != nil)
    #expect(header?.first(path: "OtherInfo", "Appendixes", "Count") != nil)
    #expect(header?.first(path: "ToPlaces", "Kind") != nil)
    #expect(root.first(path: "edXMLEnvelope", "edXMLBody", "More") != nil)
    #expect(root.first(path: "edXMLEnvelope", "edXMLBody", "edXMLManifest", "Total") != nil)
  }

  @Test(.enabled(if: Samples.areThere, "samples/edxml is not at hand"))
  func `Every message from the field is written again without loss`() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: Samples.folder + "/edxml") {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: Samples.edxml(name))))
      let (first, written, second) = try Self.again(bytes, in: try Scratch())
      #expect(second.message == first.message, "\(name)")
      let usable = first.attachments.filter(\.isUsable)
      #expect(Self.plain(second.attachments) == Self.plain(usable), "\(name)")
      // All words that stood anywhere stand there again.
      let before = try Self.words(of: bytes)
      let after = Set(try Self.words(of: Array(written.utf8)))
      #expect(before.filter { !after.contains($0) } == [], "\(name)")
    }
  }

  /// The texts of all elements, attribute values and comments, attachments, dates and numbers apart, which have one
  /// form on writing.
  static func words(of bytes: [UInt8]) throws -> [String] {
    var limits = ReadingLimits.standard
    limits.maximumTreeBytes = 64 << 20
    let document = try DocumentReader(limits: limits, keepsComments: true, toleratesStrayBytes: true).read(bytes)
    var words: [String] = []
    func collect(_ element: Element) {
      if element.localName == "ContentTransferEncoded" { return }
      words += element.attributes.map(\.value)
      for node in element.children {
        switch node {
        case .element(let child): collect(child)
        case .text(let text) where !["ContentType", "ContentId"].contains(element.localName):
          let word = text.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
          if !word.isEmpty, EdocTimestamp(word) == nil, Int(word) == nil { words.append(word) }
        case .comment(let text): words.append(text)
        case .text, .processingInstruction: break
        }
      }
    }
    collect(document.root)
    return words
  }

  /// Puts something unknown at a random place of a random element and returns what must be found again.
  static func strew(
    _ root: inout Element, _ random: inout InspectionTests.Repeatable, _ number: Int
  ) -> Node {
    let mark = "lạ\(number)"
    let node: Node
    switch Int.random(in: 0..<5, using: &random) {
    case 0: node = .comment(" \(mark) ")
    case 1: node = .processingInstruction(target: "la", data: mark)
    case 2:
      node = .element(
        Element(
          "Lạ", prefix: "z", attributes: [Attribute("k", value: mark)],
          namespaceDeclarations: [NamespaceDeclaration(prefix: "z", uri: "urn:z")],
          children: [.text("  \(mark)\n "), .element(Element("i", prefix: "z", text: "x")), .text("y ")]))
    case 3: node = .element(Element("Extra", prefix: "edXML", text: mark))
    default: node = .text(mark)
    }
    // Down a random path; content and type of an attachment are made anew, the signature is kept as it is.
    func put(_ element: inout Element, depth: Int) {
      let doors = element.children.indices.filter { index in
        guard case .element(let child) = element.children[index] else { return false }
        return !["ContentTransferEncoded", "ContentType", "Signature", "Lạ", "Extra"].contains(child.localName)
      }
      if depth > 0, let door = doors.randomElement(using: &random), case .element(var child) = element.children[door] {
        put(&child, depth: depth - 1)
        element.children[door] = .element(child)
      } else {
        element.children.insert(node, at: Int.random(in: 0...element.children.count, using: &random))
      }
    }
    put(&root, depth: Int.random(in: 0...8, using: &random))
    return node
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `Unknown parts strewn over a message anywhere are all there again`(seed: UInt64) throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.edxml"
    var random = InspectionTests.Repeatable(state: seed &* 1_000_003)
    for kind in BusinessKind.known {
      var attachments = try WritingTests.attachments(scratch)
      attachments.remove(at: 1)
      try EdXMLWriter().write(WritingTests.document(kind), attachments: attachments, to: path)
      let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
      for round in 0..<12 {
        var root = try DocumentReader().read(whole).root
        let strewn = (0..<Int.random(in: 1...4, using: &random)).map { number in
          Self.strew(&root, &random, round * 10 + number)
        }
        let (first, written, second) = try Self.again(try root.serialized(), in: scratch)
        #expect(second.message == first.message, "seed \(seed), \(kind), round \(round)")
        #expect(Self.plain(second.attachments) == Self.plain(first.attachments), "seed \(seed), round \(round)")
        for node in strewn {
          let expected: String =
            switch node {
            case .comment(let text): "<!--\(text)-->"
            case .processingInstruction(_, let data): "<?la \(data)?>"
            case .text(let text): text
            case .element(let element) where element.prefix == "z":
              "<z:Lạ xmlns:z=\"urn:z\" k=\"\(element.attributes[0].value)\">\(element.text.dropLast(2))<z:i>x</z:i>y </z:Lạ>"
            case .element(let element): ">\(element.text)</edXML:Extra>"
            }
          // Elements outside of the envelope declare our prefix, too.
          let plain = written.replacing(
            " xmlns:edXML=\"\(Self.namespace)\" xmlns:z=\"urn:z\"", with: " xmlns:z=\"urn:z\"")
          let isThere = plain.contains(expected)
          #expect(isThere, "seed \(seed), \(kind), round \(round): \(expected)")
        }
      }
    }
  }

  static let namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
}
