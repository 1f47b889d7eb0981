public import DossierModel
import Foundation
import MappingFiles
import VietnameseText
import Yams

/// All mapping descriptions, read and checked: the built-in files, each replaced by the file of the same name in the
/// operator's directory.
public struct MappingSet: Sendable {
  public let types: [DossierType: TypeDescription]
  public let classification: ClassificationDescription
  public let provinces: ProvinceDirectory
  public let telephones: TelephonesDescription
  public let mailboxes: MailboxesDescription
  public let reasons: ReasonsDescription
  public let addressees: AddresseesDescription
  public let statuses: StatusesDescription
  public let calendar: WorkingCalendar
  /// How the names of organisations begin (`organisation-words.yaml`).
  public let organisationWords: [String]
  let ruleTexts: RuleTexts

  /// The built-in descriptions.
  public static func builtIn() throws(DossierMappingError) -> MappingSet { try MappingSet(overriding: nil) }

  /// Only calendar and statuses of what `init(overriding:)` reads.
  public static func timesAndStatuses(
    overriding directory: String?
  ) throws(DossierMappingError) -> (calendar: WorkingCalendar, statuses: StatusesDescription) {
    var loader = MappingLoader()
    try loader.load(overriding: directory)
    let calendar: CalendarDescription? = loader.decode("calendar.yaml")
    let statuses: StatusesDescription? = loader.decode("statuses.yaml")
    if let calendar { loader.check(calendar) }
    if let statuses { loader.check(statuses) }
    guard loader.problems.isEmpty, let calendar, let statuses else { throw loader.failure }
    return (WorkingCalendar(calendar), statuses)
  }

  /// The built-in descriptions with the files of `directory` in their place.
  public init(overriding directory: String?) throws(DossierMappingError) {
    var loader = MappingLoader()
    try loader.load(overriding: directory)
    var types: [DossierType: TypeDescription] = [:]
    for type in DossierType.allCases {
      let description: TypeDescription? = loader.decode("type-\(type.rawValue).yaml")
      if let description { types[type] = description }
    }
    let classification: ClassificationDescription? = loader.decode("classification.yaml")
    let rules: RulesDescription? = loader.decode("rules.yaml")
    let provinces: ProvincesDescription? = loader.decode("provinces.yaml")
    let telephones: TelephonesDescription? = loader.decode("telephones.yaml")
    let mailboxes: MailboxesDescription? = loader.decode("mailboxes.yaml")
    let reasons: ReasonsDescription? = loader.decode("reasons.yaml")
    let addressees: AddresseesDescription? = loader.decode("addressees.yaml")
    let statuses: StatusesDescription? = loader.decode("statuses.yaml")
    let calendar: CalendarDescription? = loader.decode("calendar.yaml")
    let organisationWords: OrganisationWordsDescription? = loader.decode("organisation-words.yaml")
    if let rules { loader.check(rules) }
    if let classification { loader.check(classification) }
    if let calendar { loader.check(calendar) }
    if let provinces { loader.check(provinces) }
    if let telephones { loader.check(telephones) }
    if let mailboxes { loader.check(mailboxes) }
    if let reasons { loader.check(reasons) }
    if let addressees { loader.check(addressees, provinces.map { ProvinceDirectory($0) }) }
    if let statuses { loader.check(statuses) }
    if let organisationWords { loader.check(organisationWords) }
    for description in types.values { loader.check(description) }
    guard loader.problems.isEmpty, let classification, let rules, let provinces, let telephones, let mailboxes,
      let reasons, let addressees, let statuses, let calendar, let organisationWords
    else { throw loader.failure }
    self.types = types
    self.classification = classification
    self.provinces = ProvinceDirectory(provinces)
    self.telephones = telephones
    self.mailboxes = mailboxes
    self.reasons = reasons
    self.addressees = addressees
    self.statuses = statuses
    self.calendar = WorkingCalendar(calendar)
    self.organisationWords = organisationWords.words
    self.ruleTexts = RuleTexts(rules)
  }

  /// What is wrong in a directory of mappings; empty when it can be used.
  public static func problems(in directory: String) -> [MappingProblem] {
    do {
      _ = try MappingSet(overriding: directory)
      return []
    } catch {
      return error.problems.isEmpty
        ? [MappingProblem(file: directory, place: "", text: error.clerk)] : error.problems
    }
  }

  /// The built-in descriptions as files, to copy and change.
  public static var builtInFiles: [(name: String, bytes: [UInt8])] {
    MappingFile.builtIn.map { ($0.name, $0.bytes) }
  }

  /// The description of a type; all six are there, or the set could not have been made.
  public func description(of type: DossierType) -> TypeDescription? { types[type] }
}
