internal import Foundation
internal import SigningCore
internal import XMLTree

/// A `Signature` taken apart under strict rules: only what is needed, in the order of the standard, nothing unknown.
struct SignatureElement {
  static let namespace = "http://www.w3.org/2000/09/xmldsig#"
  /// Most references looked at (signatures.md, section 7).
  static let maximumReferences = 100
  /// Longest text of a value, a digest or a certificate.
  static let maximumTextBytes = 256 << 10

  struct Reference {
    var uri: String
    var transforms: [CanonicalDocument.Place]
    var digestAlgorithm: DigestAlgorithm
    var digestValue: [UInt8]
  }

  let place: CanonicalDocument.Place
  let signedInfo: CanonicalDocument.Place
  let method: (method: CanonicalMethod, comments: Bool)
  let prefixes: [String]
  let scheme: SignatureScheme
  let value: [UInt8]
  let references: [Reference]
  /// As they stand in KeyInfo; keys in other forms are never looked at.
  let certificates: [Certificate]

  /// Why a signature is not looked at any further.
  struct Refusal: Error {
    var core: EnvelopeReport.Core
    var code: EnvelopeCode
    var detail: String

    init(_ core: EnvelopeReport.Core, _ code: EnvelopeCode, _ detail: String) {
      self.core = core
      self.code = code
      self.detail = detail
    }
  }

  init(_ document: CanonicalDocument, _ place: CanonicalDocument.Place) throws(Refusal) {
    self.place = place
    let parts = document.children(place)
    guard parts.allSatisfy({ document.namespace($0) == Self.namespace }) else {
      throw Refusal(.refused, .malformed, "foreign element in Signature")
    }
    let names = parts.map(document.localName)
    guard names.starts(with: ["SignedInfo", "SignatureValue"]), names.filter({ $0 == "KeyInfo" }).count <= 1,
      names.dropFirst(2).allSatisfy({ $0 == "KeyInfo" || $0 == "Object" })
    else { throw Refusal(.refused, .malformed, "parts of Signature") }
    signedInfo = parts[0]

    let info = document.children(parts[0])
    let infoNames = info.map(document.localName)
    guard info.allSatisfy({ document.namespace($0) == Self.namespace }),
      infoNames.starts(with: ["CanonicalizationMethod", "SignatureMethod", "Reference"]),
      infoNames.dropFirst(2).allSatisfy({ $0 == "Reference" }), info.count - 2 <= Self.maximumReferences
    else { throw Refusal(.refused, .malformed, "parts of SignedInfo") }

    let canonical = document.attribute("Algorithm", of: info[0]) ?? ""
    guard let named = CanonicalMethod.named(canonical) else {
      throw Refusal(.unsupported, .algorithmForbidden, "CanonicalizationMethod")
    }
    method = named
    prefixes = Self.inclusivePrefixes(document, info[0])
    scheme = try Self.scheme(document.attribute("Algorithm", of: info[1]) ?? "")
    value = try Self.base64(document.text(parts[1]), .signatureInvalid, "SignatureValue")
    var references: [Reference] = []
    for reference in info.dropFirst(2) { references.append(try Self.reference(document, reference)) }
    self.references = references
    certificates = try Self.certificates(document, parts.dropFirst(2).first { document.localName($0) == "KeyInfo" })
  }

  private static func reference(
    _ document: CanonicalDocument, _ place: CanonicalDocument.Place
  ) throws(Refusal) -> Reference {
    guard let uri = document.attribute("URI", of: place) else {
      throw Refusal(.refused, .referenceForbidden, "Reference without URI")
    }
    var parts = document.children(place)[...]
    var transforms: [CanonicalDocument.Place] = []
    if let first = parts.first, document.localName(first) == "Transforms" {
      transforms = document.children(first)
      parts = parts.dropFirst()
    }
    guard parts.map(document.localName) == ["DigestMethod", "DigestValue"], let method = parts.first,
      let value = parts.last
    else { throw Refusal(.refused, .malformed, "parts of Reference") }
    if transforms.count > 3 { throw Refusal(.refused, .transformForbidden, "more than 3 transforms") }
    return Reference(
      uri: uri, transforms: transforms, digestAlgorithm: try digest(document.attribute("Algorithm", of: method) ?? ""),
      digestValue: try base64(document.text(value), .modified, "DigestValue"))
  }

  private static func certificates(
    _ document: CanonicalDocument, _ keyInfo: CanonicalDocument.Place?
  ) throws(Refusal) -> [Certificate] {
    guard let keyInfo else { throw Refusal(.refused, .malformedCertificate, "no KeyInfo") }
    let data = document.children(keyInfo).filter {
      document.localName($0) == "X509Data" && document.namespace($0) == namespace
    }
    let encoded = data.flatMap(document.children).filter {
      document.localName($0) == "X509Certificate" && document.namespace($0) == namespace
    }
    guard !encoded.isEmpty, encoded.count <= 16 else {
      throw Refusal(.refused, .malformedCertificate, "\(encoded.count) certificates")
    }
    var certificates: [Certificate] = []
    for place in encoded {
      let der = try base64(document.text(place), .malformedCertificate, "X509Certificate")
      do { certificates.append(try Certificate(der: der)) } catch {
        throw Refusal(.refused, .malformedCertificate, error.detail)
      }
    }
    return certificates
  }

  static func inclusivePrefixes(_ document: CanonicalDocument, _ method: CanonicalDocument.Place) -> [String] {
    let lists = document.children(method).filter {
      document.localName($0) == "InclusiveNamespaces" && document.namespace($0) == CanonicalMethod.exclusive10.rawValue
    }
    return lists.compactMap { document.attribute("PrefixList", of: $0) }
      .flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
  }

  private static func base64(_ text: String, _ code: EnvelopeCode, _ what: String) throws(Refusal) -> [UInt8] {
    guard text.utf8.count <= maximumTextBytes else { throw Refusal(.refused, code, "\(what) is too long") }
    let plain = text.filter { !$0.isWhitespace }
    guard !plain.isEmpty, let data = Data(base64Encoded: plain) else {
      throw Refusal(.refused, code, "\(what) is not base64")
    }
    return [UInt8](data)
  }

  private static func scheme(_ identifier: String) throws(Refusal) -> SignatureScheme {
    let more = "http://www.w3.org/2001/04/xmldsig-more#"
    let later = "http://www.w3.org/2007/05/xmldsig-more#"
    switch identifier {
    case more + "rsa-sha256": return .rsaPKCS1SHA256
    case more + "rsa-sha384": return .rsaPKCS1SHA384
    case more + "rsa-sha512": return .rsaPKCS1SHA512
    case later + "sha256-rsa-MGF1": return .rsaPSSSHA256
    case later + "sha384-rsa-MGF1": return .rsaPSSSHA384
    case later + "sha512-rsa-MGF1": return .rsaPSSSHA512
    case more + "ecdsa-sha256": return .ecdsaSHA256
    case more + "ecdsa-sha384": return .ecdsaSHA384
    case more + "ecdsa-sha512": return .ecdsaSHA512
    case namespace + "rsa-sha1", namespace + "dsa-sha1", more + "ecdsa-sha1", more + "rsa-md5":
      throw Refusal(.unsupported, .weakCryptography, "SignatureMethod with a broken digest")
    default: throw Refusal(.refused, .algorithmForbidden, "SignatureMethod")
    }
  }

  private static func digest(_ identifier: String) throws(Refusal) -> DigestAlgorithm {
    switch identifier {
    case "http://www.w3.org/2001/04/xmlenc#sha256": return .sha256
    case "http://www.w3.org/2001/04/xmldsig-more#sha384": return .sha384
    case "http://www.w3.org/2001/04/xmlenc#sha512": return .sha512
    case namespace + "sha1", "http://www.w3.org/2001/04/xmldsig-more#md5":
      throw Refusal(.unsupported, .weakCryptography, "DigestMethod is broken")
    default: throw Refusal(.refused, .algorithmForbidden, "DigestMethod")
    }
  }
}
