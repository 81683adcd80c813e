import Testing

@testable import VM

struct WaitingTests {
  @Test(arguments: [
    ("await after(2s) { 3 }", "3"),
    ("await async { 1 + 1 }", "2"),
    ("let d = deferred()\nafter(1s) { d.resolve(5) }\nawait d", "5"),
    ("await all([after(2s) { 1 }, after(1s) { 2 }, 3])", "[1, 2, 3]"),
    ("await race([after(2s) { 1 }, after(1s) { 2 }])", "2"),
    ("await settled([after(1s) { throw \"x\" }, 2])[1].value", "2"),
    ("do { await after(1s) { throw \"bad\" } } catch { error.message }", "\"bad\""),
    ("await after(1s) { 1 }.then { $0 + 1 }.then { after(1s) { 10 } }", "10"),
    ("await after(1s) { throw \"bad\" }.then { 1 }.catch { e in e.message }", "\"bad\""),
    ("await elapsed { await sleep(3s) }", "3s"),
    ("do { await sleep(5s).timeout(1s) } catch { error.kind }", "\"timeout\""),
    ("[1, 2].map { x in await after(1s) { x * 2 } }", "[2, 4]"),
    ("await 3", "3"),
    ("func f() { after(1s) { [\"a\": [\"b\": 7]] } }\nawait f().a.b", "7"),
    ("await after(1s) { \"x\" }.uppercased()", "\"X\""),
    ("let d = deferred()\nd.cancel()\nd.resolve(1)", "false"),
    (
      "var log = []\nlet d = async { defer { log.append(\"cleaned\") }\n await sleep(9s) }\nawait sleep(1s)\nd.cancel()\nawait sleep(1s)\nlog",
      "[\"cleaned\"]"
    ),
    (
      "var log = []\nfunc f() { defer { log.append(1) }\n defer { log.append(2) }\n return 3 }\nf()\nlog",
      "[2, 1]"
    ),
    ("var log = []\ndo { defer { log.append(1) }\n throw \"x\" } catch { log.append(2) }\nlog", "[1, 2]"),
    ("await async { 1 }.finally { 2 }", "1"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test func errorsThatNobodyAwaitsAreReportedOnce() throws {
    let host = ScriptHost()
    #expect(try host.run("async { throw \"lost\" }\n1") == "1")
    #expect(host.unhandled == ["lost"])
  }

  @Test func errorsAwaitedLaterAreNotReported() throws {
    let host = ScriptHost()
    #expect(
      try host.run(
        "let d = async { throw \"late\" }\nawait sleep(1s)\ndo { await d } catch { error.message }")
        == "\"late\"")
    #expect(host.unhandled == [])
  }

  @Test func aLostRaceCancelsItsTimer() throws {
    let host = ScriptHost()
    _ = try host.run("await race([after(9s), after(1s)])")
    #expect(host.cancelled.count == 1)
  }

  @Test func firingOnlyEnqueues() throws {
    let host = ScriptHost()
    #expect(
      try host.run(
        "var log = []\nlet d = deferred()\nd.then { log.append(\"callback\") }\nd.resolve(1)\nlog.append(\"after\")\nawait sleep(1s)\nlog"
      ) == "[\"after\", \"callback\"]")
  }

  @Test func catchCannotSwallowACancellation() throws {
    let host = ScriptHost()
    #expect(
      try host.run(
        "var log = []\nlet d = async { do { await sleep(9s) } catch { log.append(\"caught\") }\n log.append(\"went on\") }\nawait sleep(1s)\nd.cancel()\nawait sleep(1s)\nlog"
      ) == "[]")
  }

  @Test func thousandsOfFibersPark() throws {
    let count = ScriptHost.isStressed ? 300 : 10_000
    #expect(
      try ScriptHost().run(
        "let ds = []\nfor i in 0..<\(count) { ds.append(async { await sleep(1s)\n i }) }\nlet r = await all(ds)\n[r.count, r[\(count - 1)]]"
      ) == "[\(count), \(count - 1)]")
  }
}
