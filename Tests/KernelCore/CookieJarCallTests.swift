import TestSupport
import Testing

@testable import KernelCore

/// Calls that keep cookies.
struct CookieJarCallTests {
  private static let routes = """
    route "/in" { redirect(to: "/me", cookies: ["id": Cookie(7, httpOnly: true), "short": Cookie("s", maxAge: 10s)]) }
    route "/me" { request.headers["cookie"] ?? "none" }
    route "/out" { respond("bye", cookies: ["id": expiredCookie()]) }
    route "/safe" { respond("x", cookies: ["__Host-t": Cookie("t", secure: true)]) }
    route "/loop" { redirect(to: "/loop") }
    let jar = CookieJar()

    """

  @Test(arguments: [true, false])
  func aJarKeepsWhatAnswersSetAndSendsItBack(isVirtual: Bool) throws {
    let bench = Bench { $0.isClockVirtual = isVirtual }
    _ = try bench.listen()
    #expect(bench.run(Self.routes) == "ok")
    for (text, expected) in [
      ("await get(\"/me\", cookies: jar).text", "\"none\""),
      ("await get(\"/in\", cookies: jar).text", "\"id=7; short=s\""),
      ("await get(\"/me\", cookies: jar).text", "\"id=7; short=s\""), ("await get(\"/me\").text", "\"none\""),
      ("await get(\"/me\", cookies: jar, headers: [\"Cookie\": \"x=1\"]).text", "\"x=1; id=7; short=s\""),
      ("\"\\(jar)\"", "\"<CookieJar, 2 cookies>\""),
      (
        "jar.cookies.map { [$0.name, $0.value, $0.path, $0.httpOnly, $0.secure, $0.hostOnly] }[0]",
        "[\"id\", \"7\", \"/\", true, false, true]"
      ),
      ("await get(\"/out\", cookies: jar)\njar.count", "1"),
      ("await get(\"/safe\", cookies: jar)\njar.count", "2"),
      (
        "await get(\"/loop\", cookies: jar).catch { [$0.kind, $0.message.contains(\"more than 10 times\")] }",
        "[\"network\", true]"
      ),
      ("await get(\"/in\", cookies: jar, follow: false).status", "302"), ("jar.clear()\njar.count", "0"),
      ("await get(\"/me\", cookies: [\"a\": 1, \"b\": \"c\", \"n\": nil]).text", "\"a=1; b=c\""),
      ("await get(\"/me\", cookies: [:]).text", "\"none\""),
      ("await get(\"/me\", cookies: nil).text", "\"none\""),
    ] {
      #expect(bench.awaited(text) == expected, "\(text)")
    }
  }

  @Test func cookiesEndWithTheNotebooksTime() {
    let bench = Bench()
    bench.run(Self.routes)
    bench.run("await get(\"/in\", cookies: jar)", cell: 2)
    bench.advance(.seconds(9))
    #expect(bench.value("jar.count") == "2")
    bench.advance(.seconds(1))
    #expect(bench.value("jar.count") == "1")
  }

  @Test func redirectsToOthersTakeTheirCookiesAndNoCredentials() throws {
    let other = try ScriptedHTTPServer()
    let seen: @Sendable (ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Answer = { request in
      let text =
        "\(request.method) \(request.header("cookie") ?? "-") \(request.header("authorization") ?? "-")"
        + " \(request.header("routebook-origin") == nil)"
      return .init(headers: [("Set-Cookie", "there=1; Path=/")], body: Array(text.utf8))
    }
    other.on("/seen", answer: seen)
    let first = try ScriptedHTTPServer()
    first.on(
      "/go",
      .init(
        status: 302, reason: "Found",
        headers: [
          ("Location", "http://localhost:\(other.port)/seen"), ("Set-Cookie", "here=1"),
          ("Set-Cookie", "two=2"),
        ]))
    let bench = Bench { $0.isClockVirtual = false }
    let (port, _) = try bench.listen()
    bench.run(
      "let jar = CookieJar()\nroute \"/away\" { redirect(to: \"\(first.url("/go"))\", cookies: [\"own\": 1]) }"
    )
    let credentials = "headers: [\"Authorization\": \"secret\", \"Cookie\": \"mine=1\"]"
    #expect(
      bench.awaited("await post(\"\(first.url("/go"))\", body: \"x\", cookies: jar, \(credentials)).text")
        == "\"GET - - true\"")
    #expect(
      bench.awaited("await get(\"\(first.url("/go"))\", cookies: jar, \(credentials)).text")
        == "\"GET there=1 - true\"")
    #expect(first.requests.last?.header("cookie") == "mine=1; here=1; two=2")
    // From this server itself, by an address of its own, to another and from there to a third.
    #expect(
      bench.awaited("await get(\"http://127.0.0.1:\(port)/away\", cookies: jar).text")
        == "\"GET there=1 - true\"")
    #expect(bench.value("jar.cookies.map { $0.name }") == "[\"here\", \"two\", \"there\", \"own\"]")
  }

  @Test func aTimeoutBoundsAllRedirectsTogether() throws {
    let server = try ScriptedHTTPServer()
    server.on("/go", .init(status: 302, reason: "Found", headers: [("Location", "/silent")]))
    server.on("/silent", .silence)
    let bench = Bench { $0.isClockVirtual = false }
    let shown = bench.awaited("await get(\"\(server.url("/go"))\", cookies: CookieJar(), timeout: 300ms)")
    #expect(shown?.contains("no answer within 300ms") == true, "\(shown ?? "")")
    #expect(bench.on { bench.kernel.calls.transferCount } == 0)
  }

  @Test(arguments: [
    ("get(\"/r\", cookies: 3)", "must be a CookieJar or a Dictionary"),
    ("get(\"/r\", cookies: [\"a b\": 1])", "is no name of a cookie"),
    ("get(\"/r\", cookies: [\"a\": \"b;c\"])", "a semicolon"),
    (
      "get(\"/r\", cookies: [\"a\": 1], headers: [\"cookie\": \"b=2\"])",
      "a call takes its cookies from cookies: or from the header, not from both"
    ),
  ])
  func cookiesThatCannotBeSentSayWhy(text: String, message: String) {
    let shown = Bench().run(text).text
    #expect(shown.contains("error:") && shown.contains(message), "\(shown)")
  }
}
