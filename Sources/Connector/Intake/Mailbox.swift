import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Logging

/// Empties the mailbox on the axis: fetch, make durable, record, and acknowledge only once it is known whose it is.
///
/// The account is shared with the body's own document system and its clerks, and `done` hides a message from them. So a
/// message is acknowledged when intake has settled it, or was told that it is ours; what is not ours is left as it is, or
/// handed over into a folder first (`mailbox.others`). Nothing that is not ours is ever answered.
struct Mailbox: Sendable {
  let workplace: Workplace
  var schedule = RetrySchedule(first: 2, longest: 3600)

  /// One look into the mailbox for messages of `type`.
  func collect(_ type: AxisMessageType) async throws {
    let condition = "axis.mailbox.\(type.rawValue)"
    let kind = MessageType(type)
    let troubles = try await workplace.ledger.fetchTroubles(kind)
    let entries: [ReceivedEntry]
    switch await workplace.axis.getReceivedEdocList(type, waitingSince: troubles.values.map(\.since).min()) {
    case .accepted(let list): entries = list
    case .refused(let refusal):
      await workplace.gate.report(
        condition, "refused", cause: refusal.code, in: workplace, "mailbox refused (\(type.rawValue))", level: .error)
      return
    case .tryAgain(let trouble), .unknown(let trouble):
      await workplace.gate.report(
        condition, "not reached", cause: trouble.code, in: workplace, "mailbox not reached (\(type.rawValue))")
      return
    }
    await workplace.gate.report(
      condition, "reached", cause: nil, in: workplace, "mailbox reached (\(type.rawValue))", level: .info)
    workplace.gate.heardOfAxis(at: workplace.clock())
    let ids = entries.map(\.docID)
    let known = try await workplace.ledger.knownTransportDocIds(among: ids, messageType: kind)
    let again = ids.filter(known.contains)
    if !again.isEmpty { try await workplace.ledger.noteReoffered(again, messageType: kind, at: workplace.clock()) }
    if !troubles.isEmpty {
      let listed = Set(ids)
      // An older one is not listed even if nobody took it; its trouble is all that tells of it.
      let reach = workplace.axis.listedBack.map { workplace.clock().addingTimeInterval(-$0) } ?? .distantPast
      let gone = troubles.filter { $0.value.since >= reach && !listed.contains($0.key) }
      try await workplace.ledger.forgetFetchTroubles(Array(gone.keys), kind)
    }
    for entry in entries where !known.contains(entry.docID) {
      let trouble = troubles[entry.docID]
      if let trouble, trouble.nextAttemptAt > workplace.clock() { continue }
      try await take(entry, type, after: trouble)
    }
  }

  private func take(_ entry: ReceivedEntry, _ type: AxisMessageType, after trouble: FetchTrouble?) async throws {
    let file = try workplace.workFolder("arriving").appendingPathComponent(UUID().uuidString + ".edxml")
    defer { try? FileManager.default.removeItem(at: file) }
    switch await workplace.axis.fetchEdoc(docID: entry.docID, into: file.path) {
    case .accepted: break
    case .refused(let refusal): return try await noteUnfetched(entry, type, cause: refusal.code, after: trouble)
    case .tryAgain(let failure), .unknown(let failure):
      // Our own disk may be full: that is told as such, and not of each message.
      if failure.kind == .local { try await workplace.ledger.checkWritable(committing: false) }
      return try await noteUnfetched(entry, type, cause: failure.code, after: trouble)
    }
    let acknowledgement = try acknowledgement(of: file.path, type)
    let message = try await workplace.ledger.adoptBlob(fileAt: file)
    let arrival = NewArrival(
      transportDocId: entry.docID, messageType: MessageType(type),
      transportFrom: entry.from.isEmpty ? nil : entry.from.joined(separator: ","), transportTo: entry.to,
      message: message, acknowledgement: acknowledgement,
      ifNotOurs: workplace.configuration.mailbox.acknowledgementOfOthers)
    _ = try await workplace.ledger.recordArrival(arrival, at: workplace.clock())
  }

  /// A message that cannot be fetched is tried again, ever more rarely; it is told once, and again when the cause changes.
  private func noteUnfetched(
    _ entry: ReceivedEntry, _ type: AxisMessageType, cause: String, after trouble: FetchTrouble?
  ) async throws {
    let now = workplace.clock()
    let until = schedule.next(after: (trouble?.attempts ?? 0) + 1, now: now, chance: workplace.chance())
    if trouble?.cause != cause {
      workplace.logger.warning(
        "message cannot be fetched, will be tried again", metadata: ["docId": "\(entry.docID)", "cause": "\(cause)"])
    }
    try await workplace.ledger.noteFetchFailure(entry.docID, MessageType(type), until: until, cause: cause, at: now)
  }

  /// What the axis shall be told of a message before it is read. Only the authority, who expects nothing but letters,
  /// says of an unreadable one that it cannot be kept; an agency's own software may understand it.
  private func acknowledgement(of file: String, _ type: AxisMessageType) throws -> Acknowledgement {
    do {
      _ = try EdXMLReader().peek(file: file)
      return .pending
    } catch {
      if error.isPassing { throw error }
      let isUnusable =
        type == .edoc && workplace.configuration.role.receives
        && workplace.configuration.mailbox.acknowledgementOfUnreadable == .fail
      return isUnusable ? .fail : .pending
    }
  }

  /// Tells the axis what became of messages that are durable here.
  func acknowledge() async throws {
    let ledger = workplace.ledger
    for arrival in try await ledger.pendingAcknowledgements(now: workplace.clock()) {
      if arrival.acknowledgement == .handOver, arrival.handedOverAt == nil {
        do {
          try handOver(arrival)
        } catch {
          try await postpone(arrival, cause: "hand-over: \(ConnectorService.cause(error))")
          await workplace.gate.report(
            "mailbox.handOver", "failing", cause: ConnectorService.cause(error), in: workplace,
            "messages that are not ours cannot be put into mailbox.folder", level: .error)
          continue
        }
        try await ledger.markHandedOver(arrival.id, at: workplace.clock())
        await workplace.gate.report(
          "mailbox.handOver", "working", cause: nil, in: workplace, "messages that are not ours are handed over",
          level: .info)
      }
      guard workplace.gate.admit(at: workplace.clock()) else { continue }
      let state: TransportState = arrival.acknowledgement == .fail ? .fail : .done
      let outcome = await workplace.axis.updateStatus(docID: arrival.transportDocId, state)
      // First what it says of the axis, so that a ledger that cannot be written now does not keep a probe's permission.
      await workplace.gate.note(outcome, in: workplace)
      switch outcome {
      case .accepted: try await ledger.markAcknowledged([arrival.id], at: workplace.clock())
      case .refused(let refusal): try await postpone(arrival, cause: refusal.code)
      case .tryAgain(let trouble), .unknown(let trouble): try await postpone(arrival, cause: trouble.code)
      }
    }
  }

  /// Puts a message that is not ours into the others' folder, durable and under its final name only when it is whole.
  private func handOver(_ arrival: ArrivalRecord) throws {
    guard let path = workplace.configuration.mailbox.folder else {
      throw ConnectorError(
        .dataNotWritable, vi: "Thiếu mailbox.folder trong cấu hình.", en: "The configuration lacks mailbox.folder.")
    }
    try HandOverFolder(path: path).put(
      workplace.ledger.blobURL(arrival.message), for: arrival.transportDocId, arrival.messageType)
  }

  private func postpone(_ arrival: ArrivalRecord, cause: String) async throws {
    let now = workplace.clock()
    // How long it has been due says how patient to be; the number of tries is not kept.
    let waited = max(1, now.timeIntervalSince(arrival.settledAt ?? arrival.receivedAt))
    let wait = min(waited, 900) * (1 + workplace.chance() / 4)
    try await workplace.ledger.postponeAcknowledgement(
      arrival.id, until: now.addingTimeInterval(wait), cause: cause, at: now)
  }
}

extension MessageType {
  init(_ type: AxisMessageType) {
    self = type == .edoc ? .edoc : .status
  }
}
