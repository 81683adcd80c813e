import Glibc
import NIOCore

/// A folder whose files are served.
///
/// What is opened lies in it at the moment of opening: each part of a path is opened in the folder before it, and links
/// are never followed, so that no spelling of a path and no change to the folder in between leads out of it. What begins
/// with a dot is not served.
public final class StaticFolder: Sendable {
  private let descriptor: CInt

  /// Why a folder cannot be served, in a sentence.
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
  }

  /// The folder that all others lie in, as the command line names it.
  ///
  /// - Throws: `Problem` where there is no such folder, or it must not be read.
  public init(path: String) throws(Problem) {
    descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { throw Problem(description: "\(path.printable(limit: 200)) \(Self.reason(errno))") }
  }

  /// A folder within another.
  ///
  /// - Parameter path: the names of folders with slashes between them; `.` is the other folder itself.
  /// - Throws: `Problem`, also where the path would lead out of it.
  public init(_ path: String, in folder: StaticFolder) throws(Problem) {
    let names =
      path == "." ? [] : path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let shown = "\"\(path.printable(limit: 200))\""
    for name in names where !Self.isServed(name) {
      throw Problem(
        description:
          "\(shown) is no folder within it: write names with / between them, none of which begins with a dot")
    }
    var found = fcntl(folder.descriptor, F_DUPFD_CLOEXEC, 0)
    for name in names {
      guard found >= 0 else { break }
      let next = openat(found, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      let problem = errno
      close(found)
      errno = problem
      found = next
    }
    if found < 0 { throw Problem(description: "\(shown) \(Self.reason(errno))") }
    descriptor = found
  }

  deinit { close(descriptor) }

  private static func reason(_ code: CInt) -> String {
    switch code {
    case ENOENT: "does not exist"
    case ENOTDIR: "is no folder"
    case ELOOP: "is a link, and links are not followed"
    case EACCES: "must not be read"
    case EMFILE, ENFILE: "cannot be opened: too many files are open"
    default: "cannot be opened (error \(code))"
    }
  }

  /// Whether a part of a path, decoded, may be the name of what is served.
  static func isServed(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.first != UInt8(ascii: ".") && name.utf8.count <= 255
      && !name.utf8.contains {
        $0 < 0x20 || $0 == 0x7f || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\")
      }
  }

  /// What a path comes to.
  enum Found {
    case file(StaticFile)
    /// A folder that has an `index.html`, asked for without the slash at its end.
    case folder
    case nothing
    /// Too many files are open.
    case busy
  }

  /// Opens a file. It may wait for a disk: not to be called on an event loop.
  ///
  /// - Parameter names: the parts of the path, decoded; an empty one at the end is a slash.
  func find(_ names: [String]) -> Found {
    var names = names
    let endsInSlash = names.last?.isEmpty == true
    if endsInSlash { names.removeLast() }
    guard names.allSatisfy(Self.isServed) else { return .nothing }
    var folder = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    defer { if folder >= 0 { close(folder) } }
    for (place, name) in names.enumerated() {
      guard folder >= 0 else { return Self.failed() }
      var facts = stat()
      guard fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return .nothing }
      if facts.st_mode & S_IFMT == S_IFDIR {
        let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if next < 0 { return Self.failed() }
        close(folder)
        folder = next
      } else {
        return place == names.count - 1 && !endsInSlash ? Self.open(name, in: folder) : .nothing
      }
    }
    guard folder >= 0 else { return Self.failed() }
    let index = Self.open("index.html", in: folder)
    if case .file(let file) = index, !endsInSlash {
      file.close()
      return .folder
    }
    return index
  }

  private static func failed() -> Found { errno == EMFILE || errno == ENFILE ? .busy : .nothing }

  private static func open(_ name: String, in folder: CInt) -> Found {
    // Opening a device may do something, and so it is looked at first. Another may come in its place meanwhile: one
    // that would let us wait is opened without waiting, and it is looked at again.
    var facts = stat()
    guard fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      return .nothing
    }
    let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard file >= 0 else { return failed() }
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(file)
      return .nothing
    }
    return .file(StaticFile(descriptor: file, name: name, facts: facts))
  }
}
