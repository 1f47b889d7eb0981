import ArgumentParser
import DossierMapping
import DossierModel
import Foundation
import LetterSignatures
import RequestLetter
import SigningCore
import VietnameseText

/// `lienthong dossier read`: a letter's PDF becomes a dossier, with its type, the evidence for it and all findings.
struct DossierReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Reads a request letter (PDF) back into a dossier and checks it.",
    discussion: """
      Signatures are judged in full by `lienthong verify`; here it is said whether they are there, unbroken and time \
      stamped, and with --trust whether they are trusted. Exit codes: 0 read (the JSON says as what), 1 no such file, \
      3 refused: no PDF, damaged, locked.
      """)

  @Argument(help: "The letter (.pdf).") var file: String
  @Option(help: "A list that came with it (.xlsx, .csv), or the structured dossier (.json); repeatable.")
  var with: [String] = []
  @Option(help: "Folder with anchors/, ca/, crl/ and ocsp/; without it trust in certificates is not judged.")
  var trust: String?
  @Flag(help: "JSON.") var json = false
  @Flag(help: "Add where each field stands on the pages and how sure the reading is (with --json).") var places = false
  @OptionGroup var options: DossierOptions

  func run() async throws {
    let mapping = try options.mappingSet()
    let bytes = try DossierOptions.bytes(of: file)
    let content: LetterContent
    do {
      content = try await LetterReader(layout: try LetterLayout(overriding: options.mappings)).read(Data(bytes))
    } catch {
      if json, error.code != .layoutInvalid, error.code != .toolMissing {
        let finding = DossierFinding(code: Self.findingCode(error), severity: .error, text: error.clerk)
        Terminal.say(String(decoding: try DossierReport(refused: finding).json().dropLast(), as: UTF8.self))
      }
      throw options.failure(error, name: file)
    }
    if places && json {
      Terminal.say(try Terminal.json(content))
      return
    }
    var structured: [UInt8]?
    var lists: [LetterMapper.Attachment] = []
    for name in with {
      if name.lowercased().hasSuffix(".json") {
        structured = try DossierOptions.bytes(of: name)
      } else {
        lists.append(LetterMapper.Attachment(name: name, bytes: try DossierOptions.bytes(of: name)))
      }
    }
    var context = options.context
    context.signatures = try signatures(bytes)
    let mapped = LetterMapper(mapping: mapping).map(
      letter: content, structured: structured, lists: lists, envelopeSubject: nil, context: context)
    if json {
      let report = DossierReport(mapped, content: content)
      Terminal.say(String(decoding: try report.json().dropLast(), as: UTF8.self))
      return
    }
    let vietnamese = options.language == .vietnamese
    Terminal.say("\(vietnamese ? "Loại hồ sơ" : "Type"): \(mapped.verdict.name)")
    if let code = content.head.code { Terminal.say("\(vietnamese ? "Số" : "Number"): \(code)") }
    if let subject = content.head.subject { Terminal.say("V/v \(subject)") }
    Terminal.say("\(vietnamese ? "Số dòng" : "Rows"): \(mapped.dossier?.rows.count ?? 0)")
    options.lines(mapped.findings).forEach(Terminal.say)
  }

  /// What can be said about the signatures; without a trust folder a certificate is neither trusted nor distrusted.
  private func signatures(_ bytes: [UInt8]) throws -> RuleContext.SignatureFacts? {
    let report: LetterReport
    do {
      let store =
        try trust.map { try TrustStore(folder: $0) }
        ?? TrustStore(anchors: [], intermediates: [], revocation: RevocationEvidence())
      report = try LetterVerifier(trust: store).verify(bytes, at: Date())
    } catch let error as SigningError {
      // Without a trust folder the rest of the reading is still worth having.
      guard trust != nil else { return nil }
      throw Terminal.fail("\(error.clerk[options.language]) [\(error.detail)]", code: 2)
    }
    guard report.integrity != .unreadable else { return nil }
    let signatures = report.signatures.filter { $0.kind == .signature }
    let facts = signatures.map { signature in
      [signature.cryptographic, signature.coverage, signature.changesAfter]
        + (trust == nil ? [] : [signature.chain, signature.revocation])
    }
    let kinds = signatures.map(\.signerKind)
    return RuleContext.SignatureFacts(
      count: signatures.count, allValid: !facts.joined().contains { $0.result == .failed },
      hasOrganisation: kinds.contains { $0 != .person }, hasPerson: kinds.contains { $0 != .organisation },
      organisationSignedLast: kinds.last != .person,
      allTimeStamped: signatures.allSatisfy { $0.timeStampTime != nil },
      statusKnown: trust == nil || signatures.allSatisfy { $0.revocation.result != .indeterminate })
  }

  /// The finding that says why a file was refused.
  private static func findingCode(_ error: RequestLetterError) -> String {
    switch error.code {
    case .tooLarge, .tooComplex: "X-BOMB"
    default: "X-UNREADABLE"
    }
  }
}
