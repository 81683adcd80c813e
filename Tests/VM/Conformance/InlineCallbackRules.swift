import TestSupport
import Testing

@testable import VM

/// `inlineCallbacks`: `async` calls such a function, and `await` is its `yield`.
extension Conformance {
  struct InlineCallbackRules {
    @Test(arguments: values + calls + cancelling)
    func holds(_ rule: Rule) throws { try check(rule) }

    @Test(arguments: differences)
    func differs(_ rule: Rule) throws { try check(rule) }

    @Test func theDifferencesAreThoseOfTheDecision() throws {
      #expect(try Rule.differences(inSection: "await and async") == Self.differences.map(\.name))
    }

    @Test func anErrorShowsTheFunctionsThatItPassedOnTheWay() throws {
      let host = ScriptHost()
      let task = try host.start(
        """
        func inner() {
            await sleep(1s)
            throw "bad"
        }
        func outer() { await async inner() }
        await async outer()
        """)
      host.settle()
      guard case .failure(let error) = host.outcomes[task.number] else {
        Issue.record("it should have failed")
        return
      }
      let names = host.machine.report(of: error).frames.map(\.function)
      #expect(names.contains("inner") && names.contains("outer"))
      #expect(try #require(names.firstIndex(of: "inner")) < #require(names.firstIndex(of: "outer")))
    }

    // MARK: Values and errors

    static let values = [
      Rule(
        "a yield gives the value once the deferred fires",
        """
        let x = await after(2s) { "hi" }
        print("\\(x) after \\(__monotonic())")
        """, prints: ["hi after 2s"]),
      Rule(
        "a yield throws the error of a deferred that fails",
        """
        do { await after(2s) { throw "OMG" } } catch { print("\\(error.message) after \\(__monotonic())") }
        """, prints: ["OMG after 2s"]),
      Rule(
        "a yield throws the error of a deferred that had failed",
        """
        let d = deferred()
        d.reject("OMG")
        do { await d } catch { print(error.message) }
        """, prints: ["OMG"]),
      Rule(
        "a plain value passes through a yield",
        """
        print(await 5)
        """, prints: ["5"]),
      Rule(
        "a yield of what has fired lets nobody else run",
        """
        let d = deferred()
        d.resolve(1)
        async { print("other") }
        await d
        print("went on")
        """, prints: ["went on", "other"]),
      Rule(
        "what a function returns is the value of its deferred",
        """
        async {
            await sleep(1s)
            return 14
        }.then { print($0) }
        """, prints: ["14"]),
      Rule(
        "a function that returns nothing gives nil",
        """
        async {
            await sleep(1s)
            return
        }.then { print(repr($0)) }
        """, prints: ["nil"]),
      Rule(
        "a function may return from inside a loop and a try around its yield",
        """
        func find() {
            for i in 0..<5 {
                do { if (await after(1s) { i == 2 }) { return i } } catch { return "never" }
            }
        }
        (async find()).then { print("\\($0) after \\(__monotonic())") }
        """, prints: ["2 after 3s"]),
      Rule(
        "a function that never yields gives its value all the same",
        """
        async { "plain" }.then { print($0) }
        """, prints: ["plain"]),
      Rule(
        "an exception before any yield fails the function's deferred",
        """
        async { throw "at once" }.catch { print($0.message) }
        """, prints: ["at once"]),
      Rule(
        "an exception after a yield fails the function's deferred",
        """
        async {
            await sleep(1s)
            1 / 0
        }.catch { print($0.kind) }
        """, prints: ["arithmetic"]),
      Rule(
        "an error that the function catches goes no further",
        """
        async {
            do { await after(1s) { throw "handled" } } catch { "mended" }
        }.then { print($0) }
        """, prints: ["mended"]),
      Rule(
        "an error that the function does not catch fails its deferred",
        """
        async { await after(1s) { throw "passed" } }.catch { print($0.message) }
        """, prints: ["passed"]),
      Rule(
        "an error may be turned into another on its way",
        """
        async {
            do { await after(1s) { throw "low" } } catch { throw "high" }
        }.catch { print($0.message) }
        """, prints: ["high"]),
      Rule(
        "an error of a function that nobody waits for is reported once",
        """
        async {
            await sleep(1s)
            throw "lost"
        }
        print("went on")
        """, prints: ["went on"], reports: ["lost"]),
      Rule(
        "a finally block runs as the function ends, be it with an error",
        """
        for fails in [false, true] {
            async {
                defer { print("finally") }
                await sleep(1s)
                if fails { throw "bad" }
            }.then { print("value") }.catch { print($0.message) }
            await sleep(2s)
        }
        """, prints: ["finally", "value", "finally", "bad"]),
      Rule(
        "several functions that wait for one deferred go on in the order they came",
        """
        let d = deferred()
        for name in ["a", "b", "c"] {
            async {
                await d
                print(name)
            }
        }
        await sleep(1s)
        d.resolve(1)
        """, prints: ["a", "b", "c"]),
    ]
  }
}
