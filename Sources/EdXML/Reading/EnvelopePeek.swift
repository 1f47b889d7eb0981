import XMLTree

/// What is needed to route a message.
public struct EnvelopePeek: Sendable, Hashable, Codable {
  public var kind: MessageKind
  /// The sender's code.
  public var from: String
  /// The receivers' codes; of a status, whom it is addressed to.
  public var to: [String]
  public var documentId: String?
  /// Number and notation in one text.
  public var code: String?
  public var subject: String?
  public var business: BusinessKind
  public var statusCode: StatusCode?
  public var responseFor: [ResponseFor]
}

extension EdXMLReader {
  /// Reads only the header of a message; what follows is not looked at.
  public func peek(file path: String) throws(EdXMLError) -> EnvelopePeek {
    try peek { reader, observer in try reader.read(file: path, observer: observer) }
  }

  /// As ``peek(file:)``, from memory.
  public func peek(_ bytes: [UInt8]) throws(EdXMLError) -> EnvelopePeek {
    try peek { reader, observer in try reader.read(bytes, observer: observer) }
  }

  private func peek(
    _ parse: (DocumentReader, any ReadingObserver) throws -> Document
  ) throws(EdXMLError) -> EnvelopePeek {
    let observer = HeaderWatcher()
    do {
      _ = try parse(DocumentReader(limits: limits.reading, toleratesStrayBytes: true), observer)
    } catch let error as XMLReadingError where error.code == .stopped {
    } catch {
      throw Self.wrapped(error)
    }
    let path = "edXML/edXMLEnvelope/edXMLHeader/MessageHeader"
    guard let header = observer.messageHeader else {
      throw EdXMLError(code: .noHeader, place: Place(element: path, line: 0), detail: "no MessageHeader")
    }
    guard let from = header.first(path: "From", "OrganId")?.fieldText else {
      throw EdXMLError(code: .noSender, place: Place(element: path + "/From", line: header.line), detail: "no OrganId")
    }
    let status = header.first("StatusCode")?.fieldText.map { StatusCode(code: $0) }
    var fields = FieldReader(header, path, FindingList(), RemainderList())
    let responses = fields.groups("ResponseFor").map(HeaderReading.responseFor)
    let receivers = header.elements("To").compactMap { $0.first("OrganId")?.fieldText }
    return EnvelopePeek(
      kind: status == nil ? .document : .status, from: from,
      to: status == nil ? receivers : responses.map(\.organId).filter { !$0.isEmpty },
      documentId: header.first("DocumentId")?.fieldText, code: header.first("Code")?.joinedCode,
      subject: header.first("Subject")?.fieldText,
      business: observer.business.map { FieldReader($0, path, FindingList(), RemainderList()) }
        .map(HeaderReading.business)?.kind ?? .new,
      statusCode: status, responseFor: responses)
  }

  private final class HeaderWatcher: ReadingObserver {
    var messageHeader: Element?
    var business: Element?

    func started(_ element: Element, path: [String]) throws -> Treatment {
      if path.count == 1, element.localName != "edXML" {
        throw EdXMLError(
          code: .notEdXML, place: Place(element: "", line: element.line), detail: "the root element is another one")
      }
      return path.last == "ContentTransferEncoded" ? .discard : .keep
    }

    func ended(_ element: Element, path: [String]) throws -> Continuation {
      guard path.count >= 3, path[1] == "edXMLEnvelope", path[2] == "edXMLHeader" else { return .keep }
      if path.count == 3 { return .stop }
      if path.count == 4, path[3] == "MessageHeader", messageHeader == nil { messageHeader = element }
      if path.count == 5, path[3] == "TraceHeaderList", EdXMLNames.isCalled(path[4], "Bussiness"), business == nil {
        business = element
      }
      return .keep
    }
  }
}
