import Testing
import VietnameseText

@testable import ClerkPages

@Suite("The shipped templates")
struct TemplateTests {
  @Test("Every word a template asks for exists in both languages")
  func words() throws {
    let known = PageWords(.vietnamese).all
    for (name, bytes) in PageRenderer.templates {
      let text = String(decoding: bytes, as: UTF8.self)
      let asked = text.matches(of: /words\.([A-Za-z]+)/).map { String($0.1) }
      #expect(!asked.isEmpty)
      for word in asked { #expect(known[word] != nil, "\(name) asks for \(word)") }
    }
    for word in PageWords.Word.allCases {
      #expect(!word.sentence.vi.isEmpty && !word.sentence.en.isEmpty)
    }
  }

  @Test("Nothing is put into a page unescaped, and every template names the safe escaping")
  func escaping() {
    for (name, bytes) in PageRenderer.templates {
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.hasPrefix("{{% CONTENT_TYPE:SAFE_HTML}}"), "\(name)")
      #expect(!text.contains("{{{") && !text.contains("{{&"), "\(name)")
      #expect(!text.contains("<script") && !text.contains(" style="), "\(name)")
    }
  }
}
