import Testing

/// Twisted's gatherResults and DeferredList.
struct CombinatorTests {
  @Test(arguments: [
    // gatherResults: values in the order of the inputs, whatever fires first.
    ("await all([after(3s) { 1 }, after(1s) { 2 }, after(2s) { 3 }])", "[1, 2, 3]"),
    ("await all([1, after(1s) { 2 }, nil])", "[1, 2, nil]"),
    ("await all([])", "[]"),
    ("let d = deferred()\nd.resolve(1)\nawait all([d, d])", "[1, 1]"),
    ("let start = __monotonic()\nawait all([sleep(2s), sleep(2s)])\n__monotonic() - start", "2s"),
    // …the first failure fails it, at once.
    (
      "let start = __monotonic()\ndo { await all([sleep(9s), after(1s) { throw \"x\" }]) } catch { [error.message, __monotonic() - start] }",
      "[\"x\", 1s]"
    ),
    (
      "do { await all([after(2s) { throw \"late\" }, after(1s) { throw \"soon\" }]) } catch { error.message }",
      "\"soon\""
    ),
    // …and the others go on.
    (
      "var log = []\ndo { await all([after(2s) { log.append(\"done\") }, after(1s) { throw \"x\" }]) } catch { }\nawait sleep(5s)\nlog",
      "[\"done\"]"
    ),
    // DeferredList: every outcome, none throws.
    ("await settled([after(1s) { 1 }, 2])", "[[\"ok\": true, \"value\": 1], [\"ok\": true, \"value\": 2]]"),
    (
      "let r = await settled([after(1s) { throw \"x\" }, 2])\n[r[0].ok, r[0].error.message, r[1].value]",
      "[false, \"x\", 2]"
    ),
    ("await settled([])", "[]"),
    ("let d = sleep(9s)\nlet s = settled([d, 1])\nd.cancel()\n(await s)[0].error.kind", "\"cancelled\""),
    // DeferredList(fireOnOneCallback): the first to fire.
    ("await race([after(2s) { 1 }, after(1s) { 2 }])", "2"),
    ("await race([after(2s) { 1 }, 5])", "5"),
    ("do { await race([after(2s) { 1 }, after(1s) { throw \"x\" }]) } catch { error.message }", "\"x\""),
    ("let d = deferred()\nd.resolve(1)\nlet e = deferred()\ne.resolve(2)\nawait race([d, e])", "1"),
    (
      "await all([all([1, after(1s) { 2 }]), race([3, sleep(1s)]), settled([4])])",
      "[[1, 2], 3, [[\"ok\": true, \"value\": 4]]]"
    ),
    (
      "let ds = (0..<50).map { i in after(1s * (50 - i)) { i } }\nlet r = await all(ds)\n[r[0], r[49], r.count]",
      "[0, 49, 50]"
    ),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    ("race([])", "race() needs at least one Deferred"),
    ("all(5)", "\"deferreds\" of all must be an Array, not Int"),
    ("all(deferred())", "\"deferreds\" of all is a Deferred that was not awaited"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }

  @Test func timeoutFailsWhatTakesTooLong() throws {
    let host = ScriptHost()
    #expect(
      try host.run("do { await sleep(5s).timeout(1s) } catch { [error.kind, error.message] }")
        == "[\"timeout\", \"not done within 1s\"]")
    #expect(host.cancelled.count == 1)
  }

  @Test func timeoutOfWhatIsInTimeRemovesItsTimer() throws {
    let host = ScriptHost()
    #expect(try host.run("await after(1s) { 3 }.timeout(2s)") == "3")
    #expect(host.cancelled.count == 1)
  }

  @Test func theLosersOfARaceLoseOnlyThisConsumer() throws {
    let host = ScriptHost()
    #expect(
      try host.run(
        "let slow = after(3s) { 7 }\nlet kept = slow.then { $0 }\nawait race([slow, sleep(1s)])\nawait kept")
        == "7")
    #expect(host.cancelled == [])
  }
}
