public import VietnameseText

extension MessageInspection {
  /// The same in lines for a terminal.
  public func lines(_ language: ClerkSentence.Language) -> [String] {
    var lines: [String] = []
    func say(_ vi: String, _ en: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      let label = language == .vietnamese ? vi : en
      lines.append(label + String(repeating: " ", count: max(1, 16 - label.count)) + value.withoutControls)
    }
    if let status {
      let name = StatusCode(code: status.code).name[language]
      say("Trạng thái", "Status", "\(status.code) – \(name)")
      say("Lý do", "Description", status.description)
      say("Thời điểm", "Time", status.timestamp)
      say("Cán bộ", "Officer", staff?.shown)
    } else {
      let isPlain = reason == nil || reason == BusinessKind(name: business ?? "").usualReason
      say("Văn bản", "Document", businessName(language) + (isPlain ? "" : " – \(reason ?? "")"))
      say("Cán bộ", "Officer", staff?.shown)
      if paper == true { say("Bản giấy", "Paper copy", language == .vietnamese ? "có gửi" : "is sent as well") }
    }
    say("Từ", "From", from.shown)
    for party in to { say("Đến", "To", party.shown) }
    say("Số, ký hiệu", "Number", code?.joined)
    say("Ngày ban hành", "Issued", [promulgationPlace, promulgationDate].compactMap { $0 }.joined(separator: ", "))
    say("Loại", "Type", documentType)
    say("Trích yếu", "Subject", subject)
    if content != subject { say("Nội dung", "Content", content) }
    say("Người ký", "Signer", signer)
    say("Hạn trả lời", "Due", dueDate)
    if let priority, Priority(code: priority) != .normal {
      say("Độ khẩn", "Urgency", Priority(code: priority).name[language])
    }
    say("Lưu hành", "Circulation", otherInfo?.sphereOfPromulgation)
    say(
      "Số trang, bản", "Pages, copies",
      otherInfo.flatMap { other in
        [other.pageAmount, other.promulgationAmount].compactMap { $0.map(String.init) }.joined(separator: ", ")
          .nilIfEmpty
      })
    for appendix in otherInfo?.appendixes ?? [] { say("Phụ lục", "Appendix", appendix) }
    for place in toPlaces ?? [] { say("Nơi nhận", "Copies to", place) }
    for task in tasks ?? [] { say("Nhiệm vụ", "Task", task) }
    say("DocumentId", "DocumentId", documentId)
    say("Cập nhật cho", "Updates", updates)
    for response in responseFor {
      let parts = [response.code, response.promulgationDate, response.documentId, response.organId]
      say("Về văn bản", "About", parts.compactMap { $0 }.joined(separator: " · "))
    }
    for replacement in replaces ?? [] {
      say("Thay thế", "Replaces", "\(replacement.documentId) → \(replacement.organIds.joined(separator: ", "))")
    }
    for receiver in update?.receivers ?? [] {
      say(
        "Bên nhận đổi", "Receiver",
        [receiver.organId, receiver.receiverType].compactMap { $0 }.joined(separator: " · "))
    }
    for hop in trace ?? [] { say("Qua", "Via", "\(hop.organId ?? "–")  \(hop.timestamp ?? "")") }
    for attachment in attachments {
      let digest = attachment.sha256.map { "sha256 \($0.prefix(16))…" } ?? unusable(language)
      say("Tệp đính kèm", "Attachment", "\(attachment.name)  \(attachment.bytes) byte  \(digest)")
    }
    for finding in findings {
      let text = language == .vietnamese ? finding.text : finding.textEn
      lines.append("\(mark(finding.severity)) \(text.withoutControls)  [\(finding.code), \(finding.place)]")
    }
    if !acceptable {
      lines.append(language == .vietnamese ? "→ Không đủ điều kiện tiếp nhận." : "→ Would not be accepted.")
    }
    return lines
  }

  private func businessName(_ language: ClerkSentence.Language) -> String {
    let isVietnamese = language == .vietnamese
    return switch BusinessKind(name: business ?? "") {
    case .new: isVietnamese ? "mới" : "new"
    case .recall: isVietnamese ? "thu hồi" : "recall"
    case .update: isVietnamese ? "cập nhật" : "update"
    case .replace: isVietnamese ? "thay thế" : "replacement"
    case .other(let code): isVietnamese ? "nghiệp vụ khác (\(code))" : "other (\(code))"
    }
  }

  private func unusable(_ language: ClerkSentence.Language) -> String {
    language == .vietnamese ? "không dùng được" : "not usable"
  }

  private func mark(_ severity: Severity) -> String {
    switch severity {
    case .info: "·"
    case .warning: "!"
    case .error: "✗"
    }
  }
}
