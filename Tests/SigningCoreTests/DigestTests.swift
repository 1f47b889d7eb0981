import Foundation
import SigningCore
import Testing

@Suite("Digest")
struct DigestTests {
  @Test(
    "Known answers of FIPS 180-4 are met",
    arguments: [
      (DigestAlgorithm.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (.insecureSHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (.insecureMD5, "900150983cd24fb0d6963f7d28e17f72"),
    ])
  func knownAnswers(_ algorithm: DigestAlgorithm, _ expected: String) throws {
    #expect(try Digest.of(Array("abc".utf8), algorithm).hexadecimal == expected)
  }

  @Test("Pieces give the digest of the whole", arguments: DigestAlgorithm.allCases)
  func pieces(_ algorithm: DigestAlgorithm) throws {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let digest = try Digest(algorithm)
    digest.update(bytes[..<1])
    digest.update(bytes[1..<7_000])
    digest.update(Data(bytes[7_000...]))
    let whole = try Digest.of(bytes, algorithm)
    #expect(try digest.finalize() == whole)
    #expect(try digest.finalize() == whole)
    #expect(whole.count == algorithm.byteCount)
  }

  @Test("A range of a file is digested, and a range beyond its end is refused")
  func fileRange() throws {
    let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("digest-\(UUID().uuidString)").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let handle = try #require(FileHandle(forReadingAtPath: path))
    let digest = try Digest(.sha256)
    try digest.update(fileDescriptor: handle.fileDescriptor, range: 10..<600_001)
    #expect(try digest.finalize() == Digest.of(bytes[10..<600_001]))
    let beyond = try Digest(.sha256)
    #expect {
      try beyond.update(fileDescriptor: handle.fileDescriptor, range: 0..<700_001)
    } throws: {
      ($0 as? SigningError)?.code == .fileUnreadable
    }
  }

  @Test("HMAC-SHA256 meets RFC 4231, and takes an empty key and message")
  func hmac() throws {
    let key = Array("Jefe".utf8)
    let tag = try hmacSHA256(key: key, message: Array("what do ya want for nothing?".utf8))
    #expect(tag.hexadecimal == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      try hmacSHA256(key: [UInt8](), message: [UInt8]()).hexadecimal
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    #expect(constantTimeEquals(tag, tag))
    #expect(!constantTimeEquals(tag, Array(tag.reversed())))
    #expect(!constantTimeEquals(tag, Array(tag.dropLast())))
  }

  @Test("Hexadecimal goes both ways and refuses what is not hexadecimal")
  func hexadecimal() {
    #expect([UInt8]([0, 0x1f, 0xff]).hexadecimal == "001fff")
    #expect([UInt8](hexadecimal: "001fFF") == [0, 0x1f, 0xff])
    #expect([UInt8](hexadecimal: "abc") == nil)
    #expect([UInt8](hexadecimal: "0x") == nil)
    #expect(DigestAlgorithm(standardName: "SHA-256") == .sha256)
    #expect(DigestAlgorithm(oid: "1.3.14.3.2.26") == .insecureSHA1)
    #expect(DigestAlgorithm(standardName: "sha3") == nil)
  }
}

@Suite("Signing error")
struct SigningErrorTests {
  @Test("Every code has its own sentence for the clerk, in both languages", arguments: SigningError.Code.allCases)
  func sentences(_ code: SigningError.Code) throws {
    let sentence = SigningError(code, "x").clerk
    let texts = try JSONDecoder().decode([String: String].self, from: JSONEncoder().encode(sentence))
    let (vi, en) = (try #require(texts["vi"]), try #require(texts["en"]))
    #expect(vi.count > 20 && en.count > 20 && vi != en)
    #expect(SigningError.Code.allCases.count { $0.clerk == sentence } == 1)
  }
}
