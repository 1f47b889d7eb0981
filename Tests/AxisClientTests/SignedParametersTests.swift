import Foundation
import HTTPTransport
import Testing

@testable import AxisClient

@Suite("Signed parameters")
struct SignedParametersTests {
  @Test("The signature of the published test vector comes out")
  func vector() throws {
    let parameters = SignedParameters(entries: [
      ("timestamp", "28092018T101530+0042"), ("systemid", "SYS-DEMO"), ("Content-Type", "application/json"),
      ("servicetype", "eDoc"), ("messagetype", "edoc"),
    ])
    let headers = try parameters.headers(secret: Secret(value: "demo-secret"))
    func value(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    #expect(
      value("XroadVnpt-sign-header")
        == #"{"XroadVnpt-timestamp":"28092018T101530+0042","XroadVnpt-systemid":"SYS-DEMO","XroadVnpt-Content-Type":"application/json","XroadVnpt-servicetype":"eDoc","XroadVnpt-messagetype":"edoc"}"#
    )
    #expect(value("XroadVnpt-hash-header") == "3c4532c35f37aeb639064036e676ca91f9849f1e1437a81d5a806688c7e959a6")
    #expect(value("XroadVnpt-sign-header-key") == "timestamp;systemid;Content-Type;servicetype;messagetype")
    #expect(value("Content-Type") == "application/json" && value("XroadVnpt-version") == "3.0.201608")
  }

  @Test("Receivers as JSON text are escaped inside the signed JSON, and slashes are not")
  func escaping() {
    let parameters = SignedParameters(entries: [("to", #"["A.1","B/2"]"#)])
    #expect(parameters.signedText == #"{"XroadVnpt-to":"[\"A.1\",\"B/2\"]"}"#)
  }

  @Test("The timestamp is Vietnam time with milliseconds in four digits")
  func timestamp() {
    #expect(SignedParameters.timestamp(Date(timeIntervalSince1970: 1_538_104_530.042)) == "28092018T101530+0042")
    #expect(SignedParameters.timestamp(Date(timeIntervalSince1970: 1_767_200_399.999)) == "31122025T235959+0999")
  }

  @Test("hash-file drops each byte's leading zero unless told otherwise")
  func hashFile() throws {
    let path = NSTemporaryDirectory() + "/hash-" + UUID().uuidString
    try Data("abc".utf8).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    let fingerprint = try FileFingerprint(file: path)
    #expect(fingerprint.text(.operatorSDK) == "ba7816bf8f1cfea414140de5dae2223b0361a396177a9cb410ff61f2015ad")
    #expect(fingerprint.text(.paddedHex) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("A secret shows in no description, dump or mirror")
  func secrecy() {
    let account = AxisAccount(endpoint: "http://127.0.0.1:1/", systemID: "S", secret: "kín-đáo")
    var dumped = ""
    dump(account, to: &dumped)
    #expect(
      !dumped.contains("kín-đáo") && !"\(account)".contains("kín-đáo")
        && !String(reflecting: account).contains("kín-đáo"))
    #expect(account.endpoint == "http://127.0.0.1:1")
  }
}
