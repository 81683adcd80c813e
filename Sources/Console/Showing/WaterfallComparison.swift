import KernelCore

/// Two traces on one axis of time, side by side where the window is wide enough, else one below the other; and in what they
/// differ, as a whole and on the critical path.
struct WaterfallComparison {
  let lines: [StyledText]

  /// With less room they stand one below the other: in a window of less than 120 columns, of which the last stays free.
  static let sideBySide = 119
  /// Things of the critical path that are named.
  private static let stepLimit = 5
  private static let gap = StyledText(" │ ", .dim)

  init(_ first: Waterfall, _ second: Waterfall, columns: Int) {
    let isWide = columns >= Self.sideBySide
    let width = isWide ? (columns - 3) / 2 : columns
    let layout = WaterfallColumns(for: [first, second], columns: width)
    let views = [first, second].map { WaterfallView($0, layout, columns: width) }
    let drawn =
      isWide
      ? Self.beside(views[0].picture, views[1].picture, width: width)
      : views[0].whole + [StyledText()] + views[1].whole
    lines = drawn + [StyledText()] + Self.differences(first, second, columns: columns)
  }

  private static func beside(_ left: [StyledText], _ right: [StyledText], width: Int) -> [StyledText] {
    (0..<max(left.count, right.count)).map { place in
      let one = place < left.count ? left[place].cut(to: width) : StyledText()
      let other = place < right.count ? right[place].cut(to: width) : StyledText()
      let filling = String(repeating: " ", count: max(0, width - Layout.width(of: one.plain)))
      return one + StyledText(filling) + gap + other
    }
  }

  // MARK: In words

  private static func differences(_ first: Waterfall, _ second: Waterfall, columns: Int) -> [StyledText] {
    let whole = change(first.trace.duration, second.trace.duration, "in all")
    let sentence = WaterfallView.lines(of: whole, columns: columns, .bold)
    let (before, after) = (times(first), times(second))
    if before.isEmpty && after.isEmpty { return sentence }
    // Of a trace that is larger than what is drawn not all of the path has rows.
    let isWhole = first.hidden == 0 && second.hidden == 0
    var path = ["critical path:"] + (isWhole ? change(total(before), total(after)) : [])
    let longest = max(first.trace.duration, second.trace.duration)
    let steps = changes(before, after) { $0 * 100 >= longest }
    if path.count == 1, steps.isEmpty { return sentence }
    if !steps.isEmpty {
      if isWhole { path[path.count - 1] += ";" }
      path += steps.dropLast().map { $0 + "," } + [steps[steps.count - 1]]
    }
    return sentence + WaterfallView.lines(of: path, columns: columns, Style(.cyan))
  }

  /// What is on the one critical path for longer than on the other: the largest changes.
  private static func changes(
    _ before: [(name: String, time: Duration)], _ after: [(name: String, time: Duration)],
    isNotable: (Duration) -> Bool
  )
    -> [String]
  {
    let added = after.map(\.name).filter { name in !before.contains { $0.name == name } }
    let changes = (before.map(\.name) + added).map { name in
      (
        name: name, old: before.first { $0.name == name }?.time ?? .zero,
        new: after.first { $0.name == name }?.time ?? .zero
      )
    }.filter { Waterfall.time($0.old) != Waterfall.time($0.new) && isNotable(abs($0.old - $0.new)) }
    let sorted = changes.sorted { abs($0.old - $0.new) > abs($1.old - $1.new) }
    let words = sorted.prefix(stepLimit).map { name, old, new in
      let (before, after) = (Waterfall.time(old), Waterfall.time(new))
      return old == .zero
        ? "\(name) is new, \(after)"
        : new == .zero ? "\(name) is gone, \(before)" : "\(name) \(before) → \(after)"
    }
    let rest = sorted.count - words.count
    return words + (rest > 0 ? ["\(rest) smaller change\(rest == 1 ? "" : "s")"] : [])
  }

  /// `10.0 s less in all (20.0 s → 10.0 s)`
  private static func change(_ old: Duration, _ new: Duration, _ words: String? = nil) -> [String] {
    let (before, after) = (Waterfall.time(old), Waterfall.time(new))
    let end = words.map { " \($0)" } ?? ""
    if before == after { return ["as long\(end)", "(\(before))"] }
    let difference = "\(Waterfall.time(abs(old - new))) \(new < old ? "less" : "more")"
    return [difference + end, "(\(before) → \(after))"]
  }

  private static func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }

  /// How long each thing was on the critical path, by its name: the places of two codes differ.
  private static func times(_ waterfall: Waterfall) -> [(name: String, time: Duration)] {
    var times: [(name: String, time: Duration)] = []
    for step in waterfall.critical {
      let name = waterfall.rows[step.row].name
      if let place = times.firstIndex(where: { $0.name == name }) {
        times[place].time += step.duration
      } else {
        times.append((name, step.duration))
      }
    }
    return times
  }

  private static func total(_ times: [(name: String, time: Duration)]) -> Duration {
    times.reduce(.zero) { $0 + $1.time }
  }
}

extension StyledText {
  /// The text, cut where it is wider than so many columns.
  fileprivate func cut(to columns: Int) -> StyledText {
    if Layout.width(of: plain) <= columns { return self }
    var result = StyledText()
    var room = columns
    for span in spans where room > 0 {
      let text = TableView.cut(span.text, to: room)
      result.spans.append(Span(text, span.style))
      room -= Layout.width(of: text)
    }
    return result
  }
}
