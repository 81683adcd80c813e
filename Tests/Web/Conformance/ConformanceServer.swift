import NIOCore
import NIOHTTP1

@testable import Web

/// What the conformance suite asks: it tells what it was asked, or answers what the path says.
enum ConformanceServer {
  /// The bounds that it runs with, small where a case goes beyond.
  static var limits: ServerLimits {
    var limits = ServerLimits()
    limits.maxBodyBytes = 1_000
    limits.maxHeaderBytes = 2_000
    limits.maxHeaderCount = 20
    limits.maxTargetBytes = 500
    return limits
  }

  /// Answers `METHOD target body`, except at these paths: `/fields/name` gives the values of a field in angle
  /// brackets, `/status/n` that status and five bytes, and those in `special`.
  static func respond(to exchange: Exchange) { exchange.respond(response(to: exchange.request)) }

  private static func response(to request: Request) -> Response {
    let path = request.path
    if path.hasPrefix("/fields/") {
      return .text(.ok, request.headers[String(path.dropFirst(8))].map { "<\($0)>" }.joined())
    }
    if path.hasPrefix("/status/"), let status = Int(path.dropFirst(8)) {
      return .text(HTTPResponseStatus(statusCode: status), "12345")
    }
    if let response = special[path] { return response }
    let target = path + (request.query.map { "?\($0)" } ?? "")
    return .text(.ok, "\(request.method.rawValue) \(target) \(String(buffer: request.body))")
  }

  private static let special: [String: Response] = [
    "/framed": Response(
      status: .ok,
      headers: [
        "Content-Length": "99", "Transfer-Encoding": "chunked", "Date": "yesterday",
        "Keep-Alive": "timeout=5",
        "X": "y",
      ], body: ByteBuffer(string: "framed")),
    "/close": Response(
      status: .ok, headers: ["Connection": "x, Close"], body: ByteBuffer(string: "closing")),
    "/cookies": Response(
      status: .ok, headers: ["Set-Cookie": "a=1", "set-cookie": "b=2"], body: ByteBuffer(string: "")),
    "/split": Response(status: .ok, headers: ["X": "a\r\nSet-Cookie: b=c"]),
    "/name": Response(status: .ok, headers: ["X Y": "a"]),
    "/interim": Response(status: .custom(code: 103, reasonPhrase: "Early Hints")),
    "/reason": Response(
      status: .custom(code: 299, reasonPhrase: "a\r\nX: b"), body: ByteBuffer(string: "reason")),
    "/beyond": Response(
      status: .custom(code: 1_000, reasonPhrase: "Beyond"), body: ByteBuffer(string: "beyond")),
    "/large": Response(status: .ok, body: ByteBuffer(repeating: UInt8(ascii: "x"), count: 100_000)),
    "/empty": Response(status: .ok),
  ]
}
