import Foundation

/// Lays a trace out as shapes of SVG, and says it in words.
struct WaterfallDrawing {
  static let width = 1_000.0
  private(set) var height = 0.0
  /// What it is of.
  let title: String
  /// The elements, a line each.
  private(set) var shapes = ""

  /// Rows that are drawn; more are only counted.
  static let rowLimit = 300
  private static let margin = 16.0
  private static let rowHeight = 22.0
  private static let barHeight = 12.0
  /// Where the first row begins.
  private static let top = 76.0
  private static let lineHeight = 19.0
  /// How wide a letter of the font may be.
  private static let letter = 7.9
  private static let indent = 14.0
  private static let deepest = 12
  private static let longestName = 40
  /// A row that has more pieces is drawn more coarsely: bars of less than that width go into the one before.
  private static let pieceLimit = 100
  private static let coarseWidth = 4.0

  private let waterfall: Waterfall
  private let rows: ArraySlice<Waterfall.Row>
  private let places: [String]
  private let times: [String]
  /// Where the columns begin.
  private let placeStart, timeStart, barStart: Double

  init(_ waterfall: Waterfall) {
    self.waterfall = waterfall
    let trace = waterfall.trace
    title =
      "trace \(trace.number): \(trace.title)\(trace.cell.map { " [\($0)]" } ?? "")"
      + (trace.outcome.map { ", \($0)" } ?? "") + ", \(Waterfall.time(trace.duration))"
      + (trace.isOpen ? " so far" : "")
    rows = waterfall.rows.prefix(Self.rowLimit)
    places = rows.map { Waterfall.place($0.cell, $0.line) }
    times = rows.map {
      Waterfall.time($0.duration) + ($0.isOpen ? "…" : "") + ($0.outcome.map { "  \($0)" } ?? "")
    }
    let longest = rows.map { Self.indent(of: $0) + Self.width(of: $0.name) }.max() ?? 0
    placeStart = Self.margin + min(longest, Double(Self.longestName) * Self.letter) + 14
    timeStart = placeStart + (places.map { Self.width(of: $0) }.max() ?? 0) + 14
    barStart = timeStart + min(220, times.map { Self.width(of: $0) }.max() ?? 0) + 18
    draw()
  }

  /// The same in words, for who does not see it.
  var description: String {
    var sentences = ["A row for each of \(rows.count) things, with bars on one axis of time."]
    let (steps, omitted) = waterfall.criticalSteps()
    if !steps.isEmpty {
      let rest = omitted > 0 ? " and \(omitted) shorter" : ""
      sentences.append("On the critical path: \(steps.joined(separator: ", "))\(rest).")
    }
    for overlap in waterfall.overlaps {
      let sentence = overlap.sentence(in: waterfall.trace)
      sentences.append(sentence.prefix(1).uppercased() + sentence.dropFirst() + ".")
    }
    return sentences.joined(separator: " ")
  }

  // MARK: Parts

  private mutating func draw() {
    let bottom = Self.top + Double(rows.count) * Self.rowHeight
    var notes = ""
    var end = bottom + 26
    for (line, style) in self.notes {
      end += Self.lineHeight
      notes += text(line, Self.margin, end, style)
    }
    height = (end + Self.margin).rounded(.up)
    shapes += "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
    shapes += text(title, Self.margin, 28, "ink title", limit: 118)
    drawAxis(to: bottom)
    for (place, row) in rows.enumerated() { draw(row, place) }
    drawLegend(at: bottom + 22)
    shapes += notes
  }

  private mutating func drawAxis(to bottom: Double) {
    let room = Self.width - Self.margin - barStart
    for time in TimeTicks(upTo: waterfall.trace.duration, atMost: max(1, Int(room / 90))).times {
      let x = position(of: time)
      shapes += "<path class=\"grid\" d=\"M\(number(x)) \(number(Self.top - 6))V\(number(bottom))\"/>\n"
      let label = time == .zero ? "0" : Waterfall.time(time)
      let anchor = time == .zero ? "start" : x > Self.width - 40 ? "end" : "middle"
      shapes += text(label, x, Self.top - 12, "dim", anchor: anchor)
    }
  }

  private mutating func draw(_ row: Waterfall.Row, _ place: Int) {
    let y = Self.top + Double(place) * Self.rowHeight
    let baseline = y + Self.rowHeight - 7
    let isCritical = row.pieces.contains(where: \.isCritical)
    let begun = Waterfall.time(row.start)
    shapes += "<g><title>"
    shapes += "\(row.name) \(places[place]), \(times[place]), from \(begun)".escapedForXML
    shapes += isCritical ? ", on the critical path</title>\n" : "</title>\n"
    let room = placeStart - 14 - Self.margin - Self.indent(of: row)
    shapes += text(
      row.name, Self.margin + Self.indent(of: row), baseline, isCritical ? "ink on" : "ink",
      limit: max(1, Int(room / Self.letter + 0.01)))
    if !places[place].isEmpty { shapes += text(places[place], placeStart, baseline, "dim") }
    shapes += text(
      times[place], timeStart, baseline, "dim", limit: Int((barStart - timeStart - 18) / Self.letter + 0.01))
    drawBars(row, y + (Self.rowHeight - Self.barHeight) / 2)
    shapes += "</g>\n"
  }

  private enum Form: String {
    case critical, other, waiting

    init(_ piece: Waterfall.Piece) {
      self = piece.isWaiting ? .waiting : piece.isCritical ? .critical : .other
    }
  }

  /// A path for each form: full bars of the critical path, outlined ones beside it, lines where a fiber waited.
  private mutating func drawBars(_ row: Waterfall.Row, _ y: Double) {
    var paths: [Form: String] = [:]
    for (form, start, end) in bars(of: row) {
      let (top, height) = form == .waiting ? (y + Self.barHeight / 2 - 1, 2) : (y, Self.barHeight)
      let width = max(1.5, end - start)
      paths[form, default: ""] +=
        "M\(number(start)) \(number(top))h\(number(width))v\(number(height))h-\(number(width))z"
    }
    for form in [Form.waiting, .other, .critical] {
      if let path = paths[form] { shapes += "<path class=\"\(form.rawValue)\" d=\"\(path)\"/>\n" }
    }
  }

  private func bars(of row: Waterfall.Row) -> [(form: Form, start: Double, end: Double)] {
    if row.pieces.isEmpty {
      let x = position(of: row.start)
      return [(.other, x, x)]
    }
    var bars: [(form: Form, start: Double, end: Double)] = []
    for piece in row.pieces {
      let (start, end, form) = (position(of: piece.start), position(of: piece.end), Form(piece))
      guard let last = bars.last else {
        bars.append((form, start, end))
        continue
      }
      let isTooShort = row.pieces.count > Self.pieceLimit && end - last.start < Self.coarseWidth
      if last.form == form || isTooShort {
        bars[bars.count - 1].end = end
      } else {
        bars.append((form, start, end))
      }
    }
    return bars
  }

  private mutating func drawLegend(at y: Double) {
    var x = Self.margin
    for (form, words) in [(Form.critical, "critical path"), (.other, "beside it"), (.waiting, "waits")] {
      let (top, height) = form == .waiting ? (y - 5, 2) : (y - 10, Self.barHeight)
      shapes +=
        "<rect class=\"\(form.rawValue)\" x=\"\(number(x))\" y=\"\(number(top))\" width=\"20\" height=\"\(number(height))\"/>\n"
      shapes += text(words, x + 26, y, "dim")
      x += 26 + Self.width(of: words) + 22
    }
  }

  /// What stands below the rows, each with its style.
  private var notes: [(String, String)] {
    var notes: [(String, String)] = []
    let hidden = waterfall.hidden + waterfall.rows.count - rows.count
    if hidden > 0 { notes.append(("… \(hidden) more", "dim")) }
    let (steps, omitted) = waterfall.criticalSteps()
    if !steps.isEmpty {
      let words = steps.dropLast().map { $0 + "," } + [steps[steps.count - 1]]
      let all = ["critical path:"] + words + (omitted > 0 ? ["and \(omitted) shorter"] : [])
      notes += Self.lines(of: all).map { ($0, "ink") }
    }
    for (overlap, idiom) in waterfall.advice {
      let words = overlap.sentence(in: waterfall.trace).split(separator: " ").map(String.init)
      notes += Self.lines(of: words).map { ($0, "advice on") }
      if let idiom { notes.append(("  to begin them at once: \(idiom)", "advice")) }
    }
    return notes
  }

  // MARK: Measures

  private static func lines(of words: [String]) -> [String] {
    let room = width - 2 * margin
    var lines: [String] = []
    var line = ""
    for word in words {
      if !line.isEmpty, width(of: line + " " + word) > room {
        lines.append(line)
        line = "  " + word
      } else {
        line += line.isEmpty ? word : " " + word
      }
    }
    return lines + [line]
  }

  private func position(of time: Duration) -> Double {
    let total = Waterfall.seconds(waterfall.trace.duration)
    guard total > 0 else { return barStart }
    let share = min(1, max(0, Waterfall.seconds(time) / total))
    return barStart + share * (Self.width - Self.margin - barStart)
  }

  private static func indent(of row: Waterfall.Row) -> Double { Double(min(row.depth, deepest)) * indent }

  /// Letters of Asia and pictures are twice as wide as others.
  private static func columns(of character: Character) -> Int {
    character.unicodeScalars.first.map { $0.value >= 0x1100 && $0 != "…" } ?? false ? 2 : 1
  }

  private static func width(of text: String) -> Double {
    Double(text.reduce(0) { $0 + columns(of: $1) }) * letter
  }

  private func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }

  private func text(
    _ text: String, _ x: Double, _ y: Double, _ style: String, anchor: String? = nil, limit: Int = .max
  ) -> String {
    var shown = ""
    var columns = 0
    for character in text {
      columns += Self.columns(of: character)
      if columns > limit {
        shown = String(shown.dropLast()) + "…"
        break
      }
      shown.append(character)
    }
    let place = anchor.map { " text-anchor=\"\($0)\"" } ?? ""
    return
      "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\"\(place)>\(shown.escapedForXML)</text>\n"
  }
}
