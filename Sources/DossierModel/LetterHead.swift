/// What a request letter says around its table (NĐ 30/2020/NĐ-CP, Phụ lục I): issuer, number, date, subject, addressee,
/// signer. Also the portal's block "Văn bản yêu cầu".
public struct LetterHead: Sendable, Hashable, Codable {
  /// Number without notation, `1245`; `nil` until the issuing act allots it.
  public var number: String?
  /// Ký hiệu, `SNV-VP`.
  public var notation: String?
  /// Ngày ban hành; `nil` until the issuing act.
  public var date: CalendarDate?
  /// Địa danh before the date, `Lạng Sơn`.
  public var place: String?
  /// Trích yếu without "V/v".
  public var subject: String?
  /// The issuing agency in full, `Sở Nội vụ tỉnh Lạng Sơn`.
  public var agency: String?
  /// The superior body, `Ủy ban nhân dân tỉnh Lạng Sơn`.
  public var superior: String?
  /// Kính gửi.
  public var addressee: String?
  /// Who signs.
  public var signer: Signer?
  /// Lines of "Nơi nhận".
  public var copiesTo: [String]

  public init(
    number: String? = nil, notation: String? = nil, date: CalendarDate? = nil, place: String? = nil,
    subject: String? = nil, agency: String? = nil, superior: String? = nil, addressee: String? = nil,
    signer: Signer? = nil, copiesTo: [String] = []
  ) {
    self.number = number
    self.notation = notation
    self.date = date
    self.place = place
    self.subject = subject
    self.agency = agency
    self.superior = superior
    self.addressee = addressee
    self.signer = signer
    self.copiesTo = copiesTo
  }

  /// `1245/SNV-VP`, when both parts are known.
  public var code: String? {
    guard let number, let notation else { return nil }
    return number + "/" + notation
  }

  /// The person under the letter: `KT. CHÁNH ÁN` / `PHÓ CHÁNH ÁN`, and the name.
  public struct Signer: Sendable, Hashable, Codable {
    public var fullName: String?
    /// Lines above the name, prefixes TM., KT., TL., TUQ., Q. included.
    public var titleLines: [String]

    public init(fullName: String?, titleLines: [String]) {
      self.fullName = fullName
      self.titleLines = titleLines
    }
  }
}
