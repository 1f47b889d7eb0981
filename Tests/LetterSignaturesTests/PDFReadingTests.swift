import Foundation
import LetterSignatures
import PDFDocument
import SigningCore
import Testing

@Suite("PDF reading")
struct PDFReadingTests {
  private func file(_ text: String) throws -> PDFFile { try PDFFile(PDFSource(bytes: Array(text.utf8))) }

  private func code(_ body: () throws -> Void) -> PDFError.Code? {
    do { try body() } catch { return (error as? PDFError)?.code }
    return nil
  }

  @Test("Tables and streams of cross-references are read alike")
  func kinds() throws {
    for stream in [false, true] {
      let file = try PDFFile(PDFSource(bytes: SigningBench.letter(crossReferenceStream: stream)))
      #expect(file.revisions.count == 1)
      #expect(try file.pages(in: file.current).count == 2)
    }
  }

  @Test("What is no PDF gets a clean error")
  func errors() throws {
    #expect(code { _ = try file("") } == .empty)
    #expect(code { _ = try file("hello, world, this is no PDF") } == .headerMissing)
    #expect(code { _ = try file("%PDF-1.7\nhello") } == .endMissing)
    #expect(code { _ = try file("%PDF-1.7\nstartxref\n99999\n%%EOF") } == .crossReferenceBroken)
    #expect(code { _ = try PDFFile(PDFSource(path: "/nonexistent")) } == .inaccessible)
  }

  @Test("A chain of cross-references that runs in a circle ends with an error")
  func circle() throws {
    let text =
      "%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1 /Root 1 0 R /Prev 9>>\nstartxref\n9\n%%EOF\n"
    #expect(code { _ = try file(text) } == .crossReferenceBroken)
  }

  @Test("Deep nesting ends with an error, in a trailer and in an object")
  func nesting() throws {
    let deep = String(repeating: "[", count: 200_000)
    #expect(
      code { _ = try file("%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</A \(deep)\nstartxref\n9\n%%EOF\n") }
        == .tooDeep)
  }

  @Test("An encrypted file is refused as such")
  func encrypted() throws {
    let text = String(decoding: SigningBench.letter(), as: UTF8.self).replacing(
      "/Root 1 0 R", with: "/Root 1 0 R /Encrypt 4 0 R")
    #expect(code { _ = try file(text) } == .encrypted)
  }

  @Test("A dictionary with a key twice says so, whatever the values")
  func duplicates() throws {
    #expect(PDFDictionary([("A", .integer(1)), ("A", .integer(1))]).hasDuplicateKeys)
    #expect(!PDFDictionary([("A", .integer(1)), ("B", .integer(1))]).hasDuplicateKeys)
    #expect(PDFDictionary([("A", .integer(1)), ("A", .integer(1))]) != PDFDictionary([("A", .integer(1))]))
  }

  @Test("What is written reads as the same value")
  func roundTrip() throws {
    let values: [PDFObject] = [
      .real(595.2756), .real(0.00001), .real(-841.8898), .real(1e15), .integer(-7), .text("Công văn số 5"),
      .string(PDFString(bytes: [0x28, 0x5C, 0x29])), .name("A B#c"), .array([.null, .boolean(true)]),
      .dictionary(PDFDictionary([("K", .reference(PDFReference(3)))])),
    ]
    for value in values {
      var writer = ObjectWriter()
      writer.write(value)
      let text = SigningBench.letter()
      let original = try PDFFile(PDFSource(bytes: text))
      var update = try IncrementalUpdate(original)
      let reference = update.newReference()
      update.set(reference, value)
      let again = try PDFFile(PDFSource(bytes: text + update.appendix(identifier: [1]).bytes))
      let read = try again.object(reference, in: again.current)
      if case .real(let number) = value, abs(number) > 1e9 || abs(number) < 1e-3 {
        #expect(abs((read.number ?? 0) - number) <= abs(number) * 1e-6, "\(value)")
      } else {
        #expect(read == value, "\(value)")
      }
    }
  }

  @Test("An object that claims to lie in another's place is refused")
  func wrongNumber() throws {
    let text = String(decoding: SigningBench.letter(), as: UTF8.self).replacing("4 0 obj", with: "9 0 obj")
    let file = try file(text)
    #expect(code { _ = try file.object(PDFReference(4), in: file.current) } == .objectBroken)
  }

  @Test(
    "A PDF of 100 MB is verified in pieces", .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status")))
  func large() async throws {
    let bench = try SigningBench.shared.get()
    let path = FileManager.default.temporaryDirectory.appending(path: "large-\(UUID().uuidString).pdf").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    // A letter with a stream of 100 MB, written in pieces; only its cross-reference matters to the reader.
    let head =
      "%PDF-1.7\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type /Pages /Kids [] /Count 0>>\nendobj\n"
    let size = 100 << 20
    let stream = "3 0 obj\n<</Length \(size)>>\nstream\n"
    try Data((head + stream).utf8).write(to: URL(filePath: path))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    let piece = Data(repeating: 0x20, count: 1 << 20)
    for _ in 0..<100 { try handle.write(contentsOf: piece) }
    let start = head.utf8.count + stream.utf8.count + size + "\nendstream\nendobj\n".utf8.count
    func entry(_ text: String) -> String {
      let offset = String(
        head.utf8.distance(from: head.startIndex, to: head.range(of: text)?.lowerBound ?? head.startIndex))
      return String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
    }
    let third = String(head.utf8.count)
    let table =
      "xref\n0 4\n0000000000 65535 f \n" + entry("1 0 obj") + entry("2 0 obj")
      + String(repeating: "0", count: 10 - third.count) + third + " 00000 n \n"
    try handle.write(
      contentsOf: Data(
        ("\nendstream\nendobj\n" + table + "trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n").utf8))
    try handle.close()
    let report = bench.verifier.verify(path: path, at: SigningBench.now)
    #expect(report.codes == [.unsigned], "\(report.detail)")
  }
}
