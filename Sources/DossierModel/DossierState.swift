public import VietnameseText

/// Where a dossier stands, as the portal shows it (reference: "Đang tạo", "Chờ tiếp nhận", "Từ chối xử lý" are seen, the
/// others inferred).
public enum DossierState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Đang tạo: being made. Next: `sent`.
  case draft
  /// Đã gửi: on its way to the CA. Next: `waiting`, `refused`.
  case sent
  /// Chờ tiếp nhận: with the CA, not yet looked at. Next: `accepted`, `refused`.
  case waiting
  /// Đã tiếp nhận. Next: `processing`, `refused`, `supplementRequested`.
  case accepted
  /// Từ chối xử lý. Final: a corrected letter is a new dossier.
  case refused
  /// Đang xử lý. Next: `supplementRequested`, `done`, `refused`.
  case processing
  /// Yêu cầu bổ sung. Next: `processing`, `refused`.
  case supplementRequested
  /// Đã hoàn thành. Final.
  case done

  /// The states that may follow.
  public var next: Set<DossierState> {
    switch self {
    case .draft: [.sent]
    case .sent: [.waiting, .refused]
    case .waiting: [.accepted, .refused]
    case .accepted: [.processing, .refused, .supplementRequested]
    case .processing: [.supplementRequested, .done, .refused]
    case .supplementRequested: [.processing, .refused]
    case .refused, .done: []
    }
  }

  /// Whether `state` may follow this one.
  public func mayBecome(_ state: DossierState) -> Bool { next.contains(state) }

  /// Whether nothing follows.
  public var isFinal: Bool { next.isEmpty }

  /// The folder that a dossier in this state lies in.
  public var folder: DossierFolder {
    switch self {
    case .draft: .outgoing
    case .sent, .waiting, .accepted, .processing, .supplementRequested: .submitted
    case .refused, .done: .finished
    }
  }

  /// What the clerk reads.
  public var name: ClerkSentence {
    switch self {
    case .draft: ClerkSentence(vi: "Đang tạo", en: "Being made")
    case .sent: ClerkSentence(vi: "Đã gửi", en: "Sent")
    case .waiting: ClerkSentence(vi: "Chờ tiếp nhận", en: "Waiting for acceptance")
    case .accepted: ClerkSentence(vi: "Đã tiếp nhận", en: "Accepted")
    case .refused: ClerkSentence(vi: "Từ chối xử lý", en: "Refused")
    case .processing: ClerkSentence(vi: "Đang xử lý", en: "Being processed")
    case .supplementRequested: ClerkSentence(vi: "Yêu cầu bổ sung", en: "Supplement asked")
    case .done: ClerkSentence(vi: "Đã hoàn thành", en: "Done")
    }
  }
}

/// The clerk's folders, as the portal names them.
public enum DossierFolder: String, Sendable, Hashable, Codable, CaseIterable {
  /// Hồ sơ đi.
  case outgoing
  /// Hồ sơ đã nộp.
  case submitted
  /// Hồ sơ đã hoàn thành.
  case finished

  /// What the clerk reads.
  public var name: ClerkSentence {
    switch self {
    case .outgoing: ClerkSentence(vi: "Hồ sơ đi", en: "Outgoing dossiers")
    case .submitted: ClerkSentence(vi: "Hồ sơ đã nộp", en: "Submitted dossiers")
    case .finished: ClerkSentence(vi: "Hồ sơ đã hoàn thành", en: "Finished dossiers")
    }
  }
}
