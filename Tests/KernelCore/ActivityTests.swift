import Testing

@testable import KernelCore

/// What goes on, and stopping it.
struct ActivityTests {
  private func listed(_ bench: Bench) -> [String] {
    bench.on { bench.kernel.activities() }.map { activity in
      let place = activity.cell.map { "[\($0)]" } ?? ""
      return
        "\(activity.number) \(activity.kind.rawValue) \(activity.name) \(place)\(activity.line.map { " line \($0)" } ?? "")"
        + " \(activity.age.components.seconds)s" + (activity.waitsFor.map { " for \($0)" } ?? "")
    }
  }

  @Test func eachThingIsListedOnceTheOldestFirst() {
    let bench = Bench()
    bench.run("let held = []\nroute \"/block\" { let d = deferred(); held.append(d); d }\nnil", cell: 1)
    bench.run("every(5s) { 1 }\nafter(90s) { 2 }\nnil", cell: 2)
    bench.advance(.seconds(1))
    bench.run("async {\n  await sleep(50s)\n}\nnil", cell: 3)
    let asked = bench.ask("/block")
    bench.advance(.seconds(1))
    bench.start("await deferred()", cell: 4)
    #expect(
      listed(bench) == [
        "1 timer every 5s [2] 2s", "2 timer after 1.5m [2] 2s", "3 request GET /block [1] 1s for a deferred",
        "4 fiber async [3] line 1 1s for timer 50s", "5 cell cell [4] 0s for a deferred",
      ])
    // Numbers stay, and are not given again.
    bench.run("held[0].resolve(\"done\")", cell: 5)
    #expect(asked.text == "done")
    bench.run("after(7s) { 1 }\nnil", cell: 6)
    #expect(listed(bench).map { $0.prefix(2) } == ["1 ", "2 ", "4 ", "5 ", "6 "])
  }

  @Test func eachKindCanBeStopped() {
    let bench = Bench()
    bench.run("route \"/block\" { defer { print(\"left\") }\nawait deferred() }\nnil", cell: 1)
    bench.run("every(5s) { print(\"tick\") }\nafter(9s) { print(\"never\") }\nnil", cell: 2)
    bench.run("async { defer { print(\"gone\") }\nawait sleep(50s) }\nnil", cell: 3)
    let asked = bench.ask("/block")
    let cell = bench.start("await sleep(100s)", cell: 4)
    let numbers = bench.on { bench.kernel.activities() }.map(\.number)
    #expect(numbers.count == 5)
    for number in numbers { #expect(bench.on { bench.kernel.cancel(activity: number) }) }
    for number in numbers + [99, 0, -1] { #expect(!bench.on { bench.kernel.cancel(activity: number) }) }
    #expect(asked.status == 503)
    // How long a person let it wait says nothing of the route.
    #expect(bench.on { bench.kernel.routes.infos.first }?.median == nil)
    // Nobody awaited the fiber.
    #expect(bench.failures.allSatisfy { $0.hasPrefix("error: cancelled at the prompt") })
    #expect(Shown(cell.value).text == "interrupted")
    #expect(Set(bench.output) == ["tick", "left", "gone"])
    bench.advance(.seconds(200))
    #expect(bench.output.count == 3)
    #expect(listed(bench) == [])
  }

  @Test func variablesAreListedWithTheirCells() {
    let bench = Bench()
    bench.run("var count = 2\nlet names = [\"a\"]", cell: 1)
    bench.run("func twice(n) { n * 2 }", cell: 2)
    let found = bench.on { bench.kernel.variables() }
    #expect(
      found.map { "\($0.kind) \($0.name) \($0.type) \($0.cell ?? 0)" } == [
        "var count Int 1", "let names Array 1", "function twice Function 2",
      ])
    #expect(found.prefix(2).map(\.value) == ["2", "[\"a\"]"])
  }

  @Test func aCallByHandGivesTheWholeAnswer() throws {
    let bench = Bench()
    bench.run(
      "route POST \"/echo\" { respond(request.text, status: 418, headers: [\"X-A\": request.headers[\"x-b\"]]) }\nroute \"/there\" { redirect(to: \"/\") }\nnil"
    )
    var call = PromptCall(method: "POST", url: "/echo")
    call.body = Array("hello".utf8)
    call.headers = [("X-B", "5")]
    let answer = try #require(bench.asked(call)).get()
    #expect(answer.status == 418 && answer.text == "hello" && answer.header("x-a") == "5")
    // A redirect is an answer like any other.
    #expect(try #require(bench.asked(PromptCall(method: "GET", url: "/there"))).get().status == 302)
    for (url, message) in [
      ("nowhere", "is no address to call"), ("http://127.0.0.1:1/", "GET http://127.0.0.1:1/: "),
    ] {
      guard case .failure(let error)? = bench.asked(PromptCall(method: "GET", url: url)) else {
        Issue.record("\(url) gave an answer")
        continue
      }
      #expect(error.message.contains(message))
    }
    var bad = PromptCall(method: "GET", url: "/echo")
    bad.headers = [("a b", "c")]
    #expect(throws: PromptCallError.self) { try #require(bench.asked(bad)).get() }
  }

  @Test func aCallThatIsTakenBackEndsItsHandler() {
    let bench = Bench()
    bench.run("route \"/block\" { defer { print(\"left\") }\nawait deferred() }\nnil")
    let task = bench.on { bench.kernel.ask(PromptCall(method: "GET", url: "/block")) { _ in } }
    #expect(listed(bench).count == 2)
    if let task { bench.on { bench.kernel.abandon(promptCall: task) } }
    #expect(bench.output == ["left"])
    #expect(listed(bench) == [])
  }

  @Test func aCallByHandMovesAClockThatStandsBetweenCells() throws {
    let bench = Bench(movesClock: true) { $0.holdsTimeBetweenCells = true }
    bench.run("route \"/slow\" { await sleep(3s); \"slept\" }\nnil")
    let answer = try #require(bench.asked(PromptCall(method: "GET", url: "/slow"))).get()
    #expect(answer.status == 200)
    #expect(bench.now == 3)
  }

  @Test func aRestartEndsCallsByHand() {
    let bench = Bench()
    bench.run("route \"/block\" { await deferred() }\nnil")
    let pending = Pending<Result<Answer, PromptCallError>>(bench)
    bench.on { _ = bench.kernel.ask(PromptCall(method: "GET", url: "/block")) { pending.set($0) } }
    bench.on { bench.supervisor.restart() }
    if case .failure(let error)? = pending.value {
      #expect(error.message == "the kernel was restarted")
    } else {
      Issue.record("nothing was told")
    }
  }

  @Test func theEndOfTheProgramEndsCallsByHand() throws {
    let bench = Bench()
    bench.run("route \"/block\" { await deferred() }\nnil")
    let pending = Pending<Result<Answer, PromptCallError>>(bench)
    bench.on { _ = bench.kernel.ask(PromptCall(method: "GET", url: "/block")) { pending.set($0) } }
    try bench.on { bench.supervisor.shutDown(grace: .zero) }.wait()
    let error = #expect(throws: PromptCallError.self) { try pending.value?.get() }
    #expect(error?.message == "the program ends")
  }

  @Test func requestsAreToldWhileThatIsWanted() {
    let bench = Bench()
    bench.run("route \"/\" { 1 }\nnil")
    func served() -> Int { bench.events.count { if case .served = $0 { true } else { false } } }
    bench.ask("/")
    bench.on { bench.supervisor.logsRequests = true }
    bench.ask("/")
    bench.on { bench.supervisor.restart() }
    bench.ask("/")
    bench.on { bench.supervisor.logsRequests = false }
    bench.ask("/")
    #expect(served() == 2)
  }
}

extension Bench {
  fileprivate func asked(_ call: PromptCall) -> Result<Answer, PromptCallError>? {
    let pending = Pending<Result<Answer, PromptCallError>>(self)
    on { _ = self.kernel.ask(call) { pending.set($0) } }
    _ = wait { pending.valueOnLoop != nil }
    return pending.value
  }
}
