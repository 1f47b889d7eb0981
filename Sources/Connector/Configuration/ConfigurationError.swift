public import VietnameseText

/// A configuration file that cannot be used: every problem in it, each with its line.
public struct ConfigurationError: Error, Sendable {
  /// One thing that is wrong.
  public struct Problem: Sendable, Equatable, CustomStringConvertible {
    /// Line in the file, from 1; nil where the whole file is meant.
    public let line: Int?
    public let text: ClerkSentence

    public var description: String { line.map { "line \($0): \(text.en)" } ?? text.en }
  }

  public let file: String
  public let problems: [Problem]

  /// One line a problem: `FILE:LINE: what is wrong`.
  public var lines: [String] {
    problems.map { problem in "\(file):\(problem.line.map { "\($0): " } ?? " ")\(problem.text.en)" }
  }
}
