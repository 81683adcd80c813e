import CCurl
import Foundation

/// An absolute `http` or `https` URL, read by libcurl's own parser, so that what is checked is what is called.
struct WebAddress: Equatable {
  /// The whole URL, normalised and percent-encoded.
  private(set) var text: String
  /// `http` or `https`.
  let scheme: String
  /// The host in lower case, an IPv6 address in brackets.
  let host: String
  let port: Int
  /// What a connection is made to: `example.com:443`.
  let authority: String
  /// What two addresses share when credentials meant for one may go to the other (RFC 6454).
  let origin: String

  /// Reads an address as a person wrote it.
  ///
  /// - Throws: ``FetchError/Kind/badURL`` or ``FetchError/Kind/unsupportedScheme``.
  init(_ text: String) throws(FetchError) {
    try self.init(text, from: nil)
  }

  /// The address that a `Location` names, seen from here (RFC 3986, section 5).
  func resolving(_ location: String) throws(FetchError) -> WebAddress {
    let next = try WebAddress(location, from: self.text)
    return next.origin == origin && next.credentials.isEmpty ? next.with(credentials) : next
  }

  /// The name and password in it, with the `@` behind them; empty where there are none.
  private var credentials: Substring {
    let authority = text.dropFirst(scheme.count + 3).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.lastIndex(of: "@").map { authority[...$0] } ?? ""
  }

  private func with(_ credentials: Substring) -> WebAddress {
    var other = self
    other.text.insert(contentsOf: credentials, at: text.index(text.startIndex, offsetBy: scheme.count + 3))
    return other
  }

  private init(_ written: String, from base: String?) throws(FetchError) {
    try CurlLibrary.load()
    guard let parts = ccurl_url() else { throw FetchError(.other, "out of memory while an address was read") }
    defer { ccurl_url_cleanup(parts) }
    // libcurl takes what comes behind any number of slashes for the host.
    if let start = written.endOfScheme, written[start...].hasPrefix("/"),
      ["http", "https"].contains(written.prefix { $0 != ":" }.lowercased())
    {
      throw Self.error(CURLUE_NO_HOST, written, isWhole: base == nil)
    }
    if let base { _ = ccurl_url_set(parts, CURLUPART_URL, base, Self.flags) }
    let code = ccurl_url_set(parts, CURLUPART_URL, Self.withASCIIHost(written), Self.flags)
    guard code == CURLUE_OK else { throw Self.error(code, written, isWhole: base == nil) }
    let scheme = Self.part(parts, CURLUPART_SCHEME)?.lowercased() ?? ""
    guard scheme == "http" || scheme == "https" else {
      throw FetchError(
        .unsupportedScheme, "cannot call \(quoted(written)): only http and https addresses can be called")
    }
    guard let text = Self.part(parts, CURLUPART_URL), let host = Self.part(parts, CURLUPART_HOST),
      let port = Self.part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) }), port > 0
    else { throw Self.error(CURLUE_MALFORMED_INPUT, written, isWhole: base == nil) }
    self.text = text
    self.scheme = scheme
    self.host = host.lowercased()
    self.port = port
    authority = "\(self.host):\(port)"
    origin = "\(scheme)://\(authority)"
  }

  /// Other schemes are read too, so that the error can say that the scheme is the trouble.
  private static let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE)

  /// A host in other letters than ASCII as the DNS has it (RFC 5891): libcurl reads such letters by the locale of the
  /// process.
  private static func withASCIIHost(_ written: String) -> String {
    guard !written.isASCII, let start = written.firstRange(of: "//")?.upperBound else {
      return written
    }
    let authority = written[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority[
      (authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex)...
    ]
    .prefix { $0 != ":" }
    guard !host.utf8.allSatisfy({ $0 < 0x80 }),
      let ascii = URLComponents(string: "http://\(host)")?.encodedHost
    else { return written }
    return written[..<host.startIndex] + ascii + written[host.endIndex...]
  }

  private static func part(_ parts: OpaquePointer, _ part: CURLUPart, _ flags: Int32 = 0) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard ccurl_url_get(parts, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
    defer { ccurl_free(text) }
    return String(cString: text)
  }

  private static func error(_ code: CURLUcode, _ written: String, isWhole: Bool) -> FetchError {
    switch code {
    case CURLUE_OUT_OF_MEMORY: FetchError(.other, "out of memory while an address was read")
    case _ where isWhole && !written.contains("://"):
      FetchError(.badURL, "\(quoted(written)) is not a whole address: begin it with http:// or https://")
    case CURLUE_BAD_PORT_NUMBER: FetchError(.badURL, "\(quoted(written)) has a port that is not 1 to 65535")
    case CURLUE_NO_HOST: FetchError(.badURL, "\(quoted(written)) names no host")
    default:
      FetchError(
        .badURL,
        "\(quoted(written)) is not an address: \(lowercasedFirst(String(cString: ccurl_url_strerror(code))))")
    }
  }
}

extension WebAddress {
  /// Whether the address is this machine's own, which no proxy may be asked for (RFC 6761, section 6.3;
  /// RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
  var isLoopback: Bool {
    if host == "localhost" || host.hasSuffix(".localhost") || host == "localhost." { return true }
    if host == "[::1]" || host.hasPrefix("[::ffff:127.") || host.hasPrefix("[::ffff:7f") || host == "[::]" {
      return true
    }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard numbers.count == 4, !numbers.contains(nil) else { return false }
    return numbers[0] == 127 || numbers == [0, 0, 0, 0]
  }
}

/// libcurl and strerror begin their sentences with a capital; ours stand in the middle of one.
func lowercasedFirst(_ text: String) -> String {
  guard let first = text.first, text.dropFirst().first?.isUppercase != true else { return text }
  return first.lowercased() + text.dropFirst()
}
