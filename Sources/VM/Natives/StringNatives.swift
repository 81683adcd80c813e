import Foundation

// Members of String that give parts of it, kinds of Characters, or a new String. Characters count as Swift counts
// them. Searching is in `StringSearch.swift`.

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
      ("isPunctuation", { $0.isPunctuation }), ("isASCII", { $0.isASCII }), ("isSymbol", { $0.isSymbol }),
      ("isNewline", { $0.isNewline }), ("isHexDigit", { $0.isHexDigit }),
      ("isWholeNumber", { $0.isWholeNumber }),
    ]
    for (name, isKind) in kinds {
      // Of every character; of an empty text it is false, since there is none.
      defineProperty(Tag.string, name) { call throws(Failure) in
        let text = try call.string(0)
        for character in text {
          try call.machine.spend(1)
          if !isKind(character) { return .bool(false) }
        }
        return .bool(!text.isEmpty)
      }
    }
    let digits: [(String, @Sendable (Character) -> Int?)] = [
      ("hexDigitValue", { $0.hexDigitValue }), ("wholeNumberValue", { $0.wholeNumberValue }),
    ]
    for (name, number) in digits {
      // Of one character; `Int(text)` reads more.
      defineProperty(Tag.string, name) { call throws(Failure) in
        let text = try call.string(0)
        guard let character = text.first, text.dropFirst().isEmpty else { return .nil }
        return number(character).map { .int($0) } ?? .nil
      }
    }
    defineProperty(Tag.string, "lines") { call throws(Failure) in
      let lines = try call.pieces(omittingEmpty: false) { $0.isNewline }
      let array = lines.array
      if array.pointee.count > 0, array.pointee.elements[array.pointee.count - 1].string.pointee.count == 0 {
        array.pointee.count -= 1
      }
      return lines
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
      if count < 0 {
        throw Failure(.argument, "\(name)(\(count)): the count must not be negative").at(.parameter(1))
      }
      return call.heap.makeString(body(try call.string(0), count))
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
    defineMethod(Tag.string, "repeated", ["count"]) { call throws(Failure) in
      try call.machine.repeated(call, 0, try call.repetitions(1))
    }
    for (name, isLeft) in [("padded", false), ("leftPadded", true)] {
      defineMethod(Tag.string, name, ["to", "with?"]) { call throws(Failure) in
        let text = try call.string(0)
        let pad = try call.string(2, default: " ")
        guard pad.count == 1 else {
          throw Failure(.argument, "\"with\" of \(name)() must be one character").at(.parameter(2))
        }
        let width = Swift.max(0, try call.int(1))
        let missing = Swift.max(0, width - call.heap.characterCount(call[0].string))
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

extension NativeCall {
  /// The parts of the receiver between characters, as an array.
  func pieces(
    most: Int = .max, omittingEmpty: Bool, at isSeparator: (Character) -> Bool
  ) throws(Failure) -> Value {
    let text = try string(0)
    let result = heap.newArray(capacity: 4)
    var start = text.startIndex
    var place = start
    while place < text.endIndex, result.pointee.count < most {
      try machine.spend(1)
      let next = text.index(after: place)
      if isSeparator(text[place]) {
        if !omittingEmpty || place > start { try add(text[start..<place], to: result) }
        start = next
      }
      place = next
    }
    if !omittingEmpty || start < text.endIndex { try add(text[start...], to: result) }
    return Value(Tag.array, result)
  }

  private func add(_ piece: Substring, to array: UnsafeMutablePointer<ArrayObject>) throws(Failure) {
    if array.pointee.count & 1023 == 0 { try heap.checkMemory() }
    try machine.spend(4)
    try heap.append(heap.makeString(String(piece)), to: array)
  }
}
