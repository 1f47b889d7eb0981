import AxisClient
import Foundation
import HTTPTransport

extension Workplace {
  /// The axis as `configuration` describes it: its protocol, the way to it, whom it is trusted as.
  /// - Throws: `ConnectorError` for a secret or a TLS file that cannot be read.
  static func openAxis(_ configuration: Configuration) throws -> any AxisOperations {
    let axis = configuration.axis
    let transport = HTTPClient(
      configuration: TransportConfiguration(tls: try transportTLS(axis.tls), proxy: axis.proxy))
    let outcomes = AxisOutcomeTable.standard.replacing(with: axis.outcomes)
    let secret = try secret(in: axis.secretFile)
    switch axis.kind {
    case .vxp:
      let forwarder = axis.forwarder.map {
        AxisForwarder(url: $0.url, destinationCode: $0.dstcode, providerURL: $0.providerUrl)
      }
      let account = AxisAccount(
        endpoint: axis.url, systemID: axis.systemId, secret: secret, hashForm: axis.hashForm, retrieval: axis.retrieval,
        forwarder: forwarder)
      return AxisConnection(
        account: account, transport: transport, outcomes: outcomes, limits: axis.limits, now: { Date() })
    case .provincial:
      guard let login = axis.login else {
        throw ConnectorError(
          .secretUnreadable, vi: "axis.kind: provincial cần axis.login.", en: "axis.kind: provincial needs axis.login.")
      }
      let account = ProvincialAccount(
        endpoint: axis.url, systemID: axis.systemId, secretKey: secret, username: login.username,
        password: try self.secret(in: login.passwordFile), applicationCode: login.applicationCode)
      return ProvincialConnection(
        account: account, transport: transport, outcomes: outcomes, limits: axis.limits, now: { Date() })
    }
  }

  private static func transportTLS(_ tls: Configuration.Axis.TLS) throws -> TransportConfiguration.TLS {
    for (key, path) in [
      ("caFile", tls.caFile), ("clientCertificate", tls.clientCertificate), ("clientKey", tls.clientKey),
    ] {
      guard let path, !FileManager.default.isReadableFile(atPath: path) else { continue }
      throw ConnectorError(
        .trustUnreadable, vi: "Không đọc được tệp axis.tls.\(key): \(path)",
        en: "Cannot read the file of axis.tls.\(key), \(path): check the path and its permissions.")
    }
    return TransportConfiguration.TLS(
      authorityFile: tls.caFile, clientCertificateFile: tls.clientCertificate, clientKeyFile: tls.clientKey,
      clientKeyPassword: try tls.clientKeyPasswordFile.map(secret(in:)))
  }

  /// The one line of a file that holds a secret.
  private static func secret(in file: String) throws -> String {
    guard
      let secret = try? String(contentsOfFile: file, encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines), !secret.isEmpty
    else {
      throw ConnectorError(
        .secretUnreadable, vi: "Không đọc được tệp khóa bí mật của trục: \(file)",
        en: "Cannot read the axis' secret file \(file): give it content and read permission.")
    }
    return secret
  }
}
