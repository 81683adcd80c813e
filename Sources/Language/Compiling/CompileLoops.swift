extension FunctionCompiler {
  mutating func whileLoop(_ conditions: [Condition], _ body: BlockNode) {
    // A `break` in a condition, within an `if` used for its value, is that of the loop outside.
    let top = code.count
    let failures = branch(unless: conditions)
    loops.append(LoopJumps(regionDepth: regions.count))
    block(body.statements, tail: .discarded)
    let jumps = loops.removeLast()
    land(jumps.continues)
    // A single plain condition is tested again at the bottom: one jump a round instead of two.
    if conditions.count == 1, case .expression(let condition) = conditions[0], condition.isRepeatable {
      let start = failures.isEmpty ? top : firstAfterCondition(top, failures)
      for jump in branch(if: condition, is: true) { aim(jump, at: start) }
    } else {
      let back = jump(.loop)
      aim(back, at: top)
    }
    land(failures)
    land(jumps.breaks)
  }

  /// The body's first instruction: the one behind the last of the condition's jumps.
  private func firstAfterCondition(_ top: Int, _ failures: [Int]) -> Int {
    (failures.max() ?? top) + 1
  }

  mutating func forLoop(_ names: [NameDeclaration], _ sequence: Expression, _ body: BlockNode) {
    if names.count == 1, case .range(let lower, let upper, let isClosed) = sequence.kind {
      countingLoop(names[0], lower, upper, isClosed: isClosed, span: sequence.span, body)
    } else {
      eachLoop(names, sequence, body)
    }
  }

  /// `for i in a..<b`: no range is made; the loop counts.
  private mutating func countingLoop(
    _ name: NameDeclaration, _ lower: Expression, _ upper: Expression, isClosed: Bool, span: Span,
    _ body: BlockNode
  ) {
    let counter = allocate(2)
    expression(lower, into: counter)
    expression(upper, into: counter + 1)
    let variable = name.variable?.register ?? allocate()
    let prepare = at(span) { $0.jump(.rangePrepare, k: isClosed ? 1 : 0, a: counter, b: variable) }
    note([lower.span, upper.span])
    loops.append(LoopJumps(regionDepth: regions.count))
    let top = code.count
    block(body.statements, tail: .discarded)
    land(loops[loops.count - 1].continues)
    let back = jump(.rangeLoop, a: counter, b: variable)
    aim(back, at: top)
    land(prepare)
    land(loops.removeLast().breaks)
  }

  /// `for await message in socket`: waits for each piece. What gives them gives an Array of one, and nil at the end.
  mutating func awaitingLoop(_ name: NameDeclaration, _ sequence: Expression, _ body: BlockNode) {
    let source = allocate()
    at(sequence.span) { compiler in
      compiler.scoped { compiler in
        let base = compiler.allocate(3)
        compiler.emit(.getGlobal, a: base, wide: compiler.builder.globals.number(of: "__pieces"))
        compiler.evaluate(sequence, into: base + 2, isAwaited: true)
        compiler.emit(.await, a: base + 2, b: base + 2)
        compiler.emit(.call, a: base, b: 1)
        compiler.note(sequence.span)
        compiler.emit(.move, a: source, b: base)
      }
    }
    let next = builder.members.number(of: "__next")
    loops.append(LoopJumps(regionDepth: regions.count))
    let top = code.count
    let frame = allocate(3)
    let end = at(sequence.span) { compiler -> Int in
      compiler.emit(.move, a: frame + 2, b: source)
      compiler.emit(.invoke, a: frame, b: 0, c: next)
      compiler.emit(.await, a: frame, b: frame)
      let end = compiler.jump(.jumpIfNil, a: frame)
      compiler.expression(Expression(.integer(0), sequence.span), into: frame + 1)
      compiler.emit(.index, a: frame, b: frame, c: frame + 1)
      // The elements of an Array may be Deferreds.
      compiler.emit(.await, a: frame, b: frame)
      return end
    }
    if let variable = name.variable { emit(.move, a: variable.register, b: frame) }
    block(body.statements, tail: .discarded)
    land(loops[loops.count - 1].continues)
    let back = jump(.loop)
    aim(back, at: top)
    land(end)
    land(loops.removeLast().breaks)
  }

  private mutating func eachLoop(_ names: [NameDeclaration], _ sequence: Expression, _ body: BlockNode) {
    // The sequence, the place in it, and what it gives: one value or a pair.
    let cursor = allocate(4)
    expression(sequence, into: cursor)
    let isPair = names.count == 2
    at(sequence.span) { $0.emit(.eachPrepare, k: isPair ? 1 : 0, a: cursor) }
    loops.append(LoopJumps(regionDepth: regions.count))
    let enter = jump(.jump)
    let top = code.count
    for (index, name) in names.enumerated() {
      guard let variable = name.variable else { continue }
      emit(.move, a: variable.register, b: cursor + 2 + index)
    }
    block(body.statements, tail: .discarded)
    land(loops[loops.count - 1].continues)
    land(enter)
    let back = at(sequence.span) { $0.jump(.each, k: isPair ? 1 : 0, a: cursor) }
    aim(back, at: top)
    land(loops.removeLast().breaks)
  }
}
