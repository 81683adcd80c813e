import Testing
import VM

@testable import KernelCore

struct TimerTests {
  @Test func theFirstTickComesOnceTheRunningCodeParksInTheOrderOfStarting() {
    let bench = Bench()
    bench.run(
      """
      let d = deferred()
      d.then { print("then") }
      every(5s) { print("tick") }
      async { print("async") }
      d.resolve(1)
      print("cell")
      nil
      """)
    #expect(bench.output == ["cell", "tick", "async", "then"])
    #expect(bench.now == 0)
  }

  /// When it was set is known also of one for a time that has long passed, and of one for the end of time.
  @Test func timersOfAnyTimeCanBeListed() {
    let bench = Bench()
    bench.advance(.seconds(20))
    bench.run("for time in [-2562047h, -1s, 0s, 2562047h + 47m] { after(time) { nil } }\nsleep(9s)\nnil")
    #expect(bench.on { bench.kernel.timers.operations.allSatisfy { $0.set == bench.clock.now } })
    #expect(bench.on { bench.kernel.timers.operations.count } == 5)
    let bare = TimerSet(clock: VirtualClock(), machine: Machine(host: nil))
    for delay in [Int.min, -1, 0, .max] { _ = try? bare.after(delay, owner: 1, servesRequest: false) }
    #expect(bare.operations.map(\.set) == [0, 0, 0, 0])
  }

  /// Nothing holds the timers of a kernel that is over, not even the clock that still has some.
  @Test func timersThatAreOverAreGivenBack() throws {
    let clock = VirtualClock()
    for end in [{ (_: TimerSet) in clock.advance(by: 2) }, { $0.cancelAll() }] {
      weak var timers: TimerSet?
      try {
        let set = TimerSet(clock: clock, machine: Machine(host: nil))
        timers = set
        for delay in 1...2 { _ = try set.after(delay, owner: 1, servesRequest: false) }
        #expect(set.oneShotCount == 2)
        end(set)
        #expect(set.oneShotCount == 0)
      }()
      #expect(timers == nil)
    }
  }

  @Test func ticksFallOnMultiplesOfTheInterval() {
    let bench = Bench()
    bench.run("every(5s) { print(elapsedTime()) }\nfunc elapsedTime() { now() }\nnil")
    bench.advance(.seconds(4))
    #expect(bench.output.count == 1)
    bench.advance(.seconds(1))
    #expect(bench.output.count == 2)
    bench.advance(.seconds(20))
    #expect(bench.output.count == 6)
    #expect(bench.output.last == "2026-01-01T00:00:25.000Z")
  }

  @Test func aLongTickNeverOverlapsItselfAndSkipsWhatFellIntoIt() {
    let bench = Bench()
    bench.run(
      "let t = every(5s) { print(\"begin \\(now())\")\nawait sleep(12s)\nprint(\"end\") }")
    bench.advance(.seconds(12))
    #expect(bench.output.count == 2)
    #expect(bench.value("[t.ticks, t.skipped, t.isRunning]") == "[1, 2, true]")
    bench.advance(.seconds(3))
    #expect(bench.output.last == "begin 2026-01-01T00:00:15.000Z")
    #expect(bench.value("t") == "<Timer every 5s>")
  }

  @Test func aTickThatTakesExactlyAnIntervalSkipsTheNextAsLoopingCallDoes() {
    let bench = Bench()
    bench.run("let t = every(5s) { await sleep(5s) }")
    bench.advance(.seconds(5))
    #expect(bench.value("[t.ticks, t.skipped]") == "[1, 1]")
    bench.advance(.seconds(5))
    #expect(bench.value("t.ticks") == "2")
  }

  @Test func anErrorInATickIsReportedWithItsPlaceAndTheLoopGoesOn() {
    let bench = Bench()
    bench.run("var n = 0\nevery(1s) { n += 1\nif n == 2 { throw \"second\" }\nprint(n) }\nnil")
    bench.advance(.seconds(2))
    #expect(bench.output == ["1", "3"])
    #expect(bench.failures.count == 1)
    #expect(bench.failures[0].contains("error: second"))
    #expect(bench.failures[0].contains("cell [1], line 3"))
  }

  @Test func aTickMayStopItsOwnTimer() {
    let bench = Bench()
    bench.run(
      """
      var t = nil
      var n = 0
      t = every(1s) {
          n += 1
          if n == 3 {
              print(t.stop())
              await sleep(1s)
              print(t.stop())
          }
      }
      nil
      """)
    bench.advance(.seconds(10))
    #expect(bench.value("n") == "3")
    #expect(bench.output == ["true", "false"])
    #expect(bench.value("t.isRunning") == "false")
  }

  @Test func aTimerStoppedBeforeItsFirstTickNeverTicks() {
    let bench = Bench()
    bench.run("every(1s) { print(\"tick\") }.stop()")
    bench.advance(.seconds(3))
    #expect(bench.output == [])
  }

  @Test func equalTimesKeepTheirOrder() {
    let bench = Bench()
    bench.run(
      "for i in 0..<5 { after(2s) { print(i) } }\nafter(1s) { after(1s) { print(\"late\") } }\nnil")
    bench.advance(.seconds(2))
    #expect(bench.output == ["0", "1", "2", "3", "4", "late"])
  }

  @Test func timersSetByTimersFallWithinTheSameJump() {
    let bench = Bench()
    bench.run("func again(n) { if n < 5 { after(1s) { print(n)\nagain(n + 1) } } }\nagain(0)\nnil")
    bench.advance(.seconds(10))
    #expect(bench.output == ["0", "1", "2", "3", "4"])
  }

  @Test(arguments: [
    ("await after(2s) { 3 }", 2.0, "3"),
    ("await sleep(500ms)", 0.5, "ok"),
    ("await elapsed { await sleep(90s) }", 90, "1.5m"),
    ("await elapsed { }", 0, "0s"),
    ("await sleep(5s).timeout(2s).catch { error in error.message }", 2, "\"not done within 2s\""),
    ("await after(1s) { \"in time\" }.timeout(2s)", 1, "\"in time\""),
    ("await sleep(0s)", 0, "ok"),
    ("await sleep(0s - 5s)", 0, "ok"),
    ("await race([sleep(9s), after(1s) { \"won\" }])", 1, "\"won\""),
    ("let a = after(3s) { 1 }\nlet b = after(2s) { 2 }\nawait all([a, b])", 3, "[1, 2]"),
  ])
  func takes(text: String, seconds: Double, result: String) {
    let bench = Bench()
    let cell = bench.start(text)
    if seconds > 0 {
      bench.advance(.milliseconds(Int(seconds * 1000) - 1))
      #expect(cell.value == nil)
      bench.advance(.milliseconds(1))
    } else {
      bench.advance(.zero)
    }
    #expect(Shown(cell.value).text == result)
    #expect(bench.on { bench.kernel.timers.oneShotCount } == 0)
  }

  @Test func aCancelledTimerIsGone() {
    let bench = Bench()
    bench.run("let d = after(5s) { print(\"never\") }")
    #expect(bench.value("d.cancel()") == "true")
    #expect(bench.value("d.cancel()") == "false")
    #expect(bench.on { bench.kernel.timers.oneShotCount } == 0)
    bench.advance(.seconds(9))
    #expect(bench.output == [])
    #expect(bench.failures == [])
  }

  @Test func timersForTheEndOfTimeDoNoHarm() {
    let bench = Bench()
    bench.run("after(2500000h) { 1 }\nevery(2500000h) { }\nnil")
    bench.advance(.seconds(5))
    bench.run("after(2500000h) { 1 }\nnil", cell: 2)
    #expect(bench.on { bench.kernel.timers.oneShotCount } == 2)
    let real = Bench { $0.isClockVirtual = false }
    #expect(real.run("after(2500000h) { 1 }\nevery(2500000h) { print(\"once\") }\nnil") == "ok")
    #expect(real.output == ["once"])
  }

  @Test(arguments: [
    ("every(0s) { }", "must be longer than 0"),
    ("every(5) { }", "must be a Duration, not a number"),
    ("after(2) { }", "must be a Duration, not a number"),
    ("every(5s, 3)", "must be a function"),
    ("sleep(\"1s\")", "must be a Duration"),
  ])
  func refuses(text: String, message: String) {
    #expect(Bench().run(text).contains(message))
  }

  @Test func manyTimersAreSetAndCancelledQuickly() {
    let bench = Bench()
    bench.run("let all = []\nfor i in 0..<20000 { all.append(after(1h)) }")
    #expect(bench.on { bench.kernel.timers.oneShotCount } == 20_000)
    bench.run("for d in all { d.cancel() }", cell: 2)
    #expect(bench.on { bench.kernel.timers.oneShotCount } == 0)
  }

  @Test func theRealClockDoesNotDrift() {
    let bench = Bench { $0.isClockVirtual = false }
    bench.run(
      "var times = []\nlet done = deferred()\nlet t = every(20ms) { times.append(__monotonic())\nif times.count == 11 { done.resolve(1) } }"
    )
    let cell = bench.start("await done\nt.stop()\ntimes", cell: 2)
    #expect(bench.wait { cell.valueOnLoop != nil })
    // Each tick falls within an interval after its own multiple, however late the others were, the first among them.
    #expect(
      bench.value(
        "let late = times.enumerated().map { $0.element - 20ms * $0.offset }\nt.skipped > 0 || late.max() - late.min() < 20ms"
      ) == "true")
    #expect(bench.value("t.skipped > 0 || times[10] - times[0] < 400ms") == "true")
  }
}
