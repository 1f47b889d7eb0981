import ClerkPages
import Connector
import DeliveryLedger
import VietnameseText

/// What comes next for a letter, and whose turn it is.
struct LetterTurn: Sendable {
  let what: ClerkSentence
  let who: ClerkSentence
  let isOurs: Bool

  /// Nil when nothing more is to be done.
  ///
  /// - Parameter transmissions: what was sent for the letter; the list does without and shows by its record alone.
  init?(_ letter: LetterRecord, transmissions: [TransmissionRecord] = [], owner: String, other: String) {
    if Self.hasRefusedStatus(letter, transmissions) {
      isOurs = true
      who = letter.direction == .incoming ? Self.officer(of: owner) : Self.named(owner)
      self.what = Self.resending(letter.id.rawValue)
      return
    }
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
      who = isOurs ? Self.officer(of: owner) : Self.named(other)
    }
    let isAsked =
      letter.direction == .outgoing && letter.nextActor == .sender
      && (letter.state == "outcomeUnknown" || transmissions.contains { $0.kind == .edoc && $0.state == .unknown })
    if isAsked {
      self.what = Self.asking(letter.id.rawValue)
      return
    }
    // A signed answer came: before anything else it is read, also where the matter ended with it.
    let answered =
      letter.direction == .outgoing && letter.nextActor == .sender
      && !["failed", "refused", "declined"].contains(letter.state)
    guard let what = answered ? Self.reading : Self.task(letter) else { return nil }
    self.what = what
  }

  private static let reading = ClerkSentence(
    vi: "Đọc công văn trả lời; nếu được yêu cầu bổ sung thì gửi công văn mới",
    en: "Read the answer; if it asks for more, send a new letter")

  private static func named(_ name: String) -> ClerkSentence { ClerkSentence(vi: name, en: name) }

  private static func officer(of owner: String) -> ClerkSentence {
    ClerkSentence(vi: "cán bộ của \(owner)", en: "an officer of \(owner)")
  }

  private static func task(_ letter: LetterRecord) -> ClerkSentence? {
    switch letter.direction {
    case .outgoing: outgoing(letter.state)
    case .incoming: incoming(letter.state, dossierCode: letter.dossierCode, kind: letter.kind)
    }
  }

  /// Whether the axis refused a status of the letter for good: then its other side does not know where it stands.
  private static func hasRefusedStatus(_ letter: LetterRecord, _ transmissions: [TransmissionRecord]) -> Bool {
    switch letter.direction {
    // An officer has no other part in what goes out.
    case .outgoing: letter.nextActor == .officer
    case .incoming:
      transmissions.contains { $0.kind == .status && $0.state == .refused }
        || letter.nextActor == .officer && !isForOfficer(letter.state)
    }
  }

  /// Whether an officer acts in this state of an incoming letter; a state that a newer connector wrote may be one.
  private static func isForOfficer(_ state: String) -> Bool {
    IncomingLetterMachine.State(rawValue: state).map { $0.nextActor == .officer } ?? true
  }

  private static func resending(_ id: String) -> ClerkSentence {
    ClerkSentence(
      vi: "Trục từ chối chuyển trạng thái nên bên kia chưa biết. Khắc phục nguyên nhân rồi chạy: "
        + "lienthong outcome \(id) --resend-status",
      en: "The axis refused to pass on a status, so the other side does not know it. Mend the cause, then run: "
        + "lienthong outcome \(id) --resend-status")
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

  static func incoming(_ state: String, dossierCode: String?, kind: LetterKind = .new) -> ClerkSentence? {
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
    case "declined" where kind == .recall:
      ClerkSentence(
        vi: "Công văn vẫn có hiệu lực; nếu cần, gửi đề nghị thu hồi chứng thư (Mẫu 05)",
        en: "The letter stays in force; if need be, ask for revocation of the certificates (form 05)")
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
