/// What the text tells of a failure that the values alone do not: what to write instead.
public enum FailureHint: Hashable, Sendable {
  /// An element that is changed is not there. `receiver[key]` or `receiver.key`, and what it would begin with.
  case missingElement(receiver: Span, key: Span, isMember: Bool, initial: String)
  /// The value came from a member that changes what it is called on and gives nil.
  case changedInPlace(member: String)
  /// A name that is changed has no value yet.
  case declaration(name: String)
  /// A name that has no value stands for a key.
  case key(name: String)

  /// The sentence that stands behind `help:`.
  public func help(in source: SourceText) -> String {
    switch self {
    case .declaration(let name): return "declare it first: var \(name) = …"
    case .key(let name): return Message.quotedKey(name)
    case .missingElement(let receiver, let key, let isMember, let initial):
      let key = isMember ? "\"\(source.slice(key))\"" : source.slice(key)
      return
        "write \(Self.shortened(source.slice(receiver)))[\(key), default: \(initial)] where it may not be there yet"
    case .changedInPlace(let member):
      let sorted = ["sort": "sorted", "shuffle": "shuffled", "reverse": "reversed"][member]
      return "\(member)() changes what it is called on and gives nil: "
        + (sorted.map { "write \($0)(), which gives a new array" } ?? "make it a statement of its own")
    }
  }

  /// A long receiver, or one of several lines, is known from the lines above.
  private static func shortened(_ text: String) -> String {
    text.count > 60 || text.contains(where: \.isNewline) ? "…" : text
  }
}

/// The members of Array and Dictionary that change their receiver.
enum ChangingMembers {
  static let all = givingNil.union(givingValue)
  static let givingNil: Set = [
    "append", "insert", "merge", "removeAll", "removeSubrange", "replaceSubrange", "reverse", "shuffle",
    "sort",
    "swapAt",
  ]
  private static let givingValue: Set = [
    "popFirst", "popLast", "remove", "removeFirst", "removeLast", "removeValue", "updateValue",
  ]
}

/// The hints for one instruction, by what has failed in it.
public struct FailureHints: Hashable, Sendable {
  /// For a key that a dictionary lacks.
  public var missingKey: FailureHint?
  /// For nil where a value was needed.
  public var isNil: FailureHint?
  /// For a name that has no value.
  public var undeclared: FailureHint?
  /// For a condition that does not hold.
  public var condition: ExpectedCondition?
}

/// The hints for a function's instructions. Only what has failed is looked up.
public struct HintTable: Sendable {
  /// The numbers of the instructions that have hints, rising, and their hints.
  private var instructions: [Int] = []
  private var hints: [FailureHints] = []

  public subscript(instruction: Int) -> FailureHints? {
    let place = place(of: instruction)
    return isThere(instruction, place) ? hints[place] : nil
  }

  /// Notes the hints for an instruction, in place of those that it has.
  mutating func set(_ new: FailureHints, for instruction: Int) {
    let place = place(of: instruction)
    if isThere(instruction, place) {
      hints[place] = new
    } else {
      instructions.insert(instruction, at: place)
      hints.insert(new, at: place)
    }
  }

  private func place(of instruction: Int) -> Int { instructions.partitioningIndex { $0 >= instruction } }

  private func isThere(_ instruction: Int, _ place: Int) -> Bool {
    place < instructions.count && instructions[place] == instruction
  }
}

extension FunctionCompiler {
  /// Notes hints for the instruction that was emitted last; of a call that is not the labels behind it.
  mutating func hint(
    missingKey: FailureHint? = nil, isNil: FailureHint? = nil, undeclared: FailureHint? = nil,
    condition: ExpectedCondition? = nil
  ) {
    guard missingKey != nil || isNil != nil || undeclared != nil || condition != nil else { return }
    let place = code.count - (code.last?.opcode == .labels ? 2 : 1)
    hints.set(
      FailureHints(missingKey: missingKey, isNil: isNil, undeclared: undeclared, condition: condition),
      for: place)
  }

  /// For an element that is about to be changed; nil for an expression that is none, or has a default already.
  func missingElement(_ place: Expression, initial: String) -> FailureHint? {
    switch place.kind {
    case .member(let receiver, _, let name, isOptional: false):
      .missingElement(receiver: receiver.span, key: name, isMember: true, initial: initial)
    case .index(let receiver, let key, fallback: nil, isOptional: false):
      .missingElement(receiver: receiver.span, key: key.span, isMember: false, initial: initial)
    default: nil
    }
  }

  /// For a member of what `a.sort()` gives.
  func changedInPlace(_ receiver: Expression) -> FailureHint? {
    guard case .call(let callee, _) = receiver.kind, case .member(_, let name, _, _) = callee.kind,
      ChangingMembers.givingNil.contains(name) || name == "forEach"
    else { return nil }
    return .changedInPlace(member: name)
  }

  /// What an element would begin with to which a value is added, as far as the value's form tells.
  static func initial(for value: Expression) -> String {
    switch value.kind {
    case .string, .interpolation: "\"\""
    case .array: "[]"
    case .double: "0.0"
    case .duration: "0s"
    default: "0"
    }
  }
}
