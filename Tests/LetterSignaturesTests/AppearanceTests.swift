import CQPDF
import Foundation
import SigningCore
import Testing

@testable import LetterSignatures

@Suite("Signature appearance")
struct AppearanceTests {
  typealias PageRect = SignatureAppearance.PageRect
  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  static let picture = Data(PictureTests.png(width: 40, height: 20, colorType: 6, channels: 4))
  static let seal = Data(PictureTests.png(width: 36, height: 36, colorType: 6, channels: 4))

  private func signed(_ letter: [UInt8], _ plan: AppearancePlan, _ number: UInt8 = 1) async throws -> [UInt8] {
    let appearances = try await AppearancePlanner.appearances(plan, in: letter)
    return try await LetterSigner.sign(
      pdf: letter, bench.request(number), showing: appearances, with: number == 1 ? bench.leader : bench.agency,
      timeStamp: bench.stamps)
  }

  private func close(_ a: Double, _ b: Double, within: Double = 2) -> Bool { abs(a - b) <= within }

  @Test(
    "A mark stands upright where it was asked for, however the page is turned, cut and shifted",
    arguments: ["", "/Rotate 90", "/Rotate 180", "/Rotate 270", "/Rotate -90"],
    ["0 0 595 842", "100 -50 695 792"])
  func turned(rotate: String, box: String) async throws {
    for crop in ["", box == "0 0 595 842" ? "/CropBox [20 30 560 800]" : "/CropBox [130 0 650 700]"] {
      let letter = PlainLetter.pdf([PlainLetter.Page(lines: [], mediaBox: box, entries: rotate + crop)])
      let text = MarkText(["Mốc-thử-chữ"], size: 12)
      let size = try TextDrawing.size(of: text)
      let wanted = PageRect(x: 60, y: 300, width: size.width, height: size.height)
      let appearance = SignatureAppearance(marks: [.init(page: 1, rect: wanted, content: .text(text))])
      let signed = try await LetterSigner.sign(
        pdf: letter, bench.request(2, appearance: appearance), with: bench.agency, timeStamp: bench.stamps)
      let word = try #require(try await Self.words(signed).pages.first?.words.first)
      #expect(word.text == "Mốc-thử-chữ")
      let detail = Comment(rawValue: "\(rotate) \(box) \(crop): \(word.box) instead of \(wanted)")
      #expect(close(word.box.x, wanted.x + 1) && close(word.box.y, wanted.y), detail)
      #expect(close(word.box.width, wanted.width - 2) && close(word.box.height, wanted.height), detail)
    }
  }

  @Test("The seal covers a third of the leader's picture, to its left, and both signatures hold")
  func seal() async throws {
    let letter = PlainLetter.open()
    let approve = AppearancePlan(marks: [
      .init(
        .picture(Self.picture, width: 120, height: 100),
        at: .beside(TextAnchor("Tran Thi Vi Du", side: .above, dy: 10)))
    ])
    let once = try await signed(letter, approve)
    let issue = AppearancePlan(marks: [
      .init(.picture(Self.seal, width: 102, height: nil), at: .overSignature(field: nil))
    ])
    let twice = try await signed(once, issue, 2)
    let widgets = try LetterPlaces(twice).shownWidgets
    #expect(widgets.map(\.page) == [1, 1])
    let (hand, seal) = (widgets[0].box, widgets[1].box)
    // Twice as wide as high, and no larger than the picture itself.
    #expect(close(hand.width, 120, within: 0.01) && close(hand.height, 60, within: 0.01))
    let name = try #require(try await Self.words(letter).places(of: "Tran Thi Vi Du").last?.box)
    #expect(hand.y > name.top && close(hand.x + hand.width / 2, name.x + name.width / 2, within: 0.5))
    #expect(close(seal.right - hand.x, hand.width / 3, within: 0.01))
    #expect(close(seal.y + seal.height / 2, hand.y + hand.height / 2, within: 0.01))
    let report = bench.verify(twice)
    #expect(report.decision == .accept, "\(report.codes) \(report.detail)")
  }

  @Test("Number and date are put into the room left for them, in the head and in the annex, as one signature")
  func issue() async throws {
    let once = try await signed(PlainLetter.open(), AppearancePlan())
    let plan = AppearancePlan(issue: IssueEntry(number: "5", day: 3, month: 2, year: 2026))
    let twice = try await signed(once, plan, 2)
    let words = try await Self.words(twice)
    #expect(Self.line(at: 740, words.pages[0]) == "So: 05 /SVD-VP Vi Du, ngay 03 thang 02 nam 2026")
    #expect(Self.line(at: 600, words.pages[0]) == "ngay 25 thang 6 nam 2024")
    #expect(
      Self.line(at: 700, words.pages[1]) == "(Kem theo Cong van so 05 /SVD-VP ngay 03 thang 02 nam 2026 cua So Vi du)")
    let report = bench.verify(twice)
    #expect(report.decision == .accept, "\(report.codes) \(report.detail)")
    // Each page has a signature of its own, all the agency's.
    #expect(report.signatures.map(\.signerKind) == [.person, .organisation, .organisation])
    var pages = 0
    var warnings = 0
    #expect(cqpdf_examine(twice, twice.count, &pages, &warnings) == Int32(CQPDF_OK))
    #expect(pages == 2 && warnings == 0)
    // Once they are there nothing more is to be put in.
    #expect(try await AppearancePlanner.appearances(plan, in: twice).isEmpty)
  }

  private static func words(_ pdf: [UInt8]) async throws -> PageWords {
    try await PageWords(pdf, try LetterPlaces(pdf))
  }

  /// The words whose base line is near `y`, from left to right.
  private static func line(at y: Double, _ page: PageWords.Page) -> String {
    page.words.filter { $0.box.y < y + 4 && $0.box.top > y + 4 }.sorted { $0.box.x < $1.box.x }.map(\.text).joined(
      separator: " ")
  }

  @Test(
    "A number or date that stands there already stays, and another one is refused",
    arguments: [
      ("05", ("03", "02", "2026"), nil), ("", ("", "2", "2026"), nil),
      ("06", ("", "", ""), LetterSigningError.Code.numberTaken), ("", ("04", "", ""), .numberTaken),
      ("", ("", "", "2025"), .numberTaken), ("....", ("....", "....", ""), nil),
    ] as [(String, (String, String, String), LetterSigningError.Code?)])
  func taken(number: String, date: (String, String, String), expected: LetterSigningError.Code?) async throws {
    let letter = PlainLetter.open(number: number, date: date)
    let plan = AppearancePlan(issue: IssueEntry(number: "05", day: 3, month: 2, year: 2026))
    do {
      let appearances = try await AppearancePlanner.appearances(plan, in: letter)
      #expect(expected == nil && !appearances.isEmpty)
    } catch {
      #expect(error.code == expected, "\(error.detail)")
    }
  }

  @Test("Stamps stand in the top right corner, the later one below the earlier")
  func stamps() async throws {
    let letter = PlainLetter.open()
    let annex = AppearancePlan(marks: [
      .init(.text(MarkText(["05/SVD-VP", "03/02/2026 09:05:07 +07:00"], alignment: .right)), at: .topRight(page: 1))
    ])
    let copy = AppearancePlan(marks: [
      .init(
        .text(MarkText(["SAO Y", "Sở Thử", SigningTime.text(SigningBench.now)], alignment: .right)),
        at: .topRight(page: 1))
    ])
    let twice = try await signed(try await signed(letter, annex), copy, 2)
    let boxes = try LetterPlaces(twice).shownWidgets.map(\.box)
    #expect(boxes.count == 2 && !boxes[0].overlaps(boxes[1]) && boxes[1].top < boxes[0].y)
    #expect(boxes.allSatisfy { close($0.right, 595 - AppearancePlan.points(15), within: 0.01) })
    let words = try await Self.words(twice)
    #expect(words.places(of: "03/02/2026 09:05:07 +07:00").count == 1)
    #expect(words.places(of: "SAO Y").count == 1 && words.places(of: "Sở Thử").count == 1)
    #expect(bench.verify(twice).decision == .accept)
  }

  @Test("Vietnam's time is shown with its zone, whatever the machine's")
  func time() {
    #expect(SigningTime.text(Date(timeIntervalSince1970: 1_795_305_907)) == "22/11/2026 07:05:07 +07:00")
    #expect(SigningTime.text(Date(timeIntervalSince1970: 1_795_280_400)) == "22/11/2026 00:00:00 +07:00")
  }

  @Test("Words that are not there, no room, no earlier picture and no page are told")
  func refusals() async throws {
    let letter = PlainLetter.open()
    let text = AppearancePlan.Content.text(MarkText(["x"]))
    let places: [(AppearancePlan.Place, LetterSigningError.Code)] = [
      (.beside(TextAnchor("Nguyen Van Khac")), .placeNotFound), (.overSignature(field: nil), .placeNotFound),
      (.beside(TextAnchor("SO VI DU", occurrence: 2)), .placeNotFound), (.topRight(page: 9), .pageMissing),
      (.at(page: 0, x: 1, y: 1), .pageMissing),
    ]
    for (place, code) in places {
      await #expect {
        try await AppearancePlanner.appearances(AppearancePlan(marks: [.init(text, at: place)]), in: letter)
      } throws: { ($0 as? LetterSigningError)?.code == code }
    }
    let glued = PlainLetter.pdf([
      .init(lines: [.init(80, 740, "So:/SVD-VP"), .init(330, 740, "ngay thang nam")])
    ])
    let plan = AppearancePlan(issue: IssueEntry(number: "05", day: 3, month: 2, year: 2026))
    await #expect { try await AppearancePlanner.appearances(plan, in: glued) } throws: {
      ($0 as? LetterSigningError)?.code == .placeNotFound
    }
    let unprintable = SignatureAppearance(marks: [
      .init(page: 1, rect: .init(x: 1, y: 1, width: 50, height: 20), content: .text(MarkText(["\u{1F600}"])))
    ])
    #expect { try LetterSigner.prepare(pdf: letter, bench.request(1, appearance: unprintable)) } throws: {
      ($0 as? LetterSigningError)?.code == .textUnprintable
    }
  }
}
