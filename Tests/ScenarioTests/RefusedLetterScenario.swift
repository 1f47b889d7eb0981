import Foundation
import Testing

/// What the sender of a refused letter reads, and what a command ends with that checks refuse.
@Suite("A letter that is refused", .serialized)
struct RefusedLetterScenario {
  /// Five invented persons, each with a number that is not of the year of birth and a public mailbox.
  private static func faultyList() throws -> String {
    let sample = Lienthong.root.appendingPathComponent("Mappings/samples/danh-sach-01.csv")
    let header = try #require(
      try String(contentsOf: sample, encoding: .utf8).split(whereSeparator: \.isNewline).first)
    let rows = (1...5).map { row in
      [
        "\(row)", "Lò Thị Ví Dụ", "14/02/1988", "03817700412\(row)", "Bộ Công an", "20/08/2024",
        "ltvidu\(row)@gmail.com", "ỦY BAN NHÂN DÂN TỈNH THANH HÓA", "SỞ MẪU MINH HỌA", "", "", "Thanh Hóa", "Văn thư",
        "091234506\(row)", "", "", "", "",
      ].joined(separator: ",")
    }
    return ([String(header)] + rows).joined(separator: "\n") + "\n"
  }

  @Test("for more faults than a status holds names whole ones and the number of the others; its answer must be signed")
  func manyFaults() async throws {
    try await Lienthong.inFolder { folder in
      let parts = try await HandRunParts(in: folder, timeStamps: true, faults: nil)
      defer { parts.stop() }
      try await parts.bind()
      try Data(try Self.faultyList().utf8).write(to: parts.stage.appendingPathComponent("letters/sai.csv"))
      let arguments = [
        "send", "--config", "agency.yaml", "--type", "01", "--number", "125", "--notation", "SVD-VP", "--list",
        "letters/sai.csv",
      ]
      let refused = try await parts.run(arguments)
      #expect(refused.code == 3, "\(refused.complaint)")
      // Whoever sends it reads all ten.
      for fault in ["V05", "V06"] {
        #expect(refused.complaint.components(separatedBy: "\(fault) (").count > 5, "\(refused.complaint)")
      }
      try await parts.ok(arguments + ["--even-if-refused"])
      try await parts.waitForAgency("refused")
      let told = try #require(try await parts.agencyTimeline().first { $0.contains("còn sai: ") })
      #expect(told.contains(#/\. … và còn \d+ lỗi khác\.$/#), "\(told)")
      #expect(told.contains("V05 (dòng 1)") || told.contains("V06 (dòng 1)"), "\(told)")

      let letter = try #require(try await parts.incoming().first)
      try Data("%PDF-1.7\nnothing".utf8).write(to: parts.stage.appendingPathComponent("letters/khong-ky.pdf"))
      let answer = try await parts.run([
        "intake", "answer", "--config", "ca.yaml", "--kind", "other", "--number", "31", "--notation", "CTS-VP",
        "--letter", "letters/khong-ky.pdf", letter.id,
      ])
      #expect(answer.code == 3 && answer.lines.count == 1, "\(answer.complaint)")
    }
  }
}
