import KernelCore

// Where the time of a request went.

extension Prompt {
  /// `%trace`, `%trace 17`, `%trace /compare`, `%trace slowest`, `%trace all`.
  func showTrace(_ argument: String) {
    if argument == "all" || argument == "--all" { return listTraces() }
    guard let choice = TraceChoice(argument) else {
      return refuse("write %trace, %trace 17, %trace /path, %trace slowest or %trace all")
    }
    guard let waterfall = asked({ $0.trace(choice) }) else { return refuse(Self.missing(choice)) }
    for line in WaterfallView(waterfall, columns: (input.columns ?? 100) - 1).lines { say(line) }
  }

  static func missing(_ choice: TraceChoice) -> String {
    switch choice {
    case .last, .slowest: "nothing was traced yet; make a request: %get /"
    case .number(let number): "trace \(number) is not kept, or never was; %trace all lists those that are"
    case .path(let path):
      "no request for \(path) was traced; %get \(path) makes one, if there is a route for it"
    }
  }

  private func listTraces() {
    guard let list = asked({ $0.traces(limit: 30) }), !list.traces.isEmpty else {
      return say("nothing was traced yet; make a request: %get /")
    }
    let traces = list.traces
    let titles = traces.map { $0.title + ($0.cell.map { " [\($0)]" } ?? "") }
    let width = titles.map { Layout.width(of: $0) }.filter { $0 <= 40 }.max() ?? 0
    for (trace, title) in zip(traces, titles) {
      let time = Waterfall.time(trace.duration) + (trace.isOpen ? "…" : "")
      say(
        StyledText("\(trace.number)".padded(to: 6)) + StyledText(title.padded(to: width + 1))
          + StyledText(
            "\(time.padded(to: 10))\((trace.outcome ?? "").padded(to: 10))\(Prompt.duration(trace.age)) ago",
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
