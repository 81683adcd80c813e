import Glibc
import Synchronization

/// The way to wake the main thread from any other: a pipe, and a flag that keeps it from filling.
final class WakePipe: Sendable {
  let readEnd: Int32
  let writeEnd: Int32
  private let isSignalled = Atomic(false)

  init() {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no file descriptor is left for a pipe")
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  func wake() {
    guard !isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var byte = TerminalModes.Notice.woken.rawValue
    _ = write(writeEnd, &byte, 1)
  }

  /// Empties the pipe and says what was in it.
  func drain() -> Set<TerminalModes.Notice> {
    var notices: Set<TerminalModes.Notice> = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(readEnd, &buffer, buffer.count)
      guard count > 0 else { break }
      for byte in buffer[..<count] { TerminalModes.Notice(rawValue: byte).map { _ = notices.insert($0) } }
    }
    // After the reads: a wake-up from now on writes again, and what those before it published is seen from here.
    _ = isSignalled.exchange(false, ordering: .acquiringAndReleasing)
    return notices
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }
}

/// The person's terminal: size, keys, and one write for each paint.
@MainActor
final class Terminal {
  /// What ended a wait.
  enum Event {
    case keys, woken, resized, continued, timeout
  }

  let pipe: WakePipe
  private(set) var isInputClosed = false
  private var decoder = KeyDecoder()
  private var keys: [Key] = []
  private var nextKey = 0
  /// How many keys came before those that are kept.
  private var earlierKeys = 0
  /// Most keys that are kept while a cell runs; the rest are dropped.
  private static let typeAheadLimit = 1_000_000

  init(pipe: WakePipe) { self.pipe = pipe }

  /// How wide the terminal is that standard output goes to; nil where that is none. For any thread.
  nonisolated static var columns: Int? {
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
  }

  /// Columns and rows; 80 by 24 where the terminal does not say.
  var size: WindowSize {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return WindowSize(columns: 80, rows: 24)
    }
    return WindowSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Sets the modes; asks for bracketed paste where the terminal was not ours, or may have been somebody else's.
  func enterRaw(afterStop: Bool = false) {
    if TerminalModes.enterRaw() || afterStop { write("\u{1B}[?2004h") }
  }

  /// Writes all of it, waiting where the terminal is slow.
  func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody made the terminal non-blocking; wait until it takes more.
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&descriptor, 1, 1_000)
      } else if errno != EINTR {
        return
      }
    }
  }

  /// The next key that has been read, if any.
  func takeKey() -> Key? {
    guard nextKey < keys.count else {
      forgetRead()
      return nil
    }
    defer { nextKey += 1 }
    return keys[nextKey]
  }

  /// The keys that have been read and not taken.
  var waitingKeys: ArraySlice<Key> { keys[nextKey...] }

  /// The number of the first of them, counted over all keys.
  var firstWaiting: Int { earlierKeys + nextKey }

  private func forgetRead() {
    earlierKeys += nextKey
    keys.removeSubrange(..<nextKey)
    nextKey = 0
  }

  /// The first key that `matches`, looking only at what came since `mark`.
  func firstKey(since mark: Int, where matches: (Key) -> Bool) -> Key? {
    keys[max(mark, nextKey)...].first(where: matches)
  }

  /// How many keys have been read, a mark for `firstKey`.
  var keyMark: Int { keys.count }

  /// Drops what was typed before a key, and the key; what was typed after it stays.
  func dropTypedAhead(through last: Key) {
    guard let index = keys[nextKey...].firstIndex(of: last) else { return }
    nextKey = index + 1
  }

  /// Drops all that was typed.
  func dropTypedAhead() {
    readWaiting()
    nextKey = keys.count
  }

  /// Takes the key after which a cell went to the background out of the ones typed ahead.
  func removeKeys(_ matches: (Key) -> Bool) {
    forgetRead()
    keys.removeAll(where: matches)
  }

  /// Reads what waits, as much of it as is kept.
  func readWaiting() {
    while keys.count - nextKey < Self.typeAheadLimit, hasInput { _ = waitForEvent(0) }
  }

  /// The characters and line ends that have been read, up to the first other key; `limit` of them at most.
  func plainText(limit: Int) -> [UInt32] {
    var text: [UInt32] = []
    for key in keys[nextKey...].prefix(max(0, limit)) {
      guard case .character(let scalar) = key else { break }
      switch scalar {
      case "\r", "\n": text.append(10)
      case _ where scalar.value >= 0x20 && scalar != "\u{7F}": text.append(scalar.value)
      default: return text
      }
    }
    return text
  }

  /// Drops the keys that are next.
  func dropKeys(_ count: Int) { nextKey += min(count, keys.count - nextKey) }

  /// Whether more input is there to be read now.
  var hasInput: Bool { waitForEvent(0, reading: false) == .keys }

  /// Waits for keys or a notice, `timeout` milliseconds at most (-1: as long as it takes). Keys are read and kept.
  func waitForEvent(_ timeout: Int32, reading: Bool = true) -> Event {
    let escapeFirst = decoder.isInsideEscape && (timeout < 0 || timeout > KeyDecoder.escapeDelay)
    var descriptors = [
      pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isInputClosed ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
    ]
    if !reading { descriptors[0].fd = -1 }
    let count = poll(&descriptors, 2, escapeFirst ? KeyDecoder.escapeDelay : timeout)
    if count < 0 { return .timeout }
    if descriptors[1].revents != 0 {
      if reading { readKeys() }
      return .keys
    }
    if descriptors[0].revents != 0 {
      let notices = pipe.drain()
      if notices.contains(.interrupted) {
        keep(.control("c"))
        return .keys
      }
      return notices.contains(.continued) ? .continued : notices.contains(.resized) ? .resized : .woken
    }
    if reading, escapeFirst || timeout >= KeyDecoder.escapeDelay, let key = decoder.flush() {
      keep(key)
      return .keys
    }
    return .timeout
  }

  /// Takes what has been noted until now. After everything is shown anew only an interruption is still to be known.
  func takeNotices() {
    if pipe.drain().contains(.interrupted) { keep(.control("c")) }
  }

  private func readKeys() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(STDIN_FILENO, &buffer, buffer.count)
    if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR {
      isInputClosed = true
      return
    }
    guard count > 0 else { return }
    decoder.feed(buffer[..<count])
    while let key = decoder.next() { keep(key) }
  }

  private func keep(_ key: Key) {
    if keys.count - nextKey < Self.typeAheadLimit { keys.append(key) }
  }
}
