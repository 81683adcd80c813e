import Foundation
import TestSupport
import Testing

/// How the built program calls others: by the command line and by its environment.
@Suite(.timeLimit(.minutes(2)))
struct CallOptionTests {
  /// Replays one cell, and gives its transcript.
  private func replay(_ cell: String, _ options: [String] = [], environment: [String: String] = [:])
    async throws -> String
  {
    let file = try Serving.temporaryFile(cell)
    return try await onOwnThread {
      let program = try RunningProgram(
        BuiltProgram.path(), ["replay", file, "--port", "0"] + options,
        environment: Serving.environment.merging(environment) { $1 })
      try program.waitForExit()
      return program.output + program.errors
    }
  }

  @Test func theFileOfAuthoritiesComesByOptionOrByEnvironment() async throws {
    let backend = try TLSBackend(certificate: Certificates.issued)
    let authority = try TemporaryFile(Certificates.authority)
    let other = try TemporaryFile(Certificates.selfSigned)
    let cell = "await get(\"https://localhost:\(backend.port)/\").text"
    #expect(try await replay(cell, ["--ca-file", authority.path]).contains("\"secret\""))
    #expect(try await replay(cell, environment: ["SSL_CERT_FILE": authority.path]).contains("\"secret\""))
    // The option wins.
    let refused = try await replay(
      cell, ["--ca-file", other.path], environment: ["SSL_CERT_FILE": authority.path])
    #expect(refused.contains("was refused: the authority that issued it is not trusted here"))
    let missing = try await replay(cell, environment: ["SSL_CERT_FILE": "/nowhere/ca.pem"])
    #expect(
      missing.contains("the file of authorities to trust, of --ca-file or SSL_CERT_FILE, cannot be read: "))
    #expect(missing.contains("/nowhere/ca.pem"))
  }

  @Test(arguments: ["replay", "serve", "notebook"])
  func aFileOfAuthoritiesThatIsNoneIsToldBeforeAnythingRuns(mode: String) async throws {
    let file = try Serving.temporaryFile("print(\"ran\")")
    try await onOwnThread {
      for (path, why) in [
        ("/nowhere/ca.pem", "there is no file \"/nowhere/ca.pem\""), (file, "holds no certificate"),
      ] {
        let run = try Run([mode, file, "--ca-file", path])
        #expect(run.exit == .code(64))
        #expect(run.errors.contains("--ca-file: "))
        #expect(run.errors.contains(why))
        #expect(!run.output.contains("ran"))
      }
    }
  }

  @Test func theEnvironmentNamesTheProxy() async throws {
    let proxy = try ScriptedHTTPServer()
    proxy.on("http://service.test/", .text("by the proxy"))
    let address = "http://127.0.0.1:\(proxy.port)"
    let cell = "await get(\"http://service.test/\").catch { $0.message }.text"
    #expect(try await replay(cell, environment: ["http_proxy": address]).contains("by the proxy"))
    for environment in [["HTTP_PROXY": address], ["http_proxy": address, "no_proxy": "test"]] {
      #expect(!(try await replay(cell, environment: environment).contains("by the proxy")))
    }
    #expect(proxy.counts.requests == 1)
  }

  @Test func callsToOneServerAreBoundedByAnOption() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/", .text("x", after: .milliseconds(20)))
    let cell = "(await all((1...12).map { get(\"\(server.url())\") })).count"
    #expect(try await replay(cell, ["--calls-per-host", "3"]).contains("12"))
    #expect(server.counts.requests == 12)
    #expect(server.counts.mostRequestsUnderWay <= 3)
    #expect(try await replay(cell, ["--calls-at-once", "1"]).contains("12"))
    #expect(server.counts.connections <= 4)
  }

  /// Routes that wait for each other held all the turns that there are.
  @Test(arguments: ["--calls-per-host", "--calls-at-once"])
  func routesThatCallEachOtherNeedNoTurns(option: String) async throws {
    let cells = """
      # %% 1
      route "/deep/<int:n>" { n == 0 ? "end" : await get("/deep/\\(n - 1)").text }
      # %% 2
      await all((1...4).map { _ in get("/deep/20", timeout: 20s) }).map { $0.text }
      """
    #expect(try await replay(cells, [option, "2"]).contains("[\"end\", \"end\", \"end\", \"end\"]"))
  }

  @Test func theOtherBoundsAreOptionsToo() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/", .text("12345678901"))
    let tooLong = try await replay("await get(\"\(server.url())\")", ["--answer-limit", "10"])
    #expect(tooLong.contains("announced has 11 bytes, more than the limit of 10"))
    let full = try FullListener()
    let late = try await replay(
      "await get(\"http://127.0.0.1:\(full.port)/\")", ["--connect-timeout", "100ms"])
    #expect(late.contains("within 100 ms, its connect timeout"))
    for (option, value, why) in [
      ("--calls-per-host", "0", "--calls-per-host is 1 to"),
      ("--calls-at-once", "0", "--calls-at-once is 1 to"),
      ("--connect-timeout", "0s", "--connect-timeout is longer than 0"),
      ("--answer-limit=-1", "", "--answer-limit is 0 to"),
    ] {
      let said = try await replay("1", [option] + (value.isEmpty ? [] : [value]))
      #expect(said.contains(why), "\(option)")
    }
  }
}
