internal import SigningCore
internal import VietnameseText

/// Whether a certificate is a person's or an organisation's, and whether that is the sender.
///
/// The rules in order: the registry's fingerprints; the certificate policy; the prefix of the subject's UID; the
/// registry's subject; the name. A certificate that says person by policy or UID is a person's whatever its name says.
struct SignerIdentity {
  /// The weakest rule: how the common name begins.
  static let nameRule = "name"

  let kind: SignatureFacts.SignerKind
  /// The rule that decided.
  let rule: String
  /// Whether it is the expected sender; nil when nothing is expected or the registry does not know the sender.
  let isSender: Bool?

  init(_ certificate: Certificate, policy: LetterPolicy, sender: ExpectedSender?) {
    let prints = Set((sender?.certificates ?? []).map(Self.plain))
    let byPrint = prints.contains(Self.plain(certificate.fingerprint))
    let subject = sender?.expectedSubject ?? [:]
    let bySubject =
      !subject.isEmpty
      && subject.allSatisfy { name, value in certificate.subject.all(name).contains { $0.nfc == value.nfc } }
    let saysPerson = Self.saysPerson(certificate, policy)
    let saysOrganisation = Self.saysOrganisation(certificate, policy)
    let commonName = certificate.subject["CN"] ?? ""

    if byPrint {
      (kind, rule) = (.organisation, "registry-fingerprint")
    } else if let saysPerson {
      (kind, rule) = (.person, saysPerson)
    } else if let saysOrganisation {
      (kind, rule) = (.organisation, saysOrganisation)
    } else if bySubject {
      (kind, rule) = (.organisation, "registry-subject")
    } else if policy.organisationWords.contains(where: { Self.begins(commonName, with: $0) }) {
      (kind, rule) = (.organisation, Self.nameRule)
    } else {
      (kind, rule) = (.unknown, "none")
    }
    if let sender, sender.isRegistered {
      // Where the registry lists certificates, only those count.
      isSender = kind == .organisation && (prints.isEmpty ? bySubject : byPrint)
    } else {
      isSender = nil
    }
  }

  private static func saysPerson(_ certificate: Certificate, _ policy: LetterPolicy) -> String? {
    if let oid = policy.personPolicyOID, certificate.policyOIDs.contains(oid) { return "certificate-policy" }
    let uids = certificate.subject.all("UID")
    if uids.contains(where: { uid in policy.personUIDPrefixes.contains { uid.hasPrefix($0) } }) { return "uid-prefix" }
    return nil
  }

  private static func saysOrganisation(_ certificate: Certificate, _ policy: LetterPolicy) -> String? {
    if let oid = policy.organisationPolicyOID, certificate.policyOIDs.contains(oid) { return "certificate-policy" }
    let uids = certificate.subject.all("UID")
    if uids.contains(where: { $0.hasPrefix(policy.organisationUIDPrefix) }) { return "uid-prefix" }
    return nil
  }

  private static func begins(_ name: String, with word: String) -> Bool {
    // Marks kept: “Vũ …” is a person, “Vụ …” a department.
    let name = name.toneFolded
    let word = word.toneFolded
    return !word.isEmpty && (name == word || name.hasPrefix(word + " "))
  }

  private static func plain(_ fingerprint: String) -> String {
    String(fingerprint.lowercased().filter { $0.isHexDigit })
  }
}
