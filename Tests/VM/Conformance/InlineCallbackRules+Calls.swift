import TestSupport

extension Conformance.InlineCallbackRules {
  // MARK: Functions that wait for functions

  static let calls = [
    Rule(
      "functions that wait for one another end from the inside out",
      """
      func f1() {
          print("f1 enter")
          await sleep(1s)
          print("f1 exit")
          1
      }
      func f2() {
          print("f2 enter")
          let x = await async f1()
          print("f2 exit")
          x + 2
      }
      (async f2()).then { print($0) }
      """, prints: ["f2 enter", "f1 enter", "f1 exit", "f2 exit", "3"]),
    Rule(
      "yields of one function come one after the other",
      """
      func step(x) {
          await sleep(1s)
          print(x)
          x + 1
      }
      async {
          let a = await async step(1)
          let b = await async step(a)
          await async step(b)
      }.then { print("\\($0) after \\(__monotonic())") }
      """, prints: ["1", "2", "3", "4 after 3s"]),
    Rule(
      "a callback between two functions runs before the outer one goes on",
      """
      async {
          let x = await (async { await after(1s) { 1 } }).then { x in
              print("between")
              x + 2
          }
          print("outer \\(x)")
      }
      """, prints: ["between", "outer 3"]),
    Rule(
      "an error passes through functions that wait for one another",
      """
      async {
          do { await async { await async { await after(1s) { throw "deep" } } } } catch { print(error.message) }
      }
      """, prints: ["deep"]),
    Rule(
      "a loop that yields what has fired uses no stack",
      """
      var sum = 0
      for i in 0..<5_000 {
          let d = deferred()
          d.resolve(1)
          sum += await d
      }
      print(sum)
      """, prints: ["5000"]),
    Rule(
      "a loop that yields plain values uses no stack",
      """
      var sum = 0
      for i in 0..<5_000 { sum += await 1 }
      print(sum)
      """, prints: ["5000"]),
    Rule(
      "a value passes through any number of functions without using stack",
      """
      func nested(n) { if n == 0 { await after(1s) { 0 } } else { 1 + await async nested(n - 1) } }
      print(nested(\(Conformance.depth)))
      """, prints: ["\(Conformance.depth)"]),
    Rule(
      "an error passes through any number of functions without using stack",
      """
      func nested(n) { if n == 0 { await after(1s) { throw "deep" } } else { await async nested(n - 1) } }
      do { nested(\(Conformance.depth)) } catch { print(error.message) }
      """, prints: ["deep"]),
  ]

  // MARK: Cancelling

  static let cancelling = [
    Rule(
      "cancelling a function cancels what it waits for",
      """
      let f = async { await sleep(9s) }
      await sleep(1s)
      f.cancel()
      await sleep(1s)
      f.catch { print($0.kind) }
      """, prints: ["cancelled"], stops: 1),
    Rule(
      "cancelling reaches what the innermost of nested functions waits for",
      """
      let d = deferred()
      let f = async { await async { await async { await d } } }
      await sleep(1s)
      f.cancel()
      await sleep(1s)
      print(d.isCancelled)
      """, prints: ["true"]),
    Rule(
      "cancelling at a second yield cancels what that one waits for",
      """
      let d = deferred()
      let f = async {
          await after(1s) { 1 }
          await d
      }
      await sleep(2s)
      f.cancel()
      await sleep(1s)
      print(d.isCancelled)
      """, prints: ["true"], stops: 0),
    Rule(
      "a finally block runs when the function is cancelled",
      """
      let f = async {
          defer { print("finally") }
          await sleep(9s)
          print("never")
      }
      await sleep(1s)
      f.cancel()
      """, prints: ["finally"]),
    Rule(
      "finally blocks of nested functions run from the inside out",
      """
      func inner() {
          defer { print("inner") }
          await sleep(9s)
      }
      func outer() {
          defer { print("outer") }
          inner()
      }
      let f = async outer()
      await sleep(1s)
      f.cancel()
      """, prints: ["inner", "outer"]),
    Rule(
      "an error of a finally block takes the place of the cancellation",
      """
      let f = async {
          defer { throw "in finally" }
          await sleep(9s)
      }
      await sleep(1s)
      f.cancel()
      print("went on")
      """, prints: ["went on"], reports: ["in finally"]),
    Rule(
      "cancelling a function that has ended does nothing",
      """
      let f = async { "value" }
      print(await f)
      f.cancel()
      print(await f)
      """, prints: ["value", "value"]),
    Rule(
      "a function that waits for a cancelled deferred gets the error and may go on",
      """
      let d = deferred()
      async {
          do { await d } catch { print(error.kind) }
          print("went on")
      }
      await sleep(1s)
      d.cancel()
      """, prints: ["cancelled", "went on"]),
    Rule(
      "a function that dies of a cancelled deferred is reported",
      """
      let d = deferred()
      async { await d }
      await sleep(1s)
      d.cancel()
      print("cancelled it")
      """, prints: ["cancelled it"], reports: ["cancelled"]),
    Rule(
      "a cancellation passes through any number of functions without using stack",
      """
      func nested(n) {
          if n == 0 {
              defer { print("finally") }
              await sleep(9s)
          } else { await async nested(n - 1) }
      }
      let f = async nested(\(Conformance.depth))
      await sleep(1s)
      f.cancel()
      """, prints: ["finally"], stops: 1),
  ]

  // MARK: Different on purpose

  static let differences = [
    Rule(
      "async only lines up",
      """
      async { print("body") }
      print("after async")
      """, prints: ["after async", "body"]),
    Rule(
      "a cancellation of the function itself cannot be caught",
      """
      let f = async {
          defer { print("defer") }
          do { await sleep(9s) } catch { print("never") }
          print("never")
      }
      await sleep(1s)
      f.cancel()
      """, prints: ["defer"]),
    Rule(
      "a defer cannot wait while its function is cancelled",
      """
      func leave() { await sleep(1s) }
      let f = async {
          defer { leave() }
          await sleep(9s)
      }
      await sleep(1s)
      f.cancel()
      print("cancelled it")
      """, prints: ["cancelled it"],
      reports: ["a defer or finally cannot wait while its fiber is being stopped"]),
    Rule(
      "cancelling a function leaves what it waits for to the others",
      """
      let d = deferred()
      let f = async { await d }
      async { print(await d) }
      await sleep(1s)
      f.cancel()
      await sleep(1s)
      d.resolve("still there")
      """, prints: ["still there"]),
    Rule(
      "a function that is cancelled before its turn does not begin",
      """
      let f = async {
          defer { print("never") }
          print("never")
      }
      f.cancel()
      await sleep(1s)
      print(f.isCancelled)
      """, prints: ["true"]),
    Rule(
      "a function that gives a deferred gives what that one fires with",
      """
      print(await async { after(1s) { "inner" } })
      """, prints: ["inner"]),
    Rule(
      "await works in every function and closure",
      """
      func plain(x) { await after(1s) { x * 2 } }
      print([1, 2].map { x in plain(x) })
      """, prints: ["[2, 4]"]),
    Rule(
      "waiting for oneself is an error",
      """
      var f = nil
      f = async {
          await sleep(1s)
          do { await f } catch { print(error.message) }
      }
      """, prints: ["this would wait for itself"]),
  ]
}
