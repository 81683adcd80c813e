import Foundation
import KernelCore
import Notebooks
import Synchronization

/// Runs every cell of files, each in a fresh kernel: writes the transcript to standard output, compares what the cells
/// give with what the files store, or stores it.
public struct Replay {
  public enum Purpose: Sendable {
    case transcript
    case check
    case update
  }

  public struct Options: Sendable {
    public var purpose = Purpose.transcript
    /// How long a cell may wait.
    public var cellTimeout: TimeInterval = 60
    fileprivate var cellTimeoutText: String {
      cellTimeout == cellTimeout.rounded()
        ? String(format: "%.0f s", cellTimeout) : Prompt.duration(.seconds(cellTimeout))
    }
    /// How long what cells started may take to end.
    public var settleTime: TimeInterval = 60
    /// The same by a virtual clock, on which a day takes no time.
    var virtualSettleTime: TimeInterval { max(settleTime, 24 * 60 * 60) }
    /// Goes on serving afterwards, until SIGTERM or SIGINT.
    public var servesAfterwards = false
    /// The only cells to run; nil for all.
    public var selection: CellNumbers?
    /// Values in place of those that the cell tagged `parameters` gives its names.
    public var parameters: [CellParameter] = []
    public var reports: [ReplayReport] = []

    public init() {}
  }

  private let configuration: KernelConfiguration
  private let options: Options
  private let usesColor: Bool

  public init(_ configuration: KernelConfiguration, _ options: Options, usesColor: Bool) {
    var configuration = configuration
    configuration.opening = .request
    // Where time is virtual nobody outside can call in time; so replays run beside one another, and the addresses stay
    // the same.
    configuration.bindsSockets = !configuration.isClockVirtual || options.servesAfterwards
    configuration.digestsValues = options.purpose != .transcript
    self.configuration = configuration
    self.options = options
    self.usesColor = usesColor
  }

  /// Replays files one after the other, and writes the reports.
  ///
  /// - Returns: the first in this order that holds for one of them: it can't be read, a cell failed, outputs differ.
  public func run(_ paths: [String]) -> ExitStatus {
    for report in options.reports {
      guard let path = paths.first(where: { report.wouldReplace($0) }) else { continue }
      Stream.complain("the report would replace \(path); write it to another file")
      return .usage
    }
    for (place, report) in options.reports.enumerated()
    where options.reports[..<place].contains(where: { report.wouldReplace($0) }) {
      Stream.complain("two reports would be written to \(report.path), and one would replace the other")
      return .usage
    }
    var files: [ReplayedFile] = []
    let events = Mutex<EventQueue?>(nil)
    let signals = TerminationSignals { events.withLock { $0?.wake() } }
    for path in paths where !Stream.hasLostOutput && !signals.isRaised {
      let start = ContinuousClock.now
      let queue = EventQueue(sizeLimit: Replay.waitingSize)
      events.withLock { $0 = queue }
      // Cells are numbered anew in each.
      let isOneOfMany = paths.count > 1
      if isOneOfMany, options.purpose == .transcript {
        Stream.write((files.isEmpty ? "" : "\n") + "==> \(Sanitizer.visible(fileName(path))) <==")
      }
      var file = run(path, queue, signals, isOneOfMany: isOneOfMany)
      file.duration = ContinuousClock.now - start
      if options.purpose != .transcript { tell(file) }
      files.append(file)
    }
    for report in options.reports where !report.write(files) { return .outputLost }
    // Serving ends well by a signal, and nothing else.
    if files.last?.status != .success || files.count < paths.count { signals.endAsRaised() }
    let failures = files.map(\.status).filter { $0 != .success }
    return Stream.hasLostOutput ? .outputLost : failures.min { $0.rawValue < $1.rawValue } ?? .success
  }

  // MARK: A file

  private func run(
    _ path: String, _ events: EventQueue, _ signals: TerminationSignals, isOneOfMany: Bool
  ) -> ReplayedFile {
    var file = ReplayedFile(path: fileName(path), cells: [], status: .success)
    do throws(UnattendedFailure) {
      if options.purpose == .update, !CellsFile.isWaitless(path) {
        // It is read a second time before it is written, and a pipe gives what it has once.
        let problem =
          "\(path) is a pipe or a device and cannot be written anew; --update needs a file to store into"
        Stream.complain(problem)
        throw UnattendedFailure(status: .badFile, problem: problem)
      }
      var notebook = try readNotebook(path)
      for cell in notebook.codeCells { file.sources[cell.number ?? 0] = cell.source }
      let comparisons = try comparisons(of: notebook, in: file.path)
      try set(options.parameters, in: &notebook, file.path)
      let chosen = notebook.codeCells.filter { options.selection?.contains($0.number ?? 0) ?? true }
      if chosen.isEmpty, let selection = options.selection {
        let problem = "\(file.path): there is no cell \(selection.text)"
        Stream.complain(problem)
        throw UnattendedFailure(status: .usage, problem: problem)
      }
      file.cells = chosen.map { ReplayedCell($0, comparisons[$0.number ?? 0]) }
      let tooSlow = TooSlow()
      var configuration = configuration
      for (number, comparison) in comparisons {
        configuration.digestedForms[number] = comparison.formOfLongValue { error in
          tooSlow.patterns.withLock { $0[number] = error }
        }
      }
      let numbers = Set(chosen.map(\.number))
      let leftOut = DeclaringCells(notebook.codeCells.filter { !numbers.contains($0.number) }) { _ in false }
      configuration.adviceOnMissing = { leftOut.advice(on: $0, askedBy: $1) }
      let kernel = try openUnattended(
        notebook, configuration, events, takesAnyPort: configuration.port == nil)
      let running = Running(
        kernel: kernel, events: events, signals: signals, tooSlow: tooSlow,
        file: isOneOfMany ? "\(Sanitizer.visible(file.path)): " : "")
      run(chosen, &file, running, comparisons)
      if options.purpose == .update { try store(&file, path) }
    } catch {
      file.status = error.status
      file.problem = error.problem
    }
    return file
  }

  private func comparisons(
    of notebook: Notebook, in path: String
  ) throws(UnattendedFailure) -> [Int: OutputComparison] {
    do throws(OutputComparison.BadPattern) {
      return try OutputComparison.all(of: notebook)
    } catch {
      let problem = error.description(in: path)
      Stream.complain(problem)
      throw UnattendedFailure(status: .badFile, problem: problem)
    }
  }

  private func set(
    _ parameters: [CellParameter], in notebook: inout Notebook, _ path: String
  ) throws(UnattendedFailure) {
    do throws(CellParameter.Problem) {
      try CellParameter.set(parameters, in: &notebook, of: options.selection)
    } catch {
      let problem = "\(path): \(error.text)"
      Stream.complain(problem)
      throw UnattendedFailure(status: .usage, problem: problem)
    }
  }

  /// What the parts of a replay share while it runs.
  private struct Running {
    let kernel: KernelHandle
    let events: EventQueue
    let signals: TerminationSignals
    let tooSlow: TooSlow
    /// What stands before what is told of the file: nothing where it is the only one.
    let file: String
    /// What has been given since the current cell began, in the lines that a file stores.
    let given = Given()
  }

  /// By cells, the patterns that took too long on a value too long to be stored whole.
  private final class TooSlow: Sendable {
    let patterns = Mutex<[Int: OutputPattern.TooSlow]>([:])
  }

  /// Bounded, since a cell may print without an end: what does not fit a file could not be stored anyway.
  private final class Given {
    private(set) var lines: [String] = []
    /// Errors among them that nobody awaited.
    var unawaited = 0
    private var size = 0
    /// That of the lines that do not fit.
    private var rest = TextDigest()

    func add(_ more: [String]) {
      for line in more {
        size += line.utf8.count + 1
        if size <= CellsFile.maximumSize {
          lines.append(line)
        } else {
          rest.add(line)
          rest.add("\n")
        }
      }
    }

    /// Gives the lines, and begins anew.
    func take() -> [String] {
      defer { (lines, size, rest) = ([], 0, TextDigest()) }
      return size <= CellsFile.maximumSize
        ? lines : lines + ["… more than a file can hold, digest \(rest.text)"]
    }
  }

  private func run(
    _ cells: [Cell], _ file: inout ReplayedFile, _ running: Running, _ comparisons: [Int: OutputComparison]
  ) {
    let hasEnded = runCells(cells, &file, running, comparisons)
    let unawaited = running.given.unawaited
    if hasEnded, let problem = settle(running), file.status == .success {
      file.problem = problem
      file.status = .cellFailed
    }
    if hasEnded, let last = file.cells.indices.last { file.cells[last].given += running.given.take() }
    if file.status == .success, options.servesAfterwards { serveUntilSignal(running) }
    running.kernel.shutDown(grace: .seconds(1), telling: running.events) {
      show(running.events.take(timeout: $0), running)
    }
    if hasEnded, !options.servesAfterwards, let last = file.cells.indices.last {
      file.cells[last].given += running.given.take()
      if running.given.unawaited > unawaited { file.cells[last].hasUnawaited = true }
    }
    if running.events.hasDropped, file.status == .success {
      file.problem = "the cells printed more than can be kept"
      file.status = .cellFailed
      if options.purpose == .transcript { Stream.complain("\(file.path): \(file.problem ?? "")") }
    }
    if options.purpose == .transcript {
      if file.status == .success, running.events.hasUnawaited {
        Stream.complain("\(running.file)an error that nobody awaited was reported; no cell failed")
        file.status = .cellFailed
      }
    } else {
      judge(&file, comparisons, running.tooSlow.patterns.withLock { $0 })
      if options.purpose == .update, file.cells.contains(where: { $0.hasUnawaited && !$0.mayFail }) {
        Stream.complain(
          "\(file.path): an error that nobody awaited was reported, and is stored as any output")
      }
    }
  }

  /// Runs the cells in order; false where one failed that was not meant to.
  private func runCells(
    _ cells: [Cell], _ file: inout ReplayedFile, _ running: Running, _ comparisons: [Int: OutputComparison]
  ) -> Bool {
    for (place, cell) in cells.enumerated() {
      if Stream.hasLostOutput { return false }
      let number = cell.number ?? 0
      let isShown = options.purpose == .transcript
      if isShown { Stream.write(Transcript.input(number, cell.source), color: usesColor) }
      let start = ContinuousClock.now
      _ = running.given.take()
      let unawaited = running.given.unawaited
      let ending = run(number, cell.source, running)
      file.cells[place].hasUnawaited = running.given.unawaited > unawaited
      file.cells[place].duration = ContinuousClock.now - start
      file.cells[place].given = running.given.take()
      file.cells[place].verdict = .ran
      if isShown, ending.isEnd { Stream.write("") }
      let text: String
      switch ending {
      case .ended(let result):
        if result.isSuccess || isMeantToFail(cell, file.cells[place], comparisons[number]) { continue }
        text = "failed"
      case .givenUp(let complaint): text = complaint
      }
      file.cells[place].verdict = .failed(text)
      file.status = .cellFailed
      if isShown {
        let consequence = text == "failed" ? "failed; the cells after it were not run" : text
        Stream.complain("\(running.file)cell [\(number)] \(consequence)")
      }
      return false
    }
    return true
  }

  /// Whether the file says that a cell fails: by a tag, or by the error that is stored with it.
  private func isMeantToFail(_ cell: Cell, _ outcome: ReplayedCell, _ comparison: OutputComparison?) -> Bool {
    if cell.mayFail { return true }
    switch options.purpose {
    case .transcript: return false
    case .update, .check:
      let isUpdate = options.purpose == .update
      return
        (try? comparison?.isSameFailure(outcome.stored, outcome.given, errorAlone: isUpdate)) ?? false
    }
  }

  // MARK: A cell

  /// How a cell ended.
  private enum Ending {
    case ended(CellResult)
    /// It took too long. The text says how, behind its name.
    case givenUp(String)

    var isEnd: Bool { if case .ended = self { true } else { false } }
  }

  /// Runs a cell, showing what is printed meanwhile and what it came to.
  private func run(_ number: Int, _ source: String, _ running: Running) -> Ending {
    let (kernel, events) = (running.kernel, running.events)
    let slot = Slot<CellResult>()
    kernel.run(cell: number, text: source) { result in
      slot.set(result)
      events.wake()
    }
    let deadline = Date().addingTimeInterval(options.cellTimeout)
    // Why it was interrupted.
    var complaint: String?
    var isShown = false
    var looks = 0
    while true {
      isShown = show(events.take(timeout: 0.05), running, cell: number) || isShown
      // What a cell started may keep it from ever coming to rest; then the replay ends without it.
      let isGivenUp = complaint != nil && Date() > deadline.addingTimeInterval(Replay.patience)
      let result = slot.value
      if result != nil || isGivenUp {
        isShown = show(events.take(), running, cell: number) || isShown
        // Its end may be among events that were dropped.
        if let result, !isShown { show(result, running) }
        if let complaint { return .givenUp(complaint) }
        if let result { return .ended(result) }
      }
      // Where time itself stands still nobody need wait for it.
      looks = configuration.isClockVirtual && kernel.waitsInVain() ? looks + 1 : 0
      if complaint == nil {
        if running.signals.isRaised {
          complaint = Replay.stopped
        } else if looks >= Replay.looksForRest {
          complaint = "waits for what nothing that is left will bring about; who is to resolve it?"
        } else if Date() > deadline {
          complaint = "did not end within \(options.cellTimeoutText); --timeout allows it more"
        }
        if complaint != nil { kernel.interrupt() }
      }
    }
  }

  /// What became of whatever was under way when SIGINT or SIGTERM came.
  private static let stopped = "was stopped by a signal"
  /// How often a cell is seen to wait in vain before it is believed: something may be on its way between threads.
  private static let looksForRest = 4
  /// How long an interrupted cell may take to end, in seconds.
  private static let patience = 2.0

  /// Waits until timers that fire once, calls and requests have ended; where they take too long, by the clock of the
  /// notebook or by that on the wall, it gives what is wrong.
  private func settle(_ running: Running) -> String? {
    let deadline = Date().addingTimeInterval(options.settleTime)
    while true {
      let state = running.kernel.settle(within: .seconds(options.virtualSettleTime))
      show(running.events.take(timeout: state == .underWay ? 0.02 : 0), running)
      if state == .settled { return nil }
      if running.signals.isRaised { return "what the cells started \(Replay.stopped)" }
      if state == .underWay, Date() <= deadline { continue }
      let isVirtual = state == .timeIsUp
      let problem =
        "what the cells started had not ended after "
        + (isVirtual
          ? "\(Int(options.virtualSettleTime / 3600)) h of the notebook's time"
          : "\(Int(options.settleTime)) s")
        + whatGoesOn(running)
      if options.purpose == .transcript {
        Stream.complain("\(running.file)\(problem); --settle allows it more")
      }
      return problem
    }
  }

  /// What has not ended, by its cells, and what to do about a loop that never does. A timer that ticks keeps nothing from
  /// its end.
  private func whatGoesOn(_ running: Running) -> String {
    let activities = running.kernel.activities().filter { !$0.name.hasPrefix("every ") }
    let names = activities.compactMap { activity in
      activity.cell.map { cell in
        "\(activity.name) of cell [\(cell)]" + (activity.line.map { ", line \($0)" } ?? "")
      }
    }
    guard let first = names.first else { return "" }
    let more = activities.count > 1 ? " and \(activities.count - 1) more" : ""
    return ": \(first)\(more); what goes on for ever is written as every(…), or cancelled in the last cell"
  }

  /// Shows events as they came; true where the end of the cell was among them. What comes after it is no longer the
  /// cell's own output.
  @discardableResult
  private func show(_ events: [KernelEvent], _ running: Running, cell: Int? = nil) -> Bool {
    var current = cell
    var texts: [String] = []
    for event in events {
      if case .unawaited = event { running.given.unawaited += 1 }
      if case .cellFinished(let result) = event, result.cell == current {
        running.given.add(StoredOutput.lines(of: event))
        if let text = Transcript.result(result) { texts.append(text.rendered(color: usesColor)) }
        current = nil
        continue
      }
      running.given.add(StoredOutput.lines(of: event))
      if options.purpose == .transcript, let text = Transcript.event(event, whileRunning: current) {
        texts.append(text.rendered(color: usesColor))
      }
    }
    // At once, since what prints fast would be ahead of a write for each line.
    if options.purpose == .transcript, !texts.isEmpty { Stream.write(texts.joined(separator: "\n")) }
    return current != cell
  }

  private func show(_ result: CellResult, _ running: Running) {
    running.given.add(StoredOutput.lines(of: .cellFinished(result)))
    if options.purpose == .transcript, let text = Transcript.result(result) {
      Stream.write(text, color: usesColor)
    }
  }

  /// Bytes of what is printed faster than it can be written.
  private static let waitingSize = 512 << 20

  private func serveUntilSignal(_ running: Running) {
    warnIfOthersCanReach(configuration)
    while !running.signals.isRaised {
      show(running.events.take(timeout: 1), running)
      // It belongs to no cell any more, and there is no end of it.
      _ = running.given.take()
    }
  }
}

// MARK: - Comparing and storing

extension Replay {
  /// Compares what the cells gave with what is stored with them, unless that took too long already.
  private func judge(
    _ file: inout ReplayedFile, _ comparisons: [Int: OutputComparison],
    _ tooSlow: [Int: OutputPattern.TooSlow]
  ) {
    for place in file.cells.indices where file.cells[place].verdict == .ran {
      let cell = file.cells[place]
      let given = cell.given.asLines
      file.cells[place].given = given
      do throws(OutputPattern.TooSlow) {
        if let error = tooSlow[cell.number] { throw error }
        if cell.hasUnawaited, !cell.mayFail, comparisons[cell.number]?.isIgnored == true {
          file.cells[place].verdict = .failed("reported an error that nobody awaited")
          file.status = .cellFailed
        } else if try comparisons[cell.number]?.isSame(cell.stored, given)
          ?? cell.stored.hasSameBytes(as: given)
        {
          file.cells[place].verdict = .asStored
        } else {
          file.cells[place].verdict = options.purpose == .update ? .updated : .differs
        }
      } catch {
        file.cells[place].verdict = .failed(
          "cannot be compared: \"\(error.pattern.prefix(60))\" in sanitize takes too long on this output")
        file.status = .badFile
      }
    }
    if options.purpose == .check, file.status == .success, file.count({ $0 == .differs }) > 0 {
      file.status = .outputsDiffer
    }
  }

  /// Stores what is new in the file, unless a cell failed.
  private func store(_ file: inout ReplayedFile, _ path: String) throws(UnattendedFailure) {
    let changed = file.cells.filter { $0.verdict == .updated }
    if changed.isEmpty { return }
    guard file.status == .success else {
      file.problem = (file.problem.map { "\($0); " } ?? "") + "nothing is stored"
      return file.nothingIsUpdated()
    }
    // As it stands in the file, without the values of parameters. What is to be said of the file has been said.
    var notebook: Notebook
    do throws(UnattendedFailure) {
      notebook = try readContents(path, as: NotebookFile.Format(ofFileAt: path)).notebook
    } catch {
      file.nothingIsUpdated()
      throw error
    }
    guard changed.allSatisfy({ notebook[$0.number]?.source == file.sources[$0.number] }) else {
      let problem = "\(file.path) was changed while it ran: nothing is stored"
      Stream.complain(problem)
      file.nothingIsUpdated()
      throw UnattendedFailure(status: .badFile, problem: "nothing is stored")
    }
    for cell in changed { try? notebook.update(cell.number) { $0.storedOutputs = cell.given } }
    do throws(CellsFileError) {
      try NotebookFile.save(notebook, to: path)
    } catch {
      Stream.complain("\(error)")
      file.nothingIsUpdated()
      throw UnattendedFailure(status: .outputLost, problem: "nothing is stored")
    }
  }

  /// Says how the cells of a file went that are compared or stored: what differs, and a line for the file.
  private func tell(_ file: ReplayedFile) {
    // Whoever reads a report from standard output reads that alone.
    let isReported = options.reports.contains(where: \.isToStandardOutput)
    func say(_ text: String) { isReported ? Stream.complain(text) : Stream.write(text) }
    for cell in file.cells {
      let place = file.path + (cell.line.map { ":\($0)" } ?? "")
      switch cell.verdict {
      case .ran, .asStored, .updated, .notRun: continue
      case .differs: say(Sanitizer.visible("\(place): \(cell.name) gave another output"))
      case .failed(let text): say(Sanitizer.visible("\(place): \(cell.name) \(text)"))
      }
      for line in cell.difference {
        say(StyledText("  " + line, style(of: line)).rendered(color: usesColor && !isReported))
      }
    }
    if let summary = file.summary { say(Sanitizer.visible(summary)) }
  }

  private func style(of line: String) -> Style {
    line.hasPrefix("-") ? Style(.red) : line.hasPrefix("+") ? Style(.green) : .plain
  }
}

extension ReplayedFile {
  /// `a.cells: 12 cells: 11 as stored, 1 differs, in 14 ms`; nil where the file could not be read.
  fileprivate var summary: String? {
    if cells.isEmpty, status != .success { return nil }
    var parts: [String] = []
    func add(_ count: Int, _ words: String) { if count > 0 { parts.append("\(count) \(words)") } }
    add(count { $0 == .asStored }, "as stored")
    add(count { $0 == .updated }, "updated")
    let differing = count { $0 == .differs }
    add(differing, differing == 1 ? "differs" : "differ")
    add(count { if case .failed = $0 { true } else { false } }, "failed")
    add(count { $0 == .notRun }, "not run")
    let list = parts.isEmpty ? "no cells" : parts.joined(separator: ", ")
    return "\(path): \(list), in \(Prompt.duration(duration))" + (problem.map { "; \($0)" } ?? "")
  }
}
