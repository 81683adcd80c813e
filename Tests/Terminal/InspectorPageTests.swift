import Foundation
import Glibc
import TestSupport
import Testing

/// The inspector's page of a notebook at a prompt, in a real browser.
@Suite(
  .enabled(if: Chromium.path != nil, "Chromium is not installed: scripts/setup browser installs it"))
struct InspectorPageTests {
  private let home = TemporaryFolder()

  /// With `ROUTEBOOK_PICTURES` in the environment, pictures are written into that folder.
  private func picture(_ page: Chromium, _ name: String) throws {
    if let folder = ProcessInfo.processInfo.environment["ROUTEBOOK_PICTURES"] {
      try page.picture(to: "\(folder)/\(name).png")
    }
  }

  private func open(_ notebook: NotebookTerminal, _ rest: String = "", width: Int = 1_000) throws -> Chromium
  {
    let page = try Chromium(
      "http://127.0.0.1:\(notebook.port())/_routebook/\(rest)", home: home, width: width)
    try page.wait(for: "document.querySelector('#status')?.textContent === 'Live'")
    return page
  }

  private func notebook() throws -> NotebookTerminal {
    let notebook = try NotebookTerminal(home: home)
    try notebook.enter("route \"/greet/<user>\" { \"Hello \\(user)!\" }")
    try notebook.enter("route \"/block\" { await deferred() }")
    try notebook.enter("route \"/sleep/<int:n>\" { await sleep(n * 1ms); \"slept \\(n)\" }")
    try notebook.enter(
      "route \"/compare\" { let a = await get(\"/sleep/600\"); let b = await get(\"/sleep/650\"); a.text + b.text }"
    )
    return notebook
  }

  /// The texts of the cells of a table's rows.
  private func rows(_ page: Chromium, _ table: String) throws -> [[String]] {
    try page.value(
      "[...document.querySelectorAll('#\(table) tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
      as? [[String]] ?? []
  }

  private func waits(_ notebook: NotebookTerminal, _ path: String) throws -> RawHTTPClient {
    let client = try RawHTTPClient(port: notebook.port(), timeout: 30)
    try client.sendRequest("GET", path)
    return client
  }

  @Test func routesAreSeenWithTheirHitsAsTheyCome() throws {
    let notebook = try notebook()
    let page = try open(notebook)
    for _ in 0..<3 { _ = try notebook.get("/greet/you") }
    try eventually("the hits are seen") {
      try rows(page, "routes").contains { Array($0.prefix(5)) == ["any", "/greet/<user>", "[1]", "3", "0"] }
    }
    let label = try page.text("document.querySelector('#routes .spark').getAttribute('aria-label')")
    #expect(label.hasPrefix("3 in the last minute"))
    // A cell that is run brings its route without another look.
    try notebook.enter("route \"/new\" { 1 }")
    try eventually("the new route is seen") { try rows(page, "routes").contains { $0[1] == "/new" } }
    #expect(try page.text("document.querySelector('#routes-count').textContent") == "5")
    #expect(try page.text("document.title").hasPrefix("Routebook 127.0.0.1:"))
    try picture(page, "light")
  }

  @Test func aTraceThatIsGoneIsSaidInItsPlace() throws {
    let notebook = try notebook()
    _ = try notebook.get("/compare")
    let page = try open(notebook, "#trace-999999")
    try page.wait(for: "document.querySelector('#trace-heading').textContent === 'Trace 999999'")
    #expect(try page.text("document.querySelector('#trace-advice').textContent").contains("is not kept"))
    #expect(try page.text("document.querySelector('#status').textContent") == "Live")
    #expect(try page.value("document.querySelector('#trace-save').hidden") as? Bool == true)
    try page.wait(for: "document.querySelector('#traces button') !== null")
    _ = try page.value("document.querySelector('#traces button').click()")
    try page.wait(for: "document.querySelector('#trace-heading').textContent.includes('GET')")
    #expect(try page.value("document.querySelector('#trace-save').hidden") as? Bool == false)
    _ = try page.value("void (location.hash = 'trace-999998')")
    try page.wait(for: "document.querySelector('#trace-heading').textContent === 'Trace 999998'")
    #expect(try page.value("document.querySelectorAll('#trace-rows tr').length") as? Int == 0)
    try picture(page, "gone")
  }

  @Test func aButtonCancelsWhatWaits() throws {
    let notebook = try notebook()
    let page = try open(notebook)
    let waiting = try waits(notebook, "/block")
    let button = "document.querySelector('[aria-label=\"Cancel long poll GET /block\"]')"
    try page.wait(for: "\(button) !== null")
    _ = try page.value("\(button).focus()")
    try page.press("Enter", code: 13)
    let answer = try waiting.readResponse()
    #expect(answer.status == 503 && answer.text.contains("cancelled on the page"))
    try page.wait(for: "\(button) === null")
    #expect(
      try page.text("document.querySelector('#status').textContent") == "Cancelled long poll GET /block")
    // Whoever goes by keys is not thrown to the beginning of the page.
    #expect(try page.text("document.activeElement.id") == "activities-heading")
  }

  @Test func theFocusStaysWhileRowsComeAndGo() throws {
    let notebook = try notebook()
    _ = try notebook.get("/greet/first")
    let page = try open(notebook)
    try page.wait(for: "document.querySelector('#traces button') !== null")
    _ = try page.value("document.querySelector('#traces button').focus()")
    let focused = try page.text("document.activeElement.getAttribute('aria-label')")
    #expect(focused.hasPrefix("Show trace"))
    for name in 0..<5 { _ = try notebook.get("/greet/\(name)") }
    try eventually("the new ones are seen") { try rows(page, "traces").contains { $0[1] == "GET /greet/4" } }
    #expect(try page.text("document.activeElement.getAttribute('aria-label')") == focused)
  }

  @Test func aTraceOpensAsAWaterfall() throws {
    let notebook = try notebook()
    _ = try notebook.get("/compare")
    let page = try open(notebook)
    try page.wait(for: "document.querySelector('#traces button[aria-label$=\"/compare\"]') !== null")
    _ = try page.value("document.querySelector('#traces button[aria-label$=\"/compare\"]').click()")
    try page.wait(for: "!document.querySelector('#trace').hidden")
    let names = try rows(page, "trace-rows").map { $0[0] }
    #expect(names.count == 5 && names[0].hasPrefix("GET /compare"))
    #expect(names[1].hasPrefix("level 2: GET /sleep/600") && names[1].hasSuffix(", on the critical path"))
    #expect(try rows(page, "trace-rows")[2][1] == "[3]:1")
    let critical = try page.text("document.querySelector('#trace-critical').textContent")
    #expect(
      critical.contains("timer 600ms [3]:1 ") && critical.contains("timer 650ms [3]:1 "))
    #expect(try page.text("document.activeElement.id") == "trace-heading")
    let advice = try page.text("document.querySelector('#trace-advice').textContent")
    #expect(
      advice.hasPrefix("The 2 GETs at line 1 could overlap: ")
        && advice.hasSuffix("await all([get(…), get(…)])"))
    let saved = try page.text(
      "fetch(document.querySelector('#trace-save').href).then((answer) => answer.text())")
    #expect(saved.hasPrefix("<svg ") && saved.contains("GET /sleep/600"))
    #expect(
      try page.value("document.querySelectorAll('#trace-rows .bar.critical').length") as? Int ?? 0 >= 2)
    try picture(page, "waterfall")
    try page.press("Escape", code: 27)
    try page.wait(for: "document.querySelector('#trace').hidden")
    #expect(try page.text("document.activeElement.getAttribute('aria-label')").hasSuffix("GET /compare"))
  }

  @Test func whatClientsSendIsTextAndNothingElse() throws {
    let notebook = try notebook()
    let client = try RawHTTPClient(port: notebook.port())
    try client.send(
      "GET /greet/<b>x<i>?<img/src=x/onerror=document.title='bad'> HTTP/1.1\r\nHost: localhost\r\n\r\n")
    _ = try client.readResponse()
    let waiting = try waits(notebook, "/block?<i>")
    let page = try open(notebook)
    try eventually("it is seen") {
      try rows(page, "traces").contains { $0[1].contains("<b>x<i>") }
        && rows(page, "activities").contains { $0[1].contains("<i>") }
    }
    #expect(try page.value("document.querySelectorAll('main :is(b, i:not(.bar), img)').length") as? Int == 0)
    #expect(try page.text("document.title").hasPrefix("Routebook"))
    waiting.close()
  }

  @Test func aRestartAndTheEndAreSaid() throws {
    let notebook = try notebook()
    let page = try open(notebook)
    try notebook.enter("%restart")
    try page.wait(for: "document.querySelector('#status').textContent === 'The kernel was restarted'")
    // For a moment: then what holds is said again.
    try page.wait(for: "document.querySelector('#status').textContent === 'Live'")
    #expect(try rows(page, "routes").isEmpty)
    #expect(try page.value("document.querySelector('#routes-empty').hidden") as? Bool == false)
    _ = try page.value("document.querySelector('#pause').click()")
    #expect(try page.text("document.querySelector('#status').textContent") == "Paused")
    _ = try page.value("document.querySelector('#pause').click()")
    try page.wait(for: "document.querySelector('#status').textContent === 'Live'")
    // What is not saved is asked about once.
    try notebook.enter("%quit")
    try notebook.send("%quit\r")
    try page.wait(for: "document.querySelector('#status').textContent.startsWith('Connection lost')")
  }

  @Test func whatCannotBeShownIsSaid() throws {
    let notebook = try notebook()
    let page = try open(notebook)
    // Another has stopped it meanwhile.
    let waiting = try waits(notebook, "/block")
    let button = "document.querySelector('[aria-label=\"Cancel long poll GET /block\"]')"
    try page.wait(for: "\(button) !== null")
    _ = try page.value("(window.kept = \(button), document.querySelector('#pause').click())")
    waiting.close()
    try eventually("the request has ended") {
      try notebook.enter("%ps").contains { $0.hasPrefix("nothing goes on") }
    }
    _ = try page.value("window.kept.click()")
    try page.wait(
      for: "document.querySelector('#status').textContent === 'long poll GET /block: It has ended already.'")
  }

  @Test func tooManyPagesAreSaidToBeSo() throws {
    let notebook = try notebook()
    let pages = try (0..<16).map { _ in try waits(notebook, "/_routebook/events") }
    for page in pages { _ = try page.readResponse(toHead: true) }
    let page = try Chromium("http://127.0.0.1:\(notebook.port())/_routebook/", home: home)
    let status = "document.querySelector('#status')?.textContent"
    try page.wait(for: "\(status) === 'Too many pages look at this notebook: close one of them'")
    pages[0].close()
    try page.wait(for: "\(status) === 'Live'")
  }

  @Test(arguments: ["light", "dark"])
  func textsStandOutInBothSchemes(_ scheme: String) throws {
    let notebook = try notebook()
    _ = try notebook.get("/compare")
    let waiting = try waits(notebook, "/block")
    let page = try open(notebook)
    try page.call(
      "Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": scheme]]])
    // The contrast of each colour of text with each ground (WCAG 2.2, 1.4.3), and of what is drawn (1.4.11).
    let contrasts =
      try page.value(
        """
        (() => {
          const style = getComputedStyle(document.documentElement);
          const light = (name) => {
            const hex = style.getPropertyValue(name).trim();
            const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
              .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ratio = (one, other) => {
            const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
            return (high + 0.05) / (low + 0.05);
          };
          const found = {};
          for (const ground of ['--ground', '--panel'])
            for (const name of ['--text', '--soft', '--accent', '--critical', '--bad'])
              found[`${name} on ${ground}`] = ratio(name, ground);
          return found;
        })()
        """) as? [String: Double]
    for (pair, contrast) in try #require(contrasts) { #expect(contrast >= 4.5, "\(pair): \(contrast)") }
    let ground = try page.text("getComputedStyle(document.body).backgroundColor")
    #expect(ground == (scheme == "dark" ? "rgb(21, 23, 26)" : "rgb(251, 251, 250)"))
    _ = try page.value("document.querySelector('#traces button[aria-label$=\"/compare\"]').click()")
    try page.wait(for: "!document.querySelector('#trace').hidden")
    try picture(page, scheme)
    waiting.close()
  }

  @Test func aNarrowWindowNeedsNoScrollingSideways() throws {
    let notebook = try notebook()
    _ = try notebook.get("/greet/\(String(repeating: "long", count: 40))")
    _ = try notebook.get("/compare")
    let page = try open(notebook)
    try page.call(
      "Emulation.setDeviceMetricsOverride",
      ["width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": false])
    _ = try page.value("document.querySelector('#traces button[aria-label$=\"/compare\"]').click()")
    try page.wait(for: "!document.querySelector('#trace').hidden")
    #expect(try page.value("document.documentElement.scrollWidth") as? Int ?? 999 <= 360)
    let wide =
      try page.value(
        "[...document.querySelectorAll('.scroller')].filter((box) => box.scrollWidth > box.clientWidth).length"
      )
      as? Int
    #expect(wide == 0)
    try picture(page, "narrow")
  }
}
