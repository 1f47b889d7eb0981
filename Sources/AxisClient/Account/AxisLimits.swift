/// How much and how long one axis call may take.
public struct AxisLimits: Sendable, Hashable {
  public var connectTimeout: Duration
  /// Lists, counts and status updates.
  public var callTimeout: Duration
  /// Sending and fetching a message.
  public var messageTimeout: Duration
  /// The longest silence.
  public var stallTimeout: Duration
  /// A message, sent or fetched.
  public var maximumMessageBytes: Int
  /// A list of agencies; the directory of 111,000 takes some 25 MB.
  public var maximumListBytes: Int
  /// A list of messages, or any other answer that is neither a message nor a list of agencies.
  public var maximumMailboxBytes: Int
  /// Entries taken from one list; the rest come with the next poll.
  public var maximumListEntries: Int

  public init(
    connectTimeout: Duration = .seconds(15), callTimeout: Duration = .seconds(120),
    messageTimeout: Duration = .seconds(900), stallTimeout: Duration = .seconds(90),
    maximumMessageBytes: Int = 450 << 20, maximumListBytes: Int = 96 << 20, maximumMailboxBytes: Int = 16 << 20,
    maximumListEntries: Int = 500_000
  ) {
    self.connectTimeout = connectTimeout
    self.callTimeout = callTimeout
    self.messageTimeout = messageTimeout
    self.stallTimeout = stallTimeout
    self.maximumMessageBytes = maximumMessageBytes
    self.maximumListBytes = maximumListBytes
    self.maximumMailboxBytes = maximumMailboxBytes
    self.maximumListEntries = maximumListEntries
  }
}
