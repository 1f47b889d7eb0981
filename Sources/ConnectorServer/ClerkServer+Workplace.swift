import ClerkPages
public import Connector
import DeliveryLedger
import Foundation
import VietnameseText

extension ClerkServer {
  /// The pages of one connector's ledger.
  ///
  /// - Parameters:
  ///   - listen: `HOST:PORT` as configured; loopback only.
  ///   - onListening: told once where the pages are, such as `http://127.0.0.1:8088/`.
  /// - Throws: `ClerkServerError`.
  public static func serving(
    _ workplace: Workplace, listen: String, onListening: (@Sendable (String) -> Void)? = nil
  ) throws(ClerkServerError) -> ClerkServer {
    let configuration = workplace.configuration
    var names = [configuration.organisation.code: configuration.organisation.name]
    let addressees = [configuration.defaultAddressee].compactMap { $0 } + configuration.addresseesByType.values
    for addressee in addressees { names[addressee.code] = addressee.name }
    for code in configuration.organisation.otherCodes { names[code] = configuration.organisation.name }
    let desk = LedgerDesk(
      ledger: workplace.ledger,
      identity: DeskIdentity(owner: configuration.organisation.name, role: role(configuration.role)), names: names,
      trouble: { workplace.store.trouble })
    return try ClerkServer(
      desk: desk, listen: ListenAddress(listen), now: workplace.clock, logger: workplace.logger,
      onListening: onListening)
  }

  private static func role(_ role: Configuration.Role) -> ClerkSentence {
    switch role {
    case .agency: ClerkSentence(vi: "Cơ quan đề nghị", en: "Requesting agency")
    case .ca: ClerkSentence(vi: "Tổ chức chứng thực", en: "Certification authority")
    case .delegate: ClerkSentence(vi: "Cơ quan được giao trả lời", en: "Delegated body")
    }
  }
}
