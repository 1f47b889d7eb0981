import GRDB
import VietnameseText

/// The words by which a letter is found, folded: with or without marks, `đ` as `d`; and every beginning of each.
enum LetterSearch {
  /// Longest beginning that is a word of the index, in characters.
  static let longestBeginning = 12

  static func index(_ id: LetterID, in db: Database) throws {
    try index("WHERE id = ?", [id.rawValue], in: db)
  }

  /// Makes the index anew, for a ledger whose index was made otherwise.
  static func indexAll(in db: Database) throws {
    let last = try Int64.fetchOne(db, sql: "SELECT max(row) FROM letters") ?? 0
    for first in stride(from: Int64(1), through: last, by: 1_000) {
      try index("WHERE row BETWEEN ? AND ?", [first, first + 999], in: db)
    }
  }

  private static func index(_ condition: String, _ arguments: StatementArguments, in db: Database) throws {
    let rows = try Row.fetchAll(
      try db.cachedStatement(
        sql: """
          SELECT row, sender, senderName, receivers, documentId, number, notation, subject, dossierCode
          FROM letters \(condition)
          """), arguments: arguments)
    for row in rows {
      let number: Int64 = row["row"]
      let text = row.dropFirst().compactMap { String.fromDatabaseValue($0.1) }.joined(separator: " ")
      try db.cachedStatement(sql: "DELETE FROM letterSearch WHERE rowid = ?").execute(arguments: [number])
      try db.cachedStatement(sql: "INSERT INTO letterSearch (rowid, words) VALUES (?, ?)")
        .execute(arguments: [number, beginnings(text)])
    }
  }

  /// Every word of `text` and every beginning of it, each once.
  static func beginnings(_ text: String) -> String {
    var known: Set<String> = []
    var all: [String] = []
    for word in words(text) {
      var beginning = ""
      for (place, scalar) in word.enumerated() {
        beginning.unicodeScalars.append(scalar)
        guard place < longestBeginning || place == word.count - 1 else { continue }
        if known.insert(beginning).inserted { all.append(beginning) }
      }
    }
    return all.joined(separator: " ")
  }

  /// Every word of `text` as the beginning of one; nil if the text has no word.
  ///
  /// - Parameter indexed: how long a beginning is a word of the index that is asked; 0 for one that has whole words only.
  static func pattern(_ text: String, indexed: Int = longestBeginning) -> String? {
    let words = words(text).prefix(12)
    guard !words.isEmpty else { return nil }
    return words.map { word in
      // So long a beginning is rare, and is looked for as one.
      "\"\(String(Substring(word)))\"" + (word.count > indexed ? "*" : "")
    }.joined(separator: " ")
  }

  /// Words are cut where FTS5's `unicode61` cuts them: an index without positions cannot look for a phrase.
  private static func words(_ text: String) -> [Substring.UnicodeScalarView] {
    Substring(text.folded).unicodeScalars.split { !isWordScalar($0) }
  }

  private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber, .privateUse:
      true
    default: false
    }
  }
}
