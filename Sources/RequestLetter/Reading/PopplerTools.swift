import Foundation
public import LimitedProcess
import VietnameseText

/// Poppler's command line tools, run as limited children on one file.
public struct PopplerTools: Sendable {
  /// Folder of `pdftotext`, `pdftoppm`, `pdfimages`.
  public var folder: String
  /// The processor's seconds bound a hostile file; the clock is given longer, so that a good letter on a busy machine is
  /// not taken for one.
  public var limits: ProcessLimits
  /// Bytes of a PDF that are read at most (50 MB is the most that agencies may send).
  public var maximumBytes: Int
  public var maximumPages: Int

  public init(
    folder: String = "/usr/bin", limits: ProcessLimits = ProcessLimits(time: .seconds(180)),
    maximumBytes: Int = 64 << 20,
    maximumPages: Int = 400
  ) {
    self.folder = folder
    self.limits = limits
    self.maximumBytes = maximumBytes
    self.maximumPages = maximumPages
  }

  func run(_ tool: String, _ arguments: [String], on pdf: Data) async throws(RequestLetterError) -> Data {
    do {
      return try await ChildProcess(program: "\(folder)/\(tool)", arguments: arguments, input: pdf, limits: limits)
        .run()
    } catch {
      let code: RequestLetterError.Code =
        switch error.code {
        case .notStarted, .inputFile: .toolMissing
        case .timeExceeded, .outputExceeded, .killed, .cancelled: .tooComplex
        case .failed: .notReadable
        }
      throw RequestLetterError(code, detail: "\(tool): \(error.code.rawValue) \(error.detail)")
    }
  }
}

/// One PDF as poppler sees it.
struct PopplerFile {
  let tools: PopplerTools
  private let pdf: Data

  init(_ pdf: Data, tools: PopplerTools) throws(RequestLetterError) {
    guard pdf.count <= tools.maximumBytes else {
      throw RequestLetterError(.tooLarge, detail: "\(pdf.count) bytes")
    }
    // The mark may stand behind some bytes, as readers allow; a file without it is no PDF.
    guard pdf.prefix(1024).range(of: Data("%PDF-".utf8)) != nil else {
      throw RequestLetterError(.notReadable, detail: "no %PDF- mark")
    }
    self.tools = tools
    self.pdf = pdf
  }

  /// The words of all pages.
  func pages() async throws(RequestLetterError) -> [PageText] {
    let output = try await tools.run(
      "pdftotext",
      ["-q", "-tsv", "-enc", "UTF-8", "-l", "\(tools.maximumPages + 1)", ChildProcess.inputPath, "-"], on: pdf)
    let pages = PageText.pages(tsv: String(decoding: output, as: UTF8.self))
    guard pages.count <= tools.maximumPages else {
      throw RequestLetterError(.tooLarge, detail: "more than \(tools.maximumPages) pages")
    }
    return pages
  }

  /// Sizes of the pictures by page (first is 0), as fractions of a 210 × 297 mm sheet.
  func pictures() async throws(RequestLetterError) -> [Int: Double] {
    let output = try await tools.run("pdfimages", ["-list", "-l", "20", ChildProcess.inputPath], on: pdf)
    var largest: [Int: Double] = [:]
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n").dropFirst(2) {
      // page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio
      let cells = line.split(separator: " ")
      guard cells.count >= 14, let page = Int(cells[0]), let width = Double(cells[3]), let height = Double(cells[4]),
        let horizontal = Double(cells[12]), let vertical = Double(cells[13]), horizontal > 0, vertical > 0
      else { continue }
      let inches = width / horizontal * (height / vertical)
      largest[page - 1] = max(largest[page - 1] ?? 0, inches / (8.27 * 11.69))
    }
    return largest
  }

  /// Straight dark lines of the pages `range` (first is 0), page after page. Empty where a page could not be drawn.
  func rules(pages range: ClosedRange<Int>) async -> [Int: PageRules] {
    var found: [Int: PageRules] = [:]
    // Ruling lines only help: a page that cannot be drawn within the limits is read by positions alone.
    guard
      let output = try? await tools.run(
        "pdftoppm",
        [
          "-q", "-gray", "-r", "\(Int(PageRules.resolution))", "-aa", "no", "-aaVector", "no", "-f",
          "\(range.lowerBound + 1)", "-l", "\(range.upperBound + 1)", ChildProcess.inputPath,
        ], on: pdf)
    else { return found }
    var page = range.lowerBound
    var rest = output[...]
    while let picture = GrayPicture(next: &rest) {
      found[page] = PageRules(picture)
      page += 1
    }
    return found
  }
}

extension PageText {
  /// Reads `pdftotext -tsv`: level 1 starts a page, level 5 is a word.
  static func pages(tsv: String) -> [PageText] {
    var pages: [PageText] = []
    for line in tsv.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: "\t", maxSplits: 11, omittingEmptySubsequences: false)
      guard cells.count == 12, let left = Double(cells[6]), let top = Double(cells[7]), let width = Double(cells[8]),
        let height = Double(cells[9]), left.isFinite, top.isFinite, width.isFinite, height.isFinite
      else { continue }
      if cells[0] == "1" {
        pages.append(PageText(index: pages.count, width: width, height: height, words: []))
      } else if cells[0] == "5", let page = pages.indices.last, !cells[11].isEmpty {
        let box = Box(left: left, top: top, right: left + width, bottom: top + height)
        pages[page].words.append(PageWord(text: String(cells[11]).nfc, page: page, box: box))
      }
    }
    return pages
  }
}
