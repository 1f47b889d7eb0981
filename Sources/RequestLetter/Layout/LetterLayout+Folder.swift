import Foundation
import VietnameseText

extension LetterLayout {
  /// A mapping file is a few pages; what is larger is none.
  private static let maximumBytes = 1 << 20

  /// The shipped layout with the files of `folder` in the place of its own; without a folder the shipped one.
  /// - Throws: `RequestLetterError.layoutInvalid`, whose detail names the file; also where a layout can be decoded but
  ///   makes no letter.
  public init(overriding folder: String?) throws(RequestLetterError) {
    guard let folder else {
      self = try Self.builtIn()
      return
    }
    self = try Self.builtIn(overriddenBy: try Self.texts(in: folder))
    if let problem = self.problems.first {
      throw RequestLetterError(.layoutInvalid, detail: "\(problem.file): \(problem.place): \(problem.text.en)")
    }
  }

  /// The texts of those of `fileNames` that stand in `folder`.
  private static func texts(in folder: String) throws(RequestLetterError) -> [String: String] {
    guard let present = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw RequestLetterError(.layoutInvalid, detail: "the folder \(folder) cannot be read")
    }
    var texts: [String: String] = [:]
    for name in fileNames where present.contains(name) {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name), data.count <= maximumBytes,
        let text = String(data: data, encoding: .utf8)
      else {
        throw RequestLetterError(.layoutInvalid, detail: "\(name): cannot be read (UTF-8, 1 MB at most)")
      }
      texts[name] = text
    }
    return texts
  }
}
