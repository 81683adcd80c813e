import Foundation
import KernelCore

/// A trace as lines: a row for each thing with its time, and bars on one axis. What the end had to wait for is full, the
/// rest is light, and where a fiber waited there is a line.
struct WaterfallView {
  /// Its title and its rows.
  let picture: [StyledText]
  /// The title in as many lines as it takes where it stands alone.
  private let title: [StyledText]
  /// The critical path and what could overlap, in words.
  private let notes: [StyledText]

  /// The picture where nothing stands beside it.
  var whole: [StyledText] { title + picture.dropFirst() }

  var lines: [StyledText] { whole + notes }

  init(_ waterfall: Waterfall, columns: Int) {
    self.init(waterfall, WaterfallColumns(for: [waterfall], columns: columns), columns: columns)
  }

  init(_ waterfall: Waterfall, _ layout: WaterfallColumns, columns: Int) {
    var lines = [Self.title(waterfall.trace)]
    title = lines[0].wrapped(to: columns + 1, indent: 2).lines
    if let room = layout.bars {
      let end = Waterfall.time(layout.axis)
      let gap = room - 1 - Layout.width(of: end)
      let marks = gap > 0 ? "0" + String(repeating: " ", count: gap) + end : gap > -2 ? end : ""
      lines.append(StyledText(String(repeating: " ", count: layout.barStart) + marks, .dim))
    }
    for (row, texts) in zip(waterfall.rows, WaterfallColumns.texts(of: waterfall)) {
      let isCritical = row.pieces.contains(where: \.isCritical)
      let name = TableView.cut(texts.name, to: layout.name)
      var line = StyledText(
        name + String(repeating: " ", count: layout.name - Layout.width(of: name)),
        isCritical ? .bold : .plain)
      for (text, width) in zip(texts.fixed, layout.fixed) where width > 0 {
        let gap = String(repeating: " ", count: width - Layout.width(of: text))
        line = line + StyledText("  " + gap + text, .dim)
      }
      if let room = layout.bars {
        line = line + StyledText("  ") + Self.bar(row, of: layout.axis, width: room)
      }
      lines.append(line)
    }
    if waterfall.hidden > 0 { lines.append(StyledText("… \(waterfall.hidden) more", .dim)) }
    picture = lines
    notes = Self.criticalPath(waterfall, columns: columns) + Self.advice(waterfall, columns: columns)
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
    let words = steps.dropLast().map { $0 + "," } + [steps[steps.count - 1]]
    return lines(
      of: ["critical path:"] + words + (omitted > 0 ? ["and \(omitted) shorter"] : []), columns: columns,
      Style(.cyan))
  }

  /// Pieces of a sentence in lines, each whole where the window is wide enough.
  static func lines(of pieces: [String], columns: Int, _ style: Style) -> [StyledText] {
    var lines: [String] = []
    var line = ""
    for piece in pieces {
      if !line.isEmpty, Layout.width(of: line) + 1 + Layout.width(of: piece) > columns {
        lines.append(line)
        line = "  " + piece
      } else {
        line += line.isEmpty ? piece : " " + piece
      }
    }
    return (lines + [line]).flatMap { StyledText($0, style).wrapped(to: columns + 1, indent: 4).lines }
  }

  /// `the GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s`, and how that is written.
  private static func advice(_ waterfall: Waterfall, columns: Int) -> [StyledText] {
    waterfall.advice.flatMap { overlap, idiom in
      let sentence = StyledText(overlap.sentence(in: waterfall.trace), Style(.yellow))
      let how = idiom.map { StyledText("  to begin them at once: " + $0, .dim) }
      return [sentence, how].compactMap { $0 }.flatMap { $0.wrapped(to: columns + 1, indent: 2).lines }
    }
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
