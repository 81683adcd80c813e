import Foundation
import KernelCore
import Notebooks

// What a person does to the notebook besides running it. Each change is on the disk before anything comes of it.

extension Prompt {
  /// What one command did, as what takes it back.
  struct Undoable {
    let command: String
    let inverses: [NotebookChange]
    /// It says where the next cell goes, and has changed nothing yet.
    var isAhead = false
  }

  /// How many commands can be taken back.
  private static let undoLimit = 100

  /// Makes changes and journals them.
  ///
  /// - Parameter command: what the person will be told can be taken back; nil for what cannot.
  func make(_ changes: [NotebookChange], undoableAs command: String?) {
    var inverses: [NotebookChange] = []
    for change in changes {
      guard let inverse = try? notebook.apply(change) else { continue }
      inverses.insert(inverse, at: 0)
    }
    isModified = true
    if let command { keep(Undoable(command: command, inverses: inverses)) }
    do throws(JournalError) { try journal.append(changes, waiting: waitingCells(input.typedAhead)) } catch {
      input.tell("\(error)", .dim)
    }
  }

  /// Journals the cells that were entered while something else was waited for.
  func keep(typedAhead texts: [String]) {
    do throws(JournalError) { try journal.append([], waiting: waitingCells(texts)) } catch {
      input.printAbove(StyledText("\(error)", .dim))
    }
  }

  /// What becomes cells yet, of what was pasted and what was typed ahead.
  private func waitingCells(_ texts: [String]) -> [String] {
    // Of a thousand that wait, all but one did so before.
    let known = cellsTypedAhead
    cellsTypedAhead.removeAll(keepingCapacity: true)
    return cells(of: pastedRest)
      + texts.flatMap { text in
        let cells = known[text] ?? cells(of: PastedTranscript.cells(in: text) ?? [text])
        // What is none may become one: a cell may give `help` a meaning.
        if !cells.isEmpty { cellsTypedAhead[text] = cells }
        return cells
      }
  }

  private func cells(of texts: some Sequence<String>) -> [String] {
    texts.filter { text in
      if case .cell = meaning(of: text) { CellsFile.unstorableLine(in: text) == nil } else { false }
    }
  }

  /// Remembers what can be taken back.
  func keep(_ last: Undoable) {
    undoable.append(last)
    if undoable.count > Prompt.undoLimit { undoable.removeFirst() }
  }

  func deleteCells(_ numbers: [Int]) {
    if numbers.isEmpty { return say("the notebook is empty") }
    moveInsertion(from: numbers)
    make(numbers.compactMap { notebook[$0].map { .removed($0) } }, undoableAs: "%delete")
    forgetEffects(of: numbers)
    say(
      numbers.count == 1
        ? "cell [\(numbers[0])] is gone with all it made; %undo brings it back"
        : "\(numbers.count) cells are gone with all they made; %undo brings them back")
  }

  /// Where the next cell goes before one that is deleted, it goes before the one that stands there then.
  private func moveInsertion(from numbers: [Int]) {
    guard let target = insertion, numbers.contains(target), let place = notebook.index(of: target) else {
      return
    }
    insertion = notebook.cells[place...].compactMap(\.number).first { !numbers.contains($0) }
    if insertion == nil { undoable.removeAll { $0.isAhead } }
  }

  /// `%reset`: an empty notebook and a new kernel.
  func reset() {
    let numbers = notebook.codeNumbers
    if numbers.isEmpty {
      restart(isSaid: false)
      return say("the notebook was empty, and the kernel is new")
    }
    make(notebook.codeCells.map { .removed($0) }, undoableAs: "%reset")
    fileIsAhead = path != nil
    Completer.shared.forgetAll()
    restart(isSaid: false)
    kernel.giveUpAddresses()
    say(
      numbers.count == 1
        ? "the kernel is new and the one cell of the notebook gone; %undo brings it back"
        : "the kernel is new and all \(numbers.count) cells of the notebook are gone; %undo brings them back"
    )
  }

  func forgetEffects(of numbers: [Int]) {
    for number in numbers {
      states.forget(number)
      kernel.removeEffects(of: number)
    }
  }

  /// `%move 3 1`: to just before a cell, or to the end.
  func moveCells(_ argument: String) {
    let words = argument.split(separator: " ").map(String.init)
    guard words.count > 1, let last = words.last else {
      return refuse("say which and where: %move 3 1 puts cell 3 before cell 1, %move 3 end at the end")
    }
    let advice = "%move 3 1 or %move 3-5 end"
    guard let chosen = cells(in: words.dropLast().joined(separator: " "), advice: advice) else { return }
    var target: Int?
    if last != "end" {
      guard let number = cells(in: last, advice: advice)?.first else { return }
      target = number
    }
    if let target, chosen.contains(target) { return refuse("cell [\(target)] cannot go before itself") }
    var after = notebook
    var changes: [NotebookChange] = []
    for number in chosen {
      guard let from = after.index(of: number) else { continue }
      let place = target.flatMap(after.index(of:)) ?? after.cells.count
      let change = NotebookChange.moved(number, to: place > from ? place - 1 : place)
      _ = try? after.apply(change)
      changes.append(change)
    }
    if after.codeNumbers == notebook.codeNumbers {
      return say("they stand so already, in order: \(Prompt.list(notebook.codeNumbers))")
    }
    make(changes, undoableAs: "%move")
    say("in order: \(Prompt.list(notebook.codeNumbers))")
  }

  /// `%insert 3`: the next cell that is entered goes before that one; `%insert end`, as ever to the end.
  func insertNext(before argument: String) {
    if argument.isEmpty { return refuse("say before which one: %insert 3") }
    if argument == "end" {
      insertion = nil
      undoable.removeAll { $0.isAhead }
      return say("the next cell that you enter goes to the end")
    }
    guard let chosen = cells(in: argument, advice: "%insert 3") else { return }
    guard chosen.count == 1 else { return refuse("say before which one: %insert 3") }
    insertion = chosen[0]
    undoable.removeAll { $0.isAhead }
    keep(Undoable(command: "%insert", inverses: [], isAhead: true))
    say("the next cell that you enter goes before [\(chosen[0])]")
  }

  // MARK: Editing

  /// `%edit 3`: in the person's editor where they name one, else at the prompt.
  func edit(_ argument: String) {
    if notebook.codeNumbers.isEmpty, argument.isEmpty { return say("the notebook is empty; type a cell") }
    guard let chosen = chosenCells(argument, advice: "%edit 3") else { return }
    guard chosen.count == 1, let cell = notebook[chosen[0]] else { return refuse("say which one: %edit 3") }
    let environment = ProcessInfo.processInfo.environment
    let namesEditor = ["VISUAL", "EDITOR"].contains { environment[$0]?.isEmpty == false }
    if !namesEditor, input.editsInPlace {
      editing = (chosen[0], nil)
      return
    }
    guard isInteractive else { return refuse("%edit needs a terminal to edit at") }
    guard namesEditor || input.editsInPlace else {
      let editor = "set $VISUAL or $EDITOR to your editor"
      return refuse(
        LineEditor.missing(environment: environment).map { "\($0), or \(editor)" }
          ?? "this terminal cannot edit a line: \(editor)")
    }
    do throws(ExternalEditor.Failure) {
      let text = try input.edit(cell.source, with: ExternalEditor(environment: environment))
      // What cannot be taken is not lost: it stands at the prompt.
      if !replace(chosen[0], with: text, shows: true), input.editsInPlace { editing = (chosen[0], text) }
    } catch {
      refuse("\(error)")
    }
  }

  /// Reads a cell anew, with its text to begin with, or another. What is none, as a command that the history brought,
  /// means there what it always does.
  func readEdited(_ number: Int, _ text: String?) {
    switch input.readCell(number: number, text: text ?? notebook[number]?.source ?? "") {
    case .text(let text):
      if case .cell = meaning(of: text) {
        _ = replace(number, with: text, shows: false)
      } else {
        say("cell [\(number)] stays as it was")
        handle(text)
      }
    case .interrupted, .endOfInput: say("cell [\(number)] stays as it was")
    }
    tellStale()
  }

  /// Gives a cell another text, and runs it; false for a text that no cell can have.
  ///
  /// - Parameter shows: whether the text is still to be shown.
  private func replace(_ number: Int, with text: String, shows: Bool) -> Bool {
    guard let old = notebook[number]?.source else { return true }
    if text == old {
      say("cell [\(number)] is as it was")
      return true
    }
    if text.allSatisfy(\.isWhitespace) {
      refuse("an empty cell is none; %delete \(number) removes it")
      return true
    }
    guard checkMarkers(text) else { return false }
    make([.edited(number, from: old, to: text)], undoableAs: "%edit")
    Completer.shared.learn(from: [text])
    if shows { runCells([number]) } else { runCell(number, text) }
    return true
  }

  /// Whether a text can be saved in a cells file; says why not.
  func checkMarkers(_ text: String) -> Bool {
    guard let line = CellsFile.unstorableLine(in: text) else { return true }
    refuse(
      "line \(line) looks like a marker of the cells file and could not be saved; indent it or write it otherwise"
    )
    return false
  }

  /// Takes back what the last such command did to the notebook.
  func undo() {
    guard let last = undoable.popLast() else {
      return say("there is nothing to undo: %undo takes back what %delete, %move, %insert and %edit did")
    }
    if last.isAhead {
      insertion = nil
      return say("\(last.command) is undone; the next cell that you enter goes to the end")
    }
    make(last.inverses, undoableAs: nil)
    if last.command == "%reset" { fileIsAhead = false }
    var back: [Int] = []
    for inverse in last.inverses {
      switch inverse {
      case .added(let cell, _):
        back += [cell.number].compactMap(\.self)
        Completer.shared.learn(from: [cell.source])
      case .edited(let number, let dropped, _): return tellUnedited(number, dropped)
      case .removed, .moved: break
      }
    }
    back = notebook.codeNumbers.filter(back.contains)
    let names = Prompt.list(back)
    say(
      back.isEmpty
        ? "\(last.command) is undone; in order: \(Prompt.list(notebook.codeNumbers))"
        : "\(names) \(back.count == 1 ? "is" : "are") back, not run yet")
  }

  /// A cell reads as it did before it was edited. What it read until now is lost nowhere.
  private func tellUnedited(_ number: Int, _ dropped: String) {
    let isKept = input.addToHistory(dropped)
    say(
      "%edit is undone: [\(number)] reads as it did before, and has not run so since"
        + (isKept ? "; Up brings the other text" : ""))
  }

  /// `[1], [2], [5]`, and where there are many only the first.
  nonisolated static func list(_ numbers: [Int]) -> String {
    let shown = numbers.prefix(12).map { "[\($0)]" }.joined(separator: ", ")
    return numbers.count > 12 ? "\(shown), … \(numbers.count - 12) more" : shown
  }

  // MARK: Stale cells

  /// The cells that would come to something else if they ran again, in order.
  var staleCells: [Int] {
    let (numbers, edited) = (notebook.codeNumbers, editedCells)
    return asked { $0.staleCells(in: numbers, edited: edited) }
  }

  /// The same; nil while the kernel computes.
  var staleCellsAtOnce: [Int]? { kernel.staleCellsAtOnce(in: notebook.codeNumbers, edited: editedCells) }

  /// The cells that read otherwise than when they ran.
  var editedCells: Set<Int> {
    Set(
      notebook.cells.compactMap { cell in
        guard cell.kind == .code, let number = cell.number, let text = states.text(of: number) else {
          return nil
        }
        return text.hasSameBytes(as: cell.source) ? nil : number
      })
  }

  /// Says once which cells have become stale by what was done. While the kernel computes it can't be known, and is told
  /// later.
  func tellStale() {
    guard isInteractive, let stale = staleCellsAtOnce else { return }
    let edited = editedCells
    // Whoever changed a cell's text knows.
    let new = stale.filter { !knownStale.contains($0) && !edited.contains($0) }
    knownStale = Set(stale)
    if new.isEmpty { return }
    input.tell(
      "\(Prompt.list(new)) \(new.count == 1 ? "is" : "are") stale, since what \(new.count == 1 ? "it reads" : "they read") has changed; %run stale runs "
        + (new.count == 1 ? "it" : "them") + " again", .dim)
  }

  /// Runs stale cells in order, each once, until none is left.
  ///
  /// What a cell gives makes those stale that read it, and they are in the list already. Only a cell that was edited may
  /// declare what others have read from elsewhere: after it the list is made anew.
  func runStale() {
    var done: Set<Int> = []
    while !isInterrupted, !isBackgrounded {
      let stale = staleCells.filter { !done.contains($0) }
      if stale.isEmpty { break }
      let edited = editedCells
      let end = stale.firstIndex(where: edited.contains).map { $0 + 1 } ?? stale.count
      done.formUnion(stale[..<end])
      guard runCells(Array(stale[..<end]), hasMore: end < stale.count) else { return }
    }
    if done.isEmpty, !isInterrupted, !isBackgrounded { say("no cell is stale") }
  }
}
