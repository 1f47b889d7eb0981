internal import COpenSSL
internal import Foundation

extension CMSSignature {
  /// Reads exactly one CMS SignedData at the start of `der`; bytes after it are reported, not refused.
  ///
  /// - Parameters:
  ///   - signerCandidates: certificates in which to look for the signer when it is not embedded.
  ///   - keepingContent: whether to hand out content that is inside.
  public init(
    der: [UInt8], signerCandidates: [Certificate] = [], keepingContent: Bool = false,
    maximumByteCount: Int = CMSSignature.maximumByteCount
  ) throws(SigningError) {
    guard der.count <= maximumByteCount else { throw SigningError(.tooLarge, "signature of \(der.count) bytes") }
    guard let (pointer, used) = decoded(der, { d2i_CMS_ContentInfo(nil, $0, $1) }) else {
      throw SigningError(.notACMSSignature, "no CMS structure in \(der.count) bytes")
    }
    let cms = ScopedObject(pointer) { CMS_ContentInfo_free($0) }
    guard OBJ_obj2nid(CMS_get0_type(cms.pointer)) == NID_pkcs7_signed else {
      throw SigningError(.notACMSSignature, "the CMS structure is no SignedData")
    }
    self.init()
    defer { OpenSSLFailure.clear() }
    byteCount = used
    trailingByteCount = der.count - used
    trailingBytesAreZero = der[used...].allSatisfy { $0 == 0 }
    readSignedData(cms.pointer, keepingContent: keepingContent)
    let signers = elements(ofStack: CMS_get0_SignerInfos(cms.pointer)).map { OpaquePointer($0) }
    signerInfoCount = signers.count
    structure = signers.count == 1 ? .passed : .failed(.signerCountNotOne)
    guard let signer = signers.first else { return }
    readAlgorithms(of: signer)
    let ess = readSignedAttributes(of: signer)
    readUnsignedAttributes(of: signer)
    chooseSigner(signer, candidates: certificates + signerCandidates, ess: ess)
    verify(signer)
  }

  private mutating func readSignedData(_ cms: OpaquePointer, keepingContent: Bool) {
    contentType = ASN1Values.oid(CMS_get0_eContentType(cms))
    if let slot = CMS_get0_content(cms), let content = slot.pointee {
      hasEncapsulatedContent = true
      if keepingContent { encapsulatedContent = ASN1Values.bytes(content) }
    }
    let stack = ScopedObject(CMS_get1_certs(cms)) {
      OPENSSL_sk_pop_free($0) { X509_free($0.map { OpaquePointer($0) }) }
    }
    for element in elements(ofStack: stack.pointer).prefix(Self.maximumCertificateCount) {
      if let certificate = try? Certificate(borrowing: OpaquePointer(element)), !certificates.contains(certificate) {
        certificates.append(certificate)
      }
    }
    let lists = ScopedObject(CMS_get1_crls(cms)) {
      OPENSSL_sk_pop_free($0) { X509_CRL_free($0.map { OpaquePointer($0) }) }
    }
    let crls = elements(ofStack: lists.pointer).prefix(RevocationEvidence.maximumCount)
      .compactMap { try? RevocationList(borrowing: OpaquePointer($0)) }
    if !crls.isEmpty { revocation = revocation.merging(RevocationEvidence(crls: crls)) }
  }

  private mutating func readAlgorithms(of signer: OpaquePointer) {
    var digest: UnsafeMutablePointer<X509_ALGOR>?
    var signature: UnsafeMutablePointer<X509_ALGOR>?
    CMS_SignerInfo_get0_algs(signer, nil, nil, &digest, &signature)
    digestAlgorithmOID = Self.oid(digest)
    digestAlgorithm = DigestAlgorithm(oid: digestAlgorithmOID)
    signatureAlgorithmOID = Self.oid(signature)
    signatureValue = ASN1Values.bytes(CMS_SignerInfo_get0_signature(signer))

    let nid = OBJ_txt2nid(signatureAlgorithmOID)
    var digestNID = NID_undef
    var keyNID = NID_undef
    switch nid {
    case NID_rsaEncryption:
      signatureKind = .rsaPKCS1
      signatureDigest = digestAlgorithm
    case NID_X9_62_id_ecPublicKey:
      // Some signers name the key's algorithm in the signature's place.
      signatureKind = .ecdsa
      signatureDigest = digestAlgorithm
    case NID_rsassaPss:
      signatureKind = .rsaPSS
      signatureDigest = Self.pssDigest(signature)
    default:
      guard OBJ_find_sigid_algs(nid, &digestNID, &keyNID) == 1 else { return }
      signatureDigest = DigestAlgorithm(nid: digestNID)
      signatureKind =
        keyNID == NID_rsaEncryption ? .rsaPKCS1 : keyNID == NID_X9_62_id_ecPublicKey ? .ecdsa : .other
    }
  }

  private static func oid(_ algorithm: UnsafePointer<X509_ALGOR>?) -> String {
    guard let algorithm else { return "" }
    var object: OpaquePointer?
    X509_ALGOR_get0(&object, nil, nil, algorithm)
    return ASN1Values.oid(object)
  }

  /// The digest in RSASSA-PSS parameters (RFC 4055 3.1), SHA-1 when it is left to the default.
  private static func pssDigest(_ algorithm: UnsafePointer<X509_ALGOR>?) -> DigestAlgorithm? {
    var type: Int32 = V_ASN1_UNDEF
    var value: UnsafeRawPointer?
    X509_ALGOR_get0(nil, &type, &value, algorithm)
    guard type == V_ASN1_SEQUENCE, let value else { return nil }
    let der = ASN1Values.bytes(value.assumingMemoryBound(to: ASN1_STRING.self))
    guard let (parameters, _) = decoded(der, { d2i_RSA_PSS_PARAMS(nil, $0, $1) }) else { return nil }
    defer { RSA_PSS_PARAMS_free(parameters) }
    guard let hash = parameters.pointee.hashAlgorithm else { return .insecureSHA1 }
    return DigestAlgorithm(oid: oid(hash))
  }

  private mutating func readUnsignedAttributes(of signer: OpaquePointer) {
    for index in 0..<min(max(0, CMS_unsigned_get_attr_count(signer)), 64) {
      guard let attribute = CMS_unsigned_get_attr(signer, index),
        OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute)) == NID_id_smime_aa_timeStampToken
      else { continue }
      for position in 0..<min(X509_ATTRIBUTE_count(attribute), 16) {
        guard let value = X509_ATTRIBUTE_get0_type(attribute, position), value.pointee.type == V_ASN1_SEQUENCE else {
          // An unreadable stamp is kept as such, so that "stamp that does not count" differs from "no stamp".
          timeStampTokens.append([])
          continue
        }
        timeStampTokens.append(ASN1Values.bytes(value.pointee.value.sequence))
      }
    }
  }

  /// Finds the certificate that the SignerInfo names; among several of the same name the one that the
  /// signing-certificate attribute means, so that a substitute cannot push the real one aside.
  private mutating func chooseSigner(_ signer: OpaquePointer, candidates: [Certificate], ess: [SigningCertificateID]?) {
    let named = candidates.filter { candidate in
      candidate.object.withPointer { CMS_SignerInfo_cert_cmp(signer, $0) == 0 }
    }
    OpenSSLFailure.clear()
    signerCertificate = named.first { candidate in ess?.allSatisfy { $0.names(candidate) } ?? true } ?? named.first
    guard let signerCertificate else {
      signingCertificate = .indeterminate(.signerCertificateNotFound)
      return
    }
    guard let ess else {
      signingCertificate = .failed(.signedAttributeMalformed)
      return
    }
    guard let first = ess.first else {
      signingCertificate = .indeterminate(.signingCertificateMissing)
      return
    }
    signingCertificateDigest = ess.count > 1 ? ess.compactMap(\.algorithm).first { $0.isSecure } : first.algorithm
    signingCertificate =
      ess.allSatisfy { $0.names(signerCertificate) } ? .passed : .failed(.signingCertificateMismatch)
  }

  private mutating func verify(_ signer: OpaquePointer) {
    guard let leaf = signerCertificate else {
      signature = .indeterminate(.signerCertificateNotFound)
      return
    }
    guard CMS_signed_get_attr_count(signer) > 0 else {
      signature = .indeterminate(.signedAttributesMissing)
      return
    }
    if signatureKind == .other, ["ED25519", "ED448"].contains(leaf.publicKey.name) {
      // Not among the algorithms that count, but whether the value fits can be told.
      signature = Self.edwardsSignature(of: signer, fits: leaf) ? .passed : .failed(.signatureInvalid)
      return
    }
    guard digestAlgorithm != nil, signatureKind != .other, let signatureDigest else {
      signature = .indeterminate(.unsupportedAlgorithm)
      return
    }
    // OpenSSL verifies with the content's digest whatever the signature algorithm says; two names for one are refused.
    guard signatureDigest == digestAlgorithm else {
      signature = .failed(.algorithmsDisagree)
      return
    }
    let expected: Set<PublicKeyDescription.Kind> =
      switch signatureKind {
      case .rsaPKCS1: [.rsa]
      case .rsaPSS: [.rsa, .rsaPSS]
      case .ecdsa: [.ec]
      case .other: []
      }
    guard expected.contains(leaf.publicKey.kind) else {
      signature = .failed(.algorithmsDisagree)
      return
    }
    let verified = leaf.object.withPointer { pointer in
      CMS_SignerInfo_set1_signer_cert(signer, pointer)
      return CMS_SignerInfo_verify(signer)
    }
    OpenSSLFailure.clear()
    signature = verified == 1 ? .passed : .failed(.signatureInvalid)
  }

  /// RFC 8419: over the signed attributes themselves, which OpenSSL's CMS does not know yet.
  private static func edwardsSignature(of signer: OpaquePointer, fits leaf: Certificate) -> Bool {
    defer { OpenSSLFailure.clear() }
    guard let bytes = try? SignedAttributes.encoding(of: signer), let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    let value = ASN1Values.bytes(CMS_SignerInfo_get0_signature(signer))
    return leaf.object.withPointer { pointer in
      EVP_DigestVerifyInit(context, nil, nil, nil, X509_get0_pubkey(pointer)) == 1
        && EVP_DigestVerify(context, value, value.count, bytes, bytes.count) == 1
    }
  }
}
