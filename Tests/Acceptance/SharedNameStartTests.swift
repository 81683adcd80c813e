import Foundation
import TestSupport
import Testing

/// Files whose cells declare the same routes and names, served from a start: what cells do as they run is as in a replay,
/// whoever else is kept waiting.
@Suite struct SharedNameStartTests {
  struct Example: Sendable, CustomStringConvertible {
    let description: String
    let cells: [String]
    let answer: String

    init(_ description: String, _ cells: [String], _ answer: String) {
      (self.description, self.cells, self.answer) = (description, cells, answer)
    }
  }

  private static let shown = #"route "/x" { n }"#

  static let examples = [
    Example(
      "a route that reads a name",
      ["var v = 1", #"route "/own" { v }"# + "\nlet n = await get(\"/own\").text", "var v = 5", shown],
      "1"),
    Example(
      "a route that calls another",
      [
        "var v = 1\nroute \"/v\" { v }",
        #"route "/own" { (await get("/v")).text }"# + "\nlet n = await get(\"/own\").text", "var v = 5",
        shown,
      ],
      "1"),
    Example(
      "the route itself",
      [#"route "/r" { "one" }"#, #"let n = await get("/r").text"#, #"route "/r" { "two" }"#, shown], "one"),
    Example(
      "a fiber that goes on",
      ["func f() { 1 }", "let z = async { f() }", "let n = await z", "func f() { 2 }", shown], "1"),
    Example(
      "a timer",
      ["let v = 1\nvar n = 0", "every(20ms) { n = v }", "await sleep(100ms)\nlet n = n", "let v = 2", shown],
      "1"),
    Example(
      "a cell that fails as it may", ["var v = 1", "# tagged\nvar v = 2\nthrow \"x\"", "let n = v", shown],
      "1"),
    Example(
      "a cell that gives no value any more", ["5", "let n = \"\\(Out[1] ?? 0)\"", shown], "5"),
  ]

  private static func file(_ cells: [String]) -> String {
    cells.enumerated().map { place, text in
      "# %% \(place + 1)\(text.hasPrefix("# tagged") ? " tags=[\"raises-exception\"]" : "")\n\(text)\n"
    }.joined()
  }

  @Test(arguments: examples)
  func cellsFindWhatAReplayFinds(_ example: Example) async throws {
    try await onOwnThread {
      let path = try Serving.temporaryFile(Self.file(example.cells))
      let serving = try Serving.start(path, [])
      #expect(try serving.ask("/x").text == example.answer)
      try serving.stop()
    }
  }

  /// The same where they come by an edit.
  @Test(arguments: examples.filter { !$0.description.contains("route itself") })
  func cellsOfAnEditFindWhatAReplayFinds(_ example: Example) async throws {
    try await onOwnThread {
      let edited = try EditedFile(["1"])
      try edited.write(Self.file(example.cells))
      try edited.told("reloaded: cells 1, ")
      #expect(try edited.text("/x") == example.answer)
      try edited.serving.stop()
    }
  }

  /// Who asks while a start waits is told to come again.
  @Test func whatIsToComeIsUnavailableForOthers() async throws {
    try await onOwnThread {
      let port = try UnusedPort.any()
      let cells = ["var v = 1", #"route "/x" { "\(v)" }"#, "await sleep(8s)", "var v = 2"]
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "--port", "\(port)", try Serving.temporaryFile(Self.file(cells))],
        environment: Serving.environment)
      try program.wait(for: "what has run is served", in: .error)
      let early = try RawHTTPClient.request(port: port, "GET", "/x")
      #expect(
        early.status == 503
          && early.text.contains("\"v\" is not there yet: a cell that declares it has still to run"))
      program.signal(SIGTERM)
      #expect(try program.waitForExit() == .code(0))
    }
  }

  /// What went on of the cell that is replaced may change what the one above has just declared.
  @Test func aTimerThatIsReplacedLeavesNothingInAGuard() async throws {
    try await onOwnThread {
      let cells = [
        "var keys = [\"a\"]", "let n = keys.count\nawait sleep(150ms)", "every(5ms) { keys = [\"b\"] }",
        "before { if !keys.contains(request.query[\"k\"]) { throw httpError(401) } }",
        #"route "/x" { "in" }"#,
      ]
      let edited = try EditedFile(cells)
      #expect(try edited.serving.ask("/x?k=b").status == 200)
      var mended = cells
      mended[2] = "0"
      try edited.write(mended)
      try edited.told("reloaded: cells")
      #expect(try edited.serving.ask("/x?k=a").status == 200)
      #expect(try edited.serving.ask("/x?k=b").status == 401)
      try edited.serving.stop()
    }
  }

  /// What timers put into what a guard reads is there after an edit of whichever cell.
  @Test(arguments: [0, 1])
  func whatATimerPutsIntoAGuardIsThereAfterAnEdit(place: Int) async throws {
    try await onOwnThread {
      let cells = [
        "var blocked = []", "every(1h) { blocked = [\"b\"] }",
        "before { if blocked.contains(request.query[\"k\"]) { throw httpError(401) } }",
        #"route "/x" { "in" }"#,
      ]
      let edited = try EditedFile(cells)
      #expect(try edited.serving.ask("/x?k=b").status == 401)
      for times in 1...2 {
        var changed = cells
        changed[place] += "\n\(times)"
        try edited.write(changed)
        try edited.told("reloaded: cells 1", times: times)
        #expect(try edited.serving.ask("/x?k=b").status == 401)
      }
      try edited.serving.stop()
    }
  }

  /// One that has failed as it may is tried again when what it reads is another.
  @Test func aCellThatMayFailRunsAgainWhenWhatItReadsIsMended() async throws {
    try await onOwnThread {
      let tagged = "# tagged\nbefore { throw httpError(401) }\nif m > 3 { throw \"x\" }"
      func file(_ m: Int) -> String { Self.file(["let m = \(m)", tagged, #"route "/x" { "in" }"#]) }
      let edited = try EditedFile(["1"])
      try edited.write(file(5))
      try edited.told("its `before` guards nothing")
      try edited.told("reloaded: cells")
      #expect(try edited.serving.ask("/x").status == 200)
      try edited.write(file(1))
      try edited.told("reloaded: cells 1, 2 (depends on 1)")
      #expect(try edited.serving.ask("/x").status == 401)
      try edited.serving.stop()
    }
  }
}
