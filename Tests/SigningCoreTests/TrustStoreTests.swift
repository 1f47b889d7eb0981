import Foundation
import SigningCore
import Testing

@Suite("Trust store")
struct TrustStoreTests {
  @Test("A throw-away infrastructure written to a folder is read back, and its keys open")
  func roundTrip() throws {
    let made = try TestPKI.shared()
    try OpenSSLCommand.withFolder([:]) { folder in
      try made.pki.write(
        to: folder.path, password: "dev", identities: [("org", made.organisation)], thisUpdate: TestPKI.now,
        nextUpdate: TestPKI.now + TestPKI.day)
      // The same root once more in DER, as folders in the field have it.
      try Data(made.pki.root.certificate.der).write(to: folder.appendingPathComponent("anchors/root.der"))
      try Data("rubbish".utf8).write(to: folder.appendingPathComponent("ca/rubbish.crt"))
      let store = try TrustStore(folder: folder.path)
      #expect(store.anchors == [made.pki.root.certificate])
      #expect(Set(store.intermediates) == [made.pki.issuing.certificate, made.pki.timeStampingCA.certificate])
      #expect(store.revocation.crls.count == 3)
      #expect(store.unreadableFiles == ["ca/rubbish.crt"])
      let file = folder.appendingPathComponent("keys/org.p12")
      let key = try SoftwareKey(pkcs12: Array(Data(contentsOf: file)), password: "dev")
      #expect(key.certificate == made.organisation.certificate)
      let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let report = try PathValidator(trust: store).validate(
        key.certificate, untrusted: key.chain, purpose: .documentSigning, at: TestPKI.now, now: TestPKI.now)
      #expect(report.isTrusted, "\(report.findings)")
    }
  }

  @Test("A folder without anchors, or with a damaged anchor, is an error")
  func refusals() throws {
    try OpenSSLCommand.withFolder([:]) { folder in
      expectCode(.noTrustAnchor) { try TrustStore(folder: folder.path) }
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("anchors"), withIntermediateDirectories: true)
      expectCode(.noTrustAnchor) { try TrustStore(folder: folder.path) }
      try Data([0x30, 1]).write(to: folder.appendingPathComponent("anchors/x.der"))
      expectCode(.notACertificate) { try TrustStore(folder: folder.path) }
    }
  }
}
