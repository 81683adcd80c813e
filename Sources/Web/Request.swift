import NIOCore
import NIOHTTP1

/// One HTTP request, whole: its body has been read.
public struct Request: Sendable {
  /// The method as sent; methods are case-sensitive (RFC 9110 §9.1).
  public let method: HTTPMethod
  /// The request target as sent (RFC 9112 §3.2).
  public let target: String
  /// The path of the target, still percent-encoded and without its query; `*` for `OPTIONS *`.
  public let path: String
  /// What follows the first `?` of the target, still encoded; nil where there is no `?`.
  public let query: String?
  /// The header fields in the order they came.
  public let headers: HTTPHeaders
  /// The body with its transfer coding removed; at most `ServerLimits.maxBodyBytes`.
  public let body: ByteBuffer
  /// The IP address that the request came from; nil over a Unix socket and for a call within the process.
  public let remoteHost: String?
  /// Whether the client runs on this machine: over loopback, a Unix socket, or an address of the machine itself.
  public let isFromThisMachine: Bool

  /// Whether it asks for a WebSocket in place of an answer (RFC 6455 §4.1).
  public var asksForWebSocket: Bool { WebSocketHandshake.isAskedFor(in: self) }

  /// Makes a request; `isFromThisMachine` is found from the address where it isn't given.
  public init(
    method: HTTPMethod, target: String, headers: HTTPHeaders = HTTPHeaders(), body: ByteBuffer = ByteBuffer(),
    remoteHost: String? = nil, isFromThisMachine: Bool? = nil
  ) {
    self.method = method
    self.target = target
    (self.path, self.query) = Self.split(target)
    self.headers = headers
    self.body = body
    self.remoteHost = remoteHost
    self.isFromThisMachine = isFromThisMachine ?? remoteHost.map(Endpoint.isLoopback(host:)) ?? true
  }

  /// The path in decoded segments: `/a%2Fb/c` gives `["a/b", "c"]`, `/` gives `[""]`.
  public var pathSegments: [String] {
    get throws(PercentEncoding.Problem) {
      // By bytes: a slash with a combining mark behind it is another Character, and a slash all the same.
      let slash = UInt8(ascii: "/")
      guard path.utf8.first == slash else { return [] }
      var segments: [String] = []
      for piece in path.utf8.dropFirst().split(separator: slash, omittingEmptySubsequences: false) {
        segments.append(try PercentEncoding.decode(Substring(piece)))
      }
      return segments
    }
  }

  /// The query's items in order, decoded as a browser's form is: `+` is a space, a name may come again,
  /// an item without `=` has an empty value. Damaged escapes stay as they are.
  public var queryItems: [(name: String, value: String)] {
    query.map(Self.formItems) ?? []
  }

  /// Decodes `application/x-www-form-urlencoded` text, the form of queries and of plain HTML forms.
  public static func formItems(_ text: String) -> [(name: String, value: String)] {
    text.split(separator: "&", omittingEmptySubsequences: true).map { item in
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        PercentEncoding.decodeLeniently(parts[0], plusIsSpace: true),
        parts.count > 1 ? PercentEncoding.decodeLeniently(parts[1], plusIsSpace: true) : ""
      )
    }
  }

  /// The cookies in order (RFC 6265 §5.4); values as sent, without the quotes around them.
  public var cookies: [(name: String, value: String)] {
    var cookies: [(name: String, value: String)] = []
    for header in headers["cookie"] {
      for pair in header.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { continue }
        let name = parts[0].trimmingBlanks
        var value = parts[1].trimmingBlanks
        guard !name.isEmpty else { continue }
        if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
          value = value.dropFirst().dropLast()
        }
        cookies.append((String(name), String(value)))
      }
    }
    return cookies
  }

  /// The path of a target, as `path` has it.
  public static func path(ofTarget target: String) -> String { split(target).path }

  /// Splits a target in its path and query. The usual origin form is not copied; of the absolute form, which
  /// RFC 9112 §3.2.2 obliges a server to take, scheme and authority are dropped.
  private static func split(_ target: String) -> (path: String, query: String?) {
    if isPathAlone(target) { return (target, nil) }
    var rest = target[...]
    if !target.utf8.starts(with: "/".utf8), let scheme = target.range(ofScheme: ["http://", "https://"]) {
      rest = target[scheme...]
      rest = rest[(rest.utf8.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex)...]
      if rest.utf8.first != UInt8(ascii: "/") { return split("/" + rest) }
    }
    // A fragment is never sent by a sound client; what follows `#` is no part of the path.
    if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
    guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (String(rest), nil) }
    return (String(rest[..<mark]), String(rest[rest.utf8.index(after: mark)...]))
  }

  private static func isPathAlone(_ target: String) -> Bool {
    let bytes = target.utf8.span
    if bytes.isEmpty || bytes[0] != UInt8(ascii: "/") { return false }
    for place in bytes.indices where bytes[place] == UInt8(ascii: "?") || bytes[place] == UInt8(ascii: "#") {
      return false
    }
    return true
  }
}

extension String {
  /// The index after whichever of `prefixes` begins this text, in any case.
  fileprivate func range(ofScheme prefixes: [String]) -> String.Index? {
    for prefix in prefixes where utf8.count >= prefix.utf8.count {
      if self.prefix(prefix.count).lowercased() == prefix { return index(startIndex, offsetBy: prefix.count) }
    }
    return nil
  }
}

extension Substring {
  /// This text without the spaces and tabs around it.
  var trimmingBlanks: Substring {
    var text = self
    while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
    while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
    return text
  }
}

extension SocketAddress {
  /// Whether only this machine can have this address: 127.0.0.0/8, `::1`, those as IPv4-mapped, a Unix socket.
  public var isLoopback: Bool {
    switch self {
    case .unixDomainSocket: true
    case .v4, .v6: ipAddress.map(Endpoint.isLoopback(host:)) ?? false
    }
  }
}
