import ClerkPages
import DeliveryLedger
import VietnameseText

/// What comes next for a letter, and whose turn it is.
struct LetterTurn: Sendable {
  let what: ClerkSentence
  let who: ClerkSentence
  let isOurs: Bool

  /// Nil when nothing more is to be done.
  init?(_ letter: LetterRecord, owner: String, other: String) {
    switch letter.nextActor {
    case .nobody:
      return nil
    case .connector:
      who = ClerkSentence(vi: "phần mềm Liên thông (tự động)", en: "LienThong (by itself)")
      isOurs = false
    case .sender:
      isOurs = letter.direction == .outgoing
      who = Self.named(isOurs ? owner : other)
    case .receiver:
      isOurs = false
      who = Self.named(other)
    case .officer:
      isOurs = letter.direction == .incoming
      who = isOurs ? ClerkSentence(vi: "cán bộ của \(owner)", en: "an officer of \(owner)") : Self.named(other)
    }
    // A signed answer came: before anything else it is read, also where the matter ended with it.
    let answered =
      letter.direction == .outgoing && letter.nextActor == .sender
      && !["failed", "refused", "declined", "outcomeUnknown"].contains(letter.state)
    guard let what = answered ? Self.reading : Self.task(letter) else { return nil }
    self.what = what
  }

  private static let reading = ClerkSentence(
    vi: "Đọc công văn trả lời; nếu được yêu cầu bổ sung thì gửi công văn mới",
    en: "Read the answer; if it asks for more, send a new letter")

  private static func named(_ name: String) -> ClerkSentence { ClerkSentence(vi: name, en: name) }

  private static func task(_ letter: LetterRecord) -> ClerkSentence? {
    switch letter.direction {
    case .outgoing where letter.state == "outcomeUnknown" && letter.nextActor == .sender: asking(letter.id.rawValue)
    case .outgoing: outgoing(letter.state)
    case .incoming: incoming(letter.state, dossierCode: letter.dossierCode)
    }
  }

  /// The axis could not say whether it has the letter, so a person finds out.
  private static func asking(_ id: String) -> ClerkSentence {
    ClerkSentence(
      vi: "Hỏi bên nhận đã có công văn này chưa, không lập công văn mới. Đã có: lienthong outcome \(id) --delivered. "
        + "Chưa có, gửi lại: lienthong outcome \(id) --not-delivered",
      en: "Ask the receiver whether it has this letter, and write no new one. It has: lienthong outcome \(id) "
        + "--delivered. It has not, send it again: lienthong outcome \(id) --not-delivered")
  }

  static func outgoing(_ state: String) -> ClerkSentence? {
    switch state {
    case "recorded": ClerkSentence(vi: "Lập công văn theo mẫu", en: "The letter is written by its form")
    case "written": ClerkSentence(vi: "Người có thẩm quyền ký số", en: "The leader signs")
    case "leaderSigned": ClerkSentence(vi: "Cơ quan ký số (con dấu)", en: "The organisation signs")
    case "signed": ClerkSentence(vi: "Đóng gói edXML", en: "The letter is packed as edXML")
    case "queued": ClerkSentence(vi: "Gửi lên trục liên thông", en: "The letter is sent to the axis")
    case "outcomeUnknown":
      ClerkSentence(
        vi: "Hỏi trục đã nhận chưa; không gửi lại khi chưa rõ",
        en: "The axis is asked whether it has the letter; nothing is sent again before that is known")
    case "failed":
      ClerkSentence(vi: "Xem điểm chưa đạt, sửa rồi gửi lại", en: "See what is wrong, mend it and send it again")
    case "sent": ClerkSentence(vi: "Phần mềm bên nhận lấy văn bản về", en: "The receiver's software fetches the letter")
    case "arrived": ClerkSentence(vi: "Tiếp nhận hoặc từ chối", en: "Acceptance or refusal")
    case "accepted": ClerkSentence(vi: "Phân công xử lý", en: "The letter is assigned")
    case "assigned": ClerkSentence(vi: "Bắt đầu xử lý", en: "Work begins")
    case "processing": ClerkSentence(vi: "Xử lý và báo hoàn thành", en: "The work is done and reported")
    case "refused":
      ClerkSentence(
        vi: "Sửa theo lý do đã nêu rồi gửi công văn mới", en: "Mend it as the reason says, then send a new letter")
    case "declined":
      ClerkSentence(vi: "Đọc lý do không đồng ý rồi liên hệ bên nhận", en: "Read why, then talk to the receiver")
    default: nil
    }
  }

  static func incoming(_ state: String, dossierCode: String?) -> ClerkSentence? {
    switch state {
    case "arrived": ClerkSentence(vi: "Kiểm tra chữ ký và hồ sơ", en: "Signatures and dossier are checked")
    case "held":
      ClerkSentence(
        vi: "Xem lý do giữ lại, rồi tiếp nhận hoặc từ chối", en: "See why it is held, then accept or refuse")
    case "accepted":
      ClerkSentence(
        vi: command("Phân công xử lý", "assign", dossierCode),
        en: command("Assign it", "assign", dossierCode))
    case "assigned":
      ClerkSentence(
        vi: command("Bắt đầu xử lý", "start", dossierCode), en: command("Start work", "start", dossierCode))
    case "processing":
      ClerkSentence(
        vi: command("Xử lý và báo hoàn thành", "finish", dossierCode),
        en: command("Do the work and say so", "finish", dossierCode))
    case "supplementAsked":
      ClerkSentence(vi: "Gửi phần còn thiếu bằng công văn mới", en: "Sends what is missing with a new letter")
    case "refused", "declined":
      ClerkSentence(vi: "Sửa theo lý do đã nêu rồi gửi công văn mới", en: "Mends it and sends a new letter")
    default: nil
    }
  }

  private static func command(_ text: String, _ word: String, _ code: String?) -> String {
    guard let code else { return text }
    return "\(text) (lienthong intake \(word) \(code))"
  }
}
