/// The final response to a ``FetchRequest``.
public struct FetchResponse: Sendable {
  /// The status code, 200 to 999; informational ones (1xx) are never final.
  public var status: Int

  /// The reason phrase of the status line; may be empty.
  public var reason: String

  /// The header fields in the order and with the names in which they were sent. Trailers are left out.
  /// `Content-Encoding` and `Content-Length` tell of the body as it travelled, before it was decompressed.
  public var headers: [(name: String, value: String)]

  /// The content, decompressed unless the request carried its own `Accept-Encoding`.
  public var body: [UInt8]

  /// The address that answered, after redirects.
  public var url: String

  /// The connections that it took, one for each redirect and one for the answer; empty where the head was told alone.
  public var connections: [Connection]

  /// What a call had of a connection.
  public struct Connection: Sendable, Equatable {
    /// Whom it leads to: calls to another server can't use it.
    public var server: String
    /// How long it took to be made, without looking up the name; `nil` where it stood already.
    public var setup: Duration?

    public init(server: String, setup: Duration?) {
      self.server = server
      self.setup = setup
    }
  }

  /// From the start of the call, waiting for a free connection and redirects included.
  public var elapsed: Duration

  public init(
    status: Int, reason: String, headers: [(name: String, value: String)], body: [UInt8], url: String,
    elapsed: Duration, connections: [Connection] = []
  ) {
    self.status = status
    self.reason = reason
    self.headers = headers
    self.body = body
    self.url = url
    self.elapsed = elapsed
    self.connections = connections
  }
}
