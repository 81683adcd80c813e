extension Catalogue {
  /// Time, and what is not there yet.
  static let waiting = HelpEntry.list(
    #"""
    await deferred -> Any
    Waits without holding anything else up, then gives the value or throws the error. It takes the whole
    chain to its right.
      await after(2s) { 3 + 4 } // → 7

    async expression · async { … } -> Deferred
    Runs something in a fiber of its own.
      let task = async { await sleep(1s); 42 }; await task // → 42

    deferred() -> Deferred
    A Deferred that you fire yourself with resolve(value) or reject(error).
      let d = deferred(); after(1s) { d.resolve(5) }; await d // → 5

    all(deferreds) -> Deferred of Array
    Waits for all, and gives their values in order. The first failure fails it.
      await all([after(2s) { "a" }, after(1s) { "b" }]) // → ["a", "b"]

    settled(deferreds) -> Deferred of Array
    Waits for all, and gives the outcome of each; it never fails.
      await settled([1, async { throw "no" }])[0] // → ["ok": true, "value": 1]

    race(deferreds) -> Deferred
    The first to fire wins; the others lose this consumer.
      await race([after(2s) { "slow" }, after(1s) { "fast" }]) // → "fast"

    after(duration, body) -> Deferred
    Calls a function later, and gives a Deferred of what it gives. Without a duration after { … } changes answers:
    it runs behind the handlers of routes, and response is there.
      await after(2s) { "later" } // → "later"

    sleep(duration) -> Deferred of nil
    A Deferred that fires later. Await it.
      await sleep(500ms) // → nil

    every(duration, body) -> Timer
    Calls a function again and again, first at once. A tick never overlaps the one before.
      var n = 0; let t = every(5s) { n += 1 }; await sleep(12s); t.stop(); n // → 3

    elapsed(body) -> Duration
    How long a function takes, waiting included.
      elapsed { await sleep(1s) } // → 1s

    now() -> Date
    The present date and time.
      type(of: now()) // → "Date"
    """#)
}
