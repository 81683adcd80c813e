import Fetch
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RequestCheckTests {
  let pool = TransferPool()

  @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b"])
  func aLineBreakInAHeadersValueIsRefused(value: String) async throws {
    let server = try ScriptedHTTPServer()
    let error = await pool.failure(FetchRequest(url: server.url(), headers: [("X-Name", value)]))
    #expect(error?.kind == .badRequest)
    #expect(
      error?.message.hasPrefix("the value of the header X-Name contains a line break or a zero byte") == true)
    #expect(server.counts.connections == 0)
  }

  @Test(arguments: ["", "X Name", "X-Name:", "X-Näme", "X\r\nY", "X\0"])
  func aNameThatIsNoTokenIsRefused(name: String) async {
    let error = await pool.failure(FetchRequest(url: "http://127.0.0.1:9/", headers: [(name, "value")]))
    #expect(error?.kind == .badRequest)
    #expect(error?.message.hasSuffix("cannot be the name of a header") == true)
  }

  @Test(arguments: ["", "GET /evil HTTP/1.1\r\n", "GE T", "GET\0", String(repeating: "A", count: 65)])
  func aMethodThatIsNoTokenIsRefused(method: String) async {
    let error = await pool.failure(FetchRequest(method: method, url: "http://127.0.0.1:9/"))
    #expect(error?.kind == .badRequest)
  }

  @Test(arguments: [
    ("Content-Length", "3"), ("content-length", "4, 4"), ("Transfer-Encoding", "chunked"),
  ])
  func aHeaderThatFramesTheMessageDifferentlyIsRefused(name: String, value: String) async {
    let error = await pool.failure(
      FetchRequest(method: "POST", url: "http://127.0.0.1:9/", headers: [(name, value)], body: [1, 2, 3, 4]))
    #expect(error?.kind == .badRequest)
  }

  @Test func aHeadRequestWithABodyIsRefused() async {
    let error = await pool.failure(FetchRequest(method: "HEAD", url: "http://127.0.0.1:9/", body: [1]))
    #expect(
      error
        == FetchError(
          kind: .badRequest, message: "a HEAD request cannot carry a body: leave the body out or use POST"))
  }

  @Test func headersHaveALimit() async {
    let many = Array(repeating: (name: "X", value: "y"), count: 1_001)
    #expect(await pool.failure(FetchRequest(url: "http://127.0.0.1:9/", headers: many))?.kind == .badRequest)
    let long = [(name: "X", value: String(repeating: "y", count: 300_000))]
    #expect(await pool.failure(FetchRequest(url: "http://127.0.0.1:9/", headers: long))?.kind == .badRequest)
  }

  @Test(arguments: [
    ("", "\"\" is not a whole address: begin it with http:// or https://"),
    ("/relative", "\"/relative\" is not a whole address: begin it with http:// or https://"),
    ("localhost:8080/x", "\"localhost:8080/x\" is not a whole address: begin it with http:// or https://"),
    ("http://", "\"http://\" names no host"), ("http:///x", "\"http:///x\" names no host"),
    ("http://a:99999/", "\"http://a:99999/\" has a port that is not 1 to 65535"),
    ("http://a/\r\nX: y", "\"http://a/\\u{d}\\u{a}X: y\" contains a control character, which no address may"),
  ])
  func anAddressThatCannotBeReadIsExplained(url: String, message: String) async {
    #expect(await pool.failure(FetchRequest(url: url)) == FetchError(kind: .badURL, message: message))
  }

  @Test(arguments: [
    "http://a b/", "http://[::1/", "http://a:b/", "http://\u{7f}/", "http:// /", "http://a:0/",
  ])
  func oddAddressesAreBadAddresses(url: String) async {
    #expect(await pool.failure(FetchRequest(url: url))?.kind == .badURL)
  }

  @Test(arguments: [
    "file:///etc/passwd", "ftp://127.0.0.1/", "ws://127.0.0.1/", "dict://127.0.0.1:11211/stats",
  ])
  func onlyHTTPIsCalled(url: String) async {
    let error = await pool.failure(FetchRequest(url: url))
    #expect(
      error
        == FetchError(
          kind: .unsupportedScheme,
          message: "cannot call \"\(url)\": only http and https addresses can be called"))
  }

  @Test(arguments: ["", String(repeating: "x", count: 108), "/tmp/a\0b"])
  func aSocketPathThatCannotBeIsRefused(path: String) async {
    #expect(await pool.failure(FetchRequest(url: "http://a/", unixSocketPath: path))?.kind == .badURL)
  }
}
