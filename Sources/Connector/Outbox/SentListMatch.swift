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
    /// Several messages, or one of doubtful time, may be it; their transport ids.
    case doubtful([String])
    /// The list does not show the time of the attempt, so that the letter's absence proves nothing.
    case listTooShort
  }

  let letter: LetterRecord
  let transmission: TransmissionRecord
  let evidence: OutcomeEvidence
  /// Transport ids of other messages of ours.
  let owned: Set<String>

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
    var isDoubtful = false
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
    guard candidates.allSatisfy({ !$0.isDoubtful }), foremost.count == 1, let one = foremost.first,
      one.hasNotation || one.hasTitle
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
    guard entries.contains(where: { $0.toCode.isEmpty || transmission.to.contains($0.toCode) }) else { return nil }
    if !first.fromCode.isEmpty, first.fromCode != transmission.from, letter.sender != first.fromCode { return nil }
    var candidate = Candidate(id: id, entries: entries)
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

  /// Without what systems write differently: spaces, case, marks composed or not.
  private static func plain(_ text: String) -> String {
    text.nfc.lowercased().filter { !$0.isWhitespace }
  }
}
