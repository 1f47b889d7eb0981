internal import COpenSSL

/// Adobe's signed attribute `adbe-revocationInfoArchival` (ISO 32000-1 12.8.3.3.2).
enum AdobeRevocationArchive {
  static let oid = "1.2.840.113583.1.1.8"

  /// `SEQUENCE { crl [0] EXPLICIT SEQUENCE OF CRL OPTIONAL, ocsp [1] EXPLICIT SEQUENCE OF OCSPResponse OPTIONAL }`.
  static func encode(_ evidence: RevocationEvidence) -> [UInt8] {
    var parts: [[UInt8]] = []
    for (tag, values) in [(Int32(0), evidence.crls.map(\.der)), (1, evidence.ocspResponses.map(\.der))]
    where !values.isEmpty {
      parts.append(
        DERValue.constructed(tag: tag, tagClass: V_ASN1_CONTEXT_SPECIFIC, [DERValue.sequence(values)]))
    }
    return DERValue.sequence(parts)
  }

  /// What can be read; unreadable values are counted, not fatal.
  static func decode(_ der: [UInt8]) -> RevocationEvidence {
    guard let parts = DERValue(der)?.children() else {
      return RevocationEvidence(crls: [], ocspResponses: [], unreadable: 1)
    }
    var crls: [[UInt8]] = []
    var responses: [[UInt8]] = []
    for part in parts {
      let values = DERValue(part.content)?.children()?.map { Array($0.whole) } ?? []
      if part.isContext(0) { crls += values }
      if part.isContext(1) { responses += values }
    }
    return RevocationEvidence(crlDER: crls, ocspDER: responses)
  }
}
