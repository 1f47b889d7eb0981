import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Synchronization
import VietnameseText

/// The axis of the simulation: it keeps what it took, and does everything else wrong that an axis may do: loses calls and
/// answers, delivers late, twice and in any order, offers again what was acknowledged, lists less than it has, refuses
/// what it took, is away for hours. Only what it surely took and said so it does not lose.
final class SimulatedAxis: Sendable {
  struct Delivery: Sendable {
    let id: String
    let message: Int
    let to: String
    /// Not listed before.
    var from: Date
    var isDone = false
  }

  struct Message: Sendable {
    let id: String
    let type: AxisMessageType
    let sender: String
    let receivers: [String]
    let bytes: Data
    let title: String
    let notation: String
    let documentId: String
    let sentAt: Date
  }

  /// How often it does what (0–1), and until when it is away.
  struct Mood: Sendable {
    var loseRequest = 0.0
    var loseAnswer = 0.0
    var lieRefused = 0.0
    var lieNotTaken = 0.0
    var busy = 0.0
    var double = 0.0
    var late = 0.0
    var offerAgain = 0.0
    var forgetInList = 0.0
    var awayUntil = Date.distantPast
    static let honest = Mood()
  }

  /// What becomes of one call.
  enum Fate { case away, lost, busy, done, doneUnheard, doneDenied, doneRefused }

  struct State: Sendable {
    var dice: Dice
    var mood = Mood.honest
    var messages: [Message] = []
    var deliveries: [Delivery] = []
    var calls = 0
  }

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(dice: Dice(seed: seed))) }

  func setMood(_ mood: Mood) { state.withLock { $0.mood = mood } }
  var calls: Int { state.withLock { $0.calls } }

  /// Whether it has a document with this id, or a recall of it: what a person who asks the axis' operator is told.
  func has(_ documentId: String, kindOf bytes: Data) -> Bool {
    state.withLock { $0.messages.contains { $0.documentId == documentId && $0.bytes == bytes } }
  }

  /// Messages that no receiver has acknowledged.
  var undelivered: Int { state.withLock { $0.deliveries.count { !$0.isDone } } }

  func fate(at now: Date) -> Fate {
    state.withLock { state in
      state.calls += 1
      return state.mood.fate(at: now, &state.dice)
    }
  }

  func take(
    _ bytes: Data, _ type: AxisMessageType, from sender: String, to receivers: [String], peek: EnvelopePeek?,
    at now: Date
  ) -> String {
    state.withLock { state in
      let id = "m\(state.messages.count)"
      state.messages.append(
        Message(
          id: id, type: type, sender: sender, receivers: receivers, bytes: bytes, title: peek?.subject ?? "",
          notation: peek?.code ?? "", documentId: peek?.documentId ?? "", sentAt: now))
      for receiver in receivers {
        for _ in 0..<(state.dice.strikes(state.mood.double) ? 2 : 1) {
          let wait = state.dice.strikes(state.mood.late) ? state.dice.unit() * 600 : 0
          state.deliveries.append(
            Delivery(
              id: "d\(state.deliveries.count)", message: state.messages.count - 1, to: receiver,
              from: now.addingTimeInterval(wait)))
        }
      }
      return id
    }
  }

  func waiting(for code: String, _ type: AxisMessageType, at now: Date) -> [ReceivedEntry] {
    state.withLock { state in
      var list: [ReceivedEntry] = []
      for place in state.deliveries.indices where state.deliveries[place].to == code {
        let delivery = state.deliveries[place]
        let message = state.messages[delivery.message]
        guard message.type == type, delivery.from <= now else { continue }
        if delivery.isDone, !state.dice.strikes(state.mood.offerAgain) { continue }
        list.append(
          ReceivedEntry(docID: delivery.id, messageType: type.rawValue, from: [message.sender], to: message.receivers))
      }
      list.shuffle(using: &state.dice)
      return list
    }
  }

  /// A delivery's id is its place in the list.
  private static func place(of delivery: String) -> Int? { Int(delivery.dropFirst()) }

  func bytes(of delivery: String) -> Data? {
    state.withLock { state in Self.place(of: delivery).map { state.messages[state.deliveries[$0].message].bytes } }
  }

  func finish(_ delivery: String) {
    state.withLock { state in
      guard let place = Self.place(of: delivery) else { return }
      state.deliveries[place].isDone = true
    }
  }

  func sent(by code: String, _ type: AxisMessageType) -> [SentEntry] {
    state.withLock { state in
      state.messages.reversed().compactMap { message in
        guard message.sender == code, message.type == type, !state.dice.strikes(state.mood.forgetInList) else {
          return nil
        }
        return SentEntry(
          messageType: type.rawValue, senderDocID: message.id, fromCode: code, toCode: message.receivers.first ?? "",
          title: message.title, notation: message.notation, sentTime: EdocTimestamp(message.sentAt).edxml)
      }
    }
  }
}

/// One end's account on the axis; a process that is dead does not hear what the axis answers.
struct SimulatedAccount: AxisOperations {
  let axis: SimulatedAxis
  let code: String
  let fuse: Fuse
  let clock: @Sendable () -> Date

  static func trouble(_ kind: AxisTrouble.Kind) -> AxisTrouble {
    AxisTrouble(
      kind: kind, code: "simulated-\(kind.rawValue)", retryAfter: nil, detail: "",
      clerk: ClerkSentence(vi: "v.", en: "e."))
  }

  /// Runs `call` as fate wills; `once`: whether a doubtful repetition does harm.
  private func meet<Value>(once: Bool = false, _ call: () -> AxisOutcome<Value>) -> AxisOutcome<Value> {
    // The process ends before the call, or while it waits for the answer.
    switch fuse.touch() {
    case .dead: return .tryAgain(Self.trouble(.notReached))
    case .dies:
      _ = call()
      return .tryAgain(Self.trouble(.notReached))
    case .works: break
    }
    switch axis.fate(at: clock()) {
    case .away: return .tryAgain(Self.trouble(.notReached))
    case .lost: return .tryAgain(Self.trouble(.notReached))
    case .busy: return .tryAgain(Self.trouble(.busy))
    case .done: return call()
    case .doneUnheard:
      _ = call()
      return once ? .unknown(Self.trouble(.interrupted)) : .tryAgain(Self.trouble(.interrupted))
    case .doneDenied:
      _ = call()
      return .tryAgain(Self.trouble(.axisFault))
    case .doneRefused:
      let outcome = call()
      guard once else { return outcome }
      return .refused(
        AxisRefusal(subject: .message, code: "22", description: "", clerk: ClerkSentence(vi: "v.", en: "e.")))
    }
  }

  func sendEdoc(file path: String, from: String, to: [String]?, messageType: AxisMessageType) async -> AxisOutcome<
    String
  > {
    guard let bytes = FileManager.default.contents(atPath: path) else { return .tryAgain(Self.trouble(.local)) }
    let peek = messageType == .edoc ? try? EdXMLReader().peek(file: path) : nil
    return meet(once: true) {
      .accepted(axis.take(bytes, messageType, from: from, to: to ?? [], peek: peek, at: clock()))
    }
  }

  func getReceivedEdocList(_ messageType: AxisMessageType) async -> AxisOutcome<[ReceivedEntry]> {
    meet { .accepted(axis.waiting(for: code, messageType, at: clock())) }
  }

  func fetchEdoc(docID: String, into path: String) async -> AxisOutcome<FetchedMessage> {
    meet {
      guard let bytes = axis.bytes(of: docID) else { return .tryAgain(Self.trouble(.axisFault)) }
      guard fuse.takesFile() else { return .tryAgain(Self.trouble(.local)) }
      do {
        try bytes.write(to: URL(fileURLWithPath: path))
      } catch {
        return .tryAgain(Self.trouble(.local))
      }
      return .accepted(FetchedMessage(path: path, byteCount: bytes.count, operation: "getEdoc"))
    }
  }

  func updateStatus(docID: String, _ state: TransportState) async -> AxisOutcome<Void> {
    meet {
      axis.finish(docID)
      return .accepted(())
    }
  }

  func getSentEdocList(_ messageType: AxisMessageType, docID: String?) async -> AxisOutcome<[SentEntry]> {
    meet { .accepted(axis.sent(by: code, messageType)) }
  }

  func getAgenciesList() async -> AxisOutcome<[AgencyEntry]> { .accepted([]) }
  func getAgenciesListQD20(level: Int) async -> AxisOutcome<[AgencyEntry]> { .accepted([]) }
  func getSynchronizeUnit() async -> AxisOutcome<[SynchronizedUnit]> { .accepted([]) }
  func registerAgency(_ registration: AgencyRegistration) async -> AxisOutcome<Void> { .accepted(()) }
  func deleteAgency(code: String) async -> AxisOutcome<Void> { .accepted(()) }
  func countReceived(_ messageType: AxisMessageType) async -> AxisOutcome<Int> { .accepted(0) }
}

extension SimulatedAxis.Mood {
  /// The mood of the next while: honest, or wrong in many ways at once.
  init(at time: Date, _ dice: inout Dice) {
    guard dice.strikes(0.7) else { return }
    loseRequest = dice.unit() * 0.3
    loseAnswer = dice.unit() * 0.3
    busy = dice.unit() * 0.1
    lieNotTaken = dice.unit() * 0.1
    lieRefused = dice.strikes(0.5) ? dice.unit() * 0.05 : 0
    double = dice.unit() * 0.4
    late = dice.unit() * 0.5
    offerAgain = dice.unit() * 0.05
    forgetInList = dice.strikes(0.2) ? 0.02 : 0
    if dice.strikes(0.1) { awayUntil = time + dice.unit() * 86_400 }
  }

  func fate(at now: Date, _ dice: inout Dice) -> SimulatedAxis.Fate {
    if now < awayUntil { return .away }
    if dice.strikes(loseRequest) { return .lost }
    if dice.strikes(busy) { return .busy }
    if dice.strikes(loseAnswer) { return .doneUnheard }
    if dice.strikes(lieNotTaken) { return .doneDenied }
    if dice.strikes(lieRefused) { return .doneRefused }
    return .done
  }
}
