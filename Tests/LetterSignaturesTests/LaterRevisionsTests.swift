import Foundation
import LetterSignatures
import PDFDocument
import SigningCore
import Testing

/// What may follow a signature and what may not; each case is an incremental update of our own to a signed letter.
@Suite("Later revisions")
struct LaterRevisionsTests {
  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  /// Changes a signed letter by an incremental update.
  private func updated(
    _ letter: [UInt8], _ change: (inout IncrementalUpdate, PDFFile, inout PDFDictionary) throws -> PDFReference?
  ) throws -> [UInt8] {
    let file = try PDFFile(PDFSource(bytes: letter))
    var update = try IncrementalUpdate(file)
    var catalog = try file.catalog(in: file.current)
    let before = catalog
    let info = try change(&update, file, &catalog)
    if catalog != before, let root = file.current.trailer["Root"]?.reference { update.set(root, .dictionary(catalog)) }
    return letter + update.appendix(identifier: [UInt8](repeating: 9, count: 16), info: info).bytes
  }

  private func signed() async throws -> [UInt8] { try await signed(SigningBench.letter()) }

  private func signed(_ letter: [UInt8]) async throws -> [UInt8] { try await bench.signedTwice(letter) }

  @Test("A later trailer with a smaller /Size, which hides objects from strict readers, is a change")
  func smallerSize() async throws {
    let letter = try await signed()
    let file = try PDFFile(PDFSource(bytes: letter))
    let root = try #require(file.current.trailer["Root"]?.reference)
    let size = try #require(file.current.trailer["Size"]?.integer)
    let text = String(decoding: letter, as: UTF8.self)
    let previous = try #require(text.components(separatedBy: "startxref\n").last?.split(separator: "\n").first)
    func codes(_ size: Int) -> [LetterCode] {
      let tail =
        "xref\n0 0\ntrailer\n<</Size \(size) /Root \(root.number) 0 R /Prev \(previous)>>\nstartxref\n\(letter.count)\n%%EOF\n"
      return bench.verify(letter + Array(tail.utf8)).codes
    }
    #expect(codes(5).contains(.modified))
    #expect(!codes(size).contains(.modified))
  }

  private func numbers(_ values: [Int]) -> PDFObject { .array(values.map { .integer($0) }) }

  private func form(_ text: String) -> (PDFDictionary, [UInt8]) {
    (
      PDFDictionary([("Type", .name("XObject")), ("Subtype", .name("Form")), ("BBox", numbers([0, 0, 300, 300]))]),
      Array(text.utf8)
    )
  }

  /// A widget at page 1 with its entry in the page and the form.
  private func addField(
    _ field: PDFDictionary, _ update: inout IncrementalUpdate, _ file: PDFFile
  ) throws {
    let reference = update.newReference()
    update.set(reference, .dictionary(field))
    let page = try #require(try file.pages(in: file.current).first)
    var dictionary = try #require(try file.object(page, in: file.current).dictionary)
    dictionary["Annots"] = .array((dictionary["Annots"]?.array ?? []) + [.reference(reference)])
    update.set(page, .dictionary(dictionary))
    let formReference = try #require(try file.catalog(in: file.current)["AcroForm"]?.reference)
    var form = try #require(try file.object(formReference, in: file.current).dictionary)
    form["Fields"] = .array((form["Fields"]?.array ?? []) + [.reference(reference)])
    update.set(formReference, .dictionary(form))
  }

  private func expectModified(_ letter: [UInt8], _ what: String? = nil, _ line: SourceLocation = #_sourceLocation) {
    let report = bench.verify(letter)
    #expect(report.decision == .reject, "\(report.codes)", sourceLocation: line)
    #expect(report.codes.contains(.modified), "\(report.codes)", sourceLocation: line)
    #expect(report.integrity == .modified, sourceLocation: line)
    if let what {
      let changes = report.signatures.flatMap(\.changes).map(\.what)
      #expect(changes.contains(what), "\(changes)", sourceLocation: line)
    }
  }

  @Test(
    "Catalog entries that a reader acts on may not be added",
    arguments: [
      "OpenAction", "AA", "Names", "OCProperties", "PageLabels", "ViewerPreferences", "StructTreeRoot", "Perms", "URI",
      "Lang",
      "Collection", "Threads", "Requirements",
    ])
  func catalogEntries(key: String) async throws {
    expectModified(
      try updated(try await signed()) { _, _, catalog in
        catalog[key] = .dictionary(PDFDictionary([("S", .name("JavaScript"))]))
        return nil
      }, "catalog_\(key)")
  }

  @Test(
    "A page's entries may not change",
    arguments: [
      "MediaBox", "CropBox", "Rotate", "Contents", "Resources", "AA", "UserUnit", "Group", "Trans", "Parent",
    ])
  func pageEntries(key: String) async throws {
    let letter = try updated(try await signed()) { update, file, _ in
      let page = try #require(try file.pages(in: file.current).first)
      var dictionary = try #require(try file.object(page, in: file.current).dictionary)
      dictionary[key] = .integer(90)
      update.set(page, .dictionary(dictionary))
      return nil
    }
    expectModified(letter, "object_changed")
    #expect(bench.verify(letter).signatures.flatMap(\.changes).contains { $0.page == 1 })
  }

  @Test("An object that nothing on the white list needs may not be added")
  func orphan() async throws {
    expectModified(
      try updated(try await signed()) { update, _, _ in
        let (dictionary, data) = form("BT ET")
        update.set(update.newReference(), dictionary, data: data)
        return nil
      }, "object_added")
  }

  @Test("A new signature field that no one signed may not show anything")
  func emptyFieldWithAppearance() async throws {
    expectModified(
      try updated(try await signed()) { update, file, _ in
        let (dictionary, data) = form("1 g 0 0 300 300 re f")
        let appearance = update.newReference()
        update.set(appearance, dictionary, data: data)
        try addField(
          PDFDictionary([
            ("Type", .name("Annot")), ("Subtype", .name("Widget")), ("FT", .name("Sig")), ("T", .text("x")),
            ("Rect", numbers([0, 0, 300, 300])), ("AP", .dictionary(PDFDictionary([("N", .reference(appearance))]))),
          ]), &update, file)
        return nil
      }, "empty_field_with_appearance")
  }

  @Test("A field of another kind, or a signature field with an action, may not be added", arguments: ["Tx", "AA"])
  func otherFields(kind: String) async throws {
    expectModified(
      try updated(try await signed()) { update, file, _ in
        var field = PDFDictionary([
          ("Type", .name("Annot")), ("Subtype", .name("Widget")), ("FT", .name(kind == "Tx" ? "Tx" : "Sig")),
          ("T", .text("x")), ("Rect", numbers([0, 0, 0, 0])),
        ])
        if kind == "AA" { field["AA"] = .dictionary(PDFDictionary()) }
        try addField(field, &update, file)
        return nil
      }, "form_field_added")
  }

  @Test("The security store takes certificates and lists, and nothing that a page shows")
  func storeHidesContent() async throws {
    let letter = try await signed()
    let lists = try LetterSigner.addSecurityStore(
      pdf: letter, certificates: [bench.pki.issuing.certificate], evidence: bench.verifier.trust.revocation,
      identifier: [UInt8](repeating: 4, count: 16))
    let report = bench.verify(lists)
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.signatures.map(\.level) == [.bLT, .bLT])
    // The page's content named as a certificate first, and changed in a second step.
    let named = try updated(letter) { update, file, catalog in
      let page = try #require(try file.pages(in: file.current).first)
      let content = try #require(try file.object(page, in: file.current).dictionary?["Contents"])
      let store = update.newReference()
      update.set(store, .dictionary(PDFDictionary([("Type", .name("DSS")), ("Certs", .array([content]))])))
      catalog["DSS"] = .reference(store)
      return nil
    }
    let changed = try updated(named) { update, file, _ in
      let page = try #require(try file.pages(in: file.current).first)
      let content = try #require(try file.object(page, in: file.current).dictionary?["Contents"]?.reference)
      update.set(content, PDFDictionary(), data: Array("BT ET".utf8))
      return nil
    }
    expectModified(changed, "object_changed")
  }

  @Test("An object that the signed revision refers to but does not have may not be defined later")
  func dangling() async throws {
    // Page 2 draws object 40, which does not exist when it is signed.
    let text = String(decoding: SigningBench.letter(), as: UTF8.self).replacing("/Annots []", with: "/Tabs 40 0 R")
    let letter = SigningBench.rebuilt(text)
    let once = try await bench.signedTwice(letter)
    #expect(bench.verify(once).decision == .accept, "\(bench.verify(once).detail)")
    let attacked = try updated(once) { update, _, catalog in
      let store = update.newReference()
      update.set(PDFReference(40), PDFDictionary(), data: Array("BT ET".utf8))
      update.set(
        store, .dictionary(PDFDictionary([("Type", .name("DSS")), ("Certs", .array([.reference(PDFReference(40))]))])))
      catalog["DSS"] = .reference(store)
      return nil
    }
    expectModified(attacked, "defines_what_was_undefined")
  }

  @Test("Only the file's description changed: accepted with a note")
  func description() async throws {
    let letter = try updated(try await signed()) { update, _, _ in
      let info = update.newReference()
      update.set(info, .dictionary(PDFDictionary([("Title", .text("Công văn"))])))
      return info
    }
    let report = bench.verify(letter)
    #expect(report.decision == .warn)
    #expect(report.codes == [.metadataUpdated], "\(report.detail)")
  }

  /// A letter with XMP, signed by the leader; then the agency signs in an update that replaces the XMP by `later`.
  private func withMetadata(_ first: String, _ later: String) async throws -> LetterReport {
    func stream(_ properties: String) -> (PDFDictionary, [UInt8]) {
      let text =
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/'>\(properties)</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
      return (PDFDictionary([("Type", .name("Metadata")), ("Subtype", .name("XML"))]), Array(text.utf8))
    }
    let base = try updated(SigningBench.letter()) { update, _, catalog in
      let reference = update.newReference()
      let (dictionary, data) = stream(first)
      update.set(reference, dictionary, data: data)
      catalog["Metadata"] = .reference(reference)
      return nil
    }
    let once = try await LetterSigner.sign(pdf: base, bench.request(1), with: bench.leader, timeStamp: bench.stamps)
    let between = try updated(once) { update, file, _ in
      let reference = try #require(try file.catalog(in: file.current)["Metadata"]?.reference)
      let (dictionary, data) = stream(later)
      update.set(reference, dictionary, data: data)
      return nil
    }
    return bench.verify(
      try await LetterSigner.sign(pdf: between, bench.request(2), with: bench.agency, timeStamp: bench.stamps))
  }

  @Test("Metadata in which a later signer's software renewed the dates are no change; anything else in them is noted")
  func metadata() async throws {
    let first = "<xmp:ModifyDate>2026-01-01</xmp:ModifyDate><xmp:Label>A</xmp:Label>"
    let dates = try await withMetadata(first, "<xmp:ModifyDate>2026-02-02</xmp:ModifyDate><xmp:Label>A</xmp:Label>")
    #expect(dates.decision == .accept, "\(dates.detail)")
    let label = try await withMetadata(first, "<xmp:ModifyDate>2026-02-02</xmp:ModifyDate><xmp:Label>B</xmp:Label>")
    #expect(label.codes == [.metadataUpdated])
    #expect(try await withMetadata(first, "<xmp:Label>").codes == [.metadataUpdated])
  }

  @Test("A document time stamp after the security store gives B-LTA")
  func archive() async throws {
    let store = try LetterSigner.addSecurityStore(
      pdf: try await signed(), certificates: [bench.pki.issuing.certificate], evidence: bench.verifier.trust.revocation,
      identifier: [UInt8](repeating: 4, count: 16))
    let archived = try await LetterSigner.addDocumentTimeStamp(pdf: store, bench.request(5), timeStamp: bench.stamps)
    let report = bench.verify(archived)
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.signatures.map(\.level) == [.bLTA, .bLTA, nil])
    #expect(report.signatures.map(\.kind) == [.signature, .signature, .docTimeStamp])
  }

  @Test("A security store that replaces an earlier one leaves the old one behind, which is no change")
  func storeTwice() async throws {
    var letter = try await signed()
    for (identifier, certificate) in [(4, bench.pki.issuing.certificate), (5, bench.pki.root.certificate)] {
      letter = try LetterSigner.addSecurityStore(
        pdf: letter, certificates: [certificate], evidence: bench.verifier.trust.revocation,
        identifier: [UInt8](repeating: UInt8(identifier), count: 16))
    }
    #expect(bench.verify(letter).decision == .accept, "\(bench.verify(letter).detail)")
  }

  @Test("The form's resources may get more, and none may change")
  func formResources() async throws {
    func withFont(_ name: String, _ font: String, _ letter: [UInt8]) throws -> [UInt8] {
      try updated(letter) { update, file, _ in
        let reference = try #require(try file.catalog(in: file.current)["AcroForm"]?.reference)
        var form = try #require(try file.object(reference, in: file.current).dictionary)
        var resources = form["DR"]?.dictionary ?? PDFDictionary()
        var fonts = resources["Font"]?.dictionary ?? PDFDictionary()
        fonts[name] = .dictionary(PDFDictionary([("Type", .name("Font")), ("BaseFont", .name(font))]))
        resources["Font"] = .dictionary(fonts)
        form["DR"] = .dictionary(resources)
        update.set(reference, .dictionary(form))
        return nil
      }
    }
    let first = try withFont(
      "Helv", "Helvetica",
      try await LetterSigner.sign(
        pdf: SigningBench.letter(), bench.request(1), with: bench.leader, timeStamp: bench.stamps))
    let second = try await LetterSigner.sign(pdf: first, bench.request(2), with: bench.agency, timeStamp: bench.stamps)
    #expect(bench.verify(second).decision == .accept, "\(bench.verify(second).detail)")
    let third = try withFont("ZaDb", "ZapfDingbats", second)
    #expect(bench.verify(third).decision == .accept, "\(bench.verify(third).detail)")
    expectModified(try withFont("Helv", "Courier", second), "form_DR")
  }

  @Test("Where no field has a text it may be said that nothing need be drawn anew, and never that it must")
  func drawnAnew() async throws {
    let letter = try await signed()
    func saying(_ value: Bool) throws -> [UInt8] {
      try updated(letter) { update, file, _ in
        let reference = try #require(try file.catalog(in: file.current)["AcroForm"]?.reference)
        var form = try #require(try file.object(reference, in: file.current).dictionary)
        form["NeedAppearances"] = .boolean(value)
        update.set(reference, .dictionary(form))
        return nil
      }
    }
    #expect(bench.verify(try saying(false)).decision == .accept)
    expectModified(try saying(true), "form_NeedAppearances")
  }

  @Test(
    "Where a text field or a free text is drawn by the reader, a font that its look names may not be defined later",
    arguments: ["Tx", "FreeText"])
  func formResourcesOfTexts(kind: String) async throws {
    // A text that shows “1” in a font that nobody defined yet.
    let letter = try updated(SigningBench.letter()) { update, file, catalog in
      let text = update.newReference()
      let form = update.newReference()
      let look: [(String, PDFObject)] = [
        ("Type", .name("Annot")), ("Rect", numbers([72, 600, 200, 620])), ("DA", .text("/Tien 12 Tf 0 g")),
      ]
      let own: [(String, PDFObject)] =
        kind == "Tx"
        ? [("Subtype", .name("Widget")), ("FT", .name("Tx")), ("T", .text("so")), ("V", .text("1"))]
        : [("Subtype", .name("FreeText")), ("Contents", .text("1"))]
      update.set(text, .dictionary(PDFDictionary(look + own)))
      update.set(
        form, .dictionary(PDFDictionary([("Fields", .array(kind == "Tx" ? [.reference(text)] : []))])))
      catalog["AcroForm"] = .reference(form)
      let page = try #require(try file.pages(in: file.current).first)
      var dictionary = try #require(try file.object(page, in: file.current).dictionary)
      dictionary["Annots"] = .array([.reference(text)])
      update.set(page, .dictionary(dictionary))
      return nil
    }
    let once = try await signed(letter)
    #expect(bench.verify(once).decision == .accept, "\(bench.verify(once).detail)")
    func adding(_ key: String, _ value: PDFObject) throws -> [UInt8] {
      try updated(once) { update, file, _ in
        let reference = try #require(try file.catalog(in: file.current)["AcroForm"]?.reference)
        var form = try #require(try file.object(reference, in: file.current).dictionary)
        form[key] = value
        update.set(reference, .dictionary(form))
        return nil
      }
    }
    let font = PDFDictionary([("Type", .name("Font")), ("BaseFont", .name("Symbol"))])
    let fonts = PDFDictionary([("Font", .dictionary(PDFDictionary([("Tien", .dictionary(font))])))])
    expectModified(try adding("DR", .dictionary(fonts)), "form_DR")
    expectModified(try adding("DA", .text("/Symbol 12 Tf")), "form_DA")
  }

  @Test(
    "An empty signature field with a border, which readers draw, may not be added", arguments: ["BS", "Border", "MK"])
  func emptyFieldWithBorder(key: String) async throws {
    let value: PDFObject =
      key == "Border" ? numbers([0, 0, 300]) : .dictionary(PDFDictionary([("W", .integer(300))]))
    expectModified(
      try updated(try await signed()) { update, file, _ in
        try addField(
          PDFDictionary([
            ("Type", .name("Annot")), ("Subtype", .name("Widget")), ("FT", .name("Sig")), ("T", .text("x")),
            ("Rect", numbers([0, 0, 300, 300])), (key, value),
          ]), &update, file)
        return nil
      }, "empty_field_with_appearance")
  }

  /// A field below a group: a new group, or one that stands.
  private func addGrouped(
    _ field: PDFDictionary, to group: PDFReference?, _ update: inout IncrementalUpdate, _ file: PDFFile
  ) throws -> PDFReference {
    let parent = group ?? update.newReference()
    let reference = update.newReference()
    var field = field
    field["Parent"] = .reference(parent)
    update.set(reference, .dictionary(field))
    var node =
      try group.flatMap { try file.object($0, in: file.current).dictionary } ?? PDFDictionary([("T", .text("VB"))])
    node["Kids"] = .array((node["Kids"]?.array ?? []) + [.reference(reference)])
    update.set(parent, .dictionary(node))
    if group == nil {
      let formReference = try #require(try file.catalog(in: file.current)["AcroForm"]?.reference)
      var form = try #require(try file.object(formReference, in: file.current).dictionary)
      form["Fields"] = .array((form["Fields"]?.array ?? []) + [.reference(parent)])
      update.set(formReference, .dictionary(form))
    }
    return parent
  }

  private func empty(_ name: String) -> PDFDictionary {
    PDFDictionary([
      ("Type", .name("Annot")), ("Subtype", .name("Widget")), ("FT", .name("Sig")), ("T", .text(name)),
      ("Rect", numbers([0, 0, 0, 0])),
    ])
  }

  @Test("Signature fields below a group may be added, in a new group and in one that stands; other things may not")
  func groups() async throws {
    var group: PDFReference?
    let letter = try updated(try await signed()) { update, file, _ in
      group = try addGrouped(empty("Lanhdao"), to: nil, &update, file)
      return nil
    }
    #expect(bench.verify(letter).decision == .accept, "\(bench.verify(letter).detail)")
    let standing = try #require(group)
    // Signed with the group in it: then the group grows.
    let again = try await LetterSigner.sign(pdf: letter, bench.request(3), with: bench.agency, timeStamp: bench.stamps)
    func grown(_ field: PDFDictionary) throws -> [UInt8] {
      try updated(again) { update, file, _ in
        _ = try addGrouped(field, to: standing, &update, file)
        return nil
      }
    }
    let good = try grown(empty("Coquan"))
    #expect(bench.verify(good).decision == .accept, "\(bench.verify(good).detail)")
    let renamed = try updated(again) { update, file, _ in
      var node = try #require(try file.object(standing, in: file.current).dictionary)
      node["T"] = .text("Khac")
      update.set(standing, .dictionary(node))
      return nil
    }
    expectModified(renamed)
    var text = empty("Coquan")
    text["FT"] = .name("Tx")
    expectModified(try grown(text), "form_field_added")
    // The same full name as a field that stands.
    expectModified(try grown(empty("Lanhdao")), "form_field_added")
    var action = empty("Coquan")
    action["AA"] = .dictionary(PDFDictionary())
    expectModified(try grown(action), "form_field_added")
  }

  @Test("A signature that was taken out again is noticed")
  func removed() async throws {
    let letter = try updated(try await signed()) { _, _, catalog in
      catalog["AcroForm"] = nil
      return nil
    }
    expectModified(letter)
    #expect(bench.verify(letter).codes.contains(.unsigned))
  }

  @Test("Bytes after the end are a modification; a single line break is a note")
  func trailing() async throws {
    let letter = try await signed()
    #expect(bench.verify(letter + [0x0A]).codes == [.trailingWhitespace])
    #expect(bench.verify(letter + [0x0D, 0x0A]).decision == .warn)
    expectModified(letter + Array("%%EOF".utf8))
    expectModified(letter + Array("9 0 obj\n<<>>\nendobj\n".utf8))
    expectModified(letter + [0x20, 0x20])
  }

  @Test("Bytes between the objects of a later revision that no reader looks at are a modification")
  func strayBytes() async throws {
    let letter = try await signed()
    let file = try PDFFile(PDFSource(bytes: letter))
    let stray = "5 0 obj\n<</Length 2>>\nstream\nET\nendstream\nendobj\n"
    let start = letter.count + stray.utf8.count
    let root = try #require(file.current.trailer["Root"]?.reference)
    let update =
      "xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 60 /Root \(root) /Prev \(file.current.startxref)>>\nstartxref\n\(start)\n%%EOF\n"
    expectModified(letter + Array((stray + update).utf8), "stray_bytes_at_\(letter.count)")
  }
}
