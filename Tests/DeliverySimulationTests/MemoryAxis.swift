import AxisClient
import Foundation

/// The axis of ``SimulatedAxis`` for messages in memory: it may do all the same wrong.
final class MemoryAxis {
  typealias Content = MemoryLedger.Content

  private struct Delivery {
    let message: Int
    let from: Date
    var isDone = false
  }

  private struct Message {
    let content: Content
    let isStatus: Bool
    let sender: String
  }

  enum Answer<Value> {
    case accepted(Value)
    case refused
    case tryAgain(AxisTrouble.Kind)
    case unknown(AxisTrouble.Kind)
  }

  private var dice: Dice
  var mood = SimulatedAxis.Mood.honest
  private var messages: [Message] = []
  private var deliveries: [Delivery] = []
  /// By receiver and kind: what is not acknowledged, and what was and may be offered again.
  private var waiting: [String: [Int]] = [:]
  private var done: [String: [Int]] = [:]
  private var documents: [String: [Int]] = [:]

  init(seed: UInt64) { dice = Dice(seed: seed) }

  private static func box(_ code: String, _ isStatus: Bool) -> String { isStatus ? code + " status" : code }

  func has(_ content: Content) -> Bool { documents.values.joined().contains { messages[$0].content == content } }

  /// One call of a process that may die before it or while it waits; `once`: whether a doubtful repetition does harm.
  func meet<Value>(_ fuse: Fuse, at now: Date, once: Bool = false, _ call: () -> Value) -> Answer<Value> {
    switch fuse.touch() {
    case .dead: return .tryAgain(.notReached)
    case .dies:
      _ = call()
      return .tryAgain(.notReached)
    case .works: break
    }
    switch mood.fate(at: now, &dice) {
    case .away, .lost: return .tryAgain(.notReached)
    case .busy: return .tryAgain(.busy)
    case .done: return .accepted(call())
    case .doneUnheard:
      _ = call()
      return once ? .unknown(.interrupted) : .tryAgain(.interrupted)
    case .doneDenied:
      _ = call()
      return .tryAgain(.axisFault)
    case .doneRefused:
      let value = call()
      return once ? .refused : .accepted(value)
    }
  }

  func take(_ content: Content, isStatus: Bool, from sender: String, to receiver: String, at now: Date) -> Int {
    messages.append(Message(content: content, isStatus: isStatus, sender: sender))
    let id = messages.count - 1
    if !isStatus { documents[sender, default: []].append(id) }
    for _ in 0..<(dice.strikes(mood.double) ? 2 : 1) {
      let wait = dice.strikes(mood.late) ? dice.unit() * 600 : 0
      deliveries.append(Delivery(message: id, from: now.addingTimeInterval(wait)))
      waiting[Self.box(receiver, isStatus), default: []].append(deliveries.count - 1)
    }
    return id
  }

  func list(for code: String, isStatus: Bool, at now: Date) -> [Int] {
    let box = Self.box(code, isStatus)
    var open = waiting[box] ?? []
    let acknowledged = open.filter { deliveries[$0].isDone }
    if !acknowledged.isEmpty {
      open.removeAll { deliveries[$0].isDone }
      waiting[box] = open
      done[box, default: []] += acknowledged
    }
    var list = open.filter { deliveries[$0].from <= now }
    // A few of those that were acknowledged, since a glance at each of many thousands is too dear.
    if let old = done[box], !old.isEmpty {
      for _ in 0..<20 where dice.strikes(mood.offerAgain) { list.append(old[dice.below(old.count)]) }
    }
    list.shuffle(using: &dice)
    return list
  }

  func content(of delivery: Int) -> Content { messages[deliveries[delivery].message].content }
  func finish(_ delivery: Int) { deliveries[delivery].isDone = true }

  /// Newest first, with gaps when it forgets.
  func sent(by code: String) -> [(id: Int, content: Content)] {
    (documents[code] ?? []).reversed().compactMap {
      mood.forgetInList > 0 && dice.strikes(mood.forgetInList) ? nil : ($0, messages[$0].content)
    }
  }
}
