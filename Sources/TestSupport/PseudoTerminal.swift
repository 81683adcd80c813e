import Glibc

/// A program at a terminal of its own: what it writes goes to a screen, what a person would type goes to it.
///
/// The program leads a session and the terminal is its controlling one, so Ctrl-C, Ctrl-Z and window changes are the
/// kernel's, as at a real terminal. Not for use from two threads at once.
public final class PseudoTerminal {
  /// Why the program could not be started, or what was waited for and not seen.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public enum Exit: Equatable, Sendable {
    case code(Int32)
    case signal(Int32)
  }

  public private(set) var screen: Screen
  /// Everything the program wrote, up to 64 MB, for tests that count or compare bytes.
  public private(set) var output: [UInt8] = []
  public let process: pid_t
  private let main: Int32
  private var exit: Exit?
  private var isClosed = false

  /// Starts a program. `environment` is all it gets (and a sanitizer's options), besides `TERM=xterm-256color` where that says nothing.
  public init(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], columns: Int = 80,
    rows: Int = 24
  ) throws {
    screen = Screen(columns: columns, rows: rows)
    // posix_openpt() and its kin are not in Swift's Glibc: this is what they do (ioctl_tty(2), TIOCSPTLCK, TIOCGPTN).
    main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlocked: Int32 = 0
    var number: UInt32 = 0
    guard main >= 0, ioctl(main, 0x4004_5431, &unlocked) == 0, ioctl(main, 0x8004_5430, &number) == 0 else {
      throw Failure(description: "no pseudo-terminal: \(String(cString: strerror(errno)))")
    }
    _ = fcntl(main, F_SETFL, O_NONBLOCK)
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(main, UInt(TIOCSWINSZ), &size)
    var variables = environment
    variables["TERM"] = variables["TERM"] ?? "xterm-256color"
    do {
      process = try Self.spawn(program, arguments, variables, terminal: "/dev/pts/\(number)")
    } catch {
      close(main)
      throw error
    }
  }

  deinit {
    if exit == nil {
      // The foreground job may be another one than the program's.
      let job = tcgetpgrp(main)
      if job > 1 { Glibc.kill(-job, SIGKILL) }
      Glibc.kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    close(main)
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String], terminal: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // The leader of a new session gets the terminal it opens first as its controlling one.
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    for descriptor in inheritedDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    // <spawn.h> shows POSIX_SPAWN_SETSID (0x80) only to GNU sources.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | 0x80))
    var words: [UnsafeMutablePointer<CChar>?] = [strdup(program)] + arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.merging(BuiltProgram.diagnosticOptions) { own, _ in own }
      .map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
    guard code == 0 else { throw Failure(description: "\(program): \(String(cString: strerror(code)))") }
    return process
  }

  // MARK: Typing and looking

  /// Types keys, as the bytes a terminal sends for them. What the program writes meanwhile is taken, so neither side
  /// waits for the other for ever.
  public func send(_ keys: String, timeout: Double = 30) throws {
    var rest = Array(keys.utf8)[...]
    let end = Self.now() + timeout
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(main, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EIO || isClosed {
        throw failure("the program is gone, \(rest.count) bytes were not typed")
      } else if Self.now() > end {
        throw failure("the program does not read, \(rest.count) bytes were not typed")
      } else {
        pump(milliseconds: 100, alsoWritable: true)
      }
    }
  }

  /// Types a key that changes what is seen, and gives the time until the last byte of the paint has come: the end of a
  /// synchronized update. What a terminal makes of it is not in that time.
  public func timeToPaint(_ key: String, timeout: Double = 30) throws -> Duration {
    while pump(milliseconds: 0) {}
    let end = Array("\u{1B}[?2026l".utf8)
    var painted: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var bytes = Array(key.utf8)
    let start = ContinuousClock.now
    guard write(main, &bytes, bytes.count) == bytes.count else { throw failure("the program does not read") }
    while !painted.suffix(end.count).elementsEqual(end) {
      var descriptor = pollfd(fd: main, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, Int32(timeout * 1_000)) > 0 else { throw failure("no paint came") }
      let count = read(main, &buffer, buffer.count)
      guard count > 0 else { throw failure("the program ended before its paint") }
      painted += buffer[..<count]
    }
    let time = ContinuousClock.now - start
    screen.feed(painted)
    return time
  }

  /// Pastes a text: between marks where the program has asked for them; terminals send `\r` for `\n`.
  public func paste(_ text: String) throws {
    let keys = String(decoding: text.utf8.map { $0 == 0x0A ? 0x0D : $0 }, as: UTF8.self)
    try send(screen.bracketsPaste ? "\u{1B}[200~" + keys + "\u{1B}[201~" : keys)
  }

  /// Gives the window another size; the program's foreground job is told with SIGWINCH.
  public func resize(columns: Int, rows: Int) {
    pump(milliseconds: 0)
    screen.resize(columns: columns, rows: rows)
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(main, UInt(TIOCSWINSZ), &size)
  }

  /// Waits until the screen is as wanted. Fails with a picture of it after `timeout` seconds, or when the program
  /// ends before.
  public func wait(
    for wanted: String, timeout: Double = 30, until condition: (Screen) -> Bool
  ) throws {
    let end = Self.now() + timeout
    while true {
      if !screen.isUpdating, condition(screen) { return }
      if isClosed { throw failure("the program ended before \(wanted)") }
      if Self.now() > end { throw failure("not seen in \(timeout) s: \(wanted)") }
      pump(milliseconds: 100)
    }
  }

  /// Waits until a text is seen on the screen.
  public func wait(for text: String, timeout: Double = 30) throws {
    try wait(for: text, timeout: timeout) { $0.text.contains(text) }
  }

  /// Waits for the program's end.
  @discardableResult
  public func waitForExit(timeout: Double = 30) throws -> Exit {
    let end = Self.now() + timeout
    while exit == nil {
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG) == process {
        let signal = status & 0x7F
        exit = signal == 0 ? .code(status >> 8 & 0xFF) : .signal(signal)
        while pump(milliseconds: 0) {}
      } else if Self.now() > end {
        throw failure("the program did not end in \(timeout) s")
      } else {
        // Once the terminal is closed there is nothing to poll but the clock.
        if isClosed { usleep(2_000) } else { pump(milliseconds: 10) }
      }
    }
    return exit!
  }

  /// Takes the terminal away, as a window that is closed does: what is read from it ends, and its session gets SIGHUP.
  public func hangUp() {
    pump(milliseconds: 0)
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    dup2(nothing, main)
    close(nothing)
    isClosed = true
  }

  /// Makes the screen show characters that belong together as one, or not.
  public func setJoinsClusters(_ joins: Bool) { screen.joinsClusters = joins }

  public func kill(_ signal: Int32) { Glibc.kill(process, signal) }

  /// The terminal's modes now, as the program has set them: whether it reads lines and echoes.
  public var modes: (readsLines: Bool, echoes: Bool, makesSignals: Bool) {
    var modes = termios()
    tcgetattr(main, &modes)
    let flags = modes.c_lflag
    return (flags & tcflag_t(ICANON) != 0, flags & tcflag_t(ECHO) != 0, flags & tcflag_t(ISIG) != 0)
  }

  // MARK: Bytes

  /// Takes what the program has written, waiting so long for it. Says whether there was anything.
  @discardableResult
  private func pump(milliseconds: Int32, alsoWritable: Bool = false) -> Bool {
    guard !isClosed else { return false }
    var descriptor = pollfd(fd: main, events: Int16(POLLIN | (alsoWritable ? POLLOUT : 0)), revents: 0)
    guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
    guard descriptor.revents & Int16(POLLIN | POLLHUP) != 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(main, &buffer, buffer.count)
    guard count > 0 else {
      // EIO: nobody has the terminal open any more.
      if count == 0 || errno != EAGAIN && errno != EINTR { isClosed = true }
      return false
    }
    if output.count < 64 << 20 { output += buffer[..<count] }
    screen.feed(buffer[..<count])
    if !screen.answers.isEmpty {
      let answers = screen.answers
      screen.answers = []
      _ = answers.withUnsafeBytes { write(main, $0.baseAddress, $0.count) }
    }
    return true
  }

  private func failure(_ what: String) -> Failure {
    let frame = String(repeating: "─", count: screen.columns)
    let (row, column) = screen.cursor
    return Failure(
      description: "\(what)\ncursor at row \(row), column \(column)\n\(frame)\n\(screen.text)\n\(frame)")
  }

  private static func now() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  // MARK: Programs

  /// The path of a program that was built with the tests: it lies in the folder of the running test program, whatever
  /// build folder, configuration or sanitizer was chosen.
  public static func builtProgram(_ name: String) throws -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    var candidates: [String] = []
    let count = buffer.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.bindMemory(to: CChar.self).baseAddress!, $0.count)
    }
    if count > 0 { candidates.append(String(decoding: buffer[..<count], as: UTF8.self)) }
    candidates += CommandLine.arguments.filter { $0.hasPrefix("/") && $0.contains(".xctest") }
    for candidate in candidates {
      // The test program is a file of that folder, or lies in a bundle in it.
      var folder = candidate[...]
      for _ in 0..<4 {
        guard let slash = folder.lastIndex(of: "/") else { break }
        folder = folder[..<slash]
        let path = folder + "/" + name
        if access(String(path), X_OK) == 0 { return String(path) }
      }
    }
    throw Failure(description: "\(name) was not built: it is not near \(candidates.joined(separator: ", "))")
  }
}
