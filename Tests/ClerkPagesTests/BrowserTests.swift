import ClerkPages
import Foundation
import Testing
import VietnameseText

@Suite("A page in a real browser", .enabled(if: Browser.isHere, "chromium is not installed"))
struct BrowserTests {
  @Test("What the browser makes of hostile text has the shape of a harmless page", .timeLimit(.minutes(2)))
  func shape() throws {
    let pages = try PageRenderer()
    let browser = try Browser()
    func page(_ texts: [String]) throws -> String {
      try pages.html(
        Invented.list(
          Invented.desk(owner: texts.joined(), keeps: true), filter: .init(search: texts.joined()),
          rows: texts.map { Invented.row($0, notation: $0, subject: $0, next: .init(vi: $0, en: $0)) }))
    }
    let hostile = try browser.dom(page(HostileTextTests.attacks))
    let harmless = try browser.dom(page(HostileTextTests.attacks.map { _ in "x" }))
    #expect(!Markup.tags(harmless).isEmpty)
    #expect(Markup.tags(hostile) == Markup.tags(harmless))
  }
}

/// Chromium without a window.
private struct Browser {
  static let program = "/usr/bin/chromium"
  static var isHere: Bool { FileManager.default.isExecutableFile(atPath: program) }

  struct Failure: Error { let status: Int32 }

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "browser-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// The document as the browser has it in memory after reading `html` and letting it act, written out again.
  func dom(_ html: String) throws -> String {
    let file = folder.appending(path: "page.html")
    try Data(html.utf8).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: Self.program)
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
      "--virtual-time-budget=1000", "--dump-dom", file.absoluteString,
    ]
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
    return String(decoding: text, as: UTF8.self)
  }
}
