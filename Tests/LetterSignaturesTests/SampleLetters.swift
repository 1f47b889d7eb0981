import Foundation
import LetterSignatures
import SigningCore

/// The 64 sample letters with their PKI and expected answers.
struct SampleLetters {
  struct Expectation: Decodable {
    let file: String
    let group: String
    let verdict: String
    let errors: [String]
    let alsoOK: [String]?
    let signatures: Int
    let level: String?
    let indication: String?
    let subindication: String?

    private enum CodingKeys: String, CodingKey {
      case file, group, verdict, errors, signatures, level, indication, subindication
      case alsoOK = "also_ok"
    }
  }

  struct Expected: Decodable {
    let validationTime: String
    let sender: ExpectedSender
    let policy: LetterPolicy
    let cases: [Expectation]

    private enum CodingKeys: String, CodingKey {
      case sender, policy, cases
      case validationTime = "validation_time"
    }
  }

  /// The folder of samples: `LIENTHONG_SAMPLES_DIR`, else beside the package.
  static let folder: String? = {
    if let set = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES_DIR"] { return set }
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let beside = root.deletingLastPathComponent().appending(path: "shared/samples").path
    return FileManager.default.fileExists(atPath: beside) ? beside : nil
  }()

  static let areRequired = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"
  /// Without samples these tests are skipped, unless they are required: then they run, and fail.
  static let areAtHand = folder != nil || areRequired

  struct Missing: Error {}

  let letters: String
  let expected: Expected
  let now: Date
  let trust: TrustStore

  init() throws {
    guard let folder = Self.folder else { throw Missing() }
    letters = folder + "/letters"
    let data = try Data(contentsOf: URL(filePath: letters + "/expected.json"))
    expected = try JSONDecoder().decode(Expected.self, from: data)
    guard let now = ISO8601DateFormatter().date(from: expected.validationTime) else { throw Missing() }
    self.now = now
    trust = try TrustStore(folder: letters + "/pki")
  }

  func verifier() throws -> LetterVerifier { try LetterVerifier(trust: trust, policy: expected.policy) }

  func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: "\(letters)/\(file)"))) }
}
