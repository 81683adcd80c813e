import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import KernelCore

/// A trace as a picture: well-formed whatever it holds, with nothing from elsewhere, and bounded.
struct WaterfallSVGTests {
  private func row(
    _ name: String, _ depth: Int, line: Int? = nil, _ start: Int, _ end: Int, waits: Bool = false,
    critical: Bool = false
  ) -> Waterfall.Row {
    Waterfall.Row(
      name: name, depth: depth, cell: 4, line: line, start: .seconds(start), duration: .seconds(end - start),
      isOpen: false, outcome: depth == 1 ? "200" : nil,
      pieces: [
        Waterfall.Piece(start: .seconds(start), end: .seconds(end), isWaiting: waits, isCritical: critical)
      ])
  }

  private func waterfall(_ rows: [Waterfall.Row]? = nil, title: String = "GET /compare") -> Waterfall {
    var waterfall = Waterfall(
      trace: TraceSummary(
        number: 17, title: title, cell: 4, outcome: "200", duration: .seconds(20), isOpen: false,
        age: .seconds(30)),
      rows: rows ?? [
        row("GET /compare", 0, 0, 20, waits: true), row("GET /slow", 1, line: 2, 0, 10, critical: true),
        row("GET /slow", 1, line: 3, 10, 20, critical: true), row("GET /ip", 1, line: 4, 5, 6),
      ], hidden: 2,
      critical: rows == nil
        ? [.init(row: 1, duration: .seconds(10)), .init(row: 2, duration: .seconds(10))] : [])
    waterfall.overlaps = [.init(cell: 4, lines: [2, 3], before: .seconds(20), after: .seconds(10))]
    return waterfall
  }

  /// The elements with their attributes and their own text, in order.
  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String], text: String)] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String] = [:]
    ) {
      open.append(elements.count)
      elements.append((name, attributes, ""))
    }

    func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = open.last { elements[last].text += text }
    }
  }

  private func read(_ svg: WaterfallSVG) throws -> Reader {
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.text.utf8))
    parser.delegate = reader
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") in line \(parser.lineNumber)")
    return reader
  }

  @Test func itSaysWhatItShows() throws {
    let reader = try read(WaterfallSVG(waterfall()))
    let root = try #require(reader.elements.first)
    #expect(root.name == "svg")
    #expect(root.attributes["role"] == "img")
    #expect(root.attributes["aria-labelledby"] == "routebook-trace-17-title routebook-trace-17-desc")
    #expect(reader.elements[1].name == "title")
    #expect(reader.elements[1].text == "trace 17: GET /compare [4], 200, 20.0 s")
    #expect(
      reader.elements[2].text
        == "A row for each of 4 things, with bars on one axis of time. On the critical path: GET /slow [4]:2 10.0 s, "
        + "GET /slow [4]:3 10.0 s. The GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s.")
    let texts = reader.elements.filter { $0.name == "text" }.map(\.text)
    for text in [
      "0", "10.0 s", "20.0 s", "GET /ip", "[4]:3", "10.0 s  200", "… 2 more", "critical path",
      "the GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s",
      "  to begin them at once: await all([get(…), get(…)])",
    ] { #expect(texts.contains(text), "\(text)") }
    let titles = reader.elements.filter { $0.name == "title" }.map(\.text)
    #expect(titles.contains("GET /slow [4]:2, 10.0 s  200, from 0 ms, on the critical path"))
    #expect(titles.contains("GET /ip [4]:4, 1.0 s  200, from 5.0 s"))
  }

  @Test func barsStandOnOneAxisAndDifferInForm() throws {
    let reader = try read(WaterfallSVG(waterfall()))
    let paths = reader.elements.filter { $0.name == "path" && $0.attributes["class"] != "grid" }
    #expect(paths.map { $0.attributes["class"] } == ["waiting", "critical", "critical", "other"])
    let starts = paths.compactMap {
      $0.attributes["d"]?.dropFirst().split(separator: " ").first.flatMap { Double($0) }
    }
    #expect(starts.count == 4)
    #expect(starts[0] == starts[1])
    #expect(starts[1] < starts[3] && starts[3] < starts[2])
    // Twenty seconds end at the margin.
    #expect(abs((starts[2] - starts[0]) * 2 - (1_000 - 16 - starts[0])) < 0.3)
    #expect(WaterfallSVG(waterfall()).text.contains("prefers-color-scheme: dark"))
  }

  @Test func whatItIsGivenIsEscaped() throws {
    let evil = "<script>alert(\"1\")</script> & ' ]]> --> \u{0}\u{1B}[31m \u{FFFE} 日本 \u{202E}"
    let reader = try read(WaterfallSVG(waterfall([row(evil, 0, 0, 20)], title: evil)))
    #expect(!reader.elements.contains { $0.name == "script" })
    #expect(
      reader.elements.contains { $0.name == "text" && $0.text.hasPrefix("<script>alert(\"1\")</script> & '") }
    )
    let names = Set(reader.elements.map(\.name))
    #expect(names == ["svg", "title", "desc", "style", "rect", "text", "path", "g"])
    for attribute in reader.elements.flatMap({ $0.attributes.keys }) {
      #expect(!attribute.lowercased().hasPrefix("on") && !attribute.hasSuffix("href"))
    }
  }

  @Test func nothingIsTakenFromElsewhere() {
    let text = WaterfallSVG(waterfall()).text
    #expect(text.ranges(of: "http").count == 1)
    for word in ["url(", "@import", "href", "<image", "<script", "<foreignObject"] {
      #expect(!text.contains(word))
    }
  }

  @Test func itIsBounded() throws {
    let pieces = (0..<20_000).map {
      Waterfall.Piece(
        start: .milliseconds($0), end: .milliseconds($0 + 1), isWaiting: $0 % 2 == 0, isCritical: false)
    }
    let rows = (0..<1_000).map { _ in
      Waterfall.Row(
        name: String(repeating: "x", count: 200), depth: 50, cell: 1, line: 1, start: .zero,
        duration: .seconds(20),
        isOpen: true, outcome: "failed", pieces: pieces)
    }
    let svg = WaterfallSVG(waterfall(rows))
    #expect(svg.text.utf8.count < 4_000_000)
    #expect(svg.text.contains("… 702 more"))
    _ = try read(svg)
  }

  @Test(arguments: [0, 1, 999, 1_000_000, 20_000_000_000, 400_000_000_000_000, Int.max / 2])
  func anyTimeCanBeDrawn(nanoseconds: Int) throws {
    let end = Duration.nanoseconds(nanoseconds)
    let row = Waterfall.Row(
      name: "cell", depth: 0, cell: 1, line: nil, start: .zero, duration: end, isOpen: false, outcome: nil,
      pieces: nanoseconds == 0 ? [] : [.init(start: .zero, end: end, isWaiting: false, isCritical: true)])
    let waterfall = Waterfall(
      trace: TraceSummary(
        number: 1, title: "cell", cell: 1, outcome: nil, duration: end, isOpen: true, age: .zero),
      rows: [row], hidden: 0, critical: [])
    let text = WaterfallSVG(waterfall).text
    #expect(!text.contains("nan") && !text.contains("inf"))
    #expect(text.ranges(of: "class=\"grid\"").count <= 12)
    _ = try read(WaterfallSVG(waterfall))
  }

  @Test func aPictureIsKnownByItsBeginning() {
    #expect(WaterfallSVG.isPicture(beginningWith: WaterfallSVG(waterfall()).text.utf8))
    #expect(
      !WaterfallSVG.isPicture(beginningWith: "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\">".utf8))
    #expect(!WaterfallSVG.isPicture(beginningWith: [UInt8]()))
  }

  @Test func marksStandAtRoundTimes() {
    #expect(
      TimeTicks(upTo: .seconds(20), atMost: 6).times == [0, 5, 10, 15, 20].map { Duration.seconds($0) })
    #expect(
      TimeTicks(upTo: .milliseconds(502), atMost: 6).times.map { $0 / 100 }
        == (0...5).map { Duration.milliseconds($0) })
    #expect(TimeTicks(upTo: .zero, atMost: 6).times == [.zero])
  }
}
