/// What `registerAgency` takes; code, name and mail are required by the axis.
public struct AgencyRegistration: Sendable, Hashable, Codable {
  public let id: String
  public let parentCode: String
  public let code: String
  public let name: String
  public let mail: String
  public let mobile: String
  public let fax: String

  public init(
    id: String = "", parentCode: String = "", code: String, name: String, mail: String, mobile: String = "",
    fax: String = ""
  ) {
    self.id = id
    self.parentCode = parentCode
    self.code = code
    self.name = name
    self.mail = mail
    self.mobile = mobile
    self.fax = fax
  }

  private enum CodingKeys: String, CodingKey {
    case id, code, name, mail, mobile, fax
    case parentCode = "pcode"
  }
}
