import DeliveryLedger
import Foundation
import LetterSignatures
import SigningCore
import Testing

@testable import Connector

@Suite("A letter from ahead of our clock")
struct DoubtfulClockTests {
  @Test("is held until its time has come when our clock may be at fault, and refused when it cannot be")
  func stampedAhead() async throws {
    let agency = try SigningStepsTests.Agency()
    let server = try LoopbackServer()
    defer { server.stop() }
    let authority = try agency.pki.timeStampAuthority()
    server.answer("/tsa") { request in
      let answer = try? authority.respond(to: request.body, at: ConnectorBench.start, serial: [7])
      return .init(status: answer == nil ? 500 : 200, body: answer ?? [])
    }
    let letter = try await agency.sent(
      """
        level: B-T
        leader: {pkcs12: leader.p12, passwordFile: password}
        organisation: {pkcs12: agency.p12, passwordFile: password}
      timeStampServers: ["\(server.url("/tsa"))"]
      """)
    let signed = try await agency.pdf(letter, .organisationSigned)
    let trust = try agency.pki.trustStore(
      thisUpdate: ConnectorBench.start - 100 * 86_400, nextUpdate: ConnectorBench.start + 86_400)
    func ahead(_ signed: [UInt8], of now: Date) throws -> Date? {
      DocumentIntake.timeAhead(of: now, in: try LetterVerifier(trust: trust).verify(signed, at: now))
    }
    #expect(try ahead(signed, of: ConnectorBench.start + 60) == nil)
    #expect(try ahead(signed, of: ConnectorBench.start - 6 * 3600) == ConnectorBench.start)
    #expect(try ahead(signed, of: ConnectorBench.start - 72 * 3600) == nil, "no clock is so wrong")
    var changed = signed
    changed[
      try #require(signed.firstRange(of: Array("/Type /Catalog".utf8)) ?? signed.firstRange(of: Array("/Page".utf8)))
        .lowerBound + 1] ^= 1
    #expect(try ahead(changed, of: ConnectorBench.start - 6 * 3600) == nil, "another fault is told")
    let judgement = Judgement.clockDoubtful([], at: ConnectorBench.start - 6 * 3600, stamped: ConnectorBench.start)
    #expect(judgement.decision == .hold && judgement.againAt == ConnectorBench.start)
  }
}
