public import DossierModel
import Foundation
import VietnameseText

/// Asks whoever gives access to the national population database whether persons' data agree
/// (`Schemas/population-check.schema.json`). Carrying the question is the caller's job: HTTP with a time-out, or a test.
public protocol PopulationRegister: Sendable {
  /// The answer's bytes to a query's bytes. Throws, or takes too long, when the register is not there.
  func answer(to query: [UInt8]) async throws -> [UInt8]
}

/// The check of persons against a population register. Unavailable is a notice, never a refusal; identity numbers appear
/// in no finding, error or log.
public struct PopulationCheck: Sendable {
  let mapping: MappingSet
  let register: any PopulationRegister
  /// How many persons one query holds.
  public static let personsPerQuery = 200
  /// 200 answers need less than a tenth of it.
  static let maximumAnswerBytes = 1 << 20

  public init(mapping: MappingSet, register: any PopulationRegister) {
    self.mapping = mapping
    self.register = register
  }

  public enum Verdict: String, Sendable, Hashable, Codable {
    case match, mismatch, unavailable
  }

  /// Findings for rows that do not match, and one notice when the register did not answer for some.
  public func findings(in rows: [DossierRow]) async -> [DossierFinding] {
    var findings: [DossierFinding?] = []
    var isUnavailable = false
    let persons = rows.enumerated().compactMap { index, row -> Person? in
      guard let id = row.citizenId, id.utf8.count == 12, let name = row.fullName, let birth = row.birthDate else {
        return nil
      }
      return Person(ref: String(row.number ?? index + 1), citizenId: id, fullName: name, birthDate: birth)
    }
    for start in stride(from: 0, to: persons.count, by: Self.personsPerQuery) {
      let batch = Array(persons[start..<min(start + Self.personsPerQuery, persons.count)])
      guard let verdicts = await ask(batch) else {
        // A register that does not answer is not asked again: each time-out would hold up the letter.
        isUnavailable = true
        break
      }
      for person in batch {
        switch verdicts[person.ref] ?? .unavailable {
        case .match: continue
        case .mismatch:
          findings.append(mapping.ruleTexts.finding("POPULATION", row: Int(person.ref), field: "citizenId"))
        case .unavailable: isUnavailable = true
        }
      }
    }
    if isUnavailable { findings.append(mapping.ruleTexts.finding("POPULATION.unavailable", field: "citizenId")) }
    return findings.compactMap { $0 }
  }

  private struct Person: Encodable {
    let ref: String
    let citizenId: String
    let fullName: String
    let birthDate: CalendarDate
  }

  private struct Query: Encodable {
    let format = "lienthong.population-query"
    let version = 1
    let persons: [Person]
  }

  private struct Answer: Decodable {
    struct Result: Decodable {
      let ref: String
      let verdict: Verdict
    }
    let format: String
    let version: Int
    let results: [Result]
  }

  /// `nil`: no usable answer.
  private func ask(_ persons: [Person]) async -> [String: Verdict]? {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      let bytes = try await register.answer(to: Array(try encoder.encode(Query(persons: persons))))
      guard bytes.count <= Self.maximumAnswerBytes else { return nil }
      let answer = try JSONDecoder().decode(Answer.self, from: Data(bytes))
      guard answer.format == "lienthong.population-answer", answer.version == 1 else { return nil }
      // Two answers for one person are no answer.
      return Dictionary(answer.results.map { ($0.ref, $0.verdict) }, uniquingKeysWith: { $0 == $1 ? $0 : .unavailable })
    } catch {
      // Whatever went wrong, the register gave no usable answer; the finding says so.
      return nil
    }
  }
}
