public import DossierModel
public import Foundation
import TextLayout
import VietnameseText

/// Writes the request letter of a dossier as a PDF, laid out as NĐ 30/2020/NĐ-CP asks (Phụ lục I).
///
/// The same dossier, date and options always give the same bytes.
public struct LetterRenderer: Sendable {
  let layout: LetterLayout

  public init(layout: LetterLayout) {
    self.layout = layout
  }

  /// With the layout that is shipped.
  public init() throws(RequestLetterError) {
    self.init(layout: try LetterLayout.builtIn())
  }

  /// Renders the letter. Number and date of `dossier.letter` may be missing: the issue act fills them later.
  /// - Parameter created: the PDF's creation date; given, so that the clock does not change the bytes.
  public func render(
    _ dossier: Dossier, created: Date, options: RenderingOptions = RenderingOptions()
  ) throws(RequestLetterError) -> RenderedLetter {
    guard !dossier.rows.isEmpty else { throw RequestLetterError(.nothingRequested, detail: "no rows") }
    guard let agency = dossier.letter.agency, !agency.isEmpty else {
      throw RequestLetterError(.headIncomplete, detail: "agency is missing")
    }
    guard let form = layout.forms[dossier.type] else {
      throw RequestLetterError(.layoutInvalid, detail: "no form for type \(dossier.type.rawValue)")
    }
    do {
      var page = try LetterPage(
        dossier: dossier, agency: agency.nfc, frame: layout.frame, form: form, created: created, options: options)
      return try page.write()
    } catch {
      throw RequestLetterError(
        error.code == .characterWithoutGlyph ? .unprintable : .notWritten,
        detail: "\(error.code.rawValue): \(error.detail)")
    }
  }
}
