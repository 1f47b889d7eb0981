/// The shipped mapping descriptions as bytes, by name: `type-01.yaml`, `rules.yaml`, `provinces.yaml`, …
///
/// A directory given in the configuration overrides them file by file; who reads them is `DossierMapping`.
public struct MappingFile: Sendable, Hashable {
  /// Its name in `Mappings/`.
  public let name: String
  public let bytes: [UInt8]

  /// The bytes as UTF-8 text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// All descriptions, in the order of their names.
  public static let builtIn: [MappingFile] = [
    MappingFile(name: "addressees.yaml", bytes: PackageResources.addressees_yaml),
    MappingFile(name: "calendar.yaml", bytes: PackageResources.calendar_yaml),
    MappingFile(name: "classification.yaml", bytes: PackageResources.classification_yaml),
    MappingFile(name: "letter-layout.yaml", bytes: PackageResources.letter_layout_yaml),
    MappingFile(name: "mailboxes.yaml", bytes: PackageResources.mailboxes_yaml),
    MappingFile(name: "organisation-words.yaml", bytes: PackageResources.organisation_words_yaml),
    MappingFile(name: "provinces.yaml", bytes: PackageResources.provinces_yaml),
    MappingFile(name: "reasons.yaml", bytes: PackageResources.reasons_yaml),
    MappingFile(name: "rules.yaml", bytes: PackageResources.rules_yaml),
    MappingFile(name: "statuses.yaml", bytes: PackageResources.statuses_yaml),
    MappingFile(name: "telephones.yaml", bytes: PackageResources.telephones_yaml),
    MappingFile(name: "type-01.yaml", bytes: PackageResources.type_01_yaml),
    MappingFile(name: "type-02.yaml", bytes: PackageResources.type_02_yaml),
    MappingFile(name: "type-03.yaml", bytes: PackageResources.type_03_yaml),
    MappingFile(name: "type-04.yaml", bytes: PackageResources.type_04_yaml),
    MappingFile(name: "type-05.yaml", bytes: PackageResources.type_05_yaml),
    MappingFile(name: "type-06.yaml", bytes: PackageResources.type_06_yaml),
  ]

  /// The description called `name`; `nil` when none is shipped under that name.
  public static func named(_ name: String) -> MappingFile? { builtIn.first { $0.name == name } }

  /// A list of invented persons in the portal's template for type 01, for the demonstration and for trying out
  /// (`samples/danh-sach-01.xlsx`).
  public static let demoList = MappingFile(name: "danh-sach-01.xlsx", bytes: PackageResources.danh_sach_01_xlsx)
}
