import Foundation
import LetterSignatures
import SigningCore
import Testing

@testable import Connector

@Suite("Known verifiers")
struct KnownVerifiersTests {
  @Test("A trust folder is read once while it stands as it is, and anew when a list is replaced in place")
  func changes() throws {
    let now = Date(timeIntervalSince1970: 1_790_000_000)
    let pki = try ThrowAwayPKI(.init(notBefore: now - 86_400, notAfter: now + 86_400))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("known-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try pki.write(to: folder, password: "x", thisUpdate: now, nextUpdate: now + 600)
    func lists() throws -> [RevocationList] {
      try KnownVerifiers.verifier(folder: folder, policy: LetterPolicy()).trust.revocation.crls
    }
    let before = try lists()
    #expect(try lists() == before)
    let root = try pki.revocationLists(number: 2, thisUpdate: now + 60, nextUpdate: now + 600)[0].list
    try Data(root.der).write(to: URL(fileURLWithPath: folder + "/crl/root.crl"))
    #expect(try lists().contains(root))
    #expect(!before.contains(root))
  }
}
