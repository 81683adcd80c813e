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

  /// The lines of a handler of some calls, one after the other and in fibers, that are awaited somewhere.
  private static func program(_ random: inout SeededGenerator, depth: Int = 0) -> [String] {
    var lines: [String] = []
    var open: [(name: String, isCall: Bool)] = []
    var names = 0
    var last: String?
    func call(_ random: inout SeededGenerator) -> String {
      let time = Int.random(in: 1...9, using: &random) * 50 + Int.random(in: 0...9, using: &random)
      // As one that needs what another gave.
      return "get(\"/sleep/\(time)\(last.map { "?after=\\(\($0).count)" } ?? "")\")"
    }
    func awaiting(_ place: Int) {
      let (name, isCall) = open.remove(at: place)
      lines.append(isCall ? "let \(name)r = await \(name).text" : "await \(name)")
      if isCall { last = name + "r" }
    }
    for _ in 0..<Int.random(in: 2...6, using: &random) {
      names += 1
      let name = "v\(depth)_\(names)"
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        lines.append("let \(name) = await \(call(&random)).text")
        if Bool.random(using: &random) { last = name }
      case 1...3:
        let first = "let \(name) = await \(call(&random)).text"
        lines += [first, "let \(name)b = await \(call(&random)).text"]
        if Bool.random(using: &random) { last = name }
      case 4...5:
        lines.append("let \(name) = \(call(&random))")
        open.append((name, true))
      case 6: lines.append("await sleep(50ms)")
      case 7: if !open.isEmpty { awaiting(Int.random(in: open.indices, using: &random)) }
      default:
        if depth > 1 { continue }
        lines += ["let \(name) = async {"] + program(&random, depth: depth + 1) + ["}"]
        open.append((name, false))
      }
    }
    while !open.isEmpty { awaiting(Int.random(in: open.indices, using: &random)) }
    return lines
  }

  /// The same as an advice has it: the calls are begun where the first of them is waited for. Nil where one is not found.
  private static func rewritten(_ lines: [String], _ overlap: Waterfall.Overlap) -> (
    place: Int, lines: [String]
  )? {
    // The first line is that of the route.
    var calls = overlap.lines.map { $0 - 2 }
    var place = calls[0]
    for begun in overlap.begunLines.map({ $0 - 2 }) {
      guard let name = lines[begun].split(separator: " ").dropFirst().first,
        let awaited = lines.firstIndex(where: { $0.hasSuffix("await \(name).text") })
      else { return nil }
      if begun == calls[0] { place = awaited }
      calls.removeAll { $0 == begun }
    }
    var new = lines
    var begun: [String] = []
    for line in calls {
      if lines[line].contains("= get") {
        // Awaited by its name.
        begun.append(lines[line])
        new[line] = ""
        continue
      }
      let words = lines[line].split(separator: "await ", maxSplits: 1)
      guard words.count == 2, words[1].hasSuffix(".text") else { return nil }
      begun.append("let h\(line) = \(words[1].dropLast(5))")
      new[line] = "\(words[0])await h\(line).text"
    }
    new.insert(contentsOf: begun, at: place)
    return (place, new)
  }

  /// What is advised can be written so, and gains as much as is told.
  @Test(arguments: 0..<10)
  func whatIsToldIsReached(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let bench = bench()
    bench.run(Self.services, cell: 1)
    var told = 0
    for _ in 0..<60 {
      let lines = Self.program(&random)
      let text = lines.joined(separator: "\n")
      let slow = run(text, in: bench)
      // From below, so that the lines above stay where they are.
      var fast = lines
      let overlaps = slow.overlaps.compactMap { overlap in
        Self.rewritten(lines, overlap).map { (overlap, $0.place) }
      }.sorted { $0.1 > $1.1 }
      #expect(overlaps.count == slow.overlaps.count, "\(text)")
      for (overlap, _) in overlaps { fast = Self.rewritten(fast, overlap)?.lines ?? fast }
      let alone = slow.overlaps.filter { !$0.needsOthers }.reduce(0) { $0 + milliseconds($1.saving) }
      let others = slow.overlaps.filter(\.needsOthers).map { milliseconds($0.saving) }
      let most = alone + (others.max() ?? 0)
      let gained = slow.duration - run(fast.joined(separator: "\n"), in: bench).duration
      #expect(
        gained >= most, "\(slow.overlaps.map { ($0.lines, $0.begunLines, milliseconds($0.saving)) })\n\(text)"
      )
      if !slow.overlaps.isEmpty { told += 1 }
    }
    #expect(told > 30)
  }
}
