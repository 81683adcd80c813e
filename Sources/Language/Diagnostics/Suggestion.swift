/// Finds what was probably meant.
public enum Suggestion {
  /// The candidate nearest to a mistyped name, or nil when none is near: at most a third of the name's
  /// length may differ, as in other compilers. A difference in case alone is always near.
  public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let written = Array(name.prefix(lengthLimit + 1))
    guard !written.isEmpty, written.count <= lengthLimit else { return nil }
    let folded = written.map { $0.lowercased() }
    let limit = max(1, written.count / 3)
    var best: (candidate: String, cost: Int)?
    for candidate in candidates where candidate != name {
      let other = Array(candidate.prefix(lengthLimit + 1))
      guard other.count <= lengthLimit, abs(other.count - written.count) <= limit else { continue }
      let distance = editDistance(folded, other.map { $0.lowercased() })
      // A name of one or two letters is near to everything: only its case may differ.
      guard distance <= limit, distance == 0 || written.count > 2 else { continue }
      // The case decides only between candidates that are equally near.
      let cost = distance * 100 + min(99, zip(written, other).count { $0 != $1 })
      if let found = best, (found.cost, found.candidate) <= (cost, candidate) { continue }
      best = (candidate, cost)
    }
    return best?.candidate
  }

  /// Longer names are not compared.
  private static let lengthLimit = 64

  /// How many letters must be inserted, removed, replaced or swapped with their neighbour to make one
  /// of the other (Damerau and Levenshtein, in the form that edits no part twice).
  static func editDistance<Element: Equatable>(_ first: [Element], _ second: [Element]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...second.count)
    for i in first.indices {
      var row = [i + 1]
      row.reserveCapacity(second.count + 1)
      for j in second.indices {
        var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (first[i] == second[j] ? 0 : 1))
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          cost = min(cost, beforePrevious[j - 1] + 1)
        }
        row.append(cost)
      }
      beforePrevious = previous
      previous = row
    }
    return previous[second.count]
  }
}
