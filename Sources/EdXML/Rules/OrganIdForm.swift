/// The forms of identifier codes (edxml.md section 6).
public enum OrganIdForm: String, Sendable, Hashable, Codable, CaseIterable {
  /// QCVN 102:2016: `000.00.00.G22`.
  case qcvn102
  /// Decision 20/2020/QĐ-TTg, Article 4: `G22`, `H37.02.02`.
  case qd20
  /// Article 5: a business registration number.
  case enterprise
  /// Article 6: `Z01` and so on with a code of that scheme.
  case scheme
  /// None of these, but met in the field: dot-separated letters and digits of at most 35 characters.
  case lenient

  /// The strictest form that a code has; `nil` when it is no code at all.
  public static func classify(_ code: String) -> OrganIdForm? {
    if code.wholeMatch(of: /[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}/) != nil { return .qcvn102 }
    let characters = code.count
    if (3...35).contains(characters), code.wholeMatch(of: /[A-Y][0-9]{2}(\.[0-9A-Z]+)*/) != nil { return .qd20 }
    if code.wholeMatch(of: /[0-9]{10}(-?[0-9]{3})?/) != nil { return .enterprise }
    if code.wholeMatch(of: /Z(0[1-9]|[1-9][0-9])[^\s.].{0,31}/) != nil { return .scheme }
    if (1...35).contains(characters), code.wholeMatch(of: /[A-Za-z0-9]+([.\-_][A-Za-z0-9]+)*/) != nil {
      return .lenient
    }
    return nil
  }
}
