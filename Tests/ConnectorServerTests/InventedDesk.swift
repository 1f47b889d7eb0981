import ClerkPages
import ConnectorServer
import Foundation
import VietnameseText

/// A desk with invented letters that notes what it was asked.
struct InventedDesk: LetterDesk {
  struct Broken: Error {}

  var isBroken = false
  var notice: ClerkSentence?
  let stages = [
    Stage(key: "accepted", name: ClerkSentence(vi: "Đã tiếp nhận", en: "Accepted"), tone: .working),
    Stage(key: "refused", name: ClerkSentence(vi: "Bị từ chối", en: "Refused"), tone: .refused),
  ]
  let identity = DeskIdentity(
    owner: "Sở Nội vụ tỉnh Mẫu", role: ClerkSentence(vi: "Cơ quan gửi văn bản", en: "Sending agency"))

  func list(_ desk: Desk, filter: LetterListPage.Filter, page: Int) async throws -> LetterListPage {
    if isBroken { throw Broken() }
    // What was asked comes back in the row, so that tests see it.
    let asked =
      "q=\(filter.search) direction=\(filter.direction?.rawValue ?? "-") state=\(filter.stage ?? "-") page=\(page)"
    return LetterListPage(
      desk: desk, filter: filter, stages: stages.map { .init(stage: $0) },
      rows: [
        .init(
          id: "a1", direction: .outgoing, notation: "12/SNV-VP", subject: asked, party: "Cục Chứng thực Mẫu",
          time: desk.now, stage: stages[0])
      ], page: 1, pageCount: 1, total: 1)
  }

  func letter(_ desk: Desk, id: String) async throws -> LetterPage? {
    if isBroken { throw Broken() }
    guard id == "a1" else { return nil }
    return LetterPage(
      desk: desk, id: id, direction: .outgoing, notation: "12/SNV-VP", subject: "Đề nghị cấp chứng thư số",
      stage: stages[0], facts: [], timeline: [])
  }

  func checkHealth() async throws {
    if isBroken { throw Broken() }
  }
}
