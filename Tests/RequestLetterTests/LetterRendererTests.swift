import DossierModel
import Foundation
import LimitedProcess
import RequestLetter
import Testing
import TextLayout

@Suite struct LetterRendererTests {
  private func text(_ pdf: Data, _ options: [String] = ["-layout"]) async throws -> String {
    let data = try await ChildProcess(
      program: "/usr/bin/pdftotext", arguments: options + [ChildProcess.inputPath, "-"], input: pdf
    ).run()
    return String(decoding: data, as: UTF8.self)
  }

  @Test("The same dossier gives the same bytes")
  func sameBytes() throws {
    let dossier = SampleDossiers.persons(30)
    let first = try LetterRenderer().render(dossier, created: SampleDossiers.created)
    let second = try LetterRenderer().render(dossier, created: SampleDossiers.created)
    #expect(first.pdf == second.pdf)
    let later = try LetterRenderer().render(dossier, created: SampleDossiers.created.addingTimeInterval(60))
    #expect(first.pdf != later.pdf)
  }

  @Test("The letter's text can be copied as NFC and has the parts of the form")
  func copied() async throws {
    let letter = try LetterRenderer().render(SampleDossiers.persons(2), created: SampleDossiers.created)
    let text = try await text(letter.pdf)
    // Compared by scalars: String's own comparison takes both forms as equal.
    #expect(Array(text.unicodeScalars) == Array(text.precomposedStringWithCanonicalMapping.unicodeScalars))
    for part in [
      "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Mẫu số 01", "Kính gửi:", "Nơi nhận:",
      "02 cá nhân",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test("A long list lies on landscape pages with the head on each")
  func annex() async throws {
    let letter = try LetterRenderer().render(SampleDossiers.persons(60), created: SampleDossiers.created)
    let text = try await text(letter.pdf)
    let pages = text.split(separator: "\u{c}", omittingEmptySubsequences: true)
    #expect(letter.pages > 3)
    for page in pages.dropFirst() where page.contains(where: \.isLetter) { #expect(page.contains("Họ và tên")) }
  }

  @Test("Places for signature and seal lie on the page, the seal over the left third of the signature")
  func places() throws {
    let letter = try LetterRenderer().render(SampleDossiers.persons(2), created: SampleDossiers.created)
    let picture = letter.signaturePicture
    let seal = letter.seal
    #expect(picture.left > 0 && picture.right < 595 && picture.bottom > 0 && picture.top < 842)
    #expect(seal.left > 0 && seal.bottom > 0 && seal.page == picture.page)
    let covered = seal.right - picture.left
    #expect(abs(covered - (picture.right - picture.left) / 3) < 1)
  }

  @Test("Number and date that are not given are left blank, and their places told")
  func blank() async throws {
    var dossier = SampleDossiers.persons(1)
    dossier.letter.number = nil
    dossier.letter.date = nil
    let letter = try LetterRenderer().render(dossier, created: SampleDossiers.created)
    #expect(letter.numberPlace.right - letter.numberPlace.left > 15)
    #expect(letter.datePlace.top > letter.datePlace.bottom)
    let content = try await LetterReader().read(letter.pdf)
    #expect(content.head.number == nil && content.head.date == nil)
    #expect(content.head.notation == dossier.letter.notation)
  }

  @Test("What cannot be printed is refused, not left out")
  func refused() throws {
    var dossier = SampleDossiers.persons(1)
    dossier.rows[0].fullName = "Nguyễn 漢字"
    #expect(throws: RequestLetterError.self) { try LetterRenderer().render(dossier, created: SampleDossiers.created) }
    dossier.rows = []
    let error = #expect(throws: RequestLetterError.self) {
      try LetterRenderer().render(dossier, created: SampleDossiers.created)
    }
    #expect(error?.code == .nothingRequested)
  }

  @Test("A missing font file is an error that names it")
  func missingFont() {
    let faces = FontFaces(family: "Liberation Serif", files: ["/nowhere/font.ttf"])
    let error = #expect(throws: TextLayoutError.self) {
      _ = try PageWriter(
        DocumentMetadata(title: "a", author: "b", creator: "c", created: SampleDossiers.created),
        geometry: .portraitA4(top: 20, bottom: 20, left: 30, right: 15), faces: faces)
    }
    #expect(error?.code == .fontMissing)
    #expect(error?.detail == "/nowhere/font.ttf")
  }
}
