import CQPDF
import Foundation
import LetterSignatures
import PDFDocument
import Testing

@Suite("Signature pictures")
struct PictureTests {
  /// A PNG of one chunk of stored (not compressed) data, which any reader inflates.
  static func png(width: Int, height: Int, colorType: UInt8, channels: Int) -> [UInt8] {
    func word(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    // Checksums are not looked at.
    func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
      word(body.count) + Array(name.utf8) + body + [0, 0, 0, 0]
    }
    var rows: [UInt8] = []
    for row in 0..<height {
      rows.append(UInt8(row % 5))
      rows += (0..<(width * channels)).map { UInt8(truncatingIfNeeded: $0 * 7 + row) }
    }
    var packed = [UInt8](repeating: 0, count: rows.count + 4096)
    var written = 0
    _ = cqpdf_deflate(rows, rows.count, &packed, packed.count, &written)
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", word(width) + word(height) + [8, colorType, 0, 0, 0]) + chunk("IDAT", Array(packed[..<written]))
      + chunk("IEND", [])
  }

  @Test("A letter with visible hand signature and seal is accepted", arguments: [(2, 3), (6, 4), (0, 1), (4, 2)])
  func visible(colorType: Int, channels: Int) async throws {
    let bench = try SigningBench.shared.get()
    let picture = Self.png(width: 12, height: 9, colorType: UInt8(colorType), channels: channels)
    let hand = SignatureAppearance(page: -1, rect: .init(x: 350, y: 120, width: 120, height: 60), picture: picture)
    let seal = SignatureAppearance(page: 2, rect: .init(x: 300, y: 100, width: 100, height: 100), picture: picture)
    let once = try await LetterSigner.sign(
      pdf: SigningBench.letter(), bench.request(1, appearance: hand), with: bench.leader, timeStamp: bench.stamps)
    let twice = try await LetterSigner.sign(
      pdf: once, bench.request(2, appearance: seal), with: bench.agency, timeStamp: bench.stamps)
    let report = bench.verify(twice)
    #expect(report.decision == .accept, "\(report.detail)")
    var pages = 0
    var warnings = 0
    #expect(cqpdf_examine(twice, twice.count, &pages, &warnings) == Int32(CQPDF_OK))
    #expect(pages == 2 && warnings == 0)
  }

  @Test("A person's picture put over the text after the agency signed is shown to a clerk; beside the text it is not")
  func covering() async throws {
    let bench = try SigningBench.shared.get()
    var policy = LetterPolicy()
    policy.requirePerson = false
    let verifier = try LetterVerifier(trust: bench.verifier.trust, policy: policy)
    let picture = Self.png(width: 4, height: 4, colorType: 2, channels: 3)
    let first = try await LetterSigner.sign(
      pdf: SigningBench.letter(), bench.request(1), with: bench.agency, timeStamp: bench.stamps)
    for (y, codes) in [(690.0, [LetterCode.signatureCoversText]), (100.0, [])] {
      let shown = SignatureAppearance(page: 1, rect: .init(x: 60, y: y, width: 100, height: 40), picture: picture)
      let letter = try await LetterSigner.sign(
        pdf: first, bench.request(2, appearance: shown), with: bench.leader, timeStamp: bench.stamps)
      #expect(verifier.verify(letter, sender: bench.sender, at: SigningBench.now).codes == codes)
    }
  }

  @Test("What is no PNG is refused")
  func noPicture() throws {
    let bench = try SigningBench.shared.get()
    let appearance = SignatureAppearance(page: 1, rect: .init(x: 0, y: 0, width: 10, height: 10), picture: [1, 2, 3])
    #expect { try LetterSigner.prepare(pdf: SigningBench.letter(), bench.request(1, appearance: appearance)) } throws: {
      ($0 as? LetterSigningError)?.code == .pictureUnusable
    }
    let nowhere = SignatureAppearance(
      page: 3, rect: .init(x: 0, y: 0, width: 10, height: 10),
      picture: Self.png(width: 4, height: 4, colorType: 2, channels: 3))
    #expect { try LetterSigner.prepare(pdf: SigningBench.letter(), bench.request(1, appearance: nowhere)) } throws: {
      ($0 as? LetterSigningError)?.code == .pageMissing
    }
  }
}
