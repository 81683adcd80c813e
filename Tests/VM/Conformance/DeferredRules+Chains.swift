import TestSupport

extension Conformance.DeferredRules {
  // MARK: Deferreds that wait for deferreds

  static let chains = [
    Rule(
      "a callback that gives a deferred pauses the chain until that fires",
      """
      let d = deferred()
      let inner = deferred()
      d.then { inner }.then { print("went on with \\($0)") }
      d.resolve(1)
      await sleep(1s)
      print("paused")
      inner.resolve(2)
      """, prints: ["paused", "went on with 2"]),
    Rule(
      "a callback that gives a deferred which has fired goes on with its value",
      """
      let inner = deferred()
      inner.resolve(2)
      let d = deferred()
      d.then { inner }.then { print($0) }
      d.resolve(1)
      """, prints: ["2"]),
    Rule(
      "a callback that gives a deferred which has failed goes on with its error",
      """
      let d = deferred()
      let inner = deferred()
      d.then { inner }.then { print("callback") }.catch { print($0.message) }
      inner.reject("inner")
      d.resolve(1)
      """, prints: ["inner"]),
    Rule(
      "a deferred that fails while a chain waits for it sends the chain to its errback",
      """
      let d = deferred()
      d.then { after(2s) { throw "late" } }.catch { print("\\($0.message) after \\(__monotonic())") }
      d.resolve(1)
      """, prints: ["late after 2s"]),
    Rule(
      "an errback may give a deferred too",
      """
      let d = deferred()
      d.catch { after(2s) { "mended" } }.then { print("\\($0) after \\(__monotonic())") }
      d.reject("bad")
      """, prints: ["mended after 2s"]),
    Rule(
      "chaining is transitive",
      """
      let first = deferred()
      let second = deferred()
      let third = deferred()
      let a = second.then { first }
      let b = third.then { a }
      b.then { print($0) }
      second.resolve(0)
      third.resolve(0)
      await sleep(1s)
      first.resolve("through")
      """, prints: ["through"]),
    Rule(
      "the callbacks of an inner deferred run before those of the outer one",
      """
      let inner = deferred()
      let outer = deferred()
      outer.then {
          print("outer 1")
          inner.then { x in
              print("inner \\(x)")
              x * 2
          }
      }.then { print("outer 2 \\($0)") }
      outer.resolve(0)
      inner.resolve(4)
      """, prints: ["outer 1", "inner 4", "outer 2 8"]),
    Rule(
      "what is added to a paused chain runs when it goes on",
      """
      let d = deferred()
      let inner = deferred()
      let chain = d.then { inner }
      d.resolve(1)
      await sleep(1s)
      chain.then { print("added with \\($0)") }
      print("added")
      inner.resolve(2)
      """, prints: ["added", "added with 2"]),
    Rule(
      "a chain may be paused more than once",
      """
      let d = deferred()
      d.then { after(1s) { 1 } }.then { x in after(2s) { x + 1 } }.then { print("\\($0) after \\(__monotonic())") }
      d.resolve(0)
      """, prints: ["2 after 3s"]),
    Rule(
      "a chain that waits for a gathering goes on with its values",
      """
      let a = deferred()
      let d = deferred()
      d.then { all([a]) }.then { print($0) }
      d.resolve(0)
      a.resolve("withers")
      """, prints: ["[\"withers\"]"]),
    Rule(
      "a long chain of callbacks needs no stack",
      """
      let first = deferred()
      var last = first
      for i in 0..<\(Conformance.depth) { last = last.then { $0 + 1 } }
      last.then { print($0) }
      first.resolve(0)
      """, prints: ["\(Conformance.depth)"]),
    Rule(
      "a long chain of deferreds that callbacks gave needs no stack",
      """
      let gate = deferred()
      var last = gate
      for i in 0..<\(Conformance.depth / 10) {
          let inner = last
          let d = deferred()
          last = d.then { inner }
          d.resolve(i)
      }
      last.then { print($0) }
      await sleep(1s)
      gate.resolve("through")
      """, prints: ["through"]),
  ]

  // MARK: Errors that nobody awaits

  static let reports = [
    Rule(
      "an error that meets no errback is reported once",
      """
      let d = deferred()
      d.then { 1 }.then { 2 }
      d.reject("lost")
      print("went on")
      """, prints: ["went on"], reports: ["lost"]),
    Rule(
      "an error that an errback takes is not reported",
      """
      let d = deferred()
      d.catch { print("taken") }
      d.reject("kept")
      """, prints: ["taken"]),
    Rule(
      "an error of an errback that nobody stands behind is reported",
      """
      let d = deferred()
      d.catch { throw "second" }
      d.reject("first")
      print("went on")
      """, prints: ["went on"], reports: ["second"]),
    Rule(
      "an errback that comes before the report takes the error",
      """
      let d = deferred()
      d.reject("kept")
      await sleep(5s)
      d.catch { print("taken") }
      """, prints: ["taken"]),
    Rule(
      "an error that was handed to an outer deferred is reported of that one alone",
      """
      let d = deferred()
      let inner = deferred()
      d.then { inner }
      d.resolve(1)
      await sleep(1s)
      inner.reject("lost")
      print("went on")
      """, prints: ["went on"], reports: ["lost"]),
    Rule(
      "an error that an outer deferred's errback takes is not reported of the inner one",
      """
      let d = deferred()
      let inner = deferred()
      d.then { inner }.catch { print("taken") }
      d.resolve(1)
      inner.reject("kept")
      """, prints: ["taken"]),
    Rule(
      "an error added by a callback's callback reaches the errback after it",
      """
      let d = deferred()
      d.then {
          d.then { throw "late" }.catch { print($0.message) }
      }
      d.resolve(1)
      """, prints: ["late"]),
  ]

  // MARK: Different on purpose

  static let differences = [
    Rule(
      "firing only enqueues",
      """
      let d = deferred()
      d.then { print("callback") }
      d.resolve(1)
      print("after resolve")
      """, prints: ["after resolve", "callback"]),
    Rule(
      "a callback on a fired deferred has its turn later",
      """
      let d = deferred()
      d.resolve(1)
      d.then { print("callback") }
      print("after then")
      """, prints: ["after then", "callback"]),
    Rule(
      "then makes a new deferred, and callbacks on one deferred are branches",
      """
      let d = deferred()
      d.then { $0 + 1 }
      d.then { print($0) }
      d.resolve(1)
      """, prints: ["1"]),
    Rule(
      "an error that one branch catches is still there on the others",
      """
      let d = deferred()
      d.catch { print("caught") }
      d.then { print("never") }
      d.reject("still there")
      """, prints: ["caught"], reports: ["still there"]),
    Rule(
      "waiting for a deferred takes its value from nobody",
      """
      let d = deferred()
      let outer = deferred()
      outer.then { d }.then { print("outer \\($0)") }
      outer.resolve(1)
      d.resolve(5)
      await sleep(1s)
      d.then { print("later \\($0)") }
      """, prints: ["outer 5", "later 5"]),
    Rule(
      "a deferred may be fired with another, which it follows",
      """
      let d = deferred()
      d.then { print("\\($0) after \\(__monotonic())") }
      d.resolve(after(2s) { 7 })
      """, prints: ["7 after 2s"]),
    Rule(
      "a callback that gives its own deferred is an error",
      """
      let d = deferred()
      var own = nil
      own = d.then { own }
      own.catch { print($0.message) }
      d.resolve(1)
      """, prints: ["a Deferred cannot wait for itself"]),
    Rule(
      "only what deferred() made is fired by hand",
      """
      do { sleep(1s).resolve(1) } catch { print(error.message) }
      do { deferred().then { 1 }.resolve(1) } catch { print(error.message) }
      """,
      prints: ["this Deferred is fired by what it waits for", "this Deferred is fired by what it waits for"]),
    Rule(
      "an error is reported when its maker has ended",
      """
      func make() { async { async { throw "lost" } } }
      make()
      await sleep(1s)
      print("a second later")
      """, prints: ["a second later"], reports: ["lost"]),
  ]
}
