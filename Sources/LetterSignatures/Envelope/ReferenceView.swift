internal import SigningCore
internal import XMLTree

/// What one `Reference` means in a document: which part, without what, in which canonical form.
struct ReferenceView {
  /// The part; `nil` is the whole document.
  let apex: CanonicalDocument.Place?
  private(set) var excluded: Set<CanonicalDocument.Place> = []
  private(set) var method: CanonicalMethod = .inclusive10
  private(set) var comments = false
  private(set) var prefixes: [String] = []
  /// An XPath filter took parts out.
  private(set) var isFiltered = false

  typealias Refusal = SignatureElement.Refusal

  init(
    _ document: CanonicalDocument, _ reference: SignatureElement.Reference, of signature: CanonicalDocument.Place
  ) throws(Refusal) {
    apex = try Self.part(document, reference.uri)
    var isCanonical = false
    for transform in reference.transforms {
      let algorithm = document.attribute("Algorithm", of: transform) ?? ""
      if isCanonical { throw Refusal(.refused, .transformForbidden, "a transform after canonicalization") }
      if algorithm == SignatureElement.namespace + "enveloped-signature" {
        excluded.insert(signature)
      } else if let named = CanonicalMethod.named(algorithm) {
        isCanonical = true
        method = named.method
        // A same-document reference by "" or "#id" leaves comments out (XML Signature, section 4.4.3.3).
        comments = named.comments && reference.uri.hasPrefix("#xpointer(")
        prefixes = SignatureElement.inclusivePrefixes(document, transform)
      } else if algorithm == "http://www.w3.org/TR/1999/REC-xpath-19991116" {
        isFiltered = true
        excluded.formUnion(try Self.filtered(document, transform))
      } else if Self.dangerous.contains(algorithm) {
        throw Refusal(.refused, .transformForbidden, "transform")
      } else {
        throw Refusal(.unsupported, .transformUnknown, "transform")
      }
    }
  }

  /// Registered transforms that run programs or leave the document; they are never executed.
  private static let dangerous: Set<String> = [
    "http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/2002/06/xmldsig-filter2",
    "http://www.w3.org/2000/09/xmldsig#base64", "http://www.w3.org/2002/07/decrypt#XML",
    "http://www.w3.org/2001/04/decrypt#XML",
  ]

  private static func part(_ document: CanonicalDocument, _ uri: String) throws(Refusal) -> CanonicalDocument.Place? {
    if uri.isEmpty || uri == "#xpointer(/)" { return nil }
    let identifier: String
    if let match = uri.wholeMatch(of: /#xpointer\(id\((?:'([^']+)'|"([^"]+)")\)\)/) {
      identifier = String(match.1 ?? match.2 ?? "")
    } else if uri.hasPrefix("#"), !uri.contains("(") {
      identifier = String(uri.dropFirst())
    } else {
      throw Refusal(.refused, .referenceForbidden, "a reference out of the document")
    }
    let places = document.identified(by: identifier)
    guard places.count <= 1 else { throw Refusal(.refused, .signatureWrapping, "an Id occurs \(places.count) times") }
    guard let place = places.first else { throw Refusal(.invalid, .referenceForbidden, "no element has the Id") }
    return place
  }

  /// The one XPath idiom that can be judged without running XPath: elements named by
  /// `not(ancestor-or-self::p:name)` are left out. The signature is rejected all the same; this only tells whether it
  /// is a true signature over too little, or a false one.
  private static func filtered(
    _ document: CanonicalDocument, _ transform: CanonicalDocument.Place
  ) throws(Refusal) -> Set<CanonicalDocument.Place> {
    let forbidden = Refusal(.refused, .transformForbidden, "XPath")
    guard let path = document.children(transform).first, document.children(transform).count == 1,
      document.localName(path) == "XPath"
    else { throw forbidden }
    let terms = document.text(path).split(separator: " and ", omittingEmptySubsequences: false)
    guard terms.count <= 16, terms.count * document.elements.count <= 50_000 else { throw forbidden }
    var left: Set<CanonicalDocument.Place> = []
    for term in terms {
      guard
        let match = term.wholeMatch(
          of: /\s*not\(\s*ancestor-or-self::(?:([A-Za-z_][\w.\-]*):)?([A-Za-z_][\w.\-]*)\s*\)\s*/)
      else { throw forbidden }
      var uri: String?
      if let prefix = match.1 {
        guard let bound = document.namespace(ofPrefix: String(prefix), at: path) else { throw forbidden }
        uri = bound
      }
      left.formUnion(
        document.elements.filter { document.localName($0) == String(match.2) && document.namespace($0) == uri })
    }
    return left
  }

  /// Digests the part; `budget` is how many bytes may still be made.
  func digest(
    _ document: CanonicalDocument, _ algorithm: DigestAlgorithm, budget: inout Int
  ) throws(Refusal) -> [UInt8] {
    do {
      let digest = try Digest(algorithm)
      var left = budget
      try document.write(
        apex, excluding: excluded, method: method, comments: comments, prefixes: prefixes
      ) { bytes in
        left -= bytes.count
        if left < 0 { throw Refusal(.refused, .malformed, "canonical forms are too long") }
        digest.update(bytes)
      }
      budget = left
      return try digest.finalize()
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(.refused, .malformed, "canonical form")
    }
  }
}
