import DossierModel
import EdXML
import LetterSignatures
import VietnameseText

/// Which of a message's PDF files is the letter, and whether the others may stand beside it.
///
/// The letter is the one whose own head has the number and notation of the message's Code. It must be read, not presumed:
/// with several files a scan that says nothing is never taken. None or two of them: a person chooses. Every file's
/// signatures count, so an annex that was changed after signing holds the letter too.
struct LetterChoice: Sendable {
  /// One PDF of the message, verified and read.
  struct Candidate: Sendable {
    /// Its name in the message.
    var name: String
    /// SHA-256 of its bytes: the same file twice is one file.
    var sha256: String
    /// Nil when it could not be read.
    var content: LetterContent?
    /// Of its report.
    var integrity: LetterReport.Integrity
    var codes: [LetterCode]
  }

  /// Index of the letter among the candidates; nil when a person must choose, or when an annex stops it.
  let letter: Int?
  /// Why a person must look; nil when ``letter`` is certain and the annexes stand.
  let hold: Judgement?
  /// Notes on the annexes, for the judgement of the letter: `ANNEX_UNSIGNED`.
  let notes: [String]

  init(of candidates: [Candidate], for document: EdocDocument) {
    var seen: Set<String> = []
    let distinct = candidates.indices.filter { index in
      candidates[index].sha256.isEmpty || seen.insert(candidates[index].sha256).inserted
    }
    if distinct.count == 1 {
      (letter, hold, notes) = (distinct.first, nil, [])
      return
    }
    let named = distinct.filter { candidates[$0].content?.names(document) ?? false }
    guard let chosen = named.first, named.count == 1 else {
      letter = nil
      notes = []
      hold = named.isEmpty ? Self.noneNamed(candidates.count, document) : Self.severalNamed(named.count, document)
      return
    }
    let annexes = distinct.filter { $0 != chosen }.map { candidates[$0] }
    let broken = annexes.filter { [.modified, .broken, .unreadable].contains($0.integrity) }
    notes = annexes.contains { $0.integrity == .unsigned } ? ["ANNEX_UNSIGNED"] : []
    guard broken.isEmpty else {
      letter = nil
      hold = Self.brokenAnnex(broken)
      return
    }
    letter = chosen
    hold = nil
  }

  private static func noneNamed(_ count: Int, _ document: EdocDocument) -> Judgement {
    .hold(
      ["SEVERAL_LETTERS", "NO_LETTER_NAMED"],
      vi: "Gói tin có \(count) tệp PDF, không tệp nào mang số, ký hiệu \(document.code.joined); cán bộ chọn công văn.",
      en:
        "The message has \(count) PDF files and none bears \(document.code.joined); an officer tells which is the letter."
    )
  }

  private static func severalNamed(_ count: Int, _ document: EdocDocument) -> Judgement {
    .hold(
      ["SEVERAL_LETTERS"],
      vi: "Có \(count) tệp PDF cùng mang số, ký hiệu \(document.code.joined); cán bộ chọn công văn.",
      en: "\(count) PDF files bear \(document.code.joined); an officer tells which is the letter.")
  }

  private static func brokenAnnex(_ annexes: [Candidate]) -> Judgement {
    let names = annexes.prefix(3).map { "“\($0.name.prefix(80))”" }.joined(separator: ", ")
    let codes = Set(annexes.flatMap(\.codes).filter { !$0.isWarning }.map(\.rawValue))
    return .hold(
      ["ANNEX_NOT_SOUND"] + codes.sorted(),
      vi:
        "Tệp kèm theo \(names) có chữ ký số không hợp lệ hoặc không đọc được; cán bộ xem trước khi tiếp nhận công văn.",
      en:
        "The attached file \(names) has a signature that does not hold, or cannot be read; an officer looks before the letter is taken."
    )
  }
}

extension LetterChoice.Candidate {
  init(name: String, sha256: String, content: LetterContent?, report: LetterReport) {
    self.init(name: name, sha256: sha256, content: content, integrity: report.integrity, codes: report.codes)
  }
}

extension LetterContent {
  /// Whether number and notation were read and are those of the message's Code.
  func names(_ document: EdocDocument) -> Bool {
    guard let number = head.number, let notation = head.notation else { return false }
    return number.drop { $0 == "0" } == document.code.number.drop { $0 == "0" }
      && notation.folded == document.code.notation.folded
  }
}
