import VM

extension OutboundCalls {
  /// How a call is made.
  struct Options {
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// What writes the body as the other side takes it; then `body` is nil.
    var writes: PinnedValue?
    /// Nanoseconds for each attempt; nil for no limit.
    var timeout: Int?
    /// How many times the call is made again where that may help.
    var retries = 0
    /// Where cookies come from and go to.
    var jar: CookieJarObject?
    /// Nanoseconds to find the host, to connect and to agree on TLS; nil for what holds for all calls.
    var connectTimeout: Int?
    /// Whether the certificate of the host is taken unseen.
    var isInsecure = false
    var followsRedirects = true
    /// Whether the body of the answer is read as it comes.
    var isStreamed = false
    /// Whether a status of 400 or more fails the call.
    var checks = true
    /// Whether a call to this server itself takes its turn within the process, as under a virtual clock: so
    /// several arrive in the order in which they were made, which connections do not promise.
    var staysInProcess = false
  }
}
