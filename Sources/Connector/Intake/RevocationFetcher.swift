public import Foundation
import HTTPTransport
public import SigningCore

/// Asks authorities whether certificates are revoked: OCSP first, else their lists, over HTTP at the addresses that the
/// certificates name.
///
/// Only certificates whose path holds to a configured anchor are asked for (`RevocationNeed`), so no stranger chooses an
/// address. What comes back is trusted no more than what a file brings: `PathValidator` checks signer, scope and dates.
public actor RevocationFetcher {
  /// What may be asked and how long that may take.
  public struct Rules: Sendable, Equatable {
    /// For one request, seconds.
    public var timeout: Double
    /// Largest answer, bytes.
    public var maximumBytes: Int
    /// Whether addresses of private networks and of this host may be asked, for authorities inside one's own network.
    public var allowsPrivateAddresses: Bool
    /// Where answers are kept between runs; nil: in memory only.
    public var cacheFolder: String?

    public init(
      timeout: Double = 10, maximumBytes: Int = 20 << 20, allowsPrivateAddresses: Bool = false,
      cacheFolder: String? = nil
    ) {
      self.timeout = timeout
      self.maximumBytes = maximumBytes
      self.allowsPrivateAddresses = allowsPrivateAddresses
      self.cacheFolder = cacheFolder
    }
  }

  /// One address that was asked, for the operator.
  public struct Attempt: Sendable, Hashable {
    public let url: String
    /// `fetched`, `cached`, or why there is no answer.
    public let outcome: String
  }

  /// An answer is used again until the next one is due, but never longer.
  static let longestUse: TimeInterval = 6 * 3_600
  /// One without such a date.
  static let useWithoutDate: TimeInterval = 600
  /// An address that failed is left alone for so long.
  static let pause: TimeInterval = 60
  /// Certificates asked for in one call, addresses of each, redirections of each address.
  static let needLimit = 16
  static let addressLimit = 4
  static let redirectionLimit = 3
  /// Answers held in memory.
  static let memoryLimit = 256

  let rules: Rules
  private let client: HTTPClient
  private var memory: [String: RevocationAnswer] = [:]
  private var failures: [String: Date] = [:]
  private var attempts: [Attempt] = []

  public init(rules: Rules = Rules()) {
    self.rules = rules
    var configuration = TransportConfiguration(maximumConnections: 4, userAgent: "LienThong")
    configuration.publicAddressesOnly = !rules.allowsPrivateAddresses
    client = HTTPClient(configuration: configuration)
  }

  /// What was asked since the last call.
  public func takeAttempts() -> [Attempt] {
    defer { attempts = [] }
    return attempts
  }

  /// Lists and responses for `needs`, as many as could be had.
  public func evidence(for needs: [RevocationNeed], at now: Date) async -> RevocationEvidence {
    var evidence = RevocationEvidence()
    for need in needs.prefix(Self.needLimit) {
      if let response = await response(for: need, at: now) {
        evidence = evidence.merging(RevocationEvidence(ocspResponses: [response]))
      } else if let list = await list(for: need, at: now) {
        evidence = evidence.merging(RevocationEvidence(crls: [list]))
      }
    }
    return evidence
  }

  // MARK: OCSP

  private func response(for need: RevocationNeed, at now: Date) async -> OCSPResponse? {
    for url in Self.usable(need.certificate.ocspURLs) {
      let key = "ocsp \(url) \(need.certificate.fingerprint)"
      if case .ocsp(let response)? = cached(key, url, at: now) { return response }
      guard mayAsk(key, url, at: now) else { continue }
      do {
        let request = try OCSPRequest(
          certificate: need.certificate, issuer: need.issuer, nonce: try randomBytes(16))
        let bytes = try await exchange(
          TransportRequest(
            .post, url: url,
            headers: [
              TransportHeader("Content-Type", "application/ocsp-request"),
              TransportHeader("Accept", "application/ocsp-response"),
            ], body: .bytes(request.der), limits: limits, mayRepeat: true))
        let response = try request.response(from: bytes)
        guard let dates = response.dates(of: need.certificate, issuer: need.issuer), dates.thisUpdate <= now + 300,
          (dates.nextUpdate ?? .distantFuture) > now
        else { throw RevocationFetchError.notAnswering }
        keep(.ocsp(response), key, url, until: dates.nextUpdate, at: now)
        return response
      } catch {
        failed(key, url, error, at: now)
      }
    }
    return nil
  }

  // MARK: Lists

  private func list(for need: RevocationNeed, at now: Date) async -> RevocationList? {
    for url in Self.usable(need.certificate.crlURLs) {
      let key = "crl \(url)"
      if case .crl(let list)? = cached(key, url, at: now) { return list }
      guard mayAsk(key, url, at: now) else { continue }
      do {
        let bytes = try await download(url)
        guard let list = try RevocationList.all(in: bytes).first(where: { $0.isNamed(for: need.issuer) }),
          list.thisUpdate <= now + 300
        else { throw RevocationFetchError.notAnswering }
        // What the issuer did not sign is handed on to be judged, but does not stay.
        if list.isSigned(by: need.issuer) { keep(.crl(list), key, url, until: list.nextUpdate, at: now) }
        note(url, "fetched")
        return list
      } catch {
        failed(key, url, error, at: now)
      }
    }
    return nil
  }

  // MARK: Over the network

  private var limits: TransportLimits {
    TransportLimits(
      connectTimeout: .seconds(min(rules.timeout, 10)), totalTimeout: .seconds(rules.timeout),
      stallTimeout: .seconds(min(rules.timeout, 10)), maximumResponseBytes: rules.maximumBytes)
  }

  private func exchange(_ request: TransportRequest) async throws -> [UInt8] {
    let answer = try await client.send(request)
    guard answer.status == 200 else { throw RevocationFetchError.status(answer.status) }
    return answer.body
  }

  private func download(_ address: String) async throws -> [UInt8] {
    var url = address
    for _ in 0...Self.redirectionLimit {
      let answer = try await client.send(TransportRequest(.get, url: url, limits: limits, mayRepeat: true))
      if answer.status == 200 { return answer.body }
      guard [301, 302, 303, 307, 308].contains(answer.status), let place = answer.header("Location"),
        let next = URL(string: place, relativeTo: URL(string: url))?.absoluteString, Self.isUsable(next)
      else { throw RevocationFetchError.status(answer.status) }
      url = next
    }
    throw RevocationFetchError.tooManyRedirections
  }

  private static func usable(_ urls: [String]) -> ArraySlice<String> { urls.filter(isUsable).prefix(addressLimit) }

  /// LDAP and the like are not spoken; an address with a password in it is nobody's list.
  static func isUsable(_ text: String) -> Bool {
    guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host, !host.isEmpty, url.user == nil, url.password == nil, text.utf8.count <= 2048
    else { return false }
    return true
  }

  // MARK: Memory and disk

  private func cached(_ key: String, _ url: String, at now: Date) -> RevocationAnswer.Content? {
    if memory[key] == nil, let folder = rules.cacheFolder {
      memory[key] = RevocationAnswer(key: key, folder: folder)
    }
    guard let answer = memory[key], answer.isCurrent(at: now) else { return nil }
    note(url, "cached")
    return answer.content
  }

  private func keep(_ content: RevocationAnswer.Content, _ key: String, _ url: String, until: Date?, at now: Date) {
    if memory.count >= Self.memoryLimit { memory.removeAll() }
    let answer = RevocationAnswer(content: content, fetchedAt: now, nextUpdate: until)
    memory[key] = answer
    failures[key] = nil
    if let folder = rules.cacheFolder, !answer.write(key: key, folder: folder) {
      note(url, "the cache folder cannot be written")
    }
    if case .ocsp = content { note(url, "fetched") }
  }

  private func mayAsk(_ key: String, _ url: String, at now: Date) -> Bool {
    guard let last = failures[key], abs(now.timeIntervalSince(last)) < Self.pause else { return true }
    note(url, "failed a moment ago")
    return false
  }

  private func failed(_ key: String, _ url: String, _ error: any Error, at now: Date) {
    if failures.count >= Self.memoryLimit { failures.removeAll() }
    failures[key] = now
    switch error {
    case let error as TransportError: note(url, "\(error.code.rawValue): \(error.detail)")
    case let error as SigningError: note(url, error.code.rawValue)
    case let error as RevocationFetchError: note(url, error.words)
    default: note(url, "failed")
    }
  }

  private func note(_ url: String, _ outcome: String) {
    if attempts.count < 64 { attempts.append(Attempt(url: url, outcome: outcome)) }
  }
}

/// Why an address gave no answer.
enum RevocationFetchError: Error {
  case status(Int)
  case tooManyRedirections
  case notAnswering

  var words: String {
    switch self {
    case .status(let status): "HTTP status \(status)"
    case .tooManyRedirections: "too many redirections"
    case .notAnswering: "the answer is about something else, or out of date"
    }
  }
}
