/// An indirect object as it stands in the file.
struct IndirectObject {
  let reference: PDFReference
  let value: PDFObject
  /// From the object number to the end of `endobj`.
  let range: Range<Int>
  /// The raw data of a stream.
  let data: Range<Int>?
}

/// An object stream, unpacked.
struct ObjectStream {
  let numbers: [Int]
  let values: [PDFObject]
}

extension PDFFile {
  /// The value of `reference` as of `revision`; null when there is no such object (ISO 32000-1, 7.3.10).
  /// - Throws: ``PDFError`` when the object is broken or not where it should be.
  public func object(_ reference: PDFReference, in revision: PDFRevision) throws(PDFError) -> PDFObject {
    switch entry(reference.number, in: revision) {
    case nil, .free?: return .null
    case .at(_, let generation)? where generation != reference.generation: return .null
    case .at(let offset, _)?: return try indirectObject(reference.number, at: offset, in: revision).value
    case .packed(let stream, let index)?:
      guard reference.generation == 0 else { return .null }
      return try packedObject(reference.number, stream: stream, index: index, in: revision)
    }
  }

  /// `value` itself, or what it refers to. References to references are followed a few steps.
  public func resolve(_ value: PDFObject?, in revision: PDFRevision) throws(PDFError) -> PDFObject {
    guard var value else { return .null }
    for _ in 0..<8 {
      guard case .reference(let reference) = value else { return value }
      value = try object(reference, in: revision)
    }
    throw PDFError(.structureBroken, "references that run in a circle")
  }

  /// The place of the object in the file as of `revision`, from its number to the end of `endobj`; nil when it is free,
  /// unknown or in an object stream.
  public func extent(of number: Int, in revision: PDFRevision) throws(PDFError) -> Range<Int>? {
    guard case .at(let offset, _)? = entry(number, in: revision) else { return nil }
    return try indirectObject(number, at: offset, in: revision).range
  }

  /// Whether both values are the same, streams by their raw data too.
  public func sameValue(
    _ left: PDFReference, in leftRevision: PDFRevision, _ right: PDFReference, in rightRevision: PDFRevision
  ) throws(PDFError) -> Bool {
    if left == right, entry(left.number, in: leftRevision) == entry(right.number, in: rightRevision),
      case .at? = entry(left.number, in: leftRevision)
    {
      return true
    }
    let a = try object(left, in: leftRevision)
    let b = try object(right, in: rightRevision)
    guard case .stream(let first) = a, case .stream(let second) = b else { return a == b }
    guard first.dictionary == second.dictionary,
      let firstData = try rawData(left, in: leftRevision), let secondData = try rawData(right, in: rightRevision),
      firstData.count == secondData.count
    else { return false }
    return try source.copy(firstData) == source.copy(secondData)
  }

  /// Where the raw data of a stream lie.
  public func rawData(_ reference: PDFReference, in revision: PDFRevision) throws(PDFError) -> Range<Int>? {
    guard case .at(let offset, let generation)? = entry(reference.number, in: revision),
      generation == reference.generation
    else { return nil }
    return try indirectObject(reference.number, at: offset, in: revision).data
  }

  /// The data of a stream after its filters, when those are FlateDecode, ASCII85Decode or ASCIIHexDecode and the result stays below `limit` bytes.
  public func decodedData(
    _ reference: PDFReference, in revision: PDFRevision, limit: Int
  ) throws(PDFError) -> [UInt8] {
    guard let data = try rawData(reference, in: revision),
      let dictionary = try object(reference, in: revision).stream?.dictionary
    else { throw PDFError(.structureBroken, "a stream expected") }
    return try decoded(data, of: dictionary, limit: limit)
  }

  // MARK: Inside

  func entry(_ number: Int, in revision: PDFRevision) -> CrossReferenceEntry? {
    for index in revision.firstSection..<sections.count {
      if let entry = sections[index].entry(number) { return entry }
    }
    return nil
  }

  func indirectObject(_ number: Int, at offset: Int, in revision: PDFRevision) throws(PDFError) -> IndirectObject {
    let found: IndirectObject
    if let known = objectCache[offset] {
      found = known
    } else {
      found = try readIndirectObject(
        at: offset,
        lengthOf: { reference throws(PDFError) in
          // A length must not lie in an object stream, whose own length would be asked in a circle.
          guard case .at(let place, let generation)? = self.entry(reference.number, in: revision),
            generation == reference.generation
          else { return nil }
          let object = try self.readIndirectObject(at: place, lengthOf: { _ throws(PDFError) in nil })
          return object.reference == reference ? object.value.integer : nil
        })
      if objectCache.count > 4096 { objectCache.removeAll() }
      objectCache[offset] = found
    }
    guard found.reference.number == number else {
      throw PDFError(.objectBroken, at: offset, "another object than the cross-reference says")
    }
    if case .at(_, let generation)? = entry(number, in: revision), generation != found.reference.generation {
      throw PDFError(.objectBroken, at: offset, "another generation than the cross-reference says")
    }
    return found
  }

  /// Reads `N G obj … endobj` at `offset`.
  func readIndirectObject(
    at offset: Int, lengthOf: (PDFReference) throws(PDFError) -> Int?
  ) throws(PDFError) -> IndirectObject {
    let head = try parse(at: offset) {
      parser throws(ObjectParser.Stop) -> (
        reference: PDFReference, value: PDFObject, start: Int, end: Int, isStream: Bool
      ) in
      try parser.skipSpace()
      let start = parser.offset
      guard let number = try parser.unsignedInteger() else { throw parser.failure("an object number expected") }
      try parser.skipSpace()
      guard let generation = try parser.unsignedInteger() else { throw parser.failure("a generation expected") }
      try parser.skipSpace()
      try parser.expect("obj")
      try parser.skipSpace()
      // `N 0 obj endobj` is met in the wild and means null.
      if try parser.take("endobj") { return (PDFReference(number, generation), .null, start, parser.offset, false) }
      let value = try parser.object()
      try parser.skipSpace()
      if case .dictionary = value, try parser.take("stream") {
        switch try parser.peek() {
        case 0x0A: parser.position += 1
        case 0x0D:
          guard try parser.peek(1) == 0x0A else { throw parser.failure("an end of line after “stream” expected") }
          parser.position += 2
        default: throw parser.failure("an end of line after “stream” expected")
        }
        return (PDFReference(number, generation), value, start, parser.offset, true)
      }
      try parser.expect("endobj")
      return (PDFReference(number, generation), value, start, parser.offset, false)
    }
    guard head.isStream, case .dictionary(let dictionary) = head.value else {
      return IndirectObject(reference: head.reference, value: head.value, range: head.start..<head.end, data: nil)
    }
    let length: Int?
    switch dictionary["Length"] {
    case .integer(let value)?: length = value
    case .reference(let reference)?: length = try lengthOf(reference)
    default: length = nil
    }
    guard let length, length >= 0, length <= end - head.end, !dictionary.hasDuplicateKeys else {
      throw PDFError(.objectBroken, at: head.end, "a stream without a proper length")
    }
    let tail = try parse(at: head.end + length) { parser throws(ObjectParser.Stop) -> Int in
      while let byte = try parser.peek(), ObjectParser.isWhite(byte) { parser.position += 1 }
      try parser.expect("endstream")
      try parser.skipSpace()
      try parser.expect("endobj")
      return parser.offset
    }
    return IndirectObject(
      reference: head.reference, value: .stream(PDFStream(dictionary: dictionary, dataOffset: head.end)),
      range: head.start..<tail, data: head.end..<(head.end + length))
  }

  private func packedObject(
    _ number: Int, stream: Int, index: Int, in revision: PDFRevision
  ) throws(PDFError) -> PDFObject {
    guard case .at(let offset, _)? = entry(stream, in: revision) else {
      throw PDFError(.objectBroken, "an object stream that does not exist")
    }
    let unpacked: ObjectStream
    if let known = packedCache[offset] {
      unpacked = known
    } else {
      unpacked = try unpack(try indirectObject(stream, at: offset, in: revision))
      packedCache[offset] = unpacked
    }
    guard index < unpacked.values.count, unpacked.numbers[index] == number else {
      throw PDFError(.objectBroken, at: offset, "the object stream does not hold the object")
    }
    return unpacked.values[index]
  }

  private func unpack(_ object: IndirectObject) throws(PDFError) -> ObjectStream {
    let offset = object.range.lowerBound
    guard let stream = object.value.stream, let data = object.data, stream.dictionary["Type"]?.name == "ObjStm",
      let count = stream.dictionary["N"]?.integer, let first = stream.dictionary["First"]?.integer,
      count >= 0, count <= limits.objects, first >= 0
    else { throw PDFError(.objectBroken, at: offset, "not an object stream") }
    let bytes = try inflate(data, of: stream.dictionary)
    var numbers: [Int] = []
    var values: [PDFObject] = []
    var failure: PDFError?
    var read = 0
    bytes.withUnsafeBytes { buffer in
      var head = ObjectParser(buffer, origin: nil, isFinal: true, nestingLimit: limits.nesting)
      do throws(ObjectParser.Stop) {
        var places: [Int] = []
        for _ in 0..<count {
          try head.skipSpace()
          guard let number = try head.unsignedInteger() else { throw head.failure("an object number expected") }
          try head.skipSpace()
          guard let place = try head.unsignedInteger() else { throw head.failure("an offset expected") }
          numbers.append(number)
          places.append(first + place)
        }
        for place in places {
          guard place <= bytes.count else { throw head.failure("an offset beyond the object stream") }
          var parser = ObjectParser(
            buffer, origin: nil, isFinal: true, nestingLimit: limits.nesting, position: place)
          values.append(try parser.object())
          read += parser.valueCount
          guard valuesRead + read <= limits.values else { throw parser.failure(.tooMany, "too many values") }
        }
      } catch {
        switch error {
        case .needsMore: failure = PDFError(.objectBroken, at: offset, "unfinished object stream")
        case .failed(let error): failure = error
        }
      }
    }
    valuesRead += read
    if let failure { throw failure }
    return ObjectStream(numbers: numbers, values: values)
  }
}
