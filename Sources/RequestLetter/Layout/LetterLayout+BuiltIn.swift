import MappingFiles

extension LetterLayout {
  /// The layout that is shipped.
  public static func builtIn() throws(RequestLetterError) -> LetterLayout { try shipped.get() }

  /// Read once: it never changes while the program runs.
  private static let shipped = Result { () throws(RequestLetterError) in try builtIn(overriddenBy: [:]) }

  /// The shipped layout, with the texts of an overriding folder in place of those that it has.
  /// - Parameter overrides: YAML text by file name; names that are none of `fileNames` are left alone.
  public static func builtIn(overriddenBy overrides: [String: String]) throws(RequestLetterError) -> LetterLayout {
    var files: [String: String] = [:]
    for name in fileNames { files[name] = overrides[name] ?? MappingFile.named(name)?.text }
    return try LetterLayout(files: files)
  }
}
