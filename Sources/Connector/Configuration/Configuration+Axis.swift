import AxisClient
public import DeliveryLedger
import Foundation

extension Configuration {
  /// The axis as this connector reaches it.
  public struct Axis: Sendable, Equatable {
    /// Which protocol the axis speaks.
    public enum Kind: String, Sendable, CaseIterable {
      /// The national axis' REST protocol, as the operator's SDK speaks it (signed headers).
      case vxp
      /// A provincial gateway's REST protocol (login token, multipart).
      case provincial
    }

    /// A security server that forwards calls to the axis (X-Road adapter, `…/RestService/forward`).
    public struct Forwarder: Sendable, Equatable {
      public var url: String
      /// The axis' name among the adapters, e.g. `VN:GOV:000.00.00.G22:vpcpdvcprovider`.
      public var dstcode: String
      /// What the forwarder calls; nil: `axis.url`.
      public var providerUrl: String?
    }

    /// Whom we trust in place of the system's authorities, and who we are.
    public struct TLS: Sendable, Equatable {
      public var caFile: String?
      /// PEM, or PKCS#12 by the ending `.p12` or `.pfx`.
      public var clientCertificate: String?
      public var clientKey: String?
      public var clientKeyPasswordFile: String?
    }

    /// Who logs in at a provincial gateway.
    public struct Login: Sendable, Equatable {
      public var username: String
      public var passwordFile: String
      public var applicationCode: String
    }

    public var kind = Kind.vxp
    public var url: String
    public var systemId: String
    public var secretFile: String
    /// Seconds between two looks into the mailbox.
    public var pollSeconds: Double
    /// Largest message taken, in bytes.
    public var maximumMessageBytes: Int64
    /// `provincial` only.
    public var login: Login?
    public var forwarder: Forwarder?
    public var tls = TLS()
    /// `http://HOST:PORT` or `socks5h://HOST:PORT`; nil: none. The environment's proxy variables are not looked at.
    public var proxy: String?
    public var lostAnswer = LostAnswer()
    /// `vxp` only.
    var hashForm = AxisAccount.HashFileForm.operatorSDK
    /// `vxp` only.
    var retrieval = AxisAccount.Retrieval.downloadThenGet
    /// How long a call may take, and how large its answer may be.
    var limits = AxisLimits()
    /// What answers of this axis mean, where that differs from the table that the product has.
    var outcomes: [AxisOutcomeTable.Row] = []
  }

  /// What becomes of messages in the shared mailbox that are not ours.
  public struct Mailbox: Sendable, Equatable {
    public enum Others: String, Sendable, CaseIterable {
      /// They stay as they are, for whoever else reads the mailbox.
      case leave
      /// They are put into `folder` as `<docId>.edxml` and acknowledged.
      case handOver
    }

    public var others = Others.leave
    public var folder: String?

    var acknowledgementOfOthers: Acknowledgement { others == .handOver ? .handOver : .leave }

    /// What the axis is told of a document that cannot be read here: the others, if it is handed to them, may read it.
    var acknowledgementOfUnreadable: Acknowledgement { others == .handOver ? .leave : .fail }
  }

  /// How the directory of agencies is kept up to date.
  public struct Directory: Sendable, Equatable {
    /// Hours between two synchronisations; 0: only by `lienthong directory sync`.
    public var hours = 24.0
    /// How many levels of the directory (QĐ 20/2020) are asked for.
    public var levels = 4
  }

  /// What the daily purge removes; evidence is always kept (see `RetentionPolicy`).
  public struct Retention: Sendable, Equatable {
    /// Days that a finished letter keeps its working files; 0: nothing is purged daily.
    public var workingFileDays = 90.0
    /// Days that a message which was not ours is kept.
    public var otherMailDays = 30.0
    /// Days that a file which nothing mentions is kept.
    public var unmentionedFileDays = 1.0

    public var policy: RetentionPolicy {
      var policy = RetentionPolicy()
      policy.workingFilesFor = workingFileDays * 86_400
      policy.otherMailFor = otherMailDays * 86_400
      policy.unmentionedFilesFor = unmentionedFileDays * 86_400
      return policy
    }
  }
}

// MARK: - Reading

extension Configuration {
  static func readAxis(_ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader) -> Axis? {
    guard var section = reader.section("axis", in: &root) else { return nil }
    defer { reader.finish(section) }
    let kind = readWord("kind", Axis.Kind.vxp, &section, reader)
    let url = readURL("url", &section, reader, schemes: ["http", "https"])
    let system = reader.string("systemId", in: &section)
    let secret = reader.path("secretFile", in: &section)
    let poll = reader.seconds("pollSeconds", in: &section, default: 30, range: 0.05...3600)
    let megabytes = reader.seconds("maximumMessageMegabytes", in: &section, default: 450, range: 1...4096)
    let login = readLogin(&section, reader, required: kind == .provincial)
    let forwarder = readForwarder(&section, reader)
    if kind == .provincial, forwarder != nil {
      reader.report(
        reader.line(of: "forwarder", in: section), vi: "“axis.forwarder” chỉ dùng với axis.kind: vxp",
        en: "“axis.forwarder” goes with axis.kind: vxp only")
    }
    let tls = readTLS(&section, reader)
    let proxy = readURL("proxy", &section, reader, schemes: ["http", "socks5h", "socks5"], required: false)
    let lostAnswer = readLostAnswer(&section, reader)
    let hashForm = readVXPWord("hashForm", AxisAccount.HashFileForm.operatorSDK, kind, &section, reader)
    let retrieval = readVXPWord("retrieval", AxisAccount.Retrieval.downloadThenGet, kind, &section, reader)
    var limits = readTimeouts(&section, reader)
    limits.maximumMessageBytes = Int(megabytes * 1_000_000)
    let outcomes = readOutcomes(&section, reader)
    guard let url, let system, let secret else { return nil }
    return Axis(
      kind: kind, url: url, systemId: system, secretFile: secret, pollSeconds: poll,
      maximumMessageBytes: Int64(megabytes * 1_000_000), login: login, forwarder: forwarder, tls: tls, proxy: proxy,
      lostAnswer: lostAnswer, hashForm: hashForm, retrieval: retrieval, limits: limits, outcomes: outcomes)
  }

  /// A word about the operator's own protocol, which a gateway does not speak.
  private static func readVXPWord<Word: RawRepresentable & CaseIterable & Equatable>(
    _ key: String, _ fallback: Word, _ kind: Axis.Kind, _ section: inout ConfigurationReader.Section,
    _ reader: ConfigurationReader
  ) -> Word where Word.RawValue == String {
    let word = readWord(key, fallback, &section, reader)
    if kind != .vxp, reader.keys(of: section).contains(key) {
      reader.report(
        reader.line(of: key, in: section), vi: "“axis.\(key)” chỉ dùng với axis.kind: vxp",
        en: "“axis.\(key)” goes with axis.kind: vxp only")
    }
    return word
  }

  private static func readLogin(
    _ parent: inout ConfigurationReader.Section, _ reader: ConfigurationReader, required: Bool
  ) -> Axis.Login? {
    guard var section = reader.section("login", in: &parent, required: required) else { return nil }
    defer { reader.finish(section) }
    let username = reader.string("username", in: &section)
    let password = reader.path("passwordFile", in: &section)
    let application = reader.string("applicationCode", in: &section, required: false)
    guard let username, let password else { return nil }
    return Axis.Login(username: username, passwordFile: password, applicationCode: application ?? "")
  }

  private static func readForwarder(
    _ parent: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> Axis.Forwarder? {
    guard var section = reader.section("forwarder", in: &parent, required: false) else { return nil }
    defer { reader.finish(section) }
    let url = readURL("url", &section, reader, schemes: ["http", "https"])
    let code = reader.string("dstcode", in: &section)
    let provider = readURL("providerUrl", &section, reader, schemes: ["http", "https"], required: false)
    guard let url, let code else { return nil }
    return Axis.Forwarder(url: url, dstcode: code, providerUrl: provider)
  }

  private static func readTLS(
    _ parent: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> Axis.TLS {
    guard var section = reader.section("tls", in: &parent, required: false) else { return Axis.TLS() }
    defer { reader.finish(section) }
    let tls = Axis.TLS(
      caFile: reader.path("caFile", in: &section, required: false),
      clientCertificate: reader.path("clientCertificate", in: &section, required: false),
      clientKey: reader.path("clientKey", in: &section, required: false),
      clientKeyPasswordFile: reader.path("clientKeyPasswordFile", in: &section, required: false))
    if tls.clientCertificate == nil, tls.clientKey != nil || tls.clientKeyPasswordFile != nil {
      reader.report(
        section.line, vi: "“axis.tls”: có khóa nhưng thiếu clientCertificate",
        en: "“axis.tls”: a key without clientCertificate")
    }
    return tls
  }

  static func readMailbox(_ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader) -> Mailbox {
    guard var section = reader.section("mailbox", in: &root, required: false) else { return Mailbox() }
    defer { reader.finish(section) }
    let others = readWord("others", Mailbox.Others.leave, &section, reader)
    let folder = reader.path("folder", in: &section, required: false)
    if others == .handOver, folder == nil {
      reader.report(
        section.line, vi: "“mailbox.others: handOver” cần mailbox.folder",
        en: "“mailbox.others: handOver” needs mailbox.folder")
    }
    return Mailbox(others: others, folder: folder)
  }

  static func readDirectory(_ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader) -> Directory {
    guard var section = reader.section("directory", in: &root, required: false) else { return Directory() }
    defer { reader.finish(section) }
    return Directory(
      hours: reader.seconds("hours", in: &section, default: 24, range: 0...8760),
      levels: Int(reader.seconds("levels", in: &section, default: 4, range: 1...9)))
  }

  static func readRetention(_ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader) -> Retention {
    guard var section = reader.section("retention", in: &root, required: false) else { return Retention() }
    defer { reader.finish(section) }
    return Retention(
      workingFileDays: reader.seconds("workingFileDays", in: &section, default: 90, range: 0...36_500),
      otherMailDays: reader.seconds("otherMailDays", in: &section, default: 30, range: 0...36_500),
      unmentionedFileDays: reader.seconds("unmentionedFileDays", in: &section, default: 1, range: 0.1...36_500))
  }

  /// One of a few words; the first of them where none is given.
  private static func readWord<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ fallback: Word, _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> Word where Word.RawValue == String {
    guard let text = reader.string(key, in: &section, required: false) else { return fallback }
    if let word = Word(rawValue: text) { return word }
    let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
    reader.report(
      reader.line(of: key, in: section), vi: "“\(section.path)\(key)” phải là một trong: \(known)",
      en: "“\(section.path)\(key)” must be one of: \(known)")
    return fallback
  }

  private static func readURL(
    _ key: String, _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader, schemes: Set<String>,
    required: Bool = true
  ) -> String? {
    guard let text = reader.string(key, in: &section, required: required) else { return nil }
    if let url = URL(string: text), let scheme = url.scheme, schemes.contains(scheme), url.host?.isEmpty == false {
      return text
    }
    let known = schemes.sorted().map { $0 + "://" }.joined(separator: ", ")
    reader.report(
      reader.line(of: key, in: section), vi: "“\(section.path)\(key)” phải là địa chỉ \(known)",
      en: schemes == ["http", "https"]
        ? "“\(section.path)\(key)” must be an http:// or https:// address"
        : "“\(section.path)\(key)” must be an address of \(known)")
    return nil
  }
}
