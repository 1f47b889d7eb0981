public import Foundation

/// The folder that ``TrustStore`` reads, as the operator keeps it: adding to it, and looking at what gets old.
///
/// Files get the name of their fingerprint, so nothing is ever replaced.
public struct TrustFolder: Sendable {
  /// What a file is trusted as.
  public enum Role: String, Sendable, CaseIterable {
    case anchor
    case intermediate
    case crl
    case ocsp

    /// The subfolder.
    public var folder: String {
      switch self {
      case .anchor: "anchors"
      case .intermediate: "ca"
      case .crl: "crl"
      case .ocsp: "ocsp"
      }
    }
  }

  /// One thing that was added.
  public struct Addition: Sendable, Hashable {
    /// Below the folder.
    public let file: String
    /// Subject, or issuer of a list; empty for an OCSP response.
    public let name: String
    /// SHA-256 of the DER, hexadecimal.
    public let fingerprint: String
    /// The folder had it already.
    public let wasPresent: Bool
  }

  public let path: String

  public init(path: String) { self.path = path }

  /// Adds what `bytes` hold, after checking that it is what `role` says and not out of date at `now`. All or nothing.
  ///
  /// - Throws: `SigningError`: `.notACertificate`, `.unsuitableCertificate` (no authority's), `.outOfDate`,
  ///   `.notARevocationList`, `.notAnOCSPResponse`, `.trustFolderUnreadable` (no such folder), `.folderNotWritable`.
  public func add(_ bytes: [UInt8], as role: Role, at now: Date) throws(SigningError) -> [Addition] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw SigningError(.trustFolderUnreadable, "\(path) is no folder")
    }
    var items: [(name: String, bytes: [UInt8], fingerprint: String)] = []
    switch role {
    case .anchor, .intermediate:
      let certificates = try Certificate.all(in: bytes)
      for certificate in certificates {
        try Self.check(certificate, at: now)
        items.append((certificate.subject.description, Array(certificate.pem.utf8), certificate.fingerprint))
      }
      if certificates.isEmpty { throw SigningError(.notACertificate, "no certificate in the file") }
      // Whoever adds an anchor compares its fingerprint with one got elsewhere; a heap of them would not be compared.
      if role == .anchor, certificates.count > 1 {
        throw SigningError(.unsuitableCertificate, "\(certificates.count) certificates in one file; add anchors singly")
      }
    case .crl:
      for list in try RevocationList.all(in: bytes) {
        if list.thisUpdate > now.addingTimeInterval(300) {
          throw SigningError(.outOfDate, "the list is dated in the future")
        }
        if let next = list.nextUpdate, next < now {
          throw SigningError(.outOfDate, "a newer list was due on \(next.formatted(.iso8601))")
        }
        items.append((list.issuer.description, list.der, try Digest.of(list.der).hexadecimal))
      }
      if items.isEmpty { throw SigningError(.notARevocationList, "no list in the file") }
    case .ocsp:
      let response = try OCSPResponse(der: bytes)
      items.append(("", response.der, try Digest.of(response.der).hexadecimal))
    }
    return try items.map { item throws(SigningError) in
      try write(item.bytes, item.name, item.fingerprint, role)
    }
  }

  private static func check(_ certificate: Certificate, at now: Date) throws(SigningError) {
    guard certificate.isCA else {
      throw SigningError(.unsuitableCertificate, "\(certificate.subject) is no authority's certificate")
    }
    if let usage = certificate.keyUsage, !usage.contains(.certificateSigning) {
      throw SigningError(.unsuitableCertificate, "\(certificate.subject) may not sign certificates")
    }
    guard certificate.notAfter >= now else {
      throw SigningError(.outOfDate, "\(certificate.subject) expired on \(certificate.notAfter.formatted(.iso8601))")
    }
    guard certificate.notBefore <= now else {
      throw SigningError(
        .outOfDate, "\(certificate.subject) is not valid before \(certificate.notBefore.formatted(.iso8601))")
    }
  }

  private func write(
    _ bytes: [UInt8], _ name: String, _ fingerprint: String, _ role: Role
  ) throws(SigningError) -> Addition {
    let ending =
      switch role {
      case .anchor, .intermediate: "crt"
      case .crl: "crl"
      case .ocsp: "ocsp"
      }
    let file = "\(role.folder)/\(fingerprint).\(ending)"
    if try has(fingerprint, role) {
      return Addition(file: file, name: name, fingerprint: fingerprint, wasPresent: true)
    }
    let base = URL(fileURLWithPath: path, isDirectory: true)
    do {
      try FileManager.default.createDirectory(
        at: base.appendingPathComponent(role.folder, isDirectory: true), withIntermediateDirectories: true)
      try Data(bytes).write(to: base.appendingPathComponent(file), options: .withoutOverwriting)
    } catch {
      throw SigningError(.folderNotWritable, "\(path)/\(file)")
    }
    return Addition(file: file, name: name, fingerprint: fingerprint, wasPresent: false)
  }

  /// Whether the folder has it under any file name; a folder without anchors has nothing that could be read.
  private func has(_ fingerprint: String, _ role: Role) throws(SigningError) -> Bool {
    let store: TrustStore
    do throws(SigningError) {
      store = try TrustStore(folder: path)
    } catch {
      if error.code == .noTrustAnchor { return false }
      throw error
    }
    switch role {
    case .anchor: return store.anchors.contains { $0.fingerprint == fingerprint }
    case .intermediate:
      return (store.anchors + store.intermediates).contains { $0.fingerprint == fingerprint }
    case .crl:
      for list in store.revocation.crls where try Digest.of(list.der).hexadecimal == fingerprint { return true }
      return false
    case .ocsp:
      for response in store.revocation.ocspResponses
      where try Digest.of(response.der).hexadecimal == fingerprint { return true }
      return false
    }
  }
}
