import Glibc
import Language

// Boxes, literals, texts and what a `for` walks over.

extension Machine {
  @inline(never) func makeBox(_ value: Value) -> Value {
    let box = heap.allocateStamped(MemoryLayout<BoxObject>.size, Tag.box)
      .assumingMemoryBound(to: BoxObject.self)
    box.pointee.value = value
    return Value(Tag.box, box)
  }

  @inline(never) func makeArray(_ values: ValuePointer, _ count: Int, into target: ValuePointer) -> Bool {
    let array = heap.newArray(capacity: count)
    array.pointee.elements.update(from: values, count: count)
    array.pointee.count = count
    target.pointee = Value(Tag.array, array)
    return true
  }

  @inline(never) func appendAll(_ values: ValuePointer, _ count: Int, to array: Value) -> Bool {
    do throws(Failure) {
      try heap.grow(array.array, toHold: array.array.pointee.count + count)
      for place in 0..<count { try heap.append(values[place], to: array.array) }
      return true
    } catch {
      failure = error
      return false
    }
  }

  @inline(never) func makeDictionary(_ values: ValuePointer, _ count: Int, into target: ValuePointer) -> Bool
  {
    let dictionary = heap.newDictionary(capacity: count)
    for place in 0..<count {
      do throws(Failure) {
        try heap.set(values[2 * place + 1], for: values[2 * place], in: dictionary)
      } catch {
        failure = error.kind == .type ? error.at(.operand(place)) : error
        return false
      }
    }
    target.pointee = Value(Tag.dictionary, dictionary)
    return true
  }

  // MARK: Texts

  /// Joins texts and values into one string.
  @inline(never) func concatenate(
    _ values: ValuePointer, _ count: Int, tag: UInt, into target: ValuePointer
  ) -> Bool {
    var total = 0
    var areSimple = true
    for place in 0..<count {
      let value = values[place]
      if value.tag == Tag.string || value.tag == Tag.html {
        total &+= value.string.pointee.count
        areSimple = areSimple && value.string.isKnownSimple
      } else if value.tag == Tag.int {
        total &+= Decimal.length(of: value.int)
      } else if value.isDeferred {
        failure = .notAwaited("a value in a string").at(.operand(place))
        return false
      } else {
        do throws(Failure) { values[place] = heap.makeString(try text(of: value)) } catch {
          failure = error
          return false
        }
        total &+= values[place].string.pointee.count
        areSimple = false
      }
    }
    let parts = UnsafeBufferPointer(start: values, count: count)
    if total > Heap.longestShort {
      return concatenate(parts, toLong: total, areSimple: areSimple, tag: tag, into: target)
    }
    let result = heap.newString(total, tag: tag)
    if areSimple { result.noteSimple() }
    write(parts[...], to: result.ownBytes, areShort: true)
    target.pointee = Value(tag, result)
    return true
  }

  /// The same for what is long in the end: it goes on from its first part where that is possible.
  @inline(never) private func concatenate(
    _ parts: UnsafeBufferPointer<Value>, toLong total: Int, areSimple: Bool, tag: UInt,
    into target: ValuePointer
  ) -> Bool {
    let result: UnsafeMutablePointer<StringObject>
    var rest = parts[...]
    do throws(Failure) {
      if let first = rest.first, first.tag == tag {
        result = try heap.newString(total, beginningWith: first.string, tag: tag)
        rest.removeFirst()
      } else {
        try heap.checkLength(total)
        result = heap.newString(total, tag: tag)
      }
    } catch {
      failure = error
      return false
    }
    if result.isShared {
      result.noteMeasured(isSimple: parts.allSatisfy { $0.isInt || heap.isSimple($0.string) })
    } else if areSimple {
      result.noteSimple()
    }
    let written = rest.count < parts.count ? parts[0].string.pointee.count : 0
    write(rest, to: result.bytes + written, areShort: false)
    target.pointee = Value(tag, result)
    return true
  }

  /// Writes texts and whole numbers one behind the other.
  @inline(__always) private func write(
    _ parts: Slice<UnsafeBufferPointer<Value>>, to start: UnsafeMutablePointer<UInt8>, areShort: Bool
  ) {
    var place = start
    for value in parts {
      if value.tag == Tag.int {
        let length = Decimal.length(of: value.int)
        Decimal.write(value.int, to: place, length: length)
        place += length
      } else {
        let part = value.string
        Heap.copy(areShort ? part.ownBytes : part.bytes, to: place, part.pointee.count)
        place += part.pointee.count
      }
    }
  }

  // MARK: for … in

  /// Makes of a sequence what the loop walks over: an array is walked as it is, so that what a body
  /// appends is seen; of anything else the elements are taken first.
  @inline(never) func prepareEach(_ cursor: ValuePointer, isPair: Bool) -> Bool {
    let sequence = cursor.pointee
    cursor[1] = .int(0)
    if sequence.tag == Tag.array || sequence.tag == Tag.range, !isPair { return true }
    do throws(Failure) {
      switch sequence.tag {
      case Tag.array: cursor.pointee = try unpackedPairs(sequence.array)
      case Tag.dictionary:
        cursor.pointee = isPair ? try flatPairs(sequence.dictionary) : try pairArray(sequence.dictionary)
      case Tag.string where !isPair: cursor.pointee = try characters(of: sequence.string)
      case Tag.bytes where !isPair: cursor.pointee = try numbers(of: sequence.string)
      case Tag.deferred: throw .notAwaited("what a for loop goes over")
      default:
        throw Failure(
          .type, "\(typeName(sequence)) cannot be gone over\(isPair ? " in pairs" : "")",
          help: isPair
            ? "for (key, value) takes a Dictionary or an Array of pairs"
            : "a for loop takes an Array, a Dictionary, a Range or a String")
      }
      return true
    } catch {
      failure = error
      return false
    }
  }

  /// The next number of the range that a loop goes over; false where there is none. Nothing is made of a range:
  /// `1...` has no end.
  @inline(never) func nextOfRange(_ cursor: ValuePointer) -> Bool {
    let range = cursor.pointee.range
    let place = cursor[1].int
    let (number, overflow) = range.pointee.lower.addingReportingOverflow(place)
    if overflow || number > range.pointee.upper { return false }
    if number == range.pointee.upper, range.pointee.isClosed == 0 { return false }
    cursor[2] = .int(number)
    cursor[1] = .int(place &+ 1)
    return true
  }

  /// `[[a, b], …]` as `a, b, …`, for `for (x, y) in …enumerated()` and pairs of a dictionary.
  private func unpackedPairs(_ array: UnsafeMutablePointer<ArrayObject>) throws(Failure) -> Value {
    var flat: [Value] = []
    try heap.reserve(array.pointee.count * 32)
    try spend(array.pointee.count)
    for place in 0..<array.pointee.count {
      let element = array.pointee.elements[place]
      if element.tag == Tag.array, element.array.pointee.count == 2 {
        flat.append(element.array.pointee.elements[0])
        flat.append(element.array.pointee.elements[1])
      } else if element.tag == Tag.dictionary, element.dictionary.pointee.live == 2 {
        // What `enumerated()` and a dictionary's pairs give: two named values.
        for pair in heap.pairs(of: element.dictionary) { flat.append(pair.value) }
      } else {
        throw Failure(.type, "element \(place) is \(typeName(element)), not a pair")
      }
    }
    return heap.makeArray(flat)
  }

  /// Keys and values in turn.
  private func flatPairs(_ dictionary: UnsafeMutablePointer<DictionaryObject>) throws(Failure) -> Value {
    let count = dictionary.pointee.live * 2
    try heap.reserve(count * 16)
    try spend(count)
    let array = heap.newArray(capacity: count)
    for pair in heap.pairs(of: dictionary) {
      array.pointee.elements[array.pointee.count] = pair.key
      array.pointee.elements[array.pointee.count + 1] = pair.value
      array.pointee.count += 2
    }
    return Value(Tag.array, array)
  }

  /// A dictionary's pairs as an array.
  func pairArray(_ dictionary: UnsafeMutablePointer<DictionaryObject>) throws(Failure) -> Value {
    try heap.reserve(dictionary.pointee.live * (16 + Machine.pairSize))
    try spend(dictionary.pointee.live * 8)
    return heap.makeArray(heap.pairs(of: dictionary).map { makePair($0.key, $0.value) })
  }

  /// Bytes that a pair takes.
  static let pairSize = 448

  /// A pair as a dictionary of `key` and `value`.
  func makePair(_ key: Value, _ value: Value, names: (String, String) = ("key", "value")) -> Value {
    let dictionary = heap.newDictionary(capacity: 2)
    try? heap.set(key, for: memberStrings[memberNumber(names.0)], in: dictionary)
    try? heap.set(value, for: memberStrings[memberNumber(names.1)], in: dictionary)
    return Value(Tag.dictionary, dictionary)
  }

  /// The Characters of a string as an array of strings.
  func characters(of string: UnsafeMutablePointer<StringObject>) throws(Failure) -> Value {
    let count = string.pointee.count
    try spend(count)
    if heap.isSimple(string) {
      try heap.checkCount(count)
      try heap.reserve(count * 16)
      return heap.makeArray(string.buffer.lazy.map { self.asciiString($0) })
    }
    try heap.reserve(count * 16)
    let array = heap.newArray(capacity: characterCount(string))
    for character in heap.text(string) {
      try heap.checkCount(array.pointee.count + 1)
      if array.pointee.count & 1023 == 0 { try heap.checkMemory() }
      try heap.append(heap.makeString(String(character)), to: array)
    }
    return Value(Tag.array, array)
  }

  /// A string of one ASCII character.
  func asciiString(_ byte: UInt8) -> Value { asciiStrings[Int(byte)] }

  /// The bytes as an array of Ints.
  func numbers(of bytes: UnsafeMutablePointer<StringObject>) throws(Failure) -> Value {
    try spend(bytes.pointee.count)
    return try heap.array(of: bytes.buffer.lazy.map { .int(Int($0)) })
  }

  func elements(of range: UnsafeMutablePointer<RangeObject>) throws(Failure) -> Value {
    guard let count = Machine.count(of: range) else {
      throw Failure(.limit, "the range is too long to be made an Array")
    }
    try heap.checkCount(count)
    try spend(count)
    try heap.reserve(count * 16)
    let array = heap.newArray(capacity: count)
    for place in 0..<count { array.pointee.elements[place] = .int(range.pointee.lower + place) }
    array.pointee.count = count
    return Value(Tag.array, array)
  }

  /// How many numbers a range holds; nil where an Int cannot say.
  static func count(of range: UnsafeMutablePointer<RangeObject>) -> Int? {
    let (distance, overflow) = range.pointee.upper.subtractingReportingOverflow(range.pointee.lower)
    let (count, more) = distance.addingReportingOverflow(range.pointee.isClosed)
    return overflow || more ? nil : count
  }

  // MARK: Globals

  @inline(never) func defineGlobal(_ slot: Int, _ value: Value, kind: UInt8, owner: UInt32) {
    host?.willDefine(global: slot, owner: owner)
    heap.initialize(globals + slot, to: value)
    globalKinds[slot] = notedKind(kind)
  }

  @inline(never) func failUndefined(_ slot: Int, isAssigned: Bool = false) {
    let name = globalNames[slot]
    if let current, !seesOwnGlobals(current), let known = host?.failure(onUndefined: name) {
      failure = known
      return
    }
    let near = Suggestion.nearest(to: name, among: declaredGlobals.map(\.name))
    let advice =
      host?.advice(onUndefined: name, owner: current?.pointee.owner ?? 0) ?? ForeignNames.advice(on: name)
      ?? near.map { "did you mean \"\($0)\"?" }
    failure = Failure(
      .name, "\"\(name)\" is not defined",
      help: advice ?? "declare it first: \(isAssigned ? "var" : "let") \(name) = …")
    failure?.isUndeclared = advice == nil
  }

  /// Assigns to a global where that is more than to store a value; false with `failure` set where it cannot be assigned.
  @inline(never) func assignSlowly(_ slot: Int, _ value: Value) -> Bool {
    let tag = globals[slot].tag
    guard globalKinds[slot] & Machine.isNoted != 0, tag != Tag.unset else {
      failAssignment(slot)
      return false
    }
    if tag >= Tag.deferred { noteLoss(ofGlobal: slot, tag) }
    heap.state.pointee.changes.add(assignmentToGlobal: slot)
    heap.initialize(globals + slot, to: value)
    return true
  }

  private func failAssignment(_ slot: Int) {
    let name = globalNames[slot]
    guard let (_, kind) = global(slot) else { return failUndefined(slot, isAssigned: true) }
    failure =
      switch kind {
      case .let: Failure(.name, "\"\(name)\" is a let and cannot be assigned", help: "declare it with var")
      case .function, .builtin, .var:
        Failure(.name, "\"\(name)\" is a function and cannot be assigned", help: "use another name")
      }
  }

  func declare(
    _ handler: Value, constant: Int, _ fiber: UnsafeMutablePointer<FiberObject>, _ registers: ValuePointer
  ) -> Bool {
    guard let prototype = prototype(of: registers[-2]) else { return true }
    do throws(Failure) {
      switch prototype.plainConstants[constant] {
      case .route(let route):
        try host?.declare(route, handler: handler, owner: fiber.pointee.owner, source: prototype.unit.source)
      case .hook(let hook): try host?.declare(hook, body: handler, owner: fiber.pointee.owner)
      case .group(let prefix): host?.enter(group: prefix)
      default: break
      }
      return true
    } catch {
      failure = error
      return false
    }
  }
}
