import CCurl

/// One of libcurl's easy handles, with what must live as long as it does. It belongs to the transfer thread, and carries
/// one exchange: used again, libcurl 7.88 appends a folded line, where an answer's header begins with one, to a header of
/// the answer before, which it has freed. Connections and addresses are known to the multi handle, TLS sessions to all.
final class EasyHandle {
  let curl: ccurl_easy
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?

  init?() {
    guard let raw = ccurl_easy_init() else { return nil }
    curl = ccurl_easy(raw: raw)
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    ccurl_easy_cleanup(curl)
    ccurl_slist_free_all(headerList)
    errorText.deallocate()
  }

  /// What libcurl says about the failure; empty when it says nothing.
  var errorMessage: String { String(cString: errorText) }

  /// Sets the handle up for the hop that the transfer is at.
  ///
  /// - Returns: False when libcurl could not, which means that memory has run out.
  func prepare(for transfer: Transfer, settings: EasySettings, sessions: ccurl_sessions) -> Bool {
    var setup = Setup(curl: curl)
    setup.check(ccurl_easy_set_sessions(curl, sessions))
    setup.common(settings)
    setup.target(transfer.hop, connectTimeout: transfer.request.connectTimeout)
    setup.content(transfer.hop, isSentInPieces: transfer.sending != nil)
    setup.callbacks(Unmanaged.passUnretained(transfer).toOpaque())
    setup.check(ccurl_easy_set_error_buffer(curl, errorText))
    guard let list = headerLines(transfer.hop, isSentInPieces: transfer.sending != nil) else { return false }
    headerList = list
    setup.check(ccurl_easy_set_list(curl, CURLOPT_HTTPHEADER, list))
    return setup.succeeded
  }

  private func headerLines(_ hop: Hop, isSentInPieces: Bool) -> UnsafeMutablePointer<curl_slist>? {
    // "Name:" takes out a header that libcurl would add by itself. Waiting for "100 Continue" costs a second
    // with servers that don't know it, and a body's type is the caller's to say.
    func says(_ name: String) -> Bool { hop.headers.contains { $0.name.lowercased() == name } }
    var lines = says("expect") ? [] : ["Expect:"]
    if isSentInPieces { lines.append("Transfer-Encoding: chunked") }
    if !says("content-type") { lines.append("Content-Type:") }
    for (name, value) in hop.headers where name.lowercased() != "content-length" {
      // "Name;" is how libcurl is told to send a name with an empty value.
      lines.append(value.allSatisfy { $0 == " " || $0 == "\t" } ? "\(name);" : "\(name): \(value)")
    }
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines {
      guard let longer = ccurl_slist_append(list, line) else {
        ccurl_slist_free_all(list)
        return nil
      }
      list = longer
    }
    return list
  }

  /// Lets libcurl read and send what it may; what is still to wait waits on.
  func goOn(_ transfer: Transfer) {
    var paused: Int32 = CURLPAUSE_CONT
    if transfer.window.isClosed { paused |= CURLPAUSE_RECV }
    if transfer.sending?.isWaiting == true { paused |= CURLPAUSE_SEND }
    _ = ccurl_easy_pause(curl, paused)
  }

  // MARK: What the transfer was like

  func longInfo(_ info: CURLINFO) -> Int {
    var value = 0
    return ccurl_easy_get_long(curl, info, &value) == CURLE_OK ? value : 0
  }

  func offsetInfo(_ info: CURLINFO) -> Int64 {
    var value: Int64 = 0
    return ccurl_easy_get_offset(curl, info, &value) == CURLE_OK ? value : 0
  }

  /// The transfer that a handle carries.
  static func transfer(of curl: ccurl_easy) -> Transfer? {
    var owner: UnsafeMutableRawPointer?
    guard ccurl_easy_get_pointer(curl, CURLINFO_PRIVATE, &owner) == CURLE_OK, let owner else { return nil }
    return Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
  }
}

/// What is the same for all transfers of a pool.
struct EasySettings {
  var userAgent: String
  var certificateFile: String?
  var proxies: ProxyRules
}

/// Options set one after another; one failure fails the whole.
private struct Setup {
  let curl: ccurl_easy
  var succeeded = true

  mutating func check(_ code: CURLcode) {
    if code != CURLE_OK { succeeded = false }
  }

  mutating func set(_ option: CURLoption, _ value: Int) { check(ccurl_easy_set_long(curl, option, value)) }
  mutating func set(_ option: CURLoption, _ value: String) {
    check(ccurl_easy_set_string(curl, option, value))
  }

  mutating func common(_ settings: EasySettings) {
    // Signals would be libcurl's way to interrupt a lookup; a process with threads cannot have them.
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    // `Hop` follows redirects, because libcurl would keep a method of one's own and a socket's path for ever.
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    // Without it a transfer that is cancelled during a lookup would wait for the lookup, and all others with it.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_USERAGENT, settings.userAgent)
    if let file = settings.certificateFile {
      for option in [CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO] { set(option, file) }
      // The file alone says whom to trust: libcurl would look in the system's folder, too.
      for option in [CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH] { check(ccurl_easy_set_string(curl, option, nil)) }
    }
  }

  mutating func target(_ hop: Hop, connectTimeout: Duration) {
    set(CURLOPT_URL, hop.address.text)
    let milliseconds = min(max(connectTimeout, .milliseconds(1)), .seconds(86_400)) / .milliseconds(1)
    set(CURLOPT_CONNECTTIMEOUT_MS, Int(milliseconds))
    if let path = hop.unixSocketPath { set(CURLOPT_UNIX_SOCKET_PATH, path) }
    if hop.skipsCertificateChecks {
      set(CURLOPT_SSL_VERIFYPEER, 0)
      set(CURLOPT_SSL_VERIFYHOST, 0)
    }
    // `ProxyRules` has read the environment; libcurl must not read it again. An empty text is none.
    set(CURLOPT_PROXY, hop.proxy?.url ?? "")
    set(CURLOPT_NOPROXY, "")
    if !hop.takesBodyAsSent {
      // All that this libcurl can undo.
      set(CURLOPT_ACCEPT_ENCODING, "")
    }
  }

  mutating func content(_ hop: Hop, isSentInPieces: Bool) {
    if isSentInPieces {
      set(CURLOPT_POST, 1)
      check(ccurl_easy_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, -1))
      if hop.method != "POST" { set(CURLOPT_CUSTOMREQUEST, hop.method) }
      set(CURLOPT_FRESH_CONNECT, 1)
      return
    }
    // A method that usually has content says so even when there is none (RFC 9110, section 8.6).
    let body = hop.body ?? (["POST", "PUT", "PATCH"].contains(hop.method) ? [] : nil)
    if hop.method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
    } else if let body {
      set(CURLOPT_POST, 1)
      check(ccurl_easy_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count)))
      if body.isEmpty {
        set(CURLOPT_COPYPOSTFIELDS, "")
      } else {
        check(body.withUnsafeBytes { ccurl_easy_set_bytes(curl, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) })
      }
      if hop.method != "POST" { set(CURLOPT_CUSTOMREQUEST, hop.method) }
    } else {
      set(CURLOPT_HTTPGET, 1)
      if hop.method != "GET" { set(CURLOPT_CUSTOMREQUEST, hop.method) }
    }
  }

  mutating func callbacks(_ owner: UnsafeMutableRawPointer) {
    check(ccurl_easy_set_data_function(curl, CURLOPT_WRITEFUNCTION, bodyArrived))
    check(ccurl_easy_set_pointer(curl, CURLOPT_WRITEDATA, owner))
    check(ccurl_easy_set_data_function(curl, CURLOPT_READFUNCTION, bodyWanted))
    check(ccurl_easy_set_pointer(curl, CURLOPT_READDATA, owner))
    check(ccurl_easy_set_data_function(curl, CURLOPT_HEADERFUNCTION, headerArrived))
    check(ccurl_easy_set_pointer(curl, CURLOPT_HEADERDATA, owner))
    check(ccurl_easy_set_connected_function(curl, connectionStands))
    check(ccurl_easy_set_pointer(curl, CURLOPT_PREREQDATA, owner))
    check(ccurl_easy_set_pointer(curl, CURLOPT_PRIVATE, owner))
  }
}

// MARK: Called by libcurl on the transfer thread

private func transfer(_ owner: UnsafeMutableRawPointer) -> Transfer {
  Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
}

private func asBytes(_ start: UnsafeMutablePointer<CChar>, _ count: Int) -> UnsafeBufferPointer<UInt8> {
  UnsafeRawBufferPointer(start: start, count: count).assumingMemoryBound(to: UInt8.self)
}

private func bodyArrived(
  _ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  guard let start, let owner else { return 0 }
  switch transfer(owner).take(bodyBytes: asBytes(start, size * count)) {
  case .taken: return size * count
  case .pause: return Int(CURL_WRITEFUNC_PAUSE)
  case .stop: return 0
  }
}

private func bodyWanted(
  _ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  guard let start, let owner else { return Int(CURL_READFUNC_ABORT) }
  let space = UnsafeMutableRawBufferPointer(start: start, count: size * count)
  return transfer(owner).give(to: space) ?? Int(CURL_READFUNC_PAUSE)
}

private func headerArrived(
  _ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  guard let start, let owner else { return 0 }
  return transfer(owner).take(headerLine: asBytes(start, size * count)) ? size * count : 0
}

private func connectionStands(
  _ owner: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?,
  _ local: UnsafeMutablePointer<CChar>?,
  _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
  guard let owner else { return CURL_PREREQFUNC_ABORT }
  return transfer(owner).connected() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
