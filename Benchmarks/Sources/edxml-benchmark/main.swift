import EdXML
import Foundation
import SigningCore

/// Parse, parse and extract, and write messages of 1, 10 and 100 MB, beside what the parts cost over the same bytes in
/// the same run: reading the file, libxml2's push SAX, base64, SHA-256, and storing with the same calls of fsync.

let folder = FileManager.default.temporaryDirectory.appending(path: "edxml-benchmark-\(UUID().uuidString)").path
try FileManager.default.createDirectory(atPath: folder + "/store", withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }

let day = EdocDate("2026/11/20")
let document = EdocDocument(
  from: Organization("H88.03.01", name: "Sở Dữ liệu"), to: [Organization("G88.21", name: "Cơ quan chứng thực")],
  documentId: "H88.03.01,2026/11/20,1/SDL-VP", code: DocumentCode(number: "1", notation: "SDL-VP"),
  promulgation: Promulgation(place: "Hòa Vân", date: day), subject: "V/v đo tốc độ")

func column(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(1, width - text.count)) + text
}

print("                                   by the processor                    by the clock")
print("message  operation           MB/s   parts MB/s  share        MB/s   parts MB/s  share")
for megabytes in [1, 10, 100] {
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
  let whole = [UInt8](try Data(contentsOf: URL(filePath: message)))
  let encoded = Array(Data(bytes).base64EncodedString().utf8)
  var output = [UInt8](repeating: 0, count: 96 << 10)

  var meter = Meter()
  for _ in 0..<(megabytes == 100 ? 7 : 25) {
    meter.measure("reading") { Parts.read(message) { _ in } }
    meter.measure("reading and SAX") { Parts.pushSAX(message) }
    meter.measure("base64") { Parts.decode(encoded, into: &output) }
    try meter.measure("SHA-256") { _ = try Digest.of(bytes) }
    try meter.measure("parse") { _ = try EdXMLReader().read(file: message, storingIn: nil) }
    meter.measure("storing") { Parts.store(bytes, in: folder, durably: true) }
    try meter.measure("parse + extract") { _ = try EdXMLReader().read(file: message, storingIn: folder + "/store") }
    meter.measure("reading the file") { Parts.read(source) { _ in } }
    meter.measure("writing base64") { Parts.encode(bytes, into: &output) }
    meter.measure("storing the message") { Parts.store(whole, in: folder, durably: true) }
    try meter.measure("write") {
      try EdXMLWriter().write(document, attachments: [attachment], to: folder + "/o.edxml")
    }
  }

  let size = Double(whole.count) / 1e6
  func line(_ name: String, _ parts: Meter.Spent) {
    let spent = meter[name]
    func columns(_ time: Double, _ parts: Double) -> String {
      column(String(format: "%.0f", size / time), 7) + column(String(format: "%.0f", size / parts), 12)
        + column(String(format: "%.0f %%", 100 * parts / time), 8)
    }
    print(
      "\(megabytes) MB".padding(toLength: 9, withPad: " ", startingAt: 0)
        + name.padding(toLength: 16, withPad: " ", startingAt: 0)
        + columns(spent.processor, parts.processor) + "     " + columns(spent.wall, parts.wall))
  }
  let parts = meter["reading and SAX"] + meter["base64"] + meter["SHA-256"]
  line("parse", parts)
  line("parse + extract", parts + meter["storing"])
  line("write", meter["reading the file"] + meter["writing base64"] + meter["storing the message"])
  let shown = ["reading", "reading and SAX", "base64", "SHA-256", "storing", "writing base64", "storing the message"]
  let costs = shown.map { name in
    "\(name) \(String(format: "%.1f/%.1f", meter[name].processor * 1000, meter[name].wall * 1000))"
  }
  print("         ms by processor/clock: " + costs.joined(separator: ", "))
}
