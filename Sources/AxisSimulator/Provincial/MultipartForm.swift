import Foundation

/// The parts of a `multipart/form-data` body (RFC 7578), by name.
struct MultipartForm {
  private var parts: [String: ArraySlice<UInt8>] = [:]

  /// nil: not such a body.
  init?(_ body: [UInt8], contentType: String) {
    let words = contentType.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    guard words.first?.lowercased() == "multipart/form-data",
      let boundary = words.first(where: { $0.lowercased().hasPrefix("boundary=") })?.dropFirst(9)
    else { return nil }
    let mark = Array("--".utf8) + Array(boundary.trimmingCharacters(in: ["\""]).utf8)
    guard mark.count > 2, body.starts(with: mark) else { return nil }
    var rest = body[mark.count...]
    // Each part: CR LF, header lines, an empty line, content, CR LF, the mark.
    while rest.starts(with: [0x0d, 0x0a]) {
      guard let head = Self.find([0x0d, 0x0a, 0x0d, 0x0a], in: rest),
        let end = Self.find([0x0d, 0x0a] + mark, in: rest[head...])
      else { return nil }
      let lines = String(decoding: rest[rest.startIndex..<head], as: UTF8.self).split(separator: "\r\n")
      let disposition = lines.first { $0.lowercased().hasPrefix("content-disposition:") } ?? ""
      let name = disposition.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        .first { $0.hasPrefix("name=") }
      guard let name else { return nil }
      parts[name.dropFirst(5).trimmingCharacters(in: ["\""])] = rest[min(head + 4, end)..<end]
      rest = rest[(end + 2 + mark.count)...]
    }
    guard rest.starts(with: Array("--".utf8)) else { return nil }
  }

  func bytes(_ name: String) -> [UInt8]? { parts[name].map(Array.init) }
  func text(_ name: String) -> String? { parts[name].map { String(decoding: $0, as: UTF8.self) } }

  private static func find(_ mark: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = mark.first, bytes.count >= mark.count else { return nil }
    var from = bytes.startIndex
    while let place = bytes[from...].firstIndex(of: first), place + mark.count <= bytes.endIndex {
      if bytes[place..<(place + mark.count)].elementsEqual(mark) { return place }
      from = place + 1
    }
    return nil
  }
}
