import Fetch
import TestSupport
import Testing

@testable import KernelCore

/// Calls that try again.
struct RepeatedAttemptTests {
  // MARK: When, and how long after

  private func pauses(
    retries: Int, chance: Double, wish: Int? = nil, isWorthRepeating: Bool = true
  ) -> [Int?] {
    var attempts = RepeatedAttempts(retries: retries)
    return (0...retries).map { _ in
      attempts.note(
        .init(begun: 0, status: 503, reason: ""), isWorthRepeating: isWorthRepeating, wish: wish,
        chance: chance
      ).map { $0 / 1_000_000 }
    }
  }

  @Test func waitsDoubleUpToABoundAndHalfOfEachIsChance() {
    #expect(pauses(retries: 3, chance: 0) == [100, 200, 400, nil])
    #expect(pauses(retries: 3, chance: 0.5) == [150, 300, 600, nil])
    #expect(pauses(retries: 10, chance: 0).suffix(6) == [3_200, 5_000, 5_000, 5_000, 5_000, nil])
    #expect(pauses(retries: 0, chance: 0) == [nil])
    #expect(pauses(retries: 3, chance: 0, isWorthRepeating: false) == [nil, nil, nil, nil])
  }

  @Test func aServersWishIsHonouredWithinBounds() {
    #expect(pauses(retries: 2, chance: 0, wish: 7) == [7_000, 7_000, nil])
    #expect(pauses(retries: 2, chance: 0, wish: 60) == [60_000, 60_000, nil])
    // What is shorter than the own wait is no reason to hurry.
    #expect(pauses(retries: 2, chance: 0, wish: 0) == [100, 200, nil])
    #expect(pauses(retries: 2, chance: 0, wish: 61) == [nil, nil, nil])
    #expect(pauses(retries: 2, chance: 0, wish: .max) == [nil, nil, nil])
  }

  @Test func onlyWhatMayPassIsRepeated() {
    for status in 200...599 {
      let response = FetchResponse(
        status: status, reason: "", headers: [], body: [], url: "", elapsed: .zero)
      #expect(RepeatedAttempts.isWorthRepeating(.success(response)) == [429, 502, 503, 504].contains(status))
    }
    let passing: Set<FetchError.Kind> = [
      .connectionRefused, .unreachable, .hostNotFound, .timedOut, .connectionLost,
    ]
    for kind in FetchError.Kind.allCases {
      let result = Result<FetchResponse, FetchError>.failure(FetchError(kind: kind, message: ""))
      #expect(RepeatedAttempts.isWorthRepeating(result) == passing.contains(kind))
    }
  }

  // MARK: In a notebook

  private static let routes = """
    var calls = 0
    route "/flaky" { calls += 1
    if calls < 3 { throw httpError(503, "busy") }
    request.method }
    route "/down" { respond("no", status: 502) }
    route "/gone" { calls += 1
    throw httpError(500) }
    route "/hang" { calls += 1
    await deferred() }
    route "/later" { calls += 1
    respond("x", status: calls < 2 ? 503 : 200, headers: ["Retry-After": 30]) }
    route "/tomorrow" { respond("x", status: 503, headers: ["Retry-After": 3600]) }
    route "/to" { redirect(to: "/flaky") }

    """

  private func bench() -> Bench {
    let bench = Bench(movesClock: true)
    #expect(bench.run(Self.routes) == "ok")
    return bench
  }

  @Test(arguments: [
    ("await get(\"/flaky\", retry: 3).text", "\"GET\""),
    ("await put(\"/flaky\", body: \"x\", retry: 2).text", "\"PUT\""),
    ("await delete(\"/flaky\", retry: 2).text", "\"DELETE\""),
    ("await get(\"/to\", retry: 2).text", "\"GET\""),
    ("await get(\"/flaky\", retry: 1).catch { $0.attempts.map { $0.status } }", "[503, 503]"),
    ("await get(\"/gone\", retry: 3).catch { $0.attempts.count }", "1"),
    ("await get(\"/flaky\", retry: 1, check: false).status", "503"),
    ("await elapsed { await get(\"/later\", retry: 1) }", "30s"),
    ("await elapsed { await get(\"/tomorrow\", retry: 1, check: false) }", "0s"),
    ("await get(\"/hang\", retry: 2, timeout: 5s).catch { $0.kind }\ncalls", "3"),
    ("let r = await get(\"/later\", retry: 1)\nr.elapsed", "30s"),
  ])
  func aCallIsMadeAgainWhereThatMayHelp(text: String, expected: String) {
    #expect(bench().awaited(text, cell: 2) == expected, "\(text)")
  }

  @Test func waitsAreTheSameEachTimeUnderAVirtualClock() {
    func begun() -> String? {
      bench().awaited("await get(\"/down\", retry: 4).catch { $0.attempts.map { $0.begun } }", cell: 2)
    }
    let first = begun()
    #expect(first?.hasPrefix("[0s, ") == true)
    #expect(first == begun())
  }

  @Test func theErrorTellsOfEachAttempt() throws {
    let shown = try #require(bench().awaited("await get(\"/down\", retry: 2)", cell: 2))
    #expect(shown.contains("GET /down gave 502 Bad Gateway: no; attempts: 502, 502, 502\n"), "\(shown)")
    let hung = try #require(bench().awaited("await get(\"/hang\", retry: 1, timeout: 2s)", cell: 2))
    #expect(
      hung.contains("GET /hang: no answer within 2s; attempts: no answer within 2s, no answer within 2s\n"),
      "\(hung)")
    let later = try #require(bench().awaited("await get(\"/tomorrow\", retry: 2)", cell: 2))
    #expect(
      later.contains(
        "gave 503 Service Unavailable: x; it asks to wait 1h, longer than the 1m that a call waits"),
      "\(later)")
  }

  @Test func aCallThatIsCancelledIsNotMadeAgain() {
    let bench = Bench()
    bench.run(Self.routes)
    bench.run("let d = get(\"/gone\", retry: 3)\nlet e = get(\"/down\", retry: 3)", cell: 2)
    #expect(bench.on { bench.kernel.calls.pauseCount } == 1)
    bench.run("e.cancel()", cell: 3)
    #expect(bench.on { bench.kernel.calls.pauseCount + bench.kernel.calls.count } == 0)
    #expect(bench.on { bench.clock.timerCount } == 0)
  }

  @Test func aHandlerOfAnEarlierAttemptAnswersNobody() {
    let bench = Bench()
    bench.run(
      """
      var calls = 0
      route "/r" { calls += 1
      let mine = calls
      defer { print("end \\(mine)") }
      if mine == 1 { await deferred() }
      mine }
      """)
    let cell = bench.start("await get(\"/r\", retry: 1, timeout: 1s).text", cell: 2)
    bench.advance(.seconds(2))
    #expect(Shown(cell.value) == "\"2\"")
    #expect(bench.output == ["end 1", "end 2"])
  }

  @Test func attemptsThatLeaveTheProcessAreMadeAgainToo() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/r") { request in
      request.connection == 1
        ? .init(status: 200, body: Array("cut".utf8)).hangingUp() : .init(body: Array("whole".utf8))
    }
    let bench = Bench { $0.isClockVirtual = false }
    #expect(bench.awaited("await get(\"\(server.url("/r"))\", retry: 2).text") == "\"whole\"")
    let refused = bench.awaited("await get(\"http://127.0.0.1:1/\", retry: 1)")
    #expect(refused?.contains("; attempts: ") == true, "\(refused ?? "")")
  }

  @Test func aReplayWaitsForACallThatIsMadeAgain() {
    let bench = Bench(movesClock: true) { $0.holdsTimeBetweenCells = true }
    bench.run(Self.routes)
    bench.run("get(\"/flaky\", retry: 3).then { print($0.text) }\nnil", cell: 2)
    #expect(bench.output == [])
    bench.on { bench.kernel.settle(within: .max) }
    #expect(bench.wait { bench.kernel.isSettled })
    #expect(bench.output == ["GET"])
  }

  @Test(arguments: [
    ("post(\"/r\", retry: 1)", "a POST is not made again: what it does, it would do twice"),
    ("patch(\"/r\", retry: 1)", "a PATCH is not made again"),
    ("get(\"/r\", retry: 11)", "a call is made again 0 to 10 times, not 11"),
    ("get(\"/r\", retry: -1)", "a call is made again 0 to 10 times"),
    ("get(\"/r\", retry: true)", "must be an Int"),
  ])
  func whatIsNotMadeAgainSaysSo(text: String, message: String) {
    let shown = Bench().run(text).text
    #expect(shown.contains("error:") && shown.contains(message), "\(shown)")
  }

  @Test func noRetryIsNoneForEveryMethod() {
    let bench = bench()
    #expect(bench.awaited("await post(\"/flaky\", retry: 0, check: false).status", cell: 2) == "503")
    #expect(bench.awaited("await get(\"/down\", retry: nil, check: false).status", cell: 2) == "502")
  }
}

extension ScriptedHTTPServer.Answer {
  /// The same, cut off in the middle.
  fileprivate func hangingUp() -> Self {
    var answer = self
    answer.hangsUpAfter = 1
    return answer
  }
}
