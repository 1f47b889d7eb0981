public import Foundation

/// The two kinds of message on the axis.
public enum AxisMessageType: String, Sendable, Hashable, Codable, CaseIterable {
  case edoc
  case status
}

/// What a receiver tells the axis about its fetching of a message; not a business status code.
public enum TransportState: String, Sendable, Hashable, Codable, CaseIterable {
  case initial
  case processing
  /// Stored here; the axis need not list it any more.
  case done
  /// Could not be taken.
  case fail
}

/// A fetched message.
public struct FetchedMessage: Sendable, Hashable {
  /// The file it is in, whole and synced.
  public let path: String
  public let byteCount: Int
  /// The operation that gave it: `downloadEdoc` or `getEdoc`.
  public let operation: String

  public init(path: String, byteCount: Int, operation: String) {
    self.path = path
    self.byteCount = byteCount
    self.operation = operation
  }
}

/// The axis' operations (domain notes 8.4). None throws: what went wrong is an outcome too.
///
/// For `sendEdoc`, `registerAgency` and `deleteAgency` doubt is `.unknown`; for all others, which are harmless to
/// repeat, it is `.tryAgain`.
public protocol AxisOperations: Sendable {
  /// Sends the message in the file `path`; the value is the axis' transport id.
  ///
  /// - Parameters:
  ///   - from: one of our own codes.
  ///   - to: the receivers' codes; nil leaves the routing to the message's own `To`.
  func sendEdoc(file path: String, from: String, to: [String]?, messageType: AxisMessageType) async -> AxisOutcome<
    String
  >

  /// The messages that wait for us, in state `initial`.
  func getReceivedEdocList(_ messageType: AxisMessageType) async -> AxisOutcome<[ReceivedEntry]>

  /// The messages that wait for us, with those that were listed at `since` and still wait, as far as `listedBack` goes.
  func getReceivedEdocList(
    _ messageType: AxisMessageType, waitingSince since: Date?
  ) async -> AxisOutcome<[ReceivedEntry]>

  /// How many seconds ago a message may have been listed first to be surely listed if it still waits; nil: any number.
  var listedBack: TimeInterval? { get }

  /// Fetches a message into the file `path`, which is replaced if it is there.
  func fetchEdoc(docID: String, into path: String) async -> AxisOutcome<FetchedMessage>

  func updateStatus(docID: String, _ state: TransportState) async -> AxisOutcome<Void>

  /// What the axis has of ours: one message's deliveries, or the latest of all.
  func getSentEdocList(_ messageType: AxisMessageType, docID: String?) async -> AxisOutcome<[SentEntry]>

  /// The directory with the old codes (13 characters) beside.
  func getAgenciesList() async -> AxisOutcome<[AgencyEntry]>

  /// The directory by the codes of QĐ 20/2020 with the 13-character codes beside.
  func getAgenciesListQD20(level: Int) async -> AxisOutcome<[AgencyEntry]>

  func getSynchronizeUnit() async -> AxisOutcome<[SynchronizedUnit]>

  func registerAgency(_ registration: AgencyRegistration) async -> AxisOutcome<Void>

  func deleteAgency(code: String) async -> AxisOutcome<Void>

  /// How many messages wait for us.
  func countReceived(_ messageType: AxisMessageType) async -> AxisOutcome<Int>
}

extension AxisOperations {
  /// As most kinds of axis do it: whatever waits is listed.
  public func getReceivedEdocList(
    _ messageType: AxisMessageType, waitingSince since: Date?
  ) async -> AxisOutcome<[ReceivedEntry]> {
    await getReceivedEdocList(messageType)
  }

  /// nil: whatever waits is listed.
  public var listedBack: TimeInterval? { nil }
}
