/// What was entered, oldest first, and its file.
struct History {
  /// Most entries that are kept, in memory and in the file.
  static let limit = 10_000

  private(set) var entries: [[UInt32]] = []
  /// Nil where there is none, or none any more.
  private var file: HistoryFile?
  /// How far the file has been read.
  private var mark = HistoryFile.Mark()
  /// What went wrong with the file, until somebody tells it; the history goes on in memory.
  private var failure: (consequence: String, reason: HistoryFile.Failure)?

  /// Reads the file, if one is given; what can't be read or written becomes the notice.
  init(file: HistoryFile?) {
    guard let file else {
      self.file = nil
      return
    }
    do {
      entries = try file.load(limit: Self.limit).map { $0.unicodeScalars.map(\.value) }
      self.file = file
      mark = file.end()
    } catch {
      failure = ("history is kept in memory only", error)
      entries = file.readOnly(limit: Self.limit).map { $0.unicodeScalars.map(\.value) }
      self.file = nil
    }
  }

  /// What went wrong with the file and what comes of it, once.
  mutating func takeNotice() -> String? {
    defer { failure = nil }
    return failure.map { "\($0.consequence): \($0.reason)" }
  }

  /// What went wrong with the file, once, for whoever says in other words what comes of it.
  mutating func takeFailure() -> HistoryFile.Failure? {
    defer { failure = nil }
    return failure?.reason
  }

  /// Takes over what other programs have entered since: a look at the file's size, and a read where it has grown. Gives
  /// how many of the oldest entries had to go for it.
  @discardableResult
  mutating func refresh() -> Int {
    guard let file else { return 0 }
    return file.added(since: &mark).reduce(0) { $0 + keep($1.unicodeScalars.map(\.value)) }
  }

  /// Gives how many entries went.
  @discardableResult
  private mutating func keep(_ entry: [UInt32]) -> Int {
    guard entries.last != entry else { return 0 }
    entries.append(entry)
    let surplus = max(0, entries.count - Self.limit)
    entries.removeFirst(surplus)
    return surplus
  }

  /// Adds an entry, unless it is blank or the same as the newest.
  mutating func add(_ text: [UInt32]) {
    refresh()
    guard text.contains(where: { $0 != 0x20 && $0 != 10 && $0 != 9 }), entries.last != text else { return }
    keep(text)
    guard let file else { return }
    do {
      try file.append(String(scalars: text))
      mark = file.end()
    } catch {
      failure = ("history is no longer written", error)
      self.file = nil
    }
  }

  /// The newest entry that begins with `prefix` and is longer.
  func suggestion(for prefix: [UInt32]) -> ArraySlice<UInt32>? {
    guard !prefix.isEmpty else { return nil }
    for entry in entries.reversed() where entry.count > prefix.count && entry.starts(with: prefix) {
      return entry[prefix.count...]
    }
    return nil
  }

  /// The nearest entry before (or after) `index` that `matches`.
  func find(from index: Int, backwards: Bool, where matches: ([UInt32]) -> Bool) -> Int? {
    if backwards {
      return entries[..<max(0, min(index, entries.count))].lastIndex(where: matches)
    }
    return entries[min(max(0, index + 1), entries.count)...].firstIndex(where: matches)
  }
}

/// A place in the history while a cell is typed. What is edited in passing stays edited until the cell is entered,
/// and the draft is below the newest entry, also below those that other programs add meanwhile.
struct HistoryPlace {
  /// The entry that is being edited; nil for the draft.
  private(set) var entry: Int?
  private var edited: [Int?: [UInt32]] = [:]

  /// Goes to another entry, or to the draft: keeps what is there now, and gives what is to be edited.
  mutating func move(to target: Int?, leaving text: [UInt32], in history: History) -> [UInt32] {
    edited[entry] = text
    entry = target
    return edited[target] ?? target.map { history.entries[$0] } ?? []
  }

  /// Follows the entries when the oldest of them have gone.
  mutating func drop(oldest count: Int) {
    guard count > 0 else { return }
    func followed(_ entry: Int?) -> Int? { entry.map { max(0, $0 - count) } }
    edited = Dictionary(
      edited.filter { ($0.key ?? count) >= count }.map { (followed($0.key), $0.value) },
      uniquingKeysWith: { first, _ in first })
    entry = followed(entry)
  }
}
