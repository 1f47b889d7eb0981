import VietnameseText
import XMLTree

/// Takes the children of one element by local name, in any order, and knows what was not taken.
struct FieldReader {
  let element: Element
  let path: String
  let findings: FindingList
  private var taken: Set<Int> = []
  private let children: [Element]

  init(_ element: Element, _ path: String, _ findings: FindingList) {
    self.element = element
    self.path = path
    self.findings = findings
    children = element.elements
  }

  var line: Int { element.line }

  func note(_ code: FindingCode, _ name: String, line: Int? = nil, about subject: String = "") {
    findings.note(code, name.isEmpty ? path : "\(path)/\(name)", line ?? element.line, about: subject)
  }

  /// The one child of that name; further ones are noted and left over.
  mutating func child(_ name: String) -> Element? {
    var found: Element?
    for (index, child) in children.enumerated() where child.localName == name {
      if found == nil {
        found = child
        taken.insert(index)
      } else if !child.isBlank {
        note(.duplicateElement, name, line: child.line)
      } else {
        taken.insert(index)
      }
    }
    return found
  }

  mutating func children(_ name: String) -> [Element] {
    var found: [Element] = []
    for (index, child) in children.enumerated() where child.localName == name {
      taken.insert(index)
      found.append(child)
    }
    return found
  }

  /// A reader of the one child of that name; `nil` when it is missing or says nothing.
  mutating func fields(_ name: String) -> FieldReader? {
    guard let child = child(name) else { return nil }
    if child.isBlank {
      keepIfMarked(child)
      return nil
    }
    return FieldReader(child, "\(path)/\(name)", findings)
  }

  /// The text of the one child of that name, in NFC, without white space around it; `nil` when empty.
  mutating func text(_ name: String) -> String? {
    guard let child = child(name) else { return nil }
    guard let text = child.fieldText else {
      keepIfMarked(child)
      return nil
    }
    return text
  }

  mutating func texts(_ name: String) -> [String] {
    children(name).compactMap(\.fieldText)
  }

  mutating func integer(_ name: String) -> Int? {
    guard let child = child(name), let text = child.fieldText else { return nil }
    if let number = Int(text) { return number }
    note(.unreadableNumber, name, line: child.line, about: text)
    putBack(name)
    return nil
  }

  /// `0`/`1` or `false`/`true`.
  mutating func flag(_ name: String) -> Bool? {
    guard let child = child(name), let text = child.fieldText else { return nil }
    switch text.lowercased() {
    case "1", "true": return true
    case "0", "false": return false
    default:
      note(.unreadableNumber, name, line: child.line, about: text)
      putBack(name)
      return nil
    }
  }

  mutating func date(_ name: String) -> EdocDate? {
    guard let child = child(name), let text = child.fieldText else { return nil }
    guard let (date, form) = EdocDate.parse(text) else {
      note(.unreadableDate, name, line: child.line, about: text)
      putBack(name)
      return nil
    }
    switch form {
    case .standard: break
    case .dashes: note(.dateWithDashes, name, line: child.line, about: text)
    case .dayFirst: note(.dateDayFirst, name, line: child.line, about: text)
    case .withTime: note(.dateWithTime, name, line: child.line, about: text)
    }
    return date
  }

  mutating func timestamp(_ name: String) -> EdocTimestamp? {
    guard let child = child(name), let text = child.fieldText else { return nil }
    guard let timestamp = EdocTimestamp(text) else {
      note(.unreadableDate, name, line: child.line, about: text)
      putBack(name)
      return nil
    }
    if text.contains("-"), text.prefix(10).contains("-") { note(.dateWithDashes, name, line: child.line, about: text) }
    return timestamp
  }

  mutating func code<Code: OpenCode>(_ name: String) -> Code? {
    guard let child = child(name), let text = child.fieldText else { return nil }
    let code = Code(code: text)
    if !code.isKnown { note(.unknownCode, name, line: child.line, about: text) }
    return code
  }

  /// An empty element is not written, so one with attributes is kept whole.
  private mutating func keepIfMarked(_ child: Element) {
    // The frame of a message is always written.
    if ["edXMLBody", "edXMLManifest"].contains(child.localName) { return }
    if !child.attributes.isEmpty { putBack(child.localName) }
  }

  /// What could not be read goes to the unknown elements, so that it is written again as it came.
  private mutating func putBack(_ name: String) {
    if let index = children.firstIndex(where: { $0.localName == name }) { taken.remove(index) }
  }

  /// What was not taken, each able to stand by itself in what is written.
  func unknown() -> [Element] {
    var left: [Element] = []
    for (index, child) in children.enumerated() where !taken.contains(index) {
      if child.isBlank && child.attributes.isEmpty { continue }
      note(.unknownElement, child.localName, line: child.line)
      left.append(child.selfContained())
    }
    return left
  }
}

extension Element {
  /// The text as a field: NFC, without white space around it; `nil` when there is none.
  var fieldText: String? {
    let text = allText.nfc.trimmingBlanks
    return text.isEmpty ? nil : text
  }

  /// Whether nothing in it says anything.
  var isBlank: Bool {
    children.allSatisfy { child in
      switch child {
      case .text(let text): text.allSatisfy(\.isWhitespace)
      case .element(let element): element.isBlank && element.attributes.isEmpty
      case .comment, .processingInstruction: true
      }
    }
  }
}
