import Foundation
import Testing

/// The `edxml` subcommands and `verify FILE.xml`, through the real executable.
@Suite("Messages at the command line")
struct EdXMLScenario {
  static let namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016"

  /// Where the given samples are.
  static let samples: URL = {
    if let given = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES_DIR"] { return URL(fileURLWithPath: given) }
    return Lienthong.root.deletingLastPathComponent().appendingPathComponent("shared/samples")
  }()

  static let areThere =
    FileManager.default.fileExists(atPath: samples.appendingPathComponent("edxml").path)
    || ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"

  private func json(_ answer: Lienthong.Answer) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any])
  }

  private func inspect(_ path: String) async throws -> [String: Any] {
    let answer = try await Lienthong.run(["edxml", "inspect", path, "--json"])
    #expect(answer.code == 0, "\(path): \(answer.complaint)")
    let seen = try json(answer)
    #expect(try SchemaCheck("edxml-inspect.schema.json").faults(seen) == [], "\(path)")
    return seen
  }

  private func strings(_ value: Any?, _ key: String) -> [String] {
    (value as? [[String: Any]] ?? []).map { $0[key] as? String ?? "" }
  }

  // MARK: inspect

  struct Letter: Sendable {
    var file: String
    var from: String
    var to: [String]
    var documentId: String
    var number: String?
    var notation: String?
    var date: String?
    var subject: String
    var business = "new"
    var names: [String]
    var types: [String]
    var bytes: [Int]
    var hashes: [String]
    var findings: Set<String>
  }

  static let decree = "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"
  static let connecting = "V/v kết nối, liên thông phần mềm quản lý văn bản"
  static let decision = "8385739ec4a4ed36d71eabcaead629641ffc5ffff3d487ff5c34d2f821c9f36e"

  static func vendor(
    _ kind: String, from: String, to: [String], number: String, date: String
  ) -> Letter {
    Letter(
      file: "vendor_edoc_\(kind).edxml", from: from, to: to, documentId: decree, number: number,
      notation: "VPCP-TTĐT", date: date, subject: connecting, business: kind, names: ["1896_QD-TTg_m_294779.doc"],
      types: ["application/zip"], bytes: [388347], hashes: [decision], findings: ["envelopeSignature"])
  }

  static let letters: [Letter] = [
    Letter(
      file: "gateway_edoc_a.edxml", from: "vxp.saas.03", to: ["vxp.saas.03"],
      documentId: "b6e1f29d-cdc9-4fa7-8391-442e8566f14e", number: "20251016112435", notation: "GW-AUTO",
      date: "2025-10-16", subject: "Tiêu đề thử", names: ["metaA.txt", "metaB.txt"],
      types: ["application/zip", "application/zip"], bytes: [6, 6],
      hashes: [
        "35ee7404c2a9b4b06df46d8f2ef9cef1b897abc00ebdbb4a487be9a27d43dc99",
        "57fe695a77205d3db160e236abafc61a72ed87f4b8d8cb1d15a12554ec241bef",
      ], findings: ["missingBusiness"]),
    Letter(
      file: "gateway_edoc_b.edxml", from: "vxp.saas.03", to: ["vxp.saas.02"],
      documentId: "bdb98a62-a2be-4c25-9075-8dcdbcdb1402", number: "20251017160055", notation: "GW-AUTO",
      date: "2025-10-17", subject: "Local Aggregate Test", names: ["localA.txt", "localB.txt", "localC.txt"],
      types: ["text/plain", "text/plain", "text/plain"], bytes: [11, 11, 11],
      hashes: [
        "388b4f926bfcd3ebc84f757e24c2a7e9391ba02b01b2ccf6708cbe2c85d384fa",
        "8eb0308470dfc0e93ccab4cdc4e3cc744def4ee6626dc7ca64feb071d85ddf68",
        "c0b3d502f92e8b2aeab277e46586d30375cbf24dae6b3ecc9b2b4bf10933b9a7",
      ], findings: ["contentTypeMismatch"]),
    Letter(
      file: "gateway_edoc_flat.xml", from: "vxp.saas.03", to: ["vxp.saas.03"], documentId: "test-doc",
      subject: "Test", names: ["clean.txt"], types: ["application/zip"], bytes: [10],
      hashes: ["7be68a781e9cdc6b69e4ed46013be0128410fcfa5186e068849a65127222b720"],
      findings: ["missingBusiness", "missingTrace", "missingCode", "missingPromulgationDate"]),
    vendor("new", from: "000.00.00.A80", to: ["28.22.H17"], number: "74fass22", date: "2019-01-16"),
    vendor(
      "recall", from: "000.00.00.G22", to: ["000.00.00.H41", "000.00.00.H14", "000.00.00.G17"], number: "7816",
      date: "2018-09-28"),
    vendor(
      "update", from: "000.00.00.G22", to: ["000.00.00.H41", "000.00.00.H14", "000.00.00.G17"], number: "7816",
      date: "2018-09-28"),
    Letter(
      file: "vendor_edoc_undeclared_prefix.edxml", from: "002.00.20.H13", to: ["000.00.15.H51"],
      documentId: "9fbfbad2-f1f8-4256-a2eb-50fb1061cddb", number: "12234555512", notation: "PRO-TEST-CASE1",
      date: "2019-01-17", subject: "Văn bản liên thông chỉ đạo - 190701", names: ["GUIDE_INSTALL OPENVPN.SIGNED.PDF"],
      types: ["application/pdf"], bytes: [0], hashes: [""],
      findings: ["undeclaredPrefix", "missingBusiness", "envelopeSignature", "attachmentNotBase64"]),
  ]

  static let statuses: [(name: String, code: String, time: String, date: String)] = [
    ("inbox_01", "01", "2018/09/28 17:25:11", "2018-09-28"),
    ("rejection_02", "02", "2015/09/20 11:08:36", "2015-09-30"),
    ("acceptance_03", "03", "2015/09/20 11:08:36", "2015-09-30"),
    ("assignment_04", "04", "2015/09/20 11:08:36", "2015-09-30"),
    ("processing_05", "05", "2015/09/20 11:08:36", "2015-09-30"),
    ("finish_06", "06", "2015/09/20 11:08:36", "2015-09-30"),
    ("cancellation_13", "13", "2015/09/20 11:08:36", "2015-09-30"),
    ("change-acceptance_15", "15", "2015/09/20 11:08:36", "2015-09-30"),
  ]

  @Test("inspect says what is in every sample", .enabled(if: areThere, "samples/edxml is not at hand"))
  func samplesAreRead() async throws {
    let folder = Self.samples.appendingPathComponent("edxml")
    for letter in Self.letters {
      let seen = try await inspect(folder.appendingPathComponent(letter.file).path)
      let code = seen["code"] as? [String: String]
      #expect(seen["kind"] as? String == "document", "\(letter.file)")
      #expect(seen["business"] as? String == letter.business, "\(letter.file)")
      #expect((seen["from"] as? [String: Any])?["organId"] as? String == letter.from, "\(letter.file)")
      #expect(strings(seen["to"], "organId") == letter.to, "\(letter.file)")
      #expect(seen["documentId"] as? String == letter.documentId, "\(letter.file)")
      #expect(code?["number"] == letter.number, "\(letter.file)")
      #expect(code?["notation"] == letter.notation, "\(letter.file)")
      #expect(seen["promulgationDate"] as? String == letter.date, "\(letter.file)")
      #expect(seen["subject"] as? String == letter.subject, "\(letter.file)")
      #expect(strings(seen["attachments"], "name") == letter.names, "\(letter.file)")
      #expect(strings(seen["attachments"], "contentType") == letter.types, "\(letter.file)")
      #expect(strings(seen["attachments"], "sha256") == letter.hashes, "\(letter.file)")
      let sizes = (seen["attachments"] as? [[String: Any]] ?? []).map { $0["bytes"] as? Int ?? -1 }
      #expect(sizes == letter.bytes, "\(letter.file)")
      #expect(Set(strings(seen["findings"], "code")) == letter.findings, "\(letter.file)")
      for key in ["severity", "place", "text"] {
        #expect(!strings(seen["findings"], key).contains(""), "\(letter.file): \(key)")
      }
    }
    for status in Self.statuses {
      let seen = try await inspect(folder.appendingPathComponent("vendor_status_\(status.name).edxml").path)
      let isTakeBack = status.code == "13"
      let about = try #require((seen["responseFor"] as? [[String: String]])?.first)
      #expect(seen["kind"] as? String == "status")
      #expect((seen["status"] as? [String: String])?["code"] == status.code)
      #expect((seen["status"] as? [String: String])?["timestamp"] == status.time)
      #expect((seen["status"] as? [String: String])?["description"]?.isEmpty == false)
      #expect(
        (seen["from"] as? [String: Any])?["organId"] as? String == (isTakeBack ? "000.00.00.G22" : "000.00.00.H41"))
      #expect(about["organId"] == (isTakeBack ? "000.00.00.H41" : "000.00.00.G22"))
      #expect(about["documentId"] == Self.decree)
      #expect(about["code"] == "7816/VPCP-TTĐT")
      #expect(about["promulgationDate"] == status.date)
      #expect((seen["findings"] as? [Any])?.isEmpty == true)
    }
  }

  // MARK: pack

  private func xmllint(_ schema: String, _ file: URL) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/xmllint")
    process.arguments = [
      "--noout", "--nonet", "--schema", Lienthong.root.appendingPathComponent("Schemas/\(schema).xsd").path, file.path,
    ]
    process.standardError = FileHandle.nullDevice
    try process.launchAlone()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  private func pack(_ folder: URL, kind: String, to out: URL) async throws -> Lienthong.Answer {
    let letter = folder.appendingPathComponent("Công văn.pdf")
    let list = folder.appendingPathComponent("danh-sach.xlsx")
    try Data("%PDF-1.7\nthử\n%%EOF\n".utf8).write(to: letter)
    try Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 / 3) }).write(to: list)
    var arguments = [
      "edxml", "pack", "--from", "H88.03.01", "--from-name", "Sở Dữ liệu tỉnh Hòa Vân", "--to", "G88.21", "--to",
      "000.00.21.H88", "--number", "1406", "--notation", "SDL-VP", "--subject",
      "V/v cấp chứng thư số <lần 1> & gia hạn",
      "--date", "2026-11-20", "--kind", kind,
    ]
    if kind != "new" { arguments += ["--ref", "H88.03.01,2026/11/02,1377/SDL-VP"] }
    return try await Lienthong.run(arguments + ["--attach", letter.path, "--attach", list.path, "-o", out.path])
  }

  @Test(
    "A document of each kind is packed, valid by the schema, read back and taken apart",
    arguments: [
      "new", "recall", "update", "replace",
    ])
  func packing(kind: String) async throws {
    try await Lienthong.inFolder { folder in
      let out = folder.appendingPathComponent("out.edxml")
      let packed = try await pack(folder, kind: kind, to: out)
      #expect(packed.code == 0, "\(packed.complaint)")
      #expect(try xmllint("edxml-document", out))
      let seen = try await inspect(out.path)
      #expect(seen["kind"] as? String == "document")
      #expect(seen["business"] as? String == kind)
      #expect((seen["from"] as? [String: Any])?["organId"] as? String == "H88.03.01")
      #expect(strings(seen["to"], "organId") == ["G88.21", "000.00.21.H88"])
      #expect(seen["documentId"] as? String == "H88.03.01,2026/11/20,1406/SDL-VP")
      #expect(seen["code"] as? [String: String] == ["number": "1406", "notation": "SDL-VP"])
      #expect(seen["promulgationDate"] as? String == "2026-11-20")
      #expect(seen["subject"] as? String == "V/v cấp chứng thư số <lần 1> & gia hạn")
      #expect(strings(seen["attachments"], "name") == ["Công văn.pdf", "danh-sach.xlsx"])
      #expect(strings(seen["attachments"], "contentType") == ["application/pdf", "application/zip"])
      #expect((seen["findings"] as? [Any])?.isEmpty == true, "\(String(describing: seen["findings"]))")
      let text = try String(contentsOf: out, encoding: .utf8)
      #expect(kind == "new" || text.contains("H88.03.01,2026/11/02,1377/SDL-VP"))

      let strict = try await Lienthong.run(["edxml", "validate", "--strict", out.path])
      #expect(strict.code == 0, "\(strict.output)")
      let parts = folder.appendingPathComponent("parts")
      let extracted = try await Lienthong.run(["edxml", "extract", out.path, "-o", parts.path])
      #expect(extracted.code == 0, "\(extracted.complaint)")
      let names = try FileManager.default.contentsOfDirectory(atPath: parts.path).sorted()
      #expect(names == ["Công văn.pdf", "danh-sach.xlsx"].sorted())
      for name in names {
        #expect(
          FileManager.default.contentsEqual(
            atPath: parts.appendingPathComponent(name).path, andPath: folder.appendingPathComponent(name).path))
      }
      let again = try await Lienthong.run(["edxml", "extract", out.path, "-o", parts.path])
      #expect(again.code == 1)
      #expect(again.lines.count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: parts.path).sorted() == names)
      let forced = try await Lienthong.run(["edxml", "extract", out.path, "-o", parts.path, "--force"])
      #expect(forced.code == 0, "\(forced.complaint)")
    }
  }

  @Test("A status of each code is packed about a document, valid by the schema and read back")
  func packingStatuses() async throws {
    try await Lienthong.inFolder { folder in
      let document = folder.appendingPathComponent("document.edxml")
      #expect(try await pack(folder, kind: "new", to: document).code == 0)
      for code in ["01", "02", "03", "04", "05", "06", "13", "15", "16"] {
        let out = folder.appendingPathComponent("status-\(code).edxml")
        var arguments = [
          "edxml", "pack", "--status", code, "--for", document.path, "--description", "Lý do: thử & xem",
        ]
        // 13 goes from the document's sender to a receiver; all others come from a receiver.
        arguments += code == "13" ? ["--to", "G88.21"] : ["--from", "G88.21"]
        let packed = try await Lienthong.run(arguments + ["-o", out.path])
        #expect(packed.code == 0, "\(code): \(packed.complaint)")
        #expect(try xmllint("edxml-status", out), "\(code)")
        let seen = try await inspect(out.path)
        let about = try #require((seen["responseFor"] as? [[String: String]])?.first)
        #expect(seen["kind"] as? String == "status")
        #expect((seen["status"] as? [String: String])?["code"] == code)
        #expect((seen["status"] as? [String: String])?["description"] == "Lý do: thử & xem")
        #expect(
          (seen["from"] as? [String: Any])?["organId"] as? String == (code == "13" ? "H88.03.01" : "G88.21"), "\(code)")
        #expect(about["organId"] == (code == "13" ? "G88.21" : "H88.03.01"), "\(code)")
        #expect(about["documentId"] == "H88.03.01,2026/11/20,1406/SDL-VP")
        #expect(about["code"] == "1406/SDL-VP")
        #expect(about["promulgationDate"] == "2026-11-20")
        #expect((seen["findings"] as? [Any])?.isEmpty == true, "\(code)")
        #expect(try await Lienthong.run(["edxml", "validate", out.path]).code == 0, "\(code)")
      }
    }
  }

  @Test("What cannot be packed is refused in clear lines and leaves no file")
  func packingRefused() async throws {
    try await Lienthong.inFolder { folder in
      let out = folder.appendingPathComponent("out.edxml")
      let document = folder.appendingPathComponent("document.edxml")
      let file = folder.appendingPathComponent("a.txt")
      try Data("x".utf8).write(to: file)
      #expect(try await pack(folder, kind: "new", to: document).code == 0)
      let base = ["edxml", "pack", "--from", "H88", "--number", "1", "--notation", "A", "-o", out.path]
      let cases: [(arguments: [String], code: Int32, says: String)] = [
        (base + ["--to", "G88", "--subject", "x", "--attach", folder.path + "/missing.pdf"], 3, "Attachment[1]"),
        (base + ["--to", "G88", "--subject", "x", "--attach", folder.path + "/missing.pdf"], 3, "“missing.pdf”"),
        (base + ["--to", "G88", "--to", "G88", "--subject", "x", "--attach", file.path], 3, "duplicate"),
        (base + ["--to", "G88 1", "--subject", "x", "--attach", file.path], 3, "badForm"),
        (base + ["--to", "G88", "--subject", String(repeating: "x", count: 501), "--attach", file.path], 3, "tooLong"),
        (base + ["--to", "G88", "--subject", "x", "--kind", "recall", "--attach", file.path], 64, "--ref"),
        (base + ["--to", "G88", "--subject", "x", "--kind", "swap", "--attach", file.path], 64, "--kind"),
        (base + ["--to", "G88", "--subject", "x", "--date", "2026-02-30", "--attach", file.path], 64, "--date"),
        (["edxml", "pack", "--status", "07", "--for", document.path, "-o", out.path], 64, "--status"),
        (["edxml", "pack", "--status", "03", "-o", out.path], 64, "--for"),
        (["edxml", "pack", "--status", "03", "--for", document.path, "-o", out.path], 64, "--from"),
        (
          ["edxml", "pack", "--status", "02", "--for", document.path, "--from", "G88.21", "-o", out.path], 3, "required"
        ),
        (["edxml", "pack", "--status", "03", "--for", file.path, "-o", out.path], 1, "XML"),
      ]
      for item in cases {
        let answer = try await Lienthong.run(item.arguments)
        #expect(answer.code == item.code, "\(item.arguments): \(answer.complaint)")
        #expect(answer.complaint.contains(item.says), "\(item.says): \(answer.complaint)")
        #expect(!FileManager.default.fileExists(atPath: out.path), "\(item.arguments)")
      }
    }
  }

  // MARK: hostile input

  /// A small message of an invented agency.
  private static func message(
    _ attachments: String = "", header: String = "", prolog: String = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  ) -> String {
    """
    \(prolog)<edXML xmlns="\(namespace)"><edXML:edXMLEnvelope xmlns:edXML="\(namespace)"><edXML:edXMLHeader>
    <edXML:MessageHeader><edXML:From><edXML:OrganId>H88.03</edXML:OrganId></edXML:From>
    <edXML:To><edXML:OrganId>G88.21</edXML:OrganId></edXML:To><edXML:DocumentId>d1</edXML:DocumentId>
    <edXML:Subject>Thư thử</edXML:Subject>\(header)</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope>
    <AttachmentEncoded>\(attachments)</AttachmentEncoded></edXML>
    """
  }

  private static func attachment(_ name: String, id: String = "1", content: String = "JVBERi0=") -> String {
    "<Attachment><ContentId>cid:\(id)</ContentId><AttachmentName>\(name)</AttachmentName>"
      + "<ContentType>application/pdf</ContentType><ContentTransferEncoded>\(content)</ContentTransferEncoded></Attachment>"
  }

  @Test("What is no message is refused in one line that says why, by every subcommand, exit code 1")
  func unreadable() async throws {
    let good = Self.message(Self.attachment("a.pdf"))
    let entity = "<!DOCTYPE edXML [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n"
    let bytes: [(name: String, content: [UInt8], code: String)] = [
      (
        "doctype",
        Array(Self.message(header: "<Content>&x;</Content>", prolog: "<?xml version=\"1.0\"?>\n" + entity).utf8),
        "doctypeForbidden"
      ),
      ("text", Array("xin chào".utf8), "notXML"), ("pdf", Array("%PDF-1.7\n".utf8), "notXML"),
      ("html", Array("<html><body/></html>".utf8), "notEdXML"), ("empty", [], "empty"),
      ("truncated", Array(good.utf8.dropLast(60)), "notXML"),
      ("no sender", Array(good.replacingOccurrences(of: "H88.03", with: " ").utf8), "noSender"),
      (
        "invalid UTF-8", Array(good.utf8.prefix(400)) + [0xFF, 0xFE] + Array(good.utf8.dropFirst(400)),
        "invalidCharacters"
      ),
      (
        "encoding", Array(Self.message(prolog: "<?xml version=\"1.0\" encoding=\"x-none\"?>").utf8), "unknownEncoding"
      ),
      (
        "deep",
        Array(
          Self.message(header: String(repeating: "<a>", count: 5000) + String(repeating: "</a>", count: 5000)).utf8),
        "tooDeep"
      ),
      (
        "attributes",
        Array(Self.message(header: "<a " + (0..<20_000).map { "a\($0)='1'" }.joined(separator: " ") + "/>").utf8),
        "tooComplex"
      ),
    ]
    try await Lienthong.inFolder { folder in
      var files = [(folder.path, "unreadable"), (folder.appendingPathComponent("missing.edxml").path, "unreadable")]
      for item in bytes {
        let file = folder.appendingPathComponent("\(item.name).edxml")
        try Data(item.content).write(to: file)
        files.append((file.path, item.code))
      }
      for (file, code) in files {
        for command in ["inspect", "validate"] {
          let answer = try await Lienthong.run(["edxml", command, "--json", file])
          #expect(answer.code == 1, "\(command) \(file)")
          #expect(answer.lines.count == 1, "\(answer.complaint)")
          let error = try #require(try json(answer)["error"] as? [String: String], "\(file)")
          #expect(error["code"] == code, "\(command) \(file)")
          #expect(error["text"]?.isEmpty == false && error["place"]?.isEmpty == false)
        }
        let parts = folder.appendingPathComponent("parts")
        let extracted = try await Lienthong.run(["edxml", "extract", file, "-o", parts.path])
        #expect(extracted.code == 1, "extract \(file)")
        #expect(extracted.lines.count == 1, "\(extracted.complaint)")
        let left = (try? FileManager.default.contentsOfDirectory(atPath: parts.path)) ?? []
        #expect(left.isEmpty, "extract \(file): \(left)")
        #expect(!extracted.complaint.contains("root:"))
      }
    }
  }

  @Test("Names and ids that mean harm are found, refused by validate, and never leave the folder")
  func hostileNames() async throws {
    let cases: [(attachments: String, finding: String)] = [
      (Self.attachment("../../etc/passwd"), "unsafeAttachmentName"),
      (Self.attachment("/etc/passwd"), "unsafeAttachmentName"), (Self.attachment(".."), "unsafeAttachmentName"),
      (Self.attachment("a\u{202E}fdp.exe"), "unsafeAttachmentName"),
      (Self.attachment("a&#10;b.pdf"), "unsafeAttachmentName"),
      (Self.attachment("a.pdf") + Self.attachment("b.pdf", content: "JVBERi0x"), "duplicateContentId"),
      (Self.attachment("a.pdf", content: "JVBE*Ri0"), "attachmentNotBase64"),
    ]
    try await Lienthong.inFolder { folder in
      for (index, item) in cases.enumerated() {
        let file = folder.appendingPathComponent("m\(index).edxml")
        try Data(Self.message(item.attachments).utf8).write(to: file)
        let seen = try await inspect(file.path)
        #expect(strings(seen["findings"], "code").contains(item.finding), "\(item.finding)")
        #expect(try await Lienthong.run(["edxml", "validate", file.path]).code == 3, "\(item.finding)")
        let parts = folder.appendingPathComponent("inner/parts\(index)")
        let extracted = try await Lienthong.run(["edxml", "extract", file.path, "-o", parts.path])
        #expect(extracted.code == (item.finding == "attachmentNotBase64" ? 1 : 0), "\(extracted.complaint)")
        for name in try FileManager.default.contentsOfDirectory(atPath: parts.path) {
          #expect(name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E }, "\(name)")
          #expect(!name.hasPrefix("."), "\(name)")
        }
      }
      let inner = folder.appendingPathComponent("inner").path
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: inner)) == Set(cases.indices.map { "parts\($0)" }))
    }
  }

  @Test("UTF-16 and two attachments of one name are read and kept apart")
  func unusual() async throws {
    try await Lienthong.inFolder { folder in
      let file = folder.appendingPathComponent("m.edxml")
      let text = Self.message(
        Self.attachment("a.pdf") + Self.attachment("A.pdf", id: "2", content: "JVBERi0x"),
        prolog: "<?xml version=\"1.0\" encoding=\"UTF-16\"?>")
      try #require(text.data(using: .utf16)).write(to: file)
      let seen = try await inspect(file.path)
      #expect(seen["subject"] as? String == "Thư thử")
      #expect(strings(seen["findings"], "code").contains("legacyEncoding"))
      let parts = folder.appendingPathComponent("parts")
      #expect(try await Lienthong.run(["edxml", "extract", file.path, "-o", parts.path]).code == 0)
      #expect(try Set(FileManager.default.contentsOfDirectory(atPath: parts.path)) == ["a.pdf", "A (2).pdf"])
    }
  }

  @Test("inspect shows every element of a full header, as JSON by the schema and as text in both languages")
  func everything() async throws {
    let header = """
      <edXML:Code><edXML:CodeNumber>7</edXML:CodeNumber><edXML:CodeNotation>SDL-VP</edXML:CodeNotation></edXML:Code>
      <edXML:DocumentType><edXML:Type>18</edXML:Type><edXML:TypeDetail>0</edXML:TypeDetail><edXML:TypeName>Tờ trình</edXML:TypeName></edXML:DocumentType>
      <edXML:SignerInfo><edXML:Competence>KT.</edXML:Competence><edXML:FullName>Trần Văn Mạ</edXML:FullName></edXML:SignerInfo>
      <edXML:DueDate>2026/12/01</edXML:DueDate>
      <edXML:OtherInfo><edXML:Priority>3</edXML:Priority><edXML:SphereOfPromulgation>Nội bộ</edXML:SphereOfPromulgation>
      <edXML:TyperNotation>TVC</edXML:TyperNotation><edXML:PromulgationAmount>3</edXML:PromulgationAmount><edXML:PageAmount>2</edXML:PageAmount>
      <edXML:ReplyFors>r</edXML:ReplyFors><edXML:ReferenceCodes>c</edXML:ReferenceCodes><edXML:Direction>true</edXML:Direction>
      <edXML:Appendixes><edXML:Appendix>Danh sách thuê bao</edXML:Appendix></edXML:Appendixes></edXML:OtherInfo>
      <edXML:SteeringType>1</edXML:SteeringType><edXML:ResponseForTask><edXML:TaskCode>NV-1</edXML:TaskCode></edXML:ResponseForTask>
      <edXML:ApplicationType>app</edXML:ApplicationType><edXML:ToPlaces><edXML:Place>Như trên</edXML:Place></edXML:ToPlaces>
      """
    let trace = """
      </edXML:MessageHeader><edXML:TraceHeaderList><edXML:TraceHeader><edXML:OrganId>H88.03</edXML:OrganId>
      <edXML:Timestamp>2026/11/20 08:00:00</edXML:Timestamp></edXML:TraceHeader><edXML:Bussiness><edXML:DocumentId>d0</edXML:DocumentId>
      <edXML:BussinessDocType>2</edXML:BussinessDocType><edXML:BussinessDocReason>Sửa phụ lục</edXML:BussinessDocReason><edXML:Paper>1</edXML:Paper>
      <edXML:BussinessDocumentInfo><edXML:DocumentInfo>1</edXML:DocumentInfo><edXML:DocumentReceiver>0</edXML:DocumentReceiver>
      <edXML:ReceiverList><edXML:Receiver><edXML:OrganId>G88.22</edXML:OrganId><edXML:ReceiverType>1</edXML:ReceiverType></edXML:Receiver></edXML:ReceiverList>
      </edXML:BussinessDocumentInfo><edXML:StaffInfo><edXML:Department>Văn thư</edXML:Department><edXML:Staff>Lê Thị Hạt</edXML:Staff></edXML:StaffInfo>
      </edXML:Bussiness></edXML:TraceHeaderList></edXML:edXMLHeader>
      """
    try await Lienthong.inFolder { folder in
      let file = folder.appendingPathComponent("m.edxml")
      let text = Self.message(Self.attachment("a.pdf"), header: header).replacingOccurrences(
        of: "</edXML:MessageHeader></edXML:edXMLHeader>", with: trace)
      try Data(text.utf8).write(to: file)
      let seen = try await inspect(file.path)
      #expect(seen["business"] as? String == "update" && seen["reason"] as? String == "Sửa phụ lục")
      #expect(seen["paper"] as? Bool == true && seen["updates"] as? String == "d0")
      let other = try #require(seen["otherInfo"] as? [String: Any])
      #expect(
        Set(other.keys) == [
          "sphereOfPromulgation", "typerNotation", "promulgationAmount", "pageAmount", "replyFors", "referenceCodes",
          "direction", "appendixes",
        ])
      #expect(seen["priority"] as? String == "3" && seen["steeringType"] as? String == "1")
      #expect((seen["documentTypeCode"] as? [String: Any])?["type"] as? Int == 18)
      #expect((seen["staff"] as? [String: String])?["staff"] == "Lê Thị Hạt")
      #expect((seen["update"] as? [String: Any])?["documentChanged"] as? Bool == true)
      #expect(strings((seen["update"] as? [String: Any])?["receivers"], "receiverType") == ["1"])
      #expect(seen["tasks"] as? [String] == ["NV-1"] && seen["toPlaces"] as? [String] == ["Như trên"])
      #expect(seen["applicationType"] as? String == "app" && seen["dueDate"] as? String == "2026-12-01")
      let shown = try await Lienthong.run(["edxml", "inspect", file.path])
      for piece in [
        "cập nhật – Sửa phụ lục", "Hỏa tốc", "Danh sách thuê bao", "Lê Thị Hạt", "Tờ trình", "NV-1", "2026-12-01",
      ] {
        #expect(shown.output.contains(piece), "\(piece)")
      }
      let english = try await Lienthong.run(["edxml", "inspect", "--language", "en", file.path])
      #expect(english.output.contains("Express") && english.output.contains("update"))
    }
  }

  // MARK: verify

  private struct Judged: Decodable {
    struct Case: Decodable {
      var file: String
      var core: String
      var alsoCore: [String]?
      var accept: Bool

      enum CodingKeys: String, CodingKey {
        case file, core, accept
        case alsoCore = "also_core"
      }
    }

    var cases: [Case]
  }

  @Test("verify judges every signed message as expected", .enabled(if: areThere, "samples are not at hand"))
  func signatures() async throws {
    let folder = Self.samples.appendingPathComponent("xml-signatures")
    let expected = try JSONDecoder().decode(
      Judged.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
    #expect(expected.cases.count > 40)
    try await Lienthong.inFolder { scratch in
      let policy = scratch.appendingPathComponent("policy.json")
      try Data("{\"sender\": {\"organId\": \"H99.15\"}}".utf8).write(to: policy)
      for item in expected.cases {
        let answer = try await Lienthong.run([
          "verify", folder.appendingPathComponent(item.file).path, "--json", "--trust",
          Self.samples.appendingPathComponent("letters/pki").path, "--policy", policy.path,
        ])
        let report = try json(answer)
        let decision = try #require(report["decision"] as? String, "\(item.file)")
        let core = try #require(report["core"] as? String, "\(item.file)")
        #expect(["accept", "warn"].contains(decision) == item.accept, "\(item.file): \(decision)")
        #expect(answer.code == (item.accept ? 0 : 3), "\(item.file): \(answer.code)")
        let allowed = ([item.core] + (item.alsoCore ?? [])).flatMap {
          $0 == "error" ? ["unsupported", "refused", "invalid"] : [$0]
        }
        #expect(allowed.contains(core), "\(item.file): \(core)")
        #expect(item.accept || (report["codes"] as? [String])?.isEmpty == false, "\(item.file)")
      }
    }
  }
}
