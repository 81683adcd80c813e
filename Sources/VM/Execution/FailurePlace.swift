import Language

// What of a call or an operation a failure points at. All of this runs only when something has failed.

extension Failure {
  /// What of a call or an operation is wrong.
  enum Part {
    /// An argument, by its place in the text.
    case argument(Int)
    /// A side of an operator, what is indexed or its key, by the same.
    case operand(Int)
    /// The label of an argument, by the same.
    case label(Int)
    /// An argument of a native, by its place among the parameters; the receiver of a member counts.
    case parameter(Int)
    /// What the notebook gave to a function of the prelude.
    case value(Value)
    /// What stood where a condition needs a Bool.
    case condition(Value)
  }

  /// The same failure of a native, pointing at the argument of one of its parameters.
  /// - Parameter index: The place of the parameter; in a member the receiver is 0.
  public func at(parameter index: Int) -> Failure { at(.parameter(index)) }

  func at(_ part: Part) -> Failure {
    var failure = self
    failure.part = part
    return failure
  }
}

extension Machine {
  /// The failure of a native's own code, with the place of the argument in the text in place of that among the parameters.
  @inline(never) func placed(_ failure: Failure, _ native: NativeFunction, _ count: Int, _ labels: [String?]?)
    -> Failure
  {
    guard case .parameter(let place) = failure.part else { return failure }
    let hidden = native.isMember ? 1 : 0
    var failure = failure
    failure.part = nil
    guard place >= hidden else { return failure }
    if native.isVariadic {
      // The labelled argument, which comes last to the native, may stand before others.
      let option = labels?.firstIndex { $0 != nil } ?? count
      failure.part = .argument(place - hidden + (place >= option ? 1 : 0))
      return failure
    }
    let names = (hidden == 1 ? ["self"] : []) + native.parameters.map(\.name)
    let required = names.map { _ in false }
    let order = try? Machine.order(
      count: count, labels: labels, parameters: names, required: required, of: native.name, hidden: hidden)
    if let order, place < order.count, let source = order[place] { failure.part = .argument(source - hidden) }
    return failure
  }

  /// The place in the text of what has failed; nil where that is the instruction as a whole.
  @inline(never) func place(of failure: Failure, _ fiber: UnsafeMutablePointer<FiberObject>) -> Span? {
    guard let prototype = prototype(of: fiber.pointee.registers[-2]) else { return nil }
    let number = fiber.pointee.ip - prototype.entry - 1
    guard prototype.function.code.indices.contains(number) else { return nil }
    if prototype.unit.isPrelude {
      guard let value = given(failure, fiber, prototype.function.code[number]),
        let call = callOfMember(fiber), let argument = argument(of: call, value),
        call.parts.indices.contains(argument)
      else { return nil }
      return call.parts[argument].value
    }
    let parts = prototype.function.parts[number]
    let opcode = prototype.function.code[number].opcode
    let isCall = opcode == .call || opcode == .invoke
    switch failure.part {
    // A native that uses an operator is no operator.
    case .argument(let index) where isCall && parts.indices.contains(index),
      .operand(let index) where !isCall && parts.indices.contains(index):
      return parts[index].value
    case .label(let index) where parts.indices.contains(index):
      return parts[index].mark ?? parts[index].value
    case .condition: return parts.first?.value
    default: return isCall ? nil : operation(parts, prototype.unit.source)
    }
  }

  /// An operator whose sides stand in several lines, from itself on: the first of the lines says nothing of it.
  private func operation(_ parts: [InstructionPart], _ source: SourceText) -> Span? {
    guard parts.count == 2, let left = parts.first, let right = parts.last,
      let sign = right.mark, source.lineNumber(of: left.value.start) != source.lineNumber(of: sign.start)
    else { return nil }
    return sign.joined(with: right.value)
  }

  // MARK: - Members written in the language

  /// The call in the notebook's text of a function that is written in the language itself.
  private struct MemberCall {
    let member: Prototype
    /// The member's own registers, which begin with its parameters.
    let registers: ValuePointer
    /// Of the call as it is written, without the receiver.
    let labels: [String?]
    let parts: [InstructionPart]
  }

  /// The call by which the notebook got into the prelude, where the fiber is.
  private func callOfMember(_ fiber: UnsafeMutablePointer<FiberObject>) -> MemberCall? {
    var registers = fiber.pointee.registers
    guard var member = prototype(of: registers[-2]) else { return nil }
    for _ in 0..<Trace.limit {
      guard let back = UnsafeMutablePointer<Instruction>(bitPattern: registers[-1].bits),
        back != outermostReturn + 1
      else { return nil }
      let outer = (RawPointer(registers - 2) - Int((back - 1).pointee.a)).assumingMemoryBound(to: Value.self)
      guard outer[-2].tag == Tag.closure, let caller = prototype(of: outer[-2]) else { return nil }
      if !caller.unit.isPrelude { return call(of: member, registers, in: caller, before: back) }
      registers = outer
      member = caller
    }
    return nil
  }

  private func call(
    of member: Prototype, _ registers: ValuePointer, in caller: Prototype,
    before back: UnsafeMutablePointer<Instruction>
  ) -> MemberCall? {
    let function = caller.function
    var number = back - caller.entry - 1
    var labels: [String?]?
    guard function.code.indices.contains(number) else { return nil }
    // The labels of a call stand behind it.
    if function.code[number].opcode == .labels {
      if case .labels(let written) = caller.plainConstants[function.code[number].wide] { labels = written }
      number -= 1
    }
    guard number >= 0, [.call, .invoke].contains(function.code[number].opcode) else { return nil }
    let parts = function.parts[number]
    return MemberCall(
      member: member, registers: registers,
      labels: labels ?? Array(repeating: nil, count: parts.count), parts: parts)
  }

  /// What the notebook gave that a failure within the prelude is about.
  private func given(
    _ failure: Failure, _ fiber: UnsafeMutablePointer<FiberObject>, _ instruction: Instruction
  ) -> Value? {
    if case .value(let value) = failure.part { return value }
    guard instruction.opcode == .call || instruction.opcode == .invoke else { return nil }
    let base = fiber.pointee.registers + Int(instruction.a)
    let first = instruction.opcode == .call ? 2 : 3
    switch failure.part {
    case .argument(let index) where index < Int(instruction.b): return base[first + index]
    case nil where base.pointee.isFunction: return base.pointee
    default: return nil
    }
  }

  /// Which argument of a call became the parameter that holds a value.
  private func argument(of call: MemberCall, _ value: Value) -> Int? {
    let names = call.member.function.parameterNames
    let hidden = names.first == "self" ? 1 : 0
    guard
      let place = names.indices.dropFirst(hidden).first(where: {
        call.registers[$0].tag == value.tag && call.registers[$0].bits == value.bits
      })
    else { return nil }
    if let labelled = call.labels.firstIndex(of: names[place]) { return labelled }
    let unlabelled = call.labels.indices.filter {
      call.labels[$0] == nil || !names.contains(call.labels[$0] ?? "")
    }
    let free = names.indices.dropFirst(hidden).filter { !call.labels.contains(names[$0]) }
    guard let index = free.firstIndex(of: place) else { return nil }
    // A body that stands last goes to the parameter that needs it.
    return unlabelled.indices.contains(index) ? unlabelled[index] : value.isFunction ? unlabelled.last : nil
  }

  // MARK: - Functions that must give a Bool

  /// What to say where a condition fails within a member: it is what the notebook's function gave, or a parameter.
  @inline(never) func failureOfMember(_ failure: Failure, _ fiber: UnsafeMutablePointer<FiberObject>)
    -> Failure
  {
    guard case .condition(let value) = failure.part,
      let prototype = prototype(of: fiber.pointee.registers[-2]),
      prototype.unit.isPrelude, let call = callOfMember(fiber)
    else { return failure }
    let instruction = prototype.function.code[fiber.pointee.ip - prototype.entry - 1]
    let register = Int(instruction.opcode == .not ? instruction.b : instruction.a)
    let type = typeName(value)
    if register < prototype.function.parameterNames.count {
      let name = prototype.function.parameterNames[register]
      return Failure(.type, "\"\(name)\" of \(prototype.name) must be a Bool, not \(type)").at(.value(value))
    }
    let given = call.member.function.parameterNames.indices.first {
      $0 > 0 && call.registers[$0].isFunction
    }
    let member = call.member.name
    let help =
      value.isDeferred
      ? "write await in it, as in { await isFree($0) }"
      : ["sort()", "sorted()", "min()", "max()"].contains(member)
        ? "give whether the first comes before the second: { $0 < $1 }" : "give a Bool, as in { $0 > 0 }"
    return Failure(.type, "the function given to \(member) must give a Bool, not \(type)", help: help)
      .at(given.map { .value(call.registers[$0]) } ?? .condition(value))
  }
}
