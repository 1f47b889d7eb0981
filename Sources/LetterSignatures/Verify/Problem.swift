/// One thing that speaks against a letter, or is worth a note, with its place in EN 319 102-1.
struct Problem {
  let code: LetterCode
  let indication: LetterReport.Indication
  let subindication: LetterReport.Subindication?
  /// For the operator: no content of the letter.
  let detail: String

  init(
    _ code: LetterCode, _ indication: LetterReport.Indication, _ subindication: LetterReport.Subindication?,
    _ detail: String
  ) {
    self.code = code
    self.indication = indication
    self.subindication = subindication
    self.detail = detail
  }

  /// A fault of the letter policy alone: the signature as such passed.
  static func policy(_ code: LetterCode, _ detail: String) -> Problem { Problem(code, .totalPassed, nil, detail) }

  static func failed(
    _ code: LetterCode, _ subindication: LetterReport.Subindication, _ detail: String
  ) -> Problem {
    Problem(code, .totalFailed, subindication, detail)
  }

  static func open(
    _ code: LetterCode, _ subindication: LetterReport.Subindication, _ detail: String
  ) -> Problem {
    Problem(code, .indeterminate, subindication, detail)
  }
}
