internal import COpenSSL

/// One DER value taken apart or put together with OpenSSL's header reader and writer.
struct DERValue {
  let tag: Int32
  let tagClass: Int32
  let isConstructed: Bool
  /// The whole value with its header.
  let whole: ArraySlice<UInt8>
  /// Header apart.
  let content: ArraySlice<UInt8>

  /// The value at the start of `bytes`; nil when it is malformed or of indefinite length.
  init?(_ bytes: ArraySlice<UInt8>) {
    var tag: Int32 = 0
    var tagClass: Int32 = 0
    var length = 0
    var header = 0
    let flags: Int32 = bytes.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      guard cursor != nil, !buffer.isEmpty else { return 0x80 }
      let flags = ASN1_get_object(&cursor, &length, &tag, &tagClass, buffer.count)
      if let cursor, let base = buffer.baseAddress { header = cursor - base }
      return flags
    }
    guard flags & 0x81 == 0, length >= 0, header > 0, header + length <= bytes.count else {
      OpenSSLFailure.clear()
      return nil
    }
    self.tag = tag
    self.tagClass = tagClass
    isConstructed = flags & 0x20 != 0
    whole = bytes.prefix(header + length)
    content = whole.dropFirst(header)
  }

  init?(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// The values inside a constructed one; nil when they do not fill it exactly or are more than `maximumCount`.
  func children(maximumCount: Int = 4_096) -> [DERValue]? {
    guard isConstructed else { return nil }
    var rest = content
    var values: [DERValue] = []
    while !rest.isEmpty {
      guard values.count < maximumCount, let value = DERValue(rest) else { return nil }
      values.append(value)
      rest = rest.dropFirst(value.whole.count)
    }
    return values
  }

  var isSequence: Bool { tag == V_ASN1_SEQUENCE && tagClass == V_ASN1_UNIVERSAL && isConstructed }

  func isContext(_ number: Int32) -> Bool { tagClass == V_ASN1_CONTEXT_SPECIFIC && tag == number }

  /// A constructed value around encoded elements.
  static func constructed(tag: Int32, tagClass: Int32, _ elements: [[UInt8]]) -> [UInt8] {
    let length = elements.reduce(0) { $0 + $1.count }
    let total = ASN1_object_size(1, Int32(length), tag)
    var bytes = [UInt8](repeating: 0, count: Int(total) - length)
    bytes.withUnsafeMutableBufferPointer { buffer in
      var cursor = buffer.baseAddress
      ASN1_put_object(&cursor, 1, Int32(length), tag, tagClass)
    }
    for element in elements { bytes += element }
    return bytes
  }

  static func sequence(_ elements: [[UInt8]]) -> [UInt8] {
    constructed(tag: V_ASN1_SEQUENCE, tagClass: V_ASN1_UNIVERSAL, elements)
  }
}
