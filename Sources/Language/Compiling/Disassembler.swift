/// Writes a program as people read it: each function's instructions under the lines of the text that they came
/// from, and what its captures, constants and handlers are.
///
/// ```
/// cell [1]: main, 4 registers
///   1 | let x = 1 + y
///      0  getGlobal     r1 = y
///      1  addInteger    r0 = r1 + 1
///      2  defineGlobal  let x = r0
/// ```
///
/// Registers are `r0` and up, captures `^0` and up; `-> 12` is a jump to the instruction of that number, and `>`
/// marks an instruction that some jump arrives at.
public struct Disassembler {
  private let program: Program
  private let namesOpcode: Int

  public init(_ program: Program) {
    self.program = program
    namesOpcode = Opcode.allCases.map { "\($0)".count }.max() ?? 0
  }

  /// The whole program; the last line has no line end.
  public func text() -> String {
    program.functions.enumerated().map { number, function in
      lines(of: function, number).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  // MARK: A function

  private func lines(of function: FunctionCode, _ number: Int) -> [String] {
    var lines = [heading(function, number)]
    let targets = Set(function.code.enumerated().compactMap { target(of: $1, at: $0) })
      .union(function.handlers.map(\.target))
    var shownLine = 0
    for (place, instruction) in function.code.enumerated() {
      let line = program.source.lineNumber(of: function.spans[place].start)
      if line != shownLine {
        lines.append("  \(padded("\(line)", 3)) | \(DisplayText.visible(program.source.line(line)))")
        shownLine = line
      }
      let mark = targets.contains(place) ? ">" : " "
      let name = "\(instruction.opcode)"
      let operands = operands(of: instruction, at: place, in: function)
      let gap = String(repeating: " ", count: operands.isEmpty ? 0 : namesOpcode - name.count + 2)
      lines.append("   \(mark)\(padded("\(place)", 5))  \(name)\(gap)\(operands)")
    }
    for handler in function.handlers {
      let kind = handler.kind == .catching ? "catch" : "defer"
      lines.append(
        "  \(kind): a failure in \(handler.start)..<\(handler.end) goes on at \(handler.target), "
          + "the error in r\(handler.register)")
    }
    return lines
  }

  private func heading(_ function: FunctionCode, _ number: Int) -> String {
    let parameters = zip(function.parameterNames, function.required).map { $1 ? $0 : "\($0) = …" }
    let list = function.takesAnyCount ? parameters + ["…"] : parameters
    let name: String =
      switch function.role {
      case .main: "\(program.source.name): main"
      case .function: "f\(number): func \(function.name)(\(list.joined(separator: ", ")))"
      case .handler, .hook: "f\(number): \(DisplayText.visible(function.name))"
      case .closure: "f\(number): closure (\(list.joined(separator: ", ")))"
      case .task: "f\(number): the body of async"
      case .cleanup: "f\(number): the body of defer"
      }
    var parts = [name, "\(function.registerCount) registers"]
    if !function.captures.isEmpty {
      let captures = function.captures.enumerated().map { place, source in
        switch source {
        case .register(let register): "^\(place) = r\(register) of the function around it"
        case .capture(let capture): "^\(place) = ^\(capture) of the function around it"
        }
      }
      parts.append("captures " + captures.joined(separator: ", "))
    }
    return parts.joined(separator: ", ")
  }

  // MARK: An instruction

  /// Where an instruction may jump to; nil where it goes on with the next.
  private func target(of instruction: Instruction, at place: Int) -> Int? {
    switch Disassembler.layout(of: instruction.opcode).jump {
    case .none: nil
    case .short: place + 1 + instruction.short
    case .wide: place + 1 + instruction.wide
    }
  }

  private func operands(of instruction: Instruction, at place: Int, in function: FunctionCode) -> String {
    var text = ""
    var pattern = Disassembler.layout(of: instruction.opcode).pattern[...]
    while let next = pattern.popFirst() {
      switch next {
      case "A": text += "r\(instruction.a)"
      case "B": text += "r\(instruction.b)"
      case "C": text += "r\(instruction.c)"
      case "R": text += "r\(instruction.a + 2)"
      case "#": text += number(instruction, pattern.popFirst())
      case "^": text += "^\(pattern.popFirst() == "a" ? instruction.a : instruction.b)"
      case "@": text += global(instruction.wide)
      case "." where pattern.first == "c":
        pattern.removeFirst()
        text += "." + name(Int(instruction.c), of: program.members)
      case "$":
        let isWide = pattern.popFirst() == "w"
        text += constant(isWide ? instruction.wide : Int(instruction.c), of: function)
      case "ƒ": text += "f\(instruction.wide)"
      case "→": text += "-> \(target(of: instruction, at: place) ?? place)"
      case "?": text += remark(instruction)
      default: text.append(next)
      }
    }
    return text
  }

  private func number(_ instruction: Instruction, _ operand: Character?) -> String {
    switch operand {
    case "w": "\(instruction.wide)"
    case "b": "\(Int16(bitPattern: instruction.b))"
    default: "\(instruction.short)"
    }
  }

  private func global(_ number: Int) -> String { name(number, of: program.globals) }

  private func name(_ number: Int, of names: [String]) -> String {
    names.indices.contains(number) ? DisplayText.visible(names[number]) : "\(number)?"
  }

  private func constant(_ number: Int, of function: FunctionCode) -> String {
    guard function.constants.indices.contains(number) else { return "\(number)?" }
    switch function.constants[number] {
    case .integer(let value): return "\(value)"
    case .double(let value): return "\(value)"
    case .duration(let nanoseconds):
      let seconds = Double(nanoseconds) / 1e9
      return seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(seconds)s"
    case .string(let text): return literal(text)
    case .labels(let labels): return labels.map { $0.map { "\($0):" } ?? "_" }.joined(separator: " ")
    case .route(let route):
      let methods = route.methods.isEmpty ? "" : route.methods.joined(separator: " ") + " "
      let uses = route.usesChunks ? ", with request.chunks" : route.usesRequest ? ", with request" : ""
      if route.isSocket { return "socket \(literal(route.pattern))\(uses)" }
      return "route \(methods)\(literal(route.pattern))\(uses)"
    case .group(let prefix): return "group \(literal(prefix))"
    case .hook(let hook):
      return "\(hook.kind.rawValue)\(hook.prefix.isEmpty ? "" : " in " + literal(hook.prefix))"
    }
  }

  /// A text in quotes, cut where it is long.
  private func literal(_ text: String) -> String {
    let limit = 60
    let shown = DisplayText.visible(String(text.prefix(limit)))
    return "\"\(shown)\(text.dropFirst(limit).isEmpty ? "" : "…")\""
  }

  /// What the flag byte says.
  private func remark(_ instruction: Instruction) -> String {
    switch instruction.opcode {
    case .defineGlobal:
      return GlobalKind(rawValue: instruction.k).map { $0 == .function ? "func" : "\($0)" } ?? "?"
    case .loadBool: return instruction.b != 0 ? "true" : "false"
    case .range: return instruction.k != 0 ? "..." : "..<"
    case .escapeHTML:
      let place = HTMLPlace(operand: instruction.k)
      return "\(place.kind)\(place.isUnquoted ? ", unquoted" : "")"
    case .getMember where instruction.k != 0: return "?"
    case .rethrow where instruction.k != 0: return ", in place of r\(instruction.b)"
    case .rangePrepare where instruction.k != 0: return ", closed"
    case .each where instruction.k != 0: return ", r\(instruction.a + 3)"
    case .call, .invoke: return callArguments(instruction)
    default: return ""
    }
  }

  private func callArguments(_ instruction: Instruction) -> String {
    let first = Int(instruction.a) + (instruction.opcode == .call ? 2 : 3)
    let count = Int(instruction.b)
    switch count {
    case 0: return "()"
    case 1: return "(r\(first))"
    default: return "(r\(first) … r\(first + count - 1))"
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

// MARK: - The instructions

extension Disassembler {
  private enum Jump { case none, short, wide }

  /// How an instruction's operands are written. In the pattern `A`, `B`, `C` are registers, `R` a call's receiver; `#b`, `#c`, `#w` signed
  /// numbers; `^a`, `^b` captures; `@` the global, `.c` the member, `$c` and `$w` the constant, `ƒ` the function;
  /// `→` where it jumps to; `?` what the flag byte says. Anything else stands for itself.
  private struct Layout {
    let pattern: String
    let jump: Jump

    init(_ pattern: String, _ jump: Jump = .none) {
      self.pattern = pattern
      self.jump = jump
    }
  }

  private static func layout(of opcode: Opcode) -> Layout {
    switch opcode {
    case .halt: Layout("")
    case .move: Layout("A = B")
    case .loadConstant: Layout("A = $w")
    case .loadInteger: Layout("A = #w")
    case .loadNil: Layout("A = nil")
    case .loadBool: Layout("A = ?")
    case .getGlobal: Layout("A = @")
    case .setGlobal: Layout("@ = A")
    case .defineGlobal: Layout("? @ = A")
    case .getCapture: Layout("A = ^b")
    case .getBoxedCapture: Layout("A = [^b]")
    case .setBoxedCapture: Layout("[^a] = B")
    case .newBox: Layout("A = box(A)")
    case .getBox: Layout("A = [B]")
    case .setBox: Layout("[A] = B")
    case .add: Layout("A = B + C")
    case .subtract: Layout("A = B - C")
    case .multiply: Layout("A = B * C")
    case .divide: Layout("A = B / C")
    case .remainder: Layout("A = B % C")
    case .addInteger: Layout("A = B + #c")
    case .multiplyInteger: Layout("A = B * #c")
    case .remainderInteger: Layout("A = B % #c")
    case .addConstant: Layout("A = B + $c")
    case .subtractConstant: Layout("A = B - $c")
    case .multiplyConstant: Layout("A = B * $c")
    case .divideConstant: Layout("A = B / $c")
    case .negate: Layout("A = -B")
    case .not: Layout("A = !B")
    case .less: Layout("A = B < C")
    case .lessOrEqual: Layout("A = B <= C")
    case .equal: Layout("A = B == C")
    case .notEqual: Layout("A = B != C")
    case .jump, .loop: Layout("→", .wide)
    case .jumpIfTrue: Layout("A →", .short)
    case .jumpIfFalse: Layout("!A →", .short)
    case .jumpIfNil: Layout("A == nil →", .short)
    case .jumpIfNotNil: Layout("A != nil →", .short)
    case .jumpIfPresent: Layout("A was given →", .short)
    case .jumpIfLess: Layout("A < B →", .short)
    case .jumpUnlessLess: Layout("!(A < B) →", .short)
    case .jumpIfLessOrEqual: Layout("A <= B →", .short)
    case .jumpUnlessLessOrEqual: Layout("!(A <= B) →", .short)
    case .jumpIfEqual: Layout("A == B →", .short)
    case .jumpUnlessEqual: Layout("A != B →", .short)
    case .jumpIfEqualInteger: Layout("A == #b →", .short)
    case .jumpUnlessEqualInteger: Layout("A != #b →", .short)
    case .jumpIfLessInteger: Layout("A < #b →", .short)
    case .jumpUnlessLessInteger: Layout("!(A < #b) →", .short)
    case .rangePrepare: Layout("B = first of A?, empty →", .short)
    case .rangeLoop: Layout("B = next of A →", .short)
    case .eachPrepare: Layout("A = elements of A")
    case .each: Layout("next of A? →", .short)
    case .call: Layout("A = A?")
    case .invoke: Layout("A = R.c?")
    case .labels: Layout("$w")
    case .returnValue: Layout("A")
    case .returnNil: Layout("")
    case .closure: Layout("A = ƒ")
    case .array: Layout("A = array of #c from B")
    case .appendAll: Layout("A += #c from B")
    case .dictionary: Layout("A = dictionary of #c from B")
    case .range: Layout("A = B ? C")
    case .concatenate: Layout("A = text of #c from B")
    case .concatenateHTML: Layout("A = HTML of #c from B")
    case .escapeHTML: Layout("A, ?")
    case .getMember: Layout("A = B.c?")
    case .hasMember: Layout("A = B has .c")
    case .setMember: Layout("A.c = B")
    case .index: Layout("A = B[C]")
    case .setIndex: Layout("A[B] = C")
    case .await: Layout("A = await B")
    case .awaitUnlessMember: Layout("A = await A, unless it has .c")
    case .async: Layout("A = async B")
    case .throw: Layout("A")
    case .rethrow: Layout("A?")
    case .declare: Layout("$w: A")
    }
  }
}
