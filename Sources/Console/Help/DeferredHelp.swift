extension TypeHelp {
  static let deferred = TypeHelp(
    "Deferred",
    #"A value that is not there yet. await waits for it and gives it, or throws the error that came instead."#,
    members: #"""
      then(callback) -> Deferred
      A Deferred of what a function gives for the value once it is there.
        await after(1s) { 5 }.then { $0 + 1 } // → 6

      catch(callback) -> Deferred
      A Deferred of the value, or of what a function gives for the error that came instead.
        await async { throw "no" }.catch { $0.message } // → "no"

      finally(body) -> Deferred
      A Deferred of the same end, after a function has run; it runs when the work is cancelled too.
        await async { 1 }.finally { print("done") } // → prints done; 1

      timeout(limit) -> Deferred
      A Deferred of the same end that fails with kind timeout where that takes longer.
        await sleep(5s).timeout(1s).catch { $0.kind } // → "timeout"

      cancel() -> Bool
      Stops the work behind it; false where it had fired.
        let d = deferred(); [d.cancel(), d.isCancelled, d.resolve(1)] // → [true, true, false]

      resolve(value) -> Bool
      Fires a deferred() with a value; false where it was cancelled.
        let d = deferred(); d.resolve(3); await d // → 3

      reject(error) -> Bool
      Fires a deferred() with an error; false where it was cancelled.
        let d = deferred(); d.reject("no"); await d.catch { $0.message } // → "no"

      isPending -> Bool
      Whether it has not fired yet.
        let d = deferred(); [d.isPending, d.isResolved, d.isFailed, d.isCancelled] // → [true, false, false, false]

      isResolved -> Bool
      Whether it has fired with a value.
        let d = deferred(); [d.isPending, d.isResolved, d.isFailed, d.isCancelled] // → [true, false, false, false]

      isFailed -> Bool
      Whether it has fired with an error.
        let d = deferred(); [d.isPending, d.isResolved, d.isFailed, d.isCancelled] // → [true, false, false, false]

      isCancelled -> Bool
      Whether it was cancelled.
        let d = deferred(); [d.isPending, d.isResolved, d.isFailed, d.isCancelled] // → [true, false, false, false]
      """#)

  static let timer = TypeHelp(
    "Timer",
    #"What every() gives: something that runs again and again."#,
    members: #"""
      stop() -> Bool
      Ends it; false where it had ended.
        let t = every(1s) { nil }; [t.stop(), t.stop()] // → [true, false]

      ticks -> Int
      How often it has run.
        let t = every(1s) { nil }; await sleep(2500ms); t.stop(); t.ticks // → 3

      skipped -> Int
      How many ticks were left out since the one before took too long.
        let t = every(1s) { await sleep(1500ms) }; await sleep(3500ms); t.stop(); t.skipped // → 1

      isRunning -> Bool
      Whether it has not ended.
        let t = every(1s) { nil }; let was = t.isRunning; t.stop(); [was, t.isRunning] // → [true, false]
      """#)
}
