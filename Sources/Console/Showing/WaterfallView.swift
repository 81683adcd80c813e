import Foundation
import KernelCore

/// A trace as lines: a row for each thing with its time, and bars on one axis. What the end had to wait for is full, the
/// rest is light, and where a fiber waited there is a line.
struct WaterfallView {
  let lines: [StyledText]

  /// Bars narrower than this would say nothing; then there are none.
  private static let narrowest = 5
  private static let widest = 100
  /// Levels that are indented; what lies deeper stands below each other.
  private static let deepest = 20
  /// Levels that are indented by two columns; where there are more, each is by one.
  private static let deepestOfTwo = 6

  init(_ waterfall: Waterfall, columns: Int) {
    var lines = [Self.title(waterfall.trace)]
    let indent = waterfall.rows.contains { $0.depth > Self.deepestOfTwo } ? " " : "  "
    let names = waterfall.rows.map { String(repeating: indent, count: min($0.depth, Self.deepest)) + $0.name }
    let times = waterfall.rows.map { Waterfall.time($0.duration) + ($0.isOpen ? "…" : "") }
    let places = waterfall.rows.map { Waterfall.place($0.cell, $0.line) }
    let outcomes = waterfall.rows.map { $0.outcome ?? "" }
    let longest = names.map { Layout.width(of: $0) }.max() ?? 0
    var fixed = [places, times, outcomes].map { $0.map { Layout.width(of: $0) }.max() ?? 0 }
    var rest: Int { fixed.reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } }
    // Where there is no room, places and outcomes give way to names and bars.
    for column in [0, 2] where columns - rest - 4 - Self.narrowest < min(longest, 20) { fixed[column] = 0 }
    let nameWidth = max(
      8, min(longest, max(20, (columns - rest) / 2, min(40, columns - rest - 20)), columns - rest - 2))
    let room = min(Self.widest, columns - rest - nameWidth - 4)
    let hasBars = room >= Self.narrowest && waterfall.trace.duration > .zero
    if hasBars {
      let end = Waterfall.time(waterfall.trace.duration)
      let gap = room - 1 - Layout.width(of: end)
      let before = String(repeating: " ", count: nameWidth + rest + 2)
      let axis = gap > 0 ? "0" + String(repeating: " ", count: gap) + end : String(end.suffix(room))
      lines.append(StyledText(before + axis, .dim))
    }
    for (place, row) in waterfall.rows.enumerated() {
      let isCritical = row.pieces.contains(where: \.isCritical)
      let name = TableView.cut(names[place], to: nameWidth)
      var line = StyledText(
        name + String(repeating: " ", count: nameWidth - Layout.width(of: name)),
        isCritical ? .bold : .plain)
      for (texts, width) in zip([places, times, outcomes], fixed) where width > 0 {
        let text = texts[place]
        let gap = String(repeating: " ", count: width - Layout.width(of: text))
        line = line + StyledText("  " + gap + text, .dim)
      }
      if hasBars { line = line + StyledText("  ") + Self.bar(row, of: waterfall.trace.duration, width: room) }
      lines.append(line)
    }
    if waterfall.hidden > 0 { lines.append(StyledText("… \(waterfall.hidden) more", .dim)) }
    lines += Self.criticalPath(waterfall, columns: columns)
    lines += Self.advice(waterfall, columns: columns)
    self.lines = lines
  }

  private static func title(_ trace: TraceSummary) -> StyledText {
    let cell = trace.cell.map { " [\($0)]" } ?? ""
    let outcome = trace.outcome.map { "  \($0)" } ?? ""
    let state = trace.isOpen ? "\(Waterfall.time(trace.duration)) so far" : Waterfall.time(trace.duration)
    return StyledText("trace \(trace.number)  ", .dim) + StyledText(trace.title + cell, .bold)
      + StyledText("\(outcome)  \(state), begun \(Prompt.duration(trace.age)) ago", .dim)
  }

  /// `critical path: GET /sleep/10 [4]:2 10.0 s, GET /sleep/10 [4]:3 10.0 s`
  private static func criticalPath(_ waterfall: Waterfall, columns: Int) -> [StyledText] {
    let (steps, omitted) = waterfall.criticalSteps()
    if steps.isEmpty { return [] }
    var lines: [String] = []
    var line = "critical path:"
    for (place, step) in (steps + (omitted > 0 ? ["and \(omitted) shorter"] : [])).enumerated() {
      let word = step + (place < steps.count - 1 ? "," : "")
      if Layout.width(of: line) + 1 + Layout.width(of: word) > columns {
        lines.append(line)
        line = "  " + word
      } else {
        line += " " + word
      }
    }
    return (lines + [line]).map { StyledText($0, Style(.cyan)) }
  }

  /// `the GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s`, and how that is written.
  private static func advice(_ waterfall: Waterfall, columns: Int) -> [StyledText] {
    let sentences = waterfall.overlaps.flatMap { overlap in
      StyledText(overlap.sentence(in: waterfall.trace), Style(.yellow)).wrapped(to: columns + 1, indent: 2)
        .lines
    }
    guard !sentences.isEmpty else { return [] }
    let advice = StyledText("  to begin them at once: " + Waterfall.Overlap.idiom, .dim)
    return sentences + advice.wrapped(to: columns + 1, indent: 2).lines
  }

  // MARK: Bars

  /// Each character stands for what took most of its time; nothing is too short to be seen.
  private static func bar(_ row: Waterfall.Row, of total: Duration, width: Int) -> StyledText {
    let scale = Double(width) / Waterfall.seconds(total)
    var characters = [(character: Character, style: Style)](repeating: (" ", .plain), count: width)
    var shares = [Double](repeating: 0, count: width)
    for piece in row.pieces {
      let from = min(Double(width), Waterfall.seconds(piece.start) * scale)
      let to = min(Double(width), Waterfall.seconds(piece.end) * scale)
      for place in Int(from)..<max(Int(from), min(width, Int(to.rounded(.up)))) {
        let share = min(to, Double(place + 1)) - max(from, Double(place))
        guard share > shares[place] else { continue }
        shares[place] = share
        characters[place] = look(of: piece)
      }
    }
    if row.pieces.isEmpty || characters.allSatisfy({ $0.character == " " }) {
      let place = min(width - 1, max(0, Int(Waterfall.seconds(row.start) * scale)))
      characters[place] = ("▏", .dim)
    }
    var spans: [StyledText.Span] = []
    while characters.last?.character == " " { characters.removeLast() }
    for (character, style) in characters {
      if spans.last?.style == style {
        spans[spans.count - 1].text.append(character)
      } else {
        spans.append(.init(String(character), style))
      }
    }
    return StyledText(spans)
  }

  private static func look(of piece: Waterfall.Piece) -> (Character, Style) {
    switch (piece.isWaiting, piece.isCritical) {
    case (true, _): ("─", .dim)
    case (false, true): ("█", Style(.cyan))
    case (false, false): ("▒", .dim)
    }
  }
}
