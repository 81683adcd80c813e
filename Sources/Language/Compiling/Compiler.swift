/// Turns a resolved tree into bytecode.
public enum Compiler {
  /// A program is at most this many registers wide in each function; the machine's operands hold no more.
  static let registerLimit = 4_000
  /// A function is at most this many instructions long.
  static let codeLimit = 1 << 20

  /// Compiles a text that the parser and the resolver found no error in.
  ///
  /// - Throws: a `Diagnostic` where a function exceeds what an instruction can express.
  public static func compile(_ program: FunctionNode, source: SourceText) throws(Diagnostic) -> Program {
    let builder = ProgramBuilder()
    _ = builder.add(program)
    if builder.members.names.count > Int(UInt16.max) {
      builder.fail(
        "this text uses more than 65,535 names of members", at: program.span, help: "split it into several")
    }
    if let problem = builder.problem { throw problem }
    return Program(
      source: source, functions: builder.functions.compactMap(\.self), globals: builder.globals.names,
      members: builder.members.names, hasValue: endsInValue(program))
  }

  private static func endsInValue(_ program: FunctionNode) -> Bool {
    program.body.last.map(givesValue) ?? false
  }

  /// Whether a statement at the end can have a value, as at the end of a function's body: of an `if` or a `do` some block.
  private static func givesValue(_ statement: Statement) -> Bool {
    switch statement.kind {
    case .expression: true
    case .conditional(let node): givesValue(node)
    case .do(let body, _, let handler): givesValue(body) || handler.map(givesValue) ?? false
    default: false
    }
  }

  private static func givesValue(_ block: BlockNode) -> Bool {
    block.statements.last.map(givesValue) ?? false
  }

  private static func givesValue(_ node: IfNode) -> Bool {
    if givesValue(node.then) { return true }
    return switch node.otherwise {
    case .conditional(let next)?: givesValue(next)
    case .block(let block)?: givesValue(block)
    case nil: false
    }
  }
}

/// What all functions of one text share while they are compiled.
final class ProgramBuilder {
  private(set) var functions: [FunctionCode?] = []
  var globals = NumberedNames()
  var members = NumberedNames()
  private(set) var problem: Diagnostic?

  /// Compiles a function and those inside it; gives its number.
  func add(_ node: FunctionNode) -> Int {
    let number = functions.count
    functions.append(nil)
    var compiler = FunctionCompiler(node, self, fusesConstants: true)
    var code = compiler.compile()
    if !compiler.reachesConstants {
      functions.removeLast(functions.count - number - 1)
      compiler = FunctionCompiler(node, self, fusesConstants: false)
      code = compiler.compile()
    }
    functions[number] = code
    return number
  }

  /// Notes what cannot be compiled; the first is reported.
  func fail(_ message: String, at span: Span, help: String) {
    if problem == nil { problem = Diagnostic(.error, message, at: span, help: help) }
  }
}
