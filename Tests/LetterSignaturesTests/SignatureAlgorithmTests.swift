import Foundation
import LetterSignatures
import SigningCore
import Testing

/// Which algorithms count, and what is told of those that do not.
@Suite("Algorithms of signatures")
struct SignatureAlgorithmTests {
  /// A detached signature over "Cong van" with a key of RFC 8419, made by other software.
  private static let edwards = """
    MIIB8QYJKoZIhvcNAQcCoIIB4jCCAd4CAQExDzANBglghkgBZQMEAgMFADALBgkqhkiG9w0BBwGggdMwgdAwgYOgAwIBAgIBATAF\
    BgMrZXAwEjEQMA4GA1UEAwwHRWQyNTUxOTAeFw0yNjAxMDEwMTMwMDBaFw00NjAxMDEwMTMwMDBaMBIxEDAOBgNVBAMMB0VkMjU1\
    MTkwKjAFBgMrZXADIQB4HaOXY04740g8/blLMuEhIG9sJ1VYLaUsQFZ+6vYZ7zAFBgMrZXADQQBBexxVXRr3RfDMXsnehAuvcbah\
    1VtfosCDxHKtn2kR4ag7wYp4hYQmxEE+PqrONvzyv55Gjd772b8dSuK78YoJMYHkMIHhAgEBMBcwEjEQMA4GA1UEAwwHRWQyNTUx\
    OQIBATANBglghkgBZQMEAgMFAKBrMBgGCSqGSIb3DQEJAzELBgkqhkiG9w0BBwEwTwYJKoZIhvcNAQkEMUIEQI1vwyBPqUsXJ/FA\
    M/zFXdNoO5zsB4ZIwZS8dkoyI0R229LSHPfad39RrmqCkatuK0Xm7UKbd6FLe55NCf7PALQwBQYDK2VwBEDDlFqscvYk2H6IKvDB\
    Lw11eyMXd+IWOgnQmCfi8V6PKrda5ZLJK16jtSAH2Z5sGZqunbhR9mJlJRtDOKyj/MAA\

    """

  @Test("Ed25519 is refused as an algorithm that does not count, and as invalid only where its value does not fit")
  func edwards() throws {
    var cms = [UInt8](try #require(Data(base64Encoded: Self.edwards)))
    let content = Array("Cong van".utf8)
    let verifier = try LetterVerifier(trust: TrustStore(anchors: []))
    let now = Date(timeIntervalSince1970: 1_790_000_000)
    let report = verifier.verify(cms: cms, content: content, at: now)
    #expect(report.decision == .reject)
    #expect(report.codes.contains(.weakCryptography) && !report.codes.contains(.signatureInvalid), "\(report.detail)")
    #expect(report.integrity == .intact)
    #expect(report.signatures.first?.cryptographic.reason == "unsupported-algorithm")
    let other = verifier.verify(cms: cms, content: content + [0x2E], at: now)
    #expect(other.integrity == .modified)
    cms[cms.count - 1] ^= 1
    let forged = verifier.verify(cms: cms, content: content, at: now)
    #expect(forged.codes.contains(.signatureInvalid), "\(forged.detail)")
    #expect(forged.integrity == .broken)
  }

  @Test("A digest that is not known is refused as an algorithm, and nothing is said to be intact")
  func unknownDigest() throws {
    var cms = [UInt8](try #require(Data(base64Encoded: Self.edwards)))
    // SHA-512 (…3.4.2.3) becomes SHA3-256 (…3.4.2.8), in both places.
    let sha512: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03]
    for range in Data(cms).ranges(of: Data(sha512)) { cms[range.upperBound - 1] = 8 }
    let verifier = try LetterVerifier(trust: TrustStore(anchors: []))
    let report = verifier.verify(
      cms: cms, content: Array("Cong van".utf8), at: Date(timeIntervalSince1970: 1_790_000_000))
    #expect(report.codes.contains(.weakCryptography) && !report.codes.contains(.signatureInvalid), "\(report.detail)")
    #expect(report.integrity == .broken)
  }
}
