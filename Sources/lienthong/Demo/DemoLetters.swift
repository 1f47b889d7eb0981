import Connector
import DossierModel
import Foundation
import LetterSignatures
import RequestLetter
import SigningCore

/// Letters that a careless sender, or an attacker, might send.
struct DemoLetters {
  static let notation = "SVD-VP"
  let scene: DemoScene
  let timeStampServer: String

  /// The letter as it was written, without any signature.
  func unsigned(number: String) throws -> URL {
    try save(try render(number: number), "cong-van-\(number)-chua-ky.pdf")
  }

  /// A letter that both signed, of which one byte was changed afterwards.
  func changedAfterSigning(number: String) async throws -> URL {
    var pdf = try render(number: number)
    let now = Date()
    for key in ["leader", "agency"] {
      let bytes = try Data(contentsOf: scene.path("pki/keys/\(key).p12"))
      let signer = try SoftwareKey(pkcs12: [UInt8](bytes), password: scene.keyPassword)
      pdf = try await LetterSigner.sign(
        pdf: pdf,
        SignatureRequest(
          signerName: signer.certificate.subject["CN"], claimedTime: now, identifier: try randomBytes(16)),
        with: signer, timeStamp: TimeStampService(servers: [timeStampServer]))
    }
    // Inside the first stream of the first page: what the reader would see differs from what was signed.
    let mark = Data("stream\n".utf8)
    let start = Data(pdf).range(of: mark)?.upperBound ?? pdf.count / 2
    pdf[start + 40] ^= 0x01
    return try save(pdf, "cong-van-\(number)-bi-sua.pdf")
  }

  private func render(number: String) throws -> [UInt8] {
    let configuration = try Configuration(contentsOf: scene.agencyConfiguration.path)
    guard let date = CalendarDate(vietnamese: String(StatusText.time(Date()).prefix(10))) else { return [] }
    let order = LetterSubmission.Order(
      type: .persons, number: number, notation: Self.notation, date: date, list: scene.list)
    let ledger = try Workplace.openLedger(configuration)
    let dossier = try LetterSubmission(configuration: configuration, ledger: ledger).compose(order)
    return [UInt8](try LetterRenderer().render(dossier, created: Date()).pdf)
  }

  private func save(_ pdf: [UInt8], _ name: String) throws -> URL {
    let file = scene.path("letters/\(name)")
    try Data(pdf).write(to: file)
    return file
  }
}
