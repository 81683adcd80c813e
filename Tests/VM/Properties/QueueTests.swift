import Testing

@testable import VM

/// An array used as a queue, against Swift's.
struct QueueTests {
  /// Front and back, in any order and of any length, with growth between.
  @Test(arguments: 0..<20)
  func takesFromTheFrontWhatWasPutThere(seed: UInt64) throws {
    var random = Numbers(state: seed &* 2_654_435_761 &+ 1)
    var model: [Int] = []
    var text = "let a = []\nlet taken = []\n"
    var taken: [Int?] = []
    for step in 0..<400 {
      switch random.next() % (step % 100 < 60 ? 7 : 12) {
      case 0, 1, 2, 3:
        text += "a.append(\(step))\n"
        model.append(step)
      case 4:
        text += "a.insert(\(step), at: 0)\n"
        model.insert(step, at: 0)
      case 5:
        let place = Int(random.next() % UInt64(model.count + 1))
        text += "a.insert(\(step), at: \(place))\n"
        model.insert(step, at: place)
      case 6 where !model.isEmpty:
        let place = Int(random.next() % UInt64(model.count))
        text += "taken.append(a.remove(at: \(place)))\n"
        taken.append(model.remove(at: place))
      case 7:
        text += "taken.append(a.popLast())\n"
        taken.append(model.popLast())
      case 8:
        text += "a.append(contentsOf: a.prefix(3))\n"
        model += model.prefix(3)
      default:
        text += "taken.append(a.popFirst())\n"
        taken.append(model.isEmpty ? nil : model.removeFirst())
      }
    }
    let expected = "\"[[\(list(model))],[\(list(taken))]]\""
    #expect(try ScriptHost().run(text + "toJSON([a, taken])") == expected)
  }

  private func list(_ values: [Int?]) -> String {
    values.map { $0.map(String.init) ?? "null" }.joined(separator: ",")
  }

  /// Were every element moved for each that leaves, this would be minutes of work.
  @Test func aLongQueueTakesNoTimeForEachThatLeaves() throws {
    if ScriptHost.isStressed { return }
    let text = """
      let queue = Array(0..<200_000)
      var sum = 0
      for i in 0..<400_000 { sum += queue.removeFirst(); queue.append(i) }
      [sum, queue.count]
      """
    var limits = MachineLimits()
    limits.cellTime = 60_000_000_000
    limits.handlerTime = 60_000_000_000
    #expect(try ScriptHost(limits: limits).run(text) == "[39999800000, 200000]")
  }
}

/// The same numbers for the same seed (splitmix64).
private struct Numbers {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
