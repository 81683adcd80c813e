import Glibc
import Synchronization

/// The terminal's modes as they were at the start, and what happened to the process since: one of each for a
/// process, because signals and the terminal are.
///
/// A signal handler may touch nothing but plain memory that was there before, so this is C in Swift's clothes: all
/// of it is written on the main thread before the handlers are installed, and read by them.
enum TerminalModes {
  /// On the heap: as a global, Swift 6.3 gives a `termios` three bytes fewer than C writes.
  nonisolated(unsafe) private static let saved: UnsafeMutablePointer<termios> = {
    let modes = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    modes.initialize(to: termios())
    return modes
  }()
  nonisolated(unsafe) private static var isSaved = false
  /// Whether the terminal is ours now, so that there is something to put back.
  nonisolated(unsafe) private static var isChanged: sig_atomic_t = 0
  /// Whether something is painted that the cursor must leave before others print.
  nonisolated(unsafe) static var isBlockShown: sig_atomic_t = 0
  /// Until when a continuation is the end of a stop of our own, in `MonotonicTime.milliseconds`.
  private static let knownContinuation = Atomic(0)
  /// Where notices are written; -1 for nowhere.
  nonisolated(unsafe) static var noticePipe: Int32 = -1
  /// Ends bracketed paste, shows the cursor, ends a synchronized update, resets the colours.
  nonisolated(unsafe) private static let farewell: UnsafeMutableBufferPointer<UInt8> = {
    let bytes = Array("\u{1B}[?2026l\u{1B}[?2004l\u{1B}[?25h\u{1B}[0m\r\n".utf8)
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = buffer.initialize(from: bytes)
    return buffer
  }()

  /// What a byte in the notice pipe means.
  enum Notice: UInt8 {
    case woken = 0x77
    case resized = 0x72
    case continued = 0x63
    case interrupted = 0x69
  }

  /// What was to happen at each signal before.
  nonisolated(unsafe) private static let previous: UnsafeMutablePointer<sigaction> = {
    let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
    actions.initialize(repeating: sigaction(), count: 65)
    return actions
  }()

  /// Remembers the modes and installs the handlers: window changes and continuation are written to `noticePipe`;
  /// signals that end the process put the terminal back first. Of those, the ones that ask the process to end are
  /// left to whoever handles or ignores them already; crashes go on to their handler, such as Swift's backtracer.
  static func prepare(noticePipe: Int32) {
    Self.noticePipe = noticePipe
    guard !isSaved, tcgetattr(STDIN_FILENO, saved) == 0 else { return }
    isSaved = true
    _ = farewell
    _ = knownContinuation.load(ordering: .relaxed)
    install(SIGWINCH) { _ in TerminalModes.note(.resized) }
    install(SIGCONT) { _ in
      if TerminalModes.knownContinuation.exchange(0, ordering: .relaxed) < MonotonicTime.milliseconds {
        TerminalModes.note(.continued)
      }
    }
    // From outside, as Ctrl-C is a key here: another program interrupts what runs.
    install(SIGINT) { _ in TerminalModes.note(.interrupted) }
    let requests = [SIGTERM, SIGHUP]
    for signal in requests + [SIGQUIT, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV] {
      sigaction(signal, nil, &previous[Int(signal)])
      let handler = unsafeBitCast(previous[Int(signal)].__sigaction_handler.sa_handler, to: Int.self)
      guard handler == 0 || !requests.contains(signal) else { continue }
      install(signal) { signal in
        TerminalModes.restore()
        sigaction(signal, &TerminalModes.previous[Int(signal)], nil)
        // It is delivered when this handler returns, at the place where it struck first.
        raise(signal)
      }
    }
    atexit { TerminalModes.restore() }
  }

  private static func install(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    action.sa_flags = SA_RESTART | SA_ONSTACK
    sigaction(signal, &action, nil)
  }

  /// Stops the program's job as the terminal would: every process of it, so that whoever started us sees it stop.
  /// Returns when it was continued, of which there is no notice. Where nobody could continue it (an orphaned process
  /// group, POSIX.1-2017 2.4.4) the signal does nothing.
  static func stop() {
    knownContinuation.store(.max, ordering: .relaxed)
    kill(0, SIGTSTP)
    // Any thread may take the signal that ends the stop, so that its handler may run later than this.
    _ = knownContinuation.compareExchange(
      expected: .max, desired: MonotonicTime.milliseconds + 1_000, ordering: .relaxed)
  }

  private static func note(_ notice: Notice) {
    let error = errno
    var byte = notice.rawValue
    _ = Glibc.write(noticePipe, &byte, 1)
    errno = error
  }

  /// Single keys, no echo, no signals from keys; output stays as it is, so that `\n` still ends a line.
  /// True where the terminal was not ours before.
  static func enterRaw() -> Bool {
    guard isSaved else { return false }
    defer { isChanged = 1 }
    var modes = saved.pointee
    modes.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    modes.c_iflag &= ~tcflag_t(ICRNL | INLCR | IXON | ISTRIP)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &modes)
    return isChanged == 0
  }

  /// Does something while Ctrl-C and Ctrl-\ are for the program that has the terminal, and not for this process, as
  /// system(3) has it: the kernel sends them to both.
  static func ignoringKeySignals<Result>(_ body: () throws -> Result) rethrows -> Result {
    var ignored = sigaction()
    ignored.__sigaction_handler.sa_handler = SIG_IGN
    var interrupt = sigaction()
    var quit = sigaction()
    sigaction(SIGINT, &ignored, &interrupt)
    sigaction(SIGQUIT, &ignored, &quit)
    defer {
      sigaction(SIGINT, &interrupt, nil)
      sigaction(SIGQUIT, &quit, nil)
    }
    return try body()
  }

  /// Puts the terminal back. It is safe in a signal handler and on any thread, and does nothing the second time, or
  /// where the terminal belongs to another job now.
  static func restore() {
    guard isChanged != 0, tcgetpgrp(STDIN_FILENO) == getpgrp() else { return }
    isChanged = 0
    tcsetattr(STDIN_FILENO, TCSANOW, saved)
    let count = isBlockShown != 0 ? farewell.count : farewell.count - 2
    isBlockShown = 0
    // A terminal that nobody reads must not hold up the end.
    let flags = fcntl(STDOUT_FILENO, F_GETFL)
    _ = fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK)
    _ = Glibc.write(STDOUT_FILENO, farewell.baseAddress!, count)
    _ = fcntl(STDOUT_FILENO, F_SETFL, flags)
  }
}
