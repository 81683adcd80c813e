// Local variables that may hold a part of what a global does: to change what such a one holds is to change the global.

/// The globals of which something may be a part, each by its name or that of a function that gives it.
struct SharedParts {
  /// It may be one itself.
  var own: Set<String> = []
  /// What is in it may be one.
  var inside: Set<String> = []

  /// What is taken out of it may be one.
  var taken: SharedParts { inside.isEmpty ? self : SharedParts(own: own.union(inside)) }
  /// What is made anew of its elements.
  var remade: SharedParts { SharedParts(inside: own.union(inside)) }

  mutating func formUnion(_ other: SharedParts) {
    if !other.own.isEmpty { own.formUnion(other.own) }
    if !other.inside.isEmpty { inside.formUnion(other.inside) }
  }
}

extension Resolver {
  /// Notes what a variable may hold a part of.
  func noteSources(of name: NameDeclaration, in value: Expression) {
    if let variable = name.variable {
      variable.shared = parts(in: value)
      noteKept(value, in: variable)
    } else if followsParts {
      noteKept(value)
      noteOtherName(name.name, of: value)
    }
  }

  private func noteOtherName(_ name: String, of value: Expression) {
    let names = parts(in: value).own.subtracting([name, HeldData.name])
    if !names.isEmpty { resolution.otherNames[name, default: []].formUnion(names) }
  }

  /// The same of one that gets another value.
  func noteSources(of target: Expression, assigned value: Expression) {
    noteKept(value, assignedTo: target)
    guard case .name(let reference) = target.kind else { return }
    switch reference.binding {
    case .local(let variable), .captured(_, let variable): variable.shared.formUnion(parts(in: value))
    case .global: if followsParts { noteOtherName(reference.name, of: value) }
    case .unresolved: break
    }
  }

  /// Notes what the elements of a collection may be parts of, over which a loop goes.
  func noteSources(ofElement name: NameDeclaration, in sequence: Expression) {
    name.variable?.shared = parts(in: sequence).taken
  }

  /// Notes that what an expression gives is changed.
  func noteChangeOfShared(_ changed: Expression) {
    guard followsParts || laterFunctions > 0 else { return }
    if case .name(let reference) = changed.kind, case .global = reference.binding { return }
    var names = parts(in: changed).own
    if names.remove(HeldData.name) != nil { noteChangeOfHeld(in: changed) }
    if !names.isEmpty { noteShared(names) }
  }

  /// Notes what a function with a name is given, which may change it.
  func noteGiven(to callee: Expression, _ arguments: [Argument]) {
    guard followsParts, case .name(let reference) = callee.kind else { return }
    let names = all(arguments.map(\.value)).own
    switch reference.binding {
    case .global: noteGiven(names, to: reference.name)
    case .local, .captured: if names.contains(HeldData.name) { noteChangeOfHeld() }
    case .unresolved: break
    }
  }

  /// Members that make a collection of what is in theirs.
  private static let making: Set = [
    "compactMap", "dropFirst", "dropLast", "enumerated", "filter", "flatMap", "keys", "map", "mapValues",
    "merging",
    "prefix", "reversed", "shuffled", "sorted", "split", "suffix", "values",
  ]

  /// Members that give something of their own, and no part of what has them.
  private static let giving: Set = [
    "allSatisfy", "contains", "count", "firstIndex", "hasPrefix", "hasSuffix", "isEmpty", "joined",
    "lowercased", "sum",
    "trimmed", "uppercased",
  ]

  /// What an expression may give a part of.
  func parts(in expression: Expression) -> SharedParts {
    switch expression.kind {
    case .name(let reference):
      switch reference.binding {
      case .global: return SharedParts(own: [reference.name])
      case .local(let variable): return variable.shared
      case .captured(_, let variable):
        var found = variable.shared
        if followsParts { found.own.insert(HeldData.name) }
        return found
      case .unresolved: return SharedParts()
      }
    case .optionalChain(let base), .await(let base): return parts(in: base)
    case .member(let base, let name, _, _):
      if Self.giving.contains(name) { return SharedParts() }
      let found = parts(in: base)
      return Self.making.contains(name) ? found.remade : found.taken
    case .index(let base, _, let fallback, _):
      var found = parts(in: base).taken
      if let fallback { found.formUnion(parts(in: fallback)) }
      return found
    case .call(let callee, let arguments):
      // `Array(…)` and its like make a new one.
      guard case .name(let name) = callee.kind, name.name.first?.isUppercase ?? false else {
        return parts(in: callee)
      }
      return all(arguments.map(\.value)).remade
    case .binary(.coalesce, let one, let other, _), .ternary(_, let one, let other): return all([one, other])
    case .array(let elements): return all(elements).remade
    case .dictionary(let entries): return all(entries.map(\.value)).remade
    case .conditional(let node): return all(node.values)
    default: return SharedParts()
    }
  }

  private func all(_ expressions: [Expression]) -> SharedParts {
    expressions.reduce(into: SharedParts()) { $0.formUnion(parts(in: $1)) }
  }
}

extension IfNode {
  /// The values of its branches that have one.
  var values: [Expression] {
    let others: [Expression] =
      switch otherwise {
      case .block(let block)?: block.statements.lastValues
      case .conditional(let next)?: next.values
      case nil: []
      }
    return then.statements.lastValues + others
  }
}

extension [Statement] {
  /// The values that they may end with.
  var lastValues: [Expression] {
    switch last?.kind {
    case .expression(let value): [value]
    case .conditional(let node): node.values
    default: []
    }
  }
}
