import Testing

@testable import VietnameseText

@Suite("Vietnamese text")
struct FoldingTests {
  @Test("Search finds a word with and without marks, đ included")
  func folding() {
    #expect("Đường  Trần Hưng Đạo".folded == "duong tran hung dao")
    #expect(" đề nghị\u{A0}cấp ".folded == "de nghi cap")
    #expect("d\u{110}".folded == "dd")
  }

  @Test("The two placements of a tone mark compare alike, other marks do not")
  func tonePlacement() {
    #expect("khoá".toneFolded == "khóa".toneFolded)
    #expect("Thuỷ Hoà".toneFolded == "thủy hòa".toneFolded)
    #expect("má".toneFolded != "mà".toneFolded)
    #expect("đa".toneFolded != "da".toneFolded)
  }

  @Test("Decomposed text becomes NFC in a clerk's sentence")
  func sentence() {
    let sentence = ClerkSentence(vi: "Thu\u{31B}", en: "Letter")
    #expect(sentence.vi.unicodeScalars.count == 3)
    #expect(sentence[.english] == "Letter")
  }

  @Test("texts fold the same way by the table of letters and by Unicode's own")
  func tableAgrees() {
    let pieces = [0x00...0x24F, 0x2B0...0x3FF, 0x1E00...0x1EFF, 0x2000...0x206F, 0xFB00...0xFB06].joined()
      .compactMap { Unicode.Scalar(UInt32($0)).map(String.init) }
    for (index, piece) in pieces.enumerated() {
      for text in [piece, "Ấ\(piece) x", " \(piece)\u{302}\u{301}", piece + pieces[(index * 7 + 3) % pieces.count]] {
        #expect(text.folded == text.foldedByUnicode, "\(text.unicodeScalars.map(\.value))")
      }
    }
  }
}
