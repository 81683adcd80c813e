/// Goes through a piece of code and looks for what tells how far something has come by then: who comes there sooner finds
/// something else, though nobody has changed anything.
struct ProgressCheck {
  private let facts: VariableFacts
  private(set) var found = CodeProgress()

  init(_ part: CodePart, _ facts: VariableFacts) {
    self.facts = facts
    visit(part)
  }

  private static let askingMembers = PureNames.stateMembers.union(["skipped", "ticks"])

  private mutating func visit(_ part: CodePart) {
    if case .expression(let value) = part {
      if case .await(let inner) = value.kind, isWaitedFor(inner) { return }
      look(at: value)
    }
    for next in part.parts { visit(next) }
  }

  private mutating func look(at value: Expression) {
    switch value.kind {
    case .name(let reference):
      if case .global = reference.binding, !facts.globals.isBuiltin(reference.name) {
        found.globals.insert(reference.name)
      }
      if mayBeUnderWay(value) { found.isHandedOn = true }
    case .member(_, let name, _, _):
      if Self.askingMembers.contains(name) { found.isAskedFor = true }
    case .call(let callee, let arguments):
      // The answer writes into a jar, whenever it comes.
      if arguments.contains(where: { $0.label == "cookies" && mayBeJar($0.value) }) {
        found.isAskedFor = true
      }
      switch callee.kind {
      case .name(let reference) where facts.globals.isOwn(reference, in: ["race"]):
        if !arguments.allSatisfy({ isBegunHere($0.value) }) { found.isAskedFor = true }
      case .member(let base, "timeout", _, _): if !isBegunHere(base) { found.isAskedFor = true }
      // It comes to nothing where that is over by then.
      case .member(_, "cancel", _, _): found.isAskedFor = true
      default: break
      }
    default: break
    }
  }

  /// Whether an expression names what it is waited for, and nothing else is done with that; a global is looked at as all.
  private func isWaitedFor(_ value: Expression) -> Bool {
    switch value.kind {
    case .name(let reference): reference.variable != nil
    // A part of what it comes to.
    case .member(let base, let name, _, _):
      !Self.askingMembers.contains(name) && !PureNames.deferredMembers.contains(name)
        && !PureNames.otherDeferredMembers.contains(name) && isWaitedFor(base)
    case .array(let elements): elements.allSatisfy(isWaitedFor)
    case .call(let callee, let arguments):
      if case .name(let reference) = callee.kind {
        facts.globals.isOwn(reference, in: ["all", "settled"])
          && arguments.allSatisfy { isWaitedFor($0.value) }
      } else {
        false
      }
    default: false
    }
  }

  /// Whether a variable may hold what was begun and not waited for, or a jar, or something made of such.
  private func mayBeUnderWay(_ value: Expression) -> Bool {
    // What a function or a loop is given has a name, or is made, where it is given.
    guard case .name(let reference) = value.kind, let variable = reference.variable,
      variable.origin == .declaration
    else { return false }
    return !facts.isScalar(value) && !facts.isAnswer(value)
      && facts.values(of: variable).contains { given in
        switch given.kind {
        case .closure, .await: return false
        default: return !facts.isScalar(given) && !facts.isAnswer(given)
        }
      }
  }

  private func mayBeJar(_ value: Expression) -> Bool {
    if case .member(let base, "cookies", _, _) = value.kind, facts.isRequest(base) { return false }
    return !value.isDictionaryLiteral
  }

  /// Whether a Deferred is made by the expression itself, so that it has had no time yet.
  private func isBegunHere(_ value: Expression) -> Bool {
    switch value.kind {
    case .array(let elements): elements.allSatisfy(isBegunHere)
    case .call(let callee, let arguments):
      switch callee.kind {
      case .name: arguments.allSatisfy { !isBegunBefore($0.value) }
      case .member(let base, _, _, _): isBegunHere(base)
      default: false
      }
    default: false
    }
  }

  /// Whether an expression has a part that may be under way for longer.
  private func isBegunBefore(_ value: Expression) -> Bool {
    mayBeUnderWay(value)
      || CodePart.expression(value).parts.contains { part in
        if case .expression(let inner) = part { isBegunBefore(inner) } else { false }
      }
  }
}
