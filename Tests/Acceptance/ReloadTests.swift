import Foundation
import Glibc
import TestSupport
import Testing

/// What an edit of the file does where it is watched.
@Suite struct ReloadTests {
  private static let counter = #"var hits = 0\#nroute "/count" { hits += 1; hits }"#

  @Test func anEditRunsItsCellAndThoseThatDependOnItAndNoOther() async throws {
    try await onOwnThread {
      let before = [
        Self.counter, #"let name = "Ada""#, "7", #"let greeting = "Hello " + name"#,
        #"route "/" { greeting }"#,
      ]
      let edited = try EditedFile(before)
      #expect(try edited.text("/count") == "1")
      #expect(try edited.text("/") == "Hello Ada")
      var after = before
      after[1] = #"let name = "Grace""#
      try edited.write(after)
      try edited.told("reloaded: cells 2, 4 (depends on 2) in ")
      #expect(try edited.text("/") == "Hello Grace")
      // The other cells keep what they hold.
      #expect(try edited.text("/count") == "2")
      after.remove(at: 0)
      try edited.write("# %% 2\n\(after[0])\n# %% 4\n\(after[2])\n# %% 5\n\(after[3])\n")
      try edited.told("reloaded: 1 and 3 are gone\n")
      #expect(try edited.serving.ask("/count").status == 404)
      #expect(try edited.text("/") == "Hello Grace")
      try edited.serving.stop()
    }
  }

  /// What guards a route stays in force while an edit moves it to another cell.
  @Test func noRouteIsServedWithoutWhatSurroundsIt() async throws {
    try await onOwnThread {
      let guarding = "before { throw httpError(401) }"
      let edited = try EditedFile(["let first = 1", guarding, "route \"/\" { \"secret\" }"])
      #expect(try edited.serving.ask("/").status == 401)
      func statuses(until text: String) throws -> Set<Int> {
        var statuses: Set<Int> = []
        while !edited.serving.program.errors.contains(text) {
          statuses.insert(try edited.serving.ask("/").status)
        }
        statuses.insert(try edited.serving.ask("/").status)
        return statuses
      }
      // To a cell further down that waits, from one that has another text now.
      try edited.write(
        "# %% 1\nlet first = 1\n# %% 2\nlet second = 2\n# %% 3\nroute \"/\" { \"secret\" }\n"
          + "# %% 4\nawait sleep(700ms)\n\(guarding)\n")
      #expect(try statuses(until: "reloaded: cells 2, 4 in ") == [401])
      // To one that fails, from one that is gone: then it stays.
      try edited.write(
        "# %% 1\nlet first = 1\n# %% 2\nlet second = 2\n# %% 3\nroute \"/\" { \"secret\" }\n"
          + "# %% 5\n\(guarding)\n[1][9]\n")
      #expect(try statuses(until: "4 stays until what replaces it has run") == [401])
      try edited.serving.stop()
    }
  }

  @Test func nobodyReachesARouteBeforeTheStartHasRunAll() async throws {
    try await onOwnThread {
      let port = try UnusedPort.any()
      // The many cells take a while to be read, and the port is open by then.
      let file = try Serving.temporaryFile(
        "# %% 1\nroute \"/\" { \"secret\" }\n# %% 2\nawait sleep(700ms)\nbefore { throw httpError(401) }\n"
          + (3...200).map { "# %% \($0)\n\($0)\n" }.joined())
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "--port", "\(port)", file], environment: Serving.environment)
      var status: Int?
      while status == nil { status = try? RawHTTPClient.request(port: port, "GET", "/").status }
      #expect(status == 401)
      program.signal(SIGTERM)
      #expect(try program.waitForExit() == .code(0))
    }
  }

  /// A start that a cell keeps from its end for more than two seconds served what had run, without the guard behind it.
  @Test(arguments: [[], ["--watch"]], ["before { throw httpError(401) }", "protect()"])
  func nobodyReachesAGuardedRouteWhileACellBeforeTheGuardWaits(options: [String], guarding: String)
    async throws
  {
    try await onOwnThread {
      let port = try UnusedPort.any()
      let file = try Serving.temporaryFile(
        "# %% 1\nfunc protect() { before { throw httpError(401) } }\nroute \"/\" { \"secret\" }\n"
          + "# %% 2\nawait sleep(1h)\n# %% 3\n\(guarding)\n")
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "--port", "\(port)", file] + options, environment: Serving.environment)
      try program.wait(
        for:
          "requests are answered with 503: `before` in cell 3 has still to run, and what it guards is not served without it\n",
        in: .error)
      #expect(program.errors.contains("cell [2] has not ended"))
      #expect(try RawHTTPClient.request(port: port, "GET", "/").status == 503)
      program.signal(SIGTERM)
      #expect(try program.waitForExit() == .code(0))
    }
  }

  /// What has no guard to come is served beside a cell that waits, perhaps for a request.
  @Test func aCellThatWaitsKeepsNothingElseFromBeingServed() async throws {
    try await onOwnThread {
      let edited = try EditedFile(["let d = deferred()\nroute \"/go\" { d.resolve(1); 1 }", "await d", "7"])
      #expect(try edited.text("/go") == "1")
      try edited.serving.stop()
    }
  }

  /// The guard's number had gone to another text, and the cell that was to have it failed.
  @Test func aGuardThatFailsInItsNewCellIsMissed() async throws {
    try await onOwnThread {
      let guarding = "before { throw httpError(401) }"
      let edited = try EditedFile(["let first = 1", guarding, "route \"/\" { \"secret\" }"])
      #expect(try edited.serving.ask("/").status == 401)
      let start = ["let first = 1", "let second = 2", "route \"/\" { \"secret\" }"]
      try edited.write(start + ["\(guarding)\n[1][9]"])
      try edited.told("requests are answered with 503: `before` in cell 4 has still to run")
      #expect(try edited.serving.ask("/").status == 503)
      // Also after an edit of something else.
      try edited.write(["let first = 3"] + start.dropFirst() + ["\(guarding)\n[1][9]"])
      try edited.told("requests are answered with 503: `before` in cell 4 has still to run", times: 2)
      #expect(try edited.serving.ask("/").status == 503)
      try edited.write(start + [guarding])
      try edited.told("reloaded: cell")
      #expect(try edited.serving.ask("/").status == 401)
      // Whoever takes the guard out has no guard; one that is new and fails leaves what is served.
      try edited.write(start)
      try edited.told("4 is gone")
      #expect(try edited.text("/") == "secret")
      try edited.write(start + ["\(guarding)\n[1][9]"])
      try edited.told("4 failed, and nothing of it is served", times: 3)
      #expect(try edited.text("/") == "secret")
      try edited.serving.stop()
    }
  }

  /// A session holds the user that the file had when somebody logged in; one of a name is kept.
  @Test func aRoleThatTheFileTakesAwayIsGoneInSessionsToo() async throws {
    try await onOwnThread {
      func cells(_ role: String, _ promotion: String) -> [String] {
        [
          "let users = [[\"name\": \"ann\", \"role\": \"\(role)\"]]", "let sessions = [:]\nlet seen = [:]",
          """
          route "/login" {
            let u = users.first { $0.name == "ann" }
            sessions["t"] = u
            seen["t"] = u.name
            "in"
          }
          """,
          """
          group "/admin" {
            before { if sessions["t"]?.role != "admin" { throw httpError(403) } }
            route "/" { "secret" }
          }
          """, promotion,
        ]
      }
      let edited = try EditedFile(cells("user", "users[0].role = \"admin\""))
      #expect(try edited.text("/login") == "in" && edited.serving.ask("/admin").status == 200)
      try edited.write(cells("user", "1"))
      try edited.told("reloaded: cells 1 (anew, for a guard), 2 (anew, for a guard), 5 in ")
      #expect(try edited.serving.ask("/admin").status == 403)
      try edited.write(cells("admin", "1"))
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/login") == "in" && edited.serving.ask("/admin").status == 200)
      try edited.write(cells("none", "1"))
      try edited.told("reloaded: cells 1, 2 (anew, for a guard) in ")
      #expect(try edited.serving.ask("/admin").status == 403)
      try edited.serving.stop()
    }
  }

  /// A cell that has run well without a guard, and fails with one.
  @Test func aGuardThatFailsInACellThatWasThereIsMissed() async throws {
    try await onOwnThread {
      let guarding = "before { throw httpError(401) }"
      let edited = try EditedFile(["let first = 1", guarding, "route \"/\" { \"secret\" }"])
      #expect(try edited.serving.ask("/").status == 401)
      try edited.write(["\(guarding)\n[1][9]", "let second = 2", "route \"/\" { \"secret\" }"])
      try edited.told("requests are answered with 503: `before` in cell 1 has still to run")
      #expect(try edited.serving.ask("/").status == 503)
      try edited.write([guarding, "let second = 2", "route \"/\" { \"secret\" }"])
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.serving.ask("/").status == 401)
      try edited.serving.stop()
    }
  }

  /// A cell that has a guard already gets another one, and fails.
  @Test func aGuardThatFailsBesideAnotherIsMissed() async throws {
    try await onOwnThread {
      let (other, guarding) = ("before { request.state.x = 1; nil }", "before { throw httpError(401) }")
      let edited = try EditedFile([other, "route \"/\" { \"secret\" }", guarding])
      #expect(try edited.serving.ask("/").status == 401)
      try edited.write(["\(other)\n\(guarding)\nthrow \"late\"", "route \"/\" { \"secret\" }", "1"])
      try edited.told("requests are answered with 503: `before` in cell 1 has still to run")
      #expect(try edited.serving.ask("/").status == 503)
      // What has failed and is no guard keeps nobody out.
      try edited.write(["\(other)\n\(guarding)", "route \"/\" { \"secret\" }", "[1][9]"])
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.serving.ask("/").status == 401)
      try edited.serving.stop()
      // A log of an outage has a line for each.
      #expect(edited.serving.program.output.contains("path=/ status=503"))
    }
  }

  /// Its cell has another guard now, and the cell that is to have it fails.
  @Test(arguments: ["before { nil }", "func other() { before { nil } }\nother()"])
  func aGuardInWhosePlaceThereIsAnotherIsMissed(other: String) async throws {
    try await onOwnThread {
      let (route, guarding) = ("route \"/\" { \"secret\" }", "before { throw httpError(401) }")
      let edited = try EditedFile([guarding, route])
      #expect(try edited.serving.ask("/").status == 401)
      try edited.write([other, route, "\(guarding)\nthrow \"late\""])
      try edited.told("requests are answered with 503: `before` in cell 3 has still to run")
      #expect(try edited.serving.ask("/").status == 503)
      try edited.write([other, route, guarding])
      try edited.told("reloaded: cell 3 in ")
      #expect(try edited.serving.ask("/").status == 401)
      try edited.serving.stop()
    }
  }

  /// A route went to another cell while its own failed, and was nobody's when the edit was taken back.
  @Test func aBrokenEditThatIsTakenBackLeavesAllAsItWas() async throws {
    try await onOwnThread {
      let cells = ["1", "route \"/\" { \"new\" }", "3"]
      let edited = try EditedFile(cells)
      #expect(try edited.text("/") == "new")
      try edited.write(["route \"/\" { \"old\" }", "throw \"x\""] + cells.dropFirst(2))
      try edited.told("2 failed, and what it served before goes on")
      #expect(try edited.text("/") == "new")
      try edited.write(cells)
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/") == "new")
      // While the cell waits.
      try edited.write(["route \"/\" { \"old\" }", "await sleep(1h)"] + cells.dropFirst(2))
      try edited.told("cell [2] has not ended")
      #expect(try edited.text("/") == "new")
      try edited.write(cells)
      try edited.told("reloaded: cell 1 in ", times: 2)
      #expect(try edited.text("/") == "new")
      try edited.serving.stop()
    }
  }

  /// A cell above declares the same routes and names, and had them while the later one failed, or waited.
  @Test func ofCellsThatDeclareTheSameTheLastHasItAlsoWhereItsEditFails() async throws {
    try await onOwnThread {
      let last = "let answer = \"last\"\nroute \"/\" { \"last\" }\nif true { route \"/b\" { \"last\" } }"
      let cells = [
        "let answer = \"first\"\nroute \"/\" { \"first\" }\nroute \"/b\" { \"first\" }\nroute \"/name\" { answer }",
        last,
      ]
      let edited = try EditedFile(cells)
      func answers() throws -> [String] { try ["/", "/b", "/name"].map { try edited.text($0) } }
      #expect(try answers() == ["last", "last", "last"])
      // Where it fails at once and declares nothing any more, and where it does at its end.
      for (times, text) in ["[1][9]", "\(last)\n[1][9]"].enumerated() {
        try edited.write([cells[0], text])
        try edited.told("2 failed, and what it served before goes on", times: times + 1)
        #expect(try answers() == ["last", "last", "last"])
      }
      // Where the first runs as well.
      try edited.write([cells[0] + "\nnil", "[1][9]"])
      try edited.told("2 failed, and what it served before goes on", times: 3)
      #expect(try answers() == ["last", "last", "last"])
      // What it lets go of is the first one's, though that does not run again.
      try edited.write([cells[0] + "\nnil", "let answer = \"last\"\nroute \"/\" { \"last\" }"])
      try edited.told("reloaded: cell 2 in ")
      #expect(try answers() == ["last", "first", "last"])
      try edited.write([cells[0] + "\nnil", "nil"])
      try edited.told("reloaded: cells 1, 2 in ")
      #expect(try answers() == ["first", "first", "first"])
      try edited.serving.stop()
    }
  }

  /// At a start nothing was served before, and what a cell above declares may lack a check.
  @Test func ofWhatALaterCellIsToDeclareNothingIsServedBeforeItHasRun() async throws {
    try await onOwnThread {
      let first = "func isAllowed() { true }\nroute \"/a\" { \"open\" }\nonError { \"none\" }"
      let handler =
        "route \"/s\" { if !isAllowed() { throw httpError(401) }\n\"secret\" }\nroute \"/e\" { throw 1 }\nroute \"/ok\" { 1 }"
      let last = "func isAllowed() { false }\nroute \"/a\" { throw httpError(401) }\nonError { \"last\" }"
      let edited = try EditedFile([first, "let x = isAllowed()", handler, "\(last)\n[1][9]"])
      #expect(try edited.text("/ok") == "1")
      #expect(!edited.serving.program.errors.contains("is not defined yet"))
      #expect(try edited.serving.ask("/s").status == 503)
      #expect(try edited.serving.ask("/a").status == 404)
      #expect(try edited.serving.ask("/e").text.contains("none") == false)
      try edited.write([first, "let x = isAllowed()", handler, last])
      try edited.told("reloaded: cells 1, 2 (depends on 4), 4 in ")
      #expect(try edited.text("/s") == "last" && edited.text("/a") == "last" && edited.text("/e") == "last")
      // Where it does not declare them any more, they are those of the other.
      let other = try EditedFile([first, handler, "\(last)\n[1][9]"])
      try other.write([first, handler, "7"])
      try other.told("reloaded: cell")
      #expect(try other.text("/s") == "secret" && other.text("/a") == "open" && other.text("/e") == "none")
      try edited.serving.stop()
      try other.serving.stop()
    }
  }

  /// The guard that was kept was a function's, which the first edit had taken away.
  @Test func aGuardOfAFunctionIsMissedAfterTwoEditsThatFail() async throws {
    try await onOwnThread {
      let (route, guarding) = ("route \"/\" { \"secret\" }", "before { throw httpError(401) }")
      let edited = try EditedFile(["func p() { \(guarding) }", route, "p()"])
      #expect(try edited.serving.ask("/").status == 401)
      try edited.write("# %% 2\n\(route)\n# %% 4\n\(guarding)\nthrow \"late\"\n")
      try edited.told("4 failed, and nothing of it is served")
      try edited.write("# %% 2\n\(route)\n# %% 5\n\(guarding)\nthrow \"late\"\n")
      try edited.told("5 failed, and nothing of it is served")
      let status = try edited.serving.ask("/").status
      #expect(status == 401 || status == 503)
      try edited.serving.stop()
    }
  }

  /// What a cell with a typo declares is not known: it may be a guard.
  @Test(arguments: ["before { throw httpError(401 }", "before({ throw httpError(401) })"])
  func aStartWithAGuardThatCannotBeReadServesNothing(guarding: String) async throws {
    try await onOwnThread {
      let port = try UnusedPort.any()
      let cells = ["route \"/\" { \"secret\" }", guarding]
      let file = try Serving.temporaryFile(EditedFile.file(cells))
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "--watch", "--port", "\(port)", file], environment: Serving.environment
      )
      try program.wait(for: "requests are answered with 503: `before` in cell 2 has still to run", in: .error)
      #expect(try RawHTTPClient.request(port: port, "GET", "/").status == 503)
      try EditedFile.file([cells[0], "before { throw httpError(401) }"])
        .write(toFile: file, atomically: true, encoding: .utf8)
      try program.wait(for: "reloaded: cell 2 in ", in: .error)
      #expect(try RawHTTPClient.request(port: port, "GET", "/").status == 401)
      program.signal(SIGTERM)
      #expect(try program.waitForExit() == .code(0))
    }
  }

  /// The requests that waited for a guard were let in by the signal that ends the program.
  @Test func whoWaitsForAGuardIsNotLetInAtTheEnd() async throws {
    try await onOwnThread {
      let port = try UnusedPort.any()
      let file = try Serving.temporaryFile(
        "# %% 1\nroute \"/\" { \"secret\" }\nprint(\"here\")\n# %% 2\nawait sleep(1h)\n# %% 3\nbefore { throw httpError(401) }\n"
      )
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "--port", "\(port)", file], environment: Serving.environment)
      try program.wait(for: "here")
      let client = try RawHTTPClient(port: port)
      try client.sendRequest("GET", "/")
      usleep(300_000)
      program.signal(SIGTERM)
      let response = try client.readResponse()
      #expect(response.status == 503)
      #expect(response.text.contains("the notebook is being stopped"))
      #expect(try program.waitForExit() == .code(0))
    }
  }

  @Test func anEditIsSeenHoweverItIsWritten() async throws {
    try await onOwnThread {
      let edited = try EditedFile([#"route "/" { 1 }"#])
      // In place, in two steps: what is half written when it is looked at is not taken.
      let text = EditedFile.file([#"route "/" { 2 }"#, #"route "/two" { 2 }"#])
      try edited.write(String(text.prefix(20)), atomically: false)
      try edited.write("", atomically: false)
      try edited.write(text, atomically: false)
      try edited.told("reloaded: cells 1, 2 in ")
      #expect(try edited.text("/two") == "2")
      // Away, and then there again.
      unlink(edited.path)
      try edited.write(EditedFile.file([#"route "/" { 3 }"#, #"route "/two" { 2 }"#]), atomically: false)
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/") == "3")
      // A link that leads to another file.
      let other = try Serving.temporaryFile(EditedFile.file([#"route "/" { 4 }"#, #"route "/two" { 2 }"#]))
      unlink(edited.path)
      symlink(other, edited.path)
      try edited.told("reloaded: cell 1 in ", times: 2)
      #expect(try edited.text("/") == "4")
      try edited.serving.stop()
      #expect(!edited.serving.program.errors.contains("gone"))
    }
  }

  @Test func aChangeOfTextOutputsAndOrderRunsNothing() async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.counter, "1 + 1"])
      #expect(try edited.text("/count") == "1")
      try edited.write("# %% 2\n1 + 1\n#> 2\n# %% [markdown]\n# # A title\n# %% 1 a title\n\(Self.counter)\n")
      try edited.told("reloaded: no code has changed\n")
      #expect(try edited.text("/count") == "2")
      try edited.serving.stop()
    }
  }

  @Test func cellsWithoutNumbersAreKnownByTheirText() async throws {
    try await onOwnThread {
      let edited = try EditedFile([])
      try edited.write("# %%\n\(Self.counter)\n# %%\nroute \"/\" { 1 }\n")
      try edited.told("reloaded: cells 1, 2 in ")
      #expect(try edited.text("/count") == "1")
      try edited.write("# %%\nroute \"/new\" { 3 }\n# %%\n\(Self.counter)\n# %%\nroute \"/\" { 2 }\n")
      try edited.told("reloaded: cells 3, 2 in ")
      #expect(try edited.text("/count") == "2")
      #expect(try edited.text("/") == "2")
      #expect(try edited.text("/new") == "3")
      // Where such a cell stands is told when it fails.
      try edited.write("# %%\n1 / 0\n# %%\n\(Self.counter)\n# %%\nroute \"/\" { 2 }\n")
      try edited.told("cell [3] begins at \(edited.path):2\n")
      try edited.told(
        "not reloaded: 3 failed, and what it served before goes on; the next change tries again\n")
      #expect(try edited.text("/new") == "3")
      try edited.serving.stop()
    }
  }

  @Test func aJupyterNotebookIsWatchedToo() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      func notebook(_ text: String) -> String {
        #"{"cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": "\#(text)"}],"#
          + #" "metadata": {}, "nbformat": 4, "nbformat_minor": 4}"#
      }
      folder.write(notebook(#"route \"/\" { 1 }"#), to: "a.ipynb")
      let serving = try Serving.start(folder.path + "/a.ipynb", ["--watch"])
      #expect(try serving.ask("/").text == "1")
      folder.write(notebook(#"route \"/\" { 2 }"#), to: "a.ipynb")
      try serving.program.wait(for: "reloaded: cell 1 in ", in: .error)
      #expect(try serving.ask("/").text == "2")
      try serving.stop()
    }
  }

  // MARK: Edits that are wrong

  @Test func aFileThatCannotBeReadIsToldAndLeavesWhatIsServed() async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.counter])
      #expect(try edited.text("/count") == "1")
      try edited.write("# %% 1\n\(Self.counter)\n# %% 1\n7\n")
      try edited.told("\(edited.path), line 4: there is a cell 1 already")
      try edited.told("not reloaded: what was served before goes on\n")
      #expect(try edited.text("/count") == "2")
      unlink(edited.path)
      try edited.told("\(edited.path): there is no such file")
      #expect(try edited.text("/count") == "3")
      try edited.write([Self.counter, "8"])
      try edited.told("reloaded: cell 2 in ")
      #expect(try edited.text("/count") == "4")
      try edited.serving.stop()
    }
  }

  @Test func aCellThatCannotBeCompiledIsToldBeforeAnythingRuns() async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.counter, #"func twice(n) { n * 2 }"#, #"route "/" { twice(2) }"#])
      try edited.write([#"route "/count" { "reset" }"#, "func twice(n) { n * ", #"route "/" { twice(2) }"#])
      try edited.told("cell [2], line 1 (\(edited.path):4)")
      try edited.told("not reloaded: what was served before goes on\n")
      #expect(try edited.text("/count") == "1")
      // What another cell needs can't go; that one is told.
      try edited.write([Self.counter, "7", #"route "/" { twice(2) }"#])
      try edited.told("not reloaded: what was served before goes on\n", times: 2)
      try edited.told("cell [3], line 1 (\(edited.path):7)")
      #expect(try edited.text("/") == "4")
      try edited.write([Self.counter, "func twice(n) { n * 3 }", #"route "/" { twice(2) }"#])
      try edited.told("reloaded: cell 2 in ")
      #expect(try edited.text("/") == "6")
      #expect(try edited.text("/count") == "2")
      try edited.serving.stop()
    }
  }

  @Test func aCellThatFailsLeavesWhatItServedAndIsTriedAgain() async throws {
    try await onOwnThread {
      let edited = try EditedFile([
        "let a = 1\nroute \"/a\" { a }", #"let b = a * 10"#, #"route "/b" { b }"#, "4",
      ])
      try edited.write([
        "let a = 2\nroute \"/a\" { -a }\n1 / 0", #"let b = a * 10"#, #"route "/b" { b }"#, "5",
      ])
      try edited.told("error: division by zero")
      try edited.told(
        "; 1 failed, and what it served before goes on; 2, which depends on it, was not run; the next change tries again\n"
      )
      try edited.told("reloaded: cell 4 in ")
      #expect(try edited.text("/a") == "1")
      #expect(try edited.text("/b") == "10")
      try edited.write(["let a = 2\nroute \"/a\" { -a }", #"let b = a * 10"#, #"route "/b" { b }"#, "5"])
      try edited.told("reloaded: cells 1, 2 (depends on 1) in ")
      #expect(try edited.text("/a") == "-2")
      #expect(try edited.text("/b") == "20")
      try edited.serving.stop()
    }
  }

  @Test func aStartThatFailsWaitsForTheEditThatMendsIt() async throws {
    try await onOwnThread {
      let edited = try EditedFile([#"route "/" { "here" }"#, "let a = 1 / 0", "a + 1", #"route "/b" { a }"#])
      // What does not need the cell is served.
      #expect(try edited.text("/") == "here")
      try edited.told(
        "not all of \(edited.path) is served: 2 failed; 3, which depends on it, was not run; "
          + "a change of the file tries again\n")
      try edited.write([#"route "/" { "here" }"#, "let a = 1", "a + 1", #"route "/b" { a }"#])
      try edited.told("reloaded: cells 2, 3 in ")
      #expect(try edited.text("/b") == "1")
      try edited.serving.stop()
    }
  }

  /// What depends on it was left out, also where that may fail as well, and it was told as if it were watched.
  @Test(arguments: [[], ["--watch"]])
  func behindACellThatMayFailTheNextOneRuns(_ options: [String]) async throws {
    try await onOwnThread {
      let mayFail = "tags=[\"raises-exception\"]"
      let text = """
        # %% 1 \(mayFail)
        let x = 5
        throw "boom"
        # %% 2 \(mayFail)
        let y = x + 1
        # %% 3
        route "/three" { "three" }
        """
      let serving = try Serving.start(cells: text, options)
      #expect(try serving.ask("/three").text == "three")
      try serving.stop()
      #expect(serving.program.errors.contains("error: boom\n  cell [1], line 2"))
      #expect(serving.program.errors.contains("cell [2], line 1"))
      #expect(!serving.program.errors.contains("not all of"))
      if !options.isEmpty { return }
      let file = try Serving.temporaryFile(text.replacing("# %% 2 \(mayFail)", with: "# %% 2"))
      let run = try Run(["serve", "--port", "0", file])
      #expect(run.exit == .code(3))
      #expect(run.errors.hasSuffix("cell [2] failed; nothing is served\n"))
    }
  }

  @Test func aStartThatWaitsForEverIsToldAndEdited() async throws {
    try await onOwnThread {
      let path = try Serving.temporaryFile(
        EditedFile.file([#"route "/" { 1 }"#, "await deferred()", #"route "/b" { 2 }"#]))
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", path, "--watch", "--port", "0"], environment: Serving.environment)
      try program.wait(for: "cell [2] has not ended; an edit of it interrupts it", in: .error)
      try program.wait(for: "serving http://127.0.0.1:", in: .error)
      try EditedFile.file([#"route "/" { 1 }"#, "2", #"route "/b" { 2 }"#])
        .write(toFile: path, atomically: true, encoding: .utf8)
      let serving = Serving(program: program, port: try Serving.port(of: program))
      try program.wait(for: "reloaded: cells 2, 3 in ", in: .error)
      #expect(try serving.ask("/b").text == "2")
      try serving.stop()
    }
  }

  @Test func aPortIsBoundThoughTheCellThatListensFails() async throws {
    try await onOwnThread {
      let edited = try EditedFile(["1 / 0\nlisten(\"tcp:0\")", #"route "/" { "here" }"#])
      #expect(try edited.text("/") == "here")
      try edited.write(["listen(\"tcp:0\")", #"route "/" { "here" }"#])
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/") == "here")
      try edited.serving.stop()
    }
  }

  @Test func whatCannotBeWatchedIsRefused() async throws {
    try await onOwnThread {
      let missing = try Run(["serve", "--watch", "--port", "0", "/nowhere/at-all.cells"])
      #expect(missing.exit == .code(2))
      #expect(missing.errors.contains("/nowhere/at-all.cells: there is no such file"))
      let stream = try Run(["serve", "--watch", "--port", "0", "-"], input: "1\n")
      #expect(stream.exit == .code(2))
      #expect(stream.errors == "standard input can be read only once; --watch needs a file\n")
    }
  }
}
