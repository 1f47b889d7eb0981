/// A key that signs: at once (software), in milliseconds (token, HSM) or in minutes (a person's phone).
public protocol Signer: Sendable {
  /// The certificate of the key.
  var certificate: Certificate { get }
  /// Issuing certificates to go into the signature, without the leaf.
  var chain: [Certificate] { get }
  /// How ``sign(_:)`` signs.
  var scheme: SignatureScheme { get }

  /// The signature value over what is given. ECDSA values may be DER or the fixed-length `r || s`.
  ///
  /// A caller that must survive a restart keeps the ``CMSDraft``, not this call.
  func sign(_ bytes: BytesToSign) async throws -> [UInt8]
}
