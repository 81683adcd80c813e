import CEditline
import Glibc

/// Edits cells at a terminal: many lines in place, coloured, with history, completion and search.
///
/// libedit is the engine; this class decodes the keys for it, decides what Enter, the arrows and Tab mean, and paints.
/// There is one for a process, on the main thread. The terminal is its own from `init` until `restoreTerminal()`,
/// which also runs when the process exits or is ended by a signal.
@MainActor
public final class LineEditor: CellInput {
  /// Longest cell, in Unicode scalars; a paste that would make it longer is refused.
  public nonisolated static let cellLimit = 1_000_000
  /// Longest text that is compared with the history as it is typed, in scalars.
  nonisolated static let suggestionLimit = 64 << 10

  let hooks: Hooks
  let usesColor: Bool
  let engine: Engine
  let terminal: Terminal
  let externalEditor: ExternalEditor
  nonisolated let queue = PrintQueue()
  nonisolated let pipe: WakePipe
  var painter = Painter()
  var history: History
  /// What was typed while a cell was waited for.
  lazy var ahead = TypedAhead(hooks: hooks, isVi: engine.isVi)
  public var onTypedAhead: (([String]) -> Void)?

  // What belongs to the cell being typed.
  var prompt = ""
  var continuation = ""
  var outcome: Input?
  var place = HistoryPlace()
  var edits = UndoList()
  var vi = ViCommands()
  var search: IncrementalSearch?
  var menu: CompletionMenu?
  /// Display column that Up and Down aim for, while they follow one another.
  var goalColumn: Int?
  /// Prefix that PageUp and PageDown look for, while they follow one another.
  var prefix: [UInt32]?
  /// Codes for the engine that come before the next key.
  var pendingCodes: [Unicode.Scalar] = []
  /// Whether the last key was Ctrl-X, so that the next is a part of the same command.
  var isAfterPrefix = false
  /// Escape was pressed with Emacs' keys and nothing since.
  var holdsEscape = false
  /// The key that comes is inserted as it is.
  var takesNextLiterally = false
  var pastedText: [UInt32] = []
  /// What the command `replace` puts in place of the text.
  var replacement: (text: [UInt32], cursor: Int) = ([], 0)
  var brackets: BracketMap
  var colored = ColoredText()
  var suggested: (text: [UInt32], suggestion: [UInt32]) = ([], [])

  /// Whether there is a terminal that can be painted on: input and output are one, and it is not `dumb`.
  public static func isUsable(environment: [String: String]) -> Bool {
    let name = environment["TERM"] ?? ""
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && !name.isEmpty && name != "dumb"
  }

  /// Why no editor can be had on a terminal that has what it takes; nil where it can.
  public static func missing(environment: [String: String]) -> String? {
    guard isUsable(environment: environment), let reason = ceditline_load() else { return nil }
    return "lines are not edited: \(String(cString: reason))"
  }

  /// Takes the terminal over. Nil where `isUsable` is false or libedit can't be opened; use `PlainInput` then.
  ///
  /// `historyPath` is the file that keeps what was entered; without one it is kept in memory. A file that can't be
  /// read or written is reported once, above the prompt.
  public init?(
    hooks: Hooks, color: Bool, historyPath: String?, environment: [String: String],
    program: String = "routebook"
  ) {
    guard Self.isUsable(environment: environment) else { return nil }
    let pipe = WakePipe()
    TerminalModes.prepare(noticePipe: pipe.writeEnd)
    guard let engine = Engine(program: program) else { return nil }
    self.hooks = hooks
    usesColor = color
    externalEditor = ExternalEditor(environment: environment)
    brackets = BracketMap(find: hooks.brackets)
    self.engine = engine
    self.pipe = pipe
    terminal = Terminal(pipe: pipe)
    history = History(file: historyPath.map(HistoryFile.init(path:)))
    engine.nextCharacter = { [unowned self] in nextCharacter() }
    engine.perform = { [unowned self] code, key in perform(code, key) }
    terminal.enterRaw()
  }

  deinit { TerminalModes.noticePipe = -1 }

  /// The entries of the history, oldest first.
  public var historyEntries: [String] { history.entries.map { String(scalars: $0) } }

  public func addToHistory(_ text: String) -> Bool {
    history.add(text.unicodeScalars.map(\.value))
    return true
  }

  public func takeHistoryFailure() -> String? { history.takeFailure()?.description }

  public var columns: Int? { terminal.size.columns }

  public var editsInPlace: Bool { true }

  public var hasTyped: Bool { !edits.isEmpty }

  public var typedAhead: [String] {
    ahead.follow(terminal.waitingKeys, from: terminal.firstWaiting)
    return ahead.entered
  }

  public func dropTypedAhead() {
    terminal.readWaiting()
    keep(droppedKeys: terminal.waitingKeys)
    terminal.dropTypedAhead()
  }

  public func readCell(number: Int, text: String) -> Input {
    prompt = hooks.prompt(number)
    continuation = Block.continuation(of: prompt)
    outcome = nil
    history.refresh()
    place = HistoryPlace()
    reset()
    if !text.isEmpty {
      let scalars = text.unicodeScalars.map(\.value)
      replacement = (scalars, scalars.count)
      pendingCodes = [scalar(.replace)]
      edits = UndoList(UndoList.State(text: scalars, cursor: scalars.count, place: place.entry))
      edits.isGrouping = engine.isVi
    }
    terminal.enterRaw()
    // An empty cell that was entered leaves the engine without an outcome: the prompt comes again.
    while outcome == nil { engine.run() }
    return outcome ?? .endOfInput
  }

  private func reset() {
    (holdsEscape, takesNextLiterally) = (false, false)
    edits = UndoList(UndoList.State(place: place.entry))
    edits.isGrouping = engine.isVi
    vi.reset()
    search = nil
    menu = nil
    goalColumn = nil
    prefix = nil
    pendingCodes = []
  }

  public nonisolated func printAbove(_ text: StyledText) {
    queue.add(text.rendered(color: usesColor))
    pipe.wake()
  }

  public nonisolated func wake() { pipe.wake() }

  public func flush() {
    let out = painter.adapt(to: terminal.size) + takeQueued()
    if !out.isEmpty { show(out) }
  }

  /// The lines that wait to be printed, after what takes the block off the screen.
  func takeQueued() -> String {
    if let notice = history.takeNotice() {
      let lines = notice.wrapped(to: terminal.size.columns)
      queue.add(StyledText(lines, .dim).rendered(color: usesColor))
    }
    let lines = queue.take()
    guard !lines.isEmpty else { return "" }
    return lines.reduce(into: painter.erase()) { $0 += $1 + "\r\n" }
  }

  /// Puts the terminal's modes back, from any thread or signal handler. The editor can go on: its next read takes the
  /// terminal again.
  public nonisolated static func restoreTerminal() { TerminalModes.restore() }

  public func lendTerminal<Result>(_ body: () throws -> Result) rethrows -> Result {
    flush()
    show(painter.erase())
    return try TerminalModes.ignoringKeySignals {
      TerminalModes.restore()
      // Whoever had it may have written anywhere, and stopped and continued us meanwhile.
      defer { resume() }
      return try body()
    }
  }

  // MARK: Painting

  /// Writes to the terminal, and remembers whether a signal handler would have to step below a block.
  func show(_ text: String) {
    TerminalModes.isBlockShown = painter.isEmpty ? 0 : 1
    terminal.write(text)
  }

  /// Brings the screen up to date: lines that wait are printed above the block. One write.
  func paint() {
    let size = terminal.size
    let layout = Layout(block(in: size), columns: size.columns, height: size.rows)
    let out = painter.adapt(to: size) + takeQueued() + painter.paint(layout)
    if !out.isEmpty { show(Painter.beginUpdate + out + Painter.endUpdate) }
  }

  private func block(in size: WindowSize) -> Block {
    var (text, cursor) = engine.state
    var block = Block(prompt: prompt, continuation: continuation, usesColor: usesColor)
    if let search {
      text = search.text(in: history)
      let range = search.range(in: history)
      cursor = range?.upperBound ?? min(search.originalCursor, text.count)
      block.styles = styles(of: text, in: Layout.visible(of: text, around: cursor, rows: size.rows))
      block.found = range
      block.footer = [search.label]
    } else {
      block.styles = styles(of: text, in: Layout.visible(of: text, around: cursor, rows: size.rows))
      if usesColor { block.marks = brackets.marks(in: text, cursor: cursor) }
      if let menu {
        block.footer = menu.rows(limit: max(1, size.rows / 2))
      } else {
        block.suggestion = suggestion(for: text)
      }
    }
    block.text = text
    block.cursor = cursor
    return block
  }

  /// The colours of a part of the text; asked for again only when it has changed.
  private func styles(of text: [UInt32], in visible: Range<Int>) -> [(range: Range<Int>, style: Style)] {
    guard usesColor else { return [] }
    if colored.text != text || colored.part != visible {
      let map = OffsetMap(text)
      var end = 0
      var styles: [(range: Range<Int>, style: Style)] = []
      let part = map.utf8(visible.lowerBound)..<map.utf8(visible.upperBound)
      var highlights = hooks.highlight(String(scalars: text), part)
      // As a rule they come in their order.
      let isInOrder = zip(highlights, highlights.dropFirst()).allSatisfy {
        $0.range.lowerBound <= $1.range.lowerBound
      }
      if !isInOrder { highlights.sort { $0.range.lowerBound < $1.range.lowerBound } }
      for highlight in highlights {
        // Where two overlap the first one stays.
        guard let range = map.scalars(highlight.range), range.lowerBound >= end else { continue }
        styles.append((range, highlight.style))
        end = range.upperBound
      }
      colored = ColoredText(text: text, part: visible, styles: styles)
    }
    return colored.styles
  }

  func suggestion(for text: [UInt32]) -> [UInt32] {
    guard usesColor, text.count <= Self.suggestionLimit else { return [] }
    if suggested.text.isEmpty, !text.isEmpty { refreshHistory() }
    if suggested.text != text { suggested = (text, Array(history.suggestion(for: text) ?? [])) }
    return suggested.suggestion
  }

  /// Leaves the whole cell on the screen, however long, and goes to the line below.
  func paintFinal(suffix: String = "") {
    let size = terminal.size
    var block = Block(prompt: prompt, continuation: continuation, usesColor: usesColor)
    let typed = engine.state.text
    block.text = typed + suffix.unicodeScalars.map(\.value)
    block.cursor = 0
    block.styles = styles(of: typed, in: 0..<typed.count)
    let layout = Layout(block, columns: size.columns, height: nil)
    show(Painter.beginUpdate + painter.adapt(to: size) + painter.erase() + layout.text + Painter.endUpdate)
  }
}

/// The colours of a part of a text, as they were asked for last.
struct ColoredText {
  var text: [UInt32] = []
  var part = 0..<0
  var styles: [(range: Range<Int>, style: Style)] = []
}
