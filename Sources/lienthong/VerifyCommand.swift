import ArgumentParser
import Connector
import Foundation
import LetterSignatures
import SigningCore
import VietnameseText
import Yams

/// `lienthong verify FILE…`: what the signatures of letters are worth.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Verifies the signatures of letters (PDF, or CMS as .p7s and .p7m) and of messages (XML).",
    discussion: """
      Exit code: 0 every letter is accepted (perhaps with notes), 3 one is not accepted, 1 one could not be read,
      2 the trust folder or the policy file is wrong. Nothing is fetched from the network without --fetch; with it, the
      authorities of certificates that lead to an anchor are asked (OCSP, then their lists) where the trust folder and the
      file leave open whether one was revoked. Addresses of this host and of private networks are not asked without
      --allow-private-addresses.
      LETTER.p7s is a signature beside LETTER (or beside --content); in a .p7m the letter is inside.
      """)

  @Argument(help: "Letters.", completion: .file()) var files: [String]
  @Flag(help: "A line of JSON for each letter (Schemas/letter-report.schema.json).") var json = false
  @Option(help: "The time of checking, ISO 8601; now if left out.") var at: String?
  @Option(help: "Folder with anchors/, ca/, crl/ and ocsp/; without it no certificate is trusted.") var trust: String?
  @Option(help: "JSON or YAML with “policy” and “sender”.") var policy: String?

  @Option(help: "What a .p7s signs; else the file of its name without .p7s.", completion: .file()) var content: String?

  @Flag(help: "Ask authorities over HTTP whether certificates are revoked.") var fetch = false
  @Option(help: "With --fetch: folder where their answers are kept.", completion: .directory) var cache: String?
  @Flag(help: "With --fetch: ask addresses of private networks and of this host too.") var allowPrivateAddresses = false
  @Option(help: "With --fetch: seconds that one answer may take.") var timeout = 10.0

  /// What a policy file holds; other keys are not looked at.
  private struct PolicyFile: Decodable {
    var policy: LetterPolicy?
    var sender: ExpectedSender?
    /// Whether the file has its own list of words, perhaps an empty one.
    var hasWords = false

    init() {}

    private enum CodingKeys: String, CodingKey { case policy, sender }
    private enum WordKey: String, CodingKey { case words = "organisation_words" }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      policy = try container.decodeIfPresent(LetterPolicy.self, forKey: .policy)
      sender = try container.decodeIfPresent(ExpectedSender.self, forKey: .sender)
      if policy != nil {
        hasWords = try container.nestedContainer(keyedBy: WordKey.self, forKey: .policy).contains(.words)
      }
    }
  }

  func validate() throws {
    guard content == nil || files.count == 1 else { throw ValidationError("--content goes with one file.") }
    guard fetch || (cache == nil && !allowPrivateAddresses) else {
      throw ValidationError("--cache and --allow-private-addresses go with --fetch.")
    }
    guard (0.1...300).contains(timeout) else { throw ValidationError("--timeout must be 0.1 to 300 seconds.") }
  }

  func run() async throws {
    let now = try at.map(CommandTime.parse) ?? Date()
    let rules = try policyFile()
    let verifier: LetterVerifier
    let envelope: EnvelopeVerifier
    do {
      let store =
        try trust.map { try TrustStore(folder: $0) }
        ?? TrustStore(anchors: [], intermediates: [], revocation: RevocationEvidence())
      var letterPolicy = rules.policy ?? LetterPolicy()
      if !rules.hasWords { letterPolicy.organisationWords = OrganisationWords.builtIn() }
      verifier = try LetterVerifier(trust: store, policy: letterPolicy)
      envelope = try EnvelopeVerifier(trust: store, policy: rules.policy ?? LetterPolicy())
    } catch let error as SigningError {
      throw Terminal.fail("\(error.clerk.en) [\(error.detail)]", code: 2)
    }
    let fetcher =
      fetch
      ? RevocationFetcher(
        rules: .init(timeout: timeout, allowsPrivateAddresses: allowPrivateAddresses, cacheFolder: cache)) : nil
    var decisions: Set<LetterReport.Decision> = []
    for file in files {
      let isCMS = content != nil || LetterVerifier.isCMS(path: file)
      if !isCMS, EnvelopeVerifier.isMessage(path: file) {
        var report = envelope.verify(path: file, sender: rules.sender, at: now)
        report.file = file
        decisions.insert(report.decision)
        Terminal.say(json ? try Terminal.json(report, pretty: false) : Self.text(report))
        continue
      }
      var report = await verifier.fetching(with: fetcher, at: now) { verifier in
        isCMS
          ? verifier.verify(cms: file, content: content ?? detachedContent(of: file), sender: rules.sender, at: now)
          : verifier.verify(path: file, sender: rules.sender, at: now)
      }
      for attempt in await fetcher?.takeAttempts() ?? [] { Terminal.complain("\(attempt.url): \(attempt.outcome)") }
      report.file = file
      decisions.insert(report.decision)
      Terminal.say(json ? try Terminal.json(report, pretty: false) : Self.text(report))
    }
    if decisions.contains(.unreadable) { throw ExitCode(1) }
    if decisions.contains(.reject) { throw ExitCode(3) }
  }

  /// What a `.p7s` lies beside; nil for a `.p7m`, which has its content inside.
  private func detachedContent(of file: String) -> String? {
    file.lowercased().hasSuffix(".p7s") ? String(file.dropLast(4)) : nil
  }

  private func policyFile() throws -> PolicyFile {
    guard let policy else { return PolicyFile() }
    guard let data = FileManager.default.contents(atPath: policy) else {
      throw Terminal.fail("\(policy): the policy file cannot be read.", code: 2)
    }
    do {
      // JSON is nearly YAML; where it is not (tabs), its own reader is right.
      if let read = try? JSONDecoder().decode(PolicyFile.self, from: data) { return read }
      return try YAMLDecoder().decode(PolicyFile.self, from: data)
    } catch {
      throw Terminal.fail("\(policy): not a policy file (JSON or YAML with “policy” and “sender”).", code: 2)
    }
  }

  private static func text(_ report: EnvelopeReport) -> String {
    """
    \(report.file ?? ""): \(report.decision.rawValue) core \(report.core.rawValue) \(report.codes.map(\.rawValue).joined(separator: " "))
      \(report.text.vi)
      \(report.text.en)
    """
  }

  private static func text(_ report: LetterReport) -> String {
    var lines = [
      "\(report.file ?? ""): \(report.decision.rawValue) \(report.codes.map(\.rawValue).joined(separator: " "))"
    ]
    lines.append("  \(report.text.vi)")
    lines.append("  \(report.text.en)")
    for signature in report.signatures {
      let facts = [
        ("value", signature.cryptographic), ("coverage", signature.coverage), ("changes after", signature.changesAfter),
        ("chain", signature.chain), ("revocation", signature.revocation), ("time stamp", signature.timeStamp),
      ].map { name, fact in "\(name) \(fact.result.rawValue)" + (fact.reason.map { " (\($0))" } ?? "") }
      lines.append(
        "  \(signature.field): \(signature.kind.rawValue) \(signature.level?.rawValue ?? ""), \(signature.signerName ?? "?") (\(signature.signerKind.rawValue)): "
          + facts.joined(separator: ", "))
      lines += signature.revocationEvidence.map(Self.line)
    }
    return lines.joined(separator: "\n")
  }
}

extension VerifyCommand {
  private static func line(_ fact: RevocationFact) -> String {
    var text = "    \(fact.role.rawValue) \(fact.certificate): \(fact.status.result.rawValue)"
    if let reason = fact.status.reason { text += " (\(reason))" }
    if let kind = fact.kind, let origin = fact.origin, let made = fact.thisUpdate {
      text += ", \(kind.rawValue) from the \(origin.rawValue) of \(made.formatted(.iso8601))"
    }
    if let date = fact.revokedAt { text += ", revoked \(date.formatted(.iso8601))" }
    return text
  }
}

/// A time given on the command line.
enum CommandTime {
  static func parse(_ text: String) throws -> Date {
    let formatter = ISO8601DateFormatter()
    if let date = formatter.date(from: text) { return date }
    formatter.formatOptions.insert(.withFractionalSeconds)
    if let date = formatter.date(from: text) { return date }
    throw ValidationError("--at must be a time like 2026-11-22T08:30:00+07:00.")
  }
}
