public import DossierMapping
public import DossierModel
import Foundation

/// What one connector is told in its YAML file: who it is, where the axis is, which keys sign, whom it trusts.
///
/// Relative paths are taken from the folder of the file. `Deploy/lienthong.example.yaml` is the annotated example.
public struct Configuration: Sendable, Equatable {
  /// Which end of the axis this connector serves.
  public enum Role: String, Sendable, CaseIterable {
    /// An agency that asks for certificates (cơ quan, tổ chức quản lý trực tiếp).
    case agency
    /// The certification authority (Cục Chứng thực số và Bảo mật thông tin).
    case ca
    /// A body that answers some types in the authority's place (e.g. Sở Khoa học và Công nghệ for types 04 and 06).
    case delegate

    /// Whether letters are taken in and answered here.
    public var receives: Bool { self != .agency }
  }

  /// The body whose letters this connector carries.
  public struct Organisation: Sendable, Equatable {
    /// The code under which the axis knows it (mã định danh, QĐ 20/2020 or the 13-character form).
    public var code: String
    public var name: String
    /// The managing body above it (cơ quan chủ quản), as it stands in the letter head.
    public var superior: String?
    /// Place of issue (địa danh) in the letter head.
    public var place: String?
    /// Other codes of the same body that are still met.
    public var otherCodes: [String]
    /// Every code under which letters may name this body.
    public var allCodes: [String] { [code] + otherCodes }
  }

  /// Who a letter of a given type goes to.
  public struct Addressee: Sendable, Equatable {
    public var code: String
    public var name: String
  }

  /// What is asked of letters.
  public struct Policies: Sendable, Equatable {
    /// Whether a leader's signature must stand before the organisation's (NĐ 30/2020 Điều 5).
    public var requireLeaderSignature: Bool
    /// Pattern of the dossier codes that this authority gives (`{organisation}-{yyMMdd}-{number:4}`).
    public var dossierCodePattern: String
    /// Certificate policy that marks organisation certificates, where the authority publishes one.
    public var organisationPolicyOID: String?
    /// Certificate policy that marks personal certificates.
    public var personPolicyOID: String?
    /// Whether a letter that refuses an accepted dossier ends it with 06.
    public var finishAfterRefusal = true
  }

  public var role: Role
  public var organisation: Organisation
  public var axis: Axis
  /// Whose keys sign our letters, and what the signatures show.
  public var signers: Signers
  /// The person whom the authority may call about our dossiers (part 1 of the forms).
  public var contact: ContactPerson?
  public var leaderName: String?
  public var leaderTitle: String?
  /// Folder with `anchors`, `ca`, `crl`, `ocsp`.
  public var trustFolder: String
  /// RFC 3161 servers, tried in order.
  public var timeStampURLs: [String]
  public var defaultAddressee: Addressee?
  /// Addressee by two-digit dossier type, before the default.
  public var addresseesByType: [String: Addressee]
  /// Folder of the ledger: SQLite file and blobs.
  public var dataFolder: String
  /// Folder that overrides the built-in mappings.
  public var mappingFolder: String?
  /// `HOST:PORT` of the clerk's page; nil = no page.
  public var listen: String?
  public var policies: Policies
  /// What becomes of messages that are not ours.
  public var mailbox = Mailbox()
  /// How the directory of agencies is kept up to date.
  public var directory = Directory()
  /// What the daily purge removes.
  public var retention = Retention()
  /// Whether authorities are asked about revocation over the network.
  public var revocation = Revocation()
  /// The population register that is asked about persons, if one is; see `PopulationCheck`.
  public var populationCheck: PopulationService?

  /// Who a letter of `dossierType` goes to.
  public func addressee(forType dossierType: String) -> Addressee? {
    addresseesByType[dossierType] ?? defaultAddressee
  }
}
