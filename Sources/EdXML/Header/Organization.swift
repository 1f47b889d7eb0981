public import XMLTree

/// A sender or receiver (`From`, `To`; QCVN 102:2016, items 1.1 and 1.2).
public struct Organization: Sendable, Hashable, Codable {
  /// The identifier code on the axis (`OrganId`), kept as written.
  public var organId: String
  /// The managing body's name (`OrganizationInCharge`).
  public var inCharge: String?
  public var name: String?
  public var address: String?
  public var email: String?
  public var telephone: String?
  public var fax: String?
  public var website: String?
  /// Elements that this version does not know, kept to be written again.
  public var unknown: [Element] = []

  public init(
    _ organId: String, name: String? = nil, inCharge: String? = nil, address: String? = nil, email: String? = nil,
    telephone: String? = nil, fax: String? = nil, website: String? = nil
  ) {
    self.organId = organId
    self.inCharge = inCharge
    self.name = name
    self.address = address
    self.email = email
    self.telephone = telephone
    self.fax = fax
    self.website = website
  }
}
