import Foundation
import SigningCore
import Testing

/// NIST's Public Key Interoperability Test Suite for RFC 5280 paths, where its data are at hand.
///
/// They come with the PyPI package `cryptography-vectors`:
/// `pip download --no-deps cryptography-vectors && unzip cryptography_vectors-*.whl 'cryptography_vectors/x509/PKITS_data/*'`,
/// then `LIENTHONG_PKITS_DIR=…/PKITS_data`.
@Suite("NIST PKITS")
struct PKITSTests {
  static let folder = ProcessInfo.processInfo.environment["LIENTHONG_PKITS_DIR"].map { URL(fileURLWithPath: $0) }

  /// Refused although good, each for a reason that we stand by; nothing else may be.
  static let refusedOnPurpose: [String: String] = [
    "ValidDSASignaturesTest4EE.crt": "DSA is no algorithm of ours",
    "ValidDSAParameterInheritanceTest5EE.crt": "DSA is no algorithm of ours",
    "ValidbasicConstraintsNotCriticalTest4EE.crt": "RFC 5280's profile asks for critical basic constraints",
    "ValiddeltaCRLTest5EE.crt": "a delta list can revoke, not release from hold",
    "ValidIDPwithindirectCRLTest22EE.crt": "indirect lists are not used",
    "ValidIDPwithindirectCRLTest24EE.crt": "indirect lists are not used",
    "ValidIDPwithindirectCRLTest25EE.crt": "indirect lists are not used",
    "ValidcRLIssuerTest28EE.crt": "indirect lists are not used",
    "ValidcRLIssuerTest29EE.crt": "indirect lists are not used",
    "ValidcRLIssuerTest30EE.crt": "indirect lists are not used",
    "ValidcRLIssuerTest33EE.crt": "indirect lists are not used",
    "ValiddistributionPointTest4EE.crt": "distribution points are compared by full name only",
    "ValiddistributionPointTest5EE.crt": "distribution points are compared by full name only",
    "ValiddistributionPointTest7EE.crt": "distribution points are compared by full name only",
    "ValidonlySomeReasonsTest18EE.crt": "lists for some reasons only can revoke, not clear",
    "ValidonlySomeReasonsTest19EE.crt": "lists for some reasons only can revoke, not clear",
  ]

  @Test(
    "No bad path is accepted, and no good one is refused but those that we mean to",
    .enabled(if: folder != nil, "LIENTHONG_PKITS_DIR is not set"))
  func paths() throws {
    let folder = try #require(Self.folder)
    func files(_ name: String) throws -> [(name: String, bytes: [UInt8])] {
      let path = folder.appendingPathComponent(name)
      return try FileManager.default.contentsOfDirectory(atPath: path.path).sorted().map {
        ($0, Array(try Data(contentsOf: path.appendingPathComponent($0))))
      }
    }
    var authorities: [Certificate] = []
    var leaves: [(name: String, certificate: Certificate)] = []
    var anchor: Certificate?
    for file in try files("certs") {
      // A malformed certificate is as good as refused.
      guard let certificate = try? Certificate(der: file.bytes) else { continue }
      if file.name == "TrustAnchorRootCertificate.crt" {
        anchor = certificate
      } else if file.name.hasSuffix("EE.crt") {
        leaves.append((file.name, certificate))
      } else {
        authorities.append(certificate)
      }
    }
    // Authorities that are leaves of their own tests serve others too.
    let lists = RevocationEvidence(crlDER: try files("crls").map(\.bytes))
    let validator = try PathValidator(
      trust: TrustStore(anchors: [try #require(anchor)], intermediates: authorities, revocation: lists))
    let time = Date(timeIntervalSince1970: 1_794_274_200)  // 2026, within the suite's validity
    var refused: Set<String> = []
    var wronglyAccepted: [String] = []
    for leaf in leaves where leaf.name.hasPrefix("Valid") || leaf.name.hasPrefix("Invalid") {
      let report = validator.validate(leaf.certificate, purpose: .documentSigning, at: time, now: time)
      if leaf.name.hasPrefix("Invalid"), report.isTrusted { wronglyAccepted.append(leaf.name) }
      if leaf.name.hasPrefix("Valid"), !report.isTrusted { refused.insert(leaf.name) }
    }
    #expect(leaves.count > 200)
    #expect(wronglyAccepted.isEmpty, "accepted: \(wronglyAccepted)")
    #expect(refused.sorted() == Self.refusedOnPurpose.keys.sorted())
  }
}
