import Fetch
import TestSupport
import Testing

/// Answers that are told in pieces while they come.
@Suite(.timeLimit(.minutes(1)))
struct ReceivingTests {
  let server: ScriptedHTTPServer
  let pool = TransferPool()
  let received = Received()

  init() throws {
    server = try ScriptedHTTPServer()
  }

  @Test func headAndPiecesAreToldAsTheyCome() async {
    let pieces = ScriptedHTTPServer.Pieces()
    server.on("/", .pieces(pieces, type: "text/event-stream"))
    _ = pool.begin(FetchRequest(url: server.url()), received)
    let head = await received.wait { $0.head != nil }.head
    #expect(head?.status == 200)
    #expect(head?.header("Content-Type") == "text/event-stream")
    #expect(received.now.pieces == 0)
    for (piece, text) in [("one", "one"), ("two", "onetwo"), ("ä", "onetwoä")] {
      pieces.add(piece)
      #expect(await received.wait { $0.text == text }.text == text)
    }
    #expect(received.now.result == nil)
    pieces.end()
    let end = await received.wait { $0.result != nil }
    #expect(try! end.result?.get().body == [])
    #expect(end.text == "onetwoä")
  }

  @Test func onlyTheAnswerBehindRedirectsIsTold() async {
    var redirect = ScriptedHTTPServer.Answer.redirect(to: "/end")
    redirect.body = Array("moved".utf8)
    server.on("/", redirect)
    server.on("/end", .text("here"))
    _ = pool.begin(FetchRequest(url: server.url()), received)
    let end = await received.wait { $0.result != nil }
    #expect(end.head?.url == server.url("/end"))
    #expect(end.text == "here")
  }

  @Test func whatIsCompressedIsUnpackedAsItComes() async {
    var answer = ScriptedHTTPServer.Answer(
      headers: [("Content-Encoding", "gzip")], body: Compressed.hello)
    answer.framing = .chunked
    server.on("/", answer)
    _ = pool.begin(FetchRequest(url: server.url()), received)
    #expect(
      await received.wait { $0.result != nil }.text == String(repeating: "Hello, everybody! ", count: 8))
  }

  @Test func whoTakesNothingHoldsTheServerUpAndNoMemory() async throws {
    let size = 64 * 1024 * 1024
    server.on("/", ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: size)))
    let window = 100_000
    let id = pool.begin(FetchRequest(url: server.url(), bodyLimit: 10), received, window: window)
    await received.wait { $0.bytes.count >= window }
    // Another call goes on meanwhile, and after it nothing more has come.
    server.on("/other", .text("other"))
    for _ in 0..<20 { #expect(try await pool.fetch(FetchRequest(url: server.url("/other"))).text == "other") }
    let held = received.now.bytes.count
    #expect(held < window + 20_000)
    #expect(received.now.result == nil)
    // Each byte that is had lets another come.
    var had = 0
    while received.now.result == nil {
      let now = received.now.bytes.count
      #expect(now - had < window + 20_000)
      pool.received(id, now - had)
      had = now
      await received.wait { [had] in $0.bytes.count > had }
    }
    let end = received.now
    #expect(end.error == nil)
    #expect(end.bytes.count == size)
  }

  @Test func cancellingClosesTheConnection() async {
    server.on("/", .pieces(ScriptedHTTPServer.Pieces(["begun"])))
    let id = pool.begin(FetchRequest(url: server.url()), received)
    await received.wait { $0.text == "begun" }
    pool.cancel(id)
    #expect(await received.wait { $0.result != nil }.error?.kind == .cancelled)
    await server.wait { $0.hangUps == 1 }
  }

  @Test func cancellingOneThatIsHeldUpClosesItToo() async {
    server.on("/", ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 64 * 1024 * 1024)))
    let id = pool.begin(FetchRequest(url: server.url()), received, window: 1)
    await received.wait { $0.pieces > 0 }
    pool.cancel(id)
    #expect(await received.wait { $0.result != nil }.error?.kind == .cancelled)
    await server.wait { $0.hangUps == 1 }
  }

  @Test func theTimeoutIsThatOfTheHeadAndOfEachSilence() async {
    server.on("/silent", .silence)
    _ = pool.begin(FetchRequest(url: server.url("/silent"), timeout: .milliseconds(100)), received)
    #expect(
      await received.wait { $0.result != nil }.error?.message
        == "127.0.0.1:\(server.port) did not answer within 100 ms")
    // It goes on for longer than its timeout, and then falls silent. Each piece brings the next, on the threads of both
    // sides, for the test's own may have to wait for others.
    let pieces = ScriptedHTTPServer.Pieces(["x"])
    server.on("/", .pieces(pieces))
    let received = Received()
    let begin = ContinuousClock.now
    let id = pool.begin(FetchRequest(url: server.url(), timeout: .seconds(2)), received) {
      if begin.duration(to: .now) < .milliseconds(2_500) { pieces.add("x") }
    }
    let end = await received.wait { $0.result != nil }
    #expect(begin.duration(to: .now) > .seconds(4))
    #expect(
      end.error
        == FetchError(
          kind: .timedOut,
          message: "127.0.0.1:\(server.port) sent nothing more for 2 s: \(end.bytes.count) bytes came"))
    // Nothing is left to be cancelled.
    pool.cancel(id)
    #expect(pool.transfersUnderWay == 0)
  }

  @Test func whoTakesNothingIsNotAServerThatIsSilent() async throws {
    server.on("/", ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 4 * 1024 * 1024)))
    let id = pool.begin(FetchRequest(url: server.url(), timeout: .seconds(1)), received, window: 1)
    await received.wait { $0.pieces > 0 }
    // Another call fails by the same timeout, twice, before anything is had.
    server.on("/silent", .silence)
    for _ in 0..<2 {
      let request = FetchRequest(url: server.url("/silent"), timeout: .seconds(1))
      #expect(await pool.failure(request)?.kind == .timedOut)
    }
    #expect(received.now.result == nil)
    var had = 0
    while received.now.result == nil {
      let now = received.now.bytes.count
      pool.received(id, now - had)
      had = now
      await received.wait { [had] in $0.bytes.count > had }
    }
    #expect(received.now.error == nil)
  }

  @Test func aConnectionThatIsLostEndsIt() async {
    var answer = ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 500))
    answer.hangsUpAfter = 120
    server.on("/", answer)
    _ = pool.begin(FetchRequest(url: server.url()), received)
    let end = await received.wait { $0.result != nil }
    #expect(end.bytes.count == 120)
    #expect(end.error?.kind == .connectionLost)
  }

  @Test func shuttingDownEndsWhatIsHeldUp() async throws {
    server.on("/", ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 4 * 1024 * 1024)))
    _ = pool.begin(FetchRequest(url: server.url()), received, window: 1)
    await received.wait { $0.pieces > 0 }
    try await onOwnThread { [pool] in pool.shutDown() }
    #expect(received.now.error?.kind == .cancelled)
  }
}
