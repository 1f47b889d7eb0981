import DeliveryLedger
import EdXML

/// By what a received letter is told from others of its sender.
struct LetterIdentity: Sendable {
  let id: LetterID
  let sender: String
  let kind: LetterKind
  /// Nil when the message has none.
  let documentId: String?
  let contentHash: String?
  let number: String?
  let notation: String?
  /// `yyyy-MM-dd`.
  let promulgationDate: String?

  /// Number and notation as they are read, e.g. `125/SVD-VP`.
  var joinedCode: String { [number, notation].compactMap(\.self).joined(separator: "/") }

  init(_ letter: IncomingLetter) {
    id = letter.id
    sender = letter.sender
    kind = letter.kind
    documentId = letter.documentId.isEmpty ? nil : letter.documentId
    contentHash = letter.contentHash
    number = letter.number
    notation = letter.notation
    promulgationDate = letter.promulgationDate
  }

  init(_ letter: LetterRecord) {
    id = letter.id
    sender = letter.sender
    kind = letter.kind
    documentId = letter.documentId
    contentHash = letter.contentHash
    number = letter.number
    notation = letter.notation
    promulgationDate = letter.promulgationDate
  }
}

extension ResponseFor {
  /// Whether it means this letter: by document id, however its parts are separated; where one of the two has none, by
  /// number, notation and date.
  ///
  /// - Parameter latest: the date of what names it: without a date of its own it means no letter that is younger.
  func names(_ letter: LetterIdentity, noLaterThan latest: String? = nil) -> Bool {
    if let named = Self.plain(documentId), let its = Self.plain(letter.documentId) { return named == its }
    guard let code = code.flatMap(DocumentCode.init(joined:)), code.number == letter.number,
      code.notation == letter.notation
    else { return false }
    if let date = promulgationDate?.iso { return date == letter.promulgationDate }
    guard let latest, let date = letter.promulgationDate else { return true }
    return date <= latest
  }

  /// The letters and digits of a document id; nil where there is none.
  private static func plain(_ id: String?) -> String? {
    let plain = (id ?? "").lowercased().filter { $0.isLetter || $0.isNumber }
    return plain.isEmpty ? nil : plain
  }
}
