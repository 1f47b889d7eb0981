public import AxisClient
public import DeliveryLedger
import DossierMapping
import EdXML
public import Foundation
public import Logging
import VietnameseText

/// What one connector works with: its configuration, its ledger, the axis, a clock. Opened once, shared by all workers.
public struct Workplace: Sendable {
  public let configuration: Configuration
  public let ledger: Ledger
  public let axis: any AxisOperations
  /// Now; a parameter, so that tests own the time.
  public let clock: @Sendable () -> Date
  /// A number within 0..<1 for jitter; a parameter, so that tests own chance.
  public let chance: @Sendable () -> Double
  public let logger: Logger
  /// By when each letter's next step must be done.
  let deadlines: Deadlines
  /// How statuses are worded.
  let statuses: StatusesDescription
  /// Whether messages may leave for the axis now.
  let gate = AxisGate()
  /// Whether the ledger can be written now.
  public let store = StoreWatch()

  /// - Throws: `ConnectorError.mappingUnreadable`.
  public init(
    configuration: Configuration, ledger: Ledger, axis: any AxisOperations, logger: Logger,
    clock: @escaping @Sendable () -> Date = { Date() },
    chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) throws {
    let (calendar, statuses) = try Deadlines.timesAndStatuses(configuration)
    deadlines = Deadlines(calendar)
    self.statuses = statuses
    self.configuration = configuration
    self.ledger = ledger
    self.axis = axis
    self.logger = logger
    self.clock = clock
    self.chance = chance
  }

  /// Opens ledger and axis as `configuration` says.
  /// - Throws: `ConnectorError` (the axis' secret, the mappings), `LedgerError`.
  public static func open(_ configuration: Configuration, logger: Logger) throws -> Workplace {
    let axis = try openAxis(configuration)
    let ledger = try openLedger(configuration)
    return try Workplace(configuration: configuration, ledger: ledger, axis: axis, logger: logger)
  }

  /// Only the ledger, for commands that do not talk to the axis.
  public static func openLedger(_ configuration: Configuration) throws -> Ledger {
    let folder = configuration.dataFolder
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ConnectorError(
        .dataNotWritable, vi: "Không tạo được thư mục dữ liệu \(folder).",
        en: "The data folder \(folder) cannot be made: check the path and its permissions.")
    }
    return try Ledger.open(folder: URL(fileURLWithPath: configuration.dataFolder, isDirectory: true), at: Date())
  }

  /// Opens every file that `configuration` names, as `lienthong run` would, and leaves nothing behind.
  /// - Throws: `ConnectorError` for the first that cannot be used; `LedgerError.badPattern`.
  public static func check(_ configuration: Configuration) throws {
    _ = try openAxis(configuration)
    try configuration.checkMappings()
    _ = try SigningKeys(configuration)
    _ = try LetterJudge(configuration: configuration)
  }

  /// Empties the folders for files in the making; what a killed process left there is made again.
  func clearWorkFolders() throws {
    for name in ["arriving", "packing", "reading"] {
      try FileManager.default.removeItem(at: try workFolder(name))
    }
  }

  /// Folder for files that are not yet blobs; on the ledger's file system, so that adopting one is a rename.
  func workFolder(_ name: String) throws -> URL {
    let folder = URL(fileURLWithPath: configuration.dataFolder, isDirectory: true).appendingPathComponent(
      name, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch let error as CocoaError {
      // The disk's own trouble is the ledger's: it lies on the same one.
      switch error.code {
      case .fileWriteOutOfSpace: throw LedgerError(.diskFull, detail: "folder \(name) cannot be made")
      case .fileWriteVolumeReadOnly: throw LedgerError(.readOnly, detail: "folder \(name) cannot be made")
      default: throw error
      }
    }
    return folder
  }

  /// This body as edXML names it.
  var ownOrganization: Organization {
    Organization(
      configuration.organisation.code, name: configuration.organisation.name,
      inCharge: configuration.organisation.superior)
  }

  /// Reads a letter and lets `body` act on what it read, as ``Ledger/again(_:)`` does.
  func onCurrent<Result>(
    _ id: LetterID, _ body: (LetterRecord) async throws -> Result
  ) async throws -> Result {
    try await ledger.again {
      guard let letter = try await ledger.letter(id) else {
        throw ConnectorError(
          .unknownLetter, vi: "Không có công văn \(id.rawValue) trong sổ.",
          en: "No letter \(id.rawValue) in the ledger.")
      }
      return try await body(letter)
    }
  }
}

extension Ledger {
  /// Lets `body` read and act, and do so again when another process moved the letter between the two.
  func again<Result>(_ body: () async throws -> Result) async throws -> Result {
    var tries = 0
    while true {
      do {
        return try await body()
      } catch let error as LedgerError where error.code == .stateConflict && tries < 5 {
        tries += 1
      }
    }
  }
}
