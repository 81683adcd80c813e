import Glibc
import TestSupport
import Testing

@testable import Console

@Suite struct BrowserTests {
  /// A browser that is a script: it writes down what it was given and what it finds itself in.
  private struct Script {
    let folder = TemporaryFolder()
    var path: String { folder.path + "/browser" }

    init(_ last: String = "") {
      folder.write(
        """
        #!/bin/sh
        { printf '%s\\n' "$#" "$1"
          ls -l /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 >&3 2>/dev/null
          readlink /proc/$$/fd/0 /proc/$$/fd/1
          cut -d' ' -f6 /proc/$$/stat
          (tty </dev/tty) 2>&1 | head -1
        } >'\(folder.path)/made' 3>/dev/null
        mv '\(folder.path)/made' '\(folder.path)/opened'
        \(last)

        """, to: "browser", mode: 0o755)
    }

    /// Waits for what the script wrote.
    func opened() throws -> [String] {
      for _ in 0..<3_000 {
        if let text = folder.read("opened") { return text.split(separator: "\n").map(String.init) }
        usleep(10_000)
      }
      Issue.record("the browser was not started")
      return []
    }
  }

  private func environment(_ browser: String?) -> [String: String] {
    var variables = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
    variables["BROWSER"] = browser
    return variables
  }

  @Test func opensTheAddressThroughXdgOpenDetached() throws {
    let script = Script()
    let address = "http://127.0.0.1:8080/greet/you?a=1&b=$(touch)%20';*#top"
    #expect(Browser(environment: environment(script.path)).open(address) == .opened)
    let lines = try script.opened()
    try #require(lines.count >= 4)
    #expect(lines[0] == "1")
    #expect(lines[1] == address)
    #expect(lines[2] == "/dev/null")
    // A session of its own, and so no terminal of ours.
    #expect(pid_t(lines[4]) != getsid(0))
    #expect(lines.last?.hasPrefix("/dev/pts") == false)
  }

  @Test func isNotWaitedForAndLeavesNoZombie() throws {
    let script = Script("exec sleep 0.2")
    let browser = Browser(environment: environment(script.path))
    #expect(browser.open("http://127.0.0.1/") == .opened)
    _ = try script.opened()
    // The opener is a child of this process until its thread has taken its status.
    for _ in 0..<1_000 where !Self.children(named: "xdg-open").isEmpty { usleep(10_000) }
    #expect(Self.children(named: "xdg-open").isEmpty)
  }

  @Test func atADisplayTheBrowserThatThePersonNamesIsStarted() throws {
    let script = Script()
    var variables = environment("nothing-like-this:\(script.path):false")
    variables["DISPLAY"] = ":99"
    #expect(Browser(environment: variables).open("http://127.0.0.1/a%20b") == .opened)
    #expect(try script.opened().prefix(2) == ["1", "http://127.0.0.1/a%20b"])
  }

  @Test(arguments: [
    ("sh", ["/bin/sh", "http://a/"]), ("sh -c", ["/bin/sh", "-c", "http://a/"]),
    ("sh --to=%s -x", ["/bin/sh", "--to=http://a/", "-x"]),
    ("/bin/nothing:/bin/sh", ["/bin/sh", "http://a/"]),
  ])
  func aCommandTakesTheAddressWhereItSaysSo(list: String, words: [String]) {
    #expect(BrowserCommand(list, path: ["/nonexistent", "/bin"])?.arguments(for: "http://a/") == words)
  }

  @Test(arguments: ["", ":", " ", "nothing-like-this", "/bin/nothing"])
  func aListWithoutAProgramIsNone(list: String) {
    #expect(BrowserCommand(list, path: ["/bin"]) == nil)
  }

  /// It was said that no browser was found, where one was and had failed.
  @Test func aBrowserThatXdgOpenTriesAndThatFailsIsNamed() async {
    for named in ["/bin/false", "nothing-like-this"] {
      let reason = await withCheckedContinuation { continuation in
        let outcome = Browser(environment: environment(named)).open("http://127.0.0.1/") {
          continuation.resume(returning: $0)
        }
        #expect(outcome == .opened)
      }
      #expect(reason == "xdg-open failed: nothing that $BROWSER names opened the page: \(named)")
    }
  }

  @Test func startsNothingWithoutADisplay() {
    #expect(
      Browser(environment: environment(nil)).open("http://127.0.0.1/")
        == .unavailable(reason: "there is no display and no BROWSER is set"))
  }

  @Test func saysThatThereIsNoOpener() {
    let browser = Browser(environment: ["PATH": "/nonexistent", "DISPLAY": ":0"])
    #expect(
      browser.open("http://127.0.0.1/") == .unavailable(reason: "xdg-open was not found; install xdg-utils"))
  }

  @Test(arguments: [
    "file:///etc/passwd", "javascript:alert(1)", "--help", "http:/x", "http://", "http:///path", "https://?x",
    "http://a b/", "http://a/\n", "ftp://host/", "", "/greet",
  ])
  func refusesWhatIsNoWebAddress(_ address: String) {
    #expect(Browser.webAddress(address) == nil)
    #expect(
      Browser(environment: environment("/bin/false")).open(address)
        == .unavailable(reason: "only http and https addresses are opened in a browser"))
  }

  @Test func encodesWhatAnAddressHasNoPlaceFor() {
    #expect(Browser.webAddress("http://h/ä\"<`\\%20") == "http://h/%C3%A4%22%3C%60%5C%20")
    #expect(Browser.webAddress("HTTPS://h/?a=[1]&b='2'#x") == "HTTPS://h/?a=[1]&b='2'#x")
  }

  /// Processes whose parent is this one, zombies included.
  private static func children(named name: String) -> [pid_t] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var found: [pid_t] = []
    while let entry = readdir(folder) {
      let text = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let process = pid_t(text), let stat = TemporaryFolder.read("/proc/\(process)/stat") else {
        continue
      }
      let fields = stat.split(separator: " ")
      if fields.count > 3, fields[1].hasPrefix("(\(name)"), pid_t(fields[3]) == getpid() {
        found.append(process)
      }
    }
    return found
  }
}
