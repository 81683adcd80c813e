import Foundation
import KernelCore

// Waiting for cells and calls, in the foreground and in the background.

extension Prompt {
  /// A cell or a call that goes on while the person types.
  struct Background {
    /// What it is called: `[3]`, `GET /block`.
    let label: String
    /// The cell that it is, if any.
    let cell: Int?
    let isOver: @Sendable () -> Bool
    /// Waits for it again, and shows what it came to.
    let bringBack: @MainActor () -> Void
  }

  /// Waits until a value has come; nil where it is left to come in the background.
  ///
  /// - Parameters:
  ///   - label: what stands beside the spinner.
  ///   - delay: what the wait is for, where it is another than for what the label names.
  ///   - interrupting: what Ctrl-C does; the value is waited for all the same.
  ///   - backgrounding: what Ctrl-Z does; false where it can't be left any more.
  func wait<Value>(
    for slot: Slot<Value>, _ label: String, since started: ContinuousClock.Instant,
    delay: () -> String? = { nil }, interrupting: () -> Void, backgrounding: () -> Bool
  ) -> Value? {
    while true {
      let outcome = input.wait(
        status: { Prompt.waiting(label, ContinuousClock.now - started, delay: delay()) },
        until: { slot.value != nil })
      switch outcome {
      case .finished: return slot.value
      case .interrupted:
        isInterrupted = true
        // Nothing else that goes on is meant.
        if slot.value == nil { interrupting() }
      case .backgrounded:
        isBackgrounded = true
        if backgrounding() { return nil }
      }
    }
  }

  /// What the kernel answers. While it computes, the person sees that, and Ctrl-C stops what it computes.
  func asked<Answer: Sendable>(_ question: @escaping @Sendable (KernelHandle) -> Answer) -> Answer {
    let slot = Slot<Answer>()
    let started = ContinuousClock.now
    DispatchQueue.global().async { [kernel, input] in
      slot.set(question(kernel))
      input.wake()
    }
    while true {
      if let answer = slot.value { return answer }
      let outcome = input.wait(
        status: {
          let time = Prompt.duration(ContinuousClock.now - started)
          return "a cell computes, and nothing else can be asked meanwhile  \(time)  Ctrl-C stops it"
        }, until: { slot.value != nil })
      guard outcome == .interrupted else { continue }
      isInterrupted = true
      // What was asked may be answered already, and a cell that waits is not meant then.
      if slot.value == nil { kernel.interrupt() }
    }
  }

  /// What stands beside the spinner; after a while, also what can be done.
  nonisolated static func waiting(_ label: String, _ time: Duration, delay: String? = nil) -> String {
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    let shown = seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds)) s"
    if let delay { return "\(label) \(shown)  \(delay)" }
    return "\(label) \(shown)"
      + (seconds < 2 ? "" : "  Ctrl-C stops it, Ctrl-Z lets it go on in the background")
  }

  /// `%fg`: waits again for what goes on in the background, the last where none is named.
  func bringToForeground(_ argument: String) {
    background.removeAll { $0.isOver() }
    guard let last = background.last else {
      return argument.isEmpty
        ? say("nothing waits in the background")
        : refuse("\(argument) does not wait in the background; nothing does")
    }
    var chosen = last
    if !argument.isEmpty {
      let found = background.last {
        $0.cell.map { "\($0)" == argument } ?? false || $0.label == argument
          || $0.label.hasSuffix(" " + argument)
      }
      guard let found else {
        let names = background.map(\.label).joined(separator: ", ")
        return refuse(
          "\(argument) does not wait in the background; \(names) \(background.count == 1 ? "does" : "do")")
      }
      chosen = found
    }
    background.removeAll { $0.label == chosen.label && $0.cell == chosen.cell }
    chosen.bringBack()
  }
}
