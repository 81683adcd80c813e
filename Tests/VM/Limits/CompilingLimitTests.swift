import Language
import Testing

@testable import VM

/// What is too long for an instruction is refused with a diagnostic, or compiled another way.
struct CompilingLimitTests {
  @Test func constantsFarAwayAreReachedAnotherWay() throws {
    // A Double constant lies behind the code, more than the 16 bits of a fused instruction away.
    let line = "t = t + 1.5\n"
    let text =
      "func f() { var t = 0.5\n" + String(repeating: line, count: 45_000)
      + "if t < 0.5 { t = t * 2.5 }\nt }\nf()"
    #expect(try ScriptHost().run(text) == "67500.5")
  }

  @Test func thousandsOfDifferentConstantsAreReached() throws {
    let count = 20_000
    let lines = (0..<count).map { "t = t + \($0).5\n" }.joined()
    let sum = (0..<count).reduce(0.0) { $0 + Double($1) + 0.5 }
    #expect(try ScriptHost().run("func f() { var t = 0.0\n\(lines)t }\nf()") == "\(sum)")
  }

  @Test func aBranchTooFarIsRefused() throws {
    let body = String(repeating: "n += 1\n", count: 40_000)
    let problem = #expect(throws: Diagnostic.self) {
      try ScriptHost().run("func f() { var n = 0\nwhile n < 9 { \(body) }\nn }\nf()")
    }
    #expect(problem?.message == "a branch or loop is too long to jump over")
  }

  // The registers of variables alone went unchecked where nothing needed a temporary one.
  @Test func aFunctionWithTooManyVariablesIsRefused() throws {
    let lines = (0..<5_000).map { "let v\($0) = nil\n" }.joined()
    let problem = #expect(throws: Diagnostic.self) { try ScriptHost().run("func f() {\n\(lines)}\nf()") }
    #expect(problem?.message == "this code needs more than 4000 places for variables and temporaries")
  }

  @Test func longLiteralsAreWhole() throws {
    let elements = (0..<1_000).map(String.init).joined(separator: ", ")
    #expect(try ScriptHost().run("let a = [\(elements)]\n[a.count, a[48], a[999]]") == "[1000, 48, 999]")
    // From the 49th entry on, a nil took its key away.
    let pairs = (0..<100).map { "\"k\($0)\": nil" }.joined(separator: ", ")
    #expect(try ScriptHost().run("[\(pairs)].count") == "100")
    let text = (0..<200).map { "\\(\($0))," }.joined()
    #expect(try ScriptHost().run("\"\(text)\".count") == "690")
  }

  // The condition of a `while` is compiled twice; closures nested in it doubled at every level.
  @Test func loopsNestedInConditionsCompileInTime() throws {
    var text = "false"
    for _ in 0..<30 { text = "({ while \(text) { }\n false }())" }
    #expect(try ScriptHost().run("while \(text) { }\n1") == "1")
  }

  @Test func manyWaysOutOfManyDefersAreRefused() throws {
    let defers = String(repeating: "defer { }\n", count: 1_500)
    let returns = String(repeating: "if x { return 1 }\n", count: 2_000)
    let problem = #expect(throws: Diagnostic.self) {
      try ScriptHost().run("func f(x) {\n\(defers)\(returns)}\nf(true)")
    }
    #expect(problem?.message == "this function is too long")
  }
}
