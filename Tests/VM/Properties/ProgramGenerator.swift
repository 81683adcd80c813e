import Foundation

/// Writes random programs that end, of what the naive evaluator understands. Most of them run; some fail at
/// run time, which both must notice in the same way.
struct ProgramGenerator {
  private var state: UInt64
  private var lines: [String] = []
  private var indentation = 0
  private var nextName = 0
  /// The names that can be read here, and of them those that can be assigned.
  private var readable: [[(name: String, kind: Kind)]] = [[]]
  private var loops = 0
  private var functions = 0
  private var size = 0

  private enum Kind: Equatable {
    case `let`
    case `var`
    case array
    /// A function and how many parameters it has.
    case function(Int)
  }

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  static func program(seed: UInt64) -> String {
    var generator = ProgramGenerator(seed: seed)
    // Within a function, so that its names are variables and not globals; every other one not.
    if seed % 3 == 0 {
      for _ in 0..<8 { generator.statement() }
      generator.line(generator.summary())
    } else {
      generator.line("func program() {")
      generator.block { generator in
        for _ in 0..<9 { generator.statement() }
        generator.line(generator.summary())
      }
      generator.line("}")
      generator.line("program()")
    }
    return generator.lines.joined(separator: "\n")
  }

  // MARK: Chance

  private mutating func random(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }

  private mutating func chance(_ percent: Int) -> Bool { random(100) < percent }

  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[random(elements.count)] }

  private mutating func fresh() -> String {
    nextName += 1
    return "v\(nextName)"
  }

  private func names(_ isWanted: (Kind) -> Bool) -> [String] {
    readable.joined().filter { isWanted($0.kind) }.map(\.name)
  }

  // MARK: Text

  private mutating func line(_ text: String) {
    lines.append(String(repeating: "  ", count: indentation) + text)
    size += 1
  }

  private mutating func block(_ body: (inout ProgramGenerator) -> Void) {
    indentation += 1
    readable.append([])
    body(&self)
    readable.removeLast()
    indentation -= 1
  }

  private mutating func declare(_ name: String, _ kind: Kind) {
    readable[readable.count - 1].append((name, kind))
  }

  private func summary() -> String {
    "[" + names { if case .function = $0 { false } else { true } }.joined(separator: ", ") + "]"
  }

  // MARK: Statements

  private mutating func statement() {
    if size > 120 || indentation > 5 { return line("print(\(expression(2)))") }
    switch random(16) {
    case 0, 1:
      let value = expression(3)
      let name = fresh()
      line("\(chance(50) ? "var" : "let") \(name) = \(value)".replacingOccurrences(of: "let", with: "var"))
      declare(name, .var)
    case 2:
      let value = expression(3)
      let name = fresh()
      line("let \(name) = \(value)")
      declare(name, .let)
    case 3:
      let elements = (0..<random(4)).map { _ in expression(1) }
      let name = fresh()
      line("let \(name) = [\(elements.joined(separator: ", "))]")
      declare(name, .array)
    case 4, 5: assignment()
    case 6, 7:
      line("if \(condition(2)) {")
      block { $0.statements() }
      if chance(50) {
        line("} else {")
        block { $0.statements() }
      }
      line("}")
    case 8: whileLoop()
    case 9: forLoop()
    case 10: function()
    case 11:
      line("do {")
      block { $0.statements() }
      line("} catch problem {")
      block { generator in
        generator.line("print(\"caught\")")
        generator.statements()
      }
      line("}")
    case 12:
      line("defer {")
      let outer = loops
      loops = 0
      block { $0.line("print(\($0.expression(1)))") }
      loops = outer
      line("}")
    case 13 where chance(40): line("if \(condition(1)) { throw \"t\(random(9))\" }")
    case 14 where loops > 0: line("if \(condition(1)) { \(chance(50) ? "break" : "continue") }")
    case 15 where functions > 0: line("if \(condition(1)) { return \(expression(2)) }")
    default: line("print(\(expression(2)))")
    }
  }

  private mutating func statements() { for _ in 0...random(3) { statement() } }

  private mutating func assignment() {
    let variables = names { $0 == .var }
    let arrays = names { $0 == .array }
    if !arrays.isEmpty, chance(40) {
      let array = pick(arrays)
      if chance(50) { return line("\(array).append(\(expression(2)))") }
      if chance(20) { return line("\(array)[\(expression(1))] \(pick(["=", "+="])) \(expression(2))") }
      return line("if \(array).count > 1 { \(array)[\(random(2))] \(pick(["=", "+="])) \(expression(2)) }")
    }
    guard !variables.isEmpty else { return line("print(\(expression(1)))") }
    line("\(pick(variables)) \(pick(["=", "=", "+=", "-="])) \(expression(3))")
  }

  private mutating func whileLoop() {
    let counter = fresh()
    line("var \(counter) = 0")
    declare(counter, .let)
    line("while \(counter) < \(random(5)) && \(condition(1)) {")
    loops += 1
    block { generator in
      generator.line("\(counter) += 1")
      generator.statements()
    }
    loops -= 1
    line("}")
  }

  private mutating func forLoop() {
    let name = fresh()
    let arrays = names { $0 == .array }
    let sequence =
      !arrays.isEmpty && chance(30) ? "\(pick(arrays)) + [1]" : "\(random(3))..<\(3 + random(3))"
    line("for \(name) in \(sequence) {")
    loops += 1
    block { generator in
      generator.declare(name, .let)
      generator.statements()
    }
    loops -= 1
    line("}")
  }

  private mutating func function() {
    let name = fresh()
    let count = random(3)
    let parameters = (0..<count).map { _ in fresh() }
    let isClosure = chance(50)
    line(
      isClosure
        ? "let \(name) = { \(parameters.isEmpty ? "" : parameters.joined(separator: ", ") + " in")"
        : "func \(name)(\(parameters.joined(separator: ", "))) {")
    let outer = loops
    loops = 0
    functions += 1
    block { generator in
      for parameter in parameters { generator.declare(parameter, .let) }
      generator.statements()
      generator.line(generator.expression(2))
    }
    functions -= 1
    loops = outer
    line("}")
    // Only now: nothing calls itself, so everything ends.
    declare(name, .function(count))
  }

  // MARK: Expressions

  private mutating func expression(_ depth: Int) -> String {
    let values = names { $0 == .let || $0 == .var }
    if depth == 0 || chance(25) {
      if !values.isEmpty, chance(60) { return pick(values) }
      // Now and then something that operators refuse.
      if chance(4) {
        return pick(["\"s\"", "\"t\"", "true", "nil", "9223372036854775807"] + names { $0 == .array })
      }
      return pick(["0", "1", "2", "7", "-3", "5", "12", "-1", "100"])
    }
    switch random(chance(5) ? 12 : 6) {
    case 0, 1: return "(\(expression(depth - 1)) \(pick(["+", "-"])) \(expression(depth - 1)))"
    case 2: return "(\(expression(depth - 1)) * \(pick(["2", "-1", "3", expression(0)])))"
    case 3: return "(\(expression(depth - 1)) \(pick(["/", "%"])) \(pick(["2", "3", "7", "-4"])))"
    case 7: return "(\(condition(depth - 1)) ? \(expression(depth - 1)) : \(expression(depth - 1)))"
    case 8: return "(\(expression(depth - 1)) ?? \(expression(depth - 1)))"
    case 10: return "[\(expression(depth - 1)), \(expression(depth - 1))]"
    case 11: return "\"a\\(\(expression(depth - 1)))b\""
    case 4:
      let callable = readable.joined().compactMap { entry -> (String, Int)? in
        if case .function(let count) = entry.kind { (entry.name, count) } else { nil }
      }
      guard !callable.isEmpty else { return expression(depth - 1) }
      let (name, count) = pick(callable)
      return "\(name)(\((0..<count).map { _ in expression(depth - 1) }.joined(separator: ", ")))"
    case 6:
      return "(if \(condition(depth - 1)) { \(expression(depth - 1)) } else { \(expression(depth - 1)) })"
    case 5:
      let arrays = names { $0 == .array }
      guard !arrays.isEmpty else { return condition(depth - 1) }
      if chance(60) { return "\(pick(arrays)).count" }
      if chance(5) {
        let name = fresh()
        readable.append([(name, .let)])
        let body = expression(depth - 1)
        readable.removeLast()
        return "\(pick(arrays)).map({ \(name) in \(body) })"
      }
      let array = pick(arrays)
      return chance(10) ? "\(array)[\(expression(depth - 1))]" : "(\(array).count > 0 ? \(array)[0] : 7)"
    default:
      let variables = names { $0 == .var }
      guard !variables.isEmpty else { return expression(depth - 1) }
      // An assignment in the midst of an expression: what stands left of it was read before.
      let name = pick(variables)
      return "(\(name) + (if \(condition(0)) { \(name) = \(expression(0)); 1 } else { 2 }))"
    }
  }

  private mutating func condition(_ depth: Int) -> String {
    if depth == 0 || chance(30) {
      return "(\(expression(0)) \(pick(["==", "!="])) \(expression(0)))"
    }
    switch random(5) {
    case 0: return "(\(condition(depth - 1)) && \(condition(depth - 1)))"
    case 1: return "(\(condition(depth - 1)) || \(condition(depth - 1)))"
    case 2: return "!(\(condition(depth - 1)))"
    default:
      return
        "(\(expression(depth - 1)) \(pick(["<", "<=", ">", ">=", "=="])) \(pick(["3", "0", "100", expression(0)])))"
    }
  }
}
