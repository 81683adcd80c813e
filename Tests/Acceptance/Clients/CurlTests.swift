import Foundation
import TestSupport
import Testing

/// curl as a client of the same cells: what it does beyond forms and cookies, which have tests of their own.
@Suite(.clientServer, .enabled(if: CurlClient.isThere, "needs curl"), .timeLimit(.minutes(5)))
struct CurlTests {
  @Test func itUploadsWhatItReadsAndTheRouteReadsItAsItComes() async throws {
    try await withServer { base in
      let curl = try CurlClient.start(["-T", "-", base + "/upload/curl"], input: .stream)
      for number in 1...4 {
        try curl.write(String(repeating: "x", count: 100))
        try until("piece \(number) is read") {
          try CurlClient.run([base + "/arrived/curl"]) == "\(number * 100)"
        }
      }
      curl.closeInput()
      #expect(try curl.waitForExit() == .code(0), "\(curl.errors)")
      #expect(curl.output == #"{"bytes":400,"pieces":4}"#)
    }
  }

  @Test("An expectation is met before the body is sent, and not where the body is refused")
  func expectation() async throws {
    try await withServer { base in
      let file = TemporaryFolder()
      file.write(String(repeating: "b", count: 100_000), to: "body")
      let body = [
        "-v", "-H", "Expect: 100-continue", "--expect100-timeout", "60", "--data-binary",
        "@\(file.path)/body",
      ]
      for path in ["/echo", "/upload/expected"] {
        let curl = try CurlClient.start(
          body + ["-o", "/dev/null", "-w", "%{http_code} %{size_upload}", base + path])
        #expect(try curl.waitForExit() == .code(0), "\(curl.errors)")
        #expect(curl.errors.contains("< HTTP/1.1 100 Continue"))
        #expect(curl.output == "200 100000")
      }
      file.write(String(repeating: "b", count: 9_000_000), to: "body")
      let refused = try CurlClient.start(
        body + ["-o", "/dev/null", "-w", "%{http_code} %{size_upload}", base + "/echo"])
      #expect(try refused.waitForExit() == .code(0), "\(refused.errors)")
      #expect(!refused.errors.contains("100 Continue"))
      #expect(refused.output == "413 0")
    }
  }

  @Test func itShowsAnAnswerWhileItIsWritten() async throws {
    try await withServer { base in
      let curl = try CurlClient.start(["-N", base + "/pieces/curl"])
      for number in 1...3 {
        try curl.wait(for: "piece \(number)\n")
        #expect(!curl.output.contains("piece \(number + 1)"))
        _ = try CurlClient.run(["-X", "POST", base + "/open/curl"])
      }
      #expect(try curl.waitForExit() == .code(0), "\(curl.errors)")
    }
  }

  @Test func itShowsEventsWhileTheyAreSent() async throws {
    try await withServer { base in
      let curl = try CurlClient.start(["-N", base + "/events/curl"])
      try curl.wait(for: "id: 1\ndata: first\n\n")
      for mark in [
        "event: count\nid: 2\ndata: {\"n\":2,\"text\":\"zwei\\nzeilen ✓\"}\n\n", "data: two\ndata: lines\n\n",
      ] {
        #expect(!curl.output.contains(mark))
        _ = try CurlClient.run(["-X", "POST", base + "/open/events-curl"])
        try curl.wait(for: mark)
      }
      #expect(try curl.waitForExit() == .code(0), "\(curl.errors)")
    }
  }

  @Test("Killed in the middle of an answer, it leaves nothing that goes on")
  func killed() async throws {
    try await withServer { base in
      let curl = try CurlClient.start([
        "-N", "--limit-rate", "1k", "-D", "-", "-o", "/dev/null", base + "/endless/curl-killed",
      ])
      try curl.wait(for: "HTTP/1.1 200 OK\r\n")
      let silent = try CurlClient.start(["-N", base + "/pieces/curl-silent"])
      try silent.wait(for: "piece 1\n")
      for client in [curl, silent] {
        client.signal(SIGKILL)
        #expect(try client.waitForExit() == .signal(SIGKILL))
      }
      try until("both are unwound") {
        let left = try CurlClient.run([base + "/left"])
        return left.contains("curl-killed") && left.contains("curl-silent")
      }
    }
  }

  @Test func itSeesThatAnAnswerWasCutOff() async throws {
    try await withServer { base in
      let curl = try CurlClient.start([base + "/cut"])
      #expect(try curl.waitForExit() == .code(18), "\(curl.errors)")
      #expect(curl.output == "half")
      // Without chunks the end of the connection is the end of the body: there is nothing to see.
      #expect(
        try CurlClient.run([
          "--http1.0", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", base + "/cut",
        ]) == "200 4")
    }
  }

  @Test func itUsesOneConnectionAndIsToldOfItsEnd() async throws {
    try await withServer { base in
      let addresses = (1...20).flatMap { ["-o", "/dev/null", base + "/greet/\($0)"] }
      #expect(
        try CurlClient.run(["-w", "%{num_connects} "] + addresses) == "1 "
          + String(repeating: "0 ", count: 19))
      let closed = try CurlClient.run(["-i", "-H", "Connection: close", base + "/greet/you"])
      #expect(closed.contains("\r\nconnection: close\r\n"))
      let old = try CurlClient.run(["-i", "--http1.0", "-H", "Connection: keep-alive", base + "/greet/you"])
      #expect(old.contains("\r\nconnection: keep-alive\r\n"))
    }
  }

  @Test func itIsGivenNothingPacked() async throws {
    try await withServer { base in
      let head = try CurlClient.run(["--compressed", "-o", "/dev/null", "-D", "-", base + "/large"])
      #expect(head.contains("content-length: 3000000\r\n"))
      #expect(!head.lowercased().contains("content-encoding"))
      // HTTP/2 is not offered: an upgrade to it is not followed.
      let answer = try CurlClient.run(["--http2", "-w", " %{http_version}", base + "/greet/you"])
      #expect(answer == "Hello you 1.1")
    }
  }

  @Test("HEAD has the head of an answer in pieces, and runs no body")
  func heads() async throws {
    try await withServer { base in
      let head = try CurlClient.run(["-I", base + "/pieces/head"])
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(head.contains("content-type: text/plain; charset=utf-8\r\n"))
      #expect(try !CurlClient.run([base + "/left"]).contains("head"))
    }
  }

  /// Runs what asks the suite's server, on a thread of its own.
  private func withServer(_ body: @escaping @Sendable (_ base: String) throws -> Void) async throws {
    let serving = try #require(ClientServer.running)
    try await onOwnThread { try body("http://127.0.0.1:\(serving.port)") }
  }

  private func until(_ what: String, _ isSo: () throws -> Bool) throws {
    let limit = ContinuousClock.now + .seconds(30)
    while try !isSo() { try #require(ContinuousClock.now < limit, "it never came to it: \(what)") }
  }
}

/// The curl of the machine.
private enum CurlClient {
  static let path = "/usr/bin/curl"
  static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

  static func start(_ arguments: [String], input: RunningProgram.Input = .none) throws -> RunningProgram {
    try RunningProgram(
      path, ["-sS", "--max-time", "60"] + arguments, environment: Serving.environment, input: input)
  }

  /// Its output, once it has ended well.
  static func run(_ arguments: [String]) throws -> String {
    let curl = try start(arguments)
    #expect(try curl.waitForExit(timeout: 70) == .code(0), "\(curl.errors)")
    return curl.output
  }
}
