import Foundation
import SigningCore
import Testing

@Suite("CMS signature")
struct CMSTests {
  private let content = Array("Công văn mẫu số 05/ABC-XYZ\n".utf8)

  private func draft(_ scheme: SignatureScheme? = nil, key: CertifiedKey? = nil) throws -> (CMSDraft, SoftwareKey) {
    let signer = try (key ?? TestPKI.shared().organisation).signer(scheme: scheme)
    return (try CMSDraft(signer: signer, messageDigest: try Digest.of(content, signer.scheme.digest)), signer)
  }

  private func signed(_ scheme: SignatureScheme? = nil, key: CertifiedKey? = nil) throws -> [UInt8] {
    let (draft, signer) = try draft(scheme, key: key)
    return try draft.complete(signature: try signer.signature(over: draft.bytesToSign.bytes))
  }

  @Test(
    "Signing in two steps, with the draft stored as JSON between, gives what openssl accepts as CAdES",
    arguments: [SignatureScheme.rsaPKCS1SHA256, .rsaPKCS1SHA512, .rsaPSSSHA256, .rsaPSSSHA384])
  func twoSteps(_ scheme: SignatureScheme) async throws {
    let (draft, signer) = try draft(scheme)
    let stored = try JSONEncoder().encode(draft)
    let value = try await signer.sign(draft.bytesToSign)
    let revived = try JSONDecoder().decode(CMSDraft.self, from: stored)
    #expect(revived == draft)
    let cms = try revived.complete(signature: value)
    #expect(cms.count <= draft.estimatedByteCount)
    try expectAccepted(cms)
    try expectGood(CMSSignature(der: cms), scheme)
  }

  @Test("ECDSA works, with the value in DER and as the fixed-length pair of a token", arguments: ["P-256", "P-384"])
  func ecdsa(_ curve: String) throws {
    let key = try TestPKI.leaf { $0.key = .ec(curve: curve) }
    let (draft, signer) = try draft(key: key)
    let value = try signer.signature(over: draft.bytesToSign.bytes)
    let cms = try draft.complete(signature: value)
    try expectAccepted(cms)
    try expectGood(CMSSignature(der: cms), signer.scheme)
    let pair = try fixedLength(value, half: curve == "P-256" ? 32 : 48)
    let fromToken = try draft.complete(signature: pair)
    #expect(fromToken == cms)
  }

  /// The two integers of an ECDSA value in DER, padded to a fixed length.
  private func fixedLength(_ der: [UInt8], half: Int) throws -> [UInt8] {
    var pair: [UInt8] = []
    var rest = der.dropFirst(2)
    for _ in 0..<2 {
      let length = Int(try #require(rest.dropFirst().first))
      let number = rest.dropFirst(2).prefix(length).drop { $0 == 0 }
      pair += [UInt8](repeating: 0, count: half - number.count) + number
      rest = rest.dropFirst(2 + length)
    }
    return pair
  }

  private func expectAccepted(_ cms: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let pki = try TestPKI.shared().pki
    let output = try OpenSSLCommand.withFolder([
      "s.p7s": cms, "content": content, "root.pem": Array(pki.root.certificate.pem.utf8),
      "ca.pem": Array(pki.issuing.certificate.pem.utf8),
    ]) { folder in
      let text = try OpenSSLCommand.run(["asn1parse", "-inform", "DER", "-in", "s.p7s"], in: folder).text
      #expect(text.contains("id-smime-aa-signingCertificateV2"))
      #expect(!text.contains("signingTime"))
      return try OpenSSLCommand.run(
        [
          "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "s.p7s", "-content", "content", "-CAfile",
          "root.pem",
          "-certfile", "ca.pem", "-purpose", "any", "-out", "/dev/null",
        ], in: folder)
    }
    #expect(output.status == 0, "\(output.text)", sourceLocation: sourceLocation)
  }

  private func expectGood(_ cms: CMSSignature, _ scheme: SignatureScheme) throws {
    #expect(cms.structure == .passed)
    #expect(cms.signedAttributes == .passed)
    #expect(cms.signature == .passed)
    #expect(cms.signingCertificate == .passed)
    #expect(try cms.content(matches: Digest.of(content, scheme.digest)) == .passed)
    #expect(try cms.content { try Digest.of(content, $0) } == .passed)
    #expect(cms.signatureKind == scheme.kind)
    #expect(cms.signatureDigest == scheme.digest)
    #expect(cms.algorithms(under: AlgorithmPolicy()) == .passed)
    #expect(cms.signerInfoCount == 1)
    #expect(!cms.hasEncapsulatedContent)
    #expect(cms.claimedSigningTime == nil)
    #expect(cms.trailingByteCount == 0)
    #expect(cms.timeStampTokens.isEmpty)
  }

  @Test("A value by another key, a damaged one and a damaged draft are refused when completing")
  func completeRefuses() throws {
    let (draft, signer) = try draft()
    var value = try signer.signature(over: draft.bytesToSign.bytes)
    let other = try TestPKI.shared().person.signer().signature(over: draft.bytesToSign.bytes)
    expectCode(.signatureDoesNotMatch) { try draft.complete(signature: other) }
    expectCode(.signatureDoesNotMatch) { try draft.complete(signature: []) }
    value[10] ^= 1
    expectCode(.signatureDoesNotMatch) { try draft.complete(signature: value) }
    let json = String(decoding: try JSONEncoder().encode(draft), as: UTF8.self)
    let elsewhere = try CMSDraft(signer: signer, messageDigest: try Digest.of([UInt8](), .sha256))
    let foreign = String(decoding: try JSONEncoder().encode(elsewhere.bytesToSign), as: UTF8.self)
    let own = String(decoding: try JSONEncoder().encode(draft.bytesToSign), as: UTF8.self)
    #expect(json.contains("skeleton"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    var mixed = object
    mixed["bytesToSign"] = try JSONSerialization.jsonObject(with: Data(foreign.utf8))
    #expect(own != foreign)
    let revived = try JSONDecoder().decode(CMSDraft.self, from: JSONSerialization.data(withJSONObject: mixed))
    expectCode(.draftUnreadable) { try revived.complete(signature: value) }
  }

  @Test("The digest and DigestInfo for hash-only keys sign to the same value as the bytes")
  func hashSigning() throws {
    let (draft, _) = try draft()
    #expect(draft.bytesToSign.digest == (try Digest.of(draft.bytesToSign.bytes)))
    let info = try draft.bytesToSign.digestInfo()
    #expect(info.count == 51)
    #expect(info.suffix(32).elementsEqual(draft.bytesToSign.digest))
  }

  @Test("Zero padding after the structure is counted, other bytes are noticed")
  func trailingBytes() throws {
    let cms = try signed()
    let padded = try CMSSignature(der: cms + [UInt8](repeating: 0, count: 500))
    #expect(padded.byteCount == cms.count)
    #expect(padded.trailingByteCount == 500)
    #expect(padded.trailingBytesAreZero)
    #expect(padded.signature == .passed)
    #expect(try !CMSSignature(der: cms + [0, 0, 7]).trailingBytesAreZero)
  }

  @Test("A flipped bit anywhere never leaves all facts passed")
  func bitFlips() throws {
    let cms = try signed()
    let good = try CMSSignature(der: cms)
    let value = good.signatureValue
    let digest = try Digest.of(content)
    var accepted = 0
    for position in stride(from: 0, to: cms.count, by: 11) {
      var damaged = cms
      damaged[position] ^= UInt8(1 << (position % 8))
      guard let facts = try? CMSSignature(der: damaged) else { continue }
      let all = [
        facts.structure, facts.signedAttributes, facts.signature, facts.signingCertificate,
        facts.content(matches: digest),
      ]
      // Bits outside what is signed (another embedded certificate, version numbers) may change nothing.
      if all.allSatisfy(\.isPassed) {
        accepted += 1
        #expect(facts.signerCertificate == good.signerCertificate)
        #expect(facts.messageDigest == good.messageDigest)
        #expect(facts.signatureValue == value)
      }
    }
    #expect(accepted < cms.count / 22)
  }

  @Test(
    "Made by openssl: SHA-1, no signed attributes, attached content and a missing signing certificate are told apart")
  func foreignSignatures() throws {
    let made = try TestPKI.shared()
    let store = try made.organisation.pkcs12(password: "x")
    let digest = try Digest.of(content)
    func make(_ options: [String], _ check: (CMSSignature) throws -> Void) throws {
      try OpenSSLCommand.withFolder(["k.p12": store, "content": content]) { folder in
        let unpacked = try OpenSSLCommand.run(
          ["pkcs12", "-in", "k.p12", "-passin", "pass:x", "-nodes", "-out", "k.pem"], in: folder)
        #expect(unpacked.status == 0, "\(unpacked.text)")
        let output = try OpenSSLCommand.run(
          ["cms", "-sign", "-binary", "-in", "content", "-signer", "k.pem", "-outform", "DER", "-out", "s.p7s"]
            + options,
          in: folder)
        #expect(output.status == 0, "\(output.text)")
        let der = try Array(Data(contentsOf: folder.appendingPathComponent("s.p7s")))
        try check(CMSSignature(der: der, signerCandidates: [made.organisation.certificate], keepingContent: true))
      }
    }
    try make(["-md", "sha1"]) {
      #expect($0.signature == .passed)
      #expect($0.signingCertificate == .indeterminate(.signingCertificateMissing))
      #expect($0.algorithms(under: AlgorithmPolicy()) == .failed(.weakDigest))
      #expect($0.claimedSigningTime != nil)
    }
    try make(["-noattr"]) {
      #expect($0.signedAttributes == .failed(.signedAttributesMissing))
      #expect(!$0.signature.isPassed)
      #expect($0.content(matches: digest).isFailed)
    }
    try make(["-nodetach", "-md", "sha256", "-cades"]) {
      #expect($0.hasEncapsulatedContent)
      #expect($0.encapsulatedContent == content)
      #expect($0.signature == .passed)
    }
    try make(["-nocerts", "-md", "sha256", "-cades"]) {
      #expect($0.certificates.isEmpty)
      #expect($0.signerCertificate == made.organisation.certificate)
      #expect($0.signature == .passed)
      #expect($0.signingCertificate == .passed)
    }
  }

  @Test("A signature algorithm that names another digest than the content's is refused, though openssl would verify it")
  func disagreeingAlgorithms() throws {
    let rsaEncryption: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
    var cms = try signed()
    let start = try #require(cms.indices.last { cms[$0...].starts(with: rsaEncryption) })
    cms[start + 8] = 0x0b  // sha256WithRSAEncryption: the same thing said in another way
    #expect(try CMSSignature(der: cms).signature == .passed)
    cms[start + 8] = 0x0d  // sha512WithRSAEncryption
    let facts = try CMSSignature(der: cms)
    #expect(facts.signature == .failed(.algorithmsDisagree))
    #expect(facts.signatureDigest == .sha512)
    cms[start + 8] = 0x05  // sha1WithRSAEncryption
    #expect(try CMSSignature(der: cms).algorithms(under: AlgorithmPolicy()) == .failed(.weakDigest))
  }

  @Test("Two signers in one structure are refused")
  func twoSigners() throws {
    let made = try TestPKI.shared()
    let facts = try OpenSSLCommand.withFolder([
      "a.p12": made.organisation.pkcs12(password: "x"), "b.p12": made.person.pkcs12(password: "x"), "content": content,
    ]) { folder in
      for name in ["a", "b"] {
        _ = try OpenSSLCommand.run(
          ["pkcs12", "-in", "\(name).p12", "-passin", "pass:x", "-nodes", "-out", "\(name).pem"], in: folder)
      }
      let output = try OpenSSLCommand.run(
        [
          "cms", "-sign", "-binary", "-in", "content", "-signer", "a.pem", "-signer", "b.pem", "-outform", "DER",
          "-out", "s",
        ],
        in: folder)
      #expect(output.status == 0, "\(output.text)")
      return try CMSSignature(der: Array(Data(contentsOf: folder.appendingPathComponent("s"))))
    }
    #expect(facts.structure == .failed(.signerCountNotOne))
    #expect(facts.signerInfoCount == 2)
  }

  @Test("A substituted certificate with the same key, issuer and serial number does not pass for the signer's")
  func substitution() throws {
    let made = try TestPKI.shared()
    let genuine = try signed()
    // The same names, serial number and key in a certificate that is not the one that signed.
    var profile = try made.pki.organisationProfile(
      name: "Sở Khoa học và Công nghệ", superior: "Ủy ban nhân dân tỉnh Mẫu", province: "Mẫu", taxCode: "0100000099")
    profile.serial = try #require([UInt8](hexadecimal: made.organisation.certificate.serialHex))
    profile.policyOIDs = ["2.999.66"]
    let twin = try profile.make(issuer: made.pki.issuing, keyOf: made.organisation).certificate
    #expect(twin != made.organisation.certificate)
    #expect(twin.serialHex == made.organisation.certificate.serialHex)
    let original = made.organisation.certificate.der
    // Both embedded or only the twin at hand: the attribute decides.
    let swapped = try replacing(original, by: twin.der, in: genuine)
    let facts = try CMSSignature(der: swapped)
    #expect(facts.signerCertificate == twin)
    #expect(facts.signature == .passed)
    #expect(facts.signingCertificate == .failed(.signingCertificateMismatch))
    let both = try CMSSignature(der: swapped, signerCandidates: [made.organisation.certificate])
    #expect(both.signerCertificate == made.organisation.certificate)
    #expect(both.signingCertificate == .passed)
  }

  /// Swaps one embedded certificate and mends the lengths around it.
  private func replacing(_ original: [UInt8], by twin: [UInt8], in cms: [UInt8]) throws -> [UInt8] {
    let start = try #require(cms.firstRange(of: original))
    var bytes = cms
    bytes.replaceSubrange(start, with: twin)
    let difference = twin.count - original.count
    // ContentInfo, [0], SignedData, certificates [0]: each a header with a two-byte length in front of the certificate.
    var position = 0
    var mended = 0
    while position < start.lowerBound {
      let tag = bytes[position]
      let constructed = tag & 0x20 != 0
      let isLong = bytes[position + 1] == 0x82
      let length = isLong ? Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]) : Int(bytes[position + 1])
      let header = isLong ? 4 : 2
      let end = position + header + length
      if constructed, end > start.lowerBound {
        let new = length + difference
        bytes[position + 2] = UInt8(new >> 8)
        bytes[position + 3] = UInt8(new & 0xff)
        mended += 1
        position += header
      } else {
        position = end
      }
    }
    #expect(mended == 4)
    return bytes
  }

  @Test("What is no CMS signature is refused cleanly")
  func refusals() throws {
    let cms = try signed()
    expectCode(.notACMSSignature) { try CMSSignature(der: []) }
    expectCode(.notACMSSignature) { try CMSSignature(der: [UInt8](repeating: 0, count: 100)) }
    expectCode(.notACMSSignature) { try CMSSignature(der: Array(cms.prefix(cms.count / 2))) }
    expectCode(.notACMSSignature) { try CMSSignature(der: [UInt8](repeating: 0x30, count: 100_000)) }
    expectCode(.notACMSSignature) {
      try CMSSignature(der: [UInt8]([0x30, 0x80]) + [UInt8](repeating: 0xa0, count: 50_000))
    }
    expectCode(.tooLarge) { try CMSSignature(der: cms, maximumByteCount: 100) }
    expectCode(.notACMSSignature) { try CMSAssembly.signatureValue(of: [0x30, 0]) }
  }
}
