import Foundation
import LetterSignatures
import SigningCore
import Synchronization

/// Verifiers by trust folder, kept while no file of the folder changes: reading an authority's long lists anew for each
/// letter would cost more than the letter.
enum KnownVerifiers {
  private struct Entry {
    let folder: String
    let policy: LetterPolicy
    let files: [String]
    let verifier: LetterVerifier
  }

  private static let known = Mutex<[Entry]>([])
  private static let limit = 8

  /// The verifier for the folder as it stands now.
  static func verifier(folder: String, policy: LetterPolicy) throws(SigningError) -> LetterVerifier {
    // Listed before it is read: what changes meanwhile makes the next listing another one.
    let files = state(of: folder)
    let entry = known.withLock { $0.first { $0.folder == folder && $0.policy == policy && $0.files == files } }
    if let entry { return entry.verifier }
    let verifier = try LetterVerifier(trust: TrustStore(folder: folder), policy: policy)
    known.withLock { known in
      known.removeAll { $0.folder == folder && $0.policy == policy }
      if known.count >= limit { known.removeFirst() }
      known.append(Entry(folder: folder, policy: policy, files: files, verifier: verifier))
    }
    return verifier
  }

  /// Name, size, place and times of every file.
  private static func state(of folder: String) -> [String] {
    ["anchors", "ca", "crl", "ocsp"].flatMap { part in
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(part)")) ?? []).sorted().map { name in
        var status = stat()
        guard stat("\(folder)/\(part)/\(name)", &status) == 0 else { return "\(part)/\(name)" }
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        return "\(part)/\(name) \(status.st_size) \(status.st_ino) \(times.joined(separator: " "))"
      }
    }
  }
}
