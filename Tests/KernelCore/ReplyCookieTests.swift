import Testing

@testable import KernelCore

/// Cookies that a handler sets.
struct ReplyCookieTests {
  private func lines(_ body: String) -> [String] {
    let bench = Bench()
    bench.run("route \"/r\" { \(body) }")
    let answer = bench.ask("/r")
    #expect(bench.failures == [])
    return answer.value?.headers["set-cookie"] ?? []
  }

  @Test(arguments: [
    (
      "respond(\"x\", cookies: [\"a\": \"b\", \"n\": 7])",
      ["a=b; Path=/; SameSite=Lax", "n=7; Path=/; SameSite=Lax"]
    ),
    ("respond(\"x\", cookies: [\"a\": nil])", []), ("respond(\"x\", cookies: nil)", []),
    ("respond(\"x\", cookies: [:])", []),
    ("redirect(to: \"/\", cookies: [\"a\": \"\"])", ["a=; Path=/; SameSite=Lax"]),
    (
      "respond(\"x\", cookies: [\"a\": [Cookie(1, path: \"/x\"), Cookie(2, path: \"/y\")]])",
      ["a=1; Path=/x; SameSite=Lax", "a=2; Path=/y; SameSite=Lax"]
    ),
    (
      "respond(\"x\", headers: [\"Set-Cookie\": \"h=1\"], cookies: [\"a\": 1])",
      ["h=1", "a=1; Path=/; SameSite=Lax"]
    ),
    (
      "respond(cookies: [\"a\": Cookie(\"b\", domain: \"Example.com\", maxAge: 90s, httpOnly: true, secure: true, sameSite: \"None\")])",
      ["a=b; Path=/; Domain=example.com; Max-Age=90; Secure; HttpOnly; SameSite=None"]
    ),
    (
      "respond(cookies: [\"a\": Cookie(\"b\", expires: Date(unix: 784111777.9), maxAge: 1999ms)])",
      ["a=b; Path=/; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=1; SameSite=Lax"]
    ),
    (
      "respond(cookies: [\"__Host-a\": expiredCookie(secure: true, partitioned: true)])",
      [
        "__Host-a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; SameSite=Lax; Partitioned"
      ]
    ),
    (
      "respond(cookies: [\"a\": expiredCookie(path: \"/x\", domain: \"a.com\")])",
      ["a=; Path=/x; Domain=a.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; SameSite=Lax"]
    ),
  ])
  func repliesSetCookies(body: String, expected: [String]) {
    #expect(lines(body) == expected)
  }

  @Test(arguments: [
    ("respond(cookies: 3)", "must be a Dictionary"),
    ("respond(cookies: [\"a b\": 1])", "is no name of a cookie"),
    ("respond(cookies: [\"a\": \"b c\"])", "the value of the cookie a has a space"),
    ("respond(cookies: [\"a\": [\"value\": 1]])", "must be a text, a number or a cookie, not Dictionary"),
    ("respond(cookies: [\"a\": { 1 }])", "must be a text or a number"),
    ("respond(cookies: [\"a\": now])", "must be a text or a number"),
    ("respond(cookies: [\"__Host-a\": 1])", "for its name begins with __Host-"),
    ("redirect(to: \"/\", cookies: [\"__Secure-a\": 1])", "for its name begins with __Secure-"),
    ("Cookie(\"a;b\")", "the value of a cookie has a space, a quote, a comma, a semicolon"),
    ("Cookie(deferred())", "not awaited"), ("Cookie(\"a\", path: \"x\")", "is no path of a cookie"),
    ("Cookie(\"a\", domain: \"a b\")", "is no domain of a cookie"),
    ("Cookie(\"a\", expires: 3)", "must be a Date"),
    ("Cookie(\"a\", maxAge: 3)", "must be a Duration, not a number"),
    ("Cookie(\"a\", maxAge: 999ms)", "a cookie lasts a second at least"),
    ("Cookie(\"a\", sameSite: \"any\")", "\"any\" is no value of sameSite"),
    (
      "Cookie(\"a\", sameSite: \"none\")",
      "a cookie is for all sites, SameSite=None, so it must be secure too"
    ),
    ("Cookie(\"a\", partitioned: true)", "a cookie is partitioned, so it must be secure too"),
    ("expiredCookie(partitioned: true)", "a cookie is partitioned, so it must be secure too"),
  ])
  func whatABrowserWouldDropIsRefused(text: String, message: String) {
    let shown = Bench().run(text).text
    #expect(shown.contains("error:") && shown.contains(message), "\(shown)")
    #expect(shown.contains("line 1"))
  }
}
