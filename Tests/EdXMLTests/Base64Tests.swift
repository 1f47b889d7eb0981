import Foundation
import Testing

@testable import EdXML

@Suite("Base64")
struct Base64Tests {
  /// Decodes in pieces of `size`.
  func decoded(_ text: [UInt8], size: Int) -> (bytes: [UInt8], isPadded: Bool, isBroken: Bool, isURLSafe: Bool) {
    var decoder = Base64Decoder()
    var bytes: [UInt8] = []
    var rest = text[...]
    while !rest.isEmpty {
      let piece = rest.prefix(size)
      rest = rest.dropFirst(size)
      let output = UnsafeMutableRawPointer.allocate(byteCount: Base64Decoder.capacity(for: piece.count), alignment: 8)
      defer { output.deallocate() }
      let count = piece.withUnsafeBytes { decoder.decode($0, into: output) }
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: output, count: count))
    }
    let (last, isPadded) = decoder.finish()
    return (bytes + last, isPadded, decoder.isBroken, decoder.isURLSafe)
  }

  func encoded(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: Base64Encoder.count(for: bytes.count))
    let count = output.withUnsafeMutableBytes { output in
      bytes.withUnsafeBytes { input in
        output.baseAddress.map { Base64Encoder.encode(input, into: $0) } ?? 0
      }
    }
    #expect(count == output.count)
    return output
  }

  @Test func `Bytes of every length come back, whatever the pieces and the line ends`() {
    var random = InspectionTests.Repeatable(state: 7)
    for length in Array(0...70) + [1000, 4097] {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      let text = encoded(bytes)
      #expect(text == Array(Data(bytes).base64EncodedData()), "\(length)")
      let lines = Array(Data(bytes).base64EncodedData(options: [.lineLength64Characters, .endLineWithCarriageReturn]))
      for size in [1, 2, 3, 4, 5, 8, 63, 64, 65, 5000] {
        for form in [text, lines, Array(String(decoding: text, as: UTF8.self).map { "\($0) \t" }.joined().utf8)] {
          let result = decoded(form, size: size)
          #expect(result.bytes == bytes && result.isPadded && !result.isBroken, "\(length) in \(size)")
        }
      }
    }
  }

  @Test(arguments: [
    ("QUI", "AB", false), ("QUI=", "AB", true), ("QUI==", "AB", false), ("QQ", "A", false), ("QUJD=", "ABC", false),
    ("QUJD====", "ABC", false), (" Q U\r\nI = ", "AB", true), ("", "", true),
  ])
  func `Padding that is missing or too much is noted`(text: String, bytes: String, isPadded: Bool) {
    let result = decoded(Array(text.utf8), size: 3)
    #expect(result.bytes == Array(bytes.utf8) && result.isPadded == isPadded && !result.isBroken)
  }

  @Test(arguments: ["QUJDR", "QUJD=QUJD", "=QUJD", "QU\u{1}D", "QU*D", "QUJDQUJDQUJDQUJD?", "QUJDQUJDQUJ%QUJD", "ế"])
  func `What is no base64 is told`(text: String) {
    for size in [1, 4, 100] { #expect(decoded(Array(text.utf8), size: size).isBroken, "\(size)") }
  }

  @Test func `The alphabet for addresses is read and told`() {
    let bytes: [UInt8] = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 251) } + [0xFB, 0xFF, 0xFE]
    let text = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    let result = decoded(Array(text.utf8), size: 77)
    #expect(result.bytes == bytes && result.isURLSafe && !result.isBroken)
    #expect(!decoded(Array("QUJD".utf8), size: 4).isURLSafe)
  }
}
