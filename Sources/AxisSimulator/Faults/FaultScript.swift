import Foundation
import Synchronization

/// Scripted faults, for tests: a JSON file that is read again whenever it changes.
///
///     {"seed": 7, "rules": [
///       {"operation": "sendEdoc", "fault": "loseAnswer", "probability": 0.3, "limit": 5, "after": 2},
///       {"operation": "*", "fault": "delay", "milliseconds": 500},
///       {"operation": "getEdoc", "fault": "answer", "httpStatus": 500, "errorCode": "20"}]}
///
/// One seed and one order of calls give the same faults again.
final class FaultScript: Sendable {
  enum Kind: String, Sendable, Codable {
    /// Done, then the connection is cut before the answer.
    case loseAnswer
    /// The connection is cut before anything is done.
    case loseRequest
    /// Waits before anything is done.
    case delay
    /// Delivers the message twice, under two transport ids.
    case double
    /// Answers with an error and does nothing.
    case answer
  }

  struct Rule: Sendable, Codable {
    /// An operation's name or `*`.
    let operation: String
    let fault: Kind
    /// 0–1; left out: always.
    let probability: Double?
    /// The most times it strikes.
    let limit: Int?
    /// Calls that it lets through first.
    let after: Int?
    let milliseconds: Int?
    let httpStatus: Int?
    let errorCode: String?
  }

  private struct File: Codable {
    let seed: UInt64?
    let rules: [Rule]
  }

  private struct State {
    var stamp = ""
    var rules: [Rule] = []
    var seen: [Int] = []
    var struck: [Int] = []
    var generator = SplitMix(state: 0)
  }

  private let path: String
  private let state: Mutex<State>

  init(path: String) throws(AxisServerError) {
    self.path = path
    state = Mutex(State())
    let words = state.withLock { Self.reload(&$0, path: path) }
    if let words { throw AxisServerError(.badFaults, words) }
  }

  /// The rules that strike this call.
  func faults(for operation: AxisOperation) -> [Rule] {
    state.withLock { state in
      // A file that is being rewritten leaves the rules as they were.
      _ = Self.reload(&state, path: path)
      var striking: [Rule] = []
      for (place, rule) in state.rules.enumerated() where rule.operation == "*" || rule.operation == operation.rawValue
      {
        state.seen[place] += 1
        let drawn = state.generator.unit()
        guard state.seen[place] > rule.after ?? 0, state.struck[place] < rule.limit ?? .max,
          drawn < rule.probability ?? 1
        else { continue }
        state.struck[place] += 1
        striking.append(rule)
      }
      return striking
    }
  }

  /// Reads the file if it changed; says what is wrong with it.
  private static func reload(_ state: inout State, path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
      return "cannot read the faults file \(path)"
    }
    let stamp = data.base64EncodedString()
    guard stamp != state.stamp else { return nil }
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: data)
    } catch let DecodingError.dataCorrupted(context) {
      return "the faults file is not right: \(context.debugDescription)"
    } catch let DecodingError.keyNotFound(key, _) {
      return "the faults file is not right: \(key.stringValue) is missing"
    } catch {
      return "the faults file is not right"
    }
    let names = Set(AxisOperation.allCases.map(\.rawValue) + ["*"])
    if let wrong = file.rules.first(where: { !names.contains($0.operation) }) {
      return "the faults file names an unknown operation \(wrong.operation.prefix(40))"
    }
    state = State(
      stamp: stamp, rules: file.rules, seen: file.rules.map { _ in 0 }, struck: file.rules.map { _ in 0 },
      generator: SplitMix(state: file.seed ?? 0))
    return nil
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, good enough to choose faults.
struct SplitMix {
  var state: UInt64

  /// A number in 0..<1.
  mutating func unit() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    mixed ^= mixed >> 31
    return Double(mixed >> 11) / Double(1 << 53)
  }
}
