import DeliveryLedger

/// What the directory says of a code beside the codes of some agencies.
enum CodeRelation: Comparable {
  /// It is the code of none of them.
  case another
  /// The directory does not know it, or not all of them.
  case unknown
  /// It is a code of one of them.
  case same
}

/// One agency is written with its code on the axis, that of QCVN 102 or an older one; which are one the directory says,
/// and never a name.
extension Ledger {
  /// Whether both codes are of one agency.
  func isOneAgency(_ code: String, _ other: String) async throws -> Bool {
    if code == other { return true }
    if try await isListedAgency(code, other) { return true }
    guard let agency = try await currentAgency(code: code) else { return false }
    return try await currentAgency(code: other)?.code == agency.code
  }

  /// The agency with this code; of one that is not listed any more, the one that took over its code of QCVN 102.
  private func currentAgency(code: String) async throws -> DirectoryAgency? {
    guard let agency = try await agency(code: code) else { return nil }
    guard agency.removedAt != nil, let code102 = agency.code102 else { return agency }
    guard let successor = try await self.agency(code: code102), successor.removedAt == nil else { return agency }
    return successor
  }

  /// How a code stands to others. Only of codes that the directory knows can it say that they are not of one agency.
  func relation(of code: String, to others: [String]) async throws -> CodeRelation {
    if try await self.code(among: others, ofSameAgencyAs: code) != nil { return .same }
    for known in [code] + others where try await agency(code: known) == nil { return .unknown }
    return .another
  }

  /// That of `codes` which is of the same agency as `code`; nil: none.
  func code(among codes: [String], ofSameAgencyAs code: String) async throws -> String? {
    if codes.contains(code) { return code }
    for candidate in codes where try await isOneAgency(candidate, code) { return candidate }
    return nil
  }
}

extension ArrivalRecord {
  /// Whether the axis says, too, that the message is from `organ`; what it does not say cannot contradict.
  func isFrom(_ organ: String, in ledger: Ledger) async throws -> Bool {
    guard let transportFrom else { return true }
    return try await ledger.code(
      among: transportFrom.split(separator: ",").map(String.init), ofSameAgencyAs: organ) != nil
  }
}
