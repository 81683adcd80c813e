import Foundation
import Testing

@testable import VM

struct NumberTests {
  @Test(arguments: [
    ("[abs(-3), abs(-2.5), abs(-1s)]", "[3, 2.5, 1s]"),
    ("[min(3, 1, 2), max(1.5, 2), min([4, 3]), max(\"a\", \"b\")]", "[1, 2, 3, \"b\"]"),
    ("[round(2.5), floor(-1.5), ceil(1.2), trunc(-1.7), round(3)]", "[3.0, -2.0, 2.0, -1.0, 3]"),
    (
      "[sqrt(9), pow(2, 10), pow(2, -1), pow(-1, 65), pow(0, 100), pow(1, 1000)]",
      "[3.0, 1024, 0.5, -1, 0, 1]"
    ),
    ("[Int(3.9), Int(-3.9), Int(\"42\"), Int(\"x\"), Int(true)]", "[3, -3, 42, nil, 1]"),
    (
      "[Double(1), Double(\"2.5\"), Double(\"x\"), Bool(\"true\"), Bool(\"maybe\")]",
      "[1.0, 2.5, nil, true, nil]"
    ),
    (
      "[Int.max, Int.min, Double.infinity, Double.pi > 3.14]",
      "[9223372036854775807, -9223372036854775808, inf, true]"
    ),
    (
      "[6.isMultiple(of: 3), 7.isMultiple(of: 0), Int.min.isMultiple(of: -1), (-5).signum()]",
      "[true, false, true, -1]"
    ),
    (
      "[3.14159.rounded(2), 2.5.rounded(), 3.14159.formatted(2), 3.formatted(decimals: 2), 3.formatted()]",
      "[3.14, 3.0, \"3.14\", \"3.00\", \"3\"]"
    ),
    ("[(1.0 / 0).isInfinite, Double.nan.isNaN, 1.5.isFinite]", "[true, true, true]"),
    (
      "[90s.minutes, 1.5s.seconds, 2ms.microseconds, 90m.hours, 1s.milliseconds]",
      "[1.5, 1.5, 2000.0, 1.5, 1000.0]"
    ),
    ("[exp(0), log(1), log10(100), log2(8), sin(0), cos(0)]", "[1.0, 0.0, 2.0, 3.0, 0.0, 1.0]"),
    ("[250ms, 1500ms, 90m, 0s, 36h]", "[250ms, 1.5s, 1.5h, 0s, 36h]"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    ("pow(2, 64)", "pow(2, 64) does not fit into an Int"),
    ("abs(Int.min)", "the absolute value does not fit into an Int"),
    ("Int(1e30)", "1e+30 does not fit into an Int"),
    ("Int(Double.nan)", "nan does not fit into an Int"),
    ("Int.foo", "Function has no member \"foo\""),
    ("1.5.formatted(99)", "decimals are 0 to 30, not 99"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }

  @Test func randomNumbersRepeatFromASeed() throws {
    let text =
      "seed(42)\n[random(in: 1...6), random(in: 1...6), random(), [1, 2, 3, 4, 5].shuffled(), uuid()]"
    let first = try ScriptHost().run(text)
    #expect(try ScriptHost().run(text) == first)
    #expect(try ScriptHost().run(text.replacingOccurrences(of: "42", with: "43")) != first)
  }

  /// The generator's first numbers as its authors' own program prints them, from the state 1, 2, 3, 4.
  @Test func theGeneratorIsXoshiro() {
    let machine = ScriptHost().machine!
    machine.randomState = (1, 2, 3, 4)
    #expect(
      (0..<4).map { _ in machine.nextRandom() } == [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
  }

  @Test func randomNumbersStayInTheirRange() throws {
    let text = """
      let seen = [:]
      for i in 0..<200 { seen[random(in: 1...3)] = true }
      for i in 0..<50 { if random() < 0 || random() >= 1 { throw "out of range" } }
      [seen.keys.sorted(), random(in: 5...5), random(in: Int.min...Int.max) == nil, [].randomElement()]
      """
    #expect(try ScriptHost().run(text) == "[[1, 2, 3], 5, false, nil]")
    #expect(try ScriptHost().run("random(in: 1..<1)") == "error: random(in:) of a range that is empty")
  }

  @Test func uuidsAreOfVersion4() throws {
    let text = try ScriptHost().run("uuid()")
    #expect(
      text.count == 38 && text.dropFirst(15).first == "4" && "89ab".contains(text.dropFirst(20).first ?? " "))
  }
}
