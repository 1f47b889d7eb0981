import CLibXML2

/// Checks small documents against a W3C XML Schema that is given as bytes and imports nothing.
public final class SchemaValidator: Sendable {
  // libxml2 never changes a parsed schema, and many validations may share it (toolchain.md section 7).
  nonisolated(unsafe) private let schema: xmlSchemaPtr

  /// - Throws: ``XMLReadingError`` with code `badSchema`.
  public init(schema bytes: [UInt8]) throws(XMLReadingError) {
    ParserLibrary.ready
    let parsed: xmlSchemaPtr? = bytes.withUnsafeBytes { raw in
      let base = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
      guard let context = xmlSchemaNewMemParserCtxt(base, Int32(raw.count)) else { return nil }
      defer { xmlSchemaFreeParserCtxt(context) }
      xmlSchemaSetParserStructuredErrors(context, { _, _ in }, nil)
      return xmlSchemaParse(context)
    }
    guard let parsed else { throw XMLReadingError(code: .badSchema, detail: "the schema could not be read") }
    schema = parsed
  }

  deinit { xmlSchemaFree(schema) }

  /// What in the document breaks the schema, in order; empty when it is valid.
  ///
  /// - Throws: ``XMLReadingError`` when the document cannot be read at all.
  public func violations(
    in document: [UInt8], limits: ReadingLimits = .standard
  ) throws(XMLReadingError) -> [SchemaViolation] {
    // Our own reader first: it refuses what libxml2's tree builder would take (DOCTYPE, floods).
    _ = try DocumentReader(limits: limits).read(document)
    let tree = document.withUnsafeBytes { raw in
      xmlReadMemory(
        raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), nil, nil,
        Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue))
    }
    guard let tree else { throw XMLReadingError(code: .notWellFormed, detail: "libxml2 could not build the tree") }
    defer { xmlFreeDoc(tree) }
    clibxml2_silence()
    guard let context = xmlSchemaNewValidCtxt(schema) else {
      throw XMLReadingError(code: .unreadable, detail: "libxml2: no memory to validate")
    }
    defer { xmlSchemaFreeValidCtxt(context) }
    let found = Violations()
    return withExtendedLifetime(found) {
      xmlSchemaSetValidStructuredErrors(
        context,
        { owner, error in
          guard let owner, let error else { return }
          let found = Unmanaged<Violations>.fromOpaque(owner).takeUnretainedValue()
          guard found.list.count < 100 else { return }
          let message = error.pointee.message.map { String(cString: $0) } ?? "error \(error.pointee.code)"
          found.list.append(
            SchemaViolation(
              line: Int(error.pointee.line), message: message.split(separator: "\n").joined(separator: " ")))
        }, Unmanaged.passUnretained(found).toOpaque())
      let result = xmlSchemaValidateDoc(context, tree)
      if result != 0 && found.list.isEmpty {
        found.list.append(SchemaViolation(line: 0, message: "libxml2 result \(result)"))
      }
      return found.list
    }
  }

  private final class Violations {
    var list: [SchemaViolation] = []
  }
}

/// One breach of a schema.
public struct SchemaViolation: Sendable, Hashable {
  public var line: Int
  /// The validator's words; they may quote the document.
  public var message: String

  public init(line: Int, message: String) {
    self.line = line
    self.message = message
  }
}
