public import ArgumentParser
import Connector
import Foundation
import LetterSignatures
import SigningCore
import VietnameseText

/// `lienthong sign FILE`: one signature into a letter, at once or in two steps.
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Signs a letter (PDF, PAdES) or any file (CMS) with a key file or a token.",
    discussion: """
      Earlier signatures stay valid. The signature is B-B, with --tsa B-T; --level B-LT and B-LTA need --tsa and --trust.
      Invisible unless --act, --picture or --stamp-text says what is shown.
      Acts (NĐ 30/2020, Phụ lục I): approve (leader's picture), initial (ký nháy), issue (seal over a third of the leader's
      signature; --number and --date are put on the page), annex and copy (stamp at the top right), comment.
      A key elsewhere (remote, phone): --prepare STATE --certificate CERT, sign the bytes outside, --complete STATE
      --signature VALUE. Exit code: 0 signed, 1 could not be signed.
      """)

  @Argument(help: "The letter.", completion: .file()) var file: String
  @Option(name: [.customShort("o"), .long], help: "Where to write the signed file.", completion: .file())
  var output: String?
  @Option(help: "pdf, or a CMS of its own: p7s (detached) or p7m (the file inside).") var format = SignatureFormat.pdf
  @Option(help: "B-B, B-T, B-LT or B-LTA; B-T with --tsa, else B-B.") var level: SignatureLevel?
  @Option(help: "Address of a time-stamp server (RFC 3161 over HTTP); may be given several times, tried in order.")
  var tsa: [String] = []
  @Option(
    help: "Folder with anchors/, ca/, crl/ and ocsp/: validation data for B-LT and B-LTA.", completion: .directory)
  var trust: String?
  @Option(help: "Why it is signed, shown by PDF readers.") var reason: String?
  @Option(help: "Where it is signed, shown by PDF readers.") var location: String?
  @Option(help: "Name of the signature field; an empty one of that name is filled.") var field: String?

  @OptionGroup(title: "Key") var keyOptions: SignKeyOptions
  @OptionGroup(title: "Appearance") var appearanceOptions: SignAppearanceOptions
  @OptionGroup(title: "Two steps") var steps: SignStepOptions

  /// What the signed file is.
  enum SignatureFormat: String, ExpressibleByArgument, CaseIterable {
    case pdf, p7s, p7m
  }

  private var wantedLevel: SignatureLevel { level ?? (tsa.isEmpty ? .basic : .timeStamped) }

  func validate() throws {
    guard steps.prepare == nil || steps.complete == nil else {
      throw ValidationError("--prepare and --complete are two steps: give one of them.")
    }
    if wantedLevel.needsTimeStamp, tsa.isEmpty, steps.prepare == nil {
      throw ValidationError("--level \(wantedLevel.rawValue) needs --tsa.")
    }
    if !wantedLevel.needsTimeStamp, !tsa.isEmpty {
      throw ValidationError("--level B-B carries no time stamp: leave --tsa out.")
    }
    if wantedLevel.needsValidationData, trust == nil, steps.prepare == nil {
      throw ValidationError("--level \(wantedLevel.rawValue) needs --trust.")
    }
    if output == nil, steps.prepare == nil { throw ValidationError("Missing expected argument '--output <output>'.") }
    guard format == .pdf || !wantedLevel.needsValidationData else {
      throw ValidationError("A CMS file is signed as B-B or B-T.")
    }
    if format != .pdf {
      guard steps.isAtOnce else { throw ValidationError("Two steps are for PDF letters.") }
      guard field == nil, reason == nil, location == nil, appearanceOptions.isEmpty else {
        throw ValidationError("A CMS file has no field, reason, location or appearance.")
      }
    }
    if steps.isAtOnce {
      guard keyOptions.isGiven else { throw ValidationError("Give the key by --key FILE or --token LABEL.") }
    } else if keyOptions.isGiven {
      throw ValidationError("In two steps the key is elsewhere: leave --key and --token out.")
    }
  }

  func run() async throws {
    do {
      let letter = try SignFiles.read(file)
      if let state = steps.prepare { return try await prepare(letter, state) }
      let finished: [UInt8]
      let signer: String
      if let state = steps.complete {
        (finished, signer) = try await complete(letter, state)
      } else {
        let key = try keyOptions.open()
        signer = key.certificate.subject["CN"] ?? "?"
        finished = format == .pdf ? try await signPDF(letter, with: key) : try await signCMS(letter, with: key)
      }
      let output = output ?? ""
      try Data(finished).write(to: URL(filePath: output), options: .atomic)
      Terminal.say("\(output): signed by \(signer), \(wantedLevel.rawValue)")
    } catch let error as LetterSigningError {
      throw Terminal.fail("\(file): \(error.clerk.en) [\(error.detail)]")
    } catch {
      throw Failure.exit(for: error)
    }
  }

  private var timeStamps: TimeStampService? { wantedLevel.needsTimeStamp ? TimeStampService(servers: tsa) : nil }

  private func request(
    _ letter: [UInt8], signer: Certificate?
  ) async throws -> (request: SignatureRequest, appearances: [SignatureAppearance]) {
    let now = Date()
    let request = SignatureRequest(
      field: field, signerName: signer?.subject["CN"], reason: reason ?? appearanceOptions.act?.reason,
      location: location, claimedTime: now, identifier: try randomBytes(16))
    let plan = try appearanceOptions.plan(signer: signer, at: now)
    return (request, try await AppearancePlanner.appearances(plan, in: letter))
  }

  private func signPDF(_ letter: [UInt8], with key: any Signer) async throws -> [UInt8] {
    let (request, appearances) = try await request(letter, signer: key.certificate)
    return try await extended(
      try await LetterSigner.sign(pdf: letter, request, showing: appearances, with: key, timeStamp: timeStamps))
  }

  private func extended(_ signed: [UInt8]) async throws -> [UInt8] {
    guard wantedLevel.needsValidationData, let trust else { return signed }
    return try await LetterSigner.extend(
      pdf: signed, to: wantedLevel, trust: try TrustStore(folder: trust), timeStamp: timeStamps,
      SignatureRequest(claimedTime: Date(), identifier: try randomBytes(16)))
  }

  private func signCMS(_ content: [UInt8], with key: any Signer) async throws -> [UInt8] {
    try await LetterSigner.signCMS(
      content, format == .p7s ? .detached : .enveloping, with: key, timeStamp: timeStamps)
  }

  // MARK: Two steps

  private func prepare(_ letter: [UInt8], _ state: String) async throws {
    let certificates = try steps.certificate.map { try Certificate.all(in: try SignFiles.read($0)) } ?? []
    var (request, appearances) = try await request(letter, signer: certificates.first)
    guard appearances.count <= 1 else {
      throw Terminal.fail(
        "\(file): this act takes \(appearances.count) signatures; in two steps put number and date on the page first.")
    }
    request.appearance = appearances.first
    let pending = try PendingSignature(
      pdf: letter, request, certificate: certificates.first,
      chain: certificates.dropFirst().filter { !$0.isSelfIssued }, scheme: steps.scheme)
    try Data(try pending.stored()).write(to: URL(filePath: state), options: .atomic)
    if let file = steps.toSign {
      // Without a certificate the other side makes the whole CMS, over the digest.
      let bytes = pending.bytesToSign?.bytes ?? Array(pending.prepared.digest)
      try Data(bytes).write(to: URL(filePath: file), options: .atomic)
    }
    if let bytes = pending.bytesToSign {
      Terminal.say("scheme \(bytes.scheme.rawValue)")
      Terminal.say("digest to sign \(bytes.digest.hexadecimal)")
    }
    Terminal.say(
      "letter digest \(pending.prepared.digestAlgorithm.rawValue) \(Array(pending.prepared.digest).hexadecimal)")
    Terminal.say("\(state): prepared; keep it and \(file) until the signature is there")
  }

  private func complete(_ letter: [UInt8], _ state: String) async throws -> ([UInt8], String) {
    let pending = try PendingSignature(stored: try SignFiles.read(state))
    let signed: [UInt8]
    if let cms = steps.cms {
      signed = try await pending.complete(
        cms: try CMSSignature.der(inFile: try SignFiles.read(cms)), pdf: letter, timeStamp: timeStamps)
    } else if let value = steps.signature {
      signed = try await pending.complete(signature: try SignFiles.read(value), pdf: letter, timeStamp: timeStamps)
    } else {
      throw ValidationError("--complete needs --signature FILE or --cms FILE.")
    }
    return (try await extended(signed), "the key outside")
  }
}

extension SignatureLevel: ExpressibleByArgument {}
extension SignatureScheme: ExpressibleByArgument {}

/// The two steps of a key that is elsewhere.
struct SignStepOptions: ParsableArguments {
  @Option(help: "First step: keep a place for the signature and write the state to this file.", completion: .file())
  var prepare: String?
  @Option(help: "With --prepare: certificate of the key, then those above it (PEM or DER).", completion: .file())
  var certificate: String?
  @Option(help: "With --prepare: how the key signs; its usual way if left out.") var scheme: SignatureScheme?
  @Option(help: "With --prepare: write the bytes to be signed to this file.", completion: .file()) var toSign: String?
  @Option(help: "Second step: the state that --prepare wrote.", completion: .file()) var complete: String?
  @Option(help: "With --complete: the signature value over the bytes.", completion: .file()) var signature: String?
  @Option(help: "With --complete: a whole CMS (DER or PEM) over the letter's digest.", completion: .file())
  var cms: String?

  var isAtOnce: Bool { prepare == nil && complete == nil }

  func validate() throws {
    if prepare == nil, certificate != nil || toSign != nil || scheme != nil {
      throw ValidationError("--certificate, --scheme and --to-sign go with --prepare.")
    }
    if complete == nil, signature != nil || cms != nil {
      throw ValidationError("--signature and --cms go with --complete.")
    }
    if complete != nil, (signature == nil) == (cms == nil) {
      throw ValidationError("--complete needs exactly one of --signature and --cms.")
    }
  }
}

/// Files that `lienthong sign` reads.
enum SignFiles {
  static func read(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Terminal.fail("\(path): cannot be read.")
    }
    return [UInt8](data)
  }
}
