import TestSupport
import Testing

/// `Deferred.cancel` and cancellers.
extension Conformance {
  struct CancellationRules {
    @Test(arguments: rules)
    func holds(_ rule: Rule) throws { try check(rule) }

    @Test(arguments: differences)
    func differs(_ rule: Rule) throws { try check(rule) }

    @Test func theDifferencesAreThoseOfTheDecision() throws {
      #expect(try Rule.differences(inSection: "Cancelling") == Self.differences.map(\.name))
    }

    static let rules = [
      Rule(
        "cancelling what has not fired sends a cancelled error to the errbacks, and no callback runs",
        """
        let d = deferred()
        d.then { print("callback") }.catch { print($0.kind) }
        d.cancel()
        """, prints: ["cancelled"]),
      Rule(
        "an errback that comes after the cancel gets the error too",
        """
        let d = deferred()
        d.cancel()
        await sleep(1s)
        d.catch { print($0.kind) }
        """, prints: ["cancelled"]),
      Rule(
        "cancelling after a value changes nothing",
        """
        let d = deferred()
        d.then { print($0) }
        d.resolve("biff!")
        d.cancel()
        """, prints: ["biff!"]),
      Rule(
        "cancelling after an error keeps that error",
        """
        let d = deferred()
        d.catch { print($0.message) }
        d.reject("own")
        d.cancel()
        """, prints: ["own"]),
      Rule(
        "a second cancel does nothing",
        """
        let d = deferred()
        d.catch { print($0.kind) }
        d.cancel()
        d.cancel()
        """, prints: ["cancelled"]),
      Rule(
        "a value that comes after the cancel is swallowed",
        """
        let d = deferred()
        d.then { print("callback") }.catch { print($0.kind) }
        d.cancel()
        d.resolve(1)
        """, prints: ["cancelled"]),
      Rule(
        "an error that comes after the cancel is swallowed",
        """
        let d = deferred()
        d.catch { print($0.kind) }
        d.cancel()
        d.reject("late")
        """, prints: ["cancelled"]),
      Rule(
        "a cancel after a swallowed value keeps the first error",
        """
        let d = deferred()
        d.cancel()
        d.resolve(1)
        d.cancel()
        d.catch { print($0.kind) }
        """, prints: ["cancelled"]),
      Rule(
        "the operation behind a cancelled deferred is stopped, once",
        """
        let d = sleep(9s)
        d.cancel()
        d.cancel()
        d.catch { print("\\($0.kind) after \\(__monotonic())") }
        """, prints: ["cancelled after 0s"], stops: 1),
      Rule(
        "the operation behind what has fired is not stopped",
        """
        let d = sleep(1s)
        await d
        d.cancel()
        print("done")
        """, prints: ["done"], stops: 0),
      Rule(
        "cancelling a delayed call keeps its function from running",
        """
        let d = after(1s) { print("called") }
        d.cancel()
        await sleep(5s)
        d.catch { print($0.kind) }
        """, prints: ["cancelled"], stops: 1),
      Rule(
        "cancelling a chain that waits for an inner deferred cancels the inner one",
        """
        let d = deferred()
        let chain = d.then { sleep(9s) }
        d.resolve(1)
        await sleep(1s)
        chain.cancel()
        print(__monotonic())
        """, prints: ["1s"], stops: 1),
      Rule(
        "the errbacks of a chain get the cancelled error of the inner deferred",
        """
        let d = deferred()
        let inner = deferred()
        let chain = d.then { inner }
        chain.then { print("callback") }.catch { print($0.kind) }
        d.resolve(1)
        await sleep(1s)
        inner.cancel()
        """, prints: ["cancelled"]),
      Rule(
        "cancelling reaches the innermost of deferreds that wait for one another",
        """
        let inner = deferred()
        let a = deferred()
        let b = deferred()
        let second = a.then { inner }
        let first = b.then { second }
        a.resolve(1)
        b.resolve(1)
        await sleep(1s)
        first.cancel()
        print([second.isCancelled, inner.isCancelled])
        """, prints: ["[true, true]"]),
      Rule(
        "an errback may mend a cancellation",
        """
        let d = deferred()
        d.catch { "mended" }.then { print($0) }
        d.cancel()
        """, prints: ["mended"]),
      Rule(
        "an errback may put another error in the place of a cancellation",
        """
        let d = deferred()
        d.catch { throw "other" }.catch { print($0.message) }
        d.cancel()
        """, prints: ["other"]),
      Rule(
        "an addBoth runs when its deferred is cancelled",
        """
        let d = deferred()
        d.finally { print("both") }.catch { print($0.kind) }
        d.cancel()
        """, prints: ["both", "cancelled"]),
      Rule(
        "what an errback waits for after a cancellation can be cancelled in turn",
        """
        let d = deferred()
        let inner = deferred()
        let chain = d.catch { inner }
        d.cancel()
        await sleep(1s)
        print(inner.isPending)
        chain.cancel()
        print(inner.isCancelled)
        """, prints: ["true", "true"]),
      Rule(
        "a callback may cancel another deferred",
        """
        let other = deferred()
        other.catch { print($0.kind) }
        after(1s) { other.cancel() }
        await sleep(2s)
        print("end")
        """, prints: ["cancelled", "end"]),
      Rule(
        "a cancelled error that an errback takes is not reported",
        """
        let d = deferred()
        d.then { 1 }.catch { print("taken") }
        d.cancel()
        """, prints: ["taken"]),
      Rule(
        "cancelling goes through a long chain without using stack",
        """
        let gate = deferred()
        var last = gate
        for i in 0..<\(depth / 10) {
            let inner = last
            let d = deferred()
            last = d.then { inner }
            d.resolve(i)
        }
        await sleep(1s)
        last.cancel()
        print(gate.isCancelled)
        """, prints: ["true"]),
    ]

    static let differences = [
      Rule(
        "firing a cancelled deferred gives false, every time",
        """
        let d = deferred()
        d.cancel()
        print([d.resolve(1), d.resolve(2), d.reject("x")])
        """, prints: ["[false, false, false]"]),
      Rule(
        "cancel says whether there was anything to cancel",
        """
        let d = deferred()
        print([d.cancel(), d.cancel()])
        let fired = deferred()
        fired.resolve(1)
        print(fired.cancel())
        """, prints: ["[true, false]", "false"]),
      Rule(
        "a cancellation goes up only when the last consumer has gone",
        """
        let d = deferred()
        let a = d.then { 1 }
        let b = d.then { 2 }
        a.cancel()
        print(d.isPending)
        b.cancel()
        print(d.isCancelled)
        """, prints: ["true", "true"]),
      Rule(
        "a cancelled chain leaves an inner deferred to those who wait for it too",
        """
        let d = deferred()
        let inner = deferred()
        let chain = d.then { inner }
        inner.then { print("the other got \\($0)") }
        d.resolve(1)
        await sleep(1s)
        chain.cancel()
        inner.resolve(2)
        """, prints: ["the other got 2"]),
      Rule(
        "deferred() takes no canceller: a finally sees that it was cancelled",
        """
        let d = deferred()
        d.finally { if d.isCancelled { print("clean up") } }
        d.cancel()
        """, prints: ["clean up"]),
      Rule(
        "a cancellation that nobody awaits is not reported",
        """
        let d = deferred()
        d.then { 1 }.finally { 2 }
        d.cancel()
        print("quiet")
        """, prints: ["quiet"]),
      Rule(
        "cancelling only enqueues what it runs",
        """
        let d = async {
            defer { print("defer") }
            await sleep(9s)
        }
        await sleep(1s)
        d.cancel()
        print("after cancel")
        """, prints: ["after cancel", "defer"]),
      Rule(
        "a callback under way that is cancelled goes on until it would wait",
        """
        let d = deferred()
        var own = nil
        own = d.then {
            own.cancel()
            print("goes on")
            await sleep(1s)
            print("never")
        }
        d.resolve(1)
        await sleep(5s)
        print(own.isCancelled)
        """, prints: ["goes on", "true"]),
      Rule(
        "a finally that runs because its result was cancelled cannot wait",
        """
        let d = deferred()
        let both = d.finally {
            print("begins")
            await sleep(1s)
            print("never")
        }
        both.cancel()
        """, prints: ["begins"],
        reports: ["a defer or finally cannot wait while its fiber is being stopped"]),
    ]
  }
}
