import Glibc
import Synchronization

/// Cells from plain lines: a pipe, a file, or a terminal that can't be painted on (`TERM=dumb`).
@MainActor
public final class PlainInput: CellInput {
  /// Longest cell, in bytes. A longer one is handed over as far as it goes, so that the parser reports it.
  public static let cellLimit = 4 << 20

  public var columns: Int? { isTerminal && output == STDOUT_FILENO ? Terminal.columns : nil }
  private let hooks: Hooks
  private let input: Int32
  private let output: Int32
  private let usesColor: Bool
  private let isTerminal: Bool
  private var bytes: [UInt8] = []
  private var isClosed = false
  /// Lines that were read.
  private var lineCount = 0
  public private(set) var readFailure: String?
  nonisolated private let queue = PrintQueue()
  nonisolated private let pipe = WakePipe()
  /// Whether Ctrl-C was pressed and nobody has dealt with it.
  nonisolated private let isInterrupted = Flag()
  /// The same of Ctrl-Z.
  nonisolated private let isSuspended = Flag()
  private var signals: [SignalListener] = []

  /// Prompts are shown where `input` is a terminal; there an empty line also ends a cell that wants more.
  public init(hooks: Hooks, color: Bool = false, input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) {
    self.hooks = hooks
    self.input = input
    self.output = output
    usesColor = color
    isTerminal = isatty(input) == 1
    guard isTerminal else { return }
    // The terminal makes a signal of Ctrl-C, which must not end the notebook.
    signals = [listen(to: SIGINT, setting: isInterrupted), listen(to: SIGTSTP, setting: isSuspended)]
  }

  private func listen(to number: Int32, setting flag: Flag) -> SignalListener {
    SignalListener(number) { [pipe] in
      flag.set()
      pipe.wake()
    }
  }

  public var editsInPlace: Bool { false }
  public var hasTyped: Bool { false }
  /// What was typed ahead is with the terminal until it is read.
  public var typedAhead: [String] { [] }
  public var onTypedAhead: (([String]) -> Void)?
  public func dropTypedAhead() {
    guard isTerminal else { return }
    bytes = []
    tcflush(input, TCIFLUSH)
  }
  /// What was entered here; plain lines are kept in no file.
  public private(set) var historyEntries: [String] = []
  public func takeHistoryFailure() -> String? { nil }
  public func addToHistory(_ text: String) -> Bool { false }

  public func readCell(number: Int, text: String) -> Input {
    let input = readCell(number: number)
    guard case .text(let text) = input, text != historyEntries.last else { return input }
    historyEntries.append(text)
    // A tenth more goes, so that not every entry that follows moves all the others.
    if historyEntries.count > History.limit { historyEntries.removeFirst(History.limit / 10) }
    return input
  }

  private func readCell(number: Int) -> Input {
    let prompt = hooks.prompt(number)
    var cell = ""
    _ = isInterrupted.take()
    show(prompt)
    while let line = nextLine() {
      let isBlank = line.allSatisfy { $0 == " " || $0 == "\t" }
      if cell.isEmpty, isBlank {
        show(prompt)
        continue
      }
      let endsEmpty = isTerminal && isBlank
      cell += (cell.isEmpty ? "" : "\n") + line
      if cell.utf8.count < Self.cellLimit, case .incomplete(_, let isInText) = hooks.completeness(cell),
        !endsEmpty || isInText
      {
        show(Block.continuation(of: prompt))
        continue
      }
      if endsEmpty { cell = String(cell.dropLast(line.count + 1)) }
      return .text(cell)
    }
    if isInterrupted.take() {
      bytes = []
      write("\n")
      return .interrupted
    }
    return cell.isEmpty || readFailure != nil ? .endOfInput : .text(cell)
  }

  private func show(_ prompt: String) {
    flush()
    if isTerminal { write(prompt) }
  }

  /// The next line without its end; nil at the end of the input and at Ctrl-C.
  private func nextLine() -> String? {
    var searched = 0
    while true {
      if let end = bytes[searched...].firstIndex(of: 0x0A) {
        var line = bytes[..<end]
        if line.last == 0x0D { line.removeLast() }
        defer { bytes.removeFirst(min(end + 1, bytes.count)) }
        return text(of: line)
      }
      searched = bytes.count
      if isClosed || bytes.count > Self.cellLimit {
        defer { bytes = [] }
        // At a terminal this was Ctrl-D, and more can come.
        if isTerminal { isClosed = false }
        return bytes.isEmpty ? nil : text(of: bytes[...])
      }
      waitForInput()
      if isInterrupted.isSet { return nil }
      if isSuspended.take() { suspend() }
      flush()
    }
  }

  /// The text of a line; nil where it is none, after which nothing more is read. What a person types is taken as it
  /// comes.
  private func text(of line: ArraySlice<UInt8>) -> String? {
    lineCount += 1
    if isTerminal { return String(decoding: line, as: UTF8.self) }
    if let text = String(validating: line, as: UTF8.self) { return text }
    readFailure = "line \(lineCount) is not valid UTF-8"
    (isClosed, bytes) = (true, [])
    return nil
  }

  /// At a prompt Ctrl-Z stops the program, as a shell's user expects. Without a shell of job control nobody could
  /// continue it.
  private func suspend() {
    if getpgrp() != getsid(0) { kill(0, SIGSTOP) }
  }

  /// Waits for input or a wake-up.
  private func waitForInput() {
    var descriptors = [
      pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
      pollfd(fd: input, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&descriptors, 2, -1) > 0 else { return }
    if descriptors[0].revents != 0 { _ = pipe.drain() }
    guard descriptors[1].revents != 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(input, &buffer, buffer.count)
    if count > 0 {
      bytes += buffer[..<count]
    } else if count == 0 {
      isClosed = true
    } else if errno != EAGAIN && errno != EINTR {
      // A terminal that has gone away is the end of what is typed there.
      if !isTerminal { readFailure = String(cString: strerror(errno)).lowercased() }
      isClosed = true
    }
  }

  public func wait(status: () -> String, until finished: () -> Bool) -> WaitOutcome {
    while true {
      let isOver = finished()
      flush()
      let outcome: WaitOutcome? =
        isInterrupted.take() ? .interrupted : isSuspended.take() ? .backgrounded : nil
      if let outcome {
        // Behind the key's echo.
        if isTerminal { write("\n") }
        return outcome
      }
      if isOver { return .finished }
      var descriptor = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
      // A second is for a condition that came true without a wake-up.
      if poll(&descriptor, 1, 1_000) > 0 { _ = pipe.drain() }
    }
  }

  public func watch(_ picture: () -> [StyledText]) {
    for line in picture() { print(line) }
  }

  public func flush() {
    var lines = queue.takeMarked()[...]
    while let first = lines.first {
      let same = lines.prefix { $0.isError == first.isError }
      lines = lines.dropFirst(same.count)
      let text = same.map(\.text).joined(separator: "\n")
      if first.isError { Stream.complain(text) } else { write(text + "\n") }
    }
  }

  public nonisolated func printAbove(_ text: StyledText) {
    queue.add(text.rendered(color: usesColor))
    pipe.wake()
  }

  public nonisolated func complainAbove(_ text: StyledText) {
    if isTerminal { return printAbove(text) }
    queue.add(text.rendered(color: false), isError: true)
    pipe.wake()
  }

  public nonisolated func wake() { pipe.wake() }

  public func lendTerminal<Result>(_ body: () throws -> Result) rethrows -> Result {
    flush()
    return try body()
  }

  private func write(_ text: String) { Stream.writeOutput(text, to: output) }
}
