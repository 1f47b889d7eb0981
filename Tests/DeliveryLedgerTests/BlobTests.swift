import DeliveryLedger
import Foundation
import Testing

@Suite struct BlobTests {
  @Test("A blob is named by the SHA-256 of its bytes and is stored once")
  func named() async throws {
    let fixture = try LedgerFixture()
    let hash = try await fixture.blob("abc")
    #expect(hash.rawValue == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try await fixture.blob("abc") == hash)
    #expect(try await fixture.ledger.readBlob(hash) == Data("abc".utf8))
    #expect(fixture.ledger.blobURL(hash).path(percentEncoded: false).hasSuffix("blobs/ba/\(hash)"))
    let leftovers = try FileManager.default.contentsOfDirectory(
      atPath: fixture.folder.appending(path: "blobs/tmp").path(percentEncoded: false))
    #expect(leftovers.isEmpty)
  }

  @Test("An adopted file is moved in; a second one with the same bytes is removed")
  func adopted() async throws {
    let fixture = try LedgerFixture()
    var hashes: Set<BlobHash> = []
    for name in ["one", "two"] {
      let file = fixture.folder.appending(path: name)
      try Data(repeating: 7, count: 300_000).write(to: file)
      hashes.insert(try await fixture.ledger.adoptBlob(fileAt: file))
      #expect(!FileManager.default.fileExists(atPath: file.path(percentEncoded: false)))
    }
    #expect(hashes.count == 1)
    #expect(try await fixture.ledger.readBlob(try #require(hashes.first)).count == 300_000)
  }

  @Test(
    "A file of another file system is copied in and removed",
    .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm")))
  func otherFileSystem() async throws {
    let fixture = try LedgerFixture()
    let file = URL(filePath: "/dev/shm/lienthong-\(UUID().uuidString)")
    try Data("từ nơi khác".utf8).write(to: file)
    let hash = try await fixture.ledger.adoptBlob(fileAt: file)
    #expect(try await fixture.ledger.readBlob(hash) == Data("từ nơi khác".utf8))
    #expect(!FileManager.default.fileExists(atPath: file.path(percentEncoded: false)))
  }

  @Test("A symbolic link and a folder are not adopted")
  func notFiles() async throws {
    let fixture = try LedgerFixture()
    let link = fixture.folder.appending(path: "link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: URL(filePath: "/etc/passwd"))
    #expect(await errorCode { _ = try await fixture.ledger.adoptBlob(fileAt: link) } == .io)
    #expect(await errorCode { _ = try await fixture.ledger.adoptBlob(fileAt: fixture.folder) } == .invalid)
  }

  @Test("A blob larger than the limit is not read", arguments: [2, 3])
  func limit(_ limit: Int) async throws {
    let fixture = try LedgerFixture()
    let hash = try await fixture.blob("abc")
    #expect(
      await errorCode { _ = try await fixture.ledger.readBlob(hash, limit: limit) } == (limit < 3 ? .invalid : nil))
  }

  @Test(
    "Only 64 lower-case hexadecimal digits are a hash",
    arguments: ["", "../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "a", count: 63)])
  func notHashes(_ text: String) {
    #expect(BlobHash(rawValue: text) == nil)
  }
}
