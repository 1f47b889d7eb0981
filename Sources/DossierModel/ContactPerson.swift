/// Part 1 of every form: who receives the devices (01–04), hands them back (05) or helps to restore one (06).
public struct ContactPerson: Sendable, Hashable, Codable {
  public var fullName: String?
  /// Số định danh cá nhân.
  public var citizenId: String?
  public var idIssueDate: CalendarDate?
  public var idIssuePlace: String?
  /// Chức vụ.
  public var position: String?
  /// Cơ quan công tác; form 06 only.
  public var organisation: String?
  /// `0xxxxxxxxx`.
  public var mobile: String?
  /// Địa chỉ thư điện tử công vụ; not on form 06.
  public var email: String?
  /// Working address to which devices go (or from which they are taken back); not on form 06.
  public var address: String?

  public init(
    fullName: String? = nil, citizenId: String? = nil, idIssueDate: CalendarDate? = nil, idIssuePlace: String? = nil,
    position: String? = nil, organisation: String? = nil, mobile: String? = nil, email: String? = nil,
    address: String? = nil
  ) {
    self.fullName = fullName
    self.citizenId = citizenId
    self.idIssueDate = idIssueDate
    self.idIssuePlace = idIssuePlace
    self.position = position
    self.organisation = organisation
    self.mobile = mobile
    self.email = email
    self.address = address
  }
}
