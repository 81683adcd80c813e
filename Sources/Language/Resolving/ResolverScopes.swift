// Blocks, declarations, and finding what a name refers to.

extension Resolver {
  func withScope(_ body: () -> Void) {
    let frame = frame
    frame.scopes.append(Scope(firstRegister: frame.nextRegister))
    body()
    frame.nextRegister = frame.scopes.removeLast().firstRegister
  }

  func resolve(_ block: BlockNode) {
    withScope {
      prepare(block.statements)
      resolveStatements(block.statements)
    }
  }

  // MARK: - Declaring

  /// Declares the functions of a block, which are visible in all of it, and notes what else it declares.
  func prepare(_ statements: [Statement]) {
    let scope = frame.scopes.count - 1
    for statement in statements {
      switch statement.kind {
      case .function(let name, _):
        declare(name, isLet: true, .function)
      case .declaration(let node):
        frame.scopes[scope].pending[node.name.name] = node.name.span
      case .guard(let conditions, _):
        for case .binding(let node) in conditions {
          frame.scopes[scope].pending[node.name.name] = node.name.span
        }
      default:
        break
      }
    }
    frame.scopes[scope].pending["_"] = nil
  }

  /// Finds the globals that a text declares, wherever they are used in it.
  func collectGlobals(_ statements: [Statement]) {
    func collect(_ name: NameDeclaration, _ kind: GlobalScope.Kind) {
      guard name.name != "_", globalSpans[name.name] == nil else { return }
      globalSpans[name.name] = name.span
      resolution.declares[name.name] = kind
      resolution.declaredAt[name.name] = name.span
    }
    for statement in statements {
      switch statement.kind {
      case .function(let name, _): collect(name, .function)
      case .declaration(let node):
        collect(node.name, node.isLet ? .let : .var)
        if resolution.declaredBy[node.name.name] == nil {
          resolution.declaredBy[node.name.name] = statement.span.end
        }
      case .guard(let conditions, _):
        for case .binding(let node) in conditions { collect(node.name, node.isLet ? .let : .var) }
      default: break
      }
    }
  }

  /// Declares a name here: a global at the outermost level of a text, a variable anywhere else.
  func declare(_ name: NameDeclaration, isLet: Bool, _ origin: Variable.Origin) {
    guard name.name != "_" else { return }
    if isAtOutermostLevel {
      guard declaredGlobals.insert(name.name).inserted else {
        return reportRedeclaration(name, globalSpans[name.name])
      }
      if globals.kind(of: name.name) == .builtin {
        report(.replacesBuiltin(name.name), at: name.span, .warning)
      }
      return
    }
    let scope = frame.scopes.count - 1
    if let first = frame.scopes[scope].variables[name.name] {
      reportRedeclaration(name, first.span)
    }
    name.variable = makeVariable(name, isLet: isLet, origin)
  }

  private func reportRedeclaration(_ name: NameDeclaration, _ first: Span?) {
    report(
      .redeclared(name.name), at: name.span,
      notes: first.map { [.init("declared here first", $0)] } ?? [])
  }

  func makeVariable(_ name: NameDeclaration, isLet: Bool, _ origin: Variable.Origin) -> Variable {
    let frame = frame
    let variable = Variable(
      name: name.name, isLet: isLet, span: name.span, function: frame.node,
      register: frame.nextRegister, origin: origin)
    frame.nextRegister += 1
    frame.node.registerCount = max(frame.node.registerCount, frame.nextRegister)
    let scope = frame.scopes.count - 1
    if name.name != "_" { frame.scopes[scope].variables[name.name] = variable }
    frame.scopes[scope].pending[name.name] = nil
    return variable
  }

  // MARK: - Finding

  private enum Found {
    case variable(Variable, frame: Int)
    case declaredLater(Span)
    case global
  }

  private func find(_ name: String) -> Found {
    for index in frames.indices.reversed() {
      for scope in frames[index].scopes.reversed() {
        if let variable = scope.variables[name] { return .variable(variable, frame: index) }
        if let span = scope.pending[name] { return .declaredLater(span) }
      }
    }
    return .global
  }

  /// Binds a name that is read or written here; gives its variable where it is no global.
  @discardableResult
  func bind(_ reference: NameReference, isRead: Bool, isWrite: Bool) -> Variable? {
    switch find(reference.name) {
    case .variable(let variable, let index):
      noteUse(of: variable, at: reference.span, isDirect: index == frames.count - 1)
      reference.binding =
        index == frames.count - 1
        ? .local(variable) : .captured(capture(variable, from: index), variable)
      return variable
    case .declaredLater(let span):
      report(
        .usedBeforeDeclaration(reference.name), at: reference.span,
        notes: [.init("declared here", span)])
    case .global:
      reference.binding = .global
      let isTopLevel = frame.node.role == .main
      if isRead {
        if reference.name == "Out" { outs += 1 }
        note(reference, isTopLevel, in: \.reads)
        if laterFunctions > 0, let declaring {
          resolution.readsWhenCalled[declaring, default: []].insert(reference.name)
        }
      }
      if isWrite { noteAssignment(reference, in: \.writes) }
      if !isKnown(reference.name) { reportUnknown(reference, isWrite: isWrite) }
    }
    return nil
  }

  /// The handler whose `request` a variable is.
  private func handler(whoseRequestIs variable: Variable) -> FunctionNode? {
    let handler = variable.function
    let isRequest =
      handler.role == .handler && variable.name == "request" && variable === handler.parameterVariables.last
    return isRequest ? handler : nil
  }

  /// Notes that a handler reads the body of its request as it comes, where `.chunks` of that request is read.
  func noteChunks(of base: Expression) {
    guard case .name(let reference) = base.kind else { return }
    switch reference.binding {
    case .local(let variable), .captured(_, let variable):
      handler(whoseRequestIs: variable)?.usesChunks = true
    case .global, .unresolved: break
    }
  }

  /// Notes that the value of a cell is read, where `Out` is asked for it by its number.
  func noteOut(in base: Expression, at index: Expression) {
    guard case .name(let reference) = base.kind, reference.name == "Out", case .global = reference.binding,
      case .integer(let cell) = index.kind
    else { return }
    outsByNumber += 1
    resolution.outsMentioned.insert(cell)
    if laterFunctions == 0 {
      resolution.outsRead.insert(cell)
    } else if let declaring {
      resolution.readsWhenCalled[declaring, default: []].insert(Resolution.outName(of: cell))
    }
  }

  private func noteUse(of variable: Variable, at span: Span, isDirect: Bool) {
    handler(whoseRequestIs: variable)?.usesRequest = true
    let identity = ObjectIdentifier(variable)
    if variable.isFunction, isDirect, !passedFunctions.contains(identity), earlyUses[identity] == nil {
      earlyUses[identity] = (variable, span)
    }
  }

  /// Makes a variable reach the function here from the frame that it belongs to, through all between.
  private func capture(_ variable: Variable, from owner: Int) -> Int {
    variable.isCaptured = true
    var place = 0
    for index in (owner + 1)..<frames.count {
      let frame = frames[index]
      if let found = frame.capturePlaces[ObjectIdentifier(variable)] {
        place = found
      } else {
        place = frame.node.captures.count
        frame.capturePlaces[ObjectIdentifier(variable)] = place
        frame.node.captures.append(variable)
      }
    }
    return place
  }

  /// Notes that a global is assigned, or that what it holds is changed.
  func noteAssignment(
    _ reference: NameReference, in uses: WritableKeyPath<Resolution, [String: Resolution.Use]>
  ) {
    note(reference, frame.node.role == .main, in: uses)
    if laterFunctions > 0, let declaring {
      resolution.assignsWhenCalled[declaring, default: []].insert(reference.name)
    }
  }

  private func note(
    _ reference: NameReference, _ isTopLevel: Bool,
    in uses: WritableKeyPath<Resolution, [String: Resolution.Use]>
  ) {
    var use =
      resolution[keyPath: uses][reference.name]
      ?? .init(span: reference.span, isAtTopLevel: false, isAtOnce: false)
    if isTopLevel, !use.isAtTopLevel { use.span = reference.span }
    use.isAtTopLevel = use.isAtTopLevel || isTopLevel
    use.isAtOnce = use.isAtOnce || laterFunctions == 0
    resolution[keyPath: uses][reference.name] = use
  }

  // MARK: - Unknown names

  /// Where a notebook has more names than this, the local ones alone are suggested: looking at all of them for each
  /// of its cells would take longer than the cells.
  private static let suggestionLimit = 2_000

  private var visibleNames: [String] {
    let locals = frames.flatMap { $0.scopes.flatMap(\.variables.keys) } + Array(globalSpans.keys)
    return globals.nameCount > Self.suggestionLimit ? locals : locals + globals.names
  }

  private static let foreignLiterals = [
    "null": "nil", "NULL": "nil", "None": "nil", "undefined": "nil", "True": "true", "False": "false",
    "TRUE": "true", "FALSE": "false", "yes": "true", "no": "false",
  ]

  private func isKnown(_ name: String) -> Bool {
    globalSpans[name] != nil || globals.kind(of: name) != nil
  }

  private func reportUnknown(_ reference: NameReference, isWrite: Bool) {
    let name = reference.name
    if let declaration = initializing.last(where: { $0.name == name }) {
      let isDirect = declaration.frames == frames.count
      return report(isDirect ? .usedInOwnValue(name) : .recursiveClosure(name), at: reference.span)
    }
    if let own = Self.foreignLiterals[name] {
      return report(.foreignLiteral(name, own), at: reference.span)
    }
    // Once a name: the second time says nothing new.
    guard canReportWarning, warnedNames.insert(name).inserted else { return }
    let suggestion = Suggestion.nearest(to: name, among: visibleNames)
    if !globals.mayGrow {
      let message = Message.notDefined(name, isWrite: isWrite, isKey: isKey, suggestion: suggestion)
      return report(message, at: reference.span)
    }
    report(
      isWrite
        ? .assignsUndefined(name, suggestion: suggestion)
        : .notDefinedYet(name, suggestion: suggestion), at: reference.span, .warning)
  }
}
