import Foundation
import SigningCore
import Testing

/// Signatures of letters made with other software, taken out of their PDF files as plainly as can be: reading PDF is not
/// this target's work, judging certificates and stamps is.
@Suite("Signatures of other software")
struct SampleLetterTests {
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES_DIR"].map { URL(fileURLWithPath: $0) }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let candidates = [named, root.appendingPathComponent("../shared/samples")].compactMap(\.self)
    return candidates.map { $0.appendingPathComponent("letters") }.first {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("expected.json").path)
    }
  }()
  static let isRequired = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"

  private struct Expected: Decodable {
    struct Case: Decodable {
      let file: String
      let group: String
      let errors: [String]
    }
    let validationTime: Date
    let cases: [Case]
  }

  /// The codes that facts of this target lead to; the document security store is not read here.
  static let ownCodes: Set<String> = [
    "CERT_EXPIRED", "CERT_REVOKED", "CERT_UNTRUSTED", "CERT_KEY_USAGE", "REVOCATION_UNKNOWN", "WEAK_CRYPTO",
    "NO_TIMESTAMP",
    "TIMESTAMP_INVALID",
  ]

  @Test(
    "Certificates and stamps of the sample letters are judged as expected",
    .enabled(if: folder != nil || isRequired, "the samples are not at hand"))
  func letters() throws {
    let folder = try #require(Self.folder)
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let expected = try decoder.decode(
      Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
    let validator = try PathValidator(trust: TrustStore(folder: folder.appendingPathComponent("pki").path))
    var judged = 0
    for letter in expected.cases where ["good", "timestamp", "signer", "certificate"].contains(letter.group) {
      let bytes = try Array(Data(contentsOf: folder.appendingPathComponent(letter.file)))
      var codes: Set<String> = []
      for (cms, digest) in try Self.signatures(in: bytes) {
        codes.formUnion(
          try Self.codes(CMSSignature(der: cms), digest: digest, validator: validator, now: expected.validationTime))
      }
      // A status that only the file's own security store tells is looked up by the target that reads PDF.
      let wanted = Set(letter.errors).intersection(Self.ownCodes)
      if letter.file.contains("_embedded") { continue }
      #expect(codes == wanted, "\(letter.file)")
      judged += 1
    }
    #expect(judged > 25)
  }

  private static func codes(
    _ cms: CMSSignature, digest: (DigestAlgorithm) throws -> [UInt8], validator: PathValidator, now: Date
  ) throws -> Set<String> {
    var codes: Set<String> = []
    #expect(cms.structure == .passed)
    #expect(cms.signedAttributes == .passed)
    #expect(cms.signature == .passed)
    #expect(try cms.content(matches: digest) == .passed)
    var proved = now
    if let der = cms.timeStampTokens.first {
      let token = try TimeStampToken(der: der)
      let signer = try #require(token.signerCertificate)
      let path = validator.validate(
        signer, untrusted: token.cms.certificates, purpose: .timeStamping, at: token.generatedAt, now: now)
      let imprint = try token.imprint { try Digest.of(cms.signatureValue, $0) }
      let valid =
        token.signature.isPassed && imprint.isPassed && path.isTrusted && token.generatedAt <= now
      if valid { proved = token.generatedAt } else { codes.insert("TIMESTAMP_INVALID") }
      if !token.algorithms(under: AlgorithmPolicy()).isPassed { codes.insert("WEAK_CRYPTO") }
    } else {
      codes.insert("NO_TIMESTAMP")
    }
    let leaf = try #require(cms.signerCertificate)
    let path = validator.validate(
      leaf, untrusted: cms.certificates, purpose: .documentSigning, at: proved, now: now, evidence: cms.revocation)
    if path.path.isFailed { codes.insert("CERT_UNTRUSTED") }
    if path.validity.isFailed { codes.insert("CERT_EXPIRED") }
    if path.keyUsage.isFailed { codes.insert("CERT_KEY_USAGE") }
    if !path.algorithms.isPassed || !cms.algorithms(under: AlgorithmPolicy()).isPassed { codes.insert("WEAK_CRYPTO") }
    if path.revocation.isFailed { codes.insert("CERT_REVOKED") }
    if path.revocation.isIndeterminate, path.path.isPassed { codes.insert("REVOCATION_UNKNOWN") }
    return codes
  }

  /// Every signature that is no document time stamp, with the digest of its ranges.
  private static func signatures(in bytes: [UInt8]) throws -> [([UInt8], (DigestAlgorithm) throws -> [UInt8])] {
    let data = Data(bytes)
    var found: [([UInt8], (DigestAlgorithm) throws -> [UInt8])] = []
    var rest = data.startIndex
    while let mark = data.range(of: Data("/ByteRange".utf8), in: rest..<data.endIndex) {
      rest = mark.upperBound
      let text = String(decoding: data[mark.upperBound..<min(mark.upperBound + 80, data.endIndex)], as: UTF8.self)
      let inside = text.prefix { $0 != "]" }.drop { $0 != "[" }.dropFirst()
      let range = inside.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      guard range.count == 4, range[2] + range[3] <= bytes.count, range[1] < range[2] else { continue }
      let hex = String(decoding: bytes[(range[1] + 1)..<(range[2] - 1)], as: UTF8.self)
      let cms = try #require([UInt8](hexadecimal: hex))
      if try CMSSignature(der: cms).contentType != "1.2.840.113549.1.7.1" { continue }
      found.append(
        (
          cms,
          { algorithm in
            let digest = try Digest(algorithm)
            digest.update(bytes[range[0]..<(range[0] + range[1])])
            digest.update(bytes[range[2]..<(range[2] + range[3])])
            return try digest.finalize()
          }
        ))
    }
    return found
  }
}
