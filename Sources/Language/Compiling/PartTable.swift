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
  /// Each with the number of its instruction, which rise.
  private var parts: [(instruction: Int, part: InstructionPart)] = []

  public init() {}

  /// The parts of an instruction; none where it is known as a whole alone.
  public subscript(instruction: Int) -> [InstructionPart] {
    let start = parts.partitioningIndex { $0.instruction >= instruction }
    return parts[start...].prefix { $0.instruction == instruction }.map(\.part)
  }

  /// Notes the parts of an instruction that comes behind all those before.
  mutating func append(_ new: some Sequence<InstructionPart>, for instruction: Int) {
    guard parts.last.map({ $0.instruction < instruction }) ?? true else { return }
    for part in new { parts.append((instruction, part)) }
  }
}

extension FunctionCompiler {
  /// Notes where the parts of the instruction that was emitted last stand.
  mutating func note(_ values: some Sequence<Span>) {
    parts.append(values.lazy.map { InstructionPart(value: $0) }, for: code.count - 1)
  }

  /// The same for its only part.
  mutating func note(_ value: Span) { note(CollectionOfOne(value)) }

  /// The same for an operator and its sides.
  mutating func note(_ left: Span, operator sign: Span, _ right: Span) {
    parts.append(
      [InstructionPart(value: left), InstructionPart(mark: sign, value: right)], for: code.count - 1)
  }

  /// The same for the arguments of a call.
  mutating func note(_ arguments: [Argument]) {
    parts.append(
      arguments.lazy.map { InstructionPart(mark: $0.labelSpan, value: $0.value.span) }, for: code.count - 1)
  }
}
