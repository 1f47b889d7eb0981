import Foundation
import VietnameseText
import Yams

/// Walks a YAML mapping, takes what it knows, and collects a problem with its line for all that is wrong.
final class ConfigurationReader {
  private(set) var problems: [ConfigurationError.Problem] = []
  let folder: String

  init(folder: String) { self.folder = folder }

  /// One mapping of the file while it is read; keys that nobody took are reported at `finish`.
  struct Section {
    let node: Node.Mapping?
    let path: String
    let line: Int?
    var taken: Set<String> = []
  }

  func report(_ line: Int?, vi: String, en: String) {
    problems.append(.init(line: line, text: ClerkSentence(vi: vi, en: en)))
  }

  func root(_ node: Node) -> Section {
    guard case .mapping(let mapping) = node else {
      report(
        node.mark?.line, vi: "tệp cấu hình phải là một bảng khóa: giá trị",
        en: "the file must be a mapping of keys to values")
      return Section(node: nil, path: "", line: node.mark?.line)
    }
    return Section(node: mapping, path: "", line: mapping.mark?.line ?? 1)
  }

  /// The mapping under `key`; a missing one is a problem only if `required`.
  func section(_ key: String, in parent: inout Section, required: Bool = true) -> Section? {
    guard let node = take(key, in: &parent, required: required) else { return nil }
    guard case .mapping(let mapping) = node else {
      wrongKind(key, in: parent, node: node, vi: "một nhóm khóa", en: "a group of keys")
      return nil
    }
    return Section(node: mapping, path: parent.path + key + ".", line: node.mark?.line)
  }

  func string(_ key: String, in section: inout Section, required: Bool = true) -> String? {
    guard let node = take(key, in: &section, required: required) else { return nil }
    guard case .scalar(let scalar) = node, !scalar.string.trimmingCharacters(in: .whitespaces).isEmpty else {
      wrongKind(key, in: section, node: node, vi: "một chuỗi ký tự", en: "a text")
      return nil
    }
    return scalar.string.nfc
  }

  /// A path, made absolute from the folder of the file.
  func path(_ key: String, in section: inout Section, required: Bool = true) -> String? {
    string(key, in: &section, required: required).map { path in
      path.hasPrefix("/") ? path : URL(fileURLWithPath: folder).appendingPathComponent(path).standardized.path
    }
  }

  func seconds(_ key: String, in section: inout Section, default fallback: Double, range: ClosedRange<Double>) -> Double
  {
    guard let node = take(key, in: &section, required: false) else { return fallback }
    guard let value = node.float, range.contains(value) else {
      let bounds = "\(range.lowerBound)–\(range.upperBound)"
      wrongKind(key, in: section, node: node, vi: "một số trong khoảng \(bounds)", en: "a number within \(bounds)")
      return fallback
    }
    return value
  }

  func flag(_ key: String, in section: inout Section, default fallback: Bool) -> Bool {
    guard let node = take(key, in: &section, required: false) else { return fallback }
    guard let value = node.bool else {
      wrongKind(key, in: section, node: node, vi: "true hoặc false", en: "true or false")
      return fallback
    }
    return value
  }

  func strings(_ key: String, in section: inout Section) -> [String] {
    guard let node = take(key, in: &section, required: false) else { return [] }
    if case .scalar(let scalar) = node { return [scalar.string.nfc] }
    guard case .sequence(let sequence) = node else {
      wrongKind(key, in: section, node: node, vi: "một danh sách", en: "a list")
      return []
    }
    return sequence.compactMap { item in
      if case .scalar(let scalar) = item { return scalar.string.nfc }
      wrongKind(key, in: section, node: item, vi: "một danh sách các chuỗi", en: "a list of texts")
      return nil
    }
  }

  /// The keys of a mapping whose keys are data (e.g. dossier types).
  func keys(of section: Section) -> [String] { section.node?.keys.compactMap(\.string) ?? [] }

  /// Line of `key`'s value, for problems found later.
  func line(of key: String, in section: Section) -> Int? {
    Self.value(of: key, in: section)?.mark?.line ?? section.line
  }

  /// Reports every key that nobody asked for: a misspelt key must not be silently without effect.
  func finish(_ section: Section) {
    for (key, _) in section.node ?? [:] {
      guard let name = key.string, !section.taken.contains(name) else { continue }
      report(
        key.mark?.line, vi: "không có khóa “\(section.path)\(name)”; xem Deploy/lienthong.example.yaml",
        en: "unknown key “\(section.path)\(name)”; see Deploy/lienthong.example.yaml")
    }
  }

  /// Looked up by its text: Yams' own look-up tells a quoted "06" from a plain one.
  private static func value(of key: String, in section: Section) -> Node? {
    section.node?.first { $0.key.string == key }?.value
  }

  private func take(_ key: String, in section: inout Section, required: Bool) -> Node? {
    section.taken.insert(key)
    if let node = Self.value(of: key, in: section) {
      if case .scalar(let scalar) = node, scalar.string.isEmpty, !required { return nil }
      return node
    }
    if required, section.node != nil {
      report(
        section.line, vi: "thiếu khóa “\(section.path)\(key)”", en: "missing key “\(section.path)\(key)”")
    }
    return nil
  }

  private func wrongKind(_ key: String, in section: Section, node: Node, vi: String, en: String) {
    report(
      node.mark?.line, vi: "“\(section.path)\(key)” phải là \(vi)", en: "“\(section.path)\(key)” must be \(en)")
  }
}
