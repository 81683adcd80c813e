import KernelCore

// Where the time of a request went.

extension Prompt {
  /// `%trace`, `%trace 17`, `%trace /compare`, `%trace slowest`, `%trace all`.
  func showTrace(_ argument: String) {
    if argument == "all" || argument == "--all" { return listTraces() }
    // A path with spaces may stand in quotes, as for other commands.
    let words = argument.hasPrefix("\"") ? argument.splitIntoWords : [argument]
    guard words.count == 1, let choice = TraceChoice(words[0]) else {
      return refuse("write %trace, %trace 17, %trace /path, %trace slowest or %trace all")
    }
    guard let waterfall = asked({ $0.trace(choice) }) else { return refuse(Self.missing(choice)) }
    for line in WaterfallView(waterfall, columns: (input.columns ?? 100) - 1).lines { say(line) }
  }

  /// `%diff /compare /faster-compare`, `%diff 17 18`.
  func compareTraces(_ argument: String) {
    let words = argument.splitIntoWords
    let choices = words.compactMap { TraceChoice($0) }
    guard words.count == 2, choices.count == 2 else {
      return refuse("write %diff /path /other, or %diff 17 18: two traces, by path, number or slowest")
    }
    var traces: [Waterfall] = []
    for choice in choices {
      guard let waterfall = asked({ $0.trace(choice) }) else { return refuse(Self.missing(choice)) }
      traces.append(waterfall)
    }
    let columns = (input.columns ?? 100) - 1
    for line in WaterfallComparison(traces[0], traces[1], columns: columns).lines { say(line) }
  }

  static func missing(_ choice: TraceChoice) -> String {
    switch choice {
    case .last, .slowest: "nothing was traced yet; make a request: %get /"
    case .number(let number): "trace \(number) is not kept, or never was; %trace all lists those that are"
    case .path(let path):
      "no request for \(path) is kept, or there was none; %get \(path) makes one, if there is a route for it"
    }
  }

  private func listTraces() {
    guard let list = asked({ $0.traces(limit: 30) }), !list.traces.isEmpty else {
      return say("nothing was traced yet; make a request: %get /")
    }
    let traces = list.traces
    let titles = traces.map { $0.title + ($0.cell.map { " [\($0)]" } ?? "") }
    let width = titles.map { Layout.width(of: $0) }.filter { $0 <= 40 }.max() ?? 0
    let columns = input.columns ?? .max
    let isNarrow = columns < 6 + 22 + 12 + 11
    let room = columns - (isNarrow ? 7 : 6 + 22 + 11)
    for (trace, whole) in zip(traces, titles) {
      let title =
        StyledText("\(trace.number)".padded(to: 6)) + StyledText(TableView.cut(whole, to: max(room, 12)))
      let time = Waterfall.time(trace.duration) + (trace.isOpen ? "…" : "")
      let age = "\(Prompt.duration(trace.age)) ago"
      if isNarrow {
        say(title)
        let facts = [time, trace.outcome, age].compactMap(\.self).joined(separator: "  ")
        say(StyledText("      " + facts, .dim).wrapped(to: columns, indent: 6))
        continue
      }
      let gap = max(1, 6 + min(width, room) + 1 - Layout.width(of: title.plain))
      say(
        title
          + StyledText(
            String(repeating: " ", count: gap) + time.padded(to: 10) + (trace.outcome ?? "").padded(to: 10)
              + age,
            .dim))
    }
    let older = [
      list.olderCount > 0 ? "\(list.olderCount) older" : nil,
      list.olderTickCount > 0 ? "\(list.olderTickCount) older ticks of every" : nil,
    ].compactMap(\.self)
    if !older.isEmpty {
      input.tell("… and \(older.joined(separator: ", ")): %trace with a number shows one", .dim)
    }
  }
}

extension TraceChoice {
  /// Nil for what names no trace.
  init?(_ argument: String) {
    if argument.isEmpty {
      self = .last
    } else if let number = Int(argument) {
      self = .number(number)
    } else if argument.hasPrefix("/") {
      self = .path(argument)
    } else if argument == "slowest" || argument == "--slowest" {
      self = .slowest
    } else {
      return nil
    }
  }
}
