import Notebooks

/// What became of one cell of a replay.
struct ReplayedCell: Sendable {
  enum Verdict: Equatable, Sendable {
    /// It ran, and nothing was compared.
    case ran
    /// It gave what is stored with it, or is tagged so that nobody compares.
    case asStored
    /// It gave something else.
    case differs
    /// It gave something else, which is stored now.
    case updated
    /// It failed, and nothing in the file says that it should. The text says how.
    case failed(String)
    /// A cell before it failed.
    case notRun
  }

  let number: Int
  let title: String
  /// The line of the file at which its code begins.
  let line: Int?
  let stored: [String]
  let mayFail: Bool
  /// What it gave, in the lines that a file would store.
  var given: [String] = []
  /// Whether an error was among it that nobody awaited.
  var hasUnawaited = false
  /// How long it took, by the real clock.
  var duration: Duration = .zero
  var verdict = Verdict.notRun
  /// How its output is compared with what is stored; nil where that was not looked at.
  let comparison: OutputComparison?

  init(_ cell: Cell, _ comparison: OutputComparison?) {
    self.comparison = comparison
    number = cell.number ?? 0
    title = cell.title
    line = cell.firstLine
    mayFail = cell.mayFail
    // Somebody may have stored them as they are.
    stored = cell.outputLines.map(Sanitizer.visible)
  }

  /// `cell [3] a title`.
  var name: String { title.isEmpty ? "cell [\(number)]" : "cell [\(number)] \(title)" }

  /// How what it gave differs from what is stored, with two lines around each change.
  var difference: [String] {
    LineChange.excerpt(
      LineChange.list(from: stored, to: given.asLines) { lines in comparison?.forms(of: lines) ?? lines })
  }
}

/// What became of a file.
struct ReplayedFile: Sendable {
  let path: String
  /// The code that was read, by the number of its cell.
  var sources: [Int: String] = [:]
  var cells: [ReplayedCell]
  var status: ExitStatus
  var duration: Duration = .zero
  /// Why the file failed though no cell of it did.
  var problem: String?

  func count(_ isMeant: (ReplayedCell.Verdict) -> Bool) -> Int { cells.count { isMeant($0.verdict) } }

  /// What was to be stored could not be: it differs from what the file has.
  mutating func nothingIsUpdated() {
    for place in cells.indices where cells[place].verdict == .updated { cells[place].verdict = .differs }
  }
}

extension [String] {
  /// What would be read again where these were stored: one element a line.
  var asLines: [String] { Cell(source: "", storedOutputs: self).outputLines }
}
