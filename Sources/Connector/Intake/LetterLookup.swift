import DeliveryLedger
import EdXML

/// Finds the letter that a status is about: by document id, else by number, notation and date, since some systems write
/// the id with other separators or leave it out.
struct LetterLookup: Sendable {
  let ledger: Ledger

  /// The letters sent from here that `references` name, each once, in their order.
  func letters(toldOf references: [ResponseFor]) async throws -> [LetterRecord] {
    var letters: [LetterRecord] = []
    for reference in references.prefix(Self.maximumReferences) {
      if let letter = try await letter(toldOf: reference), !letters.contains(where: { $0.id == letter.id }) {
        letters.append(letter)
      }
    }
    return letters
  }

  /// References of one message that are looked at.
  static let maximumReferences = 50

  /// The letter sent from here that `reference` names, as it is in force; nil if none.
  func letter(toldOf reference: ResponseFor) async throws -> LetterRecord? {
    if let id = reference.documentId, !id.isEmpty,
      let letter = Self.inForce(try await ledger.findLetters(direction: .outgoing, documentId: id))
    {
      return letter
    }
    guard let code = reference.code.flatMap(DocumentCode.init(joined:)) else { return nil }
    let found = try await ledger.findLetters(
      direction: .outgoing, sender: nil, number: code.number, notation: code.notation,
      promulgationDate: reference.promulgationDate?.iso)
    let standing = found.filter { $0.kind != .recall && $0.state != OutgoingLetterMachine.State.replaced.rawValue }
    let named = standing.isEmpty ? found : standing
    // Two documents under one number would make the status ambiguous: then it counts for neither.
    guard Set(named.map { $0.documentId ?? $0.id.rawValue }).count == 1 else { return nil }
    return Self.inForce(named)
  }

  /// A recall repeats the id of what it recalls, an update that of what it updates. Of all letters under one id, the oldest
  /// first, this is the one that the receiver works on: the last that it accepted, else the first that may be there, of
  /// which one that failed is the least likely.
  static func inForce(_ named: [LetterRecord]) -> LetterRecord? {
    let letters = named.filter { $0.kind != .recall }.map { ($0, OutgoingLetterMachine.State(rawValue: $0.state)) }
    let found =
      letters.last { ($0.1?.progress ?? 0) >= 3 } ?? letters.first { $0.1?.isUnderWay == true }
      ?? letters.first { $0.1?.mayBeThere == true } ?? letters.first { $0.1?.isBeingMade == true } ?? letters.last {
        ![.replaced, .declined].contains($0.1)
      }
      ?? letters.last
    return found?.0 ?? named.first
  }

  /// The received letter of `sender` that one of `references` names, recalls apart: of several versions of a document the
  /// one in force; nil if none.
  func letter(receivedFrom sender: String, named references: [ResponseFor]) async throws -> LetterRecord? {
    for reference in references {
      if let letter = try await letters(receivedFrom: sender, named: reference).last { return letter }
    }
    return nil
  }

  /// The received letters of `sender` that `reference` names, recalls and copies apart: the versions of one document, the
  /// one in force last.
  func letters(receivedFrom sender: String, named reference: ResponseFor) async throws -> [LetterRecord] {
    var found: [LetterRecord] = []
    if let id = reference.documentId, !id.isEmpty { found = try await ledger.received(from: sender, documentId: id) }
    if found.isEmpty, let code = reference.code.flatMap(DocumentCode.init(joined:)) {
      let numbered = try await ledger.received(
        from: sender, number: code.number, notation: code.notation, promulgationDate: reference.promulgationDate?.iso)
      let named = numbered.filter { reference.names(LetterIdentity($0)) }
      found = named.isEmpty ? numbered : named
      // Numbers begin anew each year: without a date the last is meant.
      let date = found.compactMap(\.promulgationDate).max()
      found = found.filter { $0.promulgationDate == date }
    }
    return Self.inForceLast(try await withUpdates(of: found))
  }

  /// `letters` and what updates them under ids of its own.
  private func withUpdates(of letters: [LetterRecord]) async throws -> [LetterRecord] {
    var all = letters
    var place = 0
    while place < all.count, all.count < Self.maximumVersions {
      for id in try await ledger.letterDetail(all[place].id)?.sources(.updates) ?? []
      where !all.contains(where: { $0.id == id }) {
        if let update = try await ledger.letter(id), update.direction == .incoming, update.standing != .unconfirmed {
          all.append(update)
        }
      }
      place += 1
    }
    return all
  }

  private static let maximumVersions = 100

  /// First what has least to say about the document: superseded, refused, replaced, withdrawn, held, finished, at work.
  private static func inForceLast(_ versions: [LetterRecord]) -> [LetterRecord] {
    let ranked = versions.enumerated().map { place, letter in (rank(letter), place, letter) }
    return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private static func rank(_ letter: LetterRecord) -> Int {
    guard letter.supersededBy == nil else { return 0 }
    return switch IncomingLetterMachine.State(rawValue: letter.state) {
    case .refused, .declined, .copy, .agreed, .noted, nil: 1
    case .replaced: 2
    case .withdrawn: 3
    case .arrived, .held: 4
    case .finished: 5
    case .accepted, .assigned, .processing, .supplementAsked: 6
    }
  }
}
