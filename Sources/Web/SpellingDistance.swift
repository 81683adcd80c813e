/// How far two words are apart, for "did you mean".
enum SpellingDistance {
  /// Words longer than this are not compared.
  private static let maxBytes = 64

  /// The number of bytes to insert, remove, replace or swap with their neighbour to make `other` of `word`; nil if
  /// it is more than `limit`.
  static func between(_ word: some Collection<UInt8>, _ other: some Collection<UInt8>, limit: Int) -> Int? {
    guard abs(word.count - other.count) <= limit, max(word.count, other.count) <= maxBytes else { return nil }
    let (one, two) = (Array(word), Array(other))
    // A letter that both begin or end with settles most pairs of words that have nothing in common.
    guard
      one.count < 3 || one.first == two.first || one.last == two.last || one.dropFirst().first == two.first
    else { return nil }
    var beforePrevious: [Int] = []
    var previous = Array(0...two.count)
    for row in 0..<one.count {
      var current = [row + 1]
      for column in 0..<two.count {
        var best = min(previous[column + 1] + 1, current[column] + 1)
        best = min(best, previous[column] + (one[row] == two[column] ? 0 : 1))
        if row > 0, column > 0, one[row] == two[column - 1], one[row - 1] == two[column] {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[two.count] <= limit ? previous[two.count] : nil
  }

  /// The candidate that is nearest to `word`, in any case, if one is near.
  static func nearest(to word: String, in candidates: [String]) -> String? {
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
      let limit = candidate.utf8.count > 4 ? 2 : 1
      guard let distance = between(word.lowercased().utf8, candidate.lowercased().utf8, limit: limit) else {
        continue
      }
      if distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.candidate
  }
}
