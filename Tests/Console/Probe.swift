import Glibc
import TestSupport

/// The probe at a terminal: the line editor with toy answers, in folders of its own.
struct Probe {
  let terminal: PseudoTerminal
  let home: TemporaryFolder

  init(
    columns: Int = 80, rows: Int = 24, home: TemporaryFolder = TemporaryFolder(),
    environment: [String: String] = [:],
    firstPrompt: String? = "In [1]:"
  ) throws {
    self.home = home
    var variables = [
      "HOME": home.path, "XDG_STATE_HOME": home.path + "/state", "PATH": "/usr/bin:/bin",
      "ASAN_OPTIONS": "detect_leaks=0",
    ]
    variables.merge(environment) { $1 }
    terminal = try PseudoTerminal(
      PseudoTerminal.builtProgram("EditorProbe"), environment: variables, columns: columns, rows: rows)
    if let firstPrompt { try terminal.wait(for: firstPrompt) }
  }

  func send(_ keys: String) throws { try terminal.send(keys) }
  func wait(for text: String) throws { try terminal.wait(for: text) }
  func wait(for wanted: String, until condition: (Screen) -> Bool) throws {
    try terminal.wait(for: wanted, until: condition)
  }
  func waitForLines(_ lines: [String]) throws {
    try terminal.wait(for: lines.joined(separator: "⏎")) { Array($0.lines.prefix(lines.count)) == lines }
  }
  var screen: Screen { terminal.screen }
}

extension Probe {
  func paste(_ text: String) throws { try terminal.paste(text) }
}
