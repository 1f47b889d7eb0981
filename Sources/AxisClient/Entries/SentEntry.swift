/// One delivery of a message that we sent, as `getSentEdocList` lists it; the axis' words, unchecked.
public struct SentEntry: Sendable, Hashable, Codable {
  public let serviceType: String
  public let messageType: String
  /// What `sendEdoc` answered.
  public let senderDocID: String
  /// What the receiver fetches with.
  public let receiverDocID: String
  public let fromCode: String
  public let toCode: String
  /// The document's subject.
  public let title: String
  /// Its number and notation, `7816/VPCP-TTĐT`.
  public let notation: String
  public let sentTime: String
  public let receivedTime: String
  public let sendStatus: String
  public let sendStatusDescription: String
  public let receiveStatus: String
  public let receiveStatusDescription: String

  public init(
    serviceType: String = "eDoc", messageType: String, senderDocID: String, receiverDocID: String = "",
    fromCode: String,
    toCode: String, title: String = "", notation: String = "", sentTime: String = "", receivedTime: String = "",
    sendStatus: String = "", sendStatusDescription: String = "", receiveStatus: String = "",
    receiveStatusDescription: String = ""
  ) {
    self.serviceType = serviceType
    self.messageType = messageType
    self.senderDocID = senderDocID
    self.receiverDocID = receiverDocID
    self.fromCode = fromCode
    self.toCode = toCode
    self.title = title
    self.notation = notation
    self.sentTime = sentTime
    self.receivedTime = receivedTime
    self.sendStatus = sendStatus
    self.sendStatusDescription = sendStatusDescription
    self.receiveStatus = receiveStatus
    self.receiveStatusDescription = receiveStatusDescription
  }

  init(_ member: [String: Any]) {
    func text(_ name: String) -> String { AxisAnswer.text(member[name]) ?? "" }
    self.init(
      serviceType: text("servicetype"), messageType: text("messagetype"), senderDocID: text("senderdocid"),
      receiverDocID: text("receiverdocid"), fromCode: text("fromcode"), toCode: text("tocode"), title: text("title"),
      notation: text("notation"), sentTime: text("senttime"), receivedTime: text("receivedtime"),
      sendStatus: text("sendstatus"), sendStatusDescription: text("sendstatusdesc"),
      receiveStatus: text("receivestatus"),
      receiveStatusDescription: text("receivestatusdesc"))
  }
}
