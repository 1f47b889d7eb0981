import SchemaFiles
import XMLTree

#if canImport(Glibc)
  import Glibc
#endif

/// Whether a message would be taken, and whether it keeps to the strict profile in which we write.
public struct MessageValidation: Sendable, Encodable {
  /// What was noted on reading.
  public var findings: [MessageFinding]
  /// Rules for sending that it breaks.
  public var violations: [RuleViolation]
  /// Breaches of the schema of the strict profile; `nil` when the message is too large for it.
  public var schema: [String]?
  /// Whether intake would take it.
  public var acceptable: Bool
  /// Whether it keeps to the strict profile.
  public var strict: Bool

  /// Messages above this length are not checked against the schema, which needs them whole in memory.
  public static let maximumSchemaBytes = 16 << 20

  /// - Parameters:
  ///   - folder: where attachments are put for the check; it must be empty and is the caller's to remove.
  ///   - today: dates of issue after it are in the future.
  /// - Throws: ``EdXMLError`` when the message cannot be read.
  public init(
    file path: String, workingIn folder: String, today: EdocDate?, limits: EdXMLLimits = .standard
  ) throws(EdXMLError) {
    let received = try EdXMLReader(limits: limits).read(file: path, storingIn: folder)
    findings = received.findings
    acceptable = received.isAcceptable
    let check = SendingCheck(today: today, limits: limits)
    let schemaFile: SchemaFile
    switch received.message {
    case .document(let document):
      let files = received.attachments.filter(\.isUsable).map { attachment in
        OutgoingAttachment(
          name: attachment.declaredName, file: attachment.file ?? "", contentId: attachment.contentId)
      }
      violations = check.violations(of: document, attachments: files)
      schemaFile = .edxmlDocument
    case .status(let status):
      violations = check.violations(of: status)
      schemaFile = .edxmlStatus
    }
    schema = try Self.schemaBreaches(of: path, schemaFile)
    strict =
      acceptable && schema?.isEmpty ?? true && !violations.contains { $0.severity == .error }
      && !findings.contains { $0.severity != .info }
  }

  private static func schemaBreaches(of path: String, _ file: SchemaFile) throws(EdXMLError) -> [String]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_size <= maximumSchemaBytes else { return nil }
    do {
      var limits = ReadingLimits()
      limits.maximumTreeBytes = maximumSchemaBytes
      let bytes = try readWhole(path, Int(status.st_size))
      return try SchemaValidator(schema: file.bytes).violations(in: bytes, limits: limits).map {
        "\($0.line): \($0.message)"
      }
    } catch let error as XMLReadingError {
      // The lenient reader got over what a strict one does not.
      return ["\(error.line): \(error.detail)"]
    } catch {
      throw EdXMLReader.wrapped(error)
    }
  }

  private static func readWhole(_ path: String, _ size: Int) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw EdXMLError(code: .unreadable, detail: "open failed") }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: filled), size - filled) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      filled += count
    }
    return Array(bytes.prefix(filled))
  }
}
