import Foundation

/// What something cost: by the clock, and of the processor (this program's and its children's), in seconds.
struct Spent {
  var wall: Double
  var processor: Double

  static func measure(_ body: () async throws -> Void) async rethrows -> Spent {
    let (processor, begin) = (processorSeconds(), ContinuousClock.now)
    try await body()
    return Spent(wall: (ContinuousClock.now - begin) / .seconds(1), processor: processorSeconds() - processor)
  }

  /// The better of two rounds, each figure by itself.
  func best(_ other: Spent?) -> Spent {
    guard let other else { return self }
    return Spent(wall: min(wall, other.wall), processor: min(processor, other.processor))
  }

  static func processorSeconds() -> Double {
    [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, who in
      var usage = rusage()
      getrusage(__rusage_who_t(who.rawValue), &usage)
      func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
      return sum + seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
  }
}

/// Memory that this process has in use, in MB; what the C library keeps for later counts as well.
func residentMegabytes() -> Double {
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
  return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
}

/// The value below which `share` of the sorted `values` lie.
func quantile(_ share: Double, of values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
}

func milliseconds(_ seconds: Double, _ width: Int = 9, digits: Int = 2) -> String {
  let text = String(format: "%.\(digits)f", seconds * 1000)
  return String(repeating: " ", count: max(1, width - text.count)) + text
}

func label(_ text: String, _ width: Int = 46) -> String {
  text.padding(toLength: width, withPad: " ", startingAt: 0)
}
