internal import Foundation

/// What a verifier trusts and knows: anchors, intermediate certificates, revocation lists and OCSP responses.
///
/// It comes from configuration; nothing is fetched at run time.
public struct TrustStore: Sendable, Hashable {
  /// Files read from one folder, and the longest of them.
  public static let maximumFileCount = 5_000
  public static let maximumFileByteCount = RevocationList.maximumByteCount

  /// Certificates trusted as they stand; usually roots.
  public let anchors: [Certificate]
  /// Certificates to build paths with; trusted for nothing.
  public let intermediates: [Certificate]
  public let revocation: RevocationEvidence
  /// Files that could not be read as what they should be; for the operator.
  public let unreadableFiles: [String]

  public init(
    anchors: [Certificate], intermediates: [Certificate] = [], revocation: RevocationEvidence = .init(),
    unreadableFiles: [String] = []
  ) {
    self.anchors = anchors
    self.intermediates = intermediates
    self.revocation = revocation
    self.unreadableFiles = unreadableFiles
  }

  /// Reads a folder with the subfolders `anchors`, `ca`, `crl`, `ocsp`, each optional but `anchors`; files in PEM or DER,
  /// hidden files passed over, the same certificate twice (`root.crt`, `root.der`) taken once.
  ///
  /// A damaged file in `anchors` is an error; elsewhere it is reported in ``unreadableFiles``. Throws
  /// `.trustFolderUnreadable`, `.noTrustAnchor`, `.notACertificate`.
  public init(folder: String) throws(SigningError) {
    var unreadable: [String] = []
    var anchors: [Certificate] = []
    for file in try Self.files(in: folder, "anchors") {
      guard let bytes = file.bytes else {
        throw SigningError(.trustFolderUnreadable, "\(folder)/\(file.name) cannot be read")
      }
      guard let certificates = try? Certificate.all(in: bytes), !certificates.isEmpty else {
        throw SigningError(.notACertificate, "\(folder)/\(file.name) is no certificate")
      }
      for certificate in certificates where !anchors.contains(certificate) { anchors.append(certificate) }
    }
    guard !anchors.isEmpty else { throw SigningError(.noTrustAnchor, "no certificate in \(folder)/anchors") }
    var intermediates: [Certificate] = []
    for file in try Self.files(in: folder, "ca") {
      guard let bytes = file.bytes, let certificates = try? Certificate.all(in: bytes), !certificates.isEmpty else {
        unreadable.append(file.name)
        continue
      }
      intermediates += certificates.filter { !intermediates.contains($0) && !anchors.contains($0) }
    }
    var crls: [RevocationList] = []
    for file in try Self.files(in: folder, "crl") {
      guard let bytes = file.bytes, let lists = try? RevocationList.all(in: bytes), !lists.isEmpty else {
        unreadable.append(file.name)
        continue
      }
      crls += lists.filter { !crls.contains($0) }
    }
    var responses: [OCSPResponse] = []
    for file in try Self.files(in: folder, "ocsp") {
      guard let bytes = file.bytes, let response = try? OCSPResponse(der: bytes) else {
        unreadable.append(file.name)
        continue
      }
      if !responses.contains(response) { responses.append(response) }
    }
    self.init(
      anchors: anchors, intermediates: intermediates,
      revocation: RevocationEvidence(crls: crls, ocspResponses: responses), unreadableFiles: unreadable)
  }

  /// The same store knowing more.
  public func adding(intermediates more: [Certificate] = [], revocation evidence: RevocationEvidence = .init())
    -> TrustStore
  {
    TrustStore(
      anchors: anchors, intermediates: intermediates + more.filter { !intermediates.contains($0) },
      revocation: revocation.merging(evidence), unreadableFiles: unreadableFiles)
  }

  private struct File {
    let name: String
    /// Nil when it cannot be read: a link to nowhere, a file of others, one that is too large.
    let bytes: [UInt8]?
  }

  /// The files of a subfolder in the order of their names; none when there is no such folder.
  private static func files(in folder: String, _ name: String) throws(SigningError) -> [File] {
    let path = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent(name, isDirectory: true)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder), isFolder.boolValue else {
      return []
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path.path), names.count <= maximumFileCount
    else { throw SigningError(.trustFolderUnreadable, "\(folder)/\(name) cannot be listed or is too long") }
    var files: [File] = []
    for file in names.sorted() where !file.hasPrefix(".") {
      let url = path.appendingPathComponent(file)
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path),
        attributes[.type] as? FileAttributeType == .typeRegular
          || attributes[.type] as? FileAttributeType == .typeSymbolicLink
      else { continue }
      let data = (attributes[.size] as? Int ?? 0) <= maximumFileByteCount ? try? Data(contentsOf: url) : nil
      files.append(File(name: "\(name)/\(file)", bytes: data.map { Array($0) }))
    }
    return files
  }
}
