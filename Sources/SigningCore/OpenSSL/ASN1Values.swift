internal import COpenSSL
internal import Foundation
internal import VietnameseText

/// Values of ASN.1 types that OpenSSL has parsed, as Swift values.
enum ASN1Values {
  /// The bytes of any ASN1_STRING (octet string, bit string, integer content).
  static func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
    guard let string, let data = ASN1_STRING_get0_data(string) else { return [] }
    return Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
  }

  /// Text of a string type, whatever its character set, in NFC.
  static func text(_ string: UnsafePointer<ASN1_STRING>?) -> String {
    guard let string else { return "" }
    var utf8: UnsafeMutablePointer<UInt8>?
    let count = ASN1_STRING_to_UTF8(&utf8, string)
    guard count >= 0, let utf8 else {
      OpenSSLFailure.clear()
      return String(decoding: bytes(string), as: UTF8.self).nfc
    }
    defer { shim_OPENSSL_free(utf8) }
    let text = String(decoding: UnsafeBufferPointer(start: utf8, count: Int(count)), as: UTF8.self)
    return text.utf8.allSatisfy { $0 < 0x80 } ? text : text.nfc
  }

  /// A UTCTime or GeneralizedTime; nil when it is malformed.
  static func date(_ time: UnsafePointer<ASN1_TIME>?) -> Date? {
    guard let time else { return nil }
    var parts = tm()
    guard ASN1_TIME_to_tm(time, &parts) == 1 else {
      OpenSSLFailure.clear()
      return nil
    }
    return Date(timeIntervalSince1970: TimeInterval(timegm(&parts)))
  }

  /// An integer in upper-case hexadecimal with an even number of digits; negative ones carry a minus sign.
  static func hexadecimal(_ integer: UnsafePointer<ASN1_INTEGER>?) -> String {
    guard let integer else { return "" }
    let number = ScopedObject(ASN1_INTEGER_to_BN(integer, nil)) { BN_free($0) }
    guard let value = number.pointer, let text = BN_bn2hex(value) else {
      OpenSSLFailure.clear()
      return ""
    }
    defer { shim_OPENSSL_free(text) }
    return String(cString: text)
  }

  /// An object identifier in dotted form.
  static func oid(_ object: OpaquePointer?) -> String {
    guard let object else { return "" }
    var buffer = [CChar](repeating: 0, count: 128)
    let length = OBJ_obj2txt(&buffer, Int32(buffer.count), object, 1)
    guard length > 0 else {
      OpenSSLFailure.clear()
      return ""
    }
    return buffer.prefix(min(Int(length), buffer.count - 1)).reduce(into: "") {
      $0.unicodeScalars.append(Unicode.Scalar(UInt8(bitPattern: $1)))
    }
  }

  /// The URIs among GENERAL_NAMES.
  static func uris(_ names: OpaquePointer?) -> [String] {
    elements(ofStack: names).compactMap { uri($0.assumingMemoryBound(to: GENERAL_NAME.self)) }
  }

  /// The URI of one GENERAL_NAME.
  static func uri(_ name: UnsafePointer<GENERAL_NAME>?) -> String? {
    guard let name, name.pointee.type == GEN_URI else { return nil }
    return text(name.pointee.d.uniformResourceIdentifier)
  }
}
