import CCurl

/// By which proxy a call goes, as the environment says it: `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, read
/// as curl reads them.
///
/// All but `http_proxy` may be written in capitals too, and the small ones win. `HTTP_PROXY` is never read: under CGI
/// it holds what a stranger has sent as the header `Proxy`.
public struct ProxyRules: Sendable {
  private var forHTTP: Variable?
  private var forHTTPS: Variable?
  private var exceptions = ProxyExceptions("")

  /// What a variable says, and its name, for errors.
  private struct Variable: Sendable {
    let name: String
    let value: String
  }

  /// No call goes by a proxy.
  public init() {}

  /// - Parameter environment: the variables; those that are empty count as if they were not there.
  public init(environment: [String: String]) {
    func first(_ names: String...) -> Variable? {
      for name in names {
        if let value = environment[name], !value.isEmpty { return Variable(name: name, value: value) }
      }
      return nil
    }
    let forAll = first("all_proxy", "ALL_PROXY")
    forHTTP = first("http_proxy") ?? forAll
    forHTTPS = first("https_proxy", "HTTPS_PROXY") ?? forAll
    exceptions = ProxyExceptions(first("no_proxy", "NO_PROXY")?.value ?? "")
  }

  /// The proxy for an address; `nil` where the call goes straight to it. This machine's own addresses have none.
  ///
  /// - Throws: ``FetchError/Kind/badURL`` where the variable names nothing that can be a proxy.
  func proxy(for address: WebAddress) throws(FetchError) -> Proxy? {
    guard let variable = address.scheme == "https" ? forHTTPS : forHTTP, !address.isLoopback,
      !exceptions.contains(address.host)
    else { return nil }
    return try Proxy(variable.value, variable: variable.name)
  }
}

/// One proxy, as a variable of the environment names it.
struct Proxy: Equatable {
  /// For libcurl, with the credentials.
  let url: String
  /// For people, without them: `http://10.0.0.1:3128`.
  let name: String
  /// The variable that names it.
  let variable: String
  /// Its host where it shows a certificate, being spoken to by TLS itself.
  let certifiedHost: String?
  /// Whether the variable says who asks.
  let hasCredentials: Bool

  private static let schemes: Set = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
  /// What libcurl takes where no port is written.
  private static let defaultPort = 1080

  init(_ text: String, variable: String) throws(FetchError) {
    func refused(_ why: String) -> FetchError {
      FetchError(.badURL, "the variable \(variable) names no proxy: \(why); write http://host:port")
    }
    // What is told of it must not tell the password.
    let shown = quoted(
      String(text[(text.lastIndex(of: "@").map { text.index(after: $0) } ?? text.startIndex)...]))
    try CurlLibrary.load()
    guard let parts = ccurl_url() else { throw FetchError(.other, "out of memory while an address was read") }
    defer { ccurl_url_cleanup(parts) }
    let whole = text.contains("://") ? text : "http://" + text
    guard ccurl_url_set(parts, CURLUPART_URL, whole, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK,
      let scheme = Self.part(parts, CURLUPART_SCHEME)?.lowercased(),
      let host = Self.part(parts, CURLUPART_HOST)
    else { throw refused("\(shown) is not an address") }
    guard Self.schemes.contains(scheme) else {
      throw refused("\(quoted(scheme)) is none of http, https, socks4, socks4a, socks5, socks5h")
    }
    let port =
      Self.part(parts, CURLUPART_PORT).flatMap { Int($0) } ?? (scheme == "https" ? 443 : Self.defaultPort)
    var credentials = ""
    if let user = Self.part(parts, CURLUPART_USER) {
      credentials = user + (Self.part(parts, CURLUPART_PASSWORD).map { ":" + $0 } ?? "") + "@"
    }
    url = "\(scheme)://\(credentials)\(host):\(port)"
    name = "\(scheme)://\(host):\(port)"
    self.variable = variable
    certifiedHost = scheme == "https" ? host : nil
    hasCredentials = !credentials.isEmpty
  }

  private static func part(_ parts: OpaquePointer, _ part: CURLUPart) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard ccurl_url_get(parts, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { ccurl_free(text) }
    return String(cString: text)
  }
}
