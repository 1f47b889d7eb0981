public import XMLTree

/// Where and when a document was issued (`PromulgationInfo`).
public struct Promulgation: Sendable, Hashable, Codable {
  public var place: String?
  public var date: EdocDate?
  public var unknown: [Element] = []

  public init(place: String? = nil, date: EdocDate? = nil) {
    self.place = place
    self.date = date
  }
}

/// The kind of paper it is (`DocumentType`); the code lists are not published, the name is what people use.
public struct DocumentType: Sendable, Hashable, Codable {
  public var type: Int?
  public var typeDetail: Int?
  /// "Công văn", "Quyết định" … (Decree 30/2020, Annex III).
  public var typeName: String?
  public var unknown: [Element] = []

  public init(type: Int? = nil, typeDetail: Int? = nil, typeName: String? = nil) {
    self.type = type
    self.typeDetail = typeDetail
    self.typeName = typeName
  }
}

/// Who signed (`SignerInfo`).
public struct SignerInfo: Sendable, Hashable, Codable {
  /// The authority signed under: "TL. BỘ TRƯỞNG".
  public var competence: String?
  public var position: String?
  public var fullName: String?
  public var unknown: [Element] = []

  public init(competence: String? = nil, position: String? = nil, fullName: String? = nil) {
    self.competence = competence
    self.position = position
    self.fullName = fullName
  }
}

/// Urgency, circulation, counts (`OtherInfo`).
public struct OtherInfo: Sendable, Hashable, Codable {
  public var priority: Priority?
  public var sphereOfPromulgation: String?
  public var typerNotation: String?
  /// Number of copies.
  public var promulgationAmount: Int?
  /// Number of pages.
  public var pageAmount: Int?
  public var replyFors: String?
  public var referenceCodes: String?
  /// An extension of the axis operator; always written by its library.
  public var direction: Bool?
  public var appendixes: [String] = []
  public var unknown: [Element] = []

  public init(
    priority: Priority? = nil, sphereOfPromulgation: String? = nil, typerNotation: String? = nil,
    promulgationAmount: Int? = nil, pageAmount: Int? = nil, replyFors: String? = nil, referenceCodes: String? = nil,
    direction: Bool? = nil, appendixes: [String] = []
  ) {
    self.priority = priority
    self.sphereOfPromulgation = sphereOfPromulgation
    self.typerNotation = typerNotation
    self.promulgationAmount = promulgationAmount
    self.pageAmount = pageAmount
    self.replyFors = replyFors
    self.referenceCodes = referenceCodes
    self.direction = direction
    self.appendixes = appendixes
  }
}

/// Another document that this one, or a status, is about (`ResponseFor`).
public struct ResponseFor: Sendable, Hashable, Codable {
  /// In a status: whom the status is addressed to.
  public var organId: String
  /// Number and notation in one text: `7816/VPCP-TTĐT`.
  public var code: String?
  public var documentId: String?
  public var promulgationDate: EdocDate?
  public var unknown: [Element] = []

  public init(
    organId: String, code: String? = nil, documentId: String? = nil, promulgationDate: EdocDate? = nil
  ) {
    self.organId = organId
    self.code = code
    self.documentId = documentId
    self.promulgationDate = promulgationDate
  }
}

/// The officer who handles it (`StaffInfo`).
public struct StaffInfo: Sendable, Hashable, Codable {
  public var department: String?
  public var departmentId: String?
  public var staff: String?
  public var staffId: String?
  public var email: String?
  public var mobile: String?
  public var unknown: [Element] = []

  public init(
    department: String? = nil, departmentId: String? = nil, staff: String? = nil, staffId: String? = nil,
    email: String? = nil, mobile: String? = nil
  ) {
    self.department = department
    self.departmentId = departmentId
    self.staff = staff
    self.staffId = staffId
    self.email = email
    self.mobile = mobile
  }
}
