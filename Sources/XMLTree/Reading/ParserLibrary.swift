import CLibXML2

/// libxml2, set up once for the process: silent, and without any way to open a file or a network address by itself.
enum ParserLibrary {
  /// Touched before the first use.
  static let ready: Void = {
    xmlInitParser()
    clibxml2_silence()
    xmlSetExternalEntityLoader { _, _, _ in nil }
  }()
}
