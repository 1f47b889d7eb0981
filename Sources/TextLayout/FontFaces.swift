import CPangoCairo
import Foundation

/// The fixed faces that all text is set in: Liberation Serif, which has the metrics of Times New Roman and all Vietnamese
/// letters. Nothing else on the machine is looked at, so the same text always gives the same page.
public struct FontFaces: Sendable, Hashable {
  /// The family's name in the files.
  public let family: String
  /// Regular, bold, italic, bold italic.
  public let files: [String]

  public init(family: String, files: [String]) {
    self.family = family
    self.files = files
  }

  /// Debian's `fonts-liberation2`. (`fonts-liberation` 1 lacks the Vietnamese letters.)
  public static let liberationSerif = FontFaces(
    family: "Liberation Serif",
    files: ["Regular", "Bold", "Italic", "BoldItalic"].map {
      "/usr/share/fonts/truetype/liberation2/LiberationSerif-\($0).ttf"
    })
}

/// Owns a font map that knows `FontFaces` only.
final class FontMap {
  let map: UnsafeMutablePointer<PangoFontMap>

  init(_ faces: FontFaces) throws(TextLayoutError) {
    guard let config = FcConfigCreate() else {
      throw TextLayoutError(.drawingFailed, detail: "FcConfigCreate")
    }
    defer { FcConfigDestroy(config) }
    for file in faces.files {
      guard FileManager.default.isReadableFile(atPath: file), FcConfigAppFontAddFile(config, file) != 0 else {
        throw TextLayoutError(.fontMissing, detail: file)
      }
    }
    guard let map = lienthong_font_map_with_config(config) else {
      throw TextLayoutError(.drawingFailed, detail: "pango_cairo_font_map_new_for_font_type")
    }
    self.map = map
  }

  deinit { g_object_unref(map) }
}
