import Foundation

/// As much of JSON Schema as our schemas use: what is wrong with a value by a schema of `Schemas/`.
struct SchemaCheck {
  let root: [String: Any]

  init(_ name: String) throws {
    let file = Lienthong.root.appendingPathComponent("Schemas/\(name)")
    root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
  }

  func faults(_ value: Any) -> [String] { faults(value, root, "$") }

  private func faults(_ value: Any, _ given: [String: Any], _ path: String) -> [String] {
    var schema = given
    if let reference = schema["$ref"] as? String {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
        return ["\(path): no \(name)"]
      }
      schema = target
    }
    if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") { return ["\(path): enum"] }
    switch (schema["type"] as? String, value) {
    case ("object", let object as [String: Any]):
      let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
      let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
      return missing.map { "\(path): lacks \($0)" }
        + object.flatMap { name, member in
          properties[name].map { faults(member, $0, "\(path).\(name)") } ?? ["\(path): \(name) is not in the schema"]
        }
    case ("array", let array as [Any]):
      let items = schema["items"] as? [String: Any] ?? [:]
      return array.enumerated().flatMap { faults($1, items, "\(path)[\($0)]") }
    case ("string", let text as String):
      guard let pattern = schema["pattern"] as? String else { return [] }
      return text.range(of: pattern, options: .regularExpression) == nil ? ["\(path): pattern"] : []
    case ("integer", is Int), ("boolean", is Bool), (nil, _): return []
    default: return ["\(path): not \(schema["type"] ?? "")"]
    }
  }
}
