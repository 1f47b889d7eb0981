import Foundation
import LetterSignatures
import SigningCore
import Testing

@Suite("Envelope signatures")
struct EnvelopeTests {
  static let samples: String = {
    if let given = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES_DIR"] { return given }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return package.deletingLastPathComponent().appending(path: "shared/samples").path
  }()

  static let areThere =
    FileManager.default.fileExists(atPath: samples + "/xml-signatures/expected.json")
    || ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"

  struct Expected: Decodable {
    struct Case: Decodable {
      var file: String
      var group: String
      var core: String
      var accept: Bool
      var errors: [String]
      var alsoCore: [String]?

      private enum CodingKeys: String, CodingKey {
        case file, group, core, accept, errors
        case alsoCore = "also_core"
      }
    }

    var cases: [Case]
  }

  struct Letters: Decodable {
    var validationTime: String
    var sender: ExpectedSender
    var policy: LetterPolicy

    private enum CodingKeys: String, CodingKey {
      case sender, policy
      case validationTime = "validation_time"
    }
  }

  @Test(.enabled(if: areThere, "samples/xml-signatures is not at hand"))
  func `Every sample is judged as expected`() throws {
    let folder = Self.samples + "/xml-signatures"
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(filePath: folder + "/expected.json")))
    let letters = try JSONDecoder().decode(
      Letters.self, from: Data(contentsOf: URL(filePath: Self.samples + "/letters/expected.json")))
    let now = try Date(letters.validationTime, strategy: .iso8601)
    let verifier = try EnvelopeVerifier(
      trust: TrustStore(folder: Self.samples + "/letters/pki"), policy: letters.policy)
    #expect(expected.cases.count >= 40)
    for sample in expected.cases {
      let report = verifier.verify(path: "\(folder)/\(sample.file)", sender: letters.sender, at: now)
      let isAccepted = report.decision == .accept || report.decision == .warn
      #expect(isAccepted == (sample.accept && sample.errors != ["UNSIGNED"]), "\(sample.file): \(report)")
      let cores = ([sample.core] + (sample.alsoCore ?? [])).flatMap {
        $0 == "error" ? ["unsupported", "refused", "invalid"] : [$0]
      }
      #expect(cores.contains(report.core.rawValue), "\(sample.file): \(report)")
      let codes = Set(report.codes.map(\.rawValue))
      #expect(
        sample.errors.isEmpty ? codes.isEmpty : !codes.isDisjoint(with: sample.errors),
        "\(sample.file): \(codes.sorted()) for \(sample.errors)")
    }
  }

  static let message = """
    <?xml version="1.0" encoding="UTF-8"?>
    <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
      <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">
        <edXML:edXMLHeader>
          <edXML:MessageHeader><edXML:Subject>V/v thử &amp; ký “số”</edXML:Subject></edXML:MessageHeader>
        </edXML:edXMLHeader>
      </edXML:edXMLEnvelope>
      <AttachmentEncoded/>
    </edXML>
    """

  @Test(arguments: [SignatureScheme.rsaPKCS1SHA256, .rsaPKCS1SHA512, .rsaPSSSHA256, .ecdsaSHA256])
  func `What we sign holds here and for xmlsec1`(scheme: SignatureScheme) async throws {
    let begin = Date(timeIntervalSince1970: 1_767_225_600)
    let pki = try ThrowAwayPKI(.init(notBefore: begin, notAfter: begin.addingTimeInterval(400 * 86_400)))
    let profile = CertificateProfile(
      subject: [("C", "VN"), ("O", "UBND tỉnh Thử"), ("CN", "Sở Mẫu"), ("UID", "MST:0999999999")],
      serial: [9, 9, 9], notBefore: begin, notAfter: begin.addingTimeInterval(300 * 86_400),
      key: scheme.kind == .ecdsa ? .ec(curve: "P-256") : .rsa(bits: 2_048))
    let key = try profile.make(issuer: pki.issuing)
    let signed = try await EnvelopeSigner.sign(Array(Self.message.utf8), with: key.signer(scheme: scheme))
    let now = begin.addingTimeInterval(86_400)
    let verifier = try EnvelopeVerifier(
      trust: pki.trustStore(thisUpdate: begin, nextUpdate: begin.addingTimeInterval(100 * 86_400)))
    let report = verifier.verify(signed, at: now)
    #expect(report.core == .valid)
    #expect(report.decision == .accept, "\(report)")
    #expect(throws: LetterSigningError.self) { try EnvelopeSigner.prepare(signed, signer: key.signer(scheme: scheme)) }

    let changed = Array(String(decoding: signed, as: UTF8.self).replacing("V/v", with: "V/V").utf8)
    let damaged = verifier.verify(changed, at: now)
    #expect(damaged.core == .invalid && damaged.codes.contains(.modified))
    #expect(verifier.verify(signed, at: now.addingTimeInterval(500 * 86_400)).decision == .reject)
    let stranger = try EnvelopeVerifier(
      trust: ThrowAwayPKI(.init(notBefore: begin, notAfter: begin.addingTimeInterval(400 * 86_400)))
        .trustStore(thisUpdate: begin, nextUpdate: begin.addingTimeInterval(100 * 86_400)))
    #expect(stranger.verify(signed, at: now).codes.contains(.certificateUntrusted))

    // xmlsec1 takes the key from the certificate; trust is our own matter.
    let folder = FileManager.default.temporaryDirectory.appending(path: "envelope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "m.xml")
    try Data(signed).write(to: file)
    try Data(key.certificate.pem.utf8).write(to: folder.appending(path: "c.pem"))
    // Debian 12's xmlsec1 (1.2.37) knows no RSA-PSS.
    guard scheme.kind != .rsaPSS, FileManager.default.isExecutableFile(atPath: "/usr/bin/xmlsec1") else { return }
    #expect(try Self.xmlsec(folder, file) == 0)
    try Data(changed).write(to: file)
    #expect(try Self.xmlsec(folder, file) != 0)
  }

  static func xmlsec(_ folder: URL, _ file: URL) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/xmlsec1")
    process.arguments = [
      "--verify", "--insecure", "--pubkey-cert-pem", folder.appending(path: "c.pem").path, file.path,
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
