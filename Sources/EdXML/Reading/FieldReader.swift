import VietnameseText
import XMLTree

/// Takes the children of one element by local name, in any order, and knows what was not taken.
struct FieldReader {
  let element: Element
  /// For findings.
  let path: String
  let findings: FindingList
  /// Where what is left over belongs, as the writer counts.
  private let place: String
  private let remainders: RemainderList
  /// Indices of children that the model keeps.
  private var taken: Set<Int> = []

  /// - Parameter place: the path under which remainders are kept; `path` by default.
  init(
    _ element: Element, _ path: String, place: String? = nil, _ findings: FindingList, _ remainders: RemainderList
  ) {
    self.element = element
    self.path = path
    self.findings = findings
    self.place = place ?? path
    self.remainders = remainders
  }

  var line: Int { element.line }

  func note(_ code: FindingCode, _ name: String, line: Int? = nil, about subject: String = "") {
    findings.note(code, name.isEmpty ? path : "\(path)/\(name)", line ?? element.line, about: subject)
  }

  /// The one child of that name that says something; further ones are noted and left over.
  private mutating func take(_ name: String) -> (child: Element, index: Int)? {
    var found: (child: Element, index: Int)?
    for index in element.children.indices {
      guard case .element(let child) = element.children[index], EdXMLNames.isCalled(child.localName, name) else {
        continue
      }
      if child.isBlank {
        if child.isBare { taken.insert(index) }
      } else if found == nil {
        found = (child, index)
        taken.insert(index)
      } else {
        note(.duplicateElement, name, line: child.line)
      }
    }
    return found
  }

  /// A child that is taken whole; `nil` when it is missing or says nothing.
  mutating func child(_ name: String) -> Element? { take(name)?.child }

  /// All children of that name, taken whole.
  mutating func children(_ name: String) -> [Element] {
    var found: [Element] = []
    for index in element.children.indices {
      guard case .element(let child) = element.children[index], child.localName == name else { continue }
      taken.insert(index)
      found.append(child)
    }
    return found
  }

  /// A reader of the one child of that name; `nil` when it is missing or says nothing.
  mutating func group(_ name: String) -> FieldReader? { take(name).map { reader($0.child, "/\(name)") } }

  /// A reader of the first child of that name, even when that says nothing: it is always written.
  mutating func frame(_ name: String) -> FieldReader? {
    for index in element.children.indices {
      guard case .element(let child) = element.children[index], child.localName == name else { continue }
      taken.insert(index)
      return reader(child, "/\(name)")
    }
    return nil
  }

  /// Readers of all children of that name that say something.
  mutating func groups(_ name: String, atMost limit: Int = .max) -> [FieldReader] {
    var readers: [FieldReader] = []
    for index in element.children.indices {
      guard case .element(let child) = element.children[index], child.localName == name else { continue }
      if child.isBlank {
        if child.isBare { taken.insert(index) }
        continue
      }
      taken.insert(index)
      if readers.count < limit {
        readers.append(reader(child, readers.isEmpty ? "/\(name)" : "/\(name)[\(readers.count + 1)]"))
      }
    }
    return readers
  }

  private func reader(_ child: Element, _ step: String) -> FieldReader {
    FieldReader(child, path + step, place: place + step, findings, remainders)
  }

  // MARK: Fields

  /// The text of the one child of that name, in NFC, without white space around it; `nil` when empty.
  mutating func text(_ name: String) -> String? { field(name, "/\(name)") { child, _ in child.fieldText } }

  /// The texts of all children of that name that have one.
  mutating func texts(_ name: String) -> [String] {
    groups(name).compactMap { group in
      guard let text = group.element.fieldText else { return nil }
      group.keepField()
      return text
    }
  }

  mutating func integer(_ name: String) -> Int? {
    field(name, "/\(name)", unreadable: .unreadableNumber) { _, text in Int(text) }
  }

  /// `0`/`1` or `false`/`true`.
  mutating func flag(_ name: String) -> Bool? {
    field(name, "/\(name)", unreadable: .unreadableNumber) { _, text in
      switch text.lowercased() {
      case "1", "true": true
      case "0", "false": false
      default: nil
      }
    }
  }

  mutating func date(_ name: String) -> EdocDate? {
    var noted: FindingCode?
    var shown = ""
    let date = field(name, "/\(name)", unreadable: .unreadableDate) { _, text in
      guard let (date, form) = EdocDate.parse(text) else { return EdocDate?.none }
      shown = text
      switch form {
      case .standard: break
      case .dashes: noted = .dateWithDashes
      case .dayFirst: noted = .dateDayFirst
      case .withTime: noted = .dateWithTime
      }
      return date
    }
    if let noted { note(noted, name, about: shown) }
    return date
  }

  mutating func timestamp(_ name: String) -> EdocTimestamp? {
    var hasDashes = false
    var shown = ""
    let timestamp = field(name, "/\(name)", unreadable: .unreadableDate) { _, text in
      hasDashes = text.prefix(10).contains("-")
      shown = text
      return EdocTimestamp(text)
    }
    if timestamp != nil, hasDashes { note(.dateWithDashes, name, about: shown) }
    return timestamp
  }

  mutating func code<Code: OpenCode>(_ name: String) -> Code? {
    let code: Code? = field(name, "/\(name)") { _, text in Code(code: text) }
    if let code, !code.isKnown { note(.unknownCode, name, about: code.code) }
    return code
  }

  /// Number and notation in one text, however they are written.
  mutating func joinedCode(_ name: String) -> String? { field(name, "/\(name)") { child, _ in child.joinedCode } }

  /// One field; what `read` cannot make anything of goes to the unknown elements, to be written again as it came.
  private mutating func field<Value>(
    _ name: String, _ step: String, unreadable code: FindingCode? = nil, _ read: (Element, String) -> Value?
  ) -> Value? {
    guard let (child, index) = take(name) else { return nil }
    guard let text = child.fieldText, let value = read(child, text) else {
      if let code, let text = child.fieldText { note(code, name, line: child.line, about: text) }
      taken.remove(index)
      return nil
    }
    reader(child, step).keepField()
    return value
  }

  /// Keeps what a field holds besides its text.
  private func keepField() {
    let hasMarkup = element.children.contains { if case .text = $0 { false } else { true } }
    if hasMarkup {
      let first = element.children.lazy.compactMap { if case .text(let text) = $0 { text } else { nil } }.first
      // Readers that take the first piece of text only would read something else.
      if first?.nfc.trimmingBlanks != element.fieldText { note(.markupInField, "") }
    }
    // One by one, since the element itself is written with another prefix.
    let nodes = element.children.map { node in
      if case .element(let child) = node { Node.element(child.selfContained()) } else { node }
    }
    remainders.add(place, attributes: element.attributes, nodes: hasMarkup ? nodes : [])
  }

  // MARK: What is left

  /// Ends the group: its attributes, comments and loose text are kept at their place.
  ///
  /// - Parameter known: an attribute that the writer makes itself.
  /// - Returns: the elements that were not taken, each able to stand by itself in what is written.
  func unknown(omitting known: (Attribute) -> Bool = { _ in false }, textIsRead: Bool = false) -> [Element] {
    let (elements, nodes) = left(textIsRead: textIsRead)
    remainders.add(place, attributes: element.attributes.filter { !known($0) }, nodes: nodes)
    return elements
  }

  /// Ends a group that has no list of unknown elements: they are kept with the rest.
  func end(omitting known: (Attribute) -> Bool = { _ in false }, textIsRead: Bool = false) {
    let (elements, nodes) = left(textIsRead: textIsRead)
    remainders.add(
      place, attributes: element.attributes.filter { !known($0) }, nodes: elements.map { .element($0) } + nodes)
  }

  private func left(textIsRead: Bool) -> (elements: [Element], nodes: [Node]) {
    var elements: [Element] = []
    var nodes: [Node] = []
    for (index, node) in element.children.enumerated() {
      switch node {
      case .element(let child):
        if taken.contains(index) || child.isBare { continue }
        note(.unknownElement, child.localName, line: child.line)
        elements.append(child.selfContained())
      case .text(let text):
        let loose = text.trimmingBlanks
        if textIsRead || loose.isEmpty { continue }
        note(.looseText, "")
        // Written on a line of its own, so pieces that follow each other are one.
        if case .text(let before) = nodes.last {
          nodes[nodes.count - 1] = .text(before + "\n" + loose)
        } else {
          nodes.append(.text(loose))
        }
      case .comment, .processingInstruction: nodes.append(node)
      }
    }
    return (elements, nodes)
  }
}

extension Element {
  /// The text as a field: NFC, without white space around it; `nil` when there is none.
  var fieldText: String? {
    let text = allText.nfc.trimmingBlanks
    return text.isEmpty ? nil : text
  }

  /// Whether nothing in it says anything to a reader.
  var isBlank: Bool {
    children.allSatisfy { child in
      switch child {
      case .text(let text): text.allSatisfy(\.isWhitespace)
      case .element(let element): element.isBlank && element.attributes.isEmpty
      case .comment, .processingInstruction: true
      }
    }
  }

  /// Whether there is nothing in it or on it at all.
  var isBare: Bool {
    attributes.isEmpty
      && children.allSatisfy { child in
        switch child {
        case .text(let text): text.allSatisfy(\.isWhitespace)
        case .element(let element): element.isBare
        case .comment, .processingInstruction: false
        }
      }
  }

  /// `7816/VPCP-TTĐT`, also when number and notation stand in elements of their own.
  var joinedCode: String? {
    if let number = first("CodeNumber")?.fieldText {
      return DocumentCode(number: number, notation: first("CodeNotation")?.fieldText ?? "").joined
    }
    return fieldText
  }
}
