import CPangoCairo
import Foundation
import Synchronization

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

/// Owns a font map that knows `FontFaces` only, from its `init` to its end; then the next one takes the map over.
///
/// Reading the faces takes longer than writing a page, and the C libraries never give back all the memory that it takes.
final class FontMap {
  let map: UnsafeMutablePointer<PangoFontMap>
  private let faces: FontFaces

  /// Sendable, since a map lies here only while nothing else knows it, and pango ties none to a thread.
  private struct Idle: @unchecked Sendable {
    let map: UnsafeMutablePointer<PangoFontMap>
  }

  private static let idle = Mutex<[FontFaces: [Idle]]>([:])
  /// Maps that are kept for each `FontFaces`: as many as there may well be writers at once.
  private static let mostIdle = 8

  init(_ faces: FontFaces) throws(TextLayoutError) {
    self.faces = faces
    if let left = Self.idle.withLock({ $0[faces]?.popLast() }) {
      map = left.map
    } else {
      map = try Self.make(faces)
    }
  }

  private static func make(_ faces: FontFaces) throws(TextLayoutError) -> UnsafeMutablePointer<PangoFontMap> {
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
    return map
  }

  deinit {
    let mine = Idle(map: map)
    let isKept = Self.idle.withLock { idle in
      guard idle[faces, default: []].count < Self.mostIdle else { return false }
      idle[faces, default: []].append(mine)
      return true
    }
    if !isKept { g_object_unref(map) }
  }
}
