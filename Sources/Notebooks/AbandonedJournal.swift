import Foundation

/// The journal of a program that did not end well: what it had entered and not saved.
public struct AbandonedJournal: Equatable, Sendable {
  /// A cell and when it was entered.
  public struct Entry: Equatable, Sendable {
    public let time: Date
    public let cell: Cell
  }

  /// The process that wrote it, and since when.
  public let pid: Int32
  public let started: Date
  /// The file it worked on, as it was named there; nil for a notebook that had none.
  public let notebookFile: String?
  /// What was entered, in order; at least one.
  public let entries: [Entry]
  /// Lines that could not be read: the last one is torn when the machine went down as it was written.
  public let damagedLines: Int
  let path: String

  /// When the last cell was entered.
  public var lastEntry: Date { entries.last?.time ?? started }

  /// The cells as they were last entered, in the order in which they were first entered.
  public var cells: [Cell] {
    var cells: [Cell] = []
    var places: [Int: Int] = [:]
    for cell in entries.map(\.cell) {
      if let number = cell.number, let place = places[number] {
        cells[place] = cell
      } else {
        if let number = cell.number { places[number] = cells.count }
        cells.append(cell)
      }
    }
    return cells
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
    for journal in found.dropFirst(maximumAbandoned) { discard(journal) }
    return Array(found.prefix(maximumAbandoned))
  }

  /// Removes an abandoned journal that nobody wants.
  public static func discard(_ abandoned: AbandonedJournal) {
    unlink(abandoned.path)
  }

  /// Nil where there is no cell in it.
  private static func journal(_ bytes: [UInt8], _ path: String) -> AbandonedJournal? {
    var owner: JournalRecord?
    var entries: [AbandonedJournal.Entry] = []
    var damaged = 0
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let record = try? JSONDecoder().decode(JournalRecord.self, from: Data(line))
      if let record, let cell = record.cell {
        entries.append(.init(time: Date(timeIntervalSince1970: record.time), cell: cell))
      } else if let record, record.pid != nil {
        owner = record
      } else {
        damaged += 1
      }
    }
    guard let first = entries.first else { return nil }
    return AbandonedJournal(
      pid: owner?.pid ?? 0, started: owner.map { Date(timeIntervalSince1970: $0.time) } ?? first.time,
      notebookFile: owner?.notebookFile, entries: entries, damagedLines: damaged, path: path)
  }
}

extension Notebook {
  /// Puts recovered cells in and gives those that it lacked, as they are now. Nothing that is in the notebook is
  /// replaced: where a cell's number is taken, it goes to the end with a new one.
  public mutating func restore(_ recovered: [Cell]) -> [Cell] {
    var restored: [Cell] = []
    for var cell in recovered {
      if let number = cell.number, let present = self[number] {
        if present.source == cell.source, present.kind == cell.kind { continue }
        cell.number = nil
      }
      if let placed = try? insert(cell) {
        restored.append(placed)
      } else {
        // A number that no cell can have was not written by a journal.
        cell.number = nil
        if let placed = try? insert(cell) { restored.append(placed) }
      }
    }
    return restored
  }
}
