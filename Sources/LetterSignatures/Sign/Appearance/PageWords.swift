internal import Foundation
internal import LimitedProcess
internal import VietnameseText

/// The words of a letter with their places, as poppler's `pdftotext` finds them; appearances of signatures included.
struct PageWords {
  struct Word {
    let text: String
    /// On the page as it is shown.
    let box: SignatureAppearance.PageRect
    /// Which line of which block it belongs to.
    let line: String

    var middle: Double { box.y + box.height / 2 }
  }

  struct Page {
    /// Counted from 1.
    let number: Int
    let width: Double
    let height: Double
    var words: [Word]
  }

  let pages: [Page]

  /// Largest letter and most words that are looked at.
  private static let byteLimit = 64 << 20
  private static let wordLimit = 400_000

  init(_ pdf: [UInt8], _ letter: LetterPlaces) async throws(LetterSigningError) {
    guard pdf.count <= Self.byteLimit else { throw LetterSigningError(.wordsUnreadable, "\(pdf.count) bytes") }
    do throws(LimitedProcessError) {
      let output = try await ChildProcess(
        program: "/usr/bin/pdftotext",
        arguments: ["-q", "-cropbox", "-tsv", "-enc", "UTF-8", ChildProcess.inputPath, "-"], input: Data(pdf)
      ).run()
      pages = Self.pages(tsv: String(decoding: output, as: UTF8.self), letter.pages)
    } catch {
      throw LetterSigningError(.wordsUnreadable, "pdftotext: \(error.code.rawValue) \(error.detail)")
    }
  }

  /// Level 1 begins a page, level 5 is a word; places are from the upper left corner of the page as it is shown, but the
  /// page's own size is told as it is before it is turned.
  static func pages(tsv: String, _ sizes: [LetterPlaces.Page]) -> [Page] {
    var pages: [Page] = []
    var count = 0
    for row in tsv.split(separator: "\n").dropFirst() {
      let cells = row.split(separator: "\t", maxSplits: 11, omittingEmptySubsequences: false)
      guard cells.count == 12, count < wordLimit else { continue }
      let numbers = cells[6...9].compactMap { Double($0) }
      guard numbers.count == 4, numbers.allSatisfy(\.isFinite) else { continue }
      if cells[0] == "1" {
        guard pages.count < sizes.count else { break }
        let size = sizes[pages.count]
        pages.append(Page(number: size.number, width: size.width, height: size.height, words: []))
      } else if cells[0] == "5", let index = pages.indices.last, !cells[11].isEmpty {
        count += 1
        let box = SignatureAppearance.PageRect(
          x: numbers[0], y: pages[index].height - numbers[1] - numbers[3], width: numbers[2], height: numbers[3])
        pages[index].words.append(
          Word(text: String(cells[11]).nfc, box: box, line: cells[2...4].joined(separator: ".")))
      }
    }
    return pages
  }
}

extension PageWords {
  /// Every place where `phrase` stands on one line, in reading order. Spaces count as one; capitals and accents matter.
  func places(of phrase: String) -> [(page: Int, box: SignatureAppearance.PageRect)] {
    let wanted = phrase.nfc.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !wanted.isEmpty else { return [] }
    var found: [(page: Int, box: SignatureAppearance.PageRect)] = []
    for page in pages {
      var start = 0
      while start < page.words.count {
        var end = start
        while end < page.words.count, page.words[end].line == page.words[start].line { end += 1 }
        found += Self.places(of: wanted, in: page.words[start..<end]).map { (page.number, $0) }
        start = end
      }
    }
    return found
  }

  private static func places(
    of wanted: String, in line: ArraySlice<Word>
  ) -> [SignatureAppearance.PageRect] {
    let text = line.map(\.text).joined(separator: " ")
    var found: [SignatureAppearance.PageRect] = []
    var from = text.startIndex
    while let range = text.range(of: wanted, options: .literal, range: from..<text.endIndex) {
      let first = text.distance(from: text.startIndex, to: range.lowerBound)
      let last = text.distance(from: text.startIndex, to: range.upperBound)
      var at = 0
      var box: SignatureAppearance.PageRect?
      for word in line {
        let count = word.text.count
        let low = max(first - at, 0)
        let high = min(last - at, count)
        if low < high {
          // Of a word that is not wholly meant, the part by the count of its letters.
          let left = word.box.x + word.box.width * Double(low) / Double(count)
          let right = word.box.x + word.box.width * Double(high) / Double(count)
          let part = SignatureAppearance.PageRect(
            x: left, y: word.box.y, width: right - left, height: word.box.height)
          box = box.map { $0.union(part) } ?? part
        }
        at += count + 1
      }
      if let box { found.append(box) }
      from = range.upperBound
    }
    return found
  }
}

extension SignatureAppearance.PageRect {
  func union(_ other: Self) -> Self {
    let left = min(x, other.x)
    let bottom = min(y, other.y)
    return Self(
      x: left, y: bottom, width: max(right, other.right) - left, height: max(top, other.top) - bottom)
  }

  func overlaps(_ other: Self) -> Bool { x < other.right && other.x < right && y < other.top && other.y < top }

  /// Moved so that it lies on a page of this size, as far as it fits.
  func within(width pageWidth: Double, height pageHeight: Double) -> Self {
    Self(
      x: min(max(x, 0), max(0, pageWidth - width)), y: min(max(y, 0), max(0, pageHeight - height)), width: width,
      height: height)
  }
}
