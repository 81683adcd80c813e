import Foundation
import TestSupport
import Testing

@testable import KernelCore

struct RestartTests {
  @Test func waitingClientsGet503AndAllIsGone() {
    let bench = Bench()
    bench.run(
      """
      let x = 5
      route "/wait" { await deferred() }
      every(1s) { print("tick") }
      after(1s) { print("once") }
      x
      """)
    let waiting = (0..<3).map { _ in bench.ask("/wait") }
    let cell = bench.start("await deferred()", cell: 2)
    bench.on { bench.supervisor.restart() }
    #expect(waiting.map(\.status) == [503, 503, 503])
    #expect(waiting[0].value?.headers.first(name: "retry-after") == "1")
    #expect(cell.value?.outcome == .interrupted)
    let count = bench.output.count
    bench.advance(.seconds(5))
    #expect(bench.output.count == count)
    #expect(bench.ask("/wait").status == 404)
    #expect(bench.run("x", cell: 3).contains("not defined"))
    #expect(bench.run("_", cell: 3).contains("error"))
    #expect(bench.run("Out", cell: 3) == "[:]")
    #expect(bench.start("1").value?.executionCount == 4)
  }

  @Test func cleanupsRunWithoutWaiting() {
    let bench = Bench()
    #expect(
      bench.run(
        "func clean() { print(\"cleaned\")\nawait sleep(1s)\nprint(\"never\") }\nroute \"/wait\" { defer { clean() }\nawait deferred() }"
      ) == "ok")
    bench.ask("/wait")
    bench.on { bench.supervisor.restart() }
    bench.advance(.seconds(2))
    #expect(bench.output == ["cleaned"])
  }

  @Test func cleanupsThatSpinHaveATenthOfASecondTogether() {
    let bench = Bench()
    bench.run(
      "let gate = deferred()\nfor i in 0..<1000 { async { defer { while true { } }\nawait gate } }\nawait sleep(0s)"
    )
    bench.advance(.zero)
    #expect(bench.on { bench.kernel.machine.fiberCount } == 1_000)
    let start = Date()
    bench.on { bench.supervisor.restart() }
    let took = Date().timeIntervalSince(start)
    #expect(took >= 0.09)
    // Each of its own they would take 100 s; it is processor time that is counted, and a busy machine adds to it.
    #expect(took < 30)
  }

  @Test func whatWasToBeInterruptedDoesNotCutCleanupsShort() {
    let bench = Bench()
    bench.run(
      "let gate = deferred()\nasync { defer { var n = 0\nwhile n < 100000 { n += 1 }\nprint(n) }\nawait gate }\nawait sleep(0s)"
    )
    bench.advance(.zero)
    bench.on {
      bench.kernel.machine.interruption.request()
      bench.supervisor.restart()
    }
    #expect(bench.output == ["100000"])
  }

  @Test func completionsThatComeLateFindNobody() throws {
    let server = try ScriptedHTTPServer()
    server.on("/slow", .text("late", after: .milliseconds(100)))
    let bench = Bench { $0.isClockVirtual = false }
    bench.start("print(await get(\"\(server.url("/slow"))\").text)")
    bench.on { bench.supervisor.restart() }
    bench.start("print(await get(\"\(server.url("/slow"))\").text)")
    #expect(bench.wait { bench.output.count == 1 })
    #expect(bench.on { bench.supervisor.transfers.transfersUnderWay } == 0)
  }

  @Test func aCallsBackendNoticesTheRestart() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/silent", .silence)
    let bench = Bench { $0.isClockVirtual = false }
    bench.start("await get(\"\(server.url("/silent"))\")")
    await server.wait { $0.requests == 1 }
    bench.on { bench.supervisor.restart() }
    await server.wait { $0.hangUps == 1 }
  }

  @Test func thePortStaysBoundAndThePipelinedRequestBehindIsAnswered() throws {
    let bench = Bench { $0.isClockVirtual = false }
    let (port, url) = try bench.listen()
    bench.run("route \"/wait\" { await deferred() }", cell: 2)
    let client = try RawHTTPClient(port: port)
    try client.sendRequest("GET", "/wait")
    try client.sendRequest("GET", "/wait")
    #expect(bench.wait { bench.kernel.desk.count == 1 })
    bench.on { bench.supervisor.restart() }
    #expect(try client.readResponse().status == 503)
    #expect(try client.readResponse().status == 404)
    #expect(bench.awaited("listen(\"tcp:0\")") == url)
  }

  @Test func aRestartFromTheEndOfACellIsSafe() {
    let bench = Bench()
    let done = Box<Bool>()
    bench.on {
      bench.supervisor.run(cell: 1, text: "async { print(\"later\") }\nroute \"/r\" { 1 }") { _ in
        bench.supervisor.restart()
        done.value = true
      }
    }
    #expect(done.value == true)
    #expect(bench.ask("/r").status == 404)
    #expect(bench.run("1 + 1") == "2")
  }

  @Test func aHundredRestartsLeaveNothingBehind() {
    let bench = Bench()
    let kernels = Unchecked(WeakList())
    for _ in 0..<100 {
      bench.run(
        "route \"/r\" { await deferred() }\nlet t = every(1s) { }\nt.ticks\nafter(9s)\nawait get(\"/none\", check: false)"
      )
      bench.ask("/r")
      bench.start("await deferred()", cell: 2)
      bench.on {
        kernels.value.add(bench.kernel)
        bench.supervisor.restart()
      }
    }
    #expect(bench.on { kernels.value.aliveCount } == 0)
    #expect(bench.on { bench.clock.timerCount } == 0)
  }

  /// Bodies that come piece by piece hold much of a kernel, in both directions.
  @Test func nothingIsLeftBehindOfWhatIsReadAndWrittenAsItComes() {
    let bench = Bench { $0.isClockVirtual = false }
    let kernels = Unchecked(WeakList())
    for _ in 0..<20 {
      bench.run(
        """
        route "/s" { stream { out in
            out.write("a")
            await deferred()
          }
        }
        route POST "/in" {
          for await piece in request.chunks { nil }
        }
        let held = []
        async {
          let answer = await get("/s", stream: true)
          held.append(answer)
          for await piece in answer.chunks { held.append(piece) }
        }
        async { held.append(await get("/s", stream: true)) }
        async { await post("/in", body: stream { out in
            out.write("a")
            await deferred()
          })
        }
        nil
        """)
      bench.run("await sleep(20ms)", cell: 2)
      bench.on {
        kernels.value.add(bench.kernel)
        bench.supervisor.restart()
      }
    }
    // What ends between handlers of one process does so in later turns.
    for _ in 0..<200 where bench.on({ kernels.value.aliveCount }) > 0 { usleep(10_000) }
    #expect(bench.on { kernels.value.aliveCount } == 0)
  }

  private final class WeakList {
    private var list: [() -> Bool] = []
    func add(_ kernel: Kernel) {
      list.append { [weak kernel, weak machine = kernel.machine] in kernel != nil || machine != nil }
    }
    var aliveCount: Int { list.count { $0() } }
  }
}

struct RerunTests {
  private let cells = [
    (1, "route \"/a\" { \"a\" }"), (2, "await sleep(3s)\nroute \"/b\" { \"b\" }"), (3, "route \"/c\" { 1 }"),
  ]

  private func rerun(_ bench: Bench, _ cells: [(Int, String)]) -> (
    progress: Box<[Int]>, end: Pending<CellResult?>
  ) {
    let progress = Box<[Int]>()
    progress.value = []
    let end = Pending<CellResult?>(bench)
    bench.on {
      bench.supervisor.rerunAll(
        cells.map { (number: $0.0, text: $0.1) }, progress: { progress.value?.append($0.cell) },
        completion: { end.set($0) })
    }
    return (progress, end)
  }

  /// All cells have run and none failed.
  private func endsWell(_ end: Pending<CellResult?>) -> Bool {
    if case .some(.none) = end.value { true } else { false }
  }

  private func runAll(_ bench: Bench) {
    for (number, text) in cells { bench.start(text, cell: number) }
    bench.advance(.seconds(3))
  }

  @Test func clientsWaitForTheirRouteToComeBack() {
    let bench = Bench()
    runAll(bench)
    let (progress, end) = rerun(bench, cells)
    let held = bench.ask("/b")
    #expect(bench.get("/a") == "a")
    #expect(bench.ask("/never").status == 404)
    #expect(held.value == nil)
    bench.advance(.seconds(3))
    #expect(held.text == "b")
    #expect(progress.value == [1, 2, 3])
    #expect(endsWell(end))
  }

  /// It was asked for within the call that answered the first, when no route was there and none expected.
  @Test func aRequestBehindOneThatWasUnderWayWaitsToo() throws {
    let routes = [(1, "route \"/wait\" { await deferred() }"), (2, "route \"/b\" { \"b\" }")]
    let bench = Bench { $0.isClockVirtual = false }
    let port = try bench.listen().port
    for (number, text) in routes { bench.run(text, cell: number) }
    let client = try RawHTTPClient(port: port)
    try client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(bench.wait { bench.kernel.machine.fiberCount == 1 })
    _ = rerun(bench, routes)
    #expect(try client.readResponse().status == 503)
    #expect(try client.readResponse().text == "b")
  }

  @Test func aRouteIsNotThereBeforeItsGuardIsBack() {
    let guarded = [
      (1, "route \"/\" { \"secret\" }"), (2, "await sleep(3s)"), (3, "before { throw httpError(401) }"),
      (4, "await sleep(1s)"),
    ]
    let bench = Bench()
    for (number, text) in guarded { bench.start(text, cell: number) }
    bench.advance(.seconds(4))
    #expect(bench.ask("/").status == 401)
    let (_, end) = rerun(bench, guarded)
    let held = bench.ask("/")
    #expect(held.status == nil)
    bench.advance(.seconds(3))
    #expect(bench.ask("/").status == 401)
    bench.advance(.seconds(1))
    #expect(held.status == 401)
    #expect(endsWell(end))
    // One that the cells don't declare any more is not waited for.
    _ = rerun(bench, [guarded[0]])
    #expect(bench.ask("/").status == 200)
  }

  @Test func clientsWaitFiveSecondsAtMostAndAThousandOfThem() {
    let bench = Bench()
    runAll(bench)
    _ = rerun(bench, cells)
    let held = (0..<1_000).map { _ in bench.ask("/b") }
    #expect(held.allSatisfy { $0.valueOnLoop == nil })
    #expect(bench.ask("/b").status == 503)
    held[0].disconnect()
    let next = bench.ask("/b")
    #expect(next.value == nil)
    bench.advanceHold(.seconds(4))
    #expect(next.value == nil)
    bench.advanceHold(.seconds(1))
    #expect(next.status == 503)
    #expect(next.value?.headers.first(name: "retry-after") == "5")
    #expect(held.dropFirst().allSatisfy { $0.valueOnLoop?.status == .serviceUnavailable })
    #expect(held[0].valueOnLoop == nil)
  }

  @Test func howManyClientsWaitIsConfigured() {
    let bench = Bench { $0.maxQueuedRequests = 2 }
    runAll(bench)
    _ = rerun(bench, cells)
    let held = (0..<2).map { _ in bench.ask("/b") }
    let refused = bench.ask("/b")
    #expect(refused.status == 503)
    #expect(refused.value?.headers.first(name: "retry-after") == "1")
    bench.advance(.seconds(3))
    #expect(held.map(\.text) == ["b", "b"])
  }

  @Test func callsOfTheNotebookToItselfAreNeverHeld() {
    let bench = Bench()
    runAll(bench)
    let again = [(1, "(await get(\"/b\", check: false)).status"), (2, "route \"/b\" { 1 }")]
    let (_, end) = rerun(bench, again)
    #expect(endsWell(end))
    #expect(bench.value("Out[1]") == "404")
  }

  @Test func callsOfTheNotebookToItselfOverASocketAreNeverHeldEither() throws {
    let bench = Bench { $0.isClockVirtual = false }
    _ = try bench.listen()
    bench.run("route \"/b\" { 1 }", cell: 2)
    let (_, end) = rerun(bench, [(1, "(await get(\"/b\", check: false)).status")])
    #expect(bench.wait { end.valueOnLoop != nil })
    #expect(bench.value("Out[1]") == "404")
  }

  @Test func itStopsAtTheFirstErrorAndSaysWhich() {
    let bench = Bench()
    runAll(bench)
    let held = bench.ask("/b")
    let (progress, end) = rerun(bench, [(1, "1"), (2, "throw \"no\""), (3, "route \"/b\" { 1 }")])
    #expect(held.text == "b")
    #expect(progress.value == [1, 2])
    #expect(end.value??.cell == 2)
    #expect(bench.ask("/b").status == 404)
  }

  @Test func aRestartMeanwhileEndsItAndAnswersWhoWaits() {
    let bench = Bench()
    runAll(bench)
    let (progress, end) = rerun(bench, cells)
    let held = bench.ask("/b")
    bench.on { bench.supervisor.restart() }
    #expect(held.status == 503)
    #expect(end.value??.outcome == .interrupted)
    #expect(end.value??.cell == 2)
    bench.advance(.seconds(9))
    #expect(progress.value == [1])
    #expect(bench.ask("/a").status == 404)
  }

  @Test func anotherRerunMeanwhileKeepsThoseWaitingWhoWait() {
    let bench = Bench()
    runAll(bench)
    _ = rerun(bench, cells)
    let held = bench.ask("/b")
    let (progress, end) = rerun(bench, cells)
    #expect(held.value == nil)
    bench.advance(.seconds(3))
    #expect(held.text == "b")
    #expect(progress.value == [1, 2, 3])
    #expect(endsWell(end))
  }

  @Test func anInterruptionEndsItAtItsCell() {
    let bench = Bench()
    runAll(bench)
    let (progress, end) = rerun(bench, cells)
    bench.on { bench.supervisor.interrupt() }
    #expect(progress.value == [1, 2])
    #expect(end.value??.outcome == .interrupted)
    #expect(bench.get("/a") == "a")
    #expect(bench.ask("/c").status == 404)
  }

  @Test func itGivesTheSameAsAFreshRun() {
    let text = "var n = 0\nroute \"/n\" { n += 1\nn }\nawait get(\"/n\").json"
    let bench = Bench()
    bench.run(text)
    bench.run(text)
    let (_, end) = rerun(bench, [(1, text)])
    #expect(endsWell(end))
    #expect(bench.value("Out[1]") == "1")
    #expect(bench.routes.map(\.counts) == ["any /n [1] 1 hits 0 errors"])
  }

  @Test func aRequestWaitsForARouteThatGoesFromOneCellToAnother() {
    let bench = Bench()
    bench.run(#"route "/a" { 1 }"#, cell: 1)
    bench.run(#"route "/b" { 2 }"#, cell: 2)
    bench.on { bench.supervisor.holdRoutes() }
    bench.run("1", cell: 1)
    bench.on { bench.kernel.removeEffects(of: 2) }
    let moved = bench.ask("/a")
    let gone = bench.ask("/b")
    let never = bench.ask("/c")
    #expect(moved.status == nil && gone.status == nil)
    #expect(never.status == 404)
    bench.run(#"route "/a" { 3 }"#, cell: 3)
    #expect(moved.text == "3")
    #expect(gone.status == nil)
    bench.on { bench.supervisor.releaseRoutes() }
    #expect(gone.status == 404)
    #expect(bench.ask("/b").status == 404)
  }

  @Test func aRequestForARouteThatDoesNotComeBackWaitsFiveSecondsAtMost() {
    let bench = Bench()
    bench.run(#"route "/a" { 1 }"#, cell: 1)
    bench.on { bench.supervisor.holdRoutes() }
    bench.on { bench.kernel.removeEffects(of: 1) }
    let request = bench.ask("/a")
    bench.advanceHold(.seconds(4))
    #expect(request.status == nil)
    bench.advanceHold(.seconds(1))
    #expect(request.status == 503)
  }
}
