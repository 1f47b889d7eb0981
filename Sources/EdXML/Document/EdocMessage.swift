/// A message of either sort.
public enum EdocMessage: Sendable, Hashable, Codable {
  case document(EdocDocument)
  case status(StatusMessage)

  public var from: Organization {
    switch self {
    case .document(let document): document.from
    case .status(let status): status.from
    }
  }

  public var kind: MessageKind {
    switch self {
    case .document: .document
    case .status: .status
    }
  }
}

/// The two sorts of messages.
public enum MessageKind: String, Sendable, Hashable, Codable, CaseIterable {
  case document
  case status
}
