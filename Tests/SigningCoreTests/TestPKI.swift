import Foundation
import SigningCore
import Testing

/// One throw-away infrastructure for all tests of the target; keys take time to make.
enum TestPKI {
  static let start = Date(timeIntervalSince1970: 1_577_836_800)  // 2020-01-01
  static let end = Date(timeIntervalSince1970: 2_208_988_800)  // 2040-01-01
  /// When the test's letters are signed.
  static let signed = Date(timeIntervalSince1970: 1_794_274_200)  // 2026-11-10 01:30
  static let now = Date(timeIntervalSince1970: 1_795_311_000)  // 2026-11-22 01:30
  static let day: TimeInterval = 86_400

  static let made = Result {
    let pki = try ThrowAwayPKI(.init(notBefore: start, notAfter: end))
    return Made(
      pki: pki,
      organisation: try pki.issueOrganisation(
        name: "Sở Khoa học và Công nghệ", superior: "Ủy ban nhân dân tỉnh Mẫu", province: "Mẫu", taxCode: "0100000099",
        email: "so@mau.example"),
      person: try pki.issuePerson(
        name: "Trần Thị Thử", organisation: "Ủy ban nhân dân tỉnh Mẫu", unit: "Sở Khoa học và Công nghệ",
        province: "Mẫu",
        personalNumber: "000000000001"))
  }

  struct Made {
    let pki: ThrowAwayPKI
    let organisation: CertifiedKey
    let person: CertifiedKey
  }

  static func shared() throws -> Made { try made.get() }

  /// A leaf that differs from the usual in one point.
  static func leaf(
    issuer: CertifiedKey? = nil, name: String = "Trung tâm Mẫu", _ change: (inout CertificateProfile) -> Void = { _ in }
  ) throws -> CertifiedKey {
    var profile = CertificateProfile(
      subject: [("C", "VN"), ("CN", name)], serial: try ThrowAwayPKI.randomSerial(), notBefore: start, notAfter: end)
    change(&profile)
    return try profile.make(issuer: issuer ?? shared().pki.issuing)
  }

  static func validator(
    crls: [RevocationList]? = nil, anchors: [Certificate]? = nil, policy: PathPolicy = .init()
  ) throws -> PathValidator {
    let pki = try shared().pki
    let lists =
      try crls ?? pki.revocationLists(thisUpdate: now - 2 * day, nextUpdate: now + 30 * day).map(\.list)
    return try PathValidator(
      trust: TrustStore(
        anchors: anchors ?? [pki.root.certificate],
        intermediates: [pki.issuing.certificate, pki.timeStampingCA.certificate],
        revocation: RevocationEvidence(crls: lists)), policy: policy)
  }
}

/// The `openssl` command, as a second opinion.
enum OpenSSLCommand {
  struct Output {
    let status: Int32
    let text: String
  }

  static func run(_ arguments: [String], in folder: URL) throws -> Output {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Output(status: process.terminationStatus, text: String(decoding: data, as: UTF8.self))
  }

  /// Runs `body` in a folder of its own that holds `files`, and removes it.
  static func withFolder<Result>(_ files: [String: [UInt8]], _ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("signing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
    return try body(folder)
  }
}

/// Fails unless `body` throws a SigningError with this code.
func expectCode<Result>(
  _ code: SigningError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) {
  do {
    _ = try body()
    Issue.record("no error, \(code) expected", sourceLocation: sourceLocation)
  } catch let error as SigningError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
  }
}
