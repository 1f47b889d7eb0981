import DossierModel
import VietnameseText

// Checks of the smaller descriptions.
extension MappingLoader {
  mutating func check(_ description: TelephonesDescription) {
    for (carrier, prefixes) in description.prefixes.sorted(by: { $0.key < $1.key }) {
      for prefix in prefixes where prefix.utf8.count != 3 || !prefix.hasPrefix("0") || Int(prefix) == nil {
        add(
          "telephones.yaml", "prefixes.\(carrier)",
          "Đầu số \"\(prefix)\" phải là ba chữ số bắt đầu bằng 0, trong ngoặc kép.",
          "Prefix \"\(prefix)\" must be three digits from 0, in quotes.")
      }
    }
    for carrier in description.simPKICarriers where description.prefixes[carrier] == nil {
      add(
        "telephones.yaml", "simPKICarriers", "Nhà mạng \(carrier) chưa có đầu số trong prefixes.",
        "Carrier \(carrier) has no prefixes; add them under prefixes.")
    }
  }

  mutating func check(_ description: MailboxesDescription) {
    for (key, domains) in [("public", description.public), ("known", description.known)] {
      for (index, domain) in domains.enumerated()
      where domain.contains("@") || domain != domain.lowercased() || !domain.contains(".") || domain.hasPrefix(".") {
        add(
          "mailboxes.yaml", "\(key)[\(index)]", "\"\(domain)\" không phải tên miền; ghi chữ thường, ví dụ gov.vn.",
          "\"\(domain)\" is no domain; write it in small letters, as gov.vn.")
      }
    }
  }

  mutating func check(_ description: ReasonsDescription) {
    var seen: Set<String> = []
    for (index, reason) in description.reasons.enumerated() {
      if !seen.insert(reason.code).inserted {
        add(
          "reasons.yaml", "reasons[\(index)].code", "Mã \(reason.code) xuất hiện hai lần; đổi một mã.",
          "Code \(reason.code) stands twice; change one.")
      }
      if reason.words.isEmpty {
        add(
          "reasons.yaml", "reasons[\(index)].words", "Cần ít nhất một từ để nhận ra lý do.",
          "At least one word is needed to know the reason by.")
      }
    }
  }

  mutating func check(_ description: AddresseesDescription, _ provinces: ProvinceDirectory?) {
    if description.authority.words.isEmpty {
      add(
        "addressees.yaml", "authority.words", "Cần ít nhất một cách ghi tên Cục, nếu không mọi công văn đều bị V01.",
        "At least one name of the authority is needed, or every letter gets V01.")
    }
    for (index, delegation) in description.delegations.enumerated() {
      if let provinces, provinces.find(delegation.province) == .unknown {
        add(
          "addressees.yaml", "delegations[\(index)].province",
          "Tỉnh \"\(delegation.province)\" không có trong provinces.yaml; sửa tên.",
          "Province \"\(delegation.province)\" is not in provinces.yaml; correct the name.")
      }
      if delegation.types.isEmpty || delegation.words.isEmpty {
        add(
          "addressees.yaml", "delegations[\(index)]", "Cần types và words không trống.",
          "types and words must not be empty.")
      }
    }
  }

  mutating func check(_ description: StatusesDescription) {
    if description.dossierCode(in: description.description(accepting: "2026.01")) != "2026.01" {
      add(
        "statuses.yaml", "dossierCode", "Câu trong write phải có {code} và đọc lại được bằng một câu trong read.",
        "What write says must have {code}, and one of read must find it.")
    }
    for (index, words) in description.dossierCode.read.enumerated()
    where words.hasPrefix("{") || !words.contains("{code}") {
      add(
        "statuses.yaml", "dossierCode.read[\(index)]", "Phải có chữ trước {code}.", "Words must stand before {code}.")
    }
    for (state, code) in description.toAxis.sorted(by: { $0.key < $1.key }) {
      if DossierState(rawValue: state) == nil {
        let known = DossierState.allCases.map(\.rawValue).joined(separator: ", ")
        add(
          "statuses.yaml", "toAxis.\(state)", "Không có trạng thái này; dùng: \(known).",
          "There is no such state; use one of: \(known).")
      }
      if code.utf8.count != 2 || Int(code) == nil {
        add(
          "statuses.yaml", "toAxis.\(state)", "Mã trạng thái phải là hai chữ số trong ngoặc kép.",
          "A status code is two digits in quotes.")
      }
    }
  }

  mutating func check(_ description: OrganisationWordsDescription) {
    if description.words.isEmpty {
      add(
        "organisation-words.yaml", "words", "Danh sách trống; giữ ít nhất một từ.",
        "The list is empty; keep at least one word.")
    }
    for (index, word) in description.words.enumerated() where !word.contains(where: \.isLetter) {
      add(
        "organisation-words.yaml", "words[\(index)]", "Từ trống khớp với mọi tên; xoá dòng này.",
        "An empty word fits every name; delete this line.")
    }
  }
}
