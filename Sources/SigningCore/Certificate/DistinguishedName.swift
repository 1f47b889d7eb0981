/// A distinguished name (RFC 5280 4.1.2.4): attributes in the order of the encoding, values in NFC.
public struct DistinguishedName: Sendable, Hashable, Codable, CustomStringConvertible {
  /// One attribute of a name.
  public struct Attribute: Sendable, Hashable, Codable {
    /// Object identifier in dotted form.
    public let oid: String
    /// Short name (`CN`, `O`, `OU`, `L`, `ST`, `C`, `UID`, `serialNumber`, …), or the object identifier when it has none.
    public let name: String
    /// Text in NFC.
    public let value: String
    /// Which relative distinguished name it belongs to, from 0; several attributes may share one.
    public let position: Int

    public init(oid: String, name: String, value: String, position: Int) {
      self.oid = oid
      self.name = name
      self.value = value
      self.position = position
    }
  }

  public let attributes: [Attribute]

  public init(attributes: [Attribute]) { self.attributes = attributes }

  /// The first value of the attribute with this short name or object identifier.
  public subscript(_ name: String) -> String? {
    attributes.first { $0.name == name || $0.oid == name }?.value
  }

  /// All values of the attribute, in order.
  public func all(_ name: String) -> [String] {
    attributes.filter { $0.name == name || $0.oid == name }.map(\.value)
  }

  /// RFC 4514 text: last relative name first, special characters escaped.
  public var description: String {
    var parts: [(position: Int, text: String)] = []
    for attribute in attributes {
      let text = "\(attribute.name)=\(Self.escaped(attribute.value))"
      if let last = parts.last, last.position == attribute.position {
        parts[parts.count - 1].text += "+" + text
      } else {
        parts.append((attribute.position, text))
      }
    }
    return parts.reversed().map(\.text).joined(separator: ",")
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    let scalars = Array(value.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "\"", "+", ",", ";", "<", ">", "\\": text += "\\\(scalar)"
      case "#" where index == 0: text += "\\#"
      case " " where index == 0 || index == scalars.count - 1: text += "\\ "
      case "\0": text += "\\00"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
