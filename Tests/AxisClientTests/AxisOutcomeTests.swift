import Foundation
import HTTPTransport
import Testing

@testable import AxisClient

/// The one table, case by case: what each answer means when doubt does harm (once) and when it does not.
@Suite("What an answer means")
struct AxisOutcomeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int
    let body: String
    var headers: [TransportHeader] = []
    let once: String
    let repeatable: String
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "accepted", status: 200, body: #"{"status":"OK","ErrorCode":"0","DocId":"d"}"#, once: "accepted",
      repeatable: "accepted"),
    Case(
      name: "created", status: 201, body: #"{"status":"OK","ErrorCode":"0","DocId":"d"}"#, once: "accepted",
      repeatable: "accepted"),
    Case(
      name: "number as code", status: 200, body: #"{"ErrorCode":0,"docid":"d"}"#, once: "accepted",
      repeatable: "accepted"),
    Case(
      name: "OK without code", status: 200, body: #"{"status":"ok","docId":"d"}"#, once: "accepted",
      repeatable: "accepted"),
    Case(
      name: "accepted without id", status: 200, body: #"{"status":"OK","ErrorCode":"0"}"#,
      once: "unknown unreadableAnswer body-incomplete", repeatable: "tryAgain unreadableAnswer body-incomplete"),
    Case(
      name: "contradiction", status: 200, body: #"{"status":"FAIL","ErrorCode":"0","DocId":"d"}"#,
      once: "unknown unreadableAnswer body-contradictory", repeatable: "tryAgain unreadableAnswer body-contradictory"),
    Case(
      name: "OK with an empty code", status: 200, body: #"{"status":"OK","ErrorCode":"","DocId":"d"}"#,
      once: "accepted", repeatable: "accepted"),
    Case(
      name: "OK with an empty code inside data", status: 200,
      body: #"{"success":true,"docId":"d","data":{"status":"OK","errorCode":"","errorDesc":""}}"#,
      once: "accepted", repeatable: "accepted"),
    Case(
      name: "OK outside, FAIL inside data", status: 200,
      body: #"{"success":true,"docId":"d","data":{"status":"FAIL","errorCode":""}}"#,
      once: "unknown unreadableAnswer body-contradictory", repeatable: "tryAgain unreadableAnswer body-contradictory"),
    Case(
      name: "OK with 00", status: 200, body: #"{"status":"OK","ErrorCode":"00","DocId":"d"}"#,
      once: "unknown unreadableAnswer body-contradictory", repeatable: "tryAgain unreadableAnswer body-contradictory"),
    Case(
      name: "OK with 200", status: 200, body: #"{"status":"OK","ErrorCode":200,"DocId":"d"}"#,
      once: "unknown unreadableAnswer body-contradictory", repeatable: "tryAgain unreadableAnswer body-contradictory"),
    Case(
      name: "0 under 500", status: 500, body: #"{"status":"OK","ErrorCode":"0","DocId":"d"}"#,
      once: "unknown interrupted http-500", repeatable: "tryAgain axisFault http-500"),
    Case(
      name: "10", status: 200, body: #"{"status":"FAIL","ErrorCode":"10"}"#, once: "refused message 10",
      repeatable: "refused message 10"),
    Case(
      name: "15", status: 200, body: #"{"status":"FAIL","ErrorCode":"15","ErrorDesc":"x"}"#, once: "refused account 15",
      repeatable: "refused account 15"),
    Case(
      name: "15 under 401", status: 401, body: #"{"ErrorCode":15}"#, once: "refused account 15",
      repeatable: "refused account 15"),
    Case(
      name: "18", status: 200, body: #"{"status":"FAIL","ErrorCode":18}"#, once: "refused receiver 18",
      repeatable: "refused receiver 18"),
    Case(
      name: "19", status: 200, body: #"{"status":"FAIL","ErrorCode":"19"}"#, once: "refused account 19",
      repeatable: "refused account 19"),
    Case(
      name: "20", status: 200, body: #"{"status":"FAIL","ErrorCode":"20"}"#, once: "tryAgain axisFault error-20",
      repeatable: "tryAgain axisFault error-20"),
    Case(
      name: "20 under 500", status: 500, body: #"{"status":"FAIL","ErrorCode":"20"}"#,
      once: "tryAgain axisFault error-20", repeatable: "tryAgain axisFault error-20"),
    Case(
      name: "21", status: 200, body: #"{"status":"FAIL","ErrorCode":"21"}"#, once: "tryAgain axisFault error-21",
      repeatable: "tryAgain axisFault error-21"),
    Case(
      name: "22", status: 200, body: #"{"status":"FAIL","ErrorCode":"22"}"#, once: "refused message 22",
      repeatable: "refused message 22"),
    Case(
      name: "23", status: 200, body: #"{"status":"FAIL","ErrorCode":"23"}"#, once: "refused receiver 23",
      repeatable: "refused receiver 23"),
    Case(
      name: "100", status: 200, body: #"{"status":"FAIL","ErrorCode":"100"}"#, once: "unknown axisFault error-100",
      repeatable: "tryAgain axisFault error-100"),
    Case(
      name: "undocumented code", status: 200, body: #"{"status":"FAIL","ErrorCode":"E77"}"#,
      once: "tryAgain unrecognisedCode error-E77", repeatable: "tryAgain unrecognisedCode error-E77"),
    Case(
      name: "FAIL without code", status: 200, body: #"{"status":"FAIL"}"#, once: "tryAgain unrecognisedCode error-none",
      repeatable: "tryAgain unrecognisedCode error-none"),
    Case(
      name: "empty", status: 200, body: "", once: "unknown unreadableAnswer body-empty",
      repeatable: "tryAgain unreadableAnswer body-empty"),
    Case(
      name: "white space", status: 200, body: " \r\n", once: "unknown unreadableAnswer body-empty",
      repeatable: "tryAgain unreadableAnswer body-empty"),
    Case(
      name: "login page", status: 200, body: "<html>Đăng nhập</html>", once: "unknown unreadableAnswer body-not-json",
      repeatable: "tryAgain unreadableAnswer body-not-json"),
    Case(
      name: "cut JSON", status: 200, body: #"{"status":"OK","Err"#, once: "unknown unreadableAnswer body-not-json",
      repeatable: "tryAgain unreadableAnswer body-not-json"),
    Case(
      name: "JSON of something else", status: 200, body: #"{"hello":"world"}"#,
      once: "unknown unreadableAnswer body-no-code", repeatable: "tryAgain unreadableAnswer body-no-code"),
    Case(
      name: "204", status: 204, body: "", once: "unknown unreadableAnswer body-empty",
      repeatable: "tryAgain unreadableAnswer body-empty"),
    Case(
      name: "redirect", status: 302, body: "", once: "tryAgain unexpectedStatus http-302",
      repeatable: "tryAgain unexpectedStatus http-302"),
    Case(
      name: "not found", status: 404, body: "<html/>", once: "tryAgain unexpectedStatus http-404",
      repeatable: "tryAgain unexpectedStatus http-404"),
    Case(
      name: "conflict", status: 409, body: "", once: "unknown unexpectedStatus http-409",
      repeatable: "tryAgain unexpectedStatus http-409"),
    Case(
      name: "too large", status: 413, body: "", once: "refused message http-413", repeatable: "refused message http-413"
    ),
    Case(
      name: "too many", status: 429, body: "", headers: [TransportHeader("Retry-After", "30")],
      once: "tryAgain busy http-429", repeatable: "tryAgain busy http-429"),
    Case(
      name: "500", status: 500, body: "oops", once: "unknown interrupted http-500",
      repeatable: "tryAgain axisFault http-500"),
    Case(
      name: "bad gateway", status: 502, body: "", once: "unknown interrupted http-502",
      repeatable: "tryAgain axisFault http-502"),
    Case(
      name: "bare 503", status: 503, body: "", once: "unknown interrupted http-503",
      repeatable: "tryAgain busy http-503"),
    Case(
      name: "503 with patience", status: 503, body: "", headers: [TransportHeader("retry-after", "5")],
      once: "tryAgain busy http-503", repeatable: "tryAgain busy http-503"),
    Case(
      name: "gateway time-out", status: 504, body: "", once: "unknown interrupted http-504",
      repeatable: "tryAgain axisFault http-504"),
  ]

  @Test("Each answer has its meaning", arguments: cases)
  func answer(_ one: Case) {
    let response = TransportResponse(
      status: one.status, headers: one.headers, body: Array(one.body.utf8), bodyByteCount: one.body.utf8.count,
      sinkPath: nil)
    for (effect, expected) in [(AxisOutcomeTable.Effect.once, one.once), (.repeatable, one.repeatable)] {
      let outcome: AxisOutcome<String> = AnswerReading(table: .standard, effect: effect, operation: "op")
        .outcome(of: response) { $0.text("docid") }
      #expect(word(outcome) == expected, "\(one.name), \(effect)")
    }
  }

  @Test(
    "No answer: try again only what surely was not sent or may be repeated", arguments: TransportError.Code.allCases)
  func noAnswer(_ code: TransportError.Code) {
    for reach in [TransportError.Reach.neverSent, .unknown] {
      let error = TransportError(code, reach: reach, detail: "d")
      let once: AxisOutcome<Int> = AnswerReading(table: .standard, effect: .once, operation: "op").outcome(of: error)
      let repeatable: AxisOutcome<Int> = AnswerReading(table: .standard, effect: .repeatable, operation: "op").outcome(
        of: error)
      #expect(word(once).hasPrefix(reach == .neverSent ? "tryAgain " : "unknown "), "\(code) \(reach)")
      #expect(word(repeatable).hasPrefix("tryAgain "))
    }
  }

  @Test(
    "An empty mailbox is an empty body or words, never JSON that cannot be read nor markup",
    arguments: [
      ("", "accepted"), (" \r\n", "accepted"), ("no data", "accepted"),
      (#"{"status":"OK","ErrorCode":"0","data":["#, "tryAgain unreadableAnswer body-not-json"),
      ("\u{feff}{", "tryAgain unreadableAnswer body-not-json"), (" [{]", "tryAgain unreadableAnswer body-not-json"),
      ("<html/>", "tryAgain unreadableAnswer body-not-json"),
      (#"{"ErrorCode":"0"}"#, "accepted"), (#"{"ErrorCode":"0","data":null}"#, "accepted"),
      (#"{"ErrorCode":"0","data":"[]"}"#, "accepted"), ("[]", "accepted"),
      (#"{"ErrorCode":"0","data":{"docId":"a"}}"#, "tryAgain unreadableAnswer body-incomplete"),
      (#"{"ErrorCode":"0","data":"[{"}"#, "tryAgain unreadableAnswer body-incomplete"),
      (#"{"ErrorCode":"0","data":7}"#, "tryAgain unreadableAnswer body-incomplete"),
      (#"{"ErrorCode":"0","data":["a"]}"#, "tryAgain unreadableAnswer body-incomplete"),
    ])
  func emptyList(_ pair: (String, String)) {
    let (body, expected) = pair
    let bytes = Array(body.utf8)
    let response = TransportResponse(
      status: 200, headers: [], body: bytes, bodyByteCount: bytes.count, sinkPath: nil)
    let outcome: AxisOutcome<[String]> = AnswerReading(table: .standard, effect: .repeatable, operation: "op")
      .outcome(of: response, emptyIs: []) { $0.list()?.map { AxisAnswer.text($0["docid"]) ?? "" } }
    #expect(word(outcome) == expected, "\(body)")
    if expected == "accepted" { #expect(outcome.value?.isEmpty == true, "\(body)") }
  }

  @Test("Retry-After is passed on within a day")
  func patience() {
    for (text, expected) in [("30", 30), ("999999999", 86_400), ("-5", 0)] {
      let response = TransportResponse(
        status: 429, headers: [TransportHeader("Retry-After", text)], body: [], bodyByteCount: 0, sinkPath: nil)
      let outcome: AxisOutcome<Int> = AnswerReading(table: .standard, effect: .once, operation: "op").outcome(
        ofStatus: response)
      guard case .tryAgain(let trouble) = outcome else {
        Issue.record("\(word(outcome))")
        continue
      }
      #expect(trouble.retryAfter == .seconds(expected))
    }
  }

  @Test("Configured rows replace the standard ones, and the table survives JSON")
  func configuredRows() throws {
    let text =
      #"[{"when":"code:21","once":"refused message","repeatable":"refused message"},{"when":"code:77","once":"unknown busy","repeatable":"tryAgain busy"}]"#
    let rows = try JSONDecoder().decode([AxisOutcomeTable.Row].self, from: Data(text.utf8))
    let table = AxisOutcomeTable.standard.replacing(with: rows)
    #expect(table.row(for: ["code:21"])?.once == .refused(.message))
    #expect(table.row(for: ["code:77"])?.repeatable == .tryAgain(.busy))
    #expect(try JSONDecoder().decode(AxisOutcomeTable.self, from: JSONEncoder().encode(table)) == table)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(
        AxisOutcomeTable.Row.self, from: Data(#"{"when":"x","once":"perhaps","repeatable":"tryAgain busy"}"#.utf8))
    }
  }

  @Test("Lists are read whatever their shape; entries without a usable id are left out")
  func lists() throws {
    let texts = [
      #"{"ErrorCode":"0","data":[{"docId":"a","from":"[\"X.1\",\"Y\"]","to":"Z,W"},{"docId":""},{"docId":"b\u0000c"},7,null]}"#,
      #"{"ErrorCode":0,"DATA":[{"DOCID":"a","from":["X.1","Y"],"to":"Z;W"}]}"#,
      #"{"ErrorCode":"0","data":"[{\"docid\":\"a\",\"from\":\"X.1 Y\",\"to\":\"[\\\"Z\\\",\\\"W\\\"]\"}]"}"#,
    ]
    for text in texts {
      let entries = try #require(AxisAnswer(Array(text.utf8))?.list()).compactMap(ReceivedEntry.init)
      #expect(entries.map(\.docID) == ["a"], "\(text)")
      #expect(entries.first?.from == ["X.1", "Y"] && entries.first?.to == ["Z", "W"], "\(text)")
    }
    #expect(AxisAnswer(Array("not json".utf8)) == nil)
    #expect(AxisAnswer.oneLine("a\nb\u{1b}c" + String(repeating: "x", count: 400)).count == 300)
  }
}
