// Members, elements and calls, one after the other; closures.

extension SourcePrinter {
  /// What follows a value, from one dot to the next: `.name`, `.name(…)`, `.name[…] { … }`.
  private struct Link {
    var shape: Shape
    /// Whether a dot begins it, before which a line can end.
    var beginsWithDot: Bool
    var isCall = false
  }

  private enum Suffix {
    case member
    case index(Expression, fallback: Expression?)
    case call([Argument])
  }

  /// A chain: on one line; or with its last brackets broken; or with a line for each call behind a dot, as it is
  /// where one of them began a line.
  mutating func chain(_ value: Expression) -> Shape {
    let (base, suffixes) = parts(of: value)
    var hasBrokenDot = false
    let (links, hasComments) = noticingComments { printer in
      var links = [Link(shape: printer.expression(base), beginsWithDot: false)]
      for suffix in suffixes {
        let beginsWithDot = printer.at(.dot) || printer.at(.optionalDot)
        if beginsWithDot {
          hasBrokenDot = hasBrokenDot || printer.current.lineEndsBeforeComments > 0
          links.append(Link(shape: Shape(.empty), beginsWithDot: true))
        }
        let next = printer.suffix(suffix)
        let last = links.count - 1
        let before = links[last].shape.layout
        links[last].shape = Shape(
          .concat([before, next.layout]), hug: next.hug.map { .concat([before, $0]) })
        if case .call = suffix { links[last].isCall = true }
      }
      return links
    }
    return shape(of: links, breaks: hasBrokenDot || hasComments)
  }

  private func shape(of links: [Link], breaks: Bool) -> Shape {
    // Members before the first call stay with the value that they are read from.
    let firstCall = links.dropFirst().firstIndex(where: \.isCall) ?? 1
    let head = Layout.concat(links[..<firstCall].map(\.shape.layout))
    let rest = links[firstCall...].map(\.shape.layout)
    let lines = Layout.concat([head, .indent(.concat(rest.flatMap { [.softLine, $0] }))])
    if breaks, !rest.isEmpty {
      var shape = Shape(.group(lines, breaks: true), goesToNextLine: false)
      shape.isOpenChain = true
      return shape
    }

    let flat = Layout.concat(links.map(\.shape.layout))
    let calls = links.dropFirst().count(where: \.isCall)
    let hug =
      calls > 2
      ? nil
      : links[links.count - 1].shape.hug.map { last in
        Layout.concat(links.dropLast().map(\.shape.layout) + [last])
      }
    let broken: Layout = calls > 1 || hug == nil ? .group(lines, breaks: true) : flat
    return Shape(
      .choice([flat] + (hug.map { [$0] } ?? []) + [broken]), hug: hug,
      goesToNextLine: hug == nil && calls < 2)
  }

  /// `\.name` and the operator `+` as they stand: functions written in short.
  private mutating func shortClosure(_ node: FunctionNode) -> Shape {
    var parts = [take()]
    while current.span.end <= node.span.end, current.kind != .end { parts.append(take()) }
    // An operator that begins a line would belong to the line before.
    return Shape(.concat(parts), goesToNextLine: false)
  }

  private func parts(of value: Expression) -> (base: Expression, suffixes: [Suffix]) {
    var suffixes: [Suffix] = []
    var base = value
    var isOutermost = true
    while isOutermost || !isParenthesized(base) {
      isOutermost = false
      switch base.kind {
      case .optionalChain(let inner):
        // It has the place of what it holds.
        base = inner
        isOutermost = true
      case .member(let receiver, _, _, _):
        suffixes.append(.member)
        base = receiver
      case .index(let receiver, let index, let fallback, _):
        suffixes.append(.index(index, fallback: fallback))
        base = receiver
      case .call(let callee, let arguments):
        suffixes.append(.call(arguments))
        base = callee
      default: return (base, suffixes.reversed())
      }
    }
    return (base, suffixes.reversed())
  }

  private mutating func suffix(_ suffix: Suffix) -> Shape {
    switch suffix {
    case .member:
      // `0 .1` without its space would be one number.
      let isBetweenNumbers =
        position > 0 && source.pieces[position - 1].isInteger && source.pieces[position + 1].isInteger
      return Shape(.concat([isBetweenNumbers ? .space : .empty, take(2)]))
    case .index(let index, let fallback):
      let opening = at(.question) ? take(2) : take()
      let (key, hasComments) = hidingComments { printer in
        printer.noticingComments { $0.key(index, fallback: fallback) }
      }
      let inner = Layout.concat([.indent(.concat([.softLine, key])), .softLine])
      return Shape(.concat([opening, hasComments ? .group(inner, breaks: true) : key, take()]))
    case .call(let arguments): return call(arguments)
    }
  }

  /// What stands in brackets: `index` or `index, default: value`.
  private mutating func key(_ index: Expression, fallback: Expression?) -> Layout {
    let key = expression(index).layout
    guard let fallback else { return .concat([key, takeComments()]) }
    return .concat([key, take(), .space, take(2), .space, expression(fallback).layout, takeComments()])
  }

  // MARK: - Calls

  private mutating func call(_ arguments: [Argument]) -> Shape {
    let listed = arguments.filter { !$0.isTrailing }
    let trailing = arguments.dropFirst(listed.count)
    var call = Shape(.empty)
    if at(.openParen) {
      call = list(count: listed.count, isCollection: false) { printer, index in
        let label = listed[index].label == nil ? .empty : Layout.concat([printer.take(2), .space])
        return printer.expression(listed[index].value).within(label)
      }
    }
    for argument in trailing {
      guard case .closure(let node) = argument.value.kind else { continue }
      let label = argument.label == nil ? .empty : Layout.concat([take(2), .space])
      let before = Layout.concat([call.layout, .space, label])
      call = closure(node).within(before)
    }
    return call
  }

  /// `{ x, y in … }`.
  mutating func closure(_ node: FunctionNode) -> Shape {
    if !at(.openBrace) { return shortClosure(node) }
    let block = braces(node.body) { printer in
      guard node.hasExplicitParameters else { return nil }
      var parts: [Layout] = []
      while !printer.at(.in) {
        let isComma = printer.at(.comma)
        parts.append(printer.take())
        if isComma, !printer.at(.closeParen) { parts.append(.space) }
      }
      return .concat(parts + [.space, printer.take()])
    }
    return Shape(.block(block), hug: .block(block.onSeveralLines))
  }
}
