import Fetch
import TestSupport
import Testing

/// Bodies that are given in pieces while they go.
@Suite(.timeLimit(.minutes(1)))
struct SendingTests {
  let server: ScriptedHTTPServer
  let pool = TransferPool()
  let received = Received()

  init() throws {
    server = try ScriptedHTTPServer()
    server.on("/") { request in
      .text("\(request.method) \(request.header("transfer-encoding") ?? "") \(request.body.count)")
    }
  }

  private func begin(_ method: String = "POST", path: String = "/") -> TransferID {
    pool.begin(FetchRequest(method: method, url: server.url(path)), received, sends: true)
  }

  @Test(arguments: ["POST", "PUT", "PATCH"])
  func piecesGoAsTheyAreGiven(method: String) async {
    let id = begin(method)
    for count in 1...3 {
      pool.send(id, Array("piece".utf8))
      await server.wait { $0.bodyBytes == count * 5 }
      await received.wait { $0.sent == count * 5 }
    }
    #expect(received.now.head == nil)
    pool.endSending(id)
    #expect(await received.wait { $0.result != nil }.text == "\(method) chunked 15")
    #expect(server.requests[0].header("content-length") == nil)
  }

  @Test func aBodyMayHaveNoPieces() async {
    let id = begin()
    pool.endSending(id)
    #expect(await received.wait { $0.result != nil }.text == "POST chunked 0")
  }

  @Test func whatIsGivenBeforeItBeginsIsSent() async {
    let id = begin()
    for _ in 0..<100 { pool.send(id, [UInt8](repeating: 65, count: 100_000)) }
    pool.endSending(id)
    let end = await received.wait { $0.result != nil }
    #expect(end.text == "POST chunked 10000000")
    #expect(end.sent == 10_000_000)
    #expect(server.requests[0].body.allSatisfy { $0 == 65 })
  }

  @Test func aServerThatReadsNothingLetsNothingGo() async throws {
    let full = try FullListener()
    let id = pool.begin(
      FetchRequest(method: "POST", url: "http://127.0.0.1:\(full.port)/", connectTimeout: .milliseconds(200)),
      received, sends: true)
    pool.send(id, [1, 2, 3])
    let end = await received.wait { $0.result != nil }
    #expect(end.error?.kind == .timedOut)
    #expect(end.sent == 0)
  }

  @Test func anAnswerMayComeBeforeTheBodyIsWhole() async throws {
    let early = try ScriptedHTTPServer(
      answeringAnything: "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    let id = pool.begin(FetchRequest(method: "POST", url: early.url()), received, sends: true)
    pool.send(id, [1])
    #expect(await received.wait { $0.head != nil }.head?.status == 413)
    pool.endSending(id)
    await received.wait { $0.result != nil }
  }

  @Test func aRedirectThatWantsTheBodyAgainFailsAndOneThatDoesNotIsFollowed() async {
    server.on("/307", .redirect(307, to: "/"))
    server.on("/303", .redirect(303, to: "/"))
    let id = begin(path: "/307")
    pool.send(id, [1])
    pool.endSending(id)
    let end = await received.wait { $0.result != nil }
    #expect(
      end.error?.message
        == "127.0.0.1:\(server.port) redirected: a body that is sent in pieces cannot be sent again; "
        + "call the address that it names")
    let second = Received()
    let other = pool.begin(FetchRequest(method: "POST", url: server.url("/303")), second, sends: true)
    pool.send(other, [1])
    pool.endSending(other)
    #expect(await second.wait { $0.result != nil }.text == "GET  0")
  }

  /// libcurl goes on sending after an answer that is no error, for ever where the body has no end.
  @Test(arguments: [
    ("200 OK\r\nContent-Length: 5\r\n\r\nearly", 200), ("204 No Content\r\n\r\n", 204),
    ("200 OK\r\nContent-Length: 0\r\n\r\n", 200),
  ])
  func anAnswerThatIsTakenWholeEndsTheCallBeforeTheBodyIsGiven(answer: String, status: Int) async throws {
    let early = try ScriptedHTTPServer(answeringAnything: "HTTP/1.1 " + answer)
    let result: Result<FetchResponse, FetchError> = await withCheckedContinuation { continuation in
      let id = pool.start(
        FetchRequest(method: "POST", url: early.url()), sending: TransferSender { _ in }
      ) { continuation.resume(returning: $0) }
      pool.send(id, [1])
    }
    let response = try result.get()
    #expect(response.status == status)
    #expect(response.text == (answer.hasSuffix("early") ? "early" : ""))
  }

  @Test func aRedirectThatWantsNoBodyIsFollowedBeforeTheBodyIsGiven() async throws {
    server.on("/done", .text("done"))
    let early = try ScriptedHTTPServer(
      answeringAnything:
        "HTTP/1.1 303 See Other\r\nLocation: \(server.url("/done"))\r\nContent-Length: 0\r\n\r\n")
    let id = pool.begin(FetchRequest(method: "POST", url: early.url()), received, sends: true)
    pool.send(id, [1])
    #expect(await received.wait { $0.result != nil }.text == "done")
  }

  @Test func cancellingEndsIt() async {
    let id = begin()
    pool.send(id, [1])
    await received.wait { $0.sent == 1 }
    pool.cancel(id)
    #expect(await received.wait { $0.result != nil }.error?.kind == .cancelled)
  }

  @Test func piecesThatNobodyTakesAreBounded() async {
    var limits = TransferLimits()
    limits.bodyBytes = 10_000_000
    let pool = TransferPool(limits: limits)
    server.on("/", .silence)
    let id = pool.begin(FetchRequest(method: "POST", url: server.url()), received, sends: true)
    for _ in 0..<11 { pool.send(id, [UInt8](repeating: 1, count: 10_000_001)) }
    #expect(await received.wait { $0.result != nil }.error?.kind == .bodyTooLarge)
  }

  @Test func aRequestHasOneBodyAndHEADHasNone() async {
    _ = begin("HEAD")
    #expect(await received.wait { $0.result != nil }.error?.kind == .badRequest)
    let second = Received()
    _ = pool.begin(FetchRequest(method: "POST", url: server.url(), body: [1]), second, sends: true)
    #expect(
      await second.wait { $0.result != nil }.error?.message == "a request has one body: whole, or in pieces")
  }
}
