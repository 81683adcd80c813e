import Foundation
import TestSupport
import Testing

@testable import KernelCore

/// WebSockets of the language, over real sockets.
struct SocketTests {
  private let bench = Bench { $0.isClockVirtual = false }

  private func open(_ path: String) throws -> WebSocketClient {
    let raw = try RawHTTPClient(port: try bench.listen().port)
    raw.companion = bench
    return try WebSocketClient.open(raw, path)
  }

  private func log() -> String { bench.run("log", cell: 900).text }

  @Test func messagesGoBothWaysAndParametersAreThere() throws {
    bench.run(
      """
      socket "/chat/<int:room>" { me in
          me.send("room \\(room) of \\(request.headers["host"])")
          for await message in me { me.send(["got": message]) }
      }
      """)
    let client = try open("/chat/7")
    #expect(try client.receive().text == "room 7 of localhost")
    try client.send("hi")
    #expect(try client.receive().text == "{\"got\":\"hi\"}")
    try client.sendClose(1000)
    #expect(try client.receive().closeCode == 1000)
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
  }

  @Test func bytesAreBinaryAndHtmlIsText() throws {
    bench.run(
      "socket \"/s\" { ws in for await m in ws { ws.send(type(of: m)); ws.send(Bytes(\"raw\")); ws.send(html \"<b>\\(\"<\")</b>\") } }"
    )
    let client = try open("/s")
    try client.send(WebSocketClient.Frame(opcode: WebSocketClient.binary, data: [0, 255]))
    #expect(try client.receive().text == "Bytes")
    #expect(try client.receive() == .init(opcode: WebSocketClient.binary, data: Array("raw".utf8)))
    #expect(try client.receive() == .init(opcode: WebSocketClient.text, data: Array("<b>&lt;</b>".utf8)))
  }

  @Test func whatStandsBehindTheLoopRunsHoweverTheClientGoes() throws {
    bench.run(
      """
      let log = []
      socket "/s" { ws in
          for await m in ws { log.append(m) }
          log.append([ws.isOpen, ws.closeCode, ws.closeReason, ws.send("late")])
      }
      """)
    let clean = try open("/s")
    try clean.send("one")
    try clean.sendClose(4001, reason: "enough")
    clean.raw.close()
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    #expect(log() == "[\"one\", [false, 4001, \"enough\", false]]")
    let lost = try open("/s")
    lost.raw.reset()
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    #expect(log().hasSuffix("[false, 1006, \"\", false]]"))
  }

  @Test func aBodyThatWaitsElsewhereIsCancelled() throws {
    bench.run(
      """
      let log = []
      socket "/never" { ws in defer { log.append("left") }; await deferred() }
      socket "/unread" { ws in defer { log.append("left unread") }; await deferred() }
      socket "/busy" { ws in defer { log.append("left busy") }; for await m in ws { await deferred() } }
      """)
    let never = try open("/never")
    try never.sendClose()
    never.raw.close()
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    let unread = try open("/unread")
    try unread.send("nobody reads this")
    unread.raw.close()
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    let busy = try open("/busy")
    try busy.send("one")
    #expect(bench.wait { bench.kernel.activities().first?.waitsFor == "a deferred" })
    busy.raw.close()
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    #expect(log() == "[\"left\", \"left unread\", \"left busy\"]")
  }

  @Test func messagesThatWereSentBeforeTheEndAreAllRead() throws {
    bench.run(
      "let log = []\nsocket \"/s\" { ws in for await m in ws { await sleep(20ms); log.append(m) }; log.append(\"end\") }"
    )
    let client = try open("/s")
    for message in ["a", "b", "c"] { try client.send(message) }
    try client.sendClose()
    client.raw.close()
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    #expect(log() == "[\"a\", \"b\", \"c\", \"end\"]")
  }

  @Test func ofManySmallMessagesSentAheadNoneIsLeftBehind() throws {
    bench.run("socket \"/s\" { ws in for await message in ws { ws.send(message) } }")
    let client = try open("/s")
    let total = 5_000
    var sent: [UInt8] = []
    for number in 0..<total {
      sent += WebSocketClient.bytes(of: .init(opcode: WebSocketClient.text, data: Array("\(number)".utf8)))
    }
    try client.raw.send(sent)
    for number in 0..<total {
      guard try client.receive().text == "\(number)" else {
        Issue.record("\(number) did not come back")
        return
      }
    }
  }

  /// What one turn sends has not gone out yet, which tells nothing of how quick the client is.
  @Test func whoReadsMissesNothingOfWhatIsSentInOneTurn() throws {
    bench.run(
      """
      let taken = []
      socket "/burst" { ws in
          for await message in ws {
              for n in 1...200 { taken.append(ws.send("\\(n)" + "x".repeated(1000), wait: false)) }
              taken.append(ws.send("y".repeated(2000000), wait: false))
              taken.append(ws.send("beyond", wait: false))
          }
      }
      """)
    let client = try open("/burst")
    try client.send("go")
    for number in 1...200 { #expect(try client.receive().text.hasPrefix("\(number)x")) }
    #expect(try client.receive().data.count == 2_000_000)
    #expect(
      bench.run("[taken.count, taken.filter { $0 }.count, taken.last]", cell: 901).text == "[202, 201, false]"
    )
  }

  @Test func whoeverDoesNotReadHoldsUpNobodyWhoseMessagesDoNotWait() throws {
    bench.run(
      """
      let members = []
      var missed = 0
      socket "/chat" { ws in
          members.append(ws)
          defer { members.removeAll { $0 == ws } }
          for await message in ws {
              for member in members { if !member.send(message, wait: false) { missed += 1 } }
          }
      }
      """)
    let silent = try open("/chat")
    let sender = try open("/chat")
    let message = String(repeating: "x", count: 50_000)
    // As many as the system holds for somebody who does not read, and some more.
    var (sent, missed) = (0, 0)
    while missed == 0, sent < 400 {
      for number in sent..<sent + 20 {
        try sender.send("\(number) \(message)")
        #expect(try sender.receive().text.hasPrefix("\(number) "))
      }
      sent += 20
      missed = Int(bench.run("missed", cell: 901).text) ?? 0
    }
    #expect(missed > 0)
    // What was sent to the other came to it whole, and in order.
    let rest = (0..<sent - missed).compactMap { _ in try? silent.receive().text.prefix { $0 != " " } }
    #expect(rest.count == sent - missed)
    #expect(rest.compactMap { Int($0) } == rest.compactMap { Int($0) }.sorted())
  }

  @Test func aMessageThatIsNotToWaitIsSentToNobodyWhoHasGone() throws {
    bench.run(
      "let log = []\nsocket \"/s\" { ws in for await m in ws { }; log.append(ws.send(\"late\", wait: false)) }"
    )
    let client = try open("/s")
    try client.sendClose(1000)
    client.raw.close()
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    #expect(log() == "[false]")
  }

  @Test func thatTooMuchIsHeldOfMessagesIsTold() throws {
    let bench = Bench {
      $0.isClockVirtual = false
      $0.serverLimits.maxHeldBodyBytes = 10_000
    }
    bench.run("socket \"/s\" { ws in for await m in ws { } }")
    let raw = try RawHTTPClient(port: try bench.listen().port)
    let client = try WebSocketClient.open(raw, "/s")
    try client.send(.init(isLast: false, opcode: 2, data: [UInt8](repeating: 1, count: 11_000)))
    #expect(try client.receive().closeCode == 1013)
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    #expect(
      bench.failures == [
        "the socket was closed with 1013: GET /s: too much is held of the messages and bodies of all clients (--bodies-limit)"
      ])
  }

  @Test func messagesThatABodyLeavesBehindAreNotHeld() throws {
    bench.run("socket \"/s\" { ws in await sleep(200ms) }")
    let client = try open("/s")
    try client.send("nobody reads this")
    #expect(bench.wait { bench.kernel.server.heldBodyBytes > 0 })
    #expect(try client.receive().closeCode == 1000)
    #expect(bench.wait { bench.kernel.server.heldBodyBytes == 0 })
  }

  // MARK: What runs before

  private static let guarded = """
    let log = []
    group "/in" {
        before {
            await sleep(1ms)
            if request.headers["x-user"] == nil { throw httpError(401, "who is there?") }
            request.state["user"] = request.headers["x-user"]
        }
        before { if request.headers["x-user"] == "mallory" { respond("not you", status: 403) } }
        after { response.headers["x-after"] = response.status }
        onError { "\\(request.path): \\(error.message)" }
        socket "/<int:room>" { ws in
            ws.send("\\(request.state.user) in \\(room)")
            for await message in ws { ws.send(message) }
        }
    }
    socket "/out" { ws in ws.send("anybody") }
    """

  @Test func whatComesBeforeASocketHandsOnWhatItHasFound() throws {
    bench.run(Self.guarded)
    let raw = try RawHTTPClient(port: try bench.listen().port)
    let ahead = WebSocketClient.bytes(of: .init(opcode: WebSocketClient.text, data: Array("ahead".utf8)))
    try raw.send(Array(WebSocketClient.request("/in/7", headers: ["X-User: Ada"]).utf8) + ahead)
    #expect(try raw.readResponse(toHead: true, takesInterim: true).status == 101)
    let client = WebSocketClient(raw)
    #expect(try client.receive().text == "Ada in 7")
    #expect(try client.receive().text == "ahead")
    #expect(try open("/out").receive().text == "anybody")
  }

  @Test(arguments: [
    ([], 401, "/in/7: who is there?"), (["X-User: mallory"], 403, "not you"),
    (["X-User: Ada", "Origin: https://evil.example"], 403, "another origin"),
  ])
  func whatComesBeforeASocketCanRefuseIt(headers: [String], status: Int, says: String) throws {
    bench.run(Self.guarded)
    let raw = try RawHTTPClient(port: try bench.listen().port)
    try raw.send(WebSocketClient.request("/in/7", headers: headers))
    let answer = try raw.readResponse()
    #expect(answer.status == status)
    #expect(answer.text.contains(says))
    if headers.count < 2 { #expect(answer["x-after"] == "\(status)") }
    #expect(bench.on { bench.kernel.sockets.count + bench.kernel.desk.count } == 0)
    #expect(bench.failures == [])
  }

  @Test func aClientThatGoesBeforeItsSocketIsOpenEndsWhatIsUnderWay() throws {
    bench.run(
      """
      let log = []
      before { defer { log.append("left") }; await deferred() }
      socket "/s" { ws in log.append("opened") }
      """)
    let raw = try RawHTTPClient(port: try bench.listen().port)
    try raw.send(WebSocketClient.request("/s"))
    #expect(bench.wait { bench.kernel.desk.count == 1 })
    raw.close()
    #expect(bench.wait { bench.kernel.desk.count == 0 })
    #expect(log() == "[\"left\"]")
  }

  @Test func inHTTP10APathOfASocketIsAsAnyOther() throws {
    bench.run("socket \"/s\" { ws in ws.send(1) }\nsocket \"/p\" { ws in }\nroute \"/p\" { \"page\" }")
    for (path, status) in [("/s", 426), ("/p", 200)] {
      let raw = try RawHTTPClient(port: try bench.listen().port)
      try raw.send(WebSocketClient.request(path).replacing("HTTP/1.1", with: "HTTP/1.0"))
      #expect(try raw.readResponse().status == status)
    }
  }

  @Test func theEndOfTheBodyClosesAndAnErrorIsTold() throws {
    bench.run(
      "socket \"/end\" { ws in ws.send(1) }\nsocket \"/bad\" { ws in await sleep(1ms); throw \"broken\" }")
    let client = try open("/end")
    #expect(try client.receive().text == "1")
    #expect(try client.receive().closeCode == 1000)
    let bad = try open("/bad").receive()
    #expect(bad.closeCode == 1011)
    #expect(bad.closeReason == "the handler failed")
    #expect(bench.heard("the socket was closed with 1011: GET /bad"))
    #expect(bench.heard("error: broken"))
  }

  @Test(arguments: [
    ("ws.close(999)", "999 is no code to close a socket with"),
    ("ws.close(4000, \"x\".repeated(124))", "the reason of close() has 123 bytes at most"),
    ("ws.send(nil)", "nil cannot be sent"),
    ("ws.send(1, wait: 1)", "\"wait\" of Socket.send must be a Bool, not Int"),
    ("ws.send(sleep(1s))", "\"message\" of Socket.send is a Deferred that was not awaited"),
    (
      "for await a in ws { async { for await b in ws { } }; await sleep(1ms); for await c in ws { } }",
      "something else waits for the next message already"
    ),
  ])
  func whatCannotBeDoneIsToldWithItsPlace(code: String, message: String) throws {
    bench.run("socket \"/s\" { ws in \(code) }")
    let client = try open("/s")
    try client.send("go")
    #expect(try client.receive().closeCode == 1011)
    #expect(bench.heard(message))
    #expect(bench.heard("cell [1], line 1"))
  }

  @Test func aCellRunAgainReplacesItsSocketAndThoseThatAreOpenGoOn() throws {
    bench.run("socket \"/s\" { ws in for await m in ws { ws.send(\"old\") } }")
    let old = try open("/s")
    let run = bench.start("socket \"/s\" { ws in for await m in ws { ws.send(\"new\") } }").value
    #expect(run?.notes.first?.hasPrefix("socket /s  → ws://127.0.0.1:") == true)
    let new = try open("/s")
    try old.send("?")
    try new.send("?")
    #expect(try old.receive().text == "old")
    #expect(try new.receive().text == "new")
    #expect(bench.on { bench.kernel.routes.infos.map(\.method) } == ["SOCKET"])
  }

  @Test func aPageAndASocketCanHaveTheSamePath() throws {
    bench.run("socket \"/s\" { ws in ws.send(\"socket\") }\nroute \"/s\" { \"page\" }")
    let port = try bench.listen().port
    #expect(try RawHTTPClient.request(port: port, "GET", "/s").text == "page")
    #expect(try open("/s").receive().text == "socket")
  }

  @Test func onePathHasNoPageAndAnotherNoSocket() throws {
    bench.run("socket \"/s\" { ws in ws.send(1) }\nroute \"/page\" { \"page\" }")
    let port = try bench.listen().port
    let answer = try RawHTTPClient.request(port: port, "GET", "/s")
    #expect(answer.status == 426)
    #expect(answer["upgrade"] == "websocket")
    #expect(answer["connection"]?.contains("upgrade") == true)
    #expect(answer.text == "/s is a WebSocket: connect to it with ws://.\n")
    // RFC 9110, section 7.8: a server may answer as though nobody had asked for another protocol.
    let raw = try RawHTTPClient(port: port)
    try raw.send(WebSocketClient.request("/page"))
    #expect(try raw.readResponse().text == "page")
  }

  @Test func theEndOfTheKernelClosesSockets() throws {
    bench.run("let log = []\nsocket \"/s\" { ws in for await m in ws { } }")
    let client = try open("/s")
    bench.on { bench.supervisor.restart() }
    let frame = try client.receive()
    #expect(frame.closeCode == 1012)
    #expect(frame.closeReason == "the notebook's kernel was restarted")
  }

  @Test func aPersonCanCloseASocket() throws {
    bench.run("socket \"/s\" { ws in for await m in ws { } }")
    let client = try open("/s")
    let activity = try #require(bench.on { bench.kernel.activities().first })
    #expect(activity.name == "GET /s")
    #expect(activity.waitsFor == "the next message")
    #expect(bench.on { bench.kernel.cancel(activity: activity.number) })
    #expect(try client.receive().closeReason == "closed at the prompt")
    #expect(bench.on { bench.kernel.sockets.count } == 0)
  }

  @Test func aSocketIsLoggedWhenItEnds() throws {
    bench.on { bench.supervisor.logsRequests = true }
    bench.run("socket \"/s\" { ws in ws.send(\"12345\") }")
    let client = try open("/s")
    _ = try client.receive()
    #expect(bench.wait { bench.served == ["GET /s 101 5"] })
  }

  @Test func aThousandClientsChat() throws {
    bench.run(
      """
      let members = []
      socket "/chat" { ws in
          members.append(ws)
          defer { members.removeAll { $0 == ws } }
          for await message in ws { for member in members { member.send(message) } }
      }
      """)
    let port = try bench.listen().port
    var clients: [WebSocketClient] = []
    for _ in 0..<1_000 {
      let raw = try RawHTTPClient(port: port)
      raw.companion = bench
      clients.append(try WebSocketClient.open(raw, "/chat"))
    }
    try clients[0].send("hello")
    for client in clients { #expect(try client.receive().text == "hello") }
    for client in clients { client.raw.close() }
    #expect(bench.wait { bench.kernel.sockets.count == 0 })
    #expect(bench.run("members.count", cell: 2).text == "0")
  }
}
