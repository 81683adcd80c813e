/// Ctrl-R: the newest entry that holds what is typed, then older ones.
struct IncrementalSearch {
  private(set) var query: [UInt32] = []
  /// The entry that matches, as an index into the history; nil before the first match.
  private(set) var match: Int?
  private(set) var isFailing = false
  /// What was being typed, for when the search is given up.
  let original: [UInt32]
  let originalCursor: Int

  init(original: [UInt32], cursor: Int) {
    self.original = original
    originalCursor = cursor
  }

  mutating func type(_ scalar: UInt32, in history: History) {
    query.append(scalar)
    look(from: (match ?? history.entries.count - 1) + 1, backwards: true, in: history)
  }

  mutating func erase(in history: History) {
    guard !query.isEmpty else { return }
    query.removeLast()
    match = nil
    isFailing = false
    if !query.isEmpty { look(from: history.entries.count, backwards: true, in: history) }
  }

  /// The next older (or newer) entry that matches and is another text.
  mutating func next(backwards: Bool, in history: History) {
    guard !query.isEmpty else { return }
    look(
      from: match ?? history.entries.count, backwards: backwards, in: history,
      not: match.map { history.entries[$0] })
  }

  private mutating func look(from index: Int, backwards: Bool, in history: History, not same: [UInt32]? = nil)
  {
    let query = query
    let found = history.find(from: index, backwards: backwards) { entry in
      entry != same && Self.position(of: query, in: entry) != nil
    }
    isFailing = found == nil
    if let found { match = found }
  }

  /// The text to show: the entry that matches, or what was being typed.
  func text(in history: History) -> [UInt32] { match.map { history.entries[$0] } ?? original }

  /// Where in that text the query stands.
  func range(in history: History) -> Range<Int>? {
    guard match != nil, let start = Self.position(of: query, in: text(in: history)) else { return nil }
    return start..<(start + query.count)
  }

  var label: StyledText {
    StyledText(isFailing ? "no match: " : "search: ", isFailing ? Style(.red) : .dim)
      + StyledText(String(scalars: query))
  }

  /// The last place of a pattern. A pattern without capitals matches them too.
  static func position(of pattern: [UInt32], in text: [UInt32]) -> Int? {
    guard !pattern.isEmpty, pattern.count <= text.count else { return nil }
    let ignoresCase = !pattern.contains { (65...90).contains($0) }
    func folded(_ scalar: UInt32) -> UInt32 {
      ignoresCase && (65...90).contains(scalar) ? scalar + 32 : scalar
    }
    for start in stride(from: text.count - pattern.count, through: 0, by: -1)
    where folded(text[start]) == pattern[0] {
      var length = 1
      while length < pattern.count, folded(text[start + length]) == pattern[length] { length += 1 }
      if length == pattern.count { return start }
    }
    return nil
  }
}
