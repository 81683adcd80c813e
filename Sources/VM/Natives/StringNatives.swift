import Foundation

// Members of String. Characters count as Swift counts them; searching compares code points, which for UTF-8
// is to compare bytes.

extension Machine {
  func installStrings() {
    for tag in [Tag.string, Tag.html] {
      defineProperty(tag, "count") { call throws(Failure) in
        if !call.heap.isSimple(call[0].string) { try call.machine.spend(call[0].string.pointee.count >> 2) }
        return .int(call.heap.characterCount(call[0].string))
      }
      defineProperty(tag, "isEmpty") { call throws(Failure) in .bool(call[0].string.pointee.count == 0) }
    }
    installStringParts()
    installStringSearch()
    installStringChanges()
  }

  // MARK: Parts

  private func installStringParts() {
    defineProperty(Tag.string, "first") { call throws(Failure) in
      try call.string(0).first.map { call.heap.makeString(String($0)) } ?? .nil
    }
    defineProperty(Tag.string, "last") { call throws(Failure) in
      try call.string(0).last.map { call.heap.makeString(String($0)) } ?? .nil
    }
    defineProperty(Tag.string, "utf8") { call throws(Failure) in
      try call.heap.checkLength(call[0].string.pointee.count)
      return call.heap.makeBytes(call[0].string.buffer)
    }
    defineProperty(Tag.string, "indices") { call throws(Failure) in
      call.machine.makeRange(0, call.heap.characterCount(call[0].string), isClosed: false)
    }
    defineProperty(Tag.string, "scalars") { call throws(Failure) in
      let scalars = try call.string(0).unicodeScalars
      try call.machine.spend(call[0].string.pointee.count)
      return try call.heap.array(of: scalars.map { .int(Int($0.value)) })
    }
    let kinds: [(String, @Sendable (Character) -> Bool)] = [
      ("isLetter", { $0.isLetter }), ("isNumber", { $0.isNumber }), ("isWhitespace", { $0.isWhitespace }),
      ("isUppercase", { $0.isUppercase }), ("isLowercase", { $0.isLowercase }),
      ("isPunctuation", { $0.isPunctuation }), ("isASCII", { $0.isASCII }),
    ]
    for (name, isKind) in kinds {
      // Of every character; of an empty text it is false, since there is none.
      defineProperty(Tag.string, name) { call throws(Failure) in
        let text = try call.string(0)
        try call.machine.spend(call[0].string.pointee.count)
        return .bool(!text.isEmpty && text.allSatisfy(isKind))
      }
    }
    defineProperty(Tag.string, "lines") { call throws(Failure) in
      var lines = try call.string(0).split(omittingEmptySubsequences: false) { $0.isNewline }
      if lines.last?.isEmpty == true { lines.removeLast() }
      return try call.strings(lines)
    }
    // With a function it is the prelude's.
    defineMethod(Tag.string, "drop", ["while"]) { call throws(Failure) in
      throw call.wrongType(1, expected: "a function")
    }
    part("prefix", count: nil) { text, count in String(text.prefix(count)) }
    part("suffix", count: nil) { text, count in String(text.suffix(count)) }
    part("dropFirst", count: 1) { text, count in String(text.dropFirst(count)) }
    part("dropLast", count: 1) { text, count in String(text.dropLast(count)) }
  }

  private func part(_ name: String, count standard: Int?, _ body: @escaping (String, Int) -> String) {
    defineMethod(Tag.string, name, [standard == nil ? "count" : "count?"]) { call throws(Failure) in
      let count = if let standard { try call.int(1, default: standard) } else { try call.int(1) }
      if count < 0 { throw Failure(.argument, "\(name)(\(count)): the count must not be negative") }
      return call.heap.makeString(body(try call.string(0), count))
    }
  }

  // MARK: Searching

  private func installStringSearch() {
    defineMethod(Tag.string, "hasPrefix", ["prefix"]) { call throws(Failure) in
      let (text, part) = (try call.utf8(0), try call.utf8(1))
      return .bool(part.count <= text.count && memcmp(text.start, part.start, part.count) == 0)
    }
    defineMethod(Tag.string, "hasSuffix", ["suffix"]) { call throws(Failure) in
      let (text, part) = (try call.utf8(0), try call.utf8(1))
      return .bool(
        part.count <= text.count && memcmp(text.start + text.count - part.count, part.start, part.count) == 0)
    }
    defineMethod(Tag.string, "contains", ["text"]) { call throws(Failure) in
      .bool(try call.utf8(0).place(of: try call.utf8(1), from: 0) != nil)
    }
    defineMethod(Tag.string, "starts", ["with"]) { call throws(Failure) in
      let (text, part) = (try call.utf8(0), try call.utf8(1))
      return .bool(part.count <= text.count && memcmp(text.start, part.start, part.count) == 0)
    }
    // As offsets in Characters, which `text[place]` takes.
    defineMethod(Tag.string, "firstIndex", ["of"]) { call throws(Failure) in
      guard let place = try call.utf8(0).place(of: try call.utf8(1), from: 0) else { return .nil }
      return .int(try call.characters(before: place))
    }
    defineMethod(Tag.string, "lastIndex", ["of"]) { call throws(Failure) in
      let (text, part) = (try call.utf8(0), try call.utf8(1))
      var place = text.count - part.count
      while place >= 0 {
        if memcmp(text.start + place, part.start, part.count) == 0 {
          return .int(try call.characters(before: place))
        }
        try call.machine.spend(1)
        place -= 1
      }
      return .nil
    }
    defineMethod(Tag.string, "ranges", ["of"]) { call throws(Failure) in
      let (text, part) = (try call.utf8(0), try call.utf8(1))
      if part.count == 0 { throw Failure(.argument, "ranges(of:) of an empty text") }
      let result = call.heap.newArray(capacity: 4)
      let length = call.heap.characterCount(call[1].string)
      var start = 0
      var character = 0
      var counted = 0
      while let place = try text.place(of: part, from: start) {
        character += call.heap.isSimple(call[0].string) ? place - counted : text.text(counted..<place).count
        counted = place
        try call.machine.spend(4)
        try call.heap.append(
          call.machine.makeRange(character, character + length, isClosed: false), to: result)
        start = place + part.count
      }
      return Value(Tag.array, result)
    }
    for (name, isStart) in [("trimmingPrefix", true), ("trimmingSuffix", false)] {
      defineMethod(Tag.string, name, ["text"]) { call throws(Failure) in
        let (text, part) = (try call.utf8(0), try call.utf8(1))
        guard part.count <= text.count,
          memcmp(text.start + (isStart ? 0 : text.count - part.count), part.start, part.count) == 0
        else { return call[0] }
        let rest = isStart ? part.count..<text.count : 0..<(text.count - part.count)
        return call.heap.makeString(utf8: text.bytes(rest))
      }
    }
    defineMethod(Tag.string, "split", ["separator?", "maxSplits?"]) { call throws(Failure) in
      let most = try call.int(2, default: .max)
      if most < 0 { throw Failure(.argument, "split(maxSplits: \(most)): the number must not be negative") }
      guard call.has(1), !call[1].isNil else {
        return try call.strings(try call.string(0).split(maxSplits: most, whereSeparator: \.isWhitespace))
      }
      let (text, separator) = (try call.utf8(0), try call.utf8(1))
      if separator.count == 0 {
        throw Failure(
          .argument, "the separator of split() is empty", help: "Array(text) gives the characters")
      }
      let result = call.heap.newArray(capacity: 4)
      var start = 0
      while result.pointee.count < most, let place = try text.place(of: separator, from: start) {
        try call.add(text, start..<place, to: result)
        start = place + separator.count
      }
      try call.add(text, start..<text.count, to: result)
      return Value(Tag.array, result)
    }
  }

  // MARK: Changing

  private func installStringChanges() {
    text("uppercased") { $0.uppercased() }
    text("lowercased") { $0.lowercased() }
    text("capitalized") { $0.capitalized }
    defineMethod(Tag.string, "trimmed", ["characters?"]) { call throws(Failure) in
      let set = call.has(1) ? CharacterSet(charactersIn: try call.string(1)) : .whitespacesAndNewlines
      return call.heap.makeString(try call.string(0).trimmingCharacters(in: set))
    }
    text("reversed") { String($0.reversed()) }
    defineMethod(Tag.string, "replacing", ["text", "with"]) { call throws(Failure) in
      let (text, part, other) = (try call.utf8(0), try call.utf8(1), try call.utf8(2))
      if part.count == 0 { return call[0] }
      var places: [Int] = []
      var start = 0
      while let place = try text.place(of: part, from: start) {
        places.append(place)
        start = place + part.count
      }
      if places.isEmpty { return call[0] }
      let (more, overflow) = (other.count - part.count).multipliedReportingOverflow(by: places.count)
      try call.heap.checkLength(overflow ? .max : text.count + more)
      let result = call.heap.newString(text.count + more)
      var target = result.bytes
      start = 0
      for place in places {
        memcpy(target, text.start + start, place - start)
        memcpy(target + place - start, other.start, other.count)
        target += place - start + other.count
        start = place + part.count
      }
      memcpy(target, text.start + start, text.count - start)
      return Value(Tag.string, result)
    }
    defineMethod(Tag.string, "repeated", ["count"]) { call throws(Failure) in
      try call.machine.repeated(call, 0, try call.repetitions(1))
    }
    for (name, isLeft) in [("padded", false), ("leftPadded", true)] {
      defineMethod(Tag.string, name, ["to", "with?"]) { call throws(Failure) in
        let text = try call.string(0)
        let pad = try call.string(2, default: " ")
        guard pad.count == 1 else { throw Failure(.argument, "\"with\" of \(name)() must be one character") }
        let missing = Swift.max(0, try call.int(1) - call.heap.characterCount(call[0].string))
        let (length, overflow) = missing.multipliedReportingOverflow(by: pad.utf8.count)
        try call.heap.checkLength(
          overflow ? .max : text.utf8.count.addingReportingOverflow(length).partialValue)
        let padding = String(repeating: pad, count: missing)
        return call.heap.makeString(isLeft ? padding + text : text + padding)
      }
    }
  }

  /// A text, which is one of the arguments, again and again.
  func repeated(_ call: borrowing NativeCall, _ index: Int, _ count: Int) throws(Failure) -> Value {
    let text = try call.utf8(index)
    let (length, overflow) = text.count.multipliedReportingOverflow(by: count)
    try heap.checkLength(overflow ? .max : length)
    try spend(length >> 4)
    let result = heap.newString(length)
    // What is there already is copied again, twice as much each time.
    var done = Swift.min(text.count, length)
    memcpy(result.bytes, text.start, done)
    while done > 0, done < length {
      let more = Swift.min(done, length - done)
      memcpy(result.bytes + done, result.bytes, more)
      done += more
    }
    return Value(Tag.string, result)
  }

  private func text(_ name: String, _ body: @escaping (String) -> String) {
    defineMethod(Tag.string, name) { call throws(Failure) in
      let result = body(try call.string(0))
      try call.heap.checkLength(result.utf8.count)
      return call.heap.makeString(result)
    }
  }

  func characterCount(_ string: UnsafeMutablePointer<StringObject>) -> Int { heap.characterCount(string) }
}

/// The bytes of a string where they lie in the heap: for as long as a native runs.
private struct UTF8Bytes {
  let machine: Machine
  let start: UnsafeMutablePointer<UInt8>
  let count: Int

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

  func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes(range), as: UTF8.self) }
}

extension NativeCall {
  fileprivate func utf8(_ index: Int) throws(Failure) -> UTF8Bytes {
    let value = self[index]
    guard value.tag == Tag.string || value.tag == Tag.html else {
      throw wrongType(index, expected: "a String")
    }
    try machine.spend(value.string.pointee.count >> 4 + 1)
    return UTF8Bytes(machine: machine, start: value.string.bytes, count: value.string.pointee.count)
  }

  /// How many Characters of the text that is called on come before a byte.
  fileprivate func characters(before place: Int) throws(Failure) -> Int {
    if heap.isSimple(self[0].string) { return place }
    return try utf8(0).text(0..<place).count
  }

  fileprivate func add(
    _ text: UTF8Bytes, _ range: Range<Int>, to array: UnsafeMutablePointer<ArrayObject>
  ) throws(Failure) {
    try machine.spend(4)
    if array.pointee.count & 1023 == 0 { try machine.heap.checkMemory() }
    try machine.heap.append(machine.heap.makeString(utf8: text.bytes(range)), to: array)
  }

  /// An array of strings.
  func strings(_ parts: [Substring]) throws(Failure) -> Value {
    try machine.heap.checkCount(parts.count)
    try machine.heap.reserve(parts.count * 48)
    try machine.spend(parts.count * 4)
    return machine.heap.makeArray(parts.map { machine.heap.makeString(String($0)) })
  }
}
