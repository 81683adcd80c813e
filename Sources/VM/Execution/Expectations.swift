import Language

// What an `expect` that fails shows of its condition.

extension Machine {
  /// The failure with the condition's values in its message, and, where they are too long to be compared at a glance, with
  /// the place where they differ.
  @inline(never) func explained(_ failure: Failure, _ fiber: UnsafeMutablePointer<FiberObject>) -> Failure {
    guard let condition = hints(of: fiber)?.0.condition else { return failure }
    let registers = fiber.pointee.registers
    let last = condition.reachedRegister.map { registers[$0].int } ?? 0
    var failure = failure
    failure.message += ": " + condition.joints[0]
    for (place, part) in condition.parts.enumerated() {
      failure.message += place <= last ? text(of: part, registers) : "…"
      failure.message += condition.joints[place + 1]
    }
    if condition.parts.indices.contains(last), let (left, right) = condition.parts[last].equatedRegisters {
      failure.help = difference(registers[left], registers[right])
    }
    return failure
  }

  private func text(of part: ExpectedCondition.Part, _ registers: ValuePointer) -> String {
    part.pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .value(let register): repr(registers[register], limit: Difference.valueLimit)
      }
    }.joined()
  }

  private enum Difference {
    /// Bytes of a value in a message.
    static let valueLimit = 300
    /// What is shorter is seen at a glance.
    static let glance = 40
    /// Bytes of texts that are compared, and elements.
    static let textLimit = 1 << 20
    static let elementLimit = 100_000
    /// How deep collections in one another are looked into.
    static let depth = 16
    /// Characters around the place where two texts differ.
    static let before = 15
    static let after = 30
  }

  /// Where two values begin to differ; nil where that is seen at a glance.
  private func difference(_ left: Value, _ right: Value) -> String? {
    let texts = [left, right].map { repr($0, limit: Difference.valueLimit) }
    // Values that look the same are told apart, too.
    guard texts[0] == texts[1] || texts.contains(where: { $0.utf8.count > Difference.glance }) else {
      return nil
    }
    var path: [String] = []
    var (one, other) = (left, right)
    while path.count < Difference.depth, let (place, inner) = firstDifference(one, other) {
      path.append(place)
      (one, other) = inner
      // What is short enough is shown whole, with its keys.
      let texts = [one, other].map { repr($0, limit: Difference.glance) }
      if texts[0] != texts[1], texts.allSatisfy({ $0.utf8.count <= Difference.glance }) { break }
    }
    if path.isEmpty { return differenceOfWhole(left, right) }
    let place = path.joined()
    let shown = [one, other].map { repr($0, limit: 60) }
    // What looks the same or is cut says nothing.
    if shown[0] == shown[1] || shown.contains(where: { $0.utf8.count > Difference.glance }),
      let inner = differenceOfWhole(one, other)
    {
      return "at \(place) \(inner)"
    }
    return "they differ at \(place): \(shown[0]) and \(shown[1])"
  }

  /// What tells two values apart that have no elements which do.
  private func differenceOfWhole(_ left: Value, _ right: Value) -> String? {
    switch (left.tag, right.tag) {
    case (Tag.string, Tag.string), (Tag.html, Tag.html):
      guard max(left.string.buffer.count, right.string.buffer.count) <= Difference.textLimit else {
        return nil
      }
      return difference(heap.text(left.string), heap.text(right.string))
    case (Tag.bytes, Tag.bytes): return difference(left.string.buffer, right.string.buffer)
    case (Tag.array, Tag.array):
      let (count, other) = (left.array.pointee.count, right.array.pointee.count)
      return count == other ? nil : "the first has \(count) elements, the second \(other)"
    case (Tag.dictionary, Tag.dictionary): return missingKey(left.dictionary, right.dictionary)
    default: return nil
    }
  }

  /// The first place of two collections at which both have something, but not the same.
  private func firstDifference(_ left: Value, _ right: Value) -> (place: String, values: (Value, Value))? {
    switch (left.tag, right.tag) {
    case (Tag.array, Tag.array):
      let (one, other) = (left.array.pointee, right.array.pointee)
      for place in 0..<min(one.count, other.count, Difference.elementLimit)
      where areEqual(one.elements[place], other.elements[place]) != true {
        return ("[\(place)]", (one.elements[place], other.elements[place]))
      }
    case (Tag.dictionary, Tag.dictionary):
      for (key, value) in heap.pairs(of: left.dictionary).prefix(Difference.elementLimit) {
        let found = heap.value(of: key, in: right.dictionary)
        if found.tag == Tag.unset { return nil }
        if areEqual(value, found) != true { return (self.place(of: key), (value, found)) }
      }
    default: break
    }
    return nil
  }

  private func place(of key: Value) -> String { "[\(repr(key, limit: 60))]" }

  private func missingKey(
    _ left: UnsafeMutablePointer<DictionaryObject>, _ right: UnsafeMutablePointer<DictionaryObject>
  ) -> String? {
    for (one, other) in [(left, right), (right, left)] {
      for (key, _) in heap.pairs(of: one).prefix(Difference.elementLimit)
      where heap.value(of: key, in: other).tag == Tag.unset {
        return "only the \(one == left ? "first" : "second") has \(place(of: key))"
      }
    }
    return nil
  }

  private func difference(_ left: String, _ right: String) -> String? {
    var same = zip(left.utf8, right.utf8).prefix { $0 == $1 }.count
    guard same < max(left.utf8.count, right.utf8.count) else { return nil }
    // Of one character the first bytes may be the same.
    while same > 0, isWithinCharacter(left, same) || isWithinCharacter(right, same) { same -= 1 }
    let start = left.utf8.index(left.startIndex, offsetBy: same)
    let other = right.utf8.index(right.startIndex, offsetBy: same)
    let before = left[..<start]
    let lineStart = before.lastIndex { $0.isNewline }.map { before.index(after: $0) } ?? left.startIndex
    let otherStart =
      right[..<other].lastIndex { $0.isNewline }.map { right[..<other].index(after: $0) } ?? right.startIndex
    let line = before.count { $0.isNewline } + 1
    let column = max(0, left.distance(from: lineStart, to: start)) + 1
    let place =
      left.utf8.contains(UInt8(ascii: "\n")) || right.utf8.contains(UInt8(ascii: "\n"))
      ? "line \(line), character \(column)" : "character \(column)"
    let (one, two) = (excerpt(left, start, in: lineStart), excerpt(right, other, in: otherStart))
    // One character may be written in several ways that look alike.
    guard one == two else { return "they differ from \(place) on: \(one) and \(two)" }
    return "they differ from \(place) on: \(scalars(left[start...])) and \(scalars(right[other...]))"
  }

  private func difference(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> String?
  {
    let same = zip(left, right).prefix { $0 == $1 }.count
    guard same < min(left.count, right.count) else {
      return left.count == right.count ? nil : "the first has \(left.count) bytes, the second \(right.count)"
    }
    return "they differ at [\(same)]: \(left[same]) and \(right[same])"
  }

  private func isWithinCharacter(_ text: String, _ offset: Int) -> Bool {
    offset < text.utf8.count && text.utf8[text.utf8.index(text.startIndex, offsetBy: offset)] & 0xC0 == 0x80
  }

  private func scalars(_ text: Substring) -> String {
    text.unicodeScalars.prefix(4).map { "\\u{\(String($0.value, radix: 16, uppercase: true))}" }.joined()
      + (text.unicodeScalars.count > 4 ? "…" : "")
  }

  /// What stands around a place in its line.
  private func excerpt(_ text: String, _ place: String.Index, in lineStart: String.Index) -> String {
    if place >= text.endIndex { return "the end" }
    let back = text.index(place, offsetBy: -Difference.before, limitedBy: lineStart) ?? lineStart
    // Between the two halves of a character that ends a line, going back by characters goes too far.
    let from = max(back, lineStart)
    let most = text.index(place, offsetBy: Difference.after, limitedBy: text.endIndex) ?? text.endIndex
    let to = text[place..<most].dropFirst().firstIndex { $0.isNewline } ?? most
    return (from > lineStart ? "…" : "") + Machine.quoted(String(text[from..<to]))
      + (to == most && to < text.endIndex ? "…" : "")
  }
}
