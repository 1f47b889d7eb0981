import ArgumentParser
import Connector
import Foundation
import LetterSignatures
import SigningCore
import VietnameseText

/// `lienthong sign FILE`: one signature into a letter.
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Signs a letter (PDF, PAdES) with a key in a PKCS#12 file.",
    discussion: "With --tsa the signature carries a time stamp (B-T). Earlier signatures stay valid.")

  @Argument(help: "The letter.", completion: .file()) var file: String
  @Option(help: "PKCS#12 file with the key and its certificate.", completion: .file()) var key: String
  @Option(help: "File whose first line is the key file's password.", completion: .file()) var passwordFile: String
  @Option(help: "Where to write the signed letter.", completion: .file()) var output: String
  @Option(help: "Address of a time-stamp server (RFC 3161 over HTTP); may be given several times.") var tsa: [String] =
    []
  @Option(help: "Why it is signed, shown by PDF readers.") var reason: String?
  @Option(help: "Name of the signature field; an empty one of that name is filled.") var field: String?
  @Option(help: "PNG of the hand signature or seal; needs --rect.", completion: .file()) var picture: String?
  @Option(help: "Place of the picture on the page: x,y,width,height in points from the lower left corner.") var rect:
    String?
  @Option(help: "Page of the picture, from 1; -1 is the last.") var page = -1

  func run() async throws {
    do {
      let letter = try read(file)
      // Only the first line: editors add an end of line.
      let password = String(decoding: try read(passwordFile).prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
      let signer = try SoftwareKey(pkcs12: try read(key), password: password)
      let request = SignatureRequest(
        field: field, signerName: signer.certificate.subject["CN"], reason: reason, claimedTime: Date(),
        identifier: try randomBytes(16), appearance: try appearance())
      let signed = try await LetterSigner.sign(
        pdf: letter, request, with: signer, timeStamp: tsa.isEmpty ? nil : TimeStampService(servers: tsa))
      try Data(signed).write(to: URL(filePath: output), options: .atomic)
      Terminal.say(
        "\(output): signed by \(signer.certificate.subject["CN"] ?? "?")\(tsa.isEmpty ? "" : ", with time stamp")")
    } catch let error as LetterSigningError {
      throw Terminal.fail("\(file): \(error.clerk.en) [\(error.detail)]")
    } catch {
      throw Failure.exit(for: error)
    }
  }

  private func read(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Terminal.fail("\(path): cannot be read.")
    }
    return [UInt8](data)
  }

  private func appearance() throws -> SignatureAppearance? {
    guard let picture else { return nil }
    let numbers = (rect ?? "").split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard numbers.count == 4, numbers[2] > 0, numbers[3] > 0 else {
      throw ValidationError("--picture needs --rect x,y,width,height.")
    }
    return SignatureAppearance(
      page: page, rect: .init(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]),
      picture: try read(picture))
  }
}
