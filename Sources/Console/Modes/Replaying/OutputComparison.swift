import Foundation
import Notebooks

/// How a cell's output is compared with what is stored with it, after what differs each time has been put out of sight.
///
/// A cell tagged `ignore-output` is not compared. `sanitize=["\\d+ ms"]` lists regular expressions, and what they match
/// counts as the same, be it several lines; on a text cell they hold for all cells below it.
struct OutputComparison: Sendable {
  private let patterns: [OutputPattern]
  /// Whether it is not compared.
  let isIgnored: Bool

  /// The longest pattern, in bytes, and the most of a cell.
  private static let patternLimit = 1_000
  private static let patternCount = 100
  /// How long the patterns may take over the output of a cell.
  private static let time = Duration.seconds(1)
  /// The same over a value that is too long to be stored whole.
  private static let timeOfLongValue = Duration.seconds(10)

  /// The comparisons of all code cells of a notebook, by number.
  ///
  /// - Throws: `BadPattern` where a pattern is no regular expression, or tags are no list.
  static func all(of notebook: Notebook) throws(BadPattern) -> [Int: OutputComparison] {
    var shared: [OutputPattern] = []
    var result: [Int: OutputComparison] = [:]
    for cell in notebook.cells {
      try checkTags(of: cell)
      let own = try patterns(of: cell)
      if cell.kind != .code {
        shared += own
      } else if let number = cell.number {
        result[number] = OutputComparison(
          patterns: shared + own, isIgnored: cell.tags.contains("ignore-output"))
      }
    }
    return result
  }

  /// What of a notebook can't be compared, a problem of each cell that has one.
  static func problems(of notebook: Notebook) -> [BadPattern] {
    notebook.cells.compactMap { cell in
      do throws(BadPattern) {
        try checkTags(of: cell)
        _ = try patterns(of: cell)
        return nil
      } catch {
        return error
      }
    }
  }

  private static func checkTags(of cell: Cell) throws(BadPattern) {
    if cell.metadata.contains(where: { $0.key == "tags" }), cell.strings(of: "tags") == nil {
      throw BadPattern(cell, "tags is a list of texts: tags=[\"ignore-output\"]")
    }
    for key in ["tags", "sanitize"] {
      if cell.title.contains("\(key) = ") {
        throw BadPattern(
          cell, "write \(key)=[…] without spaces around the =; as it is, it is a part of the cell's title")
      }
      if cell.title.contains("\(key)=[") {
        throw BadPattern(
          cell,
          "write \(key)=[…] behind the cell's title, at the end of the line; as it is, it is a part of it")
      }
    }
  }

  private static func patterns(of cell: Cell) throws(BadPattern) -> [OutputPattern] {
    guard cell.metadata.contains(where: { $0.key == "sanitize" }) else { return [] }
    guard let texts = cell.strings(of: "sanitize"), texts.count <= patternCount else {
      throw BadPattern(cell, "sanitize is a list of at most \(patternCount) texts: sanitize=[\"\\\\d+ ms\"]")
    }
    var result: [OutputPattern] = []
    for text in texts {
      guard !text.isEmpty, text.utf8.count <= patternLimit, let pattern = OutputPattern(text) else {
        throw BadPattern(cell, "\"\(text.prefix(60))\" in sanitize is no regular expression as ICU has them")
      }
      result.append(pattern)
    }
    return result
  }

  /// - Throws: `OutputPattern.TooSlow` where a pattern takes too long.
  func isSame(_ stored: [String], _ given: [String]) throws(OutputPattern.TooSlow) -> Bool {
    if isIgnored { return true }
    return try isAlike(stored, given)
  }

  /// Whether a cell that fails fails as the file says: the error that it gave is stored with it. Where its output is
  /// not compared, its error is.
  ///
  /// - Throws: `OutputPattern.TooSlow` where a pattern takes too long.
  ///
  /// - Parameter errorAlone: whether what the cell printed before may differ.
  func isSameFailure(
    _ stored: [String], _ given: [String], errorAlone: Bool = false
  ) throws(OutputPattern.TooSlow) -> Bool {
    guard let error = OutputComparison.errorLine(of: stored) else { return false }
    let isIgnored = isIgnored || errorAlone
    let given = isIgnored ? Array(given[(OutputComparison.errorLine(of: given) ?? 0)...]) : given
    let end = ContinuousClock.now + OutputComparison.time
    let wanted = try sanitized(given, until: end)
    // What comes behind the last cell may be stored with it.
    let text = try sanitized(Array(stored[(isIgnored ? error : 0)...]), until: end)
    return text.utf8.starts(with: wanted.utf8)
  }

  /// Where the error begins that a cell ended with; nil where it ended with none.
  static func errorLine(of lines: [String]) -> Int? { lines.lastIndex { $0.hasPrefix("error: ") } }

  private func isAlike(_ stored: [String], _ given: [String]) throws(OutputPattern.TooSlow) -> Bool {
    if stored.hasSameBytes(as: given) { return true }
    if patterns.isEmpty { return false }
    let end = ContinuousClock.now + OutputComparison.time
    return try sanitized(stored, until: end).utf8.elementsEqual(sanitized(given, until: end).utf8)
  }

  /// What counts of each line where it stands alone; the lines themselves where the patterns take too long.
  func forms(of lines: [String]) -> [String] {
    if patterns.isEmpty { return lines }
    let end = ContinuousClock.now + OutputComparison.time
    do {
      return try lines.map { try sanitized($0, until: end) }
    } catch {
      return lines
    }
  }

  private func sanitized(_ lines: [String], until end: ContinuousClock.Instant)
    throws(OutputPattern.TooSlow) -> String
  {
    try sanitized(lines.map { $0 + "\n" }.joined(), until: end)
  }

  /// The text with an ellipsis for what the patterns match.
  private func sanitized(_ text: String, until end: ContinuousClock.Instant)
    throws(OutputPattern.TooSlow) -> String
  {
    var text = text
    for pattern in patterns { text = try pattern.replaced(in: text, until: end) }
    return text
  }

  /// What counts of a value that is too long to be stored whole; nil where all of it does.
  ///
  /// - Parameters:
  ///   - time: how long the patterns may take.
  ///   - tooSlow: gets the pattern that takes longer; then all of the value counts.
  func formOfLongValue(
    within time: Duration = timeOfLongValue, _ tooSlow: @escaping @Sendable (OutputPattern.TooSlow) -> Void
  ) -> (@Sendable (String) -> String)? {
    if patterns.isEmpty || isIgnored { return nil }
    return { text in
      do throws(OutputPattern.TooSlow) {
        return try sanitized(Sanitizer.visible(text), until: .now + time)
      } catch {
        tooSlow(error)
        return text
      }
    }
  }

  /// A pattern that cannot be used, or tags that are none, and the cell that has it.
  struct BadPattern: Error {
    let cell: Cell
    let problem: String

    /// The problem with its place in the notebook's file.
    func description(in path: String) -> String {
      let line = cell.firstLine.map { ":\($0 - 1)" } ?? ""
      return "\(fileName(path))\(line): \(problem)"
    }

    init(_ cell: Cell, _ problem: String) {
      self.cell = cell
      self.problem = problem
    }
  }
}

/// A line of the difference between two texts.
enum LineChange: Equatable, Sendable {
  case same(String)
  case removed(String)
  case added(String)

  /// The line with the sign that a diff has before it.
  var text: String {
    switch self {
    case .same(let line): "  \(line)"
    case .removed(let line): "- \(line)"
    case .added(let line): "+ \(line)"
    }
  }

  /// How many lines in the middle of two texts are compared one by one.
  private static let limit = 1_000

  /// What leads from one text to another, with as few changes as can be.
  ///
  /// - Parameter forms: gives of lines what counts of each: those of which that is the same are the same.
  static func list(
    from old: [String], to new: [String], comparing forms: ([String]) -> [String] = { $0 }
  ) -> [LineChange] {
    let (oldForms, newForms) = (forms(old), forms(new))
    let start = zip(oldForms, newForms).prefix { $0.hasSameBytes(as: $1) }.count
    let rest = min(old.count, new.count) - start
    let end = zip(oldForms.reversed(), newForms.reversed()).prefix(rest).prefix { $0.hasSameBytes(as: $1) }
      .count
    let (before, after) = (start..<old.count - end, start..<new.count - end)
    let middle =
      before.count > limit || after.count > limit
      ? old[before].map(LineChange.removed) + new[after].map(LineChange.added)
      : differences(
        Array(old[before]), Array(new[after]),
        Array(newForms[after]).difference(from: oldForms[before]) {
          $0.hasSameBytes(as: $1)
        })
    return old[..<start].map(LineChange.same) + middle + old[(old.count - end)...].map(LineChange.same)
  }

  private static func differences(
    _ old: [String], _ new: [String], _ difference: CollectionDifference<String>
  ) -> [LineChange] {
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var result: [LineChange] = []
    var (place, other) = (0, 0)
    while place < old.count || other < new.count {
      if place < old.count, removed.contains(place) {
        result.append(.removed(old[place]))
        place += 1
      } else if other < new.count, added.contains(other) {
        result.append(.added(new[other]))
        other += 1
      } else {
        result.append(.same(old[place]))
        place += 1
        other += 1
      }
    }
    return result
  }

  /// The changes with two lines around each, and a line that says how many are left out.
  static func excerpt(_ changes: [LineChange], limit: Int = 80) -> [String] {
    let isNear = changes.indices.map { place in
      changes[max(0, place - 2)...min(changes.count - 1, place + 2)].contains {
        if case .same = $0 { false } else { true }
      }
    }
    var result: [String] = []
    var skipped = 0
    for (place, change) in changes.enumerated() {
      if !isNear[place] || result.count >= limit {
        skipped += 1
        continue
      }
      if skipped > 0 { result.append("  … \(skipped) lines") }
      skipped = 0
      result.append(change.text)
    }
    if skipped > 0 { result.append("  … \(skipped) lines") }
    return result
  }
}
