/// What was read: the root element and what had to be tolerated on the way.
public struct Document: Sendable {
  public var root: Element
  /// The encoding that the prolog declares, as written.
  public var encoding: String?
  /// How many bytes stood before the prolog and were skipped; a byte order mark does not count.
  public var strayBytes: Int
  /// How many bytes without markup stood after the root element and were not read.
  public var trailingBytes = 0
  /// Comments and processing instructions before and after the root element, when they are kept.
  public var before: [Node] = []
  public var after: [Node] = []
  /// What is wrong and was tolerated; at most 100 are kept.
  public var diagnostics: [Diagnostic]

  public init(root: Element, encoding: String? = nil, strayBytes: Int = 0, diagnostics: [Diagnostic] = []) {
    self.root = root
    self.encoding = encoding
    self.strayBytes = strayBytes
    self.diagnostics = diagnostics
  }
}

/// Something in a document that is wrong and was tolerated.
public struct Diagnostic: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    /// A prefix is used that no declaration in scope binds (Namespaces in XML 1.0, section 5).
    case undeclaredPrefix
    /// Another breach of Namespaces in XML.
    case namespaceProblem
    /// Anything else that the parser could get over.
    case other
  }

  public var kind: Kind
  /// The prefix or name it is about, empty when there is none.
  public var name: String
  public var line: Int

  public init(kind: Kind, name: String, line: Int) {
    self.kind = kind
    self.name = name
    self.line = line
  }
}
