/// An element of an XML document: its name as written, its attributes and what it holds.
///
/// Names are compared by local name here; the namespace is there for who needs it. Two elements are equal when they
/// say the same, wherever they stood: `line` takes no part.
public struct Element: Sendable, Codable {
  public var localName: String
  /// The prefix as written, declared or not.
  public var prefix: String?
  /// `nil` when the element is in no namespace or its prefix was never declared.
  public var namespace: String?
  /// In the order of the document, `xmlns` declarations apart.
  public var attributes: [Attribute]
  public var namespaceDeclarations: [NamespaceDeclaration]
  public var children: [Node]
  /// The line on which the start tag ends, from 1; 0 when the element comes from no document.
  public var line: Int

  public init(
    _ localName: String, prefix: String? = nil, namespace: String? = nil, attributes: [Attribute] = [],
    namespaceDeclarations: [NamespaceDeclaration] = [], children: [Node] = [], line: Int = 0
  ) {
    self.localName = localName
    self.prefix = prefix
    self.namespace = namespace
    self.attributes = attributes
    self.namespaceDeclarations = namespaceDeclarations
    self.children = children
    self.line = line
  }

  /// An element that holds nothing but `text`.
  public init(_ localName: String, prefix: String? = nil, namespace: String? = nil, text: String) {
    self.init(localName, prefix: prefix, namespace: namespace, children: text.isEmpty ? [] : [.text(text)])
  }

  /// The name as written, such as `edXML:From`.
  public var qualifiedName: String { prefix.map { "\($0):\(localName)" } ?? localName }

  /// The child elements, in order.
  public var elements: [Element] {
    children.compactMap { if case .element(let element) = $0 { element } else { nil } }
  }

  /// The child elements with that local name, whatever their prefix.
  public func elements(_ localName: String) -> [Element] { elements.filter { $0.localName == localName } }

  /// The first child element with that local name, whatever its prefix.
  public func first(_ localName: String) -> Element? {
    for case .element(let element) in children where element.localName == localName { return element }
    return nil
  }

  /// The element that is reached by taking the first child of each name in turn.
  public func first(path names: String...) -> Element? {
    var current = self
    for name in names {
      guard let next = current.first(name) else { return nil }
      current = next
    }
    return current
  }

  /// All elements below this one with that local name, in document order.
  public func descendants(_ localName: String) -> [Element] {
    var found: [Element] = []
    collect(localName, into: &found)
    return found
  }

  private func collect(_ localName: String, into found: inout [Element]) {
    for case .element(let element) in children {
      if element.localName == localName { found.append(element) }
      element.collect(localName, into: &found)
    }
  }

  /// The element's own text as it stands: all of it, also on both sides of a comment; that of child elements is not in it.
  public var text: String {
    var text = ""
    for case .text(let piece) in children { text += piece }
    return text
  }

  /// The text of the element and of everything in it, in document order.
  public var allText: String {
    var text = ""
    collectText(into: &text)
    return text
  }

  private func collectText(into text: inout String) {
    for child in children {
      switch child {
      case .text(let piece): text += piece
      case .element(let element): element.collectText(into: &text)
      case .comment, .processingInstruction: break
      }
    }
  }

  /// The value of the attribute with that local name; `namespace` narrows the search when it is given.
  public func attribute(_ localName: String, namespace: String? = nil) -> String? {
    attributes.first { $0.localName == localName && (namespace == nil || $0.namespace == namespace) }?.value
  }
}

extension Element: Hashable {
  public static func == (left: Element, right: Element) -> Bool {
    left.localName == right.localName && left.prefix == right.prefix && left.namespace == right.namespace
      && left.attributes == right.attributes && left.namespaceDeclarations == right.namespaceDeclarations
      && left.children == right.children
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(localName)
    hasher.combine(prefix)
    hasher.combine(namespace)
    hasher.combine(attributes)
    hasher.combine(children)
  }
}
