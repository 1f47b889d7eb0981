import DossierModel
import Foundation
import VietnameseText
import Yams

extension Configuration {
  /// Largest configuration file that is read, in bytes.
  static let maximumFileBytes = 1 << 20

  /// Reads and checks the file at `path`.
  /// - Throws: `ConfigurationError` with every problem found and its line.
  public init(contentsOf path: String) throws(ConfigurationError) {
    let text: String
    do {
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      guard size <= Self.maximumFileBytes else {
        throw Self.wholeFile(path, vi: "tệp cấu hình quá lớn", en: "the configuration file is too large")
      }
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw Self.wholeFile(
        path, vi: "không đọc được tệp cấu hình (không có tệp, không có quyền, hoặc không phải UTF-8)",
        en: "cannot read the configuration file (no such file, no permission, or not UTF-8)")
    }
    try self.init(yaml: text, file: path)
  }

  /// Reads `yaml`; `file` names it in problems and gives the folder that relative paths start from.
  public init(yaml: String, file: String) throws(ConfigurationError) {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    let reader = ConfigurationReader(folder: folder)
    let root: Node
    do {
      guard let node = try Yams.compose(yaml: yaml) else {
        throw Self.wholeFile(file, vi: "tệp cấu hình rỗng", en: "the configuration file is empty")
      }
      root = node
    } catch let error as ConfigurationError {
      throw error
    } catch let error as YamlError {
      throw Self.syntax(error, file: file)
    } catch {
      throw Self.wholeFile(file, vi: "không phải YAML", en: "not YAML")
    }
    let draft = Self.read(root, with: reader)
    guard reader.problems.isEmpty, let draft else {
      throw ConfigurationError(file: file, problems: reader.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
    }
    self = draft
  }

  private static func wholeFile(_ file: String, vi: String, en: String) -> ConfigurationError {
    ConfigurationError(file: file, problems: [.init(line: nil, text: ClerkSentence(vi: vi, en: en))])
  }

  private static func syntax(_ error: YamlError, file: String) -> ConfigurationError {
    let line: Int?
    let problem: String
    switch error {
    case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
      line = mark.line
      problem = text
    case .duplicatedKeysInMapping(let duplicates, let context):
      line = context.mark.line
      problem = "key given twice: \(duplicates.joined(separator: ", "))"
    default:
      line = nil
      problem = "unreadable text"
    }
    return ConfigurationError(
      file: file,
      problems: [.init(line: line, text: ClerkSentence(vi: "sai cú pháp YAML: \(problem)", en: "YAML: \(problem)"))])
  }

  private static func read(_ node: Node, with reader: ConfigurationReader) -> Configuration? {
    var root = reader.root(node)
    let role = readRole(&root, reader)
    let organisation = readOrganisation(&root, reader)
    let axis = readAxis(&root, reader)
    let signing = readSigners(&root, reader, required: role == .agency)
    let contact = readContact(&root, reader)
    let trust = reader.path("trustFolder", in: &root)
    let timeStamps = readURLs("timeStampServers", &root, reader)
    let (addressee, byType) = readAddressees(&root, reader, required: role == .agency)
    let data = reader.path("dataFolder", in: &root)
    let mappings = reader.path("mappingFolder", in: &root, required: false)
    let listen = reader.string("listen", in: &root, required: false)
    if let listen, splitListen(listen) == nil {
      reader.report(
        reader.line(of: "listen", in: root), vi: "“listen” phải là ĐỊA-CHỈ:CỔNG, ví dụ 127.0.0.1:8088",
        en: "“listen” must be HOST:PORT, e.g. 127.0.0.1:8088")
    }
    let policies = readPolicies(&root, reader)
    let population = readPopulation(&root, reader)
    let (mailbox, directory) = (readMailbox(&root, reader), readDirectory(&root, reader))
    let retention = readRetention(&root, reader)
    let revocation = readRevocation(&root, reader)
    reader.finish(root)
    guard let role, let organisation, let axis, let trust, let data else { return nil }
    return Configuration(
      role: role, organisation: organisation, axis: axis, signers: signing.signers, contact: contact,
      leaderName: signing.leaderName, leaderTitle: signing.leaderTitle, trustFolder: trust, timeStampURLs: timeStamps,
      defaultAddressee: addressee, addresseesByType: byType, dataFolder: data, mappingFolder: mappings, listen: listen,
      policies: policies, mailbox: mailbox, directory: directory, retention: retention, revocation: revocation,
      populationCheck: population)
  }

  private static func readRole(_ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader) -> Role? {
    guard let text = reader.string("role", in: &root) else { return nil }
    if let role = Role(rawValue: text) { return role }
    let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
    reader.report(
      reader.line(of: "role", in: root), vi: "“role” phải là một trong: \(known)", en: "“role” must be one of: \(known)"
    )
    return nil
  }

  private static func readOrganisation(
    _ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> Organisation? {
    guard var section = reader.section("organisation", in: &root) else { return nil }
    defer { reader.finish(section) }
    let code = readCode("code", &section, reader)
    let name = reader.string("name", in: &section)
    let superior = reader.string("superior", in: &section, required: false)
    let place = reader.string("place", in: &section, required: false)
    let others = reader.strings("otherCodes", in: &section)
    guard let code, let name else { return nil }
    return Organisation(code: code, name: name, superior: superior, place: place, otherCodes: others)
  }

  private static func readContact(
    _ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> ContactPerson? {
    guard var section = reader.section("contact", in: &root, required: false) else { return nil }
    defer { reader.finish(section) }
    func text(_ key: String, _ section: inout ConfigurationReader.Section) -> String? {
      reader.string(key, in: &section, required: false)
    }
    var issued: CalendarDate?
    if let date = text("idIssueDate", &section) {
      issued = CalendarDate(iso: date) ?? CalendarDate(vietnamese: date)
      if issued == nil {
        reader.report(
          reader.line(of: "idIssueDate", in: section), vi: "“contact.idIssueDate” phải là ngày, ví dụ 2022-05-31",
          en: "“contact.idIssueDate” must be a date, e.g. 2022-05-31")
      }
    }
    return ContactPerson(
      fullName: text("fullName", &section), citizenId: text("citizenId", &section), idIssueDate: issued,
      idIssuePlace: text("idIssuePlace", &section), position: text("position", &section),
      organisation: text("organisation", &section), mobile: text("mobile", &section), email: text("email", &section),
      address: text("address", &section))
  }

  private static func readURLs(
    _ key: String, _ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> [String] {
    let urls = reader.strings(key, in: &root)
    if !urls.allSatisfy(isHTTP) { reportURL(key, in: root, reader) }
    return urls
  }

  private static func readAddressees(
    _ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader, required: Bool
  ) -> (Addressee?, [String: Addressee]) {
    guard var section = reader.section("addressees", in: &root, required: required) else { return (nil, [:]) }
    defer { reader.finish(section) }
    var all: [String: Addressee] = [:]
    for key in reader.keys(of: section) {
      let types = ["default", "01", "02", "03", "04", "05", "06"]
      guard types.contains(key) else { continue }
      guard var own = reader.section(key, in: &section) else { continue }
      let code = readCode("code", &own, reader)
      let name = reader.string("name", in: &own)
      reader.finish(own)
      if let code, let name { all[key] = Addressee(code: code, name: name) }
    }
    let fallback = all.removeValue(forKey: "default")
    return (fallback, all)
  }

  private static func readPolicies(
    _ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> Policies {
    var policies = Policies(
      requireLeaderSignature: false, dossierCodePattern: "{organisation}-{yyMMdd}-{number:4}",
      organisationPolicyOID: nil, personPolicyOID: nil)
    guard var section = reader.section("policies", in: &root, required: false) else { return policies }
    defer { reader.finish(section) }
    policies.requireLeaderSignature = reader.flag("requireLeaderSignature", in: &section, default: false)
    if let pattern = reader.string("dossierCodePattern", in: &section, required: false) {
      policies.dossierCodePattern = pattern
    }
    policies.organisationPolicyOID = reader.string("organisationPolicyOID", in: &section, required: false)
    policies.personPolicyOID = reader.string("personPolicyOID", in: &section, required: false)
    policies.finishAfterRefusal = reader.flag("finishAfterRefusal", in: &section, default: true)
    return policies
  }

  private static func readCode(
    _ key: String, _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> String? {
    guard let code = reader.string(key, in: &section) else { return nil }
    // The widest form that is met on the axis (domain: QĐ 20/2020 Điều 4, at most 35 characters).
    guard code.wholeMatch(of: /[A-Za-z0-9]+(\.[A-Za-z0-9]+)*/) != nil, code.count <= 35 else {
      reader.report(
        reader.line(of: key, in: section),
        vi: "“\(section.path)\(key)” không phải mã định danh (ví dụ H37.02 hoặc 000.00.02.H37)",
        en: "“\(section.path)\(key)” is no organisation code (e.g. H37.02 or 000.00.02.H37)")
      return nil
    }
    return code
  }

  private static func isHTTP(_ text: String) -> Bool {
    guard let url = URL(string: text) else { return false }
    return ["http", "https"].contains(url.scheme) && url.host?.isEmpty == false
  }

  private static func reportURL(
    _ key: String, in section: ConfigurationReader.Section, _ reader: ConfigurationReader
  ) {
    reader.report(
      reader.line(of: key, in: section), vi: "“\(section.path)\(key)” phải là địa chỉ http:// hoặc https://",
      en: "“\(section.path)\(key)” must be an http:// or https:// address")
  }

  /// `HOST:PORT` taken apart; nil where it is not that.
  public static func splitListen(_ text: String) -> (host: String, port: Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else { return nil }
    let host = String(text[..<colon]).trimmingCharacters(in: ["[", "]"])
    return host.isEmpty ? nil : (host, port)
  }
}
