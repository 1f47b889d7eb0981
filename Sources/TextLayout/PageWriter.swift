import CPangoCairo
public import Foundation

/// What a PDF says about itself. All of it is given, nothing is taken from the clock or the machine.
public struct DocumentMetadata: Sendable, Hashable {
  public var title: String
  public var author: String
  /// Name of the software that wrote it.
  public var creator: String
  /// Creation and modification date.
  public var created: Date

  public init(title: String, author: String, creator: String, created: Date) {
    self.title = title
    self.author = author
    self.creator = creator
    self.created = created
  }
}

/// Writes pages of a PDF: text blocks and lines at given places. Same calls, same bytes.
///
/// Not `Sendable`: one writer is used by one task from `init` to `finish()`.
public final class PageWriter {
  /// Most pages that one document may have.
  public static let maximumPages = 2_000

  /// The page being written, first is 0.
  public private(set) var page = 0
  public private(set) var geometry: PageGeometry

  private let faces: FontFaces
  private let fonts: FontMap
  private let sink = Sink()
  private let surface: OpaquePointer
  private let cairo: OpaquePointer
  let pango: OpaquePointer
  private var finished = false

  /// Collects what the PDF surface writes.
  private final class Sink {
    var bytes = Data()
  }

  public init(
    _ metadata: DocumentMetadata, geometry: PageGeometry, faces: FontFaces = .liberationSerif
  ) throws(TextLayoutError) {
    self.geometry = geometry
    self.faces = faces
    fonts = try FontMap(faces)
    let write: cairo_write_func_t = { closure, data, length in
      guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
      Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue().bytes.append(data, count: Int(length))
      return CAIRO_STATUS_SUCCESS
    }
    let target = Unmanaged.passUnretained(sink).toOpaque()
    guard let surface = cairo_pdf_surface_create_for_stream(write, target, geometry.width, geometry.height) else {
      throw TextLayoutError(.drawingFailed, detail: "cairo_pdf_surface_create_for_stream")
    }
    guard let cairo = cairo_create(surface) else {
      cairo_surface_destroy(surface)
      throw TextLayoutError(.drawingFailed, detail: "cairo_create")
    }
    self.surface = surface
    self.cairo = cairo
    guard let pango = pango_font_map_create_context(fonts.map) else {
      cairo_destroy(cairo)
      cairo_surface_destroy(surface)
      throw TextLayoutError(.drawingFailed, detail: "pango_font_map_create_context")
    }
    self.pango = pango
    // Without it pango assumes 96 dots per inch and all text is 4/3 too big.
    pango_cairo_context_set_resolution(pango, 72)
    pango_context_set_round_glyph_positions(pango, 0)
    pango_context_set_language(pango, pango_language_from_string("vi"))
    pango_cairo_update_context(cairo, pango)
    describe(metadata)
    try check()
  }

  deinit {
    g_object_unref(UnsafeMutableRawPointer(pango))
    cairo_destroy(cairo)
    // Finishing writes into `sink`, which still lives here.
    cairo_surface_destroy(surface)
  }

  private func describe(_ metadata: DocumentMetadata) {
    let date = metadata.created.formatted(.iso8601)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, metadata.title)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, metadata.author)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, metadata.creator)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date)
  }

  // MARK: Text

  /// Breaks `paragraph` into lines of `width` points.
  public func block(_ paragraph: Paragraph, width: Double) throws(TextLayoutError) -> TextBlock {
    try TextBlock(paragraph, width: width, context: pango, family: faces.family)
  }

  /// Draws lines of a block with the upper left corner of the first one at (`x`, `y`).
  public func draw(_ block: TextBlock, lines: Range<Int>? = nil, x: Double, y: Double) {
    let range = lines ?? 0..<block.lines.count
    guard let first = range.first else { return }
    let shift = y - block.lines[first].top
    for index in range {
      let line = block.lines[index]
      cairo_move_to(cairo, x + line.left, line.baseline + shift)
      block.show(line: index, on: cairo)
    }
  }

  // MARK: Lines and pages

  /// A straight rule, `thickness` points strong.
  public func rule(fromX: Double, y fromY: Double, toX: Double, y toY: Double, thickness: Double = 0.5) {
    cairo_set_line_width(cairo, thickness)
    cairo_move_to(cairo, fromX, fromY)
    cairo_line_to(cairo, toX, toY)
    cairo_stroke(cairo)
  }

  /// Ends this page and starts the next, with another geometry if one is given.
  public func nextPage(_ geometry: PageGeometry? = nil) throws(TextLayoutError) {
    cairo_show_page(cairo)
    page += 1
    guard page < Self.maximumPages else {
      throw TextLayoutError(.tooManyPages, detail: "more than \(Self.maximumPages) pages")
    }
    if let geometry {
      self.geometry = geometry
      cairo_pdf_surface_set_size(surface, geometry.width, geometry.height)
    }
    try check()
  }

  /// Ends the document and returns its bytes. Nothing may be drawn afterwards.
  public func finish() throws(TextLayoutError) -> Data {
    if !finished {
      cairo_show_page(cairo)
      cairo_surface_finish(surface)
      finished = true
    }
    try check()
    return sink.bytes
  }

  private func check() throws(TextLayoutError) {
    for status in [cairo_status(cairo), cairo_surface_status(surface)] where status != CAIRO_STATUS_SUCCESS {
      // After finish() the context reports that its surface is finished; that is the wished state.
      if finished && status == CAIRO_STATUS_SURFACE_FINISHED { continue }
      throw TextLayoutError(.drawingFailed, detail: String(cString: cairo_status_to_string(status)))
    }
  }
}
