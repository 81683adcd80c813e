/// Where vi's motions lead.
extension ViCommands {
  /// Where a motion ends.
  struct Target {
    var position: Int
    /// Whether the character there belongs to what an operator takes.
    var isInclusive = false
    var isLinewise = false
  }

  /// What an operator takes; nil where its motion leads nowhere.
  mutating func range(
    of command: Command, _ text: [UInt32], _ cursor: Int, _ surroundings: Surroundings
  ) -> ViText.Range? {
    let count = command.count ?? 1
    if command.key == command.action.map({ Character(Unicode.Scalar($0.rawValue)!) }) {
      return ViText.lines(text, from: cursor, through: ViText.line(text, below: cursor, by: count - 1))
    }
    if let argument = command.argument, command.key == "i" || command.key == "a" {
      return ViText.object(argument, isAround: command.key == "a", text, cursor, surroundings.partner)
    }
    switch command.key {
    case "j", "+":
      guard text[cursor...].contains(10) else { return nil }
      return ViText.lines(text, from: cursor, through: ViText.line(text, below: cursor, by: count))
    case "k", "-":
      guard Lines.start(text, cursor) > 0 else { return nil }
      return ViText.lines(text, from: ViText.line(text, above: cursor, by: count), through: cursor)
    case "w", "W": return words(command, text, cursor)
    default:
      guard let target = target(of: command, text, cursor, surroundings) else { return nil }
      let (first, last) = (min(cursor, target.position), max(cursor, target.position))
      if target.isLinewise { return ViText.lines(text, from: first, through: last) }
      return ViText.Range(scalars: first..<(target.isInclusive ? Clusters.end(text, from: last) : last))
    }
  }

  /// `dw` leaves the line end, and `cw` what is behind the word too.
  private func words(_ command: Command, _ text: [UInt32], _ cursor: Int) -> ViText.Range? {
    let isBig = command.key == "W"
    let count = command.count ?? 1
    if command.action == .change, cursor < text.count, !Lines.isBlank(text[cursor]) {
      // The end of this word, even where the cursor stands on it.
      var end = ViText.endOfWord(text, max(-1, cursor - 1), isBig)
      for _ in 1..<max(1, count) { end = ViText.endOfWord(text, end, isBig) }
      return ViText.Range(scalars: cursor..<min(text.count, end + 1))
    }
    var end = cursor
    for _ in 0..<count { end = ViText.nextWord(text, end, isBig) }
    let lineStart = Lines.start(text, end)
    if lineStart > cursor, text[lineStart..<end].allSatisfy(Lines.isBlank) {
      end = max(cursor, lineStart - 1)
      // Lines without a word between them stay, too.
      while end > cursor, text[end - 1] == 10 { end -= 1 }
    }
    return ViText.Range(scalars: cursor..<end)
  }

  /// Where a motion leads; nil where it can't be made.
  mutating func target(
    of command: Command, _ text: [UInt32], _ cursor: Int, _ surroundings: Surroundings
  ) -> Target? {
    let count = command.count ?? 1
    let lineStart = Lines.start(text, cursor)
    switch command.key {
    case "h", "\u{8}", "\u{7F}": return back(text, cursor, count)
    case "l", " ":
      let lineEnd = Lines.end(text, cursor)
      guard cursor < lineEnd else { return nil }
      return Target(position: ViText.forward(text, cursor, count) ?? lineEnd)
    case "0": return Target(position: lineStart)
    case "^": return Target(position: ViText.firstNonBlank(text, lineStart))
    case "_":
      let line = ViText.line(text, below: cursor, by: count - 1)
      return Target(position: ViText.firstNonBlank(text, line), isLinewise: true)
    case "$":
      return Target(position: Lines.end(text, ViText.line(text, below: cursor, by: count - 1)))
    case "|": return Target(position: Lines.position(text, from: lineStart, column: count - 1))
    case "w", "W", "b", "B", "e", "E": return word(command, text, cursor)
    case "f", "F", "t", "T", ";", ",": return find(command, text, cursor)
    case "%":
      guard
        let bracket = text[cursor..<Lines.end(text, cursor)].indices
          .lazy.compactMap({ surroundings.partner($0) }).first
      else { return nil }
      return Target(position: bracket, isInclusive: true)
    case "g" where command.argument == 0x67: return line(command.count ?? 1, text)
    case "G": return line(command.count ?? .max, text)
    default: return nil
    }
  }

  private func line(_ number: Int, _ text: [UInt32]) -> Target {
    let start = ViText.line(text, below: 0, by: number - 1)
    return Target(position: ViText.firstNonBlank(text, start), isLinewise: true)
  }

  private func back(_ text: [UInt32], _ cursor: Int, _ count: Int) -> Target? {
    let lineStart = Lines.start(text, cursor)
    guard cursor > lineStart else { return nil }
    var position = cursor
    for _ in 0..<count where position > lineStart { position = Clusters.start(text, before: position) }
    return Target(position: position)
  }

  private func word(_ command: Command, _ text: [UInt32], _ cursor: Int) -> Target {
    let isBig = command.key.isUppercase
    var position = cursor
    for _ in 0..<(command.count ?? 1) {
      switch command.key {
      case "w", "W": position = ViText.nextWord(text, position, isBig)
      case "b", "B": position = ViText.startOfWord(text, position, isBig)
      default: position = ViText.endOfWord(text, position, isBig)
      }
    }
    return Target(position: position, isInclusive: command.key == "e" || command.key == "E")
  }

  /// `f`, `t` and their kin look in the line alone.
  private mutating func find(_ command: Command, _ text: [UInt32], _ cursor: Int) -> Target? {
    if let target = command.argument { lastFind = (command.key, target) }
    guard let (lastKey, wanted) = lastFind else { return nil }
    var key = lastKey
    if command.key == "," { key = Character(key.isLowercase ? key.uppercased() : key.lowercased()) }
    let isForward = key.isLowercase
    let isBeside = key == "t" || key == "T"
    let (start, end) = (Lines.start(text, cursor), Lines.end(text, cursor))
    var place = cursor
    // `;` after `t` goes to the next one, not to where the cursor stands already.
    if isBeside, command.argument == nil { place += isForward ? 1 : -1 }
    for _ in 0..<(command.count ?? 1) {
      let found =
        isForward
        ? text[min(end, place + 1)..<end].firstIndex(of: wanted)
        : text[start..<max(start, min(place, end))].lastIndex(of: wanted)
      guard let found else { return nil }
      place = found
    }
    if isBeside {
      place = isForward ? Clusters.start(text, before: place) : Clusters.end(text, from: place)
    }
    return Target(position: place, isInclusive: isForward)
  }
}

/// What vi takes for lines, words and the things around the cursor.
enum ViText {
  struct Range: Equatable {
    var scalars: Swift.Range<Int>
    /// Whether these are whole lines; the line end of the last one is not among the scalars.
    var isLinewise = false
  }

  /// The nearest place on a character of the line, since the cursor of command mode stands on one.
  static func onCharacter(_ text: [UInt32], _ position: Int) -> Int {
    let position = min(position, text.count)
    let isAtEnd = position == Lines.end(text, position)
    guard isAtEnd, position > Lines.start(text, position) else { return position }
    return Clusters.start(text, before: position)
  }

  /// The first character of a line that is no blank, or its end.
  static func firstNonBlank(_ text: [UInt32], _ lineStart: Int) -> Int {
    text[lineStart...].firstIndex { $0 != 0x20 && $0 != 9 } ?? text.count
  }

  /// `count` characters to the right within the line; nil where there are fewer.
  static func forward(_ text: [UInt32], _ position: Int, _ count: Int) -> Int? {
    let lineEnd = Lines.end(text, position)
    var position = position
    for _ in 0..<count {
      guard position < lineEnd else { return nil }
      position = Clusters.end(text, from: position)
    }
    return position
  }

  // MARK: Lines

  static func lines(_ text: [UInt32], from first: Int, through last: Int) -> Range {
    Range(
      scalars: Lines.start(text, first)..<Lines.end(text, last), isLinewise: true)
  }

  /// The beginning of a line further down, or of the last one.
  static func line(_ text: [UInt32], below position: Int, by count: Int) -> Int {
    var start = Lines.start(text, position)
    var left = count
    while left > 0, let end = text[start...].firstIndex(of: 10) {
      start = end + 1
      left -= 1
    }
    return start
  }

  /// The beginning of a line further up, or of the first one.
  static func line(_ text: [UInt32], above position: Int, by count: Int) -> Int {
    var start = Lines.start(text, position)
    for _ in 0..<count where start > 0 { start = Lines.start(text, start - 1) }
    return start
  }

  // MARK: Words

  private enum Kind {
    case blank, word, other
  }

  private static func kind(_ scalar: UInt32, _ isBig: Bool) -> Kind {
    if Lines.isBlank(scalar) { return .blank }
    if isBig { return .word }
    if scalar < 0x80 {
      let isWord =
        (0x30...0x39).contains(scalar) || (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
        || scalar == 0x5F
      return isWord ? .word : .other
    }
    guard let properties = Unicode.Scalar(scalar)?.properties else { return .other }
    // A mark belongs to the word it stands in.
    return properties.isAlphabetic || properties.numericType != nil || properties.isGraphemeExtend
      ? .word : .other
  }

  /// Where the next word begins.
  static func nextWord(_ text: [UInt32], _ position: Int, _ isBig: Bool) -> Int {
    guard position < text.count else { return position }
    var place = position
    let here = kind(text[place], isBig)
    while place < text.count, here != .blank, kind(text[place], isBig) == here { place += 1 }
    while place < text.count, kind(text[place], isBig) == .blank { place += 1 }
    return place
  }

  /// Where this word begins, or the one before.
  static func startOfWord(_ text: [UInt32], _ position: Int, _ isBig: Bool) -> Int {
    var place = position
    while place > 0, kind(text[place - 1], isBig) == .blank { place -= 1 }
    guard place > 0 else { return 0 }
    let here = kind(text[place - 1], isBig)
    while place > 0, kind(text[place - 1], isBig) == here { place -= 1 }
    return place
  }

  /// The last character of this word, or of the next one where the cursor stands there already.
  static func endOfWord(_ text: [UInt32], _ position: Int, _ isBig: Bool) -> Int {
    var place = position + 1
    while place < text.count, kind(text[place], isBig) == .blank { place += 1 }
    guard place < text.count else { return max(0, text.count - 1) }
    let here = kind(text[place], isBig)
    while place + 1 < text.count, kind(text[place + 1], isBig) == here { place += 1 }
    return place
  }

  // MARK: Things

  /// `iw`, `a(`, `i"` and the like.
  static func object(
    _ name: UInt32, isAround: Bool, _ text: [UInt32], _ cursor: Int, _ partner: (Int) -> Int?
  ) -> Range? {
    guard let scalar = Unicode.Scalar(name) else { return nil }
    switch Character(scalar) {
    case "w": return word(text, cursor, isBig: false, isAround)
    case "W": return word(text, cursor, isBig: true, isAround)
    case "\"", "'", "`": return quoted(name, text, cursor, isAround)
    case "(", ")", "b": return bracketed(0x28, text, cursor, isAround, partner)
    case "[", "]": return bracketed(0x5B, text, cursor, isAround, partner)
    case "{", "}", "B": return bracketed(0x7B, text, cursor, isAround, partner)
    default: return nil
    }
  }

  private static func word(_ text: [UInt32], _ cursor: Int, isBig: Bool, _ isAround: Bool) -> Range? {
    let (first, last) = (Lines.start(text, cursor), Lines.end(text, cursor))
    guard cursor < last else { return nil }
    let here = kind(text[cursor], isBig)
    var (start, end) = (cursor, cursor)
    while start > first, kind(text[start - 1], isBig) == here { start -= 1 }
    while end < last, kind(text[end], isBig) == here { end += 1 }
    if isAround { while end < last, kind(text[end], isBig) == .blank { end += 1 } }
    return Range(scalars: start..<end)
  }

  private static func quoted(
    _ quote: UInt32, _ text: [UInt32], _ cursor: Int, _ isAround: Bool
  ) -> Range? {
    let line = Lines.start(text, cursor)..<Lines.end(text, cursor)
    let quotes = line.filter { text[$0] == quote && ($0 == line.lowerBound || text[$0 - 1] != 0x5C) }
    for pair in stride(from: 0, to: quotes.count - 1, by: 2) where quotes[pair + 1] >= cursor {
      return Range(
        scalars: isAround ? quotes[pair]..<(quotes[pair + 1] + 1) : (quotes[pair] + 1)..<quotes[pair + 1])
    }
    return nil
  }

  private static func bracketed(
    _ opening: UInt32, _ text: [UInt32], _ cursor: Int, _ isAround: Bool, _ partner: (Int) -> Int?
  ) -> Range? {
    guard cursor < text.count else { return nil }
    for place in stride(from: cursor, through: 0, by: -1) where text[place] == opening {
      guard let end = partner(place), end >= cursor else { continue }
      return Range(scalars: isAround ? place..<(end + 1) : (place + 1)..<end)
    }
    return nil
  }
}
