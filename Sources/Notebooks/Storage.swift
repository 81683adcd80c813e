import Foundation

extension CellsFile {
  /// Reads the notebook in a file. `-` has no special meaning; a pipe or a device is read to its end.
  ///
  /// Throws where the file can't be read, is larger than `maximumSize` or can't be parsed.
  public static func load(_ path: String) throws(CellsFileError) -> Notebook {
    try parse(bytes: try bytes(ofFileAt: path, atMost: maximumSize), name: path)
  }

  /// The bytes of a file; one more than allowed shows that there are too many.
  static func bytes(ofFileAt path: String, atMost limit: Int) throws(CellsFileError) -> [UInt8] {
    do throws(SystemError) {
      let descriptor = try Descriptor(opening: path, O_RDONLY)
      if try descriptor.status().isFolder { throw SystemError(code: EISDIR) }
      return try descriptor.read(atMost: limit + 1)
    } catch {
      throw CellsFileError(error, path, .reading)
    }
  }

  /// What tells one content of a file from the next: who changes or replaces the file changes this.
  public struct FileVersion: Equatable, Sendable {
    fileprivate let inode: UInt64
    fileprivate let size: Int
    fileprivate let modified: Date

    public var isEmpty: Bool { size == 0 }
  }

  /// The present version of a file; nil where there is none.
  public static func version(ofFileAt path: String) -> FileVersion? {
    guard let status = try? Status(ofFileAt: path) else { return nil }
    return FileVersion(inode: status.inode, size: status.size, modified: status.modified)
  }

  /// Whether what lies at a path can be read without waiting for somebody to write it, as a pipe cannot.
  public static func isWaitless(_ path: String) -> Bool {
    guard let status = try? Status(ofFileAt: path) else { return true }
    return status.isOrdinary || status.isFolder
  }

  /// Writes a notebook to a file, whole or not at all: to a temporary file in the same folder, which then takes
  /// the file's place. The file keeps its permissions and, where the system allows it, its owner; a symbolic
  /// link stays, and the file that it leads to is written.
  ///
  /// Throws as `serialize` does, and where the file can't be written; then the old file is as it was.
  public static func save(_ notebook: Notebook, to path: String) throws(CellsFileError) {
    try replace(path, with: try serialize(notebook, name: path))
  }

  /// Puts a text in a file's place, whole or not at all.
  static func replace(_ path: String, with text: String) throws(CellsFileError) {
    do throws(SystemError) {
      // What /dev/stdout leads to may have no name of its own.
      if let status = try Status(ofFileAt: path), !status.isOrdinary, !status.isFolder { throw .notOrdinary }
      try replaceFile(at: try endOfLinks(path), with: Array(text.utf8))
    } catch {
      throw CellsFileError(error, path, .writing)
    }
  }

  private static func replaceFile(at path: String, with bytes: [UInt8]) throws(SystemError) {
    let old = try Status(ofFileAt: path)
    if let old {
      if old.isFolder { throw SystemError(code: EISDIR) }
      // A rename asks only for the folder's permission; a file that is made read-only shall stay as it is.
      guard access(path, W_OK) == 0 else { throw .last }
    }
    let folder = Paths.folder(of: path)
    let temporary =
      "\(folder)/.routebook-\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 16)).tmp"
    do throws(SystemError) {
      let descriptor = try Descriptor(
        opening: temporary, O_WRONLY | O_CREAT | O_EXCL, mode: old == nil ? 0o666 : 0o600)
      try descriptor.write(bytes)
      if let old { try descriptor.adopt(old) }
      try descriptor.synchronize()
      guard rename(temporary, path) == 0 else { throw .last }
    } catch {
      unlink(temporary)
      throw error
    }
    // The new name is durable when the folder is; some file systems can't do it, and the file is whole anyway.
    try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY).synchronize()
    removeLeftovers(in: folder)
  }

  /// Removes what programs that were killed as they wrote have left.
  private static func removeLeftovers(in folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      guard name.hasPrefix(".routebook-"), name.hasSuffix(".tmp"),
        let writer = name.dropFirst(".routebook-".count).split(separator: "-").first.flatMap({ pid_t($0) }),
        kill(writer, 0) != 0, errno == ESRCH,
        // Another machine may be writing here, whose processes are unknown.
        let age = try? Status(ofFileAt: "\(folder)/\(name)")?.modified.timeIntervalSinceNow, age < -60
      else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  /// Where a path leads when the links at its end are followed, also where there is no file yet.
  private static func endOfLinks(_ path: String) throws(SystemError) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw SystemError(code: ENOENT) }
    guard !path.hasSuffix("/") else { throw SystemError(code: EISDIR) }
    var current = path
    for _ in 0..<40 {
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: current) else {
        return current
      }
      current = target.hasPrefix("/") ? target : Paths.folder(of: current) + "/" + target
    }
    throw SystemError(code: ELOOP)
  }
}

enum Paths {
  /// The folder that a path's last part is in.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

extension CellsFileError {
  enum Action { case reading, writing }

  /// What a failure of the system means for a cells file.
  init(_ error: SystemError, _ file: String, _ action: Action) {
    let verb = action == .reading ? "read" : "write"
    switch error.code {
    // As in /proc.
    case ENOENT where action == .writing && FileManager.default.fileExists(atPath: Paths.folder(of: file)):
      self.init(
        .noPermission, file: file, problem: "no file can be made in this folder",
        advice: "save somewhere else")
    case ENOENT, ENOTDIR:
      let isReading = action == .reading
      self.init(
        .missing, file: file, problem: isReading ? "there is no such file" : "there is no such folder",
        advice: isReading ? "check its name and folder" : "make the folder first, or save somewhere else")
    case EISDIR:
      self.init(
        .isFolder, file: file, problem: "this is a folder",
        advice: "name a file in it")
    case EROFS:
      self.init(
        .noPermission, file: file, problem: "its file system can only be read",
        advice: "save somewhere else; the old file is as it was")
    case EACCES, EPERM:
      self.init(
        .noPermission, file: file, problem: "you have no permission to \(verb) it",
        advice: action == .reading
          ? "change its permissions with chmod, or copy it" : "change its permissions, or save somewhere else"
      )
    case SystemError.notOrdinary.code:
      self.init(
        .notOrdinary, file: file, problem: "this is a device, a pipe or a socket, not a file",
        advice: "save under another name")
    case ENOSPC, EDQUOT:
      self.init(
        .system(error.code), file: file, problem: "there is no space left to write it",
        advice: "make space or save somewhere else; the old file is as it was")
    default:
      self.init(
        .system(error.code), file: file, problem: "the system could not \(verb) it (\(error.description))",
        advice: action == .reading
          ? "try again, or copy it" : "save somewhere else; the old file is as it was")
    }
    isOfWriting = action == .writing
  }
}
