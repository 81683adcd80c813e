/// A text compiled: what the machine loads and runs. A plain value, without raw memory or live objects.
public struct Program: Sendable {
  public let source: SourceText
  /// The first is the text itself; the others are its functions, closures and handlers.
  public let functions: [FunctionCode]
  /// Names of globals, by the number that instructions use.
  public let globals: [String]
  /// Names of members, by the number that instructions use.
  public let members: [String]
  /// Whether the text ends in an expression, whose value is its Out.
  public let hasValue: Bool

  public var main: FunctionCode { functions[0] }
}

/// One function compiled. It is referred to from many places, and has too many parts to be copied at each look.
public final class FunctionCode: Sendable {
  public let name: String
  public let role: FunctionNode.Role
  public let parameterNames: [String]
  /// For each parameter whether it has no default.
  public let required: [Bool]
  /// A closure without a parameter list takes any number of arguments.
  public let takesAnyCount: Bool
  /// How many registers a frame needs, its calls' arguments included.
  public let registerCount: Int
  public let code: [Instruction]
  /// The place in the text that each instruction came from.
  public let spans: [Span]
  public let constants: [Constant]
  /// Innermost first: the first that covers a failing instruction takes over.
  public let handlers: [HandlerRange]
  /// What to say of failures, by the number of the instruction.
  public let hints: HintTable
  /// Where the parts of instructions stand in the text, for pointing at the one that is wrong.
  public let parts: PartTable
  public let captures: [CaptureSource]
  /// Where the function stands in the text.
  public let span: Span

  init(
    name: String, role: FunctionNode.Role, parameterNames: [String], required: [Bool], takesAnyCount: Bool,
    registerCount: Int, code: [Instruction], spans: [Span], constants: [Constant], handlers: [HandlerRange],
    hints: HintTable, parts: PartTable, captures: [CaptureSource], span: Span
  ) {
    self.name = name
    self.role = role
    self.parameterNames = parameterNames
    self.required = required
    self.takesAnyCount = takesAnyCount
    self.registerCount = registerCount
    self.code = code
    self.spans = spans
    self.constants = constants
    self.handlers = handlers
    self.hints = hints
    self.parts = parts
    self.captures = captures
    self.span = span
  }
}

public enum Constant: Hashable, Sendable {
  case integer(Int)
  case double(Double)
  case duration(nanoseconds: Int)
  case string(String)
  /// The labels of a call's arguments, in order.
  case labels([String?])
  case route(RouteDeclaration)
  case hook(HookDeclaration)
  /// The paths of the groups around a call, joined: for what is called next.
  case group(String)
}

/// What a `route` statement declares.
public struct RouteDeclaration: Hashable, Sendable {
  /// Upper-case method names; none means any method.
  public let methods: [String]
  public let pattern: String
  /// The pattern's literal in the text, with its quotes.
  public let patternSpan: Span
  /// Whether the handler reads `request`, its last parameter.
  public let usesRequest: Bool
  /// Whether it reads `request.chunks`, so that it begins before the body of its request is there.
  public let usesChunks: Bool
  /// Whether it is a WebSocket, whose handler is given the connection as its first argument.
  public let isSocket: Bool
}

/// What `before { … }` and the like declare.
public struct HookDeclaration: Hashable, Sendable {
  public let kind: HookKind
  /// The paths of the groups around it, joined; empty where there is none.
  public let prefix: String
}

/// Where a closure takes a captured variable from when it is made.
public enum CaptureSource: Hashable, Sendable {
  case register(Int)
  case capture(Int)
}

/// Instructions whose failure goes on at `target`, with the error in `register`.
public struct HandlerRange: Hashable, Sendable {
  public enum Kind: Sendable {
    /// `catch`: takes errors, but not a cancellation.
    case catching
    /// `defer`: takes everything, and throws it on.
    case cleanup
  }

  public let start: Int
  public let end: Int
  public let target: Int
  public let register: Int
  public let kind: Kind
}
