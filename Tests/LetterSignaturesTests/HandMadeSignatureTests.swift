import Foundation
import LetterSignatures
import PDFDocument
import SigningCore
import Testing

/// Legal and illegal ways to write signatures that other software, or an attacker, may choose.
@Suite("Signatures as others write them")
struct HandMadeSignatureTests {
  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  private static let white =
    "<</Type /XObject /Subtype /Form /BBox [0 0 300 300] /Length 26>>\nstream\n1 g 0 0 300 300 re f      \nendstream"

  private func expectModified(_ letter: [UInt8], _ what: String? = nil, _ line: SourceLocation = #_sourceLocation) {
    let report = bench.verify(letter)
    #expect(report.decision == .reject, "\(report.detail)", sourceLocation: line)
    #expect(report.codes.contains(.modified), "\(report.codes)", sourceLocation: line)
    guard let what else { return }
    let changes = report.signatures.flatMap(\.changes).map(\.what)
    #expect(changes.contains(what), "\(changes)", sourceLocation: line)
  }

  @Test("A document time stamp may stand by itself or in its field, and shows nothing, whatever its kind is written as")
  func visibleTimeStamps() async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    func stamped(
      _ field: String, rect: String = "50 500 500 700", subFilter: String = "/ETSI.RFC3161", isDirect: Bool = false
    ) async throws -> [UInt8] {
      let hand = HandMadeSignature(
        field: field, rect: rect, subFilter: subFilter, objects: [Self.white, "/ETSI.RFC3161"], isDirect: isDirect)
      return try await hand.added(to: letter) { try await bench.stamps.token(for: $0, algorithm: .sha256) }
    }
    for isDirect in [false, true] {
      // Both objects are there; nothing must be left over.
      let hidden = HandMadeSignature(subFilter: "/ETSI.RFC3161", isDirect: isDirect)
      let good = try await hidden.added(to: letter) { try await bench.stamps.token(for: $0, algorithm: .sha256) }
      #expect(bench.verify(good).decision == .accept, "\(bench.verify(good).detail)")
      #expect(bench.verify(good).signatures.map(\.kind) == [.signature, .signature, .docTimeStamp])
    }
    let what = "visible_document_time_stamp"
    expectModified(try await stamped("/AP <</N @0>>"), what)
    expectModified(try await stamped("/AP <</N @0>>", isDirect: true), what)
    expectModified(try await stamped("/AP <</N @0>>", subFilter: "@1"), what)
    expectModified(try await stamped("/AP <</N @0>>", subFilter: "/ETSI#2eRFC3161"), what)
    expectModified(try await stamped("/MK <</BG [1 1 1]>>"), what)
    expectModified(try await stamped("/Border [0 0 300]"), what)
    expectModified(try await stamped("/BS <</W 300>>"), what)
    // Readers draw the text of such an annotation though it has no picture.
    let text = HandMadeSignature(
      field: "/Contents (9.000.000) /DA (/F1 20 Tf)", rect: "50 500 500 700", subtype: "@0",
      subFilter: "/ETSI.RFC3161", objects: ["/FreeText"])
    expectModified(
      try await text.added(to: letter) { try await bench.stamps.token(for: $0, algorithm: .sha256) },
      "form_field_added")
  }

  @Test(
    "After a certification that allows no change only time stamps and stores may follow, wherever that is written",
    arguments: [
      ("", "/Reference [<</TransformMethod /DocMDP /TransformParams <</P 1>>>>]", []),
      ("", "/Reference @0", ["[<</TransformMethod /DocMDP /TransformParams <</P 1>>>>]"]),
      ("", "/Reference [@0]", ["<</TransformMethod /DocMDP /TransformParams <</P 1>>>>"]),
      ("", "/Reference [<</TransformMethod @0 /TransformParams @1>>]", ["/DocMDP", "<</P 1>>"]),
      ("", "/Reference [<</TransformMethod /DocMDP /TransformParams <</P @0>>>>]", ["1"]),
      ("/Lock <</Type /SigFieldLock /Action /All /P 1>>", "", []),
      ("/Lock @0", "", ["<</Type /SigFieldLock /Action /All /P @1>>", "1"]),
    ] as [(String, String, [String])])
  func finalCertification(field: String, entries: String, objects: [String]) async throws {
    let final = try await bench.signed(HandMadeSignature(field: field, entries: entries, objects: objects))
    #expect(bench.verify(final).decision == .accept, "\(bench.verify(final).detail)")
    let stamped = try await LetterSigner.addDocumentTimeStamp(pdf: final, bench.request(5), timeStamp: bench.stamps)
    #expect(bench.verify(stamped).decision == .accept, "\(bench.verify(stamped).detail)")
    let more = HandMadeSignature(name: "Tay2")
    expectModified(
      try await more.added(to: final) { try await bench.cms($0, by: bench.leader) },
      "signature_after_final_certification")
    // Our own software refuses to sign such a file.
    await #expect { try await LetterSigner.sign(pdf: final, bench.request(3), with: bench.leader) } throws: { error in
      (error as? LetterSigningError)?.code == .certifiedAsFinal
    }
  }

  @Test("A signature whose dictionary stands in its field counts, and what follows is held against it")
  func inTheField() async throws {
    let letter = try await bench.signed(HandMadeSignature(isDirect: true))
    let report = bench.verify(letter)
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.signatures.map(\.level) == [.bT, .bT])
    let third = try await LetterSigner.sign(pdf: letter, bench.request(3), with: bench.agency, timeStamp: bench.stamps)
    #expect(bench.verify(third).decision == .accept, "\(bench.verify(third).detail)")
    let file = try PDFFile(PDFSource(bytes: letter))
    let form = try #require(
      try file.resolve(try file.catalog(in: file.current)["AcroForm"], in: file.current).dictionary)
    let field = try #require(form["Fields"]?.array?.last?.reference)
    func changed(_ value: PDFObject, of reference: PDFReference) throws -> [UInt8] {
      var update = try IncrementalUpdate(file)
      update.set(reference, value)
      return letter + update.appendix(identifier: [UInt8](repeating: 9, count: 16)).bytes
    }
    let written = try file.object(field, in: file.current)
    expectModified(try changed(written, of: field))
    var emptied = try #require(written.dictionary)
    emptied["V"] = nil
    expectModified(try changed(.dictionary(emptied), of: field))
    let page = try #require(try file.pages(in: file.current).first)
    var turned = try #require(try file.object(page, in: file.current).dictionary)
    turned["Rotate"] = .integer(90)
    expectModified(try changed(.dictionary(turned), of: page), "object_changed")
  }

  @Test("A signature that was replaced by a later one in its own place is noticed", arguments: [false, true])
  func replaced(isDirect: Bool) async throws {
    let letter = try await bench.signed(HandMadeSignature(isDirect: isDirect))
    let file = try PDFFile(PDFSource(bytes: letter))
    let form = try #require(
      try file.resolve(try file.catalog(in: file.current)["AcroForm"], in: file.current).dictionary)
    let field = try #require(form["Fields"]?.array?.last?.reference)
    let again = HandMadeSignature(isDirect: isDirect, replacing: field)
    expectModified(try await again.added(to: letter) { try await bench.cms($0, by: bench.agency) })
  }

  @Test("Two fields may not share one signature")
  func shared() async throws {
    let letter = SigningBench.letter()
    let file = try PDFFile(PDFSource(bytes: letter))
    func prepared(value: Int) throws -> [UInt8] {
      var update = try IncrementalUpdate(file)
      let field = update.newReference()
      let form = update.newReference()
      update.set(
        field, body: Array("<</FT /Sig /T (Cu) /V \(value) 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0]>>".utf8))
      update.set(form, body: Array("<</Fields [\(field)] /SigFlags 3>>".utf8))
      var catalog = try file.catalog(in: file.current)
      catalog["AcroForm"] = .reference(form)
      update.set(try #require(file.current.trailer["Root"]?.reference), .dictionary(catalog))
      return letter + update.appendix(identifier: [UInt8](repeating: 9, count: 16)).bytes
    }
    let report = bench.verify(
      // Object 9 is the next, the signature that is made here.
      try await HandMadeSignature().added(to: try prepared(value: 9)) { try await bench.cms($0, by: bench.agency) })
    #expect(report.decision == .reject && report.codes.contains(.modified), "\(report.detail)")
    #expect(report.detail.contains { $0.contains("share one signature") })
  }

  @Test(
    "Clocks that contradict each other by more than a time zone are noted, and so is a stamp earlier than the one before"
  )
  func order() async throws {
    func codes(claimed: TimeInterval, stamped: TimeInterval) async throws -> [LetterCode] {
      let once = try await LetterSigner.sign(
        pdf: SigningBench.letter(), bench.request(1), with: bench.leader, timeStamp: bench.stamps)
      let request = SignatureRequest(
        reason: "Ban hành văn bản", claimedTime: SigningBench.now + claimed,
        identifier: [UInt8](repeating: 2, count: 16),
        appearance: nil, capacity: 9000)
      let stamps = SigningBench.Stamps(authority: bench.stamps.authority, time: SigningBench.now + stamped)
      return bench.verify(
        try await LetterSigner.sign(pdf: once, request, with: bench.agency, timeStamp: stamps)
      ).codes
    }
    // Local time labelled as UTC is met in the field.
    #expect(try await codes(claimed: 7 * 3600, stamped: 0) == [])
    #expect(try await codes(claimed: 8 * 3600, stamped: 0) == [.timeOrder])
    #expect(try await codes(claimed: -1000, stamped: -200) == [])
    #expect(try await codes(claimed: -1000, stamped: -1000) == [.timeOrder])
    // Verified ten minutes after: a stamp from later than that is none.
    #expect(try await codes(claimed: 0, stamped: 1000) == [.timeStampInvalid])
  }
}
