import COpenSSL
import Foundation
import SigningCore

/// What checking a signed PDF costs at the least: read the file, hash the ranges, check the CMS and its time stamp, build
/// both paths and check the lists on the way, all through the same OpenSSL. No PDF is parsed, nothing compared, and the
/// places of the signature and of the security store are told beforehand.
final class OpenSSLFloor {
  struct Failed: Error { let what: String }

  private let store: OpaquePointer
  private let intermediates: OpaquePointer
  private let time: time_t
  private let lists: [OpaquePointer]
  /// Whether the lists of the store are taken as checked, as a program can that keeps running: only the certificates are
  /// looked up in them. Otherwise every path checks the signature of every list on its way, as OpenSSL does by itself.
  var remembersLists = false

  init(trust: TrustStore, at now: Date) throws {
    guard let store = X509_STORE_new(), let stack = OPENSSL_sk_new_null() else { throw Failed(what: "new") }
    for anchor in trust.anchors { X509_STORE_add_cert(store, try Self.certificate(anchor.der)) }
    lists = try trust.revocation.crls.map { try Self.list($0.der) }
    for list in lists { X509_STORE_add_crl(store, list) }
    for certificate in trust.intermediates {
      _ = OPENSSL_sk_push(stack, UnsafeRawPointer(try Self.certificate(certificate.der)))
    }
    self.store = store
    intermediates = stack
    time = time_t(now.timeIntervalSince1970)
  }

  /// The place of the last signature in a letter.
  struct Place {
    let gap: Range<Int>
    let end: Int
    /// Of the security store.
    var certificates: [[UInt8]] = []
    var lists: [[UInt8]] = []

    init(of letter: [UInt8]) throws {
      guard let mark = Data(letter).range(of: Data("/ByteRange [".utf8), options: .backwards) else {
        throw Failed(what: "no signature")
      }
      let numbers = String(decoding: letter[mark.upperBound...].prefix { $0 != UInt8(ascii: "]") }, as: UTF8.self)
        .split(separator: " ").compactMap { Int($0) }
      guard numbers.count == 4 else { throw Failed(what: "no byte range") }
      gap = numbers[1]..<numbers[2]
      end = numbers[2] + numbers[3]
    }
  }

  func verify(path: String, _ place: Place) throws {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw Failed(what: "open") }
    defer { close(file) }
    let size = Int(lseek(file, 0, SEEK_END))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    defer { buffer.deallocate() }
    guard pread(file, buffer.baseAddress, size, 0) == size else { throw Failed(what: "read") }
    // The security store first: it is read. Its lists are those of the trust store, which the paths check.
    for der in place.certificates { X509_free(try Self.certificate(der)) }
    for der in place.lists { X509_CRL_free(try Self.list(der)) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    EVP_DigestUpdate(context, buffer.baseAddress, place.gap.lowerBound)
    EVP_DigestUpdate(context, buffer.baseAddress.map { $0 + place.gap.upperBound }, place.end - place.gap.upperBound)
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    try verify(Self.bytes(hex: UnsafeRawBufferPointer(rebasing: buffer[place.gap].dropFirst().dropLast())), digest)
  }

  private func verify(_ der: [UInt8], _ digest: [UInt8]) throws {
    let (cms, signer, leaf, stack) = try signedData(der)
    defer {
      CMS_ContentInfo_free(cms)
      OPENSSL_sk_pop_free(stack) { X509_free($0.map { OpaquePointer($0) }) }
    }
    guard try attribute(signer) == digest else { throw Failed(what: "digest") }
    try path(leaf, stack)
    guard let object = OBJ_nid2obj(NID_id_smime_aa_timeStampToken),
      let value = CMS_unsigned_get0_data_by_OBJ(signer, object, -3, V_ASN1_SEQUENCE)
    else { throw Failed(what: "no time stamp") }
    let sequence = value.assumingMemoryBound(to: ASN1_STRING.self)
    let token = Array(
      UnsafeBufferPointer(start: ASN1_STRING_get0_data(sequence), count: Int(ASN1_STRING_length(sequence))))
    let (stamp, stampSigner, authority, stampStack) = try signedData(token)
    defer {
      CMS_ContentInfo_free(stamp)
      OPENSSL_sk_pop_free(stampStack) { X509_free($0.map { OpaquePointer($0) }) }
    }
    guard let content = CMS_get0_content(stamp)?.pointee else { throw Failed(what: "no content") }
    let info = UnsafeBufferPointer(start: ASN1_STRING_get0_data(content), count: Int(ASN1_STRING_length(content)))
    guard try attribute(stampSigner) == Self.digest(info) else { throw Failed(what: "time stamp's digest") }
    var cursor = info.baseAddress
    guard let parsed = d2i_TS_TST_INFO(nil, &cursor, info.count) else { throw Failed(what: "TSTInfo") }
    defer { TS_TST_INFO_free(parsed) }
    guard let imprint = TS_MSG_IMPRINT_get_msg(TS_TST_INFO_get_msg_imprint(parsed)),
      let signature = CMS_SignerInfo_get0_signature(signer)
    else { throw Failed(what: "imprint") }
    let signed = UnsafeBufferPointer(start: ASN1_STRING_get0_data(signature), count: Int(ASN1_STRING_length(signature)))
    let stamped = UnsafeBufferPointer(start: ASN1_STRING_get0_data(imprint), count: Int(ASN1_STRING_length(imprint)))
    guard Self.digest(signed) == Array(stamped) else { throw Failed(what: "imprint") }
    try path(authority, stampStack)
  }

  /// Parses a CMS and checks the value over its signed attributes.
  private func signedData(
    _ der: [UInt8]
  ) throws -> (cms: OpaquePointer, signer: OpaquePointer, leaf: OpaquePointer, stack: OpaquePointer) {
    let parsed = der.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      return d2i_CMS_ContentInfo(nil, &cursor, buffer.count)
    }
    guard let cms = parsed, let signers = CMS_get0_SignerInfos(cms), let first = OPENSSL_sk_value(signers, 0),
      let stack = CMS_get1_certs(cms)
    else { throw Failed(what: "CMS") }
    let signer = OpaquePointer(first)
    for index in 0..<OPENSSL_sk_num(stack) {
      guard let certificate = OPENSSL_sk_value(stack, index).map({ OpaquePointer($0) }),
        CMS_SignerInfo_cert_cmp(signer, certificate) == 0
      else { continue }
      CMS_SignerInfo_set1_signer_cert(signer, certificate)
      guard CMS_SignerInfo_verify(signer) == 1 else { throw Failed(what: "signature") }
      return (cms, signer, certificate, stack)
    }
    throw Failed(what: "no signer")
  }

  private func attribute(_ signer: OpaquePointer) throws -> [UInt8] {
    guard let object = OBJ_nid2obj(NID_pkcs9_messageDigest),
      let value = CMS_signed_get0_data_by_OBJ(signer, object, -3, V_ASN1_OCTET_STRING)
    else { throw Failed(what: "no digest") }
    let string = value.assumingMemoryBound(to: ASN1_STRING.self)
    return Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
  }

  private func path(_ leaf: OpaquePointer, _ own: OpaquePointer) throws {
    guard let context = X509_STORE_CTX_new(), let untrusted = OPENSSL_sk_dup(intermediates) else {
      throw Failed(what: "context")
    }
    defer {
      X509_STORE_CTX_free(context)
      OPENSSL_sk_free(untrusted)
    }
    for index in 0..<OPENSSL_sk_num(own) { OPENSSL_sk_push(untrusted, OPENSSL_sk_value(own, index)) }
    X509_STORE_CTX_init(context, store, leaf, untrusted)
    if !remembersLists {
      X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
    }
    X509_STORE_CTX_set_time(context, 0, time)
    guard X509_verify_cert(context) == 1 else {
      throw Failed(what: "path: \(X509_STORE_CTX_get_error(context))")
    }
    guard remembersLists, let chain = X509_STORE_CTX_get0_chain(context) else { return }
    for index in 0..<OPENSSL_sk_num(chain) {
      guard let certificate = OPENSSL_sk_value(chain, index).map({ OpaquePointer($0) }) else { continue }
      for list in lists where X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(certificate)) == 0 {
        var entry: OpaquePointer?
        guard X509_CRL_get0_by_cert(list, &entry, certificate) == 0 else { throw Failed(what: "revoked") }
      }
    }
  }

  private static func digest(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    EVP_Digest(bytes.baseAddress, bytes.count, &output, nil, EVP_sha256(), nil)
    return output
  }

  private static func bytes(hex: UnsafeRawBufferPointer) -> [UInt8] {
    func value(_ digit: UInt8) -> UInt8 { digit < 0x3a ? digit & 0x0f : (digit & 0x0f) + 9 }
    return [UInt8](unsafeUninitializedCapacity: hex.count / 2) { output, count in
      for index in 0..<(hex.count / 2) { output[index] = value(hex[2 * index]) << 4 | value(hex[2 * index + 1]) }
      count = hex.count / 2
    }
  }

  private static func certificate(_ der: [UInt8]) throws -> OpaquePointer {
    let parsed = der.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      return d2i_X509(nil, &cursor, buffer.count)
    }
    guard let parsed else { throw Failed(what: "certificate") }
    return parsed
  }

  private static func list(_ der: [UInt8]) throws -> OpaquePointer {
    let parsed = der.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      return d2i_X509_CRL(nil, &cursor, buffer.count)
    }
    guard let parsed else { throw Failed(what: "list") }
    return parsed
  }
}
