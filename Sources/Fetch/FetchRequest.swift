/// One outbound HTTP call, as plain values.
///
/// Nothing is checked when the value is made. ``TransferPool/start(_:completion:)`` checks all of it, and completes
/// with a ``FetchError`` that says what is wrong.
public struct FetchRequest: Sendable {
  /// The method, sent as it is written; methods are case-sensitive (RFC 9110, section 9.1).
  public var method: String

  /// An absolute `http` or `https` address. Spaces and characters beyond ASCII in its path and query are
  /// percent-encoded; what is percent-encoded already stays so.
  public var url: String

  /// Header fields in the order in which they are sent; a name may occur more than once.
  ///
  /// `Content-Length` may only repeat the size of ``body`` and `Transfer-Encoding` is refused, because they frame
  /// the message. A request that carries its own `Accept-Encoding` gets its answer's body as it was sent,
  /// otherwise compression is asked for and undone.
  public var headers: [(name: String, value: String)]

  /// Names of ``headers``, in lower case, that no other origin than the first may see: like credentials they are
  /// left out where a redirect leads elsewhere.
  public var confidentialHeaders: Set<String> = []

  /// The bytes sent as the request's content; `nil` for none. A `HEAD` request cannot carry one.
  public var body: [UInt8]?

  /// How long finding the host, connecting and agreeing on TLS may take, for each address that is called.
  /// Less than a millisecond counts as one.
  public var connectTimeout: Duration

  /// How long the whole call may take, waiting for a free connection and redirects included; `nil` for no bound.
  public var timeout: Duration?

  /// How many redirects are followed; 0 gives the redirect itself as the response.
  public var redirectLimit: Int

  /// Hosts with their ports, as `example.com:80`, that are called without a proxy whatever ``ProxyRules`` say.
  public var directAuthorities: Set<String> = []

  /// Whether the certificate of the host that ``url`` names is taken unseen, whoever issued it and for whom. Hosts that
  /// a redirect leads to are checked as always.
  public var skipsCertificateChecks = false

  /// The path of a Unix-domain socket to connect to, in place of the host and port that ``url`` names.
  /// It stands for that host and port alone: a redirect to another one leaves the socket.
  public var unixSocketPath: String?

  /// The most bytes that a response's body may have, counted after decompression. Past it the call fails with
  /// ``FetchError/Kind/bodyTooLarge`` and the connection is closed.
  public var bodyLimit: Int

  /// The methods of which doing it twice does the same as doing it once (RFC 9110, section 9.2.2).
  public static let idempotentMethods: Set = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]

  /// 64 MiB, what ``bodyLimit`` is when nothing else is said.
  public static let defaultBodyLimit = 64 * 1024 * 1024

  public init(
    method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
    connectTimeout: Duration = .seconds(10), timeout: Duration? = nil, redirectLimit: Int = 10,
    unixSocketPath: String? = nil, bodyLimit: Int = FetchRequest.defaultBodyLimit
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.connectTimeout = connectTimeout
    self.timeout = timeout
    self.redirectLimit = redirectLimit
    self.unixSocketPath = unixSocketPath
    self.bodyLimit = bodyLimit
  }
}
