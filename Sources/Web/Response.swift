import NIOCore
import NIOHTTP1

/// One HTTP answer, whole.
///
/// `Content-Length`, `Date` and `Connection` are the server's: it writes them itself and skips those it finds
/// here, except that a `Connection: close` is honoured.
public struct Response: Sendable {
  /// The status; one below 200 is answered as 500, for it would not end the exchange.
  public var status: HTTPResponseStatus
  /// The header fields, written in this order; see `HeaderRules` for what they may hold.
  public var headers: HTTPHeaders
  /// The body; not sent to HEAD, nor with 204, 205 and 304.
  public var body: ByteBuffer
  /// A part of a file that is the body in its place.
  public var file: FileSlice?

  /// The length of the body in bytes.
  public var length: Int { file?.range.count ?? body.readableBytes }

  /// Makes an answer of its three parts.
  public init(
    status: HTTPResponseStatus, headers: HTTPHeaders = HTTPHeaders(), body: ByteBuffer = ByteBuffer()
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer of plain text in UTF-8.
  public static func text(_ status: HTTPResponseStatus, _ text: String) -> Response {
    Response(status: status, type: "text/plain; charset=utf-8", body: ByteBuffer(string: text))
  }

  /// An answer of HTML in UTF-8; escaping is the caller's.
  public static func html(_ status: HTTPResponseStatus, _ html: String) -> Response {
    Response(status: status, type: "text/html; charset=utf-8", body: ByteBuffer(string: html))
  }

  /// An answer of JSON that is encoded already.
  public static func json(_ status: HTTPResponseStatus, _ bytes: ByteBuffer) -> Response {
    Response(status: status, type: "application/json", body: bytes)
  }

  /// An answer with a content type.
  public init(status: HTTPResponseStatus, type: String, body: ByteBuffer) {
    self.init(status: status, headers: HTTPHeaders([("content-type", type)]), body: body)
  }
}
