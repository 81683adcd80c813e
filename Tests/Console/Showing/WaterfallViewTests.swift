import Testing

@testable import Console
@testable import KernelCore

/// A trace as lines of any width.
@Suite struct WaterfallViewTests {
  private var waterfall: Waterfall {
    Waterfall(
      trace: TraceSummary(
        number: 17, title: "GET /compare", cell: 4, outcome: "200", duration: .seconds(20), isOpen: false,
        age: .seconds(30)),
      rows: [
        .of("GET /compare", 0, 0, 20, waits: true), .of("GET /slow", 1, line: 2, 0, 10, critical: true),
        .of("GET /slow", 1, line: 3, 10, 20, critical: true), .of("GET /ip", 1, line: 4, 5, 6),
      ], hidden: 2, critical: [.init(row: 1, duration: .seconds(10)), .init(row: 2, duration: .seconds(10))])
  }

  @Test func barsStandOnOneAxis() {
    #expect(
      WaterfallView(waterfall, columns: 60).lines.map(\.plain)
        == [
          "trace 17  GET /compare [4]  200  20.0 s, begun 30 s ago",
          "                                  0                 20.0 s",
          "GET /compare    [4]  20.0 s       ────────────────────────",
          "  GET /slow   [4]:2  10.0 s  200  ████████████",
          "  GET /slow   [4]:3  10.0 s  200              ████████████",
          "  GET /ip     [4]:4   1.0 s  200        ▒▒",
          "… 2 more",
          "critical path: GET /slow [4]:2 10.0 s,", "  GET /slow [4]:3 10.0 s",
        ])
  }

  @Test(arguments: 1...120)
  func noLineIsWiderThanTheWindow(_ columns: Int) {
    let lines = WaterfallView(waterfall, columns: columns).lines.map(\.plain)
    // The narrowest still have names, times and steps.
    #expect(lines.allSatisfy { Layout.width(of: $0) <= max(columns, 28) })
    #expect(lines.count >= 5)
  }

  @Test func whatCouldOverlapStandsBelow() {
    var waterfall = waterfall
    waterfall.overlaps = [
      .init(cell: 4, lines: [2, 3], before: .seconds(20), after: .seconds(10)),
      .init(cell: 7, lines: [1, 1, 5], before: .milliseconds(60), after: .milliseconds(20)),
    ]
    let lines = WaterfallView(waterfall, columns: 90).lines.map(\.plain)
    #expect(
      lines.suffix(3) == [
        "the GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s",
        "the 3 GETs at lines 1 and 5 in cell [7] could overlap: 20 ms instead of 60 ms",
        "  to begin them at once: await all([get(…), get(…)])",
      ])
    #expect(
      WaterfallView(waterfall, columns: 40).lines.map(\.plain).suffix(6) == [
        "the GETs at lines 2 and 3 could overlap:", "  10.0 s instead of 20.0 s",
        "the 3 GETs at lines 1 and 5 in cell [7]", "  could overlap: 20 ms instead of 60 ms",
        "  to begin them at once: await", "  all([get(…), get(…)])",
      ])
  }

  @Test func whatWasBegunBeforeIsToldAsSuch() {
    var waterfall = waterfall
    waterfall.overlaps = [
      .init(cell: 4, lines: [2, 5], begunLines: [2], before: .seconds(5), after: .seconds(3)),
      .init(cell: 4, lines: [6, 7, 8, 8], begunLines: [6, 7], before: .seconds(9), after: .seconds(3)),
    ]
    #expect(
      WaterfallView(waterfall, columns: 90).lines.map(\.plain).suffix(3) == [
        "the GET at line 5 could overlap that begun at line 2: 3.0 s instead of 5.0 s",
        "the 2 GETs at line 8 could overlap those begun at lines 6 and 7: 3.0 s instead of 9.0 s",
        "  to begin them at once: await all([begun, get(…)])",
      ])
    waterfall.overlaps.insert(.init(cell: 4, lines: [1, 2], before: .seconds(5), after: .seconds(3)), at: 1)
    #expect(
      WaterfallView(waterfall, columns: 90).lines.map(\.plain).suffix(6).map { $0.prefix(52) } == [
        "the GET at line 5 could overlap that begun at line 2",
        "  to begin them at once: await all([begun, get(…)])",
        "the GETs at lines 1 and 2 could overlap: 3.0 s inste",
        "  to begin them at once: await all([get(…), get(…)])",
        "the 2 GETs at line 8 could overlap those begun at li",
        "  to begin them at once: await all([begun, get(…)])",
      ])
  }
}
