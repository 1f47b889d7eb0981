import Foundation

/// The network address that a connection is about to be made to.
struct PeerAddress {
  /// 4 or 16 bytes; empty for any other family.
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// From a `sockaddr`, which for IPv6 goes on behind the fields that the type has.
  init(_ address: UnsafeMutableRawPointer, family: Int32) {
    switch family {
    case AF_INET: bytes = Array(UnsafeRawBufferPointer(start: address + 4, count: 4))
    case AF_INET6: bytes = Array(UnsafeRawBufferPointer(start: address + 8, count: 16))
    default: bytes = []
    }
  }

  /// Whether it is an address of the public network: not of this host, of a private, shared, link-local or
  /// documentation network, multicast, or reserved (RFC 6890).
  var isPublic: Bool {
    switch bytes.count {
    case 4: Self.isPublic(bytes[0], bytes[1], bytes[2])
    case 16:
      if bytes[..<10].allSatisfy({ $0 == 0 }) {
        // ::ffff:a.b.c.d is an IPv4 address; the rest of this block is this host or reserved.
        bytes[10] == 0xff && bytes[11] == 0xff && Self.isPublic(bytes[12], bytes[13], bytes[14])
      } else if bytes[0] == 0x20, bytes[1] == 0x02 {
        // 6to4 carries an IPv4 address.
        Self.isPublic(bytes[2], bytes[3], bytes[4])
      } else {
        // Global unicast but for 2001::/23 (protocols, Teredo) and 2001:db8::/32 (documentation).
        bytes[0] & 0xe0 == 0x20
          && !(bytes[0] == 0x20 && bytes[1] == 0x01 && (bytes[2] < 2 || (bytes[2] == 0x0d && bytes[3] == 0xb8)))
      }
    default: false
    }
  }

  private static func isPublic(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
    switch (a, b, c) {
    case (0, _, _), (10, _, _), (127, _, _), (224..., _, _): false
    case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _), (198, 18...19, _): false
    case (192, 0, 0), (192, 0, 2), (198, 51, 100), (203, 0, 113), (192, 88, 99): false
    default: true
    }
  }
}
