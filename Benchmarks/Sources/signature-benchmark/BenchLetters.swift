import Foundation
import LetterSignatures
import SigningCore

/// Letters of a given size, signed with a throw-away PKI.
struct BenchLetters {
  static let now = Date(timeIntervalSince1970: 1_790_000_000)

  let pki: ThrowAwayPKI
  let agency: SoftwareKey
  let trust: TrustStore
  let stamps: Stamps

  struct Stamps: TimeStamping {
    let authority: TimeStampAuthority

    func token(for digest: [UInt8], algorithm: DigestAlgorithm) async throws -> [UInt8] {
      let request = try TimeStampRequest(digest: digest, algorithm: algorithm, nonce: [1, 2, 3, 4, 5, 6, 7, 8])
      return try request.token(
        fromResponse: try authority.respond(to: request.der, at: BenchLetters.now, serial: [7, 7]))
    }
  }

  init() throws {
    let year: TimeInterval = 365 * 86_400
    pki = try ThrowAwayPKI(.init(notBefore: Self.now - year, notAfter: Self.now + year))
    agency = try pki.issueOrganisation(
      name: "Sở Thử", superior: "Ủy ban nhân dân tỉnh Thử", province: "Tỉnh Thử", taxCode: "0000000000"
    ).signer()
    trust = try pki.trustStore(thisUpdate: Self.now - 3_600, nextUpdate: Self.now + 86_400)
    stamps = Stamps(authority: try pki.timeStampAuthority())
  }

  func request(_ identifier: UInt8) -> SignatureRequest {
    SignatureRequest(
      reason: "Ban hành văn bản", claimedTime: Self.now, identifier: [UInt8](repeating: identifier, count: 16),
      capacity: 16_000)
  }

  func timeStamped(_ letter: [UInt8]) async throws -> [UInt8] {
    try await LetterSigner.sign(pdf: letter, request(1), with: agency, timeStamp: stamps)
  }

  func longTerm(_ letter: [UInt8]) throws -> [UInt8] {
    try LetterSigner.addSecurityStore(
      pdf: letter, certificates: [pki.issuing.certificate, pki.timeStampingCA.certificate, pki.root.certificate],
      evidence: trust.revocation, identifier: [UInt8](repeating: 2, count: 16))
  }

  /// An unsigned letter of about `bytes` bytes: four pages, each with text and a picture that does not pack.
  static func plain(bytes: Int) -> [UInt8] {
    let pages = 4
    var letter = Array("%PDF-1.7\n".utf8)
    var offsets: [Int] = []
    func add(_ body: String, _ data: [UInt8]? = nil) {
      offsets.append(letter.count)
      letter += Array("\(offsets.count) 0 obj\n\(body)\n".utf8)
      if let data { letter += Array("stream\n".utf8) + data + Array("\nendstream\n".utf8) }
      letter += Array("endobj\n".utf8)
    }
    let kids = (0..<pages).map { "\(4 + 3 * $0) 0 R" }.joined(separator: " ")
    add("<</Type /Catalog /Pages 2 0 R>>")
    add("<</Type /Pages /Kids [\(kids)] /Count \(pages)>>")
    add("<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>")
    var state: UInt64 = 42
    for page in 0..<pages {
      let first = 4 + 3 * page
      let text = Array("BT /F1 12 Tf 72 700 Td (Cong van thu) Tj ET q 100 0 0 100 72 300 cm /I Do Q".utf8)
      let picture = (0..<(bytes / pages)).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
      }
      add(
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents \(first + 1) 0 R /Resources <</Font <</F1 3 0 R>> /XObject <</I \(first + 2) 0 R>>>>>>"
      )
      add("<</Length \(text.count)>>", text)
      add(
        "<</Type /XObject /Subtype /Image /Width 100 /Height 100 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Length \(picture.count)>>",
        picture)
    }
    let start = letter.count
    letter += Array("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n".utf8)
    for offset in offsets {
      let digits = String(offset)
      letter += Array("\(String(repeating: "0", count: 10 - digits.count))\(digits) 00000 n \n".utf8)
    }
    return letter
      + Array("trailer\n<</Size \(offsets.count + 1) /Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n".utf8)
  }
}
