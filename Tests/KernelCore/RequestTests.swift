import NIOHTTP1
import TestSupport
import Testing

@testable import KernelCore

struct RequestTests {
  @Test(arguments: [
    ("\"text\"", 200, "text/plain; charset=utf-8", "text"),
    ("html \"<b>\\(\"<i>\")</b>\"", 200, "text/html; charset=utf-8", "<b>&lt;i&gt;</b>"),
    ("42", 200, "text/plain; charset=utf-8", "42"),
    ("1.5", 200, "text/plain; charset=utf-8", "1.5"),
    ("true", 200, "text/plain; charset=utf-8", "true"),
    ("2s", 200, "text/plain; charset=utf-8", "2s"),
    ("[1, \"a\", nil]", 200, "application/json", "[1,\"a\",null]"),
    ("[\"a\": [1]]", 200, "application/json", "{\"a\":[1]}"),
    ("nil", 204, nil, ""),
    ("request.body", 200, "application/octet-stream", ""),
    ("after(0s) { \"late\" }", 200, "text/plain; charset=utf-8", "late"),
    ("async { async { 7 } }", 200, "text/plain; charset=utf-8", "7"),
    ("respond(\"made\", status: 201)", 201, "text/plain; charset=utf-8", "made"),
    ("respond([1], status: 202, headers: [\"content-type\": \"text/x\"])", 202, "text/x", "[1]"),
    ("respond(status: 204)", 204, nil, ""),
    ("redirect(to: \"/else\")", 302, nil, ""),
    ("throw httpError(404, \"no such item\")", 404, "text/plain; charset=utf-8", "no such item\n"),
    ("throw httpError(418)", 418, "text/plain; charset=utf-8", "I'm a teapot\n"),
    ("await get(\"/json\")", 200, "application/json", "{\"x\":1}"),
  ])
  func aHandlersValueBecomesTheResponse(body: String, status: Int, type: String?, text: String) {
    let bench = Bench()
    bench.run("route \"/json\" { [\"x\": 1] }", cell: 2)
    bench.run("route \"/r\" { \(body) }")
    let answer = bench.ask("/r")
    bench.advance(.zero)
    #expect(answer.status == status)
    #expect(answer.type == type)
    #expect(answer.text == text)
    #expect(bench.failures == [])
  }

  @Test func aResponseMayHaveHeadersAndARedirectItsTarget() {
    let bench = Bench()
    bench.run(
      "route \"/h\" { respond(\"x\", headers: [\"x-one\": 1]) }\nroute \"/to\" { redirect(to: \"/h\", status: 307) }"
    )
    #expect(bench.ask("/h").value?.headers.first(name: "x-one") == "1")
    let moved = bench.ask("/to")
    #expect(moved.status == 307)
    #expect(moved.value?.headers.first(name: "location") == "/h")
  }

  @Test(arguments: [
    ("let f = { x in x }\nf", "a handler gave a Closure"),
    ("every(1h) { }", "cannot be sent"),
    ("0..<3", "cannot be sent"),
    ("respond(\"x\", headers: [\"a b\": 1])", "is no header name"),
    ("respond(\"x\", headers: [\"a\": \"b\\r\\nc: d\"])", "line break"),
    ("let a = []\na.append(a)\na", "error:"),
    ("[deferred()]", "not awaited"),
  ])
  func aValueThatCannotBeSentIsA500WithTheHandlersPlace(body: String, message: String) {
    let bench = Bench()
    bench.run("route \"/r\" { \(body) }")
    let answer = bench.ask("/r")
    #expect(answer.status == 500)
    #expect(answer.text?.contains("cell [1], line 1") == true, "\(answer.text ?? "")")
    #expect(bench.failures.count == 1)
    if message != "a handler gave a Closure" {
      #expect(answer.text?.contains(message) == true, "\(answer.text ?? "")")
    }
  }

  @Test func anErrorPageTellsAPersonOnThisMachineWhereAndNobodyElse() {
    let bench = Bench()
    bench.run("route \"/r\" {\n    let list = [1]\n    list[5]\n}")
    let here = bench.ask("/r")
    #expect(here.status == 500)
    #expect(here.text?.contains("cell [1], line 3") == true)
    #expect(here.text?.contains("list[5]\n") == true)
    #expect(here.text?.contains("^") == true)
    let elsewhere = bench.ask("/r", isFromThisMachine: false)
    #expect(elsewhere.text == "500 Internal Server Error\n")
    #expect(bench.failures.count == 2)
    #expect(bench.failures[0].hasPrefix("500 for GET /r\n"))
  }

  @Test func aFailedBackendIsA502() {
    let bench = Bench()
    bench.run(
      """
      route "/broken" { throw "no" }
      route "/slow" { await deferred() }
      route "/a" { await get("/broken").text }
      route "/b" { await get("http://127.0.0.1:1/").text }
      route "/c" { await get("/slow", timeout: 2s).text }
      route "/d" { await sleep(9s).timeout(2s) }
      """)
    #expect(bench.ask("/a").status == 502)
    let refused = bench.ask("/b")
    #expect(bench.wait { refused.valueOnLoop != nil })
    #expect(refused.status == 502)
    let late = bench.ask("/c")
    let own = bench.ask("/d")
    bench.advance(.seconds(2))
    #expect(late.status == 502)
    #expect(own.status == 500)
  }

  @Test func valuesOfThePathComeAsTheirKinds() {
    let bench = Bench()
    bench.run(
      """
      route "/i/<int:a>/<int:b>" { a + b }
      route "/f/<float:x>" { x * 2 }
      route "/s/<name>" { name.uppercased() }
      route "/p/<path:rest>" { rest }
      route "/u/<uuid:id>" { id }
      route "/any/<any(red,blue):color>" { color }
      route "/len/<string(length=2):code>" { code }
      route "/min/<int(min=1,max=9):n>" { n }
      """)
    #expect(bench.get("/i/3/4") == "7")
    #expect(bench.ask("/i/3/x").status == 404)
    #expect(bench.get("/f/1.5") == "3.0")
    #expect(bench.get("/s/a%20b") == "A B")
    #expect(bench.get("/p/a/b/c") == "a/b/c")
    #expect(bench.ask("/u/no").status == 404)
    #expect(bench.get("/any/red") == "red")
    #expect(bench.ask("/any/green").status == 404)
    #expect(bench.ask("/len/abc").status == 404)
    #expect(bench.ask("/min/10").status == 404)
  }

  @Test func theRequestHasItsMembers() {
    let bench = Bench()
    bench.run(
      """
      route "/r/<id>" {
          [request.method, request.path, request.query, request.headers["x-a"], request.cookies, request.text,
           request.params, request.remote]
      }
      route "/json" { request.json.a }
      route "/form" { request.form }
      """)
    let answer = bench.ask(
      "/r/a%20b?x=1&y=%26", .PUT, headers: [("X-A", "1"), ("x-a", "2"), ("Cookie", "k=v; l=w")], body: "täxt")
    #expect(
      answer.text
        == #"["PUT","/r/a b",{"x":"1","y":"&"},"1, 2",{"k":"v","l":"w"},"täxt",{"id":"a b"},"127.0.0.1"]"#)
    #expect(bench.ask("/json", .POST, body: "{\"a\": 5}").text == "5")
    let bad = bench.ask("/json", .POST, body: "{")
    #expect(bad.status == 400)
    #expect(bench.ask("/form", .POST, body: "a=1+2&b=%C3%A4").text == #"{"a":"1 2","b":"ä"}"#)
  }

  @Test func methodsAreKeptApart() {
    let bench = Bench()
    bench.run(
      "route GET \"/m\" { \"get\" }\nroute PUT, PATCH \"/m\" { \"put\" }\nroute \"/any\" { request.method }")
    #expect(bench.ask("/m").text == "get")
    #expect(bench.ask("/m", .HEAD).status == 200)
    #expect(bench.ask("/m", .PATCH).text == "put")
    let refused = bench.ask("/m", .DELETE)
    #expect(refused.status == 405)
    #expect(refused.value?.headers.first(name: "allow")?.contains("PATCH") == true)
    #expect(bench.ask("/m", .OPTIONS).status == 204)
    #expect(bench.ask("/any", .DELETE).text == "DELETE")
  }

  @Test func aClientThatGoesCancelsItsHandlerWhoseCleanupsRun() {
    let bench = Bench()
    bench.run(
      "route \"/r\" { defer { print(\"cleaned\") }\ndo { await sleep(9s) } catch { print(\"caught\") }\nprint(\"on\") }"
    )
    let request = bench.ask("/r")
    request.disconnect()
    #expect(bench.output == ["cleaned"])
    #expect(bench.on { bench.kernel.timers.oneShotCount } == 0)
    #expect(bench.on { bench.kernel.desk.count } == 0)
    #expect(bench.failures == [])
  }

  @Test func aHandlersWaitThatOthersShareGoesOnForThem() {
    let bench = Bench()
    bench.run("let shared = after(5s) { \"done\" }\nroute \"/r\" { shared }")
    let first = bench.ask("/r")
    let second = bench.ask("/r")
    first.disconnect()
    bench.advance(.seconds(5))
    #expect(second.text == "done")
  }

  @Test func thousandsOfRequestsWaitAtOnce() {
    let bench = Bench()
    bench.run("let gate = deferred()\nroute \"/w/<int:n>\" { await gate\nn }")
    let asked = (0..<5_000).map { bench.ask("/w/\($0)") }
    #expect(bench.on { bench.kernel.desk.count } == 5_000)
    bench.run("gate.resolve(1)", cell: 2)
    #expect(bench.wait { bench.kernel.desk.count == 0 })
    #expect(asked.enumerated().allSatisfy { $1.text == "\($0)" })
  }

  @Test func aHandlerThatLoopsIsStoppedAndOthersAreServed() {
    let bench = Bench { $0.machineLimits.handlerTime = 20_000_000 }
    bench.run("route \"/loop\" { while true { } }\nroute \"/ok\" { 1 }")
    let answer = bench.ask("/loop")
    #expect(answer.status == 500)
    #expect(answer.text?.contains("without waiting") == true)
    #expect(bench.get("/ok") == "1")
  }

  @Test func hitsAndErrorsAreCounted() {
    let bench = Bench()
    bench.run(
      "route GET \"/r/<int:n>\" { if n == 0 { throw \"zero\" } else { n } }\nroute \"/e\" { throw httpError(404) }"
    )
    for path in ["/r/1", "/r/0", "/r/2", "/e", "/none"] { bench.ask(path) }
    #expect(
      bench.routes.map(\.counts) == [
        "GET /r/<int:n> [1] 3 hits 1 errors", "any /e [1] 1 hits 0 errors",
      ])
  }

  @Test func anErrorOfAHandlerLeavesRoomForTheNumberOfItsCell() {
    let bench = Bench { $0.columns = { 60 } }
    bench.run(
      "route \"/r\" { let first = 1; let second = 2; let third = 3; first / 0 + second + third }\nnil")
    bench.ask("/r")
    let lines = bench.failures.flatMap { $0.split(separator: "\n") }
    #expect(lines.contains { $0.contains("first / 0") })
    #expect(lines.allSatisfy { $0.count <= 54 })
  }

  @Test func requestsAreLoggedWhereThatIsWanted() {
    let bench = Bench { $0.logsRequests = true }
    bench.run("route \"/r\" { await sleep(2s)\n\"four\" }")
    bench.ask("/r")
    bench.ask("/none")
    bench.advance(.seconds(2))
    let served = bench.events.compactMap { if case .served(let request) = $0 { request } else { nil } }
    #expect(served.map(\.status) == [404, 200])
    #expect(served.last?.nanoseconds == 2_000_000_000)
    #expect(served.last?.bytes == 4)
    #expect(served.last?.cell == 1)
    // No body is sent to it.
    bench.ask("/r", .HEAD)
    bench.advance(.seconds(2))
    #expect(bench.served.last == "HEAD /r 200 0")
    bench.ask("/r").disconnect()
    let gone = bench.events.compactMap { if case .served(let request) = $0 { request } else { nil } }
    #expect(gone.last?.status == 499)
    #expect(gone.count == 4)
  }

  // MARK: Long polls

  private static let poll = """
    var blocking = []
    route "/block" {
        let result = deferred()
        blocking.append(result)
        result.then { $0.uppercased() }
    }
    route "/unblock/<string:value>" {
        while !blocking.removeFirst().resolve(value) { }
        "OK \\(value)"
    }
    """

  @Test func whoWaitsLongestIsToldFirstAndWhoHasGoneTakesNoMessageAlong() {
    let bench = Bench()
    bench.run(Self.poll)
    let waiting = (0..<4).map { _ in bench.ask("/block") }
    waiting[0].disconnect()
    waiting[1].disconnect()
    #expect(bench.get("/unblock/a") == "OK a")
    #expect(waiting[2].text == "A")
    #expect(waiting[3].value == nil)
    #expect(bench.get("/unblock/b") == "OK b")
    #expect(waiting[3].text == "B")
    #expect(bench.ask("/unblock/c").status == 500)
  }

  @Test func longPollsOverSocketsNoticeClientsThatHangUp() throws {
    let bench = Bench { $0.isClockVirtual = false }
    let (port, _) = try bench.listen()
    bench.run(Self.poll)
    let clients = try (0..<3).map { _ in
      let client = try RawHTTPClient(port: port)
      try client.sendRequest("GET", "/block")
      return client
    }
    #expect(bench.wait { bench.kernel.desk.count == 3 })
    clients[0].close()
    clients[1].reset()
    #expect(bench.wait { bench.kernel.desk.count == 1 })
    #expect(try RawHTTPClient.request(port: port, "GET", "/unblock/hello").text == "OK hello")
    #expect(try clients[2].readResponse().text == "HELLO")
  }
}
