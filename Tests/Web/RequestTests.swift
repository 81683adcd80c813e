import NIOCore
import NIOHTTP1
import Testing

@testable import Web

@Suite struct RequestTests {
  private func request(_ target: String, headers: [(String, String)] = []) -> Request {
    Request(method: .GET, target: target, headers: HTTPHeaders(headers))
  }

  @Test("A target is split in path and query, in each of its forms")
  func targets() {
    for (target, path, query) in [
      ("/a/b", "/a/b", nil), ("/a?b=c?d", "/a", "b=c?d"), ("/?", "/", ""), ("/a#b", "/a", nil),
      ("/a?b#c", "/a", "b"),
      ("http://host:1/x?y", "/x", "y"), ("HTTPS://host", "/", nil), ("http://host?y", "/", "y"),
      ("*", "*", nil),
      ("//host/x", "//host/x", nil),
    ] as [(String, String, String?)] {
      #expect(request(target).path == path, "\(target)")
      #expect(request(target).query == query, "\(target)")
    }
  }

  @Test("Segments are decoded one by one")
  func segments() throws {
    #expect(try request("/a%2Fb/c%20d/").pathSegments == ["a/b", "c d", ""])
    #expect(throws: PercentEncoding.Problem.badEscape) { try request("/%zz").pathSegments }
    #expect(throws: PercentEncoding.Problem.notUTF8) { try request("/%ff").pathSegments }
  }

  @Test("Query items are decoded as a browser's form is")
  func query() {
    let items = request("/?a=1&a=2&b&c=x+y%2B&=e&&d=%zz%e4&f=g=h").queryItems
    #expect(items.map(\.name) == ["a", "a", "b", "c", "", "d", "f"])
    #expect(items.map(\.value) == ["1", "2", "", "x y+", "e", "%zz\u{FFFD}", "g=h"])
    #expect(request("/").queryItems.isEmpty)
  }

  @Test("Cookies come in order, without the quotes around them")
  func cookies() {
    let cookies = request("/", headers: [("Cookie", "a=1; b=\"two\";c = x=y ; junk; =z"), ("cookie", "d=")])
      .cookies
    #expect(cookies.map(\.name) == ["a", "b", "c", "d"])
    #expect(cookies.map(\.value) == ["1", "two", "x=y", ""])
  }

  @Test(
    "Letters beyond ASCII are shown as such, and all other escapes stay",
    arguments: [
      ("/gr%C3%BC%c3%9Fe", "/grüße"), ("/a%2Fb%20c", "/a%2Fb%20c"), ("/%C3", "/%C3"), ("/%C3%28", "/%C3%28"),
      ("/%", "/%"), ("/%F", "/%F"), ("/%+9%G1", "/%+9%G1"), ("/%E4%B8%96/ü%F0%9F%8E%88x", "/世/ü🎈x"), ("", ""),
    ])
  func letters(_ path: String, _ shown: String) {
    #expect(path.withLettersDecoded == shown)
  }

  @Test("Only a client on this machine is from this machine")
  func remote() throws {
    func isHere(_ address: String) -> Bool {
      Request(method: .GET, target: "/", remoteHost: address).isFromThisMachine
    }
    for address in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] { #expect(isHere(address)) }
    for address in ["10.0.0.1", "::ffff:10.0.0.1", "fe80::1"] { #expect(!isHere(address)) }
    #expect(request("/").isFromThisMachine)
  }

  @Test("Dates are written as RFC 9110 has them")
  func dates() {
    #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.format(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
  }

  @Test("Pages show what a request brings without its control characters")
  func pages() throws {
    let path = "/\u{1b}[2J\u{202e}" + String(repeating: "x", count: 1_000)
    let text = String(buffer: StandardPages.notFound(method: .GET, path: path, nearMiss: nil).body)
    #expect(text.hasPrefix("No route matches GET /\u{FFFD}[2J\u{FFFD}xxx"))
    #expect(text.utf8.count < 400)
    let response = StandardPages.methodNotAllowed(method: .POST, path: "/a", allow: [.GET, .HEAD])
    #expect(response.headers.first(name: "allow") == "GET, HEAD")
    #expect(String(buffer: response.body) == "/a does not take POST, but GET, HEAD.\n")
    let pattern = try RoutePattern.parse("/greet/<user>")
    let page = StandardPages.notFound(
      method: .GET, path: "/greet/",
      nearMiss: NearMiss(pattern: pattern, reason: "the part for <user> is empty"))
    #expect(
      String(buffer: page.body)
        == "No route matches GET /greet/.\nThe nearest is /greet/<user>: the part for <user> is empty.\n")
  }
}
