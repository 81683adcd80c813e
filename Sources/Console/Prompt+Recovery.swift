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
      let changes = abandoned.own.flatMap(\.changes)
      let place = path == nil ? "in a notebook that ended without saving" : "here and not saved"
      let them = changes.count == 1 ? "it" : "them"
      input.tell(
        "\(Prompt.summary(of: changes)) \(place), on \(time): %recover brings \(them) back, %recover show lists \(them), %recover drop forgets \(them)",
        Style(.yellow))
    }
    if let elsewhere = abandoned.elsewhere { input.tell(elsewhere, .dim) }
  }

  /// Says that cells of a file that is not there any more have not gone with it.
  func tellWhatWaits(for file: String) {
    guard !FileManager.default.fileExists(atPath: file) else { return }
    let abandoned = Abandoned(of: file)
    if !abandoned.own.isEmpty {
      Stream.complain("what was entered there and never saved waits for: routebook without a file")
    }
  }

  /// `%recover show`: what was left of this notebook, the latest last.
  func showRecoverable() {
    let abandoned = Abandoned(of: path)
    if abandoned.own.isEmpty { return say("there is nothing to recover") }
    for entry in abandoned.own.reversed() {
      say(StyledText(entry.lastEntry.formatted(date: .abbreviated, time: .shortened), .dim))
      for change in entry.changes.prefix(Prompt.shownChanges) {
        say(StyledText("  " + Prompt.headline(of: change)))
      }
      if entry.changes.count > Prompt.shownChanges {
        say(StyledText("  … \(entry.changes.count - Prompt.shownChanges) more", .dim))
      }
    }
  }

  private static let shownChanges = 50

  private static func headline(of change: NotebookChange) -> String {
    switch change {
    case .added(let cell, _): "entered: " + Prompt.headline(of: cell)
    case .edited(let number, _, let text): "[\(number)] became: " + Prompt.headline(of: Cell(source: text))
    case .removed(let cell): "deleted: " + Prompt.headline(of: cell)
    case .moved(let number, _): "[\(number)] moved"
    }
  }

  /// Brings back what was left of this notebook, or forgets it.
  func recover(drops: Bool) {
    let abandoned = Abandoned(of: path)
    if abandoned.own.isEmpty {
      return say(
        ["there is nothing to recover", abandoned.elsewhere].compactMap(\.self).joined(separator: "; "))
    }
    if drops {
      for entry in abandoned.own {
        do throws(JournalError) { try Journal.discard(entry) } catch {
          guard case .failed(let reason) = error else { continue }
          return refuse("not forgotten, and offered again: its journal cannot be removed (\(reason))")
        }
      }
      return say("forgotten")
    }
    var all: [NotebookChange] = []
    // The oldest first.
    for entry in abandoned.own.reversed() {
      do throws(JournalError) {
        _ = try journal.adopt(entry) { changes in
          let made = notebook.restore(changes, inOrder: entry.order(in: base))
          for case .added(let cell, _) in made {
            if let number = cell.number { states.forget(number) }
            Completer.shared.learn(from: [cell.source])
          }
          for case .removed(let cell) in made { forgetEffects(of: [cell.number].compactMap(\.self)) }
          all += made
          return made
        }
      } catch {
        complain("not recovered: \(error)")
      }
    }
    if all.isEmpty { return say("the notebook has all of it already") }
    (isModified, hasRecovered) = (true, true)
    let count = all.count { if case .added = $0 { true } else { false } }
    say(
      count < all.count
        ? "the notebook is as it was left; %cells lists its cells, %rerun runs all"
        : count == 1
          ? "1 cell is back, not run yet; %cells lists it, %rerun runs all"
          : "\(count) cells are back, not run yet; %cells lists them, %rerun runs all")
  }

  /// `3 cells were entered, 1 edited and 2 deleted`.
  private static func summary(of changes: [NotebookChange]) -> String {
    var counts = [("entered", 0), ("edited", 0), ("deleted", 0), ("moved", 0)]
    for change in changes {
      switch change {
      case .added: counts[0].1 += 1
      case .edited: counts[1].1 += 1
      case .removed: counts[2].1 += 1
      case .moved: counts[3].1 += 1
      }
    }
    let parts = counts.filter { $0.1 > 0 }.enumerated().map { place, part in
      place > 0
        ? "\(part.1) \(part.0)" : part.1 == 1 ? "1 cell was \(part.0)" : "\(part.1) cells were \(part.0)"
    }
    return parts.count > 1
      ? parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1] : parts[0]
  }
}

/// What killed programs have left, seen from one notebook.
private struct Abandoned {
  /// What was entered in this notebook, the latest first.
  let own: [AbandonedJournal]
  private let others: [AbandonedJournal]

  /// - Parameter path: the notebook's file. A notebook without one gets what belongs to no file that there is.
  init(of path: String?) {
    let all = Journal.abandoned().filter { !$0.changes.isEmpty }
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
    let hasUnnamed = others.contains { !($0.notebookFile.map(files.contains) ?? false) }
    var ways = files.sorted().prefix(3).map { "routebook \($0)" }
    if hasUnnamed { ways.append("routebook without a file") }
    if files.count > 3 { ways.append("\(files.count - 3) more") }
    return "unsaved cells of other notebooks wait for: \(ways.joined(separator: ", "))"
  }
}
