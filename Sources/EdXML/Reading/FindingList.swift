/// Collects what is noted while one message is read; at most 500, so that a hostile message cannot fill memory.
final class FindingList {
  private(set) var findings: [MessageFinding] = []

  func note(_ code: FindingCode, _ element: String, _ line: Int, about subject: String = "") {
    guard findings.count < 500 else { return }
    let shown = String(String.UnicodeScalarView(subject.unicodeScalars.prefix(80).filter { $0.value >= 0x20 }))
    findings.append(MessageFinding(code, at: Place(element: element, line: line), about: shown))
  }
}
