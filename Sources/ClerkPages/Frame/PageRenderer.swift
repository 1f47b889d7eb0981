import Foundation
import Mustache

/// Turns page models into HTML. The templates are read once, when it is made.
public struct PageRenderer: Sendable {
  private let library: MustacheLibrary

  /// Throws `PageError` when a shipped template cannot be read, which a test rules out.
  public init() throws(PageError) {
    // Templates name this type in their first line, so it is known before they are read.
    MustacheContentTypes.register(SafeHTML(), named: SafeHTML.name)
    var library = MustacheLibrary()
    for (name, bytes) in Self.templates {
      do {
        try library.register(String(decoding: bytes, as: UTF8.self), named: name)
      } catch {
        throw PageError(code: .templateUnreadable, template: name, detail: "\(error)")
      }
    }
    self.library = library
  }

  /// The one style sheet of all pages, served beside them.
  public static var styleSheet: String { String(decoding: PackageResources.clerk_css, as: UTF8.self) }

  /// The embedded templates by name.
  static var templates: [(name: String, bytes: [UInt8])] {
    [
      ("frame", PackageResources.frame_mustache),
      ("letters", PackageResources.letters_mustache),
      ("letter", PackageResources.letter_mustache),
      ("message", PackageResources.message_mustache),
    ]
  }

  func render(_ view: some Sendable, template name: String) throws(PageError) -> String {
    guard let page = library.render(view, withTemplate: name) else {
      throw PageError(code: .templateMissing, template: name, detail: "no template of that name is embedded")
    }
    return page
  }
}
