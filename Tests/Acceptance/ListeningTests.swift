import Foundation
import TestSupport
import Testing

/// Where the program listens, and what it says where it can't.
@Suite struct ListeningTests {
  /// A port that somebody has as long as this lives.
  private static func busyPort() throws -> ScriptedHTTPServer { try ScriptedHTTPServer() }

  private static func run(_ arguments: [String]) throws -> (
    exit: RunningProgram.Exit, program: RunningProgram
  ) {
    let program = try RunningProgram(BuiltProgram.path(), arguments, environment: Serving.environment)
    return (try program.waitForExit(), program)
  }

  @Test func aBusyPortIsNamed() async throws {
    try await onOwnThread {
      let other = try Self.busyPort()
      let message = "port \(other.port) is in use by another program"
      let file = try Serving.temporaryFile("listen(\"tcp:\(other.port)\")\n")
      let (exit, program) = try Self.run(["serve", file])
      #expect(exit == .code(3))
      #expect(program.errors.contains("error: " + message))
      #expect(program.errors.contains("1 | listen(\"tcp:\(other.port)\")"))
      #expect(program.output == "")

      let plain = try Serving.temporaryFile("route \"/\" { 1 }\n")
      let (plainExit, plainProgram) = try Self.run(["serve", plain, "--port", "\(other.port)"])
      #expect(plainExit == .code(3))
      #expect(plainProgram.errors.contains("error: " + message))
      other.stop()
    }
  }

  /// A replay failed as a cell does, or not, as somebody else happened to have the port.
  @Test func aReplayTakesAnotherPortWhereTheUsualOneIsBusy() async throws {
    try await onOwnThread {
      // Where this fails, somebody has the port already.
      let other = try? RunningProgram(
        BuiltProgram.path(), ["serve", try Serving.temporaryFile("1\n"), "--port", "8080"],
        environment: Serving.environment)
      try other?.wait(for: "8080", in: .error)
      let file = try Serving.temporaryFile("route \"/\" { 1 }\nawait get(\"/\").text\n")
      let (exit, program) = try Self.run(["replay", file])
      #expect(exit == .code(0))
      #expect(program.output.contains("Out[1]: \"1\""))
      let message = /port 8080 is in use by another program; serving http:\/\/127\.0\.0\.1:\d+ instead\n/
      #expect(program.errors.wholeMatch(of: message) != nil)
      // Who depends on a port is not left to find another.
      let (serveExit, served) = try Self.run(["serve", file])
      #expect(serveExit == .code(3))
      #expect(
        served.errors.contains("error: port 8080 is in use by another program; pick another with --port"))
    }
  }

  @Test func aReplayByTheVirtualClockNeedsNoPort() async throws {
    try await onOwnThread {
      let other = try Self.busyPort()
      let file = try Serving.temporaryFile(
        "# %% 1\nlisten(\"tcp:\(other.port)\")\n# %% 2\nroute \"/\" { 1 }\nawait get(\"/\").text\n")
      let (exit, program) = try Self.run(["replay", "--clock", "virtual", file])
      #expect(exit == .code(0))
      #expect(program.errors == "")
      #expect(program.output.contains("Out[1]: \"http://127.0.0.1:\(other.port)\""))
      #expect(program.output.contains("Out[2]: \"1\""))
      // Who wants to be reached afterwards needs it.
      let (serveExit, served) = try Self.run(["replay", "--clock", "virtual", "--serve", file])
      #expect(serveExit == .code(3))
      #expect(served.output.contains("error: port \(other.port) is in use by another program"))
      other.stop()
    }
  }

  @Test func listeningTwiceIsOneServer() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: """
          # %% 1
          let first = listen("tcp:0")
          # %% 2
          let second = listen("tcp:0")
          # %% 3
          route "/" { "\\(first == second) \\(first)" }
          """)
      #expect(try serving.ask("/").text == "true http://127.0.0.1:\(serving.port)")
      try serving.stop()
    }
  }

  @Test func beyondThisMachineNeedsHost() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("listen(\"tcp:0:interface=0.0.0.0\")\n")
      let (exit, program) = try Self.run(["serve", file])
      #expect(exit == .code(3))
      #expect(
        program.errors.contains("error: tcp:0:interface=0.0.0.0 can be reached from beyond this machine"))
      #expect(program.errors.contains("help: if that is wanted, start with --host 0.0.0.0"))
    }
  }

  @Test func withHostItListensBeyondAndSaysSo() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("route \"/fails\" { nil + 1 }\nroute \"/\" { 1 }\n")
      let serving = try Serving.start(file, ["--host", "0.0.0.0"])
      #expect(
        serving.program.errors.contains("--host 0.0.0.0: whoever reaches this machine can reach its routes"))
      #expect(try serving.ask("/").text == "1")
      try serving.stop()
    }
  }

  @Test func overIPv6() async throws {
    try await onOwnThread {
      let serving = try Serving.start(
        cells: #"""
          # %% 1
          listen("tcp:0:interface=\\:\\:1")
          # %% 2
          route "/" { request.remote }
          route "/itself" { "itself: " + (await get("/")).text }
          """#, ["--port", "0"])
      #expect(serving.program.errors.contains("serving http://[::1]:\(serving.port)"))
      let client = try RawHTTPClient(port: serving.port, host: "::1")
      try client.sendRequest("GET", "/")
      #expect(try client.readResponse().text == "::1")
      try client.sendRequest("GET", "/itself")
      #expect(try client.readResponse().text == "itself: ::1")
      try serving.stop()
    }
  }

  @Test func overAUnixSocket() async throws {
    try await onOwnThread {
      let path = NSTemporaryDirectory() + "rb-\(UUID().uuidString.prefix(8)).socket"
      let file = try Serving.temporaryFile(
        """
        # %% 1
        listen("unix:\(path)")
        # %% 2
        route "/" { "from \\(request.remote)" }
        route "/itself" { "itself: " + (await get("/")).text }
        """)
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", file], environment: Serving.environment)
      try program.wait(for: "serving unix:\(path)\n", in: .error)
      let client = try RawHTTPClient(unixPath: path)
      try client.sendRequest("GET", "/itself")
      let response = try client.readResponse()
      #expect(response.status == 200)
      #expect(response.text.hasPrefix("itself: from "))
      program.signal(SIGTERM)
      #expect(try program.waitForExit() == .code(0))
      #expect(!FileManager.default.fileExists(atPath: path), "the socket's file is left behind")
    }
  }

  @Test func withoutListenThePortOfTheCommandLineIsServed() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: "route \"/\" { \"no listen\" }\n")
      #expect(try serving.ask("/").text == "no listen")
      try serving.stop()
    }
  }
}
