/// Compiles one function: registers, emission and jumps. What the tree's nodes become stands in the
/// extensions, a file for each kind of node.
struct FunctionCompiler {
  let node: FunctionNode
  let builder: ProgramBuilder

  var code: [Instruction] = []
  var spans: [Span] = []
  var handlers: [HandlerRange] = []
  var hints = HintTable()
  var parts = PartTable()
  /// The place in the text that instructions emitted now come from.
  var span: Span
  /// The next free temporary register; variables lie below.
  var temporary: Int
  var regions: [Region] = []
  var loops: [LoopJumps] = []
  /// For each chain with `?.` under way: its jumps for a nil receiver.
  var nilExits: [[Int]] = []

  /// Whether arithmetic takes a Double constant from its own instruction, which reaches only so far.
  let fusesConstants: Bool
  var hasFusedConstants = false
  private var constants: [Constant] = []
  private var constantNumbers: [ConstantKey: Int] = [:]
  private var widest: Int

  init(_ node: FunctionNode, _ builder: ProgramBuilder, fusesConstants: Bool) {
    self.node = node
    self.fusesConstants = fusesConstants
    self.builder = builder
    span = node.span
    temporary = node.registerCount
    widest = node.registerCount
    // About so much code is made of a text.
    let expected = (node.span.end - node.span.start) / 8 + 4
    code.reserveCapacity(expected)
    spans.reserveCapacity(expected)
  }

  mutating func compile() -> FunctionCode {
    checkWidth()
    defaults()
    body(node.body)
    if code.count > Compiler.codeLimit {
      builder.fail(
        "this function is too long", at: node.span, help: "split it into smaller functions")
    }
    return FunctionCode(
      name: node.name, role: node.role, parameterNames: node.parameters.map(\.name),
      required: node.parameters.map { $0.defaultValue == nil },
      takesAnyCount: node.role == .closure && !node.hasExplicitParameters,
      registerCount: widest + 1, code: code, spans: spans, constants: constants, handlers: handlers,
      hints: hints, parts: parts,
      captures: node.captures.map(captureSource), span: node.span)
  }

  /// The values of parameters that the caller left out, then boxes for those that closures share.
  private mutating func defaults() {
    for (parameter, variable) in zip(node.parameters, node.parameterVariables) {
      if let value = parameter.defaultValue {
        let given = jump(.jumpIfPresent, a: variable.register)
        expression(value, into: variable.register)
        land(given)
      }
      if variable.isBoxed { emit(.newBox, a: variable.register) }
    }
  }

  private func captureSource(_ variable: Variable) -> CaptureSource {
    if variable.function === node.parent { return .register(variable.register) }
    let outer = node.parent?.captures.firstIndex { $0 === variable } ?? 0
    return .capture(outer)
  }

  /// Whether every fused constant can be reached: it lies behind the code, at most 65,535 steps of 16 bytes
  /// away from its instruction.
  var reachesConstants: Bool {
    !hasFusedConstants || code.count / 2 + constants.count < Int(UInt16.max) - 1
  }

  // MARK: Registers

  mutating func allocate(_ count: Int = 1) -> Int {
    let first = temporary
    temporary += count
    widest = max(widest, temporary)
    if checkWidth() { return first }
    temporary = first
    return first
  }

  @discardableResult
  private func checkWidth() -> Bool {
    if widest <= Compiler.registerLimit { return true }
    builder.fail(
      "this code needs more than \(Compiler.registerLimit) places for variables and temporaries", at: span,
      help: "split it into smaller functions, or a cell into several")
    return false
  }

  /// Gives back the temporaries that `body` took.
  mutating func scoped<Result>(_ body: (inout FunctionCompiler) -> Result) -> Result {
    let before = temporary
    let result = body(&self)
    temporary = before
    return result
  }

  // MARK: Emission

  mutating func emit(_ opcode: Opcode, k: Int = 0, a: Int = 0, b: Int = 0, c: Int = 0) {
    // What is too long is refused at the end; until then it must not grow without a bound.
    if code.count > Compiler.codeLimit { code.removeLast(); spans.removeLast() }
    code.append(
      Instruction(
        opcode, k: UInt8(truncatingIfNeeded: k), a: UInt16(truncatingIfNeeded: a),
        b: UInt16(truncatingIfNeeded: b), c: UInt16(truncatingIfNeeded: c)))
    spans.append(span)
  }

  mutating func emit(_ opcode: Opcode, k: Int = 0, a: Int, wide: Int) {
    emit(opcode, k: k, a: a)
    code[code.count - 1].wide = wide
  }

  mutating func constant(_ value: Constant) -> Int {
    let key = ConstantKey(value)
    if let number = constantNumbers[key] { return number }
    constantNumbers[key] = constants.count
    constants.append(value)
    return constants.count - 1
  }

  mutating func at<Result>(_ place: Span, _ body: (inout FunctionCompiler) -> Result) -> Result {
    let before = span
    span = place
    let result = body(&self)
    span = before
    return result
  }

  // MARK: Jumps

  /// Emits a forward jump; `land` says where it goes.
  mutating func jump(_ opcode: Opcode, k: Int = 0, a: Int = 0, b: Int = 0) -> Int {
    emit(opcode, k: k, a: a, b: b)
    return code.count - 1
  }

  /// Lets a forward jump arrive at the next instruction.
  mutating func land(_ jump: Int) { aim(jump, at: code.count) }

  mutating func land(_ jumps: [Int]) {
    for jump in jumps { land(jump) }
  }

  mutating func aim(_ jump: Int, at target: Int) {
    let distance = target - jump - 1
    guard jump < code.count else { return }
    switch code[jump].opcode {
    case .jump, .loop: code[jump].wide = distance
    default:
      if Int(Int16(truncatingIfNeeded: distance)) != distance {
        builder.fail(
          "a branch or loop is too long to jump over", at: spans[jump],
          help: "move part of its body into a function")
      }
      code[jump].c = UInt16(bitPattern: Int16(truncatingIfNeeded: distance))
    }
  }
}

/// The jumps out of a loop that wait for its end, and those that wait for its next round.
struct LoopJumps {
  var breaks: [Int] = []
  var continues: [Int] = []
  /// How many regions enclosed the loop: a jump out of it leaves those inside.
  let regionDepth: Int
}

/// What makes two constants the same: more than Swift's equality, for which `-0.0` is `0.0`, and two spellings of a
/// letter with an accent are one.
private enum ConstantKey: Hashable {
  case double(UInt64)
  case string(Spelling)
  case other(Constant)

  init(_ constant: Constant) {
    switch constant {
    case .double(let number): self = .double(number.bitPattern)
    case .string(let text): self = .string(Spelling(text: text))
    default: self = .other(constant)
    }
  }

  /// A text that only one of the same bytes is equal to.
  struct Spelling: Hashable {
    let text: String

    static func == (one: Spelling, other: Spelling) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }
  }
}
