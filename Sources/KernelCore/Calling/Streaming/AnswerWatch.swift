import VM

/// Ends a body that nobody reads, or of which nothing comes, and knows whether somebody waits for it.
final class AnswerWatch {
  private let clock: any Clock
  /// Nanoseconds in which a piece must come from within this process; nil for no bound. A transfer has its own.
  private let silenceLimit: Int?
  /// Told when somebody begins to wait for a body from outside, and when nobody does any more.
  private let onOutsideWait: (Bool) -> Void
  /// Told when nothing more comes.
  private let onEnd: () -> Void
  private weak var body: AnswerBody?
  private var idle: ClockToken?
  private var silence: ClockToken?
  private var lastRead = 0
  private var lastHeard = 0
  private var isAwaitedFromOutside = false
  private var isOver = false

  init(
    clock: any Clock, silenceLimit: Int?, onOutsideWait: @escaping (Bool) -> Void, onEnd: @escaping () -> Void
  ) {
    self.clock = clock
    self.silenceLimit = silenceLimit
    self.onOutsideWait = onOutsideWait
    self.onEnd = onEnd
  }

  /// Begins to watch.
  func begin(_ body: AnswerBody) {
    self.body = body
    lastRead = clock.now
    lastHeard = clock.now
    planIdle()
    if body.source?.isOutside == false { planSilence() }
  }

  /// Something has come.
  func heard() { lastHeard = clock.now }

  /// Somebody asks for a piece.
  func read() { lastRead = clock.now }

  /// Somebody waits, or does no more.
  func awaited(_ isAwaited: Bool) {
    lastRead = clock.now
    if !isAwaited { planIdle() }
    let isOutside = isAwaited && body?.source?.isOutside == true
    if isOutside != isAwaitedFromOutside {
      isAwaitedFromOutside = isOutside
      onOutsideWait(isOutside)
    }
  }

  /// Nothing more comes.
  func end() {
    if isOver { return }
    isOver = true
    for token in [idle, silence] { if let token { clock.cancel(token) } }
    idle = nil
    silence = nil
    if isAwaitedFromOutside {
      isAwaitedFromOutside = false
      onOutsideWait(false)
    }
    onEnd()
  }

  // Both look again when they fall due, rather than be set anew with each piece.

  private func planIdle() {
    guard idle == nil, !isOver else { return }
    idle = clock.schedule(at: lastRead.addingClamped(AnswerBody.idleLimit)) { [weak self] in
      guard let self, let body else { return }
      idle = nil
      if body.isAwaited { return }
      guard clock.now - lastRead >= AnswerBody.idleLimit else { return planIdle() }
      let span = Machine.text(ofDuration: AnswerBody.idleLimit)
      body.close(
        AnswerBody.Trouble(
          kind: .timeout, message: "nobody has read the body for \(span), so it was closed",
          help: "read it as it comes, or call again"))
    }
  }

  private func planSilence() {
    guard let silenceLimit, !isOver else { return }
    silence = clock.schedule(at: lastHeard.addingClamped(silenceLimit)) { [weak self] in
      guard let self, let body else { return }
      silence = nil
      // Who takes nothing has to be waited for.
      if body.isFull { lastHeard = clock.now }
      guard clock.now - lastHeard >= silenceLimit else { return planSilence() }
      let span = Machine.text(ofDuration: silenceLimit)
      body.fail(AnswerBody.Trouble(kind: .timeout, message: "nothing more came within \(span)"))
    }
  }
}
