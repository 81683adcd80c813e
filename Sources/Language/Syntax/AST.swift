// The tree that the parser makes of a text. Names and functions are classes, since the resolver
// writes into them what they turned out to mean; everything else is a plain value.

public struct Expression {
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public indirect enum Kind {
    case nilLiteral
    case bool(Bool)
    case integer(Int)
    case double(Double)
    /// A duration literal in nanoseconds.
    case duration(Int)
    case string(String)
    /// `"…\(x)…"`; `isHTML` for `html "…"`, which escapes every interpolation.
    case interpolation([StringPart], isHTML: Bool)
    case array([Expression])
    case dictionary([(key: Expression, value: Expression)])
    case name(NameReference)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression, operatorSpan: Span)
    case ternary(condition: Expression, then: Expression, otherwise: Expression)
    case range(lower: Expression, upper: Expression, isClosed: Bool)
    case member(Expression, name: String, nameSpan: Span, isOptional: Bool)
    /// `base[key]`, and `base[key, default: fallback]`, which gives the fallback in place of nil. A member that
    /// changes its receiver, and an assignment to a part of it, put the fallback into the base.
    case index(Expression, Expression, fallback: Expression?, isOptional: Bool)
    case call(callee: Expression, arguments: [Argument])
    /// The extent of a chain that holds at least one `?.`: a nil receiver in it makes the whole nil.
    case optionalChain(Expression)
    case closure(FunctionNode)
    case await(Expression)
    /// `async expr` and `async { … }`: a function of no parameters that runs in a fiber of its own.
    case async(FunctionNode)
    /// `if` as an expression; its value is that of the branch taken.
    case conditional(IfNode)
    /// What the parser puts where an expression could not be read; never compiled.
    case invalid
  }
}

public enum StringPart {
  case text(String)
  case value(Expression)
}

public struct Argument {
  public var label: String?
  public var labelSpan: Span?
  public var value: Expression
  /// Whether it stands behind the parentheses, as a trailing closure.
  public var isTrailing: Bool

  public init(label: String? = nil, labelSpan: Span? = nil, value: Expression, isTrailing: Bool = false) {
    self.label = label
    self.labelSpan = labelSpan
    self.value = value
    self.isTrailing = isTrailing
  }
}

public enum UnaryOperator: String, Sendable {
  case not = "!"
  case negate = "-"
}

public enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case and = "&&"
  case or = "||"
  case coalesce = "??"

  var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    case .add, .subtract, .multiply, .divide, .remainder, .and, .or, .coalesce: false
    }
  }
}

/// A use of a name. The resolver says what it refers to.
public final class NameReference {
  public let name: String
  public let span: Span
  public internal(set) var binding: Binding = .unresolved
  /// Of `cors` and `files` that are called, the path of the groups around, joined.
  public internal(set) var groupPrefix: String?

  public init(_ name: String, _ span: Span) {
    self.name = name
    self.span = span
  }

  public enum Binding {
    case unresolved
    /// A variable of the function that the name stands in.
    case local(Variable)
    /// A variable of an enclosing function, by its place among this function's captures.
    case captured(Int, Variable)
    /// A global of the notebook, or a name of the prelude.
    case global
  }
}

/// A local variable or parameter. Globals have none: they are slots of the kernel.
public final class Variable {
  public let name: String
  public let isLet: Bool
  public let span: Span
  public unowned let function: FunctionNode
  /// The register, counted from the first of its function.
  public internal(set) var register: Int
  /// Whether a function inside uses it.
  public internal(set) var isCaptured = false
  /// Whether it is ever written after its declaration.
  public internal(set) var isReassigned = false
  /// Whether it is a local `func`: visible in the whole of its block, before its declaration too.
  public let isFunction: Bool
  /// What it was declared as, for messages about it.
  let origin: Origin

  enum Origin {
    case declaration, parameter, loop, caughtError, function
  }

  init(
    name: String, isLet: Bool, span: Span, function: FunctionNode, register: Int, origin: Origin
  ) {
    self.name = name
    self.isLet = isLet
    self.span = span
    self.function = function
    self.register = register
    self.origin = origin
    isFunction = origin == .function
  }

  /// Whether it lives in a box of its own: since it is both shared with a closure and written, or since
  /// closures may share it before it has its value.
  public var isBoxed: Bool { isCaptured && (isReassigned || isFunction) }
}

public struct Parameter {
  public var name: String
  public var span: Span
  public var defaultValue: Expression?

  public init(name: String, span: Span, defaultValue: Expression? = nil) {
    self.name = name
    self.span = span
    self.defaultValue = defaultValue
  }
}

/// A function, a closure, a handler, a deferred block, or a whole text.
public final class FunctionNode {
  public enum Role: Sendable {
    /// A whole text: its declarations at the outermost level are globals.
    case main
    case function
    case closure
    case handler
    /// The body of `async`.
    case task
    /// The body of `defer`.
    case cleanup
    /// The body of `before`, `after`, `notFound` or `onError`.
    case hook
  }

  public let role: Role
  /// What the chain of calls shows: the function's name, `closure`, `GET /greet/<user>`.
  public let name: String
  public var parameters: [Parameter]
  /// False for `{ 42 }` and `{ $0 + 1 }`: such a closure takes any number of arguments.
  public let hasExplicitParameters: Bool
  public var body: [Statement]
  public let span: Span

  // What the resolver found out.
  public internal(set) unowned var parent: FunctionNode?
  public internal(set) var parameterVariables: [Variable] = []
  public internal(set) var captures: [Variable] = []
  /// How many registers its variables need, parameters included.
  public internal(set) var registerCount = 0
  /// Whether the body of a handler reads `request`.
  public internal(set) var usesRequest = false
  /// Whether it reads `request.chunks`.
  public internal(set) var usesChunks = false

  public init(
    role: Role, name: String, parameters: [Parameter], hasExplicitParameters: Bool, body: [Statement],
    span: Span
  ) {
    self.role = role
    self.name = name
    self.parameters = parameters
    self.hasExplicitParameters = hasExplicitParameters
    self.body = body
    self.span = span
  }
}

public struct Statement {
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public indirect enum Kind {
    case expression(Expression)
    case declaration(DeclarationNode)
    /// `target = value`, and with an operator `target += value`.
    case assignment(target: Expression, operator: BinaryOperator?, operatorSpan: Span, value: Expression)
    case function(name: NameDeclaration, FunctionNode)
    case route(RouteNode)
    case hook(HookNode)
    case group(GroupNode)
    case conditional(IfNode)
    /// `guard … else { … }`: what it binds lives to the end of the enclosing block.
    case `guard`([Condition], otherwise: BlockNode)
    case whileLoop([Condition], body: BlockNode)
    /// One name, or two in parentheses for a dictionary's pairs; `_` binds nothing.
    /// `awaits`: `for await`, which waits for each of what it goes over.
    case forLoop(awaits: Bool, names: [NameDeclaration], sequence: Expression, body: BlockNode)
    case `return`(Expression?)
    case `break`
    case `continue`
    case `throw`(Expression)
    /// `do { … } catch name { … }`; without a `catch` it is only a scope.
    case `do`(body: BlockNode, errorName: NameDeclaration?, handler: BlockNode?)
    case `defer`(FunctionNode)
    /// What the parser puts where a statement could not be read; never compiled.
    case invalid
  }
}

/// `let name = value`, `var name = value`.
public final class DeclarationNode {
  public let name: NameDeclaration
  public let isLet: Bool
  public let value: Expression

  public init(name: NameDeclaration, isLet: Bool, value: Expression) {
    self.name = name
    self.isLet = isLet
    self.value = value
  }
}

/// A name being introduced. The resolver says whether it became a variable or a global (nil).
public final class NameDeclaration {
  public let name: String
  public let span: Span
  public internal(set) var variable: Variable?

  public init(_ name: String, _ span: Span) {
    self.name = name
    self.span = span
  }
}

public final class BlockNode {
  public var statements: [Statement]
  public let span: Span

  public init(_ statements: [Statement], _ span: Span) {
    self.statements = statements
    self.span = span
  }
}

public final class IfNode {
  public let conditions: [Condition]
  public let then: BlockNode
  /// The `else`: a block, or another `if`.
  public let otherwise: Otherwise?
  public let span: Span

  public enum Otherwise {
    case block(BlockNode)
    case conditional(IfNode)
  }

  public init(conditions: [Condition], then: BlockNode, otherwise: Otherwise?, span: Span) {
    self.conditions = conditions
    self.then = then
    self.otherwise = otherwise
    self.span = span
  }

  /// Whether some branch is taken in any case.
  var hasFinalElse: Bool {
    switch otherwise {
    case .block: true
    case .conditional(let next): next.hasFinalElse
    case nil: false
    }
  }
}

public enum Condition {
  case expression(Expression)
  /// `let name = value`: true unless the value is nil.
  case binding(DeclarationNode)
}

/// `route GET, HEAD "/items/<int:id>" { … }`.
///
/// The handler's parameters are those of the groups around it and of the pattern, in their order, and last `request`.
public final class RouteNode {
  /// Method names as written; empty means any method.
  public let methods: [(name: String, span: Span)]
  /// The paths of the groups around it, joined; empty where there is none.
  public let prefix: String
  /// The pattern as written.
  public let literal: String
  /// The literal with its quotes.
  public let patternSpan: Span
  public let handler: FunctionNode
  /// Whether it was written `socket "/chat" { ws in … }`: then the handler's first parameter is the connection.
  public let isSocket: Bool

  /// The whole pattern. In a group, `"/"` is the group's own path.
  public var pattern: String { Self.joined(prefix, literal) }

  public init(
    methods: [(name: String, span: Span)], prefix: String = "", literal: String, patternSpan: Span,
    handler: FunctionNode, isSocket: Bool = false
  ) {
    self.isSocket = isSocket
    self.methods = methods
    self.prefix = prefix
    self.literal = literal
    self.patternSpan = patternSpan
    self.handler = handler
  }

  static func joined(_ prefix: String, _ literal: String) -> String {
    !prefix.isEmpty && literal == "/" ? prefix : prefix + literal
  }
}
