import KernelCore

// Calls that a person makes by hand.

extension Prompt {
  /// `%get /path` and its sisters: makes a call and shows the whole answer.
  func request(_ method: String, _ argument: String) {
    switch RequestArguments.parse(argument, method: method) {
    case .failure(let problem): refuse(problem.message)
    case .success(let arguments): ask(arguments)
    }
  }

  /// What a browser would show, where there is none: the status and the body.
  func showPage(_ address: String, at target: String) {
    let slot = Slot<Result<Answer, PromptCallError>>()
    var call = PromptCall(method: "GET", url: target)
    call.followsRedirects = true
    let takeBack = kernel.ask(call) { [input] result in
      slot.set(result)
      input.wake()
    }
    let result = wait(for: slot, "GET \(target)", since: .now) {
      takeBack()
      slot.set(.failure(PromptCallError(message: "GET \(target) is taken back")))
    } backgrounding: {
      false
    }
    switch result {
    case .success(let answer):
      let event = KernelEvent.opened(url: address, status: answer.status, body: answer.text)
      if let text = Transcript.event(event) { say(text) }
    case .failure(let error): refuse(error.text)
    case nil: break
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
      return input.tell("\(label) goes on in the background; %fg brings it back", .dim)
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
      input.tell("\(label) goes on in the background; %fg brings it back", .dim)
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
      case .failure(let error): input.printAbove(head + StyledText(error.text, Style(.red)))
      }
    }
    background.append(
      Background(label: label, cell: nil, isOver: { slot.value != nil }) { [unowned self] in
        slot.onSet = nil
        waitForAnswer(slot, label, since: started, takeBack)
      })
  }

  nonisolated private static func shown(_ answer: Answer, columns: Int?) -> StyledText {
    let lines = AnswerView(columns: columns).lines(answer)
    return StyledText(Array(lines.map(\.spans).joined(separator: [.init("\n")])))
  }
}

extension PromptCallError {
  /// What went wrong and what to do.
  fileprivate var text: String { "error: \(message)" + (help.map { "\n  help: \($0)" } ?? "") }
}
