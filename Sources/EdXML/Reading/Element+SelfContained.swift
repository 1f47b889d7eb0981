import XMLTree

/// Names of QCVN 102:2016/BTTTT.
enum EdXMLNames {
  static let namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
  /// Version 1 of the format, and a variant that was met.
  static let otherNamespaces = ["http://www.e-doc.vn/Schema/", "http://www.go.vn/eDoc"]
  static let prefix = "edXML"
  static let signatureNamespace = "http://www.w3.org/2000/09/xmldsig#"

  /// Whether an element has that name; the standard's own spelling `Bussiness` is often put right by writers.
  static func isCalled(_ localName: String, _ name: String) -> Bool {
    localName == name || (name.hasPrefix("Bussiness") && localName == "Business" + name.dropFirst("Bussiness".count))
  }

  /// What a prefix that was never declared is taken to mean, so that it can be written again.
  static func meaning(ofUndeclared prefix: String) -> String {
    switch prefix {
    case EdXMLNames.prefix: namespace
    case "xlink": "http://www.w3.org/1999/xlink"
    case "xsi": "http://www.w3.org/2001/XMLSchema-instance"
    case "ds": signatureNamespace
    default: "urn:undeclared-prefix:\(prefix)"
    }
  }
}

extension Element {
  /// The same element with all declarations that it needs inside a message of ours, where the default namespace and the
  /// prefix `edXML` both mean QCVN 102:2016. Nothing in it is lost: prefixes that were never declared get a meaning.
  func selfContained() -> Element {
    qualified(scope: ["": EdXMLNames.namespace, EdXMLNames.prefix: EdXMLNames.namespace])
  }

  private func qualified(scope: [String: String]) -> Element {
    var copy = self
    var scope = scope
    copy.namespaceDeclarations = []
    func declare(_ prefix: String?, _ uri: String) {
      if scope[prefix ?? ""] == uri || prefix == "xml" { return }
      scope[prefix ?? ""] = uri
      copy.namespaceDeclarations.append(NamespaceDeclaration(prefix: prefix, uri: uri))
    }
    if let prefix, namespace == nil { copy.namespace = EdXMLNames.meaning(ofUndeclared: prefix) }
    declare(copy.prefix, copy.namespace ?? "")
    for index in copy.attributes.indices {
      guard let prefix = copy.attributes[index].prefix else { continue }
      let namespace = copy.attributes[index].namespace ?? EdXMLNames.meaning(ofUndeclared: prefix)
      copy.attributes[index].namespace = namespace
      declare(prefix, namespace)
    }
    // Two attributes may have become namesakes when an undeclared prefix got its meaning.
    var seen: Set<String> = []
    copy.attributes.removeAll { !seen.insert(($0.namespace ?? "") + " " + $0.localName).inserted }
    copy.children = children.map { child in
      if case .element(let element) = child { .element(element.qualified(scope: scope)) } else { child }
    }
    return copy
  }
}
