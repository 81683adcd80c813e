import NIOHTTP1

/// Which pages of other origins may read the answers to their requests: the CORS protocol of the Fetch standard
/// (https://fetch.spec.whatwg.org/#http-cors-protocol), whose headings are named below.
///
/// Browsers keep to it; it locks nothing for others. A page whose origin is not among those allowed is answered as ever,
/// and its browser does not hand it the answer.
public struct CORSPolicy: Sendable {
  /// The origins that are allowed, in small letters; empty for all.
  public var origins: Set<String>
  /// What a page may ask with; nil for the methods that the path has.
  public var methods: [String]?
  /// Header fields that a page may send beside the harmless ones; nil for those that it asks for.
  public var headers: [String]?
  /// Header fields of answers that a page may read beside the harmless ones.
  public var exposed: [String]
  /// Whether cookies and the like may be sent along. Only with named origins ("CORS protocol and credentials").
  public var allowsCredentials: Bool
  /// How many seconds a browser may keep the answer to a preflight; nil is up to the browser.
  public var maxAge: Int?

  public init(
    origins: Set<String> = [], methods: [String]? = nil, headers: [String]? = nil, exposed: [String] = [],
    allowsCredentials: Bool = false, maxAge: Int? = nil
  ) {
    self.origins = origins
    self.methods = methods
    self.headers = headers
    self.exposed = exposed
    self.allowsCredentials = allowsCredentials
    self.maxAge = maxAge
  }

  /// What is wrong with an origin, in one sentence; nil where nothing is. `null` is one: that of a file and of a
  /// sandboxed frame.
  public static func problem(origin: String) -> String? {
    if origin == "null" { return nil }
    if origin == "*" { return "* is no origin: without any origin every one is allowed" }
    let shown = origin.printable(limit: 100)
    let parts = origin.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasSuffix(":"), parts[0].count > 1, parts[1].isEmpty, !parts[2].isEmpty
    else {
      return "\"\(shown)\" is no origin: one is a scheme and a host, as https://example.org"
    }
    guard origin.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"*?#@/\\".utf8.contains($0) || $0 == 0x2f }),
      !parts[2].contains("/")
    else { return "\"\(shown)\" is no origin: one has no path, and no * in it" }
    return nil
  }

  /// Whether a browser asks what it may ask ("HTTP requests").
  public static func isPreflight(_ request: Request) -> Bool {
    request.method == .OPTIONS && request.headers.contains(name: "origin")
      && request.headers.contains(name: "access-control-request-method")
  }

  private func allows(_ request: Request) -> Bool {
    if origins.isEmpty { return true }
    let sent = request.headers[canonicalForm: "origin"]
    return sent.count == 1 && origins.contains(sent[0].lowercased())
  }

  /// The fields that every answer to a request has ("HTTP responses"). An answer that depends on the origin says so to
  /// caches, whoever asks for it ("CORS protocol and HTTP caches").
  public func fields(for request: Request) -> HTTPHeaders {
    var fields = HTTPHeaders()
    if !origins.isEmpty { fields.add(name: "vary", value: "Origin") }
    guard allows(request) else { return fields }
    let origin = origins.isEmpty ? "*" : request.headers.first(name: "origin") ?? "*"
    fields.add(name: "access-control-allow-origin", value: origin)
    if allowsCredentials { fields.add(name: "access-control-allow-credentials", value: "true") }
    if !exposed.isEmpty, !Self.isPreflight(request) {
      fields.add(name: "access-control-expose-headers", value: exposed.joined(separator: ", "))
    }
    return fields
  }

  /// The answer to a preflight, without the fields that every answer has.
  ///
  /// - Parameter allow: the methods that the path has; empty where there is no such path, so that the page gets to see
  ///   that.
  public func preflight(_ request: Request, allow: [HTTPMethod]) -> Response {
    var response = Response(status: .noContent)
    if headers == nil { response.headers.add(name: "vary", value: "Access-Control-Request-Headers") }
    guard allows(request) else { return response }
    let known = allow.map(\.rawValue).filter { $0 != "OPTIONS" }
    let methods = methods ?? (known.isEmpty ? ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] : known)
    response.headers.add(name: "access-control-allow-methods", value: methods.joined(separator: ", "))
    let wanted = headers ?? request.headers[canonicalForm: "access-control-request-headers"].map(String.init)
    if !wanted.isEmpty {
      response.headers.add(name: "access-control-allow-headers", value: wanted.joined(separator: ", "))
    }
    if let maxAge { response.headers.add(name: "access-control-max-age", value: "\(maxAge)") }
    return response
  }
}

extension Response {
  /// Adds fields that all answers to a request have. What the answer says itself counts, but `Vary` has them all.
  mutating func complete(with fields: HTTPHeaders) {
    for (name, value) in fields {
      if name == "vary" || !headers.contains(name: name) { headers.add(name: name, value: value) }
    }
  }
}
