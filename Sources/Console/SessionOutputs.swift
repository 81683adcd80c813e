import KernelCore
import Synchronization

/// What each cell has given since its last run began, in the lines that a file stores: for `%save --outputs`. Told on the
/// kernel's thread, asked on the main one.
final class SessionOutputs: Sendable {
  private struct Given {
    var lines: [String] = []
    var size = 0
    var isCut = false
  }

  private struct Content {
    var given: [Int: Given] = [:]
    /// The cell whose run began last.
    var latest: Int?

    mutating func add(_ event: KernelEvent, to cell: Int) {
      guard var given = given.removeValue(forKey: cell) else { return }
      for line in StoredOutput.lines(of: event) {
        given.size += line.utf8.count + 1
        if given.size <= SessionOutputs.limit { given.lines.append(line) } else { given.isCut = true }
      }
      self.given[cell] = given
    }
  }

  /// Bytes that are kept of each cell: a cell that prints for ever is none to store.
  private static let limit = 1 << 20

  private let content = Mutex(Content())

  /// Takes notice of what the kernel tells.
  func note(_ event: KernelEvent) {
    content.withLock { content in
      switch event {
      case .cellStarted(let cell):
        content.given[cell] = Given()
        content.latest = cell
      case .cellFinished(let result): content.add(event, to: result.cell)
      case .output(let cell, _), .notice(let cell, _), .failure(let cell, _), .unawaited(let cell, _):
        if let cell { content.add(event, to: cell) }
      case .open, .opened: if let cell = content.latest { content.add(event, to: cell) }
      case .served: break
      }
    }
  }

  /// What a cell has given; nil where it has not run.
  func lines(of cell: Int) -> [String]? {
    content.withLock { content in
      content.given[cell].map { $0.isCut ? $0.lines + ["… more than is kept"] : $0.lines }
    }
  }
}
