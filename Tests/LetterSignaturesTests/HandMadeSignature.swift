import Foundation
import LetterSignatures
import PDFDocument
import SigningCore
import Testing

/// A signature or document time stamp put into a letter byte by byte, in ways that our own software never writes it.
struct HandMadeSignature {
  /// The field's further entries; `@0`, `@1` … stand for references to ``objects``.
  var field = ""
  var rect = "0 0 0 0"
  var subtype = "/Widget"
  var subFilter = "/ETSI.CAdES.detached"
  /// The signature dictionary's further entries.
  var entries = ""
  var objects: [String] = []
  /// The dictionary stands in the field itself.
  var isDirect = false
  /// The object number of a field that is written anew.
  var replacing: PDFReference?
  var name = "Tay1"

  private static let capacity = 9000

  /// The letter with it; `make` gets the digest of the signed bytes.
  func added(to letter: [UInt8], _ make: ([UInt8]) async throws -> [UInt8]) async throws -> [UInt8] {
    let file = try PDFFile(PDFSource(bytes: letter))
    var update = try IncrementalUpdate(file)
    let own = update.newReference()
    let widget = replacing ?? update.newReference()
    let references = objects.map { _ in update.newReference() }
    func filled(_ text: String) -> [UInt8] {
      var text = text
      for (index, reference) in references.enumerated() { text = text.replacing("@\(index)", with: "\(reference)") }
      return Array(text.utf8)
    }
    let dictionary =
      "<</Type /\(subFilter.contains("3161") ? "DocTimeStamp" : "Sig") /Filter /Adobe.PPKLite /SubFilter \(subFilter) /ByteRange [0 **********"
      + " ********** **********] /Contents <\(String(repeating: "0", count: 2 * Self.capacity))> \(entries)>>"
    let page = try #require(try file.pages(in: file.current).first)
    if !isDirect { update.set(own, body: filled(dictionary)) }
    update.set(
      widget,
      body: filled(
        "<</Type /Annot /Subtype \(subtype) /FT /Sig /T (\(name)) /F 132 /Rect [\(rect)] /P \(page) /V \(isDirect ? dictionary : "\(own)") \(field)>>"
      ))
    for (reference, object) in zip(references, objects) { update.set(reference, body: filled(object)) }
    if replacing == nil { try list(widget, page, &update, file) }
    var bytes = letter + update.appendix(identifier: [UInt8](repeating: 8, count: 16)).bytes
    return try await sign(&bytes, from: letter.count, make)
  }

  /// Puts the widget into its page and its field into the form.
  private func list(
    _ widget: PDFReference, _ page: PDFReference, _ update: inout IncrementalUpdate, _ file: PDFFile
  ) throws {
    var dictionary = try #require(try file.object(page, in: file.current).dictionary)
    let annotations = try file.resolve(dictionary["Annots"], in: file.current).array ?? []
    dictionary["Annots"] = .array(annotations + [.reference(widget)])
    update.set(page, .dictionary(dictionary))
    var catalog = try file.catalog(in: file.current)
    var form = try file.resolve(catalog["AcroForm"], in: file.current).dictionary ?? PDFDictionary()
    form["Fields"] = .array((form["Fields"]?.array ?? []) + [.reference(widget)])
    form["SigFlags"] = .integer(3)
    if let reference = catalog["AcroForm"]?.reference {
      update.set(reference, .dictionary(form))
    } else {
      let reference = update.newReference()
      update.set(reference, .dictionary(form))
      catalog["AcroForm"] = .reference(reference)
      update.set(try #require(file.current.trailer["Root"]?.reference), .dictionary(catalog))
    }
  }

  private func sign(
    _ bytes: inout [UInt8], from start: Int, _ make: ([UInt8]) async throws -> [UInt8]
  ) async throws -> [UInt8] {
    let mark = Data("[0 ********** ********** **********]".utf8)
    let range = try #require(Data(bytes).range(of: mark, in: start..<bytes.count))
    let open = try #require(bytes[range.upperBound...].firstIndex(of: UInt8(ascii: "<")))
    let gap = open..<(open + 2 * Self.capacity + 2)
    let numbers = "[0 \(gap.lowerBound) \(gap.upperBound) \(bytes.count - gap.upperBound)]"
    bytes.replaceSubrange(range, with: numbers.padding(toLength: mark.count, withPad: " ", startingAt: 0).utf8)
    let made = try await make(try Digest.of(bytes[..<gap.lowerBound] + bytes[gap.upperBound...]))
    let digits = made.flatMap { byte in
      [byte >> 4, byte & 15].map { $0 < 10 ? $0 + UInt8(ascii: "0") : $0 - 10 + UInt8(ascii: "a") }
    }
    try #require(digits.count <= 2 * Self.capacity)
    bytes.replaceSubrange((open + 1)..<(open + 1 + digits.count), with: digits)
    return bytes
  }
}

extension SigningBench {
  /// A CMS with a time stamp over a digest.
  func cms(_ digest: [UInt8], by key: SoftwareKey) async throws -> [UInt8] {
    let cms = try await CMSDraft.sign(messageDigest: digest, with: key)
    let imprint = try Digest.of(try CMSAssembly.signatureValue(of: cms))
    return try CMSAssembly.addingSignatureTimeStamp(try await stamps.token(for: imprint, algorithm: .sha256), to: cms)
  }

  /// Signed by the leader with our software, then by the agency as `hand` says.
  func signed(_ hand: HandMadeSignature, _ letter: [UInt8] = SigningBench.letter()) async throws -> [UInt8] {
    let once = try await LetterSigner.sign(pdf: letter, request(1), with: leader, timeStamp: stamps)
    return try await hand.added(to: once) { try await cms($0, by: agency) }
  }
}
