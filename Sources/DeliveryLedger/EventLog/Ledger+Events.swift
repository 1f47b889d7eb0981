public import Foundation
import GRDB

extension Ledger {
  /// Appends an event that is about no letter: start, stop, an import.
  public func recordEvent(_ event: NewEvent, at now: Date) async throws {
    let moment = Moment(now)
    try await write { db in _ = try EventChain.append(event, letter: nil, state: nil, at: moment, in: db) }
  }

  /// The log from the event after `seq` on.
  public func events(after seq: Int64 = 0, limit: Int = 100) async throws -> [EventRecord] {
    try await read { db in
      try EventRecord.fetch(db, "WHERE seq > ? ORDER BY seq LIMIT ?", [seq, limit])
    }
  }

  /// The end of the chain, to be kept outside the ledger.
  public func chainHead() async throws -> ChainHead {
    try await read { db in
      let last = try EventChain.last(db)
      return ChainHead(seq: last.seq, hash: last.hash.hexadecimalText)
    }
  }
}
