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
    var call = arguments.call
    let label = "\(call.method) \(call.url)"
    let live = LiveAnswer(label, columns: input.columns) { input.printAbove($0) }
    // Where nobody looks the whole answer is wanted.
    if isInteractive { call.onProgress = { live.show($0) } }
    let takeBack = kernel.ask(call) { result in
      slot.set(result)
      input.wake()
    }
    let pending = PendingAnswer(slot: slot, label: label, live: live, started: .now, takeBack: takeBack)
    if arguments.isInBackground { return leaveInBackground(pending) }
    waitForAnswer(pending)
  }

  /// A call by hand whose answer has not come to its end.
  private struct PendingAnswer {
    let slot: Slot<Result<Answer, PromptCallError>>
    let label: String
    let live: LiveAnswer
    let started: ContinuousClock.Instant
    let takeBack: @Sendable () -> Void
  }

  private func waitForAnswer(_ pending: PendingAnswer) {
    var isStopped = false
    let result = wait(for: pending.slot, pending.label, since: pending.started) {
      isStopped = true
      pending.takeBack()
      pending.slot.set(.failure(PromptCallError(message: "\(pending.label) is taken back")))
    } backgrounding: {
      leaveInBackground(pending)
      return true
    }
    guard let result else { return }
    switch result {
    case .success where pending.live.hasBegun: input.tell("\(pending.label) has ended", .dim)
    case .success(let answer): say(Prompt.shown(answer, columns: input.columns))
    // What has no end is ended so.
    case .failure where isStopped && pending.live.hasBegun: input.tell("\(pending.label) was stopped", .dim)
    case .failure(let error): refuse(error.text)
    }
  }

  private func leaveInBackground(_ pending: PendingAnswer) {
    let (label, live, columns) = (pending.label, pending.live, input.columns)
    live.goOnInBackground(true)
    input.tell("\(label) goes on in the background; %fg brings it back", .dim)
    pending.slot.onSet = { [input] result in
      let head = StyledText("\(label) has ended", .dim)
      switch result {
      case .success where live.hasBegun: input.printAbove(head)
      case .success(let answer): input.printAbove(head + "\n" + Prompt.shown(answer, columns: columns))
      case .failure(let error): input.complainAbove(head + "\n" + StyledText(error.text, Style(.red)))
      }
    }
    background.append(
      Background(label: label, cell: nil, isOver: { pending.slot.value != nil }) { [unowned self] in
        pending.slot.onSet = nil
        live.goOnInBackground(false)
        waitForAnswer(pending)
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
