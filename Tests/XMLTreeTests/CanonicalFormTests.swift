import Testing
import XMLTree

@Suite("Canonical form")
struct CanonicalFormTests {
  func canonical(
    _ text: String, apex: String? = nil, excluding: String? = nil, _ method: CanonicalMethod, comments: Bool = false,
    prefixes: [String] = []
  ) throws -> String {
    let document = try CanonicalDocument(Array(text.utf8), limits: .standard)
    func find(_ name: String?) -> CanonicalDocument.Place? {
      name.flatMap { name in document.elements.first { document.localName($0) == name } }
    }
    var bytes: [UInt8] = []
    try document.write(
      find(apex), excluding: Set([find(excluding)].compactMap { $0 }), method: method, comments: comments,
      prefixes: prefixes
    ) { bytes.append(contentsOf: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  static let text =
    "<?xml version='1.0'?>\n<!-- c --><a xmlns='urn:u' xmlns:p='urn:v' z=\"1\" b='2'><p:b/>ộ<!-- d --><c  x = '&lt;'>1</c><e/></a>\n"

  @Test func `Inclusive and exclusive forms differ in the namespaces of a part`() throws {
    #expect(
      try canonical(Self.text, .inclusive10)
        == "<a xmlns=\"urn:u\" xmlns:p=\"urn:v\" b=\"2\" z=\"1\"><p:b></p:b>ộ<c x=\"&lt;\">1</c><e></e></a>")
    #expect(
      try canonical(Self.text, apex: "c", .inclusive10) == "<c xmlns=\"urn:u\" xmlns:p=\"urn:v\" x=\"&lt;\">1</c>")
    #expect(try canonical(Self.text, apex: "c", .exclusive10) == "<c xmlns=\"urn:u\" x=\"&lt;\">1</c>")
    #expect(
      try canonical(Self.text, apex: "c", .exclusive10, prefixes: ["p"])
        == "<c xmlns=\"urn:u\" xmlns:p=\"urn:v\" x=\"&lt;\">1</c>")
    #expect(try canonical(Self.text, apex: "b", .exclusive10) == "<p:b xmlns:p=\"urn:v\"></p:b>")
  }

  @Test func `Comments are kept only when asked for, excluded elements never`() throws {
    #expect(try canonical(Self.text, .inclusive11, comments: true).hasPrefix("<!-- c -->\n<a"))
    #expect(try canonical(Self.text, excluding: "c", .exclusive10, comments: true).contains("ộ<!-- d --><e"))
    #expect(try canonical(Self.text, excluding: "a", .exclusive10) == "")
  }

  @Test func `Decomposed text stays decomposed`() throws {
    #expect(try Array(canonical("<a>e\u{302}\u{301}</a>", .inclusive10).unicodeScalars).count == 10)
  }

  @Test func `Identifiers, comments inside text and hostile input are seen`() throws {
    let document = try CanonicalDocument(
      Array("<a Id='x'><b id='x'/><c xml:id='y'/><d>1<!-- -->2</d></a>".utf8), limits: .standard)
    #expect(document.identified(by: "x").count == 2)
    #expect(document.identified(by: "y").count == 1)
    #expect(document.hasCommentInsideText)
    #expect(throws: XMLReadingError.self) { try CanonicalDocument(Array("<!DOCTYPE a><a/>".utf8), limits: .standard) }
    #expect(throws: XMLReadingError.self) { try CanonicalDocument(Array("<a>".utf8), limits: .standard) }
    var stopped = false
    do {
      try document.write(nil, method: .inclusive10, comments: false) { _ in throw CancellationError() }
    } catch is CancellationError { stopped = true }
    #expect(stopped)
  }
}
