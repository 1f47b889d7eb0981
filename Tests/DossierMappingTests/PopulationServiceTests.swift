import DossierMapping
import DossierModel
import Foundation
import Testing
import VietnameseText

@Suite("Population check over HTTP", .serialized)
struct PopulationServiceTests {
  private func rows(_ count: Int) -> [DossierRow] {
    var dice = SeededDice(seed: 29)
    return (1...count).map { InventedRows.row($0, .persons, .letter, &dice) }
  }

  private func findings(
    _ rows: [DossierRow], _ register: LoopbackRegister, seconds: Double = 5, secretFile: String? = nil
  ) async throws -> [String] {
    let service = PopulationService(url: register.url, timeoutSeconds: seconds, secretFile: secretFile)
    let found = await PopulationCheck(mapping: try BuiltIn.mapping.get(), service: service).findings(in: rows)
    // Identity numbers stand in no finding.
    #expect(found.allSatisfy { finding in !rows.contains { finding.text.vi.contains($0.citizenId ?? "?") } })
    return found.map { "\($0.code) \($0.severity.rawValue) \($0.row ?? 0)" }
  }

  private func answer(_ body: String, mismatch: String) -> String {
    let refs = body.matches(of: #/"ref":"(\d+)"/#).map { String($0.output.1) }
    let results = refs.map { "{\"ref\":\"\($0)\",\"verdict\":\"\($0 == mismatch ? "mismatch" : "match")\"}" }
    return "{\"format\":\"lienthong.population-answer\",\"version\":1,\"results\":[\(results.joined(separator: ","))]}"
  }

  @Test("A register behind HTTP is asked with its token; what does not match is an error of its row")
  func asked() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "population-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let secret = folder.appending(path: "secret")
    try Data("khoa-thu-nghiem\n".utf8).write(to: secret)
    let register = try LoopbackRegister { body in .answer(status: "200 OK", body: answer(body, mismatch: "2")) }
    let rows = rows(3)
    #expect(try await findings(rows, register, secretFile: secret.path) == ["POPULATION error 2"])
    let request = try #require(register.requests.first)
    #expect(request.hasPrefix("POST /kiem-tra "))
    #expect(request.contains("Authorization: Bearer khoa-thu-nghiem\r\n"))
    #expect(request.contains(rows[0].citizenId ?? "?") && request.contains("\"birthDate\""))
  }

  @Test(
    "A register that fails, or sends too much, is a notice",
    arguments: [
      LoopbackRegister.Reaction.answer(status: "500 Internal Server Error", body: ""),
      .answer(status: "403 Forbidden", body: "{}"), .answer(status: "200 OK", body: "xin chào"), .flood,
    ])
  func failing(_ reaction: LoopbackRegister.Reaction) async throws {
    let register = try LoopbackRegister { _ in reaction }
    #expect(try await findings(rows(2), register) == ["POPULATION notice 0"])
  }

  @Test("A register that does not answer in time is asked once, however many persons there are")
  func silent() async throws {
    let register = try LoopbackRegister { _ in .silence(seconds: 2) }
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try await findings(rows(900), register, seconds: 0.4) == ["POPULATION notice 0"])
    #expect(clock.now - start < .seconds(2))
    #expect(register.requests.count == 1)
  }

  @Test("Nobody listening, an unreadable token or a forbidden address is a notice, and nothing is sent")
  func notSent() async throws {
    let register = try LoopbackRegister { body in .answer(status: "200 OK", body: answer(body, mismatch: "")) }
    #expect(try await findings(rows(1), register, secretFile: "/nowhere/secret") == ["POPULATION notice 0"])
    #expect(register.requests.isEmpty)
    let rows = rows(1)
    for url in ["http://127.0.0.1:1/", "http://dancu.vidu.gov.vn/kiem-tra"] {
      let check = PopulationCheck(
        mapping: try BuiltIn.mapping.get(), service: PopulationService(url: url, timeoutSeconds: 1))
      #expect(await check.findings(in: rows).map(\.severity) == [.notice])
    }
  }

  @Test("Only https, or http on this machine, may carry identity numbers")
  func addresses() {
    for url in ["https://dancu.vidu.gov.vn/kiem-tra", "http://127.0.0.1:8080/", "http://localhost/x"] {
      #expect(PopulationService.problem(with: url) == nil, "\(url)")
    }
    for url in [
      "http://dancu.vidu.gov.vn/", "ftp://127.0.0.1/", "https://", "dancu.vidu.gov.vn", "https://user:secret@vidu.vn/",
      "http://127.0.0.1.vidu.vn/",
    ] {
      #expect(PopulationService.problem(with: url) != nil, "\(url)")
    }
  }
}
