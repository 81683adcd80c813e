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
    #expect(bench.wait { bench.supervisor.settle() })
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
    #expect(bench.wait { bench.supervisor.settle() })
    #expect(bench.now == 7)
  }

  @Test func waitingForTheEndRunsOutTimersThatFireOnce() {
    let bench = Bench(movesClock: true) { $0.opening = .request }
    bench.run("every(5s) { print(\"tick\") }\nafter(12s) { print(\"twelve\") }\nnil")
    #expect(bench.wait { bench.supervisor.settle() })
    #expect(bench.output == ["tick", "tick", "tick", "twelve"])
    #expect(bench.now == 12)
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
    #expect(bench.wait { bench.supervisor.settle() })
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

  @Test func theDateFollowsTheClock() {
    let bench = Bench(movesClock: true)
    #expect(bench.awaited("now()") == "2026-01-01T00:00:00.000Z")
    #expect(bench.awaited("await sleep(36h)\nnow()") == "2026-01-02T12:00:00.000Z")
  }
}
