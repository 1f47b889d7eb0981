internal import Foundation
internal import PDFDocument
internal import SigningCore
internal import VietnameseText

extension LetterExamination {
  func report() -> LetterReport {
    let codes = Array(Set(problems.map(\.code))).sorted()
    let decision: LetterReport.Decision =
      codes.contains { !$0.isWarning } ? .reject : codes.isEmpty ? .accept : .warn
    let isUnsigned = !entries.contains { !$0.isDocumentTimeStamp }
    let integrity: LetterReport.Integrity =
      if codes.contains(.modified) { .modified } else if isUnsigned {
        .unsigned
      } else if codes.contains(.signatureInvalid) || entries.contains(where: \.own.isUnverified) {
        .broken
      } else {
        .intact
      }
    let worst = isUnsigned && integrity == .unsigned ? nil : problems.min(by: Self.weighsMore)
    let indication: LetterReport.Indication? =
      isUnsigned && integrity == .unsigned ? nil : worst?.indication ?? .totalPassed
    var report = LetterReport(
      file: nil, decision: decision, codes: codes, indication: indication, subindication: worst?.subindication,
      integrity: integrity, signatures: entries.map(facts), text: LetterReport.text(for: codes),
      detail: problems.map { "\($0.code.rawValue): \($0.detail)" })
    report.revocationNeeds = revocationNeeds
    return report
  }

  /// Of the signers' and the time stamps' certificates, each once.
  private var revocationNeeds: [RevocationNeed] {
    var needs: [RevocationNeed] = []
    for entry in entries {
      let signer = entry.chain.report?.revocationNeeds(provedTime: entry.provedTime, now: examiner.now) ?? []
      let stamp = entry.own.stampPath?.revocationNeeds(
        provedTime: entry.own.timeStampTime ?? examiner.now, now: examiner.now)
      for need in signer + (stamp ?? []) where !needs.contains(need) { needs.append(need) }
    }
    return needs
  }

  private static func weighsMore(_ left: Problem, _ right: Problem) -> Bool {
    let order: [LetterReport.Indication] = [.totalFailed, .indeterminate, .totalPassed]
    let a = order.firstIndex(of: left.indication) ?? 0
    let b = order.firstIndex(of: right.indication) ?? 0
    return a == b ? left.code < right.code : a < b
  }

  private func facts(_ entry: Entry) -> SignatureFacts {
    let signer = entry.own.signer
    let worst = entry.problems.min(by: Self.weighsMore)
    let comparison = entry.comparison
    let changesAfter: Fact =
      if let comparison {
        if let first = comparison.changes.first {
          .failed(first.what)
        } else if entry.hasBytesAfter {
          .failed("bytes_after_the_end")
        } else if comparison.metadataChanged {
          .passed("description-only")
        } else if comparison.base.number < comparison.current.number {
          .passed("permitted-updates-only")
        } else {
          .passed
        }
      } else {
        // After a CMS there is nothing that could be changed later.
        file == nil ? .passed : .indeterminate("not-checked")
      }
    return SignatureFacts(
      field: entry.field.name, kind: entry.isDocumentTimeStamp ? .docTimeStamp : .signature,
      subFilter: entry.subFilter, signer: signer?.subject.description, signerName: signer?.subject["CN"],
      signerKind: entry.identity?.kind ?? .unknown, signerKindBy: entry.identity?.rule,
      certificate: signer.map {
        SignatureFacts.SigningCertificate(
          subject: $0.subject.description, issuer: $0.issuer.description, serial: $0.serialHex,
          fingerprint: $0.fingerprint, notBefore: $0.notBefore, notAfter: $0.notAfter)
      }, cryptographic: entry.own.cryptographic,
      coverage: entry.coverage.fault.map { .failed($0.rawValue) } ?? .passed, changesAfter: changesAfter,
      chain: entry.isDocumentTimeStamp ? stampChain(entry) : entry.chain.chain,
      chainNow: entry.isDocumentTimeStamp ? entry.own.chainNow : entry.chain.chainNow,
      revocation: entry.isDocumentTimeStamp ? entry.own.stampRevocation : entry.chain.revocation,
      revocationEvidence: RevocationFact.all(in: entry.chain.report, role: .signer)
        + RevocationFact.all(in: entry.own.stampPath, role: .timeStamp),
      timeStamp: entry.own.timeStamp, level: level(entry), claimedTime: entry.own.claimedTime,
      timeStampTime: entry.own.timeStampTime, provedTime: entry.provedTime,
      revision: entry.coverage.revision.map { $0.number + 1 }, revisions: file?.revisions.count ?? 1,
      changes: comparison?.changes ?? [], indication: worst?.indication ?? .totalPassed,
      subindication: worst?.subindication)
  }

  private func stampChain(_ entry: Entry) -> Fact {
    guard let path = entry.own.stampPath else { return .indeterminate("not-checked") }
    return Fact(Finding.worst([path.path, path.validity, path.keyUsage, path.algorithms]))
  }

  /// The baseline level by what the file has (ETSI EN 319 142-1, 6.3); whether that holds is told apart.
  private func level(_ entry: Entry) -> SignatureFacts.Level? {
    guard !entry.isDocumentTimeStamp, entry.own.cms != nil else { return nil }
    let isOld =
      entry.subFilter == "adbe.pkcs7.detached" || (file == nil && entry.own.cms?.signingCertificate.isPassed != true)
    guard entry.own.timeStamp != .indeterminate("absent") else { return isOld ? .pkcs7B : .bB }
    guard hasLongTermData(entry) else { return isOld ? .pkcs7T : .bT }
    let archived = entries.contains {
      $0.isDocumentTimeStamp && $0.signedEnd > entry.signedEnd
    }
    if archived { return isOld ? .pkcs7LTA : .bLTA }
    return isOld ? .pkcs7LT : .bLT
  }

  /// Whether the file itself has a list or response for each certificate below the anchor.
  private func hasLongTermData(_ entry: Entry) -> Bool {
    let evidence = examiner.store.evidence
    guard examiner.store.isPresent, let chain = entry.chain.report?.chain, chain.count > 1 else { return false }
    let issuers = Set(evidence.crls.map(\.issuer))
    return chain.dropLast().enumerated().allSatisfy { index, certificate in
      issuers.contains(certificate.issuer) || (index == 0 && !evidence.ocspResponses.isEmpty)
    }
  }
}

extension LetterReport {
  /// The sentences for the weightiest codes; what another code already says is left out.
  static func text(for codes: [LetterCode]) -> ClerkSentence {
    var shown = codes
    if codes.contains(.wrongOrganisation) { shown.removeAll { $0 == .wrongSignerKind } }
    if codes.contains(.certificateNotYetValid) { shown.removeAll { $0 == .certificateExpired } }
    if codes.contains(.modified) { shown.removeAll { $0 == .signatureInvalid || $0 == .unsigned } }
    if shown.contains(where: { !$0.isWarning }) { shown.removeAll(where: \.isWarning) }
    guard !shown.isEmpty else { return LetterCode.accepted }
    let sentences = shown.prefix(3).map(\.clerk)
    return ClerkSentence(
      vi: sentences.map(\.vi).joined(separator: " "), en: sentences.map(\.en).joined(separator: " "))
  }

  /// The report on a file of which nothing can be told.
  static func unreadable(_ error: PDFError, codes: [LetterCode] = [.malformed]) -> LetterReport {
    LetterReport(
      file: nil, decision: .unreadable, codes: codes, indication: nil, subindication: nil, integrity: .unreadable,
      signatures: [], text: error.clerk, detail: ["MALFORMED: \(error.detail)"])
  }
}
