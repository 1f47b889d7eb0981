/// Where a page shows text and pictures, roughly: enough to tell whether something put on it lies over them.
///
/// Widths are estimated on the large side, since fonts are not read. Nothing here is drawn.
struct PageContent {
  private struct TextState {
    var matrix = Matrix()
    var size = 0.0
    var leading = 0.0
    var scale = 1.0
    var spacing = 0.0
  }

  private struct State {
    var matrix: Matrix
    var text = TextState()
  }

  /// The page cannot be followed.
  struct Unclear: Error {}

  private let file: PDFFile
  private let revision: PDFRevision
  private(set) var places: [PDFRectangle] = []
  private var steps = 0

  private static let stepLimit = 500_000
  /// Estimated width of a byte of text, in parts of the font size.
  private static let widthOfByte = 0.6

  init(_ file: PDFFile, _ revision: PDFRevision) {
    self.file = file
    self.revision = revision
  }

  /// Follows a content stream.
  mutating func follow(
    _ bytes: [UInt8], _ resources: PDFDictionary?, _ matrix: Matrix, depth: Int = 0
  ) throws {
    guard depth <= 6 else { throw Unclear() }
    var operators: [(name: String, operands: [PDFObject])] = []
    try bytes.withUnsafeBytes { buffer in
      var parser = ObjectParser(buffer, origin: nil, isFinal: true, nestingLimit: file.limits.nesting)
      var operands: [PDFObject] = []
      while try Self.next(&parser, &operands, { operators.append(($0, $1)) }) {
        steps += 1
        guard steps < Self.stepLimit else { throw Unclear() }
      }
    }
    var state = State(matrix: matrix)
    var stack: [State] = []
    var line = Matrix()
    for (name, operands) in operators {
      try apply(name, operands, &state, &stack, &line, resources, depth)
    }
  }

  /// Reads one operand or operator; false at the end.
  private static func next(
    _ parser: inout ObjectParser, _ operands: inout [PDFObject], _ found: (String, [PDFObject]) -> Void
  ) throws -> Bool {
    try parser.skipSpace()
    guard let byte = try parser.peek() else { return false }
    if ObjectParser.isDelimiter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "+")
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    {
      operands.append(try parser.object())
      guard operands.count < 10_000 else { throw Unclear() }
      return true
    }
    var name: [UInt8] = []
    while let next = try parser.peek(), ObjectParser.isRegular(next) {
      name.append(next)
      parser.position += 1
    }
    let text = String(decoding: name, as: UTF8.self)
    switch text {
    case "true", "false": operands.append(.boolean(text == "true"))
    case "null": operands.append(.null)
    default:
      if text == "ID" { try skipInlineImage(&parser) }
      found(text, operands)
      operands = []
    }
    return true
  }

  private static func skipInlineImage(_ parser: inout ObjectParser) throws {
    while try parser.peek() != nil {
      parser.position += 1
      if let before = try parser.peek(), ObjectParser.isWhite(before), try parser.peek(1) == UInt8(ascii: "E"),
        try parser.peek(2) == UInt8(ascii: "I"), try parser.peek(3).map(ObjectParser.isWhite) ?? true
      {
        return
      }
    }
  }

  private mutating func apply(
    _ name: String, _ operands: [PDFObject], _ state: inout State, _ stack: inout [State], _ line: inout Matrix,
    _ resources: PDFDictionary?, _ depth: Int
  ) throws {
    let numbers = operands.compactMap(\.number)
    switch name {
    case "q":
      guard stack.count < 256 else { throw Unclear() }
      stack.append(state)
    case "Q": if let last = stack.popLast() { state = last }
    case "cm":
      guard let matrix = Matrix(numbers) else { throw Unclear() }
      state.matrix = matrix.then(state.matrix)
    case "BT":
      state.text.matrix = Matrix()
      line = Matrix()
    case "Tf": state.text.size = numbers.last ?? state.text.size
    case "TL": state.text.leading = numbers.last ?? 0
    case "Tz": state.text.scale = (numbers.last ?? 100) / 100
    case "Tc": state.text.spacing = numbers.last ?? 0
    case "Tm":
      guard let matrix = Matrix(numbers) else { throw Unclear() }
      line = matrix
      state.text.matrix = matrix
    case "Td", "TD":
      guard numbers.count == 2 else { throw Unclear() }
      if name == "TD" { state.text.leading = -numbers[1] }
      move(numbers[0], numbers[1], &state, &line)
    case "T*": move(0, -state.text.leading, &state, &line)
    case "Tj", "'", "\"", "TJ":
      if name == "'" || name == "\"" { move(0, -state.text.leading, &state, &line) }
      for value in operands.last?.array ?? operands.suffix(1) {
        if let string = value.string { show(string.bytes.count, &state) }
        if let shift = value.number {
          let by = -shift / 1000 * state.text.size * state.text.scale
          state.text.matrix = Matrix.translation(by, 0).then(state.text.matrix)
        }
      }
    case "ID": places.append(state.matrix.around(PDFRectangle(left: 0, bottom: 0, right: 1, top: 1)))
    case "Do": try draw(operands.last?.name, resources, state.matrix, depth)
    default: break
    }
  }

  private func move(_ x: Double, _ y: Double, _ state: inout State, _ line: inout Matrix) {
    line = Matrix.translation(x, y).then(line)
    state.text.matrix = line
  }

  private mutating func show(_ count: Int, _ state: inout State) {
    let width = Double(count) * (Self.widthOfByte * state.text.size + state.text.spacing) * state.text.scale
    let box = PDFRectangle(left: 0, bottom: -0.25 * state.text.size, right: width, top: 0.85 * state.text.size)
    places.append(state.text.matrix.then(state.matrix).around(box))
    state.text.matrix = Matrix.translation(width, 0).then(state.text.matrix)
  }

  private mutating func draw(
    _ name: String?, _ resources: PDFDictionary?, _ matrix: Matrix, _ depth: Int
  ) throws {
    guard let name, let objects = try file.resolve(resources?["XObject"], in: revision).dictionary,
      let reference = objects[name]?.reference, let form = try file.object(reference, in: revision).dictionary
    else { throw Unclear() }
    if form["Subtype"]?.name == "Image" {
      places.append(matrix.around(PDFRectangle(left: 0, bottom: 0, right: 1, top: 1)))
      return
    }
    let own = try file.resolve(form["Matrix"], in: revision).array?.compactMap(\.number)
    let data = try file.decodedData(reference, in: revision, limit: 8 << 20)
    try follow(
      data, try file.resolve(form["Resources"], in: revision).dictionary ?? resources,
      (own.flatMap { Matrix($0) } ?? Matrix()).then(matrix), depth: depth + 1)
  }
}

extension PDFFile {
  /// Where `page` shows text and pictures; nil when its content cannot be followed.
  public func inkedPlaces(on page: PDFReference, in revision: PDFRevision) -> [PDFRectangle]? {
    do {
      guard let dictionary = try object(page, in: revision).dictionary else { return nil }
      var parts: [PDFReference] = []
      switch dictionary["Contents"] {
      case nil, .null?: return []
      case .reference(let reference)?:
        let list = try object(reference, in: revision).array
        parts = list?.compactMap(\.reference) ?? [reference]
      case .array(let list)?: parts = list.compactMap(\.reference)
      default: return nil
      }
      var bytes: [UInt8] = []
      for part in parts.prefix(1000) {
        bytes += try decodedData(part, in: revision, limit: 8 << 20) + [0x0A]
        guard bytes.count <= 16 << 20 else { return nil }
      }
      var content = PageContent(self, revision)
      try content.follow(bytes, try inherited("Resources", from: dictionary, in: revision).dictionary, Matrix())
      return content.places
    } catch {
      return nil
    }
  }

  /// An attribute of a page that may stand in the page tree above it (ISO 32000-1, 7.7.3.4).
  private func inherited(
    _ key: String, from page: PDFDictionary, in revision: PDFRevision
  ) throws(PDFError) -> PDFObject {
    var node = page
    for _ in 0..<32 {
      if let value = node[key], !value.isNull { return try resolve(value, in: revision) }
      guard let parent = try resolve(node["Parent"], in: revision).dictionary else { return .null }
      node = parent
    }
    return .null
  }
}
