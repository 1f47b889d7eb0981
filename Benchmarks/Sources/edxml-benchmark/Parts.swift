import CLibXML2
import COpenSSL
import Foundation
import Glibc

/// What the parts cost by themselves, each with the library that does nothing else.
enum Parts {
  static func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer { buffer.deallocate() }
    while case let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count), count > 0 {
      body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// libxml2's push parser, whose callbacks do nothing; reading the file is part of it.
  static func pushSAX(_ path: String) {
    guard let context = xmlCreatePushParserCtxt(nil, nil, nil, 0, nil) else { return }
    context.pointee.sax.pointee.startElementNs = { _, _, _, _, _, _, _, _, _ in }
    context.pointee.sax.pointee.endElementNs = { _, _, _, _ in }
    context.pointee.sax.pointee.characters = { _, _, _ in }
    context.pointee.sax.pointee.ignorableWhitespace = { _, _, _ in }
    read(path) { _ = xmlParseChunk(context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), 0) }
    _ = xmlParseChunk(context, nil, 0, 1)
    if let document = context.pointee.myDoc { xmlFreeDoc(document) }
    xmlFreeParserCtxt(context)
  }

  /// Base64 by OpenSSL, in pieces that stay near the processor.
  static func decode(_ text: [UInt8], into output: inout [UInt8]) {
    pieces(of: text.count, 64 << 10) { begin, count in
      text.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer {
          _ = EVP_DecodeBlock($0.baseAddress, input.baseAddress?.advanced(by: begin), Int32(count))
        }
      }
    }
  }

  static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    pieces(of: bytes.count, 48 << 10) { begin, count in
      bytes.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer {
          _ = EVP_EncodeBlock($0.baseAddress, input.baseAddress?.advanced(by: begin), Int32(count))
        }
      }
    }
  }

  private static func pieces(of count: Int, _ size: Int, _ body: (Int, Int) -> Void) {
    for begin in stride(from: 0, to: count, by: size) { body(begin, min(size, count - begin)) }
  }

  /// Writes a new file as the product does: the file synced, renamed, its folder synced; without `durably` only written.
  static func store(_ bytes: [UInt8], in folder: String, durably: Bool) {
    let path = "\(folder)/part"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    defer {
      close(descriptor)
      unlink(path)
    }
    bytes.withUnsafeBytes { buffer in
      pieces(of: buffer.count, 192 << 10) { begin, count in
        _ = write(descriptor, buffer.baseAddress?.advanced(by: begin), count)
      }
    }
    guard durably, fsync(descriptor) == 0, rename(path, path + ".done") == 0 else { return }
    let parent = open(folder, O_RDONLY | O_DIRECTORY)
    fsync(parent)
    close(parent)
  }
}
