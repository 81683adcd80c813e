import Testing

@testable import VM

/// Twisted's Deferred, rule by rule.
struct DeferredTests {
  @Test(arguments: [
    // callback, addCallback
    ("let d = deferred()\nlet e = d.then { $0 + 1 }\nd.resolve(1)\nawait e", "2"),
    ("let d = deferred()\nd.resolve(1)\nawait d.then { $0 + 1 }", "2"),
    // Callbacks run in the order they were added, each on what fired, not on what the one before gave.
    (
      "var log = []\nlet d = deferred()\nd.then { log.append([1, $0])\n 10 }\nd.then { log.append([2, $0]) }\nd.resolve(5)\nawait sleep(1s)\nlog",
      "[[1, 5], [2, 5]]"
    ),
    // A chain passes values on.
    ("let d = deferred()\nd.resolve(1)\nawait d.then { $0 + 1 }.then { $0 * 10 }", "20"),
    // A callback's deferred is followed.
    ("let d = deferred()\nd.resolve(1)\nawait d.then { x in after(2s) { x + 1 } }.then { $0 * 10 }", "20"),
    ("let d = deferred()\nd.resolve(after(1s) { 7 })\nawait d", "7"),
    ("let a = deferred()\nlet b = deferred()\na.resolve(b)\nb.resolve(3)\nawait a", "3"),
    // errback, addErrback
    ("let d = deferred()\nd.reject(\"bad\")\nawait d.catch { $0.message }", "\"bad\""),
    (
      "let d = deferred()\nd.reject(\"bad\")\nawait d.then { 1 }.then { 2 }.catch { \"caught \" + $0.message }",
      "\"caught bad\""
    ),
    ("let d = deferred()\nd.resolve(1)\nawait d.catch { 2 }", "1"),
    // An error in a callback goes to the next errback; an errback that returns mends the chain.
    ("let d = deferred()\nd.resolve(1)\nawait d.then { throw \"x\" }.catch { 5 }.then { $0 + 1 }", "6"),
    (
      "let d = deferred()\nd.reject(\"a\")\ndo { await d.catch { throw \"b\" } } catch { error.message }",
      "\"b\""
    ),
    (
      "let d = deferred()\nd.reject(Error(\"m\", kind: \"k\", fields: [\"code\": 3]))\ndo { await d } catch { [error.kind, error.code] }",
      "[\"k\", 3]"
    ),
    // addBoth
    (
      "var log = []\nlet d = deferred()\nlet e = d.finally { log.append(1) }\nd.resolve(5)\n[await e, log]",
      "[5, [1]]"
    ),
    (
      "var log = []\nlet d = deferred()\nlet e = d.finally { log.append(1) }\nd.reject(\"x\")\ndo { await e } catch { log.append(error.message) }\nlog",
      "[1, \"x\"]"
    ),
    (
      "let d = deferred()\nlet e = d.finally { throw \"from finally\" }\nd.resolve(5)\ndo { await e } catch { error.message }",
      "\"from finally\""
    ),
    (
      "let d = deferred()\nlet start = __monotonic()\nlet e = d.finally { sleep(3s) }\nd.resolve(5)\nawait e\n__monotonic() - start",
      "3s"
    ),
    (
      "var log = []\nlet d = deferred()\nlet e = d.finally { log.append(\"cleaned\") }\nawait async { 1 }\ne.cancel()\nawait sleep(1s)\nlog",
      "[\"cleaned\"]"
    ),
    // …in its turn among the callbacks
    (
      "var log = []\nlet d = deferred()\nd.then { log.append(1) }\nd.finally { log.append(2) }\nd.then { log.append(3) }\nd.resolve(5)\nawait sleep(1s)\nlog",
      "[1, 2, 3]"
    ),
    // States
    (
      "let d = deferred()\nlet before = [d.isPending, d.isResolved]\nd.resolve(1)\n[before, d.isPending, d.isResolved, d.isFailed]",
      "[[true, false], false, true, false]"
    ),
    (
      "let d = deferred()\nd.catch { 1 }\nd.reject(\"x\")\n[d.isResolved, d.isFailed, d.isCancelled]",
      "[false, true, false]"
    ),
    ("[deferred().resolve(1), deferred().resolve()]", "[true, true]"),
    ("let d = deferred()\n[d == d, d == deferred()]", "[true, false]"),
    // inlineCallbacks
    ("await 5", "5"),
    ("let d = deferred()\nd.resolve(5)\nawait d + await d", "10"),
    ("await async { await sleep(1s)\n 3 }", "3"),
    (
      "func f() { let a = await after(1s) { 1 }\n let b = await after(1s) { 2 }\n a + b }\nawait async f()",
      "3"
    ),
    ("func f() { do { await after(1s) { throw \"x\" } } catch { \"caught\" } }\nf()", "\"caught\""),
    ("await async { after(1s) { 4 } }", "4"),
    ("func f(n) { if n == 0 { 0 } else { 1 + await async f(n - 1) } }\nf(50)", "50"),
    // await in every position
    ("var t = 0\nfor i in (await after(1s) { [1, 2] }) { t += await after(1s) { i } }\nt", "3"),
    ("if (await after(1s) { true }) { 1 } else { 2 }", "1"),
    ("var n = 0\nwhile (await after(1s) { n < 3 }) { n += 1 }\nn", "3"),
    ("[await after(1s) { 1 }, await after(1s) { 2 }]", "[1, 2]"),
    ("[\"k\": await after(1s) { 1 }]", "[\"k\": 1]"),
    ("\"\\(await after(1s) { 1 })!\"", "\"1!\""),
    ("let a = [0]\na[await after(1s) { 0 }] = await after(1s) { 7 }\na", "[7]"),
    ("func f(a, b) { a - b }\nf(b: await after(1s) { 1 }, a: await after(2s) { 5 })", "4"),
    ("func f(a = await after(1s) { 9 }) { a }\nf()", "9"),
    ("(await after(1s) { nil }) ?? 2", "2"),
    ("true && await after(1s) { false }", "false"),
    ("let x = await after(1s) { 1 } < 2 ? await after(1s) { \"y\" } : \"n\"\nx", "\"y\""),
    ("var x = 1\nx += await after(1s) { 2 }\nx", "3"),
    (
      "func throwing() { do { throw await after(1s) { \"x\" } } catch { error.message } }\nthrowing()",
      "\"x\""
    ),
    ("await after(1s) { [\"a\": [1, 2]] }.a[1]", "2"),
    ("await after(1s) { after(1s) { [3] } }.first", "3"),
    ("await after(1s) { return { $0 + 1 } }.then { f in f(1) }", "2"),
    ("func f() { after(1s) { return { x in x * 2 } } }\nawait f()(4)", "8"),
    ("(await after(1s) { nil })?.foo", "nil"),
    ("await after(1s) { nil }?.foo", "nil"),
    ("-(await after(1s) { 2 })", "-2"),
    ("(await after(1s) { 1 })..<(await after(1s) { 4 })", "1..<4"),
    ("func f() { return await after(1s) { 6 } }\nf()", "6"),
    ("let f = { x in await after(1s) { x } }\nf(3)", "3"),
    ("func f() { defer { 1 }\n await after(1s) { 8 } }\nf()", "8"),
    // A function of a native's is a callback too.
    ("let d = deferred()\nd.resolve(\"x\")\nawait d.then(\"abc\".contains)", "false"),
    ("let d = deferred()\nd.resolve(-3)\nawait d.then(abs)", "3"),
    ("let log = []\nlet d = deferred()\nd.resolve(1)\nawait d.then(log.append)\nlog", "[1]"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    // AlreadyCalledError
    ("let d = deferred()\nd.resolve(1)\nd.resolve(2)", "this Deferred has fired already"),
    ("let d = deferred()\nd.catch { 1 }\nd.reject(\"x\")\nd.resolve(2)", "this Deferred has fired already"),
    ("let d = deferred()\nd.resolve(deferred())\nd.resolve(2)", "this Deferred has fired already"),
    ("sleep(1s).resolve(1)", "this Deferred is fired by what it waits for"),
    ("async { await sleep(1s) }.resolve(1)", "this Deferred is fired by what it waits for"),
    (
      "let d = deferred()\nd.reject(deferred())",
      "\"error\" of Deferred.reject is a Deferred that was not awaited"
    ),
    ("let d = deferred()\nd.then(5)", "\"callback\" of Deferred.then must be a function, as { … }, not Int"),
    // Nothing waits for itself.
    (
      "let a = deferred()\nlet b = deferred()\na.resolve(b)\nb.resolve(a)\nawait a",
      "a Deferred cannot wait for itself"
    ),
    ("var d = nil\nd = async { await sleep(1s)\n await d }\nawait d", "this would wait for itself"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }

  // Here alone the language differs from Twisted, whose callbacks run inside `.callback()`.
  @Test(arguments: [
    ("d.then { log.append(\"callback\") }\nd.resolve(1)", "firing"),
    ("d.resolve(1)\nd.then { log.append(\"callback\") }", "then on a fired one"),
    ("async { log.append(\"callback\") }", "async"),
    ("d.catch { log.append(\"callback\") }\nd.reject(\"x\")", "rejecting"),
    ("d.catch { log.append(\"callback\") }\nd.cancel()", "cancelling"),
    ("all([1]).then { log.append(\"callback\") }", "all of what has fired"),
  ])
  func onlyEnqueues(_ text: String, _ what: String) throws {
    let whole = "var log = []\nlet d = deferred()\n\(text)\nlog.append(\"first\")\nawait sleep(1s)\nlog"
    #expect(try ScriptHost().run(whole) == "[\"first\", \"callback\"]", "\(what)")
  }

  @Test func whatIsReadyRunsFirstInFirstOut() throws {
    let text = """
      var log = []
      let d = deferred()
      d.then { log.append("a") }
      async { log.append("b") }
      d.resolve(1)
      async { log.append("c") }
      d.then { log.append("d") }
      await sleep(1s)
      log
      """
    #expect(try ScriptHost().run(text) == "[\"b\", \"a\", \"c\", \"d\"]")
  }

  @Test func betweenTwoAwaitsNothingElseRuns() throws {
    let text = """
      var counter = 0
      func work() { for i in 0..<100 { let before = counter
          for j in 0..<20 { [j] }
          counter = before + 1
          if i % 10 == 0 { await sleep(1ms) } } }
      await all((0..<5).map { _ in async work() })
      counter
      """
    #expect(try ScriptHost().run(text) == "500")
  }

  // MARK: Errors that nobody awaits

  @Test(arguments: [
    "async { throw \"lost\" }\n1",
    "let d = deferred()\nd.reject(\"lost\")\n1",
    "let d = deferred()\nd.then { 1 }\nd.reject(\"lost\")\n1",
    "let d = deferred()\nd.then { 1 }\nd.then { 2 }.then { 3 }\nd.reject(\"lost\")\n1",
    "after(1s) { throw \"lost\" }\n1",
    "after(1s).then { 1 }.then { throw \"lost\" }\n1",
    "async { await sleep(1s)\n throw \"lost\" }\n1",
    "async { async { throw \"lost\" }\n 1 }\n1",
    "settled([after(1s) { 1 }]).then { throw \"lost\" }\n1",
    // `all` gives one error to whoever awaits it; those that come later have nobody.
    "let a = all([async { throw \"first\" }, async { throw \"lost\" }])\ndo { await a } catch { }\n1",
    "let a = all([after(1s) { throw \"first\" }, after(2s) { throw \"lost\" }])\ndo { await a } catch { }\n1",
    "let d = async { throw \"first\" }\nlet a = all([async { throw \"lost\" }, d])\ndo { await a } catch { }\n1",
  ])
  func isReportedOnce(_ text: String) throws {
    let host = ScriptHost()
    #expect(try host.run(text) == "1")
    #expect(host.unhandled == ["lost"])
  }

  @Test(arguments: [
    "let d = async { throw \"x\" }\ndo { await d } catch { 1 }",
    "let d = async { throw \"x\" }\nawait sleep(1s)\ndo { await d } catch { 1 }",
    "async { throw \"x\" }.catch { 2 }\n1",
    "let d = after(1s) { throw \"x\" }\nlet e = d.catch { 1 }\nawait e",
    "await settled([async { throw \"x\" }])\n1",
    "let a = all([async { throw \"x\" }])\ndo { await a } catch { }\n1",
    // Somebody else has the later error, even where it is asked for only after the first one.
    "let d = deferred()\nlet a = all([async { throw \"x\" }, d])\nd.catch { 1 }\ndo { await a } catch { }\nd.reject(\"y\")\n1",
    "let a = async { throw \"x\" }\nlet b = async { throw \"y\" }\ndo { await all([a, b]) } catch { }\nawait sleep(1s)\ndo { await b } catch { }\n1",
    "let a = all([async { throw \"x\" }, async { throw \"y\" }])\na.cancel()\n1",
    "let d = after(9s).then { 1 }\nd.cancel()\n1",
    "let d = after(9s)\nlet e = d.then { 1 }\nd.cancel()\n1",
    "let d = async { await sleep(9s) }\nawait sleep(1s)\nd.cancel()\n1",
    "race([async { throw \"x\" }, sleep(1s)]).catch { 2 }\n1",
  ])
  func isNotReported(_ text: String) throws {
    let host = ScriptHost()
    #expect(try host.run(text) == "1")
    #expect(host.unhandled == [])
  }
}
