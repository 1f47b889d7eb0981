import DossierMapping
import DossierModel
import Testing
import VietnameseText

@Suite("Rules")
struct RuleTests {
  let mapping: MappingSet
  let today = CalendarDate(iso: "2026-11-22")

  init() throws { mapping = try BuiltIn.mapping.get() }

  private func dossier(_ type: DossierType, rows: Int = 3) -> Dossier {
    var dice = SeededDice(seed: 17)
    var dossier = Dossier(
      type: type,
      contact: ContactPerson(
        fullName: "Ưng Ỷ", citizenId: "038090001211", idIssueDate: CalendarDate(iso: "2024-07-01"),
        idIssuePlace: "Bộ Công an",
        position: "Văn thư", organisation: "Văn phòng", mobile: "0912000111", email: "vt@donvi.vidu.gov.vn",
        address: "Số 1"),
      declaredCount: rows)
    dossier.rows = (1...rows).map { InventedRows.row($0, type, .letter, &dice) }
    dossier.letter.addressee = mapping.addressees.authority.print
    dossier.letter.date = CalendarDate(iso: "2026-11-20")
    return dossier
  }

  private func codes(_ dossier: Dossier, _ context: RuleContext? = nil) -> [String] {
    DossierRules(mapping: mapping).findings(in: dossier, origin: .letter, context: context ?? RuleContext(today: today))
      .map { "\($0.code) \($0.severity.rawValue) \($0.row.map(String.init) ?? "-") \($0.field ?? "-")" }
  }

  @Test("A good dossier of each type has nothing against it", arguments: DossierType.allCases)
  func good(_ type: DossierType) { #expect(codes(dossier(type, rows: 40)) == []) }

  @Test("V01: another addressee is an error, a delegated body is right for its province and types")
  func addressee() {
    var letter = dossier(.persons)
    letter.letter.addressee = "Sở Khoa học và Công nghệ tỉnh Ninh Bình"
    #expect(codes(letter) == ["V01 error - addressee"])
    var renewal = dossier(.renewalOrChange)
    renewal.letter.addressee = "Sở Khoa học và Công nghệ tỉnh Ninh Bình"
    renewal.letter.superior = "Ủy ban nhân dân tỉnh Ninh Bình"
    #expect(codes(renewal) == [])
    renewal.letter.superior = "Ủy ban nhân dân tỉnh Lạng Sơn"
    #expect(codes(renewal) == ["V01 warn - addressee"])
    renewal.letter.addressee = "Cục Chứng thực số và Bảo mật thông tin - Ban Cơ yếu Chính phủ"
    #expect(codes(renewal) == [])
  }

  @Test("V03: the declared number and the rows differ")
  func count() {
    var letter = dossier(.persons)
    letter.declaredCount = 4
    #expect(codes(letter) == ["V03 error - declaredCount"])
    letter.declaredCount = nil
    #expect(codes(letter) == [])
  }

  @Test("V04: each required cell of each form, and of the contact person", arguments: DossierType.allCases)
  func required(_ type: DossierType) throws {
    let description = try #require(mapping.description(of: type))
    for field in description.required.always + description.required.letter {
      var letter = dossier(type)
      letter.rows[1][field] = nil
      #expect(codes(letter).contains("V04 error 2 \(field.rawValue)"), "\(field.rawValue)")
    }
    var letter = dossier(type)
    letter.contact.fullName = nil
    #expect(codes(letter) == ["V04 error - contact.fullName"])
  }

  @Test(
    "V05: number of digits, letters, year and century",
    arguments: [
      ("038290001211", true), ("038091001211", true), ("03809000121", true), ("020183524", true),
      ("O38090001211", true), ("038190001211", false),
    ])
  func identity(_ number: String, _ isWrong: Bool) {
    var letter = dossier(.persons)
    letter.rows[0].birthDate = CalendarDate(iso: "1990-09-05")
    letter.rows[0].citizenId = number
    #expect(codes(letter) == (isWrong ? ["V05 error 1 citizenId"] : []))
  }

  @Test(
    "V06, V07, X-EMAIL: public, unknown and broken mailboxes",
    arguments: [
      ("a@gmail.com", "V06 error 1 email"), ("a@YAHOO.com.vn", "V06 error 1 email"),
      ("a@outlook.com", "V06 error 1 email"),
      ("a@congty.com.vn", "V07 warn 1 email"), ("a.gov.vn", "X-EMAIL error 1 email"),
      ("a@b@c.gov.vn", "X-EMAIL error 1 email"),
      ("a@gov", "X-EMAIL error 1 email"), ("a@live.gov.vn", ""), ("a@truong.edu.vn", ""), ("a@mail.chinhphu.vn", ""),
      ("a@notgov.vn", "V07 warn 1 email"),
    ])
  func mailboxes(_ address: String, _ expected: String) {
    var letter = dossier(.persons)
    letter.rows[0].email = address
    #expect(codes(letter) == (expected.isEmpty ? [] : [expected]))
  }

  @Test("V08, V21: unknown carrier, missing number, number of another carrier")
  func sim() {
    var letter = dossier(.persons)
    letter.rows[0].simPKI = SIMPKI(carrier: "Vietnamobile", keepNumber: false)
    #expect(codes(letter) == ["V08 error 1 simPKI"])
    letter.rows[0].simPKI = SIMPKI(carrier: "Viettel", keepNumber: false)
    #expect(codes(letter) == ["V21 notice 1 mobile"])
    letter.rows[0].mobile = nil
    #expect(codes(letter) == ["V08 error 1 simPKI"])
  }

  @Test("V09, V10: central signing belongs to persons in education and health")
  func central() {
    var letter = dossier(.deviceRestoration)
    letter.centralSigning = true
    #expect(codes(letter) == ["V09 error - centralSigning"])
    letter = dossier(.persons, rows: 1)
    letter.rows[0].centralSigning = true
    #expect(codes(letter) == ["V10 warn 1 centralSigning"])
    letter.rows[0].organisation = "Trường THPT Mẫu"
    #expect(codes(letter) == [])
  }

  @Test("V11, V12, V23: form 04 without a wish, without old or new value; short life, second renewal, old device")
  func renewal() {
    var letter = dossier(.renewalOrChange, rows: 2)
    letter.rows[0].renew = false
    #expect(codes(letter) == ["V11 error 1 renew|change"])
    letter.rows[0].change = true
    #expect(codes(letter) == ["V11 error 1 oldInfo", "V11 error 1 newInfo"])
    letter = dossier(.renewalOrChange, rows: 2)
    var context = RuleContext(today: today)
    context.certificates[letter.rows[0].certificateSerial ?? ""] = .init(
      validTo: CalendarDate(iso: "2027-01-01"), renewals: 1, isOutdated: true)
    #expect(
      codes(letter, context) == ["V23 warn 1 certificateSerial", "V12 warn 1 certificateSerial", "V12 warn 1 renew"])
  }

  @Test("V23: a device that is known to be old is named, by number in any case")
  func outdatedDevice() {
    var letter = dossier(.deviceRestoration)
    letter.rows[1].deviceNumber = "0a1b2c3d"
    var context = RuleContext(today: today)
    context.outdatedDevices = ["0A1B2C3D"]
    #expect(codes(letter, context) == ["V23 warn 2 deviceNumber"])
    context.outdatedDevices = ["0A1B2C3E"]
    #expect(codes(letter, context) == [])
  }

  @Test("Numbers of another shape than the form's are errors of their cells")
  func shapes() {
    var organisations = dossier(.organisations)
    organisations.rows[0].taxCode = "123456789"
    organisations.rows[1].budgetCode = "12345678"
    #expect(codes(organisations) == ["X-TAX error 1 taxCode", "X-BUDGET notice 2 budgetCode"])
    organisations.rows[0].taxCode = "0123456789-001"
    organisations.rows[1].budgetCode = "1234567"
    #expect(codes(organisations) == [])
    var revocation = dossier(.revocation)
    revocation.rows[2].certificateSerial = "12G4567890ABCDEF"
    #expect(codes(revocation) == ["X-SERIAL notice 3 certificateSerial"])
    revocation.rows[2].certificateSerial = "1234567890ABCDEF"
    #expect(codes(revocation) == [])
  }

  @Test("V13, V14: revocation without serial, reason, device; restoration without device")
  func devices() {
    var letter = dossier(.revocation)
    letter.rows[0].certificateSerial = nil
    letter.rows[1].reason = nil
    letter.rows[2].deviceNumber = nil
    #expect(codes(letter) == ["V13 error 1 certificateSerial", "V13 error 2 reason", "V13 warn 3 deviceNumber"])
    var restoration = dossier(.deviceRestoration)
    restoration.rows[2].deviceNumber = nil
    #expect(codes(restoration) == ["V14 error 3 deviceNumber"])
  }

  @Test("V15: the later row is named, whatever the case of letters")
  func duplicates() {
    var letter = dossier(.persons)
    letter.rows[2].email = letter.rows[0].email?.uppercased()
    #expect(codes(letter) == ["V15 error 3 email"])
    var revocation = dossier(.revocation)
    revocation.rows[1].certificateSerial = revocation.rows[0].certificateSerial?.lowercased()
    #expect(codes(revocation) == ["V15 error 2 certificateSerial"])
  }

  @Test("V16–V18, V22: duplicates, signatures, unknown sender")
  func around() {
    let letter = dossier(.persons)
    var context = RuleContext(today: today)
    context.duplicate = .number
    context.senderIsKnown = false
    #expect(codes(letter, context) == ["V16 error - number", "V22 warn - agency"])
    func facts(
      _ count: Int, valid: Bool = true, organisation: Bool = true, person: Bool = true, last: Bool = true,
      stamped: Bool = true, known: Bool = true
    ) -> [String] {
      var context = RuleContext(today: today)
      context.signatures = .init(
        count: count, allValid: valid, hasOrganisation: organisation, hasPerson: person, organisationSignedLast: last,
        allTimeStamped: stamped, statusKnown: known)
      return codes(letter, context)
    }
    #expect(facts(2) == [])
    #expect(facts(0) == ["V17 error - signature"])
    #expect(facts(2, valid: false) == ["V17 error - signature"])
    #expect(facts(1, organisation: false) == ["V17 error - signature"])
    #expect(facts(1, person: false) == ["V17 warn - signature"])
    #expect(facts(2, last: false) == ["V17 error - signature"])
    #expect(facts(2, stamped: false) == ["V18 error - signature"])
    #expect(facts(2, known: false) == ["V18 warn - signature"])
  }

  @Test(
    "V19: an old province name is named with its new one, an unknown one is an error",
    arguments: [
      ("Hà Nam", "V19 warn 1 province"), ("tỉnh Bà Rịa – Vũng Tàu", "V19 warn 1 province"),
      ("Thừa Thiên Huế", "V19 warn 1 province"),
      ("Thành phố Hồ Chí Minh", ""), ("TP. Hồ Chí Minh", ""), ("TP HCM", ""), ("Khánh Hoà", ""), ("ĐẮK LẮK", ""),
      ("Tỉnh Quảng Trị", ""),
      ("Atlantis", "X-PROVINCE error 1 province"),
    ])
  func provinces(_ name: String, _ expected: String) {
    var letter = dossier(.persons)
    letter.rows[0].province = name
    #expect(codes(letter) == (expected.isEmpty ? [] : [expected]))
  }

  @Test("V20: dated after its receipt; signed neither on its day nor on the next working day")
  func dates() throws {
    let letter = dossier(.persons)  // dated Friday 20/11/2026
    var context = RuleContext(today: today, receivedOn: CalendarDate(iso: "2026-11-19"))
    #expect(codes(letter, context) == ["V20 warn - date"])
    context.receivedOn = CalendarDate(iso: "2026-11-25")
    context.signedOn = [try #require(CalendarDate(iso: "2026-11-20")), try #require(CalendarDate(iso: "2026-11-23"))]
    #expect(codes(letter, context) == [])
    context.signedOn = [try #require(CalendarDate(iso: "2026-11-25"))]
    #expect(codes(letter, context) == ["V20 warn - signature"])
  }

  @Test("No text of a finding holds a value of a cell")
  func privacy() {
    var letter = dossier(.persons)
    letter.rows[0].citizenId = "999999999999"
    letter.rows[0].email = "matrix.secret@gmail.com"
    letter.rows[1].mobile = "12121212"
    for finding in DossierRules(mapping: mapping).findings(in: letter, origin: .letter) {
      for secret in ["999999999999", "matrix", "12121212", letter.rows[0].fullName ?? "?"] {
        #expect(!finding.text.vi.contains(secret) && !finding.text.en.contains(secret))
      }
    }
  }
}
