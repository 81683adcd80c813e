/// Text that comes faster than anybody types: a paste at a terminal that does not mark it as one.
///
/// Each line end in it would have the whole cell read again to see whether it is complete. Where a bracket is open that
/// is certain, so all lines up to the one that closes it are taken at once.
extension LineEditor {
  /// From so many characters on what waits is looked at as a whole.
  private static let burst = 1_000

  /// Takes the text that waits behind a line end at the end of the cell, as far as a bracket is open at each line end of
  /// it; nil where little waits, and where none is open. It keeps the indentation that it has.
  func takeOpenLines(behind text: [UInt32]) -> [UInt32]? {
    terminal.readWaiting()
    let waiting = terminal.plainText(limit: Self.cellLimit - text.count - 1)
    guard waiting.count >= Self.burst else { return nil }
    let whole = text + [10] + waiting
    let end = endOfOpenLines(in: whole, from: text.count) - text.count - 1
    guard end > 0 else { return nil }
    terminal.dropKeys(end)
    return Array(waiting[..<end])
  }

  /// The first line end from a place on at which no bracket is open; the end of the text where there is none.
  private func endOfOpenLines(in text: [UInt32], from start: Int) -> Int {
    let map = OffsetMap(text)
    func place(_ offset: Int) -> Int? { map.scalars(offset..<offset)?.lowerBound }
    var brackets = hooks.brackets(String(scalars: text))[...]
    // Up to where the outermost bracket is open.
    var openUntil = -1
    for position in start..<text.count where text[position] == 10 {
      while let bracket = brackets.first, let opening = place(bracket.offset), opening < position {
        brackets.removeFirst()
        if !bracket.isClosing { openUntil = max(openUntil, bracket.partner.flatMap(place) ?? .max) }
      }
      if openUntil <= position { return position }
    }
    return text.count
  }
}
