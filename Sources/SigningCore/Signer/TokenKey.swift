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
    /// The key as PKCS#11 URI (RFC 7512) without a PIN: `pkcs11:token=…;object=…`.
    public var uri: String
    /// libp11's engine; nil takes `pkcs11.so` from OpenSSL's folder of engines.
    public var engine: String?

    public init(module: String, uri: String, engine: String? = nil) {
      self.module = module
      self.uri = uri
      self.engine = engine
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
  /// Throws `.keyUnavailable` when engine, module, token or key is not there, `.wrongPassword` when the token refuses the
  /// PIN, `.keyStoreWithoutCertificate`, `.keyDoesNotMatchCertificate`.
  public init(
    _ location: Location, pin: String, certificate: Certificate? = nil, chain: [Certificate] = [],
    scheme: SignatureScheme? = nil
  ) throws(SigningError) {
    let session = try TokenSession(location, pin: pin)
    let found = if let certificate { certificate } else { try session.certificate(location.uri) }
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

  init(_ location: TokenKey.Location, pin: String) throws(SigningError) {
    guard !location.uri.lowercased().contains("pin-value") else {
      throw SigningError(.keyUnavailable, "the PIN must not stand in the key's URI")
    }
    (engine, key) = try TokenEngine.withEngine(for: location) { (engine) throws(SigningError) in
      guard ENGINE_ctrl_cmd_string(engine, "PIN", pin, 0) == 1,
        let key = ENGINE_load_private_key(engine, location.uri, nil, nil)
      else {
        let words = OpenSSLFailure.drain()
        let refused = ["pin incorrect", "pin_incorrect", "login failed", "pin locked", "pin len"].contains {
          words.lowercased().contains($0)
        }
        throw SigningError(refused ? .wrongPassword : .keyUnavailable, "no private key from the token: \(words)")
      }
      return (engine, key)
    }
  }

  deinit { EVP_PKEY_free(key) }

  /// libp11's parameters of LOAD_CERT_CTRL: where to look, and what was found.
  private struct CertificateQuery {
    var place: UnsafePointer<CChar>?
    var found: OpaquePointer?
  }

  func certificate(_ uri: String) throws(SigningError) -> Certificate? {
    // The certificate's object has the key's name, but is not of type "private".
    let place = uri.split(separator: ";").filter { !$0.hasPrefix("type=") }.joined(separator: ";")
    let found: OpaquePointer? = place.withCString { place in
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
          throw SigningError(.keyUnavailable, "this process already uses the module \(loaded.module)")
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
    guard FileManager.default.fileExists(atPath: path), FileManager.default.fileExists(atPath: location.module) else {
      throw SigningError(.keyUnavailable, "no engine at \(path) or no module at \(location.module)")
    }
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_ENGINE_DYNAMIC), nil)
    guard let engine = ENGINE_by_id("dynamic") else { throw .openSSL(.keyUnavailable, "dynamic engine") }
    do throws(SigningError) {
      for (command, value) in [("SO_PATH", path), ("ID", "pkcs11"), ("LOAD", nil), ("MODULE_PATH", location.module)] {
        guard ENGINE_ctrl_cmd_string(engine, command, value, 0) == 1 else {
          throw .openSSL(.keyUnavailable, "engine command \(command)")
        }
      }
      guard ENGINE_init(engine) == 1 else { throw .openSSL(.keyUnavailable, "the token's module cannot be started") }
    } catch {
      ENGINE_free(engine)
      throw error
    }
    return engine
  }
}
