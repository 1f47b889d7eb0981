import DossierModel
import Foundation
import VietnameseText

/// Columns whose headings are not known word for word: what their cells hold, and what little their headings say.
extension ColumnHeadings {
  /// The match with a meaning for further columns.
  ///
  /// - Parameters:
  ///   - header: the headings.
  ///   - rows: the cells' texts without white space, row by row.
  func completed(_ match: Match, header: [String], rows: [[String]]) -> Match {
    var meanings = match.meanings
    // "Địa chỉ email" is no address: what most cells are counts more than a heading.
    for column in meanings.indices where meanings[column].map({ !$0.fields.contains(.email) }) == true {
      let cells = rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
      if !cells.isEmpty, 2 * cells.filter({ $0.contains("@") }).count > cells.count { meanings[column] = nil }
    }
    var taken = Set(meanings.compactMap { $0 }.flatMap(\.fields))
    let titles = header.map { Title($0) }
    var open = meanings.indices.filter { column in
      meanings[column] == nil && column < header.count && !isRunningNumber(header[column])
    }
    let entries = entries[match.type] ?? []
    func give(_ meaning: Meaning, to column: Int) {
      meanings[column] = meaning
      taken.formUnion(meaning.fields)
      open.removeAll { $0 == column }
    }
    // A column of addresses is the one of addresses, whatever stands above it.
    for column in open where !Self.isRemark(titles[column]) {
      let cells = rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
      guard !cells.isEmpty else { continue }
      let fitting = entries.filter { entry in
        guard entry.weight == 1, let field = entry.meaning.fields.first, !taken.contains(field),
          let holds = Self.shapes[field]
        else { return false }
        return 10 * cells.filter(holds).count >= 7 * cells.count
      }
      if fitting.count == 1 { give(fitting[0].meaning, to: column) }
    }
    // Texts have no shape: a heading that shares words with one that is missing, and with no other as much, is it.
    while true {
      var pairs: [(likeness: Double, column: Int, meaning: Meaning)] = []
      for column in open where !Self.isRemark(titles[column]) {
        for entry in entries where entry.weight == 1 {
          guard let field = entry.meaning.fields.first, !taken.contains(field), Self.shapes[field] == nil else {
            continue
          }
          let likeness = entry.titles.map { titles[column].likeness($0) }.max() ?? 0
          if likeness >= 0.25 { pairs.append((likeness, column, entry.meaning)) }
        }
      }
      pairs.sort { $0.likeness > $1.likeness }
      guard let best = pairs.first else { break }
      if let second = pairs.dropFirst().first(where: { $0.column == best.column || $0.meaning == best.meaning }),
        second.likeness > best.likeness - 0.05
      {
        break
      }
      give(best.meaning, to: best.column)
    }
    return Match(
      type: match.type, meanings: meanings, score: match.score, known: meanings.compactMap { $0 }.count)
  }

  /// "Ghi chú" says nothing about a form's columns, whatever it holds.
  private static func isRemark(_ title: Title) -> Bool { title.joined.hasPrefix("ghichu") || title.joined.isEmpty }

  /// What the cells of a field look like, white space taken away.
  private static let shapes: [DossierField: @Sendable (String) -> Bool] = [
    .email: { $0.contains("@") },
    .citizenId: { $0.wholeMatch(of: #/\d{12}(?:\D.*)?/#) != nil },
    .taxCode: { $0.wholeMatch(of: #/\d{10}(?:-?\d{3})?/#) != nil && PhoneNumber($0) == nil },
    .budgetCode: { $0.wholeMatch(of: #/\d{7}/#) != nil },
    .deviceNumber: { $0.wholeMatch(of: #/[0-9A-Fa-f]{7,8}/#) != nil },
    .certificateSerial: { $0.wholeMatch(of: #/(?:[0-9A-Fa-f]{16}|[0-9A-Fa-f]{6})(?:\D.*)?/#) != nil },
    .oldCertificateSerial: { $0.wholeMatch(of: #/[0-9A-Fa-f]{16}|[0-9A-Fa-f]{6}/#) != nil },
    .mobile: { PhoneNumber($0) != nil },
    .birthDate: { $0.wholeMatch(of: #/\d{1,2}[\/.\-]\d{1,2}[\/.\-](?:\d{2}|\d{4})/#) != nil },
    .simPKI: { cell in SIMPKI(cell: cell).map { SIMPKI.usualCarriers.contains($0.carrier) } ?? false },
    .renew: { _ in false },
    .change: { _ in false },
  ]
}
