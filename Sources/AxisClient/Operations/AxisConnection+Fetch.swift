import Foundation
import HTTPTransport

extension AxisConnection {
  public func fetchEdoc(docID: String, into path: String) async -> AxisOutcome<FetchedMessage> {
    switch account.retrieval {
    case .downloadOnly: return await downloadEdoc(docID: docID, into: path).outcome
    case .getOnly: return await getEdoc(docID: docID, into: path)
    case .downloadThenGet:
      let download = await downloadEdoc(docID: docID, into: path)
      return download.notOffered ? await getEdoc(docID: docID, into: path) : download.outcome
    }
  }

  /// `downloadEdoc`: the raw message, streamed to the file.
  ///
  /// `notOffered`: the axis does not know the operation, or its answer is no message or cannot be told from a cut one.
  func downloadEdoc(docID: String, into path: String) async -> (outcome: AxisOutcome<FetchedMessage>, notOffered: Bool)
  {
    let reading = reading("downloadEdoc", .repeatable)
    let result = await exchange(
      "downloadEdoc", .get, [("docId", docID)], contentType: "application/json", body: .none, effect: .repeatable,
      isMessage: true, into: .file(path: path))
    let response: TransportResponse
    switch result {
    case .failure(let error): return (reading.outcome(of: error), false)
    case .success(let got): response = got
    }
    guard response.sinkPath != nil else {
      let missing = [400, 404, 405, 500, 501].contains(response.status) && AxisAnswer(response.body)?.errorCode == nil
      return (reading.outcome(of: response) { _ in nil }, missing)
    }
    let type = response.header("Content-Type")?.lowercased() ?? ""
    guard !type.hasPrefix("text/html"), Self.beginsAsMessage(path) else {
      // An answer, or a page of some server on the way; a message that is no XML comes by getEdoc.
      let body = response.bodyByteCount <= 64 << 10 ? FileManager.default.contents(atPath: path) : nil
      unlink(path)
      guard let body else { return (reading.outcome(["body:not-json"], words: "no message in the answer"), true) }
      let answer = TransportResponse(
        status: response.status, headers: response.headers, body: Array(body), bodyByteCount: body.count, sinkPath: nil)
      let code = AxisAnswer(answer.body)?.errorCode
      return (reading.outcome(of: answer) { _ in nil }, !["15", "19"].contains(code ?? ""))
    }
    // Without a length the end of the connection ends the message, and a cut one would look whole.
    let chunked = response.header("Transfer-Encoding")?.lowercased().contains("chunked") == true
    guard chunked || response.header("Content-Length") != nil else {
      unlink(path)
      return (reading.outcome(["body:incomplete"], words: "an answer without length"), true)
    }
    guard response.bodyByteCount <= limits.maximumMessageBytes else {
      unlink(path)
      return (reading.tooLarge(limits.maximumMessageBytes), false)
    }
    return (.accepted(FetchedMessage(path: path, byteCount: response.bodyByteCount, operation: "downloadEdoc")), false)
  }

  /// Whether the file begins as XML does, and not as a page for a browser.
  private static func beginsAsMessage(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    guard let head = try? file.read(upToCount: 4096) else { return false }
    let beginning = head.textBeginning
    return beginning.first == UInt8(ascii: "<") && !beginning.starts(with: "<html".utf8)
      && !beginning.starts(with: "<!doctype html".utf8)
  }

  /// `getEdoc`: the message in base64 inside JSON, decoded from one file into another, whatever its size.
  func getEdoc(docID: String, into path: String) async -> AxisOutcome<FetchedMessage> {
    let reading = reading("getEdoc", .repeatable)
    let answerPath = path + ".answer"
    defer { unlink(answerPath) }
    let result = await exchange(
      "getEdoc", .post, [("docId", docID)], contentType: "application/json", body: Self.emptyObject,
      effect: .repeatable,
      isMessage: true, into: .file(path: answerPath))
    switch result {
    case .failure(let error): return reading.outcome(of: error)
    case .success(let response):
      return reading.message(
        of: response, at: .axis, in: answerPath, into: path, upTo: limits.maximumMessageBytes)
    }
  }
}
