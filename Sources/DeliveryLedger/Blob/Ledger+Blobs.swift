public import Foundation

extension Ledger {
  /// Keeps bytes durably and returns their name. Nothing refers to them until a row mentions the hash.
  public func storeBlob(_ bytes: Data) async throws -> BlobHash {
    try await blobs.onDisk { [blobs] in try blobs.store(bytes) }
  }

  /// Takes a file over, durably: it is moved into the ledger.
  public func adoptBlob(fileAt file: URL) async throws -> BlobHash {
    try await blobs.onDisk { [blobs] in try blobs.adopt(file) }
  }

  /// Where a blob's file lies, for reading only.
  public func blobURL(_ hash: BlobHash) -> URL { blobs.url(of: hash) }

  /// A blob's bytes, checked against their hash; `.notFound`, `.corrupt`, or `.invalid` if larger than `limit` bytes.
  public func readBlob(_ hash: BlobHash, limit: Int = 256 << 20) async throws -> Data {
    try await blobs.onDisk { [blobs] in try blobs.read(hash, limit: limit) }
  }
}
