import Testing

@testable import Console
@testable import KernelCore

/// Two traces held against each other, in windows of any width.
@Suite struct WaterfallComparisonTests {
  private func row(
    _ name: String, _ depth: Int, line: Int? = nil, _ start: Int, _ end: Int, waits: Bool = false,
    critical: Bool = false
  ) -> Waterfall.Row {
    .of(name, depth, cell: 9, line: line, start, end, waits: waits, critical: critical)
  }

  private func waterfall(_ number: Int, _ title: String, _ rows: [Waterfall.Row], _ critical: [Int])
    -> Waterfall
  {
    Waterfall(
      trace: TraceSummary(
        number: number, title: title, cell: 9, outcome: "200", duration: rows[0].duration, isOpen: false,
        age: .seconds(30)),
      rows: rows, hidden: 0, critical: critical.map { .init(row: $0, duration: rows[$0].duration) })
  }

  private var slow: Waterfall {
    waterfall(
      17, "GET /compare",
      [
        row("GET /compare", 0, 0, 20, waits: true), row("GET /delay", 1, line: 2, 0, 10, critical: true),
        row("GET /delay", 1, line: 3, 10, 20, critical: true),
      ], [1, 2])
  }

  private var fast: Waterfall {
    waterfall(
      18, "GET /faster-compare",
      [
        row("GET /faster-compare", 0, 0, 10, waits: true), row("GET /delay", 1, line: 2, 0, 9),
        row("GET /delay", 1, line: 3, 0, 10, critical: true),
      ], [2])
  }

  private func picture(_ first: Waterfall, _ second: Waterfall, _ columns: Int) -> [String] {
    WaterfallComparison(first, second, columns: columns).lines.map(\.plain)
  }

  @Test func inAWideWindowTheyStandSideBySide() {
    #expect(
      picture(slow, fast, 125) == [
        "trace 17  GET /compare [9]  200  20.0 s, begun 30 s ago       │ "
          + "trace 18  GET /faster-compare [9]  200  10.0 s, begun 30 s a…",
        "                                         0           20.0 s   │ "
          + "                                         0           20.0 s",
        "GET /compare           [9]  20.0 s       ──────────────────   │ "
          + "GET /faster-compare    [9]  10.0 s       ─────────",
        "  GET /delay         [9]:2  10.0 s  200  █████████            │ "
          + "  GET /delay         [9]:2   9.0 s  200  ▒▒▒▒▒▒▒▒▒",
        "  GET /delay         [9]:3  10.0 s  200           █████████   │ "
          + "  GET /delay         [9]:3  10.0 s  200  █████████",
        "", "10.0 s less in all (20.0 s → 10.0 s)",
        "critical path: 10.0 s less (20.0 s → 10.0 s); GET /delay 20.0 s → 10.0 s",
      ])
  }

  @Test func inANarrowWindowTheyStandOneBelowTheOther() {
    #expect(
      picture(slow, fast, 70) == [
        "trace 17  GET /compare [9]  200  20.0 s, begun 30 s ago",
        "                                         0                    20.0 s",
        "GET /compare           [9]  20.0 s       ───────────────────────────",
        "  GET /delay         [9]:2  10.0 s  200  ██████████████",
        "  GET /delay         [9]:3  10.0 s  200               ██████████████",
        "",
        "trace 18  GET /faster-compare [9]  200  10.0 s, begun 30 s ago",
        "                                         0                    20.0 s",
        "GET /faster-compare    [9]  10.0 s       ──────────────",
        "  GET /delay         [9]:2   9.0 s  200  ▒▒▒▒▒▒▒▒▒▒▒▒▒",
        "  GET /delay         [9]:3  10.0 s  200  ██████████████",
        "", "10.0 s less in all (20.0 s → 10.0 s)", "critical path: 10.0 s less (20.0 s → 10.0 s);",
        "  GET /delay 20.0 s → 10.0 s",
      ])
  }

  @Test func whatIsNewAndGoneIsTold() {
    let other = waterfall(
      19, "GET /other", [row("GET /other", 0, 0, 12), row("timer 12s", 1, 0, 12, critical: true)], [1])
    #expect(
      picture(slow, other, 200).suffix(2) == [
        "8.0 s less in all (20.0 s → 12.0 s)",
        "critical path: 8.0 s less (20.0 s → 12.0 s); GET /delay is gone, 20.0 s, timer 12s is new, 12.0 s",
      ])
    #expect(
      picture(other, slow, 200).suffix(2) == [
        "8.0 s more in all (12.0 s → 20.0 s)",
        "critical path: 8.0 s more (12.0 s → 20.0 s); GET /delay is new, 20.0 s, timer 12s is gone, 12.0 s",
      ])
    #expect(
      picture(slow, slow, 200).suffix(2) == ["as long in all (20.0 s)", "critical path: as long (20.0 s)"])
  }

  @Test func ofManyChangesTheLargestAreNamed() {
    let rows = [row("GET /", 0, 0, 60)] + (1...9).map { row("timer \($0)s", 1, 0, $0, critical: true) }
    let text = picture(waterfall(1, "GET /", rows, Array(1...9)), fast, 300).last ?? ""
    #expect(
      text.hasSuffix(
        "; GET /delay is new, 10.0 s, timer 9s is gone, 9.0 s, timer 8s is gone, 8.0 s, "
          + "timer 7s is gone, 7.0 s, timer 6s is gone, 6.0 s, 5 smaller changes"))
  }

  @Test(arguments: 20...200)
  func noLineIsWiderThanTheWindow(_ columns: Int) {
    #expect(picture(slow, fast, columns).allSatisfy { Layout.width(of: $0) <= max(columns, 28) })
  }
}
