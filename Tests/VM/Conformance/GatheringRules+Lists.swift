import TestSupport

extension Conformance.GatheringRules {
  // MARK: DeferredList

  static let outcomes = [
    Rule(
      "a list of outcomes has every success and failure, in the order of the inputs",
      """
      let list = await settled([after(2s) { 1 }, after(1s) { throw "bad" }, after(3s) { 3 }])
      for outcome in list { print(outcome.ok ? outcome.value : outcome.error.message) }
      """, prints: ["1", "bad", "3"]),
    Rule(
      "a list of outcomes waits for the last of them",
      """
      await settled([sleep(1s), after(4s) { throw "bad" }])
      print(__monotonic())
      """, prints: ["4s"]),
    Rule(
      "the list of no outcomes comes at once",
      """
      print(await settled([]))
      """, prints: ["[]"]),
    Rule(
      "outcomes of what has fired and failed already are in the list",
      """
      let fired = deferred()
      let failed = deferred()
      fired.resolve(1)
      failed.reject("bad")
      print((await settled([fired, failed])).map { $0.ok })
      """, prints: ["[true, false]"]),
    Rule(
      "a list of outcomes does not fail, whatever its inputs do",
      """
      let list = settled([async { throw "a" }, async { throw "b" }])
      list.catch { print("never") }
      print((await list).count)
      """, prints: ["2"]),
    Rule(
      "errors that stand in a list of outcomes are not reported",
      """
      settled([async { throw "a" }, async { throw "b" }]).then { print($0.count) }
      """, prints: ["2"]),
    Rule(
      "a cancelled input is an outcome with a cancelled error",
      """
      let d = deferred()
      let list = settled([d, async { 1 }])
      d.cancel()
      let outcomes = await list
      print([outcomes[0].error.kind, outcomes[1].value])
      """, prints: ["[\"cancelled\", 1]"]),
    Rule(
      "cancelling a list of outcomes cancels its inputs",
      """
      let inputs = [deferred(), deferred()]
      settled(inputs).cancel()
      print(inputs.map { $0.isCancelled })
      """, prints: ["[true, true]"]),
    Rule(
      "an error while one input is cancelled leaves the others cancelled, and is reported",
      """
      let failing = async {
          defer { throw "in cleaning up" }
          await sleep(9s)
      }
      let other = deferred()
      let list = settled([failing, other])
      await sleep(1s)
      list.cancel()
      print(other.isCancelled)
      """, prints: ["true"], reports: ["in cleaning up"]),
  ]

  // MARK: The first of several

  static let races = [
    Rule(
      "the first to fire ends the race with its value",
      """
      print(await race([after(2s) { "slow" }, after(1s) { "fast" }]))
      print(__monotonic())
      """, prints: ["fast", "1s"]),
    Rule(
      "the losers of a race are cancelled",
      """
      let slow = after(9s) { "slow" }
      await race([slow, after(1s) { "fast" }])
      print(slow.isCancelled)
      """, prints: ["true"], stops: 1),
    Rule(
      "an input that has fired wins",
      """
      let fired = deferred()
      fired.resolve("fired")
      print(await race([sleep(1s), fired]))
      """, prints: ["fired"]),
    Rule(
      "of several that have fired the first in the list wins",
      """
      let a = deferred()
      let b = deferred()
      b.resolve("b")
      a.resolve("a")
      print(await race([a, b]))
      """, prints: ["a"]),
    Rule(
      "a value of a loser that comes later goes nowhere",
      """
      let loser = deferred()
      race([loser, async { "won" }]).then { print($0) }
      await sleep(1s)
      loser.resolve("late")
      """, prints: ["won"]),
    Rule(
      "an error of a loser goes nowhere and is not reported",
      """
      race([async { "won" }, async { throw "lost" }]).then { print($0) }
      """, prints: ["won"]),
    Rule(
      "cancelling a race cancels all that take part",
      """
      let inputs = [sleep(1s), sleep(2s), sleep(3s)]
      race(inputs).cancel()
      print(inputs.map { $0.isCancelled })
      """, prints: ["[true, true, true]"], stops: 3),
    Rule(
      "cancelling a race that is over does nothing",
      """
      let kept = after(5s) { print("kept") }
      kept.then { nil }
      let over = race([async { "won" }, kept])
      print(await over)
      over.cancel()
      print(kept.isPending)
      """, prints: ["won", "true", "kept"]),
    Rule(
      "a race of one is that one",
      """
      print(await race([after(1s) { "alone" }]))
      """, prints: ["alone"]),
  ]

  // MARK: Different on purpose

  static let differences = [
    Rule(
      "a value that is no deferred counts as one that has fired",
      """
      print(await all([1, nil, after(1s) { "c" }]))
      print((await settled(["x"]))[0].value)
      print(await race([sleep(1s), "now"]))
      """, prints: ["[1, nil, \"c\"]", "x", "now"]),
    Rule(
      "a gathering fails with the input's own error",
      """
      do { await all([async { throw Error("no", kind: "busy", fields: ["code": 7]) }]) } catch {
          print("\\(error.kind) \\(error.code)")
      }
      """, prints: ["busy 7"]),
    Rule(
      "gathering leaves its inputs what they hold",
      """
      let good = after(1s) { 1 }
      let bad = after(1s) { throw "bad" }
      await settled([good, bad])
      print(await good)
      do { await bad } catch { print(error.message) }
      """, prints: ["1", "bad"]),
    Rule(
      "cancelling a gathering leaves inputs to those who wait for them too",
      """
      let shared = after(1s) { "done" }
      shared.then { print($0) }
      let gathering = all([shared])
      gathering.cancel()
      print(shared.isPending)
      """, prints: ["true", "done"]),
    Rule(
      "a cancelled list of outcomes fails",
      """
      let list = settled([deferred()])
      list.cancel()
      do { await list } catch { print(error.kind) }
      """, prints: ["cancelled"]),
    Rule(
      "a race is over with the first to fire, be it an error",
      """
      do { await race([after(2s) { "value" }, after(1s) { throw "error" }]) } catch { print(error.message) }
      """, prints: ["error"]),
    Rule(
      "a race gives the value alone",
      """
      print(await race([sleep(9s), after(1s) { "value" }]))
      """, prints: ["value"]),
    Rule(
      "the losers of a race lose this consumer only",
      """
      let slow = after(3s) { "slow" }
      slow.then { print($0) }
      print(await race([slow, after(1s) { "fast" }]))
      """, prints: ["fast", "slow"]),
    Rule(
      "a race of nothing is an error",
      """
      do { race([]) } catch { print(error.message) }
      """, prints: ["race() needs at least one Deferred"]),
  ]
}
