/// What a verification of the ledger found. A fault is a fact to be shown, not an error.
public struct LedgerVerification: Sendable, Hashable, Codable {
  /// One thing that is not as it was written.
  public struct Fault: Sendable, Hashable, Codable {
    /// What is wrong.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
      /// SQLite's own check of the file.
      case file
      /// A row points at a row that is not there.
      case reference
      /// A number in the log is missing.
      case missingEvent
      /// An event's fields do not give its hash, or it does not follow the one before.
      case changedEvent
      /// The log ends before an event that it had.
      case truncatedLog
      /// A letter's state is not the one that its last event tells.
      case letterState
      /// A letter has another file than the one that the log names, or none in its place.
      case letterFile
      /// A certificate is bound to an organisation otherwise than the log says.
      case binding
      case missingBlob
      case changedBlob
    }
    public let kind: Kind
    /// The first row or file concerned, e.g. `event 17`.
    public let place: String
    public let detail: String
  }

  /// How many events were checked.
  public let events: Int64
  public let letters: Int
  public let blobs: Int
  public let blobBytes: Int64
  /// The end of the chain as found.
  public let head: ChainHead
  /// Empty: all is as it was written. Of each kind at most the first ten.
  public let faults: [Fault]
  /// Whether no fault was found.
  public let isIntact: Bool

  init(events: Int64, letters: Int, blobs: Int, blobBytes: Int64, head: ChainHead, faults: [Fault]) {
    self.events = events
    self.letters = letters
    self.blobs = blobs
    self.blobBytes = blobBytes
    self.head = head
    self.faults = faults
    isIntact = faults.isEmpty
  }
}
