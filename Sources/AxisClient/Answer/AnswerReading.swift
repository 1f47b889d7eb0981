import HTTPTransport

/// Turns one exchange into an outcome by the table; the only place where that is decided.
struct AnswerReading {
  let table: AxisOutcomeTable
  let effect: AxisOutcomeTable.Effect
  let operation: String

  /// The outcome of no complete answer.
  func outcome<Value>(of error: TransportError) -> AxisOutcome<Value> {
    let code = "transport-\(error.code.rawValue)"
    return outcome(
      ["transport:\(error.code.rawValue)/\(error.reach.rawValue)", "transport:*/\(error.reach.rawValue)"], code: code,
      words: error.detail)
  }

  /// The outcome of an answer; `value` takes the answer's value out of its JSON, nil if it is not there.
  ///
  /// - Parameters:
  ///   - emptyIs: what a good answer with an empty body, or one that begins neither as JSON nor as markup, stands for.
  ///   - goodBy: a text member that makes an answer with neither code nor status a good one.
  func outcome<Value>(
    of response: TransportResponse, emptyIs: Value? = nil, goodBy: String? = nil, value: (AxisAnswer) -> Value?
  ) -> AxisOutcome<Value> {
    let good = (200...299).contains(response.status)
    guard let answer = AxisAnswer(response.body) else {
      guard good else { return outcome(ofStatus: response) }
      let first = response.body.textBeginning.first
      // What begins as JSON was to be JSON: cut or damaged it is no empty list.
      if let emptyIs, first.map({ !"<{[".utf8.contains($0) }) ?? true { return .accepted(emptyIs) }
      return outcome([first == nil ? "body:empty" : "body:not-json"], words: "HTTP \(response.status)")
    }
    guard good || answer.errorCode.map({ $0 != "0" }) == true else { return outcome(ofStatus: response) }
    switch (answer.errorCode, answer.status) {
    case ("0", false): return outcome(["body:contradictory"], words: "ErrorCode 0 with status FAIL")
    case (_, true) where answer.innerStatus == false:
      return outcome(["body:contradictory"], words: "status OK with status FAIL inside data")
    case ("0", _), (nil, true): break
    case (nil, nil) where answer.isArray || goodBy.map({ answer.exactText($0) != nil }) == true: break
    // It may have been done all the same.
    case (let code?, true):
      return outcome(["body:contradictory"], words: "ErrorCode \(AxisAnswer.oneLine(code)) with status OK")
    case (let code?, _):
      return outcome(
        ["code:\(code)", "code:*"], code: "error-\(AxisAnswer.oneLine(code))", words: answer.errorDescription)
    case (nil, false): return outcome(["code:*"], code: "error-none", words: answer.errorDescription)
    case (nil, nil): return outcome(["body:no-code"], words: "neither ErrorCode nor status")
    }
    guard let value = value(answer) else {
      return outcome(["body:incomplete"], words: "accepted without the value asked for")
    }
    return .accepted(value)
  }

  /// The outcome of a status without an error code of the axis.
  func outcome<Value>(ofStatus response: TransportResponse) -> AxisOutcome<Value> {
    let wait = response.header("Retry-After").flatMap { Int($0) }.map { min(86_400, max(0, $0)) }
    let exact = "http:\(response.status)"
    return outcome(
      (response.header("Retry-After") == nil ? [] : ["\(exact)+retry-after"]) + [
        exact, "http:\(response.status / 100)xx",
      ],
      code: "http-\(response.status)", words: "HTTP \(response.status)", retryAfter: wait.map { .seconds($0) })
  }

  /// The outcome by the first condition that the table knows.
  func outcome<Value>(
    _ conditions: [String], code: String? = nil, words: String, retryAfter: Duration? = nil
  ) -> AxisOutcome<Value> {
    let row = table.row(for: conditions)
    let verdict = row.map { effect == .once ? $0.once : $0.repeatable } ?? doubtful
    let code = code ?? conditions.first?.replacing(":", with: "-") ?? "none"
    switch verdict {
    case .refused(let subject):
      let plain = code.hasPrefix("error-") ? String(code.dropFirst(6)) : code
      return .refused(
        AxisRefusal(
          subject: subject, code: plain, description: words,
          clerk: row?.clerk ?? AxisTrouble.Kind.unrecognisedCode.clerk(doubt: false)))
    case .tryAgain(let kind):
      return .tryAgain(trouble(kind, code, words, retryAfter, row, doubt: false))
    case .unknown(let kind):
      return .unknown(trouble(kind, code, words, retryAfter, row, doubt: true))
    }
  }

  /// For a table that was given without a row for this: never a lost letter, never a doubled one.
  private var doubtful: AxisOutcomeTable.Verdict {
    effect == .once ? .unknown(.unexpectedStatus) : .tryAgain(.unexpectedStatus)
  }

  private func trouble(
    _ kind: AxisTrouble.Kind, _ code: String, _ words: String, _ retryAfter: Duration?, _ row: AxisOutcomeTable.Row?,
    doubt: Bool
  ) -> AxisTrouble {
    AxisTrouble(
      kind: kind, code: code, retryAfter: retryAfter, detail: words.isEmpty ? operation : "\(operation): \(words)",
      clerk: row?.clerk ?? kind.clerk(doubt: doubt))
  }
}
