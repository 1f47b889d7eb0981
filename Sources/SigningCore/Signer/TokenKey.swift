internal import COpenSSL
internal import Dispatch
internal import Foundation
internal import Synchronization

/// A private key that stays on a token or in an HSM, reached through PKCS#11 (libp11's OpenSSL engine).
///
/// Signing blocks for as long as the token takes, on a queue of its own. The PIN is tried once and never again: tokens lock
/// after some wrong ones. A login holds for the whole process (PKCS#11 2.40, 2.6.5): later PINs are not looked at.
public final class TokenKey: Signer {
  /// Where a key is.
  public struct Location: Sendable, Hashable {
    /// The token maker's PKCS#11 module, such as `/usr/lib/softhsm/libsofthsm2.so`.
    public var module: String
    /// The token by its label or serial number; one of the two at least.
    public var tokenLabel: String?
    public var serial: String?
    /// The key by its label or its id (CKA_ID, hexadecimal); one of the two at least.
    public var keyLabel: String?
    public var keyIdentifier: String?
    /// libp11's engine; nil takes `pkcs11.so` from OpenSSL's folder of engines.
    public var engine: String?

    public init(
      module: String, tokenLabel: String? = nil, serial: String? = nil, keyLabel: String? = nil,
      keyIdentifier: String? = nil, engine: String? = nil
    ) {
      self.module = module
      self.tokenLabel = tokenLabel
      self.serial = serial
      self.keyLabel = keyLabel
      self.keyIdentifier = keyIdentifier
      self.engine = engine
    }

    /// The object of the key's name as PKCS#11 URI (RFC 7512), on the token with this serial number; without a PIN.
    func uri(serial: String, type: String) -> String {
      var parts = ["serial=\(Self.escaped(Array(serial.utf8)))"]
      if let tokenLabel { parts.append("token=\(Self.escaped(Array(tokenLabel.utf8)))") }
      if let keyLabel { parts.append("object=\(Self.escaped(Array(keyLabel.utf8)))") }
      if let keyIdentifier, let bytes = [UInt8](hexadecimal: keyIdentifier) {
        parts.append("id=" + bytes.map { "%" + [$0].hexadecimal }.joined())
      }
      return "pkcs11:" + (parts + ["type=\(type)"]).joined(separator: ";")
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
      bytes.map { byte in
        let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        return isPlain ? String(Unicode.Scalar(byte)) : "%" + [byte].hexadecimal
      }.joined()
    }
  }

  public let certificate: Certificate
  public let chain: [Certificate]
  public let scheme: SignatureScheme
  private let session: TokenSession
  private let queue = DispatchQueue(label: "lienthong.token")

  /// Opens a session, logs in and finds the key.
  ///
  /// - Parameter certificate: the key's certificate; nil takes the one that lies beside the key on the token.
  ///
  /// Throws `.tokenModuleUnusable`, `.tokenAbsent`, `.tokenLocked` (also when one try is left: it is not spent),
  /// `.wrongPassword` when the token refuses the PIN, `.tokenKeyMissing`, `.keyStoreWithoutCertificate`,
  /// `.keyDoesNotMatchCertificate`, `.keyUnavailable` for what else the token says.
  public init(
    _ location: Location, pin: String, certificate: Certificate? = nil, chain: [Certificate] = [],
    scheme: SignatureScheme? = nil
  ) throws(SigningError) {
    let session = try TokenSession(location, pin: pin)
    let found = if let certificate { certificate } else { try session.certificate() }
    guard let own = found else {
      throw SigningError(.keyStoreWithoutCertificate, "no certificate beside the key on the token")
    }
    guard session.holdsKey(of: own) else {
      throw SigningError(.keyDoesNotMatchCertificate, "the token's public key differs from the certificate's")
    }
    self.session = session
    self.certificate = own
    self.chain = chain
    self.scheme = if let scheme { scheme } else { try SignatureScheme(for: own.publicKey) }
  }

  public func sign(_ bytes: BytesToSign) async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { [session] in
        continuation.resume(with: Result { try session.sign(bytes) })
      }
    }
  }
}

/// The key's handle, logged in.
private final class TokenSession: @unchecked Sendable {
  // Proof: set once in init, used only inside `sign` on TokenKey's serial queue and in TokenKey's init, freed in deinit;
  // libp11 guards its sessions with locks of its own.
  private let engine: OpaquePointer
  private let key: OpaquePointer

  /// The certificate's object has the key's name.
  private let certificatePlace: String

  init(_ location: TokenKey.Location, pin: String) throws(SigningError) {
    guard location.tokenLabel != nil || location.serial != nil else {
      throw SigningError(.tokenAbsent, "neither label nor serial number of the token is given")
    }
    guard location.keyLabel != nil || location.keyIdentifier.flatMap({ [UInt8](hexadecimal: $0) }) != nil else {
      throw SigningError(.tokenKeyMissing, "neither label nor hexadecimal id of the key is given")
    }
    let directory = try TokenDirectory(module: location.module)
    let token = try directory.token(label: location.tokenLabel, serial: location.serial)
    certificatePlace = location.uri(serial: token.serial, type: "cert")
    let place = location.uri(serial: token.serial, type: "private")
    (engine, key) = try TokenEngine.withEngine(for: location) { (engine) throws(SigningError) in
      guard ENGINE_ctrl_cmd_string(engine, "PIN", pin, 0) == 1 else {
        throw .openSSL(.keyUnavailable, "engine command PIN")
      }
      // The PIN is not kept in the engine: a later session has its own.
      defer {
        _ = ENGINE_ctrl_cmd_string(engine, "PIN", "", 0)
        OpenSSLFailure.clear()
      }
      // No user interface: nothing may ask at a terminal that nobody watches.
      guard let key = ENGINE_load_private_key(engine, place, UI_null(), nil) else {
        let words = OpenSSLFailure.drain()
        throw SigningError(Self.code(words), "no private key from the token: \(words)")
      }
      return (engine, key)
    }
  }

  /// What libp11's words mean; the token itself was found before.
  private static func code(_ words: String) -> SigningError.Code {
    let text = words.lowercased()
    if text.contains("pin locked") || text.contains("pin_locked") { return .tokenLocked }
    if ["pin incorrect", "pin_incorrect", "login failed", "pin len", "pin invalid"].contains(where: text.contains) {
      return .wrongPassword
    }
    return text.contains("object not found") ? .tokenKeyMissing : .keyUnavailable
  }

  deinit { EVP_PKEY_free(key) }

  /// libp11's parameters of LOAD_CERT_CTRL: where to look, and what was found.
  private struct CertificateQuery {
    var place: UnsafePointer<CChar>?
    var found: OpaquePointer?
  }

  func certificate() throws(SigningError) -> Certificate? {
    let found: OpaquePointer? = certificatePlace.withCString { place in
      var query = CertificateQuery(place: place, found: nil)
      return withUnsafeMutablePointer(to: &query) { query in
        ENGINE_ctrl_cmd(engine, "LOAD_CERT_CTRL", 0, query, nil, 1) == 1 ? query.pointee.found : nil
      }
    }
    OpenSSLFailure.clear()
    guard let found else { return nil }
    let der = encoded { i2d_X509(found, $0) }
    X509_free(found)
    return try Certificate(der: der)
  }

  func holdsKey(of certificate: Certificate) -> Bool {
    defer { OpenSSLFailure.clear() }
    return certificate.object.withPointer { leaf in
      X509_get0_pubkey(leaf).map { EVP_PKEY_eq($0, key) == 1 } ?? false
    }
  }

  func sign(_ bytes: BytesToSign) throws(SigningError) -> [UInt8] {
    do throws(SigningError) {
      return try bytes.scheme.sign(bytes.bytes, key: key)
    } catch {
      throw SigningError(.keyUnavailable, "the token did not sign: \(error.detail)")
    }
  }
}

/// libp11's engine, loaded once: it cannot be loaded anew, and it serves one PKCS#11 module for the life of the process.
private enum TokenEngine {
  private struct Loaded {
    let module: String
    let engine: OpaquePointer
  }

  private static let loaded = Mutex<Loaded?>(nil)

  /// Lends the engine, to one at a time: the PIN is a setting of the whole engine.
  static func withEngine(
    for location: TokenKey.Location, _ body: (OpaquePointer) throws(SigningError) -> (OpaquePointer, OpaquePointer)
  ) throws(SigningError) -> (OpaquePointer, OpaquePointer) {
    let result: Result<Handles, SigningError> = loaded.withLock { loaded in
      do throws(SigningError) {
        if let loaded, loaded.module != location.module {
          throw SigningError(.tokenModuleUnusable, "this process already uses the module \(loaded.module)")
        }
        let engine = if let loaded { loaded.engine } else { try load(location) }
        loaded = Loaded(module: location.module, engine: engine)
        return .success(Handles(pair: try body(engine)))
      } catch {
        return .failure(error)
      }
    }
    return try result.get().pair
  }

  private struct Handles: @unchecked Sendable {
    // Proof: only carries two pointers out of the lock to the one caller that waits for them.
    let pair: (OpaquePointer, OpaquePointer)
  }

  private static func load(_ location: TokenKey.Location) throws(SigningError) -> OpaquePointer {
    let folder = OPENSSL_info(OPENSSL_INFO_ENGINES_DIR).map { String(cString: $0) } ?? ""
    let path = location.engine ?? "\(folder)/pkcs11.so"
    guard FileManager.default.fileExists(atPath: path) else {
      throw SigningError(.tokenModuleUnusable, "no engine at \(path): install libengine-pkcs11-openssl")
    }
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_ENGINE_DYNAMIC), nil)
    guard let engine = ENGINE_by_id("dynamic") else { throw .openSSL(.keyUnavailable, "dynamic engine") }
    do throws(SigningError) {
      for (command, value) in [
        ("SO_PATH", path), ("ID", "pkcs11"), ("LOAD", nil), ("MODULE_PATH", location.module), ("QUIET", nil),
      ] {
        guard ENGINE_ctrl_cmd_string(engine, command, value, 0) == 1 else {
          throw .openSSL(.keyUnavailable, "engine command \(command)")
        }
      }
      guard ENGINE_init(engine) == 1 else {
        throw .openSSL(.tokenModuleUnusable, "the token's module cannot be started")
      }
    } catch {
      ENGINE_free(engine)
      throw error
    }
    return engine
  }
}
