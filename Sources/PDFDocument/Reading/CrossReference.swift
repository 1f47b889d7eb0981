/// Where an object is, as a cross-reference section says.
enum CrossReferenceEntry: Equatable {
  case free
  /// At a byte of the file.
  case at(offset: Int, generation: Int)
  /// The `index`-th object of the object stream with the given number.
  case packed(stream: Int, index: Int)
}

/// One cross-reference section (ISO 32000-1, 7.5.4 and 7.5.8): a table, a stream, or a table with a stream beside it (hybrid).
struct CrossReferenceSection {
  /// A run of entries with consecutive numbers.
  struct Run {
    let first: Int
    var entries: [CrossReferenceEntry]
    var numbers: Range<Int> { first..<(first + entries.count) }
  }

  /// First byte of `xref` or of the stream's object.
  let offset: Int
  /// First byte after the trailer dictionary or the stream's object.
  let bodyEnd: Int
  let isStream: Bool
  let trailer: PDFDictionary
  /// Sorted by number, without overlap.
  var runs: [Run]
  /// The entries of the hybrid stream, which count only where the table has no object in use.
  var hiddenRuns: [Run] = []
  /// Where the hybrid stream's object lies, to be accounted for.
  var hybridStream: Range<Int>?

  func entry(_ number: Int) -> CrossReferenceEntry? {
    let visible = Self.find(number, in: runs)
    if case .at = visible { return visible }
    if case .packed = visible { return visible }
    if !hiddenRuns.isEmpty, let hidden = Self.find(number, in: hiddenRuns) { return hidden }
    return visible
  }

  /// All numbers that this section says something about, ascending.
  var numbers: [Int] {
    let visible = runs.flatMap { Array($0.numbers) }
    if hiddenRuns.isEmpty { return visible }
    return Set(visible).union(hiddenRuns.flatMap { Array($0.numbers) }).sorted()
  }

  var count: Int { runs.reduce(0) { $0 + $1.entries.count } + hiddenRuns.reduce(0) { $0 + $1.entries.count } }

  private static func find(_ number: Int, in runs: [Run]) -> CrossReferenceEntry? {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      let run = runs[middle]
      if number < run.first {
        high = middle
      } else if number >= run.first + run.entries.count {
        low = middle + 1
      } else {
        return run.entries[number - run.first]
      }
    }
    return nil
  }

  /// Sorts runs and refuses those that overlap: then readers would disagree on which entry counts.
  static func ordered(_ runs: [Run], at offset: Int) throws(PDFError) -> [Run] {
    let sorted = runs.filter { !$0.entries.isEmpty }.sorted { $0.first < $1.first }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.numbers.upperBound > right.first {
      throw PDFError(.crossReferenceBroken, at: offset, "an object is listed twice in one section")
    }
    return sorted
  }
}

extension PDFFile {
  /// Reads the section at `offset`.
  func readSection(at offset: Int, budget: Int) throws(PDFError) -> CrossReferenceSection {
    guard offset > 0, offset < end else {
      throw PDFError(.crossReferenceBroken, at: offset, "a cross-reference section beyond the file")
    }
    let isTable = try parse(at: offset) { parser throws(ObjectParser.Stop) in try parser.take("xref") }
    do {
      return isTable ? try readTable(at: offset, budget: budget) : try readStreamSection(at: offset, budget: budget)
    } catch {
      // A broken object at this place is a broken cross-reference.
      if error.code == .objectBroken { throw PDFError(.crossReferenceBroken, at: error.offset, error.reason) }
      throw error
    }
  }

  private func readTable(at offset: Int, budget: Int) throws(PDFError) -> CrossReferenceSection {
    var (runs, trailer, bodyEnd) = try parse(at: offset) {
      parser throws(ObjectParser.Stop) -> ([CrossReferenceSection.Run], PDFDictionary, Int) in
      try parser.expect("xref")
      var runs: [CrossReferenceSection.Run] = []
      var total = 0
      try parser.skipSpace()
      while let first = try parser.unsignedInteger() {
        try parser.skipSpace()
        guard let count = try parser.unsignedInteger() else { throw parser.failure("a count expected") }
        try parser.skipSpace()
        total += count
        guard total <= budget else { throw parser.failure(.tooMany, "more than \(budget) objects") }
        guard first <= Self.largestNumber, count <= Self.largestNumber else {
          throw parser.failure("object number too large")
        }
        var run = CrossReferenceSection.Run(first: first, entries: [])
        run.entries.reserveCapacity(min(count, 1 << 16))
        for _ in 0..<count { run.entries.append(try Self.tableEntry(&parser)) }
        runs.append(run)
        try parser.skipSpace()
      }
      try parser.expect("trailer")
      try parser.skipSpace()
      guard try parser.peek() == UInt8(ascii: "<"), try parser.peek(1) == UInt8(ascii: "<") else {
        throw parser.failure("the trailer dictionary expected")
      }
      return (runs, try parser.dictionary(depth: 0), parser.offset)
    }
    runs = try CrossReferenceSection.ordered(runs, at: offset)
    var section = CrossReferenceSection(
      offset: offset, bodyEnd: bodyEnd, isStream: false, trailer: trailer, runs: runs)
    if let hybrid = trailer["XRefStm"] {
      guard let place = hybrid.integer, place > 0, place < offset else {
        throw PDFError(.crossReferenceBroken, at: offset, "/XRefStm does not lie before its table")
      }
      let hidden = try readStreamSection(at: place, budget: budget - section.count)
      // Readers differ on which of two places counts.
      for run in hidden.runs {
        for (index, entry) in run.entries.enumerated() {
          let visible = section.entry(run.first + index)
          if case .at = visible, entry != .free, entry != visible {
            throw PDFError(.crossReferenceBroken, at: offset, "a hybrid section gives an object two places")
          }
        }
      }
      section.hiddenRuns = hidden.runs
      section.hybridStream = place..<hidden.bodyEnd
    }
    return section
  }

  private static func tableEntry(_ parser: inout ObjectParser) throws(ObjectParser.Stop) -> CrossReferenceEntry {
    guard let offset = try parser.unsignedInteger() else { throw parser.failure("an entry expected") }
    guard try parser.peek() == 0x20 else { throw parser.failure("a space expected") }
    parser.position += 1
    guard let generation = try parser.unsignedInteger() else { throw parser.failure("a generation expected") }
    guard try parser.peek() == 0x20 else { throw parser.failure("a space expected") }
    parser.position += 1
    let kind = try parser.peek()
    guard kind == UInt8(ascii: "n") || kind == UInt8(ascii: "f") else { throw parser.failure("“n” or “f” expected") }
    parser.position += 1
    // Two bytes end an entry; one is met in the wild.
    var ending = 0
    while ending < 2, let byte = try parser.peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D {
      parser.position += 1
      ending += 1
    }
    guard ending > 0 else { throw parser.failure("an end of line expected") }
    // Writers of damaged fame mark unused entries as in use at byte 0.
    if kind == UInt8(ascii: "f") || offset == 0 { return .free }
    return .at(offset: offset, generation: generation)
  }

  private func readStreamSection(at offset: Int, budget: Int) throws(PDFError) -> CrossReferenceSection {
    let found = try readIndirectObject(at: offset, lengthOf: { _ throws(PDFError) in nil })
    guard let stream = found.value.stream, let data = found.data,
      stream.dictionary["Type"]?.name == "XRef", !stream.dictionary.hasDuplicateKeys
    else {
      throw PDFError(.crossReferenceBroken, at: offset, "neither a cross-reference table nor stream")
    }
    guard let widths = stream.dictionary["W"]?.array?.compactMap(\.integer), widths.count == 3,
      widths.allSatisfy({ (0...8).contains($0) }), widths[1] > 0
    else { throw PDFError(.crossReferenceBroken, at: offset, "/W is not three widths") }
    guard let size = stream.dictionary["Size"]?.integer, size >= 0, size <= Self.largestNumber else {
      throw PDFError(.crossReferenceBroken, at: offset, "no /Size")
    }
    let index = stream.dictionary["Index"]?.array?.map { $0.integer ?? -1 } ?? [0, size]
    guard index.count % 2 == 0, index.allSatisfy({ $0 >= 0 && $0 <= Self.largestNumber }) else {
      throw PDFError(.crossReferenceBroken, at: offset, "/Index is not pairs of numbers")
    }
    let total = stride(from: 1, to: index.count, by: 2).reduce(0) { $0 + index[$1] }
    guard total <= budget else { throw PDFError(.tooMany, at: offset, "more than \(budget) objects") }
    let bytes = try inflate(data, of: stream.dictionary)
    let width = widths.reduce(0, +)
    guard bytes.count >= total * width else {
      throw PDFError(.crossReferenceBroken, at: offset, "the cross-reference stream is too short")
    }
    var runs: [CrossReferenceSection.Run] = []
    var at = 0
    for pair in stride(from: 0, to: index.count, by: 2) {
      var run = CrossReferenceSection.Run(first: index[pair], entries: [])
      run.entries.reserveCapacity(index[pair + 1])
      for _ in 0..<index[pair + 1] {
        run.entries.append(try Self.streamEntry(bytes, at: &at, widths: widths, section: offset))
      }
      runs.append(run)
    }
    return CrossReferenceSection(
      offset: offset, bodyEnd: found.range.upperBound, isStream: true, trailer: stream.dictionary,
      runs: try CrossReferenceSection.ordered(runs, at: offset))
  }

  private static func streamEntry(
    _ bytes: [UInt8], at: inout Int, widths: [Int], section: Int
  ) throws(PDFError) -> CrossReferenceEntry {
    var fields = [0, 0, 0]
    for field in 0..<3 {
      var value: UInt64 = 0
      for _ in 0..<widths[field] {
        value = value << 8 | UInt64(bytes[at])
        at += 1
      }
      guard value <= UInt64(Int.max) else {
        throw PDFError(.crossReferenceBroken, at: section, "a number in the cross-reference stream is too large")
      }
      fields[field] = Int(value)
    }
    switch widths[0] == 0 ? 1 : fields[0] {
    case 0: return .free
    case 1: return fields[1] == 0 ? .free : .at(offset: fields[1], generation: fields[2])
    case 2: return .packed(stream: fields[1], index: fields[2])
    // ISO 32000-1, 7.5.8.3: other types are references to the null object.
    default: return .free
    }
  }
}
