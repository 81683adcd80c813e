import Foundation
import TestSupport
import Testing

@testable import KernelCore

struct CallTests {
  private static let routes = """
    route "/echo" { [request.method, request.query, request.headers["content-type"] ?? nil, request.text] }
    route "/json" { ["a": [1, 2]] }
    route "/fail" { throw httpError(404, "nothing") }
    route "/wait" { defer { print("stopped") }
    await deferred() }
    route "/greet/<name>" { "hello \\(name)" }
    route GET "/from" { redirect(to: "/json") }
    route "/loop" { redirect(to: "/loop") }
    route POST "/post" { redirect(to: "/echo?x=1", status: request.query["status"] == "303" ? 303 : 307) }
    route "/dir/a" { redirect(to: "b") }
    route "/dir/b" { "beside" }
    route "/headers" { request.headers["x-a"] }
    """

  /// How a notebook reaches itself.
  enum Way: CaseIterable { case withinTheProcess, overTCP, overUnixSocket, withoutAnAddress }

  private func bench(_ way: Way) throws -> Bench {
    let bench = Bench { $0.isClockVirtual = way == .withinTheProcess }
    switch way {
    case .withinTheProcess, .overTCP: _ = try bench.listen()
    case .overUnixSocket:
      let path = bench.makeSocketPath()
      #expect(bench.awaited("listen(\"unix:\(path)\")") == "\"unix:\(path)\"")
    case .withoutAnAddress: break
    }
    #expect(bench.run(Self.routes) == "ok")
    return bench
  }

  @Test(arguments: Way.allCases)
  func aRouteThatCallsItselfWithoutAnEndIsStoppedAndToldOnce(way: Way) throws {
    let bench = try bench(way)
    #expect(bench.run("route \"/self\" { await get(\"/self\").text }", cell: 2) == "ok")
    #expect(bench.awaited("await get(\"/self\", check: false).status") == "508")
    #expect(bench.failures.count == 1)
    #expect(bench.failures.first?.hasPrefix("508 for GET /self\n") == true)
    // The next chain begins anew.
    #expect(bench.awaited("await get(\"/self\", check: false).status") == "508")
    #expect(bench.failures.count == 2)
  }

  @Test(arguments: Way.allCases)
  func callsToItselfAreTheSameWhateverTheirWay(way: Way) throws {
    let bench = try bench(way)
    for (text, expected) in [
      ("(await get(\"/json\")).json.a", "[1, 2]"),
      (
        "let r = await get(\"/json\")\n[r.status, r.ok, r.text, r.headers[\"content-type\"], r.headers[\"content-length\"]]",
        "[200, true, \"{\\\"a\\\":[1,2]}\", \"application/json\", \"11\"]"
      ),
      (
        "await get(\"/echo\", query: [\"q\": \"a b&c\", \"n\": 1]).json[1]",
        "[\"q\": \"a b&c\", \"n\": \"1\"]"
      ),
      (
        "await post(\"/echo\", json: [\"k\": 1]).json",
        "[\"POST\", [:], \"application/json\", \"{\\\"k\\\":1}\"]"
      ),
      (
        "await put(\"/echo\", form: [\"k\": \"a b\"]).json",
        "[\"PUT\", [:], \"application/x-www-form-urlencoded\", \"k=a%20b\"]"
      ),
      ("await patch(\"/echo\", body: \"text\").json[3]", "\"text\""),
      ("await delete(\"/echo\").json[0]", "\"DELETE\""),
      ("let r = await head(\"/json\")\n[r.status, r.text]", "[200, \"\"]"),
      ("await get(\"/greet/a b\").text", "\"hello a b\""),
      ("await get(\"/greet/ä%20b\").text", "\"hello ä b\""),
      ("await get(\"/fail\", check: false).status", "404"),
      (
        "await get(\"/fail\").catch { e in [e.kind, e.status, e.response.text] }",
        "[\"http\", 404, \"nothing\\n\"]"
      ),
      ("await get(\"/nowhere\", check: false).status", "404"),
      ("await get(\"/from\").json.a", "[1, 2]"),
      ("await get(\"/from\", follow: false).status", "302"),
      ("await get(\"/dir/a\").text", "\"beside\""),
      (
        "await post(\"/post?status=307\", body: \"b\").json",
        "[\"POST\", [\"x\": \"1\"], \"text/plain; charset=utf-8\", \"b\"]"
      ),
      ("await post(\"/post?status=303\", body: \"b\").json", "[\"GET\", [\"x\": \"1\"], nil, \"\"]"),
      ("await get(\"/headers\", headers: [\"X-A\": \"1\"]).text", "\"1\""),
      (
        "await get(\"/loop\").catch { e in [e.kind, e.message.contains(\"more than 10 times\")] }",
        "[\"network\", true]"
      ),
    ] {
      #expect(bench.awaited(text) == expected, "\(text)")
    }
    #expect(bench.failures == [])
  }

  /// Within the process Host was doubled, no limit held, and what had no browser's name had none at all.
  @Test func whatItSeesOfItselfIsWhatOthersSee() throws {
    let routes = """
      route "/seen" { ["host", "user-agent", "accept", "content-length"].map { request.headers[$0] } }
      route "/loop" { redirect(to: "/loop") }
      route "/x-own" { [request.headers["x-own"]] }
      route "/to" { redirect(to: "/seen") }
      route "/<path:rest>" { rest }
      """
    let texts = [
      "await get(\"/seen\").json", "await get(\"/seen\", headers: [\"Host\": \"example.com\"]).json",
      "await get(\"/seen\", headers: [\"user-agent\": \"a\", \"accept\": \"b\"]).json",
      "await get(\"http://localhost:PORT/seen\").json", "(await get(\"http://localhost:PORT/to\")).url",
      "await post(\"/seen\").json", "await delete(\"/seen\").json",
      "await post(\"/seen\", body: \"abc\").json",
      "await get(\"/\" + \"a\".repeated(9000), check: false).status",
      "await get(\"/seen\", headers: [\"x-big\": \"x\".repeated(40000)], check: false).text",
      "let many = [:]\nfor i in 0..<140 { many[\"x-\\(i)\"] = \"1\" }\nawait get(\"/seen\", headers: many, check: false).status",
      "await get(\"/x/../seen\").json", "await get(\"/x/./y\").text", "(await get(\"/a b?c=d e#f\")).url",
      "await get(\"/seen\", headers: [\"content-length\": \"5\"]).catch { $0.message }",
      "await get(\"/seen\", headers: [\"transfer-encoding\": \"chunked\"]).catch { $0.message }",
      "await post(\"/seen\", body: \"abc\", headers: [\"content-length\": \"3\"]).json",
      "await get(\"/seen\", headers: [\"host\": \"a b\"], check: false).text",
      "await get(\"/seen\", headers: [\"expect\": \"x\"], check: false).status",
      "await get(\"/loop\").catch { $0.message }",
      "await get(\"/x-own\", headers: [\"X-Own\": \" a \"]).json",
      "await get(\"/seen\", headers: [\"Host\": [\"a\", \"b\"]]).json",
    ]
    func answers(_ way: Way) throws -> [String] {
      let bench = Bench { $0.isClockVirtual = way == .withinTheProcess }
      let (port, _) = try bench.listen()
      #expect(bench.run(routes) == "ok")
      return texts.map { text in
        (bench.awaited(text.replacing("PORT", with: "\(port)"), cell: 2) ?? "nothing")
          .replacing(":\(port)", with: ":PORT")
      }
    }
    let (within, outside) = (try answers(.withinTheProcess), try answers(.overTCP))
    for (place, text) in texts.enumerated() { #expect(within[place] == outside[place], "\(text)") }
    #expect(within[0] == "[\"127.0.0.1:PORT\", \"routebook/0.1.0\", \"*/*\", nil]")
    #expect(within[1].hasPrefix("[\"example.com\", "))
    #expect(within[8] == "414")
  }

  @Test(arguments: Way.allCases)
  func theLimitOfAnAnswerHoldsWhateverItsWay(way: Way) throws {
    let bench = Bench {
      $0.isClockVirtual = way == .withinTheProcess
      $0.calls.bodyLimit = 1000
    }
    if way == .withinTheProcess || way == .overTCP { _ = try bench.listen() }
    bench.run("route \"/<int:n>\" { \"x\".repeated(n) }")
    #expect(bench.awaited("await get(\"/1000\").text.count", cell: 2) == "1000")
    #expect(
      bench.awaited("await get(\"/1001\").catch { $0.message }", cell: 3)?.contains("limit of 1000") == true)
  }

  @Test(arguments: ["127.0.0.1", "localhost", "LocalHost"])
  func itsOwnAbsoluteAddressIsItself(host: String) throws {
    let bench = Bench()
    let (port, _) = try bench.listen()
    bench.run("route \"/r\" { await sleep(5s)\nrequest.query }")
    // By the virtual clock, so within the process.
    let cell = bench.start("await get(\"http://\(host):\(port)/r?a=1#part\").json", cell: 2)
    bench.advance(.seconds(5))
    #expect(Shown(cell.value) == "[\"a\": \"1\"]")
  }

  /// It was somebody else's, who could not be reached where nothing is listened on.
  @Test func aNameAndAPasswordInItsOwnAddressGoAlongWithinTheProcess() throws {
    let bench = Bench { $0.bindsSockets = false }
    bench.run(
      "listen(\"tcp:8080\")\nroute \"/r\" { [request.headers[\"authorization\"], request.headers.host] }")
    for (user, sent) in [("ada:pw", "ada:pw"), ("ada", "ada:"), ("a%40b:p:w", "a@b:p:w")] {
      let encoded = Data(sent.utf8).base64EncodedString()
      #expect(
        bench.awaited("await get(\"http://\(user)@localhost:8080/r\").json")
          == "[\"Basic \(encoded)\", \"localhost:8080\"]")
    }
    #expect(
      bench.awaited("await get(\"http://a:b@localhost:8080/r\", headers: [\"Authorization\": \"own\"]).json")
        == "[\"own\", \"localhost:8080\"]")
  }

  @Test func somebodyElsesAddressIsNotItself() {
    let own = [BoundAddressFixture.tcp("127.0.0.1", 8080), BoundAddressFixture.tcp("::1", 80)]
    #expect(OwnAddress.path(of: "http://localhost:8080", among: own) == "/")
    #expect(OwnAddress.path(of: "http://localhost:8080?x", among: own) == "/?x")
    #expect(OwnAddress.path(of: "HTTP://127.0.0.1:8080/a", among: own) == "/a")
    #expect(OwnAddress.path(of: "http://[::1]/a", among: own) == "/a")
    #expect(OwnAddress.path(of: "http://me:p@w@localhost:8080/a@b", among: own) == "/a@b")
    for url in [
      "http://localhost:80801/", "http://localhost:8081/", "https://localhost:8080/",
      "http://127.0.0.1.evil:8080/",
      "http://localhost:8080@evil/", "http://a:b@localhost:8080@evil/", "http://evil/localhost:8080/",
      "http://",
      "http://[::1", "http://localhost:x/", "ftp://localhost:8080/",
    ] {
      #expect(OwnAddress.path(of: url, among: own) == nil, "\(url)")
    }
    let all = [BoundAddressFixture.tcp("0.0.0.0", 8080)]
    #expect(OwnAddress.path(of: "http://localhost:8080/a", among: all) == "/a")
  }

  @Test(arguments: [
    ("get(\"nothing\")", "is no address to call"),
    ("get(\"//evil/x\")", "is no address to call"),
    ("get(3)", "must be a String"),
    ("get(\"/a\", query: 3)", "must be a Dictionary"),
    ("get(\"/a\", query: [\"x\": deferred()])", "not awaited"),
    ("get(\"/a\", headers: [\"a b\": 1])", "is no header name"),
    ("get(\"/a\", headers: [\"a\": \"x\\r\\ny: z\"])", "line break"),
    ("get(\"/a\", timeout: 3)", "must be a Duration, not a number"),
    ("get(\"/a\", timeout: 0s)", "must be longer than 0"),
    ("post(\"/a\", body: \"x\", json: 1)", "a call has one body"),
    ("post(\"/a\", body: [1])", "must be a String, Bytes or a stream"),
    ("head(\"/a\", body: \"x\")", "carries no body"),
    ("await get(\"http://127.0.0.1:1/\")", "GET http://127.0.0.1:1/"),
    ("await get(\"ftp://127.0.0.1/\")", "ftp"),
  ])
  func whatCannotBeCalledSaysSoWithItsPlace(text: String, message: String) throws {
    let shown = try #require(Bench { $0.isClockVirtual = false }.awaited(text))
    #expect(shown.contains("error:"))
    #expect(shown.contains(message), "\(shown)")
    #expect(shown.contains("line 1"))
  }

  @Test func aTimeoutEndsACallAndItsHandler() {
    let bench = Bench()
    bench.run(Self.routes)
    let cell = bench.start("await get(\"/wait\", timeout: 2s)", cell: 2)
    bench.advance(.seconds(2))
    #expect(Shown(cell.value).contains("GET /wait: no answer within 2s"))
    #expect(bench.output == ["stopped"])
    #expect(bench.on { bench.kernel.calls.count + bench.kernel.desk.count } == 0)
  }

  @Test func aTimeoutOfACallToItselfReadsTheSameOverAConnection() throws {
    let bench = Bench { $0.isClockVirtual = false }
    let (port, _) = try bench.listen()
    bench.run(Self.routes)
    let cell = bench.start("await get(\"http://127.0.0.1:\(port)/wait\", timeout: 20ms)", cell: 2)
    #expect(bench.wait { cell.value != nil })
    #expect(Shown(cell.value).contains("GET http://127.0.0.1:\(port)/wait: no answer within 20ms"))
  }

  @Test func aTimeoutThatIsNotReachedLeavesNothing() {
    let bench = Bench()
    bench.run(Self.routes)
    #expect(bench.run("await get(\"/json\", timeout: 2s).status", cell: 2) == "200")
    #expect(bench.on { bench.clock.timerCount } == 0)
  }

  @Test func aConsumerThatGoesStopsTheHandlerBehindItsCall() {
    let bench = Bench()
    bench.run(Self.routes)
    bench.run("route \"/outer\" { await get(\"/wait\").text }", cell: 2)
    let request = bench.ask("/outer")
    #expect(bench.on { bench.kernel.desk.count } == 2)
    request.disconnect()
    #expect(bench.on { bench.kernel.desk.count } == 0)
    #expect(bench.output == ["stopped"])
  }

  @Test func aCallCancelledBeforeItsTurnIsNeverMade() {
    let bench = Bench()
    bench.run("route \"/r\" { print(\"asked\")\n1 }")
    bench.run("get(\"/r\").cancel()", cell: 2)
    #expect(bench.output == [])
    #expect(bench.routes[0].hits == 0)
  }

  @Test func aBackendSeesTheHangUpOfAClientTwoCallsAway() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/silent", .silence)
    let bench = Bench { $0.isClockVirtual = false }
    bench.run("route \"/r\" { await get(\"\(server.url("/silent"))\").text }")
    let request = bench.ask("/r")
    await server.wait { $0.requests == 1 }
    request.disconnect()
    await server.wait { $0.hangUps == 1 }
    #expect(bench.on { bench.kernel.calls.count } == 0)
  }

  @Test func aBackendsAnswerIsPassedOn() throws {
    let server = try ScriptedHTTPServer()
    server.on("/made", .raw("HTTP/1.1 201 Made\r\nContent-Type: text/css\r\nContent-Length: 2\r\n\r\nok"))
    let bench = Bench { $0.isClockVirtual = false }
    bench.run("route \"/r\" { get(\"\(server.url("/made"))\") }")
    let answer = bench.ask("/r")
    #expect(bench.wait { answer.valueOnLoop != nil })
    #expect(answer.status == 201)
    #expect(answer.type == "text/css")
    #expect(answer.text == "ok")
  }

  @Test func aCallToItselfOnlyEnqueues() {
    let bench = Bench()
    bench.run("route \"/r\" { print(\"handler\")\n1 }")
    bench.run("let d = get(\"/r\")\nasync { print(\"async\") }\nprint(\"cell\")\nawait d\nnil", cell: 2)
    #expect(bench.output == ["cell", "handler", "async"])
  }

  @Test func bodiesThatAreDroppedDoNotFillTheMemory() {
    let bench = Bench { $0.machineLimits.memory = 64 << 20 }
    bench.run("var text = \"0123456789abcdef\"\nfor i in 0..<16 { text += text }\nroute \"/big\" { text }")
    #expect(bench.awaited("for i in 0..<300 { await get(\"/big\") }\n\"done\"", cell: 2) == "\"done\"")
    #expect(bench.run("text.count", cell: 3) == "1048576")
    let hoarding = bench.start(
      "let kept = []\nfor i in 0..<300 { kept.append(await get(\"/big\")) }", cell: 4)
    #expect(bench.wait { hoarding.valueOnLoop != nil })
    #expect(Shown(hoarding.value).contains("memory"))
  }

  // MARK: Where an error comes from

  @Test func anErrorThatNobodyAwaitsNamesThePlaceOfTheCall() {
    let bench = Bench()
    bench.run("route \"/fail\" { throw httpError(404) }")
    bench.run("let a = 1\nget(\"/fail\").then { $0.json }\nnil", cell: 2)
    #expect(
      bench.failures == [
        """
        error: GET /fail gave 404 Not Found
          cell [2], line 2
          2 | get("/fail").then { $0.json }
            | ^^^
          help: pass check: false to look at such answers yourself
        """
      ])
  }

  @Test func anErrorOutOfAChainNamesTheCallAndThenWhereItWasAwaited() {
    let bench = Bench()
    bench.run("route \"/fail\" { throw httpError(404) }\nfunc ask(path) { get(path).then { $0.json } }")
    let shown = bench.run("let d = ask(\"/fail\")\nawait all([d, 1])", cell: 2).text
    #expect(shown.contains("cell [1], line 2"))
    #expect(shown.contains("awaited in cell [2], line 2"))
  }

  @Test func aCallAwaitedInItsOwnLineIsShownOnce() {
    let bench = Bench()
    bench.run("route \"/fail\" { throw httpError(404) }")
    let shown = bench.run("await get(\"/fail\")", cell: 2).text
    #expect(shown.components(separatedBy: "cell [2], line 1").count == 2)
  }

  @Test func aDeferredRejectedByHandNamesTheRejection() {
    let bench = Bench()
    bench.run("let d = deferred()\nd.reject(\"no\")\nnil")
    #expect(bench.failures.count == 1)
    #expect(bench.failures[0].contains("cell [1], line 2"))
  }
}
