/// Where a part of an instruction stands in the text: an argument of a call, a side of an operator.
public struct InstructionPart: Hashable, Sendable {
  /// The label before an argument, or the operator before its right side.
  public var mark: Span?
  public var value: Span

  public init(mark: Span? = nil, value: Span) {
    self.mark = mark
    self.value = value
  }
}

/// The parts of a function's instructions, in the order of the text. Only what has failed is looked up, so that running
/// costs nothing.
public struct PartTable: Sendable {
  /// The numbers of the instructions that have parts, rising, and for each where its parts end.
  private var instructions: [Int] = []
  private var ends: [Int] = []
  private var parts: [InstructionPart] = []

  public init() {}

  /// The parts of an instruction; none where it is known as a whole alone.
  public subscript(instruction: Int) -> ArraySlice<InstructionPart> {
    var low = 0
    var high = instructions.count
    while low < high {
      let middle = (low + high) / 2
      if instructions[middle] < instruction { low = middle + 1 } else { high = middle }
    }
    guard low < instructions.count, instructions[low] == instruction else { return [] }
    return parts[(low > 0 ? ends[low - 1] : 0)..<ends[low]]
  }

  /// Notes the parts of an instruction that comes behind all those before.
  mutating func append(_ new: [InstructionPart], for instruction: Int) {
    guard !new.isEmpty, instructions.last.map({ $0 < instruction }) ?? true else { return }
    parts += new
    instructions.append(instruction)
    ends.append(parts.count)
  }
}

extension FunctionCompiler {
  /// Notes where the parts of the instruction that was emitted last stand.
  mutating func note(_ values: Span...) {
    parts.append(values.map { InstructionPart(value: $0) }, for: code.count - 1)
  }

  /// The same for an operator and its sides.
  mutating func note(_ left: Span, operator sign: Span, _ right: Span) {
    parts.append(
      [InstructionPart(value: left), InstructionPart(mark: sign, value: right)], for: code.count - 1)
  }

  /// The same for the arguments of a call.
  mutating func note(_ arguments: [Argument]) {
    parts.append(
      arguments.map { InstructionPart(mark: $0.labelSpan, value: $0.value.span) }, for: code.count - 1)
  }
}
