/// What was read from a letter's pages, before anyone decides what it means. Made by `RequestLetter`, judged by
/// `DossierMapping`.
public struct LetterContent: Sendable, Hashable, Codable {
  /// Whether the text can be trusted.
  public var textQuality: TextQuality
  /// The printed form number, `01` of "Mẫu số 01"; `nil` when none is printed.
  public var formNumber: String?
  /// Number, notation, date, subject (without "V/v"), agency, addressee, signer.
  public var head: LetterHead
  /// Part 1; `nil` when the letter has none.
  public var contact: ContactPerson?
  /// "Số lượng": the number that the letter declares for its (first) table.
  public var declaredCount: Int?
  /// As printed, `03 cá nhân`.
  public var declaredCountText: String?
  /// The tables in page order; continuations over pages joined into one.
  public var tables: [Table]
  /// The running text between addressee and first table (or signature), wrapped lines joined: what is asked for.
  public var body: String
  /// How many further letters, each with its own head and number, stand behind the first in the file; `nil`: none.
  public var furtherLetters: Int?
  /// True when a table runs off the page: what stands beyond the edge is lost.
  public var isCutOff: Bool?
  /// Slips of the reading itself: cells that could not be placed, text layer by OCR, …
  public var findings: [DossierFinding]
  /// Where each field came from and how sure the reading is.
  public var provenance: [Provenance]

  public init(
    textQuality: TextQuality, formNumber: String? = nil, head: LetterHead = LetterHead(), contact: ContactPerson? = nil,
    declaredCount: Int? = nil, declaredCountText: String? = nil, tables: [Table] = [], body: String = "",
    findings: [DossierFinding] = [], provenance: [Provenance] = []
  ) {
    self.textQuality = textQuality
    self.formNumber = formNumber
    self.head = head
    self.contact = contact
    self.declaredCount = declaredCount
    self.declaredCountText = declaredCountText
    self.tables = tables
    self.body = body
    self.findings = findings
    self.provenance = provenance
  }

  /// Whether the text can be trusted.
  public enum TextQuality: String, Sendable, Hashable, Codable {
    /// Text as its maker wrote it.
    case text
    /// Pages are pictures only: a person must read (NO_TEXT).
    case noText
    /// A text layer made by OCR, slips to be expected (OCR_TEXT).
    case ocr
    /// Characters that map to no Unicode (TEXT_ENCODING).
    case undecodable
  }

  /// One table of the letter.
  public struct Table: Sendable, Hashable, Codable {
    /// The header's cells from left to right, merged heads joined as `Dịch vụ yêu cầu / Gia hạn` or by the lower cell.
    public var header: [String]
    /// The type whose columns the header matched best, if any.
    public var type: DossierType?
    /// The rows by column name, as that type reads them; empty when `type` is `nil`.
    public var rows: [DossierRow]
    /// The number declared before this table.
    public var declaredCount: Int?

    public init(header: [String], type: DossierType?, rows: [DossierRow], declaredCount: Int? = nil) {
      self.header = header
      self.type = type
      self.rows = rows
      self.declaredCount = declaredCount
    }
  }

  /// Where one field was read and how sure that is.
  public struct Provenance: Sendable, Hashable, Codable {
    /// `subject`, `contact.email`, `rows[3].citizenId` (the printed running number), …
    public var field: String
    /// From 1.
    public var page: Int
    /// In PDF points from the page's upper left corner.
    public var left: Double
    public var top: Double
    public var right: Double
    public var bottom: Double
    /// 0 to 1.
    public var confidence: Double

    public init(
      field: String, page: Int, left: Double, top: Double, right: Double, bottom: Double, confidence: Double
    ) {
      self.field = field
      self.page = page
      self.left = left
      self.top = top
      self.right = right
      self.bottom = bottom
      self.confidence = confidence
    }
  }
}
