import Foundation
import LetterSignatures
import SigningCore
import Testing

/// What other software says of what we sign: every level, kind of key and form of file, signed once, twice, three times.
@Suite("Letters signed here, seen by other software", .serialized)
struct OtherSoftwareTests {
  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  /// A form of file, and a kind of key.
  struct Case: Sendable, CustomStringConvertible {
    let name: String
    let letter: @Sendable () throws -> [UInt8]
    let level: SignatureLevel
    let key: @Sendable (SigningBench) throws -> any Signer

    var description: String { "\(name) \(level.rawValue)" }
  }

  private static let rsa: @Sendable (SigningBench) throws -> any Signer = { $0.agency }

  private static let pss: @Sendable (SigningBench) throws -> any Signer = { bench in
    try bench.pki.issueOrganisation(
      name: "Sở Thử PSS", superior: "Ủy ban nhân dân tỉnh Thử", province: "Tỉnh Thử", taxCode: "0000000001"
    ).signer(scheme: .rsaPSSSHA256)
  }

  private static func ec(_ curve: String) -> @Sendable (SigningBench) throws -> any Signer {
    { bench in
      var profile = try bench.pki.organisationProfile(
        name: "Sở Thử \(curve)", superior: "Ủy ban nhân dân tỉnh Thử", province: "Tỉnh Thử", taxCode: "0000000002")
      profile.key = .ec(curve: curve)
      profile.keyUsage = "critical,digitalSignature,nonRepudiation"
      return try profile.make(issuer: bench.pki.issuing).signer()
    }
  }

  static let cases: [Case] = [
    Case(name: "table-rsa", letter: { SigningBench.letter() }, level: .basic, key: rsa),
    Case(name: "table-pss", letter: { SigningBench.letter() }, level: .timeStamped, key: pss),
    Case(name: "table-ec256", letter: { SigningBench.letter() }, level: .archived, key: ec("P-256")),
    Case(name: "stream-rsa", letter: { SigningBench.letter(crossReferenceStream: true) }, level: .archived, key: rsa),
    Case(
      name: "stream-ec384", letter: { SigningBench.letter(crossReferenceStream: true) }, level: .basic, key: ec("P-384")
    ),
    Case(name: "hybrid-rsa", letter: { SigningBench.hybridLetter() }, level: .timeStamped, key: rsa),
    Case(name: "linearised-rsa", letter: { WrittenByQPDF.linearised }, level: .longTerm, key: rsa),
    Case(
      name: "linearised-objects-pss", letter: { WrittenByQPDF.linearisedWithObjectStreams }, level: .archived, key: pss),
    Case(name: "objects-ec256", letter: { WrittenByQPDF.objectStreams }, level: .longTerm, key: ec("P-256")),
    Case(
      name: "turned-rsa",
      letter: { PlainLetter.pdf([.init(lines: [.init(80, 700, "Cong van")], entries: "/Rotate 90")]) },
      level: .archived, key: rsa),
  ]

  private var trust: TrustStore {
    get throws {
      try bench.pki.trustStore(
        thisUpdate: SigningBench.now.addingTimeInterval(-3600), nextUpdate: SigningBench.now.addingTimeInterval(86_400))
    }
  }

  /// Signed by the agency to the case's level, then, each in an update of its own with something to be seen, by the leader
  /// and by the agency again.
  private func signed(_ own: Case) async throws -> [(name: String, pdf: [UInt8])] {
    let key = try own.key(bench)
    let stamps: SigningBench.Stamps? = own.level.needsTimeStamp ? bench.stamps : nil
    var pdf = try await LetterSigner.sign(pdf: try own.letter(), bench.request(1), with: key, timeStamp: stamps)
    pdf = try await LetterSigner.extend(pdf: pdf, to: own.level, trust: try trust, timeStamp: stamps, bench.request(2))
    let hand = AppearancePlan(marks: [
      .init(.picture(AppearanceTests.picture, width: 100, height: 50), at: .at(page: -1, x: 300, y: 100))
    ])
    let seal = AppearancePlan(marks: [
      .init(.picture(AppearanceTests.seal, width: 80, height: nil), at: .overSignature(field: nil)),
      .init(
        .text(MarkText(["Sở Thử", SigningTime.text(SigningBench.now)], alignment: .right)), at: .topRight(page: 1)),
    ])
    let twice = try await LetterSigner.sign(
      pdf: pdf, bench.request(3), showing: try await AppearancePlanner.appearances(hand, in: pdf), with: bench.leader,
      timeStamp: stamps)
    let sealed = try await AppearancePlanner.appearances(seal, in: twice)
    let thrice = try await LetterSigner.sign(
      pdf: twice, bench.request(4), showing: sealed, with: bench.agency, timeStamp: stamps)
    let all = try await LetterSigner.extend(
      pdf: thrice, to: own.level, trust: try trust, timeStamp: stamps, bench.request(5))
    return [(own.name + "-1", pdf), (own.name + "-2", twice), (own.name + "-3", all)]
  }

  private static func write(_ pdf: [UInt8], _ name: String, _ folder: URL) throws -> String {
    let file = folder.appendingPathComponent(name + ".pdf")
    try Data(pdf).write(to: file)
    return file.path
  }

  @Test("pdfsig finds every signature valid, the last over the whole file, and so do we", arguments: cases)
  func pdfsig(own: Case) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pdfsig-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try await signed(own)
    for (index, (name, pdf)) in files.enumerated() {
      let path = try Self.write(pdf, name, folder)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/pdfsig")
      process.arguments = ["-nocert", path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      // poppler 22 does not look into RSA-PSS parameters (it asks for PKCS#1 v1.5).
      let valid = output.components(separatedBy: "Signature is Valid").count - 1
      let report = bench.verify(pdf)
      let mine = report.signatures.filter { $0.kind == .signature }
      #expect(mine.count >= index + 1)
      #expect(valid == mine.count || own.name.contains("pss"), "\(name): \(output)")
      #expect(report.integrity == .intact, "\(name): \(report.detail)")
      #expect(
        report.signatures.allSatisfy { $0.cryptographic.result == .passed && $0.coverage.result == .passed },
        "\(name): \(report.detail)")
      #expect(mine.first?.level?.rawValue == own.level.rawValue, "\(name): \(mine.map(\.level))")
    }
  }

  @Test(
    "pyHanko finds every signature valid, trusted and not revoked, and nothing changed that may not",
    .enabled(if: PyHanko.isAtHand, "LIENTHONG_PYHANKO does not name bin/pyhanko of an environment with pyHanko"))
  func pyHanko() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pyhanko-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var paths: [String] = []
    for own in Self.cases {
      for (name, pdf) in try await signed(own) { paths.append(try Self.write(pdf, name, folder)) }
    }
    let roots = folder.appendingPathComponent("root.pem")
    try Data(bench.pki.root.certificate.pem.utf8).write(to: roots)
    let others = folder.appendingPathComponent("others.pem")
    let authorities = [bench.pki.issuing, bench.pki.timeStampingCA]
    try Data(authorities.map(\.certificate.pem).joined().utf8).write(to: others)
    var crls: [String] = []
    for (index, list) in try trust.revocation.crls.enumerated() {
      let file = folder.appendingPathComponent("\(index).crl")
      try Data(list.der).write(to: file)
      crls.append(file.path)
    }
    let context = PyHanko.Context(
      at: Int(SigningBench.now.timeIntervalSince1970) + 60, roots: roots.path, others: others.path, crls: crls)
    let answers = try PyHanko.examine(paths, context, in: folder)
    #expect(answers.count == paths.count)
    for answer in answers {
      #expect(answer.isGood, "\(answer)")
      // The later signatures show something, which pyHanko counts as filling in a form.
      #expect(
        answer.signatures.allSatisfy { ["NONE", "LTA_UPDATES", "FORM_FILLING"].contains($0.modification ?? "NONE") })
      #expect(answer.signatures.allSatisfy { $0.isTimeStamp || $0.stamped != false }, "\(answer)")
      let last = answer.signatures.last
      #expect(
        last?.coverage == "ENTIRE_FILE" || answer.file.contains("linearised-rsa") || answer.file.contains("objects-ec"))
    }
    // A changed byte is seen: the check can fail.
    var changed = try await signed(Self.cases[1])[2].pdf
    let at = try #require(Data(changed).range(of: Data("Cong van".utf8))?.lowerBound)
    changed[at] ^= 1
    let bad = try PyHanko.examine([try Self.write(changed, "changed", folder)], context, in: folder)
    #expect(bad.first?.isGood == false)
  }
}
