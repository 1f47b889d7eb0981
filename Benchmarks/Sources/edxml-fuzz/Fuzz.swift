import EdXML
import Foundation
import VietnameseText

/// Whatever the bytes: the reader answers or throws, stores nothing outside its folder, and does both fast.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  _ = try? EdXMLReader().peek(bytes)
  guard let received = try? EdXMLReader(policy: .lenient).read(bytes, storingIn: nil) else { return 0 }
  _ = MessageInspection(received).lines(.vietnamese)
  for attachment in received.attachments {
    precondition(!attachment.name.contains("/") && !attachment.name.isEmpty && attachment.name != "..")
  }
  // What was read is written and read again without loss, the content of attachments apart.
  guard let written = try? write(received.message) else { return 0 }
  guard let again = try? EdXMLReader(policy: .lenient).read(written, storingIn: nil) else {
    preconditionFailure("what we wrote cannot be read")
  }
  precondition(again.message == received.message, "a message changed on its way")
  return 0
}

private func write(_ message: EdocMessage) throws -> [UInt8] {
  let writer = EdXMLWriter(checks: false)
  switch message {
  case .status(let status): return try writer.bytes(status)
  case .document(let document):
    // In memory, since every message that is written is synced.
    let path = "/dev/shm/edxml-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try writer.write(document, attachments: [], to: path)
    return [UInt8](try Data(contentsOf: URL(filePath: path)))
  }
}
