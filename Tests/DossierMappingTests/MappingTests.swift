import DossierMapping
import DossierModel
import Foundation
import Testing
import VietnameseText

@Suite("Mapping descriptions")
struct MappingTests {
  private func directory(_ files: [String: String]) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "mapping-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8) }
    return path
  }

  private func builtIn(_ name: String) -> String {
    String(decoding: MappingSet.builtInFiles.first { $0.name == name }?.bytes ?? [], as: UTF8.self)
  }

  @Test("The built-in descriptions have all six types and no problem")
  func builtIn() throws {
    let mapping = try MappingSet.builtIn()
    #expect(mapping.types.count == 6)
    #expect(mapping.provinces.provinces.count == 34)
    #expect(mapping.provinces.provinces.flatMap(\.old).count == 63)
  }

  @Test("A changed label and an added column take effect without a build")
  func override() throws {
    let text = builtIn("type-06.yaml")
      .replacing(
        "- { title: Số hiệu thiết bị lưu khoá bí mật, hint: Bắt buộc nhập, field: deviceNumber, width: 20,",
        with: "- { title: Mã thiết bị, field: deviceNumber, width: 20,"
      )
      .replacing("required:\n", with: "    - { title: Phòng máy, field: serverRoom, width: 10 }\nrequired:\n")
    let path = try directory(["type-06.yaml": text])
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(MappingSet.problems(in: path) == [])
    let mapping = try MappingSet(overriding: path)
    let csv =
      "STT;Mã thiết bị;Tên chứng thư;Cơ quan công tác;Email;Phòng máy\n1;0A1B2C3D;Ưng Ỷ;Phòng Mẫu;a@b.gov.vn;P.12\n"
    let list = try DossierImporter(mapping: mapping).importList(
      Array(csv.utf8), name: "a.csv", type: .deviceRestoration)
    #expect(list.findings == [])
    #expect(list.rows.first?.text("serverRoom") == "P.12")
    #expect(list.rows.first?.deviceNumber == "0A1B2C3D")
  }

  @Test(
    "The words of 03 name the dossier, as ours are written and as others write",
    arguments: [
      ("Đã tiếp nhận. Mã hồ sơ: 2026.G11.01-000007", "2026.G11.01-000007"), ("mã hồ sơ 17", nil),
      ("Hồ sơ đã nhận, Mã hồ sơ HS-17, hẹn trả ngày 3/12.", "HS-17"), ("Số hồ sơ: 4411.", "4411"),
      ("Mã hồ sơ: đang cấp", nil), ("Đã tiếp nhận", nil), ("Ma\u{303} hồ sơ: 12", "12"),
    ] as [(String, String?)])
  func dossierCode(_ words: String, _ code: String?) throws {
    let statuses = try MappingSet.builtIn().statuses
    #expect(statuses.dossierCode(in: words) == code)
    #expect(statuses.dossierCode(in: statuses.description(accepting: code ?? "1")) == code ?? "1")
  }

  @Test(
    "Every problem of a directory is named with file and place",
    arguments: [
      ("rules.yaml", "severity: warn", "severity: loud", "rules["), ("rules.yaml", "code: V09", "code: V99", "rules"),
      ("type-01.yaml", "fields: [birthDate]", "fields: [fullName]", "letter.columns[1]"),
      ("type-01.yaml", "width: 13, aliases", "width: wide, aliases", "sheet.columns["),
      ("type-02.yaml", "formNumber: \"02\"", "formNumber: \"03\"", "letter.formNumber"),
      ("classification.yaml", "  subject: 40", "  subjekt: 40", "weights"),
      ("calendar.yaml", "work: [2024-05-04]", "work: [2024-05-03]", "years.2024.work"),
      ("calendar.yaml", "workingDays: 0, hour: 24", "workingDays: 0, hour: 25", "steps."),
      ("calendar.yaml", "2024-01-01", "2024-13-01", "years"),
      ("provinces.yaml", "code: \"04\"", "code: \"01\"", "provinces"),
      ("telephones.yaml", "[\"087\"]", "[\"87\"]", "prefixes.Itel"),
      ("mailboxes.yaml", "gmail.com, googlemail", "gmail, googlemail", "public[0]"),
      ("reasons.yaml", "code: THOI_VIEC", "code: NGHI_HUU", "reasons["),
      ("addressees.yaml", "province: Ninh Bình", "province: Ninh Thử", "delegations[0].province"),
      ("statuses.yaml", "Đã tiếp nhận. Mã hồ sơ: {code}", "Đã tiếp nhận {code}", "dossierCode"),
      ("statuses.yaml", "  waiting: \"01\"", "  waitting: \"01\"", "toAxis.waitting"),
      ("organisation-words.yaml", "  - Ủy ban", "  - \"-\"", "words[0]"),
    ])
  func problems(_ name: String, _ old: String, _ new: String, _ place: String) throws {
    let path = try directory([name: builtIn(name).replacing(old, with: new)])
    defer { try? FileManager.default.removeItem(atPath: path) }
    let problems = MappingSet.problems(in: path)
    #expect(problems.contains { $0.file == name && $0.place.hasPrefix(place) }, "\(problems)")
    // The line is that of the change, or of the list that holds it.
    let changed = zip(
      1...,
      zip(
        builtIn(name).split(separator: "\n", omittingEmptySubsequences: false),
        builtIn(name).replacing(old, with: new).split(separator: "\n", omittingEmptySubsequences: false))
    )
    .first { $1.0 != $1.1 }?.0
    #expect(problems.contains { ($0.line ?? Int.max) <= changed ?? 0 && $0.line ?? 0 > 0 }, "\(problems)")
    #expect(throws: DossierMappingError.self) { try MappingSet(overriding: path) }
  }

  @Test("A problem names the very line of its key")
  func lines() throws {
    let text = builtIn("telephones.yaml").replacing("[\"087\"]", with: "[\"87\"]")
    let path = try directory(["telephones.yaml": text, "statuses.yaml": "fromAxis: {}\ntoAxis:\n  waiting: [\n"])
    defer { try? FileManager.default.removeItem(atPath: path) }
    let problems = MappingSet.problems(in: path)
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("[\"87\"]") }
    #expect(problems.first { $0.file == "telephones.yaml" }?.line == line.map { $0 + 1 }, "\(problems)")
    #expect([3, 4].contains(problems.first { $0.file == "statuses.yaml" }?.line), "\(problems)")
  }

  @Test("Broken YAML, unknown names and missing directories are problems, not crashes")
  func broken() throws {
    let path = try directory(["mailboxes.yaml": "public: [", "foo.yaml": "a: 1", "telephones.yaml": ""])
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(Set(MappingSet.problems(in: path).map(\.file)) == ["mailboxes.yaml", "foo.yaml", "telephones.yaml"])
    #expect(MappingSet.problems(in: "/nonexistent/mappings").count == 1)
  }

  @Test("A rule that is switched off says nothing, one whose severity is changed says it that way")
  func severities() throws {
    let text = builtIn("rules.yaml").replacing(
      "- code: V06\n    severity: error", with: "- code: V06\n    severity: \"off\""
    )
    .replacing("- code: V07\n    severity: warn", with: "- code: V07\n    severity: error")
    let path = try directory(["rules.yaml": text])
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rules = DossierRules(mapping: try MappingSet(overriding: path))
    var row = DossierRow(number: 1)
    row.email = "a@gmail.com"
    let other = {
      var other = DossierRow(number: 2)
      other.email = "a@congty.vn"
      return other
    }()
    let findings = rules.rowFindings(in: [row, other], type: .deviceRestoration, origin: .letter).filter {
      $0.field == "email"
    }
    #expect(findings.map { "\($0.code) \($0.severity.rawValue)" } == ["V07 error"])
  }
}

@Suite("Classification")
struct ClassificationTests {
  let classifier: LetterClassifier
  let mapping: MappingSet

  init() throws {
    mapping = try BuiltIn.mapping.get()
    classifier = LetterClassifier(mapping: mapping)
  }

  private func header(_ type: DossierType) -> [String] {
    ["STT"] + (mapping.description(of: type)?.letter.columns.map(\.title) ?? [])
  }

  @Test(
    "Subjects as agencies write them speak for their type",
    arguments: [
      ("đề nghị cấp chứng thư chữ ký số chuyên dùng công vụ cho cá nhân", "01"),
      ("yêu cầu cấp mới chứng thư số cá nhân", "01"),
      ("Đề nghị cấp chứng thư số cho người có thẩm quyền", "01"),
      ("đề nghị cấp mới CTS cho cá nhân sử dụng SIM PKI", "01"),
      ("de nghi cap chung thu so cho ca nhan", "01"),
      ("đề nghị cấp thiết bị lưu khoá bí mật và chứng thư số cho cá nhân", "01"),
      ("đề nghị cấp chứng thư số cho cơ quan, tổ chức", "02"),
      ("đề nghị cấp chứng thư chữ ký số cho các đơn vị trực thuộc", "02"),
      ("đề nghị cấp chứng thư số cho thiết bị, dịch vụ, phần mềm", "03"),
      ("đề nghị cấp chứng thư số SSL cho máy chủ", "03"),
      ("đề nghị gia hạn chứng thư số", "04"), ("đề nghị thay đổi nội dung thông tin chứng thư số", "04"),
      ("đề nghị gia hạn, thay đổi thông tin chứng thư chữ ký số cho cá nhân", "04"),
      ("điều chỉnh thông tin chứng thư số của tổ chức", "04"),
      ("đề nghị thu hồi chứng thư số", "05"), ("đề nghị huỷ chứng thư chữ ký số", "05"),
      ("thu hồi thiết bị lưu khóa bí mật", "05"),
      ("đề nghị khôi phục thiết bị lưu khoá bí mật", "06"), ("đề nghị mở khoá thiết bị USB Token", "06"),
      ("reset PIN thiết bị", "06"),
    ])
  func subjects(_ subject: String, _ type: String) {
    let result = classifier.classify(.init(subject: subject))
    #expect(Set(result.evidence.compactMap(\.type?.rawValue)) == [type], "\(result.evidence)")
    // The subject alone is not enough to go by.
    #expect(result.verdict == .manual(guess: DossierType(rawValue: type)))
    // With the form's table it is.
    if let type = DossierType(rawValue: type) {
      #expect(classifier.classify(.init(subject: subject, tableHeaders: [header(type)])).verdict == .type(type))
    }
  }

  @Test(
    "Letters that ask for nothing are no dossier",
    arguments: [
      "mời dự hội nghị triển khai chứng thư số cá nhân", "đề nghị cho biết tiến độ cấp chứng thư số cho cá nhân",
      "báo cáo kết quả thu hồi chứng thư số",
      "thu hồi văn bản số 12/SMH-VP", "trả lời công văn về gia hạn chứng thư số", "tổng kết công tác văn thư",
      "biên bản bàn giao thiết bị lưu khoá bí mật",
    ])
  func none(_ subject: String) {
    #expect(classifier.classify(.init(subject: subject, body: "Đề nghị quý cơ quan phối hợp.")).verdict == .none)
  }

  @Test("Two requests in one, or voices that disagree, are held")
  func ambiguous() {
    #expect(
      classifier.classify(
        .init(
          subject: "đề nghị cấp mới chứng thư số cho cá nhân và thu hồi chứng thư số", tableHeaders: [header(.persons)])
      ).verdict == .ambiguous([.persons, .revocation]))
    #expect(
      classifier.classify(.init(tableHeaders: [header(.persons), header(.revocation)])).verdict
        == .ambiguous([.persons, .revocation]))
    #expect(
      classifier.classify(
        .init(subject: "đề nghị thu hồi chứng thư số", formNumber: "06", tableHeaders: [header(.revocation)])
      ).verdict == .ambiguous([.revocation, .deviceRestoration]))
    #expect(
      classifier.classify(
        .init(subject: "đề nghị thu hồi chứng thư số", tableHeaders: [header(.revocation)], listTypes: [.persons])
      ).verdict == .ambiguous([.persons, .revocation]))
  }

  @Test("A person's decision stands over the evidence, is kept with the result, and mapping again without it undoes it")
  func decision() {
    var content = LetterContent(textQuality: .text)
    content.head.subject = "đề nghị cấp mới chứng thư số cho cá nhân và thu hồi chứng thư số"
    content.tables = [LetterContent.Table(header: header(.persons), type: .persons, rows: [DossierRow(number: 1)])]
    let mapper = LetterMapper(mapping: mapping)
    let decision = TypeDecision(
      type: .persons, by: "officer1", at: "2026-11-22T09:00:00+07:00", reason: "thu hồi gửi riêng")
    #expect(mapper.map(letter: content).verdict == .ambiguous([.persons, .revocation]))
    let decided = mapper.map(letter: content, decided: decision)
    #expect(decided.verdict == .type(.persons) && decided.decision == decision && decided.dossier?.rows.count == 1)
    #expect(!decided.evidence.isEmpty)
    #expect(mapper.map(letter: content, decided: TypeDecision(type: nil, by: "officer1", at: "")).verdict == .none)
    #expect(mapper.map(letter: content).verdict == .ambiguous([.persons, .revocation]))
  }

  @Test(
    "Each form's header is told from the others, in any order and with the portal's titles",
    arguments: DossierType.allCases)
  func headers(_ type: DossierType) {
    #expect(classifier.type(ofHeader: header(type)) == type)
    #expect(classifier.type(ofHeader: header(type).reversed()) == type)
    #expect(classifier.type(ofHeader: header(type).map { $0.uppercased() }) == type)
    #expect(
      classifier.type(
        ofHeader: ["STT"] + (mapping.description(of: type)?.sheet.columns.map { $0.title + " (Bắt buộc nhập)" } ?? []))
        == type)
  }

  @Test(
    "A table about something else has no type",
    arguments: [
      ["STT", "Nội dung", "Thời gian", "Địa điểm"], ["STT", "Họ và tên", "Chức vụ", "Ghi chú"], ["a", "b"], [],
    ])
  func otherTables(_ header: [String]) { #expect(classifier.type(ofHeader: header) == nil) }

  @Test("Forms 07 to 09 alone are no dossier")
  func attachmentForms() {
    let result = classifier.classify(.init(subject: "biên bản mất thiết bị", formNumber: "09"))
    #expect(result.verdict == .none)
    #expect(result.evidence.contains { $0.kind == .formNumber && $0.type == nil })
  }
}
