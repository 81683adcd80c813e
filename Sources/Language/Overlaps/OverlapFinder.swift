/// Goes through a piece of code in the order in which it runs, and finds the GETs in it that could overlap.
///
/// It keeps a list of the calls, each with the calls that it is made from. Whatever may do something, may leave, or reads
/// what others may change meanwhile is a barrier: calls before it and behind it never make a group.
struct OverlapFinder {
  struct Call {
    let offset: Int
    /// The calls that its arguments come from.
    var inputs: Set<Int>
    let begun: Moment
    var awaited: Moment?
    /// Something is done as soon as it has come.
    var hasEffect = false
    /// The code says what to do where it fails.
    var isCaught = false
    /// The code says how long it may take.
    var isLimited = false
    /// Its address has a text of what a function was given, which may be something that others change.
    var tellsArgument = false
  }

  /// A point in the order of things.
  struct Moment {
    /// How many barriers lie before it.
    let stretch: Int
    let number: Int
  }

  let facts: VariableFacts
  private let isMain: Bool
  private var calls: [Call] = []
  private var awaits: [Int] = []
  private(set) var stretch = 0
  private(set) var number = 0
  var inputs: [Name: Set<Int>] = [:]
  /// Calls that have been begun and that a name stands for.
  private(set) var pending: [Name: Int] = [:]
  /// The globals of this text that hold answers: what of them nobody can change can be read.
  private(set) var answers: Set<String> = []
  /// Those that hold a text of an answer.
  private(set) var answerTexts: Set<String> = []
  /// Whether what is visited is made a text at once, in the address of a call.
  var isInAddress = false
  /// Whether a text was made there of what a function was given.
  var hasToldArgument = false
  /// How many chains with a `?` surround the place.
  var optionalChains = 0
  private var declarations: [(name: String, number: Int)] = []
  /// Parameters of closures that are looked at where they stand: they are given parts of what their receiver is.
  var parts: Set<ObjectIdentifier> = []

  enum Name: Hashable {
    case variable(ObjectIdentifier)
    case global(String)
  }

  init(_ facts: VariableFacts, isMain: Bool) {
    self.facts = facts
    self.isMain = isMain
  }

  mutating func groups(in statements: [Statement]) -> [OverlapGroup] {
    for statement in statements { visit(statement) }
    return found
  }

  /// Of the calls in the order in which they are awaited, the longest rows that could overlap.
  private var found: [OverlapGroup] {
    var groups: [[Int]] = []
    var row: [Int] = []
    for next in awaits where !calls[next].hasEffect {
      if let first = row.first, let awaited = calls[first].awaited {
        let call = calls[next]
        let isInReach = call.begun.stretch == awaited.stretch && call.awaited?.stretch == awaited.stretch
        if isInReach, call.begun.number > awaited.number, call.inputs.isDisjoint(with: row) {
          row.append(next)
          continue
        }
      }
      groups.append(row)
      row = [next]
    }
    groups.append(row)
    return groups.filter { $0.count > 1 }.map { group in
      let start = calls[group[0]].awaited?.number ?? 0
      let end = calls[group[group.count - 1]].begun.number
      let declared = declarations.filter { start < $0.number && $0.number < end }.map(\.name)
      return OverlapGroup(
        calls: group.map { calls[$0].offset }, declares: Set(declared),
        tellsArguments: group.contains { calls[$0].tellsArgument },
        caught: Set(group.filter { calls[$0].isCaught }.map { calls[$0].offset }),
        limited: Set(group.filter { calls[$0].isLimited }.map { calls[$0].offset }))
    }
  }

  mutating func barrier() { stretch += 1 }

  private mutating func moment() -> Moment {
    number += 1
    return Moment(stretch: stretch, number: number)
  }

  // MARK: Statements

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value): _ = visit(value)
    case .declaration(let node): declare(node)
    case .assignment(let target, nil, _, let value):
      guard case .name(let reference) = target.kind else { return barrier() }
      let origins = visit(value)
      barrier()
      inputs[Name(reference), default: []].formUnion(origins)
    case .return(let value?), .throw(let value):
      _ = visit(value)
      barrier()
    case .function(let name, _):
      // It is there, and nothing of it runs.
      if isMain { declarations.append((name.name, moment().number)) }
    case .assignment, .route, .hook, .group, .conditional, .guard, .whileLoop, .forLoop, .return, .break,
      .continue, .do, .defer, .invalid:
      barrier()
    }
  }

  private mutating func declare(_ node: DeclarationNode) {
    let name = Name(node.name)
    if let (get, arguments) = get(node.value) {
      let isShared = node.name.variable.map { $0.isCaptured || $0.isReassigned } ?? !node.isLet
      let call = begin(get, arguments)
      if isShared { barrier() } else { pending[name] = call }
    } else {
      let origins = visit(node.value)
      inputs[name] = origins
      if node.name.variable == nil, node.isLet { noteAnswer(node) }
    }
    if node.name.variable == nil { declarations.append((node.name.name, moment().number)) }
  }

  /// Any function of the notebook sees a global, and may change what it has at any time; not the answer itself, nor a text.
  private mutating func noteAnswer(_ node: DeclarationNode) {
    var value = node.value
    var isText = false
    if case .member(let base, let name, _, _) = value.kind, PureNames.answerTexts.contains(name) {
      (value, isText) = (base, true)
    }
    guard case .await(let chain) = value.kind, get(chain) != nil else { return }
    if isText { answerTexts.insert(node.name.name) } else { answers.insert(node.name.name) }
  }

  // MARK: Calls

  /// Whether an expression is a call of `get`.
  private func get(_ value: Expression) -> (name: NameReference, arguments: [Argument])? {
    guard case .call(let callee, let arguments) = value.kind, case .name(let name) = callee.kind,
      facts.globals.isOwn(name, in: ["get"])
    else { return nil }
    return (name, arguments)
  }

  /// Visits a call of `get`; nil where it is given what makes it more than a call.
  private mutating func begin(_ name: NameReference, _ arguments: [Argument]) -> Int? {
    var origins: Set<Int> = []
    var isPlain = true
    hasToldArgument = false
    for (place, argument) in arguments.enumerated() {
      let isAddress = place == 0 && argument.label ?? "url" == "url"
      let hasFields = argument.label.map(PureNames.fieldLabels.contains) ?? false
      origins.formUnion(
        isAddress
          ? visitAddress(argument.value) : hasFields ? visitFields(argument.value) : visit(argument.value))
      if let label = argument.label {
        // Cookies that are written here are sent by this call alone.
        let isJar =
          if case .dictionary = argument.value.kind { false } else {
            label == "cookies" && !facts.isRequestField(argument.value)
          }
        if isJar || argument.isTrailing || !PureNames.callLabels.contains(label) { isPlain = false }
      } else if place > 0 {
        isPlain = false
      }
    }
    guard isPlain, !arguments.isEmpty else {
      barrier()
      return nil
    }
    let isLimited = arguments.contains { $0.label.map(PureNames.limitLabels.contains) ?? false }
    calls.append(
      Call(
        offset: name.span.start, inputs: origins, begun: moment(), isLimited: isLimited,
        tellsArgument: hasToldArgument))
    return calls.count - 1
  }

  private mutating func wait(for call: Int) {
    guard calls[call].awaited == nil else { return }
    calls[call].awaited = moment()
    awaits.append(call)
  }

  /// Visits what is behind an `await`; gives the calls that its value comes from.
  mutating func visitAwaited(_ chain: Expression) -> Set<Int> {
    switch chain.kind {
    case .call(let callee, let arguments):
      if case .member(let base, let member, _, _) = callee.kind {
        return visitAwaited(base, calling: member, arguments)
      }
      guard let (get, arguments) = get(chain) else { break }
      guard let call = begin(get, arguments) else { return [] }
      wait(for: call)
      return [call]
    case .name(let reference):
      guard let call = pending[Name(reference)] else { break }
      wait(for: call)
      return [call]
    case .member(let base, let name, _, _):
      let origins = visitAwaited(base)
      if PureNames.takingMembers.contains(name) { barrier() }
      return origins
    case .index(let base, let key, nil, _):
      return visitAwaited(base).union(optionalChains > 0 ? visitPerhaps(key) : visit(key))
    case .optionalChain(let base): return visitOptional { $0.visitAwaited(base) }
    default: break
    }
    let origins = visit(chain)
    barrier()
    return origins
  }

  private mutating func visitAwaited(_ base: Expression, calling member: String, _ arguments: [Argument])
    -> Set<Int>
  {
    let isOfDeferred = PureNames.deferredMembers.contains(member)
    var origins = visitAwaited(base)
    let made = origins
    let isPlain = visit(arguments, of: base, into: &origins)
    // What a Deferred is given before it is waited for is there before the call is begun.
    if isOfDeferred { for call in made { calls[call].inputs.formUnion(origins.subtracting(made)) } }
    if member == "catch" { for call in made { calls[call].isCaught = true } }
    if member == "timeout" { for call in made { calls[call].isLimited = true } }
    if isPlain, isOfDeferred || PureNames.members.contains(member) { return origins }
    // What a callback does is done as soon as the call has come.
    if isOfDeferred || PureNames.otherDeferredMembers.contains(member) {
      for call in made { calls[call].hasEffect = true }
    }
    barrier()
    return origins
  }
}

extension OverlapFinder.Name {
  init(_ reference: NameReference) {
    self = reference.variable.map { .variable(ObjectIdentifier($0)) } ?? .global(reference.name)
  }

  init(_ declaration: NameDeclaration) {
    self = declaration.variable.map { .variable(ObjectIdentifier($0)) } ?? .global(declaration.name)
  }
}
