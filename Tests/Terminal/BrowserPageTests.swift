import Glibc
import TestSupport
import Testing

/// Pages that open in a browser, through the real xdg-open.
@Suite struct BrowserPageTests {
  private static let chromium: String? = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
    access($0, X_OK) == 0
  }

  /// A browser that writes down the address it was given.
  private static func recorder(_ home: TemporaryFolder) -> String {
    home.write(
      "#!/bin/sh\nprintf '%s\\n' \"$1\" >>'\(home.path)/opened'\n", to: "browser", mode: 0o755)
    return home.path + "/browser"
  }

  @Test func openStartsTheBrowserWithThePagesAddress() throws {
    let home = TemporaryFolder()
    let notebook = try NotebookTerminal(home: home, environment: ["BROWSER": Self.recorder(home)])
    let address = try "http://127.0.0.1:\(notebook.port())"
    #expect(try notebook.enter("%open /greet/you") == ["opening \(address)/greet/you"])
    try eventually("the browser is started") { home.read("opened") == "\(address)/greet/you\n" }
    #expect(try notebook.enter("open(\"/again\")").contains("Out[1]: true"))
    try notebook.wait(for: "opening \(address)/again")
    try eventually("the browser is started by a cell") {
      home.read("opened") == "\(address)/greet/you\n\(address)/again\n"
    }
    #expect(try notebook.enter("%open greet") == ["%open takes a path, as %open /greet, or an http address"])
    #expect(try notebook.enter("%open file:///etc/passwd")[0].hasPrefix("%open takes a path"))
  }

  @Test func noBrowserNamesThePageOnly() throws {
    let home = TemporaryFolder()
    let notebook = try NotebookTerminal(
      ["--no-browser"], home: home, environment: ["BROWSER": Self.recorder(home)])
    #expect(try notebook.enter("%open /") == ["open http://127.0.0.1:\(notebook.port())/"])
    #expect(try notebook.enter("open(\"/\")").last == "Out[1]: false")
    #expect(home.read("opened") == nil)
  }

  @Test func pagesAreNamedAndNotOpenedWhileAWholeNotebookRuns() throws {
    let home = TemporaryFolder()
    home.write("# %% 1\nopen(\"/a\")\n# %% 2\nopen(\"/b\")\n", to: "pages.cells")
    let notebook = try NotebookTerminal(
      [home.path + "/pages.cells"], home: home, environment: ["BROWSER": Self.recorder(home)])
    let text = notebook.screen.text
    #expect(
      try text.contains("[2] open(\"/b\")\nopen http://127.0.0.1:\(notebook.port())/b\npages are named"))
    #expect(try notebook.enter("%rerun") == ["restarted, and ran 2 cells"])
    // A page that is asked for alone opens, and is the first that does.
    try notebook.enter("%run 2")
    try eventually("the browser is started") { home.read("opened")?.hasSuffix("/b\n") == true }
    #expect(home.read("opened")?.split(separator: "\n").count == 1)
  }

  @Test(
    .enabled(
      if: chromium != nil, "Chromium is not installed: scripts/setup browser installs it"))
  func aRealBrowserShowsThePage() throws {
    let home = TemporaryFolder()
    // The profile is the test's own, as the home is.
    home.write(
      """
      #!/bin/sh
      exec '\(Self.chromium ?? "")' --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --no-first-run --user-data-dir='\(home.path)/profile' --window-size=600,200 \
        --screenshot='\(home.path)/page.png' "$1" >'\(home.path)/log' 2>&1

      """, to: "browser", mode: 0o755)
    let notebook = try NotebookTerminal(home: home, environment: ["BROWSER": home.path + "/browser"])
    try notebook.enter("var agent = \"nobody\"")
    try notebook.enter(
      "route \"/page\" { agent = request.headers[\"user-agent\"]; html \"<h1>Hello, browser</h1>\" }")
    try notebook.enter("%open /page")
    try eventually("the browser asks for the page") {
      try notebook.enter("agent").contains { $0.contains("Chrome") }
    }
    #expect(try notebook.enter("%routes").contains { $0.contains("/page") && !$0.contains(" 0 hits") })
    try eventually("the picture is taken") { access(home.path + "/page.png", R_OK) == 0 }
  }
}
