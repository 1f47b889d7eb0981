import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import LetterSignatures
import Logging
import RequestLetter
import SigningCore
import VietnameseText

/// Makes recorded dossiers into signed, packed letters, one durable step after the other: write, sign as the leader, sign
/// as the organisation, pack. A step that was cut off is simply done again.
public struct LetterPreparation: Sendable {
  let workplace: Workplace
  let renderer: LetterRenderer
  let keys: SigningKeys
  let timeStamps: TimeStampService
  var schedule = RetrySchedule(first: 2, longest: 900)

  /// - Throws: `ConnectorError` if a key cannot be opened.
  init(workplace: Workplace) throws {
    self.workplace = workplace
    let configuration = workplace.configuration
    renderer = LetterRenderer(layout: try configuration.letterLayout())
    keys = try SigningKeys(configuration)
    timeStamps = TimeStampService(servers: configuration.timeStampURLs)
  }

  /// One look for letters whose next step is due.
  func pass() async throws {
    var failure: (any Error)?
    for letter in try await workplace.ledger.dueLetters(now: workplace.clock(), direction: .outgoing) {
      var current = letter
      do {
        while let next = try await step(current) { current = next }
      } catch let error as CancellationError {
        throw error
      } catch {
        if workplace.store.stopsAll(error, in: workplace) { throw error }
        // The ledger itself is in trouble with this letter (a missing file): the next one may do better.
        workplace.logger.error(
          "letter not worked on",
          metadata: ["letter": "\(letter.id.rawValue)", "cause": "\(ConnectorService.cause(error))"])
        do {
          _ = try await postpone(current, ClerkFacing.sentence(for: error), cause: ConnectorService.cause(error))
        } catch let error as LedgerError where error.code == .stateConflict {
          // Another moved it meanwhile: it is looked at again as it is now.
        } catch { failure = error }
      }
    }
    // What could not even be put off is told at the end, so that it does not stop the next letter.
    if let failure { throw failure }
  }

  /// The next step of `letter`; nil when nothing more is to be done now.
  private func step(_ letter: LetterRecord) async throws -> LetterRecord? {
    guard let state = OutgoingLetterMachine.State(rawValue: letter.state),
      let action = OutgoingLetterMachine(state: state).pending.first
    else { return nil }
    do {
      switch action {
      case .writeLetter: return try await write(letter)
      case .signAsLeader: return try await signAsLeader(letter)
      case .signAsOrganisation: return try await signAsOrganisation(letter)
      case .pack: return try await pack(letter)
      case .transmit, .askAxisWhatItHas, .showToSender: return nil
      }
    } catch let error as ConnectorError where error.code == .timeStampUnavailable {
      return try await postpone(letter, error.clerk, cause: error.code.rawValue)
    } catch let error as LetterSigningError where error.code == .validationDataMissing {
      // The operator brings the trust folder up to date meanwhile.
      return try await postpone(letter, error.clerk, cause: error.code.rawValue)
    } catch let error as EdXMLError where error.isPassing {
      return try await postpone(letter, error.clerk, cause: error.code.rawValue)
    } catch let error as CocoaError {
      return try await postpone(letter, ClerkFacing.sentence(for: error), cause: "file.\(error.code.rawValue)")
    } catch let error as LedgerError {
      // The ledger itself is in trouble (disk full, busy): nothing may be concluded about the letter.
      throw error
    } catch let error as CancellationError {
      throw error
    } catch {
      return try await fail(letter, error)
    }
  }

  private func write(_ letter: LetterRecord) async throws -> LetterRecord {
    guard let hash = letter.blobs[.dossier] else { throw Self.missing("dossier") }
    let dossier = try JSONDecoder().decode(Dossier.self, from: try await workplace.ledger.readBlob(hash))
    let rendered = try render(dossier, letter)
    return try await advance(letter, .letterWritten, .letterWritten, storing: rendered.pdf, as: .renderedLetter)
  }

  private func signAsLeader(_ letter: LetterRecord) async throws -> LetterRecord {
    // Without a leader's key the organisation signs alone.
    guard let leader = keys.leader else { return try await signAsOrganisation(letter) }
    let pdf = try await leaderSigned(letter, leader)
    return try await advance(
      letter, .signedByLeader, .signed(by: leader.name, leader: true), storing: pdf, as: .personSigned)
  }

  private func signAsOrganisation(_ letter: LetterRecord) async throws -> LetterRecord {
    guard let organisation = keys.organisation else {
      throw ConnectorError(
        .noSigner, vi: "Cấu hình chưa có khóa của cơ quan (signers.organisation); hãy gửi công văn đã ký (--letter).",
        en: "The configuration has no key of the organisation (signers.organisation); send a signed letter (--letter).")
    }
    let pdf = try await organisationSigned(letter, organisation)
    return try await advance(
      letter, .signedByOrganisation, .signed(by: organisation.name, leader: false), storing: pdf,
      as: .organisationSigned)
  }

  private func pack(_ letter: LetterRecord) async throws -> LetterRecord {
    let message = try await LetterPacking(workplace: workplace).pack(letter)
    var machine = OutgoingLetterMachine(state: .signed)
    _ = machine.handle(.packed)
    var step = LetterTransition(letter.id, from: [letter.state], to: machine.state.rawValue, event: .packed)
    step.blobs[.message] = message
    step.changes.nextActionAt = .clear
    step.changes.lastCause = .clear
    if let due = workplace.deadlines.due(.queued, type: nil, since: letter.updatedAt) { step.changes.dueAt = .set(due) }
    step.transmissions = [NewTransmission(edoc: message, from: letter.sender, to: letter.receivers)]
    return try await workplace.ledger.advance(step, at: workplace.clock())
  }

  /// What is signed next: a letter that is made once more still has the leader's signature of the time before.
  func letterToSign(_ letter: LetterRecord) async throws -> Data {
    let role: BlobRole =
      letter.state == OutgoingLetterMachine.State.leaderSigned.rawValue ? .personSigned : .renderedLetter
    guard let hash = letter.blobs[role] else { throw Self.missing("letter") }
    return try await workplace.ledger.readBlob(hash)
  }

  private static func missing(_ what: String) -> ConnectorError {
    ConnectorError(
      .fileUnreadable, vi: "Sổ thiếu tệp \(what) của công văn này.", en: "The ledger lacks the \(what) of this letter.")
  }

  private func advance(
    _ letter: LetterRecord, _ event: OutgoingLetterMachine.Event, _ said: NewEvent, storing file: Data,
    as role: BlobRole
  ) async throws -> LetterRecord {
    guard let state = OutgoingLetterMachine.State(rawValue: letter.state) else { return letter }
    var machine = OutgoingLetterMachine(state: state)
    guard machine.handle(event) != nil else { return letter }
    let blob = try await workplace.ledger.storeBlob(file)
    var step = LetterTransition(letter.id, from: [letter.state], to: machine.state.rawValue, event: said)
    step.blobs[role] = blob
    step.changes.nextActionAt = .set(workplace.clock())
    step.changes.attempts = .set(0)
    step.changes.lastCause = .clear
    return try await workplace.ledger.advance(step, at: workplace.clock())
  }

  private func postpone(_ letter: LetterRecord, _ clerk: ClerkSentence, cause: String) async throws -> LetterRecord? {
    let now = workplace.clock()
    var step = LetterTransition(letter.id, from: [letter.state], to: nil, event: .postponed(clerk))
    step.changes.attempts = .set(letter.attempts + 1)
    step.changes.lastCause = .set(cause)
    step.changes.nextActionAt = .set(
      schedule.next(after: letter.attempts + 1, now: now, chance: workplace.chance()))
    _ = try await workplace.ledger.advance(step, at: now)
    return nil
  }

  private func fail(_ letter: LetterRecord, _ error: any Error) async throws -> LetterRecord? {
    let clerk = ClerkFacing.sentence(for: error)
    var step = LetterTransition(
      letter.id, from: [letter.state], to: OutgoingLetterMachine.State.failed.rawValue, event: .failed(clerk))
    step.changes.nextActionAt = .clear
    step.changes.nextActor = .set(.sender)
    step.changes.lastCause = .set(ConnectorService.cause(error))
    _ = try await workplace.ledger.advance(step, at: workplace.clock())
    return nil
  }
}

/// The clerk's sentence of any error of ours.
enum ClerkFacing {
  static func sentence(for error: any Error) -> ClerkSentence {
    switch error {
    case let error as ConnectorError: error.clerk
    case let error as LedgerError: error.clerk
    case let error as SigningError: error.clerk
    case let error as LetterSigningError: error.clerk
    case let error as EdXMLError: error.clerk
    case let error as RequestLetterError: error.clerk
    default:
      ClerkSentence(
        vi: "Lỗi nội bộ (\(ConnectorService.cause(error))); báo người quản trị.",
        en: "Internal fault (\(ConnectorService.cause(error))); tell the operator.")
    }
  }
}
