import Foundation
import NIOCore
import NIOHTTP1
import Web

/// A request of the notebook to itself that never leaves the process.
struct OwnRequest {
  var method: String
  /// Path and query.
  var target: String
  var headers: [(name: String, value: String)]
  var body: [UInt8]?
  var followsRedirects: Bool
  /// Whether the body is written as it is taken.
  var isWritten = false
  var redirects = 0

  static let redirectLimit = 10

  /// The request as the server would have read it.
  ///
  /// - Parameters:
  ///   - host: what `Host` says.
  ///   - mark: the field that says whose call it is.
  func request(host: String, mark: (name: String, value: String)) -> Request {
    var fields = HTTPHeaders([("host", host), mark])
    for (name, value) in headers { fields.add(name: name, value: value) }
    if let body, !fields.contains(name: "content-length") {
      fields.add(name: "content-length", value: "\(body.count)")
    }
    return Request(
      method: HTTPMethod(rawValue: method), target: OwnRequest.encoded(target), headers: fields,
      body: ByteBuffer(bytes: body ?? []), remoteAddress: try? SocketAddress(ipAddress: "127.0.0.1", port: 0))
  }

  /// Percent-encodes spaces and what is beyond ASCII; what is encoded already stays so.
  private static func encoded(_ target: String) -> String {
    var text = ""
    text.reserveCapacity(target.utf8.count)
    for byte in target.utf8 {
      if byte > 0x20 && byte < 0x7f {
        text.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        text += "%" + String(byte >> 4, radix: 16, uppercase: true)
        text += String(byte & 15, radix: 16, uppercase: true)
      }
    }
    return text
  }

  /// Where a response sends the call on to, and how; nil where it is the answer (RFC 9110 section 15.4).
  func following(_ response: Response) -> (location: String, next: OwnRequest)? {
    guard followsRedirects, [301, 302, 303, 307, 308].contains(response.status.code),
      let location = response.headers.first(name: "location")
    else { return nil }
    var next = self
    next.redirects += 1
    let becomesGET =
      switch response.status.code {
      case 303: method != "HEAD" && method != "GET"
      case 301, 302: method == "POST"
      default: false
      }
    if becomesGET {
      next.method = "GET"
      next.body = nil
      next.isWritten = false
      next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
    }
    return (resolved(location), next)
  }

  /// A location against the present target: an absolute address, or a path of this server.
  private func resolved(_ location: String) -> String {
    if location.contains("://") { return location }
    guard let base = URL(string: "http://own" + OwnRequest.encoded(target)),
      let url = URL(string: location, relativeTo: base)?.absoluteURL, url.host() == "own"
    else { return location }
    return String(url.absoluteString.dropFirst("http://own".count))
  }
}
