import Foundation
import Testing

/// `lienthong sign` through the real executable: what is shown, where the key is, one step or two, every level.
@Suite("Signing from the command line")
struct SignScenario {
  /// A folder with a password file, a throw-away PKI and an invented letter that has neither number nor date yet.
  private struct Desk {
    let folder: URL
    let password: String
    let pki: String
    let letter: String

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func key(_ name: String) -> [String] { ["--key", "\(pki)/keys/\(name).p12", "--password-file", password] }

    @discardableResult
    func ok(_ arguments: [String], environment: [String: String] = [:]) async throws -> String {
      let answer = try await Lienthong.run(arguments, environment: environment, in: folder)
      try #require(answer.code == 0, "\(arguments): \(answer.complaint)")
      return answer.output
    }

    /// What `lienthong verify` says.
    func report(_ file: String) async throws -> [String: Any] {
      let answer = try await Lienthong.run(["verify", "--json", "--trust", pki, file])
      return try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any] ?? [:]
    }

    func levels(_ file: String) async throws -> [String] {
      let signatures = try await report(file)["signatures"] as? [[String: Any]] ?? []
      return signatures.filter { $0["kind"] as? String == "signature" }.compactMap { $0["level"] as? String }
    }
  }

  private func atDesk(_ body: (Desk) async throws -> Void) async throws {
    try await Lienthong.inFolder { folder in
      let desk = Desk(
        folder: folder, password: folder.appendingPathComponent("password").path,
        pki: folder.appendingPathComponent("pki").path, letter: folder.appendingPathComponent("letter.pdf").path)
      try Data("mat-khau-thu\n".utf8).write(to: URL(fileURLWithPath: desk.password))
      try await desk.ok(["pki", "new", desk.pki, "--password-file", desk.password])
      let dossier = desk.path("dossier.json")
      try await desk.ok(["dossier", "new", "--type", "01", "--output", dossier])
      var object = try #require(
        try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(fileURLWithPath: dossier))) as? [String: Any])
      var head = object["letter"] as? [String: Any] ?? [:]
      head["number"] = nil
      head["date"] = nil
      head["notation"] = "SVD-VP"
      head["agency"] = "Sở Ví dụ"
      head["place"] = "Ví Dụ"
      head["signer"] = ["fullName": "Phạm Thị Ví Dụ", "titleLines": ["GIÁM ĐỐC"]]
      object["letter"] = head
      object["rows"] = [["no": 1, "fullName": "Tạ Văn Mẫu", "email": "tvmau@vidu.gov.vn"]]
      object["declaredCount"] = 1
      try JSONSerialization.data(withJSONObject: object).write(to: URL(fileURLWithPath: dossier))
      try await desk.ok(["dossier", "letter", dossier, "--list", "annex", "--output", desk.letter])
      for (name, picture) in [("hand.png", InventedPictures.hand), ("seal.png", InventedPictures.seal)] {
        try picture.write(to: folder.appendingPathComponent(name))
      }
      try await body(desk)
    }
  }

  // MARK: Acts

  @Test("A letter is initialled, approved and issued with number, date and seal, and all signatures hold")
  func acts() async throws {
    try await atDesk { desk in
      let names = (1...3).map { desk.path("step\($0).pdf") }
      try await desk.ok(
        ["sign", desk.letter, "-o", names[0], "--act", "initial", "--picture", "hand.png"] + desk.key("leader"))
      try await desk.ok(
        [
          "sign", names[0], "-o", names[1], "--act", "approve", "--picture", "hand.png", "--anchor", "Phạm Thị Ví Dụ",
          "--offset", "0,6",
        ] + desk.key("leader"))
      try await desk.ok(
        [
          "sign", names[1], "-o", names[2], "--act", "issue", "--picture", "seal.png", "--number", "5", "--date",
          "2026-02-03",
        ] + desk.key("agency"))
      let report = try await desk.report(names[2])
      #expect(report["integrity"] as? String == "intact", "\(report)")
      let signatures = report["signatures"] as? [[String: Any]] ?? []
      // The annex names its letter, so number and date take a signature on each of the two pages, and the seal one.
      #expect(signatures.map { $0["signerKind"] as? String }.filter { $0 == "person" }.count == 2)
      #expect(signatures.allSatisfy { ($0["cryptographic"] as? [String: Any])?["result"] as? String == "passed" })
      let poppler = try await Tool.run(["pdfsig", "-nocert", names[2]], in: desk.folder)
      #expect(
        poppler.output.components(separatedBy: "Signature is Valid").count - 1 == signatures.count, "\(poppler.output)")
      let text = try await Tool.run(["pdftotext", "-layout", names[2], "-"], in: desk.folder).output
      let head = text.replacing(#/ +/#, with: " ")
      #expect(head.contains("Số: 05 /SVD-VP") || head.contains("Số: 05/SVD-VP"), "\(head.prefix(800))")
      #expect(head.contains("Ví Dụ, ngày 03 tháng 02 năm 2026"), "\(head.prefix(800))")
      // The annex has less room for the year: it is smaller there, and whole.
      #expect(head.contains("Công văn số 05"), "\(head.suffix(800))")
      #expect(head.contains("năm 2026 của Sở Ví dụ"), "\(head.suffix(800))")
      let read = try await Lienthong.run(["dossier", "read", names[2], "--json", "--today", "2026-02-03"])
      let letter =
        (try JSONSerialization.jsonObject(with: Data(read.output.utf8)) as? [String: Any])?["letter"] as? [String: Any]
      #expect(letter?["number"] as? String == "05" && letter?["date"] as? String == "2026-02-03", "\(read.output)")
      // With another number the act is refused, and nothing is written.
      let again = try await Lienthong.run(
        [
          "sign", names[2], "-o", desk.path("none.pdf"), "--act", "issue", "--number", "6", "--date", "2026-02-03",
        ] + desk.key("agency"))
      #expect(again.code == 1 && again.complaint.contains("number_taken"), "\(again.complaint)")
      #expect(!FileManager.default.fileExists(atPath: desk.path("none.pdf")))
    }
  }

  @Test("Annex, copy and comment put their lines on the first page")
  func stamps() async throws {
    try await atDesk { desk in
      try await desk.ok(
        ["sign", desk.letter, "-o", "annex.pdf", "--act", "annex", "--number", "05", "--notation", "SVD-VP"]
          + desk.key("agency"))
      try await desk.ok(
        ["sign", "annex.pdf", "-o", "copy.pdf", "--act", "copy", "--copy-form", "TRÍCH SAO"] + desk.key("agency"))
      try await desk.ok(
        [
          "sign", "copy.pdf", "-o", "comment.pdf", "--act", "comment", "--stamp-text", "Giao Phòng Tổng hợp xử lý",
          "--anchor", "Kính gửi:", "--anchor-side", "left",
        ] + desk.key("leader"))
      let text = try await Tool.run(["pdftotext", "-layout", "-l", "1", "comment.pdf", "-"], in: desk.folder).output
      for line in ["05/SVD-VP", "TRÍCH SAO", "Sở Ví dụ", "+07:00", "Giao Phòng Tổng hợp xử lý"] {
        #expect(text.contains(line), "\(line) is not in \(text)")
      }
      #expect(try await desk.report(desk.path("comment.pdf"))["integrity"] as? String == "intact")
    }
  }

  @Test("Wrong uses are told before anything is done, in one line")
  func usage() async throws {
    try await atDesk { desk in
      let uses: [[String]] = [
        ["--act", "comment"], ["--picture", "seal.png"], ["--level", "B-T"], ["--level", "B-LT", "--tsa", "http://x/"],
        ["--rect", "1,2,3", "--picture", "seal.png"], ["--number", "5", "--act", "issue"],
        ["--format", "p7s", "--field", "x"],
        ["--prepare", "state"], ["--act", "annex"],
      ]
      for use in uses {
        let answer = try await Lienthong.run(["sign", desk.letter, "-o", "x.pdf"] + use + desk.key("agency"))
        #expect(answer.code == 64, "\(use): \(answer.code) \(answer.complaint)")
      }
      let missing = try await Lienthong.run(
        ["sign", desk.letter, "-o", "x.pdf", "--act", "initial", "--picture", "nowhere.png"] + desk.key("agency"))
      #expect(missing.code == 1 && missing.lines.count == 1)
      let noPlace = try await Lienthong.run(
        ["sign", desk.letter, "-o", "x.pdf", "--picture", "\(desk.path("seal.png"))", "--anchor", "Không có câu này"]
          + desk.key("agency"))
      #expect(noPlace.code == 1 && noPlace.complaint.contains("place_not_found"), "\(noPlace.complaint)")
      let noTerminal = try await Lienthong.run([
        "sign", desk.letter, "-o", "x.pdf", "--key", desk.pki + "/keys/agency.p12",
      ])
      #expect(noTerminal.code == 2 && noTerminal.complaint.contains("--password-file"), "\(noTerminal.complaint)")
    }
  }

  // MARK: Levels

  @Test("Every level is reached, and keeps when the next person signs")
  func levels() async throws {
    try await atDesk { desk in
      let server = try SigningTimeServer(key: desk.pki + "/keys/tsa.p12", password: desk.password, folder: desk.folder)
      defer { server.stop() }
      let address = try await server.address()
      let stamped = ["--tsa", "http://127.0.0.1:1/", "--tsa", address]
      for (level, options) in [
        ("B-B", []), ("B-T", stamped), ("B-LT", stamped + ["--trust", desk.pki]),
        ("B-LTA", stamped + ["--trust", desk.pki]),
      ] {
        let (once, twice) = ("\(level)-1.pdf", "\(level)-2.pdf")
        try await desk.ok(["sign", desk.letter, "-o", once, "--level", level] + options + desk.key("leader"))
        #expect(try await desk.levels(desk.path(once)) == [level])
        try await desk.ok(["sign", once, "-o", twice, "--level", level] + options + desk.key("agency"))
        #expect(try await desk.levels(desk.path(twice)) == [level, level])
        let poppler = try await Tool.run(["pdfsig", "-nocert", twice], in: desk.folder)
        #expect(poppler.output.components(separatedBy: "Signature is Valid").count == 3, "\(poppler.output)")
        if level != "B-B" { #expect(try await desk.report(desk.path(twice))["decision"] as? String == "accept") }
        try await pyHanko(twice, desk)
      }
      // Without a list of the time-stamping authority there is no B-LT.
      let lists = desk.folder.appendingPathComponent("pki/crl")
      try FileManager.default.removeItem(at: lists)
      let refused = try await Lienthong.run(
        ["sign", desk.letter, "-o", desk.path("no.pdf"), "--level", "B-LT", "--trust", desk.pki] + stamped
          + desk.key("leader"))
      #expect(refused.code == 1 && refused.complaint.contains("validation_data_missing"), "\(refused.complaint)")
      server.stop()
      let dead = try await Lienthong.run(
        ["sign", desk.letter, "-o", desk.path("no.pdf"), "--tsa", "http://127.0.0.1:1/"] + desk.key("leader"))
      #expect(dead.code == 1 && !FileManager.default.fileExists(atPath: desk.path("no.pdf")), "\(dead.complaint)")
    }
  }

  /// pyHanko's command says so too, where `LIENTHONG_PYHANKO` names it.
  private func pyHanko(_ file: String, _ desk: Desk) async throws {
    guard let command = ProcessInfo.processInfo.environment["LIENTHONG_PYHANKO"] else {
      #expect(ProcessInfo.processInfo.environment["LIENTHONG_PYHANKO_REQUIRED"] != "1")
      return
    }
    var arguments = [command, "sign", "validate", "--pretty-print", "--no-revocation-check", "--trust-replace"]
    for folder in ["anchors", "ca"] {
      let files = try FileManager.default.contentsOfDirectory(atPath: "\(desk.pki)/\(folder)")
      for name in files {
        arguments += [folder == "ca" ? "--other-certs" : "--trust", "\(desk.pki)/\(folder)/\(name)"]
      }
    }
    let answer = try await Tool.run(arguments + [file], in: desk.folder)
    #expect(answer.code == 0 && answer.output.contains("The signature is judged VALID."), "\(answer.output)")
    #expect(!answer.output.contains("INVALID"), "\(answer.output)")
  }

  // MARK: Two steps

  @Test(
    "A key elsewhere signs in a second step: openssl over the bytes, or a whole CMS", arguments: ["rsa", "ec", "cms"])
  func twoSteps(kind: String) async throws {
    try await atDesk { desk in
      let request =
        kind == "ec"
        ? ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        : ["req", "-x509", "-newkey", "rsa:2048"]
      let made = try await Tool.run(
        ["openssl"] + request + ["-nodes", "-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=Remote", "-days", "30"],
        in: desk.folder)
      #expect(made.code == 0, "\(made.output)")
      let certificate = kind == "cms" ? [] : ["--certificate", "c.pem"]
      let output = try await desk.ok(
        [
          "sign", desk.letter, "--prepare", "state.json", "--to-sign", "bytes", "--act", "initial", "--picture",
          "hand.png",
        ]
          + certificate)
      #expect(output.contains("letter digest"))
      let finish: [String]
      if kind == "cms" {
        // The other side has the digest alone; it makes signed attributes of its own.
        #expect(try Data(contentsOf: desk.folder.appendingPathComponent("bytes")).count == 32)
        let ranges = try await signedBytes(desk)
        try ranges.write(to: desk.folder.appendingPathComponent("content"))
        let signed = try await Tool.run(
          [
            "openssl", "cms", "-sign", "-binary", "-cades", "-md", "sha256", "-signer", "c.pem", "-inkey", "k.pem",
            "-in", "content", "-outform", "DER", "-out", "value",
          ], in: desk.folder)
        #expect(signed.code == 0, "\(signed.output)")
        finish = ["--cms", "value"]
      } else {
        let signed = try await Tool.run(
          ["openssl", "dgst", "-sha256", "-sign", "k.pem", "-out", "value", "bytes"], in: desk.folder)
        #expect(signed.code == 0, "\(signed.output)")
        finish = ["--signature", "value"]
      }
      try await desk.ok(["sign", desk.letter, "--complete", "state.json", "-o", "signed.pdf"] + finish)
      let poppler = try await Tool.run(["pdfsig", "-nocert", "signed.pdf"], in: desk.folder)
      #expect(poppler.output.contains("Signature is Valid"), "\(poppler.output)")
      #expect(try await desk.report(desk.path("signed.pdf"))["integrity"] as? String == "intact")

      // Another value, another letter and a damaged state are refused.
      try Data("no signature".utf8).write(to: desk.folder.appendingPathComponent("bad"))
      let bad = try await Lienthong.run(
        ["sign", desk.letter, "--complete", "state.json", finish[0], "bad", "-o", "x.pdf"], in: desk.folder)
      #expect(bad.code == 1 && bad.lines.count == 1, "\(bad.complaint)")
      var changed = try Data(contentsOf: URL(fileURLWithPath: desk.letter))
      changed[changed.startIndex + 60] ^= 1
      try changed.write(to: desk.folder.appendingPathComponent("changed.pdf"))
      let other = try await Lienthong.run(
        ["sign", "changed.pdf", "--complete", "state.json", "-o", "x.pdf"] + finish, in: desk.folder)
      #expect(other.code == 1 && other.complaint.contains("letter_changed"), "\(other.complaint)")
      try Data("{}".utf8).write(to: desk.folder.appendingPathComponent("state.json"))
      let damaged = try await Lienthong.run(
        ["sign", desk.letter, "--complete", "state.json", "-o", "x.pdf"] + finish, in: desk.folder)
      #expect(damaged.code == 1 && damaged.complaint.contains("state_unreadable"), "\(damaged.complaint)")
      #expect(!FileManager.default.fileExists(atPath: desk.path("x.pdf")))
    }
  }

  /// The bytes that the prepared signature covers, from the state: a service with a CMS of its own sees their digest only.
  private func signedBytes(_ desk: Desk) async throws -> Data {
    let state = try JSONSerialization.jsonObject(
      with: try Data(contentsOf: desk.folder.appendingPathComponent("state.json")))
    let prepared = try #require((state as? [String: Any])?["prepared"] as? [String: Any])
    let appendix = try #require((prepared["appendix"] as? String).flatMap { Data(base64Encoded: $0) })
    let range = try #require(prepared["byteRange"] as? [Int])
    let whole = try Data(contentsOf: URL(fileURLWithPath: desk.letter)) + appendix
    return Data(whole[..<range[1]]) + Data(whole[range[2]..<(range[2] + range[3])])
  }

  // MARK: CMS

  @Test(
    "A token's key signs once its PIN is right, and the PIN never shows",
    .enabled(if: SoftToken.isInstalled, "softhsm2 or libp11's engine is not installed"))
  func token() async throws {
    try await atDesk { desk in
      let token = SoftToken(folder: desk.folder)
      try await token.make(key: "\(desk.pki)/keys/agency.p12", passwordFile: desk.password)
      let sign = [
        "sign", desk.letter, "--output", desk.path("sealed.pdf"), "--token", "con dau", "--module", SoftToken.module,
        "--key-label", "seal", "--token-certificate", "\(desk.pki)/keys/agency.crt",
      ]
      let refused = try await Lienthong.run(
        sign + ["--pin-file", desk.path("wrong.pin")], environment: token.environment)
      #expect(refused.code == 1 && refused.lines.count == 1, "\(refused.complaint)")
      #expect(!refused.complaint.contains(SoftToken.wrongPIN))
      #expect(!FileManager.default.fileExists(atPath: desk.path("sealed.pdf")))
      let output = try await desk.ok(
        sign + ["--pin-env", "SEAL_PIN"], environment: token.environment.merging(["SEAL_PIN": SoftToken.pin]) { $1 })
      #expect(!output.contains(SoftToken.pin))
      #expect(try await desk.levels(desk.path("sealed.pdf")) == ["B-B"])
      let poppler = try await Tool.run(["pdfsig", "-nocert", desk.path("sealed.pdf")], in: desk.folder)
      #expect(poppler.output.contains("Signature is Valid"), "\(poppler.output)")
    }
  }

  @Test("A file of any kind is signed beside itself (.p7s) and inside its signature (.p7m)")
  func cms() async throws {
    try await atDesk { desk in
      let server = try SigningTimeServer(key: desk.pki + "/keys/tsa.p12", password: desk.password, folder: desk.folder)
      defer { server.stop() }
      let address = try await server.address()
      for format in ["p7s", "p7m"] {
        let name = "letter.pdf.\(format)"
        try await desk.ok(
          ["sign", desk.letter, "-o", name, "--format", format, "--tsa", address] + desk.key("agency"))
        let report = try await desk.report(desk.path(name))
        #expect(report["integrity"] as? String == "intact", "\(report)")
        #expect(try await desk.levels(desk.path(name)) == ["B-T"])
        var check = [
          "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", name, "-out", "content",
        ]
        check += ["-CAfile", "root.pem", "-certfile", "ca.pem", "-purpose", "any", "-no_check_time"]
        if format == "p7s" { check += ["-content", desk.letter] }
        for (folder, file) in [("anchors", "root.pem"), ("ca", "ca.pem")] {
          var all = Data()
          for item in try FileManager.default.contentsOfDirectory(atPath: "\(desk.pki)/\(folder)").sorted() {
            all += try Data(contentsOf: URL(fileURLWithPath: "\(desk.pki)/\(folder)/\(item)"))
          }
          try all.write(to: desk.folder.appendingPathComponent(file))
        }
        let verified = try await Tool.run(check, in: desk.folder)
        #expect(verified.code == 0, "\(verified.output)")
        #expect(
          try Data(contentsOf: desk.folder.appendingPathComponent("content"))
            == Data(contentsOf: URL(fileURLWithPath: desk.letter)))
      }
    }
  }
}

/// `lienthong tsa` for the length of a test.
private final class SigningTimeServer {
  private let process = Process()
  private let output: URL

  init(key: String, password: String, folder: URL) throws {
    output = folder.appendingPathComponent("tsa.out")
    try Data().write(to: output)
    process.executableURL = Lienthong.executable
    process.arguments = ["tsa", "--listen", "127.0.0.1:0", "--key", key, "--password-file", password]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.launchAlone()
  }

  /// Its address, once it serves.
  func address() async throws -> String {
    for _ in 0..<600 {
      let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
      if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("tsa ready at ") }) {
        return String(line.dropFirst("tsa ready at ".count)) + "/"
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw CocoaError(.fileReadUnknown)
  }

  func stop() { if process.isRunning { process.terminate() } }
}
