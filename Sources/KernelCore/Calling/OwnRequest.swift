import Fetch
import Foundation
import NIOCore
import NIOHTTP1
import Web

/// A request of the notebook to itself that never leaves the process. It is what a client on this machine would have
/// sent: checked, normalised and, where it leads on, followed by the same code as one that leaves.
struct OwnRequest {
  /// As it would leave, to an absolute address.
  var request: FetchRequest
  /// Whether the body is written as it is taken.
  var isWritten: Bool
  var redirects = 0

  static let redirectLimit = 10

  /// What the server would have read.
  ///
  /// - Parameters:
  ///   - headers: those of the call, with the cookies that go along.
  ///   - mark: the field that says whose call it is.
  /// - Throws: what the call would fail with before it had left.
  func asked(
    headers: [(name: String, value: String)], mark: (name: String, value: String)
  ) throws(FetchError) -> Request {
    let address = Address(try request.addressToCall(sendsPieces: isWritten))
    var fields = HTTPHeaders()
    let given = Set(headers.map { $0.name.lowercased() })
    let usual = [
      ("host", address.authority), ("authorization", address.authorization),
      ("user-agent", TransferPool.usualUserAgent), ("accept", "*/*"),
    ]
    for (name, value) in usual where !given.contains(name) {
      if let value { fields.add(name: name, value: value) }
    }
    // The length is the body's, which a call may only repeat.
    for (name, value) in headers where name.lowercased() != "content-length" {
      // One Host goes out, and no space around a value comes in.
      if name.lowercased() == "host", fields.contains(name: name) { continue }
      fields.add(name: name, value: value.trimmingCharacters(in: .whitespaces))
    }
    fields.add(name: mark.name, value: mark.value)
    if isWritten {
      fields.add(name: "transfer-encoding", value: "chunked")
    } else if let length {
      fields.add(name: "content-length", value: "\(length)")
    }
    return Request(
      method: HTTPMethod(rawValue: request.method), target: address.target, headers: fields,
      body: ByteBuffer(bytes: request.body ?? []),
      remoteHost: "127.0.0.1")
  }

  /// What the request says of its body's length. A method that usually has content says so even when there is none
  /// (RFC 9110 section 8.6).
  private var length: Int? {
    request.body?.count ?? (["POST", "PUT", "PATCH"].contains(request.method) ? 0 : nil)
  }

  /// The parts of an absolute address.
  private struct Address {
    let authority: String
    /// What the name and the password in it come to, as with libcurl (RFC 7617, section 2).
    let authorization: String?
    /// Path and query. What follows a `#` is for the client alone.
    let target: String

    init(_ url: String) {
      let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
      let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      let path = rest[host.endIndex...].prefix { $0 != "#" }
      let at = host.lastIndex(of: "@")
      authority = String(at.map { host[host.index(after: $0)...] } ?? host)
      authorization = at.map { at in
        let parts = host[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = parts.map { $0.removingPercentEncoding ?? String($0) }
        let pair = "\(user[0]):\(user.count > 1 ? user[1] : "")"
        return "Basic " + Data(pair.utf8).base64EncodedString()
      }
      target = path.hasPrefix("/") ? String(path) : "/" + path
    }
  }

  /// Whether an address is that of the same server.
  func hasSameServer(as url: String) -> Bool { Address(url).authority == Address(request.url).authority }
}
