import Foundation
import Testing
import VietnameseText

@testable import EdXML

/// Messages in forms that nobody here has seen, but other programs could send.
@Suite("Unseen forms of messages")
struct UnseenFormsTests {
  static let pdf = Array("%PDF-1.7\nthử nội dung\n%%EOF\n".utf8)
  static let content = Data(pdf).base64EncodedString()
  static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

  /// A complete message; `p` before every element, `ns` on the root.
  static func message(
    prefix p: String = "", _ ns: String = "xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"",
    prolog: String = declaration, subject: String = "V/v cấp chứng thư số", content: String = content,
    name: String = "a.pdf", type: String = "application/pdf", reference: String = "<ContentId>cid:1</ContentId>"
  ) -> String {
    let plain = """
      <edXML \(ns)><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>H88.03</OrganId><OrganName>Sở Dữ liệu</OrganName></From>
      <To><OrganId>G88.21</OrganId></To><DocumentId>d1</DocumentId><Code><CodeNumber>1</CodeNumber><CodeNotation>A-B</CodeNotation></Code>
      <PromulgationInfo><Place>Hòa Vân</Place><PromulgationDate>2026/11/20</PromulgationDate></PromulgationInfo><Subject>\(subject)</Subject>
      </MessageHeader><TraceHeaderList><TraceHeader><OrganId>H88.03</OrganId><Timestamp>2026/11/20 08:00:00</Timestamp></TraceHeader>
      <Bussiness><BussinessDocType>0</BussinessDocType></Bussiness></TraceHeaderList></edXMLHeader>
      <edXMLBody><edXMLManifest version="1.0"><Reference>\(reference)<AttachmentName>\(name)</AttachmentName></Reference></edXMLManifest></edXMLBody></edXMLEnvelope>
      <AttachmentEncoded><Attachment><ContentId>1</ContentId><AttachmentName>\(name)</AttachmentName><ContentType>\(type)</ContentType>
      <ContentTransferEncoded>\(content)</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>
      """
    guard !p.isEmpty else { return prolog + plain }
    return prolog
      + plain.replacing("</", with: "\u{1}").replacing("<", with: "<" + p).replacing("\u{1}", with: "</" + p)
  }

  func read(_ bytes: [UInt8]) throws -> (message: ReceivedMessage, document: EdocDocument) {
    let received = try EdXMLReader().read(bytes, storingIn: nil)
    guard case .document(let document) = received.message else { throw CocoaError(.featureUnsupported) }
    return (received, document)
  }

  /// Reads, checks that everything is there, and gives the findings.
  func findings(_ bytes: [UInt8], line: Int = #line) throws -> Set<FindingCode> {
    let (received, document) = try read(bytes)
    #expect(document.subject == "V/v cấp chứng thư số", "line \(line)")
    #expect(document.from.name == "Sở Dữ liệu" && document.code.joined == "1/A-B", "line \(line)")
    #expect(document.promulgation.date?.iso == "2026-11-20" && document.trace.count == 1, "line \(line)")
    #expect(received.attachments.map(\.bytes) == [Self.pdf.count], "line \(line)")
    #expect(received.isAcceptable, "line \(line): \(received.refusing.map(\.code))")
    return Set(received.findings.map(\.code))
  }

  @Test func `Any prefix, any namespace or none gives the same message`() throws {
    #expect(try findings(Array(Self.message().utf8)) == [])
    let bound = "xmlns:q=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\""
    #expect(try findings(Array(Self.message(prefix: "q:", bound).utf8)) == [])
    #expect(try findings(Array(Self.message("").utf8)) == [.foreignNamespace])
    #expect(try findings(Array(Self.message("xmlns=\"http://www.e-doc.vn/Schema/\"").utf8)) == [.foreignNamespace])
    #expect(try findings(Array(Self.message(prefix: "edXML:", "").utf8)) == [.foreignNamespace, .undeclaredPrefix])
    #expect(try findings(Array(Self.message().replacing("Bussiness", with: "Business").utf8)) == [])
    let inner = Self.message().replacing("</edXMLEnvelope>", with: "").replacing(
      "</AttachmentEncoded></edXML>", with: "</AttachmentEncoded></edXMLEnvelope></edXML>")
    #expect(try findings(Array(inner.utf8)) == [])
    let inBody = Self.message().replacing("</edXMLBody></edXMLEnvelope>", with: "").replacing(
      "</AttachmentEncoded></edXML>", with: "</AttachmentEncoded></edXMLBody></edXMLEnvelope></edXML>")
    #expect(try findings(Array(inBody.utf8)) == [])
  }

  @Test func `Text may stand in CDATA, in references and around comments, content too`() throws {
    let big = Data(Self.pdf + [UInt8](repeating: 0x41, count: 400_000)).base64EncodedString()
    #expect(
      try findings(
        Array(
          Self.message(subject: "<![CDATA[V/v cấp]]> chứng thư số", content: "\n<![CDATA[\(Self.content)]]>\n").utf8))
        == [])
    let (received, _) = try read(Array(Self.message(content: "<![CDATA[\(big)]]>").utf8))
    #expect(received.attachments.map(\.bytes) == [Self.pdf.count + 400_000] && received.findings.isEmpty)
    let split =
      Self.content.prefix(10) + "<!-- a -->&#" + String(Self.content.utf8.dropFirst(10).first ?? 0) + ";"
      + Self.content.dropFirst(11)
    #expect(
      try findings(Array(Self.message(subject: "V/v c&#x1EA5;p chứng thư số", content: String(split)).utf8)) == [])
    #expect(try findings(Array(Self.message(subject: "V/v <!-- x -->cấp chứng thư số").utf8)) == [.markupInField])
  }

  @Test func `Base64 of any make is read, and what is odd about it is told`() throws {
    let lines = Data(Self.pdf).base64EncodedString(options: [
      .lineLength64Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    #expect(try findings(Array(Self.message(content: "\r\n  " + lines + "\r\n").utf8)) == [])
    let bare = Self.content.replacing("=", with: "")
    #expect(bare != Self.content)
    #expect(try findings(Array(Self.message(content: bare).utf8)) == [.base64Unpadded])
    #expect(try findings(Array(Self.message(content: Self.content + "=").utf8)) == [.base64Unpadded])
    let odd = Data([0x25, 0x50, 0x44, 0x46, 0xFB, 0xFF, 0xFE, 0xFF, 0xBF])
    let safe = odd.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    let (received, _) = try read(Array(Self.message(content: safe).utf8))
    #expect(received.attachments.map(\.bytes) == [9])
    #expect(received.findings.map(\.code) == [.base64URLSafe])
  }

  @Test func `Encodings that are declared, detected or mislabelled are read`() throws {
    #expect(try findings([0xEF, 0xBB, 0xBF] + Array(Self.message().utf8)) == [])
    #expect(try findings([0xEF, 0xBB, 0xBF] + Array("\r\n \(Self.message())".utf8)) == [.strayBytes])
    for declared in ["UTF-16", "utf-8"] {
      let text = Self.message(prolog: "<?xml version=\"1.0\" encoding=\"\(declared)\"?>")
      let expected: Set<FindingCode> = declared == "UTF-16" ? [.legacyEncoding] : []
      #expect(try findings([0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == expected)
      #expect(try findings([0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }) == expected)
    }
    // .NET's StringWriter says UTF-16 whatever it is stored as.
    for declared in ["utf-16", "Unicode"] {
      let text = Self.message(prolog: "<?xml version='1.0' encoding='\(declared)' standalone='yes'?>")
      #expect(try findings(Array(text.utf8)) == [.legacyEncoding])
      #expect(try findings([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == [.legacyEncoding])
    }
    // Vietnamese in one byte each, accents apart, as old Windows programs write it.
    let legacy = Self.message(prolog: "<?xml version=\"1.0\" encoding=\"windows-1258\"?>")
    var bytes: [UInt8] = []
    let table: [Unicode.Scalar: UInt8] = [
      "\u{0300}": 0xCC, "\u{0309}": 0xD2, "\u{0303}": 0xDE, "\u{0301}": 0xEC, "\u{0323}": 0xF2, "â": 0xE2, "ư": 0xFD,
      "ơ": 0xF5, "ô": 0xF4, "ê": 0xEA, "đ": 0xF0, "ă": 0xE3, "Đ": 0xD0,
    ]
    let tones: [Unicode.Scalar] = ["\u{0300}", "\u{0309}", "\u{0303}", "\u{0301}", "\u{0323}"]
    for character in legacy {
      // Letters with a shape of their own are one byte, the tone follows.
      let scalars = String(character).decomposedStringWithCanonicalMapping.unicodeScalars
      let letter = String(String.UnicodeScalarView(scalars.filter { !tones.contains($0) }))
      for scalar in letter.precomposedStringWithCanonicalMapping.unicodeScalars {
        bytes.append(table[scalar] ?? UInt8(exactly: scalar.value) ?? 0x3F)
      }
      bytes += scalars.filter { tones.contains($0) }.compactMap { table[$0] }
    }
    #expect(try findings(bytes) == [.legacyEncoding])
    let latin = Self.message(prolog: "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", subject: "Subject")
      .unicodeScalars
    let document = try read(latin.map { UInt8(exactly: $0.value) ?? 0x3F }).document
    #expect(document.subject == "Subject" && document.promulgation.place == "Hòa Vân")
  }

  @Test func `What follows the message is told, a second message is refused`() throws {
    #expect(try findings(Array((Self.message() + "\r\n\u{0}\u{0}").utf8)) == [.trailingBytes])
    #expect(try findings(Array((Self.message() + "--boundary--").utf8)) == [.trailingBytes])
    #expect(try findings(Array((Self.message() + "\n<!-- end -->\n").utf8)) == [])
    #expect(throws: EdXMLError.self) { try read(Array((Self.message() + Self.message(prolog: "")).utf8)) }
    #expect(throws: EdXMLError.self) { try read(Array((Self.message() + Self.message()).utf8)) }
    let twice = Self.message().replacing(
      "</edXMLEnvelope>",
      with:
        "</edXMLEnvelope><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>X</OrganId></From></MessageHeader></edXMLHeader></edXMLEnvelope>"
    )
    #expect(try !read(Array(twice.utf8)).message.isAcceptable)
  }

  @Test func `Attachments are found by id, by reference and by name, and told apart from nothing`() throws {
    for reference in [
      "<ContentId>1</ContentId>", "<ContentId>CID:1</ContentId>", "<ContentId/>",
      "<!-- --><ContentId>cid:1</ContentId><ContentType>text/plain</ContentType>",
    ] {
      #expect(try findings(Array(Self.message(reference: reference).utf8)) == [], "\(reference)")
    }
    let linked = Self.message(reference: "").replacing(
      "<Reference>", with: "<Reference xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"cid:1\">")
    #expect(try findings(Array(linked.utf8)) == [])
    let other = try read(Array(linked.replacing("cid:1", with: "cid:8").utf8)).message
    #expect(other.refusing.map(\.code) == [.manifestWithoutAttachment])
    #expect(other.refusing.first?.text.vi.contains("a.pdf") == true)
    for content in ["", " \n ", "===="] {
      let empty = try read(Array(Self.message(content: content).utf8)).message
      #expect(empty.refusing.map(\.code) == [.attachmentEmpty], "\(content)")
      #expect(empty.refusing.first?.text.en.contains("a.pdf") == true)
    }
    let zipped = try HostileMessagesTests.zipped([("x.pdf", Self.pdf)])
    #expect(try findings(Array(Self.message(content: zipped).utf8)) == [.contentTypeMismatch])
    #expect(try findings(Array(Self.message(content: zipped, type: "text/plain").utf8)) == [.contentTypeMismatch])
    #expect(try findings(Array(Self.message(content: zipped, type: "application/zip").utf8)) == [])
  }

  @Test func `Content outside of the places for attachments is none`() throws {
    let smuggled =
      "<AttachmentEncoded><Attachment><ContentId>2</ContentId><AttachmentName>b.pdf</AttachmentName><ContentTransferEncoded>JVBERi0=</ContentTransferEncoded></Attachment></AttachmentEncoded>"
    for place in ["</edXMLHeader>", "</MessageHeader>", "</From>", "</TraceHeaderList>", "</Attachment>"] {
      let (received, _) = try read(Array(Self.message().replacing(place, with: smuggled + place).utf8))
      #expect(received.attachments.map(\.name) == ["a.pdf"], "\(place)")
      #expect(received.findings.contains { $0.code == .unknownElement }, "\(place)")
    }
  }
}
