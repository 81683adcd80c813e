import TestSupport
import Testing

/// `--server-timing`, by which answers tell how long they took.
@Suite struct ServerTimingTests {
  private static let notebook = "# %% 1\nroute \"/\" { await sleep(30ms); \"here\" }\n"

  @Test func aServerTellsTheWholeTime() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.notebook, ["--server-timing"])
      let field = try #require(try serving.ask("/")["server-timing"])
      #expect(field.wholeMatch(of: /total;dur=\d+(\.\d)?/) != nil, "\(field)")
      #expect(try serving.ask("/nowhere")["server-timing"] == nil)
      try serving.stop()
    }
  }

  @Test func withTheInspectorItTellsWhatWasWaitedFor() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.notebook, ["--server-timing", "--inspect"])
      let field = try #require(try serving.ask("/")["server-timing"])
      let form = /total;dur=[\d.]+, cpu;dur=[\d.]+, timer;dur=[\d.]+;desc="timer 30ms"/
      #expect(field.wholeMatch(of: form) != nil, "\(field)")
      try serving.stop()
    }
  }

  @Test func nothingIsToldUnlessThatIsAskedFor() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.notebook)
      #expect(try serving.ask("/")["server-timing"] == nil)
      try serving.stop()
      let refused = try RunningProgram(
        BuiltProgram.path(), ["replay", "--server-timing", try Serving.temporaryFile(Self.notebook)],
        environment: Serving.environment)
      #expect(try refused.waitForExit() == .code(64))
      #expect(refused.errors.contains("--server-timing goes with --serve"))
    }
  }
}
