import CLibXML2

/// A document held whole, so that parts of it can be put into canonical form (XML signatures).
///
/// It is never changed after reading: moving a node could swap prefixes and so change the canonical form. Not Sendable;
/// use it where it was made.
public final class CanonicalDocument {
  /// An element of one document: its place in document order.
  public struct Place: Sendable, Hashable {
    let index: Int
  }

  private let document: xmlDocPtr
  private var nodes: [xmlNodePtr] = []
  private var places: [xmlNodePtr: Int] = [:]
  /// All identifiers with the elements that carry them.
  private lazy var identifiers: [String: [Place]] = collectIdentifiers()

  /// An upper bound for the steps that one canonical form takes: libxml2 looks every namespace in scope up anew at each
  /// element, sorts attributes by insertion, and what is left out is found by climbing to the root.
  public private(set) var steps = 0

  /// - Throws: ``XMLReadingError``. The reader of this module looks at the bytes first, so a DOCTYPE, a flood or a bomb
  ///   never reaches the tree.
  public init(_ bytes: [UInt8], limits: ReadingLimits) throws(XMLReadingError) {
    do { _ = try DocumentReader(limits: limits).read(bytes, observer: Inspector()) } catch { throw .from(error) }
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue | XML_PARSE_HUGE.rawValue | XML_PARSE_NOERROR.rawValue
      | XML_PARSE_NOWARNING.rawValue
    let tree = bytes.withUnsafeBytes { raw in
      xmlReadMemory(
        raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), nil, nil,
        Int32(bitPattern: options))
    }
    guard let tree else { throw XMLReadingError(code: .notWellFormed, detail: "libxml2 could not build the tree") }
    document = tree
    var current = xmlDocGetRootElement(tree)
    let root = current
    // Depth and namespaces in scope at each element, by its number.
    var scopes: [(depth: Int, namespaces: Int)] = []
    while let node = current {
      let parent = node.pointee.parent.flatMap { places[$0] }.map { scopes[$0] } ?? (depth: 0, namespaces: 0)
      if node.pointee.type == XML_ELEMENT_NODE {
        places[node] = nodes.count
        nodes.append(node)
        let scope = (depth: parent.depth + 1, namespaces: parent.namespaces + Self.count(node.pointee.nsDef))
        scopes.append(scope)
        let attributes = Self.count(node.pointee.properties)
        steps += (scope.depth + scope.namespaces) * (scope.namespaces + attributes + 1) + attributes * attributes
      } else {
        steps += parent.depth + 1
      }
      current = Self.following(node, below: root)
    }
  }

  private static func count(_ first: xmlNsPtr?) -> Int {
    var count = 0
    var next = first
    while let pointer = next {
      count += 1
      next = pointer.pointee.next
    }
    return count
  }

  private static func count(_ first: xmlAttrPtr?) -> Int {
    var count = 0
    var next = first
    while let pointer = next {
      count += 1
      next = pointer.pointee.next
    }
    return count
  }

  deinit { xmlFreeDoc(document) }

  /// The next node in document order.
  private static func following(_ node: xmlNodePtr, below root: xmlNodePtr?) -> xmlNodePtr? {
    if node.pointee.type == XML_ELEMENT_NODE, let child = node.pointee.children { return child }
    var current: xmlNodePtr? = node
    while let node = current, node != root {
      if let next = node.pointee.next { return next }
      current = node.pointee.parent
    }
    return nil
  }

  public var root: Place { Place(index: 0) }

  /// All elements in document order.
  public var elements: [Place] { nodes.indices.map { Place(index: $0) } }

  public func localName(_ place: Place) -> String { String(cString: nodes[place.index].pointee.name) }

  public func namespace(_ place: Place) -> String? {
    nodes[place.index].pointee.ns.flatMap { $0.pointee.href }.map { String(cString: $0) }
  }

  public func parent(_ place: Place) -> Place? {
    nodes[place.index].pointee.parent.flatMap { places[$0] }.map { Place(index: $0) }
  }

  public func children(_ place: Place) -> [Place] {
    var children: [Place] = []
    var child = nodes[place.index].pointee.children
    while let node = child {
      if let index = places[node] { children.append(Place(index: index)) }
      child = node.pointee.next
    }
    return children
  }

  public func isInside(_ place: Place, _ ancestor: Place) -> Bool {
    var current: Place? = place
    while let here = current {
      if here == ancestor { return true }
      current = parent(here)
    }
    return false
  }

  /// The text of the element and everything in it.
  public func text(_ place: Place) -> String {
    guard let content = xmlNodeGetContent(nodes[place.index]) else { return "" }
    defer { clibxml2_free(content) }
    return String(cString: content)
  }

  /// The value of an attribute in no namespace.
  public func attribute(_ name: String, of place: Place) -> String? {
    guard let value = xmlGetNoNsProp(nodes[place.index], name) else { return nil }
    defer { clibxml2_free(value) }
    return String(cString: value)
  }

  /// The namespace that a prefix stands for at an element.
  public func namespace(ofPrefix prefix: String, at place: Place) -> String? {
    xmlSearchNs(document, nodes[place.index], prefix).flatMap { $0.pointee.href }.map { String(cString: $0) }
  }

  /// All elements that carry that identifier in an attribute `Id`, `ID`, `id` or `xml:id`.
  public func identified(by identifier: String) -> [Place] { identifiers[identifier] ?? [] }

  private func collectIdentifiers() -> [String: [Place]] {
    var identifiers: [String: [Place]] = [:]
    for place in elements {
      var own: Set<String> = []
      var attribute = nodes[place.index].pointee.properties
      while let pointer = attribute {
        let name = String(cString: pointer.pointee.name)
        let uri = pointer.pointee.ns.flatMap { $0.pointee.href }.map { String(cString: $0) }
        let isIdentifier =
          uri == nil
          ? ["Id", "ID", "id"].contains(name) : name == "id" && uri == "http://www.w3.org/XML/1998/namespace"
        if isIdentifier, let value = xmlNodeListGetString(document, pointer.pointee.children, 1) {
          own.insert(String(cString: value))
          clibxml2_free(value)
        }
        attribute = pointer.pointee.next
      }
      for identifier in own { identifiers[identifier, default: []].append(place) }
    }
    return identifiers
  }

  /// Whether a comment stands in the middle of text: readers that take the first piece only would be misled.
  public var hasCommentInsideText: Bool {
    var current = nodes.first
    let root = current
    while let node = current {
      if node.pointee.type == XML_COMMENT_NODE, Self.isText(node.pointee.prev), Self.isText(node.pointee.next) {
        return true
      }
      current = Self.following(node, below: root)
    }
    return false
  }

  private static func isText(_ node: xmlNodePtr?) -> Bool {
    guard let node, node.pointee.type == XML_TEXT_NODE || node.pointee.type == XML_CDATA_SECTION_NODE else {
      return false
    }
    return xmlIsBlankNode(node) == 0
  }

  /// Writes the canonical form of the document, or of the part below `apex`.
  ///
  /// - Parameters:
  ///   - excluding: elements that are left out with everything in them.
  ///   - prefixes: the InclusiveNamespaces of the exclusive form; `#default` is the default namespace.
  ///   - output: takes the bytes; what it throws is thrown again.
  public func write(
    _ apex: Place?, excluding: Set<Place> = [], method: CanonicalMethod, comments: Bool, prefixes: [String] = [],
    to output: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    clibxml2_silence()
    try withoutActuallyEscaping(output) { output in
      let view = View(
        apex: apex.map { nodes[$0.index] }, excluded: Set(excluding.map { nodes[$0.index] }), output: output)
      try withExtendedLifetime(view) {
        let context = Unmanaged.passUnretained(view).toOpaque()
        guard
          let buffer = xmlOutputBufferCreateIO(
            { context, bytes, count in View.write(context, bytes, count) }, { _ in 0 }, context, nil)
        else { throw XMLReadingError(code: .unreadable, detail: "libxml2: no memory for output") }
        let mode: xmlC14NMode =
          switch method {
          case .inclusive10: XML_C14N_1_0
          case .inclusive11: XML_C14N_1_1
          case .exclusive10: XML_C14N_EXCLUSIVE_1_0
          }
        var names = prefixes.prefix(64).map { name in xmlStrdup(name) }
        names.append(nil)
        defer { for name in names { clibxml2_free(name) } }
        let isWhole = apex == nil && excluding.isEmpty
        let result = names.withUnsafeMutableBufferPointer { names in
          xmlC14NExecute(
            document, isWhole ? nil : { context, node, parent in View.isVisible(context, node, parent) }, context,
            Int32(bitPattern: mode.rawValue), names.baseAddress, comments ? 1 : 0, buffer)
        }
        let closed = xmlOutputBufferClose(buffer)
        if let failure = view.failure { throw failure }
        guard result >= 0, closed >= 0 else {
          throw XMLReadingError(code: .notWellFormed, detail: "libxml2 could not put the document into canonical form")
        }
      }
    }
  }

  /// Lets the reader check everything and keep nothing.
  private final class Inspector: ReadingObserver {
    func started(_ element: Element, path: [String]) throws -> Treatment { .stream }
    func ended(_ element: Element, path: [String]) throws -> Continuation { .drop }
  }

  /// What the callbacks of one call need.
  private final class View {
    let apex: xmlNodePtr?
    let excluded: Set<xmlNodePtr>
    let output: (UnsafeRawBufferPointer) throws -> Void
    var failure: (any Error)?

    init(apex: xmlNodePtr?, excluded: Set<xmlNodePtr>, output: @escaping (UnsafeRawBufferPointer) throws -> Void) {
      self.apex = apex
      self.excluded = excluded
      self.output = output
    }

    static func write(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int32) -> Int32 {
      guard let context else { return -1 }
      let view = Unmanaged<View>.fromOpaque(context).takeUnretainedValue()
      do {
        try view.output(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        return count
      } catch {
        if view.failure == nil { view.failure = error }
        return -1
      }
    }

    static func isVisible(_ context: UnsafeMutableRawPointer?, _ node: xmlNodePtr?, _ parent: xmlNodePtr?) -> Int32 {
      guard let context, let node else { return 0 }
      let view = Unmanaged<View>.fromOpaque(context).takeUnretainedValue()
      // A namespace node is no part of the tree; it stands and falls with its element.
      let isAttached = node.pointee.type == XML_NAMESPACE_DECL || node.pointee.type == XML_ATTRIBUTE_NODE
      var current: xmlNodePtr? = isAttached ? parent : node
      var isInside = view.apex == nil
      while let here = current {
        if view.excluded.contains(here) { return 0 }
        if here == view.apex { isInside = true }
        if here.pointee.type != XML_ELEMENT_NODE && here != node { break }
        current = here.pointee.parent
      }
      return isInside ? 1 : 0
    }
  }
}
