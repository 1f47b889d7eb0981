import Foundation
import SigningCore
import Testing

@Suite("Path validation")
struct PathValidatorTests {
  private func report(
    _ leaf: CertifiedKey, validator: PathValidator? = nil, purpose: CertificatePurpose = .documentSigning,
    at time: Date = TestPKI.signed, untrusted: [Certificate] = [], evidence: RevocationEvidence = .init()
  ) throws -> PathReport {
    try (validator ?? TestPKI.validator()).validate(
      leaf.certificate, untrusted: untrusted, purpose: purpose, at: time, now: TestPKI.now, evidence: evidence)
  }

  @Test("Certificates of the usual profiles are trusted for what they are for")
  func good() throws {
    let made = try TestPKI.shared()
    for leaf in [made.organisation, made.person] {
      let report = try report(leaf)
      #expect(report.isTrusted, "\(report.findings)")
      #expect(report.chain == [leaf.certificate, made.pki.issuing.certificate, made.pki.root.certificate])
      #expect(report.anchor == made.pki.root.certificate)
      #expect(report.certificates[0].revocation.source?.kind == .crl)
      #expect(report.certificates[0].revocation.source?.origin == .store)
    }
    #expect(try report(made.pki.timeStamping, purpose: .timeStamping).isTrusted)
    #expect(try report(made.organisation, purpose: .timeStamping).keyUsage == .failed(.extendedKeyUsage))
    #expect(try report(made.pki.timeStamping).keyUsage == .failed(.extendedKeyUsage))
  }

  @Test("Certificates without key identifiers, of older authorities, are as good; a forged issuer stays one")
  func withoutKeyIdentifiers() throws {
    let pki = try TestPKI.shared().pki
    let none = ["authorityKeyIdentifier": "", "subjectKeyIdentifier": ""]
    let found = try report(TestPKI.leaf { $0.extensions = none })
    #expect(found.isTrusted, "\(found.findings)")
    // The same issuer's name, another key.
    var profile = CertificateProfile(
      subject: pki.issuing.certificate.subject.attributes.map { (name: $0.name, value: $0.value) }, serial: [9],
      notBefore: TestPKI.start, notAfter: TestPKI.end, key: .ec(curve: "P-256"), isCA: true,
      keyUsage: "critical,keyCertSign,cRLSign")
    profile.extensions = none
    let forged = try TestPKI.leaf(issuer: try profile.make(issuer: nil)) { $0.extensions = none }
    #expect(try report(forged, untrusted: forged.issuers).path.isFailed)
  }

  @Test("A self-signed certificate, another root and a missing issuer are untrusted, each with its reason")
  func untrusted() throws {
    var profile = CertificateProfile(
      subject: [("CN", "Tự ký")], serial: [1], notBefore: TestPKI.start, notAfter: TestPKI.end, key: .ec(curve: "P-256")
    )
    let lonely = try profile.make(issuer: nil)
    #expect(try report(lonely).path == .failed(.selfSigned))
    #expect(try report(lonely).revocation == .indeterminate(.pathNotBuilt))
    profile.isCA = true
    profile.keyUsage = "critical,keyCertSign,cRLSign"
    let foreignRoot = try profile.make(issuer: nil)
    let foreign = try TestPKI.leaf(issuer: foreignRoot) { $0.key = .ec(curve: "P-256") }
    #expect(try report(foreign).path == .failed(.issuerNotFound))
    #expect(try report(foreign, untrusted: [foreignRoot.certificate]).path == .failed(.untrusted))
    #expect(try report(foreign).anchor == nil)
  }

  @Test("Time is a fact of its own: expired, not yet valid, and valid then though not now")
  func validity() throws {
    let early = try TestPKI.leaf {
      $0.key = .ec(curve: "P-256")
      $0.notAfter = TestPKI.signed + TestPKI.day
    }
    #expect(try report(early).isTrusted)
    #expect(try report(early).validNow == .failed(.expired))
    #expect(try report(early).certificates[0].evidenceIsLaterThanExpiry)
    #expect(try !report(TestPKI.shared().organisation).certificates[0].evidenceIsLaterThanExpiry)
    let expired = try report(early, at: TestPKI.now)
    #expect(expired.validity == .failed(.expired))
    #expect(expired.path == .passed)
    #expect(expired.certificates[1].validity == .passed)
    let future = try TestPKI.leaf {
      $0.key = .ec(curve: "P-256")
      $0.notBefore = TestPKI.signed + TestPKI.day
    }
    #expect(try report(future).validity == .failed(.notYetValid))
  }

  @Test("Key usage and extended key usage have to allow signing documents")
  func usage() throws {
    func finding(_ change: (inout CertificateProfile) -> Void) throws -> Finding {
      try report(
        TestPKI.leaf {
          $0.key = .ec(curve: "P-256")
          change(&$0)
        }
      ).keyUsage
    }
    #expect(try finding { $0.keyUsage = "critical,keyEncipherment" } == .failed(.keyUsage))
    #expect(try finding { $0.keyUsage = "critical,nonRepudiation" } == .passed)
    #expect(try finding { $0.keyUsage = nil } == .passed)
    #expect(try finding { $0.extendedKeyUsage = "serverAuth" } == .failed(.extendedKeyUsage))
    #expect(try finding { $0.extendedKeyUsage = "serverAuth,emailProtection" } == .passed)
    #expect(try finding { $0.extendedKeyUsage = "1.3.6.1.5.5.7.3.36" } == .passed)
    #expect(try finding { $0.extendedKeyUsage = "anyExtendedKeyUsage" } == .passed)
    let stamper = try TestPKI.leaf(issuer: TestPKI.shared().pki.timeStampingCA) {
      $0.key = .ec(curve: "P-256")
      $0.keyUsage = "critical,digitalSignature"
      $0.extendedKeyUsage = "timeStamping"
    }
    #expect(try report(stamper, purpose: .timeStamping).keyUsage == .failed(.extendedKeyUsageNotCritical))
    let both = try TestPKI.leaf(issuer: TestPKI.shared().pki.timeStampingCA) {
      $0.key = .ec(curve: "P-256")
      $0.extendedKeyUsage = "critical,timeStamping,emailProtection"
    }
    #expect(try report(both, purpose: .timeStamping).keyUsage == .failed(.extendedKeyUsage))
  }

  @Test("Short keys and weak digests are found by our own table")
  func strength() throws {
    let short = try TestPKI.leaf { $0.key = .rsa(bits: 1_024) }
    #expect(try report(short).algorithms == .failed(.weakKey))
    #expect(try report(short).path == .passed)
    let old = try TestPKI.leaf {
      $0.key = .ec(curve: "P-256")
      $0.digest = .insecureSHA1
    }
    #expect(try report(old).algorithms == .failed(.weakDigest))
    let lenient = try TestPKI.validator(policy: PathPolicy(algorithms: AlgorithmPolicy(minimumRSABits: 1_024)))
    #expect(try report(short, validator: lenient).isTrusted)
  }

  @Test("A leaf cannot act as an authority, and a path longer than allowed is refused")
  func authorities() throws {
    let made = try TestPKI.shared()
    let forged = try TestPKI.leaf(issuer: made.organisation) { $0.key = .ec(curve: "P-256") }
    #expect(try report(forged, untrusted: [made.organisation.certificate]).path == .failed(.notACertificationAuthority))
    let limited = try TestPKI.leaf(name: "CA con") {
      $0.isCA = true
      $0.keyUsage = "critical,keyCertSign,cRLSign"
      $0.key = .ec(curve: "P-256")
      $0.extensions = ["basicConstraints": "critical,CA:TRUE,pathlen:0"]
    }
    let below = try TestPKI.leaf(issuer: limited, name: "CA cháu") {
      $0.isCA = true
      $0.keyUsage = "critical,keyCertSign,cRLSign"
      $0.key = .ec(curve: "P-256")
    }
    let leaf = try TestPKI.leaf(issuer: below) { $0.key = .ec(curve: "P-256") }
    #expect(
      try report(leaf, untrusted: [limited.certificate, below.certificate]).path == .failed(.pathTooLong))
    let noSigning = try TestPKI.leaf(name: "CA không được ký") {
      $0.isCA = true
      $0.keyUsage = "critical,cRLSign"
      $0.key = .ec(curve: "P-256")
    }
    let child = try TestPKI.leaf(issuer: noSigning) { $0.key = .ec(curve: "P-256") }
    #expect(try report(child, untrusted: [noSigning.certificate]).path == .failed(.notACertificationAuthority))
  }

  @Test("A forged certificate that names a trusted authority fails by its signature")
  func forgedSignature() throws {
    let made = try TestPKI.shared()
    let impostor = try CertificateProfile(
      subject: made.pki.issuing.certificate.subject.attributes.map { (name: $0.name, value: $0.value) },
      serial: [7], notBefore: TestPKI.start, notAfter: TestPKI.end, key: .ec(curve: "P-256"), isCA: true,
      keyUsage: "critical,keyCertSign,cRLSign"
    ).make(issuer: nil)
    let forged = try TestPKI.leaf(issuer: impostor) {
      $0.key = .ec(curve: "P-256")
      $0.extensions = ["authorityKeyIdentifier": ""]
    }
    let report = try report(forged, untrusted: [impostor.certificate])
    #expect(report.path.isFailed, "\(report.path)")
    #expect(!report.isTrusted)
  }

  @Test("Where an authority demands a policy, a leaf without one is refused")
  func policies() throws {
    let demanding = try TestPKI.leaf(issuer: TestPKI.shared().pki.root, name: "CA có chính sách") {
      $0.isCA = true
      $0.keyUsage = "critical,keyCertSign,cRLSign"
      $0.key = .ec(curve: "P-256")
      $0.policyOIDs = ["2.999.5"]
      $0.extensions = ["policyConstraints": "critical,requireExplicitPolicy:0"]
    }
    let without = try TestPKI.leaf(issuer: demanding) { $0.key = .ec(curve: "P-256") }
    let with = try TestPKI.leaf(issuer: demanding) {
      $0.key = .ec(curve: "P-256")
      $0.policyOIDs = ["2.999.5"]
    }
    #expect(try report(without, untrusted: [demanding.certificate]).path == .failed(.policyNotAllowed))
    #expect(try report(with, untrusted: [demanding.certificate]).path == .passed)
  }

  @Test("An anchor that is no root ends the path")
  func partialAnchor() throws {
    let made = try TestPKI.shared()
    let validator = try TestPKI.validator(anchors: [made.pki.issuing.certificate])
    let report = try report(made.organisation, validator: validator)
    #expect(report.isTrusted, "\(report.findings)")
    #expect(report.anchor == made.pki.issuing.certificate)
    #expect(report.chain.count == 2)
  }

  @Test("One validator serves many tasks at once")
  func concurrency() async throws {
    let made = try TestPKI.shared()
    let validator = try TestPKI.validator()
    let good = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<64 {
        let leaf = index.isMultiple(of: 2) ? made.organisation.certificate : made.person.certificate
        group.addTask {
          validator.validate(leaf, purpose: .documentSigning, at: TestPKI.signed, now: TestPKI.now).isTrusted
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(good == 64)
  }

  @Test("Without anchors there is no validator")
  func noAnchors() {
    expectCode(.noTrustAnchor) { try PathValidator(trust: TrustStore(anchors: [])) }
  }
}
