import Foundation

/// Delivery beside its goals: letters per second over both ends and the axis, intake beside its floor, writes of the ledger
/// beside bare SQLite, a clerk's queries at millions of events, memory under load.
///
///     delivery-benchmark [delivery] [intake] [writes] [queries] [memory] [--letters N] [--events N,N] [--minutes N]

var parts: [String] = []
var values = ["--letters": "48", "--events": "1000000,5000000", "--minutes": "10", "--asks": "200", "--rounds": "5"]
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  if argument.hasPrefix("--"), values[argument] != nil, let value = arguments.popFirst() {
    values[argument] = value
  } else {
    parts.append(argument)
  }
}
let known = ["delivery", "intake", "writes", "queries", "memory"]
guard parts.allSatisfy(known.contains) else {
  print(
    "delivery-benchmark [\(known.joined(separator: "] ["))] [\(values.keys.sorted().joined(separator: " N] ["))  N]")
  exit(64)
}
// Ten minutes of load only when asked for.
if parts.isEmpty { parts = ["delivery", "intake", "writes", "queries"] }
let settings = values
let number = { (name: String) in settings[name].flatMap { Int($0) } ?? 1 }

for part in parts {
  switch part {
  case "delivery": try await benchmarkDelivery(letters: number("--letters"))
  case "intake": try await benchmarkIntake(rounds: number("--rounds"), letters: 12)
  case "writes": try await benchmarkWrites(rounds: number("--rounds") * 2)
  case "queries":
    for events in (settings["--events"] ?? "").split(separator: ",").compactMap({ Int($0) }) {
      try await benchmarkQueries(events: events, asks: number("--asks"))
    }
  default: try await benchmarkMemory(minutes: settings["--minutes"].flatMap { Double($0) } ?? 1)
  }
  print("")
  fflush(nil)
}
