import Glibc
import TestSupport
import Testing

/// Edits of a file with a guard of which a cell waits: who is let in meanwhile.
@Suite struct WaitingReloadTests {
  private let users = "let users = [[\"n\": \"u\", \"tokens\": []]]"
  private let guarding = """
    group "/in" {
      before { if allowed[request.headers["x-t"] ?? ""] == nil { throw httpError(401) } }
      route "/" { "in" }
    }
    """

  /// While a cell waits that has let somebody in, by whatever way, and has still to take that back or fail.
  @Test(arguments: ["forbid(\"old\")", "throw 1"])
  func nobodyIsLetInByWhatACellTakesBack(end: String) async throws {
    try await onOwnThread {
      let cells = [
        users + """

          func allow(token) { users.first { $0.n == "u" }.tokens.append(token) }
          func forbid(token) { users.first { $0.n == "u" }.tokens.removeAll { $0 == token } }
          """,
        """
        group "/in" {
          before {
            if !users.contains({ u in u.tokens.contains(request.headers["x-t"]) }) { throw httpError(401) }
          }
          route "/" { "in" }
        }
        """,
      ]
      let edited = try EditedFile(cells)
      let waiting = "print(\"waits\")\nawait sleep(300ms)"
      try edited.write(cells + ["allow(\"old\")\n\(waiting)\n\(end)"])
      try edited.serving.program.wait(for: "waits", times: 1, in: .output)
      // It waits until the cell has ended.
      #expect(try edited.serving.ask("/in", headers: [("x-t", "old")]).status == 401)
      try edited.told(end == "throw 1" ? "3 failed, and nothing of it is served" : "reloaded: cell 3 in ")
      try edited.write(cells)
      try edited.told("3 is gone")
      // One that only reads holds nobody up for longer than it takes to see that.
      try edited.write(cells + ["let n = users.count\n\(waiting.replacing("300ms", with: "1h"))"])
      try edited.serving.program.wait(for: "waits", times: 2, in: .output)
      #expect(try edited.serving.ask("/in", headers: [("x-t", "old")]).status == 401)
      try edited.serving.stop()
    }
  }

  /// A save without a change opens nothing that an edit has closed.
  @Test(arguments: ["# %% [markdown]\n# Text\n", ""])
  func nobodyIsLetInByAnotherSaveWhileACellWaits(added: String) async throws {
    try await onOwnThread {
      let cells = [
        "let allowed = [\"ann\": 1]", guarding,
        "let asked = deferred()\nroute \"/poll\" { await asked }\nroute \"/open\" { 1 }",
      ]
      let edited = try EditedFile(cells)
      try edited.write(
        cells + ["allowed.eve = 1\nprint(\"waits\")\nawait get(\"/poll\").text\nallowed.eve = nil"])
      try edited.told("requests are answered with 503: cell 4, which a `before` uses, has still to run")
      try edited.write(try String(contentsOfFile: edited.path, encoding: .utf8) + added)
      if added.isEmpty { edited.serving.program.signal(SIGHUP) }
      try edited.told("not reloaded: 4 has not ended")
      #expect(try edited.serving.ask("/in", headers: [("x-t", "eve")]).status == 503)
      try edited.write(cells)
      try edited.told("4 is gone")
      #expect(try edited.serving.ask("/in", headers: [("x-t", "eve")]).status == 401)
      #expect(try edited.serving.ask("/in", headers: [("x-t", "ann")]).status == 200)
      try edited.serving.stop()
    }
  }

  /// A cell further down that only reads what a guard does, and never ends, closes nothing when that is edited.
  @Test func aLoopThatReadsWhatAGuardDoesHoldsNobodyUp() async throws {
    try await onOwnThread {
      let cells = [
        "let allowed = [\"ann\": 1]", guarding, "allowed.bob = 1",
        "while true {\n    print(allowed.count)\n    await sleep(1s)\n}",
      ]
      let edited = try EditedFile(cells)
      try edited.write(["let allowed = [\"eve\": 1]"] + cells.dropFirst())
      try edited.told("cell [4] is interrupted")
      let found = try ["eve", "ann", "bob"].map { name in
        try edited.serving.ask("/in", headers: [("x-t", name)]).status
      }
      #expect(found == [200, 401, 200])
      try edited.serving.stop()
    }
  }
}
