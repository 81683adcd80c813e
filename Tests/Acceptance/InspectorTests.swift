import Glibc
import TestSupport
import Testing

/// The inspector's page where nobody sits at a prompt.
@Suite struct InspectorTests {
  private static let notebook = "# %% 1\nroute \"/\" { \"here\" }\n"

  @Test func aServerHasNoPageUnlessItIsAskedFor() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.notebook)
      #expect(try serving.ask("/_routebook/").status == 404)
      try serving.stop()
      #expect(serving.program.output.contains("path=/_routebook/ status=404"))
    }
  }

  @Test func aServerHasThePageWhereItIsAskedFor() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.notebook, ["--inspect", "--host", "0.0.0.0"])
      #expect(try serving.ask("/").status == 200)
      let page = try serving.connect()
      try page.sendRequest("GET", "/_routebook/")
      #expect(try page.readResponse().text.hasPrefix("<!DOCTYPE html>"))
      let events = try serving.connect()
      try events.sendRequest("GET", "/_routebook/events")
      #expect(try events.readResponse(toHead: true).status == 200)
      // A page that is open keeps nobody waiting.
      let start = ContinuousClock.now
      try serving.stop()
      #expect(ContinuousClock.now - start < .seconds(5))
      #expect(!serving.program.output.contains("_routebook"))
      #expect(serving.program.output.contains("path=/ status=200"))
    }
  }

  @Test func aServerTellsWhatItsCellsAreWarnedOf() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: Self.notebook + "# %% 2\nroute \"/_routebook/mine\" { 1 }\n", ["--inspect"])
      #expect(serving.program.errors.contains("cell [2]: warning: no request reaches this route"))
      try serving.stop()
    }
  }

  @Test func aReplayHasThePageOnlyWhereItServes() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(Self.notebook + "# %% 2\nlisten(\"tcp:0\")\n")
      let refused = try RunningProgram(
        BuiltProgram.path(), ["replay", "--inspect", file], environment: Serving.environment)
      #expect(try refused.waitForExit() == .code(64))
      #expect(refused.errors.contains("--inspect goes with --serve"))
      let program = try RunningProgram(
        BuiltProgram.path(), ["replay", "--serve", "--inspect", file],
        environment: Serving.environment)
      let port = try program.wait(for: "the address that the cell listens on") { text in
        text.firstMatch(of: /"http:\/\/127\.0\.0\.1:(\d+)"/).flatMap { Int($0.1) }
      }
      let page = try RawHTTPClient(port: port)
      try page.sendRequest("GET", "/_routebook/")
      #expect(try page.readResponse().status == 200)
      program.signal(SIGTERM)
      try program.waitForExit()
    }
  }
}
