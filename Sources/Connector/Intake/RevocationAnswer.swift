import Foundation
import SigningCore

/// A list or response that was fetched, with the time for which it may be used again.
struct RevocationAnswer {
  enum Content {
    case crl(RevocationList)
    case ocsp(OCSPResponse)
  }

  let content: Content
  let fetchedAt: Date
  let nextUpdate: Date?

  init(content: Content, fetchedAt: Date, nextUpdate: Date?) {
    self.content = content
    self.fetchedAt = fetchedAt
    self.nextUpdate = nextUpdate
  }

  /// Whether it may be used at `now`: neither the next one is due, nor has it been used for long. A clock that was set
  /// back makes it unusable.
  func isCurrent(at now: Date) -> Bool {
    guard now >= fetchedAt - 300 else { return false }
    if let nextUpdate {
      return now < nextUpdate && now < fetchedAt + RevocationFetcher.longestUse
    }
    return now < fetchedAt + RevocationFetcher.useWithoutDate
  }

  // MARK: On disk

  /// A file: when it was fetched and until when it holds, a line each (seconds since 1970), then the DER.
  init?(key: String, folder: String) {
    guard let path = Self.path(key, folder),
      let data = FileManager.default.contents(atPath: path), let head = Self.head(of: data)
    else { return nil }
    let der = [UInt8](data[head.end...])
    if key.hasPrefix("crl "), let list = try? RevocationList(der: der) {
      content = .crl(list)
    } else if key.hasPrefix("ocsp "), let response = try? OCSPResponse(der: der) {
      content = .ocsp(response)
    } else {
      return nil
    }
    fetchedAt = head.fetchedAt
    nextUpdate = head.nextUpdate
  }

  /// Writes it beside its place and moves it there; false when that fails.
  func write(key: String, folder: String) -> Bool {
    let der =
      switch content {
      case .crl(let list): list.der
      case .ocsp(let response): response.der
      }
    guard let path = Self.path(key, folder) else { return false }
    let until = nextUpdate.map { String(Int($0.timeIntervalSince1970)) } ?? "-"
    let data = Data("\(Int(fetchedAt.timeIntervalSince1970))\n\(until)\n".utf8) + Data(der)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
      return true
    } catch {
      return false
    }
  }

  private static func path(_ key: String, _ folder: String) -> String? {
    guard let name = try? Digest.of(Array(key.utf8)) else { return nil }
    return "\(folder)/\(name.hexadecimal).revocation"
  }

  private static func head(of data: Data) -> (fetchedAt: Date, nextUpdate: Date?, end: Data.Index)? {
    guard let first = data.firstIndex(of: 0x0A), first < data.startIndex + 32,
      let second = data[(first + 1)...].firstIndex(of: 0x0A), second < first + 32,
      let fetched = Int(String(decoding: data[..<first], as: UTF8.self))
    else { return nil }
    let until = String(decoding: data[(first + 1)..<second], as: UTF8.self)
    return (
      Date(timeIntervalSince1970: TimeInterval(fetched)),
      Int(until).map { Date(timeIntervalSince1970: TimeInterval($0)) },
      second + 1
    )
  }
}
