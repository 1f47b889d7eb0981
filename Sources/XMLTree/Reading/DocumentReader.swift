import CLibXML2

#if canImport(Glibc)
  import Glibc
#endif

/// Reads XML from outside into a tree: no DOCTYPE, no network, no entities but the five of XML, limits on everything.
public struct DocumentReader: Sendable {
  public let limits: ReadingLimits
  /// Whether comments and processing instructions come into the tree.
  public let keepsComments: Bool
  /// Whether up to 1,024 bytes before the prolog are skipped and reported.
  public let toleratesStrayBytes: Bool

  public init(limits: ReadingLimits = .standard, keepsComments: Bool = false, toleratesStrayBytes: Bool = false) {
    self.limits = limits
    self.keepsComments = keepsComments
    self.toleratesStrayBytes = toleratesStrayBytes
  }

  /// Reads a whole document.
  public func read(_ bytes: some Sequence<UInt8>) throws(XMLReadingError) -> Document {
    do { return try read(bytes, observer: nil) } catch { throw XMLReadingError.from(error) }
  }

  /// Reads a whole file.
  public func read(file path: String) throws(XMLReadingError) -> Document {
    do { return try read(file: path, observer: nil) } catch { throw XMLReadingError.from(error) }
  }

  /// Reads a document under the eyes of `observer`.
  ///
  /// - Throws: ``XMLReadingError``, or whatever the observer threw. When the observer stopped the reading the code is
  ///   ``XMLReadingError/Code/stopped``.
  public func read(_ bytes: some Sequence<UInt8>, observer: (any ReadingObserver)?) throws -> Document {
    let reader = try PushReader(reader: self, observer: observer)
    if let done = try bytes.withContiguousStorageIfAvailable({ try reader.push(UnsafeRawBufferPointer($0)) }) {
      return try (done, reader.finish()).1
    }
    try Array(bytes).withUnsafeBytes { try reader.push($0) }
    return try reader.finish()
  }

  /// Reads a file in pieces of 256 KB under the eyes of `observer`.
  public func read(file path: String, observer: (any ReadingObserver)?) throws -> Document {
    let reader = try PushReader(reader: self, observer: observer)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw XMLReadingError(code: .unreadable, detail: "open: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw XMLReadingError(code: .unreadable, detail: "read: \(String(cString: strerror(errno)))")
      }
      try reader.push(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    return try reader.finish()
  }

  /// Hands over each complete element of that local name and forgets it, so that memory stays flat.
  ///
  /// - Parameter body: returns `false` to stop.
  public func forEach(
    _ localName: String, in bytes: some Sequence<UInt8>, _ body: (Element) throws -> Bool
  ) throws {
    try withoutActuallyEscaping(body) { body in
      try ignoringStop { _ = try read(bytes, observer: Picker(localName, body)) }
    }
  }

  /// As ``forEach(_:in:_:)``, from a file.
  public func forEach(_ localName: String, inFile path: String, _ body: (Element) throws -> Bool) throws {
    try withoutActuallyEscaping(body) { body in
      try ignoringStop { _ = try read(file: path, observer: Picker(localName, body)) }
    }
  }

  private func ignoringStop(_ work: () throws -> Void) throws {
    do { try work() } catch let error as XMLReadingError where error.code == .stopped {}
  }

  private final class Picker: ReadingObserver {
    let localName: String
    let body: (Element) throws -> Bool

    init(_ localName: String, _ body: @escaping (Element) throws -> Bool) {
      self.localName = localName
      self.body = body
    }

    func ended(_ element: Element, path: [String]) throws -> Continuation {
      guard element.localName == localName else { return .keep }
      return try body(element) ? .drop : .stop
    }
  }
}

extension XMLReadingError {
  static func from(_ error: any Error) -> XMLReadingError {
    error as? XMLReadingError ?? XMLReadingError(code: .observerFailed, detail: "observer failed")
  }
}
