public import DossierModel
import Foundation
import VietnameseText

/// The structured dossier that travels beside a letter: JSON by `Schemas/dossier.schema.json`.
public enum StructuredDossier {
  /// Its usual name as an attachment.
  public static let fileName = "dossier.json"
  /// More than 20,000 rows of text need; what is larger is refused unread.
  static let maximumBytes = 32 << 20
  static let maximumRows = 20_000

  /// The JSON of a dossier: sorted keys, UTF-8, equal bytes for equal dossiers.
  public static func encode(_ dossier: Dossier) throws(DossierMappingError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(dossier)) + [0x0A]
    } catch {
      throw wrong("encoding failed")
    }
  }

  /// The dossier of such bytes.
  public static func decode(_ bytes: [UInt8]) throws(DossierMappingError) -> Dossier {
    guard bytes.count <= maximumBytes else { throw wrong("more than \(maximumBytes) bytes") }
    let dossier: Dossier
    do {
      dossier = try JSONDecoder().decode(Dossier.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw wrong(place(of: error))
    } catch {
      throw wrong("not JSON")
    }
    guard dossier.rows.count <= maximumRows else { throw wrong("more than \(maximumRows) rows") }
    return dossier
  }

  private static func place(of error: DecodingError) -> String {
    let context: DecodingError.Context
    switch error {
    case .keyNotFound(let key, let found): return "\(key.stringValue) missing at \(path(found))"
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
    @unknown default: return "unknown"
    }
    return "wrong value at \(path(context))"
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }

  private static func wrong(_ detail: String) -> DossierMappingError {
    DossierMappingError(
      code: .structuredDossierWrong,
      clerk: ClerkSentence(
        vi: "Hồ sơ có cấu trúc kèm theo (dossier.json) không đúng định dạng; chỉ dùng nội dung công văn.",
        en: "The structured dossier beside the letter (dossier.json) is not in its format; only the letter is used."),
      detail: detail)
  }
}
