// Statements, the lines between them, and the braces around them.

extension SourcePrinter {
  /// A list of statements, each on a line of its own, and all on one line.
  mutating func statements(_ body: [Statement]) -> (broken: Layout, flat: Layout) {
    var broken: [Layout] = []
    var flat: [Layout] = []
    var rest = body[...]
    while let statement = rest.popFirst() {
      let isFirst = broken.isEmpty
      let needsSemicolon = !isFirst && wouldGoOn
      let dropped = dropSemicolons()
      let isBlank = !isFirst && current.lineEndsBeforeComments > 1
      let comments = takeComments(followsNothing: isFirst)
      // What stands between the last comment and the statement.
      let gap: Layout =
        current.comments.isEmpty || current.lineEnds == 0
        ? .empty : .hardLine(isBlank: current.lineEnds > 1)
      let line = hidingComments { $0.line(statement, &rest) }
      if needsSemicolon { broken.append(.text(";")) }
      broken += [dropped, isFirst ? .empty : .hardLine(isBlank: isBlank), comments, gap, line]
      flat += [dropped, isFirst ? .empty : .concat([.text(";"), .space]), comments, line]
    }
    let dropped = dropSemicolons()
    return (.concat(broken + [dropped]), .concat(flat + [dropped]))
  }

  /// Whether the statement behind the semicolons here would go on with the line before it, as `- 3` does.
  private var wouldGoOn: Bool {
    guard at(.semicolon) else { return false }
    let rest = source.pieces[position...].drop { $0.kind == .symbol(.semicolon) }
    guard let minus = rest.first, minus.kind == .symbol(.subtract) else { return false }
    return rest.dropFirst().first?.spaceBefore ?? false
  }

  private mutating func dropSemicolons() -> Layout {
    var dropped: [Layout] = []
    while at(.semicolon) { dropped.append(drop()) }
    return .concat(dropped)
  }

  /// A statement, with the further declarations of `let a = 1, b = 2`.
  private mutating func line(_ statement: Statement, _ rest: inout ArraySlice<Statement>) -> Layout {
    let first = self.statement(statement)
    var others: [Layout] = []
    while at(.comma), case .declaration(let next)? = rest.first?.kind {
      rest.removeFirst()
      others += [take(), .line, declaration(next)]
    }
    return others.isEmpty ? first : .group(.concat([first, .indent(.concat(others))]), breaks: false)
  }

  private mutating func statement(_ statement: Statement) -> Layout {
    switch statement.kind {
    case .expression(let value): return expression(value).layout
    case .declaration(let node): return declaration(node)
    case .assignment(let target, _, _, let value):
      let left = expression(target).layout
      let sign = take()
      return .concat([left, .space, sign, assigned(value)])
    case .function(_, let node):
      let head = Layout.concat([take(), .space, take(), parameters(node.parameters), .space])
      return bodies([head], [braces(node.body)]).layout
    case .route(let node): return route(node)
    case .hook(let node): return .concat([take(), .space, block(node.handler.body)])
    case .group(let node): return .concat([take(), .space, take(), .space, block(node.body.statements)])
    case .conditional(let node): return conditional(node).layout
    case .guard(let conditions, let otherwise):
      let keyword = take()
      let list = self.conditions(conditions)
      let head = Layout.concat([keyword, .space, .indent(list.result), .line, take()])
      return .concat([.group(head, breaks: list.breaks), .space, block(otherwise.statements)])
    case .whileLoop(let conditions, let body):
      let keyword = take()
      let list = self.conditions(conditions)
      return bodies([head(keyword, list)], [self.body(body, behind: list)]).layout
    case .forLoop(_, let names, let sequence, let body): return forLoop(names, sequence, body)
    case .return(let value?), .throw(let value):
      return .concat([take(), .space, expression(value).layout])
    case .return(nil), .break, .continue, .invalid: return take()
    case .do(let body, let name, let handler): return doCatch(body, name, handler)
    case .defer(let node): return .concat([take(), .space, block(node.body)])
    }
  }

  // MARK: - Declarations

  /// `let name = value`; without `let` behind a comma, and without a value in `if let name`.
  mutating func declaration(_ node: DeclarationNode) -> Layout {
    var parts: [Layout] = []
    if at(.let) || at(.var) { parts += [take(), .space] }
    parts.append(take())
    if at(.assign) { parts += [.space, take(), assigned(node.value)] }
    return .concat(parts)
  }

  /// What stands behind `=`. An operator chain goes to the next line before it is broken itself; brackets that are
  /// broken go there only where the line up to them is too long.
  private mutating func assigned(_ value: Expression) -> Layout {
    let isBehindComment = hasBreakingComment
    let (shape, hasComments) = noticingComments { $0.expression(value, indentsOperators: false) }
    let below = Layout.indent(.concat([.line, shape.layout]))
    if isBehindComment || shape.goesToNextLine {
      return .group(below, breaks: hasComments || shape.isOpenChain)
    }
    let behind = Layout.concat([.space, shape.layout])
    guard let hug = shape.hug else { return behind }
    return .choice([behind, .concat([.space, hug]), below])
  }

  private mutating func parameters(_ parameters: [Parameter]) -> Layout {
    list(count: parameters.count, isCollection: false) { printer, index in
      let name = printer.take()
      guard let value = parameters[index].defaultValue else { return Shape(name) }
      let sign = printer.take()
      return printer.expression(value).within(.concat([name, .space, sign, .space]))
    }.layout
  }

  private mutating func route(_ node: RouteNode) -> Layout {
    var parts = [take()]
    if node.isSocket { return .concat(parts + [.space, take(), .space, closure(node.handler).layout]) }
    for index in node.methods.indices {
      parts += [.space, take()]
      if index < node.methods.count - 1 { parts.append(take()) }
    }
    return .concat(parts + [.space, take(), .space, block(node.handler.body)])
  }

  // MARK: - Control flow

  mutating func conditions(_ conditions: [Condition]) -> (result: Layout, breaks: Bool) {
    var hasOpenChain = false
    let (layout, hasComments) = noticingComments { printer -> Layout in
      var parts: [Layout] = []
      for (index, condition) in conditions.enumerated() {
        if index > 0 { parts += [printer.take(), .line] }
        switch condition {
        case .expression(let value):
          let shape = printer.expression(value, indentsOperators: false)
          // A chain alone indents its own lines.
          if case .binary = value.kind { hasOpenChain = hasOpenChain || shape.isOpenChain }
          parts.append(shape.layout)
        case .binding(let node): parts.append(printer.declaration(node))
        }
      }
      return .concat(parts)
    }
    return (layout, hasComments || hasOpenChain)
  }

  /// The head of a statement; where it is broken, the brace behind it begins a line.
  func head(_ keyword: Layout, _ list: (result: Layout, breaks: Bool)) -> Layout {
    .group(.concat([keyword, .space, .indent(list.result), .line]), breaks: list.breaks)
  }

  private mutating func forLoop(
    _ names: [NameDeclaration], _ sequence: Expression, _ body: BlockNode
  ) -> Layout {
    let keyword = take()
    let (layout, hasComments) = noticingComments { printer -> Layout in
      var parts: [Layout] = []
      if printer.at(.await) { parts += [printer.take(), .space] }
      if printer.at(.openParen) { parts.append(printer.take()) }
      if printer.at(.let) || printer.at(.var) { parts += [printer.take(), .space] }
      for index in names.indices {
        parts.append(printer.take())
        if index < names.count - 1 { parts += [printer.take(), .space] }
      }
      if printer.at(.closeParen) { parts.append(printer.take()) }
      parts += [.space, printer.take(), .space]
      parts.append(printer.expression(sequence, indentsOperators: false).layout)
      return .concat(parts)
    }
    let list = (result: layout, breaks: hasComments)
    return bodies([head(keyword, list)], [self.body(body, behind: list)]).layout
  }

  /// The body behind a head; one that must break is followed by no body of one line.
  private mutating func body(
    _ body: BlockNode, behind list: (result: Layout, breaks: Bool)
  ) -> Layout.Block {
    let block = braces(body.statements)
    return list.breaks ? block.onSeveralLines : block
  }

  /// `if … else …`: its bodies stand all on its one line, or all on lines of their own.
  mutating func conditional(_ node: IfNode) -> Shape {
    var blocks: [Layout.Block] = []
    var heads: [Layout] = []
    var next: IfNode? = node
    var start = Layout.empty
    while let branch = next {
      next = nil
      let keyword = take()
      let list = conditions(branch.conditions)
      heads.append(.concat([start, head(keyword, list)]))
      blocks.append(body(branch.then, behind: list))
      guard let otherwise = branch.otherwise else { break }
      start = .concat([.space, take(), .space])
      switch otherwise {
      case .conditional(let node): next = node
      case .block(let block):
        heads.append(start)
        blocks.append(braces(block.statements))
      }
    }
    return bodies(heads, blocks)
  }

  /// Several bodies with what stands before each.
  private func bodies(_ heads: [Layout], _ blocks: [Layout.Block]) -> Shape {
    func joined(_ blocks: [Layout.Block]) -> Layout {
      .concat(zip(heads, blocks).flatMap { head, block in [head, .block(block)] })
    }
    let broken = joined(blocks.map(\.onSeveralLines))
    guard blocks.allSatisfy({ $0.flat != nil }) else { return Shape(broken, hug: broken) }
    return Shape(.choice([joined(blocks), broken]), hug: broken)
  }

  private mutating func doCatch(
    _ body: BlockNode, _ name: NameDeclaration?, _ handler: BlockNode?
  ) -> Layout {
    var heads = [Layout.concat([take(), .space])]
    var blocks = [braces(body.statements)]
    if let handler {
      var head: [Layout] = [.space, take()]
      while !at(.openBrace) {
        let isName = !at(.closeParen)
        let isInParentheses = position > 0 && source.pieces[position - 1].kind == .symbol(.openParen)
        head += [isName && !isInParentheses ? .space : .empty, take()]
      }
      heads.append(.concat(head + [.space]))
      blocks.append(braces(handler.statements))
    }
    return bodies(heads, blocks).layout
  }

  // MARK: - Braces

  mutating func block(_ body: [Statement]) -> Layout { .block(braces(body)) }

  /// `{ … }`. It may stand on one line where it did; `parameters` are those of a closure with their `in`.
  mutating func braces(
    _ body: [Statement], parameters: (inout SourcePrinter) -> Layout? = { _ in nil }
  ) -> Layout.Block {
    let opening = position
    let closing = source.closings[opening] ?? opening
    let isOnOneLine = !hasBreakingComment && source.isOnOneLine(from: opening, to: closing)
    let brace = take()
    let (head, isEmpty, statements, end) = hidingComments { printer in
      let head = parameters(&printer)
      let isEmpty = body.isEmpty && !printer.hasComment(before: closing)
      // Comments at the end belong to the body.
      return (
        head, isEmpty, printer.statements(body), printer.takeComments(followsNothing: body.isEmpty)
      )
    }
    let start = head.map { .concat([brace, .space, $0]) } ?? brace
    if isEmpty {
      return Layout.Block(opening: start, flat: .space, broken: .empty, closing: take(), isEmpty: true)
    }
    let line = Layout.concat([.space, statements.flat, end, .space])
    return Layout.Block(
      opening: start, flat: isOnOneLine ? line : nil, broken: .concat([statements.broken, end]),
      closing: take(), isEmpty: false)
  }
}
