// Local variables that may hold a part of what a global does: to change what such a one holds is to change the global.

extension Resolver {
  /// Notes what a local variable may hold a part of.
  func noteSources(of name: NameDeclaration, in value: Expression) {
    guard let variable = name.variable else { return }
    sources(of: value) { variable.sources.insert($0) }
  }

  /// Notes that a part of what an expression gives is changed, where that is no global itself.
  func noteChangeOfShared(_ place: Expression) {
    guard laterFunctions > 0 else { return }
    var names: Set<String> = []
    sources(of: place) { names.insert($0) }
    if !names.isEmpty { noteShared(names) }
  }

  /// The globals of which an expression may give a part, be it by a function that has one of these names.
  private func sources(of expression: Expression, _ tell: (String) -> Void) {
    switch expression.kind {
    case .name(let reference):
      switch reference.binding {
      case .global: tell(reference.name)
      case .local(let variable), .captured(_, let variable): variable.sources.forEach(tell)
      case .unresolved: break
      }
    case .member(let base, _, _, _), .optionalChain(let base), .await(let base): sources(of: base, tell)
    case .index(let base, _, let fallback, _):
      sources(of: base, tell)
      if let fallback { sources(of: fallback, tell) }
    case .call(let callee, let arguments):
      // `Array(…)` and its like make a new one.
      if case .name(let name) = callee.kind, name.name.first?.isUppercase ?? false { return }
      sources(of: callee, tell)
      for argument in arguments { sources(of: argument.value, tell) }
    case .binary(_, let one, let other, _):
      sources(of: one, tell)
      sources(of: other, tell)
    case .ternary(_, let one, let other):
      sources(of: one, tell)
      sources(of: other, tell)
    case .array(let elements): for element in elements { sources(of: element, tell) }
    case .dictionary(let entries): for entry in entries { sources(of: entry.value, tell) }
    default: break
    }
  }
}
