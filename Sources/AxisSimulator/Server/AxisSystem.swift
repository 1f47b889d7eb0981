import Foundation

/// One system that may call the axis: its id, its secret, and the agency codes it speaks for.
public struct AxisSystem: Sendable {
  public let id: String
  let secret: [UInt8]
  public let codes: [String]

  public init(id: String, secret: String, codes: [String]) {
    self.id = id
    self.secret = Array(secret.utf8)
    self.codes = codes
  }

  /// Reads `ID=SECRET:CODE,CODE…`, or `ID=@FILE:CODE,CODE…` where the file's first line is the secret.
  ///
  /// The secret may hold `=`; the codes come after the last colon.
  public init(argument: String) throws(AxisServerError) {
    guard let equals = argument.firstIndex(of: "="), let colon = argument.lastIndex(of: ":"), equals < colon else {
      throw AxisServerError(.badSystem, "--system must be ID=SECRET:CODE,CODE… or ID=@FILE:CODE,CODE…")
    }
    let id = String(argument[..<equals])
    var secret = String(argument[argument.index(after: equals)..<colon])
    let codes = argument[argument.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard Self.isPlain(id), !codes.isEmpty, codes.allSatisfy(Self.isCode), Set(codes).count == codes.count else {
      throw AxisServerError(.badSystem, "--system \(id.prefix(40)): the id or the codes are wrong or repeated")
    }
    if secret.hasPrefix("@") {
      let path = String(secret.dropFirst())
      guard let data = FileManager.default.contents(atPath: path), data.count <= 4096,
        let text = String(data: data, encoding: .utf8)
      else {
        throw AxisServerError(.secretFileUnreadable, "--system \(id): cannot read the secret from \(path)")
      }
      secret = text.split(whereSeparator: \.isNewline).first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }
    guard !secret.isEmpty else { throw AxisServerError(.badSystem, "--system \(id): the secret is empty") }
    self.init(id: id, secret: secret, codes: codes)
  }

  /// An agency code as they are met: groups of letters and digits, at most 35 characters.
  static func isCode(_ text: String) -> Bool {
    text.utf8.count <= 35 && !text.isEmpty
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { group in
        !group.isEmpty
          && group.utf8.allSatisfy {
            $0 < 0x7f
              && (Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_"))
          }
      }
  }

  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 100 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
  }
}

extension AxisSystem: CustomStringConvertible, CustomReflectable {
  /// Without the secret.
  public var description: String { "AxisSystem(\(id): \(codes.joined(separator: ",")))" }
  public var customMirror: Mirror { Mirror(self, children: ["id": id, "codes": codes]) }
}
