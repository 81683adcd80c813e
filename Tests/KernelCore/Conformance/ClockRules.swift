import TestSupport
import Testing

@testable import KernelCore

/// `callLater`, `task.deferLater` and `task.Clock`.
extension Conformance {
  struct ClockRules {
    @Test(arguments: rules)
    func holds(_ rule: Rule) { check(rule) }

    @Test(arguments: differences)
    func differs(_ rule: Rule) { check(rule) }

    @Test func theDifferencesAreThoseOfTheDecision() throws {
      #expect(try Rule.differences(inSection: "The clock") == Self.differences.map(\.name))
    }

    @Test func aCancelledCallHoldsNothing() {
      let bench = Bench()
      bench.run("let far = after(1h) { print(\"far\") }\nlet near = after(1s) { print(\"near\") }")
      #expect(bench.on { bench.clock.timerCount } == 2)
      #expect(bench.value("far.cancel()") == "true")
      #expect(bench.on { bench.clock.timerCount } == 1)
      bench.advance(.seconds(7_200))
      #expect(bench.output == ["near"])
      #expect(bench.on { bench.clock.timerCount } == 0)
    }

    @Test func advancingOfItselfRunsNothingBeforeItsTime() {
      let bench = Bench()
      bench.run("after(2s) { print(\"call\") }\nnil")
      bench.advance(.milliseconds(1_999))
      #expect(bench.output == [])
      bench.advance(.milliseconds(1))
      #expect(bench.output == ["call"])
      #expect(bench.now == 2)
    }

    static let rules = [
      Rule(
        "a call comes when its time has come",
        """
        after(2s) { print(__monotonic()) }
        await sleep(1s)
        print("not yet")
        await sleep(5s)
        """, prints: ["not yet", "2s"]),
      Rule(
        "calls come in the order of their times",
        """
        for s in [3, 1, 2] { after(1s * s) { print(s) } }
        await sleep(5s)
        """, prints: ["1", "2", "3"]),
      Rule(
        "calls for one time come in the order they were set",
        """
        for name in ["a", "b", "c"] { after(2s) { print(name) } }
        await sleep(5s)
        """, prints: ["a", "b", "c"]),
      Rule(
        "calls for one time that were set at different times come in the order they were set",
        """
        after(2s) { print("first") }
        after(1s) { after(1s) { print("third") } }
        after(2s) { print("second") }
        await sleep(5s)
        """, prints: ["first", "second", "third"]),
      Rule(
        "a call for now that a call sets comes after those that were set before",
        """
        after(1s) {
            print("a")
            after(0s) { print("c") }
        }
        after(1s) { print("b") }
        await sleep(5s)
        """, prints: ["a", "b", "c"]),
      Rule(
        "a call that a call sets comes at the same time, without time passing",
        """
        after(1s) { after(0s) { print(__monotonic()) } }
        await sleep(5s)
        """, prints: ["1s"]),
      Rule(
        "calls without delay come in the order they were set",
        """
        for name in ["a", "b", "c"] { after(0s) { print(name) } }
        await sleep(1s)
        """, prints: ["a", "b", "c"]),
      Rule(
        "a call without delay does not run within the code that sets it",
        """
        after(0s) { print("call") }
        print("set")
        await sleep(1s)
        """, prints: ["set", "call"]),
      Rule(
        "a cancelled call does not come",
        """
        let d = after(1s) { print("never") }
        after(2s) { print("other") }
        d.cancel()
        await sleep(5s)
        """, prints: ["other"]),
      Rule(
        "a call may cancel another that is due at the same time",
        """
        var second = nil
        after(1s) {
            print("first")
            second.cancel()
        }
        second = after(1s) { print("never") }
        await sleep(5s)
        """, prints: ["first"]),
      Rule(
        "a call that is cancelled while others wait leaves their order",
        """
        let calls = (0..<5).map { i in after(1s) { print(i) } }
        calls[2].cancel()
        await sleep(5s)
        """, prints: ["0", "1", "3", "4"]),
      Rule(
        "a delayed call gives what its function gives",
        """
        print(await after(3s) { "flag" })
        print(__monotonic())
        """, prints: ["flag", "3s"]),
      Rule(
        "a delayed call fails with what its function throws",
        """
        do { await after(1s) { throw "bad" } } catch { print(error.message) }
        """, prints: ["bad"]),
      Rule(
        "a delayed call without a function gives nothing",
        """
        print(repr(await after(2s)))
        print(__monotonic())
        """, prints: ["nil", "2s"]),
      Rule(
        "a call that fails keeps no other from coming",
        """
        after(1s) { throw "bad" }
        after(1s) { print("same time") }
        after(2s) { print("later") }
        await sleep(5s)
        """, prints: ["same time", "later"], reports: ["bad"]),
      Rule(
        "many calls keep their order",
        """
        seed(7)
        let seen = []
        for i in 0..<200 {
            let delay = 1ms * random(in: 0...50)
            after(delay) { seen.append([delay, i]) }
        }
        await sleep(1s)
        let sorted = seen.sorted { $0[0] < $1[0] || ($0[0] == $1[0] && $0[1] < $1[1]) }
        print([seen.count, seen == sorted])
        """, prints: ["[200, true]"]),
    ]

    static let differences = [
      Rule(
        "a negative delay counts as none",
        """
        after(0s - 3s) { print(__monotonic()) }
        await sleep(1s)
        """, prints: ["0s"]),
      Rule(
        "cancelling a call that has come or was cancelled gives false",
        """
        let d = after(1s) { nil }
        await d
        let e = after(1s) { nil }
        e.cancel()
        print([d.cancel(), e.cancel()])
        """, prints: ["[false, false]"]),
      Rule(
        "each call sees its own time, however far the clock goes",
        """
        for s in 1...3 { after(1s * s) { print(__monotonic()) } }
        every(10s) { print("tick at \\(__monotonic())") }
        await sleep(25s)
        """, prints: ["tick at 0s", "1s", "2s", "3s", "tick at 10s", "tick at 20s"]),
      Rule(
        "a call cannot be put off: cancel it and set another",
        """
        var d = after(1s) { print("never") }
        d.cancel()
        d = after(3s) { print(__monotonic()) }
        await d
        """, prints: ["3s"]),
      Rule(
        "a bare number is no delay",
        """
        do { after(5) { nil } } catch { print(error.message) }
        """, prints: ["\"duration\" of after must be a Duration, not a number"]),
    ]
  }
}
