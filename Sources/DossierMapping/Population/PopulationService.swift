import Foundation
import HTTPTransport
public import VietnameseText

/// How a population register is reached.
public struct PopulationService: Sendable, Hashable {
  /// `https://…`; plain `http://` only on this machine, since the queries hold identity numbers.
  public var url: String
  /// Seconds for one query of at most `PopulationCheck.personsPerQuery` persons, 0.1 to 120.
  public var timeoutSeconds: Double
  /// File whose first line is sent as `Authorization: Bearer …`; `nil`: nothing is sent.
  public var secretFile: String?

  public static let defaultTimeoutSeconds = 10.0
  public static let timeoutRange = 0.1...120.0

  public init(url: String, timeoutSeconds: Double = Self.defaultTimeoutSeconds, secretFile: String? = nil) {
    self.url = url
    self.timeoutSeconds = timeoutSeconds
    self.secretFile = secretFile
  }

  /// Why the address may not be used; `nil`: it may.
  public static func problem(with url: String) -> ClerkSentence? {
    guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty, parts.user == nil,
      parts.password == nil, parts.fragment == nil
    else {
      return ClerkSentence(
        vi: "Địa chỉ dịch vụ đối chiếu dân cư không đúng; ghi dạng https://máy-chủ/đường-dẫn.",
        en: "The address of the population check is wrong; write https://host/path.")
    }
    let isHere = ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host.lowercased())
    if parts.scheme?.lowercased() == "https" || parts.scheme?.lowercased() == "http" && isHere { return nil }
    return ClerkSentence(
      vi: "Dịch vụ đối chiếu dân cư phải dùng https://, vì truy vấn có số định danh cá nhân.",
      en: "The population check must use https://, since its queries hold identity numbers.")
  }
}

/// A population register behind HTTP: the query is POSTed, the answer read, both by
/// `Schemas/population-check.schema.json`.
public struct HTTPPopulationRegister: PopulationRegister {
  private let service: PopulationService
  private let client: HTTPClient

  public init(_ service: PopulationService) {
    self.service = service
    var configuration = TransportConfiguration()
    configuration.maximumConnections = 1
    client = HTTPClient(configuration: configuration)
  }

  /// Why there was no answer. Nothing of the query is in it.
  public enum Failure: Error, Sendable, Hashable {
    case addressNotAllowed
    case secretUnreadable
    /// `TransportError.code`, told as its raw value.
    case notReached(String)
    case refused(status: Int)
  }

  public func answer(to query: [UInt8]) async throws -> [UInt8] {
    guard PopulationService.problem(with: service.url) == nil else { throw Failure.addressNotAllowed }
    var headers = [TransportHeader("Content-Type", "application/json"), TransportHeader("Accept", "application/json")]
    if let file = service.secretFile {
      headers.append(TransportHeader("Authorization", "Bearer " + (try secret(file))))
    }
    let range = PopulationService.timeoutRange
    let time = Duration.seconds(min(max(service.timeoutSeconds, range.lowerBound), range.upperBound))
    let limits = TransportLimits(
      connectTimeout: time, totalTimeout: time, stallTimeout: time,
      maximumResponseBytes: PopulationCheck.maximumAnswerBytes, maximumHeaderBytes: 16 << 10)
    do {
      // A question may be asked twice without harm.
      let response = try await client.send(
        TransportRequest(
          .post, url: service.url, headers: headers, body: .bytes(query), limits: limits, mayRepeat: true))
      guard response.status == 200 else { throw Failure.refused(status: response.status) }
      return response.body
    } catch let error as TransportError {
      throw Failure.notReached(error.code.rawValue)
    }
  }

  /// The first line of the file, visible ASCII of at most 4 KB.
  private func secret(_ file: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: file), data.count <= 4096,
      let line = String(data: data, encoding: .utf8)?.split(whereSeparator: \.isNewline).first,
      line.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw Failure.secretUnreadable }
    return String(line)
  }
}

extension PopulationCheck {
  /// A check against the register behind `service`.
  public init(mapping: MappingSet, service: PopulationService) {
    self.init(mapping: mapping, register: HTTPPopulationRegister(service))
  }
}
