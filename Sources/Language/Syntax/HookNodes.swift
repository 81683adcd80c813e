// What surrounds routes, in the tree.

/// What runs around the handlers of routes, and when.
public enum HookKind: String, Hashable, Sendable, CaseIterable {
  /// Runs before the handler of a route, and may answer in its place.
  case before
  /// Sees and changes each answer.
  case after
  /// Answers what no route matches.
  case notFound
  /// Answers where something failed.
  case onError

  /// The last of its parameters, which tells what it works on; nil where that is the request alone.
  var subject: String? {
    switch self {
    case .before, .notFound: nil
    case .after: "response"
    case .onError: "error"
    }
  }
}

/// `before { … }`, `after { … }`, `notFound { … }`, `onError { … }`.
///
/// The handler's parameters are those of the groups around it, then `request`, then `response` or `error`.
public final class HookNode {
  public let kind: HookKind
  public let wordSpan: Span
  /// The paths of the groups around it, joined; empty where there is none.
  public let prefix: String
  public let handler: FunctionNode

  init(kind: HookKind, wordSpan: Span, prefix: String, handler: FunctionNode) {
    self.kind = kind
    self.wordSpan = wordSpan
    self.prefix = prefix
    self.handler = handler
  }
}

/// `group "/api" { … }`: a path that those of the routes within begin with.
public final class GroupNode {
  /// The path as written.
  public let literal: String
  /// The literal with its quotes.
  public let pathSpan: Span
  /// The paths of the groups around it, joined, and then its own.
  public let prefix: String
  public let body: BlockNode

  init(literal: String, pathSpan: Span, prefix: String, body: BlockNode) {
    self.literal = literal
    self.pathSpan = pathSpan
    self.prefix = prefix
    self.body = body
  }
}

extension FunctionNode {
  /// The routes that a body declares, those in groups included, in the order of the text.
  public var declaredRoutes: [RouteNode] { Self.routes(in: body) }

  private static func routes(in statements: [Statement]) -> [RouteNode] {
    statements.flatMap { statement -> [RouteNode] in
      switch statement.kind {
      case .route(let node): [node]
      case .group(let node): routes(in: node.body.statements)
      default: []
      }
    }
  }
}
