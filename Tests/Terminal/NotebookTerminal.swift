import Glibc
import TestSupport

/// The program at a terminal of its own, with a home of its own, serving on a free port.
final class NotebookTerminal {
  let terminal: PseudoTerminal
  let home: TemporaryFolder

  /// Waits for the first prompt where `waits` says so.
  init(
    _ arguments: [String] = [], home: TemporaryFolder = TemporaryFolder(),
    environment: [String: String] = [:],
    columns: Int = 100, rows: Int = 40, waits: Bool = true
  ) throws {
    self.home = home
    terminal = try PseudoTerminal(
      PseudoTerminal.builtProgram("routebook"), ["--port", "0"] + arguments,
      environment: Self.environment(home).merging(environment) { $1 }, columns: columns, rows: rows)
    if waits { try terminal.wait(for: "the first prompt", until: Self.isAtEmptyPrompt) }
  }

  /// A shell at a terminal, where `$routebook` is the program: for pipes and exit statuses.
  init(shell script: String, home: TemporaryFolder = TemporaryFolder(), columns: Int = 100) throws {
    self.home = home
    var variables = Self.environment(home)
    variables["routebook"] = try PseudoTerminal.builtProgram("routebook")
    terminal = try PseudoTerminal(
      "/bin/sh", ["-c", "cd \(home.path); \(script)"], environment: variables, columns: columns, rows: 40)
  }

  private static func environment(_ home: TemporaryFolder) -> [String: String] {
    ["HOME": home.path, "XDG_STATE_HOME": home.path + "/state", "PATH": "/usr/bin:/bin"]
  }

  var screen: Screen { terminal.screen }

  /// The port in the first address that was shown.
  func port() throws -> Int {
    guard let start = screen.fullText.firstRange(of: "http://127.0.0.1:")?.upperBound,
      let port = Int(screen.fullText[start...].prefix { $0.isNumber })
    else { throw Failure(description: "no address is shown:\n\(screen.text)") }
    return port
  }

  func get(_ path: String) throws -> RawHTTPClient.Response {
    try RawHTTPClient.request(port: port(), "GET", path)
  }

  // MARK: Typing

  func send(_ keys: String) throws { try terminal.send(keys) }

  func wait(for text: String) throws { try terminal.wait(for: text) }

  func wait(for wanted: String, until condition: (Screen) -> Bool) throws {
    try terminal.wait(for: wanted, until: condition)
  }

  /// Types a cell or a command and Enter, waits until there is a prompt again, and gives the lines in between.
  @discardableResult
  func enter(_ text: String) throws -> [String] {
    try waitForPrompt()
    return try enterRest(text)
  }

  /// The same for the rest of what stands there already.
  func enterRest(_ text: String) throws -> [String] {
    let start = Self.row(screen)
    try send(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r") + "\r")
    try terminal.wait(for: "a prompt after \(text)") { Self.isAtEmptyPrompt($0) && Self.row($0) > start }
    return Array((screen.scrolledLines + screen.lines)[(start + 1)..<Self.row(screen)])
  }

  /// Waits for the spinner of a cell.
  func waitUntilRunning(_ cell: Int) throws {
    try terminal.wait(for: "the spinner of cell \(cell)") { screen in
      screen.lines.contains { $0.dropFirst(2).hasPrefix("[\(cell)] ") && $0.contains(" s") }
    }
  }

  func waitForPrompt() throws { try terminal.wait(for: "an empty prompt", until: Self.isAtEmptyPrompt) }

  /// The row of the cursor since the beginning.
  private static func row(_ screen: Screen) -> Int { screen.scrolledLines.count + screen.cursor.row }

  private static func isAtEmptyPrompt(_ screen: Screen) -> Bool {
    let line = screen.cursorLine
    return line.hasPrefix("In [") && line.hasSuffix("]:") && screen.cursor.column == line.count + 1
  }
}

enum Keys {
  static let up = "\u{1B}[A", down = "\u{1B}[B", left = "\u{1B}[D", home = "\u{1B}[H"
  static let interrupt = "\u{03}", endOfInput = "\u{04}", background = "\u{1A}", tab = "\t"
}

/// Waits for something that happens without a word on the screen.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
  let end = ContinuousClock.now + .seconds(30)
  while ContinuousClock.now < end {
    if try condition() { return }
    usleep(10_000)
  }
  throw Failure(description: "not within 30 s: \(what)")
}

/// What was not seen.
struct Failure: Error, CustomStringConvertible {
  let description: String
}

/// The folder of the package.
let packageFolder = #filePath.components(before: "/Tests/Terminal/")

extension String {
  fileprivate func components(before text: String) -> String {
    firstRange(of: text).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
