import DeliveryLedger
import EdXML
import VietnameseText

/// What the timeline says, one sentence an event; the clerk's page and `lienthong status` show it as it is.
extension NewEvent {
  static func made(_ kind: String, by actor: String = "lienthong", vi: String, en: String) -> NewEvent {
    NewEvent(kind: kind, actor: actor, sentence: ClerkSentence(vi: vi, en: en))
  }

  // The sender's side.
  static let dossierRecorded = made(
    "dossier.recorded", vi: "Đã ghi hồ sơ vào sổ, chờ lập công văn.", en: "The dossier is recorded; the letter is next."
  )
  static let letterTaken = made(
    "letter.taken", vi: "Đã nhận công văn đã ký từ phần mềm của cơ quan.",
    en: "A letter that the agency's own software made was taken in.")
  static let letterWritten = made(
    "letter.written", vi: "Đã lập công văn theo mẫu.", en: "The request letter was written.")
  static func signed(by name: String, leader: Bool) -> NewEvent {
    leader
      ? made(
        "letter.signedByLeader", vi: "Người có thẩm quyền đã ký số: \(name).", en: "Signed by the leader: \(name).")
      : made(
        "letter.signedByOrganisation", vi: "Cơ quan đã ký số (con dấu): \(name).",
        en: "Signed by the organisation: \(name).")
  }
  static let packed = made(
    "letter.packed", vi: "Đã đóng gói edXML, chờ gửi lên trục.", en: "Packed as edXML; waiting to be sent.")
  static let sent = made("letter.sent", vi: "Trục liên thông đã nhận.", en: "The axis has taken it.")
  static func postponed(_ cause: ClerkSentence) -> NewEvent {
    made(
      "work.postponed", vi: "Chưa làm được, sẽ tự thử lại: \(cause.vi)",
      en: "Not done yet, will be tried again: \(cause.en)")
  }
  static let restoredWhileMade = made(
    "letter.failed",
    vi:
      "Sổ được khôi phục từ bản sao lưu khi công văn đang được lập. Hỏi bên nhận đã có công văn này chưa; chưa có thì "
      + "gửi lại (lienthong retry).",
    en: "The ledger was restored from a backup made while this letter was being made. Ask the receiver whether it has "
      + "it; if not, send it again (lienthong retry).")

  static func failed(_ cause: ClerkSentence) -> NewEvent {
    made("letter.failed", vi: "Không gửi được: \(cause.vi)", en: "It could not be sent: \(cause.en)")
  }
  static let outcomeUnknown = made(
    "letter.outcomeUnknown", vi: "Đã gửi nhưng không có trả lời của trục; đang hỏi trục xem đã nhận chưa.",
    en: "Sent, but the axis' answer was lost; asking the axis what it has.")
  static let foundOnAxis = made(
    "letter.foundOnAxis", vi: "Trục xác nhận đã có công văn này.", en: "The axis says that it has this letter.")
  static let foundByAnswer = made(
    "letter.foundByAnswer", vi: "Bên nhận đã trả lời, nên trục đã chuyển công văn này.",
    en: "Its receiver answered, so the axis has delivered this letter.")
  static let notOnAxis = made(
    "letter.notOnAxis", vi: "Trục chưa có công văn này; gửi lại với cùng mã văn bản.",
    en: "The axis does not have this letter; it is sent again under the same document id.")
  static func outcomeAsksPerson(_ cause: String) -> NewEvent {
    NewEvent(
      kind: "letter.outcomeAsksPerson", actor: "lienthong",
      sentence: ClerkSentence(
        vi:
          "Hỏi trục nhiều lần vẫn chưa rõ trục đã có công văn này hay chưa. Hãy hỏi bên nhận hoặc đơn vị vận hành trục, rồi chạy “lienthong outcome” với --delivered (đã có) hoặc --not-delivered (chưa có).",
        en:
          "The axis was asked several times and it is still not known whether it has this letter. Ask the receiver or the axis' operator, then run “lienthong outcome” with --delivered or --not-delivered."
      ), detail: cause)
  }
  static func outcomeSaid(delivered: Bool, by clerk: String) -> NewEvent {
    delivered
      ? made(
        "letter.outcomeSaid", by: clerk, vi: "Xác nhận trục đã có công văn này.",
        en: "Says that the axis has this letter.")
      : made(
        "letter.outcomeSaid", by: clerk, vi: "Xác nhận trục chưa có công văn này; gửi lại với cùng mã văn bản.",
        en: "Says that the axis does not have this letter; it is sent again under the same document id.")
  }
  static func statusSentAgain(_ status: StatusCode, by actor: String) -> NewEvent {
    made(
      "status.sentAgain", by: actor, vi: "Gửi lại trạng thái \(status.code) mà trục đã từ chối.",
      en: "Status \(status.code), which the axis refused, is sent again.")
  }

  // Statuses, told and heard.
  static func statusHeard(_ status: StatusCode, from name: String, description: String?) -> NewEvent {
    let note = description.map { ": \($0)" } ?? "."
    return NewEvent(
      kind: "status.received", actor: name,
      sentence: ClerkSentence(
        vi: "\(status.code) \(status.name.vi)\(note)", en: "\(status.code) \(status.name.en)\(note)"),
      statusCode: status.code)
  }
  static func statusDelivered(_ status: StatusCode) -> NewEvent {
    let told = whoIsTold(status)
    return NewEvent(
      kind: "status.sent", actor: "lienthong",
      sentence: ClerkSentence(
        vi: "Đã báo \(told.vi): \(status.code) \(status.name.vi).",
        en: "The \(told.en) was told: \(status.code) \(status.name.en)."),
      statusCode: status.code)
  }
  static func statusRefused(_ status: StatusCode, _ cause: ClerkSentence) -> NewEvent {
    let told = whoIsTold(status)
    let begin: String = told.vi.prefix(1).uppercased() + told.vi.dropFirst()
    return NewEvent(
      kind: "status.refused", actor: "lienthong",
      sentence: ClerkSentence(
        vi: "Trục từ chối trạng thái \(status.code) \(status.name.vi): \(cause.vi) \(begin) chưa được báo.",
        en: "The axis refused status \(status.code) \(status.name.en): \(cause.en) The \(told.en) has not been told."),
      statusCode: status.code)
  }
  /// A sender asks to have its letter back; every other status is a receiver's answer.
  private static func whoIsTold(_ status: StatusCode) -> ClerkSentence {
    status == .takeBack
      ? ClerkSentence(vi: "bên nhận", en: "receiver") : ClerkSentence(vi: "bên gửi", en: "sender")
  }
  static func statusIgnored(_ status: StatusCode, from organ: String) -> NewEvent {
    NewEvent(
      kind: "status.ignored", actor: organ,
      sentence: ClerkSentence(
        vi: "Không tính trạng thái \(status.code) của \(organ): công văn không gửi đến cơ quan này.",
        en: "Status \(status.code) of \(organ) does not count: the letter did not go to that body."),
      statusCode: status.code)
  }

  static func dossierNamed(_ code: String) -> NewEvent {
    made(
      "letter.dossierNamed", vi: "Bên nhận cho biết mã hồ sơ: \(code).", en: "The receiver names the dossier: \(code).")
  }

  // The receiver's side.
  static let arrivedUnreadable = made(
    "arrival.unreadable", vi: "Gói tin không đọc được; đã giữ lại và báo lỗi cho trục.",
    en: "The message cannot be read; it is kept and the axis was told so.")
  static func senderMismatch(_ claimed: String) -> NewEvent {
    made(
      "arrival.senderMismatch",
      vi: "Gói tin ghi bên gửi là \(claimed) nhưng trục ghi nhận bên gửi khác; đã giữ lại, không trả lời, cán bộ xem.",
      en:
        "The message says it is from \(claimed), the axis says from somebody else: kept, not answered, for an officer.")
  }
  static func judged(_ judgement: Judgement, _ state: IncomingLetterMachine.State) -> NewEvent {
    let reason = judgement.reason
    let sentence =
      switch judgement.decision {
      case .accept: ClerkSentence(vi: "Tiếp nhận. \(reason.vi)", en: "Accepted. \(reason.en)")
      case .reject: ClerkSentence(vi: "Từ chối: \(reason.vi)", en: "Refused: \(reason.en)")
      case .hold, .leave: ClerkSentence(vi: "Chờ cán bộ: \(reason.vi)", en: "Held for an officer: \(reason.en)")
      }
    return NewEvent(
      kind: "letter.\(state.rawValue)", actor: "lienthong", sentence: sentence,
      parameters: ["codes": judgement.codes.joined(separator: " ")])
  }
  /// - Parameter note: the officer's own words; whoever is not told anything leaves them no other place.
  static func officer(_ event: IncomingLetterMachine.Event, by officer: String, note: String? = nil) -> NewEvent {
    func said(_ kind: String, vi: String, en: String) -> NewEvent {
      guard let words = note.map(withoutStop), !words.isEmpty else {
        return made(kind, by: officer, vi: "\(vi).", en: "\(en).")
      }
      return made(kind, by: officer, vi: "\(vi): \(words).", en: "\(en): \(words).")
    }
    return switch event {
    case .assign: said("officer.assigned", vi: "Đã phân công xử lý", en: "Assigned")
    case .start: said("officer.started", vi: "Bắt đầu xử lý", en: "Work has begun")
    case .finish: said("officer.finished", vi: "Đã hoàn thành", en: "Finished")
    case .judgedAcceptable: said("officer.accepted", vi: "Cán bộ chấp nhận", en: "An officer accepted it")
    case .judgedRefusable: said("officer.refused", vi: "Cán bộ từ chối", en: "An officer refused it")
    case .judgeAgain: said("officer.judgeAgain", vi: "Cán bộ yêu cầu xét lại", en: "An officer has it judged again")
    default: said("officer.acted", vi: "Cán bộ đã xem", en: "An officer has seen it")
    }
  }

  /// A person's words without the full stop at their end, for a sentence that goes on after them.
  static func withoutStop(_ words: String) -> String {
    var words = words[...]
    while let last = words.last, last == "." || last.isWhitespace { words.removeLast() }
    return String(words)
  }
}

extension NewEvent {
  /// 06 after a refusal by letter.
  static let finishedRefused = made(
    "letter.finished",
    vi: "Bên nhận kết thúc hồ sơ vì đã từ chối bằng công văn: đọc công văn đó, sửa rồi gửi đề nghị mới.",
    en: "The receiver closed the dossier, which it refused by letter: read that letter, mend it and send a new request."
  )

  /// 06 while an answer by letter is unread.
  static let finishedUnread = made(
    "letter.finished", vi: "Bên nhận đã kết thúc hồ sơ; còn công văn trả lời cần đọc.",
    en: "The receiver closed the dossier; its answer is still to be read.")

  /// 03 of an authority's answer: its work is done.
  static let answerRegistered = made(
    "letter.accepted", vi: "Bên gửi đề nghị đã nhận công văn trả lời; không phải làm gì thêm.",
    en: "The request's sender has the answer; nothing more to do.")

  /// What a new state of a sent letter means for its sender, and what is next.
  static func moved(to state: OutgoingLetterMachine.State) -> NewEvent {
    let text =
      switch state {
      case .arrived:
        ClerkSentence(
          vi: "Phần mềm bên nhận đã có công văn; chờ văn thư tiếp nhận.",
          en: "The receiver's software has the letter; its clerk is next.")
      case .accepted:
        ClerkSentence(
          vi: "Bên nhận đã vào sổ; chờ phân công.", en: "The receiver has registered it; it will be assigned.")
      case .assigned: ClerkSentence(vi: "Đã có người phụ trách; chờ xử lý.", en: "Somebody is in charge; work is next.")
      case .processing: ClerkSentence(vi: "Bên nhận đang xử lý.", en: "The receiver is at work on it.")
      case .finished: ClerkSentence(vi: "Đã xong; không phải làm gì thêm.", en: "Done; nothing more to do.")
      case .refused:
        ClerkSentence(
          vi: "Bị từ chối: sửa theo lý do đã nêu rồi gửi công văn mới.",
          en: "Refused: mend it as the reason says and send a new letter.")
      default: ClerkSentence(vi: "Trạng thái mới: \(state.rawValue).", en: "New state: \(state.rawValue).")
      }
    return NewEvent(kind: "letter.\(state.rawValue)", actor: "lienthong", sentence: text)
  }
}
