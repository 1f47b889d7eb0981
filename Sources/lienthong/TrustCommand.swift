import ArgumentParser
import Connector
import DeliveryLedger
import Foundation
import SigningCore
import VietnameseText

/// `lienthong trust …`: whom we trust, and which certificates speak for which organisation.
struct TrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Trust anchors, and which certificate speaks for which organisation.",
    subcommands: [List.self, TrustAddCommand.self, TrustCheckCommand.self, Bind.self, End.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Anchors, intermediates and bindings, with warnings about what expires within 60 days.")
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      do {
        let configuration = try options.load()
        let trust = try TrustStore(folder: configuration.trustFolder)
        let now = Date()
        for age in trust.ages(at: now) {
          let until = age.until.map { "until \(StatusText.time($0))" } ?? "no end named"
          Terminal.say(
            [age.role.rawValue, age.name, until, age.warning].filter { !$0.isEmpty }.joined(separator: "  "))
        }
        for binding in try await Workplace.openLedger(configuration).bindings() {
          let what =
            binding.fingerprint.map { "sha256:\($0)" }
            ?? (binding.subject ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: ", ")
          var end = binding.endedAt.map { "  ended \(StatusText.time($0))" } ?? ""
          if binding.endedAt == nil, let until = binding.validUntil, until < now + TrustStore.warningTime {
            end = until < now ? "  EXPIRED" : "  EXPIRES SOON (\(StatusText.time(until)))"
          }
          Terminal.say("binding \(binding.id)  \(binding.organId)  \(what)  by \(binding.boundBy)\(end)")
        }
      } catch let error as SigningError {
        throw Terminal.fail("\(error.clerk.en) [\(error.detail)]", code: 2)
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct Bind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bind", abstract: "Says that a certificate speaks for an organisation; only a person may say so.",
      discussion:
        "By the certificate itself (its fingerprint), or with --subject by its subject, which also holds for its successor."
    )
    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The organisation's code.") var code: String
    @Option(help: "Certificate file (PEM or DER).") var certificate: String
    @Flag(help: "Bind the subject (CN, O, UID) instead of this one certificate.") var subject = false
    @Option(help: "Who says so.") var by: String = NSUserName()

    func run() async throws {
      do {
        let configuration = try options.load()
        guard let bytes = FileManager.default.contents(atPath: certificate) else {
          throw ConnectorError(
            .fileUnreadable, vi: "Không đọc được tệp \(certificate).", en: "Cannot read \(certificate).")
        }
        guard let first = try Certificate.all(in: [UInt8](bytes)).first else {
          throw ConnectorError(
            .fileUnreadable, vi: "\(certificate) không có chứng thư.", en: "\(certificate) has no certificate.")
        }
        let names = ["CN", "O", "UID"].compactMap { name in first.subject[name].map { (name, $0) } }
        let ledger = try Workplace.openLedger(configuration)
        let binding = try await ledger.bind(
          organId: code, subject: subject ? Dictionary(uniqueKeysWithValues: names) : nil,
          fingerprint: subject ? nil : first.fingerprint, validFrom: first.notBefore,
          validUntil: subject ? nil : first.notAfter, by: by, source: "lienthong trust bind", at: Date())
        Terminal.say("binding \(binding.id): \(code) speaks with \(first.subject)")
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct End: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "end", abstract: "Ends a binding.")
    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Number of the binding, as “trust list” shows it.") var binding: Int64
    @Option(help: "Who says so.") var by: String = NSUserName()

    func run() async throws {
      do {
        try await Workplace.openLedger(try options.load()).endBinding(binding, by: by, at: Date())
        Terminal.say("binding \(binding) ended")
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }
}
