import Fetch
import TestSupport
import Testing

@testable import KernelCore

/// Calls whose body is written as the other side takes it.
@Suite(.timeLimit(.minutes(1)))
struct WrittenCallTests {
  @Test(arguments: [false, true])
  func theOtherSideHasItInChunksAsItIsWritten(isVirtual: Bool) async throws {
    let server = try ScriptedHTTPServer()
    server.on("/") { request in
      .text(
        "\(request.header("transfer-encoding") ?? "") \(request.header("content-type") ?? "") \(request.body.count)"
      )
    }
    try await onOwnThread {
      let bench = Bench(movesClock: isVirtual) { $0.isClockVirtual = isVirtual }
      for stream in ["", ", stream: true"] {
        let shown = bench.awaited(
          """
          let answer = await post("\(server.url())", body: stream(type: "text/csv") { out in
              for i in 1...3 { out.write("\\(i)\\n"); await sleep(10ms) }
          }\(stream))
          var all = ""
          for await line in answer.lines { all += line }
          all
          """)
        #expect(shown == "\"chunked text/csv; charset=utf-8 6\"")
      }
      #expect(bench.on { bench.kernel.calls.writings.count } == 0)
    }
  }

  @Test func moreThanIsTakenAtOnceIsWrittenInTurn() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/") { .text("\($0.body.count)") }
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      #expect(
        bench.awaited(
          """
          await post("\(server.url())", body: stream { out in
              let piece = "x".repeated(100_000)
              for i in 1...200 { out.write(piece) }
          }).text
          """) == "\"20000000\"")
    }
  }

  @Test func anErrorInItFailsTheCallWithItsCause() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/", .text("never"))
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      #expect(
        bench.awaited(
          "await post(\"\(server.url())\", body: stream { out in out.write(\"a\"); throw \"no more\" }).catch { $0.message }"
        ) == "\"no more\"")
      #expect(bench.on { bench.kernel.calls.count + bench.kernel.calls.transferCount } == 0)
      #expect(server.counts.requests == 0)
    }
  }

  @Test func itEndsWithTheCall() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/", .text("never"))
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      bench.run(
        """
        var ended = false
        let call = post("\(server.url())", body: stream { out in
            defer { ended = true }
            while true { out.write("tick"); await sleep(1ms) }
        })
        """, cell: 1)
      #expect(bench.wait { server.counts.bodyBytes > 0 })
      bench.run("call.cancel()", cell: 2)
      #expect(bench.wait { server.counts.connections == 1 && bench.kernel.calls.writings.isEmpty })
      #expect(bench.value("ended") == "true")
    }
  }

  @Test(arguments: ["", ", cookies: CookieJar()"])
  func aRedirectThatWouldSendItAgainIsAnError(jar: String) async throws {
    let server = try ScriptedHTTPServer()
    server.on("/kept", .redirect(307, to: "/"))
    server.on("/seen", .redirect(303, to: "/"))
    server.on("/") { .text("\($0.method) \($0.body.count)") }
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      func call(_ path: String) -> String {
        "await post(\"\(server.url(path))\", body: stream { out in out.write(\"abc\") }\(jar))"
      }
      let shown = bench.awaited("\(call("/kept")).catch { $0.message }")
      #expect(shown?.contains("a body that is sent in pieces cannot be sent again") == true)
      #expect(bench.awaited("\(call("/seen")).text") == "\"GET 0\"")
    }
  }
}
