public import Foundation

/// A public-key infrastructure for development, demonstrations and tests: a root, an authority that issues to bodies and
/// persons, a time-stamping authority under its own CA. Nothing outside may trust it.
public struct ThrowAwayPKI: Sendable {
  /// What the infrastructure is to look like.
  public struct Parameters: Sendable {
    public var notBefore: Date
    public var notAfter: Date
    /// Put into every name, so that nobody takes the certificates for real ones.
    public var mark: String
    public var organisationPolicyOID: String
    public var personPolicyOID: String
    public var timeStampPolicyOID: String
    /// Length of RSA keys.
    public var keyBits: Int
    /// Bytes of serial numbers; 8 give the 16 digits of the government's second generation.
    public var serial: @Sendable () throws(SigningError) -> [UInt8]

    public init(
      notBefore: Date, notAfter: Date, mark: String = "THỬ NGHIỆM", organisationPolicyOID: String = "2.999.1.1",
      personPolicyOID: String = "2.999.1.2", timeStampPolicyOID: String = "2.999.1.3", keyBits: Int = 2_048,
      serial: @escaping @Sendable () throws(SigningError) -> [UInt8] = ThrowAwayPKI.randomSerial
    ) {
      self.notBefore = notBefore
      self.notAfter = notAfter
      self.mark = mark
      self.organisationPolicyOID = organisationPolicyOID
      self.personPolicyOID = personPolicyOID
      self.timeStampPolicyOID = timeStampPolicyOID
      self.keyBits = keyBits
      self.serial = serial
    }
  }

  public let parameters: Parameters
  public let root: CertifiedKey
  /// Issues to bodies and persons.
  public let issuing: CertifiedKey
  /// Issues to the time-stamping authority.
  public let timeStampingCA: CertifiedKey
  public let timeStamping: CertifiedKey
  /// What was revoked so far.
  public private(set) var revoked: [RevokedCertificate] = []

  /// Eight random bytes whose first is neither zero nor negative as an ASN.1 integer.
  public static let randomSerial: @Sendable () throws(SigningError) -> [UInt8] = { () throws(SigningError) in
    var bytes = try randomBytes(8)
    bytes[0] = bytes[0] & 0x3f | 0x40
    return bytes
  }

  /// Makes keys and certificates of the authorities; takes about a second.
  public init(_ parameters: Parameters) throws(SigningError) {
    self.parameters = parameters
    func authority(_ name: String, issuer: CertifiedKey?) throws(SigningError) -> CertifiedKey {
      try CertificateProfile(
        subject: [
          ("C", "VN"), ("O", "Cơ quan chứng thực (\(parameters.mark))"), ("CN", "\(name) (\(parameters.mark))"),
        ],
        serial: try parameters.serial(), notBefore: parameters.notBefore, notAfter: parameters.notAfter,
        key: .rsa(bits: parameters.keyBits), isCA: true, keyUsage: "critical,keyCertSign,cRLSign"
      ).make(issuer: issuer)
    }
    root = try authority("RootCA", issuer: nil)
    issuing = try authority("CA phục vụ các cơ quan", issuer: root)
    timeStampingCA = try authority("CA cấp dấu thời gian", issuer: root)
    timeStamping = try CertificateProfile(
      subject: [("C", "VN"), ("CN", "TSA (\(parameters.mark))")], serial: try parameters.serial(),
      notBefore: parameters.notBefore, notAfter: parameters.notAfter, key: .rsa(bits: parameters.keyBits),
      keyUsage: "critical,digitalSignature", extendedKeyUsage: "critical,timeStamping"
    ).make(issuer: timeStampingCA)
  }

  /// The profile of an organisation's certificate (government's second generation, with a tax code as UID).
  public func organisationProfile(
    name: String, superior: String, province: String, taxCode: String, email: String? = nil
  ) throws(SigningError) -> CertificateProfile {
    try endEntity(
      [("C", "VN"), ("L", province), ("O", superior), ("CN", name), ("UID", "MST:\(taxCode)")],
      policy: parameters.organisationPolicyOID, email: email)
  }

  /// The profile of a person's certificate.
  public func personProfile(
    name: String, organisation: String, unit: String, province: String, personalNumber: String, email: String? = nil
  ) throws(SigningError) -> CertificateProfile {
    try endEntity(
      [
        ("C", "VN"), ("O", organisation), ("OU", unit), ("L", province), ("CN", name),
        ("UID", "CCCD:\(personalNumber)"),
      ], policy: parameters.personPolicyOID, email: email)
  }

  private func endEntity(_ subject: [(name: String, value: String)], policy: String, email: String?)
    throws(SigningError) -> CertificateProfile
  {
    CertificateProfile(
      subject: subject, serial: try parameters.serial(), notBefore: parameters.notBefore, notAfter: parameters.notAfter,
      key: .rsa(bits: parameters.keyBits),
      keyUsage: "critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment",
      extendedKeyUsage: "clientAuth,emailProtection,msSmartcardLogin", policyOIDs: [policy], subjectAltEmail: email)
  }

  /// Makes an organisation's key and certificate.
  public func issueOrganisation(
    name: String, superior: String, province: String, taxCode: String, email: String? = nil
  ) throws(SigningError) -> CertifiedKey {
    try organisationProfile(name: name, superior: superior, province: province, taxCode: taxCode, email: email)
      .make(issuer: issuing)
  }

  /// Makes a person's key and certificate.
  public func issuePerson(
    name: String, organisation: String, unit: String, province: String, personalNumber: String, email: String? = nil
  ) throws(SigningError) -> CertifiedKey {
    try personProfile(
      name: name, organisation: organisation, unit: unit, province: province, personalNumber: personalNumber,
      email: email
    ).make(issuer: issuing)
  }

  /// Revokes a certificate of any authority here; the next lists will say so.
  public mutating func revoke(_ certificate: Certificate, at date: Date, reason: RevocationReason? = nil) {
    revoked.append(RevokedCertificate(certificate: certificate, revokedAt: date, reason: reason))
  }

  /// A list of each authority, by file name.
  public func revocationLists(number: Int = 1, thisUpdate: Date, nextUpdate: Date?) throws(SigningError) -> [(
    name: String, list: RevocationList
  )] {
    var lists: [(name: String, list: RevocationList)] = []
    for (name, authority) in authorities {
      let own = revoked.filter { $0.certificate.isIssued(by: authority.certificate) }
      lists.append(
        (name, try authority.revocationList(of: own, number: number, thisUpdate: thisUpdate, nextUpdate: nextUpdate)))
    }
    return lists
  }

  /// What a verifier needs to trust this infrastructure.
  public func trustStore(thisUpdate: Date, nextUpdate: Date?) throws(SigningError) -> TrustStore {
    TrustStore(
      anchors: [root.certificate], intermediates: [issuing.certificate, timeStampingCA.certificate],
      revocation: RevocationEvidence(
        crls: try revocationLists(thisUpdate: thisUpdate, nextUpdate: nextUpdate).map(\.list)))
  }

  /// The time-stamping authority at work.
  public func timeStampAuthority() throws(SigningError) -> TimeStampAuthority {
    try TimeStampAuthority(key: try timeStamping.signer(), policyOID: parameters.timeStampPolicyOID)
  }

  private var authorities: [(String, CertifiedKey)] {
    [("root", root), ("issuing", issuing), ("timestamping", timeStampingCA)]
  }

  /// Writes `anchors/`, `ca/`, `crl/` (as ``TrustStore/init(folder:)`` reads them), `keys/tsa.p12` and a PKCS#12 file for
  /// each of `identities`, readable by the owner only.
  public func write(
    to folder: String, password: String, identities: [(name: String, key: CertifiedKey)] = [], thisUpdate: Date,
    nextUpdate: Date?
  ) throws(SigningError) {
    var files: [(path: String, bytes: [UInt8], mode: Int)] = [
      ("anchors/root.crt", Array(root.certificate.pem.utf8), 0o644),
      ("ca/issuing.crt", Array(issuing.certificate.pem.utf8), 0o644),
      ("ca/timestamping.crt", Array(timeStampingCA.certificate.pem.utf8), 0o644),
      ("keys/tsa.p12", try timeStamping.pkcs12(password: password, name: "tsa"), 0o600),
    ]
    for (name, list) in try revocationLists(thisUpdate: thisUpdate, nextUpdate: nextUpdate) {
      files.append(("crl/\(name).crl", list.der, 0o644))
    }
    for identity in identities {
      files.append(
        ("keys/\(identity.name).p12", try identity.key.pkcs12(password: password, name: identity.name), 0o600))
      files.append(("keys/\(identity.name).crt", Array(identity.key.certificate.pem.utf8), 0o644))
    }
    let base = URL(fileURLWithPath: folder, isDirectory: true)
    do {
      for part in ["anchors", "ca", "crl", "ocsp", "keys"] {
        try FileManager.default.createDirectory(
          at: base.appendingPathComponent(part, isDirectory: true), withIntermediateDirectories: true,
          attributes: part == "keys" ? [.posixPermissions: 0o700] : nil)
      }
      for file in files {
        let path = base.appendingPathComponent(file.path).path
        guard
          FileManager.default.createFile(
            atPath: path, contents: Data(file.bytes), attributes: [.posixPermissions: file.mode])
        else { throw CocoaError(.fileWriteUnknown) }
      }
    } catch {
      throw SigningError(.folderNotWritable, "\(folder): \(error)")
    }
  }
}
