public import Foundation
import GRDB

extension Ledger {
  /// Writes a new outgoing letter with its first event. `.duplicate` if the id, or sender and DocumentId, exist.
  ///
  /// - Parameter also: steps of other letters, e.g. of the one that this one recalls.
  public func recordDraft(
    _ draft: LetterDraft, event: NewEvent, also: [LetterTransition] = [], at now: Date
  ) async throws -> LetterRecord {
    let moment = Moment(now)
    return try await write { [blobs] db in
      let row = LetterRow(draft: draft, at: moment)
      try row.insert(db)
      try LetterWriter.put(draft.blobs, to: draft.id, at: moment, blobs: blobs, in: db)
      for organId in Set(draft.receivers).sorted() {
        try LetterWriter.put(
          RecipientChange(organId: organId, state: draft.recipientState), to: draft.id, at: moment, in: db)
      }
      try LetterWriter.put(draft.links, to: draft.id, in: db)
      try LetterWriter.append([event], to: draft.id, state: draft.state, at: moment, in: db)
      for other in also { _ = try LetterWriter.apply(other, at: moment, blobs: blobs, in: db) }
      return try LetterWriter.required(draft.id, in: db)
    }
  }

  /// One compare-and-set step; `.stateConflict` if the letter is in another state, `.notFound` if it does not exist.
  @discardableResult
  public func advance(_ transition: LetterTransition, at now: Date) async throws -> LetterRecord {
    let moment = Moment(now)
    return try await write { [blobs] db in
      try LetterWriter.apply(transition, at: moment, blobs: blobs, in: db)
    }
  }

  /// Several letters' steps: all or none.
  @discardableResult
  public func advance(_ transitions: [LetterTransition], at now: Date) async throws -> [LetterRecord] {
    let moment = Moment(now)
    return try await write { [blobs] db in
      try transitions.map { try LetterWriter.apply($0, at: moment, blobs: blobs, in: db) }
    }
  }

  /// Letters whose time has come, the longest waiting first.
  public func dueLetters(now: Date, direction: LetterDirection? = nil, limit: Int = 50) async throws -> [LetterRecord] {
    let moment = Moment(now)
    return try await read { db in
      try LetterRecord.fetch(
        db,
        """
        WHERE nextActionAt <= ? AND (? IS NULL OR direction = ?) ORDER BY nextActionAt, row LIMIT ?
        """, [moment.milliseconds, direction?.rawValue, direction?.rawValue, limit])
    }
  }
}

/// The writes to letters, inside a transaction of the caller.
enum LetterWriter {
  static func apply(
    _ transition: LetterTransition, at moment: Moment, blobs: BlobStore, in db: Database
  ) throws -> LetterRecord {
    let id = transition.letter
    guard
      let row = try Row.fetchOne(
        try db.cachedStatement(sql: "SELECT state, updatedAt FROM letters WHERE id = ?"), arguments: [id.rawValue])
    else { throw LedgerError(.notFound, detail: "letter \(id)") }
    let found: String = row["state"]
    if let untouchedSince = transition.untouchedSince, Moment(untouchedSince).milliseconds != row["updatedAt"] {
      throw LedgerError(.stateConflict, detail: "letter \(id) was touched meanwhile")
    }
    guard transition.from.isEmpty || transition.from.contains(found) else {
      throw LedgerError(
        .stateConflict,
        detail: "letter \(id) is in state \(found), expected \(transition.from.sorted().joined(separator: " or "))")
    }
    if transition.requiresNothingSent, try TransmissionWriter.mayHaveLeft(id, in: db) {
      throw LedgerError(.stateConflict, detail: "a message of letter \(id) may have left")
    }
    let state = transition.to ?? found
    try update(id, state: state, changes: transition.changes, at: moment, in: db)
    try put(transition.blobs, to: id, at: moment, blobs: blobs, in: db)
    for recipient in transition.recipients { try put(recipient, to: id, at: moment, in: db) }
    if transition.cancelsQueued { try TransmissionWriter.cancelQueued(of: id, at: moment, in: db) }
    for transmission in transition.transmissions {
      try TransmissionWriter.queue(transmission, for: id, at: moment, blobs: blobs, in: db)
    }
    try put(transition.links, to: id, in: db)
    if let dossier = transition.dossier { try DossierWriter.change(dossier, of: id, at: moment, in: db) }
    try append(transition.events, to: id, state: state, at: moment, in: db)
    return try required(id, in: db)
  }

  /// Appends the events and notes the last one with the letter, so that verification can compare the two. The last one
  /// also names the files that came with this step, so that the log vouches for a letter's bytes.
  static func append(
    _ events: [NewEvent], to letter: LetterID, state: String, at moment: Moment, in db: Database
  ) throws {
    var last: Int64 = 0
    for (place, event) in events.enumerated() {
      var event = event
      if place == events.count - 1 {
        let files = try Row.fetchAll(
          try db.cachedStatement(sql: "SELECT role, hash FROM letterBlobs WHERE letter = ? AND addedAt = ?"),
          arguments: [letter.rawValue, moment.milliseconds])
        for row in files { event.parameters[fileParameter + row["role"]] = row["hash"] }
      }
      last = try EventChain.append(event, letter: letter, state: state, at: moment, in: db)
    }
    try db.cachedStatement(sql: "UPDATE letters SET lastEvent = ? WHERE id = ?")
      .execute(arguments: [last, letter.rawValue])
  }

  /// Before the role of a file among an event's parameters; the value is the file's hash.
  static let fileParameter = "file."

  static func put(
    _ roles: [BlobRole: BlobHash], to letter: LetterID, at moment: Moment, blobs: BlobStore, in db: Database
  ) throws {
    for (role, hash) in roles.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try mention(hash, at: moment, blobs: blobs, in: db)
      try db.cachedStatement(
        sql: """
          INSERT INTO letterBlobs (letter, role, hash, addedAt) VALUES (?, ?, ?, ?)
          ON CONFLICT (letter, role) DO UPDATE SET hash = excluded.hash, addedAt = excluded.addedAt
          """
      ).execute(arguments: [letter.rawValue, role.rawValue, hash.rawValue, moment.milliseconds])
    }
  }

  /// Makes a blob known to the rows; refuses one whose file is not there.
  static func mention(_ hash: BlobHash, at moment: Moment, blobs: BlobStore, in db: Database) throws {
    let size = try blobs.size(of: hash)
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO blobs (hash, bytes, addedAt) VALUES (?, ?, ?)")
      .execute(arguments: [hash.rawValue, size, moment.milliseconds])
  }

  static func put(_ change: RecipientChange, to letter: LetterID, at moment: Moment, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO recipients (letter, organId, state, lastCode, updatedAt) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (letter, organId) DO UPDATE SET
          state = excluded.state, lastCode = coalesce(excluded.lastCode, lastCode), updatedAt = excluded.updatedAt
        """
    ).execute(arguments: [letter.rawValue, change.organId, change.state, change.lastCode, moment.milliseconds])
  }

  static func put(_ links: [LetterLink], to letter: LetterID, in db: Database) throws {
    for link in links {
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO letterLinks (letter, other, relation) VALUES (?, ?, ?)")
        .execute(arguments: [letter.rawValue, link.other.rawValue, link.relation])
    }
  }

  static func required(_ id: LetterID, in db: Database) throws -> LetterRecord {
    guard let letter = try LetterRecord.fetch(db, "WHERE id = ?", [id.rawValue]).first else {
      throw LedgerError(.notFound, detail: "letter \(id)")
    }
    return letter
  }

  static func update(
    _ id: LetterID, state: String, changes: LetterChanges, at moment: Moment, in db: Database
  ) throws {
    var columns = ["state = ?", "updatedAt = ?"]
    var arguments: [(any DatabaseValueConvertible)?] = [state, moment.milliseconds]
    func note<Value>(
      _ column: String, _ change: Change<Value>, _ stored: (Value) throws -> any DatabaseValueConvertible,
      empty: (any DatabaseValueConvertible)? = nil
    ) rethrows {
      switch change {
      case .keep: return
      case .set(let value): arguments.append(try stored(value))
      case .clear: arguments.append(empty)
      }
      columns.append("\(column) = ?")
    }
    note("documentId", changes.documentId) { $0 }
    note("number", changes.number) { $0 }
    note("notation", changes.notation) { $0 }
    note("promulgationDate", changes.promulgationDate) { $0 }
    note("subject", changes.subject) { $0 }
    note("dossierType", changes.dossierType) { $0 }
    note("dossierCode", changes.dossierCode) { $0 }
    note("decision", changes.decision) { $0 }
    try note("codes", changes.codes, { try CanonicalJSON.text($0) }, empty: "[]")
    note("contentHash", changes.contentHash) { $0 }
    note("transportDocId", changes.transportDocId) { $0 }
    note("nextActionAt", changes.nextActionAt) { Moment($0).milliseconds }
    note("attempts", changes.attempts, { $0 }, empty: 0)
    note("lastCause", changes.lastCause) { $0 }
    note("nextActor", changes.nextActor, { $0.rawValue }, empty: NextActor.nobody.rawValue)
    note("dueAt", changes.dueAt) { Moment($0).milliseconds }
    note("isFinished", changes.isFinished, { $0 }, empty: false)
    note("standing", changes.standing) { $0.rawValue }
    arguments.append(id.rawValue)
    try db.cachedStatement(sql: "UPDATE letters SET \(columns.joined(separator: ", ")) WHERE id = ?")
      .execute(arguments: StatementArguments(arguments))
    if changes.touchesSearch { try LetterSearch.index(id, in: db) }
  }
}

extension LetterChanges {
  /// Whether a field that search looks at changes.
  fileprivate var touchesSearch: Bool {
    documentId != .keep || number != .keep || notation != .keep || subject != .keep || dossierCode != .keep
  }
}
