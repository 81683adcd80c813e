import Dispatch
import Synchronization

/// One answer of the loop to somebody who waits for a bounded time.
final class PromptAnswer<Answer: Sendable>: Sendable {
  private enum State {
    case asked
    case given(Answer)
    /// Nobody waits any more.
    case dropped
  }

  private let state = Mutex(State.asked)
  private let isGiven = DispatchSemaphore(value: 0)

  /// Works the answer out, unless it is too late for it.
  func give(_ answer: () -> Answer) {
    if case .dropped = state.withLock(\.self) { return }
    let answer = answer()
    state.withLock { state in
      if case .asked = state { state = .given(answer) }
    }
    isGiven.signal()
  }

  /// Waits for the answer; nil where it does not come in time.
  func wait(_ time: Duration) -> Answer? {
    let nanoseconds = time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
    _ = isGiven.wait(timeout: .now() + .nanoseconds(Int(nanoseconds)))
    return state.withLock { state in
      if case .given(let answer) = state { return answer }
      state = .dropped
      return nil
    }
  }
}
