public import Foundation
import GRDB
import VietnameseText

extension Ledger {
  /// Turns an arrival into a letter, in one transaction: duplicate check, dossier code, dossier, statuses to send, events.
  ///
  /// The unique indices of `letters` are the duplicate check:
  /// - same sender, DocumentId and kind: a copy if the content is the same, otherwise a presumed update;
  /// - same sender, number, notation, date and content under another DocumentId: a copy;
  /// - recalls and updates name another document, so each content of them is one of its own.
  ///
  /// A copy or a presumed update gets neither code nor dossier. `effects` runs inside the transaction: it must be quick
  /// and pure, and what it throws undoes everything. `.stateConflict` if the arrival is settled already.
  public func settleLetter(
    arrival: ArrivalID, letter: IncomingLetter, dossier: NewDossier?, at now: Date,
    effects: @escaping @Sendable (IntakeFinding) throws -> IntakeEffects
  ) async throws -> SettledLetter {
    let moment = Moment(now)
    return try await write { [blobs, options] db in
      let arrived = try ArrivalWriter.required(arrival, in: .received, db)
      guard arrived.messageType == .edoc else {
        throw LedgerError(.invalid, detail: "arrival \(arrival) is a status")
      }
      if let superseded = letter.supersedes { try Intake.supersede(superseded, by: letter, at: moment, in: db) }
      var row = LetterRow(incoming: letter, transportDocId: arrived.transportDocId, at: moment)
      if try !row.insertUnlessKnown(db) {
        let existing = try Intake.existing(letter, in: db)
        row.standing = existing.standing
        row.copyOf = existing.letter
        guard try row.insertUnlessKnown(db) else {
          throw LedgerError(.duplicate, detail: "letter \(letter.id) cannot be kept as a copy")
        }
      }
      if let superseded = letter.supersedes {
        try LetterWriter.put([LetterLink(to: superseded, relation: "supersedes")], to: letter.id, in: db)
      }
      try LetterWriter.put(letter.blobs, to: letter.id, at: moment, blobs: blobs, in: db)
      try LetterWriter.put([.message: arrived.message], to: letter.id, at: moment, blobs: blobs, in: db)

      let existing = try row.copyOf.map { try LetterWriter.required($0, in: db) }
      let code: String?
      if let dossier, row.standing == .original {
        code = try DossierWriter.allotCode(
          dossier.codePattern, type: dossier.type, organId: letter.sender, mint: options.mintUUID, at: moment, in: db)
      } else {
        code = nil
      }
      let finding = IntakeFinding(
        standing: row.standing, existing: existing,
        existingStatuses: try existing.map {
          try TransmissionRecord.fetch(db, "WHERE letter = ? AND kind = 'status' ORDER BY id", [$0.id.rawValue])
        } ?? [],
        dossierCode: code, sameNumber: try Intake.sameNumber(letter, in: db))

      let result = try effects(finding)
      if let dossier, let code {
        try DossierWriter.insert(
          dossier, code: code, letter: letter.id, officerState: result.officerState, at: moment, in: db)
      }
      try Intake.write(result, to: letter.id, code: code, at: moment, blobs: blobs, in: db)
      try ArrivalWriter.close(arrival, as: .settled, letter: letter.id, cause: nil, at: moment, in: db)
      for transition in result.also { _ = try LetterWriter.apply(transition, at: moment, blobs: blobs, in: db) }
      return SettledLetter(
        letter: try LetterWriter.required(letter.id, in: db), finding: finding,
        transmissions: try TransmissionRecord.fetch(db, "WHERE letter = ? ORDER BY id", [letter.id.rawValue]))
    }
  }
}

/// The parts of the intake transaction.
private enum Intake {
  /// Takes the identity from a finished letter of the same sender and DocumentId.
  static func supersede(_ id: LetterID, by letter: IncomingLetter, at moment: Moment, in db: Database) throws {
    let old = try LetterWriter.required(id, in: db)
    guard old.direction == .incoming, old.sender == letter.sender, old.documentId == letter.documentId else {
      throw LedgerError(.invalid, detail: "letter \(id) is not of the same sender and DocumentId")
    }
    guard old.isFinished, old.supersededBy == nil else {
      throw LedgerError(.stateConflict, detail: "letter \(id) is not finished, or superseded already")
    }
    try db.execute(
      sql: "UPDATE letters SET supersededBy = ?, updatedAt = ? WHERE id = ?",
      arguments: [letter.id.rawValue, moment.milliseconds, id.rawValue])
    let event = NewEvent(
      kind: "letter.superseded", actor: "connector",
      sentence: ClerkSentence(
        vi: "Bên gửi đã gửi lại văn bản này với nội dung sửa đổi; xử lý tiếp ở bản mới.",
        en: "The sender sent this letter again with corrections; it goes on with the new one."),
      parameters: ["by": letter.id.rawValue])
    try LetterWriter.append([event], to: id, state: old.state, at: moment, in: db)
  }

  /// The letter that this one repeats or would change, after one of the unique indices met it.
  static func existing(_ letter: IncomingLetter, in db: Database) throws -> (standing: LetterStanding, letter: LetterID)
  {
    let byIdentity = try Row.fetchOne(
      db,
      sql: """
        SELECT id, contentHash = ?1 AS sameContent FROM letters
        WHERE direction = 'incoming' AND standing = 'original' AND supersededBy IS NULL AND sender = ?2
          AND documentId = ?3 AND kind = ?4 AND (kind IN ('new', 'replace') OR contentHash = ?1)
        """, arguments: [letter.contentHash, letter.sender, letter.documentId, letter.kind.rawValue])
    if let byIdentity {
      if byIdentity["sameContent"] == true { return (.copy, LetterID(byIdentity["id"])) }
      // A held update that is delivered twice is one update and its copy.
      let held = try String.fetchOne(
        db,
        sql: """
          SELECT id FROM letters
          WHERE direction = 'incoming' AND standing = 'presumedUpdate' AND copyOf = ?1 AND contentHash = ?2
          ORDER BY row LIMIT 1
          """, arguments: [byIdentity["id"] as String, letter.contentHash])
      return held.map { (.copy, LetterID($0)) } ?? (.presumedUpdate, LetterID(byIdentity["id"]))
    }
    let byNumber = try String.fetchOne(
      db,
      sql: """
        SELECT id FROM letters
        WHERE direction = 'incoming' AND standing = 'original' AND supersededBy IS NULL AND sender = ?
          AND number = ? AND notation = ? AND promulgationDate = ? AND kind = ? AND contentHash = ?
        """,
      arguments: [
        letter.sender, letter.number, letter.notation, letter.promulgationDate, letter.kind.rawValue,
        letter.contentHash,
      ])
    guard let byNumber else {
      throw LedgerError(.corrupt, detail: "a unique index met a letter that is not there")
    }
    return (.copy, LetterID(byNumber))
  }

  static func sameNumber(_ letter: IncomingLetter, in db: Database) throws -> [LetterID] {
    guard let number = letter.number, let notation = letter.notation else { return [] }
    return try String.fetchAll(
      db,
      sql: """
        SELECT id FROM letters
        WHERE direction = 'incoming' AND sender = ? AND number = ? AND notation = ? AND promulgationDate IS ?
          AND contentHash IS NOT ? AND id <> ?
        ORDER BY row
        """,
      arguments: [
        letter.sender, number, notation, letter.promulgationDate, letter.contentHash, letter.id.rawValue,
      ]
    ).map { LetterID($0) }
  }

  static func write(
    _ effects: IntakeEffects, to letter: LetterID, code: String?, at moment: Moment, blobs: BlobStore, in db: Database
  ) throws {
    var changes = LetterChanges()
    if let code { changes.dossierCode = .set(code) }
    if let decision = effects.decision { changes.decision = .set(decision) }
    changes.codes = .set(effects.codes)
    changes.nextActor = .set(effects.nextActor)
    if let nextActionAt = effects.nextActionAt { changes.nextActionAt = .set(nextActionAt) }
    if let dueAt = effects.dueAt { changes.dueAt = .set(dueAt) }
    changes.isFinished = .set(effects.isFinished)
    try LetterWriter.update(letter, state: effects.state, changes: changes, at: moment, in: db)
    for transmission in effects.transmissions {
      try TransmissionWriter.queue(transmission, for: letter, at: moment, blobs: blobs, in: db)
    }
    try LetterWriter.put(effects.links, to: letter, in: db)
    try LetterWriter.append(effects.events, to: letter, state: effects.state, at: moment, in: db)
  }
}
