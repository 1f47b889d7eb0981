import DeliveryLedger
import EdXML
import Foundation

/// How a letter stands to another that it names; the ledger keeps it as the word of its link.
public enum LetterRelation: String, Sendable, CaseIterable, Codable {
  /// A letter about a request: more is asked for, a result, a refusal (ResponseFor the request).
  case answers
  /// Kind 1, thu hồi.
  case recalls
  /// Kind 2, cập nhật: the same document with other content.
  case updates
  /// Kind 3, thay thế: another document in its place.
  case replaces
  /// A new request that brings what an earlier one lacked (bổ sung, làm lại).
  case resubmits

  /// The business kind of a letter that stands so to another.
  var kind: LetterKind {
    switch self {
    case .answers, .resubmits: .new
    case .recalls: .recall
    case .updates: .update
    case .replaces: .replace
    }
  }
}

/// What the authority's letter says to a request (no status code says it).
public enum AnswerKind: String, Sendable, CaseIterable, Codable {
  /// Yêu cầu bổ sung.
  case supplement
  /// Kết quả xử lý.
  case result
  /// Từ chối sau khi đã tiếp nhận.
  case refusal
  /// Any other word.
  case other
}

/// What a letter carries beside its files: why it is sent, and of an answer what it says. An answer takes it along as
/// an attachment (`Schemas/answer.schema.json`).
struct LetterNote: Codable, Sendable {
  var reason: String?
  var answer: AnswerKind?
  var dossierCode: String?

  /// Largest note that is read, in bytes.
  static let maximumBytes = 65_536

  static func read(of letter: LetterRecord, in ledger: Ledger) async throws -> LetterNote? {
    guard let hash = letter.blobs[.other] else { return nil }
    return try? JSONDecoder().decode(LetterNote.self, from: try await ledger.readBlob(hash))
  }

  func stored(in ledger: Ledger) async throws -> BlobHash {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try await ledger.storeBlob(try encoder.encode(self))
  }
}

extension LetterDetail {
  /// The letters that this one stands to in `relation`.
  func targets(_ relation: LetterRelation) -> [LetterID] {
    links.filter { $0.relation == relation.rawValue }.map(\.other)
  }

  /// The letters that stand to this one in `relation`, the oldest first.
  func sources(_ relation: LetterRelation) -> [LetterID] {
    linkedFrom.filter { $0.relation == relation.rawValue }.map(\.other)
  }
}
