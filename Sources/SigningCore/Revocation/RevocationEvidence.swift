/// Revocation lists and OCSP responses at hand: from a file's DSS, a signature's attributes, a folder or the network.
public struct RevocationEvidence: Sendable, Hashable {
  /// Lists and responses taken from one file each.
  public static let maximumCount = 256

  public private(set) var crls: [RevocationList]
  public private(set) var ocspResponses: [OCSPResponse]
  /// How many values could not be read or were too many.
  public private(set) var unreadable: Int

  public init(crls: [RevocationList] = [], ocspResponses: [OCSPResponse] = [], unreadable: Int = 0) {
    self.crls = crls
    self.ocspResponses = ocspResponses
    self.unreadable = unreadable
  }

  /// Reads what can be read, each value once; the rest is counted in ``unreadable``.
  public init(crlDER: [[UInt8]], ocspDER: [[UInt8]] = []) {
    self.init()
    for der in crlDER.prefix(Self.maximumCount) {
      guard let list = try? RevocationList(der: der) else {
        unreadable += 1
        continue
      }
      if !crls.contains(list) { crls.append(list) }
    }
    for der in ocspDER.prefix(Self.maximumCount) {
      guard let response = try? OCSPResponse(der: der) else {
        unreadable += 1
        continue
      }
      if !ocspResponses.contains(response) { ocspResponses.append(response) }
    }
    unreadable += max(0, crlDER.count - Self.maximumCount) + max(0, ocspDER.count - Self.maximumCount)
  }

  public var isEmpty: Bool { crls.isEmpty && ocspResponses.isEmpty }

  /// Both together, each value once.
  public func merging(_ other: RevocationEvidence) -> RevocationEvidence {
    RevocationEvidence(
      crls: crls + other.crls.filter { !crls.contains($0) },
      ocspResponses: ocspResponses + other.ocspResponses.filter { !ocspResponses.contains($0) },
      unreadable: unreadable + other.unreadable)
  }
}

/// Why a certificate was revoked (RFC 5280 5.3.1).
public enum RevocationReason: Int, Sendable, Hashable, Codable, CaseIterable {
  case unspecified = 0
  case keyCompromise = 1
  case caCompromise = 2
  case affiliationChanged = 3
  case superseded = 4
  case cessationOfOperation = 5
  case certificateHold = 6
  case removeFromCRL = 8
  case privilegeWithdrawn = 9
  case aaCompromise = 10
}
