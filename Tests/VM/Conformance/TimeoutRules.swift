import TestSupport
import Testing

/// `Deferred.addTimeout`.
extension Conformance {
  struct TimeoutRules {
    @Test(arguments: rules)
    func holds(_ rule: Rule) throws { try check(rule) }

    @Test(arguments: differences)
    func differs(_ rule: Rule) throws { try check(rule) }

    @Test func theDifferencesAreThoseOfTheDecision() throws {
      #expect(try Rule.differences(inSection: "Timeouts") == Self.differences.map(\.name))
    }

    static let rules = [
      Rule(
        "a value that comes in time passes through",
        """
        print(await after(1s) { "value" }.timeout(2s))
        print(__monotonic())
        """, prints: ["value", "1s"]),
      Rule(
        "an error that comes in time stays what it is",
        """
        do { await after(1s) { throw "own" }.timeout(2s) } catch { print(error.message) }
        """, prints: ["own"]),
      Rule(
        "what is not done in time fails with a timeout error, then and not before",
        """
        do { await deferred().timeout(2s) } catch { print("\\(error.kind) after \\(__monotonic())") }
        """, prints: ["timeout after 2s"]),
      Rule(
        "the error says how long was waited",
        """
        do { await deferred().timeout(90s) } catch { print(error.message) }
        """, prints: ["not done within 1.5m"]),
      Rule(
        "a timeout cancels the work",
        """
        let work = sleep(9s)
        do { await work.timeout(1s) } catch { print(work.isCancelled) }
        """, prints: ["true"], stops: 1),
      Rule(
        "the timer of a timeout goes when the work is done",
        """
        await after(1s) { 1 }.timeout(9s)
        print(__monotonic())
        """, prints: ["1s"], stops: 1),
      Rule(
        "the timer of a timeout goes when the work fails",
        """
        do { await after(1s) { throw "own" }.timeout(9s) } catch { print(__monotonic()) }
        """, prints: ["1s"], stops: 1),
      Rule(
        "a timeout on what has fired never comes",
        """
        let d = deferred()
        d.resolve(1)
        let timed = d.timeout(1s)
        await sleep(5s)
        print(await timed)
        """, prints: ["1"], stops: 1),
      Rule(
        "a timeout on what has failed gives that failure",
        """
        let d = deferred()
        d.reject("own")
        do { await d.timeout(1s) } catch { print(error.message) }
        """, prints: ["own"], stops: 1),
      Rule(
        "work that was cancelled before the timeout was not timed out",
        """
        let d = deferred()
        let timed = d.timeout(5s)
        after(1s) { d.cancel() }
        do { await timed } catch { print("\\(error.kind) after \\(__monotonic())") }
        """, prints: ["cancelled after 1s"], stops: 1),
      Rule(
        "a timeout is a link in a chain",
        """
        let d = deferred()
        d.timeout(5s).then { "done" }.then { print($0) }
        d.resolve(1)
        """, prints: ["done"]),
      Rule(
        "callbacks before the timeout count towards it",
        """
        let d = deferred()
        d.resolve(1)
        do { await d.then { sleep(5s) }.timeout(2s) } catch { print("\\(error.kind) after \\(__monotonic())") }
        """, prints: ["timeout after 2s"]),
      Rule(
        "callbacks after the timeout have all the time they want",
        """
        let d = deferred()
        d.resolve(1)
        await d.timeout(2s).then { sleep(5s) }
        print(__monotonic())
        """, prints: ["5s"]),
      Rule(
        "a timeout cancels the inner deferred that a chain waits for",
        """
        let d = deferred()
        let inner = deferred()
        d.resolve(1)
        do { await d.then { inner }.timeout(1s) } catch { print(inner.isCancelled) }
        """, prints: ["true"]),
      Rule(
        "a timeout that is over leaves alone what a later callback waits for",
        """
        let d = deferred()
        let inner = deferred()
        d.timeout(10s).then { inner }
        d.resolve(1)
        await sleep(15s)
        print(inner.isPending)
        """, prints: ["true"]),
      Rule(
        "an errback after the timeout may give a value in its place",
        """
        deferred().timeout(1s).catch { "overridden" }.then { print($0) }
        """, prints: ["overridden"]),
      Rule(
        "of two timeouts the shorter one comes",
        """
        for (first, second) in [(5s): 2s, (2s): 5s] {
            do { await deferred().timeout(first).timeout(second) } catch { print(error.message) }
        }
        """, prints: ["not done within 2s", "not done within 2s"]),
      Rule(
        "work that is due with the timeout and was begun before it is in time",
        """
        print(await after(1s) { "in time" }.timeout(1s))
        """, prints: ["in time"]),
      Rule(
        "work that is due with the timeout and was begun after it is late",
        """
        let d = deferred()
        let timed = d.timeout(1s)
        after(1s) { d.resolve("late") }
        do { await timed } catch { print(error.kind) }
        """, prints: ["timeout"]),
      Rule(
        "a timeout of no length comes to what has not fired",
        """
        do { await deferred().timeout(0s) } catch { print("\\(error.kind) after \\(__monotonic())") }
        """, prints: ["timeout after 0s"]),
      Rule(
        "cancelling what has a timeout stops the work and the timer",
        """
        let timed = sleep(9s).timeout(5s)
        timed.cancel()
        timed.catch { print($0.kind) }
        """, prints: ["cancelled"], stops: 2),
      Rule(
        "a value that comes after the timeout is swallowed",
        """
        let d = deferred()
        d.timeout(1s).then { print("callback") }.catch { print($0.kind) }
        after(2s) { d.resolve(1) }
        await sleep(3s)
        """, prints: ["timeout"]),
      Rule(
        "a timeout that meets no errback is reported once",
        """
        deferred().timeout(1s).then { 1 }
        print("set")
        """, prints: ["set"], reports: ["not done within 1s"]),
    ]

    static let differences = [
      Rule(
        "a timeout takes one consumer away, and the work goes on for the others",
        """
        let work = after(5s) { "done" }
        work.timeout(1s).catch { print($0.kind) }
        work.then { print($0) }
        """, prints: ["timeout", "done"]),
      Rule(
        "an errback before the timeout neither sees nor mends it",
        """
        let d = deferred()
        let mended = d.catch { print("never") }
        do { await mended.timeout(1s) } catch { print(error.kind) }
        """, prints: ["timeout"]),
      Rule(
        "timeout makes a new deferred; the callbacks of the old one have no limit",
        """
        let d = deferred()
        let timed = d.timeout(1s)
        d.then { print("\\($0) after \\(__monotonic())") }
        timed.catch { print($0.kind) }
        after(2s) { d.resolve("late") }
        """, prints: ["timeout", "late after 2s"]),
    ]
  }
}
