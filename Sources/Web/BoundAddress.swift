/// An address that a server listens on.
public struct BoundAddress: Hashable, Sendable {
  /// The endpoint as it was asked for.
  public let endpoint: Endpoint
  /// The address of the interface; nil for a Unix socket.
  public let host: String?
  /// The port in fact, where 0 was asked for too; nil for a Unix socket.
  public let port: Int?
  /// The path of a Unix socket; nil for TCP.
  public let unixPath: String?

  /// Makes an address.
  public init(endpoint: Endpoint, host: String?, port: Int?, unixPath: String?) {
    self.endpoint = endpoint
    self.host = host
    self.port = port
    self.unixPath = unixPath
  }

  /// The address as a person is told it: `http://127.0.0.1:8080`, `unix:/tmp/my.socket`.
  public var shown: String { unixPath.map { "unix:\($0)" } ?? url }

  /// An address that a browser on this machine can open, without a slash at its end. What listens on all
  /// interfaces is named by its loopback address. For a Unix socket it is `http://localhost`, to be used by a
  /// client that is told `unixPath` beside it.
  public var url: String {
    guard let host, let port else { return "http://localhost" }
    switch host {
    case "0.0.0.0": return "http://127.0.0.1:\(port)"
    case "::": return "http://[::1]:\(port)"
    case _ where host.contains(":"): return "http://[\(host)]:\(port)"
    default: return "http://\(host):\(port)"
    }
  }
}
