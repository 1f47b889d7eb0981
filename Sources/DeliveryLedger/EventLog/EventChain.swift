import Foundation
import GRDB
import SigningCore
import VietnameseText

/// The hash chain of the event log.
///
/// A row's hash is SHA-256 over its fields in fixed order, each as `<byte count>:<UTF-8 bytes>`, an absent one as `-`,
/// the last being the hash of the row before. The first row follows the hash of the ledger's own identity, so that a
/// log cannot be exchanged for another ledger's.
enum EventChain {
  static func hash(
    seq: Int64, at: Int64, letter: String?, actor: String, kind: String, state: String?, statusCode: String?,
    vi: String, en: String, parameters: String, detail: String?, previous: Data
  ) throws -> Data {
    var bytes = Data()
    bytes.reserveCapacity(512)
    for field in [
      "lienthong-event-1", String(seq), String(at), letter, actor, kind, state, statusCode, vi, en, parameters, detail,
      previous.hexadecimalText,
    ] {
      guard let field else {
        bytes.append(UInt8(ascii: "-"))
        continue
      }
      let text = field.utf8
      bytes.append(contentsOf: String(text.count).utf8)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(contentsOf: text)
    }
    return try digest(bytes)
  }

  /// What the first event follows.
  static func origin(_ db: Database) throws -> Data {
    guard let identity = try String.fetchOne(db, sql: "SELECT value FROM ledger WHERE key = 'identity'") else {
      throw LedgerError(.corrupt, detail: "the ledger has lost its identity")
    }
    return try digest(Data("lienthong-ledger:\(identity)".utf8))
  }

  static func last(_ db: Database) throws -> (seq: Int64, hash: Data) {
    if let row = try Row.fetchOne(
      try db.cachedStatement(sql: "SELECT seq, hash FROM events WHERE seq = (SELECT max(seq) FROM events)"))
    {
      return (row["seq"], row["hash"])
    }
    return (0, try origin(db))
  }

  /// Appends one event and returns its number. The writer's lock makes "the last row" unambiguous.
  @discardableResult
  static func append(
    _ event: NewEvent, letter: LetterID?, state: String?, at moment: Moment, in db: Database
  ) throws -> Int64 {
    let previous = try last(db)
    let seq = previous.seq + 1
    let parameters = try CanonicalJSON.text(event.parameters)
    let hash = try hash(
      seq: seq, at: moment.milliseconds, letter: letter?.rawValue, actor: event.actor, kind: event.kind, state: state,
      statusCode: event.statusCode, vi: event.sentence.vi, en: event.sentence.en, parameters: parameters,
      detail: event.detail, previous: previous.hash)
    try db.cachedStatement(
      sql: """
        INSERT INTO events
          (seq, at, letter, actor, kind, state, statusCode, vi, en, parameters, detail, previousHash, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      seq, moment.milliseconds, letter?.rawValue, event.actor, event.kind, state, event.statusCode, event.sentence.vi,
      event.sentence.en, parameters, event.detail, previous.hash, hash,
    ])
    return seq
  }

  private static func digest(_ bytes: Data) throws -> Data {
    do {
      return Data(try Digest.of(bytes))
    } catch {
      throw LedgerError(.io, detail: "SHA-256: \(error.code)")
    }
  }
}

/// JSON with sorted keys: the same value always gives the same bytes.
enum CanonicalJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw LedgerError(.corrupt, detail: "a row holds JSON that cannot be read")
    }
  }
}

extension EventRecord {
  static func fetch(_ db: Database, _ clauses: String, _ arguments: [(any DatabaseValueConvertible)?]) throws
    -> [EventRecord]
  {
    try Row.fetchAll(
      try db.cachedStatement(sql: "SELECT * FROM events \(clauses)"), arguments: StatementArguments(arguments)
    ).map { try EventRecord(row: $0) }
  }

  init(row: Row) throws {
    seq = row["seq"]
    at = Moment(milliseconds: row["at"]).date
    letter = (row["letter"] as String?).map { LetterID($0) }
    actor = row["actor"]
    kind = row["kind"]
    state = row["state"]
    statusCode = row["statusCode"]
    sentence = ClerkSentence(vi: row["vi"], en: row["en"])
    parameters = try CanonicalJSON.value([String: String].self, row["parameters"])
    detail = row["detail"]
    hash = (row["hash"] as Data).hexadecimalText
  }
}
