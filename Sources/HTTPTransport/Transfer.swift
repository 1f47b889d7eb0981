import CCurl
import Foundation

/// One exchange: sets an easy handle up, runs it, and says what happened.
///
/// libcurl's callbacks get it as their context; it outlives the run because the run is inside its own method.
final class Transfer {
  private let request: TransportRequest
  private let handle: EasyHandle
  private let source: RequestSource
  private let sink: AnswerSink
  private let sinkPath: String?
  private let cancellation: Cancellation
  /// A connection was not made because its address is no public one.
  private var metPrivateAddress = false

  init(
    _ request: TransportRequest, into sink: TransportSink, handle: EasyHandle, cancellation: Cancellation
  ) throws(TransportError) {
    self.request = request
    self.handle = handle
    self.cancellation = cancellation
    source = try RequestSource(request.body)
    self.sink = AnswerSink(sink, limits: request.limits)
    sinkPath = if case .file(let path) = sink { path } else { nil }
  }

  /// Blocks the calling thread until the answer is complete or has failed.
  func run(_ configuration: TransportConfiguration) throws(TransportError) -> TransportResponse {
    guard !cancellation.isSet else {
      throw TransportError(.cancelled, reach: .neverSent, detail: "cancelled before it began")
    }
    handle.reset()
    try prepare(configuration)
    let status = handle.perform()
    guard status == CURLE_OK else {
      sink.discard()
      throw error(for: status)
    }
    let code = handle.long(CURLINFO_RESPONSE_CODE)
    guard sink.finish(status: code) else { throw error(for: CURLE_WRITE_ERROR) }
    guard (200...599).contains(code) else {
      throw TransportError(.malformedResponse, reach: .unknown, detail: "HTTP status \(code)")
    }
    return TransportResponse(
      status: code, headers: sink.headers, body: sink.body, bodyByteCount: sink.byteCount,
      sinkPath: sink.usedFile ? sinkPath : nil)
  }

  private func prepare(_ configuration: TransportConfiguration) throws(TransportError) {
    try handle.set(CURLOPT_URL, request.url)
    try handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
    try handle.set(CURLOPT_FOLLOWLOCATION, 0)
    try handle.set(CURLOPT_NOSIGNAL, 1)
    try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    try handle.set(CURLOPT_TCP_KEEPALIVE, 1)
    try handle.set(CURLOPT_FRESH_CONNECT, request.mayRepeat ? 0 : 1)
    try handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.limits.connectTimeout.milliseconds)
    try handle.set(CURLOPT_TIMEOUT_MS, request.limits.totalTimeout.milliseconds)
    try handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)
    try handle.set(CURLOPT_LOW_SPEED_TIME, max(1, request.limits.stallTimeout.milliseconds / 1000))
    // An empty string switches the environment's proxy variables off.
    try handle.set(CURLOPT_PROXY, configuration.proxy ?? "")
    try prepareTLS(configuration.tls)
    try prepareBody()
    try handle.set(headerLines: headerLines(configuration))

    let context = Unmanaged.passUnretained(self).toOpaque()
    try handle.set(CURLOPT_HEADERDATA, context: context)
    try handle.set(CURLOPT_HEADERFUNCTION, callback: takeHeaderBytes)
    try handle.set(CURLOPT_WRITEDATA, context: context)
    try handle.set(CURLOPT_WRITEFUNCTION, callback: takeBodyBytes)
    if configuration.publicAddressesOnly {
      try handle.set(CURLOPT_OPENSOCKETDATA, context: context)
      try handle.set(openSocket: openPublicSocket)
    }
    try handle.set(CURLOPT_XFERINFODATA, context: context)
    try handle.set(progress: { context, _, _, _, _ in transfer(context)?.cancellation.isSet == true ? 1 : 0 })
    try handle.set(CURLOPT_NOPROGRESS, 0)
  }

  private func prepareTLS(_ tls: TransportConfiguration.TLS) throws(TransportError) {
    try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let file = tls.authorityFile { try handle.set(CURLOPT_CAINFO, file) }
    if let file = tls.clientCertificateFile {
      let archive = file.lowercased().hasSuffix(".p12") || file.lowercased().hasSuffix(".pfx")
      try handle.set(CURLOPT_SSLCERTTYPE, archive ? "P12" : "PEM")
      try handle.set(CURLOPT_SSLCERT, file)
    }
    if let file = tls.clientKeyFile { try handle.set(CURLOPT_SSLKEY, file) }
    if let password = tls.clientKeyPassword { try handle.set(CURLOPT_KEYPASSWD, password) }
  }

  private func prepareBody() throws(TransportError) {
    switch request.method {
    case .get: try handle.set(CURLOPT_HTTPGET, 1)
    case .head: try handle.set(CURLOPT_NOBODY, 1)
    case .delete: try handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    case .post:
      try handle.set(CURLOPT_POST, 1)
      try handle.set(CURLOPT_POSTFIELDSIZE_LARGE, size: source.byteCount)
    case .put:
      try handle.set(CURLOPT_UPLOAD, 1)
      try handle.set(CURLOPT_INFILESIZE_LARGE, size: source.byteCount)
    }
    let context = Unmanaged.passUnretained(self).toOpaque()
    try handle.set(CURLOPT_READDATA, context: context)
    try handle.set(CURLOPT_READFUNCTION, callback: giveBodyBytes)
    if request.mayRepeat {
      try handle.set(CURLOPT_SEEKDATA, context: context)
      try handle.set(seek: { context, offset, origin in
        guard origin == SEEK_SET, let transfer = transfer(context) else { return CURL_SEEKFUNC_FAIL }
        return transfer.source.seek(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
      })
    }
  }

  /// Header lines as libcurl wants them, refused if they could smuggle a second line.
  private func headerLines(_ configuration: TransportConfiguration) throws(TransportError) -> [String] {
    var lines: [String] = []
    for header in request.headers {
      let nameFits =
        !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
      guard nameFits, header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else {
        throw TransportError(
          .invalidRequest, reach: .neverSent, detail: "a header field holds characters other than printable ASCII")
      }
      lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
    }
    let names = Set(request.headers.map { $0.name.lowercased() })
    if !names.contains("expect") { lines.append("Expect:") }
    if !names.contains("content-type") { lines.append("Content-Type:") }
    if let agent = configuration.userAgent, !names.contains("user-agent") { lines.append("User-Agent: \(agent)") }
    return lines
  }

  private func error(for status: CURLcode) -> TransportError {
    if let failure = source.failure {
      return TransportError(.bodyUnreadable, reach: reach, detail: failure)
    }
    switch sink.failure {
    case .tooLarge:
      return TransportError(
        .responseTooLarge, reach: .unknown, detail: "the body passes \(request.limits.maximumResponseBytes) bytes")
    case .headersTooLarge:
      return TransportError(
        .responseTooLarge, reach: .unknown, detail: "the header passes \(request.limits.maximumHeaderBytes) bytes")
    case .file(let detail): return TransportError(.sinkFailed, reach: .unknown, detail: detail)
    case nil: break
    }
    // The tunnel of a TLS connection: as long as the proxy refuses it nothing reaches the peer.
    let tunnel = handle.long(CURLINFO_HTTP_CONNECTCODE)
    if tunnel != 0, !(200...299).contains(tunnel) {
      return TransportError(.proxyFailed, reach: .neverSent, detail: "the proxy refuses the tunnel: HTTP \(tunnel)")
    }
    if metPrivateAddress, status == CURLE_COULDNT_CONNECT {
      return TransportError(
        .connectionRefused, reach: .neverSent,
        detail: "an address of this host or of a private network, which is not allowed here")
    }
    let code = Self.code(for: status, reach: reach, timedOut: totalTimePassed)
    let seconds = Double(handle.offset(CURLINFO_TOTAL_TIME_T)) / 1_000_000
    return TransportError(
      code, reach: code.precedesRequest ? .neverSent : reach,
      detail: "\(EasyHandle.words(status)) (curl \(status.rawValue), after \(String(format: "%.1f", seconds)) s)")
  }

  /// Nothing has left while libcurl counts no request byte and has not come to the point of sending one.
  private var reach: TransportError.Reach {
    let nothing =
      handle.long(CURLINFO_REQUEST_SIZE) == 0 && handle.offset(CURLINFO_SIZE_UPLOAD_T) == 0
      && handle.offset(CURLINFO_PRETRANSFER_TIME_T) == 0
    return nothing ? .neverSent : .unknown
  }

  private var totalTimePassed: Bool {
    handle.offset(CURLINFO_TOTAL_TIME_T) / 1000 >= request.limits.totalTimeout.milliseconds - 20
  }

  private static func code(for status: CURLcode, reach: TransportError.Reach, timedOut: Bool) -> TransportError.Code {
    switch status {
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: .invalidRequest
    case CURLE_COULDNT_RESOLVE_HOST: .nameNotResolved
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxyFailed
    case CURLE_COULDNT_CONNECT: .connectionRefused
    case CURLE_INTERFACE_FAILED: .notConnected
    case CURLE_OPERATION_TIMEDOUT: reach == .neverSent ? .connectTimedOut : timedOut ? .timedOut : .stalled
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: .peerNotTrusted
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
      .tlsFailed
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND:
      .connectionLost
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .malformedResponse
    case CURLE_ABORTED_BY_CALLBACK: .cancelled
    default: .libraryFailed
    }
  }

  fileprivate func giveBody(into target: UnsafeMutableRawBufferPointer) -> Int {
    source.read(into: target) ?? lt_curl_read_abort()
  }

  fileprivate func takeBody(_ piece: UnsafeRawBufferPointer) -> Bool {
    sink.takeBody(piece, status: handle.long(CURLINFO_RESPONSE_CODE))
  }

  /// A socket for an address, if that is public.
  fileprivate func openSocket(to address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    let place = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0
    guard PeerAddress(UnsafeMutableRawPointer(address) + place, family: address.pointee.family).isPublic else {
      metPrivateAddress = true
      return lt_curl_no_socket()
    }
    return socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
  }

  fileprivate func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool { sink.takeHeader(line) }
}

extension TransportError.Code {
  /// Failures that libcurl can only meet before the request is sent.
  fileprivate var precedesRequest: Bool {
    switch self {
    case .invalidRequest, .nameNotResolved, .connectionRefused, .notConnected, .connectTimedOut, .peerNotTrusted,
      .tlsFailed:
      true
    default: false
    }
  }
}

/// The transfer behind a callback's context. It is alive: libcurl calls back only inside `Transfer.run`.
private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
  context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private let giveBodyBytes: lt_curl_transfer = { bytes, size, count, context in
  guard let transfer = transfer(context), let bytes else { return lt_curl_read_abort() }
  return transfer.giveBody(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

private let takeBodyBytes: lt_curl_transfer = { bytes, size, count, context in
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return transfer(context)?.takeBody(piece) == true ? piece.count : 0
}

private let takeHeaderBytes: lt_curl_transfer = { bytes, size, count, context in
  let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return transfer(context)?.takeHeader(line) == true ? line.count : 0
}

/// libcurl asks this for a socket to an address.
private let openPublicSocket: lt_curl_open_socket = { context, _, address in
  guard let transfer = transfer(context), let address else { return lt_curl_no_socket() }
  return transfer.openSocket(to: address)
}

extension Duration {
  /// At least one, since libcurl takes 0 as "no limit".
  fileprivate var milliseconds: Int {
    let parts = components
    return max(1, Int(clamping: parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000))
  }
}
