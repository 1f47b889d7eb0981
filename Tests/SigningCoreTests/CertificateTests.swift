import Foundation
import SigningCore
import Testing

@Suite("Certificate")
struct CertificateTests {
  @Test("An organisation's certificate tells its names, serial, usage and policy")
  func fields() throws {
    let certificate = try TestPKI.shared().organisation.certificate
    #expect(certificate.subject["CN"] == "Sở Khoa học và Công nghệ")
    #expect(certificate.subject["UID"] == "MST:0100000099")
    #expect(certificate.subject["2.5.4.7"] == "Mẫu")
    #expect(certificate.subject.attributes.map(\.name) == ["C", "L", "O", "CN", "UID"])
    #expect(certificate.subjectAltEmails == ["so@mau.example"])
    #expect(certificate.policyOIDs == ["2.999.1.1"])
    #expect(certificate.serialHex.count == 16)
    #expect(certificate.serialHex == certificate.serialHex.uppercased())
    #expect(certificate.notBefore == TestPKI.start)
    #expect(certificate.notAfter == TestPKI.end)
    #expect(certificate.keyUsage == [.digitalSignature, .nonRepudiation, .keyEncipherment, .dataEncipherment])
    #expect(certificate.extendedKeyUsage?.oids.contains(ExtendedKeyUsage.emailProtection) == true)
    #expect(certificate.extendedKeyUsage?.isCritical == false)
    #expect(certificate.publicKey == PublicKeyDescription(kind: .rsa, bits: 2_048, name: "RSA-2048"))
    #expect(certificate.signatureDigest == .sha256)
    #expect(!certificate.isCA)
    #expect(try TestPKI.shared().pki.root.certificate.isCA)
  }

  @Test("The openssl command reads the same fingerprint and serial number")
  func secondOpinion() throws {
    let certificate = try TestPKI.shared().organisation.certificate
    let text = try OpenSSLCommand.withFolder(["c.der": certificate.der]) {
      try OpenSSLCommand.run(["x509", "-in", "c.der", "-noout", "-serial", "-fingerprint", "-sha256"], in: $0).text
    }
    #expect(text.contains("serial=\(certificate.serialHex)"))
    #expect(text.replacingOccurrences(of: ":", with: "").lowercased().contains(certificate.fingerprint))
  }

  @Test("DER and PEM give the same certificate; several in one PEM text come in order")
  func encodings() throws {
    let made = try TestPKI.shared()
    let (one, two) = (made.organisation.certificate, made.person.certificate)
    #expect(try Certificate(der: one.der) == one)
    #expect(try Certificate(pem: "words before\n" + one.pem) == one)
    #expect(try Certificate.all(in: Array((one.pem + two.pem).utf8)) == [one, two])
    #expect(try Certificate.all(in: two.der) == [two])
    #expect(one.hashValue != two.hashValue)
  }

  @Test("What is no certificate is refused, and so are bytes after one")
  func refusals() throws {
    let der = try TestPKI.shared().organisation.certificate.der
    expectCode(.notACertificate) { try Certificate(der: []) }
    expectCode(.notACertificate) { try Certificate(der: [0x30, 0x03, 1, 2, 3]) }
    expectCode(.notACertificate) { try Certificate(der: der + [0]) }
    expectCode(.notACertificate) { try Certificate(der: Array(der.dropLast())) }
    expectCode(.notACertificate) { try Certificate(pem: "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----") }
    expectCode(.tooLarge) { try Certificate(der: [UInt8](repeating: 0x30, count: 200_000)) }
  }

  @Test("A name typed in decomposed letters is read in NFC, and its text is escaped as RFC 4514 asks")
  func names() throws {
    let leaf = try TestPKI.leaf {
      $0.subject = [("C", "VN"), ("O", "A, B; \"C\""), ("CN", "Nguyễn Văn Ất".decomposedStringWithCanonicalMapping)]
      $0.key = .ec(curve: "P-256")
    }.certificate
    #expect(
      leaf.subject["CN"]?.unicodeScalars.elementsEqual(
        "Nguyễn Văn Ất".precomposedStringWithCanonicalMapping.unicodeScalars) == true)
    #expect(leaf.subject.description == "CN=Nguyễn Văn Ất,O=A\\, B\\; \\\"C\\\",C=VN")
    #expect(leaf.publicKey.kind == .ec)
    #expect(leaf.publicKey.bits == 256)
  }
}

@Suite("Software key")
struct SoftwareKeyTests {
  @Test("A PKCS#12 file opens with its password and brings its certificate and issuers, without the root")
  func opens() throws {
    let made = try TestPKI.shared()
    let key = try SoftwareKey(
      pkcs12: made.organisation.pkcs12(password: "mật khẩu", name: "con dấu"), password: "mật khẩu")
    #expect(key.certificate == made.organisation.certificate)
    #expect(key.chain == [made.pki.issuing.certificate])
    #expect(key.scheme == .rsaPKCS1SHA256)
  }

  @Test("A wrong password, a wrong file and a file without a key are told apart")
  func refusals() throws {
    let made = try TestPKI.shared()
    let store = try made.organisation.pkcs12(password: "right")
    expectCode(.wrongPassword) { try SoftwareKey(pkcs12: store, password: "wrong") }
    expectCode(.wrongPassword) { try SoftwareKey(pkcs12: store, password: "") }
    expectCode(.notAKeyStore) { try SoftwareKey(pkcs12: Array("-----BEGIN".utf8), password: "right") }
    expectCode(.notAKeyStore) { try SoftwareKey(pkcs12: made.organisation.certificate.der, password: "right") }
    expectCode(.tooLarge) { try SoftwareKey(pkcs12: [UInt8](repeating: 0x30, count: 2 << 20), password: "right") }
    let certificateOnly = try OpenSSLCommand.withFolder(["c.pem": Array(made.organisation.certificate.pem.utf8)]) {
      let output = try OpenSSLCommand.run(
        ["pkcs12", "-export", "-nokeys", "-in", "c.pem", "-out", "c.p12", "-passout", "pass:right"], in: $0)
      #expect(output.status == 0, "\(output.text)")
      return try Array(Data(contentsOf: $0.appendingPathComponent("c.p12")))
    }
    expectCode(.keyStoreWithoutKey) { try SoftwareKey(pkcs12: certificateOnly, password: "right") }
  }

  @Test("A file with the old encryption of Windows exports opens", arguments: ["PBE-SHA1-RC2-40", "PBE-SHA1-3DES"])
  func oldEncryption(_ encryption: String) throws {
    let made = try TestPKI.shared()
    let old = try OpenSSLCommand.withFolder(["new.p12": made.organisation.pkcs12(password: "x")]) { folder in
      _ = try OpenSSLCommand.run(
        ["pkcs12", "-in", "new.p12", "-passin", "pass:x", "-nodes", "-out", "k.pem"], in: folder)
      let output = try OpenSSLCommand.run(
        [
          "pkcs12", "-export", "-legacy", "-certpbe", encryption, "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1", "-in",
          "k.pem",
          "-out", "old.p12", "-passout", "pass:cũ",
        ], in: folder)
      #expect(output.status == 0, "\(output.text)")
      return try Array(Data(contentsOf: folder.appendingPathComponent("old.p12")))
    }
    let key = try SoftwareKey(pkcs12: old, password: "cũ")
    #expect(key.certificate == made.organisation.certificate)
    #expect(try key.signature(over: [1, 2, 3]) == made.organisation.signer().signature(over: [1, 2, 3]))
    expectCode(.wrongPassword) { try SoftwareKey(pkcs12: old, password: "x") }
  }

  @Test("A key that belongs to another certificate is refused")
  func mismatch() throws {
    let pem = try OpenSSLCommand.withFolder([:]) {
      try OpenSSLCommand.run(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], in: $0).text
    }
    expectCode(.keyDoesNotMatchCertificate) {
      try SoftwareKey(privateKeyPEM: pem, certificate: TestPKI.shared().organisation.certificate)
    }
    expectCode(.keyStoreWithoutKey) {
      try SoftwareKey(privateKeyPEM: "nothing", certificate: TestPKI.shared().organisation.certificate)
    }
  }
}
