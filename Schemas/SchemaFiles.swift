/// The schemas that the product ships, as bytes.
public enum SchemaFile: String, Sendable, CaseIterable {
  /// XSD of the strict profile of document messages (QCVN 102:2016/BTTTT).
  case edxmlDocument = "edxml-document.xsd"
  /// XSD of the strict profile of status messages.
  case edxmlStatus = "edxml-status.xsd"
  /// JSON Schema of what `lienthong edxml inspect --json` prints.
  case edxmlInspect = "edxml-inspect.schema.json"
  /// JSON Schema of the structured dossier that travels beside a letter (`dossier.json`).
  case dossier = "dossier.schema.json"
  /// JSON Schema of what `lienthong verify --json` prints about a letter.
  case letterReport = "letter-report.schema.json"
  /// JSON Schema of the answers of the population database's check.
  case populationCheck = "population-check.schema.json"

  /// The file's name in `Schemas/`.
  public var name: String { rawValue }

  public var bytes: [UInt8] {
    switch self {
    case .edxmlDocument: PackageResources.edxml_document_xsd
    case .edxmlStatus: PackageResources.edxml_status_xsd
    case .edxmlInspect: PackageResources.edxml_inspect_schema_json
    case .dossier: PackageResources.dossier_schema_json
    case .letterReport: PackageResources.letter_report_schema_json
    case .populationCheck: PackageResources.population_check_schema_json
    }
  }
}
