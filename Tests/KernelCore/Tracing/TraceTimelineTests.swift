import Testing
import TestSupport

@testable import KernelCore

/// How much sooner a whole would be over, had some of its calls been made at once.
struct TraceTimelineTests {
  private static let services = """
    route "/sleep/<int:ms>" { await sleep(ms * 1ms); ms }
    nil
    """

  private func bench() -> Bench { Bench(movesClock: true) { $0.recordsTraces = true } }

  /// Runs a handler; gives how long it took, in milliseconds, and what could overlap.
  private func run(_ code: String, in bench: Bench) -> (duration: Int, overlaps: [Waterfall.Overlap]) {
    bench.run("route \"/case\" {\n\(code)\n1\n}\nnil", cell: 2)
    #expect(bench.awaited("await get(\"/case\").text", cell: 3) == "\"1\"", "\(code)")
    let waterfall = bench.on { bench.supervisor.waterfall(.path("/case")) }
    return (milliseconds(waterfall?.trace.duration ?? .zero), waterfall?.overlaps ?? [])
  }

  private func milliseconds(_ duration: Duration) -> Int {
    Int(duration.components.seconds) * 1_000 + Int(duration.components.attoseconds / 1_000_000_000_000_000)
  }

  /// A handler of some calls, one after the other and in fibers, that are awaited somewhere.
  private struct Program {
    var slow: [String] = []
    /// The same with each two that are one after the other at once.
    var fast: [String] = []
    private var names = 0
    private var open: [String] = []

    init(_ random: inout SeededGenerator, depth: Int = 0) {
      var last: String?
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        // Those of each two need what the two before gave.
        let query = last.map { "?after=\\(\($0).count)" } ?? ""
        let (one, other) = (Self.call(query, &random), Self.call(query, &random))
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3:
          let name = name
          add(
            "let \(name) = await \(one).text\nlet \(name)b = await \(other).text",
            "let \(name) = await all([\(one), \(other)])")
          last = name
        case 4...5: begin(one, one)
        case 6: add("await sleep(50ms)", "await sleep(50ms)")
        case 7: if let name = open.popLast() { add("await \(name)", "await \(name)") }
        default:
          if depth > 1 { continue }
          let inner = Program(&random, depth: depth + 1)
          begin(
            "async {\n\(inner.slow.joined(separator: "\n"))\n}",
            "async {\n\(inner.fast.joined(separator: "\n"))\n}")
        }
      }
      for name in open.shuffled(using: &random) { add("await \(name)", "await \(name)") }
    }

    private static func call(_ query: String, _ random: inout SeededGenerator) -> String {
      let time = Int.random(in: 1...9, using: &random) * 50 + Int.random(in: 0...9, using: &random)
      return "get(\"/sleep/\(time)\(query)\")"
    }

    private var name: String {
      mutating get {
        names += 1
        return "v\(names)"
      }
    }

    private mutating func add(_ slow: String, _ fast: String) {
      self.slow.append(slow)
      self.fast.append(fast)
    }

    private mutating func begin(_ slow: String, _ fast: String) {
      let name = name
      open.append(name)
      add("let \(name) = \(slow)", "let \(name) = \(fast)")
    }
  }

  @Test func whatIsToldIsReached() {
    var random = SeededGenerator(seed: 7)
    let bench = bench()
    bench.run(Self.services, cell: 1)
    var (told, gained) = (0, 0)
    for _ in 0..<400 {
      let program = Program(&random)
      let text = program.slow.joined(separator: "\n")
      let slow = run(text, in: bench)
      let fast = run(program.fast.joined(separator: "\n"), in: bench)
      let lines = text.split(separator: "\n")
      // It may find more than the two.
      let pairs = slow.overlaps.filter { $0.lines.count == 2 && lines[$0.lines[1] - 2].contains("b = await") }
      let most = pairs.map { milliseconds($0.saving) }.max() ?? 0
      #expect(fast.duration <= slow.duration - most, "\(text)")
      if !slow.overlaps.isEmpty { told += 1 }
      if fast.duration < slow.duration - 5 { gained += 1 }
    }
    // Little is kept back, though not all can be known.
    #expect(told * 10 > gained * 9)
  }
}
