import AxisClient
import AxisSimulator
import Foundation
import HTTPTransport
import Logging
import Synchronization

/// A running embedded axis in a folder of its own, and clients for it.
final class AxisBench: Sendable {
  let folder: String
  let url: String
  private let task: Task<Void, any Error>

  static let agency = "000.00.15.H99"
  static let authority = "G11.99"
  static let secrets = ["SYS-A": "khóa bí mật của A", "SYS-C": "c-secret=with:signs", "SYS-P": "p-secret"]

  private init(folder: String, url: String, task: Task<Void, any Error>) {
    self.folder = folder
    self.url = url
    self.task = task
  }

  /// Starts an axis; `reusing`: the folder of one that was stopped.
  static func start(
    reusing folder: String? = nil, strict: Bool = false, faults: String? = nil, maximumMessageBytes: Int = 450 << 20,
    kind: AxisServerConfiguration.Kind = .vxp, now: @escaping @Sendable () -> Date = { Date() }
  ) async throws -> AxisBench {
    let folder = folder ?? NSTemporaryDirectory() + "/axis-" + UUID().uuidString
    var configuration = AxisServerConfiguration(
      port: 0, dataDirectory: folder,
      systems: [
        AxisSystem(id: "SYS-A", secret: secrets["SYS-A"] ?? "", codes: [agency, "H99.16"]),
        AxisSystem(id: "SYS-P", secret: secrets["SYS-P"] ?? "", codes: ["H99.17"]),
        AxisSystem(id: "SYS-C", secret: secrets["SYS-C"] ?? "", codes: [authority]),
      ])
    configuration.strictDirectory = strict
    configuration.kind = kind
    configuration.maximumMessageBytes = maximumMessageBytes
    if let faults {
      let path = folder + "-faults.json"
      try Data(faults.utf8).write(to: URL(fileURLWithPath: path))
      configuration.faultsFile = path
    }
    var logger = Logger(label: "axis")
    logger.logLevel = .critical
    let server = try AxisServer(configuration: configuration, logger: logger, now: now)
    let (ready, announce) = AsyncThrowingStream<String, any Error>.makeStream()
    let task = Task {
      do {
        try await server.run { url, _ in
          announce.yield(url)
          announce.finish()
        }
      } catch {
        announce.finish(throwing: error)
        throw error
      }
    }
    var url = ""
    for try await address in ready { url = address }
    return AxisBench(folder: folder, url: url, task: task)
  }

  /// Stops the axis; its folder stays.
  func stop() async {
    task.cancel()
    _ = await task.result
  }

  func connection(
    _ system: String, secret: String? = nil, retrieval: AxisAccount.Retrieval = .downloadThenGet,
    hashForm: AxisAccount.HashFileForm = .operatorSDK, forwarder: AxisForwarder? = nil,
    transport: TransportConfiguration = TransportConfiguration(), now: @escaping @Sendable () -> Date = { Date() }
  ) -> AxisConnection {
    AxisConnection(
      account: AxisAccount(
        endpoint: url, systemID: system, secret: secret ?? Self.secrets[system] ?? "", hashForm: hashForm,
        retrieval: retrieval, forwarder: forwarder),
      transport: HTTPClient(configuration: transport), now: now)
  }

  /// As a client of a provincial gateway; its axis must be of that kind.
  func gateway(_ system: String, secret: String? = nil, password: String? = nil) -> ProvincialConnection {
    let known = Self.secrets[system] ?? ""
    return ProvincialConnection(
      account: ProvincialAccount(
        endpoint: url, systemID: system, secretKey: secret ?? known, username: system, password: password ?? known),
      transport: HTTPClient(), now: { Date() })
  }

  var port: Int { Int(url.split(separator: ":").last ?? "") ?? 0 }

  /// A file beside the axis' folder.
  func file(_ name: String, _ bytes: some DataProtocol) throws -> String {
    let path = folder + "-" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  func path(_ name: String) -> String { folder + "-" + name }
}

/// Messages of invented people.
enum SampleMessage {
  static func document(
    from: String = AxisBench.agency, to: [String] = [AxisBench.authority], number: String = "21", padding: Int = 0
  ) -> Data {
    let receivers = to.map {
      "<edXML:To><edXML:OrganId>\($0)</edXML:OrganId><edXML:OrganName>Đơn vị nhận</edXML:OrganName></edXML:To>"
    }
    let body = padding == 0 ? "" : "<!-- " + String(repeating: "đệm ", count: padding / 6) + "-->"
    return Data(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader><edXML:From><edXML:OrganId>\(from)</edXML:OrganId><edXML:OrganName>Sở Thử nghiệm</edXML:OrganName></edXML:From>\(receivers.joined())<edXML:DocumentId>\(from),2026/11/20,\(number)/STN-VP</edXML:DocumentId><edXML:Code><edXML:CodeNumber>\(number)</edXML:CodeNumber><edXML:CodeNotation>STN-VP</edXML:CodeNotation></edXML:Code><edXML:PromulgationInfo><edXML:Place>Hà Nội</edXML:Place><edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate></edXML:PromulgationInfo><edXML:Subject>Đề nghị cấp chứng thư số</edXML:Subject></edXML:MessageHeader></edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0"/></edXML:edXMLBody></edXML:edXMLEnvelope><AttachmentEncoded/>\(body)</edXML>
      """.utf8)
  }

  static func status(from: String = AxisBench.authority, about organ: String = AxisBench.agency, code: String = "03")
    -> Data
  {
    Data(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader><edXML:From><edXML:OrganId>\(from)</edXML:OrganId></edXML:From><edXML:ResponseFor><edXML:OrganId>\(organ)</edXML:OrganId><edXML:Code>21/STN-VP</edXML:Code><edXML:DocumentId>\(organ),2026/11/20,21/STN-VP</edXML:DocumentId><edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate></edXML:ResponseFor><edXML:StatusCode>\(code)</edXML:StatusCode><edXML:Description>Đã tiếp nhận</edXML:Description><edXML:Timestamp>2026/11/20 09:10:11</edXML:Timestamp></edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>
      """.utf8)
  }
}

/// What an outcome is, as a word, for comparing.
func word<Value>(_ outcome: AxisOutcome<Value>) -> String {
  switch outcome {
  case .accepted: "accepted"
  case .refused(let refusal): "refused \(refusal.subject.rawValue) \(refusal.code)"
  case .tryAgain(let trouble): "tryAgain \(trouble.kind.rawValue) \(trouble.code)"
  case .unknown(let trouble): "unknown \(trouble.kind.rawValue) \(trouble.code)"
  }
}
