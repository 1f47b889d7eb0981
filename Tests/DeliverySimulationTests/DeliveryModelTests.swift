import Foundation
import Testing

/// `Model/delivery.pml` checked by spin (Debian packages spin and build-essential) in every state that it can reach.
@Suite("The model of delivery", .serialized)
struct DeliveryModelTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Model")
  private static let environment = ProcessInfo.processInfo.environment

  /// What breaks when a guard of the model is missing.
  enum Mutation: String, CaseIterable, CustomTestStringConvertible {
    case copyBecomesDossier = "a copy is taken for a new letter"
    case lostAnswerMeansSent = "a lost answer counts as sent"
    case startRecoversNothing = "the start does not ask about what was being sent"
    case statusMeetsLetterInTheMaking = "a status about a letter that is being made again is used up"
    case takingBackForgotten = "the axis' refusal of a 13 is believed against the receiver's 15"
    case takenBackTooLate = "a letter is given back after it was accepted"

    var testDescription: String { rawValue }

    /// What stands in the model, and what is put in its place.
    var change: (old: String, new: String) {
      switch self {
      case .copyBecomesDossier: (":: received[n] == I_NONE ->\n", ":: true ->\n")
      case .lostAnswerMeansSent:
        ("doc[n] = T_UNKNOWN; moveOut(E_AXIS_OUTCOME_UNKNOWN)", "doc[n] = T_SENT; moveOut(E_AXIS_ACCEPTED)")
      case .startRecoversNothing: (":: doc[n] == T_SENDING -> doc[n] = T_UNKNOWN", ":: doc[n] == T_SENDING")
      case .statusMeetsLetterInTheMaking: ("news[n] != 0 && out[n] != O_SIGNED ->", "news[n] != 0 ->")
      case .takingBackForgotten:
        ("(flag == TELL_15 && take[n] == T_NONE)", "(flag == TELL_15 && (take[n] == T_NONE || take[n] == T_REFUSED))")
      case .takenBackTooLate: ("moveIn(F_TAKEN_BACK)", "received[n] = I_WITHDRAWN; toTell[n] = toTell[n] | TELL_15")
      }
    }
  }

  private static func program(_ name: String) -> String? {
    (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// Needed wherever everything is required; elsewhere the checks are left out without spin.
  private static var canCheck: Bool {
    environment["LIENTHONG_SAMPLES"] == "required" || (program("spin") != nil && program("cc") != nil)
  }

  @Test("has the transitions of the code")
  func transitions() throws {
    let file = Self.folder.appending(path: "transitions.pml")
    if Self.environment["LIENTHONG_WRITE_MODEL"] == "1" { try Data(LetterTransitions.promela.utf8).write(to: file) }
    #expect(try String(contentsOf: file, encoding: .utf8) == LetterTransitions.promela)
  }

  @Test(
    "has no state in which a letter is lost, doubled or moved back",
    .enabled(if: canCheck, "spin and cc are not installed: the model is not checked (Deploy/packages.sh test)"))
  func noViolation() throws {
    let answer = try Self.check(optimised: true)
    #expect(answer.contains("errors: 0"), "\(answer)")
    #expect(!answer.contains("not completed") && !answer.contains("max search depth too small"), "\(answer)")
  }

  @Test(
    "notices a missing guard",
    .enabled(if: canCheck, "spin and cc are not installed: the model is not checked (Deploy/packages.sh test)"),
    arguments: Mutation.allCases)
  func notices(_ mutation: Mutation) throws {
    let answer = try Self.check(mutation.change, optimised: false)
    #expect(answer.contains("assertion violated") && answer.contains("errors: 1"), "\(answer)")
  }

  /// Spin's answer about the model, with `change` made to it.
  private static func check(_ change: (old: String, new: String)? = nil, optimised: Bool) throws -> String {
    let spin = try #require(program("spin"), "spin is missing: apt-get install spin")
    let compiler = try #require(program("cc"), "a C compiler is missing: apt-get install build-essential")
    let work = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: work) }
    var text = try String(contentsOf: folder.appending(path: "delivery.pml"), encoding: .utf8)
    if let change {
      try #require(text.contains(change.old), "the model has changed: nothing is left of “\(change.old)”")
      text = text.replacingOccurrences(of: change.old, with: change.new)
    }
    try Data(text.utf8).write(to: work.appending(path: "delivery.pml"))
    try FileManager.default.copyItem(
      at: folder.appending(path: "transitions.pml"), to: work.appending(path: "transitions.pml"))
    var said = try run(spin, ["-a", "delivery.pml"], in: work)
    said += try run(
      compiler,
      // The order of the search is turned round where something is to be found soon.
      (optimised ? ["-O2"] : ["-O0", "-DREVERSE"]) + ["-w", "-DSAFETY", "-DMEMLIM=2048", "-o", "pan", "pan.c"], in: work
    )
    // A search far too long for this model ends by itself (minutes).
    return said + (try run(work.appending(path: "pan").path, ["-m20000", "-w\(optimised ? 24 : 20)", "-Q5"], in: work))
  }

  private static func run(_ program: String, _ arguments: [String], in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}
