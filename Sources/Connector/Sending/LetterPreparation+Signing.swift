import DeliveryLedger
import DossierModel
import Foundation
import LetterSignatures
import RequestLetter
import SigningCore
import VietnameseText

/// What our signatures show, and the acts in their order.
extension LetterPreparation {
  /// Initials (where configured), then the leader's signature.
  func leaderSigned(_ letter: LetterRecord, _ leader: SigningKeys.Opened) async throws -> Data {
    var pdf = try await letterToSign(letter)
    let places = try await places(of: letter)
    if let initials = keys.initials {
      pdf = try await sign(pdf, letter, with: initials, reason: "Ký nháy", places, issue: nil)
    }
    return try await sign(pdf, letter, with: leader, reason: "Ký phê duyệt", places, issue: nil)
  }

  /// The organisation's signature, with number and date where they were left open, and what the level asks for.
  func organisationSigned(_ letter: LetterRecord, _ organisation: SigningKeys.Opened) async throws -> Data {
    let signers = workplace.configuration.signers
    let places = try await places(of: letter)
    let signed = try await sign(
      try await letterToSign(letter), letter, with: organisation, reason: "Ký phát hành", places,
      issue: signers.numberAtIssue ? try Self.issue(letter) : nil)
    guard signers.level.needsValidationData else { return signed }
    let trust = try TrustStore(folder: workplace.configuration.trustFolder)
    let extended = try await LetterSigner.extend(
      pdf: [UInt8](signed), to: signers.level, trust: trust, timeStamp: timeStamps,
      SignatureRequest(claimedTime: workplace.clock(), identifier: try randomBytes(16)))
    return Data(extended)
  }

  private func sign(
    _ pdf: Data, _ letter: LetterRecord, with opened: SigningKeys.Opened, reason: String, _ places: RenderedLetter?,
    issue: IssueEntry?
  ) async throws -> Data {
    let now = workplace.clock()
    let plan = plan(opened, letter, places, issue: issue, at: now)
    let request = SignatureRequest(
      signerName: opened.name, reason: reason, location: workplace.configuration.organisation.place, claimedTime: now,
      identifier: try randomBytes(16))
    let appearances = try await AppearancePlanner.appearances(plan, in: [UInt8](pdf))
    let level = workplace.configuration.signers.level
    let signed = try await LetterSigner.sign(
      pdf: [UInt8](pdf), request, showing: appearances, with: opened.key,
      timeStamp: level.needsTimeStamp ? timeStamps : nil)
    return Data(signed)
  }

  // MARK: Places

  /// Where our letter keeps room for signatures: it is written again, which gives the same bytes; nil where it does not
  /// (it was written by an earlier version of the software).
  private func places(of letter: LetterRecord) async throws -> RenderedLetter? {
    guard let dossierHash = letter.blobs[.dossier], let letterHash = letter.blobs[.renderedLetter] else { return nil }
    let dossier = try JSONDecoder().decode(Dossier.self, from: try await workplace.ledger.readBlob(dossierHash))
    let rendered = try render(dossier, letter)
    return rendered.pdf == (try await workplace.ledger.readBlob(letterHash)) ? rendered : nil
  }

  /// The letter as it is signed first: with open room for number and date where the issue act puts them there.
  func render(_ dossier: Dossier, _ letter: LetterRecord) throws -> RenderedLetter {
    var dossier = dossier
    if workplace.configuration.signers.numberAtIssue {
      dossier.letter.number = nil
      dossier.letter.date = nil
    }
    // The PDF's date is the letter's, so that the same dossier gives the same bytes when this step is done again.
    return try renderer.render(dossier, created: letter.createdAt)
  }

  private func plan(
    _ opened: SigningKeys.Opened, _ letter: LetterRecord, _ places: RenderedLetter?, issue: IssueEntry?, at now: Date
  ) -> AppearancePlan {
    var plan = AppearancePlan(issue: issue)
    guard let appearance = opened.appearance else { return plan }
    let place = place(appearance, places)
    if let picture = opened.picture {
      plan.marks.append(.init(.picture(picture, width: appearance.width, height: appearance.height), at: place))
    }
    if !appearance.text.isEmpty {
      let text = MarkText(
        appearance.text.map { filled($0, letter, opened, now) }, alignment: opened.picture == nil ? .centre : .right)
      // Beside a picture the text would cover names; its place is the corner, as with copies.
      plan.marks.append(.init(.text(text), at: opened.picture == nil ? place : .topRight(page: 1)))
    }
    return plan
  }

  private func place(_ appearance: Configuration.AppearanceSetting, _ places: RenderedLetter?) -> AppearancePlan.Place {
    switch appearance.place {
    case .letter:
      if let places { return .within(page: places.signaturePicture.page + 1, places.signaturePicture.rect) }
      return .beside(aboveName)
    case .signature:
      // Without a leader's picture the seal keeps its place.
      if keys.leader?.appearance?.picture == nil {
        if let places { return .within(page: places.seal.page + 1, places.seal.rect) }
        return .beside(aboveName)
      }
      return .overSignature(field: nil)
    case .corner: return .topRight(page: 1)
    case .anchor(let anchor): return .beside(anchor)
    case .position(let page, let left, let bottom): return .at(page: page, x: left, y: bottom)
    }
  }

  private var aboveName: TextAnchor {
    TextAnchor(workplace.configuration.leaderName ?? workplace.configuration.organisation.name, side: .above)
  }

  private func filled(_ line: String, _ letter: LetterRecord, _ opened: SigningKeys.Opened, _ now: Date) -> String {
    line.replacingOccurrences(of: "{organisation}", with: workplace.configuration.organisation.name)
      .replacingOccurrences(of: "{signer}", with: opened.name)
      .replacingOccurrences(of: "{code}", with: letter.joinedCode ?? "")
      .replacingOccurrences(of: "{date}", with: SigningTime.date(now))
      .replacingOccurrences(of: "{time}", with: SigningTime.text(now))
  }

  private static func issue(_ letter: LetterRecord) throws -> IssueEntry {
    guard let number = letter.number, let date = letter.promulgationDate.flatMap(CalendarDate.init(iso:)) else {
      throw ConnectorError(
        .dossierRefused, vi: "Công văn chưa có số và ngày ban hành.", en: "The letter has no number and date of issue.")
    }
    return IssueEntry(number: number, day: date.day, month: date.month, year: date.year)
  }
}

extension PageBox {
  fileprivate var rect: SignatureAppearance.PageRect {
    .init(x: left, y: bottom, width: right - left, height: top - bottom)
  }
}
