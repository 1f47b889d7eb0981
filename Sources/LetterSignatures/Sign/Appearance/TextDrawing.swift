internal import Foundation
internal import TextLayout

/// The lines of a mark, drawn as a one-page PDF that ``ImportedPage`` takes over with its fonts.
enum TextDrawing {
  /// Room on each side of the text, so that slanting letters are not cut off.
  private static let margin = 1.0
  /// Longest line and most lines that a mark takes.
  private static let lineLimit = 40
  private static let characterLimit = 2_000

  struct Size {
    let width: Double
    let height: Double
  }

  /// The room that `text` needs when no line is broken.
  static func size(of text: MarkText) throws(LetterSigningError) -> Size {
    let writer = try writer(width: 100, height: 100)
    let blocks = try blocks(of: text, writer, width: 10_000)
    return Size(
      width: (blocks.map(\.usedWidth).max() ?? 0) + 2 * margin, height: blocks.reduce(0) { $0 + $1.height })
  }

  /// `text` within `maximumWidth` points, broken where it is longer, and the size that it takes then.
  static func size(of text: MarkText, maximumWidth: Double) throws(LetterSigningError) -> Size {
    let free = try size(of: text)
    if free.width <= maximumWidth { return free }
    let writer = try writer(width: 100, height: 100)
    let blocks = try blocks(of: text, writer, width: maximumWidth - 2 * margin)
    return Size(width: maximumWidth, height: blocks.reduce(0) { $0 + $1.height })
  }

  /// A PDF whose one page is `width` × `height` points and shows `text` from its top.
  static func pdf(_ text: MarkText, width: Double, height: Double) throws(LetterSigningError) -> [UInt8] {
    let writer = try writer(width: width, height: height)
    var y = 0.0
    // A little more than measured: a line that just fits must not be broken by rounding.
    for block in try blocks(of: text, writer, width: width - 2 * margin + margin / 2) {
      writer.draw(block, x: margin, y: y)
      y += block.height
    }
    do throws(TextLayoutError) {
      return Array(try writer.finish())
    } catch {
      throw LetterSigningError(error)
    }
  }

  private static func writer(width: Double, height: Double) throws(LetterSigningError) -> PageWriter {
    // None of this is seen: only the page's content is taken over.
    let data = DocumentMetadata(title: "", author: "", creator: "", created: Date(timeIntervalSince1970: 0))
    do throws(TextLayoutError) {
      return try PageWriter(
        data, geometry: PageGeometry(width: width, height: height, top: 0, bottom: 0, left: 0, right: 0))
    } catch {
      throw LetterSigningError(error)
    }
  }

  private static func blocks(
    of text: MarkText, _ writer: PageWriter, width: Double
  ) throws(LetterSigningError) -> [TextBlock] {
    guard text.lines.count <= lineLimit, text.lines.allSatisfy({ $0.count <= characterLimit }) else {
      throw LetterSigningError(.textUnprintable, "more than \(lineLimit) lines or \(characterLimit) characters")
    }
    let style = TextStyle(size: text.size, bold: text.bold, italic: text.italic)
    let alignment: Paragraph.Alignment =
      switch text.alignment {
      case .left: .left
      case .centre: .centre
      case .right: .right
      }
    var blocks: [TextBlock] = []
    do throws(TextLayoutError) {
      for line in text.lines {
        blocks.append(try writer.block(Paragraph(line, style, alignment: alignment), width: width))
      }
    } catch {
      throw LetterSigningError(error)
    }
    return blocks
  }
}
