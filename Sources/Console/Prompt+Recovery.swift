import Foundation
import Notebooks

// What was entered and not saved when a program was killed. Cells come back into the notebook that they were entered
// in, and into no other.

extension Prompt {
  /// Says what was left of this notebook, and that others have left something too.
  func offerRecovery() {
    let abandoned = Abandoned(of: path)
    if let latest = abandoned.own.first {
      let time = latest.lastEntry.formatted(date: .abbreviated, time: .shortened)
      let count = abandoned.own.reduce(0) { $0 + $1.cells.count }
      let (cells, them) = count == 1 ? ("1 cell was", "it") : ("\(count) cells were", "them")
      let place = path == nil ? "in a notebook that ended without saving" : "here and not saved"
      input.tell(
        "\(cells) entered \(place), on \(time): %recover brings \(them) back, %recover drop forgets \(them)",
        Style(.yellow))
    }
    if let elsewhere = abandoned.elsewhere { say(StyledText(elsewhere, .dim)) }
  }

  /// Brings back what was left of this notebook, or forgets it.
  func recover(drops: Bool) {
    let abandoned = Abandoned(of: path)
    if abandoned.own.isEmpty {
      return say(
        ["there is nothing to recover", abandoned.elsewhere].compactMap(\.self).joined(separator: "; "))
    }
    if drops {
      for entry in abandoned.own { Journal.discard(entry) }
      return say("forgotten")
    }
    var count = 0
    // The oldest first.
    for entry in abandoned.own.reversed() {
      do throws(JournalError) {
        _ = try journal.adopt(entry) { cells in
          let restored = notebook.restore(cells)
          for number in restored.compactMap(\.number) {
            entered.insert(number)
            states.forget(number)
          }
          Completer.shared.learn(from: restored.map(\.source))
          count += restored.count
          return restored
        }
      } catch {
        complain("not recovered: \(error)")
      }
    }
    if count == 0 { return say("the notebook has all of them already") }
    isModified = true
    say(
      count == 1
        ? "1 cell is back, not run yet; %cells lists it, %rerun runs all"
        : "\(count) cells are back, not run yet; %cells lists them, %rerun runs all")
  }
}

/// What killed programs have left, seen from one notebook.
private struct Abandoned {
  /// What was entered in this notebook, the latest first.
  let own: [AbandonedJournal]
  private let others: [AbandonedJournal]

  /// - Parameter path: the notebook's file. A notebook without one gets what belongs to no file that there is.
  init(of path: String?) {
    let all = Journal.abandoned().filter { !$0.cells.isEmpty }
    let file = path.map(Prompt.absolute)
    func isOwn(_ journal: AbandonedJournal) -> Bool {
      if journal.notebookFile == file { return true }
      return file == nil && journal.notebookFile.map { !FileManager.default.fileExists(atPath: $0) } ?? true
    }
    own = all.filter(isOwn)
    others = all.filter { !isOwn($0) }
  }

  /// Where the rest is to be had; nil where there is none.
  var elsewhere: String? {
    guard !others.isEmpty else { return nil }
    let files = Set(others.compactMap(\.notebookFile).filter { FileManager.default.fileExists(atPath: $0) })
    let hasUnnamed = others.contains { $0.notebookFile == nil }
    var ways = files.sorted().prefix(3).map { "routebook \($0)" }
    if hasUnnamed { ways.append("routebook without a file") }
    if files.count > 3 { ways.append("\(files.count - 3) more") }
    return "unsaved cells of other notebooks wait for: \(ways.joined(separator: ", "))"
  }
}
