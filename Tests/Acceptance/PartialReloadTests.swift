import Foundation
import TestSupport
import Testing

/// Edits that are taken over in part: nothing is served whose guards may not be those that belong to it.
@Suite struct PartialReloadTests {
  private static let guarding = "before { throw httpError(401) }"
  private static let secret = "route \"/\" { \"secret\" }"
  private static let open = "route \"/\" { \"public\" }"
  private static let failing = "let q = [1][5]\n"

  /// Serves a file, which need not get as far as to be served.
  private func start(_ text: String) throws -> (program: RunningProgram, port: Int) {
    let port = try UnusedPort.any()
    let file = try Serving.temporaryFile(text)
    let program = try RunningProgram(
      BuiltProgram.path(), ["serve", "--port", "\(port)", file], environment: Serving.environment)
    return (program, port)
  }

  private func end(_ program: RunningProgram) throws {
    program.signal(SIGTERM)
    #expect(try program.waitForExit() == .code(0))
  }

  /// The route's cell fails, so what it served stays, and the guard is gone.
  @Test(arguments: [
    "# %% 1\n\(failing)\(open)\n",
    "# %% 1\n\(failing)\(open)\n# %% 2\nlet other = 1\n",
    "# %% 8\n\(failing)\(open)\n",
    "# %% 3\n\(failing)\n# %% 1\nlet w = q\n\(open)\n",
  ])
  func whatStaysIsNotServedWithoutItsGuard(file: String) async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.secret, Self.guarding])
      #expect(try edited.serving.ask("/").status == 401)
      try edited.write(file)
      try edited.told("503: what cell 1 served before goes on, and its guards have changed")
      #expect(try edited.serving.ask("/").status == 503)
      // An edit of something else changes nothing of that.
      try edited.write(file + "# %% 20\nroute \"/new\" { \"new\" }\n")
      try edited.told("and its guards have changed", times: 2)
      #expect(try edited.serving.ask("/").status == 503)
      try edited.write([Self.open])
      while try edited.serving.ask("/").status != 200 {}
      #expect(try edited.text("/") == "public")
      try edited.serving.stop()
    }
  }

  /// As after a start nothing is there of a cell that fails as it may.
  @Test func ofACellThatFailsAsItMayNothingStays() async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.secret, Self.guarding])
      #expect(try edited.serving.ask("/").status == 401)
      try edited.write("# %% 1 tags=[\"raises-exception\"]\n\(Self.failing)\(Self.open)\n")
      try edited.told("reloaded: cell 1 in")
      #expect(try edited.serving.ask("/").status == 404)
      try edited.write("# %% 1\n\(Self.failing)\(Self.open)\n")
      try edited.told("1 failed, and nothing of it is served")
      try edited.serving.stop()
    }
  }

  /// A guard that has never been there fails, in an edit that brings something else.
  @Test(arguments: ["let z = [1][9]\n\(guarding)", "let y = z\n\(guarding)"])
  func whatIsNewIsNotServedWithoutItsGuard(last: String) async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.open, "let ok = 1", "route \"/old\" { \"old\" }"])
      #expect(try edited.text("/") == "public")
      let second = last.contains("let y") ? "let z = [1][9]" : "let ok = 1"
      try edited.write([Self.secret, second, "route \"/old\" { \"old\" }", last])
      try edited.told("requests are answered with 503: `before` in cell 4 has still to run")
      #expect(try edited.serving.ask("/").status == 503)
      // The next edit brings another route.
      try edited.write([
        Self.secret, second, "route \"/old\" { \"old\" }", last, "route \"/next\" { \"next\" }",
      ])
      try edited.told("`before` in cell 4 has still to run", times: 2)
      #expect(try edited.serving.ask("/next").status == 503)
      try edited.write([Self.secret, "let ok = 1", "route \"/old\" { \"old\" }", Self.guarding])
      try edited.told("5 is gone")
      #expect(try edited.serving.ask("/").status == 401)
      #expect(try edited.serving.ask("/old").status == 401)
      try edited.serving.stop()
    }
  }

  private static let asked = "route \"/auth\" { \"ok\" }"
  private static let asking =
    "before { if request.path == \"/\" { if (await get(\"/auth\")).text != \"ok\" { throw httpError(401) } } }"
  private static let ofOut = "before { if !Out[1] { throw httpError(401) } }"
  private static let list = "var closed = []\nfunc protect(path) { closed.append(path) }"
  private static let listed = "before { if closed.contains(request.path) { throw httpError(401) } }"

  /// Several cells declare what a guard uses, or assign to it: it is what it would be after a start.
  @Test(arguments: [
    (
      ["let open = false", "if !open { \(guarding) }", secret, "let open = true"],
      "# %% 1\nlet open = false\n# %% 2\nif !open { \(guarding); 2 }\n# %% 3\n\(secret)\n# %% 4\nlet open = true\n"
    ),
    (
      ["func check() { throw httpError(401) }", "func check() { nil }", "before { check() }", open],
      "# %% 2\nfunc check() { nil }\n# %% 1\nfunc check() { throw httpError(401) }\n"
        + "# %% 3\nbefore { check() }\n# %% 4\n\(secret)\n"
    ),
    (
      ["let open = true", "if !open { \(guarding) }", open, "let open = false"],
      "# %% 1\nlet open = true\n# %% 4\nlet open = false\n# %% 2\nif !open { \(guarding) }\n# %% 3\n\(secret)\n"
    ),
    (
      ["var open = false", "before { if !open { throw httpError(401) } }", open, "open = true"],
      "# %% 1\nvar open = false\n# %% 2\nbefore { if !open { throw httpError(401) } }\n# %% 3\n\(secret)\n"
    ),
    (
      [
        "var free = []", "before { if !free.contains(\"/\") { throw httpError(401) } }", open,
        "free.append(\"/\")",
      ],
      "# %% 1\nvar free = []\n# %% 2\nbefore { if !free.contains(\"/\") { throw httpError(401) } }\n# %% 3\n\(secret)\n"
    ),
  ])
  func aGuardIsWhatAStartWouldMakeOfIt(before: [String], after: String) async throws {
    try await onOwnThread {
      let edited = try EditedFile(before)
      #expect(try [200, 401].contains(edited.serving.ask("/").status))
      try edited.write(after)
      var texts: Set<String> = []
      while !edited.serving.program.errors.contains("reloaded: ") { texts.insert(try edited.text("/")) }
      texts.insert(try edited.text("/"))
      #expect(!texts.contains("secret"))
      #expect(try edited.serving.ask("/").status == 401)
      try edited.serving.stop()
    }
  }

  /// A route was lost where the cell that takes it over has it in a branch that does not run, or in a function.
  @Test(arguments: [
    "let dev = false\nif dev { route \"/\" { \"second\" } }", "func later() { route \"/\" { \"second\" } }",
  ])
  func aRouteThatACellLetsGoIsThatOfTheCellBeforeIt(second: String) async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.open, "route \"/\" { \"second\" }", "route \"/\" { \"third\" }"])
      #expect(try edited.text("/") == "third")
      try edited.write([Self.open, second, "route \"/\" { \"third\" }"])
      try edited.told("reloaded: ")
      #expect(try edited.text("/") == "third")
      try edited.write([Self.open, second, "let a = 1"])
      try edited.told("reloaded: ", times: 2)
      #expect(try edited.text("/") == "public")
      try edited.serving.stop()
    }
  }

  /// A guard reads as before, and what it asks is another, or is to be.
  @Test(arguments: [
    (
      ["let open = true", "if !open { \(guarding) }", open],
      ["throw \"x\"\nlet open = false", "if !open { \(guarding) }", secret]
    ),
    (
      ["func check() { nil }", "before { check() }", open],
      ["throw \"x\"\nfunc check() { throw httpError(401) }", "before { check() }", secret]
    ),
    (
      ["func check() { throw httpError(401) }", "before { check() }", secret],
      ["func check() { nil }", "before { check() }", "throw \"x\"\n\(open)"]
    ),
    (
      ["func data() { \"public\" }", "route \"/\" { data() }"],
      ["func data() { \"secret\" }", "route \"/\" { data() }", "throw \"x\"\n\(guarding)"]
    ),
    (
      ["func data() { \"secret\" }", "route \"/\" { data() }", guarding],
      ["throw \"x\"\nfunc data() { \"public\" }", "route \"/\" { data() }"]
    ),
    ([asked, asking, open], ["throw \"x\"\nroute \"/auth\" { \"no\" }", asking, secret]),
    (["true", ofOut, open], ["throw \"x\"\nfalse", ofOut, secret]),
    (["false", ofOut, secret], ["true", ofOut, "throw \"x\"\n\(open)"]),
    (
      [list, listed, secret, "protect(\"/else\")"],
      [list, listed, secret, "throw \"x\"\nprotect(\"/\")", "let a = 1"]
    ),
  ])
  func aGuardThatDoesSomethingElseCountsAsAnother(before: [String], after: [String]) async throws {
    try await onOwnThread {
      let edited = try EditedFile(before)
      #expect(try [200, 401].contains(edited.serving.ask("/").status))
      try edited.write(after)
      try edited.told("requests are answered with 503")
      #expect(try edited.serving.ask("/").status == 503)
      try edited.write(before)
      try edited.told("reloaded: ", times: 2)
      #expect(try [200, 401].contains(edited.serving.ask("/").status))
      try edited.serving.stop()
    }
  }

  /// A guard that was missing from the start is taken out, and the route that it was to guard stays.
  @Test func aFileThatWasClosedStaysSoUntilAllIsTakenOver() async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.secret, "let a = 1", "throw \"x\"\n\(Self.guarding)"])
      #expect(try edited.serving.ask("/").status == 503)
      try edited.write(["throw \"x\"\n\(Self.open)", "let a = 1"])
      try edited.told("what cell 1 served before goes on, and its guards have changed")
      #expect(try edited.serving.ask("/").status == 503)
      try edited.write([Self.open, "let a = 1"])
      while try edited.serving.ask("/").status != 200 {}
      #expect(try edited.text("/") == "public")
      try edited.serving.stop()
    }
  }

  /// What a guard asks is another at once, and what it guards only when its cell has run.
  @Test func nobodyIsLetInWhileWhatAGuardUsesIsAnother() async throws {
    try await onOwnThread {
      let check = "func check() { throw httpError(401) }"
      let edited = try EditedFile([check, "before { check() }", "let a = 1", Self.secret])
      #expect(try edited.serving.ask("/").status == 401)
      try edited.write(["func check() { nil }", "before { check() }", "await sleep(1s)", Self.open])
      var texts: Set<String> = []
      while !edited.serving.program.errors.contains("reloaded: ") { texts.insert(try edited.text("/")) }
      #expect(!texts.contains("secret"))
      #expect(try edited.text("/") == "public")
      try edited.serving.stop()
    }
  }

  /// What fails alone, be it a guard, keeps nobody out.
  @Test(arguments: [
    [open, "throw \"x\"\n\(guarding)"], [open, "before { nil }", "throw \"x\""],
  ])
  func whatFailsAloneLeavesWhatIsServed(after: [String]) async throws {
    try await onOwnThread {
      let edited = try EditedFile([Self.open, "before { nil }"].prefix(after.count - 1) + [])
      #expect(try edited.text("/") == "public")
      try edited.write(after)
      try edited.told("failed, and nothing of it is served")
      #expect(try edited.text("/") == "public")
      try edited.serving.stop()
    }
  }

  /// While a cell keeps the start waiting, who asks for something that a cell behind it declares waits too.
  @Test func aRouteThatIsToComeIsWaitedFor() async throws {
    try await onOwnThread {
      let cells = [
        "let d = deferred()\nroute POST \"/go\" { d.resolve(1); 1 }\nroute \"/<any>\" { any }\n"
          + "func make() { route \"/made/by/function\" { \"made\" } }", "await d",
        "route \"/later\" { \"later\" }\nroute \"/later/<int:n>\" { \"later \\(n)\" }", "make()",
      ]
      let (program, port) = try start(EditedFile.file(cells))
      try program.wait(for: "what has run is served", in: .error)
      #expect(try RawHTTPClient.request(port: port, "GET", "/any").text == "any")
      // Also where one that is there would answer, and where only running shows it.
      let clients = try ["/later", "/later/3", "/made/by/function"].map { path in
        let client = try RawHTTPClient(port: port)
        try client.sendRequest("GET", path)
        return client
      }
      #expect(try RawHTTPClient.request(port: port, "POST", "/go").status == 200)
      #expect(try clients.map { try $0.readResponse().text } == ["later", "later 3", "made"])
      try end(program)
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
      let (program, port) = try start(
        "# %% 1\n\(Self.open)\n# %% 2 tags=[\"raises-exception\"]\n\(Self.failing)\(Self.guarding)\n")
      try program.wait(for: "cell [2] fails as its tag says: its `before` guards nothing", in: .error)
      try program.wait(for: "serving", in: .error)
      #expect(try RawHTTPClient.request(port: port, "GET", "/").text == "public")
      try end(program)
    }
  }
}
