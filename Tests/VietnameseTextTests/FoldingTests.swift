import Testing
import VietnameseText

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
}
