import Foundation
import KernelCore
import Notebooks

// What the prompt shows of the notebook, and its files.

extension Prompt {
  /// The first line that says what a cell is about.
  static func headline(of cell: Cell) -> String {
    if !cell.title.isEmpty { return cell.title }
    let lines = cell.source.split(separator: "\n", omittingEmptySubsequences: true)
    let first = lines.first.map(String.init) ?? ""
    let shown = first.count > 70 ? first.prefix(69) + "…" : first[...]
    return lines.count > 1 ? "\(shown)  … \(lines.count) lines" : String(shown)
  }

  func listCells() {
    if notebook.codeCells.isEmpty { return say("the notebook is empty; type a cell") }
    for cell in notebook.codeCells {
      guard let number = cell.number else { continue }
      let state: StyledText
      switch results[number]?.outcome {
      case .succeeded: state = StyledText("ran     ", Style(.green))
      case .failed: state = StyledText("failed  ", Style(.red))
      case .interrupted: state = StyledText("stopped ", Style(.red))
      case nil: state = StyledText("not run ", .dim)
      }
      let duration = results[number].map { Prompt.seconds($0.duration) } ?? ""
      let label = "[\(number)]"
      say(
        StyledText(String(repeating: " ", count: max(0, 5 - label.count)) + label + " ") + state
          + StyledText(duration.padding(toLength: 8, withPad: " ", startingAt: 0), .dim)
          + StyledText(Prompt.headline(of: cell)))
    }
  }

  func listRoutes() {
    let routes = kernel.routes()
    let addresses = kernel.addresses()
    if !addresses.isEmpty { say(StyledText("on " + addresses.joined(separator: ", "), .dim)) }
    if routes.isEmpty { return say("there are no routes yet; try: route \"/\" { \"Hello!\" }") }
    let methods = routes.map { $0.method ?? "any" }
    let width = routes.map(\.pattern.count).max() ?? 0
    for (route, method) in zip(routes, methods) {
      let pattern = route.pattern.padding(
        toLength: max(width, route.pattern.count), withPad: " ", startingAt: 0)
      let cell = route.cell.map { "[\($0)]" } ?? ""
      let errors = route.errors > 0 ? StyledText("  \(route.errors) errors", Style(.red)) : StyledText()
      say(
        StyledText(method.padding(toLength: 8, withPad: " ", startingAt: 0), Style(.cyan))
          + StyledText(pattern)
          + StyledText("  \(cell)  \(route.hits) hits", .dim) + errors)
    }
  }

  // MARK: Files

  /// Writes the notebook; false where that failed.
  func save(_ argument: String) -> Bool {
    guard let target = argument.isEmpty ? path : argument else {
      complain("say where: %save FILE.cells")
      return false
    }
    do throws(CellsFileError) {
      try CellsFile.save(notebook, to: target)
    } catch {
      complain("\(error)")
      return false
    }
    path = target
    isModified = false
    try? journal.reset(notebookFile: target)
    let count = notebook.codeCells.count
    say("saved \(count) cell\(count == 1 ? "" : "s") to \(target)")
    return true
  }

  func load(_ argument: String) {
    guard !argument.isEmpty else { return complain("say which file: %load FILE.cells") }
    if isModified {
      isModified = false
      return complain("there are unsaved cells: %save keeps them; %load again drops them")
    }
    do throws(CellsFileError) {
      notebook = try CellsFile.load(argument)
    } catch {
      return complain("\(error)")
    }
    path = argument
    try? journal.reset(notebookFile: argument)
    Completer.shared.learn(from: notebook.codeCells.map(\.source))
    rerun(notebook.codeNumbers)
  }

  // MARK: After a crash

  func offerRecovery() {
    let abandoned = Journal.abandoned().filter { !$0.cells.isEmpty }
    guard let latest = abandoned.first else { return }
    let count = abandoned.reduce(0) { $0 + $1.cells.count }
    let time = latest.lastEntry.formatted(date: .abbreviated, time: .shortened)
    say(
      StyledText(
        "\(count) cell\(count == 1 ? "" : "s") entered before a program ended without saving, the last on \(time): %recover brings them back, %recover drop forgets them",
        Style(.yellow)))
  }

  func recover(drops: Bool) {
    let abandoned = Journal.abandoned()
    if abandoned.allSatisfy(\.cells.isEmpty) { return say("there is nothing to recover") }
    var count = 0
    for entry in abandoned.reversed() {
      if drops {
        Journal.discard(entry)
        continue
      }
      do throws(JournalError) {
        guard try journal.adopt(entry) else { continue }
      } catch {
        complain("not recovered: \(error)")
        continue
      }
      notebook.restore(entry.cells)
      count += entry.cells.count
      isModified = true
    }
    say(
      drops
        ? "forgotten"
        : "\(count) cell\(count == 1 ? " is" : "s are") back, not run yet; %cells lists them, %rerun runs all"
    )
  }
}
