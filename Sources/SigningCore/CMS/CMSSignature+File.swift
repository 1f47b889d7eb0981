/// CMS in a file of its own, in DER or PEM (RFC 7468, 8 and 9).
extension CMSSignature {
  private static let pemLabels: Set<String> = ["CMS", "PKCS7", "PKCS #7 SIGNED DATA"]

  /// The structure's DER out of a file; of PEM text the one block, which must be the only one.
  public static func der(inFile bytes: [UInt8]) throws(SigningError) -> [UInt8] {
    guard PEM.isText(bytes) else { return bytes }
    let blocks = try PEM.blocks(in: bytes)
    guard blocks.count == 1, let block = blocks.first, pemLabels.contains(block.label) else {
      throw SigningError(.notACMSSignature, "PEM text without exactly one CMS block")
    }
    return block.der
  }
}
