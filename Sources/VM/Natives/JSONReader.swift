// JSON straight from bytes into the heap (RFC 8259): exact 64-bit integers, bounded depth, errors with line
// and column.

import Glibc

extension Machine {
  /// More arrays and objects than this within one another are refused, both ways.
  static let jsonDepth = 512

  public func parseJSON(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Value {
    var reader = JSONReader(machine: self, bytes: bytes)
    return try reader.document()
  }

  /// Reads JSON from bytes that lie outside the heap.
  public func parseJSON(_ bytes: [UInt8]) throws(Failure) -> Value {
    var result: Result<Value, Failure> = .success(.nil)
    bytes.withUnsafeBufferPointer { buffer in
      do throws(Failure) { result = .success(try parseJSON(buffer)) } catch { result = .failure(error) }
    }
    return try result.get()
  }
}

private struct JSONReader {
  let machine: Machine
  let heap: Heap
  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0
  private var valueCount = 0
  /// Keys that were read, each in the slot that it falls to.
  private var keys: [KeptKey] = []
  /// The slot of the last.
  private var lastKey = 0
  /// How many entries the last object had at each depth, as far as they are looked through without an index: those that
  /// lie side by side have as many, most often.
  private var entryCounts: InlineArray<8, UInt8> = .init(repeating: 0)

  init(machine: Machine, bytes: UnsafeBufferPointer<UInt8>) {
    self.machine = machine
    heap = machine.heap
    self.bytes = bytes
  }

  mutating func document() throws(Failure) -> Value {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    skipSpace()
    if place == bytes.count { throw failure("the text is empty") }
    let value = try value(depth: 0)
    skipSpace()
    if place < bytes.count { throw failure("unexpected \(found) after the value") }
    return value
  }

  // MARK: Values

  /// - Parameter depth: how many arrays and objects the value lies in.
  private mutating func value(depth: Int) throws(Failure) -> Value {
    guard place < bytes.count else { throw failure("the text ends where a value should be") }
    valueCount += 1
    if valueCount & 255 == 0 {
      try heap.checkMemory()
      try machine.spend(1_024)
    }
    switch bytes[place] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if depth == Machine.jsonDepth { throw failure("nested more than \(Machine.jsonDepth) deep") }
      return try bytes[place] == UInt8(ascii: "{") ? object(depth: depth) : array(depth: depth)
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .nil)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure("unexpected \(found) where a value should be")
    }
  }

  private mutating func word(_ word: StaticString, _ value: Value) throws(Failure) -> Value {
    let length = word.utf8CodeUnitCount
    let isThere =
      place + length <= bytes.count
      && memcmp(bytes.baseAddress.unsafelyUnwrapped + place, word.utf8Start, length) == 0
    guard isThere else { throw failure("unexpected \(found) where a value should be") }
    place += length
    return value
  }

  private mutating func object(depth: Int) throws(Failure) -> Value {
    place += 1
    let level = min(depth, entryCounts.count - 1)
    let dictionary = heap.newDictionary(capacity: Int(entryCounts[level]))
    var byte = nextByte()
    if byte == UInt8(ascii: "}") { return end(of: dictionary, at: level) }
    while true {
      if byte != UInt8(ascii: "\"") { throw failure(expecting: "a key in quotes") }
      let key = try key()
      if nextByte() != UInt8(ascii: ":") { throw failure(expecting: ": after the key") }
      place += 1
      skipSpace()
      let value = try value(depth: depth + 1)
      try heap.set(value, for: key, in: dictionary)
      byte = nextByte()
      if byte == UInt8(ascii: "}") { return end(of: dictionary, at: level) }
      if byte != UInt8(ascii: ",") { throw failure(expecting: ", or } in the object") }
      place += 1
      byte = nextByte()
    }
  }

  /// Goes on behind the object.
  private mutating func end(of dictionary: UnsafeMutablePointer<DictionaryObject>, at level: Int) -> Value {
    place += 1
    entryCounts[level] = UInt8(min(dictionary.pointee.used, Heap.roomWithoutIndex))
    heap.giveBackRoom(of: dictionary)
    return Value(Tag.dictionary, dictionary)
  }

  private mutating func array(depth: Int) throws(Failure) -> Value {
    place += 1
    let array = heap.newArray(capacity: 4)
    if nextByte() == UInt8(ascii: "]") {
      place += 1
      return Value(Tag.array, array)
    }
    while true {
      let value = try value(depth: depth + 1)
      try heap.append(value, to: array)
      let byte = nextByte()
      if byte == UInt8(ascii: "]") {
        place += 1
        return Value(Tag.array, array)
      }
      if byte != UInt8(ascii: ",") { throw failure(expecting: ", or ] in the array") }
      place += 1
      skipSpace()
    }
  }

  private mutating func number() throws(Failure) -> Value {
    let start = place
    if bytes[place] == UInt8(ascii: "-") { place += 1 }
    let first = place
    guard skipDigits() > 0 else { throw failure("a digit should follow the minus sign") }
    if bytes[first] == UInt8(ascii: "0"), place - first > 1 {
      place = first
      throw failure("a number cannot begin with 0")
    }
    var isWhole = true
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      place += 1
      isWhole = false
      guard skipDigits() > 0 else { throw failure("a digit should follow the point") }
    }
    if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
      place += 1
      isWhole = false
      if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") {
        place += 1
      }
      guard skipDigits() > 0 else { throw failure("a digit should follow the exponent") }
    }
    if isWhole, place - first <= 18 {
      var number = 0
      for digit in first..<place { number = number &* 10 &+ Int(bytes[digit] &- UInt8(ascii: "0")) }
      return .int(first == start ? number : -number)
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<place]), as: UTF8.self)
    if isWhole, let number = Int(text) { return .int(number) }
    guard let number = Double(text), number.isFinite else {
      place = start
      throw failure("the number is too large")
    }
    return .double(number)
  }

  private mutating func skipDigits() -> Int {
    let start = place
    var end = start
    while end < bytes.count, bytes[end] >= UInt8(ascii: "0"), bytes[end] <= UInt8(ascii: "9") { end += 1 }
    place = end
    return end - start
  }

  // MARK: Keys

  /// A key that has been read lately.
  private struct KeptKey {
    var key = Value.nil
    /// The slot of the one that came after it the last time.
    var next = 0
  }

  /// Objects of one kind have the same keys in the same order: a short one that has been read lately is taken again, and
  /// the one that followed it is looked for first.
  private mutating func key() throws(Failure) -> Value {
    // In a short text hardly any comes again.
    if valueCount < JSONReader.keptKeys / 4 { return try string() }
    if keys.isEmpty { keys = Array(repeating: KeptKey(), count: JSONReader.keptKeys) }
    let next = keys[lastKey].next
    if take(keys[next].key) {
      lastKey = next
      return keys[next].key
    }
    let start = place + 1
    var end = start
    while end < bytes.count, end - start <= JSONReader.longestKeptKey, bytes[end] != UInt8(ascii: "\"") {
      // An escape does not count as its letter.
      if bytes[end] == UInt8(ascii: "\\") { return try string() }
      end += 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "\""), end > start else { return try string() }
    let slot =
      (Int(bytes[start]) &* 7 &+ Int(bytes[end - 1]) &* 3 &+ (end - start)) & (JSONReader.keptKeys - 1)
    if !take(keys[slot].key) { keys[slot].key = try string() }
    keys[lastKey].next = slot
    lastKey = slot
    return keys[slot].key
  }

  /// Goes on behind a key in quotes; false where another one is there.
  @inline(__always) private mutating func take(_ key: Value) -> Bool {
    guard key.tag == Tag.string else { return false }
    let count = key.string.pointee.count
    let start = place + 1
    guard start + count < bytes.count, bytes[start + count] == UInt8(ascii: "\""),
      Heap.areEqual(key.string.ownBytes, bytes.baseAddress.unsafelyUnwrapped + start, count)
    else { return false }
    place = start + count + 1
    return true
  }

  private static let longestKeptKey = 32
  /// A power of two.
  private static let keptKeys = 64

  // MARK: Strings

  private mutating func string() throws(Failure) -> Value {
    let opening = place
    let start = place + 1
    var end = start
    var all: UInt8 = 0
    while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""),
      bytes[end] != UInt8(ascii: "\\")
    {
      all |= bytes[end]
      end += 1
    }
    place = end
    if end < bytes.count, bytes[end] == UInt8(ascii: "\"") {
      if all >= 0x80 { try check(UnsafeBufferPointer(rebasing: bytes[start..<end]), at: start) }
      place = end + 1
      let text = heap.newString(end - start)
      Heap.copy(bytes.baseAddress.unsafelyUnwrapped + start, to: text.ownBytes, end - start)
      // A carriage return stands there escaped.
      if all < 0x80 { text.noteSimple() }
      return Value(Tag.string, text)
    }
    var text = Array(bytes[start..<place])
    while true {
      guard place < bytes.count else { throw failure("the string is not closed") }
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "\""):
        let result = text.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        guard let result else {
          try check(UnsafeBufferPointer(rebasing: bytes[start..<place]), at: start)
          throw failure("the string is not valid UTF-8", at: opening)
        }
        place += 1
        return heap.makeString(result)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case ..<0x20: throw failure("a control character must be escaped in a string")
      default:
        text.append(byte)
        place += 1
      }
    }
  }

  private func check(_ text: UnsafeBufferPointer<UInt8>, at start: Int) throws(Failure) {
    if String(validating: text, as: UTF8.self) != nil { return }
    // What is good before it is found once more, bytes of one character at a time.
    var good = 0
    while good < text.count {
      let width = (1...4).first { width in
        good + width <= text.count
          && String(validating: UnsafeBufferPointer(rebasing: text[good..<(good + width)]), as: UTF8.self)
            != nil
      }
      guard let width else { break }
      good += width
    }
    let byte = "0x\(String(bytes[start + good], radix: 16))"
    throw failure("byte \(byte) is not valid UTF-8 where it stands", at: start + good)
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    let start = place
    place += 1
    guard place < bytes.count else { throw failure("the string is not closed") }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
        bytes[place + 1] == UInt8(ascii: "u")
      {
        let before = place
        place += 2
        let low = try hexadecimal()
        if (0xDC00..<0xE000).contains(low) {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        } else {
          place = before
        }
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw failure(
          "\\u\(String(code, radix: 16)) is half of a character, and the other half is not there", at: start)
      }
      text.append(contentsOf: String(scalar).utf8)
    default:
      place -= 1
      throw failure("unknown escape \\\(found)")
    }
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard place < bytes.count, let digit = Character(Unicode.Scalar(bytes[place])).hexDigitValue,
        bytes[place] < 0x80
      else { throw failure("four hexadecimal digits should follow \\u") }
      code = code << 4 | UInt32(digit)
      place += 1
    }
    return code
  }

  // MARK: Bytes

  private mutating func skipSpace() {
    while place < bytes.count, bytes[place] <= 32,
      bytes[place] == 32 || bytes[place] == 10 || bytes[place] == 13 || bytes[place] == 9
    {
      place += 1
    }
  }

  /// The next byte that is no space, where it stands; 0, which stands nowhere, at the end.
  private mutating func nextByte() -> UInt8 {
    skipSpace()
    return place < bytes.count ? bytes[place] : 0
  }

  private var found: String {
    guard place < bytes.count else { return "the end of the text" }
    let byte = bytes[place]
    return (0x21..<0x7f).contains(byte) ? "\(Unicode.Scalar(byte))" : "byte 0x\(String(byte, radix: 16))"
  }

  @inline(never) private func failure(expecting expected: StaticString) -> Failure {
    failure("expected \(expected), found \(found)")
  }

  private func failure(_ problem: String, at offset: Int? = nil) -> Failure {
    let end = min(offset ?? place, bytes.count)
    var line = 1
    var column = 1
    for byte in bytes[..<end] {
      if byte == 10 {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return Failure(
      .json, "not JSON: \(problem), line \(line), column \(column)",
      fields: [("line", .int(line)), ("column", .int(column))])
  }
}
