import Foundation
import LetterSignatures
import SigningCore
import Testing

@Suite("Letter report")
struct LetterReportTests {
  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  private var schema: [String: Any] {
    get throws {
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      let data = try Data(contentsOf: root.appending(path: "Schemas/letter-report.schema.json"))
      return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
  }

  private func keys(_ schema: Any?, _ path: String...) -> Set<String> {
    var node = schema
    for step in path { node = (node as? [String: Any])?[step] }
    return Set((node as? [String: Any])?.keys.map { $0 } ?? [])
  }

  @Test("A report has the keys of its schema, no more and no less, and reads back as itself")
  func schemaKeys() async throws {
    var report = bench.verify(try await bench.signedTwice(SigningBench.letter()))
    report.file = "letter.pdf"
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    let data = try encoder.encode(report)
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let schema = try schema
    #expect(Set(json.keys) == keys(schema, "properties"))
    let signature = try #require((json["signatures"] as? [[String: Any]])?.first)
    #expect(Set(signature.keys) == keys(schema, "$defs", "signature", "properties"))
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    #expect(try decoder.decode(LetterReport.self, from: data).decision == report.decision)
  }

  @Test("The schema knows every code, and every code has its own sentence in both languages")
  func codes() throws {
    let properties = try schema["properties"] as? [String: Any]
    let items = (properties?["codes"] as? [String: Any])?["items"] as? [String: Any]
    #expect(Set(items?["enum"] as? [String] ?? []) == Set(LetterCode.all.map(\.rawValue)))
    #expect(Set(LetterCode.all.map(\.clerk)).count == LetterCode.all.count)
  }

  @Test("Without any anchor nothing is trusted, and the rest is still told")
  func noAnchor() async throws {
    let verifier = try LetterVerifier(trust: TrustStore(anchors: []))
    let report = verifier.verify(try await bench.signedTwice(SigningBench.letter()), at: SigningBench.now)
    #expect(report.decision == .reject)
    #expect(report.integrity == .intact)
    #expect(report.codes.contains(.certificateUntrusted))
    #expect(verifier.verify(SigningBench.letter(), at: SigningBench.now).codes == [.unsigned])
  }

  @Test("Another organisation's signature, a person's alone, and a sender unknown to the registry are told apart")
  func senders() async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    func codes(_ sender: ExpectedSender?) -> [LetterCode] {
      bench.verifier.verify(letter, sender: sender, at: SigningBench.now).codes
    }
    #expect(codes(nil) == [])
    #expect(codes(bench.sender) == [])
    #expect(codes(ExpectedSender(expectedSubject: ["CN": "Sở Thử", "UID": "MST:0000000000"])) == [])
    #expect(codes(ExpectedSender(expectedSubject: ["CN": "Sở Khác"])) == [.wrongOrganisation, .wrongSignerKind])
    #expect(codes(ExpectedSender(certificates: ["00"])) == [.wrongOrganisation, .wrongSignerKind])
    #expect(codes(ExpectedSender(organId: "000.00.99")) == [.senderUnregistered])
    let alone = try await LetterSigner.sign(
      pdf: SigningBench.letter(), bench.request(1), with: bench.leader, timeStamp: bench.stamps)
    #expect(bench.verify(alone).codes == [.wrongSignerKind])
    let agencyAlone = try await LetterSigner.sign(
      pdf: SigningBench.letter(), bench.request(1), with: bench.agency, timeStamp: bench.stamps)
    #expect(bench.verify(agencyAlone).codes == [.personSignatureMissing])
  }

  @Test("A policy file's keys are those of the samples, and unknown digests are an error")
  func policy() throws {
    let text =
      #"{"org_policy_oid": "2.999.1", "person_uid_prefix": "X:", "min_rsa_bits": 3072, "weak_digests": ["md5"]}"#
    let policy = try JSONDecoder().decode(LetterPolicy.self, from: Data(text.utf8))
    #expect(policy.organisationPolicyOID == "2.999.1")
    #expect(policy.personUIDPrefixes == ["CCCD:", "CMND:", "HC:", "X:"])
    #expect(policy.minimumRSABits == 3072)
    #expect(policy.weakDigests == [.insecureMD5])
    #expect(try JSONDecoder().decode(LetterPolicy.self, from: try JSONEncoder().encode(policy)) == policy)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(LetterPolicy.self, from: Data(#"{"weak_digests": ["crc32"]}"#.utf8))
    }
    func read(_ text: String) throws -> LetterPolicy {
      try JSONDecoder().decode(LetterPolicy.self, from: Data(text.utf8))
    }
    // Those that are refused whatever a policy says may be named in it.
    #expect(
      try read(#"{"weak_digests": ["md2", "MD5", "sha-1", "ripemd160", "sha224"]}"#).weakDigests
        == [.insecureMD5, .insecureSHA1, .sha224])
    #expect(try read(#"{"requirePerson": true}"#).requirePerson && read(#"{"require_person": true}"#).requirePerson)
    #expect(try !read(#"{"require": "a remark"}"#).requirePerson)
  }

  @Test("Of a refused letter each fact is told for itself: level, coverage, digest, what came after")
  func refusedLetters() async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    // A stamp that does not hold is there all the same.
    let early = bench.verifier.verify(letter, at: SigningBench.now - 86_400)
    #expect(early.codes.contains(.timeStampInvalid))
    #expect(early.signatures.map(\.level) == [.bT, .bT])
    #expect(early.signatures.map(\.timeStamp.result) == [.failed, .failed])
    let longer = bench.verify(letter + Array("9 0 obj".utf8))
    #expect(longer.signatures.map(\.changesAfter.reason) == ["bytes_after_the_end", "bytes_after_the_end"])
    #expect(longer.signatures.map(\.indication) == [.indeterminate, .indeterminate])
    // Bytes before the header shift all that was signed.
    let shifted = bench.verify([0x0A] + letter)
    #expect(shifted.codes == [.malformed, .modified])
    #expect(shifted.indication == .totalFailed && shifted.subindication == .hashFailure)
  }

  @Test("A range beyond the file has lost its bytes; of a signature that cannot be read nothing more is said")
  func unreadableSignatures() async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    var text = String(decoding: letter, as: UTF8.self)
    let range = try #require(text.range(of: "/ByteRange [0 ", options: .backwards))
    let numbers = text[range.upperBound...].prefix { $0 != "]" }
    let grown = numbers.split(separator: " ").map { Int($0) ?? 0 }
    // One digit more in place of a blank before the bracket's end, so that no offset changes.
    text.replaceSubrange(
      numbers.startIndex..<numbers.endIndex,
      with: "\(grown[0]) \(grown[1]) \(grown[2] + 9000)".padding(toLength: numbers.count, withPad: " ", startingAt: 0))
    let beyond = bench.verify(Array(text.utf8))
    #expect(beyond.codes.contains(.modified))
    #expect(beyond.subindication == .hashFailure)
    let facts = try #require(beyond.signatures.first { $0.coverage.result != .passed })
    #expect(facts.coverage.reason == "byte_range_beyond_the_file")
    #expect(facts.cryptographic.reason == "signed-bytes-missing")
    let nonsense = try await HandMadeSignature().added(to: SigningBench.letter()) { _ in [0x30, 0x03, 0x02, 0x01, 0x01]
    }
    #expect(bench.verify(nonsense).codes == [.signatureInvalid])
    #expect(bench.verify(nonsense).integrity == .broken)
  }

  @Test("A certificate that was revoked after the proved time was good then, and is not now")
  func goodThenNotNow() async throws {
    var pki = bench.pki
    pki.revoke(bench.agency.certificate, at: SigningBench.now + 3600, reason: .keyCompromise)
    let trust = try pki.trustStore(thisUpdate: SigningBench.now + 7200, nextUpdate: SigningBench.now + 86_400)
    let report = try LetterVerifier(trust: trust).verify(
      try await bench.signedTwice(SigningBench.letter()), at: SigningBench.now + 10_000)
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.signatures.map(\.chain.result) == [.passed, .passed])
    #expect(report.signatures.map(\.chainNow.reason) == [nil, "revoked"])
  }

  @Test(
    "Of every certificate the report tells its status, what that rests on and of when, and each signature stands alone")
  func evidence() async throws {
    let report = bench.verify(try await bench.signedTwice(SigningBench.letter()))
    let signature = try #require(report.signatures.last)
    #expect(signature.revocationEvidence.map(\.role) == [.signer, .signer, .timeStamp, .timeStamp])
    #expect(signature.revocationEvidence.allSatisfy { $0.kind == .crl && $0.origin == .store && $0.thisUpdate != nil })
    #expect(signature.indication == .totalPassed && signature.subindication == nil)
    #expect(report.revocationNeeds.isEmpty)
    let silent = try LetterVerifier(
      trust: TrustStore(anchors: bench.verifier.trust.anchors, intermediates: bench.verifier.trust.intermediates))
    let open = silent.verify(try await bench.signedTwice(SigningBench.letter()), at: SigningBench.now)
    #expect(open.signatures.map(\.indication) == [.indeterminate, .indeterminate])
    #expect(open.signatures.map(\.subindication) == [.tryLater, .tryLater])
    // Leader, agency and time-stamping authority, and the two authorities above them, each once.
    #expect(open.revocationNeeds.count == 5)
  }

  @Test("A time stamp of weak algorithms is an invalid one and weak cryptography, both told")
  func weakStamp() async throws {
    var policy = LetterPolicy()
    policy.minimumRSABits = 4096
    let strict = try LetterVerifier(trust: bench.verifier.trust, policy: policy)
    let codes = strict.verify(try await bench.signedTwice(SigningBench.letter()), at: SigningBench.now).codes
    #expect(codes.contains(.timeStampInvalid) && codes.contains(.weakCryptography))
  }
}
