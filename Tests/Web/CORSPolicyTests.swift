import NIOCore
import NIOHTTP1
import Testing

@testable import Web

/// The CORS protocol of the Fetch standard.
struct CORSPolicyTests {
  private func request(_ method: HTTPMethod = .GET, _ headers: (String, String)...) -> Request {
    Request(
      method: method, target: "/", headers: HTTPHeaders(headers), body: ByteBuffer(), remoteHost: nil,
      isFromThisMachine: true)
  }

  private func shown(_ headers: HTTPHeaders) -> [String] {
    headers.map { "\($0.name): \($0.value)" }.sorted()
  }

  @Test func allOriginsGetTheSameAnswerAndCachesMayKeepIt() {
    let policy = CORSPolicy()
    let expected = ["access-control-allow-origin: *"]
    #expect(shown(policy.fields(for: request())) == expected)
    #expect(shown(policy.fields(for: request(.GET, ("Origin", "https://a.example")))) == expected)
  }

  @Test func anAnswerThatDependsOnTheOriginTellsCachesSoInAnyCase() {
    let policy = CORSPolicy(origins: ["https://a.example"], exposed: ["X-A"], allowsCredentials: true)
    #expect(shown(policy.fields(for: request())) == ["vary: Origin"])
    #expect(shown(policy.fields(for: request(.GET, ("Origin", "https://b.example")))) == ["vary: Origin"])
    #expect(
      shown(policy.fields(for: request(.GET, ("Origin", "https://a.example")))) == [
        "access-control-allow-credentials: true", "access-control-allow-origin: https://a.example",
        "access-control-expose-headers: X-A", "vary: Origin",
      ])
  }

  @Test(arguments: [
    "https://a.example.evil.org", "https://a.example:444", "http://a.example", "https://xa.example", "null",
    "",
    "https://a.example/", "https://a.example, https://b.example",
  ])
  func anOriginThatOnlyLooksLikeOneIsNotAllowed(origin: String) {
    let policy = CORSPolicy(origins: ["https://a.example"])
    #expect(shown(policy.fields(for: request(.GET, ("Origin", origin)))) == ["vary: Origin"])
  }

  @Test func aPreflightIsToldWhatItMayAsk() {
    let asked = request(
      .OPTIONS, ("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT"),
      ("Access-Control-Request-Headers", "x-a, content-type"))
    #expect(CORSPolicy.isPreflight(asked))
    #expect(!CORSPolicy.isPreflight(request(.OPTIONS, ("Origin", "https://a.example"))))
    #expect(!CORSPolicy.isPreflight(request(.GET, ("Origin", "a"), ("Access-Control-Request-Method", "PUT"))))
    let open = CORSPolicy(maxAge: 600).preflight(asked, allow: [.PUT, .GET, .OPTIONS])
    #expect(open.status == .noContent)
    #expect(
      shown(open.headers) == [
        "access-control-allow-headers: x-a, content-type", "access-control-allow-methods: PUT, GET",
        "access-control-max-age: 600", "vary: Access-Control-Request-Headers",
      ])
    let fixed = CORSPolicy(methods: ["GET"], headers: ["X-B"]).preflight(asked, allow: [.PUT])
    #expect(
      shown(fixed.headers) == ["access-control-allow-headers: X-B", "access-control-allow-methods: GET"])
    let other = CORSPolicy(origins: ["https://b.example"], headers: []).preflight(asked, allow: [.PUT])
    #expect(shown(other.headers) == [])
  }

  @Test func whatAnAnswerSaysItselfCounts() {
    var response = Response(
      status: .ok, headers: ["Vary": "Accept", "Access-Control-Allow-Origin": "https://own.example"])
    response.complete(with: ["vary": "Origin", "access-control-allow-origin": "*", "x-a": "1"])
    #expect(
      shown(response.headers) == [
        "Access-Control-Allow-Origin: https://own.example", "Vary: Accept", "vary: Origin", "x-a: 1",
      ])
  }

  @Test(arguments: ["https://a.example", "http://localhost:3000", "null", "app://x", "https://[::1]:8443"])
  func originsAreSchemesWithHosts(origin: String) { #expect(CORSPolicy.problem(origin: origin) == nil) }

  @Test(arguments: [
    "*", "", "a.example", "https://", "https:/a", "https://a.example/", "https://a/b", "https://*.a",
    "https://a?b",
    "https://a b", "https://u@a", "://a",
  ])
  func whatIsNoOriginIsRefused(text: String) { #expect(CORSPolicy.problem(origin: text) != nil) }
}
