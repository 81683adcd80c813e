import Testing

@testable import Web

@Suite struct SetCookieTests {
  @Test("All attributes are written as RFC 6265bis has them")
  func attributes() {
    var cookie = SetCookie(value: "b")
    #expect(cookie.text(name: "a") == "a=b; Path=/; SameSite=Lax")
    (cookie.path, cookie.domain, cookie.expires, cookie.maxAge) = ("/x", "example.com", 784_111_777, 60)
    (cookie.isSecure, cookie.isHTTPOnly, cookie.sameSite, cookie.isPartitioned) = (true, true, .none, true)
    #expect(
      cookie.text(name: "a")
        == "a=b; Path=/x; Domain=example.com; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=60; Secure; HttpOnly; SameSite=None; Partitioned"
    )
    #expect(cookie.problem(name: "a") == nil)
    #expect(
      SetCookie.expired.text(name: "a")
        == "a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; SameSite=Lax")
  }

  @Test("Names and values that clients would drop or cut are refused with the reason")
  func pairs() {
    for (name, value, reason) in [
      ("", "b", "needs a name"), ("a b", "b", "is no name of a cookie"),
      ("a=", "b", "is no name of a cookie"),
      ("ä", "b", "is no name of a cookie"), ("a", "b c", "has a space"), ("a", "b;c", "a semicolon"),
      ("a", "\"b\"", "a quote"), ("a", "b,c", "a comma"), ("a", "b\\c", "a backslash"),
      ("a", "ä", "beyond ASCII"),
      ("a", "b\r\nc", "has a space"), ("a", String(repeating: "b", count: 4_096), "has 4097 bytes"),
    ] {
      #expect(
        SetCookie.problem(name: name, value: value)?.contains(reason) == true, "\(name)=\(value.prefix(9))")
    }
    #expect(SetCookie.problem(name: "a", value: String(repeating: "b", count: 4_095)) == nil)
    #expect(SetCookie.problem(name: "__Host-a.b", value: "!#$%&'()*+-./:<=>?@[]^_`{|}~09azAZ") == nil)
  }

  @Test("Paths and domains that clients would ignore are refused")
  func places() {
    for path in ["", "x", "/a;b", "/a\r\nb", "/ä", "/" + String(repeating: "a", count: 1_024)] {
      #expect(SetCookie.problem(path: path)?.contains("is no path of a cookie") == true, "\(path.prefix(9))")
    }
    #expect(SetCookie.problem(path: "/" + String(repeating: "a", count: 1_023)) == nil)
    for domain in ["", ".example.com", "example.com.", "a b", "a;b", "http://a", "a/b", "ä.com", "a:80"] {
      #expect(SetCookie.problem(domain: domain)?.contains("is no domain of a cookie") == true, "\(domain)")
    }
    #expect(SetCookie.problem(domain: "a-1.example.com") == nil)
  }

  @Test("Promises that a cookie does not keep are refused")
  func promises() {
    func problem(_ name: String, _ change: (inout SetCookie) -> Void) -> String? {
      var cookie = SetCookie(value: "b")
      change(&cookie)
      return cookie.problem(name: name)
    }
    #expect(problem("a") { $0.sameSite = .none }?.contains("SameSite=None") == true)
    #expect(problem("a") { $0.isPartitioned = true }?.contains("partitioned") == true)
    #expect(problem("__Secure-a") { _ in }?.contains("__Secure-") == true)
    #expect(problem("__secure-a") { _ in }?.contains("__Secure-") == true)
    #expect(problem("__Secure-a") { $0.isSecure = true } == nil)
    #expect(problem("__Host-a") { $0.isSecure = true } == nil)
    #expect(problem("__Host-a") { _ in }?.contains("__Host-") == true)
    #expect(problem("__Host-a") { ($0.isSecure, $0.path) = (true, "/x") }?.contains("__Host-") == true)
    #expect(problem("__Host-a") { ($0.isSecure, $0.domain) = (true, "a.com") }?.contains("__Host-") == true)
  }
}
