public import ArgumentParser
import DossierModel
import Foundation
import LetterSignatures
import SigningCore

/// What a signature shows, and where (NĐ 30/2020/NĐ-CP, Phụ lục I). Sizes of pictures are in millimetres.
struct SignAppearanceOptions: ParsableArguments {
  /// The acts of the clerk's desk, with what is usual for each.
  enum Act: String, ExpressibleByArgument, CaseIterable {
    /// Ký phê duyệt.
    case approve
    /// Ký nháy.
    case initial
    /// Ký phát hành.
    case issue
    /// Ký phụ lục in a file of its own.
    case annex
    /// Ký bản sao.
    case copy
    /// Cho ý kiến.
    case comment

    var reason: String {
      switch self {
      case .approve: "Ký phê duyệt"
      case .initial: "Ký nháy"
      case .issue: "Ký phát hành"
      case .annex: "Ký phụ lục"
      case .copy: "Ký bản sao"
      case .comment: "Cho ý kiến"
      }
    }

    /// Millimetres.
    var size: (width: Double, height: Double) {
      switch self {
      case .initial: (15, 8)
      case .issue: (36, 36)
      case .approve, .annex, .copy, .comment: (45, 20)
      }
    }
  }

  @Option(help: "What is done: approve, initial, issue, annex, copy or comment.") var act: Act?
  @Option(help: "PNG of the hand signature or seal, transparent or not.", completion: .file()) var picture: String?
  @Option(help: "Largest extent of the picture in millimetres, as WIDTHxHEIGHT; the act's usual if left out.")
  var size: String?
  @Option(help: "Place of the picture on the page: x,y,width,height in points from the lower left corner.")
  var rect: String?
  @Option(help: "Page of --rect, from 1; -1 is the last.") var page = -1
  @Option(help: "Words of the letter (on one line) beside which it stands; the last place of several.")
  var anchor: String?
  @Option(help: "Side of the anchor: over, above, below, left or right.") var anchorSide = TextAnchor.Side.above
  @Option(help: "Which of several anchors, from 1, or from -1 at the end.") var occurrence = -1
  @Option(help: "Move away from the anchor: right,up in points.") var offset: String?
  @Option(help: "Field of the signature that the seal covers by a third; the last visible one if left out.")
  var over: String?
  @Option(help: "A line of text to show; may be given several times.") var stampText: [String] = []
  @Option(help: "Number of the letter: put on the page (issue), or shown in the stamp (annex).") var number: String?
  @Option(help: "Notation of the letter, for the annex' stamp.") var notation: String?
  @Option(help: "Date of issue (2026-11-22), put on the page by --act issue.") var date: String?
  @Option(help: "Form of the copy: SAO Y, SAO LỤC or TRÍCH SAO.") var copyForm = "SAO Y"
  @Option(help: "Agency named in the copy's stamp; the signer's if left out.") var agency: String?

  var isEmpty: Bool { act == nil && picture == nil && stampText.isEmpty && rect == nil && anchor == nil }

  func validate() throws {
    guard rect == nil || anchor == nil else { throw ValidationError("Give the place by --rect or --anchor.") }
    if picture != nil, rect == nil, anchor == nil, act == nil || act == .approve || act == .comment {
      throw ValidationError("--picture needs --rect x,y,width,height or --anchor TEXT.")
    }
    if rect != nil || anchor != nil, picture == nil, stampText.isEmpty {
      throw ValidationError("--rect and --anchor need --picture or --stamp-text.")
    }
    if act == .annex, number == nil || notation == nil {
      throw ValidationError("--act annex needs --number and --notation of the letter.")
    }
    if act == .comment, stampText.isEmpty { throw ValidationError("--act comment needs --stamp-text.") }
    if act != .issue, date != nil { throw ValidationError("--date goes with --act issue.") }
    if act == .issue, number != nil, date == nil { throw ValidationError("--number needs --date.") }
    if let date, CalendarDate(iso: date) == nil { throw ValidationError("--date must be a date, e.g. 2026-11-22.") }
    _ = try rectangle()
    _ = try shift()
    _ = try extent()
  }

  /// What is to be shown, its place still to be found.
  func plan(signer: Certificate?, at now: Date) throws -> AppearancePlan {
    var plan = AppearancePlan()
    if let date = date.flatMap(CalendarDate.init(iso:)) {
      plan.issue = IssueEntry(number: number, day: date.day, month: date.month, year: date.year)
    }
    let place = try place()
    if let picture {
      let extent = try extent()
      let data = Data(try SignFiles.read(picture))
      plan.marks.append(
        .init(
          .picture(data, width: AppearancePlan.points(extent.width), height: AppearancePlan.points(extent.height)),
          at: place))
    }
    let lines = lines(signer: signer, at: now)
    if !lines.isEmpty {
      let isStamp = act == .annex || act == .copy
      let text = MarkText(lines, alignment: isStamp ? .right : .left)
      plan.marks.append(.init(.text(text), at: picture == nil && !isStamp ? place : .topRight(page: 1)))
    }
    return plan
  }

  private func lines(signer: Certificate?, at now: Date) -> [String] {
    switch act {
    case .annex: return ["\(number ?? "")/\(notation ?? "")", SigningTime.text(now)] + stampText
    case .copy:
      let name = agency ?? signer?.subject["CN"] ?? ""
      return [copyForm, name, SigningTime.text(now)].filter { !$0.isEmpty } + stampText
    default: return stampText
    }
  }

  private func place() throws -> AppearancePlan.Place {
    if let rectangle = try rectangle() { return .within(page: page, rectangle) }
    if let anchor {
      let (dx, dy) = try shift()
      return .beside(TextAnchor(anchor, side: anchorSide, occurrence: occurrence, dx: dx, dy: dy))
    }
    switch act {
    case .issue: return .overSignature(field: over)
    // The text of a letter ends with "./." (NĐ 30/2020, Phụ lục I).
    case .initial: return .beside(TextAnchor("./.", side: .right))
    case .approve, .annex, .copy, .comment, nil: return .topRight(page: 1)
    }
  }

  private func rectangle() throws -> SignatureAppearance.PageRect? {
    guard let rect else { return nil }
    let numbers = rect.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard numbers.count == 4, numbers[2] > 0, numbers[3] > 0 else {
      throw ValidationError("--rect must be x,y,width,height.")
    }
    return .init(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  private func shift() throws -> (Double, Double) {
    guard let offset else { return (0, 0) }
    let numbers = offset.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard numbers.count == 2 else { throw ValidationError("--offset must be right,up in points.") }
    return (numbers[0], numbers[1])
  }

  private func extent() throws -> (width: Double, height: Double) {
    guard let size else {
      // A rectangle that is given is filled.
      if let rectangle = try rectangle() { return (rectangle.width * 25.4 / 72, rectangle.height * 25.4 / 72) }
      return (act ?? .approve).size
    }
    let numbers = size.lowercased().split(separator: "x").compactMap { Double($0) }
    guard numbers.count == 2, numbers.allSatisfy({ (1...300).contains($0) }) else {
      throw ValidationError("--size must be WIDTHxHEIGHT in millimetres, e.g. 45x20.")
    }
    return (numbers[0], numbers[1])
  }
}

extension TextAnchor.Side: ExpressibleByArgument {}
