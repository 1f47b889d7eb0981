import ArgumentParser
import Connector
import Foundation

/// `--config FILE`, shared by every command that speaks for one connector.
struct ConfigurationOptions: ParsableArguments {
  @Option(name: .long, help: "Configuration file (YAML); see Deploy/lienthong.example.yaml.")
  var config: String

  /// The configuration; every problem goes to standard error with its line, then exit code 2.
  func load() throws -> Configuration {
    do {
      return try Configuration(contentsOf: config)
    } catch {
      for line in error.lines { Terminal.complain(line) }
      throw ExitCode(2)
    }
  }
}

/// What commands print: results on standard output, complaints on standard error, one line each.
enum Terminal {
  static func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  /// Complains in one line and ends with `code`.
  static func fail(_ line: String, code: Int32 = 1) -> ExitCode {
    complain(line)
    return ExitCode(code)
  }

  /// Prints at once, also into a pipe.
  static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }

  /// One JSON object with sorted keys, dates in ISO 8601.
  static func json<Value: Encodable>(_ value: Value, pretty: Bool = true) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
