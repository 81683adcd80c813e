import Testing
import TestSupport

@testable import KernelCore

/// What a trace says could overlap, besides the many cases of the golden set.
struct TraceOverlapTests {
  private func bench() -> Bench { Bench(movesClock: true) { $0.recordsTraces = true } }

  private func advice(_ bench: Bench, _ choice: TraceChoice) -> [String]? {
    let waterfall = bench.on { bench.supervisor.waterfall(choice) }
    return waterfall.map { waterfall in waterfall.overlaps.map { $0.sentence(in: waterfall.trace) } }
  }

  private static let services = """
    route "/sleep/<int:ms>" { await sleep(ms * 1ms); ms }
    nil
    """

  private func compare(_ one: Int, _ other: Int) -> String {
    """
    route "/compare" {
      let a = await get("/sleep/\(one)")
      let b = await get("/sleep/\(other)")
      a.text + b.text
    }
    nil
    """
  }

  @Test func theCellIsNamedWhereItIsNotTheOneThatIsLookedAt() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(compare(300, 200), cell: 2)
    #expect(bench.awaited("await get(\"/compare\").text", cell: 3) == "\"300200\"")
    #expect(
      advice(bench, .path("/compare")) == [
        "the GETs at lines 2 and 3 could overlap: 300 ms instead of 500 ms"
      ])
    #expect(
      advice(bench, .last) == [
        "the GETs at lines 2 and 3 in cell [2] could overlap: 300 ms instead of 500 ms"
      ])
  }

  @Test(arguments: [(4, 4, false), (5, 5, true), (100, 11, false), (100, 12, true)])
  func onlyWhatSavesSomethingIsTold(one: Int, other: Int, isTold: Bool) {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(compare(one, other), cell: 2)
    #expect(bench.awaited("await get(\"/compare\").text", cell: 3) == "\"\(one)\(other)\"")
    #expect(advice(bench, .path("/compare"))?.isEmpty == !isTold)
  }

  /// Two fibers that are waited for together, of which neither helps without the other.
  @Test func whatHelpsOnlyTogetherIsToldOfBoth() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      """
      route "/case" {
        let one = async {
          let a = await get("/sleep/300").text
          let b = await get("/sleep/200").text
        }
        let other = async {
          let a = await get("/sleep/400").text
          let b = await get("/sleep/100").text
        }
        await all([one, other])
        1
      }
      nil
      """, cell: 2)
    #expect(bench.awaited("await get(\"/case\").text", cell: 3) == "\"1\"")
    #expect(
      advice(bench, .path("/case")) == [
        "the GETs at lines 3 and 4 could overlap: 400 ms instead of 500 ms, if the others do too",
        "the GETs at lines 7 and 8 could overlap: 400 ms instead of 500 ms, if the others do too",
      ])
  }

  @Test func twoAdvicesAboutOneLineAreTold() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      "route \"/p\" { let a = await get(\"/sleep/300\").text; let b = await get(\"/sleep/200\").text; "
        + "let c = await get(\"/sleep/100?x=\\(a)\").text; c + await get(\"/sleep/100?x=\\(b)\").text }\nnil",
      cell: 2)
    #expect(bench.awaited("await get(\"/p\").text", cell: 3) == "\"100100\"")
    #expect(
      advice(bench, .path("/p")) == [
        "the 2 GETs at line 1 could overlap: 300 ms instead of 500 ms",
        "the 2 GETs at line 1 could overlap: 100 ms instead of 200 ms",
      ])
  }

  @Test func whatWasBegunBeforeInTheSameLineIsTold() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      """
      route "/one" { let a = get("/sleep/300"); let b = await a.text; b + await get("/sleep/200").text }
      route "/more" {
        let a = get("/sleep/300"); let b = await a.text; let c = await get("/sleep/100").text
        c + await get("/sleep/200").text
      }
      nil
      """, cell: 2)
    #expect(bench.awaited("await get(\"/one\").text", cell: 3) == "\"300200\"")
    #expect(
      advice(bench, .path("/one")) == [
        "the GET at line 1 could overlap that begun at line 1: 300 ms instead of 500 ms"
      ])
    #expect(bench.awaited("await get(\"/more\").text", cell: 3) == "\"100200\"")
    #expect(
      advice(bench, .path("/more")) == [
        "the GETs at lines 3 and 4 could overlap that begun at line 3: 300 ms instead of 600 ms"
      ])
  }

  /// What it waits for now it would have come to sooner.
  @Test func ofWhatIsUnderWayIsToldHowMuchSoonerItWouldHaveComeSoFar() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      """
      route "/case" {
        let a = await get("/sleep/300")
        let b = await get("/sleep/200")
        await sleep(1h)
      }
      nil
      """, cell: 2)
    bench.run("async { await get(\"/case\") }\nawait sleep(1s)", cell: 3)
    #expect(
      advice(bench, .path("/case")) == ["the GETs at lines 2 and 3 could overlap: 300 ms instead of 500 ms"])
  }

  @Test func whatWasNotRunIsNotTold() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      """
      route "/compare" {
        let a = await get("/sleep/200")
        let b = await get("/none")
        let c = await get("/sleep/300")
        a.text + b.text + c.text
      }
      nil
      """, cell: 2)
    _ = bench.awaited("await get(\"/compare\", check: false).text", cell: 3)
    #expect(advice(bench, .path("/compare")) == [])
  }

  /// A service may send a call back to this notebook, by an address that is not known for its own.
  @Test func whatComesMeanwhileAndChangesSomethingIsNotTold() {
    for (path, isTold) in [("/read", true), ("/inc", false), ("/favicon.ico", true)] {
      let bench = Bench { $0.recordsTraces = true }
      bench.run(Self.services, cell: 1)
      bench.run(compare(300, 200), cell: 2)
      bench.run(
        """
        var n = 0
        route "/inc" { n += 1; n }
        route "/read" { n }
        nil
        """, cell: 3)
      let asked = bench.ask("/compare")
      bench.advance(.milliseconds(100))
      #expect(bench.ask(path).status == (path == "/favicon.ico" ? 404 : 200))
      bench.advance(.milliseconds(200))
      bench.advance(.milliseconds(200))
      #expect(asked.text == "300200")
      #expect(advice(bench, .path("/compare"))?.isEmpty == !isTold)
    }
  }

  /// On a virtual clock much is at the same moment.
  @Test func ofWhatIsAtOneMomentTheOrderCounts() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      "var last = \"old\"\nroute \"/read\" { await sleep(300ms); last }\n\(Self.two("/sleep/200", "/read"))",
      cell: 2)
    let made = "after(500ms) { last = \"new\" }\n"
    #expect(bench.awaited("\(made)await get(\"/two\").text", cell: 3) == "\"200new\"")
    #expect(advice(bench, .path("/two")) == [])
    // What was over before the first call is another matter, be it at the same moment.
    bench.run("last = \"old\"\nnil", cell: 4)
    #expect(bench.awaited("await get(\"/two\").text", cell: 5) == "\"200old\"")
    #expect(advice(bench, .path("/two"))?.count == 1)
  }

  @Test(arguments: [
    ("n += 1", true), ("n = n * 2 + 1", true), ("n = items", false), ("await sleep(50ms); n += 1", true),
    ("await get(\"/read\"); n += 1", true), ("async { n += 1 }", true), ("last = \"new\"", false),
    ("async { last = \"new\" }", false), ("items.append(n)", false), ("tell(n)", false),
  ])
  func aTickThatChangesWhatNobodyReadsIsInNobodysWay(code: String, isTold: Bool) {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      "var last = \"old\"\nroute \"/read\" { await sleep(200ms); last }\n\(Self.two("/sleep/300", "/read"))",
      cell: 2)
    bench.run(
      "func tell(x) { last = \"told\" }\nlet items = []\nvar n = 0\nevery(100ms) { \(code) }", cell: 3)
    #expect(bench.awaited("await get(\"/two\").status", cell: 4) == "200")
    #expect(advice(bench, .path("/two"))?.count == (isTold ? 1 : 0))
  }

  /// Code that reads later what ticks change would come to it sooner.
  @Test(arguments: [("1", true), ("limit", true), ("n", false), ("[1].map { n }", false), ("tell()", false)])
  func whatReadsLaterWhatATickChangesIsNotTold(value: String, isTold: Bool) {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run("var n = 0\nfunc tell() { n }\nlet limit = 5\nevery(100ms) { n += 1 }", cell: 2)
    bench.run(
      "route \"/case\" {\nlet a = await get(\"/sleep/300\")\nlet b = await get(\"/sleep/200\")\n[a.text, \(value)]\n}\nnil",
      cell: 3)
    #expect(bench.awaited("await get(\"/case\").status", cell: 4) == "200")
    #expect(advice(bench, .path("/case"))?.count == (isTold ? 1 : 0))
  }

  /// So would whoever waits for the handler.
  @Test(arguments: [
    ("nil", "/case", true), ("after { let seen = n; nil }", "/case", false),
    ("route \"/outer\" { let c = await get(\"/case\"); [c.text, 1] }", "/outer", true),
    ("route \"/outer\" { let c = await get(\"/case\"); [c.text, n] }", "/outer", false),
  ])
  func whoWaitsForItAndReadsWhatATickChangesIsNotTold(around: String, path: String, isTold: Bool) {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run("var n = 0\nevery(100ms) { n += 1 }", cell: 2)
    bench.run(
      "route \"/case\" {\nlet a = await get(\"/sleep/300\")\nlet b = await get(\"/sleep/200\")\na.text + b.text\n}\nnil",
      cell: 3)
    bench.run("\(around)\nnil", cell: 4)
    #expect(bench.awaited("await get(\"\(path)\").status", cell: 5) == "200")
    #expect(advice(bench, .path("/case"))?.count == (isTold ? 1 : 0))
  }

  /// A function of another cell that makes the calls for one which reads what a tick changes.
  @Test(arguments: [("r", true), ("[r, n]", false)])
  func theCellItselfIsLookedAtWhereAFunctionOfAnotherMakesTheCalls(value: String, isTold: Bool) {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      "func load() {\nlet a = await get(\"/sleep/300\")\nlet b = await get(\"/sleep/200\")\na.text + b.text\n}\nvar n = 0\nnil",
      cell: 2)
    let ticks = isTold ? "nil" : "let t = every(100ms) { n += 1 }"
    #expect(bench.awaited("\(ticks)\nlet r = load()\n\(value)", cell: 3) != nil)
    #expect(advice(bench, .last)?.count == (isTold ? 1 : 0))
  }

  /// A fiber that the handler has begun, or who calls it, may have come to something by then.
  @Test(arguments: [
    ("", "1", true), ("async { await sleep(350ms); 1 }", "1", true),
    ("var state = 1\nasync { await sleep(350ms); state = 2 }", "state", false),
    ("let found = [:]\nasync { found[\"x\"] = await get(\"/sleep/350\").text }", "found.count", false),
    ("let log = []\nasync { for i in 1...5 { await sleep(80ms); log.append(i) } }", "log.count", false),
    ("var first = 0\nlet x = get(\"/sleep/350\").then { first = 1 }", "first", false),
  ])
  func whatFibersOfTheHandlerChangeIsNotTold(begun: String, value: String, isTold: Bool) {
    let calls = "let a = await get(\"/sleep/300\")\nlet b = await get(\"/sleep/200\")"
    for (own, outer) in [(begun + "\n" + calls, value), (calls, "1")] {
      let bench = bench()
      bench.run(Self.services, cell: 1)
      bench.run("route \"/case\" {\n\(own)\n[a.text, \(outer)]\n}\nnil", cell: 2)
      bench.run(
        "route \"/outer\" {\n\(begun)\nlet r = await get(\"/case\")\n[r.text, \(value)]\n}\nnil", cell: 3)
      let path = outer == value && own != calls ? "/case" : "/outer"
      #expect(bench.awaited("await get(\"\(path)\").status", cell: 4) == "200")
      #expect(advice(bench, .path("/case"))?.count == (isTold ? 1 : 0), "\(path): \(begun)")
    }
  }

  /// A fiber of the same handler is no tick.
  @Test func whatTheHandlersOwnFibersChangeIsNotTold() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      """
      var n = 0
      route "/case" {
        async { await sleep(350ms); n = 5 }
        let a = await get("/sleep/300")
        let b = await get("/sleep/200")
        a.text + b.text
      }
      nil
      """, cell: 2)
    #expect(bench.awaited("await get(\"/case\").status", cell: 3) == "200")
    #expect(advice(bench, .path("/case")) == [])
  }

  /// What comes back from another service is not known to be the notebook's own.
  @Test func whatARequestReadsThatATickChangesIsNotTold() {
    for (name, isTold) in [("n", false), ("other", true)] {
      let bench = Bench { $0.recordsTraces = true }
      bench.run(Self.services, cell: 1)
      bench.run(compare(300, 200), cell: 2)
      bench.run(
        "var n = 0\nvar other = 0\nroute \"/read\" { \(name) }\nlet t = every(150ms) { n += 1 }\nnil", cell: 3
      )
      let asked = bench.ask("/compare")
      bench.advance(.milliseconds(100))
      #expect(bench.ask("/read").status == 200)
      for _ in 0..<8 { bench.advance(.milliseconds(50)) }
      #expect(asked.text == "300200")
      #expect(advice(bench, .path("/compare"))?.isEmpty == !isTold)
    }
  }

  /// What another service was told to do may change what it answers, be it done only later.
  @Test(arguments: ["post", "put", "delete"])
  func callsThatChangeSomethingElsewhereKeepOthersApart(method: String) throws {
    let server = try ScriptedHTTPServer()
    let bench = Bench {
      $0.isClockVirtual = false
      $0.recordsTraces = true
    }
    bench.run("route \"/wait\" { await sleep(400ms); 1 }\nlet there = \"\(server.url(""))\"\nnil", cell: 1)
    let order = "let order = \(method)(\"\\(there)/orders\", check: false)"
    for (begun, awaited, isTold) in [
      (order, "await order", false), (order + "\n await order", "nil", true),
      ("nil", order + "\n await order", true),
    ] {
      bench.run(
        """
        route "/two" {
          \(begun)
          let one = await get("/wait")
          let two = await get("/wait")
          \(awaited)
          one.text + two.text
        }
        nil
        """, cell: 2)
      #expect(bench.awaited("await get(\"/two\").text", cell: 3) == "\"11\"")
      #expect(advice(bench, .path("/two"))?.count == (isTold ? 1 : 0), "\(begun)")
    }
  }

  /// A trace that had no room for it tells of it all the same.
  @Test func aCallThatThereWasNoRoomForKeepsOthersApart() throws {
    let server = try ScriptedHTTPServer()
    let bench = Bench {
      $0.isClockVirtual = false
      $0.recordsTraces = true
    }
    bench.run("route \"/wait\" { await sleep(400ms); 1 }\nlet there = \"\(server.url(""))\"\nnil", cell: 1)
    bench.run(
      """
      route "/many" {
        for i in 1...600 { await sleep(0s) }
        post("\\(there)/orders", check: false)
        1
      }
      route "/two" { let a = await get("/wait"); let b = await get("/wait"); a.text + b.text }
      nil
      """, cell: 2)
    #expect(bench.awaited("await get(\"/two\").text", cell: 3) == "\"11\"")
    #expect(advice(bench, .path("/two"))?.count == 1)
    #expect(bench.awaited("await get(\"/many\").text\nawait get(\"/two\").text", cell: 3) == "\"11\"")
    #expect(advice(bench, .path("/two")) == [])
  }

  @Test(arguments: [(2, false), (3, true)])
  func moreRequestsThanMayBeUnderWayAreNotTold(limit: Int, isTold: Bool) {
    let bench = Bench(movesClock: true) {
      $0.recordsTraces = true
      $0.serverLimits.maxRequestsInFlight = limit
    }
    bench.run(Self.services, cell: 1)
    bench.run(compare(300, 200), cell: 2)
    #expect(bench.awaited("await get(\"/compare\").text", cell: 3) == "\"300200\"")
    #expect(advice(bench, .path("/compare"))?.count == (isTold ? 1 : 0))
  }

  /// What names mean now may not be what they meant.
  @Test func whatHasChangedSinceIsNotTrusted() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run("let base = \"\"", cell: 2)
    bench.run("func sha256(x) { n += 1; \"own\" }\nvar n = 0", cell: 3)
    bench.run(
      "route \"/sh\" { await sleep(1s); sha256(\"a\") }\nroute \"/read\" { await sleep(1s); n }\nnil", cell: 4
    )
    bench.run(
      "route \"/two\" { let a = await get(\"/sh\"); let b = await get(\"/read\"); a.text + b.text }\nnil",
      cell: 5)
    #expect(bench.awaited("await get(\"/two\").text", cell: 6) == "\"own1\"")
    #expect(advice(bench, .path("/two")) == [])
    bench.on { bench.kernel.removeEffects(of: 3) }
    #expect(advice(bench, .path("/two")) == [])
    // A constant that came later than the trace.
    bench.run(
      """
      route "/based" {
        let a = await get("\\(base)/sleep/300")
        let b = await get("\\(base)/sleep/200")
        a.text + b.text
      }
      nil
      """, cell: 7)
    #expect(bench.awaited("await get(\"/based\").text", cell: 8) == "\"300200\"")
    #expect(advice(bench, .path("/based"))?.count == 1)
    bench.run("let base = \"\"", cell: 2)
    bench.advance(.seconds(1))
    bench.run("let base = \"\"", cell: 2)
    #expect(advice(bench, .path("/based")) == [])
  }

  /// What a global holds now need not be what it held in a trace.
  @Test(arguments: [("var d = 5", "d = 5"), ("let d = 5", "let d = 5")])
  func whatHeldSomethingThatChangesByItselfIsNotTrusted(declaration: String, later: String) {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run("\(declaration)\nnil", cell: 2)
    bench.run(
      "route \"/n\" { await sleep(200ms); await d }\n\(Self.two("/sleep/200", "/n"))", cell: 3)
    #expect(bench.awaited("await get(\"/two\").text", cell: 4) == "\"2005\"")
    #expect(advice(bench, .path("/two"))?.count == 1)
    if declaration.hasPrefix("var") { bench.run("d = sleep(300ms)\nnil", cell: 5) }
    #expect(bench.awaited("await get(\"/two\").status", cell: 4) == "200")
    bench.advance(.seconds(1))
    bench.run(later, cell: declaration.hasPrefix("var") ? 6 : 2)
    #expect(advice(bench, .path("/two")) == [])
  }

  private static func two(_ one: String, _ other: String) -> String {
    "route \"/two\" {\n  let a = await get(\"\(one)\")\n  let b = await get(\"\(other)\")\n  a.text + b.text\n}\nnil"
  }

  /// A cell whose waits were more than are kept had ended long before.
  @Test func whatIsOverMakesNothingOfLaterUncertain() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run("route \"/quick\" { 1 }\nnil", cell: 2)
    bench.run(compare(300, 200), cell: 3)
    #expect(bench.awaited("for i in 1...600 { await get(\"/quick\") }\n7", cell: 4) == "7")
    bench.advance(.seconds(1))
    #expect(bench.awaited("await get(\"/compare\").text", cell: 5) == "\"300200\"")
    #expect(advice(bench, .path("/compare"))?.count == 1)
    // One that goes on beside it is another matter.
    bench.run(
      "async { while true { await sleep(1ms) } }\nfor i in 1...600 { await get(\"/quick\") }\n7", cell: 6)
    bench.advance(.seconds(1))
    #expect(bench.awaited("await get(\"/compare\").text", cell: 5) == "\"300200\"")
    #expect(advice(bench, .path("/compare")) == [])
  }

  /// Of a request that is not kept any more it is heard when what it has begun runs.
  @Test func whatIsLeftOfARequestThatIsForgottenIsHeardWhenItRuns() {
    for (code, isTold) in [("await held", true), ("while true { await sleep(100ms) }", false)] {
      let bench = bench()
      bench.run(Self.services, cell: 1)
      bench.run(compare(300, 200), cell: 2)
      bench.run(
        "let held = deferred()\nroute \"/leave\" { async { \(code) }; 1 }\nroute \"/quick\" { 1 }\nnil",
        cell: 3)
      bench.run(
        "await get(\"/leave\"); for i in 1...\(TraceRecorder.capacity + 5) { await get(\"/quick\") }", cell: 4
      )
      bench.advance(.seconds(1))
      #expect(bench.awaited("await get(\"/compare\").text", cell: 5) == "\"300200\"")
      #expect(advice(bench, .path("/compare"))?.isEmpty == !isTold, "\(code)")
    }
  }

  /// What is done only so long may come to something else when other code delays it.
  @Test(arguments: [
    ("(await race([get(\"/sleep/100\"), sleep(1s)])).text", true),
    ("(await get(\"/sleep/100\").timeout(1s)).text", true),
    ("(await get(\"/sleep/100\", timeout: 1s)).text", true),
    ("(await get(\"/sleep/100\", connectTimeout: 1s)).text", true),
    ("(await get(\"/sleep/100\")).text", false),
    ("await sleep(100ms); 1", false),
  ])
  func aTraceKnowsWhetherItHasLimits(code: String, hasLimits: Bool) {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run("route \"/r\" { \(code) }\nnil", cell: 2)
    #expect(bench.awaited("await get(\"/r\").status", cell: 3) == "200")
    let trace = bench.on { bench.supervisor.recorder?.trace(.path("/r"), now: bench.clock.now) }
    #expect(trace?.hasLimits == hasLimits)
  }

  /// `all` fails with the first that fails.
  @Test func whereACallFailsTheTimeIsThatOfItsFailure() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      "route \"/fails\" { await sleep(100ms); throw httpError(400) }\n\(Self.two("/sleep/300", "/fails"))",
      cell: 2)
    #expect(bench.awaited("await get(\"/two\", check: false).status", cell: 3) == "502")
    #expect(
      advice(bench, .path("/two")) == ["the GETs at lines 3 and 4 could overlap: 100 ms instead of 400 ms"])
  }

  @Test func whatTheCellDeclaresItselfIsTrustedUntilItRunsAgain() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    let cell = """
      let base = "/sleep"
      let a = await get("\\(base)/300").text
      let b = await get("\\(base)/200").text
      a + b
      """
    #expect(bench.awaited(cell, cell: 2) == "\"300200\"")
    let number = bench.on { bench.supervisor.waterfall(.last)?.trace.number } ?? 0
    #expect(advice(bench, .number(number))?.count == 1)
    bench.advance(.seconds(1))
    #expect(bench.awaited(cell, cell: 2) == "\"300200\"")
    #expect(advice(bench, .number(number)) == [])
    #expect(advice(bench, .last)?.count == 1)
  }

  /// With the kernel goes what was known of the names.
  @Test func tracesFromBeforeARestartAreNotJudged() {
    let bench = bench()
    func declare() {
      bench.run(Self.services, cell: 1)
      bench.run(compare(300, 200), cell: 2)
    }
    declare()
    #expect(bench.awaited("await get(\"/compare\").text", cell: 3) == "\"300200\"")
    #expect(advice(bench, .path("/compare"))?.count == 1)
    bench.on { bench.supervisor.restart() }
    declare()
    #expect(advice(bench, .path("/compare")) == [])
    #expect(bench.awaited("await get(\"/compare\").text", cell: 3) == "\"300200\"")
    #expect(advice(bench, .path("/compare"))?.count == 1)
  }

  @Test func whatOverlapsByItselfIsNotTold() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(compare(200, 300), cell: 2)
    bench.run(
      """
      route "/two" { await all([get("/sleep/200"), get("/sleep/300")]).map { $0.text } }
      nil
      """, cell: 3)
    #expect(bench.awaited("await get(\"/two\").text", cell: 4) != nil)
    #expect(advice(bench, .path("/two")) == [])
    #expect(advice(bench, .path("/sleep/300")) == [])
    #expect(advice(bench, .path("/nowhere")) == nil)
  }

  /// By the system's clock, since by a virtual one computing takes no time.
  @Test(arguments: [("await sleep(100ms)", true), ("var i = 0; while i < 300_000 { i += 1 }", false)])
  func whatComputesInTheNotebookCannotOverlap(work: String, isTold: Bool) {
    let bench = Bench {
      $0.isClockVirtual = false
      $0.recordsTraces = true
    }
    bench.run("route \"/a\" { \(work); 1 }; route \"/b\" { \(work); 2 }; nil", cell: 1)
    bench.run(
      "route \"/compare\" { let a = await get(\"/a\"); let b = await get(\"/b\"); a.text + b.text }; nil",
      cell: 2)
    #expect(bench.awaited("await get(\"/compare\").text", cell: 3) == "\"12\"")
    #expect(advice(bench, .path("/compare"))?.isEmpty == !isTold)
  }

  @Test func whatStillRunsIsToldAsFarAsItHasCome() {
    let bench = Bench { $0.recordsTraces = true }
    bench.run(Self.services, cell: 1)
    bench.run(compare(1_000, 2_000).replacing("a.text", with: "await sleep(9s); a.text"), cell: 2)
    let asked = bench.ask("/compare")
    bench.advance(.milliseconds(2_500))
    #expect(advice(bench, .path("/compare")) == [])
    bench.advance(.milliseconds(1_000))
    #expect(
      advice(bench, .path("/compare")) == ["the GETs at lines 2 and 3 could overlap: 2.0 s instead of 3.0 s"])
    asked.disconnect()
  }

  @Test func ofSeveralFibersThatWhichSavesMostIsTold() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    bench.run(
      """
      route "/many" { await all((1...3).map { n in async {
        let a = await get("/sleep/\\(n * 100)")
        let b = await get("/sleep/\\(n * 100)")
        a.json + b.json
      } }).sum() }
      nil
      """, cell: 2)
    #expect(bench.awaited("await get(\"/many\").text", cell: 3) == "\"1200\"")
    #expect(
      advice(bench, .path("/many")) == ["the GETs at lines 2 and 3 could overlap: 300 ms instead of 600 ms"])
  }

  @Test func longTextsAreLeftAlone() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    let long = "# " + String(repeating: "x", count: 70_000) + "\n"
    bench.run(long + compare(300, 200), cell: 2)
    #expect(bench.awaited("await get(\"/compare\").text", cell: 3) == "\"300200\"")
    #expect(advice(bench, .path("/compare")) == [])
  }

  @Test func whatIsToldIsBounded() {
    let bench = bench()
    bench.run(Self.services, cell: 1)
    let pairs = (1...9).map { "await get(\"/sleep/\($0 * 100)\"); await get(\"/sleep/100\"); print(\($0))" }
    bench.run("route \"/many\" {\n\(pairs.joined(separator: "\n"))\n1 }\nnil", cell: 2)
    #expect(bench.awaited("await get(\"/many\").text", cell: 3) == "\"1\"")
    let told = advice(bench, .path("/many")) ?? []
    #expect(told.count == 5)
    #expect(told.first == "the 2 GETs at line 2 could overlap: 100 ms instead of 200 ms")
  }
}
