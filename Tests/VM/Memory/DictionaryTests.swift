import TestSupport
import Testing

@testable import VM

struct DictionaryTests {
  @Test(arguments: [
    ("let d = [\"b\": 1, \"a\": 2]\nd[\"c\"] = 3\nd[\"b\"] = 4\nd.keys", "[\"b\", \"a\", \"c\"]"),
    (
      "let d = [\"a\": 1, \"b\": 2, \"c\": 3]\nd.removeValue(forKey: \"b\")\nd[\"b\"] = 9\nd",
      "[\"a\": 1, \"c\": 3, \"b\": 9]"
    ),
    (
      "let d = [\"a\": 1]\n[d.removeValue(forKey: \"a\"), d.removeValue(forKey: \"a\"), d.count]",
      "[1, nil, 0]"
    ),
    (
      "let d = [:]\nfor i in 0..<1000 { d[i] = i }\nfor i in 0..<990 { d[i] = nil }\n[d.count, d.keys.first, d[995]]",
      "[10, 990, 995]"
    ),
    (
      "let d = [:]\nfor r in 0..<50 { for i in 0..<100 { d[i] = r }\n for i in 0..<100 { d[i] = nil } }\nd[7] = 1\nd",
      "[7: 1]"
    ),
    ("let d = [\"a\": 1]\nd.removeAll()\nd[\"b\"] = 2\nd", "[\"b\": 2]"),
    (
      "let d = [:]\nfor i in 0..<1000 { d[i] = i }\nd.removeAll()\nd[7] = 1\nfor i in 0..<9 { d[i] = i }\nd.count",
      "9"
    ),
    (
      "let d = [:]\nfor i in 0..<1000 { d[i] = i }\nfor (k, v) in d { d.removeAll()\n d[k] = v }\nd.count",
      "1"
    ),
    ("let d = [1: \"int\"]\nd[1.0] = \"double\"\nd", "[1: \"double\"]"),
    ("let d = [0.0: 1]\nd[-0.0]", "1"),
    (
      "let d = [:]\nfor i in 0..<1000 { d[i * 1.0] = i }\nd[999] = 0\n[d[7], d[7.5], d[998.0], d[999.0], d.count]",
      "[7, nil, 998, 0, 1000]"
    ),
    (
      "let d = [:]\nfor i in 0..<1000 { d[\"k\\(i)\"] = i; d[i] = -i }\n[d[\"k7\"], d[7], d[\"7\"], d.count]",
      "[7, -7, nil, 2000]"
    ),
    ("let d = [Double.nan: 1]\nd[Double.nan]", "1"),
    ("let d = [9007199254740992.0: \"double\"]\nd[9007199254740993] = \"int\"\nd.count", "2"),
    ("let a = deferred()\nlet d = [a: 1]\n[d[a], d[deferred()]]", "[1, nil]"),
    ("[\"a\": 1].merging([\"b\": 2])", "[\"a\": 1, \"b\": 2]"),
    ("let d = [\"a\": 1]\nd.merge([\"a\": 2, \"c\": 3])\nd", "[\"a\": 2, \"c\": 3]"),
    ("Dictionary(zip([\"a\", \"b\"], [1, 2]))", "[\"a\": 1, \"b\": 2]"),
    ("let d = [\"a\": 1]\nlet e = Dictionary(d)\ne.a = 2\n[d.a, e.a]", "[1, 2]"),
    ("[\"b\": 1, \"a\": 2].sorted().map { $0.key }", "[\"a\", \"b\"]"),
    ("[\"a\": 1, \"b\": 5].filter { $0.value > 2 }", "[\"b\": 5]"),
    ("[\"a\": 1].mapValues { nil }", "[\"a\": nil]"),
    ("[\"a\": 1, \"b\": 2].reduce(0) { sum, pair in sum + pair.value }", "3"),
    ("[\"a\": 1].contains { $0.value == 1 }", "true"),
    ("let d = [:]\nd.self = d\n\"\\(d)\".count < 200", "true"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test func aHundredThousandKeysAreFoundInOrder() throws {
    let count = ScriptHost.isStressed ? 500 : 100_000
    let text = """
      let d = [:]
      for i in 0..<\(count) { d["key\\(i)"] = i }
      for i in 0..<\(count) { if d["key\\(i)"] != i { throw "lost \\(i)" } }
      [d.count, d.keys[0], d.keys[\(count - 1)]]
      """
    #expect(try ScriptHost().run(text) == "[\(count), \"key0\", \"key\(count - 1)\"]")
  }

  /// Small ones are looked through, larger ones have an index: whichever it is, and however it changes between the two,
  /// it holds what was put in, in order.
  @Test(arguments: [3, 9, 20, 200])
  func holdsWhatWasPutInInOrder(most: Int) throws {
    let host = ScriptHost(collector: .asNeeded)
    defer { withExtendedLifetime(host) {} }
    let heap = host.machine.heap
    var random = SeededGenerator(seed: UInt64(most))
    let dictionary = heap.newDictionary()
    var expected: [(key: Int, value: Int)] = []
    for step in 0..<20_000 {
      let key = Int.random(in: 0..<most, using: &random)
      let place = expected.firstIndex { $0.key == key }
      switch Int.random(in: 0..<200, using: &random) {
      case 0:
        heap.removeAll(from: dictionary)
        expected = []
      case 1..<90:
        let removed = heap.remove(.int(key), from: dictionary)
        #expect(removed.asInt == place.map { expected[$0].value })
        if let place { expected.remove(at: place) }
      default:
        try heap.set(.int(step), for: .int(key), in: dictionary)
        if let place { expected[place].value = step } else { expected.append((key, step)) }
      }
      #expect(heap.value(of: .int(key), in: dictionary).asInt == expected.first { $0.key == key }?.value)
      let pairs = heap.pairs(of: dictionary)
      #expect(
        pairs.map(\.key.asInt) == expected.map(\.key) && pairs.map(\.value.asInt) == expected.map(\.value))
    }
  }

  /// Keys that agree in their low bits land in one place of an unmixed table.
  @Test(arguments: [1, 4_096, 65_536, 1 << 32, 1 << 40, 1 << 52])
  func numbersThatAreMultiplesDoNotCollide(_ step: Int) throws {
    let host = ScriptHost(collector: .asNeeded)
    defer { withExtendedLifetime(host) {} }
    let heap = host.machine.heap
    let dictionary = heap.newDictionary()
    let start = Machine.processorTime()
    for number in 0..<2_000 { try heap.set(.nil, for: .int(number &* step), in: dictionary) }
    for _ in 0..<10 {
      for number in 0..<2_000 { #expect(!heap.isMissing(.int(number &* step), dictionary)) }
    }
    #expect(Machine.processorTime() - start < 3_000_000_000)
    #expect(heap.longestSearch(dictionary) < 64)
  }

  @Test func stringsDoNotCollideMoreThanChanceAllows() throws {
    let host = ScriptHost(collector: .asNeeded)
    defer { withExtendedLifetime(host) {} }
    let heap = host.machine.heap
    let dictionary = heap.newDictionary()
    for number in 0..<20_000 { try heap.set(.nil, for: heap.makeString("\(number)"), in: dictionary) }
    #expect(heap.longestSearch(dictionary) < 64)
  }

  @Test func hashesDifferFromMachineToMachine() throws {
    let hosts = (ScriptHost(), ScriptHost())
    defer { withExtendedLifetime(hosts) {} }
    let (a, b) = (hosts.0.machine.heap, hosts.1.machine.heap)
    #expect(a.hash(of: a.makeString("key")) != b.hash(of: b.makeString("key")))
  }
}

extension Heap {
  fileprivate func isMissing(_ key: Value, _ dictionary: UnsafeMutablePointer<DictionaryObject>) -> Bool {
    value(of: key, in: dictionary).tag == Tag.unset
  }

  /// How many places the search for the key that is hardest to find looks at.
  fileprivate func longestSearch(_ dictionary: UnsafeMutablePointer<DictionaryObject>) -> Int {
    guard let index = dictionary.pointee.index else { return dictionary.pointee.used }
    let numbers = Int32(dictionary.pointee.mask >> 1)
    var longest = 0
    for entry in 0..<dictionary.pointee.used {
      let hash = hash(of: dictionary.pointee.entries[entry].key)
      var disturbance = UInt(bitPattern: hash)
      var slot = hash & dictionary.pointee.mask
      var steps = 1
      while Int(index[slot] & numbers) != entry {
        disturbance >>= 5
        slot = (slot &* 5 &+ 1 &+ Int(bitPattern: disturbance)) & dictionary.pointee.mask
        steps += 1
      }
      longest = max(longest, steps)
    }
    return longest
  }
}
