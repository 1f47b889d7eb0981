import Foundation
import Testing

@Suite("Verifying letters at the command line", .serialized)
struct VerifyScenario {
  // MARK: The samples

  private struct Expected: Decodable {
    struct Case: Decodable {
      let file: String
      let verdict: String
      let errors: [String]
      let alsoOK: [String]?

      private enum CodingKeys: String, CodingKey {
        case file, verdict, errors
        case alsoOK = "also_ok"
      }
    }

    let validationTime: String
    let cases: [Case]

    private enum CodingKeys: String, CodingKey {
      case cases
      case validationTime = "validation_time"
    }
  }

  /// `LIENTHONG_SAMPLES_DIR`, else beside the package.
  static let letters: String = {
    let folder =
      ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES_DIR"]
      ?? Lienthong.root.deletingLastPathComponent().appendingPathComponent("shared/samples").path
    return folder + "/letters"
  }()
  static let areThere =
    FileManager.default.fileExists(atPath: letters + "/expected.json")
    || ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"

  private struct NotAnObject: Error {}

  private static func object(_ data: Data) throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { throw NotAnObject() }
    return object
  }

  private static func reports(_ answer: Lienthong.Answer) throws -> [[String: Any]] {
    try answer.output.split(separator: "\n").map { try object(Data($0.utf8)) }
  }

  /// The policy file of `expected.json`: its `policy` and `sender`, in JSON or YAML.
  private static func policy(yaml: Bool) throws -> String {
    let all = try object(Data(contentsOf: URL(fileURLWithPath: letters + "/expected.json")))
    guard let policy = all["policy"] as? [String: Any], let sender = all["sender"] as? [String: Any] else {
      throw NotAnObject()
    }
    if !yaml {
      let data = try JSONSerialization.data(withJSONObject: ["policy": policy, "sender": sender])
      return String(decoding: data, as: UTF8.self)
    }
    func lines(_ object: [String: Any], _ indent: String) -> [String] {
      object.sorted { $0.key < $1.key }.flatMap { key, value -> [String] in
        switch value {
        case let inner as [String: Any]: ["\(indent)\(key):"] + lines(inner, indent + "  ")
        case let list as [String]: ["\(indent)\(key):"] + list.map { "\(indent)  - \($0)" }
        case let text as String: ["\(indent)\(key): '\(text.replacingOccurrences(of: "'", with: "''"))'"]
        default: ["\(indent)\(key): \(value)"]
        }
      }
    }
    return lines(["policy": policy, "sender": sender], "").joined(separator: "\n") + "\n"
  }

  private static let factKeys = ["cryptographic", "coverage", "changesAfter", "chain", "revocation", "timeStamp"]

  private func expectShape(_ report: [String: Any]) {
    for key in ["file", "decision", "codes", "indication", "integrity", "signatures", "text"] {
      #expect(report[key] != nil, "\(key)")
    }
    let text = report["text"] as? [String: Any]
    #expect((text?["vi"] as? String)?.isEmpty == false && (text?["en"] as? String)?.isEmpty == false)
    #expect(["intact", "modified", "broken", "unsigned", "unreadable"].contains(report["integrity"] as? String))
    for signature in report["signatures"] as? [[String: Any]] ?? [] {
      #expect(["signature", "docTimeStamp"].contains(signature["kind"] as? String))
      for key in ["field", "signer", "signerKind", "level"] { #expect(signature[key] != nil, "\(key)") }
      for key in Self.factKeys {
        let fact = signature[key] as? [String: Any]
        #expect(["passed", "failed", "indeterminate"].contains(fact?["result"] as? String), "\(key)")
        #expect(fact?.keys.contains("reason") == true, "\(key)")
      }
    }
  }

  @Test(
    "Every sample letter gets its verdict and one of its codes, with the policy in JSON and in YAML",
    .enabled(if: areThere, "samples/letters is not at hand"), arguments: [false, true])
  func samples(yaml: Bool) async throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(fileURLWithPath: Self.letters + "/expected.json")))
    #expect(expected.cases.count >= 60)
    try await Lienthong.inFolder { folder in
      let policy = folder.appendingPathComponent(yaml ? "policy.yaml" : "policy.json")
      try Data(try Self.policy(yaml: yaml).utf8).write(to: policy)
      let answer = try await Lienthong.run(
        [
          "verify", "--json", "--at", expected.validationTime, "--trust", Self.letters + "/pki", "--policy",
          policy.path,
        ]
          + expected.cases.map { "\(Self.letters)/\($0.file)" })
      #expect(answer.code == 1, "the worst is an unreadable letter: \(answer.complaint)")
      #expect(answer.complaint.isEmpty, "\(answer.complaint)")
      let reports = try Self.reports(answer)
      #expect(reports.count == expected.cases.count)
      for (sample, report) in zip(expected.cases, reports) {
        #expect(report["file"] as? String == "\(Self.letters)/\(sample.file)")
        expectShape(report)
        expect(report, is: sample)
      }
    }
  }

  private func expect(_ report: [String: Any], is sample: Expected.Case) {
    let decision = report["decision"] as? String
    let codes = report["codes"] as? [String] ?? []
    let allowed = sample.errors + (sample.alsoOK ?? [])
    switch sample.verdict {
    case "accept": #expect(decision == "accept" && codes.isEmpty, "\(sample.file): \(codes)")
    case "warn":
      #expect(decision == "warn" || decision == "reject", "\(sample.file): \(decision ?? "")")
      #expect(codes.contains(where: allowed.contains), "\(sample.file): \(codes)")
    case "reject":
      #expect(decision == "reject" || decision == "unreadable", "\(sample.file): \(decision ?? "")")
      #expect(codes.contains(where: allowed.contains), "\(sample.file): \(codes)")
    default: #expect(decision == "unreadable" || decision == "reject", "\(sample.file): \(decision ?? "")")
    }
  }

  @Test(
    "The exit code is 0 for accepted and warned, 3 for refused, 1 for unreadable letters",
    .enabled(if: areThere, "samples/letters is not at hand"))
  func exitCodes() async throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(fileURLWithPath: Self.letters + "/expected.json")))
    try await Lienthong.inFolder { folder in
      let policy = folder.appendingPathComponent("policy.json")
      try Data(try Self.policy(yaml: false).utf8).write(to: policy)
      let codes: [String: Int32] = ["accept": 0, "warn": 0, "reject": 3, "unreadable": 1]
      for verdict in codes.keys.sorted() {
        for sample in expected.cases.filter({ $0.verdict == verdict }).prefix(3) {
          let answer = try await Lienthong.run([
            "verify", "--json", "--at", expected.validationTime, "--trust", Self.letters + "/pki", "--policy",
            policy.path, "\(Self.letters)/\(sample.file)",
          ])
          let decision = try Self.reports(answer).first?["decision"] as? String ?? ""
          #expect(answer.code == codes[decision], "\(sample.file): \(decision), exit code \(answer.code)")
        }
      }
    }
  }

  @Test(
    "Reports fit their schema, where python3 has jsonschema", .enabled(if: areThere, "samples/letters is not at hand"))
  func schema() async throws {
    let check =
      "import sys, json, jsonschema; s = json.load(open(sys.argv[1]))\nfor l in open(sys.argv[2]): jsonschema.validate(json.loads(l), s)"
    guard try await Tool.run(["python3", "-c", "import jsonschema"]).code == 0 else { return }
    try await Lienthong.inFolder { folder in
      let files = try FileManager.default.contentsOfDirectory(atPath: Self.letters + "/pdf").sorted()
        .map { "\(Self.letters)/pdf/\($0)" }
      let answer = try await Lienthong.run(["verify", "--json", "--trust", Self.letters + "/pki"] + files)
      let lines = folder.appendingPathComponent("reports")
      try Data(answer.output.utf8).write(to: lines)
      let result = try await Tool.run([
        "python3", "-c", check, Lienthong.root.appendingPathComponent("Schemas/letter-report.schema.json").path,
        lines.path,
      ])
      #expect(result.code == 0, "\(result.output)")
      let foreign = folder.appendingPathComponent("foreign")
      try Data("{\"decision\": \"maybe\"}\n".utf8).write(to: foreign)
      let refused = try await Tool.run([
        "python3", "-c", check, Lienthong.root.appendingPathComponent("Schemas/letter-report.schema.json").path,
        foreign.path,
      ])
      #expect(refused.code != 0)
    }
  }

  // MARK: Signing and verifying

  /// A plain letter of one page.
  private static let letter: Data = {
    let objects = [
      "<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
      "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>>>>",
    ]
    var text = "%PDF-1.7\n"
    var table = "xref\n0 4\n0000000000 65535 f \n"
    for (index, object) in objects.enumerated() {
      let offset = String(text.utf8.count)
      table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
      text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
    }
    let start = text.utf8.count
    return Data((text + table + "trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n").utf8)
  }()

  private func makePKI(_ folder: URL) async throws -> (pki: String, password: String) {
    let password = folder.appendingPathComponent("password")
    try Data("mat-khau-thu\n".utf8).write(to: password)
    let pki = folder.appendingPathComponent("pki").path
    let made = try await Lienthong.run(["pki", "new", pki, "--password-file", password.path])
    #expect(made.code == 0, "\(made.complaint)")
    return (pki, password.path)
  }

  @Test("What is signed twice with time stamps is valid for pdfsig and accepted by verify; changed, it is not")
  func signTwice() async throws {
    try await Lienthong.inFolder { folder in
      let (pki, password) = try await makePKI(folder)
      let server = try TimeStampServer(key: pki + "/keys/tsa.p12", password: password, folder: folder)
      defer { server.stop() }
      let address = try await server.address()
      let names = ["letter.pdf", "once.pdf", "twice.pdf"].map { folder.appendingPathComponent($0).path }
      try Self.letter.write(to: URL(fileURLWithPath: names[0]))
      for (from, to, key) in [(names[0], names[1], "leader"), (names[1], names[2], "agency")] {
        let signed = try await Lienthong.run([
          "sign", from, "--key", "\(pki)/keys/\(key).p12", "--password-file", password, "--tsa", address, "--output",
          to,
        ])
        #expect(signed.code == 0, "\(signed.complaint)")
      }
      let good = try await Lienthong.run(["verify", "--json", "--trust", pki, names[2]])
      #expect(good.code == 0, "\(good.output)\(good.complaint)")
      let report = try #require(try Self.reports(good).first)
      #expect(report["decision"] as? String == "accept", "\(report)")
      let signatures = report["signatures"] as? [[String: Any]] ?? []
      #expect(signatures.map { $0["signerKind"] as? String } == ["person", "organisation"])
      #expect(signatures.map { $0["level"] as? String } == ["B-T", "B-T"])
      let poppler = try await Tool.run(["pdfsig", "-nocert", names[2]])
      #expect(poppler.output.components(separatedBy: "Signature is Valid").count == 3, "\(poppler.output)")

      var bytes = try Data(contentsOf: URL(fileURLWithPath: names[2]))
      bytes[bytes.startIndex + 40] ^= 1
      let changed = folder.appendingPathComponent("changed.pdf")
      try bytes.write(to: changed)
      let bad = try await Lienthong.run(["verify", "--json", "--trust", pki, changed.path])
      #expect(bad.code == 3 || bad.code == 1)
      let wrong = folder.appendingPathComponent("wrong")
      try Data("khong-dung\n".utf8).write(to: wrong)
      let refused = try await Lienthong.run([
        "sign", names[0], "--key", pki + "/keys/agency.p12", "--password-file", wrong.path, "--output",
        folder.appendingPathComponent("none.pdf").path,
      ])
      #expect(refused.code == 1 && refused.lines.count == 1, "\(refused.complaint)")
      #expect(!refused.complaint.contains("khong-dung"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("none.pdf").path))
    }
  }

  @Test("A .p7s beside its letter and a .p7m are verified; with other content they are refused")
  func cms() async throws {
    try await Lienthong.inFolder { folder in
      let (pki, _) = try await makePKI(folder)
      func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
      try Self.letter.write(to: URL(fileURLWithPath: path("letter.pdf")))
      let steps = [
        ["pkcs12", "-in", pki + "/keys/agency.p12", "-passin", "file:password", "-nodes", "-nocerts", "-out", "key"],
        ["pkcs12", "-in", pki + "/keys/agency.p12", "-passin", "file:password", "-clcerts", "-nokeys", "-out", "crt"],
        sign("letter.pdf.p7s", []), sign("letter.pdf.p7m", ["-nodetach"]),
      ]
      for step in steps {
        let done = try await Tool.run(["openssl"] + step, in: folder)
        #expect(done.code == 0, "\(done.output)")
      }
      // Only the time stamp is missing, so all else held.
      for name in ["letter.pdf.p7s", "letter.pdf.p7m"] {
        let answer = try await Lienthong.run(["verify", "--json", "--trust", pki, path(name)])
        let report = try #require(try Self.reports(answer).first)
        #expect(answer.code == 3)
        #expect(report["codes"] as? [String] == ["NO_TIMESTAMP"], "\(name): \(report)")
        #expect(report["integrity"] as? String == "intact")
        expectShape(report)
      }
      try Data("other".utf8).write(to: URL(fileURLWithPath: path("other.pdf")))
      let other = try await Lienthong.run([
        "verify", "--json", "--trust", pki, "--content", path("other.pdf"), path("letter.pdf.p7s"),
      ])
      #expect(other.code == 3)
      #expect((try Self.reports(other).first?["codes"] as? [String])?.contains("MODIFIED") == true)
      try FileManager.default.removeItem(atPath: path("letter.pdf"))
      let alone = try await Lienthong.run(["verify", "--json", "--trust", pki, path("letter.pdf.p7s")])
      #expect(alone.code == 1)
    }
  }

  private func sign(_ name: String, _ options: [String]) -> [String] {
    [
      "cms", "-sign", "-binary", "-cades", "-in", "letter.pdf", "-signer", "crt", "-inkey", "key", "-outform", "DER",
      "-out", name,
    ] + options
  }

  // MARK: Bad input

  @Test("A missing file, a folder, a wrong time and a wrong policy file are told plainly")
  func badInput() async throws {
    try await Lienthong.inFolder { folder in
      let letter = folder.appendingPathComponent("letter.pdf")
      try Self.letter.write(to: letter)
      for path in [folder.appendingPathComponent("none.pdf").path, folder.path, folder.path + "/none.pdf.p7s"] {
        let answer = try await Lienthong.run(["verify", "--json", path])
        #expect(answer.code == 1, "\(path): \(answer.complaint)")
        #expect(try Self.reports(answer).first?["decision"] as? String == "unreadable")
      }
      #expect(try await Lienthong.run(["verify", letter.path, "--at", "yesterday"]).code == 64)
      let policy = folder.appendingPathComponent("policy.yaml")
      for text in ["policy: [1, 2", "policy: {min_rsa_bits: many}", "policy: {weak_digests: [nonsense]}", "- 1"] {
        try Data(text.utf8).write(to: policy)
        let answer = try await Lienthong.run(["verify", letter.path, "--policy", policy.path])
        #expect(answer.code == 2, "\(text)")
        #expect(answer.lines.count == 1 && answer.complaint.contains("policy.yaml"), "\(answer.complaint)")
      }
      for options in [["--cache", folder.path], ["--allow-private-addresses"], ["--fetch", "--timeout", "0"]] {
        #expect(try await Lienthong.run(["verify", letter.path] + options).code == 64, "\(options)")
      }
      let missing = try await Lienthong.run(["verify", letter.path, "--policy", folder.path + "/none.yaml"])
      #expect(missing.code == 2)
      let noTrust = try await Lienthong.run(["verify", letter.path, "--trust", folder.path + "/none"])
      #expect(noTrust.code == 2 && noTrust.lines.count == 1)
      let unsigned = try await Lienthong.run(["verify", letter.path])
      #expect(unsigned.code == 3)
      #expect(unsigned.output.contains("UNSIGNED"))
    }
  }
}

/// `lienthong tsa` while a test runs.
private final class TimeStampServer {
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
        return String(line.dropFirst("tsa ready at ".count))
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw CocoaError(.fileReadUnknown)
  }

  func stop() { process.terminate() }
}
