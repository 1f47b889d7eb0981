import DossierMapping
import DossierModel
import Foundation
import RequestLetter

/// Letters rendered and read, rows validated and imported per second, with the peak memory of each. Each part runs in a
/// process of its own, so that its peak is its own; poppler's tools count as part of reading.

let parts = ["render", "read", "validate", "import"]

func resources(_ who: __rusage_who) -> rusage {
  var usage = rusage()
  // The C library takes the enumeration's number.
  getrusage(__rusage_who_t(who.rawValue), &usage)
  return usage
}

/// What the processor did for this process and its children, in seconds.
func processorSeconds() -> Double {
  [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, who in
    let usage = resources(who)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return sum + Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
  }
}

/// Peak memory in MB: ours, and that of the largest child.
func peaks() -> (own: Double, child: Double) {
  (Double(resources(RUSAGE_SELF).ru_maxrss) / 1024, Double(resources(RUSAGE_CHILDREN).ru_maxrss) / 1024)
}

/// Runs `work` in rounds and prints the best one, in `unit` per second.
func measure(_ name: String, _ unit: String, rounds: Int, items: Int, _ work: () async throws -> Void) async throws {
  var best = (processor: Double.infinity, wall: Double.infinity)
  let clock = ContinuousClock()
  for _ in 0..<rounds {
    let processor = processorSeconds()
    let start = clock.now
    try await work()
    let wall = (clock.now - start) / .seconds(1)
    best = (min(best.processor, processorSeconds() - processor), min(best.wall, wall))
  }
  let peak = peaks()
  print(
    name.padding(toLength: 34, withPad: " ", startingAt: 0)
      + String(
        format: "%9.1f %9.1f  %@/s   %6.0f MB %6.0f MB", Double(items) / best.processor, Double(items) / best.wall,
        unit,
        peak.own, peak.child))
}

func run(_ part: String) async throws {
  let mapping = try MappingSet.builtIn()
  let context = RuleContext(today: CalendarDate(iso: "2026-11-22"))
  var samples = SampleDossiers(seed: 99)
  let dossiers = DossierType.allCases.map { samples.dossier($0, rows: 8) }
  let long = samples.dossier(.persons, rows: 200)
  let renderer = try LetterRenderer()
  switch part {
  case "render":
    try await measure("render, 8 rows, types 01-06", "letters", rounds: 8, items: dossiers.count) {
      for dossier in dossiers { _ = try renderer.render(dossier, created: SampleDossiers.created) }
    }
    try await measure("render, 200 rows, type 01", "letters", rounds: 4, items: 1) {
      _ = try renderer.render(long, created: SampleDossiers.created)
    }
  case "read":
    let letters = try dossiers.map { try renderer.render($0, created: SampleDossiers.created).pdf }
    let annexed = try renderer.render(long, created: SampleDossiers.created).pdf
    let reader = try LetterReader()
    let mapper = LetterMapper(mapping: mapping)
    try await measure("read and map, 8 rows, types 01-06", "letters", rounds: 5, items: letters.count) {
      for letter in letters { _ = mapper.map(letter: try await reader.read(letter), context: context) }
    }
    try await measure("read and map, 200 rows, type 01", "letters", rounds: 3, items: 1) {
      _ = mapper.map(letter: try await reader.read(annexed), context: context)
    }
  case "validate":
    let rows = (0..<25).flatMap { _ in long.rows }
    let rules = DossierRules(mapping: mapping)
    try await measure("validate, 5,000 rows, type 01", "rows", rounds: 5, items: rows.count) {
      _ = rules.rowFindings(in: rows, type: .persons, origin: .letter, context: context)
    }
  default:
    let rows = (0..<25).flatMap { _ in long.rows }
    let bytes = try SheetExporter(mapping: mapping).list(rows, type: .persons, as: .xlsx)
    let importer = DossierImporter(mapping: mapping)
    try await measure("import, 5,000 rows (.xlsx)", "rows", rounds: 3, items: rows.count) {
      _ = try importer.importList(bytes, name: "ds.xlsx", type: .persons, context: context)
    }
  }
}

if CommandLine.arguments.count > 1 {
  try await run(CommandLine.arguments[1])
} else {
  print("                                  processor     clock                 peak   largest child")
  for part in parts {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [part]
    try process.run()
    process.waitUntilExit()
  }
}
