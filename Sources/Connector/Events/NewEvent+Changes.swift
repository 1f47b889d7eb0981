import DeliveryLedger
import DossierModel
import VietnameseText

/// What the timeline says of recalls, updates, replacements and answers.
extension NewEvent {
  // The sender's side.
  static func cancelled(by clerk: String, reason: String) -> NewEvent {
    made(
      "letter.cancelled", by: clerk, vi: "Hủy trước khi gửi: \(reason)", en: "Cancelled before it was sent: \(reason)")
  }
  static func recallOrdered(by clerk: String, reason: String) -> NewEvent {
    made(
      "recall.ordered", by: clerk, vi: "Thu hồi công văn: \(reason)", en: "Recalled: \(reason)")
  }
  static func takeBackOrdered(by clerk: String, reason: String) -> NewEvent {
    made(
      "takeBack.ordered", by: clerk, vi: "Đề nghị lấy lại công văn: \(reason)",
      en: "The receiver is asked to give the letter back: \(reason)")
  }
  static func takeBackAnswered(_ agreed: Bool) -> NewEvent {
    agreed
      ? made(
        "letter.withdrawn", vi: "Bên nhận đồng ý trả lại công văn; việc kết thúc.",
        en: "The receiver gave the letter back; it ends here.")
      : made(
        "takeBack.declined", vi: "Bên nhận không trả lại; công văn vẫn được xử lý. Cần hủy hẳn thì gửi thu hồi.",
        en: "The receiver did not give it back; work on it goes on. To cancel it, recall it.")
  }
  /// - Parameter reason: the receiver's own words; the letter that they decline has no other place for them.
  static func recallAnswered(_ agreed: Bool, reason: String?) -> NewEvent {
    agreed
      ? made(
        "letter.withdrawn", vi: "Bên nhận đã hủy công văn theo thu hồi; việc kết thúc.",
        en: "The receiver cancelled the letter as the recall asks; it ends here.")
      : made(
        "recall.declined",
        vi: "Bên nhận không thu hồi được: \(said(reason).vi). Công văn vẫn có hiệu lực.",
        en: "The receiver could not cancel it: \(said(reason).en). The letter stays in force.")
  }
  /// - Parameter reason: as of ``recallAnswered(_:reason:)``.
  static func updateAnswered(_ agreed: Bool, reason: String?) -> NewEvent {
    agreed
      ? made(
        "update.agreed", vi: "Bên nhận đồng ý cập nhật; xử lý tiếp theo bản mới.",
        en: "The receiver took the update; work goes on with the new version.")
      : made(
        "update.declined",
        vi: "Bên nhận không nhận bản cập nhật: \(said(reason).vi). Bản cũ vẫn có hiệu lực.",
        en: "The receiver did not take the update: \(said(reason).en). The old version stays in force.")
  }
  static func changeOrdered(_ relation: LetterRelation) -> NewEvent {
    relation == .updates
      ? made(
        "update.ordered", vi: "Gửi bản cập nhật của công văn này; chờ bên nhận trả lời.",
        en: "An update of this letter goes out; its receiver will answer.")
      : made(
        "replacement.ordered", vi: "Gửi công văn thay thế công văn này; chờ bên nhận trả lời.",
        en: "A letter in place of this one goes out; its receiver will answer.")
  }
  static let dossierMoved = made(
    "letter.dossierMoved", vi: "Mã hồ sơ là của bản đứng thay công văn này.",
    en: "The dossier is that of the letter in place of this one.")
  static let replacementAccepted = made(
    "letter.replaced", vi: "Công văn thay thế đã được tiếp nhận; công văn này hết hiệu lực.",
    en: "The letter in its place was accepted; this one is void.")
  static func answerArrived(_ note: LetterNote?, code: String, trusted: Bool) -> NewEvent {
    let what =
      switch note?.answer {
      case .supplement: ClerkSentence(vi: "yêu cầu bổ sung", en: "it asks for more")
      case .result: ClerkSentence(vi: "kết quả xử lý", en: "the result")
      case .refusal: ClerkSentence(vi: "từ chối", en: "a refusal")
      case .other, nil: ClerkSentence(vi: "công văn trả lời", en: "an answer")
      }
    return trusted
      ? made(
        "answer.arrived", vi: "Bên nhận gửi công văn \(code): \(what.vi). Hãy mở đọc.",
        en: "The receiver sent letter \(code): \(what.en). Open and read it.")
      : made(
        "answer.doubtful", vi: "Có công văn \(code) trả lời (\(what.vi)) nhưng chữ ký chưa xác nhận được; cán bộ xem.",
        en: "Letter \(code) answers (\(what.en)), but its signature is not confirmed; a person looks at it.")
  }

  static let notOurs = made(
    "arrival.notOurs", vi: "Văn bản không liên quan đến công văn của phần mềm này; để nguyên cho hệ thống khác.",
    en: "A document that is about no letter of this software; left to other systems.")

  // The receiver's side.
  static func officerDecided(_ decision: OfficerDecision?, by officer: String) -> NewEvent {
    guard let decision else {
      return made(
        "officer.undecided", by: officer, vi: "Rút lại quyết định trước.", en: "The earlier word is taken back.")
    }
    var vi = [decision.type.map { "loại hồ sơ \($0.rawValue)" }, decision.attachment.map { "công văn là tệp “\($0)”" }]
    var en = [decision.type.map { "type \($0.rawValue)" }, decision.attachment.map { "the letter is “\($0)”" }]
    if decision.accepts {
      vi.append("chấp nhận điểm còn nghi ngờ")
      en.append("the doubt is accepted")
    }
    let why = decision.reason.map { " (\($0))" } ?? ""
    return made(
      "officer.decided", by: officer, vi: "Cán bộ quyết định: \(vi.compactMap(\.self).joined(separator: "; "))\(why).",
      en: "An officer decided: \(en.compactMap(\.self).joined(separator: "; "))\(why).")
  }
  static let copied = made(
    "letter.copy", vi: "Bản gửi lặp của một công văn đã nhận; trả lời như cũ.",
    en: "The same letter again; it was answered before.")
  static func senderConfirmed(by officer: String) -> NewEvent {
    made(
      "officer.senderConfirmed", by: officer, vi: "Cán bộ xác nhận bên gửi; xét như công văn của chính bên đó.",
      en: "An officer confirmed the sender; the letter is judged as that sender's own.")
  }
  static func answerRecorded(_ kind: AnswerKind, by officer: String) -> NewEvent {
    made(
      "answer.recorded", by: officer, vi: "Đã ghi công văn trả lời, chờ gửi.",
      en: "The answer is recorded and will be sent.")
  }
  static func answered(_ kind: AnswerKind, _ code: String, by officer: String) -> NewEvent {
    let text =
      switch kind {
      case .supplement:
        ClerkSentence(vi: "Yêu cầu bổ sung bằng công văn \(code).", en: "Letter \(code) asks for more.")
      case .result: ClerkSentence(vi: "Gửi kết quả bằng công văn \(code).", en: "Letter \(code) brings the result.")
      case .refusal: ClerkSentence(vi: "Từ chối bằng công văn \(code).", en: "Refused by letter \(code).")
      case .other: ClerkSentence(vi: "Trả lời bằng công văn \(code).", en: "Answered by letter \(code).")
      }
    return NewEvent(kind: "officer.answered", actor: officer, sentence: text)
  }
  static func recalled(by code: String, reason: String?) -> NewEvent {
    made(
      "letter.withdrawn", vi: "Bên gửi thu hồi công văn \(code): \(said(reason).vi). Dừng mọi xử lý.",
      en: "The sender recalled letter \(code): \(said(reason).en). All work on it stops.")
  }
  static func recallDone(_ code: String) -> NewEvent {
    made(
      "recall.done", vi: "Đã hủy công văn \(code) theo thu hồi, báo bên gửi (15).",
      en: "Letter \(code) was cancelled as recalled; the sender is told (15).")
  }
  static func recallTooLate(_ code: String) -> NewEvent {
    made(
      "recall.tooLate", vi: "Không thu hồi được \(code): hồ sơ đã hoàn thành; báo bên gửi (16).",
      en: "\(code) cannot be recalled: its dossier is finished; the sender is told (16).")
  }
  static func takeBackHeard(_ tooLate: Bool) -> NewEvent {
    tooLate
      ? made(
        "takeBack.tooLate", vi: "Bên gửi xin lấy lại nhưng đã muộn; báo bên gửi (16).",
        en: "The sender asked for it back, but it is too late; the sender is told (16).")
      : made(
        "letter.withdrawn", vi: "Bên gửi lấy lại công văn; dừng xử lý, báo bên gửi (15).",
        en: "The sender took the letter back; work stops, the sender is told (15).")
  }
  static func superseded(by code: String) -> NewEvent {
    made(
      "letter.replaced", vi: "Bên gửi đã cập nhật hoặc thay thế công văn này bằng \(code); xử lý tiếp ở bản mới.",
      en: "The sender updated or replaced this letter by \(code); work goes on with the new one.")
  }
  static func resubmitted(as code: String) -> NewEvent {
    made(
      "letter.resubmitted", vi: "Bên gửi đã nộp bổ sung bằng công văn \(code).",
      en: "The sender brought what was asked for with letter \(code).")
  }

  /// A reason in a sentence that goes on after it.
  private static func said(_ reason: String?) -> ClerkSentence {
    guard let words = reason.map(withoutStop), !words.isEmpty else {
      return ClerkSentence(vi: "không nêu lý do", en: "no reason given")
    }
    return ClerkSentence(vi: words, en: words)
  }
}
