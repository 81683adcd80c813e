/// One exchange with one server: the request as it is sent there, after the redirects so far.
struct Hop {
  var method: String
  var address: WebAddress
  var headers: [(name: String, value: String)]
  /// Names of headers, in lower case, that go to no other origin than this, as credentials don't.
  var confidentialHeaders: Set<String> = []
  var body: [UInt8]?
  var unixSocketPath: String?
  /// Whether the certificate of this host is taken unseen.
  var skipsCertificateChecks = false
  /// What stands between; `nil` where the host is connected to itself.
  var proxy: Proxy?

  /// What shares connections, and the bound on their number, with this one.
  var connectionKey: String {
    guard let unixSocketPath else { return address.origin }
    return "\(address.origin) \(unixSocketPath)"
  }

  /// Whether doing it twice does the same as doing it once.
  var isIdempotent: Bool { FetchRequest.idempotentMethods.contains(method) }

  /// Whether the body of the answer stays packed.
  var takesBodyAsSent: Bool { headers.contains { $0.name.lowercased() == "accept-encoding" } }

  /// What a person is told that was connected to, and by whom.
  var peer: String {
    if let unixSocketPath { return "the socket \(unixSocketPath)" }
    return address.authority + (proxy.map { " (by the proxy \($0.name))" } ?? "")
  }
}

extension Hop {
  /// What says who somebody is, or whom they mean.
  static let credentials: Set = ["authorization", "cookie", "proxy-authorization", "host"]

  /// Whether a response of this status and with this `Location` asks to call another address.
  static func isRedirect(_ head: ResponseHead) -> Bool {
    location(status: head.status, head.headers) != nil
  }

  /// What the `Location` of a redirect says; `nil` for a response that is none.
  static func location(status: Int, _ headers: [(name: String, value: String)]) -> String? {
    guard [301, 302, 303, 307, 308].contains(status) else { return nil }
    let found = headers.first { $0.name.utf8.count == 8 && $0.name.lowercased() == "location" }?.value
    // An empty one would lead here again; libcurl follows none either.
    return found?.isEmpty == true ? nil : found
  }

  /// The exchange that a redirect leads to (RFC 9110, section 15.4).
  ///
  /// 303 turns every method but `HEAD` into `GET`; 301 and 302 do so with `POST`, by custom; 307 and 308 keep the
  /// method and the body. Credentials go to no other origin, and neither does a socket's path.
  ///
  /// - Throws: ``FetchError`` when the location cannot be read or is neither `http` nor `https`.
  func following(status: Int, location: String) throws(FetchError) -> Hop {
    var next = self
    do {
      next.address = try address.resolving(location)
    } catch {
      throw FetchError(error.kind, "\(address.authority) redirected: \(error.message)")
    }
    let becomesGET =
      switch status {
      case 303: method != "HEAD" && method != "GET"
      case 301, 302: method == "POST"
      default: false
      }
    if becomesGET {
      next.method = "GET"
      next.body = nil
      next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
    }
    if next.address.host != address.host { next.skipsCertificateChecks = false }
    if next.address.origin != address.origin {
      next.unixSocketPath = nil
      next.headers.removeAll {
        let name = $0.name.lowercased()
        return Hop.credentials.contains(name) || confidentialHeaders.contains(name)
      }
    }
    return next
  }
}
