import CLibXML2

/// Reads a document that comes in pieces, over libxml2's push parser.
///
/// It belongs to one task at a time. After an error it stays failed and throws the same again.
public final class PushReader {
  let limits: ReadingLimits
  let keepsComments: Bool
  private let toleratesStrayBytes: Bool
  let observer: (any ReadingObserver)?
  let context: xmlParserCtxtPtr
  private let began = ContinuousClock.now

  /// The first bytes, until it is clear where the document begins.
  private var opening: [UInt8]? = []
  private var strayBytes = 0
  private var totalBytes = 0
  /// Bytes that were pushed since the parser last reported anything.
  var bytesSinceEvent = 0

  // What the callbacks build; see PushReader+Events.swift.
  var stack: [Frame] = []
  var path: [String] = []
  var discardedDepth = 0
  var pendingText: [UInt8] = []
  var treeBytes = 0
  var nodeCount = 0
  var namespacesInScope = 0
  var root: Element?
  var diagnostics: [Diagnostic] = []
  var names: [UnsafePointer<xmlChar>: String] = [:]
  var failure: (any Error)?

  struct Frame {
    var element: Element
    var isStreamed: Bool
    var namespaceCount: Int
  }

  /// - Throws: ``XMLReadingError``, when there is no memory.
  public convenience init(
    limits: ReadingLimits = .standard, keepsComments: Bool = false, toleratesStrayBytes: Bool = false,
    observer: (any ReadingObserver)? = nil
  ) throws {
    try self.init(
      reader: DocumentReader(limits: limits, keepsComments: keepsComments, toleratesStrayBytes: toleratesStrayBytes),
      observer: observer)
  }

  init(reader: DocumentReader, observer: (any ReadingObserver)?) throws {
    ParserLibrary.ready
    limits = reader.limits
    keepsComments = reader.keepsComments
    toleratesStrayBytes = reader.toleratesStrayBytes
    self.observer = observer
    guard let context = xmlCreatePushParserCtxt(nil, nil, nil, 0, nil) else {
      throw XMLReadingError(code: .unreadable, detail: "libxml2: no memory for a parser")
    }
    self.context = context
    // NOENT only concerns the five predefined entities here, since a DOCTYPE stops the reading; without it libxml2
    // hands `&amp;` in attributes over as `&#38;`.
    xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue))
    installCallbacks()
  }

  deinit {
    if let document = context.pointee.myDoc { xmlFreeDoc(document) }
    context.pointee.myDoc = nil
    xmlFreeParserCtxt(context)
  }

  /// Takes the next bytes.
  public func push(_ bytes: UnsafeRawBufferPointer) throws {
    if let failure { throw failure }
    totalBytes += bytes.count
    if totalBytes > limits.maximumBytes {
      throw fail(.tooLarge, "more than \(limits.maximumBytes) bytes")
    }
    if opening != nil {
      opening?.append(contentsOf: bytes)
      try feedOpening(isLast: false)
    } else {
      try feed(bytes)
    }
  }

  /// Ends the document.
  public func finish() throws -> Document {
    if let failure { throw failure }
    guard totalBytes > 0 else { throw fail(.empty, "no bytes") }
    try feedOpening(isLast: true)
    xmlParseChunk(context, nil, 0, 1)
    if let failure { throw failure }
    guard context.pointee.wellFormed == 1, let root, stack.isEmpty else {
      throw fail(.notWellFormed, "the document ends before its root element does")
    }
    return Document(
      root: root, encoding: Self.declaredEncoding(context), strayBytes: strayBytes, diagnostics: diagnostics)
  }

  /// The document as far as it was read: what an observer that stopped early has seen.
  public var diagnosticsSoFar: [Diagnostic] { diagnostics }

  private static func declaredEncoding(_ context: xmlParserCtxtPtr) -> String? {
    (context.pointee.encoding ?? context.pointee.myDoc?.pointee.encoding).map { String(cString: $0) }
  }

  private func feedOpening(isLast: Bool) throws {
    guard let opening else { return }
    guard toleratesStrayBytes else {
      if opening.count < 4 && !isLast { return }
      self.opening = nil
      return try opening.withUnsafeBytes { try feed($0) }
    }
    guard let (start, stray) = Prolog.begin(of: opening, isLast: isLast) else { return }
    self.opening = nil
    strayBytes = stray
    try opening.withUnsafeBytes { try feed(UnsafeRawBufferPointer(rebasing: $0[start...])) }
  }

  /// Gives the parser pieces so small that nothing long can hide between two checks.
  private func feed(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(16 << 10))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
      bytesSinceEvent += piece.count
      // The result is also non-zero for what is tolerated; `failure` is what counts.
      _ = xmlParseChunk(
        context, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count), 0)
      if let failure { throw failure }
      if context.pointee.wellFormed == 0 { throw fail(.notWellFormed, "not well-formed") }
      if bytesSinceEvent > limits.maximumStartTagBytes { try checkSilence() }
    }
    if ContinuousClock.now - began > limits.maximumDuration { throw fail(.tooSlow, "\(limits.maximumDuration) passed") }
  }

  /// Nothing was complete for long: fine inside a comment or processing instruction, not inside a tag.
  private func checkSilence() throws {
    guard let unread = clibxml2_unread(context), clibxml2_unread_count(context) >= 2 else { return }
    let isComment = unread[0] == UInt8(ascii: "<") && (unread[1] == UInt8(ascii: "!") || unread[1] == UInt8(ascii: "?"))
    let isDoctype = isComment && clibxml2_unread_count(context) >= 3 && unread[2] == UInt8(ascii: "D")
    if isComment && !isDoctype && bytesSinceEvent <= limits.maximumCommentBytes { return }
    throw fail(.startTagTooLong, "\(bytesSinceEvent) bytes without a complete tag")
  }

  /// Remembers the first failure and stops the parser.
  @discardableResult
  func fail(_ code: XMLReadingError.Code, _ detail: String, line: Int? = nil) -> any Error {
    let error = XMLReadingError(code: code, line: line ?? Int(clibxml2_line(context)), detail: detail)
    return fail(error)
  }

  @discardableResult
  func fail(_ error: any Error) -> any Error {
    if let failure { return failure }
    failure = error
    xmlStopParser(context)
    return error
  }
}
