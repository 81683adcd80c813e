/// Tab's menu: the candidates, which of them is in the text now, and where.
struct CompletionMenu {
  let candidates: [Completions.Candidate]
  /// Nil while only what all candidates share has been inserted.
  private(set) var selected: Int?
  /// Where the completed word begins in the text, in scalars.
  let start: Int
  /// What stands there now.
  private(set) var inserted: [UInt32]
  /// What stood there before the menu, for when it is dismissed.
  let typed: [UInt32]

  static let rowLimit = 10

  init(candidates: [Completions.Candidate], start: Int, inserted: [UInt32], typed: [UInt32]) {
    self.candidates = candidates
    self.start = start
    self.inserted = inserted
    self.typed = typed
  }

  /// Goes to the next candidate, or the one before; gives its text.
  mutating func advance(by step: Int) -> [UInt32] {
    let count = candidates.count
    selected = selected.map { ($0 + step + count) % count } ?? (step > 0 ? 0 : count - 1)
    inserted = candidates[selected!].text.unicodeScalars.map(\.value)
    return inserted
  }

  /// The menu's rows, `limit` at most: the candidates around the selected one, each with its explanation.
  func rows(limit: Int) -> [StyledText] {
    let limit = max(1, min(limit, Self.rowLimit))
    let shown = candidates.count > limit ? max(1, limit - 1) : candidates.count
    let top = min(max(0, (selected ?? 0) - shown / 2), candidates.count - shown)
    let widest = min(32, candidates[top..<(top + shown)].map { Layout.width(of: $0.text) }.max() ?? 0)
    var rows = (top..<(top + shown)).map { index in
      let candidate = candidates[index]
      let padding = String(repeating: " ", count: max(0, widest - Layout.width(of: candidate.text)) + 2)
      return StyledText(index == selected ? "> " : "  ", Style(.cyan))
        + StyledText(candidate.text, index == selected ? .reversed : Style(.cyan))
        + (candidate.explanation.isEmpty ? "" : StyledText(padding + candidate.explanation, .dim))
    }
    if shown < candidates.count, limit > 1 {
      rows.append(StyledText("  \(candidates.count - shown) more", .dim))
    }
    return rows
  }

  /// What all candidates begin with.
  static func commonPrefix(_ candidates: [Completions.Candidate]) -> [UInt32] {
    guard var prefix = candidates.first?.text.unicodeScalars.map(\.value) else { return [] }
    for candidate in candidates.dropFirst() {
      let shared = zip(prefix, candidate.text.unicodeScalars).prefix { $0 == $1.value }.count
      prefix.removeLast(prefix.count - shared)
    }
    return prefix
  }
}
