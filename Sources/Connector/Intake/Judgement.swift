import DossierModel
import VietnameseText

/// What intake decides about a letter, before anything is written.
struct Judgement: Sendable {
  enum Decision: String, Sendable {
    case accept
    case reject
    /// A person must look; nothing is guessed.
    case hold
  }

  var decision: Decision
  /// Codes for machines: of the signature report, of the rules (V01 …), of intake itself.
  var codes: [String]
  /// What the sender reads with 02, or the officer with a held letter.
  var reason: ClerkSentence
  var dossier: Dossier?

  var event: IncomingLetterMachine.Event {
    switch decision {
    case .accept: .judgedAcceptable
    case .reject: .judgedRefusable
    case .hold: .judgedDoubtful
    }
  }

  static func reject(_ codes: [String], _ reason: ClerkSentence) -> Judgement {
    Judgement(decision: .reject, codes: codes, reason: reason)
  }

  static func hold(_ codes: [String], vi: String, en: String) -> Judgement {
    Judgement(decision: .hold, codes: codes, reason: ClerkSentence(vi: vi, en: en))
  }
}
