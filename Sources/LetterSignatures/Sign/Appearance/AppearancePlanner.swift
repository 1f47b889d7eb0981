internal import Foundation
internal import PDFDocument
internal import VietnameseText

/// Finds in a letter where the marks of a signature stand.
public enum AppearancePlanner {
  /// Distance between a mark and the words that it stands beside, points.
  private static let gap = 3.0
  /// Distance of stamps from the right and upper edge: within the margins that NĐ 30/2020, Phụ lục I asks for.
  private static let stampRight = AppearancePlan.points(15)
  private static let stampTop = AppearancePlan.points(7)
  /// Widest stamp.
  private static let stampWidth = AppearancePlan.points(80)

  /// What the signatures show that together make up the act: number and date of issue first (a signature for each page
  /// that names them), then the other marks (one for each of their pages). Empty when nothing is to be shown.
  ///
  /// - Throws: ``LetterSigningError``, among others `placeNotFound`, `numberTaken`, `wordsUnreadable`.
  public static func appearances(
    _ plan: AppearancePlan, in pdf: [UInt8]
  ) async throws(LetterSigningError) -> [SignatureAppearance] {
    if plan.isEmpty { return [] }
    let letter: LetterPlaces
    do throws(PDFError) {
      letter = try LetterPlaces(pdf)
    } catch {
      throw LetterSigningError(error)
    }
    var words: PageWords?
    if plan.needsWords { words = try await PageWords(pdf, letter) }
    var marks: [SignatureAppearance.Mark] = []
    for mark in plan.marks {
      let size = try size(of: mark.content)
      let (page, rect) = try rect(of: mark.place, size, letter, words)
      let content: SignatureAppearance.Content =
        switch mark.content {
        case .picture(let data, _, _): .picture(data)
        case .text(let text): .text(text)
        }
      marks.append(.init(page: page, rect: rect, content: content))
    }
    guard let issue = plan.issue, let words else { return byPage(marks) }
    return byPage(try IssuePlaces(words).marks(for: issue)) + byPage(marks)
  }

  /// One appearance for each page, in the order in which the pages are met first.
  private static func byPage(_ marks: [SignatureAppearance.Mark]) -> [SignatureAppearance] {
    var appearances: [SignatureAppearance] = []
    for mark in marks {
      if let index = appearances.firstIndex(where: { $0.marks[0].page == mark.page }) {
        appearances[index].marks.append(mark)
      } else {
        appearances.append(SignatureAppearance(marks: [mark]))
      }
    }
    return appearances
  }

  /// Whether a picture can be shown, for whoever configures it.
  /// - Throws: ``LetterSigningError`` with `pictureUnusable`.
  public static func checkPicture(_ png: [UInt8]) throws(LetterSigningError) {
    do throws(PDFError) { _ = try PictureAppearance(png) } catch { throw LetterSigningError(error) }
  }

  private struct Size {
    var width: Double
    var height: Double
  }

  private static func size(of content: AppearancePlan.Content) throws(LetterSigningError) -> Size {
    switch content {
    case .picture(let data, let width, let height):
      let proportion: Double
      do throws(PDFError) { proportion = try PictureAppearance(Array(data)).proportion } catch {
        throw LetterSigningError(error)
      }
      switch (width, height) {
      case (let width?, let height?):
        let fitting = min(width, height / proportion)
        return Size(width: fitting, height: fitting * proportion)
      case (let width?, nil): return Size(width: width, height: width * proportion)
      case (nil, let height?): return Size(width: height / proportion, height: height)
      case (nil, nil): throw LetterSigningError(.placeNotFound, "a picture without a size")
      }
    case .text(let text):
      let size = try TextDrawing.size(of: text, maximumWidth: stampWidth)
      return Size(width: size.width, height: size.height)
    }
  }

  private static func rect(
    of place: AppearancePlan.Place, _ size: Size, _ letter: LetterPlaces, _ words: PageWords?
  ) throws(LetterSigningError) -> (Int, SignatureAppearance.PageRect) {
    switch place {
    case .at(let number, let x, let y):
      let page = try letter.page(number)
      return (page.number, .init(x: x, y: y, width: size.width, height: size.height))
    case .within(let number, let room):
      let page = try letter.page(number)
      let scale = min(1, room.width / size.width, room.height / size.height)
      let (width, height) = (size.width * scale, size.height * scale)
      return (
        page.number,
        .init(
          x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 2, width: width, height: height)
      )
    case .beside(let anchor):
      let found = words?.places(of: anchor.text) ?? []
      let index = anchor.occurrence < 0 ? found.count + anchor.occurrence : anchor.occurrence - 1
      guard found.indices.contains(index) else {
        throw LetterSigningError(
          .placeNotFound, "the anchor's words stand \(found.count) times, number \(anchor.occurrence) is asked for")
      }
      let page = try letter.page(found[index].page)
      return (page.number, beside(found[index].box, anchor, size).within(width: page.width, height: page.height))
    case .overSignature(let field):
      guard let signature = letter.shownSignature(field) else {
        throw LetterSigningError(.placeNotFound, "no earlier signature that shows something")
      }
      let page = try letter.page(signature.page)
      let box = signature.box
      let rect = SignatureAppearance.PageRect(
        x: box.x + box.width / 3 - size.width, y: box.y + (box.height - size.height) / 2, width: size.width,
        height: size.height)
      return (page.number, rect.within(width: page.width, height: page.height))
    case .topRight(let number):
      let page = try letter.page(number)
      var rect = SignatureAppearance.PageRect(
        x: page.width - stampRight - size.width, y: page.height - stampTop - size.height, width: size.width,
        height: size.height)
      let others = letter.shownWidgets.filter { $0.page == page.number }.map(\.box)
      while let other = others.first(where: { $0.overlaps(rect) }), other.y - gap - size.height >= 0 {
        rect.y = other.y - gap - size.height
      }
      return (page.number, rect.within(width: page.width, height: page.height))
    }
  }

  private static func beside(
    _ words: SignatureAppearance.PageRect, _ anchor: TextAnchor, _ size: Size
  ) -> SignatureAppearance.PageRect {
    var x = words.x + (words.width - size.width) / 2
    var y = words.y + (words.height - size.height) / 2
    switch anchor.side {
    case .over: break
    case .above: y = words.top + gap
    case .below: y = words.y - gap - size.height
    case .left: x = words.x - gap - size.width
    case .right: x = words.right + gap
    }
    return .init(x: x + anchor.dx, y: y + anchor.dy, width: size.width, height: size.height)
  }
}

extension AppearancePlan {
  fileprivate var needsWords: Bool {
    issue != nil
      || marks.contains {
        if case .beside = $0.place { return true }
        return false
      }
  }
}

/// The letter's pages, and what earlier signatures show on them.
struct LetterPlaces {
  struct Page {
    /// Counted from 1.
    let number: Int
    let width: Double
    let height: Double
  }

  struct Widget {
    let field: String
    let page: Int
    let box: SignatureAppearance.PageRect
  }

  let pages: [Page]
  /// In the order of the fields.
  let shownWidgets: [Widget]

  init(_ pdf: [UInt8]) throws(PDFError) {
    let file = try PDFFile(PDFSource(bytes: pdf))
    let revision = file.current
    var shown: [ShownPage] = []
    for page in try file.pages(in: revision) { shown.append(try ShownPage(page, in: file, revision)) }
    pages = shown.enumerated().map { Page(number: $0 + 1, width: $1.width, height: $1.height) }
    var widgets: [Widget] = []
    for field in try file.signatureFields(in: revision) where field.isSigned {
      var dictionaries = [field.dictionary]
      for kid in try file.resolve(field.dictionary["Kids"], in: revision).array ?? [] {
        if let widget = try file.resolve(kid, in: revision).dictionary { dictionaries.append(widget) }
      }
      for widget in dictionaries where widget["AP"] != nil {
        guard let page = shown.firstIndex(where: { $0.reference == widget["P"]?.reference }),
          let box = PDFRectangle(
            try file.resolve(widget["Rect"], in: revision).array?.compactMap(\.number) ?? []),
          box.right > box.left, box.top > box.bottom
        else { continue }
        widgets.append(Widget(field: field.name, page: page + 1, box: shown[page].shown(box)))
      }
    }
    shownWidgets = widgets
  }

  func page(_ number: Int) throws(LetterSigningError) -> Page {
    let index = number < 0 ? pages.count + number : number - 1
    guard pages.indices.contains(index) else {
      throw LetterSigningError(.pageMissing, "page \(number) of \(pages.count)")
    }
    return pages[index]
  }

  /// What the named field shows; else the largest thing that the last visible signature shows.
  func shownSignature(_ field: String?) -> Widget? {
    let wanted = field ?? shownWidgets.last?.field
    return shownWidgets.filter { $0.field == wanted }.max {
      $0.box.width * $0.box.height < $1.box.width * $1.box.height
    }
  }
}
