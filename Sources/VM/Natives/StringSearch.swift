import Foundation

// Searching in a String. A text is found where its code points stand, which for UTF-8 is to compare bytes. What
// answers with places finds whole Characters only, since places count those.

extension Machine {
  func installStringSearch() {
    installStringTests()
    installStringPlaces()
    installStringParting()
  }

  // MARK: Whether it is there

  private func installStringTests() {
    for name in ["hasPrefix", "starts"] {
      defineMethod(Tag.string, name, [name == "starts" ? "with" : "prefix"]) { call throws(Failure) in
        .bool(try call.utf8(0).matches(try call.utf8(1), at: 0))
      }
    }
    defineMethod(Tag.string, "hasSuffix", ["suffix"]) { call throws(Failure) in
      let (text, part) = (try call.utf8(0), try call.utf8(1))
      return .bool(text.matches(part, at: text.count - part.count))
    }
    defineMethod(Tag.string, "contains", ["text"]) { call throws(Failure) in
      .bool(try call.utf8(0).place(of: try call.utf8(1), from: 0) != nil)
    }
    for (name, isStart) in [("trimmingPrefix", true), ("trimmingSuffix", false)] {
      defineMethod(Tag.string, name, ["text"]) { call throws(Failure) in
        let (text, part) = (try call.utf8(0), try call.utf8(1))
        guard text.matches(part, at: isStart ? 0 : text.count - part.count) else { return call[0] }
        let rest = isStart ? part.count..<text.count : 0..<(text.count - part.count)
        return call.heap.makeString(utf8: text.bytes(rest))
      }
    }
  }

  // MARK: Where it is

  /// As offsets in Characters, which `text[place]` takes.
  private func installStringPlaces() {
    defineMethod(Tag.string, "firstIndex", ["of"]) { call throws(Failure) in
      var matches = try call.wholeMatches()
      return try matches.next().map { .int($0.lowerBound) } ?? .nil
    }
    defineMethod(Tag.string, "lastIndex", ["of"]) { call throws(Failure) in
      if call.heap.isSimple(call[0].string) { return try call.lastIndex() }
      if try call.utf8(1).count == 0 { return .int(call.heap.characterCount(call[0].string)) }
      var matches = try call.wholeMatches()
      var last: Int?
      while let match = try matches.next(overlapping: true) { last = match.lowerBound }
      return last.map { .int($0) } ?? .nil
    }
    defineMethod(Tag.string, "firstRange", ["of"]) { call throws(Failure) in
      var matches = try call.wholeMatches(for: "firstRange")
      return try matches.next().map { call.machine.makeRange($0.lowerBound, $0.upperBound, isClosed: false) }
        ?? .nil
    }
    defineMethod(Tag.string, "ranges", ["of"]) { call throws(Failure) in
      var matches = try call.wholeMatches(for: "ranges")
      let result = call.heap.newArray(capacity: 4)
      while let match = try matches.next() {
        try call.machine.spend(4)
        if result.pointee.count & 1023 == 0 { try call.heap.checkMemory() }
        try call.heap.append(
          call.machine.makeRange(match.lowerBound, match.upperBound, isClosed: false), to: result)
      }
      return Value(Tag.array, result)
    }
  }

  // MARK: What is left without it

  private func installStringParting() {
    // With a function it is the prelude's.
    defineMethod(
      Tag.string, "__split", ["separator", "maxSplits", "omittingEmptySubsequences"], shown: "split"
    ) { call throws(Failure) in
      let most = try call.splits(2)
      if call[1].isNil {
        return try call.pieces(
          most: most, omittingEmpty: try call.bool(3, default: true), at: \.isWhitespace)
      }
      let (text, separator) = (try call.utf8(0), try call.utf8(1))
      if separator.count == 0 {
        throw Failure(
          .argument, "the separator of split() is empty", help: "Array(text) gives the characters"
        ).at(.parameter(1))
      }
      let omitsEmpty = try call.bool(3, default: false)
      let result = call.heap.newArray(capacity: 4)
      var start = 0
      while result.pointee.count < most, let place = try text.place(of: separator, from: start) {
        if !omitsEmpty || place > start { try call.add(text, start..<place, to: result) }
        start = place + separator.count
      }
      if !omitsEmpty || start < text.count { try call.add(text, start..<text.count, to: result) }
      return Value(Tag.array, result)
    }
    defineMethod(Tag.string, "replacing", ["text", "with", "maxReplacements?"]) { call throws(Failure) in
      let (text, part, other) = (try call.utf8(0), try call.utf8(1), try call.utf8(2))
      let most = try call.int(3, default: .max)
      if most < 0 {
        throw Failure(.argument, "replacing(maxReplacements: \(most)): the number must not be negative").at(
          .parameter(3))
      }
      if part.count == 0 {
        throw Failure(
          .argument, "what replacing() replaces is empty",
          help: "Array(text).joined(\"-\") puts something between the characters"
        ).at(.parameter(1))
      }
      return try call.replacing(try text.places(of: part, most: most), of: part.count, in: text, with: other)
    }
  }
}

/// The bytes of a string where they lie in the heap: for as long as a native runs.
struct UTF8Bytes {
  let machine: Machine
  let start: UnsafeMutablePointer<UInt8>
  let count: Int

  func matches(_ part: UTF8Bytes, at place: Int) -> Bool {
    place >= 0 && part.count <= count - place && memcmp(start + place, part.start, part.count) == 0
  }

  /// Where the next `part` begins at or after `offset`. A part that nearly fits everywhere takes long, which
  /// the budget sees.
  func place(of part: UTF8Bytes, from offset: Int) throws(Failure) -> Int? {
    if part.count == 0 { return offset }
    var place = offset
    while place <= count - part.count {
      guard let found = memchr(start + place, Int32(part.start.pointee), count - part.count - place + 1)
      else {
        return nil
      }
      place = found - UnsafeMutableRawPointer(start)
      if memcmp(start + place, part.start, part.count) == 0 { return place }
      try machine.spend(part.count >> 6 + 1)
      place += 1
    }
    return nil
  }

  /// Where the first of a part begin, without those that overlap one before.
  func places(of part: UTF8Bytes, most: Int) throws(Failure) -> [Int] {
    var places: [Int] = []
    var start = 0
    while places.count < most, let place = try self.place(of: part, from: start) {
      places.append(place)
      start = place + part.count
    }
    return places
  }

  func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
  }
}

/// The places of a part in a text, in Characters: only where both its ends are ends of Characters. So no `"\n"` is
/// found in a `"\r\n"`, which is one Character.
private struct WholeMatches {
  let text: UTF8Bytes
  let part: UTF8Bytes
  /// Nil where each byte is a Character.
  let string: String?
  /// Where the search goes on, in bytes.
  private var start = 0
  private var cursor = Cursor()

  /// An end of a Character.
  private struct Cursor {
    var index: String.Index?
    var bytes = 0
    var characters = 0

    /// Goes on to the first end of a Character at or after a byte.
    mutating func move(to place: Int, in string: String) {
      var index = index ?? string.startIndex
      while bytes < place, index < string.endIndex {
        let next = string.index(after: index)
        bytes += string.utf8.distance(from: index, to: next)
        characters += 1
        index = next
      }
      self.index = index
    }
  }

  init(of part: UTF8Bytes, in text: UTF8Bytes, string: String?) {
    self.text = text
    self.part = part
    self.string = string
  }

  mutating func next(overlapping: Bool = false) throws(Failure) -> Range<Int>? {
    while let place = try text.place(of: part, from: start) {
      let end = place + part.count
      start = place + 1
      guard let range = try characters(place, end) else { continue }
      if !overlapping { start = end }
      return range
    }
    return nil
  }

  private mutating func characters(_ place: Int, _ end: Int) throws(Failure) -> Range<Int>? {
    guard let string else { return place..<end }
    try text.machine.spend(part.count >> 2 + 1)
    cursor.move(to: place, in: string)
    guard cursor.bytes == place else { return nil }
    var last = cursor
    last.move(to: end, in: string)
    return last.bytes == end ? cursor.characters..<last.characters : nil
  }
}

extension NativeCall {
  func utf8(_ index: Int) throws(Failure) -> UTF8Bytes {
    let value = self[index]
    guard value.tag == Tag.string || value.tag == Tag.html else {
      throw wrongType(index, expected: "a String")
    }
    try machine.spend(value.string.pointee.count >> 4 + 1)
    return UTF8Bytes(machine: machine, start: value.string.bytes, count: value.string.pointee.count)
  }

  /// Where the argument stands in the receiver. An empty one, which stands everywhere, has no ranges.
  fileprivate func wholeMatches(for ranges: String? = nil) throws(Failure) -> WholeMatches {
    let (text, part) = (try utf8(0), try utf8(1))
    if let ranges, part.count == 0 {
      throw Failure(.argument, "\(ranges)(of:) of an empty text").at(.parameter(1))
    }
    let isSimple = heap.isSimple(self[0].string)
    if !isSimple { try machine.spend(text.count >> 2) }
    return WholeMatches(of: part, in: text, string: isSimple ? nil : heap.text(self[0].string))
  }

  /// Where the argument stands last in a receiver whose bytes are its Characters.
  fileprivate func lastIndex() throws(Failure) -> Value {
    let (text, part) = (try utf8(0), try utf8(1))
    var place = text.count - part.count
    while place >= 0 {
      if text.matches(part, at: place) { return .int(place) }
      try machine.spend(1)
      place -= 1
    }
    return .nil
  }

  /// How often something is split at most.
  func splits(_ index: Int) throws(Failure) -> Int {
    let most = try int(index, default: .max)
    if most < 0 {
      throw Failure(.argument, "split(maxSplits: \(most)): the number must not be negative").at(
        .parameter(index))
    }
    return most
  }

  fileprivate func add(
    _ text: UTF8Bytes, _ range: Range<Int>, to array: UnsafeMutablePointer<ArrayObject>
  ) throws(Failure) {
    try machine.spend(4)
    if array.pointee.count & 1023 == 0 { try machine.heap.checkMemory() }
    try machine.heap.append(machine.heap.makeString(utf8: text.bytes(range)), to: array)
  }

  /// A text with another in each of the places, which are `length` bytes long.
  fileprivate func replacing(
    _ places: [Int], of length: Int, in text: UTF8Bytes, with other: UTF8Bytes
  ) throws(Failure) -> Value {
    if places.isEmpty { return self[0] }
    let (more, overflow) = (other.count - length).multipliedReportingOverflow(by: places.count)
    try heap.checkLength(overflow ? .max : text.count + more)
    let result = heap.newString(text.count + more)
    var target = result.bytes
    var start = 0
    for place in places {
      memcpy(target, text.start + start, place - start)
      memcpy(target + place - start, other.start, other.count)
      target += place - start + other.count
      start = place + length
    }
    memcpy(target, text.start + start, text.count - start)
    return Value(Tag.string, result)
  }
}
