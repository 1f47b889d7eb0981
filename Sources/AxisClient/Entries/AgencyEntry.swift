/// One agency of the axis' directory.
public struct AgencyEntry: Sendable, Hashable, Codable {
  public let id: String
  /// The directory's id of the body above.
  public let parentID: String
  /// The code under which the agency is reached.
  public let code: String
  public let name: String
  public let mail: String
  /// The same agency's code in the other form: `code102` (13 characters) beside a code of QĐ 20/2020, or `oldCode`.
  public let otherCode: String?

  public init(
    id: String, parentID: String = "", code: String, name: String, mail: String = "", otherCode: String? = nil
  ) {
    self.id = id
    self.parentID = parentID
    self.code = code
    self.name = name
    self.mail = mail
    self.otherCode = otherCode
  }

  /// nil: an entry without a code.
  init?(_ member: [String: Any]) {
    func text(_ name: String) -> String { AxisAnswer.text(member[name]) ?? "" }
    guard !text("code").isEmpty else { return nil }
    let other = [text("code102"), text("oldcode")].first { !$0.isEmpty }
    self.init(
      id: text("id"), parentID: text("pid"), code: text("code"), name: text("name"), mail: text("mail"),
      otherCode: other)
  }
}
