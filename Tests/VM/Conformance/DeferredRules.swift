import TestSupport
import Testing

/// `Deferred`: callback, errback, addCallback, addErrback, addBoth, and chains of them.
extension Conformance {
  struct DeferredRules {
    @Test(arguments: callbacks + errors + chains + firing + reports)
    func holds(_ rule: Rule) throws { try check(rule) }

    @Test(arguments: differences)
    func differs(_ rule: Rule) throws { try check(rule) }

    @Test func theDifferencesAreThoseOfTheDecision() throws {
      #expect(try Rule.differences(inSection: "Deferreds") == Self.differences.map(\.name))
    }

    // MARK: Callbacks

    static let callbacks = [
      Rule(
        "a callback gets the value that its deferred fires with",
        """
        let d = deferred()
        d.then { print($0) }
        d.resolve(5)
        """, prints: ["5"]),
      Rule(
        "what a callback gives goes to the next one",
        """
        let d = deferred()
        d.then { $0 + 1 }.then { print($0) }
        d.resolve(1)
        """, prints: ["2"]),
      Rule(
        "a deferred fires with nothing too",
        """
        let d = deferred()
        d.then { print("got \\(repr($0))") }
        d.resolve()
        """, prints: ["got nil"]),
      Rule(
        "a callback that is added after the firing runs too",
        """
        let d = deferred()
        d.resolve(5)
        await sleep(1s)
        d.then { print($0) }
        """, prints: ["5"]),
      Rule(
        "callbacks run in the order they were added",
        """
        let d = deferred()
        for name in ["a", "b", "c"] { d.then { print(name) } }
        d.resolve(1)
        """, prints: ["a", "b", "c"]),
      Rule(
        "an addBoth has its turn among the callbacks",
        """
        let d = deferred()
        d.then { print("a") }
        d.finally { print("b") }
        d.then { print("c") }
        d.resolve(1)
        """, prints: ["a", "b", "c"]),
      Rule(
        "a callback that a callback adds runs after those that were there",
        """
        let d = deferred()
        d.then {
            print(1)
            d.then { print(3) }
        }
        d.then { print(2) }
        d.resolve(0)
        """, prints: ["1", "2", "3"]),
      Rule(
        "a callback that a callback adds waits until that one has ended",
        """
        let d = deferred()
        d.then {
            d.then { print("added") }
            print("adding")
        }
        d.resolve(0)
        """, prints: ["adding", "added"]),
    ]

    // MARK: Errors

    static let errors = [
      Rule(
        "an errback gets the error that its deferred fails with",
        """
        let d = deferred()
        d.catch { print($0.message) }
        d.reject("bad")
        """, prints: ["bad"]),
      Rule(
        "an errback that is added after the failure runs too",
        """
        let d = deferred()
        d.reject("bad")
        await sleep(1s)
        d.catch { print($0.message) }
        """, prints: ["bad"]),
      Rule(
        "an errback is passed over while all goes well",
        """
        let d = deferred()
        d.catch { print("errback") }.then { print("value \\($0)") }
        d.resolve(1)
        """, prints: ["value 1"]),
      Rule(
        "a callback is passed over once something has failed",
        """
        let d = deferred()
        d.then { print("callback") }.then { print("callback") }.catch { print("caught \\($0.message)") }
        d.reject("bad")
        """, prints: ["caught bad"]),
      Rule(
        "an error in a callback goes to the next errback",
        """
        let d = deferred()
        d.then { throw "thrown" }.catch { print($0.message) }
        d.resolve(1)
        """, prints: ["thrown"]),
      Rule(
        "an errback does not get the error of its own pair, only of those before",
        """
        let d = deferred()
        d.catch { print("too early") }.then { throw "later" }.catch { print($0.message) }
        d.resolve(1)
        """, prints: ["later"]),
      Rule(
        "an errback that gives a value mends the chain",
        """
        let d = deferred()
        d.catch { 5 }.then { print($0) }
        d.reject("bad")
        """, prints: ["5"]),
      Rule(
        "an errback that throws hands its own error on",
        """
        let d = deferred()
        d.catch { throw "second" }.catch { print($0.message) }
        d.reject("first")
        """, prints: ["second"]),
      Rule(
        "an errback that hands its error back leaves it as it was",
        """
        let d = deferred()
        d.catch { throw $0 }.catch { print("\\($0.kind) \\($0.code)") }
        d.reject(Error("no", kind: "busy", fields: ["code": 7]))
        """, prints: ["busy 7"]),
      Rule(
        "an errback may trap one kind and let the others pass",
        """
        func trap(error) { if error.kind == "busy" { "trapped" } else { throw error } }
        for kind in ["busy", "gone"] {
            let d = deferred()
            d.catch(trap).then { print($0) }.catch { print("passed \\($0.kind)") }
            d.reject(Error("no", kind: kind))
        }
        """, prints: ["trapped", "passed gone"]),
      Rule(
        "an addBoth runs after a value, which goes on",
        """
        let d = deferred()
        d.finally { print("both") }.then { print($0) }
        d.resolve(5)
        """, prints: ["both", "5"]),
      Rule(
        "an addBoth runs after an error, which goes on",
        """
        let d = deferred()
        d.finally { print("both") }.catch { print($0.message) }
        d.reject("bad")
        """, prints: ["both", "bad"]),
      Rule(
        "an error in an addBoth takes the place of what came",
        """
        for value in [1, nil] {
            let d = deferred()
            d.finally { throw "own" }.catch { print($0.message) }
            if value == nil { d.reject("bad") } else { d.resolve(value) }
        }
        """, prints: ["own", "own"]),
      Rule(
        "an addBoth that gives a deferred holds the chain until that fires",
        """
        let d = deferred()
        d.finally { sleep(3s) }.then { print("\\($0) after \\(__monotonic())") }
        d.resolve(5)
        """, prints: ["5 after 3s"]),
      Rule(
        "the failure of a deferred that an addBoth gave takes the place of what came",
        """
        let d = deferred()
        d.finally { after(1s) { throw "own" } }.catch { print($0.message) }
        d.resolve(5)
        """, prints: ["own"]),
    ]

    // MARK: Firing twice

    static let firing =
      [
        ("a value after a value", "d.resolve(1)", "d.resolve(2)"),
        ("an error after a value", "d.resolve(1)", "d.reject(\"x\")"),
        ("a value after an error", "d.reject(\"x\")", "d.resolve(2)"),
        ("an error after an error", "d.reject(\"x\")", "d.reject(\"y\")"),
      ].map { name, first, second in
        Rule(
          "a deferred fires once: \(name) is an error",
          """
          let d = deferred()
          d.catch { nil }
          \(first)
          do { \(second) } catch { print(error.message) }
          """, prints: ["this Deferred has fired already"])
      } + [
        Rule(
          "a second firing that was refused leaves the first result",
          """
          let d = deferred()
          d.then { print($0) }
          d.resolve(1)
          do { d.resolve(2) } catch { print("refused") }
          """, prints: ["refused", "1"]),
        Rule(
          "a deferred whose chain is paused has fired",
          """
          let d = deferred()
          d.then { deferred() }
          d.resolve(1)
          await sleep(1s)
          do { d.resolve(2) } catch { print(error.message) }
          """, prints: ["this Deferred has fired already"]),
        Rule(
          "a deferred shows the result that it has",
          """
          let d = deferred()
          print(repr(d))
          d.resolve(5)
          print(repr(d))
          """, prints: ["<Deferred pending>", "<Deferred: 5>"]),
        Rule(
          "a deferred shows what it waits for",
          """
          print(repr(sleep(5s).then { 1 }))
          """, prints: ["<Deferred pending: timer>"]),
      ]
  }
}
