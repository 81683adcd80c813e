import Fetch
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct FailureTests {
  let server: ScriptedHTTPServer
  let pool = TransferPool()
  var peer: String { "127.0.0.1:\(server.port)" }

  init() throws {
    server = try ScriptedHTTPServer()
  }

  @Test(arguments: ["127.0.0.1", "localhost"])
  func aPortWhereNobodyListensRefuses(host: String) async throws {
    server.stop()
    let error = await pool.failure(FetchRequest(url: "http://\(host):\(server.port)/"))
    #expect(
      error
        == FetchError(
          kind: .connectionRefused, message: "could not connect to \(host):\(server.port): connection refused"
        ))
  }

  @Test func aNameWithoutAddressIsNotFound() async {
    // RFC 6761 reserves the name; whatever the network is like, nobody has it.
    let error = await pool.failure(FetchRequest(url: "http://nosuch.invalid/", connectTimeout: .seconds(30)))
    #expect(
      error == FetchError(kind: .hostNotFound, message: "could not find the host \"nosuch.invalid\""))
  }

  @Test func silenceTimesOut() async {
    server.on("/", .silence)
    let error = await pool.failure(FetchRequest(url: server.url(), timeout: .milliseconds(1_500)))
    #expect(error == FetchError(kind: .timedOut, message: "\(peer) did not answer within 1.5 s"))
    await server.wait { $0.hangUps == 1 }
  }

  @Test func silenceInTheMiddleOfABodyTimesOut() async {
    var answer = ScriptedHTTPServer.Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n0123456789")
    answer.fallsSilentAfterwards = true
    server.on("/", answer)
    let error = await pool.failure(FetchRequest(url: server.url(), timeout: .seconds(2)))
    #expect(
      error
        == FetchError(
          kind: .timedOut, message: "\(peer) did not finish its answer within 2 s: 10 of 500 bytes came"))
    await server.wait { $0.hangUps == 1 }
  }

  @Test func aTimeoutCoversRedirects() async {
    var answer = ScriptedHTTPServer.Answer.redirect(to: "/")
    answer.delay = .milliseconds(40)
    server.on("/", answer)
    let error = await pool.failure(
      FetchRequest(url: server.url(), timeout: .milliseconds(300), redirectLimit: 1_000))
    #expect(error?.kind == .timedOut)
  }

  @Test(arguments: [Duration.zero, .seconds(-5)])
  func aTimeoutThatIsOverBeforeItBeginsFails(timeout: Duration) async {
    server.on("/", .text("late"))
    #expect(await pool.failure(FetchRequest(url: server.url(), timeout: timeout))?.kind == .timedOut)
  }

  @Test func timeoutsOfAgesAreFine() async throws {
    server.on("/", .text("ok"))
    let ages = Duration.seconds(Int64.max / 4)
    let response = try await pool.fetch(FetchRequest(url: server.url(), connectTimeout: ages, timeout: ages))
    #expect(response.text == "ok")
  }

  @Test func connectingTimesOut() async throws {
    // A listener that accepts nothing and whose queue is full does not answer the next who knocks.
    let full = try FullListener()
    let error = await pool.failure(
      FetchRequest(url: "http://127.0.0.1:\(full.port)/", connectTimeout: .milliseconds(200)))
    #expect(
      error
        == FetchError(
          kind: .timedOut,
          message: "could not connect to 127.0.0.1:\(full.port) within 200 ms, its connect timeout"))
    let total = await pool.failure(
      FetchRequest(url: "http://127.0.0.1:\(full.port)/", timeout: .milliseconds(1_200)))
    #expect(
      total?.message
        == "could not connect to 127.0.0.1:\(full.port) within 1.2 s, the timeout of the whole call")
  }

  @Test func aConnectionLostInTheMiddleOfABodySaysWhere() async {
    var answer = ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 500))
    answer.hangsUpAfter = 120
    server.on("/", answer)
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(
      error
        == FetchError(
          kind: .connectionLost, message: "the connection to \(peer) was lost after 120 of 500 bytes"))
  }

  @Test func aConnectionLostBetweenChunksIsNoticed() async {
    var answer = ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 500))
    answer.framing = .chunked
    answer.hangsUpAfter = 120
    server.on("/", answer)
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(error?.kind == .connectionLost)
    #expect(error?.message == "the connection to \(peer) was lost after 120 bytes")
  }

  @Test(arguments: [
    ("", "closed the connection without an answer"),
    ("HTTP/1.1 200 OK\r\nContent-Le", "was lost in the middle of its headers"),
  ])
  func aConnectionClosedBeforeTheAnswerIsLost(sent: String, expected: String) async {
    server.on("/", .raw(sent))
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(error?.kind == .connectionLost)
    #expect(error?.message.hasSuffix(expected) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    ("http://bücher.invalid/", "xn--bcher-kva.invalid"),
    ("http://me:x@ÜÑ.invalid:80/ä?ö", "xn--idav.invalid"),
    ("http://nosuch.invalid/ä", "nosuch.invalid"),
  ])
  func aNameInOtherLettersIsLookedUpAsTheDNSHasIt(url: String, host: String) async {
    let error = await pool.failure(FetchRequest(url: url, connectTimeout: .seconds(30)))
    #expect(error == FetchError(kind: .hostNotFound, message: "could not find the host \"\(host)\""))
  }

  /// What has been taken may have been done: a payment is not made twice because the answer was lost.
  @Test(arguments: [("POST", 1), ("PATCH", 1), ("GET", 2), ("PUT", 2), ("DELETE", 2)])
  func onlyWhatMayBeDoneTwiceIsSentAgainByItself(method: String, times: Int) async throws {
    server.on("/first", .text("kept"))
    server.on("/", .raw(""))
    _ = try await pool.fetch(FetchRequest(url: server.url("/first")))
    let body: [UInt8]? = method == "GET" || method == "DELETE" ? nil : [1, 2, 3]
    let error = await pool.failure(FetchRequest(method: method, url: server.url(), body: body))
    #expect(error?.kind == .connectionLost)
    #expect(server.requests.map(\.method) == ["GET"] + [String](repeating: method, count: times))
    #expect(server.requests[0].connection == server.requests[1].connection)
    let end =
      times == 1
      ? "closed the connection without an answer; a \(method) that may have been taken is not sent again"
      : "closed the connection without an answer"
    #expect(error?.message == "\(peer) \(end)")
  }

  @Test(arguments: [
    "99999999999999999999999", "5, 6", "-1", "+5", "5a", "", "5\r\nContent-Length: 6", "0x5",
  ])
  func aLengthThatIsNoneIsSaidToBeSo(length: String) async {
    server.on("/", .raw("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nhello"))
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(error?.kind == .protocolError)
    #expect(
      error?.message.hasPrefix("what \(peer) answered is not HTTP: ") == true,
      "\(String(describing: error))")
  }

  @Test(arguments: ["5", "5, 5", " 5 ", "5\r\nContent-Length: 5"])
  func aLengthThatIsSaidTwiceAlikeIsOne(length: String) async throws {
    server.on("/", .raw("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nhello"))
    #expect(try await pool.fetch(FetchRequest(url: server.url())).text == "hello")
  }

  @Test func whatIsNotHTTPIsSaidToBeSo() async {
    server.on("/", .raw("SSH-2.0-OpenSSH_9.2\r\n"))
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(
      error
        == FetchError(
          kind: .protocolError,
          message: "what \(peer) answered is not HTTP/1.1: it begins with no status line")
    )
  }

  @Test func aHeaderTooLargeIsSaidToBeSo() async {
    server.on("/", .raw("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 3_000_000) + "\r\n\r\n"))
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(error?.kind == .protocolError)
    #expect(error?.message == "a header that \(peer) sent is longer than 102400 bytes")
  }

  @Test func aChunkThatIsNoneIsSaidToBeSo() async {
    server.on("/", .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"))
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(error?.kind == .protocolError)
    #expect(error?.message.hasPrefix("what \(peer) answered is not HTTP: ") == true)
  }

  @Test func headersWithoutEndAreRefused() async {
    let line = "X-Filler: \(String(repeating: "x", count: 1_000))\r\n"
    server.on("/", .raw("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 400) + "\r\n"))
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(error?.kind == .protocolError)
    #expect(error?.message == "the headers that \(peer) sent are longer than 262144 bytes")
  }

  @Test func aBodyPastTheLimitFailsAtItsAnnouncementOrWhenItComes() async {
    var answer = ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 1_001))
    server.on("/announced", answer)
    answer.framing = .chunked
    server.on("/streamed", answer)
    let announced = await pool.failure(FetchRequest(url: server.url("/announced"), bodyLimit: 1_000))
    #expect(
      announced
        == FetchError(
          kind: .bodyTooLarge,
          message: "the body that \(peer) announced has 1001 bytes, more than the limit of 1000"))
    let streamed = await pool.failure(FetchRequest(url: server.url("/streamed"), bodyLimit: 1_000))
    #expect(
      streamed
        == FetchError(
          kind: .bodyTooLarge, message: "the body that \(peer) sent is longer than the limit of 1000 bytes"))
    #expect(await pool.failure(FetchRequest(url: server.url("/announced"), bodyLimit: 1_001)) == nil)
  }

  @Test func allBodiesTogetherHaveALimitThatIsGivenBack() async {
    var limits = TransferLimits()
    limits.bodyBytes = 10_000
    let pool = TransferPool(limits: limits)
    server.on("/large", ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 10_001)))
    server.on("/fits", ScriptedHTTPServer.Answer(body: [UInt8](repeating: 65, count: 9_000)))
    let error = await pool.failure(FetchRequest(url: server.url("/large")))
    #expect(error?.kind == .bodyTooLarge)
    #expect(error?.message.hasPrefix("the bodies being received hold 10000 bytes together") == true)
    for _ in 0..<5 { #expect(await pool.failure(FetchRequest(url: server.url("/fits"))) == nil) }
  }
}
