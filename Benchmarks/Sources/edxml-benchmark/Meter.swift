import Foundation

/// The best of many rounds in which all that is compared takes turns, so that a busy machine is unfair to all alike.
struct Meter {
  struct Spent {
    var wall = Double.infinity
    /// Seconds of the processor, in the program and in the kernel for it.
    var processor = Double.infinity

    static func + (left: Spent, right: Spent) -> Spent {
      Spent(wall: left.wall + right.wall, processor: left.processor + right.processor)
    }

    static func - (left: Spent, right: Spent) -> Spent {
      Spent(wall: max(0, left.wall - right.wall), processor: max(0, left.processor - right.processor))
    }

    static func * (left: Spent, factor: Double) -> Spent {
      Spent(wall: left.wall * factor, processor: left.processor * factor)
    }
  }

  private(set) var best: [String: Spent] = [:]

  subscript(_ name: String) -> Spent { best[name] ?? Spent() }

  mutating func measure(_ name: String, _ body: () throws -> Void) rethrows {
    let processor = Self.processorSeconds()
    let begin = ContinuousClock.now
    try body()
    let spent = (ContinuousClock.now - begin).components
    let wall = Double(spent.seconds) + Double(spent.attoseconds) / 1e18
    var known = best[name] ?? Spent()
    known.wall = min(known.wall, wall)
    known.processor = min(known.processor, Self.processorSeconds() - processor)
    best[name] = known
  }

  private static func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
