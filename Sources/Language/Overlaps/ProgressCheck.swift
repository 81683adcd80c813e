/// Goes through a piece of code and looks for what tells how far something has come by then: who comes there sooner finds
/// something else, though nobody has changed anything.
struct ProgressCheck {
  private let facts: VariableFacts
  private(set) var isAsking = false
  /// The globals that it reads.
  private(set) var globals: Set<String> = []

  init(_ part: CodePart, _ facts: VariableFacts) {
    self.facts = facts
    visit(part)
  }

  private mutating func visit(_ part: CodePart) {
    if case .expression(let value) = part { look(at: value) }
    for next in part.parts { visit(next) }
  }

  private mutating func look(at value: Expression) {
    switch value.kind {
    case .name(let reference):
      if case .global = reference.binding, !facts.globals.isBuiltin(reference.name) {
        globals.insert(reference.name)
      }
    case .member(_, let name, _, _):
      if PureNames.stateMembers.contains(name) || name == "ticks" { isAsking = true }
    case .call(let callee, let arguments):
      // The answer writes into a jar, whenever it comes.
      if arguments.contains(where: { $0.label == "cookies" && mayBeJar($0.value) }) { isAsking = true }
      switch callee.kind {
      case .name(let reference) where facts.globals.isOwn(reference, in: ["race"]):
        if !arguments.allSatisfy({ isBegunHere($0.value) }) { isAsking = true }
      case .member(let base, "timeout", _, _): if !isBegunHere(base) { isAsking = true }
      // It comes to nothing where that is over by then.
      case .member(_, "cancel", _, _): isAsking = true
      default: break
      }
    default: break
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
    case .call(let callee, _):
      switch callee.kind {
      case .name: true
      case .member(let base, _, _, _): isBegunHere(base)
      default: false
      }
    default: false
    }
  }
}
