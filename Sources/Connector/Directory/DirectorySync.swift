public import AxisClient
public import DeliveryLedger
public import Foundation
import Logging
import VietnameseText

/// Brings the agency directory of the ledger up to date with the axis'.
///
/// The directory by the codes of QĐ 20/2020 comes level by level, the one with the old codes in one list; together they
/// give each agency both forms of its code. A list that could not be had, or is suspiciously short, adds and changes but
/// never marks an agency as removed, takes none of its codes away, and makes none of the other list's agencies a new one.
/// Nor does an empty first list, where there was one before, and what is known as another code of an agency is never a new
/// one either.
public struct DirectorySync: Sendable {
  /// What a synchronisation did.
  public struct Report: Sendable, Hashable, Codable {
    /// Agencies in the axis' lists.
    public var listed = 0
    public var changes = DirectoryChanges()
    /// Agencies that the lists lack and that were kept all the same, because the lists are in doubt.
    public var missingButKept = 0
    /// Lists that could not be had, with the cause.
    public var failures: [String] = []
    public var isComplete: Bool { failures.isEmpty && missingButKept == 0 }
  }

  static let condition = "directory"
  /// So many may disappear at once without the list being doubted, or this part of all, whichever is more.
  static let plausibleRemovals = 10
  static let plausiblePart = 0.1

  let axis: any AxisOperations
  let ledger: Ledger
  let levels: Int

  public init(axis: any AxisOperations, ledger: Ledger, levels: Int) {
    self.axis = axis
    self.ledger = ledger
    self.levels = levels
  }

  public init(_ workplace: Workplace) {
    self.init(axis: workplace.axis, ledger: workplace.ledger, levels: workplace.configuration.directory.levels)
  }

  /// Asks for all lists and takes them over. `acceptingRemovals`: a person has looked at a short list and believes it.
  /// - Throws: `LedgerError`; what the axis does not give is in the report.
  public func run(acceptingRemovals: Bool = false, at now: Date) async throws -> Report {
    var report = Report()
    var merged = DirectoryMerge()
    var isOffered = true
    for level in 1...max(1, levels) {
      switch await axis.getAgenciesListQD20(level: level) {
      case .accepted(let entries):
        let before = merged.count
        merged.add(entries, byNewCodes: true)
        // An axis that does not look at the level gives everything at once.
        if entries.isEmpty || merged.count == before { break }
        continue
      case .refused(let refusal) where refusal.code == AxisRefusal.notOffered: isOffered = false
      case .refused(let refusal): report.failures.append("getAgenciesListQD20 level \(level): \(refusal.code)")
      case .tryAgain(let trouble), .unknown(let trouble):
        report.failures.append("getAgenciesListQD20 level \(level): \(trouble.code)")
      }
      break
    }
    // Without all of the first lists, nobody can tell which of the second's agencies are new; and one that came empty
    // may be a bad answer.
    var canAdd = merged.count > 0 || !isOffered || acceptingRemovals
    if !canAdd { canAdd = try await ledger.knowsCodes102() == false }
    if !report.failures.isEmpty { canAdd = false }
    let others = try await acceptingRemovals ? [:] : ledger.otherAgencyCodes()
    switch await axis.getAgenciesList() {
    case .accepted(let entries): merged.add(entries, byNewCodes: false, canAdd: canAdd, known: others)
    case .refused(let refusal) where refusal.code == AxisRefusal.notOffered: break
    case .refused(let refusal): report.failures.append("getAgenciesList: \(refusal.code)")
    case .tryAgain(let trouble), .unknown(let trouble): report.failures.append("getAgenciesList: \(trouble.code)")
    }
    var list = merged.agencies
    for code in merged.kept {
      if let agency = try await ledger.agency(code: code) { list.append(agency) }
    }
    report.listed = list.count
    if list.isEmpty, report.failures.isEmpty, try await ledger.agencyCount() > 0, !acceptingRemovals {
      report.missingButKept = try await ledger.agencyCount()
      return report
    }
    let missing = try await ledger.agenciesMissing(from: list.map(\.code))
    let known = try await ledger.agencyCount()
    let plausible = max(Self.plausibleRemovals, Int(Double(known) * Self.plausiblePart))
    let complete = report.failures.isEmpty && (acceptingRemovals || missing <= plausible)
    report.missingButKept = complete ? 0 : missing
    report.changes = try await ledger.synchroniseAgencies(list, source: "axis", complete: complete, at: now)
    return report
  }
}

/// Joins the axis' lists by agency: an agency of the old list whose code stands in the new one is the same.
struct DirectoryMerge {
  private var order: [String] = []
  private var byCode: [String: (entry: AgencyEntry, code102: String?, oldCode: String?)] = [:]
  /// The new code under which another form of it stands.
  private var newCode: [String: String] = [:]
  private var codeOfID: [String: String] = [:]
  /// Codes of agencies in the ledger that the old list has under another of their codes.
  private var keptCodes: Set<String> = []

  var count: Int { order.count }

  /// The codes of agencies in the ledger that are still listed, but not under the code in use.
  var kept: [String] { keptCodes.filter { byCode[$0] == nil }.sorted() }

  /// - Parameters:
  ///   - canAdd: whether an agency that is in no list before is taken.
  ///   - known: the other codes of agencies in the ledger, with the code in use: no new agencies.
  mutating func add(
    _ entries: [AgencyEntry], byNewCodes: Bool, canAdd: Bool = true, known others: [String: String] = [:]
  ) {
    for entry in entries {
      let other = entry.otherCode.flatMap { $0 == entry.code ? nil : $0 }
      let code = byNewCodes ? entry.code : newCode[entry.code] ?? other.flatMap { newCode[$0] } ?? entry.code
      if let known = byCode[code] {
        if !byNewCodes {
          let form = entry.code == code ? other : entry.code
          byCode[code]?.oldCode = form == known.code102 || form == code ? known.oldCode : form
        }
      } else {
        guard canAdd else { continue }
        if let kept = others[code] {
          keptCodes.insert(kept)
          continue
        }
        order.append(code)
        byCode[code] = (entry, byNewCodes ? other : nil, byNewCodes ? nil : other)
      }
      newCode[code] = code
      if byNewCodes, let other { newCode[other] = code }
      if !entry.id.isEmpty, codeOfID[entry.id] == nil { codeOfID[entry.id] = code }
    }
  }

  var agencies: [DirectoryAgency] {
    order.compactMap { code in
      guard let (entry, code102, oldCode) = byCode[code] else { return nil }
      let parent = entry.parentID.isEmpty || entry.parentID == entry.id ? nil : codeOfID[entry.parentID]
      return DirectoryAgency(
        code: code, code102: code102, oldCode: oldCode, name: entry.name.nfc, parentCode: parent,
        mail: entry.mail.isEmpty ? nil : entry.mail)
    }
  }
}
