import Foundation
import TestSupport
import Testing

/// The built program serving a notebook.
struct Serving: Sendable {
  let program: RunningProgram
  let port: Int

  /// Starts `routebook serve FILE --port 0` and reads its address.
  static func start(_ file: String, _ options: [String] = []) throws -> Serving {
    let arguments = ["serve", file] + (options.contains("--port") ? [] : ["--port", "0"]) + options
    let program = try RunningProgram(BuiltProgram.path(), arguments, environment: environment)
    return Serving(program: program, port: try port(of: program))
  }

  /// The same with a notebook that is written for this.
  static func start(cells: String, _ options: [String] = []) throws -> Serving {
    try start(try temporaryFile(cells), options)
  }

  /// A home of its own, so that nothing of the person's is read or written.
  static let environment = ["HOME": folder, "XDG_STATE_HOME": folder + "/state", "PATH": "/usr/bin:/bin"]
  /// Removed when the tests end.
  static let folder: String = {
    atexit { try? FileManager.default.removeItem(atPath: Serving.folder) }
    return FileManager.default.temporaryDirectory.path + "/routebook-acceptance-\(getpid())"
  }()

  static func port(of program: RunningProgram, in source: RunningProgram.Source = .error) throws -> Int {
    try program.wait(for: "serving http://127.0.0.1:PORT", in: source) { text in
      text.firstMatch(of: /serving http:\/\/[^ \n]*:(\d+)\n/).flatMap { Int($0.1) }
    }
  }

  static func temporaryFile(_ text: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/\(UUID().uuidString.prefix(8)).cells"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// A connection that waits for an answer as long as any page of a notebook here takes.
  func connect(timeout: Double = 45) throws -> RawHTTPClient {
    try RawHTTPClient(port: port, timeout: timeout)
  }

  /// One request on a connection of its own.
  func ask(_ target: String, method: String = "GET", headers: [(String, String)] = [], body: String? = nil)
    throws
    -> RawHTTPClient.Response
  {
    let client = try connect()
    try client.sendRequest(method, target, headers: headers + [("Connection", "close")], body: body)
    return try client.readResponse(toHead: method == "HEAD")
  }

  /// The same, with how many seconds it took.
  func timed(_ target: String) throws -> (response: RawHTTPClient.Response, seconds: Double) {
    let start = ContinuousClock.now
    let response = try ask(target)
    return (response, (ContinuousClock.now - start) / .seconds(1))
  }

  /// Stops it as an operator does, and sees that it ends well.
  func stop() throws {
    program.signal(SIGTERM)
    let exit = try program.waitForExit()
    #expect(exit == .code(0))
  }
}

/// The servers of the notebooks that all tests of a suite ask: started before them, stopped after them.
struct WithServers: SuiteTrait, TestScoping {
  @TaskLocal static var running: [String: Serving] = [:]

  static func serving(_ tutorial: Tutorial) throws -> Serving {
    try #require(running[tutorial.path], "no server runs \(tutorial.name)")
  }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let servers = try await onOwnThread {
      try Dictionary(uniqueKeysWithValues: Tutorial.both.map { ($0.path, try Serving.start($0.path)) })
    }
    try await Self.$running.withValue(servers, operation: function)
    try await onOwnThread { for server in servers.values { try server.stop() } }
  }
}

extension Trait where Self == WithServers {
  /// One server for the tutorial and one for its varied copy.
  static var servers: Self { Self() }
}

/// Whether a wait took as long as it should: never less, since then somebody did not wait; and more only by what a
/// busy machine may add, `slack` seconds.
func takes(_ seconds: Double, _ measured: Double, slack: Double = 1) -> Bool {
  // The clock that timers use and the one measured with may round differently.
  measured > seconds - 0.02 && measured < seconds + slack
}
