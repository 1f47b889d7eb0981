import Foundation
import GRDB

/// A message as the axis keeps it beside its file.
struct MessageRecord: Sendable, Codable, FetchableRecord {
  /// The transport id that the sender got.
  let id: String
  let messageType: String
  let fromCode: String
  /// The receivers' codes as JSON array text.
  let toCodes: String
  let system: String
  let documentId: String
  let title: String
  /// Number and notation.
  let notation: String
  let sha256: String
  let byteCount: Int
  /// Milliseconds since 1970.
  let created: Int
}

/// One receiver's copy, as lists show it.
struct DeliveryRecord: Sendable, Codable, FetchableRecord {
  /// The transport id that the receiver fetches with.
  let id: String
  let message: String
  let receiver: String
  /// `initial`, `processing`, `done`, `fail`, or `undeliverable`.
  let state: String
  let updated: Int
  let messageType: String
  let fromCode: String
  let toCodes: String
  let title: String
  let notation: String
  let created: Int
}

extension AxisStore {
  /// The directory's code for each of `codes`, which may be in either form; nil for those it does not know.
  func resolve(_ codes: [String]) async throws -> [String: String] {
    try await pool.read { db in
      var known: [String: String] = [:]
      for code in codes {
        let exact = try String.fetchOne(
          db, sql: "SELECT code FROM agency WHERE code = ? AND NOT isDeleted", arguments: [code])
        if let exact {
          known[code] = exact
          continue
        }
        let alike = try String.fetchAll(
          db, sql: "SELECT code FROM agency WHERE otherCode = ? AND NOT isDeleted LIMIT 2", arguments: [code])
        if alike.count == 1 { known[code] = alike[0] }
      }
      return known
    }
  }

  /// Whether the system may send from the code, which may be in either form.
  func owns(system: String, code: String) async throws -> Bool {
    try await pool.read { db in
      try Bool.fetchOne(
        db,
        sql: "SELECT EXISTS (SELECT 1 FROM agency WHERE system = ? AND (code = ? OR otherCode = ?) AND NOT isDeleted)",
        arguments: [system, code, code]) ?? false
    }
  }

  /// Writes a message and its deliveries; the message's file is on the disk already.
  func add(_ message: MessageRecord, deliveries: [(id: String, receiver: String, known: Bool)]) async throws {
    try await pool.write { db in
      try db.execute(
        sql: """
          INSERT INTO message (id, messageType, fromCode, toCodes, system, documentId, title, notation, sha256, byteCount, created)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          message.id, message.messageType, message.fromCode, message.toCodes, message.system, message.documentId,
          message.title, message.notation, message.sha256, message.byteCount, message.created,
        ])
      for delivery in deliveries {
        try db.execute(
          sql: "INSERT INTO delivery (id, message, receiver, state, updated) VALUES (?, ?, ?, ?, ?)",
          arguments: [
            delivery.id, message.id, delivery.receiver, delivery.known ? "initial" : "undeliverable", message.created,
          ])
      }
    }
  }

  private static let deliveryColumns = """
    SELECT d.id, d.message, d.receiver, d.state, d.updated, m.messageType, m.fromCode, m.toCodes, m.title, m.notation, m.created
    FROM delivery d JOIN message m ON m.id = d.message
    """
  private static let ownReceivers = "d.receiver IN (SELECT code FROM agency WHERE system = ? AND NOT isDeleted)"

  /// What waits for the system's codes, oldest first; `period`: created within, in milliseconds.
  func waiting(system: String, messageType: String, period: ClosedRange<Int>, limit: Int) async throws
    -> [DeliveryRecord]
  {
    try await pool.read { db in
      try DeliveryRecord.fetchAll(
        db,
        sql: """
          \(Self.deliveryColumns) WHERE \(Self.ownReceivers) AND d.state = 'initial' AND m.messageType = ?
          AND m.created BETWEEN ? AND ? ORDER BY d.number LIMIT ?
          """, arguments: [system, messageType, period.lowerBound, period.upperBound, limit])
    }
  }

  func countWaiting(system: String, messageType: String) async throws -> Int {
    try await pool.read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT COUNT(*) FROM delivery d JOIN message m ON m.id = d.message
          WHERE \(Self.ownReceivers) AND d.state = 'initial' AND m.messageType = ?
          """, arguments: [system, messageType]) ?? 0
    }
  }

  /// Deliveries of what the system sent: of one message, by either transport id, or the latest.
  func sent(system: String, messageType: String, docID: String?, limit: Int) async throws -> [DeliveryRecord] {
    try await pool.read { db in
      if let docID {
        return try DeliveryRecord.fetchAll(
          db, sql: "\(Self.deliveryColumns) WHERE m.system = ? AND (m.id = ? OR d.id = ?) ORDER BY d.number LIMIT ?",
          arguments: [system, docID, docID, limit])
      }
      return try DeliveryRecord.fetchAll(
        db, sql: "\(Self.deliveryColumns) WHERE m.system = ? AND m.messageType = ? ORDER BY d.number DESC LIMIT ?",
        arguments: [system, messageType, limit])
    }
  }

  /// The message behind a transport id, if the system sent it or may receive it.
  func message(docID: String, system: String) async throws -> MessageRecord? {
    try await pool.read { db in
      try MessageRecord.fetchOne(
        db,
        sql: """
          SELECT m.* FROM message m WHERE m.id = ? AND m.system = ?
          UNION ALL
          SELECT m.* FROM delivery d JOIN message m ON m.id = d.message WHERE d.id = ? AND \(Self.ownReceivers)
          LIMIT 1
          """, arguments: [docID, system, docID, system])
    }
  }

  /// Sets a delivery's state; `done` is final. False: no such delivery of the system's.
  func setState(_ state: String, docID: String, system: String, at now: Int) async throws -> Bool {
    try await pool.write { db in
      let found = try String.fetchOne(
        db, sql: "SELECT d.state FROM delivery d WHERE d.id = ? AND \(Self.ownReceivers)", arguments: [docID, system])
      guard let found else { return false }
      if found != "done" && found != state {
        try db.execute(sql: "UPDATE delivery SET state = ?, updated = ? WHERE id = ?", arguments: [state, now, docID])
      }
      return true
    }
  }

  func hasMessage(_ id: String) throws -> Bool {
    try pool.read { db in
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?)", arguments: [id]) ?? false
    }
  }
}
