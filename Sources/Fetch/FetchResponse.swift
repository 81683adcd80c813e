/// The final response to a ``FetchRequest``.
public struct FetchResponse: Sendable {
  /// The status code, 200 to 999; informational ones (1xx) are never final.
  public var status: Int

  /// The reason phrase of the status line; empty with HTTP/2, which has none.
  public var reason: String

  /// The header fields in the order and with the names in which they were sent. Trailers are left out.
  /// `Content-Encoding` and `Content-Length` tell of the body as it travelled, before it was decompressed.
  public var headers: [(name: String, value: String)]

  /// The content, decompressed unless the request carried its own `Accept-Encoding`.
  public var body: [UInt8]

  /// The address that answered, after redirects.
  public var url: String

  /// From the start of the call, waiting for a free connection and redirects included.
  public var elapsed: Duration

  public init(
    status: Int, reason: String, headers: [(name: String, value: String)], body: [UInt8], url: String,
    elapsed: Duration
  ) {
    self.status = status
    self.reason = reason
    self.headers = headers
    self.body = body
    self.url = url
    self.elapsed = elapsed
  }
}
