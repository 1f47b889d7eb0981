public import VietnameseText
import Yams

/// Finds the line of a mapping file that a path of keys names.
enum MappingLine {
  /// The line (from 1) of `letter.columns[3].fields` in `text`; of the deepest part of the path that is there.
  static func line(of path: String, in text: String) -> Int? {
    guard !path.isEmpty, var node = try? Yams.compose(yaml: text) else { return nil }
    var line: Int?
    for step in path.split(whereSeparator: { ".[]".contains($0) }) {
      switch node {
      case .mapping(let mapping):
        guard let pair = mapping.first(where: { $0.key.string == String(step) }) else { return line }
        line = pair.key.mark?.line ?? line
        node = pair.value
      case .sequence(let sequence):
        guard let index = Int(step), sequence.indices.contains(index) else { return line }
        node = sequence[index]
        line = node.mark?.line ?? line
      default: return line
      }
    }
    return line
  }

  /// Line and words of a syntax error.
  static func explain(_ error: YamlError) -> (line: Int?, what: String) {
    switch error {
    case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
      return (mark.line, text)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return (context.mark.line, "key given twice: \(duplicates.joined(separator: ", "))")
    default: return (nil, "unreadable text")
    }
  }
}

extension MappingProblem {
  /// A problem of a file that another target reads, with the line that `place` names in its text.
  public init(file: String, place: String, in text: String, _ problem: ClerkSentence) {
    self.init(file: file, place: place, line: MappingLine.line(of: place, in: text), text: problem)
  }
}
