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
    func expect(_ name: NameDeclaration) {
      if name.name != "_" { frame.scopes[scope].expect(name.name, at: name.span) }
    }
    for statement in statements {
      switch statement.kind {
      case .function(let name, _):
        declare(name, isLet: true, .function)
      case .declaration(let node): expect(node.name)
      case .guard(let conditions, _):
        for case .binding(let node) in conditions { expect(node.name) }
      default: break
      }
    }
  }

  /// Finds the globals that a text declares, wherever they are used in it.
  func collectGlobals(_ statements: [Statement]) {
    Self.eachGlobal(declaredBy: statements) { name, kind, value, valueEnd in
      let declaration = Resolution.Declaration(kind: kind, span: name.span, valueEnd: valueEnd)
      resolution.declared[name.name, default: declaration].join(declaration)
      noteWrittenText(name, kind, value)
    }
  }

  /// Notes what texts some statements give names for good.
  func noteWrittenTexts(_ statements: [Statement]) {
    Self.eachGlobal(declaredBy: statements) { name, kind, value, _ in noteWrittenText(name, kind, value) }
  }

  private func noteWrittenText(_ name: NameDeclaration, _ kind: GlobalScope.Kind, _ value: Expression?) {
    if kind == .let, case .string(let text)? = value?.kind { writtenTexts[name.name] = text }
  }

  /// The globals that a whole text declares, which need not have been resolved.
  public static func globals(declaredBy program: FunctionNode) -> [String: GlobalScope.Kind] {
    var found: [String: GlobalScope.Kind] = [:]
    eachGlobal(declaredBy: program.body) { name, kind, _, _ in
      if found[name.name] == nil { found[name.name] = kind }
    }
    return found
  }

  /// Tells the names that statements at the outermost level declare, each time they do, with the value, and where a
  /// declaration with a value ends.
  private static func eachGlobal(
    declaredBy statements: [Statement],
    _ tell: (NameDeclaration, GlobalScope.Kind, _ value: Expression?, _ valueEnd: Int?) -> Void
  ) {
    func tellNamed(_ node: DeclarationNode, _ valueEnd: Int?) {
      if node.name.name != "_" { tell(node.name, node.isLet ? .let : .var, node.value, valueEnd) }
    }
    for statement in statements {
      switch statement.kind {
      case .function(let name, _): if name.name != "_" { tell(name, .function, nil, nil) }
      case .declaration(let node): tellNamed(node, statement.span.end)
      case .guard(let conditions, _): for case .binding(let node) in conditions { tellNamed(node, nil) }
      default: break
      }
    }
  }

  /// Declares a name here: a global at the outermost level of a text, a variable anywhere else.
  func declare(_ name: NameDeclaration, isLet: Bool, _ origin: Variable.Origin) {
    guard name.name != "_" else { return }
    if isAtOutermostLevel {
      guard declaredGlobals.insert(name.name).inserted else {
        return reportRedeclaration(name, resolution.declared[name.name]?.span)
      }
      if globals.isBuiltin(name.name) {
        report(.replacesBuiltin(name.name), at: name.span, .warning)
      }
      return
    }
    let scope = frame.scopes.count - 1
    if let first = frame.scopes[scope].variable(name.name) {
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
    if name.name != "_" { frame.scopes[scope].add(variable) }
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
      let frame = frames[index]
      for scope in frame.scopes.indices.reversed() {
        switch frame.scopes[scope].local(name) {
        case .variable(let variable)?: return .variable(variable, frame: index)
        case .pending(let span)?: return .declaredLater(span)
        case nil: continue
        }
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
      if isRead {
        if reference.name == "Out" { outs += 1 }
        let use = use(of: reference)
        resolution.reads[reference.name, default: use].join(use)
        if laterFunctions > 0, let declaring {
          resolution.readsWhenCalled[declaring, default: []].insert(reference.name)
        }
        noteGoingOn { $0.reads.insert(reference.name) }
      }
      if isWrite {
        let use = use(of: reference)
        resolution.writes[reference.name, default: use].join(use)
        noteAssignmentWhenCalled(reference)
      }
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

  /// Notes that a global is assigned, or that what it holds is changed, where code does so that runs later or goes on.
  func noteAssignmentWhenCalled(_ reference: NameReference) {
    if laterFunctions > 0, let declaring {
      resolution.assignsWhenCalled[declaring, default: []].insert(reference.name)
    }
    noteGoingOn { $0.assigns.insert(reference.name) }
  }

  /// Notes a use in what goes on when the text has run, and in what answers requests.
  private func noteGoingOn(_ note: (inout Resolution.GlobalUses) -> Void) {
    if let handledRoute { note(&resolution.routes[handledRoute].uses) }
    noteWhatGoesOn { goingOn in
      note(&goingOn.all)
      if fibers > 0 { note(&goingOn.inFibers) }
    }
  }

  /// Notes something of the code around the place, where it goes on when the text has run.
  func noteWhatGoesOn(_ note: (inout Resolution.GoingOn) -> Void) {
    guard goingOn > 0, handlers == 0 else { return }
    if let beginner {
      note(&resolution.goingOnWhenCalled[beginner, default: .init()])
    } else {
      note(&resolution.goingOn)
    }
  }

  /// A use of a global that is made here.
  func use(of reference: NameReference) -> Resolution.Use {
    .init(span: reference.span, isAtTopLevel: frame.node.role == .main, isAtOnce: laterFunctions == 0)
  }

  // MARK: - Unknown names

  /// Where a notebook has more names than this, the local ones alone are suggested: looking at all of them for each
  /// of its cells would take longer than the cells.
  private static let suggestionLimit = 2_000

  private var visibleNames: [String] {
    let locals = frames.flatMap { $0.scopes.flatMap(\.variableNames) } + Array(resolution.declared.keys)
    return globals.nameCount > Self.suggestionLimit ? locals : locals + globals.names
  }

  private static let foreignLiterals = [
    "null": "nil", "NULL": "nil", "None": "nil", "undefined": "nil", "True": "true", "False": "false",
    "TRUE": "true", "FALSE": "false", "yes": "true", "no": "false",
  ]

  private func isKnown(_ name: String) -> Bool {
    resolution.declared[name] != nil || globals.kind(of: name) != nil
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
