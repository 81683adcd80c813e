import Foundation
import Glibc
import TestSupport
import Testing

/// A file that is served and edited meanwhile, as an editor does it.
private struct Edited {
  let path: String
  let serving: Serving

  /// Serves cells, each numbered by its place.
  init(_ cells: [String], _ options: [String] = ["--watch"]) throws {
    path = try Serving.temporaryFile(Self.file(cells))
    serving = try Serving.start(path, options)
  }

  static func file(_ cells: [String]) -> String {
    cells.enumerated().map { "# %% \($0 + 1)\n\($1)\n" }.joined()
  }

  /// Writes the file anew, by default another in its place.
  func write(_ text: String, atomically: Bool = true) throws {
    try text.write(toFile: path, atomically: atomically, encoding: .utf8)
  }

  func write(_ cells: [String]) throws { try write(Self.file(cells)) }

  /// Waits for the line that says what became of an edit.
  func told(_ line: String, times: Int = 1) throws {
    try serving.program.wait(for: line, times: times, in: .error)
  }

  func text(_ target: String) throws -> String { try serving.ask(target).text }
}

/// What an edit of the file does where it is watched.
@Suite struct ReloadTests {
  private static let counter = #"var hits = 0\#nroute "/count" { hits += 1; hits }"#

  @Test func anEditRunsItsCellAndThoseThatDependOnItAndNoOther() async throws {
    try await onOwnThread {
      let before = [
        Self.counter, #"let name = "Ada""#, "7", #"let greeting = "Hello " + name"#,
        #"route "/" { greeting }"#,
      ]
      let edited = try Edited(before)
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

  @Test func anEditIsSeenHoweverItIsWritten() async throws {
    try await onOwnThread {
      let edited = try Edited([#"route "/" { 1 }"#])
      // In place, in two steps: what is half written when it is looked at is not taken.
      let text = Edited.file([#"route "/" { 2 }"#, #"route "/two" { 2 }"#])
      try edited.write(String(text.prefix(20)), atomically: false)
      try edited.write("", atomically: false)
      try edited.write(text, atomically: false)
      try edited.told("reloaded: cells 1, 2 in ")
      #expect(try edited.text("/two") == "2")
      // Away, and then there again.
      unlink(edited.path)
      try edited.write(Edited.file([#"route "/" { 3 }"#, #"route "/two" { 2 }"#]), atomically: false)
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/") == "3")
      // A link that leads to another file.
      let other = try Serving.temporaryFile(Edited.file([#"route "/" { 4 }"#, #"route "/two" { 2 }"#]))
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
      let edited = try Edited([Self.counter, "1 + 1"])
      #expect(try edited.text("/count") == "1")
      try edited.write("# %% 2\n1 + 1\n#> 2\n# %% [markdown]\n# # A title\n# %% 1 a title\n\(Self.counter)\n")
      try edited.told("reloaded: no code has changed\n")
      #expect(try edited.text("/count") == "2")
      try edited.serving.stop()
    }
  }

  @Test func cellsWithoutNumbersAreKnownByTheirText() async throws {
    try await onOwnThread {
      let edited = try Edited([])
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
      let edited = try Edited([Self.counter])
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
      let edited = try Edited([Self.counter, #"func twice(n) { n * 2 }"#, #"route "/" { twice(2) }"#])
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
      let edited = try Edited([
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
      let edited = try Edited([#"route "/" { "here" }"#, "let a = 1 / 0", "a + 1", #"route "/b" { a }"#])
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

  @Test func aStartThatWaitsForEverIsToldAndEdited() async throws {
    try await onOwnThread {
      let path = try Serving.temporaryFile(
        Edited.file([#"route "/" { 1 }"#, "await deferred()", #"route "/b" { 2 }"#]))
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", path, "--watch", "--port", "0"], environment: Serving.environment)
      try program.wait(for: "cell [2] has not ended; an edit of it interrupts it", in: .error)
      try Edited.file([#"route "/" { 1 }"#, "2", #"route "/b" { 2 }"#])
        .write(toFile: path, atomically: true, encoding: .utf8)
      let serving = Serving(program: program, port: try Serving.port(of: program))
      #expect(try serving.ask("/b").text == "2")
      try serving.stop()
    }
  }

  @Test func aPortIsBoundThoughTheCellThatListensFails() async throws {
    try await onOwnThread {
      let edited = try Edited(["1 / 0\nlisten(\"tcp:0\")", #"route "/" { "here" }"#])
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

  // MARK: Requests and cells under way

  @Test func aRequestUnderWayEndsOnTheCodeItBeganWith() async throws {
    try await onOwnThread {
      let gate =
        "let gate = deferred()\nroute \"/open\" { gate.resolve(1); \"open\" }\nvar waiting = 0\nroute \"/waiting\" { waiting }"
      let edited = try Edited([gate, #"route "/" { waiting += 1; await gate; "old" }"#])
      let client = try edited.serving.connect()
      try client.sendRequest("GET", "/")
      while try edited.text("/waiting") != "1" {}
      try edited.write([gate, #"route "/" { "new" }"#])
      try edited.told("reloaded: cell 2 in ")
      #expect(try edited.text("/") == "new")
      #expect(try edited.text("/open") == "open")
      #expect(try client.readResponse().text == "old")
      // The connection goes on with the new code.
      try client.sendRequest("GET", "/")
      #expect(try client.readResponse().text == "new")
      try edited.serving.stop()
    }
  }

  @Test func aCellThatWaitsForEverKeepsNoEditFromBeingTaken() async throws {
    try await onOwnThread {
      let edited = try Edited([#"route "/a" { 1 }"#, "let b = 1", #"route "/c" { b }"#])
      let waiting = "print(\"begun\")\nawait deferred()"
      try edited.write([#"route "/a" { 1 }"#, "let b = 2\n\(waiting)", #"route "/c" { b }"#])
      try edited.serving.program.wait(for: "begun")
      // Another edit goes on beside it.
      try edited.write([#"route "/a" { 2 }"#, "let b = 2\n\(waiting)", #"route "/c" { b }"#])
      try edited.told("reloaded: cell 1 in ")
      try edited.told("; 2 has not ended\n")
      #expect(try edited.text("/a") == "2")
      // An edit of the cell interrupts it.
      try edited.write([#"route "/a" { 2 }"#, "let b = 3", #"route "/c" { b }"#])
      try edited.told("cell [2] is interrupted: the file has changed\n")
      try edited.told("reloaded: cell 2 in ")
      #expect(try edited.text("/c") == "3")
      try edited.serving.stop()
    }
  }

  @Test func aCellThatComputesIsInterruptedByAnEditOfIt() async throws {
    try await onOwnThread {
      let edited = try Edited([#"route "/" { 1 }"#, "2"], ["--watch", "--cpu-limit", "1h"])
      try edited.write([#"route "/" { 1 }"#, "print(\"spins\")\nwhile true { }"])
      try edited.serving.program.wait(for: "spins")
      try edited.write([#"route "/" { 2 }"#, "2"])
      try edited.told("cell [2] is interrupted: the file has changed\n")
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/") == "2")
      try edited.serving.stop()
    }
  }

  // Where the server is served was asked of the loop, which answered when the cell had ended.
  @Test func aCellThatComputesKeepsNoSignalFromBeingHeard() async throws {
    try await onOwnThread {
      let edited = try Edited(["1", "2"], ["--watch", "--cpu-limit", "1h"])
      let spinning = ["1", "print(\"spins\")\nwhile true { }"]
      try edited.write(spinning)
      try edited.serving.program.wait(for: "spins")
      try edited.write(Edited.file(spinning) + "# %% [markdown]\n# # A title\n")
      try edited.told("2 has not ended\n")
      try edited.write(["1", "3"])
      try edited.told("cell [2] is interrupted: the file has changed\n")
      try edited.told("reloaded: cell 2 in ")
      try edited.write(["1", "print(\"spins again\")\nwhile true { }"])
      try edited.serving.program.wait(for: "spins again")
      edited.serving.program.signal(SIGTERM)
      #expect(try edited.serving.program.waitForExit(timeout: 5) == .code(0))
    }
  }

  @Test func editsThatComeWhileACellWaitsAreAllTaken() async throws {
    try await onOwnThread {
      let gate = "let gate = deferred()\nroute \"/open\" { gate.resolve(1); \"open\" }"
      let edited = try Edited([gate, "let b = 1", #"route "/c" { b }"#, "let d = b"])
      let slow = "print(\"begun\")\nawait gate\nlet b = 2"
      try edited.write([gate, slow, #"route "/c" { b }"#, "let d = b"])
      try edited.serving.program.wait(for: "begun")
      for number in 1...3 {
        try edited.write([
          gate, slow, #"route "/c" { b + \#(number * 100) }"#, "let d = b\nroute \"/d\" { d + \(number) }",
        ])
        try edited.told("reloaded: cell 3 in ", times: number)
      }
      // What depends on the cell waits for it.
      try edited.told("4, which depends on it, waits\n", times: 3)
      #expect(try edited.text("/open") == "open")
      try edited.told("reloaded: cells 2, 4 in ")
      #expect(try edited.text("/c") == "302")
      #expect(try edited.text("/d") == "5")
      try edited.serving.stop()
    }
  }

  @Test func aSignalEndsAReloadAtOnce() async throws {
    try await onOwnThread {
      for cell in ["await deferred()", "while true { }"] {
        let edited = try Edited(["1"], ["--watch", "--cpu-limit", "1h"])
        try edited.write(["print(\"begun\")\n\(cell)"])
        try edited.serving.program.wait(for: "begun")
        edited.serving.program.signal(SIGTERM)
        #expect(try edited.serving.program.waitForExit(timeout: 5) == .code(0))
      }
    }
  }

  @Test func noRequestFailsWhileTheFileIsEdited() async throws {
    try await onOwnThread {
      let edited = try Edited(["let a = 0", #"route "/" { a }"#, #"route "/b" { "b" }"#])
      let stop = Stop()
      let clients = (0..<8).map { number in
        Client(edited.serving, number % 2 == 0 ? "/" : "/b", until: stop)
      }
      for edit in 1...12 {
        // The route goes from one cell to another, is renumbered, and stands beside others.
        let cells = [
          "# %% 1\nlet a = \(edit)\n", "# %% \(edit % 3 == 0 ? 2 : 20 + edit)\nroute \"/\" { a }\n",
          "# %% 3\nroute \"/b\" { \"b\" }\nroute \"/c\" { \(edit) }\n",
        ]
        try edited.write((edit % 2 == 0 ? cells : cells.reversed()).joined())
        try edited.serving.program.wait(for: "reload \(edit)", in: .error) { text in
          text.ranges(of: "reloaded: cells ").count == edit ? true : nil
        }
      }
      stop.set()
      for client in clients {
        let (count, failure) = client.outcome()
        #expect(failure == nil)
        #expect(count > 10)
      }
      #expect(try edited.text("/c") == "12")
      try edited.serving.stop()
    }
  }
}

/// A client that asks for one page over and over on one connection.
private final class Client: @unchecked Sendable {
  private let ended = DispatchSemaphore(value: 0)
  // Written before `ended` is signalled.
  private var count = 0
  private var failure: String?

  init(_ serving: Serving, _ target: String, until stop: Stop) {
    let thread = Thread { [self] in
      do {
        let client = try serving.connect()
        while !stop.isSet || count <= 10 {
          try client.sendRequest("GET", target)
          let response = try client.readResponse()
          if response.status != 200 {
            failure = "\(target) gave \(response.status): \(response.text)"
            break
          }
          count += 1
        }
      } catch {
        failure = "\(error)"
      }
      ended.signal()
    }
    thread.start()
  }

  func outcome() -> (count: Int, failure: String?) {
    ended.wait()
    return (count, failure)
  }
}

private final class Stop: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false
  var isSet: Bool { lock.withLock { value } }
  func set() { lock.withLock { value = true } }
}

/// What SIGHUP does.
@Suite struct HangupTests {
  @Test(arguments: [[], ["--watch"]])
  func itReadsTheFileAgain(_ options: [String]) async throws {
    try await onOwnThread {
      let edited = try Edited(
        ["var hits = 0", #"route "/" { hits += 1; hits }"#, #"route "/x" { 1 }"#], options)
      #expect(try edited.text("/") == "1")
      try edited.write(["var hits = 0", #"route "/" { hits += 1; hits }"#, #"route "/x" { 2 }"#])
      edited.serving.program.signal(SIGHUP)
      try edited.told("reloaded: cell 3 in ")
      #expect(try edited.text("/x") == "2")
      #expect(try edited.text("/") == "2")
      edited.serving.program.signal(SIGHUP)
      try edited.told("reloaded: no code has changed\n")
      try edited.write(["var hits = ", #"route "/" { hits += 1; hits }"#])
      edited.serving.program.signal(SIGHUP)
      try edited.told("not reloaded: what was served before goes on\n")
      #expect(try edited.text("/") == "3")
      try edited.serving.stop()
    }
  }

  @Test func withoutItNothingIsReadAgain() async throws {
    try await onOwnThread {
      let edited = try Edited([#"route "/" { 1 }"#], [])
      try edited.write([#"route "/" { 2 }"#])
      #expect(try edited.text("/") == "1")
      edited.serving.program.signal(SIGHUP)
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/") == "2")
      try edited.serving.stop()
    }
  }

  @Test func whatCanBeReadOnlyOnceGoesOn() async throws {
    try await onOwnThread {
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "-", "--port", "0"], environment: Serving.environment, input: .stream)
      try program.write("route \"/\" { 1 }\n")
      program.closeInput()
      let serving = Serving(program: program, port: try Serving.port(of: program))
      program.signal(SIGHUP)
      try program.wait(for: "standard input can be read only once; what is served goes on\n", in: .error)
      #expect(try serving.ask("/").text == "1")
      try serving.stop()
    }
  }
}
