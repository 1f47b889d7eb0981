import XMLTree

/// Names of QCVN 102:2016/BTTTT.
enum EdXMLNames {
  static let namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
  /// Version 1 of the format, and a variant that was met.
  static let otherNamespaces = ["http://www.e-doc.vn/Schema/", "http://www.go.vn/eDoc"]
  static let prefix = "edXML"
  static let signatureNamespace = "http://www.w3.org/2000/09/xmldsig#"
}

extension Element {
  /// The same element with all declarations that it needs inside a message of ours, where the default namespace and the
  /// prefix `edXML` both mean QCVN 102:2016. Prefixes that were never declared are dropped.
  func selfContained() -> Element {
    qualified(scope: ["": EdXMLNames.namespace, EdXMLNames.prefix: EdXMLNames.namespace])
  }

  private func qualified(scope: [String: String]) -> Element {
    var copy = self
    var scope = scope
    copy.namespaceDeclarations = []
    if let prefix, namespace == nil {
      copy.prefix = nil
      copy.namespace = EdXMLNames.namespace
      if prefix == EdXMLNames.prefix { copy.prefix = prefix }
    }
    func declare(_ prefix: String?, _ uri: String) {
      if scope[prefix ?? ""] == uri || prefix == "xml" { return }
      scope[prefix ?? ""] = uri
      copy.namespaceDeclarations.append(NamespaceDeclaration(prefix: prefix, uri: uri))
    }
    declare(copy.prefix, copy.namespace ?? "")
    for index in copy.attributes.indices where copy.attributes[index].prefix != nil {
      guard let namespace = copy.attributes[index].namespace else {
        copy.attributes[index].prefix = nil
        continue
      }
      declare(copy.attributes[index].prefix, namespace)
    }
    // Two attributes may have become namesakes when an undeclared prefix went.
    var seen: Set<String> = []
    copy.attributes.removeAll { !seen.insert(($0.namespace ?? "") + " " + $0.localName).inserted }
    let isLayout =
      children.contains { if case .element = $0 { true } else { false } } && text.allSatisfy(\.isWhitespace)
    copy.children = children.compactMap { child in
      switch child {
      case .element(let element): .element(element.qualified(scope: scope))
      case .text: isLayout ? nil : child
      case .comment, .processingInstruction: nil
      }
    }
    return copy
  }
}
