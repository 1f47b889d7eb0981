public import XMLTree

/// What a known element held besides what the model keeps: it is written again at the same place.
public struct Remainder: Sendable, Hashable, Codable {
  /// Local names from the root, further elements of a name numbered: `edXML/…/MessageHeader/To[2]/OrganId`.
  public var path: String
  public var attributes: [Attribute] = []
  /// What the attributes' prefixes mean.
  public var namespaceDeclarations: [NamespaceDeclaration] = []
  /// Of a field with markup in its text: all it holds. Of a group: comments, processing instructions, loose text, and
  /// unknown elements where the model has no list for them.
  public var nodes: [Node] = []

  init(path: String, attributes: [Attribute], nodes: [Node]) {
    self.path = path
    self.nodes = nodes
    guard !attributes.isEmpty else { return }
    // Alone, an element shows which declarations its attributes need; `edXML` is not in scope everywhere.
    let alone = Element("alone", namespace: EdXMLNames.namespace, attributes: Self.renamed(attributes)).selfContained()
    self.attributes = alone.attributes
    namespaceDeclarations = alone.namespaceDeclarations
  }

  /// Our elements carry the prefix `edXML`, so attributes get another one.
  private static func renamed(_ attributes: [Attribute]) -> [Attribute] {
    var renamed = attributes
    var prefix = "x"
    while renamed.contains(where: { $0.prefix == prefix }) { prefix += "x" }
    for index in renamed.indices where renamed[index].prefix == EdXMLNames.prefix {
      renamed[index].prefix = prefix
      renamed[index].namespace = EdXMLNames.namespace
    }
    return renamed
  }

  /// The attributes as the markup writer takes them.
  var written: [(name: String, value: String)] {
    var written: [(name: String, value: String)] = []
    for declaration in namespaceDeclarations {
      written.append((declaration.prefix.map { "xmlns:\($0)" } ?? "xmlns", declaration.uri))
    }
    for attribute in attributes {
      written.append((attribute.prefix.map { "\($0):\(attribute.localName)" } ?? attribute.localName, attribute.value))
    }
    return written
  }
}

/// Collects what is left of known elements while a message is read.
final class RemainderList {
  private(set) var remainders: [Remainder] = []

  func add(_ path: String, attributes: [Attribute], nodes: [Node]) {
    if attributes.isEmpty && nodes.isEmpty { return }
    remainders.append(Remainder(path: path, attributes: attributes, nodes: nodes))
  }
}

/// Numbers elements of one name under one parent.
enum PlaceCounter {
  static func place(_ name: String, in parent: String, _ counts: inout [String: Int]) -> String {
    let count = counts[name, default: 0] + 1
    counts[name] = count
    return numbered("\(parent)/\(name)", count - 1)
  }

  /// The path of the element at `index` among those of its name; the first one carries no number.
  static func numbered(_ path: String, _ index: Int) -> String { index == 0 ? path : "\(path)[\(index + 1)]" }
}
