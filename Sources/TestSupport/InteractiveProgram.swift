import Foundation

/// The built program's prompt in a terminal, as a person uses it: types cells and commands, waits for the prompt to
/// come back, looks at what was shown. Not for use from two threads at once.
public final class InteractiveProgram {
  public let terminal: PseudoTerminal
  /// Where the notebook is served, as `%routes` says.
  public private(set) var port = 0

  /// Opens the file in a terminal and waits for the first prompt.
  public init(file: String, options: [String] = [], environment: [String: String]) throws {
    terminal = try PseudoTerminal(
      BuiltProgram.path(), ["--port", "0", "--no-browser", "--color", "never"] + options + [file],
      environment: environment.merging(["TERM": "xterm-256color"]) { _, new in new }, columns: 150, rows: 60)
    try terminal.wait(for: "a first prompt") { Self.isAtEmptyPrompt($0) }
    let listing = try enter("%routes")
    guard let address = listing.firstMatch(of: /on http:\/\/127\.0\.0\.1:(\d+)/), let port = Int(address.1)
    else {
      throw PseudoTerminal.Failure(description: "no address is shown:\n\(terminal.screen.text)")
    }
    self.port = port
  }

  /// Types a cell or a command, waits until the prompt is back, and gives what was shown in between.
  @discardableResult
  public func enter(_ text: String, timeout: Double = 30) throws -> String {
    try begin(text)
    return try finish(timeout: timeout)
  }

  /// Types a cell or a command and Enter, and does not wait for what comes of it.
  public func begin(_ text: String) throws {
    let last = text.split(separator: "\n").last.map(String.init) ?? text
    if text.contains("\n") { try terminal.paste(text) } else { try terminal.send(text) }
    // Only once all is there, since the prompt that waits for a cell looks like the one that comes back.
    try terminal.wait(for: "the typed text") {
      $0.cursorLine.hasSuffix(last) || $0.cursorLine.contains(": " + last)
    }
    entered = terminal.screen.scrolledLines.count + terminal.screen.cursor.row
    try terminal.send("\r")
  }

  private var entered = 0

  /// Waits until the prompt is back, and gives what was shown since.
  public func finish(timeout: Double = 30) throws -> String {
    let entered = entered
    try terminal.wait(for: "the prompt after a cell", timeout: timeout) {
      Self.isAtEmptyPrompt($0) && $0.scrolledLines.count + $0.cursor.row > entered
    }
    let screen = terminal.screen
    let lines = screen.scrolledLines + screen.lines
    return lines[(entered + 1)..<(screen.scrolledLines.count + screen.cursor.row)]
      .map { $0.replacing(/\ +$/, with: "") }.joined(separator: "\n")
  }

  /// Ctrl-C.
  public func interrupt() throws { try terminal.send("\u{03}") }

  /// Leaves, unsaved cells or not, and gives how the program ended.
  public func leave() throws -> PseudoTerminal.Exit {
    try terminal.send("%quit\r")
    do {
      return try terminal.waitForExit(timeout: 3)
    } catch {
      // It asks first where there are unsaved cells.
      try terminal.send("%quit\r")
      return try terminal.waitForExit()
    }
  }

  private static func isAtEmptyPrompt(_ screen: Screen) -> Bool {
    let line = screen.cursorLine.replacing(/\ +$/, with: "")
    return line.wholeMatch(of: /In \[\d+\]:/) != nil && screen.cursor.column == line.count + 1
  }
}
