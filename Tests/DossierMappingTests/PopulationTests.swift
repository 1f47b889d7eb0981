import DossierMapping
import DossierModel
import Foundation
import Testing
import VietnameseText

@Suite("Population check")
struct PopulationTests {
  /// Answers as told, and remembers nothing.
  struct Register: PopulationRegister {
    let answers: @Sendable ([UInt8]) throws -> [UInt8]
    func answer(to query: [UInt8]) async throws -> [UInt8] { try answers(query) }
  }

  struct Query: Decodable {
    struct Person: Decodable { let ref, citizenId, fullName, birthDate: String }
    let persons: [Person]
  }

  struct Unreachable: Error {}

  private func rows(_ count: Int) -> [DossierRow] {
    var dice = SeededDice(seed: 23)
    return (1...count).map { InventedRows.row($0, .persons, .letter, &dice) }
  }

  private func check(_ rows: [DossierRow], _ answers: @escaping @Sendable ([UInt8]) throws -> [UInt8]) async throws
    -> [DossierFinding]
  {
    await PopulationCheck(mapping: try BuiltIn.mapping.get(), register: Register(answers: answers)).findings(in: rows)
  }

  @Test("Every row is asked about, in batches; a mismatch is an error of its row")
  func mismatch() async throws {
    let findings = try await check(rows(450)) { bytes in
      let query = try JSONDecoder().decode(Query.self, from: Data(bytes))
      #expect(query.persons.count <= PopulationCheck.personsPerQuery)
      let results = query.persons.map {
        "{\"ref\":\"\($0.ref)\",\"verdict\":\"\($0.ref == "301" ? "mismatch" : "match")\"}"
      }
      return Array(
        "{\"format\":\"lienthong.population-answer\",\"version\":1,\"results\":[\(results.joined(separator: ","))]}"
          .utf8)
    }
    #expect(findings.map { "\($0.code) \($0.severity.rawValue) \($0.row ?? 0)" } == ["POPULATION error 301"])
  }

  @Test(
    "No answer, rubbish, a wrong format or a doubled answer is a notice, never a refusal",
    arguments: [
      nil, "", "[]", "{\"format\":\"x\",\"version\":1,\"results\":[]}",
      "{\"format\":\"lienthong.population-answer\",\"version\":1,\"results\":[{\"ref\":\"1\",\"verdict\":\"match\"},{\"ref\":\"1\",\"verdict\":\"mismatch\"}]}",
    ])
  func unavailable(_ answer: String?) async throws {
    let rows = rows(1)
    let findings = try await check(rows) { _ in
      guard let answer else { throw Unreachable() }
      return Array(answer.utf8)
    }
    #expect(findings.map(\.severity) == [.notice])
    #expect(findings.allSatisfy { !$0.text.vi.contains(rows[0].citizenId ?? "?") })
  }
}
