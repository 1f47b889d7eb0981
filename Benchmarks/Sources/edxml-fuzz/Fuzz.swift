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
  // What was read is written and read again without loss, attachments and manifest apart.
  guard case .status(let status) = received.message,
    let written = try? EdXMLWriter(checks: false).bytes(status)
  else { return 0 }
  guard let again = try? EdXMLReader(policy: .lenient).read(written, storingIn: nil) else {
    preconditionFailure("what we wrote cannot be read")
  }
  precondition(again.message == received.message, "a status changed on its way")
  return 0
}
