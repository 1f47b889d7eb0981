internal import COpenSSL

/// Changes to a finished signature that leave what is signed alone.
public enum CMSAssembly {
  /// The signature value, which a signature time stamp covers.
  public static func signatureValue(of cms: [UInt8]) throws(SigningError) -> [UInt8] {
    try withSigner(of: cms) { (_, signer) throws(SigningError) in
      ASN1Values.bytes(CMS_SignerInfo_get0_signature(signer))
    }
  }

  /// The signature with a time-stamp token as unsigned attribute (CAdES-T, RFC 3161 Appendix A).
  ///
  /// Throws `.timeStampMismatch` when the token is not over this signature's value.
  public static func addingSignatureTimeStamp(_ token: [UInt8], to cms: [UInt8]) throws(SigningError) -> [UInt8] {
    let stamp = try TimeStampToken(der: token)
    let value = try signatureValue(of: cms)
    guard let algorithm = stamp.imprintAlgorithm, stamp.cms.trailingByteCount == 0,
      stamp.imprint(matches: try Digest.of(value, algorithm)).isPassed
    else { throw SigningError(.timeStampMismatch, "the token is not over this signature value") }
    return try withSigner(of: cms) { (pointer, signer) throws(SigningError) in
      try check(
        CMS_unsigned_add1_attr_by_NID(
          signer, NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, token, Int32(token.count)), "timeStampToken")
      let der = encoded { i2d_CMS_ContentInfo(pointer, $0) }
      guard !der.isEmpty else { throw .openSSL(.cryptographyFailed, "i2d_CMS_ContentInfo") }
      return der
    }
  }

  private static func withSigner<Result>(
    of cms: [UInt8], _ body: (OpaquePointer, OpaquePointer) throws(SigningError) -> Result
  ) throws(SigningError) -> Result {
    guard let (pointer, _) = decoded(cms, { d2i_CMS_ContentInfo(nil, $0, $1) }) else {
      throw SigningError(.notACMSSignature, "no CMS structure")
    }
    let owned = ScopedObject(pointer) { CMS_ContentInfo_free($0) }
    let signers = elements(ofStack: CMS_get0_SignerInfos(owned.pointer))
    OpenSSLFailure.clear()
    guard signers.count == 1, let signer = signers.first else {
      throw SigningError(.notACMSSignature, "\(signers.count) SignerInfos")
    }
    return try body(owned.pointer, OpaquePointer(signer))
  }
}
