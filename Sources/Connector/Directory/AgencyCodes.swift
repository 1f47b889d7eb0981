import DeliveryLedger

/// One agency is written with its code on the axis, that of QCVN 102 or an older one; which are one the directory says,
/// and never a name.
extension Ledger {
  /// Whether both codes are of one agency.
  func isOneAgency(_ code: String, _ other: String) async throws -> Bool {
    if code == other { return true }
    guard let agency = try await agency(code: code) else { return false }
    return try await self.agency(code: other)?.code == agency.code
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
