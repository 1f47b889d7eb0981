import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import VietnameseText

/// Finds a letter whose answer was lost in the axis' list of what we sent, or proves that it is not there.
///
/// The axis takes no id of ours, so number and notation, title, receiver and time together name the letter. Nothing is
/// guessed: a match must be the only one, and a missing letter counts as missing only in a list that shows the time of
/// the attempt.
struct SentListMatch {
  enum Verdict: Equatable {
    /// The axis has it, under this transport id if it tells one.
    case found(transportDocId: String?)
    /// The list reaches over the time of the attempt, and the letter is not in it.
    case absent
    /// Several messages, or one of doubtful time or of a code that nobody knows, may be it; their transport ids.
    case doubtful([String])
    /// The list does not show the time of the attempt, so that the letter's absence proves nothing.
    case listTooShort
  }

  let letter: LetterRecord
  let transmission: TransmissionRecord
  let evidence: OutcomeEvidence
  /// Transport ids of other messages of ours.
  let owned: Set<String>
  /// What the directory says of codes in the list beside those of the letter's receivers.
  var receivers: [String: CodeRelation] = [:]
  /// The same beside those of its sender.
  var senders: [String: CodeRelation] = [:]

  /// How far the axis' clock may be off without a message being doubted (seconds).
  static let tolerance: TimeInterval = 15 * 60
  /// A message further from the attempt than this is another one, whatever the clocks say (seconds).
  static let farAway: TimeInterval = 2 * 86_400

  /// One message of the list with all its deliveries.
  private struct Candidate {
    let id: String
    let entries: [SentEntry]
    /// How many of number, title and time agree; what the axis does not say neither agrees nor disagrees.
    var agreements = 0
    var hasNotation = false
    var hasTitle = false
    /// The axis' time for it is not that of the attempt.
    var isDoubtful = false
    /// Of its receiver or sender the directory does not say whether it is the letter's.
    var hasUnknownCode = false
  }

  /// The same with what the directory says of the codes in `list`: the axis may list an agency under another form of the
  /// code than it was sent to.
  /// - Throws: `LedgerError`.
  func resolved(for list: [SentEntry], in ledger: Ledger) async throws -> SentListMatch {
    var match = self
    let offset = clockOffset(list)
    // Few messages have the letter's number and title, so that few codes are looked up.
    for entry in list where candidate(entry.senderDocID, [entry], offset) != nil {
      for code in Self.codes(entry.toCode) where match.receivers[code] == nil {
        match.receivers[code] = try await ledger.relation(of: code, to: transmission.to)
      }
      for code in Self.codes(entry.fromCode) where match.senders[code] == nil {
        match.senders[code] = try await ledger.relation(of: code, to: ownCodes)
      }
    }
    return match
  }

  func verdict(on list: [SentEntry]) -> Verdict {
    let offset = clockOffset(list)
    let messages = Dictionary(grouping: list.enumerated()) { place, entry in
      // Entries without an id are messages of their own.
      entry.senderDocID.isEmpty ? "\u{0}\(place)" : entry.senderDocID
    }
    // An axis that names numbers or titles names those of our letter too: what has neither is something else.
    let namesLetters = list.contains { !$0.notation.isEmpty || !$0.title.isEmpty }
    let candidates = messages.compactMap { id, entries in candidate(id, entries.map(\.element), offset) }
      .filter { $0.hasNotation || $0.hasTitle || !namesLetters }
    guard let best = candidates.map(\.agreements).max() else {
      return reachesOverAttempt(list) ? .absent : .listTooShort
    }
    let foremost = candidates.filter { $0.agreements == best }
    guard candidates.allSatisfy({ !$0.isDoubtful && !$0.hasUnknownCode }), foremost.count == 1,
      let one = foremost.first, one.hasNotation || one.hasTitle
    else { return .doubtful(candidates.map { $0.id.hasPrefix("\u{0}") ? "" : $0.id }.sorted()) }
    return .found(transportDocId: one.id.hasPrefix("\u{0}") ? nil : one.id)
  }

  /// Whether nothing speaks against it that the message of this transport id (nil: one without) is the letter.
  func mayBe(_ transportDocId: String?, on list: [SentEntry]) -> Bool {
    let offset = clockOffset(list)
    let entries = list.filter { $0.senderDocID == transportDocId ?? "" }
    guard transportDocId == nil else { return candidate(transportDocId ?? "", entries, offset)?.isDoubtful == false }
    return entries.contains { candidate("", [$0], offset)?.isDoubtful == false }
  }

  /// nil: it is surely another message.
  private func candidate(_ id: String, _ entries: [SentEntry], _ offset: TimeInterval) -> Candidate? {
    guard !owned.contains(id), let first = entries.first else { return nil }
    let receiver = entries.map { relation($0.toCode, to: transmission.to, receivers) }.max() ?? .same
    let sender = relation(first.fromCode, to: ownCodes, senders)
    guard receiver != .another, sender != .another else { return nil }
    var candidate = Candidate(id: id, entries: entries)
    candidate.hasUnknownCode = receiver == .unknown || sender == .unknown
    if !first.notation.isEmpty {
      guard Self.plain(first.notation) == Self.plain(letter.joinedCode ?? "") else { return nil }
      candidate.hasNotation = true
      candidate.agreements += 1
    }
    if !first.title.isEmpty, let subject = letter.subject {
      guard Self.plain(first.title) == Self.plain(subject) else { return nil }
      candidate.hasTitle = true
      candidate.agreements += 1
    }
    if let sent = EdocTimestamp(first.sentTime)?.instant.addingTimeInterval(-offset), let window {
      let distance = max(window.lowerBound.timeIntervalSince(sent), sent.timeIntervalSince(window.upperBound))
      if distance > Self.farAway { return nil }
      if distance > Self.tolerance {
        candidate.isDoubtful = true
      } else {
        candidate.agreements += 1
      }
    }
    return candidate
  }

  /// The codes under which the letter may be listed as ours.
  private var ownCodes: [String] { [transmission.from, letter.sender] }

  /// How the code that an entry says stands to those of the letter; of several the nearest counts, and an entry that says
  /// none does not contradict.
  private func relation(_ written: String, to codes: [String], _ known: [String: CodeRelation]) -> CodeRelation {
    let relations = Self.codes(written).map { code -> CodeRelation in
      codes.contains(code) ? .same : known[code] ?? .unknown
    }
    return relations.max() ?? .same
  }

  /// From the beginning of the first attempt to the end of the last.
  private var window: ClosedRange<Date>? {
    guard let begin = evidence.attempts.map(\.startedAt).min() else { return nil }
    let end = evidence.attempts.map { $0.endedAt ?? $0.startedAt }.max() ?? begin
    return begin...max(begin, end)
  }

  /// How much the axis' times are ahead of ours, told by the messages of which we know both; 0 without any.
  private func clockOffset(_ list: [SentEntry]) -> TimeInterval {
    let known = Dictionary(
      (evidence.takenBefore + evidence.takenAfter).map { ($0.transportDocId, $0.at) },
      uniquingKeysWith: { first, _ in first })
    let differences = list.compactMap { entry -> TimeInterval? in
      guard let at = known[entry.senderDocID], let sent = EdocTimestamp(entry.sentTime)?.instant else { return nil }
      return sent.timeIntervalSince(at)
    }.sorted()
    return differences.isEmpty ? 0 : differences[differences.count / 2]
  }

  /// Whether a message sent during the attempt would stand in the list.
  ///
  /// The list must have our last message before the attempt and the first after it, as far as there are any. If it looks
  /// like the page of a longer one, what it cuts off must not be the time of the attempt.
  private func reachesOverAttempt(_ list: [SentEntry]) -> Bool {
    let ids = Set(list.map(\.senderDocID))
    let (before, after) = (evidence.takenBefore.first, evidence.takenAfter.first)
    guard [before, after].compactMap(\.self).allSatisfy({ ids.contains($0.transportDocId) }) else { return false }
    guard Self.mayBePage(list.count) else { return true }
    let offset = clockOffset(list)
    func time(_ entry: SentEntry?) -> Date? {
      (entry.flatMap { EdocTimestamp($0.sentTime) }?.instant).map { $0.addingTimeInterval(-offset) }
    }
    guard let window, let head = time(list.first), let tail = time(list.last), head != tail else { return false }
    return head > tail
      ? before != nil || tail < window.lowerBound.addingTimeInterval(-Self.tolerance)
      : after != nil || tail > window.upperBound.addingTimeInterval(Self.tolerance)
  }

  /// Whether a list of so many entries looks like a page of a longer one.
  static func mayBePage(_ count: Int) -> Bool { count >= 10 && (count % 10 == 0 || count % 25 == 0) }

  /// Codes written as one code, as several with commas or the like, or as a JSON array.
  private static func codes(_ written: String) -> [String] {
    written.split(whereSeparator: { ",;|[]\"".contains($0) || $0.isWhitespace }).map(String.init)
  }

  /// Without what systems write differently: spaces, case, marks composed or not.
  private static func plain(_ text: String) -> String {
    text.nfc.lowercased().filter { !$0.isWhitespace }
  }
}
