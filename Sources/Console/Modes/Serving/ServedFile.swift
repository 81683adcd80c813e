import Foundation
import Notebooks

/// The file that is served: read at the start, and again when it has changed.
final class ServedFile {
  private let path: String
  /// Nil where nobody watches.
  private var watch: FileWatch<CellsFile.FileVersion>?
  private var nextLook = ContinuousClock.now
  /// Since when somebody asks for the file, while it is empty or missing and perhaps being written.
  private var askedSince: ContinuousClock.Instant?

  init(_ path: String, isWatched: Bool) {
    self.path = path
    if isWatched { watch = FileWatch(CellsFile.version(ofFileAt: path)) }
  }

  /// How long nobody need ask for a change, in seconds.
  var interval: TimeInterval {
    if askedSince != nil { return 0.05 }
    return watch == nil ? 1 : max(0, (nextLook - .now) / .seconds(1))
  }

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
    if isAskedFor, askedSince == nil { askedSince = .now }
    guard askedSince != nil || hasChanged() else { return nil }
    guard canBeReadAgain else {
      askedSince = nil
      Stream.complain("\(fileName(path)) can be read only once; what is served goes on")
      return nil
    }
    let version = CellsFile.version(ofFileAt: path)
    if let since = askedSince, version?.isEmpty ?? true,
      .now - since < FileWatch<CellsFile.FileVersion>.longPatience
    {
      return nil
    }
    askedSince = nil
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
