import Foundation
import Glibc
import TestSupport
import Testing

/// Each bound of the server has an option, and an answer for who goes beyond; `docs/http.md` lists them.
@Suite(.serialized) struct ServerLimitTests {
  private static let cells = #"""
    route GET "/" { "here" }
    route POST "/" { request.body.count }
    route POST "/up" { var n = 0; for await chunk in request.chunks { n += chunk.count }; n }
    socket "/socket" { ws in for await message in ws { ws.send(message.count) } }
    route "/wait" { await sleep(60s) }
    route "/large" { String(repeating: "x", count: 20000000) }
    """#

  /// What one request is answered by a program with these options.
  private struct Case: Sendable, CustomTestStringConvertible {
    let options: [String]
    let request: String
    let status: Int
    let text: String
    var testDescription: String { options.joined(separator: " ") }

    init(_ options: String..., sends request: String, _ status: Int, _ text: String) {
      self.options = options
      self.request = request
      self.status = status
      self.text = text
    }
  }

  private static let refusals = [
    Case(
      "--body-limit", "3", sends: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n", 413,
      "The body of the request is larger than the 3 bytes that are taken.\n"),
    Case(
      "--streamed-body-limit", "3", sends: "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n", 413,
      "The body of the request is larger than the 3 bytes that are taken.\n"),
    Case(
      "--bodies-limit", "3", sends: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd", 503,
      "Not now: too many large requests at once.\n"),
    Case(
      "--answers-limit", "1000", sends: "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 503,
      "Not now: too many large answers wait for their clients to take them.\n"),
    Case(
      "--header-limit", "20", sends: "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "y", count: 20))",
      431,
      "The headers of the request are longer than the 20 bytes that are taken.\n"),
    Case(
      "--header-count", "2", sends: "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nZ", 431,
      "The headers of the request are more than the 2 that are taken.\n"),
    Case(
      "--target-limit", "5", sends: "GET /12345", 414,
      "The address is longer than the 5 bytes that are taken.\n"),
    Case(
      "--head-timeout", "100ms", sends: "GET / HTTP/1.1\r\nHost:", 408,
      "The head of the request took too long to come.\n"),
    Case(
      "--body-timeout", "100ms", sends: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabc", 408,
      "The body of the request took too long to come.\n"),
  ]

  @Test func aMessageBeyondItsBoundClosesTheSocketAndASilentOneIsPinged() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: Self.cells, ["--message-limit", "5", "--ping-interval", "1s"])
      let socket = try WebSocketClient.open(try serving.connect(), "/socket")
      #expect(try socket.receive().opcode == WebSocketClient.ping)
      try socket.send("12345")
      #expect(try next(socket).text == "5")
      try socket.send("123456")
      #expect(try next(socket).closeCode == 1009)
      try serving.stop()
    }
  }

  /// The next frame that is no ping.
  private func next(_ socket: WebSocketClient) throws -> WebSocketClient.Frame {
    while true {
      let frame = try socket.receive()
      if frame.opcode != WebSocketClient.ping { return frame }
    }
  }

  @Test("A request beyond a bound is answered as documented", arguments: refusals)
  private func refusal(_ subject: Case) async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.cells, subject.options)
      let client = try serving.connect()
      try client.send(subject.request)
      let response = try client.readResponse()
      #expect(response.status == subject.status)
      #expect(response.text == subject.text)
      #expect(response["connection"] == "close")
      #expect(response["retry-after"] == (subject.status == 503 ? "1" : nil))
      #expect(try client.isClosedByPeer())
      try serving.stop()
    }
  }

  @Test func requestsBeyondThoseUnderWayGet503AndKeepTheirConnection() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.cells, ["--request-limit", "1", "--grace", "0"])
      let waiting = try serving.connect()
      try waiting.sendRequest("GET", "/wait")
      let client = try serving.connect()
      // Until the first is under way the second is served; then it is told to come again, as often as it asks.
      var response = try ask(client)
      for _ in 0..<2_000 where response.status == 200 { response = try ask(client) }
      for _ in 0..<2 {
        #expect(response.status == 503)
        #expect(response["retry-after"] == "1")
        #expect(response["connection"] == nil)
        #expect(response.text == "Not now: all 1 places for requests are taken.\n")
        response = try ask(client)
      }
      waiting.close()
      for _ in 0..<2_000 where response.status == 503 { response = try ask(client) }
      #expect(response.text == "here")
      try serving.stop()
    }
  }

  private func ask(_ client: RawHTTPClient) throws -> RawHTTPClient.Response {
    try client.sendRequest("GET", "/")
    return try client.readResponse()
  }

  @Test func connectionsBeyondTheLimitGet503AndAreClosed() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.cells, ["--connection-limit", "1"])
      let first = try serving.connect()
      #expect(try ask(first).status == 200)
      let second = try serving.connect()
      let response = try second.readResponse()
      #expect(response.status == 503)
      #expect(response["retry-after"] == "1")
      #expect(response.text == "Not now: all 1 connections are taken.\n")
      #expect(try second.isClosedByPeer())
      #expect(try ask(first).status == 200)
      try serving.stop()
    }
  }

  @Test func aSilentConnectionIsClosed() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.cells, ["--idle-timeout", "100ms"])
      let silent = try serving.connect()
      #expect(try silent.isClosedByPeer())
      let client = try serving.connect()
      #expect(try ask(client).status == 200)
      #expect(try client.isClosedByPeer())
      try serving.stop()
    }
  }

  @Test func aClientThatTakesNothingOfItsAnswerIsClosed() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.cells, ["--write-timeout", "100ms"])
      let idle = sockets(of: serving.program)
      let client = try serving.connect()
      try client.sendRequest("GET", "/large")
      try wait { sockets(of: serving.program) > idle }
      try wait { sockets(of: serving.program) == idle }
      #expect(throws: RawHTTPClient.Failure.self) { try client.readResponse() }
      try serving.stop()
    }
  }

  /// How many sockets the program has open.
  private func sockets(of program: RunningProgram) -> Int {
    let folder = "/proc/\(program.process)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.count {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)").hasPrefix("socket:"))
        == true
    }
  }

  private func wait(until isSo: () -> Bool) throws {
    let limit = ContinuousClock.now + .seconds(30)
    while !isSo() {
      try #require(ContinuousClock.now < limit, "it never came to it")
      usleep(2_000)
    }
  }

  @Test func moreThanAClientMaySendAheadEndsItsConnection() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: Self.cells + "\nroute \"/soon\" { await sleep(300ms); \"soon\" }", ["--pipeline-limit", "50"])
      let client = try serving.connect()
      try client.send(
        "GET /soon HTTP/1.1\r\nHost: a\r\n\r\n"
          + String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 5))
      let response = try client.readResponse()
      #expect(response.text == "soon")
      #expect(response["connection"] == "close")
      #expect(try client.isClosedByPeer())
      try serving.stop()
    }
  }

  @Test(
    "A bound that is none is refused, with what it may be",
    arguments: [
      ("--header-limit", "0", "--header-limit is 1 to 1099511627776, not 0"),
      ("--request-limit", "0", "--request-limit is 1 to 1099511627776, not 0"),
      ("--body-limit", "-1", "--body-limit is 0 to 1099511627776, not -1"),
      ("--head-timeout", "0s", "--head-timeout is longer than 0"),
      ("--idle-timeout", "0", "--idle-timeout is longer than 0"),
    ])
  func validation(option: String, value: String, message: String) async throws {
    try await onOwnThread {
      let run = try Run(["serve", "x.cells", "\(option)=\(value)"])
      #expect(run.exit == .code(64))
      #expect(run.errors.contains(message))
    }
  }

  @Test("The page about HTTP lists each option with the default that the program has")
  func documented() async throws {
    try await onOwnThread {
      let help = try Run(["serve", "--help"]).output
      let page = try String(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
          .appending(path: "../../docs/http.md").standardizedFileURL, encoding: .utf8)
      let rows = page.matches(of: /\n\| `(--[a-z-]+)` \| ([^|]+) \|/)
      #expect(rows.count == 20)
      let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for row in rows {
        let option = String(row.1)
        let start = try #require(words.range(of: " \(option) <"), "the program has no \(option)").upperBound
        let rest = words[start...]
        let shown = try #require(rest.firstMatch(of: /\(default: ([^)]*)\)/)).1
        #expect(
          String(shown) == row.2.replacing(",", with: "").trimmingCharacters(in: .whitespaces), "\(option)")
      }
    }
  }
}
