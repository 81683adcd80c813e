import Language
import Testing
import VM

@testable import KernelCore

/// Where the time of a request, a cell or a tick went, told in virtual time.
struct TraceTests {
  private func bench() -> Bench { Bench(movesClock: true) { $0.recordsTraces = true } }

  /// Each row with its place and its time; `!` marks what the end had to wait for, `…` what has not ended.
  private func rows(_ bench: Bench, _ choice: TraceChoice) -> [String] {
    guard let waterfall = bench.on({ bench.supervisor.recorder?.waterfall(choice, now: bench.clock.now) })
    else {
      return []
    }
    return waterfall.rows.map { row in
      let place = row.cell.map { "[\($0)]" } ?? ""
      let end = row.start + row.duration
      return String(repeating: "  ", count: row.depth) + row.name + " " + place
        + (row.line.map { ":\($0)" } ?? "")
        + " \(row.start.components.seconds)-\(end.components.seconds)s" + (row.isOpen ? "…" : "")
        + (row.outcome.map { " \($0)" } ?? "") + (row.pieces.contains(where: \.isCritical) ? " !" : "")
    }
  }

  private static let routes = """
    route "/sleep/<int:n>" { await sleep(n * 1s); "slept \\(n)" }
    route "/compare" {
      let one = await get("/sleep/2")
      let two = await get("/sleep/3")
      one.text + two.text
    }
    route "/faster" {
      let one = get("/sleep/2")
      let two = get("/sleep/3")
      await all([one, two])
      "done"
    }
    nil
    """

  @Test func aTraceThatHasEndedReadsTheSameLater() {
    let trace = RecordedTrace(
      .init(
        number: 1, id: .none, subject: .cell(SourceText(cell: 1, text: "")), cell: 1,
        moment: .init(time: 7, order: 0)))
    trace.spans[0].end = 9
    let (early, late) = (trace.summary(now: 10), trace.summary(now: 1_000_010))
    #expect(early.began == .nanoseconds(7) && late.began == early.began && late.duration == early.duration)
    #expect(late.age - early.age == .milliseconds(1))
  }

  @Test func callsInARowAreAllInTheWay() {
    let bench = bench()
    bench.run(Self.routes, cell: 1)
    #expect(bench.awaited("await get(\"/compare\").text", cell: 2) == "\"slept 2slept 3\"")
    #expect(
      rows(bench, .path("/compare")) == [
        "GET /compare [1] 0-5s 200",
        "  GET /sleep/2 [1]:3 0-2s 200 !", "    timer 2s [1]:1 0-2s !",
        "  GET /sleep/3 [1]:4 2-5s 200 !", "    timer 3s [1]:1 2-5s !",
      ])
    // The request is shown within the cell that made it.
    #expect(rows(bench, .last).first == "cell [2] 0-5s")
    #expect(rows(bench, .last).dropFirst().first == "  GET /compare [2]:1 0-5s 200 !")
    #expect(rows(bench, .last).count == 6)
    let critical = bench.on {
      bench.supervisor.recorder?.waterfall(.path("/compare"), now: bench.clock.now)?.critical
    }
    #expect(critical?.map(\.row) == [2, 4])
    #expect(critical?.map(\.duration) == [.seconds(2), .seconds(3)])
  }

  /// An `all` of what is there already takes a moment, and is fired by what was there.
  @Test func whatWasThereBeforeItWasWaitedForIsNotInTheWay() {
    let bench = bench()
    bench.run(
      """
      route "/early" {
        let early = sleep(1s).then { 1 }
        await sleep(3s)
        await all([early])
        await sleep(2s)
      }
      nil
      """, cell: 1)
    #expect(bench.awaited("await get(\"/early\").status", cell: 2) == "204")
    #expect(
      rows(bench, .path("/early")).filter { $0.hasSuffix("!") } == [
        "  timer 3s [1]:3 0-3s !", "  timer 2s [1]:5 3-5s !",
      ])
  }

  @Test func ofCallsAtOnceOnlyTheLongestIsInTheWay() {
    let bench = bench()
    bench.run(Self.routes, cell: 1)
    #expect(bench.awaited("await get(\"/faster\").text", cell: 2) == "\"done\"")
    #expect(
      rows(bench, .path("/faster")) == [
        "GET /faster [1] 0-3s 200",
        "  GET /sleep/2 [1]:8 0-2s 200", "    timer 2s [1]:1 0-2s",
        "  GET /sleep/3 [1]:9 0-3s 200 !", "    timer 3s [1]:1 0-3s !",
      ])
  }

  @Test func fibersAndCallbacksAreRows() {
    let bench = bench()
    bench.run(
      """
      route "/async" {
        let task = async { await sleep(5s); 1 }
        await sleep(2s)
        await task
      }
      route "/then" { after(1s).then { await sleep(2s); "late" } }
      nil
      """, cell: 1)
    _ = bench.awaited("await get(\"/async\"); await get(\"/then\").text", cell: 2)
    #expect(
      rows(bench, .path("/async")) == [
        "GET /async [1] 0-5s 200", "  async [1]:2 0-5s", "    timer 5s [1]:2 0-5s !", "  timer 2s [1]:3 0-2s",
      ])
    #expect(
      rows(bench, .path("/then")) == [
        "GET /then [1] 0-3s 200", "  timer 1s [1]:6 0-1s !", "  then [1]:6 1-3s", "    timer 2s [1]:6 1-3s !",
      ])
  }

  @Test func whoFiresADeferredIsNamed() {
    let bench = bench()
    bench.run(
      """
      let held = deferred()
      route "/block" {
        await held
      }
      route "/free" { held.resolve("free"); "done" }
      nil
      """, cell: 1)
    let asked = bench.ask("/block")
    #expect(bench.awaited("await sleep(4s); await get(\"/free\").text", cell: 2) == "\"done\"")
    #expect(asked.text == "free")
    let shown = rows(bench, .path("/block"))
    #expect(shown.count == 2)
    #expect(shown.last?.hasPrefix("  fired by trace ") == true)
    #expect(shown.last?.hasSuffix(", GET /free [1] [1]:3 0-4s !") == true)
  }

  @Test func failuresAndCancellationsAreTold() {
    let bench = bench()
    bench.run(
      """
      route "/fails" { await sleep(1s); nil + 1 }
      route "/late" { await timeout(get("/slow"), 2s) }
      route "/slow" { await sleep(100s); 1 }
      func timeout(work, limit) { work.timeout(limit) }
      nil
      """, cell: 1)
    _ = bench.awaited("await settled([get(\"/fails\"), get(\"/late\")]); 1", cell: 2)
    #expect(rows(bench, .path("/fails")).first == "GET /fails [1] 0-1s 500")
    #expect(
      rows(bench, .path("/late")) == [
        "GET /late [1] 0-2s 500",
        "  GET /slow [1]:2 0-2s cancelled", "    timer 100s [1]:3 0-2s cancelled",
        "  timer 2s [1]:4 0-2s !",
      ])
  }

  @Test func aFinallyWaitsForWhatItFollows() {
    let bench = bench()
    bench.run(
      """
      route "/" {
        let work = after(2s).then { 7 }
        await work.finally { await sleep(1s) }
      }
      nil
      """, cell: 1)
    #expect(bench.awaited("await get(\"/\").text", cell: 2) == "\"7\"")
    #expect(
      rows(bench, .path("/")) == [
        "GET / [1] 0-3s 200", "  timer 2s [1]:2 0-2s !", "  finally [1]:3 2-3s", "    timer 1s [1]:3 2-3s !",
        "  then [1]:2 2-2s",
      ])
  }

  @Test(arguments: [300, 700, 3_000])
  func whatIsInTheWayIsShownAmongThousands(count: Int) {
    let bench = bench()
    bench.run(
      """
      route "/" {
        for i in 0..<\(count) { after(1ms) }
        await sleep(2s)
        await sleep(3s)
        "done"
      }
      nil
      """, cell: 1)
    #expect(bench.awaited("await get(\"/\").text", cell: 2) == "\"done\"")
    let shown = rows(bench, .path("/"))
    let critical = shown.filter { $0.hasSuffix("!") }
    if count < TraceRecorder.traceLimit {
      #expect(critical == ["  timer 2s [1]:3 0-2s !", "  timer 3s [1]:4 2-5s !"])
    } else {
      #expect(critical == ["GET / [1] 0-5s 200 !", "  waited for more than is kept [1]:3 0-5s !"])
    }
    let waterfall = bench.on { bench.supervisor.recorder?.waterfall(.path("/"), now: bench.clock.now) }
    #expect(waterfall.map { $0.rows.count + $0.hidden } == count + (count < TraceRecorder.traceLimit ? 3 : 4))
    #expect(waterfall?.critical.isEmpty == false)
    #expect(
      waterfall?.rows.first?.pieces.contains { !$0.isWaiting && $0.end - $0.start > .seconds(1) } == false)
  }

  @Test func aPathIsFoundHoweverItIsEncoded() {
    let bench = bench()
    bench.run("route \"/caf\u{e9}\" { 1 }\nnil", cell: 1)
    #expect(bench.ask("/caf%C3%A9?q=1").text == "1")
    for path in ["/caf\u{e9}", "/caf%C3%A9", "/caf%c3%a9", "/caf%C3%A9?q=1", "/caf\u{e9}?q=1"] {
      #expect(rows(bench, .path(path)).count == 1, "\(path)")
    }
    #expect(rows(bench, .path("/cafe")).isEmpty)
    #expect(rows(bench, .path("/caf\u{e9}")).first?.contains("GET /caf\u{e9}?q=1") == true)
  }

  @Test func ticksHaveTracesThatPushNoRequestOut() {
    let bench = bench()
    bench.run(Self.routes, cell: 1)
    _ = bench.awaited("await get(\"/sleep/1\"); 1", cell: 2)
    bench.run("let beat = every(1s) { await sleep(500ms) }\nnil", cell: 3)
    _ = bench.awaited("await sleep(1000s)", cell: 4)
    #expect(rows(bench, .path("/sleep/1")).count == 2)
    let ticks = bench.on { bench.supervisor.recorder?.all.filter(\.isTick) ?? [] }
    #expect(ticks.count == TraceRecorder.asideCapacity)
    #expect(ticks.allSatisfy { $0.spans.count == 2 })
  }

  @Test func theLastAreKeptAndLongOnesLonger() {
    let bench = bench()
    bench.run("let held = deferred()\nroute \"/block\" { await held }\nroute \"/\" { 1 }\nnil", cell: 1)
    let asked = bench.ask("/block")
    for _ in 0..<(2 * TraceRecorder.capacity) { bench.ask("/") }
    let all = bench.on { bench.supervisor.recorder?.all ?? [] }
    #expect(all.count == TraceRecorder.capacity + 1)
    #expect(rows(bench, .path("/block")).first?.contains("…") == true)
    bench.run("held.resolve(1)", cell: 2)
    #expect(asked.text == "1")
    #expect(rows(bench, .path("/block")).first?.contains("…") == false)
  }

  /// Without a look at the clock for each: what runs is let run in batches, which are short.
  @Test func whatWaitedMoreOftenThanIsKeptHasWaitedAsLong() throws {
    let bench = Bench {
      $0.isClockVirtual = false
      $0.recordsTraces = true
    }
    bench.run(
      """
      func spin() { let end = now() + 1ms
          while now() < end {} }
      route "/" {
          var forth = deferred()
          var back = deferred()
          let other = async { for i in 0..<800 {
              await forth
              forth = deferred()
              if i > 700 { spin() }
              back.resolve(i)
          } }
          for i in 0..<800 {
              forth.resolve(i)
              await back
              back = deferred()
          }
          await other
          1
      }
      nil
      """, cell: 1)
    #expect(bench.ask("/").text == "1")
    let trace = try #require(bench.on { bench.supervisor.recorder?.all.last { $0.isRequest(for: "/") } })
    let wait = try #require(trace.waits.last { $0.span == 0 && $0.kind == .many })
    // For each of 99 milliseconds one of the two waited.
    #expect(trace.duration(now: 0) > 99_000_000)
    #expect((wait.end ?? 0) - wait.start > 80_000_000)
  }

  @Test func aTraceIsBounded() {
    let bench = bench()
    bench.run("route \"/\" { for i in 0..<5000 { await sleep(1ms) }\n1 }\nnil", cell: 1)
    _ = bench.awaited("await get(\"/\").text", cell: 2)
    let trace = bench.on { bench.supervisor.recorder?.all.first { $0.isRequest(for: "/") } }
    #expect((trace?.size ?? .max) <= TraceRecorder.traceLimit)
    #expect((trace?.dropped ?? 0) > 4_000)
    let waterfall = bench.on { bench.supervisor.recorder?.waterfall(.path("/"), now: bench.clock.now) }
    #expect((waterfall?.rows.count ?? 0) <= WaterfallBuilder.rowLimit + 10)
    // What stands for the waits that there was no room for is there, with most of the time.
    let rest = waterfall?.rows.first { $0.name == "waited for more than is kept" }
    #expect((rest?.duration ?? .zero) > .seconds(4))
    #expect((waterfall?.hidden ?? 0) > 0)
    #expect(waterfall?.trace.duration == .seconds(5))
  }

  /// Those that take much make room for what comes later.
  @Test(arguments: ["await sleep(1ms)", "await beat"])
  func theOldestMakesRoomForTheNewest(wait: String) {
    let bench = bench()
    bench.run(Self.routes, cell: 1)
    bench.run(
      """
      var beat = deferred()
      route "/feed" { for i in 1...450 { \(wait) } }
      nil
      """, cell: 2)
    func settle() { for _ in 1...460 { bench.run("beat.resolve(1)\nbeat = deferred()\nnil", cell: 3) } }
    if wait.contains("beat") {
      // All are under way at once.
      let asked = (0..<250).map { _ in bench.ask("/feed") }
      settle()
      #expect(asked.allSatisfy { $0.status == 204 })
    } else {
      // Each part has the patience of one.
      for _ in 1...26 {
        #expect(bench.awaited("for i in 1...10 { await get(\"/feed\") }\n1", cell: 3) == "1")
      }
    }
    for _ in 0..<3 {
      #expect(bench.awaited("await get(\"/compare\").text", cell: 4) == "\"slept 2slept 3\"")
      #expect(rows(bench, .path("/compare")).count == 5)
    }
    let all = bench.on { bench.supervisor.recorder?.all ?? [] }
    #expect(all.reduce(0) { $0 + $1.size } <= TraceRecorder.limit)
    #expect(all.count > 50)
    let feed = bench.on { bench.supervisor.recorder?.trace(.path("/feed"), now: bench.clock.now) }
    #expect(feed?.waits.isEmpty == false && feed?.isOver == true)
  }

  /// What has many spans leaves room for what has few.
  @Test func whatIsNewHasRoomBesideManyThatAreLargeAndUnderWay() {
    let bench = bench()
    bench.run(Self.routes, cell: 1)
    bench.run(
      "let held = deferred()\nroute \"/large\" { for i in 1...400 { await sleep(1ms) }\nawait held }\nnil",
      cell: 2)
    bench.run("for i in 1...150 { async { await get(\"/large\") } }\nawait sleep(2s)", cell: 3)
    bench.advance(.seconds(3))
    #expect(bench.awaited("await get(\"/compare\").text", cell: 4) == "\"slept 2slept 3\"")
    #expect(rows(bench, .path("/compare")).count == 5)
    let size = bench.on { bench.supervisor.recorder?.all.reduce(0) { $0 + $1.size } ?? 0 }
    #expect(size > 70_000 && size <= TraceRecorder.limit)
  }

  @Test func aCallThatIsNotKeptIsNotTakenForAPersons() {
    let bench = bench()
    bench.run(
      """
      route "/long" { for i in 0..<1500 { await sleep(1ms) }
        await get("/short").text }
      route "/short" { 1 }
      nil
      """, cell: 1)
    let asked = bench.ask("/long")
    #expect(bench.wait { asked.valueOnLoop != nil })
    #expect(asked.text == "1")
    #expect(rows(bench, .last).first?.hasPrefix("GET /long") == true)
    let list = bench.on { bench.supervisor.recorder?.list(limit: 10, now: bench.clock.now) }
    #expect(list?.traces.map(\.title) == ["GET /long", "cell"])
  }

  @Test func whoFiresACallbackIsNamed() {
    let bench = Bench { $0.recordsTraces = true }
    bench.run(
      """
      var held = deferred()
      route "/then" { held.then { $0 + "!" } }
      route "/await" { let text = await all([held, sleep(1s)]).then { $0[0] }
        text }
      route "/free" { held.resolve("free"); "done" }
      nil
      """, cell: 1)
    let asked = [bench.ask("/then"), bench.ask("/await")]
    bench.advance(.seconds(4))
    #expect(bench.ask("/free").text == "done")
    #expect(asked.map(\.text) == ["free!", "free"])
    let shown = rows(bench, .path("/then"))
    #expect(shown.count == 3 && shown[1].hasPrefix("  fired by trace "))
    #expect(shown.dropFirst().map { $0.drop { $0 != "," } } == [", GET /free [1] [1]:2 0-4s !", ""])
    let other = rows(bench, .path("/await"))
    #expect(
      other.contains { $0.hasPrefix("  fired by trace ") && $0.hasSuffix("GET /free [1] [1]:3 0-4s !") })
    #expect(other.contains("  timer 1s [1]:3 0-1s"))
  }

  @Test func whatIsWaitedForNowIsInTheWay() {
    let bench = Bench { $0.recordsTraces = true }
    bench.run(
      """
      let held = deferred()
      route "/sleep/<int:n>" { await sleep(n * 1s); n }
      route "/slow" {
        await get("/sleep/1")
        let task = async { await get("/sleep/20") }
        await task.timeout(50s)
      }
      route "/block" { let beside = async { await sleep(100s) }
        await held }
      nil
      """, cell: 1)
    let asked = [bench.ask("/slow"), bench.ask("/block")]
    bench.advance(.seconds(3))
    #expect(
      rows(bench, .path("/slow")) == [
        "GET /slow [1] 0-3s…", "  GET /sleep/1 [1]:4 0-1s 200 !", "    timer 1s [1]:2 0-1s !",
        "  async [1]:5 1-3s…", "    GET /sleep/20 [1]:5 1-3s… !", "      timer 20s [1]:2 1-3s… !",
        "  timer 50s [1]:6 1-3s…",
      ])
    let blocked = rows(bench, .path("/block"))
    #expect(blocked.contains("  waits for a Deferred [1]:9 0-3s… !"))
    #expect(blocked.contains("  async [1]:8 0-3s…"))
    for ask in asked { ask.disconnect() }
    #expect(rows(bench, .path("/slow")).first == "GET /slow [1] 0-3s cancelled")
    #expect(rows(bench, .path("/slow")).contains("      timer 20s [1]:2 1-3s cancelled !"))
    #expect(rows(bench, .path("/slow")).count == 7)
  }

  @Test func ofSeveralThatAreAwaitedWhatIsLeftIsInTheWay() {
    let bench = Bench { $0.recordsTraces = true }
    bench.run(
      """
      let held = deferred()
      route "/sleep/<int:n>" { await sleep(n * 1s); n }
      route "/block" { await held }
      route "/all" { await all([get("/sleep/1"), get("/block"), sleep(2s)]) }
      route "/settled" { await settled([sleep(1s), held]) }
      nil
      """, cell: 1)
    let asked = [bench.ask("/all"), bench.ask("/settled")]
    bench.advance(.seconds(3))
    #expect(
      rows(bench, .path("/all")) == [
        "GET /all [1] 0-3s…", "  GET /sleep/1 [1]:4 0-1s 200", "    timer 1s [1]:2 0-1s",
        "  GET /block [1]:4 0-3s… !", "    waits for a Deferred [1]:3 0-3s… !", "  timer 2s [1]:4 0-2s",
      ])
    #expect(
      rows(bench, .path("/settled")) == [
        "GET /settled [1] 0-3s… !", "  waits for a Deferred [1]:5 0-3s… !", "  timer 1s [1]:5 0-1s",
      ])
    for ask in asked { ask.disconnect() }
    #expect(rows(bench, .path("/all")).filter { $0.hasSuffix("!") }.count == 2)
  }

  @Test func aRedirectThatACallFollowsIsARowOfItsOwn() {
    let bench = bench()
    bench.run(
      """
      route "/there" { await sleep(2s); "there" }
      route "/here" { await sleep(1s); redirect("/there") }
      nil
      """, cell: 1)
    #expect(bench.awaited("await get(\"/here\").text", cell: 2) == "\"there\"")
    #expect(
      rows(bench, .last) == [
        "cell [2] 0-3s", "  GET /here [2]:1 0-3s 200 !", "    GET /here [1] 0-1s 302 !",
        "      timer 1s [1]:2 0-1s !", "    GET /there [1] 1-3s 200 !", "      timer 2s [1]:1 1-3s !",
      ])
  }

  @Test func whatWasBegunLastIsTheLast() {
    let bench = Bench { $0.recordsTraces = true }
    bench.run("route \"/block\" { await deferred() }\nnil", cell: 1)
    bench.ask("/block")
    #expect(rows(bench, .last).first == "GET /block [1] 0-0s…")
  }

  /// The last is not what a browser asks for an icon, and such keeps nothing silent.
  @Test func whatNoRouteAnswersLeavesATraceThatIsNotTheLast() {
    let bench = bench()
    #expect(bench.ask("/none").status == 404)
    #expect(rows(bench, .last) == ["GET /none  0-0s 404"])
    bench.run("route GET \"/a\" { 1 }\nnil", cell: 1)
    bench.ask("/a")
    #expect(bench.ask("/favicon.ico").status == 404)
    #expect(bench.ask("/a", .POST).status == 405)
    #expect(rows(bench, .last) == ["GET /a [1] 0-0s 200"])
    #expect(rows(bench, .path("/favicon.ico")) == ["GET /favicon.ico  0-0s 404"])
    let list = bench.on { bench.supervisor.recorder?.list(limit: 9, now: bench.clock.now).traces }
    #expect(list?.map(\.title).first == "POST /a")
    #expect(list?.map(\.outcome).first == "405")
    // A call of the notebook shows what it came to.
    #expect(bench.awaited("await get(\"/none\", check: false).status", cell: 2) == "404")
    #expect(rows(bench, .last) == ["cell [2] 0-0s", "  GET /none [2]:1 0-0s 404"])
  }

  /// One with a route for which requests wait.
  private func holdingBench() -> Bench {
    let bench = Bench {
      $0.recordsTraces = true
      $0.logsRequests = true
    }
    bench.run("route \"/h\" { 1 }\nnil", cell: 1)
    bench.on { bench.supervisor.holdRequests() }
    return bench
  }

  /// A tab that is closed while cells run again.
  @Test func whoLeavesBeforeAnythingRanForThemLeavesATraceAndALine() {
    let bench = holdingBench()
    let asked = bench.ask("/h")
    bench.advance(.seconds(2))
    asked.disconnect()
    #expect(asked.status == nil)
    #expect(rows(bench, .path("/h")).first == "GET /h  0-2s cancelled !")
    #expect(bench.served == ["GET /h 499 0"])
    bench.on { bench.supervisor.releaseRoutes() }
    #expect(bench.ask("/h").status == 200)
    #expect(bench.served.count == 2)
  }

  /// So does who was waiting for cells that will not come.
  @Test func whoIsHeldWhileTheKernelIsRestartedLeavesATraceAndALine() {
    let bench = holdingBench()
    let asked = bench.ask("/h")
    bench.on { bench.supervisor.restart() }
    #expect(asked.status == 503)
    #expect(rows(bench, .path("/h")).first == "GET /h  0-0s 503")
    #expect(bench.served.map { $0.prefix(10) } == ["GET /h 503"])
  }

  @Test func whatNoRouteAnswersPushesNothingOutAndIsNotTakenForThePath() {
    let bench = bench()
    bench.run("route GET \"/a\" { 1 }\nnil", cell: 1)
    bench.ask("/a")
    bench.ask("/a", .OPTIONS)
    bench.ask("/a", .POST)
    for _ in 0..<1_000 { bench.ask("/none") }
    #expect(rows(bench, .path("/a")) == ["GET /a [1] 0-0s 200"])
    #expect(rows(bench, .last) == ["GET /a [1] 0-0s 200"])
    #expect(rows(bench, .path("/none")) == ["GET /none  0-0s 404"])
    let all = bench.on { bench.supervisor.recorder?.all ?? [] }
    #expect(all.count { !$0.runsCode } == TraceRecorder.asideCapacity)
  }

  @Test func aRequestThatWasHeldSaysSo() {
    let bench = bench()
    let cells = [(1, "await sleep(2s)"), (2, "route \"/h\" { await sleep(1s); \"h\" }\nnil")]
    bench.run("route \"/h\" { 1 }\nnil", cell: 2)
    let asked = bench.on {
      bench.supervisor.rerunAll(
        cells.map { (number: $0.0, text: $0.1) }, progress: { _ in }, completion: { _ in })
      return bench.ask("/h")
    }
    _ = bench.awaited("await sleep(5s)", cell: 3)
    #expect(asked.text == "h")
    #expect(
      rows(bench, .path("/h")) == [
        "GET /h [2] 0-3s 200 !", "  held while cells ran again  0-2s !", "  timer 1s [2]:1 2-3s !",
      ])
    let critical = bench.on {
      bench.supervisor.recorder?.waterfall(.path("/h"), now: bench.clock.now)?.critical
    }
    #expect(critical?.map(\.row) == [1, 2])
  }

  @Test func ofManyTicksTheListShowsSome() {
    let bench = bench()
    bench.run("route \"/\" { 1 }\nlet beat = every(1s) { nil }\nnil", cell: 1)
    bench.ask("/")
    _ = bench.awaited("await sleep(100s)", cell: 2)
    let list = bench.on { bench.supervisor.recorder?.list(limit: 30, now: bench.clock.now) }
    #expect(list?.traces.contains { $0.title == "GET /" } == true)
    #expect(list?.traces.count { $0.title.hasPrefix("every") } == 5)
    #expect(list?.olderCount == 0)
    #expect((list?.olderTickCount ?? 0) > 90)
  }

  @Test func aRouteThatCallsItselfIsShownAndEnds() {
    let bench = bench()
    bench.run("route \"/<int:n>\" { n == 0 ? \"end\" : await get(\"/\\(n - 1)\").text }\nnil", cell: 1)
    #expect(bench.awaited("await get(\"/30\").text", cell: 2) == "\"end\"")
    let shown = rows(bench, .path("/30"))
    #expect(shown.count == 31)
  }

  @Test func nothingIsRecordedUnlessItIsWanted() {
    let bench = Bench()
    bench.run(Self.routes, cell: 1)
    #expect(bench.on { bench.supervisor.recorder == nil && bench.kernel.machine.tracer == nil })
  }

  @Test func aRestartEndsWhatWasUnderWay() {
    let bench = bench()
    bench.run("route \"/block\" { await deferred() }\nnil", cell: 1)
    let asked = bench.ask("/block")
    bench.on { bench.supervisor.restart() }
    #expect(asked.status == 503)
    #expect(rows(bench, .path("/block")).first?.contains("…") == false)
    bench.run("route \"/\" { 1 }\nnil", cell: 1)
    #expect(bench.ask("/").text == "1")
    #expect(rows(bench, .last).first == "GET / [1] 0-0s 200")
  }
}
