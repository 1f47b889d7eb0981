public import LetterSignatures
import VietnameseText

extension Configuration {
  /// Who signs our letters, and how: first the person who initials them (ký nháy), then the leader, then the organisation
  /// (NĐ 30/2020 Điều 5, 13, 14).
  public struct Signers: Sendable, Equatable {
    public var initials: SignerSetting?
    /// The leader (người có thẩm quyền).
    public var leader: SignerSetting?
    /// The organisation (con dấu số).
    public var organisation: SignerSetting?
    /// What the finished letter carries.
    public var level = SignatureLevel.timeStamped
    /// Number and date are put on the page by the organisation's signature, not written into the letter before.
    public var numberAtIssue = false
    /// Letters come signed from the agency's own software; there are no keys here.
    public var elsewhere = false
  }

  /// One signature: its key, and what it shows.
  public struct SignerSetting: Sendable, Equatable {
    public enum Key: Sendable, Equatable {
      case file(KeyFile)
      case token(TokenSetting)
    }

    public var key: Key
    /// Nil for a signature that shows nothing.
    public var appearance: AppearanceSetting?
  }

  /// A key in a PKCS#12 file; the password comes from a file or from the environment, never from this file.
  public struct KeyFile: Sendable, Equatable {
    public var pkcs12: String
    public var passwordFile: String?
    public var passwordEnvironment: String?
  }

  /// A key on a token or in an HSM; the PIN comes from a file or from the environment, never from this file.
  public struct TokenSetting: Sendable, Equatable {
    /// The maker's PKCS#11 module.
    public var module: String
    public var tokenLabel: String?
    public var serial: String?
    public var keyLabel: String?
    /// CKA_ID, hexadecimal.
    public var id: String?
    /// The key's certificate and those above it (PEM or DER); nil takes the one beside the key on the token.
    public var certificateFile: String?
    public var pinFile: String?
    public var pinEnvironment: String?
  }

  /// What a signature shows, and where.
  public struct AppearanceSetting: Sendable, Equatable {
    public enum Place: Sendable, Equatable {
      /// Where our own letter keeps room: between the leader's title and name.
      case letter
      /// Over a third of the leader's signature, to its left.
      case signature
      /// Top right corner of the first page.
      case corner
      case anchor(TextAnchor)
      /// Page, and points from its lower left corner.
      case position(page: Int, left: Double, bottom: Double)
    }

    /// A PNG.
    public var picture: String?
    /// Lines that may hold {organisation}, {signer}, {code}, {date} and {time}.
    public var text: [String]
    /// Largest extent of the picture, in points.
    public var width: Double
    public var height: Double
    public var place: Place
  }
}

// MARK: - Reading

/// The three who may sign, with what is usual for each.
private enum SignerRole: String {
  case initials, leader, organisation

  /// Millimetres: what our letter keeps room for.
  var usualSize: (width: Double, height: Double) {
    switch self {
    case .initials: (15, 8)
    case .leader: (45, 20)
    case .organisation: (36, 36)
    }
  }

  var usualPlace: Configuration.AppearanceSetting.Place {
    switch self {
    // The initials stand at the end of the text, which ends with "./." (NĐ 30/2020, Phụ lục I, II.6).
    case .initials: .anchor(TextAnchor("./.", side: .right))
    case .leader: .letter
    case .organisation: .signature
    }
  }
}

extension Configuration {
  /// Reads `signers`.
  /// - Parameter required: whether a missing key of the organisation is a problem: an agency's letters need it.
  static func readSigners(
    _ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader, required: Bool
  ) -> (signers: Signers, leaderName: String?, leaderTitle: String?) {
    var signers = Signers()
    guard var section = reader.section("signers", in: &root, required: required) else { return (signers, nil, nil) }
    defer { reader.finish(section) }
    signers.elsewhere = reader.flag("elsewhere", in: &section, default: false)
    signers.initials = readSigner(.initials, &section, reader)
    signers.leader = readSigner(.leader, &section, reader)
    let organisationIsThere = reader.keys(of: section).contains(SignerRole.organisation.rawValue)
    signers.organisation = readSigner(.organisation, &section, reader)
    if required, !organisationIsThere, !signers.elsewhere {
      reader.report(
        section.line,
        vi:
          "thiếu khóa “signers.organisation”: cơ quan cần khóa để ký công văn (hoặc “elsewhere: true” nếu ký ở nơi khác)",
        en:
          "missing key “signers.organisation”: an agency's letters need its key (or “elsewhere: true” if they come signed)"
      )
    }
    if let text = reader.string("level", in: &section, required: false) {
      if let level = SignatureLevel(rawValue: text) {
        signers.level = level
      } else {
        let known = SignatureLevel.allCases.map(\.rawValue).joined(separator: ", ")
        reader.report(
          reader.line(of: "level", in: section), vi: "“signers.level” phải là một trong: \(known)",
          en: "“signers.level” must be one of: \(known)")
      }
    }
    signers.numberAtIssue = reader.flag("numberAtIssue", in: &section, default: false)
    return (
      signers, reader.string("leaderName", in: &section, required: false),
      reader.string("leaderTitle", in: &section, required: false)
    )
  }

  private static func readSigner(
    _ role: SignerRole, _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> SignerSetting? {
    guard var own = reader.section(role.rawValue, in: &section, required: false) else { return nil }
    defer { reader.finish(own) }
    let file = reader.path("pkcs12", in: &own, required: false)
    let passwordFile = reader.path("passwordFile", in: &own, required: false)
    let passwordEnvironment = reader.string("passwordEnvironment", in: &own, required: false)
    let token = readToken(&own, reader)
    let appearance = readAppearance(role, &own, reader)
    let hasToken = reader.keys(of: own).contains("pkcs11")
    guard (file == nil) == hasToken else {
      reader.report(
        own.line, vi: "“\(own.path)”: cần đúng một trong pkcs12 (tệp khóa) và pkcs11 (token)",
        en: "“\(own.path)”: give exactly one of pkcs12 (key file) and pkcs11 (token)")
      return nil
    }
    guard let file else {
      if passwordFile != nil || passwordEnvironment != nil {
        reader.report(
          own.line, vi: "“\(own.path)”: token dùng pinFile hoặc pinEnvironment trong pkcs11, không dùng password",
          en: "“\(own.path)”: a token takes pinFile or pinEnvironment below pkcs11, no password")
      }
      return token.map { SignerSetting(key: .token($0), appearance: appearance) }
    }
    if (passwordFile == nil) == (passwordEnvironment == nil) {
      reader.report(
        own.line, vi: "“\(own.path)”: cần đúng một trong passwordFile và passwordEnvironment",
        en: "“\(own.path)”: give exactly one of passwordFile and passwordEnvironment")
    }
    let key = KeyFile(pkcs12: file, passwordFile: passwordFile, passwordEnvironment: passwordEnvironment)
    return SignerSetting(key: .file(key), appearance: appearance)
  }

  private static func readToken(
    _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> TokenSetting? {
    guard var own = reader.section("pkcs11", in: &section, required: false) else { return nil }
    defer { reader.finish(own) }
    let module = reader.path("module", in: &own)
    let label = reader.string("tokenLabel", in: &own, required: false)
    let serial = reader.string("serial", in: &own, required: false)
    let key = reader.string("keyLabel", in: &own, required: false)
    let id = reader.string("id", in: &own, required: false)
    let certificate = reader.path("certificateFile", in: &own, required: false)
    let file = reader.path("pinFile", in: &own, required: false)
    let environment = reader.string("pinEnvironment", in: &own, required: false)
    if label == nil, serial == nil {
      reader.report(
        own.line, vi: "“\(own.path)”: cần tokenLabel hoặc serial của token",
        en: "“\(own.path)”: give the token's tokenLabel or serial")
    }
    if key == nil, id == nil {
      reader.report(
        own.line, vi: "“\(own.path)”: cần keyLabel hoặc id của khóa", en: "“\(own.path)”: give the key's keyLabel or id"
      )
    }
    if let id, id.isEmpty || !id.count.isMultiple(of: 2) || !id.allSatisfy(\.isHexDigit) {
      reader.report(
        reader.line(of: "id", in: own), vi: "“\(own.path)id” phải là số hệ 16, ví dụ 01 hoặc 0a1b",
        en: "“\(own.path)id” must be hexadecimal, e.g. 01 or 0a1b")
    }
    if (file == nil) == (environment == nil) {
      reader.report(
        own.line, vi: "“\(own.path)”: cần đúng một trong pinFile và pinEnvironment",
        en: "“\(own.path)”: give exactly one of pinFile and pinEnvironment")
    }
    return module.map {
      TokenSetting(
        module: $0, tokenLabel: label, serial: serial, keyLabel: key, id: id, certificateFile: certificate,
        pinFile: file, pinEnvironment: environment)
    }
  }

  private static func readAppearance(
    _ role: SignerRole, _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> AppearanceSetting? {
    guard var own = reader.section("appearance", in: &section, required: false) else { return nil }
    defer { reader.finish(own) }
    let picture = reader.path("picture", in: &own, required: false)
    let text = reader.strings("text", in: &own)
    if picture == nil, text.isEmpty {
      reader.report(
        own.line, vi: "“\(own.path)”: cần picture (tệp PNG) hoặc text",
        en: "“\(own.path)”: give a picture (PNG) or text")
    }
    let size = role.usualSize
    let width = reader.seconds("width", in: &own, default: size.width, range: 1...300)
    let height = reader.seconds("height", in: &own, default: size.height, range: 1...300)
    return AppearanceSetting(
      picture: picture, text: text, width: AppearancePlan.points(width), height: AppearancePlan.points(height),
      place: readPlace(role, &own, reader))
  }

  private static func readPlace(
    _ role: SignerRole, _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> AppearanceSetting.Place {
    var places: [AppearanceSetting.Place] = []
    if let word = reader.string("at", in: &section, required: false) {
      switch word {
      case "letter": places.append(.letter)
      case "signature": places.append(.signature)
      case "corner": places.append(.corner)
      default:
        reader.report(
          reader.line(of: "at", in: section), vi: "“\(section.path)at” phải là letter, signature hoặc corner",
          en: "“\(section.path)at” must be letter, signature or corner")
      }
    }
    if var own = reader.section("anchor", in: &section, required: false) {
      if let anchor = readAnchor(&own, reader) { places.append(.anchor(anchor)) }
      reader.finish(own)
    }
    if var own = reader.section("position", in: &section, required: false) {
      let page = reader.seconds("page", in: &own, default: -1, range: -10_000...10_000)
      let left = reader.seconds("left", in: &own, default: 0, range: 0...2_000)
      let bottom = reader.seconds("bottom", in: &own, default: 0, range: 0...2_000)
      places.append(
        .position(page: Int(page), left: AppearancePlan.points(left), bottom: AppearancePlan.points(bottom)))
      reader.finish(own)
    }
    if places.count > 1 {
      reader.report(
        section.line, vi: "“\(section.path)”: chỉ cho một trong at, anchor, position",
        en: "“\(section.path)”: give only one of at, anchor and position")
    }
    return places.first ?? role.usualPlace
  }

  private static func readAnchor(
    _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> TextAnchor? {
    let text = reader.string("text", in: &section)
    let side = reader.string("side", in: &section, required: false) ?? TextAnchor.Side.over.rawValue
    let occurrence = reader.seconds("occurrence", in: &section, default: -1, range: -1_000...1_000)
    let dx = reader.seconds("dx", in: &section, default: 0, range: -500...500)
    let dy = reader.seconds("dy", in: &section, default: 0, range: -500...500)
    guard let known = TextAnchor.Side(rawValue: side) else {
      let sides = TextAnchor.Side.allCases.map(\.rawValue).joined(separator: ", ")
      reader.report(
        reader.line(of: "side", in: section), vi: "“\(section.path)side” phải là một trong: \(sides)",
        en: "“\(section.path)side” must be one of: \(sides)")
      return nil
    }
    return text.map {
      TextAnchor(
        $0, side: known, occurrence: Int(occurrence), dx: AppearancePlan.points(dx), dy: AppearancePlan.points(dy))
    }
  }
}
