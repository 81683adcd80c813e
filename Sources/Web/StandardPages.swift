import NIOHTTP1

/// The answers that the server and its routes give themselves: plain text, a sentence each. Whatever comes from
/// a request is shown without its control characters, so that it can't play tricks on a terminal.
public enum StandardPages {
  /// 404, with the nearest route and why it doesn't match.
  public static func notFound(method: HTTPMethod, path: String, nearMiss: NearMiss?) -> Response {
    var text = "No route matches \(name(of: method)) \(path.printable(limit: 200)).\n"
    if let nearMiss {
      text += "The nearest is \(nearMiss.pattern.text.printable(limit: 200)): \(nearMiss.reason).\n"
    }
    return .text(.notFound, text)
  }

  /// 405, with the methods that the path has.
  public static func methodNotAllowed(method: HTTPMethod, path: String, allow: [HTTPMethod]) -> Response {
    let list = allow.map(\.rawValue).joined(separator: ", ")
    var response = Response.text(
      .methodNotAllowed,
      "\(path.printable(limit: 200)) does not take \(name(of: method)), but \(list).\n")
    response.headers.add(name: "allow", value: list)
    return response
  }

  /// 404: a folder is served there, and what is asked for is not in it.
  public static func noFile(method: HTTPMethod, path: String, below folder: String) -> Response {
    .text(
      .notFound,
      "No file matches \(name(of: method)) \(path.printable(limit: 200)): "
        + "the folder served at \(folder.printable(limit: 200)) has none there.\n")
  }

  /// A method for people. HEAD has the headers of GET (RFC 9110 §9.3.2), with the length of the same page.
  private static func name(of method: HTTPMethod) -> String {
    (method == .HEAD ? .GET : method).rawValue.printable(limit: 20)
  }

  /// The answer to OPTIONS: 204 and the methods that the path has.
  public static func options(allow: [HTTPMethod]) -> Response {
    Response(
      status: .noContent, headers: HTTPHeaders([("allow", allow.map(\.rawValue).joined(separator: ", "))]))
  }

  /// 400, with what is wrong as a sentence without its full stop.
  public static func badRequest(_ reason: String) -> Response {
    .text(.badRequest, "Bad request: \(reason.printable(limit: 300)).\n")
  }

  /// 408: the request did not come in time.
  public static func requestTimeout(_ what: String) -> Response {
    .text(.requestTimeout, "The \(what) of the request took too long to come.\n")
  }

  /// 413, with the limit in bytes.
  public static func bodyTooLarge(limit: Int) -> Response {
    .text(.payloadTooLarge, "The body of the request is larger than the \(limit) bytes that are taken.\n")
  }

  /// 414, with the limit in bytes.
  public static func targetTooLong(limit: Int) -> Response {
    .text(.uriTooLong, "The address is longer than the \(limit) bytes that are taken.\n")
  }

  /// 413, with the limit in bytes of what chunks may say beside their sizes.
  static func extensionsTooLong(limit: Int) -> Response {
    .text(
      .payloadTooLarge, "The extensions of the chunks are longer than the \(limit) bytes that are taken.\n")
  }

  /// 421: the address is of another scheme than http.
  static func misdirected() -> Response {
    .text(.misdirectedRequest, "Only addresses that begin with http:// are served here.\n")
  }

  /// 426: the path is that of a WebSocket (RFC 9110 §15.5.22).
  public static func upgradeRequired(path: String) -> Response {
    upgradeRequired("\(path.printable(limit: 200)) is a WebSocket: connect to it with ws://.\n")
  }

  /// 426, with the version of WebSockets that is understood.
  static func versionRequired(_ version: String) -> Response {
    var response = upgradeRequired("Only version \(version) of WebSockets is understood.\n")
    response.headers.add(name: "sec-websocket-version", value: version)
    return response
  }

  /// Says what to change to.
  private static func upgradeRequired(_ text: String) -> Response {
    var response = Response.text(.upgradeRequired, text)
    response.headers.add(name: "upgrade", value: "websocket")
    return response
  }

  /// 431, with the limit in bytes.
  public static func headersTooLarge(limit: Int) -> Response {
    .text(
      .requestHeaderFieldsTooLarge,
      "The headers of the request are longer than the \(limit) bytes that are taken.\n")
  }

  /// 431, with the number of headers that are taken.
  static func tooManyHeaders(limit: Int) -> Response {
    .text(
      .requestHeaderFieldsTooLarge, "The headers of the request are more than the \(limit) that are taken.\n")
  }

  /// 431: trailers count with the headers.
  static func trailersTooLarge(_ limits: ServerLimits) -> Response {
    .text(
      .requestHeaderFieldsTooLarge,
      "The trailers of the request and its headers are more than the \(limits.maxHeaderCount) "
        + "or longer than the \(limits.maxHeaderBytes) bytes that are taken.\n")
  }

  /// 501: a method that is none of HTTP's (RFC 9110 §9.1).
  static func methodNotKnown() -> Response {
    .text(.notImplemented, "The method is none that is known here; they are written in capitals.\n")
  }

  /// 501: a transfer coding that is not understood (RFC 9112 §6.1).
  static func codingNotKnown() -> Response {
    .text(.notImplemented, "The only transfer coding understood is chunked.\n")
  }

  /// 501: CONNECT is for proxies.
  static func noTunnels() -> Response {
    .text(.notImplemented, "This server is no proxy: it opens no tunnels.\n")
  }

  /// 503, with the reason as a sentence without its full stop and when to come again.
  public static func unavailable(_ reason: String, retryAfterSeconds: Int? = 1) -> Response {
    var response = Response.text(.serviceUnavailable, "Not now: \(reason.printable(limit: 300)).\n")
    if let retryAfterSeconds { response.headers.add(name: "retry-after", value: "\(retryAfterSeconds)") }
    return response
  }

  /// 505: only HTTP/1.0 and HTTP/1.1 are spoken.
  public static func versionNotSupported() -> Response {
    .text(.httpVersionNotSupported, "Only HTTP/1.0 and HTTP/1.1 are understood.\n")
  }
}
