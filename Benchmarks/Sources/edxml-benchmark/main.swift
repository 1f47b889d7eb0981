import CLibXML2
import COpenSSL
import EdXML
import Foundation
import SigningCore

/// Parse and extract, and write, messages of 1, 10 and 100 MB, beside what the parts cost over the same bytes in the
/// same run: reading the file, libxml2's push SAX, base64, SHA-256.

let folder = FileManager.default.temporaryDirectory.appending(path: "edxml-benchmark-\(UUID().uuidString)").path
try FileManager.default.createDirectory(atPath: folder + "/store", withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }

/// The best of several runs, in seconds.
func best(_ runs: Int, _ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var best = Double.infinity
  for _ in 0..<runs {
    let spent = try clock.measure(body)
    best = min(best, Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18)
  }
  return best
}

func readFile(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) {
  let descriptor = open(path, O_RDONLY)
  defer { close(descriptor) }
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  defer { buffer.deallocate() }
  while case let count = read(descriptor, buffer.baseAddress, buffer.count), count > 0 {
    body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }
}

func pushSAX(_ path: String) {
  guard let context = xmlCreatePushParserCtxt(nil, nil, nil, 0, nil) else { return }
  context.pointee.sax.pointee.startElementNs = { _, _, _, _, _, _, _, _, _ in }
  context.pointee.sax.pointee.endElementNs = { _, _, _, _ in }
  context.pointee.sax.pointee.characters = { _, _, _ in }
  context.pointee.sax.pointee.ignorableWhitespace = { _, _, _ in }
  readFile(path) { _ = xmlParseChunk(context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), 0) }
  _ = xmlParseChunk(context, nil, 0, 1)
  if let document = context.pointee.myDoc { xmlFreeDoc(document) }
  xmlFreeParserCtxt(context)
}

let day = EdocDate("2026/11/20")
let document = EdocDocument(
  from: Organization("H88.03.01", name: "Sở Dữ liệu"), to: [Organization("G88.21", name: "Cơ quan chứng thực")],
  documentId: "H88.03.01,2026/11/20,1/SDL-VP", code: DocumentCode(number: "1", notation: "SDL-VP"),
  promulgation: Promulgation(place: "Hòa Vân", date: day), subject: "V/v đo tốc độ")

print("message   operation        MB/s   parts MB/s   share of what the parts cost")
for megabytes in [1, 10, 100] {
  let runs = megabytes == 100 ? 5 : 15
  let content = megabytes * 1_048_576 / 4 * 3
  var bytes = [UInt8](repeating: 0, count: content)
  var state: UInt64 = 42
  for index in bytes.indices {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    bytes[index] = UInt8(truncatingIfNeeded: state >> 56)
  }
  bytes.replaceSubrange(0..<8, with: Array("%PDF-1.7".utf8))
  let source = "\(folder)/a.pdf"
  try Data(bytes).write(to: URL(filePath: source))
  let message = "\(folder)/m.edxml"
  let attachment = OutgoingAttachment(name: "a.pdf", file: source, contentId: "1")
  try EdXMLWriter().write(document, attachments: [attachment], to: message)
  let encoded = Array(Data(bytes).base64EncodedString().utf8)
  let size = Double(try FileManager.default.attributesOfItem(atPath: message)[.size] as? Int ?? 0) / 1e6

  let reading = best(runs) { readFile(message) { _ in } }
  let sax = best(runs) { pushSAX(message) } - reading
  var output = [UInt8](repeating: 0, count: content + 64)
  let decoding = best(runs) { _ = EVP_DecodeBlock(&output, encoded, Int32(encoded.count)) }
  let encoding = best(runs) {
    output.reserveCapacity(0)
    _ = Data(bytes).base64EncodedData()
  }
  let hashing = try best(runs) { _ = try Digest.of(bytes) }
  let storing = try best(runs) { try Data(bytes).write(to: URL(filePath: "\(folder)/w")) }

  let parse = try best(runs) { _ = try EdXMLReader().read(file: message, storingIn: nil) }
  let parts = reading + sax + decoding + hashing
  func line(_ name: String, _ seconds: Double, _ parts: Double) {
    let columns = [
      "\(megabytes) MB".padding(toLength: 9, withPad: " ", startingAt: 0),
      name.padding(toLength: 16, withPad: " ", startingAt: 0),
      String(format: "%6.0f", size / seconds), String(format: "%9.0f", size / parts),
      String(format: "%14.0f %%", 100 * parts / seconds),
    ]
    print(columns.joined(separator: " "))
  }
  line("parse", parse, parts)
  let extract = try best(runs) { _ = try EdXMLReader().read(file: message, storingIn: folder + "/store") }
  line("parse + extract", extract, parts + storing)
  let write = try best(runs) { try EdXMLWriter().write(document, attachments: [attachment], to: folder + "/o.edxml") }
  line("write", write, encoding + storing * size * 1e6 / Double(content))
  print(
    "          reading \(ms(reading)), push SAX \(ms(sax)), base64 \(ms(decoding)) (writing \(ms(encoding))), SHA-256 \(ms(hashing)), storing \(ms(storing))"
  )
}

func ms(_ seconds: Double) -> String { String(format: "%.1f ms", seconds * 1000) }
