public import ClerkPages
import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import VietnameseText

extension LedgerDesk {
  public func letter(_ desk: Desk, id: String) async throws -> ClerkPages.LetterPage? {
    guard let detail = try await ledger.letterDetail(LetterID(id)) else { return nil }
    let letter = detail.letter
    let names = try await names(of: [letter])
    let other = otherName(letter, names: names)
    var desk = desk
    if Self.moves(letter) { desk.refreshAfter = Self.refreshSeconds }
    let turn = LetterTurn(letter, transmissions: detail.transmissions, owner: identity.owner, other: other)
    return ClerkPages.LetterPage(
      desk: desk, id: id, direction: Self.direction(letter.direction), notation: Self.notation(letter),
      subject: letter.subject ?? "", stage: LetterStages.all.stage(of: letter),
      facts: facts(detail, try await related(detail), names: names),
      nextStep: turn.map { .init(what: $0.what, who: $0.who, by: Self.due(letter), isOurs: $0.isOurs) },
      problems: Self.problems(detail), timeline: detail.events.map { entry($0, detail, names: names) },
      attachments: attachments(letter, desk.language))
  }

  /// The letters that this one names or is named by, with what they are to it.
  private func related(_ detail: LetterDetail) async throws -> [(letter: LetterRecord, what: ClerkSentence)] {
    var related: [(letter: LetterRecord, what: ClerkSentence)] = []
    for (link, isOwn) in detail.links.map({ ($0, true) }) + detail.linkedFrom.map({ ($0, false) }) {
      guard let other = try await ledger.letter(link.other) else { continue }
      related.append((other, Self.relation(link.relation, isOwn: isOwn)))
    }
    return related
  }

  private static func list(_ related: [(letter: LetterRecord, what: ClerkSentence)]) -> ClerkSentence {
    func line(_ language: ClerkSentence.Language) -> String {
      related.map { "\($0.what[language]) \(notation($0.letter)) (\($0.letter.id.rawValue))" }.joined(separator: "; ")
    }
    return ClerkSentence(vi: line(.vietnamese), en: line(.english))
  }

  private static func relation(_ word: String, isOwn: Bool) -> ClerkSentence {
    switch (word, isOwn) {
    case ("answers", true): ClerkSentence(vi: "trả lời", en: "answers")
    case ("answers", false): ClerkSentence(vi: "được trả lời bằng", en: "answered by")
    case ("recalls", true): ClerkSentence(vi: "thu hồi", en: "recalls")
    case ("recalls", false): ClerkSentence(vi: "bị thu hồi bằng", en: "recalled by")
    case ("updates", true), ("supersedes", true): ClerkSentence(vi: "cập nhật", en: "updates")
    case ("updates", false), ("supersedes", false): ClerkSentence(vi: "được cập nhật bằng", en: "updated by")
    case ("replaces", true): ClerkSentence(vi: "thay thế", en: "replaces")
    case ("replaces", false): ClerkSentence(vi: "được thay thế bằng", en: "replaced by")
    case ("resubmits", true): ClerkSentence(vi: "bổ sung cho", en: "resubmits")
    case ("resubmits", false): ClerkSentence(vi: "được bổ sung bằng", en: "resubmitted as")
    default: ClerkSentence(vi: word, en: word)
    }
  }

  private func facts(
    _ detail: LetterDetail, _ related: [(letter: LetterRecord, what: ClerkSentence)], names: [String: String]
  ) -> [ClerkPages.LetterPage.Fact] {
    let letter = detail.letter
    var facts: [ClerkPages.LetterPage.Fact] = [
      .init(.from, .text(Self.titled(letter.sender, senderName(letter, names: names)))),
      .init(.to, .text(letter.receivers.map { Self.titled($0, names[$0]) }.joined(separator: "; "))),
    ]
    if let issued = letter.promulgationDate { facts.append(.init(.issued, .text(Self.date(issued)))) }
    if let type = letter.dossierType {
      let name = DossierType(rawValue: type)?.name
      facts.append(
        .init(
          .dossierType,
          .sentence(ClerkSentence(vi: "\(type) – \(name?.vi ?? "?")", en: "\(type) – \(name?.en ?? "?")"))))
    }
    if let dossier = detail.dossier { facts.append(.init(.rows, .text(String(dossier.rowCount)))) }
    if let code = letter.dossierCode { facts.append(.init(.dossierCode, .code(code))) }
    if let documentId = letter.documentId { facts.append(.init(.documentId, .code(documentId))) }
    if !related.isEmpty { facts.append(.init(.related, .sentence(Self.list(related)))) }
    facts.append(.init(.localId, .code(letter.id.rawValue)))
    facts.append(.init(.updated, .time(letter.updatedAt)))
    return facts
  }

  /// `yyyy-MM-dd` as `dd/MM/yyyy`; anything else as it is.
  private static func date(_ iso: String) -> String {
    let parts = iso.split(separator: "-")
    return parts.count == 3 ? parts.reversed().joined(separator: "/") : iso
  }

  private static func titled(_ code: String, _ name: String?) -> String {
    guard let name, name != code else { return code }
    return "\(name) (\(code))"
  }

  /// What is wrong with a letter that was refused, held or failed: the words that were said about it, once each.
  private static func problems(_ detail: LetterDetail) -> [ClerkPages.LetterPage.Problem] {
    let letter = detail.letter
    let codes = letter.codes.isEmpty ? nil : letter.codes.joined(separator: ", ")
    guard ["refused", "held", "failed", "declined"].contains(letter.state) else { return [] }
    // The receiver's own words with status 02 (the reason is required there) say more than our state does.
    if letter.direction == .outgoing, ["refused", "declined"].contains(letter.state),
      let reason = detail.statuses.last(where: {
        ["02", "16"].contains($0.code) && !$0.isRepeat && letter.receivers.contains($0.from)
      })?.description, !reason.isEmpty
    {
      return [.init(what: ClerkSentence(vi: reason, en: reason), code: codes)]
    }
    let said = detail.events.last { $0.kind == "letter.\(letter.state)" } ?? first(in: letter.state, of: detail.events)
    guard let said else { return [] }
    return [.init(what: said.sentence, code: codes)]
  }

  /// The event by which the letter last came to `state`: what was said since then is no reason.
  private static func first(in state: String, of events: [EventRecord]) -> EventRecord? {
    events.reversed().filter { $0.state != nil }.prefix { $0.state == state }.last
  }

  private func entry(
    _ event: EventRecord, _ detail: LetterDetail, names: [String: String]
  ) -> ClerkPages.LetterPage.Entry {
    var entry = ClerkPages.LetterPage.Entry(
      at: event.at, who: who(event.actor, names: names), what: event.sentence, statusCode: event.statusCode,
      tone: Self.tone(event))
    // A status that came: its name, and below it the very words that its sender wrote.
    if event.kind == "status.received", let code = event.statusCode,
      let status = detail.statuses.first(where: { $0.code == code && $0.receivedAt == event.at })
    {
      let name = StatusCode(code: code).name
      entry.what = name
      if let words = status.description, !words.isEmpty, words.folded != name.vi.folded { entry.note = words.nfc }
    }
    return entry
  }

  private func who(_ actor: String, names: [String: String]) -> ClerkSentence {
    switch actor {
    case "lienthong", "connector", "system":
      return ClerkSentence(vi: "Phần mềm Liên thông (\(identity.owner))", en: "LienThong (\(identity.owner))")
    case "axis":
      return ClerkSentence(vi: "Trục liên thông", en: "The axis")
    default:
      let name = names[actor] ?? actor
      return ClerkSentence(vi: name, en: name)
    }
  }

  private static func tone(_ event: EventRecord) -> Stage.Tone {
    // It is about the code of a status, but its other side has not heard that.
    if event.kind == "status.refused" { return .attention }
    switch event.statusCode {
    case "02", "16": return .refused
    case "06", "15": return .done
    default: break
    }
    if event.kind.hasPrefix("work.postponed") { return .attention }
    return event.state.map { LetterStages.all.stage(of: $0).tone } ?? .waiting
  }

  /// The letter's files that the ledger holds, by what they are, with their sizes.
  private func attachments(
    _ letter: LetterRecord, _ language: ClerkSentence.Language
  ) -> [ClerkPages.LetterPage.Attachment] {
    BlobRole.allCases.compactMap { role in
      guard let hash = letter.blobs[role] else { return nil }
      let size = try? FileManager.default.attributesOfItem(atPath: ledger.blobURL(hash).path)[.size] as? Int64
      return ClerkPages.LetterPage.Attachment(name: Self.name(role)[language], size: size ?? 0)
    }
  }

  private static func name(_ role: BlobRole) -> ClerkSentence {
    switch role {
    case .spreadsheet: ClerkSentence(vi: "Danh sách (bảng tính)", en: "The list (spreadsheet)")
    case .dossier: ClerkSentence(vi: "Hồ sơ (JSON)", en: "The dossier (JSON)")
    case .renderedLetter: ClerkSentence(vi: "Công văn chưa ký (PDF)", en: "The letter, unsigned (PDF)")
    case .personSigned:
      ClerkSentence(vi: "Công văn có chữ ký lãnh đạo (PDF)", en: "The letter, signed by the leader (PDF)")
    case .organisationSigned: ClerkSentence(vi: "Công văn đã ký số (PDF)", en: "The signed letter (PDF)")
    case .message: ClerkSentence(vi: "Gói tin edXML", en: "The edXML message")
    case .letter: ClerkSentence(vi: "Công văn nhận được (PDF)", en: "The letter received (PDF)")
    case .attachment: ClerkSentence(vi: "Tệp kèm theo", en: "An enclosed file")
    case .decision: ClerkSentence(vi: "Quyết định của cán bộ", en: "What an officer decided")
    case .report: ClerkSentence(vi: "Báo cáo kiểm tra chữ ký", en: "The report on the signatures")
    case .other: ClerkSentence(vi: "Tệp khác", en: "Another file")
    }
  }
}
