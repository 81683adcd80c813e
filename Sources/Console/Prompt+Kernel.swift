import Foundation
import KernelCore
import Notebooks

// The kernel as a whole: restarting it, and its pages.

extension Prompt {
  func restart(isSaid: Bool = true) {
    let flag = Flag()
    let input = self.input
    // Before: what cells in the background come to by this is not worth a line each.
    let background = states.forgetAll()
    self.background = []
    kernel.restart {
      flag.set()
      input.wake()
    }
    while input.wait(status: { "restarting" }, until: { flag.isSet }) != .finished {}
    if !background.isEmpty { say(Prompt.stoppedInBackground(background)) }
    if isSaid { say("restarted: variables, routes and timers are gone; %rerun brings them back") }
  }

  /// Which cells were stopped as they waited in the background.
  nonisolated static func stoppedInBackground(_ cells: [Int]) -> String {
    let names = cells.prefix(8).map { "[\($0)]" }.joined(separator: ", ") + (cells.count > 8 ? ", …" : "")
    return "\(names) waited in the background and \(cells.count == 1 ? "was" : "were") stopped"
  }

  /// Restarts the kernel and runs cells, naming only the ones that went wrong. `verb` says what was done.
  func rerun(_ numbers: [Int], verb: String = "restarted") {
    let flag = Flag()
    let input = self.input
    let texts = notebook.texts
    let cells = numbers.compactMap { number in texts[number].map { (number: number, text: $0) } }
    let mayFail = Set(notebook.codeCells.filter(\.mayFail).compactMap(\.number))
    let total = cells.count
    let collected = ResultList()
    var left: Int?
    let background = states.forgetAll()
    if !background.isEmpty { say(Prompt.stoppedInBackground(background)) }
    openings.heldBack(isSilent: true) {
    } during: {
      kernel.rerunAll(cells, mayFail: mayFail) { result in
        collected.add(result)
      } completion: { last in
        // Where Ctrl-C came between two cells, it is one that has not begun.
        if let last, collected.all.last?.cell != last.cell { collected.add(last) }
        flag.set()
        input.wake()
      }
      let started = ContinuousClock.now
      while true {
        let outcome = input.wait(
          status: {
            Prompt.waiting(
              "cell \(min(collected.count + 1, total)) of \(total)", ContinuousClock.now - started)
          }, until: { flag.isSet })
        switch outcome {
        case .finished: return
        case .interrupted: if !flag.isSet { kernel.interrupt() }
        case .backgrounded: left = left ?? leaveRerun(collected)
        }
      }
    }
    let columns = isInteractive ? input.columns : nil
    for result in collected.all {
      states.note(result, texts[result.cell] ?? "")
      guard !result.isSuccess, let text = Transcript.result(result, columns: columns) else { continue }
      if isInteractive { say(text) } else { complain(text.plain) }
    }
    if let left, let place = numbers.firstIndex(of: left), place < numbers.count - 1 {
      refuse("\(verb); \(self.left(at: left, Array(numbers[(place + 1)...])))")
    } else if let failed = collected.all.last, !failed.isSuccess,
      failed.outcome == .interrupted || !mayFail.contains(failed.cell)
    {
      hasFailed = true
      complain(
        failed.cell == numbers.last
          ? "\(verb), but cell [\(failed.cell)] did not succeed" : stopped(at: failed.cell))
    } else {
      say("\(verb), and ran \(total) cell\(total == 1 ? "" : "s")")
    }
  }

  /// Ends a re-run at the cell that waits, which goes on in the background; gives its number, and nil where none waits.
  private func leaveRerun(_ collected: ResultList) -> Int? {
    guard let number = kernel.leaveRerun() else { return nil }
    let slot = Slot<CellResult>()
    let run = states.begin(number, notebook[number]?.source ?? "")
    input.tell("[\(number)] goes on in the background; %fg brings it back", .dim)
    leaveInBackground(slot, number, run, since: .now, isShown: false)
    collected.leave(number, to: slot)
    return number
  }

  func openPage(_ argument: String) {
    let target = RequestArguments.unquoted(argument)
    guard target.hasPrefix("/") || target.hasPrefix("http://") || target.hasPrefix("https://") else {
      let path = target.contains(":") || target.contains(" ") ? "/greet/you" : "/" + target
      return refuse("%open takes a path, as %open \(path), or an http address")
    }
    if !isInteractive { return showPage(target, at: target.replacing(" ", with: "%20")) }
    guard target.hasPrefix("/") else { return openings.openNow(target) { [input] in input.printAbove($0) } }
    guard let base = asked({ $0.addresses() }).first(where: { $0.hasPrefix("http") }) else {
      return refuse("nothing listens yet; run listen(\"tcp:8080\") first")
    }
    // What no address may contain is percent-encoded, as in a cell's `open`.
    let path = target.replacing(" ", with: "%20")
    openings.openNow(base + path) { [input] in input.printAbove($0) }
  }

  /// Not at a terminal: what cells started is let end before the program does.
  func settle() {
    let end = ContinuousClock.now + .seconds(60)
    while kernel.settle(within: .seconds(60)) == .underWay, ContinuousClock.now < end {
      input.flush()
      Thread.sleep(forTimeInterval: 0.02)
    }
    input.flush()
  }
}
