extension PDFFile {
  /// The catalog as of `revision`.
  public func catalog(in revision: PDFRevision) throws(PDFError) -> PDFDictionary {
    guard let root = revision.trailer["Root"]?.reference,
      case .dictionary(let catalog) = try object(root, in: revision), !catalog.hasDuplicateKeys
    else { throw PDFError(.structureBroken, "no catalog") }
    return catalog
  }

  /// The trailer and the numbers of all objects that revisions after `revision` write or free, ascending.
  public func numbersWritten(after revision: PDFRevision) -> [Int] {
    var numbers: Set<Int> = []
    for section in sections[..<revision.firstSection] { numbers.formUnion(section.numbers) }
    return numbers.sorted()
  }

  /// The reference to the object of `number` as of `revision`; nil when it is free or unknown.
  public func reference(to number: Int, in revision: PDFRevision) -> PDFReference? {
    switch entry(number, in: revision) {
    case nil, .free?: nil
    case .at(_, let generation)?: PDFReference(number, generation)
    case .packed?: PDFReference(number)
    }
  }

  /// Whether both revisions find the object at the same place in the file.
  public func samePlace(_ number: Int, in left: PDFRevision, and right: PDFRevision) -> Bool {
    entry(number, in: left) == entry(number, in: right)
  }

  /// The first byte after `revision` that belongs to no object, cross-reference section, comment or white space of a
  /// later revision; nil when every byte is accounted for. Bytes after the last `%%EOF` are not looked at.
  public func firstStrayByte(after revision: PDFRevision) throws(PDFError) -> Int? {
    for (before, later) in zip(revisions, revisions.dropFirst()) where later.number > revision.number {
      var extents: [Range<Int>] = []
      for index in later.firstSection..<(later.firstSection + later.sectionCount) {
        let section = sections[index]
        extents.append(section.offset..<section.bodyEnd)
        if let hybrid = section.hybridStream { extents.append(hybrid) }
        for run in section.runs + section.hiddenRuns {
          for (position, entry) in run.entries.enumerated() {
            guard case .at(let offset, _) = entry, offset >= before.markerEnd, offset != section.offset,
              section.hybridStream?.lowerBound != offset
            else { continue }
            extents.append(try indirectObject(run.first + position, at: offset, in: later).range)
          }
        }
      }
      var at = before.markerEnd
      for extent in extents.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        guard extent.lowerBound >= at else { return extent.lowerBound }
        if let stray = try firstStrayByte(in: at..<extent.lowerBound) { return stray }
        at = extent.upperBound
      }
      if let stray = try firstStrayByte(in: at..<later.bodyEnd) { return stray }
    }
    return nil
  }

  /// The first byte in `range` that is neither white space nor a short comment of plain text.
  private func firstStrayByte(in range: Range<Int>) throws(PDFError) -> Int? {
    guard !range.isEmpty else { return nil }
    guard range.count <= 4096 else { return range.lowerBound }
    return try source.withBytes(range) { bytes throws(PDFError) in
      var i = 0
      while i < bytes.count {
        if ObjectParser.isWhite(bytes[i]) {
          i += 1
          continue
        }
        guard bytes[i] == UInt8(ascii: "%") else { return range.lowerBound + i }
        let start = i
        while i < bytes.count, bytes[i] != 0x0A, bytes[i] != 0x0D {
          // What a repairing reader might take for an object is no comment.
          if i - start > 128 || bytes[i] == UInt8(ascii: "<") { return range.lowerBound + start }
          i += 1
        }
      }
      return nil
    }
  }

  /// Which of `numbers`, none of which exists in `revision`, are referred to by an object of `revision`: who defines them
  /// later changes what that object means.
  /// - Throws: ``PDFError`` when an object of the revision is broken or reaches beyond its end.
  public func danglingReferences(
    to numbers: Set<Int>, in revision: PDFRevision
  ) throws(PDFError) -> Set<Int> {
    var found: Set<Int> = []
    var seen: Set<Int> = []
    collect(revision.trailer.entries.map(\.value), numbers, &found)
    for index in revision.firstSection..<sections.count {
      for number in sections[index].numbers where seen.insert(number).inserted {
        guard let reference = reference(to: number, in: revision) else { continue }
        let value = try object(reference, in: revision)
        if let extent = try extent(of: number, in: revision), extent.upperBound > revision.markerEnd {
          throw PDFError(.objectBroken, at: extent.lowerBound, "an object reaches beyond its revision")
        }
        collect([value], numbers, &found)
      }
    }
    return found
  }

  private func collect(_ values: [PDFObject], _ numbers: Set<Int>, _ found: inout Set<Int>) {
    for value in values {
      switch value {
      case .reference(let reference): if numbers.contains(reference.number) { found.insert(reference.number) }
      case .array(let values): collect(values, numbers, &found)
      case .dictionary(let dictionary): collect(dictionary.entries.map(\.value), numbers, &found)
      case .stream(let stream): collect(stream.dictionary.entries.map(\.value), numbers, &found)
      default: break
      }
    }
  }

  /// The pages in order (ISO 32000-1, 7.7.3). Broken branches are left out; circles are cut.
  /// - Parameter limit: the most pages to return.
  public func pages(in revision: PDFRevision, limit: Int = 20_000) throws(PDFError) -> [PDFReference] {
    guard let root = try catalog(in: revision)["Pages"]?.reference else {
      throw PDFError(.structureBroken, "no page tree")
    }
    var pages: [PDFReference] = []
    var seen: Set<PDFReference> = []
    var pending = [root]
    while let next = pending.popLast(), pages.count < limit {
      guard seen.insert(next).inserted, let node = try object(next, in: revision).dictionary else { continue }
      if let kids = try resolve(node["Kids"], in: revision).array {
        pending.append(contentsOf: kids.compactMap(\.reference).reversed())
      } else {
        pages.append(next)
      }
    }
    return pages
  }
}
