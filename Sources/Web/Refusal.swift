import NIOCore
import NIOHTTP1

/// A request or connection that the server refused itself: what was sent was malformed, too large or too late, or
/// there were too many.
public struct Refusal {
  /// Nil where the head of the request has not come whole.
  public let method: HTTPMethod?
  public let target: String?
  /// The status that it was answered with.
  public let status: HTTPResponseStatus
  /// The bytes of the answer's body.
  public let bodyBytes: Int
  /// As in a `Request`.
  public let remoteHost: String?
}
