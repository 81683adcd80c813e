import Foundation
import KernelCore
import Language
import Notebooks

/// The interactive notebook: reads cells and commands, has them run, shows what comes.
@MainActor
public final class Prompt {
  public struct Options: Sendable {
    public var version = ""
    public var usesColor = false
    /// Opens the file without running its cells.
    public var runsCells = true

    public init() {}
  }

  /// What the person is asked once; doing the same again is the answer yes.
  enum Question: Equatable {
    case leave
    case load(String)
    case overwrite(String)
    /// A file that is no picture of a trace.
    case export(String)
  }

  let input: any CellInput
  let kernel: KernelHandle
  let journal: Journal
  let openings: BrowserOpenings
  /// Whether a person types: standard input is a terminal, be it one that can't be painted on.
  let isInteractive: Bool
  let runningCell: RunningCell
  private let options: Options
  let configuration: KernelConfiguration

  var notebook = Notebook() {
    didSet {
      declaringCells.set(notebook.cells)
      kernel.setOrder(notebook.codeNumbers)
    }
  }
  private let declaringCells: DeclaringCells
  /// What the cells have given.
  let outputs = SessionOutputs()
  /// The notebook as it was when nothing was to be saved: what its file has, or nothing.
  var base = Notebook()
  var path: String?
  /// Whether the file still holds cells that `%reset` took away.
  var fileIsAhead = false
  /// The file as it was when it was last read or written here.
  var fileVersion: CellsFile.FileVersion?
  /// The cell whose text is to be edited at the next prompt, and the text to begin with where it is another.
  var editing: (number: Int, text: String?)?
  /// The cells of a transcript that was pasted which have still to be entered.
  var pastedRest: ArraySlice<String> = []
  /// What was typed ahead when that was last looked at, with the cells that it becomes.
  var cellsTypedAhead: [String: [String]] = [:]
  /// The cell before which the next one goes; the end where there is none.
  var insertion: Int?
  /// What can be taken back, the latest last.
  var undoable: [Undoable] = []
  /// What goes on while the person types, the latest last.
  var background: [Background] = []
  /// The stale cells that the person has been told of.
  var knownStale: Set<Int> = []
  /// What each cell came to when it last ran.
  let states = CellStates()
  var isModified = false
  /// `%recover` brought back what has not been saved since.
  var hasRecovered = false
  var hasFailed = false
  /// Ctrl-C was pressed since the person entered something: what runs one cell after another goes no further.
  var isInterrupted = false
  /// The same of Ctrl-Z, whether a cell was left by it or had just ended.
  var isBackgrounded = false
  /// An error was reported that nobody awaited.
  private let hasUnawaited: Flag
  private var isLeaving = false
  /// What was asked by the last thing done, and by the one before it.
  private var question: Question?
  private var lastQuestion: Question?

  /// Takes the terminal, or plain lines where there is none, and starts a kernel.
  public init(_ configuration: KernelConfiguration, _ options: Options, opensBrowser: Bool) throws {
    let environment = ProcessInfo.processInfo.environment
    let typedCode = TypedCode()
    let hooks = Hooks(
      completeness: Prompt.completeness, highlight: { typedCode.highlights(of: $0, in: $1) },
      brackets: { typedCode.brackets(of: $0) },
      complete: { Completer.shared.complete($0, $1) })
    input =
      LineEditor(
        hooks: hooks, color: options.usesColor,
        historyPath: HistoryFile.defaultPath(environment: environment),
        environment: environment) ?? PlainInput(hooks: hooks, color: options.usesColor)
    isInteractive = isatty(STDIN_FILENO) == 1
    self.options = options
    let browser = Browser(environment: environment)
    var configuration = configuration
    let usesBrowser = opensBrowser && browser.isAvailable
    configuration.opening = isInteractive ? .browser(isAvailable: usesBrowser) : .request
    self.configuration = configuration
    configuration.columns = { Terminal.columns }
    configuration.recordsTraces = true
    configuration.digestsValues = true
    let declaringCells = DeclaringCells { [states] in states[$0] != nil }
    self.declaringCells = declaringCells
    configuration.adviceOnMissing = { declaringCells.advice(on: $0, askedBy: $1) }
    openings = BrowserOpenings(opensBrowser ? browser : nil)
    let input = self.input
    let openings = openings
    let runningCell = RunningCell()
    self.runningCell = runningCell
    let hasUnawaited = Flag()
    self.hasUnawaited = hasUnawaited
    kernel = try KernelHandle(configuration) { [outputs] event in
      outputs.note(event)
      if case .unawaited = event { hasUnawaited.set() }
      if case .open(let url) = event {
        openings.open(url) { input.printAbove($0) }
      } else if case .served(let request) = event {
        input.printAbove(StyledText(RequestLine(request).logfmt, .dim))
      } else if let text = Transcript.event(
        event, whileRunning: runningCell.number, columns: Terminal.columns)
      {
        switch event {
        case .failure, .unawaited: input.complainAbove(text)
        // A line end at its end is one of its own, and stands for an empty line.
        case .output(_, let printed) where printed.hasSuffix("\n"): input.printAbove(text + "\n")
        default: input.printAbove(text)
        }
      }
    }
    journal = Journal()
    Completer.shared.source = self
    input.onTypedAhead = { [unowned self] in keep(typedAhead: $0) }
  }

  // MARK: The whole

  /// Opens a file if there is one, then reads until the person leaves.
  public func run(file: String?) -> ExitStatus {
    let notKept = notKept()
    if isInteractive { say("Routebook \(options.version)  ·  %help for help, Ctrl-D to leave") }
    if let notKept {
      if isInteractive { input.tell(notKept, .dim) } else { Stream.complain(notKept) }
    }
    if let missing = LineEditor.missing(environment: ProcessInfo.processInfo.environment) {
      input.tell(missing, .dim)
    }
    warnIfOthersCanReach(configuration)
    if let file {
      if let status = open(file) { return finish(status) }
    } else if !listenByDefault() {
      return finish(.cellFailed)
    }
    if isInteractive { offerRecovery() }
    while !isLeaving, !Stream.hasLostOutput { readOne() }
    if !isInteractive { settle() }
    if isInteractive { return finish(Stream.hasLostOutput ? .outputLost : .success) }
    if let failure = input.readFailure {
      complain("standard input cannot be read: \(failure)")
      return finish(.badFile)
    }
    return finish(
      hasFailed || hasUnawaited.isSet ? .cellFailed : Stream.hasLostOutput ? .outputLost : .success)
  }

  /// What a folder that can't be written keeps from being there after a crash, in one line; nil where all is well, and
  /// where it is the history alone, which says so itself.
  private func notKept() -> String? {
    guard let journal = journal.disabledReason else { return nil }
    guard let history = input.takeHistoryFailure() else { return journal }
    // Both lie in one folder, and as a rule one reason is enough.
    let reason = history[(history.ranges(of: ": ").last?.upperBound ?? history.startIndex)...]
    return "history is kept in memory only\(journal.hasSuffix(reason) ? "" : " (\(history))"), and \(journal)"
  }

  /// The status that ends the program already, or nil.
  private func open(_ file: String) -> ExitStatus? {
    fileVersion = CellsFile.version(ofFileAt: file)
    do throws(CellsFileError) {
      let contents = try NotebookFile.load(file)
      notebook = contents.notebook
      base = notebook
      tellWhatIsOtherwise(in: contents, of: file)
    } catch {
      Stream.complain("\(error)")
      if isInteractive { tellWhatWaits(for: file) }
      return .badFile
    }
    path = file
    try? journal.reset(notebookFile: Prompt.absolute(file), notebook: notebook)
    Completer.shared.learn(from: notebook.codeCells.map(\.source))
    if !callsListen(notebook), !listenByDefault() { return .cellFailed }
    guard options.runsCells else {
      listCells()
      return nil
    }
    let isSuccess = openings.heldBack { [input] in
      input.tell("pages are named, not opened, while a whole notebook runs; %open /path opens one", .dim)
    } during: {
      runCells(notebook.codeNumbers, isCompact: isInteractive)
    }
    if isInteractive, let address = kernel.addresses().first {
      let count = kernel.routes().count
      say("serving \(address), \(count) route\(count == 1 ? "" : "s")")
    }
    // What comes by the pipe has its turn all the same.
    if !isSuccess { hasFailed = true }
    return nil
  }

  /// Serves where the notebook does not say where. A person who did not ask for a port gets another where
  /// the usual one is taken.
  private func listenByDefault() -> Bool {
    do {
      let instead = try kernel.listenByDefault(takesAnyPort: configuration.port == nil)
      guard isInteractive else {
        if let instead { Stream.complain(instead) }
        return true
      }
      say(instead ?? "serving \(kernel.addresses().joined(separator: ", "))")
      return true
    } catch {
      Stream.complain("error: \(error)")
      return false
    }
  }

  private func readOne() {
    if let (number, text) = editing.take() {
      (question, lastQuestion) = (nil, nil)
      return readEdited(number, text)
    }
    let entry = input.readCell(number: notebook.nextNumber)
    if case .text(let text) = entry, text.allSatisfy(\.isWhitespace) { return }
    (question, lastQuestion) = (nil, input.hasTyped && entry == .endOfInput ? nil : question)
    // Where nobody looks, what was asked and not answered is something that was not done.
    defer { if !isInteractive, lastQuestion != nil { hasFailed = true } }
    switch entry {
    case .text(let text):
      // What becomes a cell is out of what waits when it is in the notebook.
      if case .cell = meaning(of: text) {} else { keep(typedAhead: input.typedAhead) }
      handle(text)
      tellStale()
    case .interrupted: break
    case .endOfInput: leave()
    }
  }

  /// Whether the person, who is asked this, has already answered by doing the same again. Where nobody types, nobody is
  /// asked whether to drop what was entered; what others wrote and what was recovered is asked about there too.
  func isConfirmed(_ question: Question, _ text: String) -> Bool {
    if lastQuestion == question {
      lastQuestion = nil
      return true
    }
    if !isInteractive {
      switch question {
      case .overwrite, .export: break
      case .load where hasRecovered: break
      case .load, .leave: return true
      }
      self.question = question
      complain(text)
      return false
    }
    self.question = question
    // Before it is asked: what was typed until now is no answer.
    input.dropTypedAhead()
    input.tell(text, Style(.yellow))
    return false
  }

  /// Ends; unsaved work is asked about once.
  func leave() {
    let isSure =
      !isModified || notebook == base || isHungUp
      || isConfirmed(
        .leave,
        "there are unsaved cells: %save \(path ?? "FILE.cells") keeps them; Ctrl-D or %quit again leaves without them"
      )
    if isSure { isLeaving = true }
  }

  /// Whether the terminal has gone away.
  private var isHungUp: Bool {
    var modes = termios()
    return isInteractive && tcgetattr(STDIN_FILENO, &modes) != 0
  }

  private func finish(_ status: ExitStatus) -> ExitStatus {
    if !background.isEmpty { kernel.stopComputing() }
    kernel.shutDown(grace: .milliseconds(200))
    input.flush()
    // Whoever lost the terminal did not choose to drop what was not saved, and where nobody types nobody was asked about
    // what `%recover` has brought back: it is offered at the next start.
    if isModified, isInteractive ? isHungUp : hasRecovered {
      if !isInteractive {
        complain("what %recover brought back was not saved: the next start offers it again")
      }
    } else {
      journal.finish()
    }
    return status
  }

  // MARK: Saying

  func say(_ text: StyledText) { input.print(text) }

  func say(_ text: String) { input.tell(text) }

  /// Something went wrong: in red for a person, else on standard error.
  func complain(_ text: String) {
    if isInteractive {
      input.tell(text, Style(.red))
    } else {
      input.flush()
      Stream.complain(text)
    }
  }

  /// A command that can't be done. Where nobody looks the exit status tells.
  func refuse(_ text: String) {
    hasFailed = true
    complain(text)
  }

  /// Short times in milliseconds, longer ones in seconds.
  nonisolated static func duration(_ duration: Duration) -> String {
    let parts = duration.components
    let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    return switch seconds {
    case ..<0.001: "<1 ms"
    case ..<0.9995: String(format: "%.0f ms", seconds * 1_000)
    case ..<9.95: String(format: "%.1f s", seconds)
    default: String(format: "%.0f s", seconds)
    }
  }
}
