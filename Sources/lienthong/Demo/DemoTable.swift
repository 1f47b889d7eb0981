/// The table at the end of the demo.
struct DemoTable {
  let report: DemoReport

  var text: String {
    var rows = [["letter", "decision", "type", "dossier code", "codes", "CA told", "agency saw"]]
    for letter in report.letters {
      rows.append([
        letter.name, letter.decision ?? "–", letter.dossierType ?? "–", letter.dossierCode ?? "–",
        letter.codes.isEmpty ? "–" : letter.codes.joined(separator: " "), letter.sentStatuses.joined(separator: " "),
        letter.receivedStatuses.joined(separator: " "),
      ])
    }
    for other in report.others { rows.append([other.name, other.outcome, "", "", "", "", ""]) }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    return (["", lines[0], String(repeating: "─", count: lines[0].count)] + lines.dropFirst() + [""]).joined(
      separator: "\n")
  }
}
