import TestSupport
import Testing

@testable import KernelCore

/// Limits for how many calls may be under way at once.
@Suite(.timeLimit(.minutes(1)))
struct CallLimitTests {
  /// The routes of the notebook held all places, and the calls that they waited for queued for one.
  @Test(arguments: [1, 2, 8])
  func callsOfTheNotebookToItselfLeaveRoomForThoseThatTheyWaitFor(limit: Int) async throws {
    let server = try ScriptedHTTPServer()
    server.on("/slow", .text("slow", after: .milliseconds(20)))
    try await onOwnThread {
      let bench = Bench {
        $0.isClockVirtual = false
        $0.calls.limits.connections = limit
      }
      _ = try bench.listen()
      bench.run("route \"/ask\" { await get(\"\(server.url("/slow"))\").text }\nnil")
      let answers = bench.awaited(
        "(await all((1...8).map { get(\"/ask\") })).map { $0.text }.uniqued()", cell: 2)
      #expect(answers == "[\"slow\"]")
    }
  }
}
