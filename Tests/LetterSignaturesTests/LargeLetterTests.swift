import Foundation
import LetterSignatures
import SigningCore
import Testing

@Suite("Large letter", .serialized)
struct LargeLetterTests {
  /// A line of /proc/self/status in bytes.
  private func memory(_ key: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(key) })
    return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) * 1024
  }

  @Test("Verifying a letter of 100 MB takes at most 64 MB of memory more than before")
  func memoryOfVerifying() async throws {
    let bench = try SigningBench.shared.get()
    let path = FileManager.default.temporaryDirectory.appending(path: "large-\(UUID().uuidString).pdf").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await write(to: path, bench)
    // Writing 5 sets the high-water mark back to what is in use now (proc(5)).
    try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    let before = try memory("VmRSS:")
    let report = bench.verifier.verify(path: path, at: SigningBench.now.addingTimeInterval(600))
    let grown = try memory("VmHWM:") - before
    #expect(report.codes == [.personSignatureMissing], "\(report.detail)")
    #expect(report.integrity == .intact)
    #expect(grown <= 64 << 20, "\(grown >> 20) MB")
  }

  /// A letter whose second page draws a picture of 100 MB, signed by the agency.
  private func write(to path: String, _ bench: SigningBench) async throws {
    let text = String(decoding: SigningBench.letter(), as: UTF8.self)
    let end = try #require(text.range(of: "xref\n")?.lowerBound)
    var letter = Array(text[..<end].utf8)
    let picture = letter.count
    let length = 100_000_000
    letter += Array("7 0 obj\n<</Length \(length)>>\nstream\n".utf8)
    letter += [UInt8](repeating: 0x55, count: length)
    letter += Array("\nendstream\nendobj\n".utf8)
    var table = String(decoding: SigningBench.rebuilt(text).suffix(from: text[..<end].utf8.count), as: UTF8.self)
    let digits = String(picture)
    table = table.replacing("0 7\n", with: "0 8\n").replacing("/Size 7", with: "/Size 8")
      .replacing("trailer", with: String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \ntrailer")
    let start = try #require(table.range(of: "startxref\n")?.lowerBound)
    letter += Array("\(table[..<start])startxref\n\(letter.count)\n%%EOF\n".utf8)
    let signed = try await LetterSigner.sign(
      pdf: letter, bench.request(1), with: bench.agency, timeStamp: bench.stamps)
    try Data(signed).write(to: URL(filePath: path))
  }
}
