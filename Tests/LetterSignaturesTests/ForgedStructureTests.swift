import Foundation
import LetterSignatures
import PDFDocument
import SigningCore
import Testing

/// Signed letters to which something is added or in which the signature's own places are changed, byte by byte, as
/// forgers do it. None may pass, whatever is said against it.
@Suite("Forged structure")
struct ForgedStructureTests {
  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  private func refuse(_ letter: [UInt8], _ line: SourceLocation = #_sourceLocation) {
    let report = bench.verify(letter)
    #expect(report.decision == .reject || report.decision == .unreadable, "\(report.codes)", sourceLocation: line)
  }

  /// An update written by hand.
  private struct Update {
    var objects: [(number: Int, generation: Int, body: String)] = []
    /// Lines of the table in place of those that fit ``objects``.
    var table: ((_ offsets: [Int], _ length: Int) -> String)?
    /// In place of the offset of the section before.
    var previous: String?
    var extra = ""
    var size: Int?
    var hasEnd = true
    var start: Int?

    func appended(to letter: [UInt8]) throws -> [UInt8] {
      let file = try PDFFile(PDFSource(bytes: letter))
      let trailer = file.current.trailer
      let root = try #require(trailer["Root"]?.reference)
      var bytes = letter
      var offsets: [Int] = []
      for object in objects {
        offsets.append(bytes.count)
        bytes += Array("\(object.number) \(object.generation) obj\n\(object.body)\nendobj\n".utf8)
      }
      let section = bytes.count
      let lines =
        table?(offsets, letter.count)
        ?? zip(objects, offsets).sorted { $0.0.number < $1.0.number }.map { object, offset in
          "\(object.number) 1\n\(Self.entry(offset, object.generation))"
        }.joined()
      let size = size ?? max(trailer["Size"]?.integer ?? 0, (objects.map(\.number).max() ?? 0) + 1)
      bytes += Array(
        "xref\n\(lines)trailer\n<</Size \(size) /Root \(root) \(previous ?? "/Prev \(file.current.startxref)")\(extra)>>\nstartxref\n\(start ?? section)\n\(hasEnd ? "%%EOF\n" : "")"
          .utf8)
      return bytes
    }

    static func entry(_ offset: Int, _ generation: Int = 0) -> String {
      let digits = String(offset)
      return String(repeating: "0", count: max(0, 10 - digits.count)) + digits + " 0000\(generation) n \n"
    }
  }

  /// The content stream of page 1 is object 5.
  private static let forged = (5, 0, "<</Length 5>>\nstream\nBT ET\nendstream")

  @Test(
    "A page's content given anew is refused, however the new section is written",
    arguments: [
      "plain", "generation", "free", "twice", "beyond", "elsewhere", "no previous", "previous itself", "previous zero",
      "previous as reference", "two previous", "no end", "start astray", "smaller size", "encrypted", "hybrid astray",
    ])
  func newContent(kind: String) async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    var update = Update(objects: [Self.forged])
    switch kind {
    case "generation": update.objects[0].generation = 1
    case "free":
      update.objects = []
      update.table = { _, _ in "5 1\n0000000000 00001 f \n" }
    case "twice": update.table = { offsets, _ in "5 1\n\(Update.entry(offsets[0]))5 1\n\(Update.entry(offsets[0]))" }
    case "beyond": update.table = { _, length in "5 1\n\(Update.entry(length + 9_000))" }
    case "elsewhere": update.table = { _, _ in "5 1\n\(Update.entry(9))" }
    case "no previous": update.previous = ""
    case "previous itself":
      let length = letter.count + 5 + 8 + Self.forged.2.utf8.count + 8
      update.previous = "/Prev \(length)"
    case "previous zero": update.previous = "/Prev 0"
    case "previous as reference": update.previous = "/Prev 5 0 R"
    case "two previous": update.extra = " /Prev 0"
    case "no end": update.hasEnd = false
    case "start astray": update.start = 12
    case "smaller size": update.size = 3
    case "encrypted": update.extra = " /Encrypt 5 0 R"
    case "hybrid astray": update.extra = " /XRefStm 9"
    default: break
    }
    refuse(try update.appended(to: letter))
  }

  @Test("Objects without a section, before or after the end, are refused")
  func noSection() async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    let object = "5 0 obj\n\(Self.forged.2)\nendobj\n"
    for tail in [
      object, object + "%%EOF\n", object + "trailer\n<</Root 1 0 R>>\n%%EOF\n", "%%EOF\n", "\0\0\0\0", "   ",
    ] {
      refuse(letter + Array(tail.utf8))
    }
    for head in ["\n", "junk\n", "\u{FEFF}"] { refuse(Array(head.utf8) + letter) }
    refuse(letter + letter)
    refuse(SigningBench.letter() + letter)
    refuse(letter + SigningBench.letter())
  }

  @Test(
    "A cross-reference stream that puts a page into an object stream is refused, as is one hidden in a hybrid section")
  func packedPage() async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    let file = try PDFFile(PDFSource(bytes: letter))
    let size = try #require(file.current.trailer["Size"]?.integer)
    let root = try #require(file.current.trailer["Root"]?.reference)
    let packed = "3 0 <</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>"
    var bytes = letter
    let container = bytes.count
    bytes += Array(
      "\(size) 0 obj\n<</Type /ObjStm /N 1 /First 4 /Length \(packed.utf8.count)>>\nstream\n\(packed)\nendstream\nendobj\n"
        .utf8)
    let section = bytes.count
    func four(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * (3 - $0))) } }
    let entries = [2] + four(size) + [0] + [1] + four(container) + [0] + [1] + four(section) + [0]
    bytes += Array(
      "\(size + 1) 0 obj\n<</Type /XRef /Size \(size + 2) /W [1 4 1] /Index [3 1 \(size) 2] /Root \(root) /Prev \(file.current.startxref) /Length \(entries.count)>>\nstream\n"
        .utf8)
    bytes += entries + Array("\nendstream\nendobj\n".utf8)
    refuse(bytes + Array("startxref\n\(section)\n%%EOF\n".utf8))
    let table = bytes.count
    refuse(
      bytes
        + Array(
          "xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size \(size + 2) /Root \(root) /Prev \(file.current.startxref) /XRefStm \(section)>>\nstartxref\n\(table)\n%%EOF\n"
            .utf8))
  }

  @Test("Two hundred updates with something useless in each, after a dozen signatures, are refused without long work")
  func manyRevisions() async throws {
    var letter = SigningBench.letter()
    for identifier in 1...12 {
      letter = try await LetterSigner.sign(
        pdf: letter, bench.request(UInt8(identifier)), with: bench.agency, timeStamp: nil)
    }
    for number in 0..<200 {
      letter = try Update(objects: [(500 + number, 0, "<</A \(number)>>")]).appended(to: letter)
    }
    func seconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
    let begin = seconds()
    let report = bench.verify(letter)
    #expect(report.codes.contains(.modified))
    // Ten times what it takes, of the processor's time: without a bound it would be minutes.
    #expect(seconds() - begin < 20)
  }

  // MARK: In the signature's own places

  /// The letter with the text after `key` of its last signature replaced by one not longer.
  private func edited(_ letter: [UInt8], _ key: String, until end: Character, _ text: String) throws -> [UInt8] {
    let place = try #require(Data(letter).range(of: Data(key.utf8), options: .backwards))
    let stop = try #require(letter[place.upperBound...].firstIndex(of: end.asciiValue ?? 0))
    let length = stop + 1 - place.lowerBound
    var new = Array(text.utf8)
    try #require(new.count <= length)
    new += [UInt8](repeating: 0x20, count: length - new.count)
    return Array(letter[..<place.lowerBound]) + new + Array(letter[(stop + 1)...])
  }

  @Test(
    "A byte range of another shape is refused",
    arguments: [
      "/ByteRange null", "/ByteRange []", "/ByteRange [0 -1 5 9]", "/ByteRange [0 9 20]", "/ByteRange [0 1 2 3 4]",
      "/ByteRange [0 0 0 0]", "/ByteRange [0 9 5 9]", "/ByteRange [0 99999999 999 9]", "/ByteRange (0 1 2 3)",
      "/ByteRange 5 0 R", "/ByteRange [0. 9 20 9]", "/Byterange [0 1 2 3]",
    ])
  func byteRanges(text: String) async throws {
    refuse(try edited(try await bench.signedTwice(SigningBench.letter()), "/ByteRange [", until: "]", text))
  }

  @Test("The place of the signature takes digits only, and one signature only")
  func contents() async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    let mark = try #require(Data(letter).range(of: Data("/Contents <".utf8), options: .backwards))
    let start = mark.upperBound - 1
    let end = try #require(letter[start...].firstIndex(of: UInt8(ascii: ">"))) + 1
    func gap(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
      var gap = Array(letter[start..<end])
      let count = gap.count
      change(&gap)
      gap += [UInt8](repeating: 0x20, count: max(0, count - gap.count))
      return Array(letter[..<start]) + gap.prefix(count) + Array(letter[end...])
    }
    refuse(gap { $0 = Array("null".utf8) })
    refuse(gap { $0 = Array("<>".utf8) })
    refuse(gap { $0 = [UInt8(ascii: "<")] + [UInt8](repeating: 0x30, count: $0.count - 2) + [UInt8(ascii: ">")] })
    refuse(gap { $0[$0.count - 3] = 0x20 })
    refuse(gap { $0.replaceSubrange(($0.count - 3)..<($0.count - 1), with: [0x20, 0x20]) })
    refuse(gap { $0.replaceSubrange(($0.count - 12)..<($0.count - 1), with: Array("%%%%%%%%%%\n".utf8)) })
    refuse(
      gap {
        $0[0] = UInt8(ascii: "(")
        $0[$0.count - 1] = UInt8(ascii: ")")
      })
    refuse(
      gap {
        $0[1] = UInt8(ascii: "<")
        $0[$0.count - 2] = UInt8(ascii: ">")
      })
    // Digits may be of either case.
    let upper = gap { $0 = $0.map { (0x61...0x66).contains($0) ? $0 - 32 : $0 } }
    #expect(bench.verify(upper).decision == .accept)
    #expect(bench.verify(gap { $0[$0.count - 2] = UInt8(ascii: "7") }).codes == [.contentsPadding])
  }

  @Test(
    "The kinds of signature that are bound to SHA-1 are refused as weak", arguments: ["x509.rsa_sha1", "pkcs7.sha1"])
  func kindsOfOld(kind: String) async throws {
    let letter = String(decoding: try await bench.signedTwice(SigningBench.letter()), as: UTF8.self)
    let old = "ETSI.CAdES.detached"
    let new = "adbe.\(kind)"
    let changed = letter.replacing(old, with: new + String(repeating: " ", count: old.count - new.count))
    let report = bench.verify(Array(changed.utf8))
    #expect(report.decision == .reject)
    #expect(Set(report.codes).isSuperset(of: [.signatureInvalid, .weakCryptography]), "\(report.codes)")
  }
}
