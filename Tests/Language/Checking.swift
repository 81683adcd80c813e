@testable import Language

/// The names that tests take for granted, as a notebook with a few cells would know them.
func testGlobals() -> GlobalScope {
  var globals = GlobalScope()
  for name in ["a", "b", "c", "x", "y", "xs"] { globals.declare(name, .var, in: "cell [1]") }
  globals.declare("fixed", .let, in: "cell [2]")
  globals.declare("f", .function, in: "cell [3]")
  let builtins = [
    "listen", "open", "get", "all", "after", "every", "deferred", "print", "sleep", "now", "expect",
    "respond", "httpError", "rawHTML", "json", "race", "settled", "elapsed", "type", "String", "Int", "min",
    "max",
  ]
  for name in builtins { globals.declare(name, .builtin) }
  return globals
}

extension SyntaxDump {
  /// The tree of a text, or what is wrong with it.
  static func dump(_ text: String) -> String {
    let result = Parser.parse(SourceText(cell: 1, text: text))
    guard result.diagnostics.isEmpty else { return result.diagnostics.map(\.message).joined(separator: "; ") }
    return dump(result.program)
  }
}

/// Parses and, where that succeeds, resolves; gives a line for each diagnostic: its severity unless it is
/// an error, message, the marked text, help.
func check(_ text: String) -> [String] {
  let source = SourceText(cell: 5, text: text)
  let result = Parser.parse(source)
  var diagnostics = result.diagnostics
  if diagnostics.isEmpty {
    diagnostics = Resolver.resolve(result.program, source: source, globals: testGlobals()).diagnostics
  }
  return diagnostics.map { diagnostic in
    (diagnostic.severity == .warning ? "warning: " : "") + diagnostic.message
      + " [\(source.slice(diagnostic.span).replacing("\n", with: "⏎"))]"
      + (diagnostic.help.map { " — \($0)" } ?? "")
  }
}
