/// What was entered, oldest first, and its file.
struct History {
  /// Most entries that are kept, in memory and in the file.
  static let limit = 10_000

  private(set) var entries: [[UInt32]] = []
  private let file: HistoryFile?
  /// How far the file has been read.
  private var mark = HistoryFile.Mark()
  /// What went wrong with the file, once; the history goes on in memory.
  private(set) var notice: String?

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
      notice = "history is kept in memory only: \(error)"
      self.file = nil
    }
  }

  mutating func takeNotice() -> String? {
    defer { notice = nil }
    return notice
  }

  /// Takes over what other programs have entered since.
  mutating func refresh() {
    guard let file, notice == nil else { return }
    for entry in file.added(since: &mark) { keep(entry.unicodeScalars.map(\.value)) }
  }

  private mutating func keep(_ entry: [UInt32]) {
    guard entries.last != entry else { return }
    entries.append(entry)
    if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
  }

  /// Adds an entry, unless it is blank or the same as the newest.
  mutating func add(_ text: [UInt32]) {
    refresh()
    guard text.contains(where: { $0 != 0x20 && $0 != 10 && $0 != 9 }), entries.last != text else { return }
    keep(text)
    guard let file, notice == nil else { return }
    do {
      try file.append(String(scalars: text))
      mark = file.end()
    } catch {
      notice = "history is no longer written: \(error)"
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
/// and the draft is below the newest entry.
struct HistoryPlace {
  private(set) var index: Int
  private var edited: [Int: [UInt32]] = [:]

  init(_ history: History) { index = history.entries.count }

  /// Goes to another entry: keeps what is there now, and gives what is to be edited.
  mutating func move(to target: Int, leaving text: [UInt32], in history: History) -> [UInt32] {
    edited[index] = text
    index = target
    return edited[target] ?? (target < history.entries.count ? history.entries[target] : [])
  }
}
