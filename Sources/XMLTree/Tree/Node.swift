/// What an element can hold.
public enum Node: Sendable, Hashable, Codable {
  case element(Element)
  case text(String)
  case comment(String)
  case processingInstruction(target: String, data: String)
}

/// An attribute with its name as written and its value after references were resolved.
public struct Attribute: Sendable, Hashable, Codable {
  public var localName: String
  public var prefix: String?
  public var namespace: String?
  public var value: String

  public init(_ localName: String, prefix: String? = nil, namespace: String? = nil, value: String) {
    self.localName = localName
    self.prefix = prefix
    self.namespace = namespace
    self.value = value
  }
}

/// `xmlns="uri"` (no prefix) or `xmlns:prefix="uri"`.
public struct NamespaceDeclaration: Sendable, Hashable, Codable {
  public var prefix: String?
  public var uri: String

  public init(prefix: String?, uri: String) {
    self.prefix = prefix
    self.uri = uri
  }
}
