import Foundation
import GRDB
import VietnameseText

/// A new row of `letters`.
struct LetterRow {
  var id: LetterID
  var direction: LetterDirection
  var state: String
  var kind: LetterKind
  var standing = LetterStanding.original
  var copyOf: LetterID?
  var sender: String
  var senderName: String?
  var receivers: [String]
  var documentId: String?
  var number: String?
  var notation: String?
  var promulgationDate: String?
  var subject: String?
  var dossierType: String?
  var dossierCode: String?
  var contentHash: String?
  var transportDocId: String?
  var nextActionAt: Date?
  var nextActor = NextActor.nobody
  var dueAt: Date?
  var createdAt: Moment

  init(draft: LetterDraft, at moment: Moment) {
    id = draft.id
    direction = .outgoing
    state = draft.state
    kind = draft.kind
    sender = draft.sender
    senderName = draft.senderName
    receivers = draft.receivers
    documentId = draft.documentId
    number = draft.number
    notation = draft.notation
    promulgationDate = draft.promulgationDate
    subject = draft.subject
    dossierType = draft.dossierType
    dossierCode = draft.dossierCode
    contentHash = draft.contentHash
    nextActionAt = draft.nextActionAt
    nextActor = draft.nextActor
    dueAt = draft.dueAt
    createdAt = moment
  }

  /// The state is filled in by the intake, in the same transaction.
  init(incoming letter: IncomingLetter, transportDocId: String, at moment: Moment) {
    id = letter.id
    direction = .incoming
    state = ""
    kind = letter.kind
    sender = letter.sender
    senderName = letter.senderName
    receivers = letter.receivers
    // Messages without a DocumentId are not all the same document.
    documentId = letter.documentId.isEmpty ? nil : letter.documentId
    number = letter.number
    notation = letter.notation
    promulgationDate = letter.promulgationDate
    subject = letter.subject
    dossierType = letter.dossierType
    contentHash = letter.contentHash
    self.transportDocId = transportDocId
    createdAt = moment
  }

  func insert(_ db: Database) throws {
    guard !id.rawValue.isEmpty else { throw LedgerError(.invalid, detail: "a letter needs an id") }
    try execute("INSERT INTO letters", "", in: db)
    try LetterSearch.index(id, in: db)
  }

  /// Inserts unless one of the unique indices says that the letter is here already; the index is the duplicate check.
  func insertUnlessKnown(_ db: Database) throws -> Bool {
    guard !id.rawValue.isEmpty else { throw LedgerError(.invalid, detail: "a letter needs an id") }
    if try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM letters WHERE id = ?)", arguments: [id.rawValue])
      ?? false
    {
      throw LedgerError(.duplicate, detail: "letter \(id) exists")
    }
    let before = db.totalChangesCount
    try execute("INSERT INTO letters", "ON CONFLICT DO NOTHING", in: db)
    guard db.totalChangesCount > before else { return false }
    try LetterSearch.index(id, in: db)
    return true
  }

  private func execute(_ verb: String, _ conflict: String, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        \(verb)
          (id, direction, state, kind, standing, copyOf, sender, senderName, receivers, documentId, number, notation,
           promulgationDate, subject, dossierType, dossierCode, codes, contentHash, transportDocId, nextActionAt,
           nextActor, dueAt, createdAt, updatedAt)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', ?, ?, ?, ?, ?, ?, ?)
        \(conflict)
        """
    ).execute(arguments: [
      id.rawValue, direction.rawValue, state, kind.rawValue, standing.rawValue, copyOf?.rawValue, sender, senderName,
      try CanonicalJSON.text(receivers), documentId, number, notation, promulgationDate, subject, dossierType,
      dossierCode, contentHash, transportDocId, nextActionAt.map { Moment($0).milliseconds }, nextActor.rawValue,
      dueAt.map { Moment($0).milliseconds }, createdAt.milliseconds, createdAt.milliseconds,
    ])
  }
}

extension LetterRecord {
  private static let columns = """
    SELECT letters.*,
      (SELECT json_group_object(role, hash) FROM letterBlobs WHERE letterBlobs.letter = letters.id) AS blobs
    FROM letters
    """

  static func fetch(_ db: Database, _ clauses: String, _ arguments: [(any DatabaseValueConvertible)?]) throws
    -> [LetterRecord]
  {
    try Row.fetchAll(
      try db.cachedStatement(sql: columns + " " + clauses), arguments: StatementArguments(arguments)
    ).map { try LetterRecord(row: $0) }
  }

  init(row: Row) throws {
    id = LetterID(row["id"])
    direction = try row.word("direction")
    state = row["state"]
    kind = try row.word("kind")
    standing = try row.word("standing")
    copyOf = (row["copyOf"] as String?).map { LetterID($0) }
    supersededBy = (row["supersededBy"] as String?).map { LetterID($0) }
    sender = row["sender"]
    senderName = row["senderName"]
    receivers = try CanonicalJSON.value([String].self, row["receivers"])
    documentId = row["documentId"]
    number = row["number"]
    notation = row["notation"]
    promulgationDate = row["promulgationDate"]
    subject = row["subject"]
    dossierType = row["dossierType"]
    dossierCode = row["dossierCode"]
    decision = row["decision"]
    codes = try CanonicalJSON.value([String].self, row["codes"])
    contentHash = row["contentHash"]
    transportDocId = row["transportDocId"]
    nextActionAt = row.date("nextActionAt")
    attempts = row["attempts"]
    lastCause = row["lastCause"]
    nextActor = try row.word("nextActor")
    dueAt = row.date("dueAt")
    isFinished = row["isFinished"]
    createdAt = Moment(milliseconds: row["createdAt"]).date
    updatedAt = Moment(milliseconds: row["updatedAt"]).date
    var blobs: [BlobRole: BlobHash] = [:]
    for (role, hash) in try CanonicalJSON.value([String: String].self, row["blobs"]) {
      guard let role = BlobRole(rawValue: role), let hash = BlobHash(rawValue: hash) else {
        throw LedgerError(.corrupt, detail: "letter \(id) has a blob that cannot be read")
      }
      blobs[role] = hash
    }
    self.blobs = blobs
  }
}

extension Row {
  /// A value of a closed list.
  func word<Value: RawRepresentable>(_ column: String) throws -> Value where Value.RawValue == String {
    guard let text = self[column] as String?, let value = Value(rawValue: text) else {
      throw LedgerError(.corrupt, detail: "column \(column) holds an unknown word")
    }
    return value
  }

  func date(_ column: String) -> Date? {
    (self[column] as Int64?).map { Moment(milliseconds: $0).date }
  }

  /// A hash that may be absent.
  func hash(_ column: String) throws -> BlobHash? {
    guard let text = self[column] as String? else { return nil }
    guard let hash = BlobHash(rawValue: text) else {
      throw LedgerError(.corrupt, detail: "column \(column) holds no hash")
    }
    return hash
  }
}
