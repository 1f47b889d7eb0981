import DossierModel
import Foundation
import MappingFiles
import VietnameseText
import Yams

/// Reads mapping files and collects everything that is wrong in them.
struct MappingLoader {
  private(set) var problems: [MappingProblem] = []
  private var texts: [String: String] = [:]
  /// A mapping file is a few pages; what is larger is none.
  private static let maximumBytes = 1 << 20

  mutating func load(overriding directory: String?) throws(DossierMappingError) {
    for file in MappingFile.builtIn { texts[file.name] = file.text }
    guard let directory else { return }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    } catch {
      throw DossierMappingError(
        code: .directoryUnreadable,
        clerk: ClerkSentence(
          vi: "Không đọc được thư mục mô tả ánh xạ \(directory). Kiểm tra đường dẫn và quyền đọc.",
          en: "The directory of mappings \(directory) can not be read. Check path and permissions."),
        detail: "contentsOfDirectory failed")
    }
    for name in names where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
      guard texts[name] != nil else {
        add(
          name, "", "Không có mô tả nào mang tên này; tên đúng: \(texts.keys.sorted().joined(separator: ", ")).",
          "No description has this name; the names are \(texts.keys.sorted().joined(separator: ", ")).")
        continue
      }
      let path = directory + "/" + name
      guard let data = FileManager.default.contents(atPath: path), data.count <= Self.maximumBytes,
        let text = String(data: data, encoding: .utf8)
      else {
        add(
          name, "", "Không đọc được tệp (phải là UTF-8, tối đa 1 MB).",
          "The file can not be read (UTF-8, 1 MB at most).")
        continue
      }
      texts[name] = text
    }
  }

  mutating func decode<Description: Decodable>(_ name: String) -> Description? {
    guard let text = texts[name] else { return nil }
    do {
      return try YAMLDecoder().decode(Description.self, from: text)
    } catch let error as DecodingError {
      if case .dataCorrupted(let context) = error, let syntax = context.underlyingError as? YamlError {
        wrongSyntax(name, syntax)
        return nil
      }
      let (place, what) = Self.explain(error)
      add(
        name, place, "Nội dung sai: \(what). So với bản gốc: lienthong mapping export.",
        "Wrong content: \(what). Compare with the original: lienthong mapping export.")
    } catch let error as YamlError {
      wrongSyntax(name, error)
    } catch {
      add(name, "", "Không đọc được nội dung.", "The content can not be read.")
    }
    return nil
  }

  private mutating func wrongSyntax(_ name: String, _ error: YamlError) {
    let (line, what) = MappingLine.explain(error)
    add(
      name, "", "YAML sai cú pháp: \(what). Kiểm tra thụt dòng, dấu ngoặc và dấu hai chấm ở dòng này.",
      "Not valid YAML: \(what). Check indents, brackets and colons on this line.", line: line)
  }

  mutating func check(_ description: TypeDescription) {
    let file = "type-\(description.type.rawValue).yaml"
    if description.mapping != "lienthong.dossier-type" || description.version != 1 {
      add(file, "mapping", "Phải là lienthong.dossier-type, version 1.", "Must be lienthong.dossier-type, version 1.")
    }
    if description.letter.formNumber != description.type.rawValue {
      add(file, "letter.formNumber", "Số mẫu phải bằng loại hồ sơ.", "The form number must be that of the type.")
    }
    var seen: Set<DossierField> = []
    for (index, column) in description.letter.columns.enumerated() {
      if column.fields.isEmpty {
        add(file, "letter.columns[\(index)].fields", "Cột không có trường nào.", "The column has no field.")
      }
      for field in column.fields where !seen.insert(field).inserted {
        add(
          file, "letter.columns[\(index)].fields", "Trường \(field.rawValue) xuất hiện hai lần.",
          "Field \(field.rawValue) stands twice.")
      }
    }
    var owners: [String: Int] = [:]
    for (index, column) in description.sheet.columns.enumerated() {
      for title in [column.title] + (column.aliases ?? []) {
        if let other = owners.updateValue(index, forKey: HeaderLabel.key(title)), other != index {
          add(
            file, "sheet.columns[\(index)]", "Tiêu đề \"\(title)\" trùng với cột \(other + 1).",
            "The title \"\(title)\" is also one of column \(other + 1).")
        }
      }
      if column.field == .simPKI, column.part != "carrier", column.part != "keepNumber" {
        add(
          file, "sheet.columns[\(index)].part", "simPKI cần part: carrier hoặc keepNumber.",
          "simPKI needs part: carrier or keepNumber.")
      }
    }
    let sheetFields = Set(description.sheet.columns.map(\.field))
    for field in description.required.always + description.required.sheet where !sheetFields.contains(field) {
      add(
        file, "required", "Trường bắt buộc \(field.rawValue) không có cột trong sheet.",
        "Required field \(field.rawValue) has no column in the sheet.")
    }
    for field in description.required.always + description.required.letter where !seen.contains(field) {
      add(
        file, "required", "Trường bắt buộc \(field.rawValue) không có cột trong letter.",
        "Required field \(field.rawValue) has no column in the letter.")
    }
    for (index, pattern) in description.classification.subject.enumerated() where pattern.all.isEmpty {
      add(
        file, "classification.subject[\(index)].all", "Mẫu trống khớp với mọi văn bản.",
        "An empty pattern fits every text.")
    }
  }

  mutating func check(_ description: RulesDescription) {
    var seen: Set<String> = []
    for (index, rule) in description.rules.enumerated() {
      if !seen.insert(rule.code).inserted {
        add(
          "rules.yaml", "rules[\(index)].code", "Mã \(rule.code) xuất hiện hai lần.", "Code \(rule.code) stands twice.")
      }
      if rule.severity != "off", DossierFinding.Severity(rawValue: rule.severity) == nil {
        add(
          "rules.yaml", "rules[\(index)].severity", "Mức phải là error, warn, notice hoặc off.",
          "Severity must be error, warn, notice or off.")
      }
    }
    for code in RuleTexts.codes where !seen.contains(code) {
      add("rules.yaml", "rules", "Thiếu quy tắc \(code).", "Rule \(code) is missing.")
    }
  }

  mutating func check(_ description: ClassificationDescription) {
    for kind in Evidence.Kind.allCases where description.weights[kind.rawValue] == nil {
      add("classification.yaml", "weights", "Thiếu trọng số \(kind.rawValue).", "Weight \(kind.rawValue) is missing.")
    }
  }

  mutating func check(_ description: CalendarDescription) {
    for (name, step) in description.steps ?? [:] {
      if WorkingCalendar.Step(rawValue: name) == nil {
        let names = WorkingCalendar.Step.allCases.map(\.rawValue).joined(separator: ", ")
        add("calendar.yaml", "steps.\(name)", "Bước phải là một trong: \(names).", "A step is one of \(names).")
      }
      if !(0...100).contains(step.workingDays) || !(0...24).contains(step.hour) {
        add(
          "calendar.yaml", "steps.\(name)", "workingDays phải từ 0 đến 100, hour từ 0 đến 24.",
          "workingDays must be 0 to 100, hour 0 to 24.")
      }
    }
    for (year, entry) in description.years {
      for date in entry.off + entry.work where String(date.year) != year {
        add(
          "calendar.yaml", "years.\(year)", "Ngày \(date.iso) không thuộc năm này.",
          "Day \(date.iso) is not in this year.")
      }
      for date in entry.work where date.weekday < 6 {
        add(
          "calendar.yaml", "years.\(year).work", "Ngày \(date.iso) không phải cuối tuần.",
          "Day \(date.iso) is no weekend day.")
      }
    }
  }

  mutating func check(_ description: ProvincesDescription) {
    var seen: Set<String> = []
    for province in description.provinces where !seen.insert(province.code).inserted {
      add(
        "provinces.yaml", "provinces", "Mã \(province.code) xuất hiện hai lần.", "Code \(province.code) stands twice.")
    }
  }

  var failure: DossierMappingError {
    let list = problems.prefix(5).map { "\($0.file) \($0.place): \($0.text.en)" }.joined(separator: "; ")
    return DossierMappingError(
      code: .descriptionWrong,
      clerk: ClerkSentence(
        vi: "Mô tả ánh xạ có \(problems.count) lỗi. Chạy lienthong mapping check để xem từng lỗi.",
        en: "The mappings have \(problems.count) problems. Run lienthong mapping check to see each."),
      detail: list, problems: problems)
  }

  mutating func add(_ file: String, _ place: String, _ vi: String, _ en: String, line: Int? = nil) {
    problems.append(
      MappingProblem(
        file: file, place: place, line: line ?? MappingLine.line(of: place, in: texts[file] ?? ""),
        text: ClerkSentence(vi: vi, en: en)))
  }

  private static func explain(_ error: DecodingError) -> (place: String, what: String) {
    func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
      var text = ""
      for step in context.codingPath + (key.map { [$0] } ?? []) {
        if let index = step.intValue {
          text += "[\(index)]"
        } else {
          text += (text.isEmpty ? "" : ".") + step.stringValue
        }
      }
      return text
    }
    switch error {
    case .keyNotFound(let key, let context): return (path(context, key), "thiếu khoá / key missing: \(key.stringValue)")
    case .typeMismatch(let type, let context): return (path(context), "sai kiểu / wrong type, expected \(type)")
    case .valueNotFound(let type, let context):
      return (path(context), "thiếu giá trị / value missing, expected \(type)")
    case .dataCorrupted(let context):
      let cause = context.underlyingError.map { "\($0)".split(separator: "\n").prefix(2).joined(separator: " ") }
      return (path(context), cause ?? context.debugDescription)
    @unknown default: return ("", "không rõ / unknown")
    }
  }
}
