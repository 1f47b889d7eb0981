import CCurl

/// The one owner of a libcurl easy handle and of the connections that it keeps.
///
/// Not thread-safe: it belongs to one `TransferLane` and is used on that lane's queue only.
final class EasyHandle {
  let raw: UnsafeMutableRawPointer
  private var headerList: UnsafeMutablePointer<curl_slist>?

  /// `curl_global_init` must run once, before any handle; a lazy static is run once by the language.
  private static let libraryStatus: CURLcode = curl_global_init(lt_curl_global_flags())

  init() throws(TransportError) {
    guard Self.libraryStatus == CURLE_OK, let raw = curl_easy_init() else {
      throw TransportError(.libraryFailed, reach: .neverSent, detail: "libcurl cannot be initialised")
    }
    self.raw = raw
  }

  deinit {
    curl_easy_cleanup(raw)
    curl_slist_free_all(headerList)
  }

  /// Back to defaults; kept connections and the DNS cache stay.
  func reset() {
    curl_easy_reset(raw)
    curl_slist_free_all(headerList)
    headerList = nil
  }

  func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
    try check(lt_curl_set_long(raw, option, value), option)
  }

  func set(_ option: CURLoption, size value: Int) throws(TransportError) {
    try check(lt_curl_set_offset(raw, option, curl_off_t(value)), option)
  }

  /// libcurl copies the string.
  func set(_ option: CURLoption, _ value: String) throws(TransportError) {
    try check(value.withCString { lt_curl_set_string(raw, option, $0) }, option)
  }

  func set(_ option: CURLoption, context: UnsafeMutableRawPointer) throws(TransportError) {
    try check(lt_curl_set_pointer(raw, option, context), option)
  }

  func set(_ option: CURLoption, callback: @escaping lt_curl_transfer) throws(TransportError) {
    try check(lt_curl_set_transfer(raw, option, callback), option)
  }

  func set(seek callback: @escaping lt_curl_seek) throws(TransportError) {
    try check(lt_curl_set_seek(raw, callback), CURLOPT_SEEKFUNCTION)
  }

  func set(openSocket callback: @escaping lt_curl_open_socket) throws(TransportError) {
    try check(lt_curl_set_open_socket(raw, callback), CURLOPT_OPENSOCKETFUNCTION)
  }

  func set(progress callback: @escaping lt_curl_progress) throws(TransportError) {
    try check(lt_curl_set_progress(raw, callback), CURLOPT_XFERINFOFUNCTION)
  }

  /// Sets the header lines; the list lives until the next `reset`.
  func set(headerLines: [String]) throws(TransportError) {
    for line in headerLines {
      guard let longer = line.withCString({ curl_slist_append(headerList, $0) }) else {
        throw TransportError(.libraryFailed, reach: .neverSent, detail: "out of memory for header lines")
      }
      headerList = longer
    }
    try check(lt_curl_set_list(raw, CURLOPT_HTTPHEADER, headerList), CURLOPT_HTTPHEADER)
  }

  func perform() -> CURLcode { curl_easy_perform(raw) }

  /// 0 if libcurl does not say.
  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return lt_curl_get_long(raw, info, &value) == CURLE_OK ? value : 0
  }

  /// 0 if libcurl does not say.
  func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return lt_curl_get_offset(raw, info, &value) == CURLE_OK ? Int(value) : 0
  }

  private func check(_ status: CURLcode, _ option: CURLoption) throws(TransportError) {
    guard status == CURLE_OK else {
      throw TransportError(
        .libraryFailed, reach: .neverSent, detail: "libcurl refuses option \(option.rawValue): \(Self.words(status))")
    }
  }

  /// libcurl's own words for a status; they name no peer and no data.
  static func words(_ status: CURLcode) -> String {
    curl_easy_strerror(status).map { String(cString: $0) } ?? "status \(status.rawValue)"
  }
}
