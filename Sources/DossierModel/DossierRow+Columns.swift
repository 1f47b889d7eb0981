// The columns of all forms as typed properties; `DossierField` says what each is.
extension DossierRow {
  public var fullName: String? {
    get { text(.fullName) }
    set { self[.fullName] = newValue.map { .text($0) } }
  }
  public var birthDate: CalendarDate? {
    get { date(.birthDate) }
    set { self[.birthDate] = newValue.map { .date($0) } }
  }
  public var citizenId: String? {
    get { text(.citizenId) }
    set { self[.citizenId] = newValue.map { .text($0) } }
  }
  public var idIssueDate: CalendarDate? {
    get { date(.idIssueDate) }
    set { self[.idIssueDate] = newValue.map { .date($0) } }
  }
  public var idIssuePlace: String? {
    get { text(.idIssuePlace) }
    set { self[.idIssuePlace] = newValue.map { .text($0) } }
  }
  public var email: String? {
    get { text(.email) }
    set { self[.email] = newValue.map { .text($0) } }
  }
  public var organisation: String? {
    get { text(.organisation) }
    set { self[.organisation] = newValue.map { .text($0) } }
  }
  public var orgLevel1: String? {
    get { text(.orgLevel1) }
    set { self[.orgLevel1] = newValue.map { .text($0) } }
  }
  public var orgLevel2: String? {
    get { text(.orgLevel2) }
    set { self[.orgLevel2] = newValue.map { .text($0) } }
  }
  public var orgLevel3: String? {
    get { text(.orgLevel3) }
    set { self[.orgLevel3] = newValue.map { .text($0) } }
  }
  public var orgLevel4: String? {
    get { text(.orgLevel4) }
    set { self[.orgLevel4] = newValue.map { .text($0) } }
  }
  public var province: String? {
    get { text(.province) }
    set { self[.province] = newValue.map { .text($0) } }
  }
  public var position: String? {
    get { text(.position) }
    set { self[.position] = newValue.map { .text($0) } }
  }
  public var mobile: String? {
    get { text(.mobile) }
    set { self[.mobile] = newValue.map { .text($0) } }
  }
  public var oldCertificateSerial: String? {
    get { text(.oldCertificateSerial) }
    set { self[.oldCertificateSerial] = newValue.map { .text($0) } }
  }
  public var organisationName: String? {
    get { text(.organisationName) }
    set { self[.organisationName] = newValue.map { .text($0) } }
  }
  public var address: String? {
    get { text(.address) }
    set { self[.address] = newValue.map { .text($0) } }
  }
  public var taxCode: String? {
    get { text(.taxCode) }
    set { self[.taxCode] = newValue.map { .text($0) } }
  }
  public var budgetCode: String? {
    get { text(.budgetCode) }
    set { self[.budgetCode] = newValue.map { .text($0) } }
  }
  public var deviceName: String? {
    get { text(.deviceName) }
    set { self[.deviceName] = newValue.map { .text($0) } }
  }
  public var certificateName: String? {
    get { text(.certificateName) }
    set { self[.certificateName] = newValue.map { .text($0) } }
  }
  public var certificateSerial: String? {
    get { text(.certificateSerial) }
    set { self[.certificateSerial] = newValue.map { .text($0) } }
  }
  public var signingPhone: String? {
    get { text(.signingPhone) }
    set { self[.signingPhone] = newValue.map { .text($0) } }
  }
  public var deviceNumber: String? {
    get { text(.deviceNumber) }
    set { self[.deviceNumber] = newValue.map { .text($0) } }
  }
  public var oldInfo: String? {
    get { text(.oldInfo) }
    set { self[.oldInfo] = newValue.map { .text($0) } }
  }
  public var newInfo: String? {
    get { text(.newInfo) }
    set { self[.newInfo] = newValue.map { .text($0) } }
  }
  public var reason: String? {
    get { text(.reason) }
    set { self[.reason] = newValue.map { .text($0) } }
  }
  public var reasonCode: String? {
    get { text(.reasonCode) }
    set { self[.reasonCode] = newValue.map { .text($0) } }
  }
  public var simPKI: SIMPKI? {
    get {
      guard case .simPKI(let sim)? = self[.simPKI] else { return nil }
      return sim
    }
    set { self[.simPKI] = newValue.map { .simPKI($0) } }
  }
  public var centralSigning: Bool {
    get { flag(.centralSigning) }
    set { self[.centralSigning] = .flag(newValue) }
  }
  public var renew: Bool {
    get { flag(.renew) }
    set { self[.renew] = .flag(newValue) }
  }
  public var change: Bool {
    get { flag(.change) }
    set { self[.change] = .flag(newValue) }
  }

  /// The organisation in one line, the smallest body first as letters write it: the letter's column, else the list's
  /// levels from 4 to 1.
  public var organisationLine: String? {
    if let organisation { return organisation }
    let levels = [orgLevel4, orgLevel3, orgLevel2, orgLevel1].compactMap { $0 }
    return levels.isEmpty ? nil : levels.joined(separator: ", ")
  }
}
