import Foundation
import Notebooks

/// The file that is served: read at the start, and again when it has changed.
final class ServedFile {
  private let path: String
  /// Nil where nobody watches.
  private var watch: FileWatch<CellsFile.FileVersion>?
  private var nextLook = ContinuousClock.now

  init(_ path: String, isWatched: Bool) {
    self.path = path
    if isWatched { watch = FileWatch(CellsFile.version(ofFileAt: path)) }
  }

  /// How long nobody need ask for a change, in seconds.
  var interval: TimeInterval { watch == nil ? 1 : max(0, (nextLook - .now) / .seconds(1)) }

  /// Reads it for the first time.
  ///
  /// - Throws: `UnattendedFailure` where it cannot be read, or can be read only once and is to be watched.
  func read() throws(UnattendedFailure) -> Notebook {
    if watch != nil, !canBeReadAgain {
      Stream.complain("\(fileName(path)) can be read only once; --watch needs a file")
      throw UnattendedFailure(status: .badFile)
    }
    return try readNotebook(path)
  }

  /// What the file has now, where it has changed since it was last read or somebody asks for it; nil where there is
  /// nothing to take over, which is told unless it is because nothing has changed.
  func change(isAskedFor: Bool) -> Notebook? {
    guard isAskedFor || hasChanged() else { return nil }
    guard canBeReadAgain else {
      Stream.complain("\(fileName(path)) can be read only once; what is served goes on")
      return nil
    }
    let version = CellsFile.version(ofFileAt: path)
    watch?.knows(version)
    guard let notebook = try? readNotebook(path) else {
      tellNothingIsReloaded()
      return nil
    }
    // Somebody writes it just now: another look finds it whole.
    if watch != nil, CellsFile.version(ofFileAt: path) != version { return nil }
    return notebook
  }

  private var canBeReadAgain: Bool { path != standardInput && CellsFile.isWaitless(path) }

  private func hasChanged() -> Bool {
    guard var watch, .now >= nextLook else { return false }
    let version = CellsFile.version(ofFileAt: path)
    let hasChanged = watch.sees(version, isEmpty: version?.isEmpty ?? true, at: .now)
    nextLook = .now + watch.interval
    self.watch = watch
    return hasChanged
  }
}
