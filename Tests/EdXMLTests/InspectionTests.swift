import EdXML
import Foundation
import SchemaFiles
import Testing
import VietnameseText

@Suite("Looking at messages")
struct InspectionTests {
  /// As much of JSON Schema as our schemas use.
  struct Checker {
    let root: [String: Any]

    func faults(_ value: Any, _ given: [String: Any], _ path: String = "$") -> [String] {
      var schema = given
      if let reference = schema["$ref"] as? String {
        let name = reference.split(separator: "/").last.map(String.init) ?? ""
        guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
          return ["\(path): no \(name)"]
        }
        schema = target
      }
      var faults: [String] = []
      if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") {
        faults.append("\(path): enum")
      }
      switch schema["type"] as? String {
      case "object":
        guard let object = value as? [String: Any] else { return ["\(path): no object"] }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        for name in schema["required"] as? [String] ?? [] where object[name] == nil {
          faults.append("\(path): lacks \(name)")
        }
        for (name, member) in object {
          guard let property = properties[name] else {
            faults.append("\(path): \(name) is not in the schema")
            continue
          }
          faults += self.faults(member, property, "\(path).\(name)")
        }
      case "array":
        guard let array = value as? [Any], let items = schema["items"] as? [String: Any] else {
          return ["\(path): no array"]
        }
        for (index, item) in array.enumerated() { faults += self.faults(item, items, "\(path)[\(index)]") }
      case "string":
        guard let text = value as? String else { return ["\(path): no text"] }
        if let pattern = schema["pattern"] as? String, text.range(of: pattern, options: .regularExpression) == nil {
          faults.append("\(path): pattern")
        }
      case "integer": if !(value is Int) { faults.append("\(path): no integer") }
      case "boolean": if !(value is Bool) { faults.append("\(path): no Boolean") }
      default: break
      }
      return faults
    }
  }

  func faults(_ received: ReceivedMessage) throws -> [String] {
    let schema = try JSONSerialization.jsonObject(with: Data(SchemaFile.edxmlInspect.bytes))
    let root = try #require(schema as? [String: Any])
    let json = try JSONEncoder().encode(MessageInspection(received))
    return Checker(root: root).faults(try JSONSerialization.jsonObject(with: json), root)
  }

  @Test func `What inspect prints keeps to its schema`() throws {
    let scratch = try Scratch()
    for kind in BusinessKind.known {
      let path = "\(scratch.path)/\(kind).edxml"
      try EdXMLWriter().write(WritingTests.document(kind), attachments: try WritingTests.attachments(scratch), to: path)
      let received = try EdXMLReader().read(file: path, storingIn: nil)
      #expect(try faults(received) == [])
      let text = MessageInspection(received).lines(.vietnamese).joined(separator: "\n")
      #expect(text.contains("Trích yếu       V/v cấp chứng thư số"))
      #expect(text.contains("Số, ký hiệu     1406/SDL-VP"))
    }
    let status = try EdXMLWriter().bytes(
      StatusMessage(
        .accepted, about: WritingTests.document(.new), from: WritingTests.authority,
        at: try #require(EdocTimestamp("2026/11/20 09:00:00"))))
    let received = try EdXMLReader().read(status, storingIn: nil)
    #expect(try faults(received) == [])
    #expect(MessageInspection(received).lines(.english).first == "Status          03 – Accepted")
    // The check itself can fail.
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(SchemaFile.edxmlInspect.bytes)) as? [String: Any])
    #expect(!Checker(root: schema).faults(["kind": "letter", "x": 1], schema).isEmpty)
  }

  @Test(.enabled(if: Samples.areThere, "samples/edxml is not at hand"))
  func `Every message from the field can be shown`() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: Samples.folder + "/edxml") {
      let received = try EdXMLReader().read(file: Samples.edxml(name), storingIn: nil)
      #expect(try faults(received) == [], "\(name)")
    }
  }

  @Test func `Text for the terminal carries nothing that steers it`() {
    #expect("a\u{1B}[2J\u{202E}b\nc\u{9B}".withoutControls == "a [2J b c ")
  }

  @Test func `A message of ours passes the strict check, one of others says why not`() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.edxml"
    try EdXMLWriter().write(WritingTests.document(.new), attachments: try WritingTests.attachments(scratch), to: path)
    let good = try MessageValidation(file: path, workingIn: try scratch.folder("w"), today: EdocDate("2026/11/22"))
    #expect(good.strict && good.acceptable)
    #expect(good.schema == [])
    let early = try MessageValidation(file: path, workingIn: try scratch.folder("v"), today: EdocDate("2026/11/01"))
    #expect(!early.strict && early.acceptable)
    var text = try String(contentsOfFile: path, encoding: .utf8)
    text = text.replacing("<edXML:SteeringType>0</edXML:SteeringType>", with: "<edXML:Steering>0</edXML:Steering>")
    let other = try MessageValidation(
      file: try scratch.file("o.edxml", Array(text.utf8)), workingIn: try scratch.folder("u"), today: nil)
    #expect(!other.strict && other.acceptable)
    #expect(other.schema?.count == 1)
  }

  /// A generator that repeats itself, so that a failure can be met again.
  struct Repeatable: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  @Test func `A damaged message is read or refused, whatever was damaged`() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.edxml"
    var attachments = try WritingTests.attachments(scratch)
    attachments.remove(at: 1)
    try EdXMLWriter().write(WritingTests.document(.replace), attachments: attachments, to: path)
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    var random = Repeatable(state: 20_261_122)
    let store = try scratch.folder("store")
    var refused = 0
    let rounds = 400
    for _ in 0..<rounds {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
        case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
        case 3: bytes.insert(contentsOf: Array("<a b='&#x110000;'>".utf8).shuffled(using: &random), at: place)
        default: bytes.removeLast(bytes.count - place)
        }
        if bytes.isEmpty { bytes = [60] }
      }
      do {
        let received = try EdXMLReader().read(bytes, storingIn: store)
        if !received.isAcceptable { refused += 1 }
        #expect(received.attachments.allSatisfy { $0.name.utf8.count <= 255 && !$0.name.contains("/") })
      } catch { refused += 1 }
      _ = try? EdXMLReader().peek(bytes)
    }
    #expect(refused > rounds / 4)
    let left = try FileManager.default.contentsOfDirectory(atPath: store)
    #expect(left.allSatisfy { $0.count == 64 })
  }
}
