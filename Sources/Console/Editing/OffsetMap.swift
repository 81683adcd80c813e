/// Translates between the hooks' UTF-8 offsets and the engine's scalar indices.
struct OffsetMap {
  /// The UTF-8 offset of each scalar and of the end; nil for ASCII, where both are the same.
  private let offsets: [Int]?
  private let count: Int

  init(_ text: [UInt32]) {
    count = text.count
    guard text.contains(where: { $0 >= 0x80 }) else {
      offsets = nil
      return
    }
    var offsets: [Int] = []
    offsets.reserveCapacity(text.count + 1)
    var offset = 0
    for scalar in text {
      offsets.append(offset)
      offset += scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
    }
    self.offsets = offsets + [offset]
  }

  /// The UTF-8 offset of a scalar.
  func utf8(_ index: Int) -> Int { offsets?[index] ?? index }

  /// The scalars of a UTF-8 range; nil where it does not lie within the text. An offset inside a scalar counts as
  /// that scalar's beginning.
  func scalars(_ range: Range<Int>) -> Range<Int>? {
    guard let start = scalar(range.lowerBound), let end = scalar(range.upperBound) else { return nil }
    return start..<end
  }

  private func scalar(_ offset: Int) -> Int? {
    guard let offsets else { return (0...count).contains(offset) ? offset : nil }
    guard offset >= 0, offset <= offsets[count] else { return nil }
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high + 1) / 2
      if offsets[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
