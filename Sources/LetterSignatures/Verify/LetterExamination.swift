internal import Foundation
internal import PDFDocument
internal import SigningCore

/// All signatures of one readable letter, examined together: they prove times for each other, and the policy looks at all.
struct LetterExamination {
  /// One signature with all that was found.
  struct Entry {
    let field: SignatureField
    let coverage: SignatureCoverage
    let subFilter: String?
    var own: SignatureExaminer.Own
    let comparison: RevisionComparison?
    var chain = SignatureExaminer.Chain()
    var identity: SignerIdentity?
    var provedTime = Date.distantPast
    /// There is something after the last revision.
    var hasBytesAfter = false
    /// What speaks against this signature by itself.
    var problems: [Problem] = []

    var isDocumentTimeStamp: Bool { subFilter == "ETSI.RFC3161" }
    var signedEnd: Int { coverage.signed.last?.upperBound ?? 0 }
    /// Sound in itself: the bytes it covers are what was signed.
    var isSound: Bool { coverage.fault == nil && own.cryptographic.result == .passed }
  }

  let examiner: SignatureExaminer
  private(set) var entries: [Entry] = []
  private(set) var problems: [Problem] = []
  private let sender: ExpectedSender?
  /// Nil when the signature stands in a CMS file, where there are no fields, pages and revisions.
  let file: PDFFile?

  init(_ examiner: SignatureExaminer, of file: PDFFile, sender: ExpectedSender?) throws(PDFError) {
    self.examiner = examiner
    self.file = file
    self.sender = sender
    try collect(file)
    try findRemovedSignatures(file)
    try checkTrailingBytes(file)
    judgeChains()
    judgePolicy()
  }

  /// The one signature of a CMS file, over the whole of the examiner's source.
  init(_ examiner: SignatureExaminer, cms: [UInt8], notes: [Problem], sender: ExpectedSender?) {
    self.examiner = examiner
    self.file = nil
    self.sender = sender
    let coverage = SignatureCoverage(cms: cms, content: 0..<examiner.source.count)
    var own = SignatureExaminer.Own()
    examiner.examineSignature(coverage, isCAdES: false, &own)
    let field = SignatureField(name: "CMS", reference: nil, dictionary: PDFDictionary(), value: nil)
    entries = [
      Entry(field: field, coverage: coverage, subFilter: nil, own: own, comparison: nil, problems: own.problems)
    ]
    problems = notes + own.problems
    judgeChains()
    judgePolicy()
  }

  // MARK: Steps

  private mutating func collect(_ file: PDFFile) throws(PDFError) {
    let signed = try file.signatureFields(in: file.current).filter(\.isSigned)
    guard signed.count <= LetterVerifier.signatureLimit else { throw PDFError(.tooMany, "too many signatures") }
    var values: Set<PDFReference> = []
    let budget = RevisionComparison.Budget()
    for field in signed {
      let coverage = try SignatureCoverage(of: field, in: file)
      let subFilter = try coverage.dictionary.map { dictionary throws(PDFError) in
        try file.resolve(dictionary["SubFilter"], in: file.current).name
      }
      let own = examiner.examine(coverage, subFilter: subFilter ?? nil)
      var comparison: RevisionComparison?
      if let revision = coverage.revision, coverage.fault == nil {
        comparison = try RevisionComparison(
          file, since: revision, forbidsSignatures: try file.isFinal(field, in: file.current), budget: budget)
      }
      var found = own.problems
      if let fault = coverage.fault {
        // Where signed bytes are no longer there, their digest cannot fit.
        found.append(
          .failed(
            .modified, fault == .byteRangeBeyondFile ? .hashFailure : .formatFailure,
            "coverage of “\(field.name)”: \(fault.rawValue)"))
      }
      if let holder = field.holder, !values.insert(holder).inserted {
        found.append(.failed(.modified, .formatFailure, "two fields share one signature"))
      }
      if let comparison { found += Self.judge(comparison) }
      problems += found
      entries.append(
        Entry(
          field: field, coverage: coverage, subFilter: subFilter ?? nil, own: own, comparison: comparison,
          problems: found))
    }
    entries.sort { $0.signedEnd < $1.signedEnd }
  }

  private static func judge(_ comparison: RevisionComparison) -> [Problem] {
    var found = comparison.changes.prefix(20).map { change in
      Problem.open(
        .modified, .formatFailure,
        "changed after signing: \(change.what)" + (change.object.map { ", object \($0)" } ?? "")
          + (change.page.map { ", page \($0)" } ?? ""))
    }
    if comparison.metadataChanged {
      found.append(.policy(.metadataUpdated, "the file's description was changed after signing"))
    }
    return found
  }

  /// Whether the field's picture lies over text or pictures of a page, or over something that cannot be told.
  private func coversInk(_ field: SignatureField, _ file: PDFFile) -> Bool {
    guard let pages = try? file.pages(in: file.current) else { return true }
    for (reference, rectangle) in visibleWidgets(of: field, file) {
      guard let rectangle else { return true }
      // Where it is shown is what the pages list, not what the widget says.
      var shown = pages.filter { page in
        let list = try? file.resolve(file.object(page, in: file.current).dictionary?["Annots"], in: file.current).array
        return list?.contains { $0.reference == reference } ?? false
      }
      if shown.isEmpty { shown = pages }
      for page in shown {
        guard let places = file.inkedPlaces(on: page, in: file.current) else { return true }
        if places.contains(where: rectangle.overlaps) { return true }
      }
    }
    return false
  }

  /// The field's widgets that show, each with its rectangle, or nil for one whose rectangle is not clear.
  private func visibleWidgets(of field: SignatureField, _ file: PDFFile) -> [(PDFReference?, PDFRectangle?)] {
    var widgets: [(PDFReference?, PDFDictionary)] = [(field.reference, field.dictionary)]
    for kid in (try? file.resolve(field.dictionary["Kids"], in: file.current).array) ?? [] {
      if let widget = try? file.resolve(kid, in: file.current).dictionary { widgets.append((kid.reference, widget)) }
    }
    return widgets.compactMap { reference, widget in
      // Hidden and NoView (ISO 32000-1, table 165).
      guard (widget["F"]?.integer ?? 0) & (2 | 32) == 0, let rect = widget["Rect"] else { return nil }
      guard let numbers = try? file.resolve(rect, in: file.current).array?.compactMap(\.number),
        let rectangle = PDFRectangle(numbers)
      else { return (reference, nil) }
      guard rectangle.right - rectangle.left >= 1, rectangle.top - rectangle.bottom >= 1 else { return nil }
      return (reference, rectangle)
    }
  }

  /// A signature that an earlier revision has and the last one has not, or has otherwise.
  private mutating func findRemovedSignatures(_ file: PDFFile) throws(PDFError) {
    let present = Set(entries.compactMap(\.field.holder))
    for revision in file.revisions where revision.number < file.current.number {
      guard let fields = try? file.signatureFields(in: revision) else { continue }
      for field in fields where field.isSigned {
        if let holder = field.holder, present.contains(holder),
          file.samePlace(holder.number, in: revision, and: file.current)
        {
          continue
        }
        problems.append(.open(.modified, .formatFailure, "a signature was taken out"))
        return
      }
    }
  }

  private mutating func checkTrailingBytes(_ file: PDFFile) throws(PDFError) {
    guard !entries.isEmpty || problems.contains(where: { $0.code == .modified }) else { return }
    var start = file.trailingRange.lowerBound
    if let last = entries.last, last.coverage.revision?.number == file.current.number {
      start = max(start, last.signedEnd)
    } else {
      // After a revision that no signature ends, one end of line is natural.
      let next = try file.source.copy(start..<min(file.end, start + 2))
      if next.first == 0x0A {
        start += 1
      } else if next == [0x0D, 0x0A] {
        start += 2
      } else if next.first == 0x0D {
        start += 1
      }
    }
    guard start < file.end else { return }
    let rest = try file.source.copy(start..<min(file.end, start + 3))
    if file.end - start <= 2, rest.allSatisfy({ $0 == 0x0A || $0 == 0x0D }) {
      problems.append(.policy(.trailingWhitespace, "an end of line after the last %%EOF"))
    } else {
      let problem = Problem.open(.modified, .formatFailure, "\(file.end - start) bytes after the last %%EOF")
      problems.append(problem)
      for index in entries.indices {
        entries[index].hasBytesAfter = true
        entries[index].problems.append(problem)
      }
    }
  }

  /// Judges each certificate at the time that is proved for it: its own time stamp, else the earliest one that covers it.
  private mutating func judgeChains() {
    judgeCompromisedStamps()
    for index in entries.indices {
      let entry = entries[index]
      if entry.isDocumentTimeStamp {
        entries[index].provedTime = entry.own.stampedTime ?? examiner.now
        continue
      }
      var proof = entry.own.stampedTime
      if proof == nil, entry.isSound {
        let covering = entries[(index + 1)...].filter { $0.isSound && $0.signedEnd > entry.signedEnd }
        proof = covering.compactMap(\.own.stampedTime).min()
      }
      entries[index].provedTime = proof ?? examiner.now
      let chain = examiner.examineChain(entry.own.signer, entry.own.cms, proof: proof)
      entries[index].chain = chain
      entries[index].problems += chain.problems
      problems += chain.problems
      if let signer = entry.own.signer {
        entries[index].identity = SignerIdentity(signer, policy: examiner.policy, sender: sender)
      }
      if let stamped = entry.own.stampedTime, let claimed = entry.own.claimedTime,
        claimed > stamped.addingTimeInterval(SignatureExaminer.localTimeTolerance)
      {
        problems.append(.policy(.timeOrder, "the claimed signing time is later than the time stamp"))
      }
    }
    let times = entries.compactMap(\.own.stampedTime)
    for (earlier, later) in zip(times, times.dropFirst())
    where later.addingTimeInterval(SignatureExaminer.clockTolerance) < earlier {
      problems.append(.policy(.timeOrder, "a later signature has an earlier time stamp"))
    }
  }

  /// A time stamp of an authority whose key was lost later holds only where a later one proves that it existed before.
  private mutating func judgeCompromisedStamps() {
    // The later ones first: they prove the earlier ones.
    for index in entries.indices.reversed() {
      guard let date = entries[index].own.compromisedAt else { continue }
      let signedEnd = entries[index].signedEnd
      let isProved = entries[(index + 1)...].contains { later in
        later.isSound && later.signedEnd > signedEnd && later.own.stampedTime.map { $0 < date } ?? false
      }
      guard !isProved else { continue }
      let problem = Problem.open(
        .timeStampInvalid, .revokedNoProof, "time stamp: its authority was revoked later, and its key may be lost")
      entries[index].own.timeStamp = .failed("authority-compromised")
      entries[index].own.stampedTime = nil
      entries[index].problems.append(problem)
      problems.append(problem)
    }
  }

  private mutating func judgePolicy() {
    let signatures = entries.indices.filter { !entries[$0].isDocumentTimeStamp }
    guard let last = signatures.last else {
      if !problems.contains(where: { $0.code == .modified }) || entries.isEmpty {
        problems.insert(.policy(.unsigned, "no signature of anyone"), at: 0)
      }
      return
    }
    let organisation = signatures.last { entries[$0].identity?.kind == .organisation }
    let deciding = organisation ?? last
    // Of what cannot be read at all, nothing more is told: it is refused as such.
    if organisation == nil, entries[deciding].own.cms == nil { return }
    if entries[deciding].own.timeStamp == .indeterminate("absent") {
      problems.append(.policy(.noTimeStamp, "no signature time stamp"))
    }
    guard let organisation else {
      problems.append(.policy(.wrongSignerKind, "no organisation's signature"))
      return
    }
    if entries[organisation].identity?.rule == SignerIdentity.nameRule {
      problems.append(.policy(.signerKindByName, "only the certificate's name says that it is an organisation's"))
    }
    if let sender {
      switch entries[organisation].identity?.isSender {
      case true?: break
      case false?:
        problems.append(.policy(.wrongOrganisation, "the last organisation's signature is not the sender's"))
        problems.append(.policy(.wrongSignerKind, "the sender's signature is missing"))
      case nil:
        if !sender.isRegistered {
          problems.append(.policy(.senderUnregistered, "no certificate or subject is registered for the sender"))
        }
      }
    }
    if examiner.policy.requirePerson,
      !signatures.contains(where: { $0 < organisation && entries[$0].identity?.kind == .person })
    {
      problems.append(.policy(.personSignatureMissing, "no person's signature before the organisation's"))
    }
    if let file, signatures.contains(where: { $0 > organisation && coversInk(entries[$0].field, file) }) {
      problems.append(
        .policy(.signatureCoversText, "a signature added after the organisation's shows over the letter's content"))
    }
  }
}
