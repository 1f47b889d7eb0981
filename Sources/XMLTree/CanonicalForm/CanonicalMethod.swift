/// The canonical forms of XML that W3C recommends.
public enum CanonicalMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// Canonical XML 1.0, inclusive.
  case inclusive10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
  /// Canonical XML 1.1, inclusive.
  case inclusive11 = "http://www.w3.org/2006/12/xml-c14n11"
  /// Exclusive XML Canonicalization 1.0.
  case exclusive10 = "http://www.w3.org/2001/10/xml-exc-c14n#"

  /// The method that an algorithm identifier names, and whether comments are part of the result.
  public static func named(_ identifier: String) -> (method: CanonicalMethod, comments: Bool)? {
    if let method = CanonicalMethod(rawValue: identifier) { return (method, false) }
    for method in allCases {
      let separator = method == .exclusive10 ? "" : "#"
      if identifier == method.rawValue + separator + "WithComments" { return (method, true) }
    }
    return nil
  }
}
