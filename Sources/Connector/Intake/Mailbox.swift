import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Logging

/// Empties the mailbox on the axis: fetch, make durable, record, and only then acknowledge.
struct Mailbox: Sendable {
  let workplace: Workplace
  var schedule = RetrySchedule()

  /// One look into the mailbox for messages of `type`.
  func collect(_ type: AxisMessageType) async throws {
    let entries: [ReceivedEntry]
    switch await workplace.axis.getReceivedEdocList(type) {
    case .accepted(let list): entries = list
    case .refused(let refusal):
      workplace.logger.error("mailbox refused", metadata: ["code": "\(refusal.code)"])
      return
    case .tryAgain(let trouble), .unknown(let trouble):
      workplace.logger.warning("mailbox not reached", metadata: ["code": "\(trouble.code)"])
      return
    }
    let ids = entries.map(\.docID)
    let kind: MessageType = type == .edoc ? .edoc : .status
    let known = try await workplace.ledger.knownTransportDocIds(among: ids, messageType: kind)
    let again = ids.filter(known.contains)
    if !again.isEmpty { try await workplace.ledger.noteReoffered(again, messageType: kind, at: workplace.clock()) }
    for entry in entries where !known.contains(entry.docID) { try await take(entry, type) }
  }

  private func take(_ entry: ReceivedEntry, _ type: AxisMessageType) async throws {
    let file = try workplace.workFolder("arriving").appendingPathComponent(UUID().uuidString + ".edxml")
    defer { try? FileManager.default.removeItem(at: file) }
    switch await workplace.axis.fetchEdoc(docID: entry.docID, into: file.path) {
    case .accepted: break
    case .refused(let refusal):
      workplace.logger.error(
        "message cannot be fetched", metadata: ["docId": "\(entry.docID)", "code": "\(refusal.code)"])
      return
    case .tryAgain(let trouble), .unknown(let trouble):
      workplace.logger.warning("message not fetched", metadata: ["docId": "\(entry.docID)", "code": "\(trouble.code)"])
      return
    }
    let acknowledgement = try await acknowledgement(of: file.path, type)
    let message = try await workplace.ledger.adoptBlob(fileAt: file)
    let arrival = NewArrival(
      transportDocId: entry.docID, messageType: type == .edoc ? .edoc : .status,
      transportFrom: entry.from.isEmpty ? nil : entry.from.joined(separator: ","), transportTo: entry.to,
      message: message,
      acknowledgement: acknowledgement)
    _ = try await workplace.ledger.recordArrival(arrival, at: workplace.clock())
  }

  /// What the axis shall be told of a message. An agency shares its mailbox with its own document system, and `done`
  /// hides a message from that: so a status is acknowledged only if it is about a letter of ours.
  private func acknowledgement(of file: String, _ type: AxisMessageType) async throws -> Acknowledgement {
    let peek: EnvelopePeek
    do {
      peek = try EdXMLReader().peek(file: file)
    } catch {
      if error.isPassing { throw error }
      return .fail
    }
    guard type == .status else { return .done }
    let ours = try await LetterLookup(ledger: workplace.ledger).letter(toldOf: peek.responseFor)
    return ours == nil ? .leave : .done
  }

  /// Tells the axis what became of messages that are durable here.
  func acknowledge() async throws {
    let ledger = workplace.ledger
    for arrival in try await ledger.pendingAcknowledgements(now: workplace.clock()) {
      let state: TransportState = arrival.acknowledgement == .fail ? .fail : .done
      switch await workplace.axis.updateStatus(docID: arrival.transportDocId, state) {
      case .accepted:
        try await ledger.markAcknowledged([arrival.id], at: workplace.clock())
      case .refused(let refusal):
        try await postpone(arrival, cause: refusal.code)
      case .tryAgain(let trouble), .unknown(let trouble):
        try await postpone(arrival, cause: trouble.code)
      }
    }
  }

  private func postpone(_ arrival: ArrivalRecord, cause: String) async throws {
    let now = workplace.clock()
    let until = schedule.next(after: arrival.attempts + 1, now: now, chance: workplace.chance())
    try await workplace.ledger.postponeAcknowledgement(arrival.id, until: until, cause: cause, at: now)
  }
}
