import EdXML
import Foundation
import Testing

/// In a process of its own, so that no other test's memory is measured.
@Suite("Flat memory")
struct FlatMemoryTests {
  /// The highest resident size so far, in kilobytes.
  static func peak() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return .max }
    return line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first ?? .max
  }

  @Test func `A message with an attachment of 200 MB is written and read within 48 MB`() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      let source = "\(scratch.path)/big.pdf"
      _ = FileManager.default.createFile(atPath: source, contents: nil)
      let handle = try #require(FileHandle(forWritingAtPath: source))
      var block = Data("%PDF-1.7\n".utf8)
      var state: UInt64 = 1
      while block.count < 1 << 20 {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        block.append(UInt8(truncatingIfNeeded: state >> 40))
      }
      for _ in 0..<200 { try handle.write(contentsOf: block) }
      try handle.close()
      let store = try scratch.folder("store")
      let message = "\(scratch.path)/m.edxml"

      let before = FlatMemoryTests.peak()
      try EdXMLWriter().write(
        WritingTests.document(.new),
        attachments: [OutgoingAttachment(name: "big.pdf", file: source, contentId: "1")], to: message)
      let received = try EdXMLReader().read(file: message, storingIn: store)
      let after = FlatMemoryTests.peak()

      #expect(received.attachments.map(\.bytes) == [200 << 20])
      let file = try #require(received.attachments.first?.file)
      #expect(FileManager.default.contentsEqual(atPath: file, andPath: source))
      #expect(after - before <= 48 << 10, "\(after - before) kB more than at the start")
    }
  }
}
