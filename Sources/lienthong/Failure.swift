import ArgumentParser
import AxisSimulator
import Connector
import ConnectorServer
import DeliveryLedger
import DossierMapping
import EdXML
import Foundation
import LetterSignatures
import RequestLetter
import SigningCore
import VietnameseText

/// Turns what went wrong into one clear line and an exit code.
enum Failure {
  /// Prints the line and gives the code: 2 where the configuration must be mended, 3 where the checks refuse dossier or
  /// letter, else 1.
  static func exit(for error: any Error) -> any Error {
    switch error {
    case let error as ExitCode: error
    case let error as CleanExit: error
    case let error as ValidationError: error
    case let error as ConnectorError:
      Terminal.fail(line(error.clerk, error.detail), code: connectorCode(error))
    case let error as LedgerError: Terminal.fail(line(error.clerk, error.detail), code: ledgerCode(error))
    case let error as SigningError: Terminal.fail(line(error.clerk, error.detail))
    case let error as EdXMLError: Terminal.fail(line(error.clerk, error.detail))
    case let error as RequestLetterError:
      Terminal.fail(line(error.clerk, error.detail), code: error.code == .layoutInvalid ? 2 : 1)
    case let error as DossierMappingError:
      Terminal.fail(line(error.clerk, error.detail), code: error.code == .structuredDossierWrong ? 1 : 2)
    case let error as ClerkServerError: Terminal.fail(line(error.clerk, error.detail), code: 2)
    case let error as AxisServerError: Terminal.fail(line(error.clerk, error.detail), code: 2)
    case let error as CocoaError:
      Terminal.fail("\(error.filePath ?? error.url?.path ?? "file"): \(error.localizedDescription)")
    default: Terminal.fail("\(error)".split(whereSeparator: \.isNewline).joined(separator: " "))
    }
  }

  private static func connectorCode(_ error: ConnectorError) -> Int32 {
    switch error.code {
    case .dossierRefused, .letterRefused: 3
    default: error.isConfiguration ? 2 : 1
    }
  }

  private static func ledgerCode(_ error: LedgerError) -> Int32 {
    switch error.code {
    case .notWritable, .newerFile, .notALedger, .badPattern: 2
    default: 1
    }
  }

  private static func line(_ clerk: ClerkSentence, _ detail: String) -> String {
    let detail = detail.isEmpty || clerk.en.contains(detail) ? "" : " [\(detail)]"
    return (clerk.en + detail).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
