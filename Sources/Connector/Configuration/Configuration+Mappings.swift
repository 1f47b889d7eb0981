import DeliveryLedger
import DossierMapping
import RequestLetter
import VietnameseText

extension Configuration {
  /// The mappings, with the files of `mappingFolder` in the place of the built-in ones.
  /// - Throws: `ConnectorError.mappingUnreadable`.
  func mappingSet() throws(ConnectorError) -> MappingSet {
    do {
      return try MappingSet(overriding: mappingFolder)
    } catch {
      throw ConnectorError(error)
    }
  }

  /// How letters are written and by which words they are read, from the same folder as the mappings.
  /// - Throws: `ConnectorError.mappingUnreadable`.
  func letterLayout() throws(ConnectorError) -> LetterLayout {
    do {
      return try LetterLayout(overriding: mappingFolder)
    } catch {
      throw ConnectorError(.mappingUnreadable, vi: error.clerk.vi, en: error.clerk.en, detail: error.detail)
    }
  }

  /// Makes all that letters are mapped by, so that what is wrong is told at the start and not with the first letter.
  /// Either end needs all of it: the agency for what it sends, and for the answers that it holds.
  /// - Throws: `ConnectorError.mappingUnreadable`; `LedgerError.badPattern`.
  func checkMappings() throws {
    _ = try mappingSet()
    _ = try letterLayout()
    _ = try DossierCodePattern(policies.dossierCodePattern)
  }
}

extension ConnectorError {
  /// What is wrong in the mapping folder; the detail names files and keys.
  init(_ error: DossierMappingError) {
    self.init(.mappingUnreadable, vi: error.clerk.vi, en: error.clerk.en, detail: error.detail)
  }
}
