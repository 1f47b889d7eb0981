/// New and changed objects to be appended to a PDF, which keeps every byte that it has (ISO 32000-1, 7.5.6).
public struct IncrementalUpdate {
  /// What is to be appended, and where the objects in it will stand in the file.
  public struct Appendix: Sendable {
    public let bytes: [UInt8]
    /// The byte of the file at which each object's number stands.
    public let offsets: [PDFReference: Int]
  }

  private let end: Int
  private let needsLineBreak: Bool
  private let usesStream: Bool
  private let startxref: Int
  private let trailer: PDFDictionary
  private var nextNumber: Int
  private var bodies: [(reference: PDFReference, body: [UInt8])] = []

  /// An update to follow the last revision of `file`.
  /// - Throws: ``PDFError`` when the file cannot be continued.
  public init(_ file: PDFFile) throws(PDFError) {
    let revision = file.current
    end = file.end
    let last = try file.source.copy((file.end - 1)..<file.end)
    needsLineBreak = last != [0x0A] && last != [0x0D]
    usesStream = file.sections[revision.firstSection].isStream
    startxref = revision.startxref
    trailer = revision.trailer
    // Numbers that an earlier revision used, or that /Size wrongly leaves out, are never used again.
    let highest = file.sections.flatMap { $0.runs + $0.hiddenRuns }.map { $0.first + $0.entries.count }.max() ?? 1
    let sizes = file.sections.compactMap { $0.trailer["Size"]?.integer }.max() ?? 1
    nextNumber = max(highest, sizes, 1)
    guard trailer["Root"]?.reference != nil else { throw PDFError(.structureBroken, "the trailer has no /Root") }
    guard nextNumber < PDFFile.largestNumber - 4096 else { throw PDFError(.tooMany, "no object numbers left") }
  }

  /// A number not yet used.
  public mutating func newReference() -> PDFReference {
    defer { nextNumber += 1 }
    return PDFReference(nextNumber)
  }

  /// Adds or replaces an object.
  public mutating func set(_ reference: PDFReference, _ value: PDFObject) {
    var writer = ObjectWriter()
    writer.write(value)
    set(reference, body: writer.bytes)
  }

  /// Adds or replaces a stream; `/Length` is set here.
  public mutating func set(_ reference: PDFReference, _ dictionary: PDFDictionary, data: [UInt8]) {
    var dictionary = dictionary
    dictionary["Length"] = .integer(data.count)
    var writer = ObjectWriter()
    writer.write(dictionary)
    writer.write("\nstream\n")
    writer.write(bytes: data)
    writer.write("\nendstream")
    set(reference, body: writer.bytes)
  }

  /// Adds or replaces an object whose syntax is given, where the caller must know every byte.
  public mutating func set(_ reference: PDFReference, body: [UInt8]) {
    bodies.removeAll { $0.reference.number == reference.number }
    bodies.append((reference, body))
  }

  /// Writes the update.
  ///
  /// - Parameter identifier: the changing half of the trailer's `/ID`, 16 bytes of the caller's choice.
  public func appendix(identifier: [UInt8], info: PDFReference? = nil) -> Appendix {
    var writer = ObjectWriter()
    if needsLineBreak { writer.write("\n") }
    var offsets: [PDFReference: Int] = [:]
    for (reference, body) in bodies {
      offsets[reference] = end + writer.bytes.count
      writer.write("\(reference.number) \(reference.generation) obj\n")
      writer.write(bytes: body)
      writer.write("\nendobj\n")
    }
    let place = end + writer.bytes.count
    var size = nextNumber
    var dictionary = PDFDictionary()
    if usesStream {
      dictionary["Type"] = .name("XRef")
      size += 1
    }
    dictionary["Size"] = .integer(size)
    dictionary["Root"] = trailer["Root"]
    if let info { dictionary["Info"] = .reference(info) } else if let old = trailer["Info"] { dictionary["Info"] = old }
    let changing = PDFObject.string(PDFString(bytes: identifier, isHexadecimal: true))
    dictionary["ID"] = .array([trailer["ID"]?.array?.first ?? changing, changing])
    dictionary["Prev"] = .integer(startxref)
    if usesStream {
      writeStream(&writer, dictionary, offsets, place: place)
    } else {
      writeTable(&writer, dictionary, offsets)
    }
    writer.write("startxref\n\(place)\n%%EOF\n")
    return Appendix(bytes: writer.bytes, offsets: offsets)
  }

  /// Runs of consecutive numbers, ascending.
  private func runs(_ entries: [(PDFReference, Int)]) -> [[(PDFReference, Int)]] {
    var result: [[(PDFReference, Int)]] = []
    for entry in entries.sorted(by: { $0.0.number < $1.0.number }) {
      if let last = result.last?.last, last.0.number + 1 == entry.0.number {
        result[result.count - 1].append(entry)
      } else {
        result.append([entry])
      }
    }
    return result
  }

  private func writeTable(
    _ writer: inout ObjectWriter, _ dictionary: PDFDictionary, _ offsets: [PDFReference: Int]
  ) {
    writer.write("xref\n0 1\n0000000000 65535 f \n")
    for run in runs(offsets.map { ($0.key, $0.value) }) {
      writer.write("\(run[0].0.number) \(run.count)\n")
      for (reference, offset) in run {
        writer.write("\(Self.padded(offset, 10)) \(Self.padded(reference.generation, 5)) n \n")
      }
    }
    writer.write("trailer\n")
    writer.write(dictionary)
    writer.write("\n")
  }

  private func writeStream(
    _ writer: inout ObjectWriter, _ dictionary: PDFDictionary, _ offsets: [PDFReference: Int], place: Int
  ) {
    let own = PDFReference(nextNumber)
    var entries = offsets.map { ($0.key, $0.value) }
    entries.append((own, place))
    var index: [PDFObject] = []
    var data: [UInt8] = []
    for run in runs(entries) {
      index += [.integer(run[0].0.number), .integer(run.count)]
      for (reference, offset) in run {
        data.append(1)
        for shift in stride(from: 32, through: 0, by: -8) { data.append(UInt8(truncatingIfNeeded: offset >> shift)) }
        data += [UInt8(truncatingIfNeeded: reference.generation >> 8), UInt8(truncatingIfNeeded: reference.generation)]
      }
    }
    var dictionary = dictionary
    dictionary["W"] = .array([.integer(1), .integer(5), .integer(2)])
    dictionary["Index"] = .array(index)
    dictionary["Length"] = .integer(data.count)
    writer.write("\(own.number) 0 obj\n")
    writer.write(dictionary)
    writer.write("\nstream\n")
    writer.write(bytes: data)
    writer.write("\nendstream\nendobj\n")
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
