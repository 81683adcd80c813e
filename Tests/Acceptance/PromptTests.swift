import Foundation
import Synchronization
import TestSupport
import Testing

/// A person at the prompt, and browsers that go on asking.
@Suite struct PromptTests {
  private static func open(cells: String) throws -> InteractiveProgram {
    try open(try Serving.temporaryFile("# %% 1\nlisten(\"tcp:0\")\n" + cells))
  }

  private static func open(_ file: String) throws -> InteractiveProgram {
    try InteractiveProgram(file: file, environment: Serving.environment)
  }

  private static func ask(_ program: InteractiveProgram, _ target: String) throws -> RawHTTPClient.Response {
    try RawHTTPClient.request(port: program.port, "GET", target)
  }

  @Test("a restart answers who waits, and re-run all brings every route back", arguments: Tutorial.both)
  func restarts(_ tutorial: Tutorial) async throws {
    try await onOwnThread {
      let program = try Self.open(tutorial.path)
      let waiting = try RawHTTPClient(port: program.port)
      try waiting.sendRequest("GET", tutorial.block)
      #expect(try Self.ask(program, "/").text == tutorial.hello)
      try program.enter("%restart")
      let dismissed = try waiting.readResponse()
      #expect(dismissed.status == 503)
      #expect(dismissed.text == "Not now: the notebook's kernel was restarted.\n")
      for path in ["/", tutorial.count, tutorial.block, "\(tutorial.unblock)/x"] {
        #expect(try Self.ask(program, path).status == 404)
      }
      #expect(try program.enter("%rerun").contains("restarted, and ran 23 cells"))
      #expect(try Self.ask(program, "/").text == tutorial.hello)
      #expect(try Self.ask(program, tutorial.count).text == "\(tutorial.countStep)")
      #expect(try Self.ask(program, tutorial.ip).text == tutorial.from + "127.0.0.1")
      #expect(try program.leave() == .code(0))
    }
  }

  @Test func aRequestSentWhileAllCellsRunAgainWaitsForItsRoute() async throws {
    try await onOwnThread {
      let program = try Self.open(
        cells: """
          # %% 2
          await sleep(1500ms)
          # %% 3
          route "/late" { "here again" }
          """)
      #expect(try Self.ask(program, "/late").text == "here again")
      try program.begin("%rerun")
      try program.terminal.wait(for: "cell 2 of 3")
      let port = program.port
      let start = ContinuousClock.now
      let answers = try RawHTTPClient.concurrently(10) { index in
        try RawHTTPClient.request(port: port, "GET", index == 0 ? "/never" : "/late").status
      }
      #expect(answers == [404] + Array(repeating: 200, count: 9))
      #expect(ContinuousClock.now - start > .milliseconds(300))
      #expect(try program.finish().contains("restarted, and ran 3 cells"))
      #expect(try program.leave() == .code(0))
    }
  }

  @Test func aRouteIsReplacedUnderLoadAndNoRequestFails() async throws {
    try await onOwnThread {
      let program = try Self.open(cells: "# %% 2\nroute \"/\" { \"old\" }\n")
      let load = try Load(port: program.port, connections: 64, allowed: ["old", "new"])
      load.wait(forAnswers: 500)
      #expect(try program.enter("route \"/\" { \"new\" }").contains("replaces the one from [2]"))
      #expect(try Self.ask(program, "/").text == "new")
      load.wait(forAnswers: 500)
      #expect(try program.enter("%run 2").contains("replaces the one from [3]"))
      #expect(try Self.ask(program, "/").text == "old")
      load.wait(forAnswers: 500)
      for _ in 0..<5 {
        try program.enter("%run 3")
        try program.enter("%run 2")
      }
      #expect(load.stop() == [])
      #expect(try program.leave() == .code(0))
    }
  }

  @Test func aCellWithASyntaxErrorChangesNothing() async throws {
    try await onOwnThread {
      let program = try Self.open(cells: "# %% 2\nroute \"/\" { \"as before\" }\n")
      let shown = try program.enter("route \"/\" { \"changed\" }; let = 3")
      #expect(shown.contains("cell [3], line 1"))
      #expect(shown.contains("1 | route \"/\" { \"changed\" }; let = 3"))
      #expect(shown.contains("  |                              ^"))
      #expect(try Self.ask(program, "/").text == "as before")
      #expect(try program.enter("1 + 1").contains("Out[4]: 2"))
      #expect(try program.leave() == .code(0))
    }
  }

  @Test func aCellThatFailsIsUndoneWhole() async throws {
    try await onOwnThread {
      let program = try Self.open(
        cells: """
          # %% 2
          var ticks = 0
          route "/a" { "a of 2" }
          route "/b" { "b of 2" }
          route "/ticks" { ticks }
          every(100ms) { ticks += 1 }
          """)
      try program.begin(
        """
        route "/a" { "a of 3" }
        route "/b" { "b of 3" }
        route "/c" { "c of 3" }
        every(50ms) { ticks = -1000000 }
        func bad(x) { await sleep(1500ms); x.missing }
        bad(5)
        """)
      // In force while it waits.
      let end = Date().addingTimeInterval(10)
      while try Self.ask(program, "/a").text != "a of 3", Date() < end {}
      #expect(try Self.ask(program, "/c").text == "c of 3")
      let shown = try program.finish()
      #expect(shown.contains("cell [3], line 5"))
      #expect(shown.contains("5 | func bad(x) { await sleep(1500ms); x.missing }"))
      #expect(shown.contains(" |                                      ^^^^^^^"))
      #expect(try Self.ask(program, "/a").text == "a of 2")
      #expect(try Self.ask(program, "/b").text == "b of 2")
      #expect(try Self.ask(program, "/c").status == 404)
      // Assignments to other cells' variables stay; here they show that only the old timer ticks.
      let before = try #require(Int(try Self.ask(program, "/ticks").text))
      var after = before
      while after == before, Date() < end { after = Int(try Self.ask(program, "/ticks").text) ?? 0 }
      #expect(after > before)
      #expect(try program.leave() == .code(0))
    }
  }

  @Test func aCellRunAgainThatFailsLeavesItsOldTimersTicking() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        """
        # %% 1
        listen("tcp:0")
        # %% 2
        var fails = false
        var ticks = 0
        # %% 3
        route "/ticks" { ticks }
        every(50ms) { ticks += 1 }
        if fails { await sleep(100ms); throw Error("on purpose") }
        """)
      let program = try Self.open(file)
      try program.enter("fails = true")
      let shown = try program.enter("%run 3")
      #expect(shown.contains("error: on purpose"))
      #expect(shown.contains("cell [3], line 3"))
      let first = try #require(Int(try Self.ask(program, "/ticks").text))
      let end = Date().addingTimeInterval(10)
      while Int(try Self.ask(program, "/ticks").text) ?? 0 < first + 3, Date() < end {}
      #expect(Date() < end, "the timer of the run that succeeded does not tick any more")
      #expect(try program.leave() == .code(0))
    }
  }

  @Test func aCellCallsTheRouteThatItDefines() async throws {
    try await onOwnThread {
      let program = try Self.open(cells: "")
      let shown = try program.enter("route \"/six\" { await sleep(50ms); 6 }; await get(\"/six\").json * 7")
      #expect(shown.contains("Out[2]: 42"))
      #expect(try Self.ask(program, "/six").text == "6")
      #expect(try program.leave() == .code(0))
    }
  }

  @Test(
    "Ctrl-C stops a cell at once and keeps everything else",
    arguments: ["while true { 1 }", "await sleep(100s)"])
  func interrupts(_ cell: String) async throws {
    try await onOwnThread {
      let program = try Self.open(cells: "# %% 2\nvar kept = 5\nroute \"/\" { kept }\n")
      try program.begin(cell)
      // Once the cell runs, its time is shown.
      try program.terminal.wait(for: "the cell's clock") { $0.text.contains(/\[3\] \d/) }
      let start = ContinuousClock.now
      try program.interrupt()
      #expect(try program.finish().contains("interrupted"))
      // At once, as far as a busy machine lets anything happen at once; the cell would take a hundred seconds.
      #expect(ContinuousClock.now - start < .seconds(10))
      #expect(try Self.ask(program, "/").text == "5")
      #expect(try program.enter("kept + 1").contains("Out[4]: 6"))
      #expect(try program.leave() == .code(0))
    }
  }
}

/// Connections that ask one page again and again.
private final class Load: Sendable {
  private struct State {
    var isStopped = false
    var answers = 0
    var failures: [String] = []
    var threads: Int
  }
  private let state: Mutex<State>

  init(port: Int, connections: Int, allowed: Set<String>) throws {
    state = Mutex(State(threads: connections))
    for _ in 0..<connections {
      let thread = Thread { [self] in
        do {
          let client = try RawHTTPClient(port: port)
          while !state.withLock({ $0.isStopped }) {
            try client.sendRequest("GET", "/")
            let response = try client.readResponse()
            state.withLock {
              $0.answers += 1
              if response.status != 200 || !allowed.contains(response.text) {
                $0.failures.append("\(response.status) \(response.text)")
              }
            }
          }
        } catch {
          state.withLock { $0.failures.append("\(error)") }
        }
        state.withLock { $0.threads -= 1 }
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
  }

  /// Waits until so many more have come.
  func wait(forAnswers count: Int) {
    let goal = state.withLock { $0.answers } + count
    while state.withLock({ $0.answers < goal && $0.threads > 0 }) { usleep(2_000) }
  }

  /// Ends it, and gives what failed.
  func stop() -> [String] {
    state.withLock { $0.isStopped = true }
    while state.withLock({ $0.threads > 0 }) { usleep(2_000) }
    return state.withLock { $0.failures }
  }
}
