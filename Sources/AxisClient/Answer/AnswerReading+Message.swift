import Foundation
import HTTPTransport

extension AnswerReading {
  /// The outcome of `getEdoc` whose answer was received into the file `answer`: its message is decoded into the new file
  /// `path`, which is there only if the outcome is good.
  ///
  /// - Parameters:
  ///   - goodBy: a text member that makes an answer with neither code nor status a good one.
  ///   - isWhole: whether the message in the file is all that the answer has.
  func message(
    of response: TransportResponse, at place: EncodedMessage.Place, in answer: String, into path: String,
    upTo limit: Int, goodBy: String? = nil, isWhole: (AxisAnswer) -> Bool = { _ in true }
  ) -> AxisOutcome<FetchedMessage> {
    guard response.sinkPath != nil else { return outcome(of: response) { _ in nil } }
    let decoded: EncodedMessage
    do throws(EncodedMessage.Failure) {
      decoded = try EncodedMessage(place, answer: answer, into: path, upTo: limit)
    } catch {
      switch error {
      case .file(let words): return outcome(["transport:sink-failed/unknown"], words: words)
      case .notJSON, .envelopeTooLarge:
        return outcome(["body:not-json"], words: "the answer is not the JSON expected")
      case .tooLarge:
        return tooLarge(limit)
      }
    }
    let envelope = TransportResponse(
      status: response.status, headers: response.headers, body: decoded.envelope, bodyByteCount: decoded.envelope.count,
      sinkPath: nil)
    let outcome: AxisOutcome<FetchedMessage> = outcome(of: envelope, goodBy: goodBy) { answer in
      guard let count = decoded.byteCount, count > 0, isWhole(answer) else { return nil }
      return FetchedMessage(path: path, byteCount: count, operation: "getEdoc")
    }
    if outcome.value == nil { unlink(path) }
    return outcome
  }

  /// The outcome of a message of more than `limit` bytes.
  func tooLarge<Value>(_ limit: Int) -> AxisOutcome<Value> {
    outcome(of: TransportError(.responseTooLarge, reach: .unknown, detail: "the message passes \(limit) bytes"))
  }
}
