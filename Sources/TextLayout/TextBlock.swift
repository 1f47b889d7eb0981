import CPangoCairo

/// A paragraph broken into lines of one width, ready to be drawn, as a whole or in parts over pages.
public final class TextBlock {
  /// One line, in points from the block's upper left corner.
  public struct Line: Sendable, Hashable {
    public let top: Double
    public let bottom: Double
    public let baseline: Double
    /// Where the line's text starts and how wide it is.
    public let left: Double
    public let width: Double
  }

  public let lines: [Line]
  public let height: Double
  /// Width of the widest line.
  public let usedWidth: Double

  private let layout: OpaquePointer

  init(_ paragraph: Paragraph, width: Double, context: OpaquePointer, family: String) throws(TextLayoutError) {
    guard let layout = pango_layout_new(context) else {
      throw TextLayoutError(.drawingFailed, detail: "pango_layout_new")
    }
    self.layout = layout
    let text = paragraph.runs.map(\.text).joined()
    pango_layout_set_text(layout, text, Int32(clamping: text.utf8.count))
    Self.setAttributes(of: paragraph, family: family, on: layout)
    pango_layout_set_width(layout, Self.units(max(width, 1)))
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    pango_layout_set_indent(layout, Self.units(paragraph.firstLineIndent))
    pango_layout_set_auto_dir(layout, 0)
    if paragraph.lineSpacing != 1 { pango_layout_set_line_spacing(layout, Float(paragraph.lineSpacing)) }
    switch paragraph.alignment {
    case .left: pango_layout_set_alignment(layout, PANGO_ALIGN_LEFT)
    case .centre: pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER)
    case .right: pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT)
    case .justified: pango_layout_set_justify(layout, 1)
    }
    let unknown = pango_layout_get_unknown_glyphs_count(layout)
    lines = Self.measuredLines(layout)
    height = (lines.last?.bottom ?? 0) - (lines.first?.top ?? 0)
    usedWidth = lines.map(\.width).max() ?? 0
    guard unknown == 0 else {
      throw TextLayoutError(.characterWithoutGlyph, detail: "\(unknown) characters without a glyph")
    }
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

  func show(line index: Int, on cairo: OpaquePointer) {
    guard let line = pango_layout_get_line_readonly(layout, Int32(index)) else { return }
    pango_cairo_show_layout_line(cairo, line)
  }

  private static func setAttributes(of paragraph: Paragraph, family: String, on layout: OpaquePointer) {
    let attributes = pango_attr_list_new()
    defer { pango_attr_list_unref(attributes) }
    // Ligatures (fi, fl) would make copied text depend on the reader; hyphens at forced breaks would change addresses.
    pango_attr_list_insert(attributes, pango_attr_font_features_new("liga=0, clig=0, dlig=0"))
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(0))
    pango_attr_list_insert(attributes, pango_attr_fallback_new(0))
    var start: UInt32 = 0
    for run in paragraph.runs {
      let end = start + UInt32(clamping: run.text.utf8.count)
      let description = pango_font_description_new()
      pango_font_description_set_family(description, family)
      pango_font_description_set_size(description, units(run.style.size))
      pango_font_description_set_weight(description, run.style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
      pango_font_description_set_style(description, run.style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL)
      if let attribute = pango_attr_font_desc_new(description) {
        attribute.pointee.start_index = start
        attribute.pointee.end_index = end
        pango_attr_list_insert(attributes, attribute)
      }
      pango_font_description_free(description)
      start = end
    }
    pango_layout_set_attributes(layout, attributes)
  }

  private static func measuredLines(_ layout: OpaquePointer) -> [Line] {
    guard let iterator = pango_layout_get_iter(layout) else { return [] }
    defer { pango_layout_iter_free(iterator) }
    var lines: [Line] = []
    repeat {
      var top: Int32 = 0
      var bottom: Int32 = 0
      var logical = PangoRectangle()
      pango_layout_iter_get_line_yrange(iterator, &top, &bottom)
      pango_layout_iter_get_line_extents(iterator, nil, &logical)
      let baseline = pango_layout_iter_get_baseline(iterator)
      lines.append(
        Line(
          top: points(top), bottom: points(bottom), baseline: points(baseline), left: points(logical.x),
          width: points(logical.width)))
    } while pango_layout_iter_next_line(iterator) != 0
    return lines
  }

  private static func units(_ points: Double) -> Int32 { Int32((points * Double(PANGO_SCALE)).rounded()) }
  private static func points(_ units: Int32) -> Double { Double(units) / Double(PANGO_SCALE) }
}
