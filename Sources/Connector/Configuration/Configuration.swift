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

  /// The axis as this connector reaches it.
  public struct Axis: Sendable, Equatable {
    public var url: String
    public var systemId: String
    public var secretFile: String
    /// Seconds between two looks into the mailbox.
    public var pollSeconds: Double
    /// Largest message taken, in bytes.
    public var maximumMessageBytes: Int64
  }

  /// A key in a PKCS#12 file; the password comes from a file or from the environment, never from this file.
  public struct KeyFile: Sendable, Equatable {
    public var pkcs12: String
    public var passwordFile: String?
    public var passwordEnvironment: String?
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
  }

  public var role: Role
  public var organisation: Organisation
  public var axis: Axis
  /// The leader's key (người có thẩm quyền); agencies only.
  public var leaderSigner: KeyFile?
  /// The organisation's key (con dấu số).
  public var organisationSigner: KeyFile?
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

  /// Who a letter of `dossierType` goes to.
  public func addressee(forType dossierType: String) -> Addressee? {
    addresseesByType[dossierType] ?? defaultAddressee
  }
}
