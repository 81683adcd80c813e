import TestSupport
import Testing

/// Variables that other cells, timers and visitors fill, over edits of a served file.
@Suite struct FilledVariableTests {
  private static let sessions = [
    "let sessions = [:]",
    #"route "/in/<n>" { sessions[n] = 1; after(30m) { sessions[n] = nil }; "hi" }"#,
    #"before { if request.path == "/" && sessions[request.query["s"] ?? ""] == nil { return "who?" } }"#,
    #"route "/" { "in" }"#,
  ]

  /// A timer that a handler sets for a visitor is none of the cell's.
  @Test func whoIsInStaysInThoughTheirSessionsEndByATimer() async throws {
    try await onOwnThread {
      let edited = try EditedFile(Self.sessions)
      _ = try edited.text("/in/ann")
      #expect(try edited.text("/?s=ann") == "in")
      var cells = Self.sessions
      cells[1] = cells[1].replacing("\"hi\"", with: "\"hey\"")
      try edited.write(cells)
      try edited.told("reloaded: cell 2 in")
      #expect(try edited.text("/?s=ann") == "in")
      cells[1] = "let z = [1][5]\n" + cells[1]
      try edited.write(cells)
      try edited.told("2 failed, and what it served before goes on")
      #expect(try edited.text("/?s=ann") == "in")
      try edited.serving.stop()
    }
  }

  @Test func whatATimerFillsItFillsAgain() async throws {
    try await onOwnThread {
      let cells = [
        "var rates = [:]", "every(1h) { rates[\"usd\"] = 3 }", "route \"/\" { rates[\"usd\"] }",
        "let n = rates.count\nroute \"/n\" { n }",
      ]
      let edited = try EditedFile(cells)
      #expect(try edited.text("/") == "3")
      try edited.write(["// by currency\nvar rates = [:]"] + cells.dropFirst())
      try edited.told("reloaded: cells 1, 2 (depends on 1), 4 (depends on 1) in")
      #expect(try edited.text("/") == "3" && edited.text("/n") == "1")
      try edited.serving.stop()
    }
  }

  /// One cell signs somebody up by a route of another.
  @Test func whatACellHasAskedForIsAskedForAgain() async throws {
    try await onOwnThread {
      let cells = [
        "let users = []", #"route POST "/users/<n>" { users.append(n); n }"#, "await post(\"/users/ann\")",
        "route \"/\" { users }",
      ]
      let edited = try EditedFile(cells)
      #expect(try edited.text("/") == #"["ann"]"#)
      try edited.write(["let users = [\"root\"]"] + cells.dropFirst())
      try edited.told("reloaded: cells 1, 3 (depends on 1) in")
      #expect(try edited.text("/") == #"["root","ann"]"#)
      try edited.write([
        "let users = [\"root\"]", cells[1].replacing("; n }", with: "; 1 }"), cells[2], cells[3],
      ])
      try edited.told("reloaded: cell 2 in")
      #expect(try edited.text("/") == #"["root","ann"]"#)
      try edited.serving.stop()
    }
  }

  /// A check that logs in, beside somebody who has.
  @Test func anEditOfACheckThatLogsInSignsNobodyOut() async throws {
    try await onOwnThread {
      let check = #"expect(await get("/in/test").text == "hi")"#
      let edited = try EditedFile(Self.sessions + [check])
      _ = try edited.text("/in/ann")
      #expect(try edited.text("/?s=ann") == "in")
      try edited.write(Self.sessions + ["// as a visitor\n" + check])
      try edited.told("reloaded: cell 5 in")
      try edited.told("`sessions` keeps whatever 5 had put in by requests")
      #expect(try edited.text("/?s=ann") == "in")
      // Where the variable is declared anew, the cell logs in again.
      let cells = ["// by name\n" + Self.sessions[0]] + Self.sessions.dropFirst()
      try edited.write(cells + ["// as a visitor\n" + check])
      try edited.told("reloaded: cells 1, 5 (depends on 1) in")
      #expect(try edited.text("/?s=ann") == "who?")
      #expect(try edited.text("/?s=test") == "in")
      try edited.write(cells + [check.replacing("hi", with: "ho")])
      try edited.told("not reloaded: 5 failed")
      try edited.told("tries again; `sessions` keeps whatever 5 had put in by requests")
      #expect(try edited.text("/?s=test") == "in")
      try edited.write(cells)
      try edited.told("reloaded: 5 is gone; `sessions` keeps whatever 5 had put in by requests")
      #expect(try edited.text("/?s=test") == "in")
      try edited.serving.stop()
    }
  }

  /// Of a cell that has never run well nothing is there but that.
  @Test func whomACellHasLetInThatFailsIsTold() async throws {
    try await onOwnThread {
      let edited = try EditedFile(Self.sessions)
      try edited.write(Self.sessions + [#"await get("/in/test")"# + "\nthrow 1"])
      try edited.told("5 failed, and nothing of it is served")
      try edited.told("`sessions` keeps whatever 5 had put in by requests")
      #expect(try edited.text("/?s=test") == "in")
      try edited.write(Self.sessions)
      try edited.told("reloaded: 5 is gone; `sessions` keeps whatever 5 had put in by requests")
      try edited.write(["// by name\n" + Self.sessions[0]] + Self.sessions.dropFirst())
      try edited.told("reloaded: cell 1 in")
      #expect(try edited.text("/?s=test") == "who?")
      try edited.serving.stop()
    }
  }

  /// It has come half-way.
  @Test func whomACellHasLetInThatIsStoppedIsTold() async throws {
    try await onOwnThread {
      let edited = try EditedFile(Self.sessions)
      try edited.write(Self.sessions + [#"await get("/in/test")"# + "\nawait after(1h) { 1 }"])
      while try edited.text("/?s=test") != "in" {}
      try edited.write(Self.sessions)
      try edited.told("reloaded: 5 is gone; `sessions` keeps whatever 5 had put in by requests")
      try edited.serving.stop()
    }
  }

  /// What it put into a guard's variable itself goes with it.
  @Test func ofACellThatFailsNobodyIsLetInByWhatItPutIn() async throws {
    try await onOwnThread {
      let cells = [
        "var keys = [\"a\"]", "1", "before { if !keys.contains(request.query[\"k\"]) { return \"no\" } }",
        "route \"/\" { \"in\" }",
      ]
      let edited = try EditedFile(cells)
      var next = cells
      next[1] = "func add() { keys.append(\"b\") }\nadd()\nthrow \"x\""
      try edited.write(next)
      try edited.told("2 failed")
      try edited.write(cells)
      try edited.told("reloaded:")
      while try edited.serving.ask("/").status == 503 {}
      #expect(try edited.text("/?k=a") == "in")
      #expect(try edited.text("/?k=b") == "no")
      try edited.serving.stop()
    }
  }

  private static let seed = #"await post("/items", json: ["n": "a"])"#
  private static let closing =
    #"before { if request.method == "POST" { return respond(status: 401, "no") } }"#

  /// At a start nothing is there yet of a guard further down, be it in the cell itself.
  @Test(arguments: [[seed, closing], ["\(seed)\n\(closing)", "4"]])
  func whatACellAsksForAboveAGuardItIsGivenAgain(guarded: [String]) async throws {
    try await onOwnThread {
      let cells =
        ["var items = []", #"route POST "/items" { items.append(request.json["n"]); 1 }"#]
        + guarded + ["route \"/\" { items }"]
      let edited = try EditedFile(cells)
      #expect(try edited.text("/") == #"["a"]"#)
      try edited.write(["// all\nvar items = []"] + cells.dropFirst())
      try edited.told("reloaded: cells 1, 3 (depends on 1) in")
      #expect(try edited.text("/") == #"["a"]"#)
      #expect(try edited.serving.ask("/items", method: "POST").status == 401)
      try edited.serving.stop()
    }
  }

  /// What may have changed a guard's table is undone, and that is told.
  @Test func whyATableBeginsAnewIsTold() async throws {
    try await onOwnThread {
      let sweep = "every(1h) { sessions[\"swept\"] = true }"
      let edited = try EditedFile(Self.sessions + [sweep])
      try edited.write(Self.sessions + ["// old ones\n" + sweep])
      try edited.told("reloaded: cells 1 (anew, for a guard), 5 in")
      try edited.serving.stop()
    }
  }

  /// Also where it is not the edited cell that has changed it, but one that depends on that.
  @Test func whyATableBeginsAnewForACellThatDependsOnAnEditIsTold() async throws {
    try await onOwnThread {
      let cells = Self.sessions + ["let n = \"test\"", "sessions[n] = true"]
      let edited = try EditedFile(cells)
      try edited.write(cells.map { $0.replacing("\"test\"", with: "\"bob\"") })
      try edited.told("reloaded: cells 1 (anew, for a guard), 5, 6 (depends on 5) in")
      try edited.serving.stop()
    }
  }

  /// A cell that might have changed a guard's table and has not, since it took out what was not there or keeps for later
  /// how to do it, leaves it as it is.
  @Test(arguments: [
    "sessions[n] = nil", "let undo = [{ sessions.removeAll() }]\nn", "if n == 1 { sessions[n] = 1 }",
    "n\nevery(1h) { for t in sessions.keys { if n == 1 { sessions[t] = nil } } }",
    "n\nafter(1h) { sessions.removeAll() }",
  ])
  func whatHasChangedNothingOfATableLeavesIt(text: String) async throws {
    try await onOwnThread {
      let cells = Self.sessions + ["let n = \"test\"", text]
      let edited = try EditedFile(cells)
      try edited.write(cells.map { $0.replacing("\"test\"", with: "\"bob\"") })
      try edited.told("reloaded: cells 5, 6 (depends on 5) in")
      try edited.write(Self.sessions + ["let n = \"bob\""])
      try edited.told("reloaded: 6 is gone")
      try edited.serving.stop()
    }
  }

  /// A cell below one that might change what it fills runs again where that has done so, and not where it might have.
  @Test(arguments: [
    (
      "every(1h) { items.removeAll { $0 == \"zz\" } }", "every(2h) { items.removeAll { $0 == \"zz\" } }",
      false
    ),
    ("after(1h) { items.removeAll() }", "after(2h) { items.removeAll() }", false),
    ("if items.count > 99 { items.removeFirst() }", "if items.count > 98 { items.removeFirst() }", false),
    ("if items.count > 99 { items.removeFirst() }", "if items.count > 0 { items.removeFirst() }", true),
    ("items.append(\"a\")", "items.append(\"b\")", true),
  ])
  func whoFillsAListRunsAgainForWhatHasChangedIt(first: String, second: String, hasChanged: Bool) async throws
  {
    try await onOwnThread {
      func cells(_ text: String) -> [String] {
        ["let items = [\"first\"]", text, "items.append(\"seed\")", "route \"/\" { items }"]
      }
      let edited = try EditedFile(cells(first))
      try edited.write(cells(second))
      try edited.told("reloaded: \(hasChanged ? "cells 2, 3 (depends on 2)" : "cell 2") in ")
      try edited.serving.stop()
    }
  }

  /// A counter around all routes has nothing to do with what they fill, though their requests count.
  @Test func aCounterAroundRoutesThatIsTakenOutLeavesWhatTheyFill() async throws {
    try await onOwnThread {
      let cells =
        Self.sessions + [
          "func signUp(n) { sessions[n] = 1; n }", "signUp(\"root\")",
          "var hits = 0\nafter { hits += 1; nil }",
        ]
      let edited = try EditedFile(cells)
      _ = try edited.text("/in/ann")
      try edited.write(Array(cells.dropLast()))
      try edited.told("reloaded: 7 is gone")
      #expect(try edited.text("/?s=ann") == "in")
      try edited.serving.stop()
    }
  }

  /// One that fails before it has changed anything has nothing made anew, at a start or later.
  @Test func whatFailsBeforeItChangesATableLeavesIt() async throws {
    try await onOwnThread {
      let cells = Self.sessions + ["print(\"again\")\nlet n = sessions.count"]
      let edited = try EditedFile(cells + ["expect(n == 8)\nsessions[n] = true"])
      try edited.write(cells + ["expect(n == 9)\nsessions[n] = true"])
      try edited.told("not reloaded: 6 failed")
      #expect(edited.serving.program.output.components(separatedBy: "again").count == 2)
      try edited.serving.stop()
    }
  }

  /// What a cell does beside its guard is nothing that the guard reads.
  @Test func anEditOfAGuardLeavesWhatItsCellFills() async throws {
    try await onOwnThread {
      let cells = [
        "var items = []", #"route POST "/items" { items.append(request.json["n"]); 1 }"#,
        "\(Self.seed)\nbefore { if request.method == \"PUT\" { return 1 } }",
        "route \"/\" { items }",
      ]
      let edited = try EditedFile(cells)
      #expect(
        try edited.serving.ask(
          "/items", method: "POST", headers: [("content-type", "application/json")], body: #"{"n":"b"}"#
        ).status == 200)
      var next = cells
      next[2] = cells[2].replacing("return 1", with: "return 2")
      try edited.write(next)
      try edited.told("reloaded: cell 3 in")
      #expect(try edited.text("/") == #"["a","b","a"]"#)
      next[2] += "\nthrow 1"
      try edited.write(next)
      try edited.told("3 failed, and what it served before goes on")
      #expect(try edited.serving.ask("/").status == 200)
      try edited.serving.stop()
    }
  }
}
