import DossierModel
public import VietnameseText

extension LetterLayout {
  /// One thing wrong in the file of the layout.
  public struct Problem: Sendable, Hashable {
    /// `letter-layout.yaml`, or a type's file.
    public let file: String
    /// Path of keys.
    public let place: String
    /// What is wrong and what to do.
    public let text: ClerkSentence
  }

  /// What is wrong in the built-in layout with `files` in place of the files of the same names; empty: it can be used.
  public static func problems(overriddenBy files: [String: String]) -> [Problem] {
    do {
      return try builtIn(overriddenBy: files).problems
    } catch {
      let parts = error.detail.split(separator: ": ", maxSplits: 1).map(String.init)
      let what = parts.count > 1 ? parts[1] : error.detail
      return [
        Problem(
          file: parts.first ?? "letter-layout.yaml", place: what.split(separator: " ").first.map(String.init) ?? "",
          text: ClerkSentence(
            vi: "Nội dung sai: \(what). So với bản gốc: lienthong mapping export.",
            en: "Wrong content: \(what). Compare with the original: lienthong mapping export."))
      ]
    }
  }

  /// What can be decoded but makes no letter.
  var problems: [Problem] {
    var problems: [Problem] = []
    func add(_ place: String, _ vi: String, _ en: String) {
      problems.append(Problem(file: "letter-layout.yaml", place: place, text: ClerkSentence(vi: vi, en: en)))
    }
    for (name, margins) in [("margins", frame.margins), ("annexMargins", frame.annexMargins)] {
      for (side, value) in [
        ("top", margins.top), ("bottom", margins.bottom), ("left", margins.left), ("right", margins.right),
      ] where !(5...60).contains(value) {
        add(
          "\(name).\(side)", "Lề \(value) mm; đặt từ 5 đến 60 mm (NĐ 30/2020: 15 đến 35).",
          "A margin of \(value) mm; give 5 to 60 mm (NĐ 30/2020: 15 to 35).")
      }
    }
    let sizes = frame.sizes
    for (name, value) in [
      ("national", sizes.national), ("motto", sizes.motto), ("head", sizes.head), ("number", sizes.number),
      ("subject", sizes.subject), ("place", sizes.place), ("body", sizes.body), ("form", sizes.form),
      ("table", sizes.table), ("annexTable", sizes.annexTable), ("copiesTitle", sizes.copiesTitle),
      ("copies", sizes.copies), ("signer", sizes.signer), ("pageNumber", sizes.pageNumber),
    ] where !(6...24).contains(value) {
      add("sizes.\(name)", "Cỡ chữ \(value); đặt từ 6 đến 24.", "A size of \(value) points; give 6 to 24.")
    }
    let fields = Set(forms.values.flatMap(\.paper.contact).map(\.rawValue))
    for (field, labels) in frame.contact.sorted(by: { $0.key < $1.key }) {
      if !fields.contains(field) {
        add(
          "contact.\(field)", "Không mẫu nào có trường này; dùng: \(fields.sorted().joined(separator: ", ")).",
          "No form has this field; use one of: \(fields.sorted().joined(separator: ", ")).")
      }
      if labels.isEmpty {
        add("contact.\(field)", "Cần ít nhất một nhãn.", "At least one label is needed.")
      }
    }
    for field in fields.sorted() where frame.contact[field] == nil {
      add(
        "contact", "Thiếu nhãn của trường \(field); thêm một dòng.", "The labels of \(field) are missing; add a line.")
    }
    for (place, text, braces) in [
      ("introduction", frame.introduction, ["{agency}", "{request}"]), ("closing", frame.closing, []),
      ("words.annexReference", frame.words.annexReference, ["{code}"]),
    ] {
      for brace in braces where !text.contains(brace) {
        add(place, "Thiếu \(brace) trong câu.", "The sentence lacks \(brace).")
      }
    }
    return problems
  }
}
