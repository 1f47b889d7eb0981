import DeliveryLedger
import DossierMapping
import DossierModel
import EdXML
import Foundation
import LetterSignatures
import RequestLetter
import VietnameseText

extension DocumentIntake {
  /// Whether `document` names this body among its receivers.
  func isAddressed(_ document: EdocDocument) -> Bool {
    let own = Set(workplace.configuration.organisation.allCodes)
    return document.to.contains { own.contains($0.organId) }
  }

  func judge(
    _ document: EdocDocument, _ received: ReceivedMessage, in folder: URL, decision: OfficerDecision?
  ) async throws -> (Judgement, LetterFile?) {
    guard isAddressed(document) else {
      return (
        .leave(
          ["NOT_ADDRESSED"], vi: "Nơi nhận ghi trong gói tin không phải cơ quan này.",
          en: "The message names another receiver."), nil
      )
    }
    guard [.new, .update, .replace].contains(document.kind) else {
      return (
        .hold(
          ["BUSINESS_KIND"], vi: "Loại nghiệp vụ của gói tin không rõ: cán bộ xem và trả lời.",
          en: "The message's business kind is not known: an officer answers it."), nil
      )
    }
    let letters = try received.letters(openedIn: folder).filter { [nil, $0.name].contains(decision?.attachment) }
    guard let letter = letters.first else {
      if !mayBeRequest(subject: document.subject), try await changesNothing(document) { return (.noRequest, nil) }
      return (
        .reject(
          ["NO_LETTER"],
          ClerkSentence(
            vi: "Gói tin không có công văn PDF. Hãy gửi lại kèm công văn PDF đã ký số.",
            en: "The message has no PDF letter. Send it again with the signed PDF letter.")), nil
      )
    }
    guard letters.count > 1 else { return (try await judge(letter, of: document, received, decision), letter) }
    let choice = try await choice(among: Array(letters.prefix(Self.maximumLetters)), for: document)
    guard let index = choice.letter, choice.hold == nil, letters.count <= Self.maximumLetters else {
      if decision == nil, try await saysNoRequest(letters, document, received) { return (.noRequest, nil) }
      return (
        choice.hold
          ?? .hold(
            ["SEVERAL_LETTERS"], vi: "Gói tin có \(letters.count) tệp PDF; cán bộ chọn công văn.",
            en: "The message has \(letters.count) PDF files; an officer tells which is the letter."), nil
      )
    }
    var judgement = try await judge(letters[index], of: document, received, decision)
    judgement.codes += choice.notes
    return (judgement, letters[index])
  }

  /// PDF files of one message that are looked at.
  private static let maximumLetters = 20

  /// Each file is verified and read; which one is the letter its own number and notation say.
  private func choice(among letters: [LetterFile], for document: EdocDocument) async throws -> LetterChoice {
    let now = workplace.clock()
    let candidates = try await expectedSenders(document.from, at: now)
    var files: [LetterChoice.Candidate] = []
    for letter in letters {
      guard let path = letter.path else {
        // Its place is kept: the choice names a file by its place.
        files.append(.init(name: letter.name, sha256: "", content: nil, integrity: .unreadable, codes: []))
        continue
      }
      let report = try await report(on: letter, candidates: candidates, at: now)
      let content = try? await reader.read(try Data(contentsOf: URL(fileURLWithPath: path)))
      files.append(
        .init(
          name: letter.name, sha256: letter.sha256, content: content, integrity: report.integrity, codes: report.codes))
    }
    return LetterChoice(of: files, for: document)
  }

  private func judge(
    _ letter: LetterFile, of document: EdocDocument, _ received: ReceivedMessage, _ decision: OfficerDecision?
  ) async throws -> Judgement {
    guard let file = letter.path else {
      return .hold(["NO_LETTER"], vi: "Công văn không đọc được.", en: "The letter cannot be read.")
    }
    let now = workplace.clock()
    let candidates = try await expectedSenders(document.from, at: now)
    let report = try await report(on: letter, candidates: candidates, at: now)
    let codes = report.codes.map(\.rawValue)
    let isGood = report.decision == .accept || report.decision == .warn
    // What is no request is none of our business, whoever signed it and however badly.
    if decision == nil, !isGood || candidates.isEmpty, try await saysNoRequest([letter], document, received) {
      return .noRequest
    }
    if report.codes.filter({ !$0.isWarning }) == [.revocationUnknown] {
      // What we could not find out is no fault of the sender's.
      return .hold(
        codes, vi: "Chữ ký đúng nhưng chưa kiểm tra được chứng thư có bị thu hồi không; cập nhật CRL rồi xét lại.",
        en:
          "The signatures hold, but whether a certificate is revoked is not known: bring the CRLs up to date, then judge it again."
      )
    }
    if let later = Self.timeAhead(of: now, in: report) { return .clockDoubtful(codes, at: now, stamped: later) }
    guard isGood else {
      if document.kind == .new, try await !mayBeRequest(file, document) { return .noRequest }
      return .reject(codes, report.text)
    }
    guard !candidates.isEmpty else {
      return .hold(
        codes + ["SENDER_UNBOUND"],
        vi:
          "Chữ ký hợp lệ nhưng chưa biết chứng thư nào là của \(document.from.organId); cán bộ xác nhận rồi chạy “lienthong trust bind” và “lienthong intake judge-again”.",
        en:
          "The signatures are valid, but no certificate is bound to \(document.from.organId) yet: an officer confirms it with “lienthong trust bind”, then “lienthong intake judge-again”."
      )
    }
    return try await map(file, document, received, decision, signatureCodes: codes)
  }

  /// The time of a letter that has no other fault than a time stamp of later than `now`: as likely as not it is our own
  /// clock that is wrong, and a letter refused for that would be lost.
  static func timeAhead(of now: Date, in report: LetterReport) -> Date? {
    let faults = report.codes.filter { !$0.isWarning }
    guard faults.contains(.timeStampInvalid),
      faults.allSatisfy({ [.timeStampInvalid, .revocationUnknown].contains($0) }),
      report.integrity == .intact
    else { return nil }
    let times = report.signatures.filter { $0.timeStamp.reason == "in-the-future" }.compactMap(\.timeStampTime)
    return times.max().flatMap { $0.timeIntervalSince(now) <= longestClockError ? $0 : nil }
  }

  /// How far our own clock may be behind before a stamp is at fault (seconds).
  private static let longestClockError: TimeInterval = 48 * 3600

  /// Whether a document neither changes a letter that is here nor goes on with one.
  private func changesNothing(_ document: EdocDocument) async throws -> Bool {
    try await targets(of: document).found.isEmpty
  }

  /// Whether the subject and every one of `letters` can be read and speak for no request, so that a document is another
  /// system's; what cannot be read, and a list, may be a request.
  private func saysNoRequest(
    _ letters: [LetterFile], _ document: EdocDocument, _ received: ReceivedMessage
  ) async throws -> Bool {
    guard !mayBeRequest(subject: document.subject), letters.count <= Self.maximumLetters,
      !received.attachments.contains(where: { $0.isList || $0.isStructured }), try await changesNothing(document)
    else { return false }
    for letter in letters {
      guard let path = letter.path,
        let content = try? await reader.read(try Data(contentsOf: URL(fileURLWithPath: path))),
        content.textQuality == .text,
        mapper.map(letter: content, envelopeSubject: document.subject).verdict == .none
      else { return false }
    }
    return true
  }

  /// Whether the subject alone speaks for one of the six types, or for the authority's business as such.
  func mayBeRequest(subject: String) -> Bool {
    Self.speaksForType(mapper.map(letter: nil, envelopeSubject: subject).verdict)
      || LetterClassifier(mapping: mapping).mayBeRequest(subject: subject)
  }

  private static func speaksForType(_ verdict: TypeVerdict) -> Bool {
    switch verdict {
    case .none, .manual(guess: nil): false
    case .type, .ambiguous, .manual: true
    }
  }

  /// Whether anything in letter or header speaks for one of the six types.
  private func mayBeRequest(_ file: String, _ document: EdocDocument) async throws -> Bool {
    let content = try? await reader.read(try Data(contentsOf: URL(fileURLWithPath: file)))
    return Self.speaksForType(mapper.map(letter: content, envelopeSubject: document.subject).verdict)
      || mayBeRequest(subject: document.subject)
  }

  /// Who may speak for the sender: each certificate or subject that a person bound to its code.
  private func expectedSenders(_ from: Organization, at now: Date) async throws -> [ExpectedSender] {
    try await workplace.ledger.bindings(for: from.organId, validAt: now).map { binding in
      ExpectedSender(
        organId: from.organId, organName: from.name, expectedSubject: binding.subject ?? [:],
        certificates: binding.fingerprint.map { [$0] } ?? [])
    }
  }

  /// The report on a letter for the first of `candidates` that it satisfies; without any, for whoever signed it.
  private func report(
    on letter: LetterFile, candidates: [ExpectedSender], at now: Date
  ) async throws -> LetterReport {
    let judge = try LetterJudge(configuration: workplace.configuration)
    var first: LetterReport?
    for candidate in candidates {
      let report = await judge.reportFetching(on: letter, sender: candidate, at: now)
      if report.decision == .accept || report.decision == .warn { return report }
      // The report that speaks of the right signer says best what is wrong.
      if first == nil
        || (first?.codes.contains(.wrongOrganisation) == true && !report.codes.contains(.wrongOrganisation))
      {
        first = report
      }
    }
    if let first { return first }
    return await judge.reportFetching(on: letter, sender: nil, at: now)
  }

  private func map(
    _ file: String, _ document: EdocDocument, _ received: ReceivedMessage, _ decision: OfficerDecision?,
    signatureCodes: [String]
  ) async throws -> Judgement {
    let content: LetterContent
    do {
      content = try await reader.read(try Data(contentsOf: URL(fileURLWithPath: file)))
    } catch let error as RequestLetterError where error.code != .toolMissing {
      return .hold(
        signatureCodes + ["LETTER_UNREADABLE"], vi: "Phần mềm không đọc được công văn: \(error.clerk.vi)",
        en: "The letter cannot be read by software: \(error.clerk.en)")
    }
    let accepts = decision?.accepts == true
    guard accepts || content.isLetter(document) else {
      return .hold(
        signatureCodes + ["ENVELOPE_DIFFERS"],
        vi: "Số, ký hiệu hoặc ngày trong công văn đã ký khác với gói tin (\(document.code.joined)).",
        en: "Number, notation or date in the signed letter differ from the message (\(document.code.joined)).")
    }
    let structured = received.attachments.first(where: \.isStructured)
    let lists = received.attachments.filter { $0.isList && $0.contentId != structured?.contentId }.prefix(
      Self.maximumLists)
    let today = CalendarDate(iso: EdocTimestamp(workplace.clock()).date.iso)
    var context = RuleContext(today: today, receivedOn: today)
    context.senderIsKnown = try await isInDirectory(document.from.organId)
    let mapped = mapper.map(
      letter: content, structured: try structured?.content(),
      lists: try lists.map { .init(name: $0.name, bytes: try $0.content()) },
      envelopeSubject: document.subject, context: context,
      decided: decision?.typeDecision)
    if mapped.verdict == .none, content.textQuality == .text, decision == nil,
      try await changesNothing(document)
    {
      return .noRequest
    }
    var findings = mapped.findings
    if let service = workplace.configuration.populationCheck {
      findings += await PopulationCheck(mapping: mapping, service: service)
        .findings(in: mapped.dossier?.rows ?? [])
    }
    let errors = findings.filter { $0.severity == .error }
    let warnings = findings.filter { $0.severity == .warning }
    let codes = signatureCodes + (errors + warnings).map(\.code).uniqued()
    guard case .type(let type) = mapped.verdict, let dossier = mapped.dossier else {
      return .hold(
        codes + ["TYPE_\(mapped.verdict.name.uppercased())"],
        vi: "Không xác định chắc chắn loại hồ sơ; cán bộ xem công văn rồi chạy “lienthong intake decide --type”.",
        en: "The dossier type is not certain; an officer reads the letter and says it (“intake decide --type”).")
    }
    guard errors.isEmpty else {
      let lead = ClerkSentence(
        vi: "Hồ sơ loại \(type.rawValue) còn sai: ", en: "The type \(type.rawValue) dossier has faults: ")
      // The sender reads it in a status, which holds no more than that.
      let room = Self.maximumDescription
      let reason = ClerkSentence(
        vi: lead.vi + LetterSubmission.list(errors, .vietnamese, within: room - lead.vi.count),
        en: lead.en + LetterSubmission.list(errors, .english, within: room - lead.en.count))
      var judgement = Judgement.reject(codes, reason)
      judgement.dossier = dossier
      return judgement
    }
    // What no signature covers is a proposal, never a request.
    let unsigned = mapped.trace.filter {
      ["rows", "contact"].contains($0.field) && [.list, .structured].contains($0.source)
    }
    guard accepts || (unsigned.isEmpty && !signatureCodes.contains(LetterCode.signatureCoversText.rawValue)) else {
      return .hold(
        codes + ["UNSIGNED_CONTENT"],
        vi: "Danh sách hoặc người liên hệ không nằm trong phần được ký rõ ràng của công văn; cán bộ xem.",
        en: "Rows or contact are not clearly inside what was signed; an officer looks at the letter.")
    }
    return Judgement(
      decision: .accept, codes: codes,
      reason: ClerkSentence(
        vi: "Hồ sơ loại \(type.rawValue), \(dossier.rows.count) dòng.",
        en: "A type \(type.rawValue) dossier with \(dossier.rows.count) rows."),
      dossier: dossier)
  }

  /// Whether the axis' directory lists `code` (V22); nil while there is no directory here.
  private func isInDirectory(_ code: String) async throws -> Bool? {
    guard try await workplace.ledger.agencyCount() > 0 else { return nil }
    guard let agency = try await workplace.ledger.agency(code: code) else { return false }
    return agency.removedAt == nil
  }
}
