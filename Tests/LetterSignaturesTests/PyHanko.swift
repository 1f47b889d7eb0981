import Foundation
import Testing

/// What pyHanko (PyPI: pyHanko 0.38 with pyhanko-cli), an independent implementation, says of letters.
///
/// Found through `LIENTHONG_PYHANKO=/path/to/venv/bin/pyhanko`; with `LIENTHONG_PYHANKO_REQUIRED=1` a missing one is a failure.
enum PyHanko {
  struct Finding: Decodable {
    let field: String
    /// Sound, trusted, not revoked, its time stamp likewise, and nothing changed but what may.
    let bottom: Bool
    let coverage: String
    /// What was added after it; nil for time stamps of an old kind of answer.
    let modification: String?
    let stamped: Bool?
    let isTimeStamp: Bool
  }

  struct Answer: Decodable {
    let file: String
    let error: String?
    let signatures: [Finding]

    var isGood: Bool { error == nil && !signatures.isEmpty && signatures.allSatisfy(\.bottom) }
  }

  /// What pyHanko is told to trust and know.
  struct Context: Encodable {
    var at: Int
    var roots: String
    var others: String
    var crls: [String]
  }

  /// The interpreter beside the command.
  static let python: String? = {
    guard let command = ProcessInfo.processInfo.environment["LIENTHONG_PYHANKO"] else { return nil }
    let beside = URL(fileURLWithPath: command).deletingLastPathComponent().appendingPathComponent("python").path
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : nil
  }()
  static let isRequired = ProcessInfo.processInfo.environment["LIENTHONG_PYHANKO_REQUIRED"] == "1"
  static let isAtHand = python != nil || isRequired

  struct Missing: Error {}

  /// Looks at all files in one process: its start takes most of the time. With a security store in the file, only what is
  /// in that counts as revocation data.
  static func examine(_ files: [String], _ context: Context, in folder: URL) throws -> [Answer] {
    guard let python else { throw Missing() }
    let script = folder.appendingPathComponent("check.py")
    try Data(Self.script.utf8).write(to: script)
    let configuration = folder.appendingPathComponent("context.json")
    try JSONEncoder().encode(context).write(to: configuration)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [script.path, configuration.path] + files
    let output = folder.appendingPathComponent("answers")
    try Data().write(to: output)
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
    return try lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
  }

  private static let script = """
    import json, sys
    from datetime import datetime, timezone
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError
    from pyhanko_certvalidator import ValidationContext

    config = json.load(open(sys.argv[1]))

    def certificates(path):
        data = open(path, 'rb').read()
        return [x509.Certificate.load(der) for _, _, der in pem.unarmor(data, multiple=True)]

    def context(reader):
        own = dict(trust_roots=certificates(config['roots']), allow_fetching=False, revocation_mode='hard-fail',
                   moment=datetime.fromtimestamp(config['at'], timezone.utc))
        try:
            return DocumentSecurityStore.read_dss(reader).as_validation_context(own)
        except NoDSSFoundError:
            crls = [open(p, 'rb').read() for p in config['crls']]
            return ValidationContext(other_certs=certificates(config['others']), crls=crls, **own)

    for path in sys.argv[2:]:
        out = {'file': path, 'signatures': []}
        try:
            with open(path, 'rb') as f:
                # Hybrid files are refused in strict mode, whoever wrote them.
                reader = PdfFileReader(f, strict='hybrid' not in path)
                for s in reader.embedded_signatures:
                    stamp = s.sig_object.get('/Type') == '/DocTimeStamp'
                    if stamp:
                        status = validate_pdf_timestamp(s, validation_context=context(reader))
                    else:
                        status = validate_pdf_signature(s, signer_validation_context=context(reader),
                                                        ts_validation_context=context(reader))
                    token = getattr(status, 'timestamp_validity', None)
                    level = getattr(status, 'modification_level', None)
                    out['signatures'].append({
                        'field': s.field_name, 'bottom': bool(status.intact and status.valid and status.trusted if stamp
                                       else status.bottom_line), 'coverage': status.coverage.name,
                        'modification': level.name if level is not None else None,
                        'stamped': (token.valid and token.trusted) if token else None, 'isTimeStamp': stamp})
        except Exception as error:
            out['error'] = repr(error)
        print(json.dumps(out))
    """
}
