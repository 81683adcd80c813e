import Fetch
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RedirectTests {
  let server: ScriptedHTTPServer
  let pool = TransferPool()

  init() throws {
    server = try ScriptedHTTPServer()
    server.on("/end") { .text("\($0.method) \(String(decoding: $0.body, as: UTF8.self))") }
  }

  @Test func aRedirectIsFollowedAndTheResponseSaysWhereItCameFrom() async throws {
    server.on("/a/b", .redirect(to: "../c?x=1"))
    server.on("/c", .redirect(301, to: server.url("/end")))
    let response = try await pool.fetch(FetchRequest(url: server.url("/a/b")))
    #expect(response.status == 200)
    #expect(response.text == "GET ")
    #expect(response.url == server.url("/end"))
    #expect(server.requests.map(\.target) == ["/a/b", "/c?x=1", "/end"])
    #expect(server.counts.connections == 1)
  }

  @Test func aRedirectThatLeadsNowhereIsAnAnswer() async throws {
    server.on("/nowhere", .redirect(to: ""))
    let response = try await pool.fetch(FetchRequest(url: server.url("/nowhere")))
    #expect(response.status == 302 && response.url == server.url("/nowhere"))
    #expect(server.requests.count == 1)
  }

  @Test(arguments: [
    (301, "POST", "GET "), (302, "POST", "GET "), (303, "POST", "GET "), (307, "POST", "POST content"),
    (308, "POST", "POST content"), (301, "PUT", "PUT content"), (303, "PUT", "GET "), (303, "DELETE", "GET "),
    (307, "PATCH", "PATCH content"), (302, "GET", "GET content"),
  ])
  func theMethodAndBodyAfterARedirect(status: Int, method: String, expected: String) async throws {
    server.on("/from", .redirect(status, to: "/end"))
    let response = try await pool.fetch(
      FetchRequest(
        method: method, url: server.url("/from"), headers: [("Content-Type", "text/plain")],
        body: Array("content".utf8)))
    #expect(response.text == expected)
    #expect((server.requests.last?.header("content-type") != nil) == expected.hasSuffix("content"))
  }

  /// What is in the address is meant for all of its origin, however that is written.
  @Test(arguments: ["/end", "BASE/end", "//HOST/end", "http://other:word@HOST/end"])
  func aNameInTheAddressGoesAlongWithinItsOrigin(location: String) async throws {
    let host = "127.0.0.1:\(server.port)"
    server.on(
      "/from",
      .redirect(to: location.replacing("BASE", with: "http://\(host)").replacing("HOST", with: host)))
    server.on("/end") { .text($0.header("authorization") ?? "nobody") }
    let response = try await pool.fetch(FetchRequest(url: "http://me:secret@\(host)/from"))
    #expect(response.text == (location.contains("other") ? "Basic b3RoZXI6d29yZA==" : "Basic bWU6c2VjcmV0"))
    let elsewhere = try ScriptedHTTPServer()
    elsewhere.on("/end") { .text($0.header("authorization") ?? "nobody") }
    server.on("/away", .redirect(to: elsewhere.url("/end")))
    #expect(try await pool.fetch(FetchRequest(url: "http://me:secret@\(host)/away")).text == "nobody")
  }

  @Test func headStaysHead() async throws {
    server.on("/from", .redirect(303, to: "/end"))
    let response = try await pool.fetch(FetchRequest(method: "HEAD", url: server.url("/from")))
    #expect(response.status == 200)
    #expect(server.requests.map(\.method) == ["HEAD", "HEAD"])
  }

  @Test func aLimitOfZeroGivesTheRedirectItself() async throws {
    server.on("/from", .redirect(to: "/end"))
    let response = try await pool.fetch(FetchRequest(url: server.url("/from"), redirectLimit: 0))
    #expect(response.status == 302)
    #expect(response.header("Location") == "/end")
    #expect(server.counts.requests == 1)
  }

  @Test func aLoopEndsAtTheLimit() async throws {
    server.on("/loop", .redirect(to: "/loop"))
    let error = await pool.failure(FetchRequest(url: server.url("/loop"), redirectLimit: 4))
    #expect(error?.kind == .tooManyRedirects)
    #expect(
      error?.message == "\"\(server.url("/loop"))\" redirected more than 4 times, at last to \"/loop\"")
    #expect(server.counts.requests == 5)
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"])
  func otherSchemesAreRefused(location: String) async throws {
    server.on("/from", .redirect(to: location))
    let error = await pool.failure(FetchRequest(url: server.url("/from")))
    #expect(error?.kind == .unsupportedScheme)
    #expect(
      error?.message
        == "127.0.0.1:\(server.port) redirected: cannot call \"\(location)\": "
        + "only http and https addresses can be called")
  }

  @Test func credentialsDoNotLeaveTheOrigin() async throws {
    let other = try ScriptedHTTPServer()
    other.on("/", .text("other"))
    server.on("/away", .redirect(to: other.url()))
    server.on("/near", .redirect(to: "/end"))
    let headers = [("Authorization", "Bearer secret"), ("Cookie", "a=b"), ("X-Keep", "1"), ("Host", "me")]
    var request = FetchRequest(url: server.url("/away"), headers: headers + [("X-Secret", "1")])
    request.confidentialHeaders = ["x-secret"]
    _ = try await pool.fetch(request)
    #expect(server.requests.first?.header("x-secret") == "1")
    let away = try #require(other.requests.first)
    #expect(away.header("authorization") == nil && away.header("cookie") == nil)
    #expect(away.header("x-secret") == nil)
    #expect(away.header("x-keep") == "1")
    #expect(away.header("host") == "127.0.0.1:\(other.port)")
    _ = try await pool.fetch(FetchRequest(url: server.url("/near"), headers: headers))
    #expect(server.requests.last?.header("authorization") == "Bearer secret")
  }

  @Test func theLongBodyOfARedirectIsNotWaitedFor() async throws {
    var answer = ScriptedHTTPServer.Answer.redirect(to: "/end")
    answer.body = [UInt8](repeating: 0, count: 8 * 1024 * 1024)
    server.on("/from", answer)
    let response = try await pool.fetch(FetchRequest(url: server.url("/from"), bodyLimit: 1_000))
    #expect(response.text == "GET ")
  }

  @Test func aRedirectWithoutAPlaceIsAResponse() async throws {
    server.on("/", ScriptedHTTPServer.Answer(status: 302, reason: "Found", body: [65]))
    #expect(try await pool.fetch(FetchRequest(url: server.url())).text == "A")
  }
}
