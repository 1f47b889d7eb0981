internal import COpenSSL
internal import Foundation

/// A detached CAdES-BES signature (RFC 5652, ETSI EN 319 122-1) between its two steps: everything but the signature value.
///
/// It is a value that can be stored as JSON and completed after a restart. The signed attributes are contentType,
/// messageDigest and signing-certificate-v2; there is no signingTime, as PAdES baseline asks (EN 319 142-1).
public struct CMSDraft: Sendable, Hashable, Codable {
  /// What the key has to sign.
  public let bytesToSign: BytesToSign
  /// The structure with an empty signature value.
  private let skeleton: Data

  /// Prepares a signature over content with this digest.
  ///
  /// - Parameters:
  ///   - chain: issuing certificates to embed beside the leaf.
  ///   - messageDigest: digest of the content with the scheme's algorithm.
  ///   - content: what is signed, to go into the structure (an enveloping `.p7m`); nil leaves it outside.
  ///   - revocation: lists and responses for Adobe's signed attribute `adbe-revocationInfoArchival`; only for the PDF
  ///     SubFilter `adbe.pkcs7.detached` (ISO 32000-1 12.8.3.3.2).
  public init(
    certificate: Certificate, chain: [Certificate], scheme: SignatureScheme, messageDigest: [UInt8],
    content enveloped: [UInt8]? = nil, revocation: RevocationEvidence? = nil
  ) throws(SigningError) {
    guard messageDigest.count == scheme.digest.byteCount else {
      throw SigningError(.unsupportedAlgorithm, "digest of \(messageDigest.count) bytes for \(scheme.rawValue)")
    }
    let flags = UInt32(CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_STREAM)
    let cms = ScopedObject(try check(CMS_sign(nil, nil, nil, nil, flags), "CMS_sign")) { CMS_ContentInfo_free($0) }
    let signer = try Self.addSigner(certificate, digest: scheme.digest, to: cms.pointer)
    for authority in chain where authority != certificate {
      let added = authority.object.withPointer { CMS_add1_cert(cms.pointer, $0) }
      // A certificate that is there already is no harm.
      if added != 1 { OpenSSLFailure.clear() }
    }
    let content = OBJ_nid2obj(NID_pkcs7_data)
    try check(
      CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_contentType, V_ASN1_OBJECT, UnsafeRawPointer(content), -1),
      "contentType")
    try check(
      CMS_signed_add1_attr_by_NID(
        signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, messageDigest, Int32(messageDigest.count)),
      "messageDigest")
    if let revocation, !revocation.isEmpty {
      let value = AdobeRevocationArchive.encode(revocation)
      try check(
        CMS_signed_add1_attr_by_txt(
          signer, AdobeRevocationArchive.oid, V_ASN1_SEQUENCE, value, Int32(value.count)), "revocation archive")
    }
    if let enveloped { try Self.put(enveloped, into: cms.pointer) }
    var algorithm: UnsafeMutablePointer<X509_ALGOR>?
    CMS_SignerInfo_get0_algs(signer, nil, nil, nil, &algorithm)
    try scheme.write(to: try check(algorithm, "signature algorithm"))

    bytesToSign = try BytesToSign(bytes: try SignedAttributes.encoding(of: signer), scheme: scheme)
    let pointer = cms.pointer
    let der = encoded { i2d_CMS_ContentInfo(pointer, $0) }
    guard !der.isEmpty else { throw .openSSL(.cryptographyFailed, "i2d_CMS_ContentInfo") }
    skeleton = Data(der)
  }

  /// Prepares a signature for a signer's certificate, chain and scheme.
  public init(
    signer: some Signer, messageDigest: [UInt8], content: [UInt8]? = nil, revocation: RevocationEvidence? = nil
  ) throws(SigningError) {
    try self.init(
      certificate: signer.certificate, chain: signer.chain, scheme: signer.scheme, messageDigest: messageDigest,
      content: content, revocation: revocation)
  }

  /// Puts what is signed into the structure, which was made detached.
  private static func put(_ content: [UInt8], into cms: OpaquePointer) throws(SigningError) {
    guard let length = Int32(exactly: content.count) else { throw SigningError(.tooLarge, "\(content.count) bytes") }
    try check(CMS_set_detached(cms, 0), "CMS_set_detached")
    guard let slot = CMS_get0_content(cms)?.pointee else {
      throw .openSSL(.cryptographyFailed, "CMS_get0_content")
    }
    try check(ASN1_STRING_set(slot, content, length), "content")
    // The content is here, it will not be streamed in.
    slot.pointee.flags &= ~(Int(ASN1_STRING_FLAG_CONT) | Int(ASN1_STRING_FLAG_NDEF))
  }

  /// Both steps at once, for keys that answer while one waits.
  public static func sign(
    messageDigest: [UInt8], content: [UInt8]? = nil, with signer: some Signer
  ) async throws -> [UInt8] {
    let draft = try CMSDraft(signer: signer, messageDigest: messageDigest, content: content)
    return try draft.complete(signature: try await signer.sign(draft.bytesToSign))
  }

  /// Bytes of the finished signature, without a time stamp, at most.
  public var estimatedByteCount: Int { skeleton.count + 1_024 + 64 }

  /// The finished signature in DER.
  ///
  /// Throws `.signatureDoesNotMatch` when the value does not verify with the certificate's key, `.draftUnreadable` when
  /// the draft was damaged in storage.
  public func complete(signature: [UInt8]) throws(SigningError) -> [UInt8] {
    guard let (pointer, used) = decoded(Array(skeleton), { d2i_CMS_ContentInfo(nil, $0, $1) }) else {
      throw SigningError(.draftUnreadable, "no CMS structure")
    }
    let cms = ScopedObject(pointer) { CMS_ContentInfo_free($0) }
    let signers = elements(ofStack: CMS_get0_SignerInfos(cms.pointer))
    guard used == skeleton.count, signers.count == 1, let first = signers.first,
      try SignedAttributes.encoding(of: OpaquePointer(first)) == bytesToSign.bytes
    else { throw SigningError(.draftUnreadable, "structure and bytes to sign disagree") }
    let signer = OpaquePointer(first)
    let certificates = ScopedObject(CMS_get1_certs(cms.pointer)) {
      OPENSSL_sk_pop_free($0) { X509_free($0.map { OpaquePointer($0) }) }
    }
    guard
      let leaf = elements(ofStack: certificates.pointer).map({ OpaquePointer($0) })
        .first(where: { CMS_SignerInfo_cert_cmp(signer, $0) == 0 }),
      let key = X509_get0_pubkey(leaf)
    else { throw .openSSL(.draftUnreadable, "no signer certificate") }
    let scheme = bytesToSign.scheme
    let value = scheme.derSignature(signature, keyBits: Int(EVP_PKEY_get_bits(key)))
    guard value.count <= 4_096, try scheme.verifies(value, over: bytesToSign.bytes, key: key) else {
      throw SigningError(.signatureDoesNotMatch, "\(scheme.rawValue) value of \(signature.count) bytes")
    }
    let slot = try check(CMS_SignerInfo_get0_signature(signer), "CMS_SignerInfo_get0_signature")
    try check(ASN1_STRING_set(slot, value, Int32(value.count)), "ASN1_STRING_set")
    let pointerToEncode = cms.pointer
    let der = encoded { i2d_CMS_ContentInfo(pointerToEncode, $0) }
    guard !der.isEmpty else { throw .openSSL(.cryptographyFailed, "i2d_CMS_ContentInfo") }
    return der
  }

  /// Adds a SignerInfo with a signing-certificate-v2 attribute; the structure owns it.
  private static func addSigner(_ certificate: Certificate, digest: DigestAlgorithm, to cms: OpaquePointer)
    throws(SigningError) -> OpaquePointer
  {
    let implementation = try digest.evp()
    let flags = UInt32(CMS_PARTIAL | CMS_CADES | CMS_NOSMIMECAP | CMS_BINARY)
    // OpenSSL takes the public key in the private key's place as long as it is not asked to sign.
    let signer = certificate.object.withPointer { leaf in
      CMS_add1_signer(cms, leaf, X509_get0_pubkey(leaf), implementation, flags)
    }
    return try check(signer, "CMS_add1_signer")
  }
}
