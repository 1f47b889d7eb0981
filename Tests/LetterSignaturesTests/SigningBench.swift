import Foundation
import LetterSignatures
import SigningCore

/// A throw-away PKI with a leader and an agency, and a plain letter to sign.
struct SigningBench {
  static let now = Date(timeIntervalSince1970: 1_790_000_000)

  let pki: ThrowAwayPKI
  let leader: SoftwareKey
  let agency: SoftwareKey
  let stamps: Stamps
  let verifier: LetterVerifier
  let sender: ExpectedSender

  struct Stamps: TimeStamping {
    let authority: TimeStampAuthority
    let time: Date

    func token(for digest: [UInt8], algorithm: DigestAlgorithm) async throws -> [UInt8] {
      let request = try TimeStampRequest(digest: digest, algorithm: algorithm, nonce: [1, 2, 3, 4, 5, 6, 7, 8])
      return try request.token(fromResponse: try authority.respond(to: request.der, at: time, serial: [7, 7]))
    }
  }

  /// One bench for all tests: making its keys takes a while.
  static let shared = Result { try SigningBench() }

  private init() throws {
    let year: TimeInterval = 365 * 86_400
    pki = try ThrowAwayPKI(
      .init(notBefore: Self.now.addingTimeInterval(-year), notAfter: Self.now.addingTimeInterval(year)))
    leader = try pki.issuePerson(
      name: "Lò Thị Thử", organisation: "Tỉnh Thử", unit: "Sở Thử", province: "Tỉnh Thử", personalNumber: "000000000000"
    ).signer()
    agency = try pki.issueOrganisation(
      name: "Sở Thử", superior: "Ủy ban nhân dân tỉnh Thử", province: "Tỉnh Thử", taxCode: "0000000000"
    ).signer()
    stamps = Stamps(authority: try pki.timeStampAuthority(), time: Self.now)
    var policy = LetterPolicy()
    policy.requirePerson = true
    verifier = try LetterVerifier(
      trust: try pki.trustStore(
        thisUpdate: Self.now.addingTimeInterval(-3600), nextUpdate: Self.now.addingTimeInterval(86_400)), policy: policy
    )
    sender = ExpectedSender(organId: "000.00.00", certificates: [agency.certificate.fingerprint])
  }

  func request(_ identifier: UInt8, appearance: SignatureAppearance? = nil) -> SignatureRequest {
    SignatureRequest(
      reason: "Ban hành văn bản", claimedTime: Self.now, identifier: [UInt8](repeating: identifier, count: 16),
      appearance: appearance, capacity: 9000)
  }

  /// Signed by the leader, then by the agency, both with time stamps.
  func signedTwice(_ letter: [UInt8]) async throws -> [UInt8] {
    let once = try await LetterSigner.sign(pdf: letter, request(1), with: leader, timeStamp: stamps)
    return try await LetterSigner.sign(pdf: once, request(2), with: agency, timeStamp: stamps)
  }

  func verify(_ letter: [UInt8]) -> LetterReport {
    verifier.verify(letter, sender: sender, at: Self.now.addingTimeInterval(600))
  }

  /// A letter of two pages, with a cross-reference table or stream.
  static func letter(crossReferenceStream: Bool = false) -> [UInt8] {
    let content = "BT /F1 12 Tf 72 700 Td (Cong van thu) Tj ET"
    let objects = [
      "<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R 6 0 R] /Count 2>>",
      "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Resources <</Font <</F1 4 0 R>>>> /Contents 5 0 R>>",
      "<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>",
      "<</Length \(content.utf8.count)>>\nstream\n\(content)\nendstream",
      "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Resources <<>> /Annots []>>",
    ]
    var bytes = Array("%PDF-1.7\n".utf8)
    var offsets: [Int] = []
    for (index, object) in objects.enumerated() {
      offsets.append(bytes.count)
      bytes += Array("\(index + 1) 0 obj\n\(object)\nendobj\n".utf8)
    }
    let start = bytes.count
    if crossReferenceStream {
      var entries = [UInt8](repeating: 0, count: 6)
      for offset in offsets + [start] { entries += [1, 0, 0, UInt8(offset >> 8), UInt8(offset & 255), 0] }
      bytes += Array(
        "7 0 obj\n<</Type /XRef /Size 8 /Root 1 0 R /W [1 4 1] /Length \(entries.count)>>\nstream\n".utf8)
      bytes += entries
      bytes += Array("\nendstream\nendobj\n".utf8)
    } else {
      bytes += Array("xref\n0 7\n0000000000 65535 f \n".utf8)
      for offset in offsets {
        let digits = String(offset)
        bytes += Array("\(String(repeating: "0", count: 10 - digits.count))\(digits) 00000 n \n".utf8)
      }
      bytes += Array("trailer\n<</Size 7 /Root 1 0 R>>\n".utf8)
    }
    return bytes + Array("startxref\n\(start)\n%%EOF\n".utf8)
  }

  /// The letter in `text` with a cross-reference table that fits its objects again.
  static func rebuilt(_ text: String) -> [UInt8] {
    guard let end = text.range(of: "xref\n")?.lowerBound else { return [] }
    let body = String(text[..<end])
    var table = "xref\n0 7\n0000000000 65535 f \n"
    for number in 1...6 {
      let place = body.range(of: "\n\(number) 0 obj")?.lowerBound ?? body.startIndex
      let offset = String(body.utf8.distance(from: body.startIndex, to: place) + 1)
      table += "\(String(repeating: "0", count: 10 - offset.count))\(offset) 00000 n \n"
    }
    return Array(
      (body + table + "trailer\n<</Size 7 /Root 1 0 R>>\nstartxref\n\(body.utf8.count)\n%%EOF\n").utf8)
  }

  /// The letter with a hybrid cross-reference: the font is hidden from readers that know tables only.
  static func hybridLetter() -> [UInt8] {
    let text = String(decoding: letter(), as: UTF8.self)
    guard let end = text.range(of: "xref\n")?.lowerBound, let font = text.range(of: "4 0 obj")?.lowerBound else {
      return []
    }
    var bytes = Array(text[..<end].utf8)
    let offset = text.utf8.distance(from: text.startIndex, to: font)
    let stream = bytes.count
    bytes += Array(
      "7 0 obj\n<</Type /XRef /Size 8 /W [1 4 1] /Index [4 1] /Root 1 0 R /Length 6>>\nstream\n".utf8)
    bytes += [1, 0, 0, UInt8(offset >> 8), UInt8(offset & 255), 0]
    bytes += Array("\nendstream\nendobj\n".utf8)
    var table = rebuilt(text)
    table.removeFirst(text.utf8.distance(from: text.startIndex, to: end))
    var lines = String(decoding: table, as: UTF8.self).components(separatedBy: "\n")
    // Line 0 is “xref”, 1 the range, 2 object 0.
    lines[6] = "0000000000 00000 f "
    lines[1] = "0 7"
    let start = bytes.count
    let tail =
      lines[..<9].joined(separator: "\n")
      + "\ntrailer\n<</Size 8 /Root 1 0 R /XRefStm \(stream)>>\nstartxref\n\(start)\n%%EOF\n"
    return bytes + Array(tail.utf8)
  }
}
