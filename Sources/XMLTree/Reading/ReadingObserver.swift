/// Watches a document while it is read and decides what is kept, so that big parts never are in memory.
public protocol ReadingObserver: AnyObject {
  /// At each start tag. `path` holds the local names from the root down to this element.
  func started(_ element: Element, path: [String]) throws -> Treatment
  /// A piece of the text of an element that is streamed, in UTF-8. Pieces may end inside a character, and lines may
  /// end as they do in the document, with a carriage return too.
  func text(_ bytes: UnsafeRawBufferPointer) throws
  /// At each end tag of an element that is not discarded; a streamed element has no text here.
  func ended(_ element: Element, path: [String]) throws -> Continuation
}

extension ReadingObserver {
  public func started(_ element: Element, path: [String]) throws -> Treatment { .keep }
  public func text(_ bytes: UnsafeRawBufferPointer) throws {}
  public func ended(_ element: Element, path: [String]) throws -> Continuation { .keep }
}

/// What happens to the content of an element.
public enum Treatment: Sendable {
  case keep
  /// Its own text goes to ``ReadingObserver/text(_:)`` instead of the tree.
  case stream
  /// Nothing in it is kept or reported; the element itself is not put into the tree.
  case discard
}

/// What happens after an element.
public enum Continuation: Sendable {
  case keep
  /// The element is not put into the tree.
  case drop
  /// Nothing more is read.
  case stop
}
