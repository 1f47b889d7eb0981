/// A message that was read, its attachments, and what was noted on the way.
public struct ReceivedMessage: Sendable, Hashable, Codable {
  public var message: EdocMessage
  public var attachments: [ReceivedAttachment]
  public var findings: [MessageFinding]
  /// Those findings for which the policy refuses the message.
  public var refusing: [MessageFinding]
  /// Whether the envelope carries a `Signature`; it is advisory.
  public var hasEnvelopeSignature: Bool

  /// Whether the policy takes the message.
  public var isAcceptable: Bool { refusing.isEmpty }
}
