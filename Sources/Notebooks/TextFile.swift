import Glibc

/// Text files that are no notebooks.
public enum TextFile {
  /// Writes a text to where a path leads: to a file whole or not at all, as a notebook is saved; to a device or a pipe
  /// as it is, since those are there for others to read.
  ///
  /// Throws where it can't be written; then the old file is as it was.
  public static func write(_ text: String, to path: String) throws(CellsFileError) {
    guard let status = try? Status(ofFileAt: path), !status.isOrdinary, !status.isFolder else {
      return try CellsFile.replace(path, with: text)
    }
    do throws(SystemError) {
      try Descriptor(opening: path, O_WRONLY).write(Array(text.utf8))
    } catch {
      throw CellsFileError(error, path, .writing)
    }
  }

  /// Whether two paths lead to the same file.
  public static func isSame(_ path: String, _ other: String) -> Bool {
    guard let status = try? Status(ofFileAt: path), let otherStatus = try? Status(ofFileAt: other) else {
      return false
    }
    return status.isSameFile(as: otherStatus)
  }
}
