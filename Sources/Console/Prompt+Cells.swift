import Foundation
import KernelCore
import Notebooks

// Entering and running cells.

extension Prompt {
  /// Makes the next cell of the notebook and runs it.
  func enter(_ text: String) {
    guard checkMarkers(text) else { return }
    let number = notebook.nextNumber
    let end = notebook.cells.count
    let place = insertion.flatMap(notebook.index(of:)) ?? end
    make([.added(Cell(number: number, source: text), at: place)], undoableAs: nil)
    if insertion != nil {
      insertion = nil
      undoable.removeAll { $0.isAhead }
      // The cell stays, where it would have been without the command.
      keep(Undoable(command: "%insert", inverses: [.moved(number, to: end)]))
    }
    Completer.shared.learn(from: [text])
    runCell(number, text)
  }

  /// Runs cells one after another, up to the first that fails or at which Ctrl-C or Ctrl-Z is pressed. Compactly, each
  /// is shown by its headline, and of what it came to only what went wrong.
  ///
  /// - Parameter hasMore: whether others are to run after them.
  @discardableResult
  func runCells(_ numbers: [Int], isCompact: Bool = false, hasMore: Bool = false) -> Bool {
    for (place, number) in numbers.enumerated() {
      guard let cell = notebook[number] else { continue }
      if isCompact {
        say(StyledText("[\(number)] ", Style(.green)) + StyledText(Prompt.headline(of: cell)))
      } else {
        say(Transcript.input(number, cell.source))
      }
      let isLast = place == numbers.count - 1 && !hasMore
      guard runCell(number, cell.source, isCompact: isCompact) || mayGoOn(after: cell) else {
        if !isLast { complain(stopped(at: number)) }
        return false
      }
      guard !isLast else { continue }
      // The key came when the cell had just ended.
      if isInterrupted {
        complain("interrupted after cell [\(number)]; the cells after it were not run")
        return false
      }
      // What the next one needs may be what this one still waits for.
      if isBackgrounded {
        refuse(left(at: number, hasMore ? [] : Array(numbers[(place + 1)...])))
        return false
      }
    }
    return true
  }

  /// Whether a cell failed that may, so that the next one runs.
  private func mayGoOn(after cell: Cell) -> Bool {
    guard cell.mayFail, !isInterrupted, let number = cell.number, case .ended(let result) = states[number]
    else {
      return false
    }
    return result.outcome != .interrupted
  }

  /// `%time 3`: runs cells and says how long each took.
  func timeCells(_ numbers: [Int]) {
    let before = numbers.map { states.lastRun(of: $0) }
    runCells(numbers)
    // Where one ends the whole, those behind it have not run.
    tellTimes(zip(numbers, before).filter { states.lastRun(of: $0) != $1 }.map(\.0))
  }

  /// `%time 1 + 1`: enters a cell and says how long it took.
  func timeNewCell(_ text: String) {
    let number = notebook.nextNumber
    enter(text)
    if notebook[number] != nil { tellTimes([number]) }
  }

  private func tellTimes(_ numbers: [Int]) {
    for number in numbers {
      guard case .ended(let result) = states[number] else { continue }
      let nanoseconds =
        Double(result.duration.components.attoseconds) / 1e9 + Double(result.duration.components.seconds)
        * 1e9
      let text =
        switch nanoseconds {
        case ..<1e6: String(format: "%.0f µs", nanoseconds / 1e3)
        case ..<1e9: String(format: "%.1f ms", nanoseconds / 1e6)
        default: String(format: "%.2f s", nanoseconds / 1e9)
        }
      say("[\(number)] took \(text)")
    }
  }

  /// What to say where a run of several cells ends at one that is left in the background.
  ///
  /// - Parameter rest: the cells that were to run after it, where all of them are known.
  func left(at number: Int, _ rest: [Int]) -> String {
    let text = "the cells after [\(number)] were not run"
    guard let first = rest.first, let last = rest.last else { return text }
    if rest.count == 1 { return "cell [\(first)] was not run; %run \(first) runs it" }
    let all = notebook.codeNumbers
    if let start = all.firstIndex(of: first), all[start...].starts(with: rest) {
      return "\(text); %run \(first)-\(last) runs them"
    }
    return rest.count > 12 ? text : "\(text); %run \(rest.map(String.init).joined(separator: " ")) runs them"
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
  func runCell(_ number: Int, _ text: String, isCompact: Bool = false) -> Bool {
    let slot = Slot<CellResult>()
    // Whatever makes it stale from now on is news.
    knownStale.remove(number)
    let run = states.begin(number, text)
    runningCell.begin(run)
    let show = showing(run, isCompact: isCompact)
    kernel.run(cell: number, text: text) { [input] result in
      show(result)
      slot.set(result)
      input.wake()
    }
    return waitForCell(slot, number, run, since: .now)
  }

  /// Shows what a run came to, if the prompt still waits for it. To be called on the loop: what comes after it is no
  /// longer the cell's own output, and stands below its result.
  private func showing(_ run: CellStates.Run, isCompact: Bool) -> @Sendable (CellResult) -> Void {
    let columns = isInteractive ? input.columns : nil
    return { [input, runningCell, isInteractive] result in
      let isAwaited = runningCell.end(run)
      let isShown = result.isSuccess ? !isCompact : isInteractive
      if isAwaited, isShown, let text = Transcript.result(result, columns: columns) { input.printAbove(text) }
    }
  }

  /// Waits until a cell has ended; false where it failed. One that the person lets go on in the background counts as
  /// one that has not.
  private func waitForCell(
    _ slot: Slot<CellResult>, _ number: Int, _ run: CellStates.Run, since started: ContinuousClock.Instant
  ) -> Bool {
    let others = background.filter { !$0.isOver() && $0.cell != number }.compactMap(\.cell)
    let result = wait(for: slot, "[\(number)]", since: started) {
      guard kernel.waitsForItsTurn(cell: number) else { return nil }
      guard others.count == 1, let other = others.first else {
        return "waits for its turn: another cell computes"
      }
      return "waits for its turn: [\(other)] computes; Ctrl-C and %fg \(other) lead there"
    } interrupting: {
      kernel.interrupt(cell: number)
    } backgrounding: {
      // It may have ended just now, and shown its result.
      guard runningCell.end(run) else { return false }
      input.tell("[\(number)] goes on in the background; %fg brings it back", .dim)
      leaveInBackground(slot, number, run, since: started, isShown: true)
      return true
    }
    guard let result else { return true }
    states.end(run, result)
    input.flush()
    guard !result.isSuccess else { return true }
    if notebook[number]?.mayFail != true { hasFailed = true }
    // Where nobody looks, what goes wrong is told on standard error.
    if !isInteractive, let text = Transcript.result(result) { complain(text.plain) }
    return false
  }

  /// Lets a run of a cell go on while the person types; what it comes to is shown above the prompt.
  ///
  /// - Parameter isShown: whether that is shown by whoever began it where the prompt waits for it again.
  func leaveInBackground(
    _ slot: Slot<CellResult>, _ number: Int, _ run: CellStates.Run, since started: ContinuousClock.Instant,
    isShown: Bool
  ) {
    let columns = isInteractive ? input.columns : nil
    slot.onSet = { [input, states] result in
      if !states.end(run, result) {
        // A kernel that was restarted meanwhile has said what became of its cells.
        guard states.hasBegunAgain(run) else { return }
        if result.outcome == .interrupted {
          let text = Prompt.stoppedInBackground([number])
          return input.printAbove(columns.map(text.wrapped(to:)) ?? text)
        }
      }
      input.printAbove(
        StyledText("[\(number)] has ended after \(Prompt.duration(result.duration))", .dim)
          + (Transcript.result(result, columns: columns, tellsTime: false).map { "\n" + $0 } ?? StyledText()))
    }
    background.append(
      Background(label: "[\(number)]", cell: number, isOver: { slot.value != nil }) { [unowned self] in
        runningCell.begin(run)
        let show = showing(run, isCompact: false)
        if isShown {
          slot.onSet = nil
        } else {
          slot.onSet = { [input] result in
            show(result)
            input.wake()
          }
        }
        _ = waitForCell(slot, number, run, since: started)
      })
  }
}
