import Dispatch
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
    /// A port that the person asked for: where it is taken, another will not do.
    public var hasFixedPort = false

    public init() {}
  }

  let input: any CellInput
  let kernel: KernelHandle
  let journal: Journal
  private let options: Options
  private let isTerminal: Bool
  private let openings: BrowserOpenings

  var notebook = Notebook()
  var path: String?
  /// What each cell came to when it last ran.
  var results: [Int: CellResult] = [:]
  var isModified = false
  private var isLeaving = false
  private var hasAskedToLeave = false
  private var hasFailed = false

  /// Takes the terminal, or plain lines where there is none, and starts a kernel.
  public init(_ configuration: KernelConfiguration, _ options: Options, opensBrowser: Bool) throws {
    let environment = ProcessInfo.processInfo.environment
    let hooks = Hooks(
      completeness: Prompt.completeness, highlight: Prompt.highlight,
      complete: { Completer.shared.complete($0, $1) })
    if let editor = LineEditor(
      hooks: hooks, color: options.usesColor, historyPath: HistoryFile.defaultPath(environment: environment),
      environment: environment)
    {
      input = editor
      isTerminal = true
    } else {
      input = PlainInput(hooks: hooks, color: options.usesColor)
      isTerminal = false
    }
    self.options = options
    let browser = Browser(environment: environment)
    var configuration = configuration
    let usesBrowser = opensBrowser && browser.isAvailable
    configuration.opening = isTerminal ? .browser(isAvailable: usesBrowser) : .request
    openings = BrowserOpenings(usesBrowser ? browser : nil)
    let input = self.input
    let openings = openings
    kernel = try KernelHandle(configuration) { event in
      if case .open(let url) = event {
        openings.open(url) { input.printAbove($0) }
      } else if let text = Transcript.event(event) {
        input.printAbove(text)
      }
    }
    journal = Journal()
  }

  // MARK: The whole

  /// Opens a file if there is one, then reads until the person leaves.
  public func run(file: String?) -> ExitStatus {
    if isTerminal { say("Routebook \(options.version)  ·  %help for help, Ctrl-D to leave") }
    if let reason = journal.disabledReason, isTerminal {
      say(StyledText("cells are not journalled: \(reason)", .dim))
    }
    if let file {
      if let status = open(file) { return finish(status) }
    } else if !listenByDefault() {
      return finish(.cellFailed)
    }
    if isTerminal { offerRecovery() }
    while !isLeaving { readOne() }
    if !isTerminal { settle() }
    return finish(hasFailed && !isTerminal ? .cellFailed : .success)
  }

  /// The status that ends the program already, or nil.
  private func open(_ file: String) -> ExitStatus? {
    do throws(CellsFileError) {
      notebook = try CellsFile.load(file)
    } catch {
      Stream.complain("\(error)")
      return .badFile
    }
    path = file
    try? journal.reset(notebookFile: file)
    Completer.shared.learn(from: notebook.codeCells.map(\.source))
    if !callsListen(notebook), !listenByDefault() { return .cellFailed }
    guard options.runsCells else {
      listCells()
      return nil
    }
    openings.isHeldBack = true
    defer { openings.isHeldBack = false }
    let isSuccess = runCells(notebook.codeNumbers, isCompact: isTerminal)
    return isSuccess || isTerminal ? nil : .cellFailed
  }

  /// Serves where the notebook does not say where. A person who did not ask for a port gets another where
  /// the usual one is taken.
  private func listenByDefault() -> Bool {
    do {
      let address = try kernel.listenByDefault()
      if isTerminal { say("serving \(address)") }
      return true
    } catch {
      guard !options.hasFixedPort, isTerminal, let address = try? kernel.listen(onPort: 0) else {
        complain("error: \(error)")
        return false
      }
      say("\(error); serving \(address) instead")
      return true
    }
  }

  private func readOne() {
    switch input.readCell(number: notebook.nextNumber) {
    case .text(let text):
      let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
      if trimmed.isEmpty { return }
      if !trimmed.hasPrefix("%quit") { hasAskedToLeave = false }
      if trimmed.hasPrefix("%") {
        command(trimmed)
      } else if trimmed.hasSuffix("?"), let name = Prompt.name(in: String(trimmed.dropLast())) {
        help(name)
      } else {
        enter(text)
      }
    case .interrupted: hasAskedToLeave = false
    case .endOfInput: isTerminal ? leave() : (isLeaving = true)
    }
  }

  /// Ends; unsaved work is asked about once.
  func leave() {
    if isModified, isTerminal, !hasAskedToLeave {
      hasAskedToLeave = true
      say(
        "there are unsaved cells: %save \(path ?? "FILE") keeps them; Ctrl-D or %quit again leaves without them"
      )
      return
    }
    isLeaving = true
  }

  private func finish(_ status: ExitStatus) -> ExitStatus {
    kernel.shutDown(grace: .milliseconds(200))
    input.flush()
    journal.finish()
    return status
  }

  // MARK: Saying

  func say(_ text: StyledText) { input.print(text) }

  func say(_ text: String) { input.print(StyledText(text)) }

  func complain(_ text: String) {
    if isTerminal { input.print(StyledText(text, Style(.red))) } else { Stream.complain(text) }
  }

  // MARK: Cells

  private func enter(_ text: String) {
    if let line = CellsFile.markerLine(in: text) ?? CellsFile.outputLine(in: text) {
      complain(
        "line \(line) looks like a marker of the cells file and could not be saved; indent it or write it otherwise"
      )
      return
    }
    let number = notebook.append(code: text)
    if let cell = notebook[number] {
      do throws(JournalError) { try journal.append(cell) } catch {
        say(StyledText("not journalled: \(error)", .dim))
      }
    }
    isModified = true
    Completer.shared.learn(from: [text])
    if !runCell(number, text) { hasFailed = true }
  }

  /// Runs cells one after another, up to the first that fails.
  @discardableResult
  func runCells(_ numbers: [Int], isCompact: Bool = false) -> Bool {
    for number in numbers {
      guard let cell = notebook[number] else { continue }
      if isCompact {
        say(StyledText("[\(number)] ", Style(.green)) + StyledText(Prompt.headline(of: cell)))
      } else {
        say(Transcript.input(number, cell.source))
      }
      guard runCell(number, cell.source) else {
        if numbers.last != number { complain("cell [\(number)] failed; the cells after it were not run") }
        hasFailed = true
        return false
      }
    }
    return true
  }

  private func runCell(_ number: Int, _ text: String) -> Bool {
    let slot = ResultSlot()
    let input = self.input
    kernel.run(cell: number, text: text) { result in
      slot.set(result)
      input.wake()
    }
    guard let result = wait(for: slot, number) else { return true }
    results[number] = result
    if let text = Transcript.result(result) { say(text) } else { input.flush() }
    return result.isSuccess
  }

  /// Waits until a cell has ended; nil where the person let it go on in the background.
  private func wait(for slot: ResultSlot, _ number: Int) -> CellResult? {
    let started = ContinuousClock.now
    while true {
      let outcome = input.wait(
        status: { "[\(number)] \(Prompt.seconds(ContinuousClock.now - started))" },
        until: { slot.value != nil })
      switch outcome {
      case .finished: return slot.value
      case .interrupted: kernel.interrupt()
      case .backgrounded:
        say("[\(number)] goes on in the background")
        slot.onSet = { [input] result in
          if let text = Transcript.result(result) { input.printAbove(text) }
        }
        return nil
      }
    }
  }

  func deleteCells(_ numbers: [Int]) {
    for number in numbers {
      _ = try? notebook.delete(number)
      results[number] = nil
      kernel.removeEffects(of: number)
      isModified = true
    }
    say(
      numbers.count == 1
        ? "cell [\(numbers[0])] is gone with all it made"
        : "\(numbers.count) cells are gone with all they made")
  }

  // MARK: Kernel

  func restart() {
    let slot = Flag()
    let input = self.input
    kernel.restart {
      slot.set()
      input.wake()
    }
    while input.wait(status: { "restarting" }, until: { slot.isSet }) != .finished {}
    results.removeAll()
    say("restarted: variables, routes and timers are gone; %rerun brings them back")
  }

  func rerun(_ numbers: [Int]) {
    let slot = Flag()
    let input = self.input
    let cells = numbers.compactMap { number in notebook[number].map { (number: number, text: $0.source) } }
    let collected = ResultList()
    openings.isHeldBack = true
    kernel.rerunAll(cells) { result in
      collected.add(result)
    } completion: { _ in
      slot.set()
      input.wake()
    }
    results.removeAll()
    let total = cells.count
    while true {
      let outcome = input.wait(
        status: { "cell \(min(collected.count + 1, total)) of \(total)" }, until: { slot.isSet })
      if outcome == .finished { break }
      kernel.interrupt()
    }
    openings.isHeldBack = false
    for result in collected.all {
      results[result.cell] = result
      if !result.isSuccess, let text = Transcript.result(result) { say(text) }
    }
    if let failed = collected.all.last, !failed.isSuccess {
      hasFailed = true
      complain("cell [\(failed.cell)] failed; the cells after it were not run")
    } else {
      say("restarted, and ran \(total) cell\(total == 1 ? "" : "s")")
    }
  }

  func openPage(_ target: String) {
    guard target.hasPrefix("/") || target.hasPrefix("http://") || target.hasPrefix("https://") else {
      return complain("%open takes a path, as %open /greet/you, or an http address")
    }
    guard target.hasPrefix("/") else { return openings.openNow(target) { [input] in input.printAbove($0) } }
    guard let base = kernel.addresses().first(where: { $0.hasPrefix("http") }) else {
      return complain("nothing listens yet; run listen(\"tcp:8080\") first")
    }
    openings.openNow(base + target) { [input] in input.printAbove($0) }
    input.flush()
  }

  /// Not at a terminal: what cells started is let end before the program does.
  private func settle() {
    let end = ContinuousClock.now + .seconds(60)
    while !kernel.isSettled(), ContinuousClock.now < end {
      _ = input.wait(status: { "" }, until: { true })
      Thread.sleep(forTimeInterval: 0.02)
    }
    input.flush()
  }

  static func seconds(_ duration: Duration) -> String {
    let parts = duration.components
    let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    return seconds < 10 ? String(format: "%.1f s", seconds) : String(format: "%.0f s", seconds)
  }
}

/// Something that has happened, told from another thread.
final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  var isSet: Bool { lock.withLock { value } }
  func set() { lock.withLock { value = true } }
}

/// Results that come one by one from another thread.
final class ResultList: @unchecked Sendable {
  private let lock = NSLock()
  private var results: [CellResult] = []

  var all: [CellResult] { lock.withLock { results } }
  var count: Int { lock.withLock { results.count } }
  func add(_ result: CellResult) { lock.withLock { results.append(result) } }
}
