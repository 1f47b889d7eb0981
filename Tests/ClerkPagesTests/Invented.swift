import ClerkPages
import Foundation
import VietnameseText

/// Invented letters and bodies for the page tests.
enum Invented {
  /// 22/11/2026 08:05 in Vietnam.
  static let now = Date(timeIntervalSince1970: 1_795_309_500)

  static func desk(
    _ language: ClerkSentence.Language = .vietnamese, owner: String = "Sở Nội vụ tỉnh Mẫu", keeps: Bool = false,
    refresh: Int? = nil, off: Bool = false
  ) -> Desk {
    Desk(
      owner: owner, role: ClerkSentence(vi: "Cơ quan gửi văn bản", en: "Sending agency"), language: language,
      keepsLanguage: keeps, now: now, refreshAfter: refresh, refreshIsOff: off)
  }

  static let accepted = Stage(
    key: "accepted", name: ClerkSentence(vi: "Đã tiếp nhận", en: "Accepted"), tone: .working)
  static let refused = Stage(
    key: "refused", name: ClerkSentence(vi: "Bị từ chối", en: "Refused"), tone: .refused)
  static let finished = Stage(key: "finished", name: ClerkSentence(vi: "Hoàn thành", en: "Finished"), tone: .done)
  static let held = Stage(
    key: "held", name: ClerkSentence(vi: "Chờ người xử lý", en: "Waits for a person"), tone: .attention)

  static let code = "1f0c9a52-7d1b-4c7e-9a55-0b6f6f1f2a10-261122-0001"

  static func row(
    _ id: String, notation: String = "12/SNV-VP", subject: String = "Đề nghị cấp chứng thư số cho cá nhân",
    stage: Stage = accepted, next: ClerkSentence? = nil
  ) -> LetterListPage.Row {
    LetterListPage.Row(
      id: id, direction: .outgoing, notation: notation, subject: subject, party: "Cục Chứng thực Mẫu",
      dossierCode: stage == accepted ? code : nil, time: now.addingTimeInterval(-3600), stage: stage, next: next)
  }

  static func list(
    _ desk: Desk = desk(), filter: LetterListPage.Filter = .init(), rows: [LetterListPage.Row], page: Int = 1,
    pageCount: Int = 1
  ) -> LetterListPage {
    LetterListPage(
      desk: desk, filter: filter,
      stages: [
        .init(stage: accepted, count: 3), .init(stage: refused, count: 1), .init(stage: held, count: 1),
        .init(stage: finished, count: 0),
      ], rows: rows, page: page, pageCount: pageCount, total: rows.count)
  }

  static func letter(_ desk: Desk = desk(), note: String? = nil, stage: Stage = refused) -> LetterPage {
    let centre = ClerkSentence(vi: "Cục Chứng thực Mẫu", en: "Cục Chứng thực Mẫu")
    let ours = ClerkSentence(vi: "Sở Nội vụ tỉnh Mẫu", en: "Sở Nội vụ tỉnh Mẫu")
    return LetterPage(
      desk: desk, id: "a1", direction: .outgoing, notation: "12/SNV-VP",
      subject: "Đề nghị cấp chứng thư số cho cá nhân", stage: stage,
      facts: [
        .init(.from, .text("Sở Nội vụ tỉnh Mẫu")), .init(.to, .text("Cục Chứng thực Mẫu")),
        .init(.documentId, .code("000.00.00.X99,2026/11/22,12/SNV-VP")), .init(.issued, .text("22/11/2026")),
        .init(.rows, .text("2")), .init(.updated, .time(now)),
        .init(.dossierType, .sentence(.init(vi: "01 – cấp mới cho cá nhân", en: "01 – new, for persons"))),
      ],
      nextStep: .init(
        what: .init(
          vi: "Sửa văn bản, ký số lại rồi gửi lại", en: "Correct the letter, sign it again and send it again"),
        who: ours, by: now.addingTimeInterval(86_400), isOurs: true),
      problems: [
        .init(
          what: .init(vi: "Văn bản chưa có chữ ký số của cơ quan.", en: "The letter carries no signature of the body."),
          whatToDo: .init(vi: "Ký số bằng chứng thư số của cơ quan.", en: "Sign it with the body's certificate."),
          code: "no-signature")
      ],
      signatures: [
        .init(
          signer: "Trần Thị Mẫu", verdict: .init(vi: "Hợp lệ", en: "Valid"), tone: .done,
          signedAt: now.addingTimeInterval(-4000))
      ],
      timeline: [
        .init(
          at: now.addingTimeInterval(-3600), who: ours, what: .init(vi: "Đã gửi lên trục", en: "Sent to the axis"),
          tone: .waiting),
        .init(
          at: now.addingTimeInterval(-1800), who: centre, what: .init(vi: "Đã đến", en: "Arrived"), statusCode: "01",
          tone: .working),
        .init(
          at: now.addingTimeInterval(-60), who: centre, what: .init(vi: "Từ chối tiếp nhận", en: "Refused"),
          statusCode: "02", note: note ?? "Văn bản chưa ký số.\nHãy ký rồi gửi lại.", tone: .refused),
      ], attachments: [.init(name: "12-SNV-VP.pdf", size: 148_213, kind: "application/pdf")])
  }
}
