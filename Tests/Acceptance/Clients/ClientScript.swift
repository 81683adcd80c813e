import Foundation
import TestSupport
import Testing

/// A script that drives one client, run with a behaviour and the address of the server.
struct ClientScript: Sendable {
  /// Its name in `Scripts`.
  let file: String
  /// What runs it, if that is there.
  let interpreter: String?
  /// What to do where it can't run.
  let missing: Comment

  static let requests = python("requests_client.py")
  static let aiohttp = python("aiohttp_client.py")
  static let websockets = python("websockets_client.py")
  static let node = ClientScript(
    file: "node_client.mjs", interpreter: find("node"), missing: "Node is not on the PATH")

  /// Node has a client of WebSockets from version 22 on.
  static let nodeWebSocket = ClientScript(
    file: "node_websocket_client.mjs", interpreter: nodeHasWebSocket ? node.interpreter : nil,
    missing: "there is no Node with a WebSocket, as from version 22 on")

  private static let nodeHasWebSocket: Bool = {
    guard let node = node.interpreter,
      let program = try? RunningProgram(
        node, ["-e", "process.exit(typeof WebSocket === 'undefined' ? 1 : 0)"])
    else { return false }
    return (try? program.waitForExit()) == .code(0)
  }()

  /// Python with what `scripts/setup peers` installs.
  private static func python(_ file: String) -> ClientScript {
    let folder = BuiltProgram.packageFolder + "/.build/python"
    let isThere = FileManager.default.fileExists(atPath: folder + "/peers.txt")
    return ClientScript(
      file: file, interpreter: isThere ? folder + "/bin/python" : nil,
      missing: "\(file) needs what scripts/setup peers installs")
  }

  private static func find(_ program: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  var canRun: Bool { interpreter != nil }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
  private var path: String { Self.folder.appending(path: "Scripts/\(file)").path }

  /// The functions that take the address of the server, `base`.
  var behaviours: [String] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.matches(of: /(?m)^(?:export )?(?:async )?(?:def|function) (\w+)\(base\)/).map { String($0.1) }
  }

  /// Does one of them, and sees that it ends well.
  func run(_ behaviour: String) async throws {
    let serving = try #require(ClientServer.running)
    let interpreter = try #require(interpreter)
    try await onOwnThread {
      let client = try RunningProgram(
        interpreter, [path, behaviour, "http://127.0.0.1:\(serving.port)"],
        environment: ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"])
      let exit = try client.waitForExit(timeout: 120)
      #expect(exit == .code(0), "\(client.output)\(client.errors)")
    }
  }
}

/// One server of `clients.cells` for all tests of a suite: started before them, stopped after them.
struct ClientServer: SuiteTrait, TestScoping {
  @TaskLocal static var running: Serving?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let serving = try await onOwnThread {
      try Serving.start(ClientScript.folder.appending(path: "clients.cells").path)
    }
    try await Self.$running.withValue(serving, operation: function)
    try await onOwnThread {
      try serving.stop()
      // A handler once went on writing to a client that had gone, until its time was up.
      #expect(!serving.program.errors.contains("stopped after computing"), "\(serving.program.errors)")
    }
  }
}

extension Trait where Self == ClientServer {
  static var clientServer: Self { Self() }
}
