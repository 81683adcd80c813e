import TestSupport
import Testing

@testable import VM

/// Texts share the bytes that they begin with, and nobody notices but by the time it takes.
struct GrowingTextTests {
  private static let line = "a line of some length that is added\n"

  /// Any two of what was made are added, again and again: so texts go on from one another, several from the same.
  @Test(arguments: 0..<20)
  func sumsAreThereByteForByteWhateverTheyGoOnFrom(_ seed: Int) throws {
    let host = ScriptHost()
    defer { withExtendedLifetime(host) {} }
    let heap = host.machine.heap
    var random = SeededGenerator(seed: UInt64(seed))
    let parts = ["", "b", "\r", "\n", "é", "e\u{301}", String(repeating: "xyz ", count: 70), Self.line]
    var texts = parts
    var values = parts.map { heap.makeString($0).string }
    for step in 0..<300 {
      // Mostly the newest, which have room behind them.
      let newest = max(0, texts.count - 4)
      let one = step % 5 == 0 ? texts.indices.randomElement(using: &random)! : newest
      let other = Int.random(in: 0..<(step % 7 == 0 ? texts.count : parts.count), using: &random)
      if texts[one].utf8.count + texts[other].utf8.count > 1 << 16 { continue }
      if step % 3 == 0 { _ = heap.characterCount(values[other]) }
      texts.append(texts[one] + texts[other])
      values.append(try heap.concatenate(values[one], values[other], tag: Tag.string).string)
    }
    for (text, value) in zip(texts, values) {
      #expect(heap.text(value) == text)
      #expect(heap.characterCount(value) == text.count)
      let copy = heap.makeString(text).string
      #expect(heap.areEqual(copy, value) && heap.hash(copy) == heap.hash(value))
    }
    #expect(values.contains { $0.isShared })
  }

  @Test(arguments: [
    ("\"\"", "text += line"), ("\"\"", "text = text + \"a line\" + \" that is added\\n\""),
    ("\"\"", "text = \"\\(text)\\(i): \\(line)\""), ("Bytes([])", "text += line.utf8"),
    ("html\"<p>\"", "text += html\"<li>\\(line)\""),
    ("html\"<p>\"", "text = html\"\\(text)<li>\\(i)\\(line)\""),
  ])
  func whatIsAddedIsCopiedAndNotAll(_ start: String, _ addition: String) throws {
    let host = ScriptHost(collector: .asNeeded)
    let program = """
      let line = "a line of some length that is added\\n"
      var text = \(start)
      for i in 0..<20000 { \(addition) }
      text.count > 400000
      """
    #expect(try host.run(program) == "true")
    // A copy of all for each line would be four gigabytes and more.
    #expect(host.machine.heap.state.pointee.collections < 8)
  }

  @Test(arguments: [CollectorMode.asNeeded, .always, .steps])
  func eachKeepsWhatItHadWhenAnotherGoesOn(_ mode: CollectorMode) throws {
    let program = """
      let all = []
      var text = "a".repeated(260)
      for i in 0..<40 {
          text += "-\\(i)"
          all.append(text)
          all.append(text + "x")
          all.append("\\(text)y")
      }
      let last = text
      text = nil
      let sizes = all.map { $0.count }
      [
          last.count, sizes[0], sizes[1], all[3] == "a".repeated(260) + "-0-1", all[4] == all[3] + "x",
          all[118].hasSuffix("-38-39x"), all[119].hasSuffix("-39y"), last.hasSuffix("-38-39"), all[117] == last,
      ]
      """
    #expect(
      try ScriptHost(collector: mode).run(program)
        == "[370, 262, 263, true, true, true, true, true, true]")
  }

  @Test func aTextGrowsUpToTheLimitAndNoFurther() throws {
    var limits = MachineLimits()
    limits.memory = 32 << 20
    limits.stringLength = 10_000_000
    let host = ScriptHost(limits: limits, collector: .asNeeded)
    let program = """
      var text = ""
      let part = "x".repeated(1000000)
      while true { text += part }
      """
    #expect(
      try host.run(program) == "error: a string of 11000000 bytes is longer than the limit of 10000000")
    #expect(try host.run("text.count", cell: 2) == "10000000")
  }

  /// It is counted with the room behind it.
  @Test func whereMemoryIsScarceALongTextHasLittleRoomBehindIt() throws {
    var limits = MachineLimits()
    limits.memory = 32 << 20
    let host = ScriptHost(limits: limits, collector: .asNeeded)
    let program = """
      var text = ""
      let part = "x".repeated(100000)
      for i in 0..<90 { text += part }
      text.count
      """
    #expect(try host.run(program) == "9000000")
    host.machine.collect()
    #expect(host.machine.heap.bytesInUse < 9_000_000 + (4 << 20))
  }

  @Test func whatIsPutTogetherFromAFewPartsTakesItsLengthAlone() throws {
    let host = ScriptHost(collector: .asNeeded)
    let program = """
      let part = "x".repeated(100000)
      let all = []
      for i in 0..<20 { all.append(part + "-" + part + "-" + String(i)) }
      all.count
      """
    #expect(try host.run(program) == "20")
    host.machine.collect()
    #expect(host.machine.heap.bytesInUse < 20 * 300_000 + (1 << 20))
  }

  @Test func whereNobodyHasATextItsMemoryIsFree() throws {
    let host = ScriptHost(collector: .asNeeded)
    let program = """
      func make() {
          var text = ""
          for i in 0..<1000 { text += "x".repeated(2000) }
          text.count
      }
      for round in 0..<100 { make() }
      """
    #expect(try host.run(program) == "nil")
    host.machine.collect()
    #expect(host.machine.heap.bytesInUse < 4 << 20)
  }
}
