internal import Foundation
public import SigningCore
internal import XMLTree

/// Signs the envelope of a message as we write it, where a partner asks for it: one enveloped signature over the whole
/// document, exclusive canonical form.
///
/// Two steps as everywhere: ``prepare(_:signer:)`` gives the bytes to sign, ``Prepared/complete(signature:)`` the message.
public enum EnvelopeSigner {
  /// A message that waits for its signature value; it survives a restart.
  public struct Prepared: Sendable, Hashable, Codable {
    public let bytesToSign: BytesToSign
    let message: Data
    let insertionOffset: Int
    let certificates: [Data]

    /// Puts the signature into the message and verifies the result.
    ///
    /// - Throws: ``LetterSigningError`` with code `signatureDoesNotFit` when it does not hold.
    public func complete(signature: [UInt8]) throws(LetterSigningError) -> [UInt8] {
      let bare: [UInt8]
      do {
        guard let leaf = certificates.first else { throw LetterSigningError(.messageUnusable, "no certificate") }
        bare = try bytesToSign.scheme.bareSignature(signature, for: Certificate(der: [UInt8](leaf)).publicKey)
      } catch {
        throw LetterSigningError(.signatureDoesNotFit, "the signature value or certificate cannot be used")
      }
      // The canonical SignedInfo is taken as it is; its namespace stands on Signature too, where it changes nothing.
      var element = "<Signature xmlns=\"\(SignatureElement.namespace)\">"
      element += String(decoding: bytesToSign.bytes, as: UTF8.self)
        .replacing("<SignedInfo xmlns=\"\(SignatureElement.namespace)\">", with: "<SignedInfo>")
      element += "<SignatureValue>\(Data(bare).base64EncodedString())</SignatureValue><KeyInfo><X509Data>"
      for certificate in certificates {
        element += "<X509Certificate>\(certificate.base64EncodedString())</X509Certificate>"
      }
      element += "</X509Data></KeyInfo></Signature>"
      let bytes = [UInt8](message)
      let signed = bytes[..<insertionOffset] + Array(element.utf8) + bytes[insertionOffset...]
      guard EnvelopeVerifier.coreHolds([UInt8](signed)) else {
        throw LetterSigningError(.signatureDoesNotFit, "the envelope's signature does not hold")
      }
      return [UInt8](signed)
    }
  }

  private static let endOfHeader = Array("</edXML:edXMLHeader>".utf8)

  /// Prepares a message in UTF-8 with literal `edXML:` prefixes, as `EdXMLWriter` makes it, of at most 64 MB.
  public static func prepare(_ message: [UInt8], signer: some Signer) throws(LetterSigningError) -> Prepared {
    guard message.count <= EnvelopeVerifier.maximumBytes else {
      throw LetterSigningError(.messageUnusable, "longer than \(EnvelopeVerifier.maximumBytes) bytes")
    }
    let offset = try insertionOffset(message)
    let digestURI: String
    switch signer.scheme.digest {
    case .sha256: digestURI = "http://www.w3.org/2001/04/xmlenc#sha256"
    case .sha384: digestURI = "http://www.w3.org/2001/04/xmldsig-more#sha384"
    case .sha512: digestURI = "http://www.w3.org/2001/04/xmlenc#sha512"
    case .sha224, .insecureSHA1, .insecureMD5: throw LetterSigningError(.digestFailed, "an insecure digest")
    }
    let digest = try digest(of: message, signer.scheme.digest)
    // Written in canonical form at once: no empty-element tags, attributes in order, the namespace on the apex.
    let info = """
      <SignedInfo xmlns="\(SignatureElement.namespace)">\
      <CanonicalizationMethod Algorithm="\(CanonicalMethod.exclusive10.rawValue)"></CanonicalizationMethod>\
      <SignatureMethod Algorithm="\(algorithm(signer.scheme))"></SignatureMethod>\
      <Reference URI=""><Transforms>\
      <Transform Algorithm="\(SignatureElement.namespace)enveloped-signature"></Transform>\
      <Transform Algorithm="\(CanonicalMethod.exclusive10.rawValue)"></Transform></Transforms>\
      <DigestMethod Algorithm="\(digestURI)"></DigestMethod>\
      <DigestValue>\(Data(digest).base64EncodedString())</DigestValue></Reference></SignedInfo>
      """
    do {
      return Prepared(
        bytesToSign: try BytesToSign(bytes: Array(info.utf8), scheme: signer.scheme), message: Data(message),
        insertionOffset: offset, certificates: ([signer.certificate] + signer.chain).map { Data($0.der) })
    } catch {
      throw LetterSigningError(.digestFailed, error.detail)
    }
  }

  /// Prepares, signs and completes.
  public static func sign(_ message: [UInt8], with signer: some Signer) async throws -> [UInt8] {
    let prepared = try prepare(message, signer: signer)
    return try prepared.complete(signature: try await signer.sign(prepared.bytesToSign))
  }

  /// Just before the end of the one header.
  private static func insertionOffset(_ message: [UInt8]) throws(LetterSigningError) -> Int {
    var offsets: [Int] = []
    message.withUnsafeBufferPointer { bytes in
      var index = 0
      while index + endOfHeader.count <= bytes.count {
        if bytes[index] == endOfHeader[0], endOfHeader.indices.allSatisfy({ bytes[index + $0] == endOfHeader[$0] }) {
          offsets.append(index)
        }
        index += 1
      }
    }
    guard offsets.count == 1 else {
      throw LetterSigningError(.messageUnusable, "\(offsets.count) ends of edXML:edXMLHeader")
    }
    return offsets[0]
  }

  private static func digest(
    of message: [UInt8], _ algorithm: DigestAlgorithm
  ) throws(LetterSigningError) -> [UInt8] {
    do {
      let document = try CanonicalDocument(message, limits: EnvelopeVerifier.limits)
      guard !document.elements.contains(where: { document.localName($0) == "Signature" }) else {
        throw LetterSigningError(.messageUnusable, "signed already")
      }
      let digest = try Digest(algorithm)
      try document.write(nil, method: .exclusive10, comments: false) { digest.update($0) }
      return try digest.finalize()
    } catch let error as LetterSigningError {
      throw error
    } catch {
      throw LetterSigningError(.messageUnusable, "no well-formed message")
    }
  }

  private static func algorithm(_ scheme: SignatureScheme) -> String {
    let more = "http://www.w3.org/2001/04/xmldsig-more#"
    let later = "http://www.w3.org/2007/05/xmldsig-more#"
    return switch scheme {
    case .rsaPKCS1SHA256: more + "rsa-sha256"
    case .rsaPKCS1SHA384: more + "rsa-sha384"
    case .rsaPKCS1SHA512: more + "rsa-sha512"
    case .rsaPSSSHA256: later + "sha256-rsa-MGF1"
    case .rsaPSSSHA384: later + "sha384-rsa-MGF1"
    case .rsaPSSSHA512: later + "sha512-rsa-MGF1"
    case .ecdsaSHA256: more + "ecdsa-sha256"
    case .ecdsaSHA384: more + "ecdsa-sha384"
    case .ecdsaSHA512: more + "ecdsa-sha512"
    }
  }
}
