/// One unit as `getSynchronizeUnit` gives it, deleted ones among them.
public struct SynchronizedUnit: Sendable, Hashable, Codable {
  public let id: String
  public let parentID: String
  public let code: String
  public let name: String
  public let mail: String
  public let version: String
  public let centerCode: String
  public let isDeleted: Bool
  public let modifyDate: String
  public let isAgency: Bool

  /// nil: an entry without a code.
  init?(_ member: [String: Any]) {
    func text(_ name: String) -> String { AxisAnswer.text(member[name]) ?? "" }
    func truth(_ name: String) -> Bool { ["1", "true"].contains(text(name).lowercased()) }
    guard !text("code").isEmpty else { return nil }
    id = text("id")
    parentID = text("pid")
    code = text("code")
    name = text("name")
    mail = text("mail")
    version = text("version")
    centerCode = text("centercode")
    isDeleted = truth("deleted")
    modifyDate = text("modifydate")
    isAgency = truth("isagency")
  }
}
