import VietnameseText

/// The fixed words of the pages, in both languages.
struct PageWords {
  let language: ClerkSentence.Language

  init(_ language: ClerkSentence.Language) { self.language = language }

  subscript(_ word: Word) -> String { word.sentence[language] }

  /// Every word by its name, as templates read them (`{{words.search}}`).
  var all: [String: String] {
    Dictionary(uniqueKeysWithValues: Word.allCases.map { ($0.rawValue, self[$0]) })
  }

  enum Word: String, CaseIterable {
    case product, skip, pageMade, refreshOn, refreshOff, languages, backToList
    case letters, search, searchHint, direction, state, any, incoming, outgoing, apply, clear, found, noLetters
    case noLettersHint, notation, subject, party, time, next, pages, previousPage, nextPage, open, needsYou
    case from, to, documentId, issued, dossierCode, dossierType, rows, facts, timeline, attachments, fileName
    case fileSize, fileKind, signatures, signedAt, problems, whatToDo, who, by, statusCode, noAttachments, noTimeline
    case yourTurn, noNext, overdue, status, updated, fingerprint, related, localId, byCode

    var sentence: ClerkSentence {
      let (vi, en) = texts
      return ClerkSentence(vi: vi, en: en)
    }

    private var texts: (String, String) {
      switch self {
      case .overdue: ("Quá hạn", "Overdue")
      case .product: ("Liên thông văn bản", "Document interchange")
      case .skip: ("Đến nội dung chính", "Skip to the content")
      case .pageMade: ("Cập nhật lúc", "As of")
      case .refreshOn: ("Bật tự làm mới", "Reload by itself")
      case .refreshOff: ("Tắt tự làm mới", "Stop reloading")
      case .languages: ("Ngôn ngữ", "Language")
      case .backToList: ("Danh sách văn bản", "All letters")
      case .letters: ("Văn bản", "Letters")
      case .search: ("Tìm kiếm", "Search")
      case .searchHint: ("Số ký hiệu, trích yếu, cơ quan, mã hồ sơ", "Number, subject, body, dossier code")
      case .direction: ("Chiều", "Direction")
      case .state: ("Trạng thái", "State")
      case .any: ("Tất cả", "All")
      case .incoming: ("Văn bản đến", "Incoming")
      case .outgoing: ("Văn bản đi", "Outgoing")
      case .apply: ("Lọc", "Show")
      case .clear: ("Bỏ lọc", "Show all")
      case .found: ("văn bản", "letters")
      case .noLetters: ("Không có văn bản nào", "No letters")
      case .noLettersHint:
        (
          "Chưa có văn bản nào hợp với điều kiện lọc. Hãy bỏ bớt điều kiện, hoặc tìm bằng chữ không dấu.",
          "No letter matches. Drop a condition, or search without the accents."
        )
      case .notation: ("Số, ký hiệu", "Number")
      case .subject: ("Trích yếu", "Subject")
      case .party: ("Nơi gửi / nhận", "From / to")
      case .time: ("Thời gian", "Time")
      case .next: ("Việc tiếp theo", "What next")
      case .pages: ("Trang", "Page")
      case .previousPage: ("Trang trước", "Previous page")
      case .nextPage: ("Trang sau", "Next page")
      case .open: ("Mở", "Open")
      case .needsYou: ("Cần người xử lý", "A person must act")
      case .from: ("Bên gửi", "From")
      case .to: ("Bên nhận", "To")
      case .documentId: ("Mã định danh văn bản", "Document id")
      case .issued: ("Ngày ban hành", "Date of issue")
      case .dossierCode: ("Mã hồ sơ", "Dossier code")
      case .dossierType: ("Loại hồ sơ", "Dossier type")
      case .rows: ("Số lượng yêu cầu", "Requests")
      case .facts: ("Thông tin văn bản", "The letter")
      case .timeline: ("Diễn biến", "Timeline")
      case .attachments: ("Tệp đính kèm", "Attachments")
      case .fileName: ("Tên tệp", "File")
      case .fileSize: ("Dung lượng", "Size")
      case .fileKind: ("Loại", "Kind")
      case .signatures: ("Chữ ký số", "Digital signatures")
      case .signedAt: ("Ký lúc", "Signed at")
      case .problems: ("Điểm chưa đạt", "What is wrong")
      case .whatToDo: ("Cách xử lý", "What to do")
      case .who: ("Người thực hiện", "Who")
      case .by: ("Hạn", "By")
      case .statusCode: ("Mã trạng thái", "Status code")
      case .noAttachments: ("Không có tệp đính kèm.", "No attachments.")
      case .noTimeline: ("Chưa có diễn biến.", "Nothing has happened yet.")
      case .yourTurn: ("Đến lượt đơn vị", "Your turn")
      case .noNext: ("Không còn việc phải làm.", "Nothing more to do.")
      case .status: ("Mã lỗi", "Code")
      case .updated: ("Cập nhật", "Updated")
      case .fingerprint: ("Giá trị băm SHA-256", "SHA-256 digest")
      case .related: ("Công văn liên quan", "Related letters")
      case .localId: ("Mã nội bộ", "Local id")
      case .byCode: ("mã", "code")
      }
    }
  }
}
