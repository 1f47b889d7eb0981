public import VietnameseText

/// One thing that a rule, an import or a reading has to say about a dossier.
///
/// It names the place, never the person: no value of a cell is in its text.
public struct DossierFinding: Sendable, Hashable, Codable {
  /// `V01` … `V23`, `X-DATE`, `NO_TEXT` … (`Mappings/rules.yaml`).
  public var code: String
  public var severity: Severity
  /// The printed running number of the row; `nil`: the whole dossier.
  public var row: Int?
  /// A column's name, or `declaredCount`, `addressee`, `contact.email`, `dossierType`, …
  public var field: String?
  /// The cell of the spreadsheet, `F7`.
  public var cell: String?
  /// What is wrong, where, and what to do.
  public var text: ClerkSentence
  /// The clause or the portal's message that the rule rests on.
  public var source: String?

  public init(
    code: String, severity: Severity, row: Int? = nil, field: String? = nil, cell: String? = nil, text: ClerkSentence,
    source: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.row = row
    self.field = field
    self.cell = cell
    self.text = text
    self.source = source
  }

  /// How much it weighs.
  public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// The CA would refuse; must be put right.
    case error
    /// A person should look.
    case warning = "warn"
    /// Worth knowing.
    case notice

    private var weight: Int {
      switch self {
      case .error: 2
      case .warning: 1
      case .notice: 0
      }
    }

    public static func < (left: Severity, right: Severity) -> Bool { left.weight < right.weight }
  }
}
