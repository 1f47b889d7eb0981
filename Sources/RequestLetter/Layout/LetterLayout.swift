import DossierModel
import Foundation
import VietnameseText
import Yams

/// How letters are laid out and by which words they are read: `letter-layout.yaml`, and the part `letter` of each
/// `type-NN.yaml`. All of it is data; a folder given in the configuration overrides the built-in set.
public struct LetterLayout: Sendable {
  var frame: Frame
  var forms: [DossierType: Form]

  /// Names of the mapping files that a layout is made of.
  public static let fileNames = ["letter-layout.yaml"] + DossierType.allCases.map { "type-\($0.rawValue).yaml" }

  /// - Parameter files: the YAML text of each file of `fileNames`.
  public init(files: [String: String]) throws(RequestLetterError) {
    func decoded<Value: Decodable>(_ name: String, as type: Value.Type) throws(RequestLetterError) -> Value {
      guard let text = files[name] else { throw RequestLetterError(.layoutInvalid, detail: "\(name) is missing") }
      do {
        return try YAMLDecoder().decode(type, from: text)
      } catch {
        throw RequestLetterError(.layoutInvalid, detail: "\(name): \(Self.reason(error))")
      }
    }
    frame = try decoded("letter-layout.yaml", as: Frame.self)
    forms = [:]
    for type in DossierType.allCases {
      let name = "type-\(type.rawValue).yaml"
      guard let wording = frame.forms[type.rawValue] else {
        throw RequestLetterError(.layoutInvalid, detail: "letter-layout.yaml: forms.\(type.rawValue) is missing")
      }
      let file = try decoded(name, as: TypeFile.self)
      forms[type] = Form(wording: wording, paper: file.letter, sheet: file.sheet)
    }
  }

  /// What the decoder said, without the values it met.
  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context)?: "\(path(context)).\(key.stringValue) is missing"
    case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?: "\(path(context)) has the wrong kind of value"
    case .dataCorrupted(let context)?: "\(path(context)) cannot be read: \(context.debugDescription)"
    default: "no YAML"
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.map(\.stringValue).joined(separator: ".")
  }

  /// One form: its wording on paper and its columns.
  struct Form: Sendable {
    let wording: Wording
    let paper: Paper
    let sheet: Sheet
  }

  /// `letter-layout.yaml`.
  struct Frame: Sendable, Decodable {
    let margins: Margins
    let annexMargins: Margins
    let sizes: Sizes
    let words: Words
    let addressee: String
    let introduction: String
    let closing: String
    let contact: [String: [String]]
    /// What requests count, besides the forms' own nouns.
    let counted: [String]?
    /// Headings over several columns, besides those that the forms print.
    let groupHeadings: [String]?
    /// Headings of columns that agencies add and no form has.
    let otherHeadings: [String]?
    /// Abbreviations in letterheads and what they stand for.
    let abbreviations: [String: String]?
    let forms: [String: Wording]
  }

  /// Millimetres.
  struct Margins: Sendable, Decodable {
    let top: Double
    let bottom: Double
    let left: Double
    let right: Double
  }

  /// Points.
  struct Sizes: Sendable, Decodable {
    let national: Double
    let motto: Double
    let head: Double
    let number: Double
    let subject: Double
    let place: Double
    let body: Double
    let form: Double
    let table: Double
    let annexTable: Double
    let copiesTitle: Double
    let copies: Double
    let signer: Double
    let pageNumber: Double
  }

  struct Words: Sendable, Decodable {
    let nation: String
    let motto: String
    let form: String
    let number: String
    let subject: String
    let to: String
    let day: String
    let month: String
    let year: String
    let copies: String
    let defaultCopies: [String]
    let enclosed: String
    let listed: String
    let annexReference: String
    let runningNumber: String
    let simPhone: String
  }

  struct Wording: Sendable, Decodable {
    let request: String
    let contactTitle: String
    let addressLabel: String?
    let listTitle: String
    let annexTitle: String
  }

  /// The part of a type's file that is used here; its other parts belong to `DossierMapping`.
  private struct TypeFile: Decodable {
    let letter: Paper
    let sheet: Sheet
  }

  /// `sheet` of `type-NN.yaml`: some letters print the portal's columns.
  struct Sheet: Sendable, Decodable {
    struct Column: Sendable, Decodable {
      let title: String
      let field: DossierField
      let part: String?
      let aliases: [String]?

      var titles: [String] { [title] + (aliases ?? []) }
    }

    let columns: [Column]
  }

  /// `letter` of `type-NN.yaml`.
  struct Paper: Sendable, Decodable {
    let formNumber: String
    let subject: String
    let subjectCentralSigning: String?
    let countNoun: String
    let contact: [DossierField]
    let columns: [Column]
  }

  /// One column of a form's table.
  struct Column: Sendable, Decodable {
    let title: String
    let fields: [DossierField]
    let aliases: [String]?
    let group: String?

    /// All the headings that mean this column.
    var titles: [String] { [title] + (aliases ?? []) }
  }
}
