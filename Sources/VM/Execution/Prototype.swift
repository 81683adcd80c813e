import Language

/// A program loaded. Any live function of it keeps all of it, since each may make the others.
final class LoadedProgram {
  let source: SourceText
  /// Part of the program itself rather than of a notebook: chains of calls don't show it.
  let isPrelude: Bool
  /// The machine's numbers of its functions, by the program's own.
  var numbers: [Int] = []

  init(source: SourceText, isPrelude: Bool) {
    self.source = source
    self.isPrelude = isPrelude
  }
}

/// What making a closure needs of its function, as plain data.
struct ClosureTemplate {
  let entry: UnsafeMutablePointer<Instruction>
  let registerCount: Int32
  let parameterCount: Int32
  let captureCount: Int
  /// For each captured variable its register, or the complement of its place among the captures of the
  /// function that makes the closure.
  let captures: UnsafeMutablePointer<Int32>
}

/// A function loaded: its code and constants in one block of raw memory, so that instructions reach their
/// constants relative to themselves.
final class Prototype {
  let function: FunctionCode
  let entry: UnsafeMutablePointer<Instruction>
  let constants: ValuePointer
  let constantCount: Int
  let unit: LoadedProgram
  /// Labels and declarations, which are no values.
  let plainConstants: [Constant]
  let template: ClosureTemplate
  private let block: RawPointer

  init(_ function: FunctionCode, unit: LoadedProgram, constants values: [Value]) {
    self.function = function
    self.unit = unit
    plainConstants = function.constants
    let codeSize = (function.code.count * MemoryLayout<Instruction>.stride + 15) & ~15
    block = .allocate(byteCount: codeSize + values.count * 16 + 16, alignment: 64)
    entry = block.bindMemory(to: Instruction.self, capacity: function.code.count)
    constants = (block + codeSize).bindMemory(to: Value.self, capacity: max(values.count, 1))
    constantCount = values.count
    constants.initialize(from: values, count: values.count)
    let captures = UnsafeMutablePointer<Int32>.allocate(capacity: function.captures.count)
    for (place, source) in function.captures.enumerated() {
      switch source {
      case .register(let register): captures[place] = Int32(register)
      case .capture(let capture): captures[place] = ~Int32(capture)
      }
    }
    template = ClosureTemplate(
      entry: entry, registerCount: Int32(function.registerCount),
      parameterCount: Int32(function.parameterNames.count), captureCount: function.captures.count,
      captures: captures)
  }

  deinit {
    block.deallocate()
    template.captures.deallocate()
  }

  /// What messages call it.
  var name: String {
    switch function.role {
    case .closure: return "this closure"
    case .function where unit.isPrelude && !function.name.hasPrefix("_"):
      // It is named for its type and its member: `Array_map`.
      let parts = function.name.split(separator: "_")
      return parts.count > 1 ? "\(parts[1])()" : "\(function.name)()"
    default: return "\(function.name)()"
    }
  }

  /// The place in the text of the instruction before `ip`.
  func span(before ip: UnsafeMutablePointer<Instruction>) -> Span {
    let number = ip - entry - 1
    return number >= 0 && number < function.spans.count ? function.spans[number] : function.span
  }
}
