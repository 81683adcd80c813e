import Foundation
import TestSupport
import Testing

/// The real httpbin, run by gunicorn: what calls meet in the world, written by nobody here.
enum Httpbin {
  /// The gunicorn that `scripts/setup peers` installs, if it is there.
  static let program: String? = {
    let path = BuiltProgram.packageFolder + "/.build/python/bin/gunicorn"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  static let missing: Comment = "httpbin is not installed: scripts/setup peers installs it"

  /// Where the suite's httpbin listens: `http://127.0.0.1:36603`.
  @TaskLocal static var address = ""

  fileprivate static func start() throws -> (server: RunningProgram, address: String) {
    let server = try RunningProgram(
      try #require(program),
      [
        "--bind", "127.0.0.1:0", "--worker-class", "gthread", "--threads", "32", "--no-control-socket",
        "httpbin:app",
      ], environment: ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"])
    let address = try server.wait(for: "the address of httpbin", in: .error, timeout: 60) { text in
      text.contains("Booting worker")
        ? text.firstMatch(of: /Listening at: (http:\/\/[0-9.:]+)/).map { String($0.1) } : nil
    }
    return (server, address)
  }
}

/// One httpbin for all tests of a suite: started before them, stopped after them.
struct WithHttpbin: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let (server, address) = try await onOwnThread { try Httpbin.start() }
    try await Httpbin.$address.withValue(address, operation: function)
    try await onOwnThread {
      server.signal(SIGTERM)
      try server.waitForExit()
    }
  }
}

extension Trait where Self == WithHttpbin {
  static var httpbin: Self { Self() }
}
