import CQPDF
import Foundation
import LetterSignatures
import PDFDocument
import SigningCore
import Testing

@Suite("Letter signer")
struct LetterSignerTests {
  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  @Test("A letter signed by the leader and then by the agency is accepted", arguments: [false, true])
  func twice(crossReferenceStream: Bool) async throws {
    let letter = SigningBench.letter(crossReferenceStream: crossReferenceStream)
    let signed = try await bench.signedTwice(letter)
    #expect(signed.starts(with: letter))
    let report = bench.verify(signed)
    #expect(report.decision == .accept, "\(report.codes) \(report.detail)")
    #expect(report.integrity == .intact)
    #expect(report.indication == .totalPassed)
    #expect(report.signatures.map(\.signerKind) == [.person, .organisation])
    #expect(report.signatures.map(\.level) == [.bT, .bT])
    #expect(report.signatures[0].changesAfter.reason == "permitted-updates-only")
  }

  @Test("A letter with a hybrid cross-reference is signed and accepted, and its hidden object is seen")
  func hybrid() async throws {
    let letter = SigningBench.hybridLetter()
    let file = try PDFFile(PDFSource(bytes: letter))
    #expect(try file.object(PDFReference(4), in: file.current).dictionary?["Type"]?.name == "Font")
    let report = bench.verify(try await bench.signedTwice(letter))
    #expect(report.decision == .accept, "\(report.detail)")
  }

  @Test("An empty field is filled where one is asked for, and a signed one is not signed again")
  func fields() async throws {
    let letter = SigningBench.letter()
    let file = try PDFFile(PDFSource(bytes: letter))
    var update = try IncrementalUpdate(file)
    let field = update.newReference()
    update.set(
      field,
      .dictionary(
        PDFDictionary([
          ("Type", .name("Annot")), ("Subtype", .name("Widget")), ("FT", .name("Sig")), ("T", .text("Cơ quan")),
          ("Rect", .array([0, 0, 0, 0].map { .integer($0) })), ("P", .reference(PDFReference(3))),
        ])))
    var catalog = try file.catalog(in: file.current)
    // The form lies in the catalog itself here.
    catalog["AcroForm"] = .dictionary(PDFDictionary([("Fields", .array([.reference(field)]))]))
    update.set(PDFReference(1), .dictionary(catalog))
    let prepared = letter + update.appendix(identifier: [UInt8](repeating: 8, count: 16)).bytes
    let once = try await LetterSigner.sign(
      pdf: prepared, bench.request(1), with: bench.leader, timeStamp: bench.stamps)
    var request = bench.request(2)
    request.field = "Cơ quan"
    let twice = try await LetterSigner.sign(pdf: once, request, with: bench.agency, timeStamp: bench.stamps)
    let report = bench.verify(twice)
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.signatures.map(\.field) == ["Signature1", "Cơ quan"])
    #expect { try LetterSigner.prepare(pdf: twice, request) } throws: {
      ($0 as? LetterSigningError)?.code == .fieldTaken
    }
  }

  @Test("qpdf reads what was signed without a complaint, with all pages")
  func qpdf() async throws {
    for crossReferenceStream in [false, true] {
      let signed = try await bench.signedTwice(SigningBench.letter(crossReferenceStream: crossReferenceStream))
      var pages = 0
      var warnings = 0
      #expect(cqpdf_examine(signed, signed.count, &pages, &warnings) == Int32(CQPDF_OK))
      #expect(pages == 2)
      #expect(warnings == 0)
    }
  }

  @Test("pdfsig finds both signatures valid, the last over the whole document")
  func pdfsig() async throws {
    let signed = try await bench.signedTwice(SigningBench.letter())
    let output = try run("/usr/bin/pdfsig", ["-nocert", try save(signed, "letter.pdf")])
    #expect(output.components(separatedBy: "Signature is Valid").count == 3, "\(output)")
    #expect(output.contains("Total document signed"), "\(output)")
  }

  @Test("openssl cms -verify finds the CMS right over the byte ranges")
  func openssl() async throws {
    let signed = try await bench.signedTwice(SigningBench.letter())
    let file = try PDFFile(PDFSource(bytes: signed))
    let dictionaries = file.numbersWritten(after: file.revisions[0]).compactMap { number in
      file.reference(to: number, in: file.current).flatMap { try? file.object($0, in: file.current).dictionary }
    }.filter { $0["Type"]?.name == "Sig" }
    #expect(dictionaries.count == 2)
    for dictionary in dictionaries {
      let numbers = dictionary["ByteRange"]?.array?.compactMap { $0.integer }
      let range = try #require(numbers)
      let contents = try #require(dictionary["Contents"]?.string?.bytes)
      let cms = Array(contents.prefix(try CMSSignature(der: contents).byteCount))
      let content = Array(signed[..<range[1]] + signed[range[2]..<(range[2] + range[3])])
      let output = try run(
        "/usr/bin/openssl",
        [
          "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", try save(cms, "s.p7s"), "-content",
          try save(content, "content"), "-CAfile", try save(Array(bench.pki.root.certificate.pem.utf8), "root.pem"),
          "-certfile", try save(Array(bench.pki.issuing.certificate.pem.utf8), "ca.pem"), "-purpose", "any",
          "-attime", "\(Int(SigningBench.now.timeIntervalSince1970))", "-out", "/dev/null",
        ])
      #expect(output.contains("successful"), "\(output)")
    }
  }

  @Test("A prepared signature survives being stored, and takes its signature afterwards")
  func stored() async throws {
    let letter = SigningBench.letter()
    let prepared = try LetterSigner.prepare(pdf: letter, bench.request(1))
    let stored = try JSONEncoder().encode(prepared)
    let again = try JSONDecoder().decode(PreparedSignature.self, from: stored)
    #expect(again == prepared)
    let cms = try await CMSDraft.sign(messageDigest: Array(again.digest), with: bench.agency)
    let signed = try LetterSigner.complete(again, pdf: letter, cms: cms)
    #expect(bench.verify(signed).codes.contains(.noTimeStamp))
    #expect(bench.verify(signed).integrity == .intact)
  }

  @Test("A signature over another letter, or a letter that changed meanwhile, is refused")
  func mixedUp() async throws {
    let letter = SigningBench.letter()
    let prepared = try LetterSigner.prepare(pdf: letter, bench.request(1))
    let other = try LetterSigner.prepare(pdf: letter, bench.request(2))
    let cms = try await CMSDraft.sign(messageDigest: Array(other.digest), with: bench.agency)
    #expect { try LetterSigner.complete(prepared, pdf: letter, cms: cms) } throws: {
      ($0 as? LetterSigningError)?.code == .signatureDoesNotFit
    }
    var changed = letter
    changed[200] ^= 1
    let right = try await CMSDraft.sign(messageDigest: Array(prepared.digest), with: bench.agency)
    #expect { try LetterSigner.complete(prepared, pdf: changed, cms: right) } throws: {
      ($0 as? LetterSigningError)?.code == .letterChanged
    }
  }

  @Test("The same inputs give the same bytes to sign")
  func deterministic() throws {
    let letter = SigningBench.letter()
    #expect(
      try LetterSigner.prepare(pdf: letter, bench.request(1)) == LetterSigner.prepare(pdf: letter, bench.request(1)))
  }

  @Test("One changed byte after signing is never accepted")
  func flipped() async throws {
    var signed = try await bench.signedTwice(SigningBench.letter())
    let at = try #require(Data(signed).range(of: Data("Cong van".utf8))?.lowerBound)
    signed[at] ^= 1
    let report = bench.verify(signed)
    #expect(report.decision == .reject)
    #expect(report.codes.contains(.modified))
  }

  // MARK: Outside witnesses

  private func save(_ bytes: [UInt8], _ name: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "letter-signer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    return file.path
  }

  private func run(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}
