public import Foundation
import GRDB
import VietnameseText

extension Ledger {
  /// Turns an arrival into a letter, in one transaction: duplicate check, dossier code, dossier, statuses to send, events.
  ///
  /// The unique indices of `letters` are the duplicate check:
  /// - same sender, DocumentId and kind: a copy if the content is the same, otherwise a presumed update;
  /// - same sender, number, notation, date and content under another DocumentId: a copy;
  /// - recalls and updates name another document, so each content of them is one of its own;
  /// - what repeats a version that gave up its identity, or that never had one, is a copy of that and supersedes nothing;
  /// - what is not confirmed to be its sender's stays outside, and only another such letter can be a copy of it.
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
      var row = LetterRow(incoming: letter, transportDocId: arrived.transportDocId, at: moment)
      let repeated = try Intake.repeated(letter, in: db)
      let superseded = repeated == nil ? letter.supersedes : nil
      if let superseded { try Intake.supersede(superseded, by: letter, at: moment, in: db) }
      if !letter.isConfirmed { row.standing = .unconfirmed }
      if let repeated { (row.standing, row.copyOf) = (.copy, repeated) }
      if try !row.insertUnlessKnown(db) {
        (row.standing, row.copyOf) = try Intake.existing(letter, in: db)
        guard try row.insertUnlessKnown(db) else {
          throw LedgerError(.duplicate, detail: "letter \(letter.id) cannot be kept as a copy")
        }
      }
      if let superseded {
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

extension Ledger {
  // The + keeps SQLite from walking all received letters: it cannot know how few have one id.

  /// The versions of a document that `sender` sent under whichever of its codes, the oldest first: copies and recalls apart,
  /// the newest hundred.
  public func received(from sender: String, documentId: String) async throws -> [LetterRecord] {
    try await read { db in
      try LetterRecord.fetch(
        db,
        """
        WHERE documentId = ? AND +direction = 'incoming' AND sender IN (SELECT value FROM json_each(?))
          AND standing NOT IN ('copy', 'unconfirmed') AND kind <> 'recall'
        ORDER BY row DESC LIMIT 100
        """, [documentId, try AgencyForms.json(of: sender, in: db)]
      ).reversed()
    }
  }

  /// As ``received(from:documentId:)``, by what stands on the letter; a date that is nil is not compared.
  public func received(
    from sender: String, number: String, notation: String, promulgationDate: String?
  ) async throws -> [LetterRecord] {
    try await read { db in
      try LetterRecord.fetch(
        db,
        """
        WHERE number = ?1 AND notation = ?2 AND sender IN (SELECT value FROM json_each(?3)) AND +direction = 'incoming'
          AND standing NOT IN ('copy', 'unconfirmed')
          AND kind <> 'recall' AND (?4 IS NULL OR promulgationDate = ?4)
        ORDER BY row DESC LIMIT 100
        """, [number, notation, try AgencyForms.json(of: sender, in: db), promulgationDate]
      ).reversed()
    }
  }

  /// As ``received(from:documentId:)``, by the PDF that is the letter itself.
  public func received(from sender: String, letter file: BlobHash) async throws -> [LetterRecord] {
    try await read { db in
      try LetterRecord.fetch(
        db,
        """
        WHERE id IN (SELECT letter FROM letterBlobs WHERE hash = ? AND role = 'letter') AND +direction = 'incoming'
          AND sender IN (SELECT value FROM json_each(?)) AND standing NOT IN ('copy', 'unconfirmed') AND kind <> 'recall'
        ORDER BY row DESC LIMIT 100
        """, [file.rawValue, try AgencyForms.json(of: sender, in: db)]
      ).reversed()
    }
  }

  /// Lets a letter in that was `unconfirmed`, with the step of the person who vouches for its sender: it becomes an original;
  /// if another letter has its identity by now, a copy or a presumed update of that one.
  /// - Throws: `.stateConflict` if the letter is confirmed already, or no longer where `step` expects it.
  public func confirmSender(_ step: LetterTransition, at now: Date) async throws -> LetterRecord {
    let moment = Moment(now)
    return try await write { [blobs] db in
      let id = step.letter
      let letter = try LetterWriter.required(id, in: db)
      guard letter.standing == .unconfirmed else {
        throw LedgerError(.stateConflict, detail: "the sender of letter \(id) is confirmed already")
      }
      _ = try LetterWriter.apply(step, at: moment, blobs: blobs, in: db)
      let before = db.totalChangesCount
      try db.execute(
        sql: "UPDATE OR IGNORE letters SET standing = 'original' WHERE id = ?", arguments: [id.rawValue])
      if db.totalChangesCount == before {
        let existing = try Intake.existing(IncomingLetter(again: letter), in: db)
        try db.execute(
          sql: "UPDATE letters SET standing = ?, copyOf = ? WHERE id = ?",
          arguments: [existing.standing.rawValue, existing.letter?.rawValue, id.rawValue])
      }
      return try LetterWriter.required(id, in: db)
    }
  }

  /// Whether a letter that names `sender` and `documentId` is here that nobody has vouched for.
  public func holdsUnconfirmed(from sender: String, documentId: String) async throws -> Bool {
    try await read { db in
      try Bool.fetchOne(
        db,
        sql: """
          SELECT EXISTS (
            SELECT 1 FROM letters WHERE documentId = ? AND sender IN (SELECT value FROM json_each(?))
              AND +direction = 'incoming' AND standing = 'unconfirmed')
          """, arguments: [documentId, try AgencyForms.json(of: sender, in: db)]) ?? false
    }
  }

  /// Received recalls, updates or replacements of `sender` that intake marked with `code`, the oldest first; the newest
  /// hundred.
  public func receivedChanges(
    _ kind: LetterKind, from sender: String, marked code: String
  ) async throws -> [LetterRecord] {
    // The condition of a unique index word for word, so that SQLite walks this sender's letters only.
    let isOnce = kind == .new || kind == .replace
    let kinds = isOnce ? "'new', 'replace'" : "'recall', 'update'"
    let index = isOnce ? "letters_by_identity" : "letters_by_identity_and_content"
    return try await read { db in
      try LetterRecord.fetch(
        db,
        """
        INDEXED BY \(index)
        WHERE standing = 'original' AND supersededBy IS NULL AND direction = 'incoming' AND documentId IS NOT NULL
          AND kind IN (\(kinds)) AND sender IN (SELECT value FROM json_each(?1)) AND kind = ?2 AND instr(codes, ?3) > 0
        ORDER BY row DESC LIMIT 100
        """, [try AgencyForms.json(of: sender, in: db), kind.rawValue, "\"\(code)\""]
      ).reversed()
    }
  }

  /// Statuses of `sender` that came and wait, e.g. for the letter that they name, the oldest first.
  public func waitingStatuses(from sender: String) async throws -> [ArrivalRecord] {
    try await read { db in
      try ArrivalRecord.fetch(
        db,
        """
        WHERE state = 'received' AND messageType = 'status' AND attempts > 0
          AND (transportFrom IS NULL
            OR EXISTS (SELECT 1 FROM json_each(?) AS form WHERE instr(transportFrom, form.value) > 0))
        ORDER BY nextActionAt, id LIMIT 1000
        """, [try AgencyForms.json(of: sender, in: db)])
    }
  }
}

extension IncomingLetter {
  /// What tells a letter that was kept from others.
  fileprivate init(again letter: LetterRecord) {
    self.init(
      id: letter.id, kind: letter.kind, sender: letter.sender, receivers: letter.receivers,
      documentId: letter.documentId ?? "", contentHash: letter.contentHash ?? "")
    number = letter.number
    notation = letter.notation
    promulgationDate = letter.promulgationDate
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

  /// The version outside the unique indices that this letter repeats: one that a corrected letter superseded, or a presumed
  /// update; for a letter that is not confirmed, any.
  static func repeated(_ letter: IncomingLetter, in db: Database) throws -> LetterID? {
    let standings =
      letter.isConfirmed
      ? "(standing = 'presumedUpdate' OR (standing = 'original' AND supersededBy IS NOT NULL))" : "standing <> 'copy'"
    let outside = """
      +direction = 'incoming' AND sender = ?1 AND kind = ?2 AND contentHash = ?3 AND \(standings)
      ORDER BY row DESC LIMIT 1
      """
    var found: String?
    if !letter.documentId.isEmpty {
      found = try String.fetchOne(
        try db.cachedStatement(sql: "SELECT id FROM letters WHERE documentId = ?4 AND \(outside)"),
        arguments: [letter.sender, letter.kind.rawValue, letter.contentHash, letter.documentId])
    }
    if found == nil, let number = letter.number, let notation = letter.notation, let date = letter.promulgationDate {
      found = try String.fetchOne(
        try db.cachedStatement(
          sql: "SELECT id FROM letters WHERE number = ?4 AND notation = ?5 AND promulgationDate = ?6 AND \(outside)"),
        arguments: [letter.sender, letter.kind.rawValue, letter.contentHash, number, notation, date])
    }
    return found.map { LetterID($0) }
  }

  /// The letter that this one repeats or would change, after one of the unique indices met it.
  static func existing(
    _ letter: IncomingLetter, in db: Database
  ) throws -> (standing: LetterStanding, letter: LetterID?) {
    let byIdentity = try Row.fetchOne(
      db,
      sql: """
        SELECT id, contentHash = ?1 AS sameContent FROM letters
        WHERE +direction = 'incoming' AND standing = 'original' AND supersededBy IS NULL AND sender = ?2
          AND documentId = ?3 AND kind = ?4 AND (kind IN ('new', 'replace') OR contentHash = ?1)
        """, arguments: [letter.contentHash, letter.sender, letter.documentId, letter.kind.rawValue])
    if let byIdentity {
      return (byIdentity["sameContent"] == true ? .copy : .presumedUpdate, LetterID(byIdentity["id"]))
    }
    let byNumber = try String.fetchOne(
      db,
      sql: """
        SELECT id FROM letters
        WHERE +direction = 'incoming' AND standing = 'original' AND supersededBy IS NULL AND sender = ?
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
        WHERE +direction = 'incoming' AND sender = ? AND number = ? AND notation = ? AND promulgationDate IS ?
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
