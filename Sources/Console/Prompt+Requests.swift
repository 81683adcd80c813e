import KernelCore

// Calls that a person makes by hand, and what goes on.

extension Prompt {
  /// `%get /path` and its sisters: makes a call and shows the whole answer.
  func request(_ method: String, _ argument: String) {
    switch RequestArguments.parse(argument, method: method) {
    case .failure(let problem): refuse(problem.message)
    case .success(let arguments): ask(arguments)
    }
  }

  private func ask(_ arguments: RequestArguments) {
    let slot = Slot<Result<Answer, PromptCallError>>()
    let input = self.input
    let takeBack = kernel.ask(arguments.call) { result in
      slot.set(result)
      input.wake()
    }
    let label = "\(arguments.call.method) \(arguments.call.url)"
    if arguments.isInBackground {
      leaveInBackground(slot, label, since: .now, takeBack)
      return say(StyledText("\(label) goes on in the background; %fg brings it back", .dim))
    }
    waitForAnswer(slot, label, since: .now, takeBack)
  }

  private func waitForAnswer(
    _ slot: Slot<Result<Answer, PromptCallError>>, _ label: String, since started: ContinuousClock.Instant,
    _ takeBack: @escaping @Sendable () -> Void
  ) {
    let result = wait(for: slot, label, since: started) {
      takeBack()
      slot.set(.failure(PromptCallError(message: "\(label) is taken back")))
    } backgrounding: {
      say(StyledText("\(label) goes on in the background; %fg brings it back", .dim))
      leaveInBackground(slot, label, since: started, takeBack)
      return true
    }
    guard let result else { return }
    switch result {
    case .success(let answer): say(Prompt.shown(answer, columns: input.columns))
    case .failure(let error): refuse(error.text)
    }
  }

  private func leaveInBackground(
    _ slot: Slot<Result<Answer, PromptCallError>>, _ label: String, since started: ContinuousClock.Instant,
    _ takeBack: @escaping @Sendable () -> Void
  ) {
    let columns = input.columns
    slot.onSet = { [input] result in
      let head = StyledText("\(label) has ended\n", .dim)
      switch result {
      case .success(let answer): input.printAbove(head + Prompt.shown(answer, columns: columns))
      case .failure(let error): input.printAbove(StyledText(error.text, Style(.red)))
      }
    }
    background.append(
      Background(label: label, cell: nil, isOver: { slot.value != nil }) { [unowned self] in
        slot.onSet = nil
        waitForAnswer(slot, label, since: started, takeBack)
      })
  }

  nonisolated private static func shown(_ answer: Answer, columns: Int?) -> StyledText {
    let lines = AnswerView(columns: columns ?? 100).lines(answer)
    return StyledText(Array(lines.map(\.spans).joined(separator: [.init("\n")])))
  }

  // MARK: What goes on

  func listActivities() {
    let activities = kernel.activities()
    if activities.isEmpty { return say("nothing goes on: no request, no timer, no fiber waits") }
    let shown = activities.prefix(Prompt.activityLimit)
    let width = shown.map { Layout.width(of: $0.name) }.filter { $0 <= 40 }.max() ?? 0
    for activity in shown {
      let place =
        activity.cell.map { cell in "[\(cell)]" + (activity.line.map { " line \($0)" } ?? "") } ?? ""
      let waits = activity.waitsFor.map { "  waits for \($0)" } ?? ""
      say(
        StyledText("\(activity.number)".padded(to: 4))
          + StyledText(activity.kind.rawValue.padded(to: 8), Style(.cyan))
          + StyledText(activity.name.padded(to: width + 1))
          + StyledText("\(Prompt.duration(activity.age).padded(to: 7))\(place)\(waits)", .dim))
    }
    if activities.count > shown.count {
      say(StyledText("… \(activities.count - shown.count) more, which are younger", .dim))
    }
  }

  private static let activityLimit = 50

  /// `%cancel 7 8`
  func cancelActivities(_ argument: String) {
    let words = argument.split(whereSeparator: { $0 == " " || $0 == "," })
    if words.isEmpty { return refuse("say which: %cancel 7; %ps lists what goes on") }
    for word in words {
      guard let number = Int(word) else {
        refuse("\"\(word)\" is no number of %ps")
        continue
      }
      if kernel.cancel(activity: number) {
        say("\(number) is cancelled")
      } else {
        refuse("nothing that goes on has the number \(number); %ps lists what goes on")
      }
    }
  }

  func listVariables() {
    let variables = kernel.variables()
    if variables.isEmpty { return say("no cell has declared a name yet") }
    let name = min(24, variables.map(\.name.count).max() ?? 0) + 1
    let type = min(16, variables.map(\.type.count).max() ?? 0) + 1
    for variable in variables {
      let cell = variable.cell.map { "[\($0)]" } ?? ""
      let head =
        StyledText(variable.name.padded(to: name), Style(.cyan))
        + StyledText(variable.type.padded(to: type) + cell.padded(to: 5), .dim)
      let room = max(10, (input.columns ?? 200) - Layout.width(of: head.plain) - 1)
      say(head + StyledText(TableView.cut(variable.kind == .function ? "" : variable.value, to: room)))
    }
  }

  /// `%clock`: what time it is for the notebook.
  func tellTime() {
    let clock = kernel.clock()
    let date = clock.date.formatted(
      .iso8601.dateTimeSeparator(.standard).time(includingFractionalSeconds: true))
    say(
      clock.isVirtual
        ? "\(date), \(Prompt.duration(clock.elapsed)) after the start of a virtual clock"
        : "\(date), by the real clock")
  }

  /// `%history 20`: what was entered last, here and in other notebooks.
  func listHistory(_ argument: String) {
    guard let count = argument.isEmpty ? 20 : Int(argument), count > 0 else {
      return refuse("write %history or %history 50")
    }
    let entries = input.historyEntries
    if entries.isEmpty { return say("nothing was entered yet") }
    for entry in entries.suffix(count) {
      let lines = entry.split(separator: "\n", omittingEmptySubsequences: false)
      say(StyledText("· ", .dim) + StyledText(lines.joined(separator: "\n  ")))
    }
  }

  /// `%log on`, `%log off`, `%log`.
  func log(_ argument: String) {
    switch argument {
    case "on", "": setLogging(true)
    case "off": setLogging(false)
    default: refuse("write %log on or %log off")
    }
  }

  private func setLogging(_ isOn: Bool) {
    kernel.logRequests(isOn)
    say(isOn ? "each request is told as it is answered; %log off ends that" : "requests are no longer told")
  }
}

extension PromptCallError {
  /// What went wrong and what to do.
  fileprivate var text: String { "error: \(message)" + (help.map { "\n  help: \($0)" } ?? "") }
}
