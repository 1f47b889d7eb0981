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
  public var by: String
  public var reason: String?

  public init(by officer: String) { by = officer }

  static func read(of letter: LetterRecord, in ledger: Ledger) async throws -> OfficerDecision? {
    guard let hash = letter.blobs[.decision] else { return nil }
    return try JSONDecoder().decode(OfficerDecision.self, from: try await ledger.readBlob(hash))
  }

  func stored(in ledger: Ledger) async throws -> BlobHash {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try await ledger.storeBlob(try encoder.encode(self))
  }

  /// As the mapper takes it; the time stands in the ledger's event.
  var typeDecision: TypeDecision? { type.map { TypeDecision(type: $0, by: by, at: "", reason: reason) } }
}
