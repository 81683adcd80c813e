import KernelCore
import Notebooks

// Entering and running cells.

extension Prompt {
  /// Makes the next cell of the notebook and runs it.
  func enter(_ text: String) {
    if let line = CellsFile.markerLine(in: text) ?? CellsFile.outputLine(in: text) {
      return refuse(
        "line \(line) looks like a marker of the cells file and could not be saved; indent it or write it otherwise"
      )
    }
    let number = notebook.nextNumber
    let place = insertion.flatMap(notebook.index(of:)) ?? notebook.cells.count
    make(
      [.added(Cell(number: number, source: text), at: place)], undoableAs: insertion == nil ? nil : "%insert")
    insertion = nil
    Completer.shared.learn(from: [text])
    runCell(number, text)
  }

  /// Runs cells one after another, up to the first that fails. Compactly, each is shown by its headline, and of
  /// what it came to only what went wrong.
  @discardableResult
  func runCells(_ numbers: [Int], isCompact: Bool = false) -> Bool {
    for number in numbers {
      guard let cell = notebook[number] else { continue }
      if isCompact {
        say(StyledText("[\(number)] ", Style(.green)) + StyledText(Prompt.headline(of: cell)))
      } else {
        say(Transcript.input(number, cell.source))
      }
      guard runCell(number, cell.source, isCompact: isCompact) else {
        if numbers.last != number { complain(stopped(at: number)) }
        return false
      }
    }
    return true
  }

  /// Why the cells after this one did not run, and what to do.
  func stopped(at number: Int) -> String {
    let (word, advice) =
      if case .ended(let result) = states[number], result.outcome == .interrupted {
        ("was interrupted", "")
      } else {
        ("failed", isInteractive ? "; %delete \(number) removes it" : "")
      }
    return "cell [\(number)] \(word); the cells after it were not run\(advice)"
  }

  /// Runs a cell and shows what it came to; false where it failed.
  @discardableResult
  private func runCell(_ number: Int, _ text: String, isCompact: Bool = false) -> Bool {
    let slot = ResultSlot()
    let input = self.input
    let run = states.begin(number, text)
    runningCell.number = number
    kernel.run(cell: number, text: text) { [runningCell, isInteractive] result in
      // On the loop: what comes after this is no longer the cell's own output, and stands below its result.
      let isAwaited = runningCell.end(number)
      let isShown = result.isSuccess ? !isCompact : isInteractive
      if isAwaited, isShown, let text = Transcript.result(result) { input.printAbove(text) }
      slot.set(result)
      input.wake()
    }
    guard let result = wait(for: slot, number, run) else { return true }
    states.end(run, result)
    input.flush()
    guard !result.isSuccess else { return true }
    hasFailed = true
    // Where nobody looks, what goes wrong is told on standard error.
    if !isInteractive, let text = Transcript.result(result) { complain(text.plain) }
    return false
  }

  /// Waits until a cell has ended; nil where the person let it go on in the background.
  private func wait(for slot: ResultSlot, _ number: Int, _ run: CellStates.Run) -> CellResult? {
    let started = ContinuousClock.now
    while true {
      let outcome = input.wait(
        status: { Prompt.waiting(number, ContinuousClock.now - started) },
        until: { slot.value != nil })
      switch outcome {
      case .finished: return slot.value
      case .interrupted: kernel.interrupt()
      case .backgrounded:
        // It may have ended just now, and shown its result.
        guard runningCell.end(number) else { continue }
        say(StyledText("[\(number)] goes on in the background", .dim))
        slot.onSet = { [input, states] result in
          // A kernel that was restarted meanwhile has said what became of its cells.
          guard states.end(run, result) else { return }
          input.printAbove(
            StyledText("[\(number)] has ended after \(Prompt.duration(result.duration))", .dim)
              + (Transcript.result(result).map { "\n" + $0 } ?? StyledText()))
        }
        return nil
      }
    }
  }

  /// What stands beside the spinner; after a while, also what can be done.
  private static func waiting(_ number: Int, _ time: Duration) -> String {
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    let shown = seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds)) s"
    return "[\(number)] \(shown)"
      + (seconds < 2 ? "" : "  Ctrl-C stops it, Ctrl-Z lets it go on in the background")
  }
}
