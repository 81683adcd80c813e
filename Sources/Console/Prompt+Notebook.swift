import Foundation
import KernelCore
import Notebooks

// What the prompt shows of the notebook, and its files.

extension Prompt {
  /// The first line that says what a cell is about.
  ///
  /// - Parameter width: how many columns there are for it where it stands in a line of a window.
  nonisolated static func headline(of cell: Cell, width: Int? = nil) -> String {
    let lines = cell.title.isEmpty ? cell.source.split(separator: "\n") : [cell.title[...]]
    let isNarrow = width.map { $0 < 24 } ?? false
    let end = lines.count > 1 ? isNarrow ? " …" : "  … \(lines.count) lines" : ""
    let room = min(width.map { max(5, $0 - end.count) } ?? 70, cell.title.isEmpty ? 70 : 1_000)
    return TableView.cut(lines.first.map(String.init) ?? "", to: room) + end
  }

  func listCells() {
    if notebook.cells.isEmpty { return say("the notebook is empty; type a cell") }
    // A cell that computes does not keep the others from being listed.
    let stale = staleCellsAtOnce.map { Set($0) } ?? knownStale
    for cell in notebook.cells {
      guard cell.kind == .code, let number = cell.number else {
        list(cell, StyledText("      " + "text".padded(to: 16), .dim))
        continue
      }
      var duration = ""
      let state: StyledText
      switch states[number] {
      case .underWay: state = StyledText("waits   ", Style(.yellow))
      case .ended(let result):
        duration = Prompt.duration(result.duration)
        state =
          switch result.outcome {
          case .succeeded where stale.contains(number): StyledText("stale   ", Style(.yellow))
          case .succeeded: StyledText("ran     ", Style(.green))
          case _ where editedCells.contains(number): StyledText("not run ", .dim)
          case .failed: StyledText("failed  ", Style(.red))
          case .interrupted: StyledText("stopped ", Style(.red))
          }
      case nil: state = StyledText("not run ", .dim)
      }
      let label = "[\(number)]"
      let head =
        StyledText(String(repeating: " ", count: max(0, 5 - label.count)) + label + " ") + state
        + StyledText(duration.padded(to: 8), .dim)
      list(cell, head)
    }
  }

  /// `%show`: the texts of all cells.
  func showAll() {
    if notebook.cells.isEmpty { return say("the notebook is empty") }
    for cell in notebook.cells {
      if cell.kind == .code, let number = cell.number {
        say(Transcript.input(number, cell.source))
      } else {
        let title = cell.title.isEmpty ? "" : " \(cell.title)"
        say(StyledText("# %%\(title) [\(cell.kind.rawValue)]\n\(cell.source)", .dim))
      }
    }
  }

  /// A line about a cell.
  private func list(_ cell: Cell, _ head: StyledText) {
    // In a narrow window it stands in a line of its own.
    let columns = input.columns ?? 200
    let room = columns - Layout.width(of: head.plain) - 1
    let isText = cell.kind != .code
    let isBelow = room < 20
    let headline = Prompt.headline(of: cell, width: isBelow ? columns - 3 : room)
    say(
      (isBelow ? head.withoutBlanksAtEnd + StyledText("\n  ") : head)
        + StyledText(headline, isText ? .dim : .plain))
  }

  /// The cells that did not succeed when they last ran, as they read now.
  var failedCells: [Int] {
    let edited = editedCells
    return notebook.codeNumbers.filter { number in
      if case .ended(let result) = states[number] {
        !result.isSuccess && !edited.contains(number)
      } else {
        false
      }
    }
  }

  /// The cells that an argument names; nil where it names none, which the person has been told then.
  func cells(in argument: String, advice: String = "3, 3-5 or all") -> [Int]? {
    switch CellSelection.parse(
      argument, among: notebook.codeNumbers, failed: failedCells, stale: staleCells, advice: advice)
    {
    case .success(let chosen): return chosen
    case .failure(let problem):
      refuse(problem.message)
      return nil
    }
  }

  /// The cells that a command runs or shows: those that its argument names, and where there is none the last, or all.
  /// Nil where there are none, which the person has been told then.
  func chosenCells(_ argument: String, otherwiseAll: Bool = false, advice: String = "3, 3-5 or all")
    -> [Int]?
  {
    guard let last = notebook.codeNumbers.last else {
      // What names a cell names one that is not there.
      if !argument.isEmpty, argument != "all" { return cells(in: argument, advice: advice) }
      say("the notebook is empty")
      return nil
    }
    return cells(in: argument.isEmpty ? (otherwiseAll ? "all" : "\(last)") : argument, advice: advice)
  }

  // MARK: Files

  /// `%save`, `%save FILE`, `%save --outputs FILE`: writes the notebook.
  func save(_ argument: String) {
    var words = argument.split(separator: " ", omittingEmptySubsequences: false)
    let storesOutputs = words.contains("--outputs")
    words.removeAll { $0 == "--outputs" }
    if let unknown = words.first(where: { $0.hasPrefix("--") }) {
      return refuse("%save knows no \(unknown): write %save, %save FILE.cells or %save --outputs")
    }
    let file = words.joined(separator: " ").trimmingCharacters(in: .whitespaces)
    write(to: file, storesOutputs: storesOutputs, again: argument.isEmpty ? "%save" : "%save \(argument)")
  }

  private func write(to argument: String, storesOutputs: Bool, again: String) {
    guard let target = argument.isEmpty ? path : Prompt.path(argument), !target.isEmpty else {
      return refuse("say where: %save FILE.cells")
    }
    let isOther = path.map(Prompt.absolute) != Prompt.absolute(target)
    if isOther, FileManager.default.fileExists(atPath: target), Prompt.isOrdinaryFile(target),
      !isConfirmed(.overwrite(target), "\(target) exists; \(again) again replaces it")
    {
      return
    }
    if !isOther, let fileVersion, let now = CellsFile.version(ofFileAt: target), now != fileVersion,
      !isConfirmed(
        .overwrite(target),
        "\(target) was changed by somebody else since it was read; \(again) again replaces it, %save OTHER.cells keeps both"
      )
    {
      return
    }
    if !isOther, fileIsAhead, CellsFile.version(ofFileAt: target) != nil,
      !isConfirmed(
        .overwrite(target),
        "\(target) holds the cells that %reset took away; \(again) again replaces it, %save OTHER.cells keeps both"
      )
    {
      return
    }
    if storesOutputs { storeOutputs() }
    let leftOut: LeftOut
    do throws(CellsFileError) {
      leftOut = try NotebookFile.save(notebook, to: target, from: isOther ? path : nil)
    } catch {
      return refuse("\(error)")
    }
    path = target
    base = notebook
    fileIsAhead = false
    fileVersion = CellsFile.version(ofFileAt: target)
    (isModified, hasRecovered) = (false, false)
    try? journal.reset(notebookFile: Prompt.absolute(target), notebook: notebook)
    let count = notebook.codeCells.count
    let what = storesOutputs ? " with what they gave" : ""
    say("saved \(count) cell\(count == 1 ? "" : "s")\(what) to \(target)")
    if !leftOut.isEmpty { say(StyledText("a cells file has no place for \(leftOut); left out", .dim)) }
    let failed = failedCells
    if !failed.isEmpty, isInteractive {
      let names = failed.prefix(8).map { "[\($0)]" }.joined(separator: ", ") + (failed.count > 8 ? ", …" : "")
      say(
        StyledText(
          "\(names) did not succeed when last run; %delete failed, then %save, leaves what failed out", .dim))
    }
  }

  /// Keeps with each cell what its last run gave; what has not run as it reads now keeps what is stored with it.
  private func storeOutputs() {
    for cell in notebook.codeCells {
      guard let number = cell.number, let text = states.text(of: number), text.hasSameBytes(as: cell.source),
        let lines = outputs.lines(of: number)
      else { continue }
      try? notebook.update(number) { $0.storedOutputs = lines }
    }
  }

  /// Opens another notebook and runs it, in a new kernel.
  func load(_ argument: String) {
    let target = Prompt.path(argument)
    guard !target.isEmpty else { return refuse("say which file: %load FILE.cells") }
    guard CellsFile.isWaitless(target) else {
      return refuse("\(target) is a pipe or a device, which may never end; %load takes a file")
    }
    let version = CellsFile.version(ofFileAt: target)
    let loaded: NotebookFile.Contents
    do throws(CellsFileError) {
      loaded = try NotebookFile.load(target)
    } catch {
      return refuse("\(error)")
    }
    if isModified,
      !isConfirmed(
        .load(target),
        "there are unsaved cells: %save \(path ?? "FILE.cells") keeps them; %load \(argument) again drops them"
      )
    {
      return
    }
    tellWhatIsOtherwise(in: loaded, of: target)
    notebook = loaded.notebook
    base = notebook
    path = target
    fileIsAhead = false
    fileVersion = version
    (isModified, hasRecovered) = (false, false)
    insertion = nil
    undoable = []
    knownStale = []
    try? journal.reset(notebookFile: Prompt.absolute(target), notebook: notebook)
    Completer.shared.forgetAll()
    Completer.shared.learn(from: notebook.codeCells.map(\.source))
    rerun(notebook.codeNumbers, verb: "opened \(target)")
  }

  /// Says what of a Jupyter notebook is not as its cells suggest.
  func tellWhatIsOtherwise(in contents: NotebookFile.Contents, of file: String) {
    tellForeignLanguage(of: contents, in: file)
    guard !contents.leftOut.isEmpty, isInteractive else { return }
    input.tell(
      "\(file) has \(contents.leftOut): %save keeps that there, and a cells file has no place for it", .dim)
  }

  /// What a person typed as a file's name: `~` at its beginning is their home, and quotes around it are none of it.
  nonisolated static func path(_ typed: String) -> String {
    if let quote = typed.first, quote == "\"" || quote == "'", typed.count > 1, typed.last == quote {
      return path(String(typed.dropFirst().dropLast()))
    }
    guard typed == "~" || typed.hasPrefix("~/") else { return typed }
    let home = ProcessInfo.processInfo.environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (home ?? NSHomeDirectory()) + typed.dropFirst()
  }

  nonisolated static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }

  static func isOrdinaryFile(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: absolute(path))
    return attributes?[.type] as? FileAttributeType == .typeRegular
  }
}

extension StyledText {
  fileprivate var withoutBlanksAtEnd: StyledText {
    var text = self
    while let last = text.spans.last, last.text.hasSuffix(" ") {
      text.spans[text.spans.count - 1].text.removeLast()
      if last.text.count == 1 { text.spans.removeLast() }
    }
    return text
  }
}
