import TestSupport
import Testing

@testable import KernelCore

/// What is declared around routes belongs to its cell, and runs in an order.
struct SurroundingTests {
  private let bench = Bench()

  private var listed: [String] {
    bench.on { bench.kernel.surroundings.infos.map { "\($0.kind) \($0.prefix) [\($0.cell ?? 0)]" } }
  }

  @Test func aCellThatRunsAgainReplacesWhatItDeclaredAndKeepsItsPlace() {
    bench.run("before { request.state[\"trail\"] = \"a\" }\nafter { response.body += \"a\" }")
    bench.run("before { request.state.trail += \"b\" }\nafter { response.body += \"b\" }", cell: 2)
    bench.run("route \"/\" { request.state.trail + \" \" }", cell: 3)
    #expect(bench.get("/") == "ab ba")
    bench.run("before { request.state[\"trail\"] = \"A\" }\nafter { response.body += \"A\" }")
    #expect(bench.get("/") == "Ab bA")
    #expect(listed == ["before  [1]", "after  [1]", "before  [2]", "after  [2]"])
    bench.run("1")
    #expect(listed == ["before  [2]", "after  [2]"])
  }

  @Test func theOrderIsThatOfTheCellsInTheNotebook() {
    func add(_ letter: String) -> String {
      "before { request.state[\"trail\"] = (request.state[\"trail\"] ?? \"\") + \"\(letter)\"; nil }"
    }
    bench.run(add("a"))
    bench.run("route \"/\" { request.state.trail }", cell: 3)
    bench.run(add("b"), cell: 7)
    #expect(bench.get("/") == "ab")
    bench.on { bench.supervisor.setOrder([7, 1, 3]) }
    #expect(bench.get("/") == "ba")
    // It lasts from kernel to kernel.
    bench.on { bench.supervisor.restart() }
    bench.run(add("a"))
    bench.run(add("b"), cell: 7)
    bench.run("route \"/\" { request.state.trail }", cell: 3)
    #expect(bench.get("/") == "ba")
  }

  @Test func aCellThatFailsLeavesAllAsItWas() {
    bench.run("before { \"old\" }\nnotFound { \"old\" }\ngroup \"/a\" { onError { \"old\" } }")
    bench.run("route \"/\" { 1 }\nroute \"/a\" { throw \"no\" }", cell: 2)
    let before = listed
    bench.run(
      "before { nil }\nbefore { nil }\nnotFound { \"new\" }\ngroup \"/a\" { onError { \"new\" } }\nthrow \"no\""
    )
    #expect(listed == before)
    #expect(bench.get("/") == "old" && bench.get("/b") == "old")
    bench.run("notFound { \"other\" }\nthrow \"no\"", cell: 3)
    #expect(bench.get("/b") == "old")
  }

  @Test func itIsInForceAsSoonAsItsStatementHasRun() {
    bench.run("route \"/\" { 1 }")
    #expect(bench.run("before { \"now\" }\nawait get(\"/\").text", cell: 2) == "\"now\"")
    // The one from before is replaced at once, not counted twice.
    bench.run("var hits = 0", cell: 3)
    for _ in 0..<2 {
      #expect(
        bench.run("before { hits += 1 }\nawait get(\"/\", check: false)\nhits", cell: 2).contains("1"))
      bench.run("var hits = 0", cell: 3)
    }
  }

  @Test func aHandlerThatComputesForTooLongIsAnsweredByOnErrorAndSurroundedByAfter() {
    let bench = Bench { $0.machineLimits.handlerTime = 20_000_000 }
    bench.run(
      """
      onError { ["kind": error.kind] }
      after { response.headers["x-after"] = "1" }
      route "/" { while true { } }
      """)
    let answer = bench.ask("/")
    #expect(answer.status == 500 && answer.text == "{\"kind\":\"cpu\"}")
    #expect(answer.value?.headers["x-after"] == ["1"])
    // What answers it has its own bound, and is not tried again.
    bench.run("onError { while true { } }\nroute \"/\" { throw \"no\" }")
    #expect(bench.ask("/").text?.contains("stopped after computing") == true)
  }

  @Test func whatAnswersAStoppedHandlerSeesTheStateThatBeforeLeft() {
    let bench = Bench { $0.machineLimits.handlerTime = 20_000_000 }
    bench.run(
      """
      before { request.state["user"] = "ada" }
      onError { request.state.user + " " + request.params.id }
      after { response.headers["x-user"] = request.state.user }
      route "/<id>" { while true { } }
      """)
    let answer = bench.ask("/7")
    #expect(answer.text == "ada 7" && answer.value?.headers["x-user"] == ["ada"])
  }

  @Test func theAnswerInPlaceOfAStreamThatFailedAtOnceGoesThroughAfterWithTheSameRequest() {
    bench.run(
      """
      before { request.state["user"] = "ada" }
      onError { request.state.user + ": " + error.message }
      after { response.headers["x-user"] = request.state.user }
      route "/" { stream { out in throw "no" } }
      """)
    let answer = bench.ask("/")
    #expect(answer.status == 500 && answer.text == "ada: no")
    #expect(answer.value?.headers["x-user"] == ["ada"])
  }

  @Test func theAnswerInPlaceOfOneThatCannotBeSentGoesThroughAfter() {
    bench.run(
      """
      onError { error.message.uppercased() }
      after { response.headers["x-after"] = "1" }
      route "/json" { [1, nil, { 1 }] }
      route "/stream" { respond(stream { out in out.write(1) }, status: 204) }
      """)
    for path in ["/json", "/stream"] {
      let answer = bench.ask(path)
      #expect(answer.status == 500 && answer.value?.headers["x-after"] == ["1"], "\(path)")
      #expect(answer.text.map { $0 == $0.uppercased() } == true, "\(answer.text ?? "")")
    }
    // What `after` does to each answer is tried on the one in its place, and then the standard page comes.
    bench.run("after { response.body = [{ 1 }] }", cell: 2)
    #expect(bench.ask("/none").status == 500)
  }

  @Test func aCellThatIsDeletedTakesItAlong() {
    bench.run("before { \"no\" }\nnotFound { \"no\" }")
    bench.run("route \"/\" { 1 }", cell: 2)
    bench.on { bench.supervisor.kernel.removeEffects(of: 1) }
    #expect(listed == [])
    #expect(bench.get("/") == "1")
    #expect(bench.ask("/b").text == "No route matches GET /b.\n")
  }

  @Test func ofTwoCellsTheLastHasNotFoundAndOnErrorAndSaysSo() {
    bench.run("notFound { 1 }")
    let notes = bench.start("notFound { 2 }\ngroup \"/api\" { notFound { 3 } }", cell: 2).value?.notes
    #expect(notes == ["notFound  replaces the one from [1]", "notFound in /api"])
    #expect(bench.get("/x") == "2" && bench.get("/api/x") == "3")
    bench.run("1", cell: 2)
    #expect(bench.ask("/x").text == "No route matches GET /x.\n")
  }

  @Test func aRestartTakesItAway() {
    bench.run("before { \"no\" }")
    bench.on { bench.supervisor.restart() }
    #expect(listed == [])
  }

  @Test func aClientThatGoesEndsWhateverIsUnderWay() {
    bench.run(
      """
      before { defer { print("before left") }
      await sleep(5s) }
      after { print("after ran") }
      route "/" { print("handler ran") }
      """)
    let asked = bench.ask("/")
    bench.advance(.seconds(1))
    asked.disconnect()
    bench.advance(.seconds(9))
    #expect(bench.output == ["before left"])
    #expect(bench.on { bench.kernel.desk.count } == 0 && bench.failures == [])
  }

  @Test func anErrorIsTheCallersOnlyWhereItWasAskedFor() {
    bench.run("route \"/\" { throw httpError(418) }\nonError { error.status }\nroute \"/b\" { [][1] }")
    #expect(bench.ask("/").status == 418 && bench.get("/") == "418")
    #expect(bench.failures == [])
    #expect(bench.ask("/b", isFromThisMachine: false).status == 500)
    #expect(bench.failures.count == 2)
  }

  /// The standard page says nothing of the code to strangers, and what `onError` makes of an error is its own.
  @Test func theStandardPageOfAnErrorStaysWhatItIs() {
    bench.run("route \"/\" { [][1] }")
    let plain = bench.ask("/", isFromThisMachine: false).text
    bench.run("onError { nil }\nafter { nil }", cell: 2)
    #expect(bench.ask("/", isFromThisMachine: false).text == plain)
    #expect(bench.ask("/", isFromThisMachine: false).type == "text/plain; charset=utf-8")
  }

  @Test func everyKindOfAnswerGoesThroughAfterUnchanged() {
    let bodies = [
      "\"text\"", "html \"<b>\"", "1", "true", "nil", "[1]", "[\"a\": [1]]", "Bytes(\"ab\")", "2s",
      "respond(\"made\", status: 201, headers: [\"X-A\": [\"1\", \"2\"], \"Content-Type\": \"a/b\"])",
      "respond(cookies: [\"a\": 1, \"b\": [\"2\", \"3\"]])", "redirect(to: \"/x\")", "after(1s) { \"late\" }",
      "respond([\"a\"], status: 202)", "respond(status: 304)",
    ]
    let routes = bodies.enumerated().map { "route \"/\($0)\" { \($1) }" }.joined(separator: "\n")
    bench.run(routes)
    func answers() -> [String] {
      bodies.indices.map { index in
        let asked = bench.ask("/\(index)")
        bench.advance(.seconds(1))
        guard let value = asked.value else { return "none" }
        let headers = value.headers.map { "\($0.name.lowercased()): \($0.value)" }.sorted()
        return "\(value.status.code) \(headers) \(String(buffer: value.body))"
      }
    }
    let plain = answers()
    bench.run("before { nil }\nafter { nil }", cell: 2)
    #expect(answers() == plain)
  }

  @Test func patternsMayHaveAsManyParametersInAllAsAPatternMay() {
    let names = (0..<16).map { "<int:a\($0)>" }.joined(separator: "/")
    let more = (0..<16).map { "<int:b\($0)>" }.joined(separator: "/")
    bench.run(
      "group \"/\(names)\" { after { response.body += a15 }\nonError { a0 }\nroute \"/\(more)\" { a0 + b15 } }"
    )
    let path = "/" + (0..<32).map(String.init).joined(separator: "/")
    bench.run("1", cell: 2)
    #expect(bench.get(path) == "46")
    #expect(
      bench.run("group \"/\(names)\" { route \"/\(more)/<int:c>\" { 1 } }", cell: 3).contains("in its group"))
  }

  @Test func aRouteWithoutAnythingAroundItIsRunAsEver() {
    bench.run("route \"/\" { 1 }\ngroup \"/api\" { before { 2 } }")
    #expect(bench.on { bench.kernel.surroundings.around("/").surroundsHandlers } == false)
    #expect(bench.get("/") == "1")
  }
}

/// `cors` over real sockets.
struct CORSTests {
  private func bench() throws -> (Bench, port: Int) {
    let bench = Bench {
      $0.port = nil
      $0.isClockVirtual = false
    }
    return (bench, try bench.listen().port)
  }

  private func ask(_ port: Int, _ method: String, _ path: String, _ headers: String...) throws -> String {
    let client = try RawHTTPClient(port: port)
    try client.send(
      "\(method) \(path) HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\nConnection: close\r\n"
        + headers.map { $0 + "\r\n" }.joined() + "\r\n")
    return String(decoding: try client.readUntilClose(), as: UTF8.self).lowercased()
  }

  @Test func aPreflightIsAnsweredBeforeAnythingElseAndErrorsCanBeRead() throws {
    let (bench, port) = try bench()
    bench.run(
      """
      cors("https://a.example", methods: ["PUT"], credentials: true)
      before { throw httpError(401, "no") }
      route PUT "/items" { 1 }
      """)
    let preflight = try ask(port, "OPTIONS", "/items", "Access-Control-Request-Method: PUT")
    #expect(preflight.hasPrefix("http/1.1 204 "))
    #expect(preflight.contains("access-control-allow-methods: put\r\n"))
    #expect(preflight.contains("access-control-allow-origin: https://a.example\r\n"))
    #expect(preflight.contains("access-control-allow-credentials: true\r\n"))
    #expect(preflight.contains("vary: origin\r\n"))
    for (method, path, status) in [("PUT", "/items", 401), ("POST", "/items", 405), ("GET", "/x", 404)] {
      let answer = try ask(port, method, path)
      #expect(answer.hasPrefix("http/1.1 \(status) "))
      #expect(answer.contains("access-control-allow-origin: https://a.example\r\n"), "\(path)")
    }
    bench.run("cors()\nsocket \"/live\" { ws in 1 }", cell: 1)
    let socket = try ask(port, "OPTIONS", "/live", "Access-Control-Request-Method: GET")
    #expect(socket.contains("access-control-allow-methods: get\r\n"))
    bench.run(
      "cors(\"https://a.example\")\nroute PUT \"/items\" { 1 }", cell: 1)
    // OPTIONS that is no preflight is answered as ever.
    #expect(try ask(port, "OPTIONS", "/items").contains("allow: put, options\r\n"))
  }
}
