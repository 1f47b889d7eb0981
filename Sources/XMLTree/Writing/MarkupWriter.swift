#if canImport(Glibc)
  import Glibc
#endif

/// Where markup goes: a file, a buffer, a digest.
public protocol MarkupOutput: AnyObject {
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// Markup in memory.
public final class MarkupBuffer: MarkupOutput {
  public private(set) var bytes: [UInt8] = []
  public init() {}
  public func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}

/// Writes XML 1.0 in UTF-8, one start tag, text or end tag after the other.
///
/// Text that XML cannot carry (control characters) is refused, not dropped.
public final class MarkupWriter {
  private let output: any MarkupOutput
  private var open: [(name: String, hasElements: Bool)] = []
  private let indentation: Int?
  private var isTagOpen = false
  /// Above zero inside an element whose text must not change.
  private var exactDepth = 0
  private var buffer: [UInt8] = []

  /// - Parameter indentation: blanks per level, or `nil` for everything on one line. Only elements that hold elements
  ///   are laid out on lines of their own, so text stays exact.
  public init(to output: any MarkupOutput, indentation: Int? = nil) {
    self.output = output
    self.indentation = indentation
  }

  /// `<?xml version="1.0" encoding="UTF-8"?>`
  public func declaration() throws {
    emit("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
  }

  /// Opens an element; attributes, `xmlns` among them, in the order given.
  public func start(_ name: String, _ attributes: [(name: String, value: String)] = []) throws {
    closeTag()
    if !open.isEmpty { open[open.count - 1].hasElements = true }
    newLine(depth: open.count, isFirst: open.isEmpty)
    emit("<")
    emit(try Self.checkedName(name))
    for attribute in attributes {
      emit(" ")
      emit(try Self.checkedName(attribute.name))
      emit("=\"")
      try escape(attribute.value, inAttribute: true)
      emit("\"")
    }
    isTagOpen = true
    open.append((name, false))
    try flushIfFull()
  }

  public func text(_ text: String) throws {
    if text.isEmpty { return }
    closeTag()
    try escape(text, inAttribute: false)
    try flushIfFull()
  }

  /// Bytes that need no escaping, such as base64.
  public func raw(_ bytes: UnsafeRawBufferPointer) throws {
    if bytes.isEmpty { return }
    closeTag()
    try flush()
    try output.write(bytes)
  }

  public func end() throws {
    guard let element = open.popLast() else { return }
    if isTagOpen {
      emit("/>")
      isTagOpen = false
    } else {
      if element.hasElements { newLine(depth: open.count, isFirst: false) }
      emit("</")
      emit(element.name)
      emit(">")
    }
    if open.isEmpty {
      if indentation != nil { emit("\n") }
      try flush()
    } else {
      try flushIfFull()
    }
  }

  /// `<name>text</name>`
  public func element(_ name: String, text: String) throws {
    try start(name)
    try self.text(text)
    try end()
  }

  /// A whole element as it is; elements with text among their children are written without added white space.
  ///
  /// - Parameter exactly: whether the white space in it stays as it is, too.
  public func element(_ element: Element, exactly: Bool = false) throws {
    let declarations = element.namespaceDeclarations.map { declaration in
      (name: declaration.prefix.map { "xmlns:\($0)" } ?? "xmlns", value: declaration.uri)
    }
    let attributes = element.attributes.map { attribute in
      (name: attribute.prefix.map { "\($0):\(attribute.localName)" } ?? attribute.localName, value: attribute.value)
    }
    try start(element.qualifiedName, declarations + attributes)
    let isExact = exactly || (!element.text.allSatisfy(\.isWhitespace) && !element.elements.isEmpty)
    if isExact { exactDepth += 1 }
    for child in element.children {
      let isLayout = indentation != nil && exactDepth == 0 && !element.elements.isEmpty
      if case .text = child, isLayout { continue }
      try content(child)
    }
    try end()
    if isExact { exactDepth -= 1 }
  }

  /// Ends the innermost element after these nodes, with no white space between them but their own.
  public func end(with nodes: [Node]) throws {
    exactDepth += 1
    for node in nodes { try content(node) }
    try end()
    exactDepth -= 1
  }

  /// A node on a line of its own.
  public func node(_ node: Node) throws {
    if case .element(let element) = node { return try self.element(element, exactly: true) }
    closeTag()
    if !open.isEmpty { open[open.count - 1].hasElements = true }
    newLine(depth: open.count, isFirst: open.isEmpty)
    try content(node)
    if open.isEmpty { emit("\n") }
  }

  private func content(_ node: Node) throws {
    switch node {
    case .element(let element): try self.element(element)
    case .text(let text): try self.text(text)
    case .comment(let text):
      guard !text.contains("--"), !text.hasSuffix("-") else { throw Self.unwritable("comment with --") }
      closeTag()
      emit("<!--")
      try escape(text, inAttribute: false, resolving: false)
      emit("-->")
    case .processingInstruction(let target, let data):
      guard !data.contains("?>") else { throw Self.unwritable("processing instruction") }
      closeTag()
      emit("<?\(try Self.checkedName(target))\(data.isEmpty ? "" : " ")")
      try escape(data, inAttribute: false, resolving: false)
      emit("?>")
    }
  }

  /// Hands over all that is still held back; ``end()`` of the root does it too.
  public func flush() throws {
    closeTag()
    guard !buffer.isEmpty else { return }
    try buffer.withUnsafeBytes { try output.write($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func flushIfFull() throws {
    guard buffer.count >= 32 << 10 else { return }
    try buffer.withUnsafeBytes { try output.write($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func closeTag() {
    guard isTagOpen else { return }
    isTagOpen = false
    emit(">")
  }

  private func newLine(depth: Int, isFirst: Bool) {
    guard let indentation, !isFirst, exactDepth == 0 else { return }
    emit("\n")
    buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * indentation))
  }

  private func emit(_ text: String) { buffer.append(contentsOf: text.utf8) }

  private func escape(_ text: String, inAttribute: Bool, resolving: Bool = true) throws {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26 where resolving: emit("&amp;")
      case 0x3C where resolving: emit("&lt;")
      case 0x3E where resolving: emit("&gt;")
      case 0x22 where inAttribute: emit("&quot;")
      case 0x0D where resolving: emit("&#13;")
      case 0x09 where inAttribute: emit("&#9;")
      case 0x0A where inAttribute: emit("&#10;")
      case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...:
        buffer.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      default: throw Self.unwritable("character U+\(String(scalar.value, radix: 16))")
      }
    }
  }

  private static func checkedName(_ name: String) throws -> String {
    let isPlain =
      !name.isEmpty
      && name.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || ".-_:".unicodeScalars.contains(scalar)
          || scalar.value > 0x7F
      } && !("0123456789.-".contains(name.first ?? "0"))
    guard isPlain else { throw unwritable("name") }
    return name
  }

  private static func unwritable(_ what: String) -> XMLReadingError {
    XMLReadingError(code: .unwritableText, detail: "cannot be written as XML: \(what)")
  }
}

extension Element {
  /// The element as a document of its own.
  public func serialized(declaration: Bool = true, indentation: Int? = nil) throws -> [UInt8] {
    let buffer = MarkupBuffer()
    let writer = MarkupWriter(to: buffer, indentation: indentation)
    if declaration { try writer.declaration() }
    try writer.element(self)
    try writer.flush()
    return buffer.bytes
  }
}
