import Testing

@testable import VM

struct RangeTests {
  /// A range of its own, and the array of its numbers: the same members give the same.
  @Test func partsAgreeWithThoseOfAnArray() throws {
    let host = ScriptHost()
    for _ in 0..<(ScriptHost.isStressed ? 10 : 100) {
      let lower = Int.random(in: -5...5)
      let upper = lower + Int.random(in: 0...6)
      let range = "(\(lower)\(Bool.random() ? "..<" : "...")\(upper))"
      let count = Int.random(in: 0...8)
      let members = [
        "prefix(\(count))", "suffix(\(count))", "dropFirst(\(count))", "dropLast(\(count))", "dropFirst()",
        "dropLast()", "sum()", "last { $0 < 2 }", "prefix { $0 < 2 }", "reversed()",
      ]
      for member in members {
        #expect(
          try host.run("\(range).\(member) == Array(\(range)).\(member)") == "true", "\(range).\(member)")
      }
    }
  }

  @Test func twoRangesAgreeWithSwift() throws {
    let host = ScriptHost()
    for _ in 0..<(ScriptHost.isStressed ? 10 : 100) {
      let (a, b) = (Self.random(), Self.random())
      let (x, y) = ("(\(a.lowerBound)..<\(a.upperBound))", "(\(b.lowerBound)..<\(b.upperBound))")
      #expect(try host.run("\(x).overlaps(\(y))") == "\(a.overlaps(b))", "\(x) \(y)")
      let clamped = a.clamped(to: b)
      #expect(
        try host.run("\(x).clamped(to: \(y))") == "\(clamped.lowerBound)..<\(clamped.upperBound)", "\(x) \(y)"
      )
      // A closed range ends one before.
      if !a.isEmpty, !b.isEmpty {
        let (p, q) = ("(\(a.lowerBound)...\(a.upperBound - 1))", "(\(b.lowerBound)...\(b.upperBound - 1))")
        #expect(try host.run("\(p).overlaps(\(q))") == "\(a.overlaps(b))", "\(p) \(q)")
        #expect(
          try host.run("Array(\(p).clamped(to: \(q)))") == "\(Array(clamped))", "\(p) \(q)")
      }
    }
  }

  @Test(arguments: [
    ("(Int.min...Int.max).sum()", "-9223372036854775808"),
    ("(Int.max...Int.max).sum()", "9223372036854775807"),
    ("(Int.min...Int.max).suffix(1)", "[9223372036854775807]"),
    ("(Int.min...Int.max).prefix(1)", "[-9223372036854775808]"),
    ("(Int.min...Int.max).dropLast(5).count", "error: the range is too long to be made an Array"),
    ("(1...4294967295).sum()", "9223372034707292160"),
    ("(1...4294967296).sum()", "error: the sum of the range does not fit into an Int"),
    ("(0..<Int.max).overlaps(Int.max...Int.max)", "false"),
    ("(0...Int.max).clamped(to: 5...Int.max)", "5...9223372036854775807"),
    (
      "(1...100000000).dropFirst(1)",
      "error: a collection of 99999999 elements is larger than the limit of 16000000"
    ),
  ])
  func theLongestRangesGiveOnlyWhatIsAsked(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  private static func random() -> Range<Int> {
    let lower = Int.random(in: -4...4)
    return lower..<lower + Int.random(in: 0...5)
  }
}
