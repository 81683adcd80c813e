import Foundation

/// The journal of a program that did not end well: what it had entered and not saved.
public struct AbandonedJournal: Equatable, Sendable {
  /// A change and when it was made.
  public struct Entry: Equatable, Sendable {
    public let time: Date
    public let change: NotebookChange
  }

  /// The process that wrote it, and since when.
  public let pid: Int32
  public let started: Date
  /// The file it worked on, as it was named there; nil for a notebook that had none.
  public let notebookFile: String?
  /// What was done, in order; at least one. Texts that had still to become cells stand at the end as such.
  public let entries: [Entry]
  /// Lines that could not be read: the last one is torn when the machine went down as it was written.
  public let damagedLines: Int
  let path: String
  /// The order of the cells when it began; nil in the journal of an earlier version, which did not keep it.
  let startingOrder: [Int]?

  /// When the last change was made.
  public var lastEntry: Date { entries.last?.time ?? started }

  /// The order in which the cells stood at the end, by their numbers; 0 for those without one.
  ///
  /// - Parameter base: the notebook that the changes were made in, where the journal does not tell in which order its
  ///   cells stood.
  public func order(in base: Notebook) -> [Int] {
    var order = CellOrder(startingOrder ?? base.order)
    for entry in entries { order.follow(entry.change) }
    return order.cells
  }

  /// What all of it comes to: a cell that was entered and edited is one that was entered so, and one that was entered
  /// and deleted is none; one that was deleted and came back is at most at another place.
  public var changes: [NotebookChange] {
    var changes: [NotebookChange] = []
    for change in entries.map(\.change) {
      let entered = changes.firstIndex {
        if case .added(let cell, _) = $0 { cell.number != nil && cell.number == change.number } else { false }
      }
      guard let entered, case .added(var cell, let place) = changes[entered] else {
        if case .added(let cell, let place) = change, let number = cell.number,
          let removed = changes.firstIndex(of: .removed(cell))
        {
          changes.remove(at: removed)
          changes.append(.moved(number, to: place))
        } else {
          changes.append(change)
        }
        continue
      }
      switch change {
      case .added(let again, _): changes[entered] = .added(again, at: place)
      case .edited(_, _, let source):
        cell.source = source
        changes[entered] = .added(cell, at: place)
      case .removed: changes.removeAll { $0.number == change.number }
      case .moved: changes.append(change)
      }
    }
    return changes
  }
}

extension Journal {
  /// The greatest number of abandoned journals that are kept; of more, the oldest are removed.
  public static let maximumAbandoned = 100
  private static let maximumNames = 10_000

  /// What programs that did not end well have left, the latest first. Journals of living programs are not
  /// among them. Empty ones are removed.
  public static func abandoned(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> [AbandonedJournal] {
    let folder = folder(environment)
    var found: [AbandonedJournal] = []
    guard let names = FileManager.default.enumerator(atPath: folder) else { return [] }
    for case let name as String in names.prefix(maximumNames) {
      let path = "\(folder)/\(name)"
      guard name.hasSuffix(".journal") || name.hasSuffix(".new"),
        let descriptor = try? Descriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
        let status = try? descriptor.status(), status.isOrdinary,
        (try? descriptor.tryLock(.shared)) == true
      else { continue }
      if name.hasSuffix(".new") {
        // A program that died as it began; a younger one may be just about to take its lock.
        if status.modified.timeIntervalSinceNow < -3600 { unlink(path) }
      } else if let bytes = try? descriptor.read(atMost: maximumSize) {
        if let journal = journal(bytes, path) {
          found.append(journal)
        } else {
          unlink(path)
        }
      }
    }
    found.sort { $0.lastEntry > $1.lastEntry }
    for journal in found.dropFirst(maximumAbandoned) { try? discard(journal) }
    return Array(found.prefix(maximumAbandoned))
  }

  /// Removes an abandoned journal that nobody wants. Throws where it stays: it will be offered again.
  public static func discard(_ abandoned: AbandonedJournal) throws(JournalError) {
    if unlink(abandoned.path) != 0, errno != ENOENT {
      throw .failed(String(cString: strerror(errno)).lowercased())
    }
  }

  /// Nil where there is no change in it.
  private static func journal(_ bytes: [UInt8], _ path: String) -> AbandonedJournal? {
    var owner: JournalRecord?
    var entries: [AbandonedJournal.Entry] = []
    var waiting: [JournalRecord] = []
    var damaged = 0
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let record = try? JSONDecoder().decode(JournalRecord.self, from: Data(line))
      if let record, let change = record.change {
        entries.append(.init(time: Date(timeIntervalSince1970: record.time), change: change))
      } else if let record, record.pid != nil {
        owner = record
      } else if let record, record.operation == .waiting, record.source != nil {
        waiting.append(record)
      } else if let record, record.operation == .taken, let count = record.count, count > 0 {
        waiting.removeFirst(min(count, waiting.count))
      } else {
        damaged += 1
      }
    }
    var last = (entries.compactMap(\.change.number) + (owner?.order ?? [])).max() ?? 0
    for record in waiting {
      guard let source = record.source else { continue }
      last += 1
      let change = NotebookChange.added(Cell(number: last, source: source), at: .max)
      entries.append(.init(time: Date(timeIntervalSince1970: record.time), change: change))
    }
    guard let first = entries.first else { return nil }
    return AbandonedJournal(
      pid: owner?.pid ?? 0, started: owner.map { Date(timeIntervalSince1970: $0.time) } ?? first.time,
      notebookFile: owner?.notebookFile, entries: entries, damagedLines: damaged, path: path,
      startingOrder: owner?.order)
  }
}
