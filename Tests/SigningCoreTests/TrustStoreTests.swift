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
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("crl/gone.crl"), withDestinationURL: folder.appendingPathComponent("nowhere"))
      let store = try TrustStore(folder: folder.path)
      #expect(store.anchors == [made.pki.root.certificate])
      #expect(Set(store.intermediates) == [made.pki.issuing.certificate, made.pki.timeStampingCA.certificate])
      #expect(store.revocation.crls.count == 3)
      #expect(store.unreadableFiles == ["ca/rubbish.crt", "crl/gone.crl"])
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
      // Whoever has to mend it is told which file it is.
      #expect { try TrustStore(folder: folder.path) } throws: { "\($0)".contains("anchors/x.der") }
    }
  }

  @Test("What is added to a folder is checked first, gets its fingerprint as name, and replaces nothing")
  func adding() throws {
    let made = try TestPKI.shared()
    try OpenSSLCommand.withFolder([:]) { folder in
      let trust = TrustFolder(path: folder.path)
      let root = made.pki.root.certificate
      func add(_ bytes: [UInt8], _ role: TrustFolder.Role, at now: Date = TestPKI.now) throws -> [TrustFolder.Addition]
      { try trust.add(bytes, as: role, at: now) }
      let first = try #require(try add(root.der, .anchor).first)
      #expect(first.fingerprint == root.fingerprint && !first.wasPresent)
      #expect(first.file == "anchors/\(root.fingerprint).crt")
      #expect(try add(Array(root.pem.utf8), .anchor).map(\.wasPresent) == [true])
      expectCode(.unsuitableCertificate) { try add(made.organisation.certificate.der, .anchor) }
      expectCode(.unsuitableCertificate) { try add(made.organisation.certificate.der, .intermediate) }
      let both = made.pki.root.certificate.pem + made.pki.issuing.certificate.pem
      expectCode(.unsuitableCertificate) { try add(Array(both.utf8), .anchor) }
      expectCode(.outOfDate) { try add(root.der, .anchor, at: root.notAfter + 1) }
      expectCode(.outOfDate) { try add(root.der, .anchor, at: root.notBefore - 1) }
      expectCode(.notACertificate) { try add(Array("rubbish".utf8), .anchor) }
      let lists = try made.pki.revocationLists(thisUpdate: TestPKI.now, nextUpdate: TestPKI.now + TestPKI.day)
      let list = try #require(lists.first).list
      expectCode(.notARevocationList) { try add(root.der, .crl) }
      expectCode(.notACertificate) { try add(list.der, .intermediate) }
      expectCode(.notAnOCSPResponse) { try add(list.der, .ocsp) }
      expectCode(.outOfDate) { try add(list.der, .crl, at: TestPKI.now + 2 * TestPKI.day) }
      #expect(try add(list.der, .crl).map(\.wasPresent) == [false])
      #expect(try add(made.pki.issuing.certificate.der, .intermediate).map(\.wasPresent) == [false])
      let store = try TrustStore(folder: folder.path)
      #expect(store.anchors == [root])
      #expect(store.intermediates == [made.pki.issuing.certificate])
      #expect(store.revocation.crls == [list])
      #expect(store.unreadableFiles == [])
      expectCode(.trustFolderUnreadable) {
        try TrustFolder(path: folder.path + "/none").add(root.der, as: .anchor, at: TestPKI.now)
      }
    }
  }

  @Test("Ages tell what is current, soon over and over; of each issuer only the newest list counts")
  func ages() throws {
    let made = try TestPKI.shared()
    let old = try made.pki.revocationLists(thisUpdate: TestPKI.now - 9 * TestPKI.day, nextUpdate: TestPKI.now - 1)
    let new = try made.pki.revocationLists(thisUpdate: TestPKI.now, nextUpdate: TestPKI.now + TestPKI.day)
    let root = made.pki.root.certificate
    func states(_ lists: [RevocationList], at now: Date) -> [TrustStore.Age.State] {
      TrustStore(anchors: [root], revocation: RevocationEvidence(crls: lists)).ages(at: now).map(\.state)
    }
    #expect(states([old[0].list, new[0].list], at: TestPKI.now) == [.current, .current])
    #expect(states([old[0].list], at: TestPKI.now) == [.current, .expired])
    #expect(states([new[0].list], at: TestPKI.now + 0.8 * TestPKI.day) == [.current, .expiresSoon])
    #expect(states([], at: root.notAfter - 59 * TestPKI.day) == [.expiresSoon])
    #expect(states([], at: root.notAfter - 61 * TestPKI.day) == [.current])
    #expect(states([], at: root.notAfter + 1) == [.expired])
    #expect(states([], at: root.notBefore - 1) == [.notYetValid])
  }
}
