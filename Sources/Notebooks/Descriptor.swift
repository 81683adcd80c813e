import Foundation

/// A failure of the system, by its `errno`.
struct SystemError: Error, Equatable, CustomStringConvertible {
  let code: Int32

  /// The failure of the call just made.
  static var last: SystemError { SystemError(code: errno) }

  /// Not the system's: the thing is no ordinary file.
  static let notOrdinary = SystemError(code: -1)

  var description: String { String(cString: strerror(code)) }
}

/// What the system knows of a file.
struct Status {
  private let info: stat

  init(_ info: stat) { self.info = info }

  /// Nil where there is no such file.
  init?(ofFileAt path: String) throws(SystemError) {
    var info = stat()
    guard stat(path, &info) == 0 else {
      if errno == ENOENT { return nil }
      throw .last
    }
    self.info = info
  }

  var isFolder: Bool { info.st_mode & S_IFMT == S_IFDIR }
  var isOrdinary: Bool { info.st_mode & S_IFMT == S_IFREG }
  var permissions: mode_t { info.st_mode & 0o7777 }
  var owner: uid_t { info.st_uid }
  var group: gid_t { info.st_gid }
  var inode: UInt64 { UInt64(info.st_ino) }
  var size: Int { Int(info.st_size) }
  /// False for a file that was removed while it was open.
  var isLinked: Bool { info.st_nlink > 0 }

  func isSameFile(as other: Status) -> Bool {
    info.st_dev == other.info.st_dev && info.st_ino == other.info.st_ino
  }
  var modified: Date {
    Date(timeIntervalSince1970: TimeInterval(info.st_mtim.tv_sec) + TimeInterval(info.st_mtim.tv_nsec) / 1e9)
  }
}

/// An open file, closed with its owner and never inherited by other programs.
final class Descriptor {
  private let number: Int32

  init(opening path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
    guard !path.utf8.contains(0) else { throw SystemError(code: ENOENT) }
    var number: Int32
    repeat { number = open(path, flags | O_CLOEXEC, mode) } while number < 0 && errno == EINTR
    guard number >= 0 else { throw .last }
    self.number = number
  }

  deinit { close(number) }

  func status() throws(SystemError) -> Status {
    var info = stat()
    guard fstat(number, &info) == 0 else { throw .last }
    return Status(info)
  }

  /// Reads from the beginning to the end, or up to a number of bytes.
  func readWhole(atMost limit: Int) throws(SystemError) -> [UInt8] {
    guard lseek(number, 0, SEEK_SET) == 0 else { throw .last }
    return try read(atMost: limit)
  }

  /// Reads to the end, or up to a number of bytes.
  func read(atMost limit: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < limit {
      let wanted = min(chunk.count, limit - bytes.count)
      let count = chunk.withUnsafeMutableBytes { Foundation.read(number, $0.baseAddress, wanted) }
      if count < 0 {
        if errno == EINTR { continue }
        throw .last
      }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  /// Writes all of it.
  func write(_ bytes: [UInt8]) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Foundation.write(number, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw .last
      }
      done += count
    }
  }

  /// Returns when what was written is on the disk.
  func synchronize() throws(SystemError) {
    while fsync(number) != 0 {
      if errno != EINTR { throw .last }
    }
  }

  func truncate(to size: Int) throws(SystemError) {
    while ftruncate(number, off_t(size)) != 0 {
      if errno != EINTR { throw .last }
    }
  }

  /// Takes on another file's permissions and, where the system allows it, its owner and group.
  func adopt(_ status: Status) throws(SystemError) {
    // First the owner, since a change of owner takes permissions away. Only root may give files to others.
    _ = fchown(number, status.owner, status.group)
    guard fchmod(number, status.permissions) == 0 else { throw .last }
  }

  enum Lock { case shared, exclusive }

  /// Takes the lock if nobody else has one that excludes it; kept until the file is closed, which a program's
  /// death does too.
  func tryLock(_ lock: Lock) throws(SystemError) -> Bool {
    while flock(number, (lock == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw .last }
    }
    return true
  }
}
