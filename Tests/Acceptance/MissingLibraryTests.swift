import Foundation
import TestSupport
import Testing

/// A system without a library that the program loads when it needs it.
@Suite struct MissingLibraryTests {
  /// Hides a library from one process, in a mount namespace of its own.
  private static let hiding = """
    hidden=$(/sbin/ldconfig -p | grep -F "$0 " | sed -n 's/.*=> //p' | head -1)
    mount --bind /dev/null "$(readlink -f "$hidden")" && exec "$@"
    """

  private static func command(hiding library: String, _ arguments: [String]) -> [String] {
    ["--mount", "sh", "-c", hiding, library] + arguments
  }

  private static func run(hiding library: String, _ arguments: [String]) throws -> RunningProgram {
    try RunningProgram(
      "/usr/bin/unshare", command(hiding: library, arguments), environment: Serving.environment)
  }

  private static let canHide = (try? run(hiding: "libcurl.so.4", ["true"]).waitForExit()) == .code(0)

  @Test(.enabled(if: canHide, "mounting needs rights"))
  func withoutLibcurlAllButCallsWorks() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1\nlet a = 1\na\n# %% 2\nawait get(\"http://127.0.0.1:1/\")\n")
      let program = try Self.run(hiding: "libcurl.so.4", [BuiltProgram.path(), "replay", file])
      #expect(try program.waitForExit() == .code(3))
      #expect(program.output.contains("Out[1]: 1"))
      #expect(program.output.contains("calls are not possible: libcurl cannot be loaded"))
      #expect(program.output.contains("on Debian, apt-get install libcurl4"))
    }
  }

  @Test(.enabled(if: canHide, "mounting needs rights"))
  func withoutLibcryptoAllButDigestsAndWebSocketsWorks() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1\nroute GET \"/\" { \"here\" }\nsocket \"/s\" { s in s.send(1) }\n"
          + "route GET \"/digest\" { sha256(\"a\").hexEncoded() }\n")
      let program = try Self.run(
        hiding: "libcrypto.so.3", [BuiltProgram.path(), "serve", "--inspect", file, "--port", "0"])
      let served = Serving(program: program, port: try Serving.port(of: program))
      #expect(try served.ask("/").text == "here")
      #expect(try served.ask("/digest").status == 500)
      let socket = try served.connect()
      try socket.sendRequest(
        "GET", "/s",
        headers: [
          ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
          ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ])
      let answer = try socket.readResponse()
      #expect(answer.status == 503)
      #expect(answer.text == "This server can open no WebSockets: it lacks libcrypto.\n")
      try program.wait(for: "no WebSocket can be opened: libcrypto cannot be loaded", in: .error)
      try program.wait(for: "the digest could not be computed: libcrypto cannot be loaded", in: .error)
      try program.wait(for: "on Debian, apt-get install libssl3", in: .error)
      let browser = try served.connect()
      try browser.sendRequest("GET", "/_routebook/")
      let page = try browser.readResponse()
      #expect(page.status == 503)
      #expect(page.text.contains("The page cannot be made: libcrypto cannot be loaded"))
      try served.stop()
    }
  }

  /// It may have been missing for a moment, as where there are no descriptors left.
  @Test func aLibraryIsLookedForAgain() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write("no library", to: "libcrypto.so.3")
      let file = try Serving.temporaryFile("# %% 1\nroute GET \"/digest\" { sha256(\"a\").hexEncoded() }\n")
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", file, "--port", "0"],
        environment: Serving.environment.merging(["LD_LIBRARY_PATH": folder.path]) { $1 })
      let served = Serving(program: program, port: try Serving.port(of: program))
      #expect(try served.ask("/digest").status == 500)
      try FileManager.default.removeItem(atPath: folder.path + "/libcrypto.so.3")
      #expect(try served.ask("/digest").text.hasPrefix("ca978112ca1bbdca"))
      try served.stop()
    }
  }

  @Test(.enabled(if: canHide, "mounting needs rights"))
  func withoutLibeditThePromptTakesPlainLinesAndSaysSo() async throws {
    try await onOwnThread {
      let terminal = try PseudoTerminal(
        "/usr/bin/unshare",
        Self.command(hiding: "libedit.so.2", [try BuiltProgram.path(), "--port", "0", "--no-browser"]),
        environment: Serving.environment.merging(["TERM": "xterm-256color"]) { $1 }, columns: 200, rows: 30)
      try terminal.wait(for: "the prompt") { $0.text.contains("In [1]:") }
      #expect(terminal.screen.text.contains("lines are not edited: libedit cannot be loaded"))
      #expect(terminal.screen.text.contains("on Debian, apt-get install libedit2"))
      try terminal.send("20 + 22\r")
      try terminal.wait(for: "the value") { $0.text.contains("Out[1]: 42") }
      try terminal.send("%edit 1\r")
      try terminal.wait(for: "the advice") {
        $0.text.contains("libedit2, or set $VISUAL or $EDITOR to your editor")
      }
    }
  }
}
