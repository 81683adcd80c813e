import Foundation
import TestSupport
import Testing

/// Edits that are taken over in part: what stays from before stays under its guards, what is new waits for its own.
@Suite struct PartialReloadTests {
  private static let guarding = "before { throw httpError(401) }"
  private static let secret = "route \"/\" { \"secret\" }"
  private static let open = "route \"/\" { \"public\" }"
  private static let failing = "let q = [1][5]\n"

  /// The route's cell fails, so what it served stays, and the guard is gone.
  @Test(arguments: [
    "# %% 1\n\(failing)\(open)\n",
    "# %% 1\n\(failing)\(open)\n# %% 2\nlet other = 1\n",
    "# %% 1 tags=[\"raises-exception\"]\n\(failing)\(open)\n",
    "# %% 8\n\(failing)\(open)\n",
    "# %% 3\n\(failing)\n# %% 1\nlet w = q\n\(open)\n",
  ])
  func whatStaysIsNotServedWithoutItsGuard(file: String) async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.secret, Self.guarding])
      #expect(try edited.serving.ask("/").status == 401)
      try edited.write(file)
      try edited.told(
        "requests for what cell 1 declares are answered with 503: a `before` that is to guard it is not in force"
      )
      let refused = try edited.serving.ask("/")
      #expect(refused.status == 503)
      #expect(refused.text.contains("what guards this path is not in force"))
      // An edit of something else changes nothing of that.
      try edited.write(file + "# %% 20\nroute \"/new\" { \"new\" }\n")
      try edited.told("a `before` that is to guard it is not in force", times: 2)
      #expect(try edited.text("/new") == "new")
      #expect(try edited.serving.ask("/").status == 503)
      try edited.write([Self.open])
      while try edited.serving.ask("/").status != 200 {}
      #expect(try edited.text("/") == "public")
      try edited.serving.stop()
    }
  }

  /// A guard that has never been there fails: what was public stays so, what is new waits for it.
  @Test(arguments: ["let z = [1][9]\n\(guarding)", "let y = z\n\(guarding)"])
  func whatIsNewIsNotServedWithoutItsGuard(last: String) async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.open, "let ok = 1", "route \"/old\" { \"old\" }"])
      #expect(try edited.text("/") == "public")
      let second = last.contains("let y") ? "let z = [1][9]" : "let ok = 1"
      try edited.write([Self.secret, second, "route \"/old\" { \"old\" }", last])
      try edited.told("requests for what cell 1 declares are answered with 503")
      #expect(try edited.serving.ask("/").status == 503)
      #expect(try edited.text("/old") == "old")
      // The next edit brings another route.
      try edited.write([
        Self.secret, second, "route \"/old\" { \"old\" }", last, "route \"/next\" { \"next\" }",
      ])
      try edited.told("requests for what cells 1 and 5 declare are answered with 503")
      #expect(try edited.serving.ask("/next").status == 503)
      try edited.write([Self.secret, "let ok = 1", "route \"/old\" { \"old\" }", Self.guarding])
      try edited.told("5 is gone")
      #expect(try edited.serving.ask("/").status == 401)
      #expect(try edited.serving.ask("/old").status == 401)
      try edited.serving.stop()
    }
  }

  /// While a cell keeps the start waiting, who asks for a route of a cell behind it waits too, and others need not.
  @Test func aRouteThatIsToComeIsWaitedFor() async throws {
    try await onOwnThread {
      let port = Int.random(in: 20_000..<30_000)
      let cells = [
        "let d = deferred()\nroute POST \"/go\" { d.resolve(1); 1 }", "await d",
        "route \"/later/<int:n>\" { \"later \\(n)\" }",
      ]
      let file = try Serving.temporaryFile(EditedFile.file(cells))
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "--port", "\(port)", file], environment: Serving.environment)
      try program.wait(for: "what has run is served", in: .error)
      #expect(try RawHTTPClient.request(port: port, "GET", "/none").status == 404)
      #expect(try RawHTTPClient.request(port: port, "GET", "/later/x").status == 404)
      let client = try RawHTTPClient(port: port)
      try client.sendRequest("GET", "/later/3")
      #expect(try RawHTTPClient.request(port: port, "POST", "/go").status == 200)
      #expect(try client.readResponse().text == "later 3")
      program.signal(SIGTERM)
      #expect(try program.waitForExit() == .code(0))
    }
  }

  /// A variable may have the name of a guard.
  @Test func aVariableCalledBeforeIsNoGuard() async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.open, "let before = 2\nprint(before, [1][4])", "print(before)"])
      try edited.told("not all of ")
      #expect(try edited.text("/") == "public")
      try edited.serving.stop()
    }
  }

  @Test func aGuardThatIsMeantToFailIsTold() async throws {
    try await onOwnThread {
      let port = Int.random(in: 20_000..<30_000)
      let file = try Serving.temporaryFile(
        "# %% 1\n\(Self.open)\n# %% 2 tags=[\"raises-exception\"]\n\(Self.failing)\(Self.guarding)\n")
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "--port", "\(port)", file], environment: Serving.environment)
      try program.wait(for: "cell [2] fails as its tag says: its `before` guards nothing", in: .error)
      try program.wait(for: "serving", in: .error)
      #expect(try RawHTTPClient.request(port: port, "GET", "/").text == "public")
      program.signal(SIGTERM)
      #expect(try program.waitForExit() == .code(0))
    }
  }
}
