/// The `DocumentId` of a document: any text, compared exactly; the form we make is `OrganId,yyyy/MM/dd,number/notation`.
public enum DocumentIdentifier {
  /// The comma form, from which receivers in the field recover number and date (edxml.md section 2.2).
  public static func make(organId: String, date: EdocDate, code: DocumentCode) -> String {
    "\(organId),\(date.edxml),\(code.joined)"
  }

  /// The parts of a comma form, `nil` for any other form.
  public static func parts(of identifier: String) -> (organId: String, date: EdocDate, code: DocumentCode)? {
    let parts = identifier.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let date = EdocDate(String(parts[1])), let code = DocumentCode(joined: String(parts[2]))
    else { return nil }
    return (String(parts[0]), date, code)
  }

  /// Whether two identifiers mean one document: equal, or comma forms that differ only in how the date is written.
  public static func matches(_ left: String, _ right: String) -> Bool {
    if left == right { return true }
    guard let left = parts(of: left), let right = parts(of: right) else { return false }
    return left.organId == right.organId && left.date == right.date && left.code == right.code
  }
}
