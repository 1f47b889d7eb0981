import XMLTree

/// What a cell's number format makes of a number, as far as a list needs to know.
enum NumberFormat: Sendable, Hashable {
  case plain
  case date
  /// Digits with leading zeros to this length: `000000000000`.
  case padded(Int)

  /// The formats of `cellXfs`, by the index that cells name in `s`.
  static func cellFormats(of styles: Element) -> [NumberFormat] {
    var custom: [Int: String] = [:]
    for format in styles.first("numFmts")?.elements("numFmt") ?? [] {
      if let id = format.attribute("numFmtId").flatMap({ Int($0) }), let code = format.attribute("formatCode") {
        custom[id] = code
      }
    }
    return (styles.first("cellXfs")?.elements("xf") ?? []).map { cell in
      let id = cell.attribute("numFmtId").flatMap { Int($0) } ?? 0
      if let code = custom[id] { return NumberFormat(code: code) }
      // Built-in dates: 14-22 everywhere, 27-36 and 45-58 in East Asian and time forms (ECMA-376 Part 1, 18.8.30).
      return (14...22).contains(id) || (27...36).contains(id) || (45...58).contains(id) ? .date : .plain
    }
  }

  /// By a custom format code.
  init(code: String) {
    // Only the first section, without quoted text, escapes and bracketed parts ([$-42A], [Red]).
    var letters = ""
    var isQuoted = false
    var isBracketed = false
    var isEscaped = false
    scan: for character in code {
      if isEscaped {
        isEscaped = false
        continue
      }
      switch character {
      case "\\", "_", "*": isEscaped = true
      case "\"": isQuoted.toggle()
      case "[" where !isQuoted: isBracketed = true
      case "]" where isBracketed: isBracketed = false
      case ";" where !isQuoted && !isBracketed: break scan
      default: if !isQuoted && !isBracketed { letters.append(character) }
      }
    }
    let lower = letters.lowercased()
    if lower != "general", lower.contains("y") || (lower.contains("d") && lower.contains("m")) {
      self = .date
    } else if letters.count > 1, letters.allSatisfy({ $0 == "0" }) {
      self = .padded(letters.count)
    } else {
      self = .plain
    }
  }
}
