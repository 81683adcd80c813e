import Glibc

/// The history's file: one entry a line, oldest first, with `\n` for a newline and `\\` for a backslash.
///
/// Programs share it: each appends whole lines under an exclusive lock (flock), and the one that finds it too long
/// writes a shorter file and renames it over the old one.
public struct HistoryFile: Sendable {
  /// Why the file could not be used.
  struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ doing: String, _ path: String, _ code: Int32 = errno) {
      description = "can't \(doing) \(path): \(String(cString: strerror(code)))"
    }
  }

  /// How far a file has been read.
  struct Mark {
    fileprivate var inode: ino_t = 0
    fileprivate var offset = 0
  }

  let path: String
  /// Longest entry that is written, in bytes; a longer one stays in memory.
  static let entryLimit = 256 << 10
  /// How much of a file is read: its end, in bytes.
  static let readLimit = 32 << 20
  /// How long to wait for a lock that another program holds, in milliseconds.
  private static let patience = 500

  init(path: String) { self.path = path }

  /// The file's place: `$XDG_STATE_HOME/routebook/history`, by default in `~/.local/state` (XDG Base Directory
  /// Specification 0.8). Nil where neither variable names an absolute folder.
  public static func defaultPath(environment: [String: String]) -> String? {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/routebook/history" }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return home + "/.local/state/routebook/history"
  }

  /// The entries that other programs have added behind a mark, which goes behind them; none where the file is another
  /// one now. Half a line is left for later.
  func added(since mark: inout Mark) -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    let size = Int(status.st_size)
    guard status.st_ino == mark.inode, size >= mark.offset else {
      mark = Mark(inode: status.st_ino, offset: size)
      return []
    }
    guard size > mark.offset, size - mark.offset <= Self.readLimit else {
      mark.offset = size
      return []
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: size - mark.offset)
    let count = pread(descriptor, &bytes, bytes.count, off_t(mark.offset))
    guard count > 0, let end = bytes[..<count].lastIndex(of: 0x0A) else { return [] }
    mark.offset += end + 1
    return bytes[..<end].split(separator: 0x0A).map { Self.decoded($0) }
  }

  /// A mark at the file's end.
  func end() -> Mark {
    var status = stat()
    return stat(path, &status) == 0 ? Mark(inode: status.st_ino, offset: Int(status.st_size)) : Mark()
  }

  /// The newest `limit` entries. Makes the folders and the file where they are missing; shortens a file that has
  /// grown to a quarter more than `limit`.
  func load(limit: Int) throws(Failure) -> [String] {
    try makeFolders()
    let descriptor = try openLocked(O_RDWR | O_CREAT | O_APPEND)
    defer { close(descriptor) }
    let (lines, isCut) = try lines(of: descriptor)
    let kept = lines.suffix(limit)
    if lines.count > limit + limit / 4 || isCut { try rewrite(kept) }
    return kept.map { Self.decoded($0) }
  }

  /// The newest `limit` entries of a file that can't be written; none where it can't be read either.
  func readOnly(limit: Int) -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var status = stat()
    // What is none, as a pipe, would be waited for.
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
    return ((try? lines(of: descriptor))?.lines ?? []).suffix(limit).map { Self.decoded($0) }
  }

  /// The lines at the end of the file, and whether there are others before them.
  private func lines(of descriptor: Int32) throws(Failure) -> (lines: [ArraySlice<UInt8>], isCut: Bool) {
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0 else { throw Failure("read", path) }
    let start = max(0, Int(size) - Self.readLimit)
    var bytes = [UInt8](repeating: 0, count: Int(size) - start)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + filled, $0.count - filled, off_t(start + filled))
      }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw Failure("read", path) }
      if count == 0 { break }
      filled += count
    }
    var lines = bytes[..<filled].split(separator: 0x0A)
    if start > 0, !lines.isEmpty { lines.removeFirst() }
    return (lines, start > 0)
  }

  /// Adds one entry at the end.
  func append(_ text: String) throws(Failure) {
    var line = Self.encoded(text)
    guard line.count <= Self.entryLimit else { return }
    let descriptor = try openLocked(O_RDWR | O_CREAT | O_APPEND)
    defer { close(descriptor) }
    // A program that was killed while it wrote may have left half a line.
    var last: UInt8 = 0x0A
    let size = lseek(descriptor, 0, SEEK_END)
    if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != 0x0A { line.insert(0x0A, at: 0) }
    try Self.write(line, to: descriptor, path)
  }

  private func rewrite(_ lines: ArraySlice<ArraySlice<UInt8>>) throws(Failure) {
    let temporary = path + ".\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure("write", temporary) }
    defer { close(descriptor) }
    try Self.write(Array(lines.joined(separator: [0x0A])) + [0x0A], to: descriptor, temporary)
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Failure("replace", path) }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { throw Failure("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  /// Opens the file and locks it; opens again where another program has put a new file in its place meanwhile.
  private func openLocked(_ flags: Int32) throws(Failure) -> Int32 {
    for attempt in 0... {
      let descriptor = open(path, flags | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw Failure("open", path) }
      var isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
      for _ in 0..<(Self.patience / 5) where !isLocked && errno == EWOULDBLOCK {
        usleep(5_000)
        isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
      }
      let code = errno
      var mine = stat()
      var current = stat()
      if isLocked, fstat(descriptor, &mine) == 0, stat(path, &current) == 0, mine.st_ino == current.st_ino {
        return descriptor
      }
      close(descriptor)
      if !isLocked || attempt == 10 { throw Failure("lock", path, code) }
    }
    throw Failure("lock", path)
  }

  private func makeFolders() throws(Failure) {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      if mkdir(folder, 0o700) == 0 || errno == EEXIST { continue }
      let code = errno
      if access(folder, F_OK) != 0 { throw Failure("make", folder, code) }
    }
  }

  static func encoded(_ text: String) -> [UInt8] {
    var line: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x0A: line += [0x5C, 0x6E]
      case 0x5C: line += [0x5C, 0x5C]
      default: line.append(byte)
      }
    }
    return line + [0x0A]
  }

  static func decoded(_ line: some Collection<UInt8>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(line.count)
    var isEscaped = false
    for byte in line {
      if isEscaped {
        bytes.append(byte == 0x6E ? 0x0A : byte)
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte != 0 {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
