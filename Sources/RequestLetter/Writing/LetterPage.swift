import DossierModel
import Foundation
import TextLayout
import VietnameseText

/// One letter while it is being written, part after part from top to bottom.
struct LetterPage {
  let dossier: Dossier
  let agency: String
  let frame: LetterLayout.Frame
  let form: LetterLayout.Form
  let options: RenderingOptions
  let flow: PageFlow

  private var numberPlace = PageRect(page: 0, x: 0, y: 0, width: 0, height: 0)
  private var datePlace = PageRect(page: 0, x: 0, y: 0, width: 0, height: 0)

  init(
    dossier: Dossier, agency: String, frame: LetterLayout.Frame, form: LetterLayout.Form, created: Date,
    options: RenderingOptions
  ) throws(TextLayoutError) {
    self.dossier = dossier
    self.agency = agency
    self.frame = frame
    self.form = form
    self.options = options
    let margins = frame.margins
    let geometry = PageGeometry.portraitA4(
      top: margins.top, bottom: margins.bottom, left: margins.left, right: margins.right)
    let writer = try PageWriter(
      DocumentMetadata(
        title: frame.words.subject + " " + Self.subject(of: dossier, form), author: agency, creator: "LienThong",
        created: created), geometry: geometry)
    flow = PageFlow(writer, pageNumber: TextStyle(size: frame.sizes.pageNumber))
  }

  var words: LetterLayout.Words { frame.words }
  var sizes: LetterLayout.Sizes { frame.sizes }
  var subject: String { Self.subject(of: dossier, form) }
  var addressee: String { (dossier.letter.addressee ?? frame.addressee).nfc }

  static func subject(of dossier: Dossier, _ form: LetterLayout.Form) -> String {
    if let subject = dossier.letter.subject, !subject.isEmpty { return subject.nfc }
    if dossier.centralSigning, let central = form.paper.subjectCentralSigning { return central }
    return form.paper.subject
  }

  mutating func write() throws(TextLayoutError) -> RenderedLetter {
    let pageHeights = PageHeights()
    try writeHead()
    try writeOpening()
    try writeContact()
    let list = LetterList(dossier: dossier, frame: frame, form: form)
    let inLetter = try tableInLetter(list)
    try writeCount(isAnnex: inLetter == nil)
    if let inLetter {
      try flow.place(inLetter.table, widths: inLetter.widths)
      flow.skip(6)
    }
    let signature = try writeEnd()
    if inLetter == nil { try writeAnnex(list) }
    let pages = flow.writer.page + 1
    let pdf = try flow.writer.finish()
    return RenderedLetter(
      pdf: pdf, pages: pages, signaturePicture: pageHeights.box(signature.picture),
      seal: pageHeights.box(signature.seal), numberPlace: pageHeights.box(numberPlace),
      datePlace: pageHeights.box(datePlace))
  }

  /// All pages that have a box are A4 on end.
  private struct PageHeights {
    let height = PageGeometry.portraitA4(top: 0, bottom: 0, left: 0, right: 0).height

    func box(_ rect: PageRect) -> PageBox {
      PageBox(
        page: rect.page, left: rect.x, bottom: height - rect.y - rect.height, right: rect.x + rect.width,
        top: height - rect.y)
    }
  }

  // MARK: Head

  private mutating func writeHead() throws(TextLayoutError) {
    let geometry = flow.geometry
    if options.showsFormNumber {
      let number = Paragraph(
        words.form + " " + form.paper.formNumber, TextStyle(size: sizes.form, bold: true), alignment: .right)
      try flow.place(number)
      flow.skip(2)
    }
    let start = flow.y
    // The nation's line must stand on one line; what is left of the width is the agency's.
    let nation = try flow.writer.block(
      Paragraph(words.nation, TextStyle(size: sizes.national, bold: true), alignment: .centre), width: 1_000)
    let rightWidth = min(nation.usedWidth + 4, geometry.textWidth * 0.65)
    let leftWidth = geometry.textWidth - rightWidth - 6
    let right = geometry.left + geometry.textWidth - rightWidth
    let leftEnd = try writeAgency(x: geometry.left, width: leftWidth, y: start)
    let rightEnd = try writeNation(x: right, width: rightWidth, y: start)
    flow.moveTo(max(leftEnd, rightEnd) + 14)
  }

  private mutating func writeAgency(x: Double, width: Double, y: Double) throws(TextLayoutError) -> Double {
    var y = y
    if let superior = dossier.letter.superior, !superior.isEmpty {
      let text = superior.nfc.uppercased()
      y = try flow.placeColumn(
        [Paragraph(text, TextStyle(size: sizes.head), alignment: .centre)], x: x, width: width, y: y, balanced: true)
    }
    let name = Paragraph(agency.uppercased(), TextStyle(size: sizes.head, bold: true), alignment: .centre)
    y = try flow.placeColumn([name], x: x, width: width, y: y, balanced: true)
    // The rule below the agency is a third to a half of the line above it.
    let ruled = try flow.writer.block(name, width: width).usedWidth * 0.4
    flow.writer.rule(fromX: x + (width - ruled) / 2, y: y + 2, toX: x + (width + ruled) / 2, y: y + 2, thickness: 0.75)
    y += 7
    let code = numberLine
    let line = try flow.writer.block(
      Paragraph(code, TextStyle(size: sizes.number), alignment: .centre), width: width)
    flow.writer.draw(line, x: x, y: y)
    numberPlace = try placeOfNumber(line, x: x, y: y)
    y += line.height + 1
    let subject = Paragraph(
      words.subject + " " + self.subject, TextStyle(size: sizes.subject), alignment: .centre)
    return try flow.placeColumn([subject], x: x, width: width, y: y, balanced: true)
  }

  /// "Số: 05/SNV-VP"; below 10 with a leading zero (NĐ 30, Phụ lục I); blank room where the number is not given yet.
  private var numberLine: String {
    words.number + " " + codeText
  }

  private func placeOfNumber(_ line: TextBlock, x: Double, y: Double) throws(TextLayoutError) -> PageRect {
    let label = try flow.writer.block(
      Paragraph(words.number + " ", TextStyle(size: sizes.number)), width: 1_000
    ).usedWidth
    let left = x + (line.lines.first?.left ?? 0) + label
    let tail = try flow.writer.block(
      Paragraph("/" + (dossier.letter.notation ?? ""), TextStyle(size: sizes.number)), width: 1_000
    ).usedWidth
    let right = x + (line.lines.first?.left ?? 0) + (line.lines.first?.width ?? 0) - tail
    return PageRect(page: flow.writer.page, x: left, y: y, width: max(right - left, 0), height: line.height)
  }

  private mutating func writeNation(x: Double, width: Double, y: Double) throws(TextLayoutError) -> Double {
    var y = try flow.placeColumn(
      [Paragraph(words.nation, TextStyle(size: sizes.national, bold: true), alignment: .centre)], x: x,
      width: width, y: y)
    let motto = Paragraph(words.motto, TextStyle(size: sizes.motto, bold: true), alignment: .centre)
    y = try flow.placeColumn([motto], x: x, width: width, y: y)
    // The rule below the motto is as long as the motto.
    let ruled = try flow.writer.block(motto, width: width).usedWidth
    flow.writer.rule(fromX: x + (width - ruled) / 2, y: y + 2, toX: x + (width + ruled) / 2, y: y + 2, thickness: 0.75)
    y += 8
    let line = try flow.writer.block(
      Paragraph(placeAndDate, TextStyle(size: sizes.place, italic: true), alignment: .centre), width: width)
    flow.writer.draw(line, x: x, y: y)
    datePlace = PageRect(page: flow.writer.page, x: x, y: y, width: width, height: line.height)
    return y + line.height
  }

  private var placeAndDate: String {
    let day = dateText
    guard let place = dossier.letter.place, !place.isEmpty else { return day }
    return place.nfc + ", " + day
  }

  /// "ngày 03 tháng 02 năm 2026": days below 10 and the months 1 and 2 have a leading zero (NĐ 30, Phụ lục I).
  var dateText: String {
    guard let date = dossier.letter.date else {
      let blank = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}"
      return words.day + blank + words.month + blank + words.year + blank
    }
    let day = date.day < 10 ? "0\(date.day)" : "\(date.day)"
    let month = date.month < 3 ? "0\(date.month)" : "\(date.month)"
    return "\(words.day) \(day) \(words.month) \(month) \(words.year) \(date.year)"
  }

  // MARK: Text

  var body: TextStyle { TextStyle(size: sizes.body) }

  func paragraph(_ runs: [TextRun], keepsWithNext: Bool = false) -> Paragraph {
    Paragraph(
      runs, alignment: .justified, firstLineIndent: PageGeometry.points(12.7), spaceBefore: 3, spaceAfter: 3,
      lineSpacing: 1.05, keepsWithNext: keepsWithNext)
  }

  private func writeOpening() throws(TextLayoutError) {
    var greeting = Paragraph(words.to + " " + addressee + ".", body, alignment: .centre)
    greeting.spaceAfter = 8
    try flow.place(greeting)
    try flow.place(paragraph([TextRun(filled(frame.introduction), body)]))
  }

  /// The addressee in running text: what stands before the comma of its own superior body.
  private var addresseeInText: String {
    addressee.split(separator: ",").first.map { String($0).trimmingCharacters(in: .whitespaces) } ?? addressee
  }

  private func filled(_ text: String) -> String {
    text.replacingOccurrences(of: "{agency}", with: agency)
      .replacingOccurrences(of: "{addressee}", with: addresseeInText)
      .replacingOccurrences(of: "{request}", with: form.wording.request)
      .replacingOccurrences(of: "{code}", with: codeText)
      .replacingOccurrences(of: "{date}", with: dateText)
  }

  private var codeText: String {
    let blank = String(repeating: "\u{a0}", count: 8)
    let number = dossier.letter.number.map { $0.count == 1 ? "0" + $0 : $0 } ?? blank
    return number + "/" + (dossier.letter.notation ?? "").nfc
  }

  private func writeContact() throws(TextLayoutError) {
    let title = TextRun("1. " + form.wording.contactTitle + ":", TextStyle(size: sizes.body, bold: true))
    try flow.place(paragraph([title], keepsWithNext: true), following: 30)
    for field in form.paper.contact {
      guard let label = label(of: field) else { continue }
      try flow.place(paragraph([TextRun("- \(label): \(contactText(field) ?? "")", body)]))
    }
  }

  private func label(of field: DossierField) -> String? {
    if field == .address, let label = form.wording.addressLabel { return label }
    return frame.contact[field.rawValue]?.first
  }

  private func contactText(_ field: DossierField) -> String? {
    let contact = dossier.contact
    switch field {
    case .fullName: return contact.fullName
    case .citizenId: return contact.citizenId
    case .idIssueDate: return contact.idIssueDate?.vietnamese
    case .idIssuePlace: return contact.idIssuePlace
    case .position: return contact.position
    case .organisation: return contact.organisation
    case .mobile: return contact.mobile
    case .email: return contact.email
    case .address: return contact.address
    default: return nil
    }
  }

  private func writeCount(isAnnex: Bool) throws(TextLayoutError) {
    let count = dossier.declaredCount ?? dossier.rows.count
    let number = count < 10 ? "0\(count)" : "\(count)"
    let title = "2. \(form.wording.listTitle): \(number) \(form.paper.countNoun)"
    let bold = TextStyle(size: sizes.body, bold: true)
    try flow.place(
      paragraph(
        [TextRun(title, bold), TextRun(isAnnex ? words.enclosed : words.listed, body)], keepsWithNext: !isAnnex),
      following: isAnnex ? 0 : 60)
  }

  // MARK: List

  /// The table as it stands in the letter: short, and with no word broken; `nil` where it needs pages of its own.
  private func tableInLetter(_ list: LetterList) throws(TextLayoutError) -> (table: Table, widths: [Double])? {
    if options.listPlace == .annex { return nil }
    if options.listPlace == .automatic && dossier.rows.count > Self.mostRowsInLetter { return nil }
    let least = options.listPlace == .inLetter ? Self.smallestType : sizes.table
    return try fitted(list, from: sizes.table, downTo: least, width: flow.geometry.textWidth)
  }

  /// The table in the largest type in which it fits; `nil` when even the smallest is too wide.
  private func fitted(
    _ list: LetterList, from largest: Double, downTo least: Double, width: Double
  ) throws(TextLayoutError) -> (table: Table, widths: [Double])? {
    var size = largest
    while size >= least {
      let table = list.table(size: size)
      let widths = try flow.writer.widths(of: table)
      if widths.leastTotal <= width { return (table, widths.filling(width)) }
      size -= 0.5
    }
    return nil
  }

  private static let mostRowsInLetter = 8
  /// Type smaller than this (points) is not legible on paper.
  private static let smallestType = 7.5

  private func writeAnnex(_ list: LetterList) throws(TextLayoutError) {
    let margins = frame.annexMargins
    try flow.startPage(
      .landscapeA4(top: margins.top, bottom: margins.bottom, left: margins.left, right: margins.right))
    try flow.place(
      Paragraph(form.wording.annexTitle, TextStyle(size: sizes.body, bold: true), alignment: .centre))
    var reference = Paragraph(
      filled(words.annexReference), TextStyle(size: sizes.body, italic: true), alignment: .centre)
    reference.spaceAfter = 8
    try flow.place(reference)
    let width = flow.geometry.textWidth
    if let fitting = try fitted(list, from: sizes.annexTable, downTo: Self.smallestType, width: width) {
      try flow.place(fitting.table, widths: fitting.widths)
    } else {
      // Only absurdly long words come here; they are broken.
      let table = list.table(size: Self.smallestType)
      try flow.place(table, widths: flow.writer.widths(of: table).filling(width))
    }
  }

  // MARK: End

  private struct Signature {
    let picture: PageRect
    let seal: PageRect
  }

  /// Millimetres: room for the hand signature's picture and the diameter of a state body's seal.
  private enum Picture {
    static let width = PageGeometry.points(45)
    static let height = PageGeometry.points(20)
    static let seal = PageGeometry.points(36)
    static let room = PageGeometry.points(27)
  }

  private func writeEnd() throws(TextLayoutError) -> Signature {
    let geometry = flow.geometry
    let half = geometry.textWidth / 2
    let titles = (dossier.letter.signer?.titleLines ?? []).map {
      Paragraph($0.nfc.uppercased(), TextStyle(size: sizes.signer, bold: true), alignment: .centre)
    }
    let name = Paragraph(
      (dossier.letter.signer?.fullName ?? "").nfc, TextStyle(size: sizes.signer, bold: true), alignment: .centre)
    var copies = [Paragraph(words.copies, TextStyle(size: sizes.copiesTitle, bold: true, italic: true))]
    let places = dossier.letter.copiesTo.isEmpty ? words.defaultCopies : dossier.letter.copiesTo
    for (index, place) in places.enumerated() {
      let mark = index == places.count - 1 ? "." : ";"
      let bare = place.nfc.trimmingCharacters(in: CharacterSet(charactersIn: " -;."))
      copies.append(Paragraph("- " + bare + mark, TextStyle(size: sizes.copies)))
    }
    let block =
      try flow.height(titles, width: half) + Picture.room + flow.height([name], width: half)
    let left = try flow.height(copies, width: half)
    try flow.place(
      paragraph([TextRun(filled(frame.closing), body)], keepsWithNext: true), following: max(block, left) + 12)
    flow.skip(8)
    let top = flow.y
    try flow.placeColumn(copies, x: geometry.left, width: half, y: top)
    let right = geometry.left + half
    let titleEnd = try flow.placeColumn(titles, x: right, width: half, y: top)
    let end = try flow.placeColumn([name], x: right, width: half, y: titleEnd + Picture.room)
    flow.moveTo(max(end, top + left))
    let picture = PageRect(
      page: flow.writer.page, x: right + (half - Picture.width) / 2,
      y: titleEnd + (Picture.room - Picture.height) / 2, width: Picture.width, height: Picture.height)
    let seal = PageRect(
      page: flow.writer.page, x: picture.x + Picture.width / 3 - Picture.seal,
      y: picture.y + (Picture.height - Picture.seal) / 2, width: Picture.seal, height: Picture.seal)
    return Signature(picture: picture, seal: seal)
  }
}
