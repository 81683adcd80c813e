import Foundation
import Synchronization
import TestSupport
import Testing

@testable import KernelCore

/// Answers that stream and bodies that are read as they come, over real sockets.
struct StreamTests {
  private let bench = Bench { $0.isClockVirtual = false }

  private func client(_ request: String) throws -> RawHTTPClient {
    let client = try RawHTTPClient(port: try bench.listen().port)
    client.companion = bench
    try client.send(request)
    return client
  }

  private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }
  private static func post(_ path: String) -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
  }

  @Test func eachPieceGoesOutBeforeTheNextIsWritten() throws {
    bench.run(
      "var gate = deferred(); route \"/s\" { stream { out in out.write(1); await gate; out.write(2) } }")
    let client = try client(Self.get("/s"))
    #expect(try client.readResponse(toHead: true)["content-type"] == "text/plain; charset=utf-8")
    #expect(try client.read(6) == "1\r\n1\r\n")
    bench.run("gate.resolve()", cell: 2)
    #expect(try client.read(11) == "1\r\n2\r\n0\r\n\r\n")
  }

  /// The loop must not spin until its turn is over while the handler's end is told.
  @Test func theBodyBeginsAsSoonAsTheHandlerHasEnded() throws {
    bench.run("route \"/s\" { stream { out in out.write(\"a\") } }; nil")
    var shortest = Duration.seconds(1)
    let client = try client("")
    for _ in 0..<100 {
      let start = ContinuousClock.now
      try client.send(Self.get("/s"))
      #expect(try client.readResponse().text == "a")
      shortest = min(shortest, ContinuousClock.now - start)
    }
    #expect(shortest < .microseconds(1_900))
  }

  @Test func theHeadGoesOutWhenTheBodyWaits() throws {
    bench.run("route \"/s\" { events { send in await deferred() } }")
    let head = try client(Self.get("/s")).readResponse(toHead: true)
    #expect(head["content-type"] == "text/event-stream")
    #expect(head["cache-control"] == "no-store")
  }

  @Test func aClientThatGoesCancelsTheBodyAndItsDefersRun() throws {
    bench.run(
      """
      let log = []
      route "/s" { stream { out in
          defer { log.append("left, \\(out.isOpen), \\(out.write("more"))") }
          out.write("x")
          await deferred()
      } }
      """)
    let client = try client(Self.get("/s"))
    _ = try client.readResponse(toHead: true)
    client.close()
    #expect(bench.wait { bench.kernel.desk.count == 0 })
    #expect(bench.run("log", cell: 2).text == "[\"left, false, false\"]")
  }

  @Test func aSlowReaderParksTheBodyAndOthersGoOn() throws {
    bench.run(
      """
      var written = 0
      let piece = "x".repeated(10_000)
      route "/s" { stream { out in while true { out.write(piece); written += 1 } } }
      route "/other" { "still here" }
      """)
    let client = try client(Self.get("/s"))
    _ = try client.readResponse(toHead: true)
    // It comes to a stop without a limit of computing.
    var before = -1
    for _ in 0..<200 {
      let now = Int(bench.run("written", cell: 2).text) ?? 0
      if now > 0, now == before { break }
      before = now
      usleep(50_000)
    }
    #expect(bench.run("written", cell: 2).text == "\(before)")
    #expect(bench.on { bench.kernel.activities().first?.waitsFor } == "a slow reader")
    let port = try bench.listen().port
    #expect(try RawHTTPClient.request(port: port, "GET", "/other").text == "still here")
    _ = try client.read(2_000_000)
    #expect(bench.wait { bench.kernel.desk.count == 1 && bench.kernel.streams.machine.isIdle })
    #expect((Int(bench.run("written", cell: 2).text) ?? 0) > before)
    client.close()
  }

  @Test func othersAreAnsweredBesideStreamsThatAreReadAsFastAsTheyCome() throws {
    bench.run(
      """
      let block = Bytes("x".repeated(16_000))
      route "/s" { stream { out in while out.write(block) { } } }
      route "/other" { "still here" }
      """)
    let port = try bench.listen().port
    let readers = 40
    let begun = Atomic<Int>(0)
    let isAnswered = Atomic<Bool>(false)
    // However busy this machine is with other tests.
    let end = ContinuousClock.now + .seconds(60)
    let waited = try RawHTTPClient.concurrently(readers + 1) { index in
      if index == readers {
        while begun.load(ordering: .acquiring) < readers { usleep(1_000) }
        defer { isAnswered.store(true, ordering: .releasing) }
        return try RawHTTPClient.request(port: port, "GET", "/other").text == "still here"
      }
      let client = try RawHTTPClient(port: port)
      try client.send(Self.get("/s"))
      _ = try client.readResponse(toHead: true)
      begun.add(1, ordering: .acquiringAndReleasing)
      while !isAnswered.load(ordering: .acquiring) {
        if ContinuousClock.now > end { return false }
        _ = try client.readBytes(50_000)
      }
      return true
    }
    // Nobody had to stop reading before the other was answered.
    #expect(waited == Array(repeating: true, count: readers + 1))
  }

  @Test func anErrorBehindTheFirstPieceCutsTheAnswerOffAndIsTold() throws {
    bench.run("route \"/s\" { stream { out in out.write(\"half\"); await sleep(1ms); throw \"lost\" } }")
    let client = try client(Self.get("/s"))
    let text = try String(decoding: client.readUntilClose(), as: UTF8.self)
    #expect(text.hasSuffix("\r\n\r\n4\r\nhalf\r\n"))
    #expect(bench.heard("after 4 bytes of the answer to GET /s"))
    #expect(bench.heard("error: lost"))
  }

  @Test func aSilentEventStreamSendsComments() throws {
    bench.run("route \"/e\" { events(heartbeat: 1s) { send in send(1); await deferred() } }")
    let client = try client(Self.get("/e"))
    _ = try client.readResponse(toHead: true)
    #expect(try client.read(14) == "9\r\ndata: 1\n\n\r\n")
    #expect(try client.read(8) == "3\r\n:\n\n\r\n")
  }

  @Test func theEndOfTheKernelEndsStreams() throws {
    bench.run("route \"/s\" { stream { out in out.write(1); await deferred() } }")
    let client = try client(Self.get("/s"))
    #expect(try client.readResponse(toHead: true).status == 200)
    bench.on { bench.supervisor.restart() }
    #expect(try String(decoding: client.readUntilClose(), as: UTF8.self) == "1\r\n1\r\n")
  }

  @Test func aPersonCanEndAStream() throws {
    bench.run("route \"/s\" { stream { out in out.write(1); await deferred() } }")
    let client = try client(Self.get("/s"))
    _ = try client.readResponse(toHead: true)
    let number = try #require(bench.on { bench.kernel.activities().first?.number })
    #expect(bench.on { bench.kernel.cancel(activity: number) })
    _ = try client.readUntilClose()
    #expect(bench.on { bench.kernel.desk.count } == 0)
  }

  @Test func streamsAreLoggedWithWhatWentOutWhenTheyEnd() throws {
    bench.on { bench.supervisor.logsRequests = true }
    bench.run("route \"/s\" { stream { out in out.write(\"12345\") } }")
    #expect(try client(Self.get("/s")).readResponse().text == "12345")
    #expect(bench.served == ["GET /s 200 5"])
  }

  // MARK: Bodies

  @Test func aRouteThatReadsChunksBeginsBeforeTheBodyIsThere() throws {
    bench.run(
      """
      route POST "/up" {
          let sizes = []
          for await chunk in request.chunks { sizes.append(String(chunk)) }
          sizes
      }
      """)
    let client = try client(Self.post("/up"))
    #expect(bench.wait { bench.kernel.activities().first?.waitsFor == "the next chunk" })
    try client.send("3\r\none\r\n")
    #expect(bench.wait { bench.kernel.streams.machine.isIdle })
    try client.send("3\r\ntwo\r\n0\r\n\r\n")
    let text = try client.readResponse().text
    #expect(text == "[\"one\",\"two\"]" || text == "[\"onetwo\"]")
  }

  @Test func aBodyIsSentBackAsItComes() throws {
    bench.run("route \"/echo\" { stream { out in for await chunk in request.chunks { out.write(chunk) } } }")
    let client = try client(Self.post("/echo"))
    _ = try client.readResponse(toHead: true)
    for text in ["one", "two"] {
      try client.send("3\r\n\(text)\r\n")
      #expect(try client.read(8) == "3\r\n\(text)\r\n")
    }
    try client.send("0\r\n\r\n")
    #expect(try client.read(5) == "0\r\n\r\n")
  }

  @Test(arguments: ["body", "text", "json", "form", "files"])
  func theWholeBodyIsNotThereWhereChunksAreRead(member: String) throws {
    bench.run("route \"/up\" { let all = request.chunks; request.\(member) }")
    #expect(try client(Self.post("/up")).readResponse().status == 500)
    #expect(
      bench.heard(
        "request.\(member) is not there where request.chunks reads the body as it comes"))
  }

  @Test func oneLoopAtATimeReads() throws {
    bench.run(
      """
      route "/up" {
          let other = async { for await chunk in request.chunks { print(String(chunk)) } }
          await sleep(1ms)
          for await chunk in request.chunks { print("never") }
      }
      """)
    #expect(try client(Self.post("/up")).readResponse().status == 500)
    #expect(bench.heard("something else waits for the next chunk already"))
  }

  @Test func aLoopThatIsLeftCanBeTakenUpAgain() throws {
    bench.run(
      """
      route "/up" {
          let parts = []
          for await chunk in request.chunks { parts.append(String(chunk)); break }
          parts.append("|")
          for await chunk in request.chunks { parts.append(String(chunk)) }
          parts.joined()
      }
      """)
    let client = try client(Self.post("/up") + "1\r\na\r\n")
    #expect(bench.wait { bench.kernel.activities().first?.waitsFor == "the next chunk" })
    try client.send("1\r\nb\r\n0\r\n\r\n")
    #expect(try client.readResponse().text == "a|b")
  }

  @Test func aBrokenBodyIsTheClientsError() throws {
    bench.run("route \"/up\" { for await chunk in request.chunks { }; 1 }")
    let client = try client(Self.post("/up"))
    #expect(bench.wait { bench.kernel.desk.count == 1 })
    try client.send("nonsense\r\n")
    let answer = try client.readResponse()
    #expect(answer.status == 400)
    #expect(
      answer.text
        == "the body of the request is malformed: a chunk's size is not a hexadecimal number (RFC 9112, section 7.1)\n"
    )
  }

  @Test func ofABodyThatIsNoneIsToldWhatIsWrong() throws {
    let bench = Bench {
      $0.isClockVirtual = false
      $0.serverLimits.maxHeaderBytes = 100
    }
    bench.run("route \"/up\" { for await chunk in request.chunks { }; 1 }")
    let long = String(repeating: "x", count: 200)
    for (rest, status, reason) in [
      ("3\r\nabcdef\r\n", 400, "a chunk, or a field behind the last, is malformed (RFC 9112, section 7.1)"),
      (
        "3;\(long)\r\nabc\r\n", 413,
        "the extensions of its chunks are longer than the 100 bytes that are taken"
      ),
    ] {
      let client = try RawHTTPClient(port: try bench.listen().port)
      try client.send(Self.post("/up"))
      #expect(bench.wait { bench.kernel.desk.count == 1 })
      try client.send(rest)
      let answer = try client.readResponse()
      #expect(answer.status == status)
      #expect(answer.text == "the body of the request is malformed: \(reason)\n")
      client.close()
    }
  }

  @Test func whatOneTurnWritesWithoutWaitingIsNotTakenForASlowReader() throws {
    bench.run(
      """
      route "/burst" { stream { out in for n in 1...300 { out.write("\\(n % 10)".repeated(1000), wait: false) } } }
      """)
    let client = try RawHTTPClient(port: try bench.listen().port)
    try client.sendRequest("GET", "/burst")
    #expect(try client.readResponse().body.count == 300_000)
    client.close()
  }

  @Test func aPieceThatIsNotToWaitIsNotWrittenForWhoReadsNothing() throws {
    bench.run(
      """
      let log = []
      route "/all" {
          stream { out in
              let piece = "x".repeated(50000)
              while out.write(piece, wait: false) { await sleep(1ms) }
              log.append("full")
              await deferred()
          }
      }
      """)
    let client = try RawHTTPClient(port: try bench.listen().port)
    try client.sendRequest("GET", "/all")
    #expect(bench.wait { bench.run("log", cell: 900).text == "[\"full\"]" })
    client.close()
  }
}
