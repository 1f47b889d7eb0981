import Testing
import XMLTree

@Suite("Reading XML")
struct DocumentReaderTests {
  func read(_ text: String, limits: ReadingLimits = .standard, stray: Bool = false) throws -> Document {
    try DocumentReader(limits: limits, toleratesStrayBytes: stray).read(Array(text.utf8))
  }

  func code(_ text: String, limits: ReadingLimits = .standard) -> XMLReadingError.Code? {
    code(Array(text.utf8), limits: limits)
  }

  func code(_ bytes: [UInt8], limits: ReadingLimits = .standard) -> XMLReadingError.Code? {
    do {
      _ = try DocumentReader(limits: limits, toleratesStrayBytes: true).read(bytes)
      return nil
    } catch { return error.code }
  }

  @Test func `Names, attributes, text and lines come as they stand`() throws {
    let document = try read(
      "<a xmlns='u' x='1 &amp; 2 &#60;'>\n<p:b xmlns:p='v' p:y='&quot;'>một &lt; hai</p:b><c/></a>")
    #expect(document.root.localName == "a")
    #expect(document.root.namespace == "u")
    #expect(document.root.attribute("x") == "1 & 2 <")
    let b = try #require(document.root.first("b"))
    #expect(b.prefix == "p")
    #expect(b.namespace == "v")
    #expect(b.attribute("y", namespace: "v") == "\"")
    #expect(b.text == "một < hai")
    #expect(b.line == 2)
    #expect(document.root.elements.map(\.localName) == ["b", "c"])
  }

  @Test func `Text around a comment is read whole`() throws {
    #expect(try read("<a>1<!-- x -->.000<![CDATA[<5>]]></a>").root.text == "1.000<5>")
  }

  @Test func `An undeclared prefix is tolerated and reported with its line`() throws {
    let document = try read("<a>\n<x:b>1</x:b>\n<c xl:href='h'/></a>")
    #expect(document.root.first("b")?.prefix == "x")
    #expect(document.root.first("b")?.namespace == nil)
    #expect(document.root.first("c")?.attribute("href") == "h")
    #expect(
      document.diagnostics == [
        Diagnostic(kind: .undeclaredPrefix, name: "x", line: 2),
        Diagnostic(kind: .undeclaredPrefix, name: "xl", line: 3),
      ])
  }

  @Test func `A DOCTYPE is refused before anything in it is read`() {
    #expect(code("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>") == .doctypeForbidden)
    #expect(code("<?xml version='1.0'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>") == .doctypeForbidden)
    #expect(code("<a>&b;</a>") == .notWellFormed)
  }

  @Test func `Floods and bombs meet a limit`() {
    let clock = ContinuousClock()
    let spent = clock.measure {
      let attributes = (0..<200_000).map { "a\($0)=''" }.joined(separator: " ")
      #expect(code("<a \(attributes)/>") == .startTagTooLong)
      #expect(code(String(repeating: "<a>", count: 5000)) == .tooDeep)
      #expect(code("<a x='\(String(repeating: "y", count: 300_000))'/>") == .startTagTooLong)
      #expect(code("<!DOCTYPE \(String(repeating: "y", count: 300_000))") == .startTagTooLong)
      #expect(code("<a>\(String(repeating: "y", count: 9 << 20))</a>") == .tooLarge)
      let many = (0..<1000).map { "a\($0)=''" }.joined(separator: " ")
      #expect(code("<a \(many)/>") == .tooManyAttributes)
      let nested = (0..<150).map { level in
        "<a " + (0..<10).map { "xmlns:p\(level)x\($0)='u'" }.joined(separator: " ") + ">"
      }
      #expect(code(nested.joined()) == .tooManyNamespaces)
    }
    #expect(spent < .seconds(20))
  }

  @Test func `A long comment is no flood`() throws {
    #expect(try read("<a><!-- \(String(repeating: "y", count: 200_000)) -->1</a>").root.text == "1")
  }

  @Test func `Broken bytes and broken markup are told apart`() {
    #expect(code([0x3C, 0x61, 0x3E, 0xC3, 0x28, 0x3C, 0x2F, 0x61, 0x3E]) == .invalidCharacters)
    #expect(code("<a>\u{0}</a>") == .invalidCharacters)
    #expect(code("<a><b></a>") == .notWellFormed)
    #expect(code("<a>") == .notWellFormed)
    #expect(code("") == .empty)
    #expect(code("xin chào") != nil)
    #expect(code("<?xml version='1.0' encoding='x-none'?><a/>") == .unknownEncoding)
  }

  @Test(arguments: [true, false]) func `UTF-16 is read, with its byte order mark or without`(mark: Bool) throws {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>Công văn số 1 \(String(repeating: "đ", count: 5000))</a>"
    for little in [true, false] {
      var bytes: [UInt8] = mark ? (little ? [0xFF, 0xFE] : [0xFE, 0xFF]) : []
      for unit in text.utf16 {
        bytes += little ? [UInt8(unit & 0xFF), UInt8(unit >> 8)] : [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      }
      let document = try DocumentReader(toleratesStrayBytes: true).read(bytes)
      #expect(document.root.text.hasPrefix("Công văn số 1 đđ"))
      #expect(document.root.text.count == 5014)
      #expect(document.strayBytes == 0)
    }
  }

  @Test func `A declared legacy encoding is converted`() throws {
    var bytes = Array("<?xml version=\"1.0\" encoding=\"windows-1258\"?><a>".utf8)
    bytes += [0xF0, 0xEA]
    bytes += Array("</a>".utf8)
    let document = try DocumentReader().read(bytes)
    #expect(document.root.text == "đê")
    #expect(document.encoding == "windows-1258")
  }

  @Test func `Stray bytes before the prolog are skipped only when asked for`() throws {
    let text = "\r\n junk <?xml version='1.0'?><a/>"
    #expect(try read(text, stray: true).strayBytes == 8)
    #expect(throws: XMLReadingError.self) { try read(text) }
    #expect(try read("\u{FEFF}<?xml version='1.0'?><a/>", stray: true).strayBytes == 0)
    #expect(try read("\u{FEFF}\n<?xml version='1.0'?><a/>", stray: true).strayBytes == 1)
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1000]) func `Pieces of any size give the same document`(size: Int) throws {
    let text = "\n<?xml version='1.0'?><!-- c > --><a x='>'>é<![CDATA[<>]]><b y='1'/>ộ</a>\n"
    let bytes = Array(text.utf8)
    let reader = try PushReader(toleratesStrayBytes: true)
    var index = 0
    while index < bytes.count {
      try bytes[index..<min(index + size, bytes.count)].withUnsafeBytes { try reader.push($0) }
      index += size
    }
    let document = try reader.finish()
    #expect(document.root.text == "é<>ộ")
    #expect(document.strayBytes == 1)
    #expect(try document.root == read(text, stray: true).root)
  }

  final class Collector: ReadingObserver {
    var streamed = 0
    var stopsAt: String?

    func started(_ element: Element, path: [String]) throws -> Treatment {
      switch path.last {
      case "big": .stream
      case "skip": .discard
      default: .keep
      }
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws { streamed += bytes.count }

    func ended(_ element: Element, path: [String]) throws -> Continuation {
      element.localName == stopsAt ? .stop : .keep
    }
  }

  @Test func `Streamed text never reaches the tree or its budget`() throws {
    let collector = Collector()
    let text = "<a><big>\(String(repeating: "QUJD", count: 3 << 20))</big><skip><d>x</d></skip><e>1</e></a>"
    let document = try DocumentReader().read(Array(text.utf8), observer: collector)
    #expect(collector.streamed == 12 << 20)
    #expect(document.root.elements.map(\.localName) == ["big", "e"])
    #expect(document.root.first("big")?.text == "")
  }

  @Test func `Reading stops when the observer says so`() {
    let collector = Collector()
    collector.stopsAt = "b"
    #expect(throws: XMLReadingError.self) {
      try DocumentReader().read(Array("<a><b/><c><<<<".utf8), observer: collector)
    }
  }

  @Test func `Each row is handed over and forgotten`() throws {
    var rows: [String] = []
    try DocumentReader().forEach("row", in: Array("<t><row>1</row><row>2</row><row>3</row></t>".utf8)) { row in
      rows.append(row.text)
      return rows.count < 2
    }
    #expect(rows == ["1", "2"])
  }

  @Test func `What is written is read back the same`() throws {
    let element = Element(
      "a", prefix: "p", namespace: "u", attributes: [Attribute("x", value: "1\n\"<&>\t2")],
      namespaceDeclarations: [NamespaceDeclaration(prefix: "p", uri: "u")],
      children: [.text("a\r\n<&]]>"), .element(Element("b", text: "ộ"))])
    let bytes = try element.serialized()
    #expect(try DocumentReader().read(bytes).root == element)
    #expect(throws: XMLReadingError.self) { try Element("a", text: "\u{1}").serialized() }
  }

  @Test func `A schema finds what breaks it`() throws {
    let schema = """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>
      """
    let validator = try SchemaValidator(schema: Array(schema.utf8))
    #expect(try validator.violations(in: Array("<a>1</a>".utf8)).isEmpty)
    #expect(try validator.violations(in: Array("<a>x</a>".utf8)).count == 1)
    #expect(throws: XMLReadingError.self) { try validator.violations(in: Array("<!DOCTYPE a><a>1</a>".utf8)) }
    #expect(throws: XMLReadingError.self) { try SchemaValidator(schema: Array("<a/>".utf8)) }
  }
}
