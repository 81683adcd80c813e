import Foundation
import Glibc
import TestSupport
import Testing

/// How the program serves, whatever the notebook.
@Suite struct ServerTests {
  @Test func anUnknownMethodGets405WithThoseThatAreTaken() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: #"route GET "/only" { "x" }"#)
      let refused = try serving.ask("/only", method: "PUT")
      #expect(refused.status == 405)
      #expect(refused["allow"] == "GET, HEAD, OPTIONS")
      #expect(refused.text == "/only does not take PUT, but GET, HEAD, OPTIONS.\n")
      let options = try serving.ask("/only", method: "OPTIONS")
      #expect(options.status == 204)
      #expect(options["allow"] == "GET, HEAD, OPTIONS")
      #expect(try serving.ask("/only").text == "x")
      try serving.stop()
    }
  }

  @Test func aBodyPastTheLimitGets413() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: #"route POST "/size" { request.body.count }"#, ["--body-limit", "1000"])
      let body = String(repeating: "x", count: 1_001)
      let refused = try serving.ask("/size", method: "POST", body: body)
      #expect(refused.status == 413)
      #expect(refused.text == "The body of the request is larger than the 1000 bytes that are taken.\n")
      #expect(try serving.ask("/size", method: "POST", body: String(body.dropLast())).text == "1000")
      // One that says that it is too large is refused before it is sent.
      let client = try serving.connect(timeout: 5)
      try client.send("POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n")
      #expect(try client.readResponse().status == 413)
      // What the server refuses before a route is asked stands in the log too.
      let unreadable = try serving.connect(timeout: 5)
      try unreadable.send("BREW\r\n\r\n")
      #expect(try unreadable.readResponse().status == 400)
      try serving.stop()
      let log = serving.program.output
      #expect(log.contains("method=POST path=/size status=413"))
      #expect(log.contains("method=- path=- status=400"))
    }
  }

  @Test func manyRequestsShareAConnection() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: #"route "/twice/<int:n>" { n * 2 }"#)
      let client = try serving.connect()
      for number in 1...200 {
        try client.sendRequest("GET", "/twice/\(number)")
        #expect(try client.readResponse().text == "\(number * 2)")
      }
      // Sent before the first is answered, they are answered in order.
      for number in 1...20 { try client.sendRequest("GET", "/twice/\(number)") }
      for number in 1...20 { #expect(try client.readResponse().text == "\(number * 2)") }
      // An error of a handler does not cost the connection.
      try client.sendRequest("GET", "/nowhere")
      #expect(try client.readResponse().status == 404)
      try client.sendRequest("GET", "/twice/4")
      #expect(try client.readResponse().text == "8")
      try serving.stop()
    }
  }

  // Fibers that made each other ready, and timers of no length, once kept the loop from its sockets for ever.
  @Test(arguments: ["await sleep(0s)", "await async { 1 }", "await after(0s) { 1 }"])
  func aHandlerThatWaitsForNothingOverAndOverLeavesTheServerAnswering(_ wait: String) async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: "route \"/hi\" { \"hi\" }\nroute \"/spin\" { while true { \(wait) } }")
      let spinning = try serving.connect()
      try spinning.sendRequest("GET", "/spin")
      for _ in 1...20 { #expect(try serving.ask("/hi").text == "hi") }
      spinning.close()
      #expect(try serving.ask("/hi").text == "hi")
      try serving.stop()
    }
  }

  @Test func anAnswerTakesItsBodyBehindItsLabels() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: #"route "/made" { respond(status: 201, headers: ["X-Made": "yes"], "hello") }"#)
      let made = try serving.ask("/made")
      #expect(made.status == 201)
      #expect(made["x-made"] == "yes")
      #expect(made.text == "hello")
      try serving.stop()
    }
  }

  @Test func aHandlerThatNeverEndsIsStoppedAndTheServerAnswersAgain() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: """
          route "/" { "here" }
          route "/spin" { while true { 1 } }
          func dig(n) { dig(n + 1) + 1 }
          route "/dig" { dig(0) }
          """, ["--cpu-limit", "300ms"])
      let (response, seconds) = try serving.timed("/spin")
      #expect(response.status == 500)
      #expect(response.text.contains("error: stopped after computing for 300 ms without waiting"))
      #expect(response.text.contains("2 | route \"/spin\" { while true { 1 } }"))
      // It is processor time that is counted: on a busy machine more passes.
      #expect(seconds >= 0.29 && seconds < 60)
      #expect(try serving.ask("/").text == "here")
      let deep = try serving.ask("/dig")
      #expect(deep.status == 500)
      #expect(deep.text.contains("dig(n + 1)"))
      #expect(try serving.ask("/").text == "here")
      try serving.stop()
    }
  }

  @Test func aBackendThatIsDownGives502ThatNamesIt() async throws {
    try await onOwnThread {
      // A port that was free a moment ago.
      let backend = try ScriptedHTTPServer()
      let port = backend.port
      backend.stop()
      let serving = try Serving.start(
        cells: """
          # %% 1
          let backend = "http://127.0.0.1:\(port)"
          # %% 2
          route "/through" {
            let answer = await get(backend + "/x")
            answer.text
          }
          route "/caught" { do { await get(backend) } catch error { "no backend: \\(error.kind)" } }
          """)
      let response = try serving.ask("/through")
      #expect(response.status == 502)
      #expect(
        response.text == """
          502 Bad Gateway

          error: GET http://127.0.0.1:\(port)/x: could not connect to 127.0.0.1:\(port): connection refused
            cell [2], line 2
            2 |   let answer = await get(backend + "/x")
              |                ^^^^^^^^^^^^^^^^^^^^^^^^^

          """)
      #expect(try serving.ask("/caught").text == "no backend: network")
      try serving.stop()
    }
  }

  @Test func aBackendThatFailsOrTalksNonsenseIsLoud() async throws {
    try await onOwnThread {
      let backend = try ScriptedHTTPServer()
      backend.on("/broken", .init(status: 503, reason: "Service Unavailable"))
      backend.on("/text", .text("no json"))
      let serving = try Serving.start(
        cells: """
          let backend = "http://127.0.0.1:\(backend.port)"
          route "/broken" { (await get(backend + "/broken")).text }
          route "/json" { (await get(backend + "/text")).json.origin }
          route "/unchecked" { (await get(backend + "/broken", check: false)).status }
          """)
      let broken = try serving.ask("/broken")
      #expect(broken.status == 502)
      #expect(
        broken.text.contains(
          "error: GET http://127.0.0.1:\(backend.port)/broken gave 503 Service Unavailable"))
      let nonsense = try serving.ask("/json")
      #expect(nonsense.status == 500)
      #expect(nonsense.text.contains("the body of http://127.0.0.1:\(backend.port)/text is "))
      #expect(try serving.ask("/unchecked").text == "503")
      try serving.stop()
      backend.stop()
    }
  }
}

/// Signals.
@Suite struct StoppingTests {
  @Test("SIGTERM and SIGINT let requests under way end, and nobody new in", arguments: [SIGTERM, SIGINT])
  func drains(_ signal: Int32) async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: """
          var started = 0
          route "/slow" { started += 1; await sleep(1500ms); "done" }
          route "/started" { started }
          """)
      let client = try serving.connect()
      try client.sendRequest("GET", "/slow")
      while try serving.ask("/started").text != "1" {}
      let idle = try serving.connect()
      serving.program.signal(signal)
      // An idle connection is closed at once; after that nobody else is let in.
      #expect(try idle.isClosedByPeer())
      #expect(throws: (any Error).self) { try serving.ask("/started") }
      let response = try client.readResponse()
      #expect(response.status == 200)
      #expect(response.text == "done")
      #expect(try serving.program.waitForExit(timeout: 5) == .code(0))
      #expect(serving.program.output.contains("method=GET path=/slow status=200"))
    }
  }

  /// A signal in the moment between its being taken over and being listened for was lost.
  @Test(arguments: ["serve", "replay"])
  func aSignalIsHeardWheneverItComes(_ mode: String) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nawait sleep(1h)\n")
      for step in 0..<25 {
        let program = try RunningProgram(
          BuiltProgram.path(), [mode, file, "--port", "0"], environment: Serving.environment)
        usleep(UInt32(step * 12_000))
        program.signal(SIGTERM)
        let exit = try program.waitForExit(timeout: 10)
        #expect(exit == .signal(SIGTERM) || mode == "serve" && exit == .code(0), "after \(step * 12) ms")
      }
    }
  }

  @Test func aSignalEndsACellThatComputes() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nprint(\"begun\")\nwhile true { }\n")
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", file, "--port", "0", "--cpu-limit", "1h"],
        environment: Serving.environment)
      try program.wait(for: "begun")
      program.signal(SIGTERM)
      #expect(try program.waitForExit(timeout: 10) == .code(0))
    }
  }

  // The log was written until somebody read it, whatever signals came.
  @Test func aReaderOfTheLogWhoStallsDoesNotKeepTheServerFromEnding() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("route \"/\" { \"x\" }\n")
      // The log goes to a pipe whose other end is open and never read.
      let command =
        "exec 3<> \"$HOME/pipe\"; exec \(try BuiltProgram.path()) serve \(file) --port 0 > \"$HOME/pipe\""
      let program = try RunningProgram(
        "/bin/sh", ["-c", "mkdir -p \"$HOME\"; rm -f \"$HOME/pipe\"; mkfifo \"$HOME/pipe\"; \(command)"],
        environment: Serving.environment)
      let client = try RawHTTPClient(port: try Serving.port(of: program), timeout: 20)
      let long = String(repeating: "q", count: 1_000)
      for _ in 0..<300 {
        try client.sendRequest("GET", "/?\(long)")
        #expect(try client.readResponse().text == "x")
      }
      program.signal(SIGTERM)
      #expect(try program.waitForExit(timeout: 10) == .code(0))
    }
  }

  /// A server with a request under way that never ends, and its client.
  private static func servingOneForEver(grace: String) throws -> (Serving, RawHTTPClient) {
    let serving = try Serving.start(
      cells: """
        var started = 0
        route "/for-ever" { started += 1; await deferred() }
        route "/started" { started }
        """, ["--grace", grace])
    let client = try serving.connect()
    try client.sendRequest("GET", "/for-ever")
    while try serving.ask("/started").text != "1" {}
    return (serving, client)
  }

  @Test func aRequestThatDoesNotEndInTimeIsTold503() async throws {
    try await onOwnThread {
      let (serving, client) = try Self.servingOneForEver(grace: "500ms")
      serving.program.signal(SIGTERM)
      let response = try client.readResponse()
      #expect(response.status == 503)
      #expect(response.text == "Not now: the notebook is being stopped.\n")
      #expect(try serving.program.waitForExit(timeout: 5) == .code(0))
    }
  }

  @Test func aRequestThatHasNotComeWholeInTimeIsTold503AndLogged() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: "route \"/\" { 1 }", ["--grace", "300ms"])
      let client = try serving.connect()
      // What stands behind the first has come when that is answered.
      try client.send(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
      #expect(try client.readResponse().text == "1")
      serving.program.signal(SIGTERM)
      let response = try client.readResponse()
      #expect(response.status == 503 && response.text == "Not now: the server is shutting down.\n")
      #expect(try serving.program.waitForExit(timeout: 5) == .code(0))
      #expect(serving.program.output.contains("method=POST path=/up status=503"))
    }
  }

  @Test func aSecondSignalEndsAtOnce() async throws {
    try await onOwnThread {
      let (serving, client) = try Self.servingOneForEver(grace: "1h")
      let idle = try serving.connect()
      serving.program.signal(SIGTERM)
      // The first has come: it closes idle connections.
      #expect(try idle.isClosedByPeer())
      serving.program.signal(SIGTERM)
      #expect(try serving.program.waitForExit(timeout: 5) == .code(128 + SIGTERM))
      withExtendedLifetime(client) {}
    }
  }

  /// What is still on its way from a client holds time still, as an answer does that is on its way to the notebook.
  @Test func aVirtualClockWaitsForABodyThatIsComing() async throws {
    try await onOwnThread {
      let cells = """
        every(1m) { nil }
        let began = now()
        route "/up" { var size = 0; for await chunk in request.chunks { size += chunk.count }; [size, now() - began] }
        """
      let serving = try Serving.start(cells: cells, ["--clock", "virtual"])
      let client = try RawHTTPClient(port: serving.port)
      try client.send("POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
      usleep(500_000)
      try client.send("3\r\ndef\r\n0\r\n\r\n")
      let answer = try client.readResponse()
      #expect(answer.status == 200)
      #expect(answer.text == "[6,\"0s\"]")
      try serving.stop()
    }
  }
}
