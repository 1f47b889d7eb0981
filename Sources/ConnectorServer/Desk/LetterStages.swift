import ClerkPages
import DeliveryLedger
import VietnameseText

/// The stages that a clerk filters and reads, and the states of the connector's machines that stand behind each.
struct LetterStages: Sendable {
  struct Entry: Sendable {
    let stage: Stage
    let states: Set<String>
  }

  /// In the order of a letter's life.
  let entries: [Entry]

  static let all = LetterStages(entries: [
    Entry(
      stage: stage("preparing", vi: "Đang chuẩn bị", en: "Being prepared", .working),
      states: ["recorded", "written", "leaderSigned", "signed"]),
    Entry(stage: stage("sending", vi: "Chờ gửi lên trục", en: "Waiting to be sent", .waiting), states: ["queued"]),
    Entry(
      stage: stage("unknown", vi: "Chưa rõ đã đến trục", en: "Sent, answer lost", .waiting), states: ["outcomeUnknown"]),
    Entry(stage: stage("failed", vi: "Không gửi được", en: "Could not be sent", .attention), states: ["failed"]),
    Entry(stage: stage("sent", vi: "Đã gửi", en: "Sent", .waiting), states: ["sent"]),
    Entry(stage: stage("arrived", vi: "Đã đến", en: "Arrived", .waiting), states: ["arrived"]),
    Entry(stage: stage("held", vi: "Chờ cán bộ xem xét", en: "Held for an officer", .attention), states: ["held"]),
    Entry(stage: stage("accepted", vi: "Đã tiếp nhận", en: "Accepted", .working), states: ["accepted"]),
    Entry(stage: stage("assigned", vi: "Đã phân công", en: "Assigned", .working), states: ["assigned"]),
    Entry(stage: stage("processing", vi: "Đang xử lý", en: "Being handled", .working), states: ["processing"]),
    Entry(
      stage: stage("supplementAsked", vi: "Yêu cầu bổ sung", en: "Supplement asked", .attention),
      states: ["supplementAsked"]),
    Entry(stage: stage("finished", vi: "Hoàn thành", en: "Finished", .done), states: ["finished"]),
    Entry(stage: stage("refused", vi: "Từ chối tiếp nhận", en: "Refused", .refused), states: ["refused"]),
    Entry(stage: stage("withdrawn", vi: "Đã thu hồi, lấy lại", en: "Recalled", .done), states: ["withdrawn"]),
    Entry(stage: stage("replaced", vi: "Đã được thay thế", en: "Replaced", .done), states: ["replaced"]),
    Entry(stage: stage("agreed", vi: "Bên nhận đồng ý", en: "Agreed to", .done), states: ["agreed"]),
    Entry(stage: stage("declined", vi: "Bên nhận không đồng ý", en: "Declined", .attention), states: ["declined"]),
    Entry(stage: stage("noted", vi: "Công văn trả lời", en: "Answer", .done), states: ["noted"]),
    Entry(stage: stage("copy", vi: "Bản gửi lặp", en: "Received again", .waiting), states: ["copy"]),
  ])

  private static func stage(_ key: String, vi: String, en: String, _ tone: Stage.Tone) -> Stage {
    Stage(key: key, name: ClerkSentence(vi: vi, en: en), tone: tone)
  }

  /// The stage of a state; a state that a newer connector wrote is shown by its own word.
  func stage(of state: String) -> Stage {
    entries.first { $0.states.contains(state) }?.stage
      ?? Stage(key: state, name: ClerkSentence(vi: state, en: state), tone: .waiting)
  }

  /// The stage of a letter. One that ended with a refusal by letter is finished by its state, and yet got nothing.
  func stage(of letter: LetterRecord) -> Stage {
    guard letter.state == "finished", letter.decision == "reject" else { return stage(of: letter.state) }
    return Stage(
      key: "finished", name: ClerkSentence(vi: "Hoàn thành: bị từ chối", en: "Finished: refused"), tone: .refused)
  }

  /// The states behind a stage's key; empty, which means all, for none.
  func states(ofStage key: String?) -> Set<String> {
    entries.first { $0.stage.key == key }?.states ?? []
  }
}
