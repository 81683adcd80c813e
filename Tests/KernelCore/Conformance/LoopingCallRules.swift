import TestSupport
import Testing

@testable import KernelCore

/// `task.LoopingCall`.
extension Conformance {
  struct LoopingCallRules {
    @Test(arguments: ticks + stops)
    func holds(_ rule: Rule) { check(rule) }

    @Test(arguments: differences)
    func differs(_ rule: Rule) { check(rule) }

    @Test func theDifferencesAreThoseOfTheDecision() throws {
      #expect(try Rule.differences(inSection: "every") == Self.differences.map(\.name))
    }

    @Test func aStoppedLoopLeavesNoTimerBehind() {
      let bench = Bench()
      bench.run("let t = every(1s) { print(\"tick\") }")
      bench.advance(.seconds(2))
      #expect(bench.on { bench.clock.timerCount } == 1)
      #expect(bench.value("t.stop()") == "true")
      #expect(bench.on { bench.clock.timerCount } == 0)
      #expect(bench.output == ["tick", "tick", "tick"])
    }

    @Test func aTickWhoseDeferredNeverFiresIsTheLast() {
      let bench = Bench()
      bench.run("let t = every(1s) { print(\"tick\")\ndeferred() }")
      bench.advance(.seconds(60))
      #expect(bench.output == ["tick"])
      #expect(bench.value("[t.ticks, t.isRunning]") == "[1, true]")
      #expect(bench.on { bench.clock.timerCount } == 0)
    }

    // MARK: Ticks

    static let ticks = [
      Rule(
        "the first tick comes at once",
        """
        every(5s) { print(__monotonic()) }
        await sleep(1s)
        """, prints: ["0s"]),
      Rule(
        "ticks come an interval apart",
        """
        every(5s) { print(__monotonic()) }
        await sleep(16s)
        """, prints: ["0s", "5s", "10s", "15s"]),
      Rule(
        "work that is shorter than the interval does not shift the next tick",
        """
        every(5s) {
            print(__monotonic())
            await sleep(3s)
        }
        await sleep(11s)
        """, prints: ["0s", "5s", "10s"]),
      Rule(
        "a tick that gives a deferred holds the next one until that fires",
        """
        let d = deferred()
        every(1s) {
            print(__monotonic())
            d
        }
        await sleep(3500ms)
        d.resolve(1)
        await sleep(1s)
        """, prints: ["0s", "4s"]),
      Rule(
        "ticks never overlap",
        """
        every(1s) {
            print("begin")
            await sleep(2500ms)
            print("end")
        }
        await sleep(5900ms)
        """, prints: ["begin", "end", "begin", "end"]),
      Rule(
        "after a long tick the next comes on a multiple of the interval",
        """
        every(5s) {
            print(__monotonic())
            await sleep(12s)
        }
        await sleep(20s)
        """, prints: ["0s", "15s"]),
      Rule(
        "a tick that takes exactly an interval is followed one interval later",
        """
        every(5s) {
            print(__monotonic())
            await sleep(5s)
        }
        await sleep(11s)
        """, prints: ["0s", "10s"]),
      Rule(
        "ticks that fell into a long one are counted",
        """
        let t = every(1s) { await sleep(3500ms) }
        await sleep(5s)
        print([t.ticks, t.skipped])
        """, prints: ["[2, 3]"]),
      Rule(
        "done and skipped ticks together are all that should have been",
        """
        let lengths = [0s, 3s, 700ms, 9s, 2s, 1s]
        let t = every(2s) { await sleep(lengths[nextPlace()]) }
        var next = 0
        func nextPlace() {
            next += 1
            (next - 1) % lengths.count
        }
        await sleep(31s)
        print(t.ticks + t.skipped)
        """, prints: ["16"]),
      Rule(
        "intervals that are no whole seconds do not drift",
        """
        var last = 0s
        let t = every(100ms) { last = __monotonic() }
        await sleep(20s)
        print([t.ticks, t.skipped, last])
        """, prints: ["[201, 0, 20s]"]),
      Rule(
        "an interval that divides no second does not drift",
        """
        var last = 0s
        let t = every(7ms) { last = __monotonic() }
        await sleep(1s)
        print([t.ticks, t.skipped, last])
        """, prints: ["[143, 0, 994ms]"]),
      Rule(
        "two loops of one interval tick in the order they were started",
        """
        every(5s) { print("a") }
        every(5s) { print("b") }
        await sleep(6s)
        """, prints: ["a", "b", "a", "b"]),
      Rule(
        "a tick that waits holds no other loop",
        """
        every(5s) { await deferred() }
        every(5s) { print("other") }
        await sleep(6s)
        """, prints: ["other", "other"]),
      Rule(
        "a negative interval is refused",
        """
        do { every(0s - 1s) { print("never") } } catch { print(error.kind) }
        """, prints: ["argument"]),
      Rule(
        "a loop says what its interval is",
        """
        print(repr(every(90s) { nil }))
        """, prints: ["<Timer every 1.5m>"]),
    ]

    // MARK: Stopping

    static let stops = [
      Rule(
        "a loop that is stopped between two ticks does not tick again",
        """
        let t = every(1s) { print("tick") }
        await sleep(1500ms)
        t.stop()
        await sleep(5s)
        """, prints: ["tick", "tick"]),
      Rule(
        "a loop that is stopped before its first tick never ticks",
        """
        let t = every(1s) { print("tick") }
        t.stop()
        await sleep(5s)
        print("end")
        """, prints: ["end"]),
      Rule(
        "a tick may stop its own loop",
        """
        var t = nil
        t = every(1s) {
            print(t.ticks)
            if t.ticks == 3 { t.stop() }
        }
        await sleep(10s)
        """, prints: ["1", "2", "3"]),
      Rule(
        "a tick that stops its own loop goes on to its end",
        """
        var t = nil
        t = every(1s) {
            t.stop()
            await sleep(2s)
            print("end of the tick")
        }
        await sleep(10s)
        """, prints: ["end of the tick"]),
      Rule(
        "a tick that waits while its loop is stopped goes on to its end",
        """
        let t = every(1s) {
            await sleep(3s)
            print("end of the tick")
        }
        await sleep(1s)
        t.stop()
        print("stopped")
        await sleep(10s)
        """, prints: ["stopped", "end of the tick"]),
      Rule(
        "a loop runs until it is stopped, within a tick and between two",
        """
        var t = nil
        t = every(2s) { print(t.isRunning) }
        await sleep(1s)
        print(t.isRunning)
        t.stop()
        print(t.isRunning)
        """, prints: ["true", "true", "false"]),
      Rule(
        "a tick may stop another loop that is due at the same time",
        """
        var other = nil
        every(1s) { if __monotonic() == 1s { other.stop() } }
        other = every(1s) { print("other") }
        await sleep(5s)
        """, prints: ["other"]),
      Rule(
        "a tick may start another loop, which counts from there",
        """
        every(10s) {
            await sleep(1s)
            every(3s) { print(__monotonic()) }
        }
        await sleep(8s)
        """, prints: ["1s", "4s", "7s"]),
      Rule(
        "a loop that is started again counts from its new beginning",
        """
        let work = { print(__monotonic()) }
        let first = every(5s, work)
        await sleep(7s)
        first.stop()
        every(5s, work)
        await sleep(6s)
        """, prints: ["0s", "5s", "7s", "12s"]),
      Rule(
        "a tick that fails after it stopped its loop is still heard of",
        """
        var t = nil
        t = every(1s) {
            t.stop()
            throw "last words"
        }
        await sleep(5s)
        print(t.ticks)
        """, prints: ["1"], reports: ["last words"]),
      Rule(
        "the failure of a deferred that a tick gave is the tick's",
        """
        var t = nil
        t = every(1s) {
            t.stop()
            after(300ms) { throw "given" }
        }
        await sleep(5s)
        print(t.ticks)
        """, prints: ["1"], reports: ["given"]),
    ]

    // MARK: Different on purpose

    static let differences = [
      Rule(
        "the first tick only lines up",
        """
        every(5s) { print("tick") }
        print("after every")
        await sleep(1s)
        """, prints: ["after every", "tick"]),
      Rule(
        "an error in a tick is reported, and the loop goes on",
        """
        let t = every(1s) {
            print(t.ticks)
            if t.ticks == 2 { throw "second" }
        }
        await sleep(2500ms)
        """, prints: ["1", "2", "3"], reports: ["second"]),
      Rule(
        "an error that repeats itself is told the first time and the 10th",
        """
        let t = every(1s) { throw "again" }
        await sleep(12500ms)
        print(t.ticks)
        """, prints: ["13"], reports: ["again", "again"]),
      Rule(
        "stopping twice gives false",
        """
        let t = every(1s) { nil }
        print([t.stop(), t.stop()])
        """, prints: ["[true, false]"]),
      Rule(
        "an interval of zero is refused",
        """
        do { every(0s) { nil } } catch { print(error.message) }
        """, prints: ["the interval of every() must be longer than 0"]),
      Rule(
        "every gives a Timer and no deferred of its end",
        """
        print(type(of: every(1s) { nil }))
        """, prints: ["Timer"]),
      Rule(
        "a loop that begins later is an every in an after",
        """
        after(5s) { every(5s) { print(__monotonic()) } }
        await sleep(11s)
        """, prints: ["5s", "10s"]),
      Rule(
        "a tick is told no count: the timer has ticks and skipped",
        """
        let t = every(2s) {
            print([t.ticks, t.skipped])
            if t.ticks == 1 { await sleep(5s) }
        }
        await sleep(7s)
        """, prints: ["[1, 0]", "[2, 2]"]),
      Rule(
        "a loop cannot be reset: stop it and start another",
        """
        let work = { print(__monotonic()) }
        var t = every(5s, work)
        await sleep(3s)
        t.stop()
        t = after(5s) { every(5s, work) }
        await sleep(6s)
        """, prints: ["0s", "8s"]),
    ]
  }
}
