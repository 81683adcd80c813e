import Synchronization

/// Lines on their way to the terminal. Any thread adds, the main thread takes. When the terminal can't keep up the
/// oldest are dropped, and a line says how many.
final class PrintQueue: Sendable {
  struct Line: Equatable {
    var text: String
    /// Whether it says what went wrong.
    var isError = false
  }

  private struct State {
    var lines: [Line] = []
    /// Where the oldest line is; the ones before it have been dropped.
    var first = 0
    var bytes = 0
    var dropped = 0
  }

  private let state = Mutex(State())
  private let lineLimit: Int
  private let byteLimit: Int

  init(lineLimit: Int = 10_000, byteLimit: Int = 16 << 20) {
    self.lineLimit = lineLimit
    self.byteLimit = byteLimit
  }

  /// Adds text that is ready for the terminal.
  func add(_ text: String, isError: Bool = false) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true, lines.count > 1 { lines.removeLast() }
    state.withLock { state in
      for line in lines {
        state.lines.append(Line(text: String(line), isError: isError))
        state.bytes += line.utf8.count
        while state.lines.count - state.first > lineLimit || state.bytes > byteLimit {
          state.bytes -= state.lines[state.first].text.utf8.count
          state.lines[state.first].text = ""
          state.first += 1
          state.dropped += 1
        }
      }
      if state.first > lineLimit {
        state.lines.removeFirst(state.first)
        state.first = 0
      }
    }
  }

  /// The lines that wait, oldest first, and takes them out.
  func take() -> [String] { takeMarked().map(\.text) }

  /// The same, each with what it is.
  func takeMarked() -> [Line] {
    state.withLock { state in
      var lines = Array(state.lines[state.first...])
      if state.dropped > 0 {
        let notice = "… \(state.dropped) lines left out: they came faster than the terminal shows them"
        lines.insert(Line(text: notice), at: 0)
      }
      state = State()
      return lines
    }
  }
}
