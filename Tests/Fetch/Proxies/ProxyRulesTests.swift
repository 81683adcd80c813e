import Testing

@testable import Fetch

struct ProxyRulesTests {
  private func proxy(_ environment: [String: String], _ url: String) throws -> Proxy? {
    try ProxyRules(environment: environment).proxy(for: WebAddress(url))
  }

  @Test func theSchemeOfTheAddressChoosesTheVariable() throws {
    let environment = ["http_proxy": "http://a:1", "https_proxy": "http://b:2", "all_proxy": "http://c:3"]
    #expect(try proxy(environment, "http://example.com")?.name == "http://a:1")
    #expect(try proxy(environment, "https://example.com")?.name == "http://b:2")
    #expect(try proxy(["all_proxy": "http://c:3"], "https://example.com")?.variable == "all_proxy")
    #expect(try proxy(["ALL_PROXY": "socks5h://c"], "http://example.com")?.name == "socks5h://c:1080")
    #expect(try proxy(["http_proxy": "http://a:1"], "https://example.com") == nil)
    #expect(try proxy([:], "http://example.com") == nil)
  }

  @Test func capitalsCountButForHTTPWhereAStrangerMayHaveWrittenThem() throws {
    #expect(try proxy(["HTTPS_PROXY": "b:2"], "https://example.com")?.variable == "HTTPS_PROXY")
    #expect(try proxy(["HTTP_PROXY": "evil:2"], "http://example.com") == nil)
    let both = ["https_proxy": "http://small:1", "HTTPS_PROXY": "http://large:1"]
    #expect(try proxy(both, "https://example.com")?.name == "http://small:1")
    #expect(
      try proxy(["https_proxy": "", "HTTPS_PROXY": "b:2"], "https://example.com")?.name == "http://b:2")
  }

  @Test(arguments: [
    ("proxy", "http://proxy:1080"), ("proxy:3128", "http://proxy:3128"),
    ("https://proxy", "https://proxy:443"),
    ("http://[::1]:8", "http://[::1]:8"), ("HTTP://10.0.0.1:3128/", "http://10.0.0.1:3128"),
  ])
  func aProxyIsNamedByWhatItIs(text: String, name: String) throws {
    #expect(try proxy(["http_proxy": text], "http://example.com")?.name == name)
  }

  @Test func thePasswordGoesToTheProxyAndIntoNoMessage() throws {
    let found = try #require(try proxy(["http_proxy": "http://me:s%40cret@proxy:1"], "http://example.com"))
    #expect(found.url == "http://me:s%40cret@proxy:1")
    #expect(found.name == "http://proxy:1")
    let error = #expect(throws: FetchError.self) {
      try proxy(["http_proxy": "http://me:secret@proxy:99999"], "http://example.com")
    }
    #expect(
      error
        == FetchError(
          kind: .badURL,
          message:
            "the variable http_proxy names no proxy: \"proxy:99999\" is not an address; write http://host:port"
        ))
  }

  @Test func anotherSchemeIsNoProxy() {
    let error = #expect(throws: FetchError.self) {
      try proxy(["https_proxy": "ftp://proxy:21"], "https://example.com")
    }
    #expect(
      error?.message
        == "the variable https_proxy names no proxy: \"ftp\" is none of http, https, socks4, socks4a, socks5, socks5h;"
        + " write http://host:port")
  }

  @Test(arguments: ["localhost", "127.0.0.1", "[::1]", "app.localhost"])
  func thisMachineIsCalledWithoutAProxy(host: String) throws {
    #expect(try proxy(["all_proxy": "http://a:1"], "http://\(host):8080/") == nil)
  }

  @Test(arguments: [
    ("example.com", "example.com", true), ("example.com", "a.b.example.com", true),
    (".example.com", "example.com", true), (".example.com", "a.example.com", true),
    ("example.com", "notexample.com", false), ("example.com", "example.com.evil", false),
    ("Example.COM", "example.com.", true), ("a, b c", "c", true), ("*", "anything", true),
    ("*.example.com", "a.example.com", false), ("", "example.com", false), (",", "example.com", false),
    ("10.0.0.1", "10.0.0.1", true), ("10.0.0.0/8", "10.200.3.4", true), ("10.0.0.0/8", "11.0.0.1", false),
    ("192.168.1.128/25", "192.168.1.200", true), ("192.168.1.128/25", "192.168.1.100", false),
    ("0.0.0.0/0", "8.8.8.8", true), ("10.0.0.0/33", "10.0.0.0", false), ("fd00::/8", "[fd12::1]", true),
    ("[fd00::1]", "[fd00::1]", true), ("fd00::/8", "[fe00::1]", false),
    ("10.0.0.1", "10.0.0.1.example", false),
  ])
  func whatIsListedIsCalledWithoutAProxy(list: String, host: String, expected: Bool) throws {
    for name in ["no_proxy", "NO_PROXY"] {
      let found = try proxy(["all_proxy": "http://a:1", name: list], "http://\(host)/")
      #expect((found == nil) == expected)
    }
  }
}
