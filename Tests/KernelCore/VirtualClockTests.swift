import Foundation
import Notebooks
import TestSupport
import Testing

@testable import KernelCore

/// The notebook's clock as a replay has it: it moves by itself, and the same way every time.
struct VirtualClockTests {
  private static let tutorial = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../cells/tutorial.cells").standardizedFileURL.path()

  /// Replays a file; gives what it said, by the clock.
  private func replay(_ cells: [(number: Int, text: String)]) -> (lines: [String], seconds: Double) {
    let bench = Bench(movesClock: true) { $0.opening = .request }
    var seen = 0
    var lines: [String] = []
    func hear() {
      for event in bench.events.dropFirst(seen) {
        seen += 1
        switch event {
        case .output(let cell, let text): lines.append("print \(cell ?? 0) \(text)")
        case .opened(let url, let status, let body): lines.append("open \(url) \(status ?? 0) \(body)")
        case .failure(_, let text), .notice(_, let text): lines.append(text)
        case .cellFinished(let result):
          // Without the address, whose port differs.
          lines.append(
            "cell \(result.cell) \(result.cell == 1 ? "" : "\(result.outcome)") \(result.duration)")
        default: break
        }
      }
    }
    for cell in cells {
      let pending = bench.start(cell.text, cell: cell.number)
      #expect(bench.wait { pending.valueOnLoop != nil })
      hear()
    }
    #expect(bench.wait { bench.supervisor.settle(within: .max) == .settled })
    hear()
    return (lines, bench.now)
  }

  private func cells(_ path: String) throws -> [(number: Int, text: String)] {
    try CellsFile.load(path).codeCells.map { ($0.number ?? 0, $0.source) }
  }

  @Test func theTutorialsMinutesPassInAnInstantAndAlwaysTheSame() throws {
    let cells = try cells(Self.tutorial)
    let start = Date()
    let first = replay(cells)
    #expect(Date().timeIntervalSince(start) < 1)
    #expect(first.seconds == 20)
    for page in [
      "open / 200 Hello, everybody!", "open /greet/your-name 200 Hello YOUR-NAME!",
      "open /ip 200 From 127.0.0.1",
      "open /compare 200 These are the same:127.0.0.1==127.0.0.1",
      "open /faster-compare 200 These are the same:127.0.0.1==127.0.0.1", "open /add/3/4 200 7",
      "open /add4/3/4/9/14 200 30", "open /fast-add4/3/4/9/14 200 30", "open /count 200 3",
      "open /loops 200 2",
      "open /loops 200 3", "open /block 200 HELLO UNIVERSE",
      "open /unblock/hello%20universe 200 OK hello universe",
    ] {
      #expect(first.lines.contains(page), "\(page)")
    }
    for _ in 0..<19 { #expect(replay(cells).lines == first.lines) }
  }

  @Test func oneAfterTheOtherTakesTwentySecondsAndBothAtOnceTen() throws {
    let bench = Bench(movesClock: true)
    for cell in try cells(Self.tutorial).prefix(13) where !cell.text.contains("open(") {
      _ = bench.awaited(cell.text, cell: cell.number)
    }
    #expect(bench.awaited("await elapsed { await get(\"/compare\") }") == "20s")
    #expect(bench.awaited("await elapsed { await get(\"/faster-compare\") }") == "10s")
    #expect(bench.awaited("await elapsed { await get(\"/ip\") }") == "0s")
    #expect(bench.awaited("(await get(\"/compare\")).elapsed") == "20s")
  }

  @Test func whatTakesNoTimeIsDoneBeforeTheCellEnds() {
    let run = replay([(1, "listen(\"tcp:0\")"), (2, "route \"/r\" { \"at once\" }\nopen(\"/r\")"), (3, "1")])
    #expect(
      run.lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
        "cell 1", "open /r", "cell 2", "cell 3",
      ])
  }

  @Test func wordOfAnOutThatHasFiredStandsBelowIt() {
    let run = replay([(1, "nil"), (2, "async { print(\"begun\"); 5 }")])
    #expect(
      run.lines.dropFirst() == [
        "print 2 begun", "cell 2 succeeded(Optional(\"<Deferred pending: async>\")) 0.0 seconds",
        "Out[2] fired: 5",
      ])
  }

  @Test func timeStandsBetweenTwoCellsHoweverLongTheyAreInComing() {
    let bench = Bench(movesClock: true) { $0.opening = .request }
    bench.run("every(5s) { print(\"tick\") }\nafter(6s) { print(\"six\") }\nnil")
    usleep(20_000)
    #expect(bench.now == 0)
    #expect(bench.awaited("await sleep(7s)", cell: 2) == "ok")
    #expect(bench.now == 7)
    #expect(bench.output == ["tick", "tick", "six"])
    usleep(20_000)
    #expect(bench.now == 7)
    #expect(bench.wait { bench.supervisor.settle(within: .max) == .settled })
    #expect(bench.now == 7)
  }

  @Test func waitingForTheEndRunsOutTimersThatFireOnce() {
    let bench = Bench(movesClock: true) { $0.opening = .request }
    bench.run("every(5s) { print(\"tick\") }\nafter(12s) { print(\"twelve\") }\nnil")
    #expect(bench.wait { bench.supervisor.settle(within: .max) == .settled })
    #expect(bench.output == ["tick", "tick", "tick", "twelve"])
    #expect(bench.now == 12)
  }

  /// It was one tick less than in real time.
  @Test func whatIsDueAtTheSameMomentAsTheLastTimerStillRuns() {
    let bench = Bench(movesClock: true) { $0.opening = .request }
    bench.run("after(10s) { print(\"ten\") }\nevery(5s) { print(\"tick\") }\nnil")
    #expect(bench.wait { bench.supervisor.settle(within: .max) == .settled })
    #expect(bench.output == ["tick", "tick", "ten", "tick"])
    #expect(bench.now == 10)
  }

  /// It ran on for as long as whoever waited had patience, and came to something else each time.
  @Test func waitingForTheEndHasALimitOfItsTime() {
    let bench = Bench(movesClock: true) { $0.opening = .request }
    bench.run("func poll() { print(\"round\"); after(1s) { poll(); nil }; nil }\npoll()")
    #expect(bench.wait { bench.supervisor.settle(within: 60_000_000_000) == .timeIsUp })
    #expect(bench.now == 60)
    #expect(bench.output.count == 61)
    // The next cell that waits moves it on.
    #expect(bench.awaited("await sleep(10s)", cell: 2) == "ok")
    #expect(bench.now == 70 && bench.output.count == 70)
  }

  @Test func atAPromptTimersFireByThemselvesAndTickersAloneDoNotSpin() {
    let bench = Bench(movesClock: true)
    bench.run("every(1h) { print(\"tick\") }\nafter(2s) { print(\"two\") }")
    #expect(bench.wait { bench.notices.count == 1 })
    #expect(bench.now == 2)
    #expect(bench.output == ["tick", "two"])
    usleep(20_000)
    #expect(bench.now == 2)
  }

  @Test func aClientsRequestMovesTime() {
    let bench = Bench(movesClock: true) { $0.opening = .request }
    bench.run("route \"/slow\" { await sleep(1h)\n\"done\" }")
    let request = bench.ask("/slow")
    #expect(bench.wait { request.valueOnLoop != nil })
    #expect(request.text == "done")
    #expect(bench.now == 3_600)
  }

  @Test func whatWaitsForEverIsSettled() throws {
    let bench = Bench(movesClock: true) { $0.opening = .request }
    _ = try bench.listen()
    bench.run("route \"/block\" { deferred() }\nopen(\"/block\")", cell: 2)
    #expect(bench.wait { bench.supervisor.settle(within: .max) == .settled })
  }

  @Test func aRealTransferHoldsTimeStill() throws {
    let server = try ScriptedHTTPServer()
    server.on("/real", .text("came", after: .milliseconds(150)))
    let bench = Bench(movesClock: true)
    let shown = bench.awaited(
      "every(1s) { print(\"tick\") }\nlet r = await get(\"\(server.url("/real"))\")\n[r.text, r.elapsed]")
    #expect(shown == "[\"came\", 0s]")
    #expect(bench.output == ["tick"])
    #expect(bench.now == 0)
  }

  /// What is due at this moment needs no time to pass: it comes before the end of a transfer, as by a real clock.
  @Test func aRealTransferHoldsNothingUpThatIsDue() throws {
    let server = try ScriptedHTTPServer()
    server.on("/real", .text("came", after: .milliseconds(150)))
    let bench = Bench(movesClock: true)
    let shown = bench.awaited(
      """
      let log = []
      let first = async { await sleep(1s); log.append("asks"); await get("\(server.url("/real"))"); log.append("got") }
      async { await sleep(1s); log.append("beside"); for i in 0..<2 { await sleep(0s); log.append(i) } }
      async { await sleep(1001ms); log.append("later") }
      await first
      log
      """)
    #expect(shown == "[\"asks\", \"beside\", 0, 1, \"got\"]")
  }

  @Test(arguments: [
    // The first comes at once; that at the very end comes before the sleep ends, which began after it.
    ("every(7ms) { n += 1 }\nawait sleep(10s)", "1429"),
    ("every(5s) { n += 1 }\nawait sleep(60s)", "13"),
    ("every(5s) { n += 1 }\nawait sleep(60s)\nawait sleep(0s)", "13"),
    ("let end = sleep(60s)\nevery(5s) { n += 1 }\nawait end", "12"),
    ("every(5s) { n += 1 }\nafter(60s) { n += 1000 }\nawait sleep(60s)\nn += 0", "1013"),
    // Each takes 12 s: of the ticks that fall into it none is made up for.
    ("every(5s) { n += 1; await sleep(12s) }\nawait sleep(60s)", "5"),
    ("every(1h) { n += 1 }\nevery(1m) { n += 1000 }\nawait sleep(36h)", "2161037"),
  ])
  func oneLongWaitCrossesAsManyTicksAsInRealTime(cell: String, ticks: String) {
    let bench = Bench(movesClock: true)
    bench.run("var n = 0\nnil", cell: 1)
    #expect(bench.awaited(cell + "\nn", cell: 2) == ticks)
  }

  /// A tick counted as set when the one before had run, so that a wait which ended on a tick saw one too few.
  @Test func aTickComesBeforeWhatWasSetAfterItsTimerBegan() {
    let bench = Bench(movesClock: true)
    let cell = """
      var log = []
      let end = sleep(6s)
      every(2s) { log.append("two") }
      every(3s) { log.append("three") }
      after(2s) { after(4s) { log.append("after") } }
      await end
      log.append("end")
      await sleep(0s)
      log
      """
    #expect(
      bench.awaited(cell)
        == #"["two", "three", "two", "three", "two", "end", "two", "three", "after"]"#)
    // A run that is put back in force keeps the places of its timers.
    bench.run("var n = 0\nlet t = every(1s) { n += 1 }", cell: 2)
    bench.run("let t = every(5s) { }\nthrow \"x\"", cell: 2)
    #expect(bench.awaited("await sleep(3s)\nn", cell: 3) == "4")
  }

  @Test func equalTimesKeepTheOrderInWhichTheyWereSet() {
    let bench = Bench(movesClock: true)
    let cell = """
      var log = []
      after(4s) { log.append("a"); after(0s) { log.append("set at 4 s") } }
      every(2s) { log.append("tick") }
      after(2s) { after(2s) { log.append("c") } }
      after(4s) { log.append("b") }
      await sleep(4s)
      await sleep(0s)
      log
      """
    // The ticker was set before "b", and before "c" that is set at 2 s.
    #expect(bench.awaited(cell) == #"["tick", "tick", "a", "tick", "b", "c", "set at 4 s"]"#)
  }

  @Test func openingsAreRecordedInTheOrderOfTheirTimes() {
    let run = replay([
      (1, "listen(\"tcp:0\")"),
      (2, "route \"/<int:n>\" { await sleep(n * 1s); n }\nnil"),
      (
        3, "after(3s) { open(\"/1\") }\nafter(1s) { open(\"/10\") }\nafter(2s) { open(\"/0\") }\nopen(\"/3\")"
      ),
      (4, "await sleep(1s)"),
    ])
    #expect(
      run.lines.filter { $0.hasPrefix("open") } == [
        "open /0 200 0", "open /3 200 3", "open /1 200 1", "open /10 200 10",
      ])
    #expect(run.seconds == 11)
  }

  @Test func chanceIsTheSameEachTime() {
    let cells = [(number: 1, text: "print([random(), random(1...6), [1, 2, 3, 4, 5, 6, 7].shuffled()])")]
    #expect(replay(cells).lines == replay(cells).lines)
    #expect(replay(cells).lines.count == 2)
  }

  @Test func theDateFollowsTheClock() {
    let bench = Bench(movesClock: true)
    #expect(bench.awaited("now()") == "2026-01-01T00:00:00.000Z")
    #expect(bench.awaited("await sleep(36h)\nnow()") == "2026-01-02T12:00:00.000Z")
  }
}
