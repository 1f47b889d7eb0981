internal import COpenSSL
public import Foundation

/// Validates certification paths against one trust store (RFC 5280 6). Make one and keep it: it caches what does not
/// depend on the leaf.
public final class PathValidator: Sendable {
  public let trust: TrustStore
  public let policy: PathPolicy
  /// X509_STORE with the anchors; OpenSSL guards its lookups with a lock of its own.
  private let store: OwnedObject
  let revocationChecker: RevocationChecker

  /// Throws `.noTrustAnchor` when the store has none.
  public init(trust: TrustStore, policy: PathPolicy = .init()) throws(SigningError) {
    guard !trust.anchors.isEmpty else { throw SigningError(.noTrustAnchor, "the trust store is empty") }
    let pointer = try check(X509_STORE_new(), "X509_STORE_new")
    store = OwnedObject(takingOwnership: pointer) { X509_STORE_free($0) }
    for anchor in trust.anchors {
      try check(anchor.object.withPointer { X509_STORE_add_cert(pointer, $0) }, "X509_STORE_add_cert")
    }
    self.trust = trust
    self.policy = policy
    revocationChecker = RevocationChecker(policy: policy)
  }

  /// Validates `leaf` for a purpose at a proved time.
  ///
  /// - Parameters:
  ///   - untrusted: certificates that came with the signature, to build paths with.
  ///   - provedTime: when the signature is known to have existed (a time stamp's genTime), else now.
  ///   - now: the time of validation; evidence made later is refused.
  ///   - evidence: revocation lists and responses that came with the signature.
  ///   - fetched: those that were asked for over the network.
  public func validate(
    _ leaf: Certificate, untrusted: [Certificate] = [], purpose: CertificatePurpose, at provedTime: Date, now: Date,
    evidence: RevocationEvidence = .init(), fetched: RevocationEvidence = .init()
  ) -> PathReport {
    let built = build(leaf, untrusted: untrusted, at: provedTime)
    let chain = built.chain.isEmpty ? [leaf] : built.chain
    let authorities = RevocationChecker.Authorities(
      certificates: trust.intermediates + trust.anchors + untrusted.prefix(CMSSignature.maximumCertificateCount)
    ) { [self] candidate in
      vouches(
        for: candidate, under: chain.last, untrusted: untrusted, at: provedTime, now: now,
        evidence: evidence.merging(fetched))
    }
    let statuses = chain.indices.map { index in
      let certificate = chain[index]
      let revocation: RevocationStatus
      if index == chain.count - 1, built.finding.isPassed {
        revocation = RevocationStatus(finding: .passed)
      } else if built.finding.isPassed {
        revocation = revocationChecker.status(
          of: certificate, issuer: chain[index + 1], at: provedTime, now: now, given: evidence, fetched: fetched,
          store: trust.revocation, authorities: authorities)
      } else {
        revocation = RevocationStatus(finding: .indeterminate(.pathNotBuilt))
      }
      return PathReport.CertificateStatus(
        certificate: certificate, validity: Self.validity(of: certificate, at: provedTime), revocation: revocation)
    }
    return PathReport(
      chain: chain, anchor: built.finding.isPassed ? chain.last : nil, path: built.finding,
      validity: .worst(statuses.map(\.validity)), validNow: .worst(chain.map { Self.validity(of: $0, at: now) }),
      keyUsage: keyUsage(of: chain, for: purpose), algorithms: algorithms(of: chain, anchored: built.finding.isPassed),
      revocation: .worst(statuses.map(\.revocation.finding)), certificates: statuses)
  }

  /// Whether a certificate that signed a revocation list has a sound path of its own to the same anchor. It must not be
  /// known as revoked; its status may be unknown, since often only its own lists would tell.
  private func vouches(
    for candidate: Certificate, under anchor: Certificate?, untrusted: [Certificate], at date: Date, now: Date,
    evidence: RevocationEvidence
  ) -> Bool {
    let built = build(candidate, untrusted: untrusted, at: date)
    guard built.finding.isPassed, built.chain.last == anchor,
      algorithms(of: built.chain, anchored: true).isPassed,
      built.chain.allSatisfy({ Self.validity(of: $0, at: date).isPassed })
    else { return false }
    return zip(built.chain, built.chain.dropFirst()).allSatisfy { certificate, issuer in
      !revocationChecker.status(
        of: certificate, issuer: issuer, at: date, now: now, given: evidence, fetched: .init(), store: trust.revocation
      ).finding.isFailed
    }
  }

  /// Whether `date` lies in the certificate's validity period.
  public static func validity(of certificate: Certificate, at date: Date) -> Finding {
    if date < certificate.notBefore { return .failed(.notYetValid) }
    return date > certificate.notAfter ? .failed(.expired) : .passed
  }

  // MARK: - Building

  private func build(_ leaf: Certificate, untrusted: [Certificate], at date: Date) -> (
    chain: [Certificate], finding: Finding
  ) {
    // The store's own certificates come first, so that what a file brings cannot push them aside.
    let candidates = trust.intermediates + untrusted.prefix(CMSSignature.maximumCertificateCount)
    defer { withExtendedLifetime(candidates) {} }
    guard let stack = OPENSSL_sk_new_null() else { return ([], .indeterminate(.notChecked)) }
    defer { OPENSSL_sk_free(stack) }
    for candidate in candidates {
      _ = candidate.object.withPointer { OPENSSL_sk_push(stack, UnsafeRawPointer($0)) }
    }
    let strictly = run(leaf, stack, at: date, checksTime: true)
    switch strictly.error {
    case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
      // Time is a fact of its own: build again without it, to learn whether the rest of the path holds.
      let timeless = run(leaf, stack, at: date, checksTime: false)
      return (timeless.chain, Self.finding(timeless.error))
    default: return (strictly.chain, Self.finding(strictly.error))
    }
  }

  private func run(_ leaf: Certificate, _ untrusted: OpaquePointer, at date: Date, checksTime: Bool) -> (
    chain: [Certificate], error: Int32
  ) {
    defer { OpenSSLFailure.clear() }
    guard let context = X509_STORE_CTX_new() else { return ([], X509_V_ERR_OUT_OF_MEM) }
    defer { X509_STORE_CTX_free(context) }
    return store.withPointer { store in
      leaf.object.withPointer { leaf in
        guard X509_STORE_CTX_init(context, store, leaf, untrusted) == 1 else { return ([], X509_V_ERR_UNSPECIFIED) }
        var flags = UInt(X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_PARTIAL_CHAIN)
        if policy.strict { flags |= UInt(X509_V_FLAG_X509_STRICT) }
        if !checksTime { flags |= UInt(X509_V_FLAG_NO_CHECK_TIME) }
        X509_STORE_CTX_set_flags(context, flags)
        X509_STORE_CTX_set_verify_cb(context, Self.overlooksKeyIdentifiers)
        // Any policy will do, but where a path demands one it must have one: without this OpenSSL refuses all such paths.
        guard let anyPolicy = OBJ_nid2obj(NID_any_policy),
          X509_VERIFY_PARAM_add0_policy(X509_STORE_CTX_get0_param(context), anyPolicy) == 1
        else { return ([], X509_V_ERR_UNSPECIFIED) }
        X509_STORE_CTX_set_depth(context, Int32(clamping: policy.maximumDepth))
        if checksTime {
          X509_STORE_CTX_set_time(context, 0, time_t(date.timeIntervalSince1970.rounded(.down)))
        }
        let verified = X509_verify_cert(context)
        let chain = elements(ofStack: X509_STORE_CTX_get0_chain(context)).compactMap {
          try? Certificate(borrowing: OpaquePointer($0))
        }
        let error = X509_STORE_CTX_get_error(context)
        return (chain, verified == 1 ? X509_V_OK : error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error)
      }
    }
  }

  /// Key identifiers only help to find issuers (RFC 5280 4.2.1.1, 6.1): a certificate of an older authority that has none
  /// is no worse for it. OpenSSL's strict checks ask for them.
  private static let overlooksKeyIdentifiers: @convention(c) (Int32, OpaquePointer?) -> Int32 = { passed, context in
    switch X509_STORE_CTX_get_error(context) {
    case X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER, X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER: 1
    default: passed
    }
  }

  private static func finding(_ error: Int32) -> Finding {
    switch error {
    case X509_V_OK: .passed
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .failed(.selfSigned)
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_CERT_REJECTED: .failed(.untrusted)
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      .failed(.issuerNotFound)
    case X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE,
      X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
      .failed(.certificateSignatureInvalid)
    case X509_V_ERR_INVALID_CA, X509_V_ERR_INVALID_NON_CA, X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
      .failed(.notACertificationAuthority)
    case X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_CERT_CHAIN_TOO_LONG: .failed(.pathTooLong)
    case X509_V_ERR_PERMITTED_VIOLATION, X509_V_ERR_EXCLUDED_VIOLATION, X509_V_ERR_SUBTREE_MINMAX,
      X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE,
      X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
      .failed(.nameConstraintViolated)
    case X509_V_ERR_INVALID_POLICY_EXTENSION, X509_V_ERR_NO_EXPLICIT_POLICY: .failed(.policyNotAllowed)
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: .failed(.unknownCriticalExtension)
    case X509_V_ERR_OUT_OF_MEM, X509_V_ERR_UNSPECIFIED: .indeterminate(.notChecked)
    default: .failed(.certificateMalformed)
    }
  }

  // MARK: - Usage and strength

  private func keyUsage(of chain: [Certificate], for purpose: CertificatePurpose) -> Finding {
    guard let leaf = chain.first else { return .indeterminate(.notChecked) }
    let allowed: Set<String> =
      switch purpose {
      case .documentSigning: policy.documentSigningUsages
      case .timeStamping: [ExtendedKeyUsage.timeStamping]
      case .ocspSigning: [ExtendedKeyUsage.ocspSigning]
      }
    if let usage = leaf.keyUsage, usage.isDisjoint(with: [.digitalSignature, .nonRepudiation]) {
      return .failed(.keyUsage)
    }
    switch (purpose, leaf.extendedKeyUsage) {
    case (.documentSigning, nil): break
    case (.timeStamping, nil), (.ocspSigning, nil): return .failed(.extendedKeyUsage)
    case (.timeStamping, let usage?):
      // RFC 3161 2.3: this purpose alone, and critical.
      guard usage.oids == [ExtendedKeyUsage.timeStamping] else { return .failed(.extendedKeyUsage) }
      guard usage.isCritical else { return .failed(.extendedKeyUsageNotCritical) }
    case (_, let usage?):
      guard !allowed.isDisjoint(with: usage.oids) else { return .failed(.extendedKeyUsage) }
    }
    // An authority that was limited to other purposes cannot hand this one on.
    for authority in chain.dropFirst().dropLast() {
      guard let usage = authority.extendedKeyUsage else { continue }
      guard !allowed.union([ExtendedKeyUsage.any]).isDisjoint(with: usage.oids) else {
        return .failed(.extendedKeyUsage)
      }
    }
    return .passed
  }

  private func algorithms(of chain: [Certificate], anchored: Bool) -> Finding {
    var findings = chain.map { policy.algorithms.finding(key: $0.publicKey) }
    // The anchor is trusted as it stands: its own signature proves nothing and is not looked at.
    for certificate in anchored ? chain.dropLast() : chain[...] {
      findings.append(policy.algorithms.finding(digest: certificate.signatureDigest))
    }
    return .worst(findings)
  }
}
