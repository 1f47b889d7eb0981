import DossierModel
import TextLayout
import VietnameseText

/// A dossier's rows as the table of its form.
struct LetterList {
  let dossier: Dossier
  let frame: LetterLayout.Frame
  let form: LetterLayout.Form

  func table(size: Double) -> Table {
    let columns = form.paper.columns
    let hasGroups = columns.contains { $0.group != nil }
    var head = [Table.HeadCell(frame.words.runningNumber, column: 0, rowSpan: hasGroups ? 2 : 1)]
    var index = 0
    while index < columns.count {
      let column = columns[index]
      guard let group = column.group else {
        head.append(Table.HeadCell(column.title, column: index + 1, rowSpan: hasGroups ? 2 : 1))
        index += 1
        continue
      }
      let members = columns[index...].prefix { $0.group == group }
      head.append(Table.HeadCell(group, column: index + 1, columnSpan: members.count))
      for (offset, member) in members.enumerated() {
        head.append(Table.HeadCell(member.title, column: index + 1 + offset, row: 1))
      }
      index += members.count
    }
    return Table(
      columns: [Table.Column(alignment: .centre, minimumWidth: 26)] + columns.map(Self.column), head: head,
      rows: dossier.rows.enumerated().map { cells($1, position: $0) }, headStyle: TextStyle(size: size, bold: true),
      bodyStyle: TextStyle(size: size))
  }

  private static func column(_ column: LetterLayout.Column) -> Table.Column {
    let first = column.fields.first ?? .fullName
    let centred: Set<DossierField> = [
      .birthDate, .mobile, .oldCertificateSerial, .certificateSerial, .deviceNumber, .taxCode, .budgetCode, .simPKI,
      .renew, .change,
    ]
    return Table.Column(
      alignment: column.fields.count == 1 && centred.contains(first) ? .centre : .left, minimumWidth: 30,
      mayBreakWords: first == .email)
  }

  private func cells(_ row: DossierRow, position: Int) -> [String] {
    let number = row.number ?? position + 1
    return [number < 10 ? "0\(number)" : "\(number)"] + form.paper.columns.map { text(of: $0, in: row) }
  }

  private func text(of column: LetterLayout.Column, in row: DossierRow) -> String {
    let parts = column.fields.compactMap { field -> String? in
      let text = field == .organisation ? row.organisationLine : row.printed(field)
      guard let text, !text.isEmpty else { return nil }
      return field == .signingPhone ? "\(frame.words.simPhone) \(text)" : text
    }
    return parts.joined(separator: "; ").nfc
  }
}
