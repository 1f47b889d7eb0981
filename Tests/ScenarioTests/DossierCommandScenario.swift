import Foundation
import Testing

@Suite("Dossiers made, written, signed and read by commands")
struct DossierCommandScenario {
  /// Four invented persons in the portal's template, as `lienthong demo` uses them.
  private static let list = Lienthong.root.appendingPathComponent("Mappings/samples/danh-sach-01.xlsx").path

  /// Invented rows of each type; long texts wrap, marks are all there.
  private static var rows: [String: [[String: Any]]] {
    [
      "01": [
        [
          "fullName": "Quàng Thị Ỷ Nhường", "birthDate": "1988-03-09", "citizenId": "014188000321",
          "idIssueDate": "2022-07-16", "idIssuePlace": "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
          "email": "qtynhuong.phongtonghop@sothu.vidu.gov.vn",
          "organisation": "Phòng Tổng hợp, Sở Thử nghiệm tỉnh Lai Châu", "province": "Lai Châu",
          "position": "Phó Trưởng phòng", "mobile": "0912000321", "centralSigning": false,
        ],
        [
          "fullName": "Vừ Đức Khoẻ", "birthDate": "2001-12-01", "citizenId": "012201000654",
          "idIssueDate": "2024-01-02", "idIssuePlace": "Bộ Công an", "email": "vdk@sothu.vidu.gov.vn",
          "organisation": "Văn phòng", "province": "Lai Châu", "position": "Chuyên viên", "mobile": "0987000654",
          "centralSigning": false,
        ],
      ],
      "02": [
        [
          "organisationName": "Trung tâm Thử nghiệm và Đo lường khu vực phía Bắc, Sở Thử nghiệm",
          "address": "Số 4 đường Thử Nghiệm, phường Mẫu, tỉnh Lai Châu", "taxCode": "0100999811",
          "budgetCode": "1099811", "province": "Lai Châu", "email": "trungtam.thunghiem@sothu.vidu.gov.vn",
        ]
      ],
      "03": [
        [
          "deviceName": "Cổng thông tin điện tử sothu.vidu.gov.vn", "organisation": "Văn phòng Sở Thử nghiệm",
          "address": "Số 4 đường Thử Nghiệm, phường Mẫu, tỉnh Lai Châu", "province": "Lai Châu",
          "email": "vanphong@sothu.vidu.gov.vn",
        ]
      ],
      "04": [
        [
          "certificateName": "Vừ Đức Khoẻ", "certificateSerial": "3F0A19", "email": "vdk@sothu.vidu.gov.vn",
          "renew": true, "change": false,
        ],
        [
          "certificateName": "Quàng Thị Ỷ Nhường", "certificateSerial": "3F0A1A",
          "email": "qtynhuong.phongtonghop@sothu.vidu.gov.vn", "oldInfo": "Chức vụ: Chuyên viên",
          "newInfo": "Chức vụ: Phó Trưởng phòng Phòng Tổng hợp", "renew": false, "change": true,
        ],
      ],
      "05": [
        [
          "certificateName": "Vừ Đức Khoẻ", "citizenId": "012201000654", "idIssueDate": "2024-01-02",
          "idIssuePlace": "Bộ Công an", "email": "vdk@sothu.vidu.gov.vn", "certificateSerial": "3F0A19",
          "deviceNumber": "A1B2C3D4", "reason": "Nghỉ hưu theo chế độ",
        ],
        [
          "certificateName": "Đội Thử nghiệm số 2", "taxCode": "0100999812", "budgetCode": "1099812",
          "email": "doithu2@sothu.vidu.gov.vn", "certificateSerial": "3F0A1B", "deviceNumber": "A1B2C3D5",
          "reason": "Giải thể",
        ],
      ],
      "06": [
        [
          "deviceNumber": "A1B2C3D6", "certificateName": "Quàng Thị Ỷ Nhường",
          "organisation": "Phòng Tổng hợp, Sở Thử nghiệm tỉnh Lai Châu",
          "email": "qtynhuong.phongtonghop@sothu.vidu.gov.vn",
        ]
      ],
    ]
  }

  /// A dossier file of one type, made by `dossier new` and then given its rows.
  private func dossier(_ type: String, in folder: URL) async throws -> URL {
    let file = folder.appendingPathComponent("dossier-\(type).json")
    let contact = folder.appendingPathComponent("contact.json")
    let person = [
      "fullName": "Đèo Văn Ẩn", "citizenId": "012085000999", "idIssueDate": "2021-05-06",
      "idIssuePlace": "Bộ Công an", "position": "Quản trị mạng", "organisation": "Văn phòng Sở Thử nghiệm",
      "mobile": "0912000999", "email": "dvan@sothu.vidu.gov.vn", "address": "Số 4 đường Thử Nghiệm, phường Mẫu",
    ]
    try JSONEncoder().encode(person).write(to: contact)
    let made = try await Lienthong.run([
      "dossier", "new", "--type", type, "--output", file.path, "--agency", "Sở Thử nghiệm tỉnh Lai Châu",
      "--superior", "Ủy ban nhân dân tỉnh Lai Châu", "--place", "Lai Châu", "--number", "77", "--notation", "STN-VP",
      "--date", "2026-11-20", "--signer", "Nông Quốc Thử", "--signer-title", "GIÁM ĐỐC", "--contact", contact.path,
      "--today", "2026-11-22",
    ])
    #expect(made.code == 0, "\(made.complaint)")
    var object = try #require(
      try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) as? [String: Any], "a dossier is an object")
    let rows = try #require(Self.rows[type])
    object["rows"] = rows.enumerated().map { index, row in row.merging(["no": index + 1]) { old, _ in old } }
    object["declaredCount"] = rows.count
    try JSONSerialization.data(withJSONObject: object).write(to: file)
    return file
  }

  @Test(
    "A dossier becomes a letter, is signed by leader and agency, and is read back equal in every field",
    arguments: ["01", "02", "03", "04", "05", "06"])
  func roundTrip(type: String) async throws {
    try await Lienthong.inFolder { folder in
      let file = try await dossier(type, in: folder)
      let password = folder.appendingPathComponent("password")
      try Data("thử-nghiệm-77\n".utf8).write(to: password)
      let pki = folder.appendingPathComponent("pki").path
      let letters = (0..<3).map { folder.appendingPathComponent("letter-\($0).pdf").path }
      for command in [
        ["pki", "new", pki, "--password-file", password.path],
        ["dossier", "letter", file.path, "--output", letters[0]],
        [
          "sign", letters[0], "--key", pki + "/keys/leader.p12", "--password-file", password.path, "--output",
          letters[1],
        ],
        [
          "sign", letters[1], "--key", pki + "/keys/agency.p12", "--password-file", password.path, "--output",
          letters[2],
        ],
      ] {
        let answer = try await Lienthong.run(command)
        try #require(answer.code == 0, "\(command.prefix(2)): \(answer.complaint)")
      }
      let answer = try await Lienthong.run([
        "dossier", "read", letters[2], "--trust", pki, "--json", "--today", "2026-11-22",
      ])
      #expect(answer.code == 0, "\(answer.complaint)")
      let read = try JSON(Data(answer.output.utf8))
      let written = try JSON(try Data(contentsOf: file))
      #expect(read["type"].text == type)
      #expect(read["declaredCount"] == written["declaredCount"])
      for field in ["number", "notation", "date", "place", "subject", "agency", "superior", "addressee", "signer"] {
        #expect(read["letter"][field] == written["letter"][field], "\(field)")
      }
      // The form of each type prints its own part of the contact person.
      for (field, value) in read["contact"].members where value != .null {
        #expect(value == written["contact"][field], "contact.\(field)")
      }
      #expect(read["contact"]["fullName"] == written["contact"]["fullName"])
      #expect(read["rows"].items.count == written["rows"].items.count)
      for (found, row) in zip(read["rows"].items, written["rows"].items) {
        // How it was printed and what code a reason suggests stand beside the fields.
        for (field, value) in found.members where !["asPrinted", "reasonCode"].contains(field) {
          #expect(value == row[field], "row \(row["no"]) \(field)")
        }
        for (field, value) in row.members { #expect(found[field] == value, "row \(row["no"]) \(field)") }
      }
      // Nobody stamped the time (V18); the signatures themselves are there and unbroken.
      #expect(!read["findings"].items.contains { $0["code"].text == "V17" && $0["severity"].text == "error" })
      #expect(read["findings"].items.contains { $0["code"].text == "V18" })
    }
  }

  @Test("dossier letter gives the same bytes for the same dossier, and says what is wrong with a file that is none")
  func letter() async throws {
    try await Lienthong.inFolder { folder in
      let file = try await dossier("02", in: folder)
      let letters = (0..<2).map { folder.appendingPathComponent("\($0).pdf") }
      for letter in letters {
        let answer = try await Lienthong.run(["dossier", "letter", file.path, "--output", letter.path, "--json"])
        #expect(answer.code == 0, "\(answer.complaint)")
        #expect(try JSON(Data(answer.output.utf8))["seal"] != .null)
      }
      #expect(try Data(contentsOf: letters[0]) == Data(contentsOf: letters[1]))
      let bad = folder.appendingPathComponent("bad.json")
      try Data(#"{"format":"lienthong.dossier","version":1,"type":"09"}"#.utf8).write(to: bad)
      let output = folder.appendingPathComponent("bad.pdf").path
      for path in [bad.path, folder.appendingPathComponent("missing.json").path] {
        let answer = try await Lienthong.run(["dossier", "letter", path, "--output", output])
        #expect(answer.code == 1)
        #expect(answer.complaint.contains(path))
        #expect(!FileManager.default.fileExists(atPath: output))
      }
    }
  }

  @Test("dossier new takes a list without errors, and neither a list of another type nor a wrong type")
  func new() async throws {
    try await Lienthong.inFolder { folder in
      let output = folder.appendingPathComponent("d.json")
      let made = try await Lienthong.run([
        "dossier", "new", "--type", "01", "--list", Self.list, "--output", output.path, "--json", "--today",
        "2026-11-22",
      ])
      #expect(made.code == 0, "\(made.complaint)")
      #expect(try JSON(try Data(contentsOf: output))["rows"].items.count == 4)
      #expect(try JSON(Data(made.output.utf8))["rows"].items.count == 4)
      let other = folder.appendingPathComponent("other.json").path
      let refused = try await Lienthong.run([
        "dossier", "new", "--type", "02", "--list", Self.list, "--output", other,
      ])
      #expect(refused.code == 3)
      #expect(refused.complaint.contains("X-HEADER"), "\(refused.complaint)")
      #expect(!FileManager.default.fileExists(atPath: other))
      #expect(try await Lienthong.run(["dossier", "new", "--type", "07", "--output", other]).code == 64)
    }
  }

  @Test("dossier check ends with 0 for a list without errors, 3 for one with errors, 1 for no file")
  func check() async throws {
    try await Lienthong.inFolder { folder in
      let day = ["--today", "2026-11-22"]
      #expect(try await Lienthong.run(["dossier", "check", Self.list] + day).code == 0)
      let csv = folder.appendingPathComponent("ds.csv")
      let exported = try await Lienthong.run(["dossier", "export", Self.list, "--output", csv.path] + day)
      #expect(exported.code == 0, "\(exported.complaint)")
      let good = try String(contentsOf: csv, encoding: .utf8)
      #expect(try await Lienthong.run(["dossier", "check", csv.path] + day).code == 0)
      let bad = good.replacing(#/@[a-z.]+\.gov\.vn/#, with: "@gmail.com")
      #expect(bad != good)
      try Data(bad.utf8).write(to: csv)
      let answer = try await Lienthong.run(["dossier", "check", csv.path, "--json"] + day)
      #expect(answer.code == 3)
      let findings = try JSON(Data(answer.output.utf8))["findings"].items
      #expect(findings.contains { $0["code"].text == "V06" && $0["field"].text == "email" && $0["row"] == .number(1) })
      #expect(try await Lienthong.run(["dossier", "check", folder.path + "/none.xlsx"]).code == 1)
    }
  }

  @Test("dossier export writes templates that import knows by their header, and refuses what is no list")
  func export() async throws {
    try await Lienthong.inFolder { folder in
      for type in ["01", "02", "03", "04", "05", "06"] {
        let path = folder.appendingPathComponent("mau-\(type).xlsx").path
        let made = try await Lienthong.run(["dossier", "export", "--template", "--type", type, "--output", path])
        #expect(made.code == 0, "\(made.complaint)")
        let read = try await Lienthong.run(["dossier", "import", path, "--json"])
        let report = try JSON(Data(read.output.utf8))
        #expect(report["type"].text == type)
        #expect(report["rows"].items.isEmpty)
      }
      let bad = folder.appendingPathComponent("bad.xlsx")
      try Data("no workbook".utf8).write(to: bad)
      let output = folder.appendingPathComponent("out.xlsx").path
      let refused = try await Lienthong.run(["dossier", "export", bad.path, "--output", output])
      #expect(refused.code == 3, "\(refused.complaint)")
      #expect(!FileManager.default.fileExists(atPath: output))
      #expect(try await Lienthong.run(["dossier", "export", "--template", "--output", output]).code == 64)
    }
  }

  @Test("mapping export writes what mapping check accepts; a broken file is named, exit code 2, by check and by use")
  func mappings() async throws {
    try await Lienthong.inFolder { folder in
      let path = folder.appendingPathComponent("m").path
      #expect(try await Lienthong.run(["mapping", "export", path]).code == 0)
      #expect(FileManager.default.fileExists(atPath: path + "/type-05.yaml"))
      let good = try await Lienthong.run(["mapping", "check", path, "--json"])
      #expect(good.code == 0, "\(good.output)")
      #expect(try JSON(Data(good.output.utf8)).items.isEmpty)
      let file = URL(fileURLWithPath: path + "/type-05.yaml")
      let text = try String(contentsOf: file, encoding: .utf8)
      let broken = text.replacingOccurrences(of: "fields: [reason]", with: "fields: [reason")
      #expect(broken != text)
      try Data(broken.utf8).write(to: file)
      let bad = try await Lienthong.run(["mapping", "check", path, "--json"])
      #expect(bad.code == 2)
      #expect(try JSON(Data(bad.output.utf8)).items.contains { $0["file"].text == "type-05.yaml" }, "\(bad.output)")
      let used = try await Lienthong.run(["dossier", "check", Self.list, "--mappings", path])
      #expect(used.code == 2)
      #expect(used.complaint.contains("type-05.yaml"), "\(used.complaint)")
    }
  }

  @Test("A PDF that is none is refused with exit code 3 and a reason")
  func noLetter() async throws {
    try await Lienthong.inFolder { folder in
      let file = folder.appendingPathComponent("a.pdf")
      try Data("%PDF-1.7\nnothing".utf8).write(to: file)
      let answer = try await Lienthong.run(["dossier", "read", file.path, "--json"])
      #expect(answer.code == 3)
      #expect(try JSON(Data(answer.output.utf8))["refused"]["text"].text?.isEmpty == false)
    }
  }
}
