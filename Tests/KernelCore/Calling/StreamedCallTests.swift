import Fetch
import Foundation
import TestSupport
import Testing

@testable import KernelCore

/// Calls whose answer's body is read as it comes.
@Suite(.timeLimit(.minutes(1)))
struct StreamedCallTests {
  @Test(arguments: [false, true])
  func piecesAreHadAsTheyCome(isVirtual: Bool) async throws {
    let server = try ScriptedHTTPServer()
    let pieces = ScriptedHTTPServer.Pieces(["one\ntw"])
    server.on("/", .pieces(pieces))
    try await onOwnThread {
      let bench = Bench(movesClock: isVirtual) { $0.isClockVirtual = isVirtual }
      let end = bench.start(
        "for await line in await get(\"\(server.url())\", stream: true).lines { print(line) }\n7"
      )
      #expect(bench.wait { bench.output == ["one"] })
      pieces.add("o\nthree")
      #expect(bench.wait { bench.output == ["one", "two"] })
      pieces.end()
      #expect(bench.wait { end.valueOnLoop != nil })
      #expect(Shown(end.value) == "7")
      #expect(bench.output == ["one", "two", "three"])
    }
  }

  @Test func eventsOfAnotherServerAreRead() async throws {
    let server = try ScriptedHTTPServer()
    let pieces = ScriptedHTTPServer.Pieces([
      ": hello\n\nid: 7\nevent: add\nda", "ta: a\ndata: b\nretry: 250\n\n",
    ])
    pieces.end()
    server.on("/", .pieces(pieces, type: "text/event-stream"))
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      #expect(
        bench.awaited(
          "var all = []\nfor await event in await get(\"\(server.url())\", stream: true).events { all.append(event) }\nall"
        ) == "[[\"event\": \"add\", \"data\": \"a\\nb\", \"id\": \"7\", \"retry\": 250ms]]")
    }
  }

  @Test func whatNobodyTakesIsNotSent() async throws {
    let server = try ScriptedHTTPServer()
    let size = 32 << 20
    var answer = ScriptedHTTPServer.Answer()
    answer.body = [UInt8](repeating: 0x61, count: size)
    let large = answer
    server.on("/", large)
    try await onOwnThread {
      // Both its own limit and that of all that is being received are below what the body has.
      let bench = Bench {
        $0.isClockVirtual = false
        $0.calls.bodyLimit = 1_000
        $0.calls.limits.bodyBytes = 1 << 20
      }
      #expect(
        bench.awaited("let r = await get(\"\(server.url())\", stream: true)\nr.status", cell: 1) == "200")
      #expect(server.counts.hangUps == 0)
      #expect(
        bench.awaited("var count = 0\nfor await chunk in r.chunks { count += chunk.count }\ncount", cell: 2)
          == "\(size)")
    }
  }

  @Test(arguments: ["r.close()", "reading.cancel()"])
  func theTransferEndsWithItsReader(end: String) async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      #expect(
        bench.awaited(
          "let r = await get(\"\(server.url())\", stream: true)\nfor await line in r.lines { break }\nr.status",
          cell: 1) == "200")
      #expect(server.counts.hangUps == 0)
      bench.run("let reading = async { for await line in r.lines { } }", cell: 2)
      bench.run(end, cell: 3)
      #expect(bench.wait { server.counts.hangUps == 1 })
      #expect(bench.on { bench.kernel.calls.openBodies.count } == 0)
    }
    pieces.end()
  }

  /// A gateway takes nothing more when its client goes or it has given another answer, though the response is kept.
  @Test(arguments: [
    "for await line in kept.lines { await deferred() }", "await deferred()",
    "stream { out in for await line in kept.lines { out.write(line); await deferred() } }",
    "stream { out in out.write(\"first\"); await deferred(); for await line in kept.lines { } }",
    "for await line in kept.lines { throw \"no\" }", "throw httpError(415)",
    "for await line in kept.lines { break }",
    "\"unread\"", "stream { out in for await line in kept.lines { break } }",
  ])
  func theTransferEndsWithItsHandler(body: String) async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      bench.run(
        "var kept = nil\nroute \"/gate\" { kept = await get(\"\(server.url())\", stream: true)\n\(body) }")
      bench.run("let call = get(\"/gate\", stream: true, check: false)", cell: 2)
      #expect(bench.wait { server.counts.requests == 1 && bench.value("kept") != "nil" })
      bench.run("await sleep(50ms)\ncall.cancel()\nawait (call.catch { nil })?.close()", cell: 3)
      #expect(bench.wait { server.counts.hangUps == 1 })
      #expect(bench.on { bench.kernel.calls.openBodies.count } == 0)
    }
    pieces.end()
  }

  @Test(arguments: [
    "stream { out in for await line in r.lines { out.write(line); break } }",
    "await sleep(1ms)\nstream { out in await sleep(1ms); for await line in r.lines { out.write(line); break } }",
    "async { for await line in r.lines { heard = line } }\n\"tick\"",
  ])
  func whatGoesOnBehindAHandlerReadsOn(body: String) async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      bench.run(
        "var heard = nil\nroute \"/gate\" { let r = await get(\"\(server.url())\", stream: true)\n\(body) }")
      #expect(bench.awaited("await get(\"/gate\").text", cell: 2) == "\"tick\"")
      if body.hasPrefix("async") {
        #expect(bench.wait { bench.value("heard") == "\"tick\"" })
        pieces.add("tock\n")
        #expect(bench.wait { bench.value("heard") == "\"tock\"" })
        #expect(server.counts.hangUps == 0)
      }
    }
    pieces.end()
  }

  @Test func theTransferEndsWithTheRunOfItsCell() async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      #expect(
        bench.awaited("let r = await get(\"\(server.url())\", stream: true)\nr.status", cell: 1) == "200")
      bench.run("let kept = r", cell: 2)
      #expect(server.counts.hangUps == 0)
      #expect(bench.awaited("1", cell: 1) == "1")
      #expect(bench.wait { server.counts.hangUps == 1 })
      let shown = bench.run("for await line in kept.lines { }", cell: 3)
      #expect(
        shown.contains(
          "GET \(server.url()): the cell that made the call was run again or deleted, so the body was closed")
      )
    }
    pieces.end()
  }

  @Test func theTransferEndsWithAResponseThatNobodyRefersTo() async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench {
        $0.isClockVirtual = false
        $0.collector = .always
      }
      #expect(bench.awaited("(await get(\"\(server.url())\", stream: true)).status", cell: 1) == "200")
      bench.run("[1, 2].map { [$0] }", cell: 2)
      #expect(bench.wait { server.counts.hangUps == 1 })
      #expect(bench.on { bench.kernel.calls.openBodies.count } == 0)
    }
    pieces.end()
  }

  @Test func theTransferEndsWithTheKernel() async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      #expect(
        bench.awaited("let r = await get(\"\(server.url())\", stream: true)\nr.status", cell: 1) == "200")
      bench.on { bench.supervisor.restart() }
      #expect(bench.wait { server.counts.hangUps == 1 })
    }
    pieces.end()
  }

  @Test func aBodyThatNobodyReadsIsClosed() async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench()
      #expect(
        bench.awaited("let r = await get(\"\(server.url())\", stream: true)\nr.status", cell: 1) == "200")
      bench.advance(.seconds(299))
      #expect(server.counts.hangUps == 0)
      bench.advance(.seconds(1))
      #expect(bench.wait { server.counts.hangUps == 1 })
      let shown = bench.run("for await line in r.lines { }", cell: 3)
      #expect(shown.contains("GET \(server.url()): nobody has read the body for 5m, so it was closed"))
      #expect(shown.contains("help: read it as it comes, or call again"))
    }
    pieces.end()
  }

  @Test func silenceIsBoundedByTheTimeout() async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      #expect(
        bench.awaited(
          """
          let r = await get("\(server.url())", stream: true, timeout: 200ms)
          func read() { for await line in r.lines { print(line) } }
          await async { read() }.catch { [$0.kind, $0.message, $0.url] }
          """)
          == "[\"timeout\", \"GET \(server.url()): 127.0.0.1:\(server.port) sent nothing more for 200 ms: 5 bytes came\", \"\(server.url())\"]"
      )
      #expect(bench.output == ["tick"])
    }
    pieces.end()
  }

  @Test func aTransferThatBreaksOffIsToldBehindWhatCame() async throws {
    let server = try ScriptedHTTPServer()
    var answer = ScriptedHTTPServer.Answer.text("one\ntwo\n")
    answer.hangsUpAfter = 4
    let cut = answer
    server.on("/", cut)
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      let shown = bench.awaited(
        """
        let r = await get("\(server.url())", stream: true)
        func read() { for await line in r.lines { print(line) } }
        await async { read() }.catch { [$0.kind, $0.message] }
        """)
      #expect(
        shown?.hasPrefix(
          "[\"network\", \"GET \(server.url()): the connection to 127.0.0.1:\(server.port) was lost after 4")
          == true)
      #expect(bench.output == ["one"])
    }
  }

  @Test func anErrorSaysWhatTheOtherSideSaysThoughItsBodyHasNoEnd() async throws {
    let server = try ScriptedHTTPServer()
    let pieces = ScriptedHTTPServer.Pieces(
      ["no more tea\n"] + (1...40).map { _ in String(repeating: "x", count: 4_096) })
    server.on("/") { _ in
      var answer = ScriptedHTTPServer.Answer.pieces(pieces)
      answer.status = 418
      answer.reason = "I'm a teapot"
      return answer
    }
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      #expect(
        bench.awaited(
          "await get(\"\(server.url())\", stream: true).catch { [$0.message, $0.response.body.count] }")
          == "[\"GET \(server.url()) gave 418 I'm a teapot: no more tea\", 65536]")
      #expect(bench.wait { server.counts.hangUps == 1 })
    }
    pieces.end()
  }

  @Test func aCallIsMadeAgainUntilItsHeadIsThere() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/") { _ in
      server.counts.requests < 3 ? .init(status: 503, reason: "Later") : .text("at last")
    }
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      let shown = bench.awaited(
        "var all = []\nfor await line in await get(\"\(server.url())\", stream: true, retry: 3).lines { all.append(line) }\nall"
      )
      #expect(shown == "[\"at last\"]")
      #expect(server.counts.requests == 3)
    }
  }

  @Test(arguments: ["", ", cookies: CookieJar()"])
  func redirectsAreFollowed(jar: String) async throws {
    let server = try ScriptedHTTPServer()
    server.on("/from", .redirect(to: "/to"))
    server.on("/to", .text("there"))
    server.on("/loop", .redirect(to: "/loop"))
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      let arguments = "stream: true, timeout: 5s\(jar)"
      #expect(
        bench.awaited(
          "let r = await get(\"\(server.url("/from"))\", \(arguments))\nvar all = [r.url]\nfor await line in r.lines { all.append(line) }\nall",
          cell: 1) == "[\"\(server.url("/to"))\", \"there\"]")
      #expect(
        bench.awaited(
          "let s = await get(\"\(server.url("/from"))\", \(arguments), follow: false)\ns.status", cell: 2)
          == "302")
      let shown = bench.awaited("await get(\"\(server.url("/loop"))\", \(arguments)).catch { $0.message }")
      #expect(shown?.contains("redirected more than 10 times") == true)
    }
  }

  @Test func anAnswerThatNeverComesIsBoundedByTheTimeout() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/", .silence)
    server.on("/from", .redirect(to: "/"))
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      for (path, jar) in [("/", ""), ("/from", ""), ("/from", ", cookies: CookieJar()")] {
        #expect(
          bench.awaited(
            "await get(\"\(server.url(path))\", stream: true, timeout: 200ms\(jar)).catch { $0.kind }")
            == "\"timeout\"")
      }
      #expect(bench.on { bench.kernel.calls.count + bench.kernel.calls.transferCount } == 0)
    }
  }

  @Test func oneLoopReadsAtATime() async throws {
    let (server, pieces) = try endless()
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      let shown = bench.awaited(
        """
        let r = await get("\(server.url())", stream: true)
        let first = async { for await line in r.lines { } }
        await sleep(20ms)
        for await line in r.lines { print(line) }
        """)
      #expect(shown?.contains("something else waits for the next line already") == true)
    }
    pieces.end()
  }

  /// One that sends a line, and then nothing until it is told.
  private func endless() throws -> (ScriptedHTTPServer, ScriptedHTTPServer.Pieces) {
    let server = try ScriptedHTTPServer()
    let pieces = ScriptedHTTPServer.Pieces(["tick\n"])
    server.on("/", .pieces(pieces))
    return (server, pieces)
  }

  @Test func ownRoutesAreReadOverTheirAddress() throws {
    let bench = Bench { $0.isClockVirtual = false }
    _ = try bench.listen()
    bench.run(
      """
      var ended = false
      route "/endless" {
          stream { out in
              defer { ended = true }
              while true { out.write("tick\\n"); await sleep(5ms) }
          }
      }
      """)
    #expect(
      bench.awaited(
        "let r = await get(\"/endless\", stream: true)\nvar n = 0\nfor await line in r.lines { n += 1; if n == 3 { break } }\nr.close()\nn",
        cell: 2) == "3")
    #expect(bench.wait { bench.kernel.desk.count == 0 })
    #expect(bench.value("ended") == "true")
  }
}
