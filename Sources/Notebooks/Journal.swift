import Foundation

/// What was entered, on the disk before it runs, so that no crash loses work.
///
/// A running program has one file of its own in `$XDG_STATE_HOME/routebook/journal/`, locked as long as the
/// program lives: a line of JSON that says whose it is and in which order its cells stood, then one for each change. A
/// clean end removes it; one that is left without a lock is offered by `abandoned`. A journal is used from one thread.
public final class Journal {
  /// The greatest size of a journal's file, in bytes. Saving the notebook empties it.
  public static let maximumSize = 32 * 1024 * 1024

  /// Why nothing is journalled, in one sentence for the person; nil when all is well.
  public private(set) var disabledReason: String?

  private let path: String
  private var descriptor: Descriptor?
  private let started: Date
  private var size = 0
  /// What could not be written when it came; it is written with what comes next.
  private var pending: [UInt8] = []
  /// The texts that wait to become cells, as the file has them.
  private var waiting: [String] = []

  /// Begins the journal of this program. `notebookFile` is the file that it works on, if any.
  ///
  /// Where the folder can't be made or written, the journal is disabled: it says why and takes nothing.
  public init(
    notebookFile: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    let folder = Journal.folder(environment)
    started = Date()
    let milliseconds = Int(started.timeIntervalSince1970 * 1000)
    let name = "\(getpid())-\(milliseconds)-\(String(UInt32.random(in: .min ... .max), radix: 16))"
    path = "\(folder)/\(name).journal"
    do {
      try Journal.makeFolder(folder)
      descriptor = try Journal.begin("\(folder)/.\(name).new", path)
      try reset(notebookFile: notebookFile)
      // The new name is durable when the folder is.
      try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY).synchronize()
    } catch {
      finish()
      descriptor = nil
      disabledReason = "entered cells are not journalled in \(folder): \(Journal.words(for: error))"
    }
  }

  private static func words(for error: any Error) -> String {
    switch error {
    case let error as SystemError: error.description
    case let error as JournalError: error.description
    default: (error as NSError).localizedDescription
    }
  }

  /// Makes a folder, with those above it, for its owner alone.
  private static func makeFolder(_ path: String) throws(SystemError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    let problem = SystemError.last
    let parent = (path as NSString).deletingLastPathComponent
    guard problem.code == ENOENT, parent != path, !parent.isEmpty else { throw problem }
    try makeFolder(parent)
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last }
  }

  /// Makes the file and takes the lock before the file has the name that others look for.
  private static func begin(_ temporary: String, _ path: String) throws(SystemError) -> Descriptor {
    let descriptor = try Descriptor(opening: temporary, O_RDWR | O_APPEND | O_CREAT | O_EXCL, mode: 0o600)
    do throws(SystemError) {
      guard try descriptor.tryLock(.exclusive) else { throw SystemError(code: EWOULDBLOCK) }
      guard rename(temporary, path) == 0 else { throw .last }
    } catch {
      unlink(temporary)
      throw error
    }
    return descriptor
  }

  /// Adds changes that were made. When this returns, they are on the disk. A disabled journal takes nothing.
  ///
  /// Throws where they can't be written; a cell may run all the same once the person has been told. What a full disk
  /// kept from being written is made up for by the next call that succeeds.
  ///
  /// - Parameter waiting: the texts that were entered and wait for their turn to become cells, the oldest first. They
  ///   are offered as cells where the program ends before, and take the place of those that were given before.
  public func append(_ changes: [NotebookChange], waiting: [String] = []) throws(JournalError) {
    let now = Date()
    let records = changes.map { JournalRecord($0, at: now) } + follow(waiting, at: now)
    if !records.isEmpty { try write(records) }
  }

  /// What tells that other texts wait now. As a rule some of the oldest have had their turn and some have come.
  private func follow(_ texts: [String], at time: Date) -> [JournalRecord] {
    let taken = (0...waiting.count).first { texts.starts(with: waiting[$0...]) } ?? waiting.count
    let come = texts.dropFirst(waiting.count - taken)
    waiting = texts
    return (taken > 0 ? [JournalRecord(taken: taken, at: time)] : [])
      + come.map { JournalRecord(waiting: $0, at: time) }
  }

  /// Begins anew, since the notebook is now the same as its file: it has just been saved or loaded.
  ///
  /// - Parameter notebook: what the changes to come are made in: with the order of its cells, that of any later moment is
  ///   known.
  public func reset(notebookFile: String?, notebook: Notebook = Notebook()) throws(JournalError) {
    do throws(SystemError) {
      try descriptor?.truncate(to: 0)
    } catch {
      throw .failed(error.description)
    }
    size = 0
    pending = []
    let record = JournalRecord(
      pid: getpid(), started: started, notebookFile: notebookFile, order: notebook.order)
    let now = Date()
    try write([record] + waiting.map { JournalRecord(waiting: $0, at: now) })
  }

  /// Ends the journal: all went well, nothing is to be offered.
  public func finish() {
    guard descriptor != nil else { return }
    unlink(path)
    descriptor = nil
  }

  /// Takes over an abandoned journal: `make` gets its changes and gives those that were made, as they are now; they
  /// are added to this journal, then the other's file is removed. Gives false where another program has taken it
  /// already.
  ///
  /// Throws where they can't be written; then the abandoned journal stays.
  public func adopt(
    _ abandoned: AbandonedJournal, making make: ([NotebookChange]) -> [NotebookChange] = { $0 }
  ) throws(JournalError) -> Bool {
    guard let other = try? Descriptor(opening: abandoned.path, O_RDONLY | O_NOFOLLOW),
      (try? other.tryLock(.exclusive)) == true, access(abandoned.path, F_OK) == 0
    else { return false }
    let changes = make(abandoned.changes)
    // A disabled journal can't keep them safe, so they stay where they are.
    guard descriptor != nil else { return true }
    try write(changes.map { JournalRecord($0, at: abandoned.lastEntry) })
    unlink(abandoned.path)
    return true
  }

  private func write(_ records: [JournalRecord]) throws(JournalError) {
    guard descriptor != nil else { return }
    let bytes = pending + records.flatMap(\.line)
    guard size + bytes.count <= Journal.maximumSize else { throw .full }
    do throws(SystemError) {
      let descriptor = try present()
      try descriptor.write(bytes)
      try descriptor.synchronize()
      size += bytes.count
      pending = []
    } catch {
      // What is written later must not stand on a torn line.
      try? descriptor?.truncate(to: size)
      pending = bytes
      throw .failed(error.description)
    }
  }

  /// The file; made anew with what it had where somebody has removed it.
  private func present() throws(SystemError) -> Descriptor {
    guard let descriptor else { throw SystemError(code: EBADF) }
    if try descriptor.status().isLinked { return descriptor }
    let folder = Paths.folder(of: path)
    try Journal.makeFolder(folder)
    let new = try Journal.begin("\(folder)/.\(getpid()).new", path)
    try new.write(try descriptor.readWhole(atMost: size))
    self.descriptor = new
    return new
  }

  /// The folder of all journals. XDG Base Directory Specification: `$XDG_STATE_HOME`, which must be absolute, or
  /// else `~/.local/state`.
  static func folder(_ environment: [String: String]) -> String {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/routebook/journal" }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
    return home + "/.local/state/routebook/journal"
  }
}

/// Why a cell could not be journalled.
public enum JournalError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The journal has reached `Journal.maximumSize`.
  case full
  /// The system could not write it; with the system's words.
  case failed(String)

  public var description: String {
    switch self {
    case .full:
      "the journal is full (\(Journal.maximumSize >> 20) MiB): save the notebook, which empties it"
    case .failed(let reason):
      "the cell could not be journalled (\(reason)): save the notebook to be safe"
    }
  }
}

/// A line of a journal: the first says whose it is, the others are changes.
struct JournalRecord: Codable {
  enum Operation: String, Codable {
    case added, removed, edited, moved
    /// A text was entered that waits for its turn.
    case waiting
    /// So many of those that wait, the oldest, have had it.
    case taken
  }

  var time: Double
  var pid: Int32?
  var notebookFile: String?
  /// The order that the cells had when the journal began; 0 for one without a number.
  var order: [Int]?
  /// What was done; a cell was added where a line does not say.
  var operation: Operation?
  var number: Int?
  var kind: String?
  var title: String?
  var source: String?
  /// What an edited cell read before.
  var before: String?
  /// Where a cell came or went to; the end where a line does not say.
  var place: Int?
  var count: Int?

  init(pid: Int32, started: Date, notebookFile: String?, order: [Int]) {
    self.time = started.timeIntervalSince1970
    self.pid = pid
    self.notebookFile = notebookFile
    self.order = order
  }

  init(_ change: NotebookChange, at time: Date) {
    self.time = time.timeIntervalSince1970
    number = change.number
    switch change {
    case .added(let cell, let index):
      operation = .added
      place = index == .max ? nil : index
      describe(cell)
    case .removed(let cell):
      operation = .removed
      describe(cell)
    case .edited(_, let from, let to):
      operation = .edited
      before = from
      source = to
    case .moved(_, let index):
      operation = .moved
      place = index
    }
  }

  init(waiting text: String, at time: Date) {
    self.time = time.timeIntervalSince1970
    operation = .waiting
    source = text
  }

  init(taken count: Int, at time: Date) {
    self.time = time.timeIntervalSince1970
    operation = .taken
    self.count = count
  }

  private mutating func describe(_ cell: Cell) {
    kind = cell.kind.rawValue
    title = cell.title.isEmpty ? nil : cell.title
    source = cell.source
  }

  var line: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A record has nothing that JSON lacks: its times are finite.
    guard let data = try? encoder.encode(self) else { return [] }
    return Array(data) + [UInt8(ascii: "\n")]
  }

  /// Nil for a line that is none.
  var change: NotebookChange? {
    switch operation {
    case .added, nil: cell.map { .added($0, at: place ?? .max) }
    case .removed: cell.map { .removed($0) }
    case .edited:
      if let number, let before, let source { .edited(number, from: before, to: source) } else { nil }
    case .moved: if let number, let place { .moved(number, to: place) } else { nil }
    case .waiting, .taken: nil
    }
  }

  private var cell: Cell? {
    guard let source, let kind = kind.flatMap(Cell.Kind.init(rawValue:)) else { return nil }
    return Cell(number: number, kind: kind, title: title ?? "", source: source)
  }
}
