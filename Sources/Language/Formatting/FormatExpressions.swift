// Operators and literals.

extension SourcePrinter {
  /// An expression. Its lines behind the first are indented by a step, unless they are already:
  /// `indentsOperators` says so. The comments before it break nothing in it.
  mutating func expression(_ value: Expression, indentsOperators: Bool = true) -> Shape {
    let comments = takeComments(followsNothing: true)
    return expression(value, end: value.span.end, indentsOperators).within(comments)
  }

  /// The same for an expression that ends there without its parentheses.
  private mutating func expression(_ value: Expression, end: Int, _ indentsOperators: Bool) -> Shape {
    if at(.openParen, closedAt: end), let closing = source.closings[position] {
      let opening = take()
      let inner = expression(value, end: source.pieces[closing - 1].span.end, true)
      return inner.within(opening, take())
    }
    switch value.kind {
    case .nilLiteral, .bool, .string, .name, .invalid: return Shape(take())
    case .integer, .double, .duration: return Shape(at(.subtract) ? take(2) : take())
    case .interpolation: return interpolation()
    case .array(let elements): return array(elements)
    case .dictionary(let pairs): return dictionary(pairs)
    case .unary(_, let operand): return unary(operand)
    case .await(let operand):
      let keyword = take()
      return expression(operand).within(.concat([keyword, .space]))
    case .async(let node): return async(node)
    case .binary, .ternary: return operators(value, indentsOperators)
    case .range(let lower, let upper, _): return range(lower, upper, indentsOperators)
    case .member, .index, .call, .optionalChain: return chain(value)
    case .closure(let node): return closure(node)
    case .conditional(let node): return conditional(node)
    }
  }

  // MARK: - Operators

  /// A minus keeps its distance from a number: without it the two would be one literal.
  private mutating func unary(_ operand: Expression) -> Shape {
    let sign = take()
    var gap = Layout.empty
    switch current.kind {
    case .integer, .double, .duration: gap = current.spaceBefore ? .space : .empty
    // Two minus signs side by side are no operator.
    case .symbol(.subtract): gap = .space
    default: break
    }
    return expression(operand).within(.concat([sign, gap]))
  }

  private mutating func async(_ node: FunctionNode) -> Shape {
    let keyword = take()
    if at(.openBrace) {
      let block = braces(node.body)
      return Shape(
        .concat([keyword, .space, .block(block)]),
        hug: .concat([keyword, .space, .block(block.onSeveralLines)]))
    }
    if case .expression(let value)? = node.body.first?.kind {
      return expression(value).within(.concat([keyword, .space]))
    }
    return Shape(.concat([keyword, .space, statements(node.body).broken]))
  }

  /// A range has no spaces around its operator. With a comment in it, it is laid out as other operators are: one that
  /// begins a line goes on with the line before only where space follows it.
  private mutating func range(_ lower: Expression, _ upper: Expression, _ indents: Bool) -> Shape {
    let (parts, hasComments) = noticingComments { printer -> (left: Layout, sign: [Layout], right: Shape) in
      let left = printer.expression(lower, indentsOperators: indents).layout
      let sign = printer.sign()
      // Of `2...` the end lies where the operator does.
      if upper.span.start < printer.current.span.start { return (left, sign, Shape(.empty)) }
      return (left, sign, printer.expression(upper, indentsOperators: indents))
    }
    guard hasComments else { return parts.right.within(.concat([parts.left, parts.sign[2]])) }
    let rest = Layout.concat(parts.sign + [.space, parts.right.layout])
    return Shape(.group(.concat([parts.left, indents ? .indent(rest) : rest]), breaks: true))
  }

  /// Operators of one precedence, or choices, one after the other: all of them begin lines, or none does.
  private mutating func operators(_ value: Expression, _ indents: Bool) -> Shape {
    let operands = self.operands(of: value)
    var hasOpenChain = false
    let (parts, hasComments) = noticingComments { printer -> [Layout] in
      var parts: [Layout] = []
      for operand in operands {
        if !parts.isEmpty {
          parts += printer.sign() + [.space]
        }
        let shape = printer.expression(operand)
        hasOpenChain = hasOpenChain || shape.isOpenChain
        parts.append(shape.layout)
      }
      return parts
    }
    let rest = Layout.concat(Array(parts.dropFirst()))
    let layout = Layout.concat([parts[0], indents ? .indent(rest) : rest])
    var shape = Shape(.group(layout, breaks: hasComments || hasOpenChain))
    shape.isOpenChain = hasOpenChain
    return shape
  }

  /// An operator that may begin a line. A comment that its line ends in stays in that line, unless another one stands
  /// before the operator.
  private mutating func sign() -> [Layout] {
    let hasComments = !current.comments.isEmpty
    let sign = take()
    return [hasComments ? .empty : takeCommentBehind(), .line, sign]
  }

  /// What stands between the operators that bind as loosely as the outermost one.
  private func operands(of value: Expression) -> [Expression] {
    if case .ternary(let condition, let then, let otherwise) = value.kind {
      var operands = [condition, then]
      var last = otherwise
      while case .ternary(let condition, let then, let otherwise) = last.kind, !isParenthesized(last) {
        operands += [condition, then]
        last = otherwise
      }
      return operands + [last]
    }
    guard case .binary(let outermost, var left, var right, _) = value.kind else { return [value] }
    if outermost == .coalesce {
      var operands = [left]
      while case .binary(.coalesce, let next, let last, _) = right.kind, !isParenthesized(right) {
        operands.append(next)
        right = last
      }
      return operands + [right]
    }
    var operands = [right]
    while case .binary(let next, let first, let second, _) = left.kind, !isParenthesized(left),
      next.precedence == outermost.precedence
    {
      operands.append(second)
      left = first
    }
    operands.append(left)
    return operands.reversed()
  }

  func isParenthesized(_ value: Expression) -> Bool {
    guard let opening = source.number(ofPieceAt: value.span.start),
      source.pieces[opening].kind == .symbol(.openParen), let closing = source.closings[opening]
    else { return false }
    return source.pieces[closing].span.end == value.span.end
  }

  // MARK: - Literals

  /// A string with interpolations, `html "…"` or `html("…")`.
  private mutating func interpolation() -> Shape {
    guard current.kind != .stringStart else { return Shape(take()) }
    let word = take()
    if at(.openParen) {
      let literal = take(2)
      let dropped = at(.comma) ? drop() : .empty
      return Shape(.concat([word, literal, dropped, take()]))
    }
    return Shape(.concat([word, .space, take()]))
  }

  private mutating func array(_ elements: [Expression]) -> Shape {
    list(count: elements.count, isCollection: true) { printer, index in printer.expression(elements[index]) }
  }

  private mutating func dictionary(_ pairs: [(key: Expression, value: Expression)]) -> Shape {
    if pairs.isEmpty { return emptyList(take(2)) }
    return list(count: pairs.count, isCollection: true) { printer, index in
      let key = printer.expression(pairs[index].key).layout
      let colon = printer.take()
      return printer.expression(pairs[index].value).within(.concat([key, colon, .space]))
    }
  }
}
