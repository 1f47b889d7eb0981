public import Foundation
import GRDB
import VietnameseText

/// A person's word that a certificate speaks for an organisation during a time.
public struct OrganisationBinding: Sendable, Hashable, Codable, Identifiable {
  public let id: Int64
  public let organId: String
  /// Attributes that the certificate's subject must have, e.g. `["O": …, "CN": …]`; nil: not by subject.
  public let subject: [String: String]?
  /// SHA-256 of the certificate, lower-case hexadecimal; nil: not by fingerprint.
  public let fingerprint: String?
  public let validFrom: Date
  /// Nil: until ended.
  public let validUntil: Date?
  public let boundBy: String
  public let boundAt: Date
  /// Where it came from: configuration file, command, first contact.
  public let source: String
  public let endedBy: String?
  public let endedAt: Date?

  /// Whether it holds at `date`.
  public func isValid(at date: Date) -> Bool {
    validFrom <= date && validUntil.map { date < $0 } ?? true && endedAt.map { date < $0 } ?? true
  }
}

extension Ledger {
  /// Binds certificates to an organisation; `.invalid` without subject and fingerprint, or with a malformed fingerprint.
  ///
  /// The same binding, still open, is not written twice: it is returned.
  @discardableResult
  public func bind(
    organId: String, subject: [String: String]?, fingerprint: String?, validFrom: Date, validUntil: Date?,
    by actor: String, source: String, at now: Date
  ) async throws -> OrganisationBinding {
    let moment = Moment(now)
    let fingerprint = fingerprint?.lowercased().filter { $0 != ":" && $0 != " " }
    guard !(subject ?? [:]).isEmpty || fingerprint != nil, !organId.isEmpty else {
      throw LedgerError(.invalid, detail: "a binding needs an organisation and a subject or a fingerprint")
    }
    if let fingerprint, BlobHash(rawValue: fingerprint) == nil {
      throw LedgerError(.invalid, detail: "a fingerprint is a SHA-256 in hexadecimal")
    }
    return try await write { db in
      let names = try (subject?.isEmpty == false ? subject : nil).map { try CanonicalJSON.text($0) }
      let present = try OrganisationBinding.fetch(
        db,
        """
        WHERE organId = ? AND subject IS ? AND fingerprint IS ? AND validFrom = ? AND validUntil IS ?
          AND endedAt IS NULL
        """,
        [
          organId, names, fingerprint, Moment(validFrom).milliseconds, validUntil.map { Moment($0).milliseconds },
        ])
      if let present = present.first { return present }
      try db.execute(
        sql: """
          INSERT INTO bindings (organId, subject, fingerprint, validFrom, validUntil, boundBy, boundAt, source)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          organId, names, fingerprint, Moment(validFrom).milliseconds, validUntil.map { Moment($0).milliseconds },
          actor, moment.milliseconds, source,
        ])
      guard let made = try OrganisationBinding.fetch(db, "WHERE id = ?", [db.lastInsertedRowID]).first else {
        throw LedgerError(.notFound, detail: "the new binding")
      }
      try EventChain.append(made.event, letter: nil, state: nil, at: moment, in: db)
      return made
    }
  }

  /// Ends a binding from now on; what was signed before keeps its reason.
  public func endBinding(_ id: Int64, by actor: String, at now: Date) async throws {
    let moment = Moment(now)
    try await write { db in
      try db.execute(
        sql: "UPDATE bindings SET endedBy = ?, endedAt = ? WHERE id = ? AND endedAt IS NULL",
        arguments: [actor, moment.milliseconds, id])
      guard db.changesCount == 1 else { throw LedgerError(.notFound, detail: "open binding \(id)") }
      let event = NewEvent(
        kind: OrganisationBinding.endedEvent, actor: actor,
        sentence: ClerkSentence(
          vi: "Chứng thư gắn với cơ quan số \(id) không còn hiệu lực.", en: "Binding \(id) of a certificate was ended."),
        parameters: ["binding": "\(id)"])
      try EventChain.append(event, letter: nil, state: nil, at: moment, in: db)
    }
  }

  /// All bindings, ended ones included; of one organisation if `organId` is given.
  public func bindings(organId: String? = nil) async throws -> [OrganisationBinding] {
    try await read { db in
      try OrganisationBinding.fetch(db, "WHERE ? IS NULL OR organId = ? ORDER BY organId, id", [organId, organId])
    }
  }

  /// The bindings of an organisation that hold at `date`; several while an old and a new certificate overlap.
  public func bindings(for organId: String, validAt date: Date) async throws -> [OrganisationBinding] {
    try await read { db in
      try OrganisationBinding.fetch(db, "WHERE organId = ? ORDER BY id", [organId]).filter { $0.isValid(at: date) }
    }
  }
}

extension OrganisationBinding {
  static let madeEvent = "binding.made"
  static let endedEvent = "binding.ended"

  /// What the log says of it: by this a row that a person never ordered is found (`lienthong ledger verify`).
  fileprivate var event: NewEvent {
    get throws {
      NewEvent(
        kind: Self.madeEvent, actor: boundBy,
        sentence: ClerkSentence(
          vi: "Gắn chứng thư với cơ quan \(organId).", en: "A certificate was bound to \(organId)."),
        parameters: try loggedParameters)
    }
  }

  /// Its fields as the log has them.
  var loggedParameters: [String: String] {
    get throws {
      var parameters = ["binding": "\(id)", "organId": organId, "validFrom": "\(Moment(validFrom).milliseconds)"]
      parameters["validUntil"] = validUntil.map { "\(Moment($0).milliseconds)" }
      parameters["fingerprint"] = fingerprint
      parameters["subject"] = try subject.map { try CanonicalJSON.text($0) }
      return parameters
    }
  }

  static func fetch(_ db: Database, _ clauses: String, _ arguments: [(any DatabaseValueConvertible)?]) throws
    -> [OrganisationBinding]
  {
    try Row.fetchAll(
      try db.cachedStatement(sql: "SELECT * FROM bindings \(clauses)"), arguments: StatementArguments(arguments)
    ).map { row in
      OrganisationBinding(
        id: row["id"], organId: row["organId"],
        subject: try (row["subject"] as String?).map { try CanonicalJSON.value([String: String].self, $0) },
        fingerprint: row["fingerprint"], validFrom: Moment(milliseconds: row["validFrom"]).date,
        validUntil: row.date("validUntil"), boundBy: row["boundBy"],
        boundAt: Moment(milliseconds: row["boundAt"]).date, source: row["source"], endedBy: row["endedBy"],
        endedAt: row.date("endedAt"))
    }
  }
}
