import CLibXML2

/// Reads a document that comes in pieces, over libxml2's push parser.
///
/// It belongs to one task at a time. After an error it stays failed and throws the same again.
public final class PushReader {
  let limits: ReadingLimits
  let keepsComments: Bool
  let toleratesStrayBytes: Bool
  let observer: (any ReadingObserver)?
  let context: xmlParserCtxtPtr
  private let began = ContinuousClock.now

  /// The first bytes, until it is clear where the document begins.
  private var opening: [UInt8]? = []
  private var strayBytes = 0
  /// Bytes after the root element that were not read; `nil` while there are none.
  private var trailingBytes: Int?
  /// The encoding of the prolog, when the bytes show that it is another.
  private var wrongEncoding: String?
  private var totalBytes = 0
  /// The beginning of a mark of a CDATA section that came in two pieces; see PushReader+Streaming.swift.
  var held: [UInt8] = []
  var isInCDATA = false
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
  var before: [Node] = []
  var after: [Node] = []
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
    var rest = bytes
    if let known = opening?.count {
      // Only the beginning is looked at; what follows is not copied.
      let first = UnsafeRawBufferPointer(rebasing: rest.prefix(max(0, Prolog.enough - known)))
      rest = UnsafeRawBufferPointer(rebasing: rest[first.count...])
      opening?.append(contentsOf: first)
      try feedOpening(isLast: known + first.count >= Prolog.enough)
    }
    guard opening == nil, !rest.isEmpty else { return }
    if held.isEmpty {
      try feed(rest)
    } else {
      let joined = held + rest
      held = []
      try joined.withUnsafeBytes { try feed($0) }
    }
  }

  /// Ends the document.
  public func finish() throws -> Document {
    if let failure { throw failure }
    guard totalBytes > 0 else { throw fail(.empty, "no bytes") }
    try feedOpening(isLast: true)
    if isInCDATA { throw fail(.notWellFormed, "a CDATA section without its end") }
    try held.withUnsafeBytes { try parse($0) }
    xmlParseChunk(context, nil, 0, 1)
    if let failure { throw failure }
    guard context.pointee.wellFormed == 1 || trailingBytes != nil, let root, stack.isEmpty else {
      throw fail(.notWellFormed, "the document ends before its root element does")
    }
    var document = Document(
      root: root, encoding: wrongEncoding ?? Self.declaredEncoding(context), strayBytes: strayBytes,
      diagnostics: diagnostics)
    document.trailingBytes = trailingBytes ?? 0
    document.before = before
    document.after = after
    return document
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
    guard let (start, stray) = Prolog.begin(of: opening, isLast: isLast),
      let bytes = Prolog.corrected(opening[start...], isLast: isLast)
    else { return }
    self.opening = nil
    strayBytes = stray
    wrongEncoding = bytes.wrongEncoding
    try bytes.document.withUnsafeBytes { try feed($0) }
  }

  /// Gives the parser pieces so small that nothing long can hide between two checks.
  private func feed(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      if trailingBytes != nil {
        ignoreTrailing(rest)
        if let failure { throw failure }
        break
      }
      let streamed = try stream(rest)
      if streamed > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[streamed...])
        continue
      }
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(16 << 10))
      rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
      try parse(piece)
    }
    if ContinuousClock.now - began > limits.maximumDuration { throw fail(.tooSlow, "\(limits.maximumDuration) passed") }
  }

  /// Gives one piece to libxml2.
  func parse(_ piece: UnsafeRawBufferPointer) throws {
    if piece.isEmpty { return }
    bytesSinceEvent += piece.count
    // The result is also non-zero for what is tolerated; `failure` is what counts.
    _ = xmlParseChunk(context, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count), 0)
    if let failure { throw failure }
    if trailingBytes != nil { return }
    if context.pointee.wellFormed == 0 { throw fail(.notWellFormed, "not well-formed") }
    if bytesSinceEvent > limits.maximumStartTagBytes { try checkSilence() }
  }

  /// Passes over what stands after the root element, unless it could be taken for another message.
  func ignoreTrailing(_ bytes: UnsafeRawBufferPointer) {
    trailingBytes = (trailingBytes ?? 0) + bytes.count
    if bytes.contains(UInt8(ascii: "<")) { fail(.notWellFormed, "markup after the root element") }
  }

  /// Nothing was complete for long: fine inside a comment, processing instruction or CDATA section, not inside a tag.
  private func checkSilence() throws {
    if context.pointee.instate == XML_PARSER_CDATA_SECTION, bytesSinceEvent <= limits.maximumCommentBytes { return }
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
