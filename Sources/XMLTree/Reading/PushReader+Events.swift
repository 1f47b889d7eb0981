import CLibXML2

extension PushReader {
  /// Whitespace and text go one way; everything that could declare an entity stops the reading.
  func installCallbacks() {
    context.pointee._private = Unmanaged.passUnretained(self).toOpaque()
    guard let sax = context.pointee.sax else { return }
    sax.pointee.internalSubset = { context, _, _, _ in
      PushReader.of(context)?.fail(.doctypeForbidden, "DOCTYPE")
    }
    sax.pointee.startElementNs = { context, name, prefix, uri, namespaceCount, namespaces, count, _, attributes in
      PushReader.of(context)?.started(
        name, prefix, uri, Int(namespaceCount), namespaces, Int(count), attributes)
    }
    sax.pointee.endElementNs = { context, _, _, _ in PushReader.of(context)?.ended() }
    let characters: charactersSAXFunc = { context, bytes, count in
      PushReader.of(context)?.characters(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }
    sax.pointee.characters = characters
    sax.pointee.ignorableWhitespace = characters
    sax.pointee.cdataBlock = characters
    sax.pointee.reference = { context, _ in
      PushReader.of(context)?.fail(.notWellFormed, "a reference to an entity that is not declared")
    }
    sax.pointee.comment = { context, value in
      PushReader.of(context)?.commented(.comment(value.map { String(cString: $0) } ?? ""))
    }
    sax.pointee.processingInstruction = { context, target, data in
      PushReader.of(context)?.commented(
        .processingInstruction(
          target: target.map { String(cString: $0) } ?? "", data: data.map { String(cString: $0) } ?? ""))
    }
    sax.pointee.serror = { context, error in
      guard let reader = PushReader.of(context), let error else { return }
      reader.reported(error.pointee)
    }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> PushReader? {
    guard let context else { return nil }
    let parser = context.assumingMemoryBound(to: xmlParserCtxt.self)
    guard let owner = parser.pointee._private else { return nil }
    return Unmanaged<PushReader>.fromOpaque(owner).takeUnretainedValue()
  }

  private func started(
    _ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?,
    _ namespaceCount: Int, _ namespaces: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?,
    _ attributeCount: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) {
    bytesSinceEvent = 0
    guard failure == nil, let name else { return }
    flushText()
    guard count(nodes: 1) else { return }
    if attributeCount > limits.maximumAttributes {
      fail(.tooManyAttributes, "more than \(limits.maximumAttributes) attributes")
      return
    }
    if stack.count + discardedDepth >= limits.maximumDepth {
      fail(.tooDeep, "more than \(limits.maximumDepth) levels")
      return
    }
    var element = Element(
      interned(name), prefix: prefix.map(interned), namespace: uri.map(interned),
      line: Int(clibxml2_line(context)))
    var weight = element.localName.utf8.count + 3
    for index in 0..<namespaceCount {
      guard let namespaces else { break }
      let declaration = NamespaceDeclaration(
        prefix: namespaces[2 * index].map(interned), uri: namespaces[2 * index + 1].map(interned) ?? "")
      weight += (declaration.prefix?.utf8.count ?? 0) + declaration.uri.utf8.count + 8
      element.namespaceDeclarations.append(declaration)
    }
    for index in 0..<attributeCount {
      guard let attributes, let attributeName = attributes[5 * index] else { break }
      let begin = attributes[5 * index + 3]
      let length = begin.flatMap { begin in attributes[5 * index + 4].map { $0 - begin } } ?? 0
      let value = String(decoding: UnsafeBufferPointer(start: begin, count: length), as: UTF8.self)
      let attribute = Attribute(
        interned(attributeName), prefix: attributes[5 * index + 1].map(interned),
        namespace: attributes[5 * index + 2].map(interned), value: value)
      weight += attribute.localName.utf8.count + length + 4
      element.attributes.append(attribute)
    }
    guard count(bytes: weight) else { return }
    if discardedDepth > 0 {
      discardedDepth += 1
      return
    }
    namespacesInScope += namespaceCount
    if namespacesInScope > limits.maximumNamespaces {
      fail(.tooManyNamespaces, "more than \(limits.maximumNamespaces) namespace declarations in scope")
      return
    }
    path.append(element.localName)
    var treatment = Treatment.keep
    if let observer {
      do { treatment = try observer.started(element, path: path) } catch {
        fail(error)
        return
      }
    }
    if treatment == .discard {
      path.removeLast()
      namespacesInScope -= namespaceCount
      discardedDepth = 1
      return
    }
    stack.append(Frame(element: element, isStreamed: treatment == .stream, namespaceCount: namespaceCount))
  }

  private func ended() {
    bytesSinceEvent = 0
    guard failure == nil else { return }
    if discardedDepth > 0 {
      discardedDepth -= 1
      return
    }
    flushText()
    guard let frame = stack.popLast() else { return }
    namespacesInScope -= frame.namespaceCount
    var continuation = Continuation.keep
    if let observer {
      do { continuation = try observer.ended(frame.element, path: path) } catch {
        fail(error)
        return
      }
    }
    path.removeLast()
    switch continuation {
    case .keep where stack.isEmpty: root = frame.element
    case .keep: stack[stack.count - 1].element.children.append(.element(frame.element))
    case .drop:
      if stack.isEmpty {
        root = Element(
          frame.element.localName, prefix: frame.element.prefix, namespace: frame.element.namespace,
          line: frame.element.line)
      }
    case .stop: fail(.stopped, "stopped by the observer")
    }
  }

  private func characters(_ bytes: UnsafeRawBufferPointer) {
    bytesSinceEvent = 0
    guard failure == nil, discardedDepth == 0, let frame = stack.last else { return }
    if frame.isStreamed {
      do { try observer?.text(bytes) } catch { fail(error) }
    } else if count(bytes: bytes.count) {
      pendingText.append(contentsOf: bytes)
    }
  }

  private func commented(_ node: @autoclosure () -> Node) {
    bytesSinceEvent = 0
    guard failure == nil, keepsComments, discardedDepth == 0 else { return }
    flushText()
    let node = node()
    let weight =
      switch node {
      case .comment(let text): text.utf8.count
      case .processingInstruction(let target, let data): target.utf8.count + data.utf8.count
      case .element, .text: 0
      }
    guard count(nodes: 1), count(bytes: weight + 7) else { return }
    if !stack.isEmpty {
      stack[stack.count - 1].element.children.append(node)
    } else if root == nil {
      before.append(node)
    } else {
      after.append(node)
    }
  }

  private func flushText() {
    guard !pendingText.isEmpty else { return }
    defer { pendingText.removeAll(keepingCapacity: true) }
    guard !stack.isEmpty, count(nodes: 1) else { return }
    stack[stack.count - 1].element.children.append(.text(String(decoding: pendingText, as: UTF8.self)))
  }

  private func count(nodes: Int) -> Bool {
    nodeCount += nodes
    if nodeCount <= limits.maximumNodes { return true }
    fail(.tooManyNodes, "more than \(limits.maximumNodes) nodes")
    return false
  }

  private func count(bytes: Int) -> Bool {
    treeBytes += bytes
    if treeBytes <= limits.maximumTreeBytes { return true }
    fail(.tooLarge, "more than \(limits.maximumTreeBytes) bytes of markup and text")
    return false
  }

  /// libxml2 keeps each name once, so its address identifies it for as long as the parser lives.
  private func interned(_ name: UnsafePointer<xmlChar>) -> String {
    if let known = names[name] { return known }
    let text = String(cString: name)
    names[name] = text
    return text
  }

  private func reported(_ error: xmlError) {
    let line = Int(error.line)
    if error.domain == Int32(XML_FROM_NAMESPACE.rawValue) {
      let isUndeclared = error.code == Int32(XML_NS_ERR_UNDEFINED_NAMESPACE.rawValue)
      note(isUndeclared ? .undeclaredPrefix : .namespaceProblem, error.str1.map { String(cString: $0) } ?? "", line)
      return
    }
    guard error.level == XML_ERR_FATAL else {
      note(.other, "", line)
      return
    }
    if failure != nil { return }
    if error.code == Int32(XML_ERR_DOCUMENT_END.rawValue), toleratesStrayBytes, root != nil, stack.isEmpty {
      ignoreTrailing(
        UnsafeRawBufferPointer(start: clibxml2_unread(context), count: max(0, clibxml2_unread_count(context))))
      return
    }
    let code: XMLReadingError.Code =
      switch UInt32(bitPattern: error.code) {
      case XML_ERR_UNKNOWN_ENCODING.rawValue, XML_ERR_UNSUPPORTED_ENCODING.rawValue: .unknownEncoding
      case XML_ERR_INVALID_CHAR.rawValue, XML_ERR_INVALID_ENCODING.rawValue, XML_ERR_INVALID_CHARREF.rawValue,
        XML_I18N_CONV_FAILED.rawValue:
        .invalidCharacters
      default: .notWellFormed
      }
    fail(code, "libxml2 error \(error.code)", line: line)
  }

  private func note(_ kind: Diagnostic.Kind, _ name: String, _ line: Int) {
    guard diagnostics.count < 100, failure == nil else { return }
    diagnostics.append(Diagnostic(kind: kind, name: name, line: line))
  }
}
