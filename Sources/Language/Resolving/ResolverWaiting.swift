// Deferreds that are tested for nil where their value was meant.

extension Resolver {
  /// The functions of the program's own whose result is a Deferred each time.
  private static let waiting: Set = [
    "after", "all", "deferred", "delete", "get", "head", "http", "patch", "post", "put", "race", "settled",
    "sleep",
  ]

  /// Reports an operand that is compared with nil, or replaced where it is nil, and never is.
  func checkAwaited(_ operation: BinaryOperator, _ left: Expression, _ right: Expression) {
    switch (operation, left.kind, right.kind) {
    case (.coalesce, _, _), (.equal, _, .nilLiteral), (.notEqual, _, .nilLiteral): checkAwaited(left)
    case (.equal, .nilLiteral, _), (.notEqual, .nilLiteral, _): checkAwaited(right)
    default: break
    }
  }

  /// Reports a Deferred just made where something else happens for nil: it is never nil, though what it gives may be.
  /// A name that holds a Deferred passes, since it may be nil before it is given one.
  func checkAwaited(_ value: Expression) {
    switch value.kind {
    case .async:
      report(.neverNil("async"), at: value.span)
    case .call(let callee, _):
      guard case .name(let reference) = callee.kind, case .global = reference.binding,
        Self.waiting.contains(reference.name), resolution.declared[reference.name] == nil,
        globals.kind(of: reference.name) == .builtin
      else { return }
      report(.neverNil(reference.name), at: value.span)
    default: break
    }
  }
}
