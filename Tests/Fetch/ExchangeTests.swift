import Fetch
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ExchangeTests {
  let server: ScriptedHTTPServer
  let pool = TransferPool(userAgent: "routebook/1.2.3")

  init() throws {
    server = try ScriptedHTTPServer()
  }

  @Test func aResponseCarriesStatusReasonHeadersBodyAddressAndTime() async throws {
    var answer = ScriptedHTTPServer.Answer(
      status: 418, reason: "I'm a teapot", headers: [("X-One", "1"), ("x-two", "  two  "), ("X-One", "3")],
      body: Array("short and stout".utf8))
    answer.delay = .milliseconds(20)
    server.on("/tea", answer)
    let response = try await pool.fetch(FetchRequest(url: server.url("/tea?milk=no")))
    #expect(response.status == 418)
    #expect(response.reason == "I'm a teapot")
    #expect(response.headers.filter { $0.name == "X-One" }.map(\.value) == ["1", "3"])
    #expect(response.header("x-two") == "two")
    #expect(response.text == "short and stout")
    #expect(response.url == server.url("/tea?milk=no"))
    #expect(response.elapsed >= .milliseconds(20) && response.elapsed < .seconds(30))
    #expect(server.requests.map(\.target) == ["/tea?milk=no"])
  }

  /// libcurl 7.88 appends it to the last line of the answer before, which is freed.
  @Test(arguments: [" X-One: 1", "\tX-One: 1"])
  func aHeaderThatBeginsWithAFoldedLineIsRefused(line: String) async throws {
    server.on("/", .text("whole"))
    server.on("/folded", .raw("HTTP/1.1 200 OK\r\n\(line)\r\nX-Two: 2\r\nContent-Length: 2\r\n\r\nhi"))
    for _ in 0..<5 {
      #expect(try await pool.fetch(FetchRequest(url: server.url("/"))).text == "whole")
      let failure = await pool.failure(FetchRequest(url: server.url("/folded")))
      #expect(failure?.kind == .protocolError)
      #expect(failure?.message.contains("its header begins with a space") == true)
    }
  }

  @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
  func aMethodIsSentAsWrittenWithItsBody(method: String) async throws {
    server.on("/echo") { ScriptedHTTPServer.Answer(body: $0.body) }
    let sent = Array("some bytes \0 and more".utf8)
    let response = try await pool.fetch(FetchRequest(method: method, url: server.url("/echo"), body: sent))
    #expect(response.body == sent)
    #expect(server.requests.map(\.method) == [method])
    #expect(server.requests.first?.header("content-length") == String(sent.count))
  }

  @Test(arguments: ["GET", "DELETE", "OPTIONS"])
  func aMethodWithoutContentSendsNoLength(method: String) async throws {
    server.on("/", .text("ok"))
    _ = try await pool.fetch(FetchRequest(method: method, url: server.url()))
    #expect(server.requests.first?.header("content-length") == nil)
  }

  @Test(arguments: ["POST", "PUT", "PATCH"])
  func aMethodThatUsuallyHasContentSaysThatItHasNone(method: String) async throws {
    server.on("/", .text("ok"))
    _ = try await pool.fetch(FetchRequest(method: method, url: server.url()))
    #expect(server.requests.map(\.method) == [method])
    #expect(server.requests.first?.header("content-length") == "0")
  }

  @Test func aHeadResponseHasHeadersAndNoBody() async throws {
    server.on("/", .text("twelve bytes"))
    let head = try await pool.fetch(FetchRequest(method: "HEAD", url: server.url()))
    #expect(head.header("Content-Length") == "12")
    #expect(head.body.isEmpty)
    // The connection is still in step.
    #expect(try await pool.fetch(FetchRequest(url: server.url())).text == "twelve bytes")
    #expect(server.counts.connections == 1)
  }

  @Test func headersAreSentInOrderEmptyOnesTooAndNothingIsAddedUnasked() async throws {
    server.on("/", .text("ok"))
    _ = try await pool.fetch(
      FetchRequest(
        method: "POST", url: server.url(),
        headers: [("X-B", "b; c: d"), ("X-A", ""), ("X-B", "é"), ("Host", "example.test")], body: [1]))
    let request = try #require(server.requests.first)
    #expect(request.headers.filter { $0.name.hasPrefix("X-") }.map(\.name) == ["X-B", "X-A", "X-B"])
    #expect(request.headers.filter { $0.name.hasPrefix("X-") }.map(\.value) == ["b; c: d", "", "é"])
    #expect(request.header("host") == "example.test")
    #expect(request.header("user-agent") == "routebook/1.2.3")
    #expect(request.header("expect") == nil)
    #expect(request.header("content-type") == nil)
    #expect(request.header("accept-encoding")?.contains("gzip") == true)
  }

  @Test func aRequestsOwnUserAgentAndLengthStandOnce() async throws {
    server.on("/", .text("ok"))
    _ = try await pool.fetch(
      FetchRequest(
        method: "PUT", url: server.url(), headers: [("user-agent", "me"), ("content-length", "2")],
        body: [1, 2]))
    let names = server.requests.first?.headers.map { $0.name.lowercased() } ?? []
    #expect(server.requests.first?.header("User-Agent") == "me")
    #expect(names.filter { $0 == "content-length" || $0 == "user-agent" }.count == 2)
  }

  @Test func bodiesOfMegabytesTravelBothWays() async throws {
    server.on("/echo") { ScriptedHTTPServer.Answer(body: $0.body) }
    let sent = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let response = try await pool.fetch(FetchRequest(method: "POST", url: server.url("/echo"), body: sent))
    #expect(response.body == sent)
  }

  @Test(arguments: [ScriptedHTTPServer.Answer.Framing.chunked, .untilClose])
  func aBodyOfUnknownLengthIsReadToItsEnd(framing: ScriptedHTTPServer.Answer.Framing) async throws {
    var answer = ScriptedHTTPServer.Answer(body: [UInt8](repeating: 7, count: 100_000))
    answer.framing = framing
    server.on("/", answer)
    #expect(try await pool.fetch(FetchRequest(url: server.url())).body == answer.body)
  }

  @Test func informationalResponsesAreSkipped() async throws {
    server.on(
      "/", .raw("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 204 No Content\r\nX-Late: 2\r\n\r\n"))
    let response = try await pool.fetch(FetchRequest(url: server.url()))
    #expect(response.status == 204)
    #expect(response.header("X-Early") == nil)
    #expect(response.header("X-Late") == "2")
  }

  @Test func spacesAndUnicodeInAnAddressArePercentEncoded() async throws {
    server.on("/gr%c3%bc%c3%9fe%20alle", .text("ok"))
    let response = try await pool.fetch(FetchRequest(url: server.url("/grüße alle?q=a b%20c")))
    #expect(response.text == "ok")
    #expect(server.requests.first?.target == "/gr%c3%bc%c3%9fe%20alle?q=a+b%20c")
  }

  @Test func aUnixSocketStandsForTheHost() async throws {
    let path = "/tmp/routebook-fetch-\(getpid()).sock"
    unlink(path)
    let local = try ScriptedHTTPServer(on: .unixSocket(path))
    local.on("/version", .text("24.0"))
    let response = try await pool.fetch(FetchRequest(url: "http://docker/version", unixSocketPath: path))
    #expect(response.text == "24.0")
    #expect(local.requests.first?.header("host") == "docker")
    local.stop()
    let error = await pool.failure(FetchRequest(url: "http://docker/version", unixSocketPath: path))
    #expect(error?.kind == .connectionRefused)
    #expect(error?.message == "could not connect to the socket \(path): no such file or directory")
  }

  @Test func localhostIsFoundWhereOnlyIPv4Listens() async throws {
    server.on("/", .text("found"))
    let response = try await pool.fetch(FetchRequest(url: "http://localhost:\(server.port)/"))
    #expect(response.text == "found")
    // A resolver or a first try that times out would take five seconds.
    #expect(response.elapsed < .milliseconds(4_900))
  }

  @Test func compressedBodiesAreDecompressedUnlessTheRequestSaysOtherwise() async throws {
    let answer = ScriptedHTTPServer.Answer(headers: [("Content-Encoding", "gzip")], body: Compressed.hello)
    server.on("/", answer)
    let response = try await pool.fetch(FetchRequest(url: server.url()))
    #expect(response.text == String(repeating: "Hello, everybody! ", count: 8))
    let raw = try await pool.fetch(FetchRequest(url: server.url(), headers: [("Accept-Encoding", "gzip")]))
    #expect(raw.body == Compressed.hello)
    // What is no longer true of the body is left out.
    func fields(_ response: FetchResponse) -> Set<String> {
      Set(response.headers.map { $0.name.lowercased() })
    }
    #expect(fields(response).isDisjoint(with: ["content-encoding", "content-length"]))
    #expect(fields(raw).isSuperset(of: ["content-encoding", "content-length"]))
    #expect(server.requests.last?.header("accept-encoding") == "gzip")
  }

  @Test func aDamagedCompressedBodyIsAnError() async throws {
    server.on(
      "/",
      ScriptedHTTPServer.Answer(headers: [("Content-Encoding", "gzip")], body: Array("not gzip at all".utf8)))
    let error = await pool.failure(FetchRequest(url: server.url()))
    #expect(error?.kind == .protocolError)
    #expect(
      error?.message.hasPrefix("the body that 127.0.0.1:\(server.port) sent cannot be decompressed: ") == true
    )
  }

  @Test func aBombStopsAtTheLimit() async throws {
    let bomb = Compressed.zeros(256 * 1024 * 1024)
    server.on("/", ScriptedHTTPServer.Answer(headers: [("Content-Encoding", "gzip")], body: bomb))
    let error = await pool.failure(FetchRequest(url: server.url(), bodyLimit: 2 * 1024 * 1024))
    #expect(error?.kind == .bodyTooLarge)
    #expect(
      error?.message
        == "the body that 127.0.0.1:\(server.port) sent is longer than the limit of 2097152 bytes")
  }
}
