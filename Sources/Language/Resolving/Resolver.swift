/// Says what every name of a tree refers to, and what is wrong with how names are used.
///
/// It gives local variables their registers: parameters first, then block by block, so that the registers
/// of a block that has ended are used again. It finds which variables functions share, and reports what
/// the parser cannot see: assignments to what is constant, names used too early, `break` without a loop.
///
/// The tree's depth is bounded by the parser, so this recurses.
public final class Resolver {
  /// The names of one block.
  struct Scope {
    enum Local {
      case variable(Variable)
      /// It is declared further down in this block.
      case pending(Span)
    }

    private var names = NumberedNames()
    /// What the names stand for, by their numbers.
    private var locals: [Local?] = []
    /// The register that is free again when the block ends.
    let firstRegister: Int

    init(firstRegister: Int) { self.firstRegister = firstRegister }

    func local(_ name: String) -> Local? { names.find(name).flatMap { locals[$0] } }

    private mutating func set(_ name: String, _ local: Local) {
      let number = names.number(of: name)
      if number == locals.count { locals.append(local) } else { locals[number] = local }
    }

    func variable(_ name: String) -> Variable? {
      if case .variable(let variable)? = local(name) { variable } else { nil }
    }

    var variableNames: [String] {
      zip(names.names, locals).compactMap { if case .variable? = $1 { $0 } else { nil } }
    }

    mutating func add(_ variable: Variable) { set(variable.name, .variable(variable)) }

    /// Notes that a name is declared further down, unless it stands for a variable already.
    mutating func expect(_ name: String, at span: Span) {
      if local(name) == nil { set(name, .pending(span)) }
    }

    /// The declaration of a name has been reached: in its own value the name means what it meant before.
    mutating func reach(_ name: String) {
      if let number = names.find(name), case .pending? = locals[number] { locals[number] = nil }
    }
  }

  /// A function that is being resolved.
  final class Frame {
    let node: FunctionNode
    var scopes: [Scope] = []
    var nextRegister = 0
    /// How many loops of this function surround the place.
    var loops = 0
    /// The place of each variable among the function's captures.
    var capturePlaces: [ObjectIdentifier: Int] = [:]

    init(_ node: FunctionNode) { self.node = node }
  }

  let source: SourceText
  let globals: any GlobalNames
  var resolution = Resolution()
  /// The functions around the place, the outermost first.
  var frames: [Frame] = []
  /// The globals whose declaration has been passed.
  var declaredGlobals: Set<String> = []
  /// The locals whose value is being resolved, and so are not there yet, with the number of functions
  /// around their declaration.
  var initializing: [(name: String, frames: Int)] = []
  /// Uses of a local function above its declaration, by the function's variable.
  var earlyUses: [ObjectIdentifier: (variable: Variable, span: Span)] = [:]
  /// The local functions whose declaration has been passed.
  var passedFunctions: Set<ObjectIdentifier> = []
  var warnedNames: Set<String> = []
  /// Whether the name that is being resolved is the key of a pair.
  var isKey = false
  /// The global whose declaration is being resolved.
  var declaring: String?
  /// The paths of the groups around the place, joined.
  var groupPrefix = ""
  /// The texts that the text declares with `let` and that are written out.
  var writtenTexts: [String: String] = [:]
  /// How many groups are around the place, as far as they stand in no other braces.
  var outermostGroups = 0
  /// How often the text names `Out`, and how often with the number of a cell.
  var outs = 0
  var outsByNumber = 0
  /// Where the expression stands that is a statement by itself, resolved last.
  var unused: Span?
  /// How many pieces of code surround the place that go on when the text has run: those of timers and of `async`.
  var goingOn = 0
  /// Those of `async` alone.
  var fibers = 0
  /// The global whose function begins what goes on around the place, where it is not the text itself.
  var beginner: String?
  /// Which of the text's routes the place is in the handler of.
  var handledRoute: Int?
  /// How many handlers surround the place, of routes and of what is around them.
  var handlers = 0
  /// How many functions surround the place that run later than the text, if ever.
  var laterFunctions = 0
  /// How often each global is read to change what it holds and for nothing else.
  var readsToChange: [String: Int] = [:]

  private init(source: SourceText, globals: any GlobalNames) {
    self.source = source
    self.globals = globals
  }

  /// Resolves a whole text. The tree must come from `Parser` unchanged, and be resolved once.
  ///
  /// - Parameters:
  ///   - program: the tree, which is written into.
  ///   - whole: the text that the program is a part of; nil where it is all. What texts it gives names is known in each
  ///     part.
  ///   - globals: the names known before; those that the text declares win over them.
  public static func resolve(
    _ program: FunctionNode, partOf whole: FunctionNode? = nil, source: SourceText, globals: any GlobalNames
  ) -> Resolution {
    let resolver = Resolver(source: source, globals: globals)
    resolver.collectGlobals(program.body)
    if let whole { resolver.noteWrittenTexts(whole.body) }
    resolver.resolve(program)
    resolver.resolution.mentionsAnyOut = resolver.outs > resolver.outsByNumber
    resolver.resolution.changesAlone = Set(
      resolver.readsToChange.filter { resolver.resolution.reads[$0]?.count == $1 }.keys)
    resolver.resolution.diagnostics.sort {
      ($0.span.start, $0.severity.rawValue) < ($1.span.start, $1.severity.rawValue)
    }
    return resolver.resolution
  }

  var frame: Frame { frames[frames.count - 1] }

  /// Whether the place is at the outermost level of the text, where declarations make globals.
  var isAtOutermostLevel: Bool { frames.count == 1 && frame.scopes.isEmpty }

  // MARK: - Functions

  func resolve(_ function: FunctionNode) {
    function.parent = frames.last?.node
    if function.role == .function || function.role == .closure { resolution.hasFunctions = true }
    frames.append(Frame(function))
    if function.role == .main {
      resolveStatements(function.body)
    } else {
      withScope {
        for index in function.parameters.indices {
          let parameter = function.parameters[index]
          if let value = parameter.defaultValue { resolve(value) }
          let variable = makeVariable(
            NameDeclaration(parameter.name, parameter.span), isLet: true, .parameter)
          function.parameterVariables.append(variable)
        }
        withScope {
          prepare(function.body)
          resolveStatements(function.body)
        }
      }
    }
    if function.role == .handler {
      warnOfFinalAssignment(function.body)
      warnOfFinalCondition(function.body)
    }
    frames.removeLast()
  }

  private func warnOfFinalAssignment(_ body: [Statement]) {
    switch body.last?.kind {
    case .assignment:
      report(.handlerEndsInAssignment, at: body[body.count - 1].span, .warning)
    case .conditional(let node):
      warnOfFinalAssignment(node.then.statements)
      var otherwise = node.otherwise
      while case .conditional(let next)? = otherwise {
        warnOfFinalAssignment(next.then.statements)
        otherwise = next.otherwise
      }
      if case .block(let block)? = otherwise { warnOfFinalAssignment(block.statements) }
    default:
      break
    }
  }

  /// An `if` that gives a value to send in some cases, and nothing in the others.
  private func warnOfFinalCondition(_ body: [Statement]) {
    guard let last = body.last, case .conditional(let node) = last.kind, !node.hasFinalElse,
      case .expression(let value)? = node.then.statements.last?.kind
    else { return }
    if case .call(let callee, _) = value.kind, case .name(let name) = callee.kind, name.name == "print" {
      return
    }
    report(.handlerEndsInIf, at: Span(last.span.start, last.span.start + 2), .warning)
  }

  // MARK: - Reporting

  private var counts: [Diagnostic.Severity: Int] = [:]

  func report(
    _ message: Message, at span: Span, _ severity: Diagnostic.Severity = .error,
    notes: [Diagnostic.Note] = []
  ) {
    counts[severity, default: 0] += 1
    guard counts[severity, default: 0] <= Parser.diagnosticLimit else { return }
    resolution.diagnostics.append(message.diagnostic(severity, at: span, notes: notes))
  }

  var canReportWarning: Bool { counts[.warning, default: 0] < Parser.diagnosticLimit }
}
