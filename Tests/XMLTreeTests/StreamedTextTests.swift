import Foundation
import Testing

@testable import XMLTree

/// Text that goes past the parser to the observer must be what the parser would have handed over.
@Suite("Streamed text")
struct StreamedTextTests {
  final class Collector: ReadingObserver {
    var text: [UInt8] = []
    var lines: [Int] = []

    func started(_ element: Element, path: [String]) throws -> Treatment {
      lines.append(element.line)
      return element.localName == "s" ? .stream : .keep
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws { text.append(contentsOf: bytes) }
  }

  /// What the observer of a push reader gets when the document comes in pieces of `size`.
  func streamed(_ document: [UInt8], size: Int) throws -> Collector {
    let collector = Collector()
    let reader = try PushReader(observer: collector)
    var rest = document[...]
    while !rest.isEmpty {
      let piece = rest.prefix(size)
      rest = rest.dropFirst(size)
      try piece.withUnsafeBytes { try reader.push($0) }
    }
    _ = try reader.finish()
    return collector
  }

  @Test func `It is the same in pieces of any size, with references, CDATA, comments and letters in it`() throws {
    let filler = String(repeating: "QUJDREVGR0g=", count: 60)
    let inner =
      filler + "&lt;&#x1EBF;" + filler + "\n" + filler + "<![CDATA[<&>]]>ế>]x]" + filler + "<!-- c -->" + filler
    let document = Array("<a><s>\n\(inner)</s>\n<b/><s>\(filler)</s><c/></a>".utf8)
    let expected = "\n" + filler + "<ế" + filler + "\n" + filler + "<&>ế>]x]" + filler + filler + filler
    for size in [1, 2, 3, 7, 31, 32, 33, 64, 299, 300, 301, 1000, 5000, document.count] {
      let seen = try streamed(document, size: size)
      #expect(String(decoding: seen.text, as: UTF8.self) == expected, "\(size)")
      // Lines are counted on.
      #expect(seen.lines == [1, 1, 4, 4, 4], "\(size)")
    }
  }

  @Test func `In an encoding that is converted, and in CDATA, it is what the parser makes of it`() throws {
    let words = String(repeating: "SGVsbG8= ", count: 4000)
    let wide = "\u{FEFF}<a><s>\(words)</s></a>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try String(decoding: streamed(wide, size: 1024).text, as: UTF8.self) == words)
    for odd in ["", "]]", "<&>]]&gt;", "ế", "]"] {
      let marked = Array("<a><s>x<![CDATA[\(words)\(odd)\(words)]]>\n<![CDATA[]]><![CDATA[y]]></s><b/></a>".utf8)
      for size in [1, 5, 1000, 1024, 100_000] {
        let seen = try streamed(marked, size: size)
        #expect(String(decoding: seen.text, as: UTF8.self) == "x\(words)\(odd)\(words)\ny", "\(odd) in \(size)")
        #expect(seen.lines == [1, 1, 2])
      }
    }
    for broken in ["<a><s><![CDATA[x", "<a><s><![CDATA[x]]", "<a><s><![CDA", "<a><s><![CDATA[\u{1}]]></s></a>"] {
      for size in [1, 100] {
        #expect(throws: XMLReadingError.self, "\(broken)") { try streamed(Array(broken.utf8), size: size) }
      }
    }
    let latin =
      Array("<?xml version='1.0' encoding='ISO-8859-1'?><a><s>\(words)".utf8) + [0xE9] + Array("</s></a>".utf8)
    #expect(try String(decoding: streamed(latin, size: 1024).text, as: UTF8.self) == words + "é")
  }

  @Test func `What is no XML inside it is still refused`() throws {
    let filler = String(repeating: "QUJDREVGR0g=", count: 4000)
    for wrong in ["\u{1}", "\u{0}", "&", "&x;", "<", "</t>", "]]>"] {
      let document = Array("<a><s>\(filler)\(wrong)\(filler)</s></a>".utf8)
      #expect(throws: XMLReadingError.self, "\(wrong)") { try streamed(document, size: 4096) }
    }
    let invalid = Array("<a><s>\(filler)".utf8) + [0xC3, 0x28] + Array("\(filler)</s></a>".utf8)
    #expect(throws: XMLReadingError.self) { try streamed(invalid, size: 4096) }
  }

  @Test func `Plain text ends where a parser would have something to say`() {
    for byte in UInt8.min...UInt8.max {
      for place in [0, 1, 31, 32, 40, 63, 70] {
        var bytes = [UInt8](repeating: UInt8(ascii: "A"), count: 71)
        bytes[place] = byte
        let isPlain =
          [0x09, 0x0A, 0x0D].contains(byte) || (0x20..<0x80).contains(byte) && !"<>&]".utf8.contains(byte)
        let (count, lines) = bytes.withUnsafeBytes { PlainText.length(of: $0) }
        #expect(count == (isPlain ? 71 : place), "\(byte) at \(place)")
        #expect(lines == (byte == 0x0A ? 1 : 0))
      }
    }
  }

  @Test func `Stray bytes after the root are passed over, another root is not`() throws {
    let lenient = DocumentReader(keepsComments: true, toleratesStrayBytes: true)
    let document = try lenient.read("<!-- a --><r>x</r><?p q?>\u{0}\u{0}rác\n")
    #expect(document.trailingBytes == 7)
    #expect(document.before == [.comment(" a ")])
    #expect(document.after == [.processingInstruction(target: "p", data: "q")])
    #expect(try lenient.read("<r/>\n \n").trailingBytes == 0)
    #expect(try lenient.read("<r/>x").trailingBytes == 1)
    for text in ["<r/><r/>", "<r/>x<r/>", "<r/>xx" + String(repeating: " ", count: 40_000) + "<r/>"] {
      #expect(throws: XMLReadingError.self, "\(text.prefix(12))") { try lenient.read(text) }
    }
    #expect(throws: XMLReadingError.self) { try DocumentReader().read("<r/>x") }
  }

  @Test func `A prolog that says UTF-16 over UTF-8 is not believed`() throws {
    let lenient = DocumentReader(toleratesStrayBytes: true)
    for name in ["utf-16", "UTF-16", "UTF-16LE", "unicode"] {
      let document = try lenient.read("<?xml version=\"1.0\" encoding=\"\(name)\"?><r>Đơn</r>")
      #expect(document.root.text == "Đơn")
      #expect(document.encoding == name)
    }
    #expect(throws: XMLReadingError.self) {
      try DocumentReader().read("<?xml version=\"1.0\" encoding=\"utf-16\"?><r>Đơn</r>")
    }
  }
}

extension DocumentReader {
  fileprivate func read(_ text: String) throws -> Document { try read(Array(text.utf8), observer: nil) }
}
