internal import COpenSSL
internal import Foundation

/// ASN.1 values made from Swift values; the caller owns what is returned.
enum ASN1Numbers {
  /// A positive INTEGER from big-endian bytes.
  static func integer(_ bytes: [UInt8]) throws(SigningError) -> UnsafeMutablePointer<ASN1_INTEGER> {
    let number = ScopedObject(try check(BN_bin2bn(bytes, Int32(bytes.count), nil), "BN_bin2bn")) { BN_free($0) }
    return try check(BN_to_ASN1_INTEGER(number.pointer, nil), "BN_to_ASN1_INTEGER")
  }

  /// A UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 asks.
  static func time(_ date: Date) throws(SigningError) -> UnsafeMutablePointer<ASN1_TIME> {
    try check(ASN1_TIME_set(nil, time_t(date.timeIntervalSince1970.rounded(.down))), "ASN1_TIME_set")
  }

  /// A GeneralizedTime.
  static func generalizedTime(_ date: Date) throws(SigningError) -> UnsafeMutablePointer<ASN1_GENERALIZEDTIME> {
    try check(
      ASN1_GENERALIZEDTIME_set(nil, time_t(date.timeIntervalSince1970.rounded(.down))), "ASN1_GENERALIZEDTIME_set")
  }
}
