import Language
import Web

/// A statement of a cell that stands by itself, what is in a group looked at apart: what it has to do with names.
///
/// What a guard reads comes from some of a cell's statements, and the others have nothing to do with it.
struct CellUnit: Sendable {
  /// The names that it uses, and those that it gives a value or changes, in functions and handlers too.
  let mentions: Set<String>
  let gives: Set<String>
  /// Those that it uses for more than to change what they hold.
  let takes: Set<String>
  /// What it calls, in functions too.
  let addresses: Set<Resolution.CalledAddress>
  let routes: [DeclaredRoute]
  /// Whether it may end its cell on purpose, by `throw` or `expect`, so that it decides whether what stands behind it runs.
  let mayEnd: Bool
  /// Whether it is a route, and so what it does is done for requests.
  let isRoute: Bool
  /// Whether it declares a `before`, and whether that alone decides that it is in force.
  let guards: Bool
  let guardsAlone: Bool

  /// The statements of a text; nil where they can't be told apart: one may leave it early or binds names for those behind.
  static func units(of text: String, in cell: Int) -> [CellUnit]? {
    let source = SourceText(cell: cell, text: text)
    let parsed = Parser.parse(source)
    if parsed.diagnostics.contains(where: { $0.severity == .error }) { return nil }
    guard let statements = flattened(parsed.program.body) else { return nil }
    return statements.map { CellUnit($0, of: parsed.program, source) }
  }

  private static func flattened(_ statements: [Statement]) -> [Statement]? {
    var found: [Statement] = []
    for statement in statements {
      switch statement.kind {
      case .guard, .return, .defer, .invalid: return nil
      case .group(let group):
        // What a group binds is known in it alone.
        let standAlone = group.body.statements.allSatisfy { statement in
          switch statement.kind {
          case .route, .hook, .group, .expression: true
          default: false
          }
        }
        if standAlone, let inner = flattened(group.body.statements) {
          found += inner
        } else {
          found.append(statement)
        }
      default: found.append(statement)
      }
    }
    return found
  }

  private static func mayEnd(_ statement: Statement) -> Bool {
    switch statement.kind {
    case .throw: true
    case .expression(let value):
      if case .call(let callee, _) = value.kind, case .name(let name) = callee.kind {
        name.name == "expect"
      } else {
        false
      }
    case .conditional(let node): mayEnd(node)
    case .whileLoop(_, let body), .forLoop(_, _, _, let body): mayEnd(body)
    case .do(let body, _, let handler): handler.map(mayEnd) ?? mayEnd(body)
    default: false
    }
  }

  private static func mayEnd(_ block: BlockNode) -> Bool { block.statements.contains(where: mayEnd) }

  private static func mayEnd(_ node: IfNode) -> Bool {
    if mayEnd(node.then) { return true }
    switch node.otherwise {
    case .block(let block)?: return mayEnd(block)
    case .conditional(let next)?: return mayEnd(next)
    case nil: return false
    }
  }

  private init(_ statement: Statement, of text: FunctionNode, _ source: SourceText) {
    let program = FunctionNode(
      role: .main, name: source.name, parameters: [], hasExplicitParameters: true, body: [statement],
      span: statement.span)
    let resolution = Resolver.resolve(program, partOf: text, source: source, globals: GlobalScope())
    mentions = Set(resolution.reads.keys).union(resolution.outsMentioned.map(Resolution.outName))
    takes = mentions.subtracting(resolution.changesAlone)
    gives = Set(resolution.declared.keys).union(resolution.writes.keys).union(resolution.changes.keys)
    addresses = resolution.calledAddresses
    routes = resolution.routes.flatMap(DeclaredRoute.all)
    mayEnd = CellUnit.mayEnd(statement)
    isRoute = if case .route = statement.kind { true } else { false }
    let hooks = resolution.hooks.filter { $0.kind == .before }
    guards = !hooks.isEmpty
    guardsAlone = guards && hooks.allSatisfy(\.standsAlone)
  }
}
