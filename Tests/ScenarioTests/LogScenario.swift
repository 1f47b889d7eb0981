import Foundation
import Testing

/// The logs of both ends at their wordiest, while a letter lives.
@Suite("What connectors log", .serialized)
struct LogScenario {
  @Test("holds no secret and nothing of a person, at any level")
  func nothingPersonal() async throws {
    try await Lienthong.inFolder { folder in
      let stage = try await CrashStage(in: folder)
      defer { stage.stop() }
      for side in CrashStage.Side.allCases { try stage.start(side, more: ["--log-level", "trace"]) }
      try await stage.ok(CrashStage.sendArguments("41"))
      try await stage.finishAll(["41"], within: 120)
      let words = try await personalWords(on: stage)
      #expect(words.count > 15)
      for side in CrashStage.Side.allCases {
        stage.end(side)
        while stage.isRunning(side) { try await Task.sleep(for: .milliseconds(20)) }
        let log = stage.log(side, lines: .max)
        #expect(log.contains("service=connector"), "\(stage.log(side))")
        for word in words { #expect(!log.contains(word), "the log of \(side) names a person or a secret") }
        // Long lines are dumps of what nobody chose to tell.
        let longest = log.split(separator: "\n").map(\.count).max() ?? 0
        #expect(longest < 2_000)
      }
    }
  }

  /// What stands in the cells of the list, in the contact's entry, and in the files of secrets.
  private func personalWords(on stage: CrashStage) async throws -> Set<String> {
    struct List: Decodable {
      struct Row: Decodable {
        let fullName, birthDate, citizenId, email, mobile: String?
      }
      let rows: [Row]
    }
    let text = try await stage.ok(["dossier", "import", "letters/danh-sach-01.xlsx", "--json"])
    let rows = try JSONDecoder().decode(List.self, from: Data(text.utf8)).rows
    var words = Set(rows.flatMap { [$0.fullName, $0.birthDate, $0.citizenId, $0.email, $0.mobile].compactMap(\.self) })
    words.formUnion(["Lê Văn Ví Dụ", "038085000017", "0912000017", "lvvidu@"])
    let secrets = stage.stage.appendingPathComponent("secrets")
    for name in try FileManager.default.contentsOfDirectory(atPath: secrets.path) {
      let secret = try String(contentsOf: secrets.appendingPathComponent(name), encoding: .utf8)
      words.insert(secret.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return words
  }
}
