/// Where what variables hold gets out of their function, so that other fibers may change it from then on.
///
/// Variables of which one may hold a part of another are taken together.
struct VariableEscapes {
  private var groups: [ObjectIdentifier: ObjectIdentifier] = [:]
  /// Where it first happens, for each group.
  private var offsets: [ObjectIdentifier: Int] = [:]
  /// Variables of which a part is given another value somewhere.
  private var changed: [ObjectIdentifier] = []

  /// A variable is given a value, which may be or hold what others do.
  mutating func join(_ variable: Variable, _ value: Expression) {
    for other in Self.variables(in: .expression(value)) {
      let (one, two) = (group(of: ObjectIdentifier(variable)), group(of: ObjectIdentifier(other)))
      if one == two { continue }
      groups[two] = one
      offsets[one] = [offsets[one], offsets.removeValue(forKey: two)].compactMap(\.self).min()
    }
  }

  /// A value is kept by somebody else.
  ///
  /// - Parameter offset: where in the text; 0 where it may happen again.
  mutating func note(_ value: Expression, at offset: Int) {
    for variable in Self.variables(in: .expression(value)) {
      let group = group(of: ObjectIdentifier(variable))
      offsets[group] = min(offsets[group] ?? .max, offset)
    }
  }

  /// A part of a value is changed.
  mutating func noteChange(of value: Expression) {
    var root = value
    while let base = root.base { root = base }
    changed += Self.variables(in: .expression(root)).map(ObjectIdentifier.init)
  }

  /// The variables whose parts may be changed by some of the text, by whatever name.
  var changedGroups: Set<ObjectIdentifier> { Set(changed.map(group)) }

  /// Whether others may have what a variable holds at a place of its text.
  func hasEscaped(_ variable: Variable, before offset: Int) -> Bool {
    offsets[group(of: ObjectIdentifier(variable))].map { $0 < offset } ?? false
  }

  func group(of variable: ObjectIdentifier) -> ObjectIdentifier {
    var group = variable
    while let next = groups[group] { group = next }
    return group
  }

  /// The variables of an expression, without those that are only made a text of, and those of closures, which share them.
  private static func variables(in part: CodePart) -> [Variable] {
    if case .expression(let value) = part {
      switch value.kind {
      case .name(let reference): return reference.variable.map { [$0] } ?? []
      case .interpolation, .closure, .async: return []
      default: break
      }
    }
    return part.parts.flatMap(variables)
  }
}

extension Expression {
  /// What the expression is a part of.
  fileprivate var base: Expression? {
    switch kind {
    case .member(let base, _, _, _), .index(let base, _, _, _), .optionalChain(let base): base
    default: nil
    }
  }
}
