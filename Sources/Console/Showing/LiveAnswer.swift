import KernelCore
import Synchronization

/// Shows the answer to a call by hand that does not come at once, as it comes. For any thread.
final class LiveAnswer: Sendable {
  private struct State {
    var hasBegun = false
    var isText = true
    var isInBackground = false
  }

  private let state = Mutex(State())
  private let label: String
  private let view: AnswerView
  private let print: @Sendable (StyledText) -> Void

  /// - Parameters:
  ///   - label: the call, which stands before its lines while it goes on in the background.
  ///   - columns: how wide the window is.
  init(_ label: String, columns: Int?, print: @escaping @Sendable (StyledText) -> Void) {
    self.label = label
    view = AnswerView(columns: columns)
    self.print = print
  }

  /// Whether something of it was shown before its end.
  var hasBegun: Bool { state.withLock { $0.hasBegun } }

  func goOnInBackground(_ isInBackground: Bool) { state.withLock { $0.isInBackground = isInBackground } }

  func show(_ progress: AnswerProgress) {
    switch progress {
    case .begun(let answer):
      let isText = AnswerView.isText(answer)
      let state = state.withLock { state in
        (state.hasBegun, state.isText) = (true, isText)
        return state
      }
      show(view.opening(answer), state)
    case .lines(let lines):
      let state = state.withLock { $0 }
      if state.isText { show(lines.map { StyledText($0) }, state) }
    }
  }

  private func show(_ lines: [StyledText], _ state: State) {
    var lines = lines
    if state.isInBackground {
      // Among other things a line without anything says nothing.
      lines = lines.filter { !$0.plain.isEmpty }.map { StyledText("\(label)  ", .dim) + $0 }
    }
    if lines.isEmpty { return }
    var spans = Array(lines.map(\.spans).joined(separator: [StyledText.Span("\n")]))
    // What is printed ends its last line itself, unless there is nothing on it.
    if lines.last?.plain.isEmpty == true { spans.append(StyledText.Span("\n")) }
    print(StyledText(spans))
  }
}
