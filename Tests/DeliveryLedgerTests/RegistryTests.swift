import DeliveryLedger
import Foundation
import Testing

@Suite struct RegistryTests {
  private let fingerprint = String(repeating: "ab", count: 32)

  @Test("A binding holds from its beginning until its end, and stays on record")
  func validity() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    let bound = try await ledger.bind(
      organId: "H01", subject: ["O": "Sở Đường Thuỷ"], fingerprint: nil, validFrom: LedgerFixture.time(0),
      validUntil: LedgerFixture.time(100), by: "clerk:an", source: "command", at: LedgerFixture.start)
    #expect(try await ledger.bindings(for: "H01", validAt: LedgerFixture.time(-1)).isEmpty)
    #expect(try await ledger.bindings(for: "H01", validAt: LedgerFixture.time(99)) == [bound])
    #expect(try await ledger.bindings(for: "H01", validAt: LedgerFixture.time(100)).isEmpty)
    #expect(try await ledger.bindings(for: "H02", validAt: LedgerFixture.time(1)).isEmpty)
    try await ledger.endBinding(bound.id, by: "clerk:binh", at: LedgerFixture.time(50))
    #expect(try await ledger.bindings(for: "H01", validAt: LedgerFixture.time(51)).isEmpty)
    #expect(try await ledger.bindings(for: "H01", validAt: LedgerFixture.time(49)).count == 1)
    #expect(try await ledger.bindings().map(\.endedBy) == ["clerk:binh"])
    #expect(await errorCode { try await ledger.endBinding(bound.id, by: "x", at: LedgerFixture.start) } == .notFound)
  }

  @Test("Two certificates of one organisation hold side by side; the same binding is not written twice")
  func overlap() async throws {
    let fixture = try LedgerFixture()
    for text in [fingerprint, String(repeating: "CD:", count: 31) + "CD", fingerprint.uppercased()] {
      try await fixture.ledger.bind(
        organId: "H01", subject: nil, fingerprint: text, validFrom: LedgerFixture.start, validUntil: nil, by: "x",
        source: "s", at: LedgerFixture.start)
    }
    #expect(try await fixture.ledger.bindings(for: "H01", validAt: LedgerFixture.time(1)).count == 2)
  }

  @Test("A binding without a certificate, or with half a fingerprint, is refused")
  func invalid() async throws {
    let fixture = try LedgerFixture()
    for (subject, text) in [(nil, nil), ([:], nil), (nil, "abcd")] as [([String: String]?, String?)] {
      let code = await errorCode {
        try await fixture.ledger.bind(
          organId: "H01", subject: subject, fingerprint: text, validFrom: LedgerFixture.start, validUntil: nil,
          by: "x", source: "s", at: LedgerFixture.start)
      }
      #expect(code == .invalid)
    }
  }

  @Test("The directory is synchronised by differences that keep their dates")
  func directory() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    let first = [
      DirectoryAgency(code: "H01", code102: "000.00.01.H01", name: "Sở Đường Thuỷ", parentCode: "H"),
      DirectoryAgency(code: "H02", oldCode: "X2", name: "Sở Văn hoá"),
    ]
    #expect(
      try await ledger.synchroniseAgencies(first, source: "axis", complete: true, at: LedgerFixture.start)
        == DirectoryChanges(added: 2, changed: 0, removed: 0))
    #expect(
      try await ledger.synchroniseAgencies(first + first, source: "axis", complete: true, at: LedgerFixture.time(1))
        == DirectoryChanges())
    let second = [DirectoryAgency(code: "H01", code102: "000.00.01.H01", name: "Sở Giao thông", parentCode: "H")]
    #expect(
      try await ledger.synchroniseAgencies(second, source: "axis", complete: true, at: LedgerFixture.time(2))
        == DirectoryChanges(added: 0, changed: 1, removed: 1))
    #expect(try await ledger.agency(code: "000.00.01.H01")?.name == "Sở Giao thông")
    #expect(try await ledger.agency(code: "X2")?.removedAt == LedgerFixture.time(2))
    #expect(try await ledger.agencyCount() == 1)
    #expect(try await ledger.agencyHistory(code: "H01").map(\.change) == ["added", "changed"])
    #expect(try await ledger.agencyHistory(code: "H01").last?.before?.name == "Sở Đường Thuỷ")
    #expect(try await ledger.searchAgencies("van hoa").isEmpty)
    try await ledger.synchroniseAgencies(first, source: "axis", complete: false, at: LedgerFixture.time(3))
    #expect(try await ledger.searchAgencies("van hoa").map(\.code) == ["H02"])
  }

  @Test("An agency that is listed is found before one that is not listed any more, in whichever form the code is")
  func listedFirst() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    func list(_ agencies: DirectoryAgency..., after seconds: TimeInterval) async throws {
      try await ledger.synchroniseAgencies(
        agencies, source: "axis", complete: true, at: LedgerFixture.time(seconds))
    }
    try await list(
      DirectoryAgency(code: "CTY-9", name: "Công ty Ví dụ"),
      DirectoryAgency(code: "H01", code102: "000.00.01.H01", name: "Sở Đường Thuỷ"), after: 0)
    #expect(try await ledger.otherAgencyCodes() == ["000.00.01.H01": "H01"])
    try await list(
      DirectoryAgency(code: "H99.77", code102: "CTY-9", name: "Công ty Ví dụ"),
      DirectoryAgency(code: "H02", code102: "000.00.01.H01", oldCode: "X1", name: "Sở Đường Thuỷ"), after: 1)
    #expect(try await ledger.agency(code: "CTY-9")?.code == "H99.77")
    #expect(try await ledger.agency(code: "000.00.01.H01")?.code == "H02")
    #expect(try await ledger.agency(code: "H01")?.removedAt == LedgerFixture.time(1))
    #expect(try await ledger.isListedAgency("X1", "000.00.01.H01"))
    #expect(try await ledger.isListedAgency("CTY-9", "H99.77"))
    #expect(try await ledger.isListedAgency("H01", "000.00.01.H01") == false, "not listed any more")
    #expect(try await ledger.isListedAgency("H02", "H99.77") == false)
    #expect(
      try await ledger.otherAgencyCodes() == ["CTY-9": "H99.77", "000.00.01.H01": "H02", "X1": "H02"])
  }

  @Test("Agencies are found with and without marks, the exact marks first")
  func search() async throws {
    let fixture = try LedgerFixture()
    let names = ["Sở Đường bộ", "Sở Dương Bồ", "Sở Đướng Bó tỉnh", "Ban Quản lý đường bộ tỉnh"]
    try await fixture.ledger.synchroniseAgencies(
      names.enumerated().map { DirectoryAgency(code: "C\($0.offset)", name: $0.element) }, source: "axis",
      complete: true, at: LedgerFixture.start)
    #expect(try await fixture.ledger.searchAgencies("duong bo").count == 4)
    #expect(try await fixture.ledger.searchAgencies("đường bộ").prefix(2).map(\.code) == ["C0", "C3"])
    #expect(try await fixture.ledger.searchAgencies("so duong").count == 3)
    #expect(try await fixture.ledger.searchAgencies("C3").map(\.code) == ["C3"])
    #expect(try await fixture.ledger.searchAgencies("bo duo").count == 4, "words are found by their beginnings")
    #expect(try await fixture.ledger.searchAgencies("khong co").isEmpty)
  }

  @Test("The agency whose name is the text typed is found among thousands that have its words")
  func exactName() async throws {
    let fixture = try LedgerFixture()
    var list = (0..<3_000).map { DirectoryAgency(code: "P\($0)", name: "Phòng Y tế thuộc Sở số \($0)") }
    list.append(DirectoryAgency(code: "S", name: "Sở Y tế"))
    try await fixture.ledger.synchroniseAgencies(list, source: "axis", complete: true, at: LedgerFixture.start)
    for text in ["so y te", "Sở y tế", "SỞ Y T"] {
      #expect(try await fixture.ledger.searchAgencies(text).first?.code == "S")
    }
    #expect(try await fixture.ledger.agencyCount() == 3_001)
  }
}
