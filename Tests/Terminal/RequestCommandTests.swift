import TestSupport
import Testing

/// Calls by hand, what goes on, and what waits in the background.
@Suite struct RequestCommandTests {
  /// The lines without the header of the date, which differs, and without times.
  private func steady(_ lines: [String]) -> [String] {
    lines.filter { !$0.hasPrefix("date: ") }.map { $0.replacing(#/(<1|\d+) ms/#, with: "1 ms") }
  }

  @Test func anAnswerIsShownWhole() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/greet/<user>\" { \"Hello \\(user)!\" }")
    try notebook.enter(
      "route POST \"/items\" { respond(request.json, status: 201, headers: [\"X-A\": \"b\"]) }")
    #expect(
      try steady(notebook.enter("%get /greet/you")) == [
        "200 OK  1 ms, 10 bytes", "content-type: text/plain; charset=utf-8", "content-length: 10", "",
        "Hello you!",
      ])
    let made = try steady(notebook.enter("%post /items json={\"a\": [1]}"))
    #expect(made.first == "201 Created  1 ms, 9 bytes" && made.contains("X-A: b"))
    #expect(made.suffix(6) == ["", "{", "  \"a\": [", "    1", "  ]", "}"])
    #expect(try notebook.enter("%delete /greet/you")[0].hasPrefix("200 OK"))
    #expect(try notebook.enter("%head /greet/you")[0].hasPrefix("200 OK"))
    #expect(try notebook.enter("%get /nothing").last == "No route matches GET /nothing.")
    #expect(try notebook.enter("%get nothing") == ["%get takes a path, as %get /nothing, or an http address"])
    #expect(try notebook.enter("%get http://127.0.0.1:1/")[0].hasPrefix("error: GET http://127.0.0.1:1/: "))
    // None of it is a cell.
    #expect(try notebook.enter("%cells").count == 2)
  }

  /// The path ended at its first space, though Tab went on behind it.
  @Test func aPathWithASpaceIsCompletedAndAsked() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/a b/<x>\" { x }; route POST \"/c d\" { request.json }")
    for typed in ["%get /a b/x", "%get \"/a b/x\"", "%get /a%20b/x"] {
      #expect(try notebook.enter(typed).last == "x", "\(typed)")
    }
    for (typed, more, answer) in [
      ("%get /a", "x", "x"), ("%get /a b", "x y", "x y"), ("%get \"/a", "x\"", "x"),
      ("%post /c", " json=5", "5"),
      ("%post \"/c", " json=6", "6"),
    ] {
      try notebook.send(typed + Keys.tab)
      try notebook.wait(for: "the whole of \(typed)") {
        $0.cursorLine.replacing("%20", with: " ").contains(typed.contains("/a") ? "/a b/" : "/c d")
      }
      #expect(try notebook.enterRest(more).last == answer, "\(typed)")
    }
  }

  /// It was shown as `<Reply>`.
  @Test func whatAHandlerWouldAnswerIsShownAsAnAnswer() throws {
    let notebook = try NotebookTerminal()
    #expect(
      try notebook.enter("respond(\"<b>\", status: 201, headers: [\"X-A\": \"b\"])") == [
        "Out[1]:", "201 Created  3 bytes", "content-type: text/plain; charset=utf-8", "X-A: b", "", "<b>",
      ])
    #expect(
      try notebook.enter("redirect(\"/x\")") == ["Out[2]:", "302 Found  0 bytes", "Location: /x"])
    #expect(
      try notebook.enter("respond([\"a\": 1], status: 404)").suffix(4) == ["", "{", "  \"a\": 1", "}"])
    #expect(try notebook.enter("[respond(nil, status: 204)]") == ["Out[4]: [<Reply 204 No Content>]"])
    #expect(try notebook.enter("respond(deferred())") == ["Out[5]: <Reply 200 OK>"])
  }

  @Test func whatBlocksIsUnblockedFromTheSamePrompt() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var held = nil")
    try notebook.enter("route \"/block\" { held = deferred(); held }")
    #expect(
      try notebook.enter("%get /block &") == ["GET /block goes on in the background; %fg brings it back"])
    // The call, and the request that it makes as soon as that has come.
    var listed = try notebook.enter("%ps")
    for _ in 0..<100 where listed.count < 2 { listed = try notebook.enter("%ps") }
    #expect(listed.count == 2)
    #expect(listed.allSatisfy { $0.contains("GET /block") })
    #expect(try notebook.enter("held.resolve(\"free\")").first == "Out[3]: true")
    try notebook.wait(for: "GET /block has ended")
    try notebook.waitForPrompt()
    #expect(notebook.screen.text.contains("\nfree\n"))

    try notebook.send("await get(\"/block\").text\r")
    try notebook.waitUntilRunning(4)
    try notebook.send(Keys.background)
    try notebook.wait(for: "[4] goes on in the background; %fg brings it back")
    try notebook.enter("after(300ms) { held.resolve(\"again\") }")
    try notebook.send("%fg\r")
    try notebook.wait(for: "Out[4]: \"again\"")
    #expect(try notebook.enter("%fg") == ["nothing waits in the background"])
  }

  /// It showed nothing before its end, which a stream of events does not have.
  @Test func aStreamIsShownAsItComes() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var sent = nil")
    try notebook.enter(
      "route \"/news\" { events { send in defer { print(\"closed\") }\nsent = send; send(\"first\"); await deferred() } }"
    )
    try notebook.send("%get /news\r")
    try notebook.wait(for: "the first event") { $0.text.contains("\ndata: first\n") }
    #expect(notebook.screen.text.contains("shown as it comes"))
    // The head and each event end with an empty line.
    #expect(notebook.screen.text.contains("\n\ndata: first\n\n"))
    #expect(notebook.screen.text.contains("content-type: text/event-stream"))
    // It goes on beside what else is typed, and says whose lines they are.
    try notebook.send(Keys.background)
    try notebook.wait(for: "GET /news goes on in the background; %fg brings it back")
    try notebook.enter("sent(\"second\")")
    try notebook.wait(for: "the second event") { $0.text.contains("\nGET /news  data: second\n") }
    try notebook.waitForPrompt()
    try notebook.send("%fg\r")
    try notebook.wait(for: "the spinner") { screen in
      screen.lines.contains { $0.dropFirst(2).hasPrefix("GET /news ") && $0.contains(" s") }
    }
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "GET /news was stopped")
    try notebook.wait(for: "closed")
    try notebook.waitForPrompt()
    try notebook.enter(
      "route \"/slow\" { stream { out in out.write(\"a\"); await sleep(1500ms); out.write(\"b\\n\") } }")
    let shown = try notebook.enter("%get /slow")
    #expect(shown.suffix(3) == ["a", "b", "GET /slow has ended"])
  }

  /// What a re-run had begun could not be stopped once it was back, and its value was not shown.
  @Test func whatARerunLeftInTheBackgroundComesBackAsAnyOtherCell() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var held = deferred()")
    try notebook.send("await held; \"value of two\"\r")
    try notebook.waitUntilRunning(2)
    try notebook.send(Keys.background)
    try notebook.waitForPrompt()
    for isStopped in [true, false] {
      try notebook.send("%rerun\r")
      try notebook.wait(for: "cell 2 of 2")
      try notebook.send(Keys.background)
      try notebook.waitForPrompt()
      if !isStopped { try notebook.enter("after(300ms) { held.resolve(1) }") }
      try notebook.send("%fg\r")
      if isStopped {
        try notebook.wait(for: "Ctrl-C stops it")
        try notebook.send(Keys.interrupt)
        try notebook.wait(for: "interrupted")
      } else {
        try notebook.wait(for: "Out[2]: \"value of two\"")
      }
      try notebook.waitForPrompt()
    }
  }

  @Test func aCallThatARestartEndsInTheBackgroundIsNamed() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/block/<n>\" { await deferred() }")
    try notebook.enter("%get /block/1 &")
    try notebook.enter("%get /block/2 &")
    try notebook.send("%restart\r")
    for number in 1...2 {
      try notebook.wait(for: "GET /block/\(number) has ended\nerror: the kernel was restarted")
    }
  }

  @Test func whatGoesOnIsListedAndCancelled() throws {
    let notebook = try NotebookTerminal()
    #expect(try notebook.enter("%ps") == ["nothing goes on: no request, no timer, no fiber waits"])
    try notebook.enter("every(1h) { 1 }")
    let listed = try notebook.enter("%ps")
    #expect(listed.count == 1)
    let words = listed[0].split(separator: " ")
    #expect(words.prefix(4) == ["1", "timer", "every", "1h"])
    #expect(words.last == "[1]")
    #expect(try notebook.enter("%cancel 1") == ["1 is cancelled"])
    #expect(
      try notebook.enter("%cancel 1") == ["nothing that goes on has the number 1; %ps lists what goes on"])
    #expect(try notebook.enter("%cancel one") == ["\"one\" is no number of %ps"])
    #expect(try notebook.enter("%cancel")[0].hasPrefix("say which"))
  }

  @Test func theTableOfRoutesIsKeptUpToDate() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/r\" { 1 }")
    try notebook.send("%routes live\r")
    try notebook.wait(for: "any key goes back")
    for _ in 0..<3 { #expect(try notebook.get("/r").text == "1") }
    try notebook.wait(for: "3 hits")
    try notebook.send("x")
    try notebook.wait(for: "the prompt") {
      !$0.text.contains("any key") && $0.text.contains("3 hits") && $0.text.hasSuffix("In [2]:")
    }
    #expect(try notebook.enter("%routes now") == ["write %routes or %routes live"])
  }

  /// Only its beginning could be seen.
  @Test func aTableThatIsLongerThanTheWindowScrolls() throws {
    let notebook = try NotebookTerminal(columns: 40, rows: 12)
    try notebook.enter((1...30).map { "route \"/r\($0)\" { 1 }" }.joined(separator: "; "))
    try notebook.send("%routes live\r")
    try notebook.wait(for: "1-10 of 31; arrows scroll; q goes back")
    try notebook.send(Keys.down + Keys.down)
    try notebook.wait(for: "3-12 of 31")
    try notebook.send("\u{1B}[F")
    try notebook.wait(for: "22-31 of 31")
    #expect(notebook.screen.text.contains("/r30 ") && !notebook.screen.text.contains("/r20 "))
    try notebook.send("\u{1B}[5~" + Keys.up)
    try notebook.wait(for: "11-20 of 31")
    try notebook.send("q")
    try notebook.wait(for: "the prompt") { $0.cursorLine == "In [2]:" }
  }

  @Test func whereTheTimeOfARequestWentIsDrawn() throws {
    let notebook = try NotebookTerminal()
    #expect(
      try notebook.enter("%trace /slow") == [
        "no request for /slow is kept, or there was none; %get /slow makes one, if there is a route for it"
      ])
    try notebook.enter("route \"/slow\" { await sleep(40ms); \"slept\" }")
    try notebook.enter("%get /slow")
    // Its title, an axis and two rows; where the machine was slow, in words what took that time too.
    let drawn = try notebook.enter("%trace")
    #expect(drawn.count == 4 || drawn.count > 4 && drawn[4].hasPrefix("critical path: "))
    #expect(drawn.first?.contains(/GET \/slow \[1\]  200  [1-9][0-9.]* m?s, begun/) == true)
    #expect(drawn.dropFirst(2).first?.hasPrefix("GET /slow") == true)
    let timer = try #require(drawn.dropFirst(3).first)
    #expect(timer.contains("timer 40ms") && timer.contains("██"))
    #expect(try notebook.enter("%trace all").contains { $0.contains("GET /slow [1]") })
    #expect(try notebook.enter("%trace 4000")[0].hasPrefix("trace 4000 is not kept"))
    #expect(
      try notebook.enter("%trace slow") == [
        "write %trace, %trace 17, %trace /path, %trace slowest or %trace all"
      ])
  }

  @Test func inANarrowWindowATraceIsListedInTwoLines() throws {
    let notebook = try NotebookTerminal(columns: 40, rows: 12)
    try notebook.enter("route \"/slow\" { await sleep(40ms); \"slept\" }")
    try notebook.enter("%get /slow")
    let listed = try notebook.enter("%trace all")
    let place = try #require(listed.firstIndex { $0.contains("GET /slow [1]") })
    #expect(listed[place].hasSuffix("GET /slow [1]"))
    #expect(listed[place + 1].contains(/^ {6}[1-9][0-9.]* m?s  200  .* ago$/))
  }

  @Test func twoTracesAreCompared() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/slow\" { await sleep(90ms); \"slept\" }")
    try notebook.enter("route \"/quick\" { await sleep(20ms); \"slept\" }")
    try notebook.enter("%get /slow")
    #expect(
      try notebook.enter("%diff /slow /quick") == [
        "no request for /quick is kept, or there was none; %get /quick makes one, if there is a route for it"
      ])
    try notebook.enter("%get /quick")
    let drawn = try notebook.enter("%diff /slow /quick")
    #expect(drawn.contains { $0.contains("GET /slow [1]  200") })
    #expect(drawn.contains { $0.contains("GET /quick [2]  200") })
    #expect(drawn.contains { $0.contains(" ms less in all (") })
    let byNumber = try notebook.enter("%diff 3 4")
    #expect(byNumber.contains { $0.contains("timer 90ms") })
    for wrong in ["%diff", "%diff /slow", "%diff 3 4 5", "%diff 3 quick"] {
      #expect(
        try notebook.enter(wrong) == [
          "write %diff /path /other, or %diff 17 18: two traces, by path, number or slowest"
        ])
    }
  }

  @Test func aTraceIsWrittenAsAPicture() throws {
    let notebook = try NotebookTerminal()
    #expect(
      try notebook.enter("%export trace ~/a.svg") == ["nothing was traced yet; make a request: %get /"])
    try notebook.enter("route \"/slow\" { await sleep(40ms); \"slept\" }")
    try notebook.enter("%get /slow")
    #expect(
      try notebook.enter("%export trace /slow ~/a.svg") == [
        "wrote trace 2, GET /slow, to \(notebook.home.path)/a.svg"
      ])
    #expect(notebook.home.read("a.svg")?.hasPrefix("<svg xmlns=") == true)
    #expect(notebook.home.read("a.svg")?.contains(">timer 40ms</text>") == true)
    // What is such a picture may be drawn anew; anything else is asked about.
    #expect(try notebook.enter("%export trace ~/a.svg")[0].hasPrefix("wrote trace 2"))
    notebook.home.write("<svg>mine</svg>", to: "mine.svg")
    let asked = try notebook.enter("%export trace ~/mine.svg").joined(separator: " ")
    #expect(asked.contains("mine.svg exists and is no trace of Routebook; %export trace ~/mine.svg again"))
    #expect(notebook.home.read("mine.svg") == "<svg>mine</svg>")
    #expect(try notebook.enter("%export trace ~/mine.svg")[0].hasPrefix("wrote trace 2"))
    #expect(notebook.home.read("mine.svg")?.contains("timer 40ms") == true)
    #expect(
      try notebook.enter("%export trace 4000 ~/b.svg") == [
        "trace 4000 is not kept, or never was; %trace all lists those that are"
      ])
    #expect(try notebook.enter("%export trace ~/none/b.svg").joined().contains("none/b.svg"))
  }

  @Test func ctrlCTakesACallBack() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/block\" { defer { print(\"left\") }\nawait deferred() }")
    try notebook.send("%get /block\r")
    try notebook.wait(for: "the spinner") {
      $0.lines.contains { $0.contains("GET /block ") && $0.hasSuffix(" s") }
    }
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "error: GET /block is taken back")
    try notebook.wait(for: "[1] left")
  }

  @Test func namesAndRequestsAreTold() throws {
    let notebook = try NotebookTerminal()
    #expect(try notebook.enter("%vars") == ["no cell has declared a name yet"])
    try notebook.enter("var visits = 3")
    try notebook.enter("func twice(n) { n * 2 }")
    #expect(
      try notebook.enter("%vars").map { $0.split(separator: " ") } == [
        ["twice", "Function", "[2]"], ["visits", "Int", "[1]", "3"],
      ])
    try notebook.enter("%log on")
    #expect(try notebook.get("/x").status == 404)
    try notebook.wait(for: "method=GET path=/x status=404")
    try notebook.enter("%log off")
    #expect(try notebook.get("/y").status == 404)
    #expect(!notebook.screen.text.contains("path=/y"))
    #expect(try notebook.enter("%log maybe") == ["write %log on or %log off"])
  }

  @Test func valuesAreLaidOutForTheWindow() throws {
    let notebook = try NotebookTerminal(columns: 40)
    try notebook.enter("let rows = (1...3).map { [\"id\": $0, \"name\": \"n\\($0)\"] }")
    #expect(try notebook.enter("rows") == ["Out[2]:", "id  name", "──  ────", " 1  n1", " 2  n2", " 3  n3"])
    let numbers = try notebook.enter("Array(0..<1000)")
    #expect(numbers.prefix(3) == ["Out[3]:", "[", "  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,"])
    #expect(numbers.allSatisfy { $0.count <= 40 })
    #expect(numbers.suffix(2) == ["  … 835 more", "]"])
    #expect(try notebook.enter("\"a\\u{1B}[31mb\"") == ["Out[4]: \"a\\u{1B}[31mb\""])
    #expect(try notebook.enter("await sleep(1100ms)") == ["took 1.1 s"])
  }
}
