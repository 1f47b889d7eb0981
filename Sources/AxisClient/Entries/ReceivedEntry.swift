/// One message that waits for us, as `getReceivedEdocList` lists it.
///
/// Everything here is the axis' word and may be hostile: never use `docID` as a file name.
public struct ReceivedEntry: Sendable, Hashable, Codable {
  /// The transport id to fetch and acknowledge with; printable ASCII, at most 200 characters.
  public let docID: String
  public let serviceType: String
  public let messageType: String
  public let from: [String]
  public let to: [String]
  public let status: String
  public let statusDescription: String
  public let createdTime: String
  public let updatedTime: String

  public init(
    docID: String, serviceType: String = "eDoc", messageType: String, from: [String], to: [String],
    status: String = "initial", statusDescription: String = "", createdTime: String = "", updatedTime: String = ""
  ) {
    self.docID = docID
    self.serviceType = serviceType
    self.messageType = messageType
    self.from = from
    self.to = to
    self.status = status
    self.statusDescription = statusDescription
    self.createdTime = createdTime
    self.updatedTime = updatedTime
  }

  /// nil: no id with which the message could be asked for.
  init?(_ member: [String: Any]) {
    guard let id = AxisAnswer.text(member["docid"]), AxisConnection.isSendable(id) else { return nil }
    func text(_ names: String...) -> String { names.lazy.compactMap { AxisAnswer.text(member[$0]) }.first ?? "" }
    self.init(
      docID: id, serviceType: text("servicetype"), messageType: text("messagetype"),
      from: AxisAnswer.codes(member["from"]), to: AxisAnswer.codes(member["to"]), status: text("status"),
      statusDescription: text("status_desc", "statusdesc"), createdTime: text("created_time", "createdtime"),
      updatedTime: text("updated_time", "updatedtime"))
  }
}
