import DossierModel
import Foundation
import VietnameseText

/// What intake decides about a letter, before anything is written.
struct Judgement: Sendable {
  enum Decision: String, Sendable {
    case accept
    case reject
    /// A person must look; nothing is guessed.
    case hold
    /// It is no request, so it is somebody else's: left in the mailbox or handed over, and never answered.
    case leave
  }

  var decision: Decision
  /// Codes for machines: of the signature report, of the rules (V01 …), of intake itself.
  var codes: [String]
  /// What the sender reads with 02, or the officer with a held letter.
  var reason: ClerkSentence
  var dossier: Dossier?
  /// When a held letter is judged again without a person's word; nil: at a person's word.
  var againAt: Date?

  var event: IncomingLetterMachine.Event {
    switch decision {
    case .accept: .judgedAcceptable
    case .reject: .judgedRefusable
    case .hold, .leave: .judgedDoubtful
    }
  }

  static func reject(_ codes: [String], _ reason: ClerkSentence) -> Judgement {
    Judgement(decision: .reject, codes: codes, reason: reason)
  }

  static func leave(_ codes: [String], vi: String, en: String) -> Judgement {
    Judgement(decision: .leave, codes: codes, reason: ClerkSentence(vi: vi, en: en))
  }

  static let noRequest = leave(
    ["NOT_A_REQUEST"], vi: "Không phải công văn đề nghị về chứng thư số; để lại cho hệ thống khác.",
    en: "No request about certificates; left to other systems.")

  static func hold(_ codes: [String], vi: String, en: String) -> Judgement {
    Judgement(decision: .hold, codes: codes, reason: ClerkSentence(vi: vi, en: en))
  }

  /// The same, for a person to look at because of `code`.
  func held(_ code: String, vi: String, en: String) -> Judgement {
    var held = Judgement.hold(codes + [code], vi: vi, en: en)
    held.dossier = dossier
    held.againAt = againAt
    return held
  }

  /// The code of a letter that only a wrong clock, the sender's or ours, explains.
  static let clockDoubtful = "CLOCK_DOUBTFUL"

  /// The letter was stamped later than our clock shows: it is judged again by itself once that time has come.
  static func clockDoubtful(_ codes: [String], at now: Date, stamped: Date) -> Judgement {
    let minutes = Int(stamped.timeIntervalSince(now) / 60)
    var held = hold(
      codes + [clockDoubtful],
      vi:
        "Dấu thời gian của chữ ký muộn hơn đồng hồ của hệ thống \(minutes) phút; hãy báo người vận hành kiểm tra đồng hồ. Công văn được giữ lại và sẽ tự được xét lại.",
      en:
        "The signature's time stamp is \(minutes) minutes ahead of this system's clock: tell the operator to check the clock. The letter is held and will be judged again by itself."
    )
    held.againAt = stamped
    return held
  }
}
