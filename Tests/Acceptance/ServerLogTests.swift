import Foundation
import Glibc
import TestSupport
import Testing

/// What a server writes on standard output.
@Suite struct ServerLogTests {
  private static let notebook = """
    # %% 1
    route "/" { print("asked\\ntwice"); "here" }
    # %% 2
    route "/fails" { 1 / 0 }
    """

  private static func ask(_ options: [String]) throws -> RunningProgram {
    let serving = try Serving.start(cells: notebook, options)
    #expect(try serving.ask("/").status == 200)
    #expect(try serving.ask("/fails").status == 500)
    #expect(try serving.ask("/a%20b?c=%22d%22&e='%1B[2J").status == 404)
    // What is no word and no text at all: bytes of a terminal's commands.
    let client = try serving.connect()
    try client.send("GET /\u{9B}2J\u{202E} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    _ = try client.readResponse()
    try serving.stop()
    return serving.program
  }

  @Test func aRequestIsALineOfLogfmtWithItsTime() async throws {
    try await onOwnThread {
      let lines = try Self.ask([]).output.split(separator: "\n")
      let line =
        /time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z method=GET path=\/ status=200 ms=[\d.]+ bytes=4 remote=127\.0\.0\.1 cell=1/
      #expect(lines.contains { $0.wholeMatch(of: line) != nil })
      #expect(lines.contains("[1] asked") && lines.contains("    twice"))
      #expect(lines.contains { $0.contains(#"path="/a%20b?c=%22d%22&e='%1B[2J" status=404"#) })
      #expect(
        !lines.contains { $0.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) } }
      )
    }
  }

  @Test func everyLineIsAnObjectWhereJSONIsAskedFor() async throws {
    try await onOwnThread {
      let program = try Self.ask(["--log-format", "json"])
      let lines = program.output.split(separator: "\n")
      let objects = try lines.map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
      }
      #expect(objects.count == 5)
      for object in objects {
        let time = try #require(object["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
      }
      let printed = try #require(objects.first { $0["message"] != nil })
      #expect(printed["message"] as? String == "asked\ntwice")
      #expect(printed["level"] as? String == "info" && printed["cell"] as? Int == 1)
      let failed = try #require(objects.first { $0["path"] as? String == "/fails" })
      #expect(failed["status"] as? Int == 500 && failed["cell"] as? Int == 2 && failed["ms"] is Double)
      #expect(
        !program.output.unicodeScalars.contains { (0x7F...0x9F).contains($0.value) || $0.value == 0x202E })
      // What goes wrong is told where it always is.
      #expect(program.errors.contains("[2] 500 for GET /fails"))
    }
  }

  /// The log was lost without a word.
  @Test func aReaderOfTheLogThatGoesIsMissed() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nroute \"/\" { \"here\" }\n")
      let folder = TemporaryFolder()
      let program = try RunningProgram(
        "/bin/sh",
        [
          "-c", "mkfifo log; head -n 1 log > /dev/null & exec \"$0\" serve --port 0 \"$1\" > log",
          BuiltProgram.path(), file,
        ], environment: Serving.environment, folder: folder.path)
      let port = try Serving.port(of: program)
      let wanted = "standard output cannot be written: whoever read it has gone\n"
      // One line is read, and what is written before its reader has ended goes nowhere.
      for _ in 0..<1_000 where !program.errors.contains(wanted) {
        #expect(try RawHTTPClient.request(port: port, "GET", "/").text == "here")
        usleep(10_000)
      }
      #expect(try RawHTTPClient.request(port: port, "GET", "/").text == "here")
      program.signal(SIGTERM)
      #expect(try program.waitForExit() == .code(0))
      #expect(program.errors.components(separatedBy: wanted).count == 2)
    }
  }

  /// All of it was written at the end, and nothing where a second signal came before.
  @Test func whatHappensWhileTheServerEndsIsToldAsItHappens() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: """
          var started = 0
          let isEnding = deferred()
          route "/last" { started += 1; await isEnding; print("going"); "gone" }
          route "/fails" { started += 1; await isEnding; throw "oops" }
          route "/for-ever" { started += 1; await deferred() }
          route "/ends" { started += 1; for await chunk in request.chunks { isEnding.resolve(1) }; 1 }
          route "/started" { started }
          """, ["--grace", "1h"])
      let clients = try ["/last", "/fails", "/for-ever"].map { path in
        let client = try serving.connect()
        try client.sendRequest("GET", path)
        return client
      }
      // Its body comes when the end has begun.
      let ending = try serving.connect()
      try ending.send("POST /ends HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      while try serving.ask("/started").text != "4" {}
      let idle = try serving.connect()
      serving.program.signal(SIGTERM)
      #expect(try idle.isClosedByPeer())
      try ending.send("1\r\na\r\n")
      try serving.program.wait(for: "going\n")
      try serving.program.wait(for: "path=/last status=200")
      try serving.program.wait(for: "path=/fails status=500")
      try serving.program.wait(for: "oops", in: .error)
      serving.program.signal(SIGTERM)
      #expect(try serving.program.waitForExit() == .code(128 + SIGTERM))
      withExtendedLifetime(clients) {}
    }
  }

  @Test func anUnknownFormatIsRefused() async throws {
    try await onOwnThread {
      let run = try Run(["serve", "--log-format", "xml", "a.cells"])
      #expect(run.exit == .code(64))
      #expect(run.errors.contains("logfmt") && run.errors.contains("json"))
    }
  }
}
