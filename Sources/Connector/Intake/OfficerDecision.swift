import DeliveryLedger
import DossierMapping
public import DossierModel
import Foundation

/// What a person decided about a held letter. It stands over doubt, never over a bad signature or a faulty dossier.
public struct OfficerDecision: Codable, Sendable {
  public var type: DossierType?
  /// Name of the attachment that is the letter.
  public var attachment: String?
  /// Whether a doubt about which letter or which content is meant is accepted.
  public var accepts = false
  /// Whether its `accepts` was used up: the sender is confirmed by it.
  var vouched: Bool?
  public var by: String
  public var reason: String?

  public init(by officer: String) { by = officer }

  static func read(of letter: LetterRecord, in ledger: Ledger) async throws -> OfficerDecision? {
    guard let hash = letter.blobs[.decision] else { return nil }
    return try JSONDecoder().decode(OfficerDecision.self, from: try await ledger.readBlob(hash))
  }

  /// What was decided about `letter`, and the letter with it. Who accepts one that the axis does not confirm vouches for its
  /// sender and for nothing else: that word is used up with it, and what else is doubtful is asked anew.
  static func applied(
    to letter: LetterRecord, in workplace: Workplace
  ) async throws -> (letter: LetterRecord, decision: OfficerDecision?) {
    guard var decision = try await read(of: letter, in: workplace.ledger) else { return (letter, nil) }
    guard decision.accepts, letter.standing == .unconfirmed else { return (letter, decision) }
    decision.accepts = false
    decision.vouched = true
    var step = LetterTransition(
      letter.id, from: [IncomingLetterMachine.State.held.rawValue], to: nil, event: .senderConfirmed(by: decision.by))
    step.untouchedSince = letter.updatedAt
    step.blobs[.decision] = try await decision.stored(in: workplace.ledger)
    return (try await workplace.ledger.confirmSender(step, at: workplace.clock()), decision)
  }

  func stored(in ledger: Ledger) async throws -> BlobHash {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try await ledger.storeBlob(try encoder.encode(self))
  }

  /// As the mapper takes it; the time stands in the ledger's event.
  var typeDecision: TypeDecision? { type.map { TypeDecision(type: $0, by: by, at: "", reason: reason) } }
}
