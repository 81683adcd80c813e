import Glibc

extension Heap {
  /// A string of `count` bytes, to be filled in.
  @inline(__always) func newString(_ count: Int, tag: UInt = Tag.string) -> UnsafeMutablePointer<StringObject>
  {
    let string = allocate(16 &+ count, tag).assumingMemoryBound(to: StringObject.self)
    string.pointee.count = count
    return string
  }

  func makeString(_ text: String, tag: UInt = Tag.string) -> Value {
    var text = text
    return text.withUTF8 { makeString(utf8: $0, tag: tag) }
  }

  /// A string of bytes known to be valid UTF-8.
  func makeString(utf8 bytes: UnsafeBufferPointer<UInt8>, tag: UInt = Tag.string) -> Value {
    let string = newString(bytes.count, tag: tag)
    if let base = bytes.baseAddress { Heap.copy(base, to: string.ownBytes, bytes.count) }
    return Value(tag, string)
  }

  /// A number in base ten.
  func makeDecimal(_ number: Int) -> Value {
    let count = Decimal.length(of: number)
    let string = newString(count)
    string.noteSimple()
    Decimal.write(number, to: string.ownBytes, length: count)
    return Value(Tag.string, string)
  }

  /// The strings of an array one behind the other, with a separator between them; nil where it has anything else.
  func join(
    _ array: UnsafeMutablePointer<ArrayObject>, _ separator: UnsafeMutablePointer<StringObject>?
  ) throws(Failure) -> Value? {
    let elements = UnsafeBufferPointer(start: array.pointee.elements, count: array.pointee.count)
    var count = 0
    var areSimple = separator?.isKnownSimple ?? true
    for element in elements {
      guard element.tag == Tag.string else { return nil }
      count &+= element.string.pointee.count
      areSimple = areSimple && element.string.isKnownSimple
    }
    if let separator { count &+= separator.pointee.count * max(0, elements.count - 1) }
    try checkLength(count)
    let result = newString(count)
    if areSimple { result.noteSimple() }
    var place = result.ownBytes
    func add(_ part: UnsafeMutablePointer<StringObject>) {
      Heap.copy(part.bytes, to: place, part.pointee.count)
      place += part.pointee.count
    }
    for (number, element) in elements.enumerated() {
      if number > 0, let separator { add(separator) }
      add(element.string)
    }
    return Value(Tag.string, result)
  }

  /// Copies bytes. Most texts are short: to call for each of their parts takes longer than to copy it.
  @inline(__always) static func copy(
    _ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    @inline(__always) func copyEnds<Word: BitwiseCopyable>(_: Word.Type) {
      let last = count &- MemoryLayout<Word>.size
      let ends = (
        UnsafeRawPointer(source).loadUnaligned(as: Word.self),
        UnsafeRawPointer(source + last).loadUnaligned(as: Word.self)
      )
      UnsafeMutableRawPointer(target).storeBytes(of: ends.0, as: Word.self)
      UnsafeMutableRawPointer(target + last).storeBytes(of: ends.1, as: Word.self)
    }
    switch count {
    case 17...: memcpy(target, source, count)
    case 8...: copyEnds(UInt64.self)
    case 4...: copyEnds(UInt32.self)
    case 2...: copyEnds(UInt16.self)
    case 1: target.pointee = source.pointee
    default: break
    }
  }

  func makeBytes(_ bytes: some Collection<UInt8>) -> Value {
    let object = newString(bytes.count, tag: Tag.bytes)
    _ = UnsafeMutableBufferPointer(start: object.ownBytes, count: bytes.count).initialize(from: bytes)
    return Value(Tag.bytes, object)
  }

  func text(_ string: UnsafeMutablePointer<StringObject>) -> String {
    String(decoding: string.buffer, as: UTF8.self)
  }

  /// Whether every byte is a Character of its own: ASCII without a carriage return.
  func isSimple(_ string: UnsafeMutablePointer<StringObject>) -> Bool {
    let flags = string.pointee.header.flags
    if flags & StringObject.isMeasured != 0 { return flags & StringObject.isSimple != 0 }
    let simple = isASCIIWithoutReturns(string)
    string.noteMeasured(isSimple: simple)
    return simple
  }

  private func isASCIIWithoutReturns(_ string: UnsafeMutablePointer<StringObject>) -> Bool {
    let bytes = UnsafeRawPointer(string.bytes)
    let count = string.pointee.count
    var place = 0
    while place + 8 <= count {
      // A byte that was a carriage return is 0 in the second, and the subtraction sets its highest bit.
      let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      let other = word ^ 0x0d0d_0d0d_0d0d_0d0d
      if (word | (other &- 0x0101_0101_0101_0101) & ~other) & 0x8080_8080_8080_8080 != 0 { return false }
      place += 8
    }
    while place < count {
      let byte = bytes.load(fromByteOffset: place, as: UInt8.self)
      if byte >= 0x80 || byte == 13 { return false }
      place += 1
    }
    return true
  }

  func characterCount(_ string: UnsafeMutablePointer<StringObject>) -> Int {
    isSimple(string) ? string.pointee.count : text(string).count
  }

  /// 31 bits. It is kept in the string, with a bit that says so.
  @inline(__always) func hash(_ string: UnsafeMutablePointer<StringObject>) -> Int {
    let cached = string.pointee.header.aux
    return cached != 0 ? Int(cached >> 1) : hashSlowly(string)
  }

  /// Folded multiplication over eight bytes at a time, from a seed that nobody outside knows.
  @inline(never) private func hashSlowly(_ string: UnsafeMutablePointer<StringObject>) -> Int {
    let seed = state.pointee.hashSeed
    var hash = seed ^ UInt64(string.pointee.count)
    var rest = string.pointee.count
    var place = RawPointer(string.bytes)
    while rest > 8 {
      hash = Heap.fold(hash ^ place.loadUnaligned(as: UInt64.self), 0x9E37_79B9_7F4A_7C15)
      place += 8
      rest -= 8
    }
    hash = Heap.fold(hash ^ Heap.word(of: place, rest), seed)
    let short = UInt32(truncatingIfNeeded: hash ^ (hash >> 32)) | 1
    string.pointee.header.aux = short
    return Int(short >> 1)
  }

  /// Up to eight bytes as one number, another for any others of the same count.
  @inline(__always) private static func word(of bytes: RawPointer, _ count: Int) -> UInt64 {
    switch count {
    case 8: bytes.loadUnaligned(as: UInt64.self)
    case 4...:
      UInt64(bytes.loadUnaligned(as: UInt32.self)) << 32
        | UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    case 1...:
      UInt64(bytes.load(as: UInt8.self)) << 16
        | UInt64(bytes.load(fromByteOffset: count >> 1, as: UInt8.self)) << 8
        | UInt64(bytes.load(fromByteOffset: count - 1, as: UInt8.self))
    default: 0
    }
  }

  @inline(__always) static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  @inline(__always) func areEqual(
    _ a: UnsafeMutablePointer<StringObject>, _ b: UnsafeMutablePointer<StringObject>
  ) -> Bool {
    a == b
      || (a.pointee.count == b.pointee.count && Heap.areEqual(a.bytes, b.bytes, a.pointee.count))
  }

  /// Whether bytes are the same. Keys are short: to call for them takes longer than to compare them.
  @inline(__always) static func areEqual(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool {
    @inline(__always) func haveEqualEnds<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) -> Bool {
      let (a, b, last) = (UnsafeRawPointer(a), UnsafeRawPointer(b), count &- MemoryLayout<Word>.size)
      return a.loadUnaligned(as: Word.self) == b.loadUnaligned(as: Word.self)
        && a.loadUnaligned(fromByteOffset: last, as: Word.self)
          == b.loadUnaligned(fromByteOffset: last, as: Word.self)
    }
    return
      switch count
    {
    case 17...: memcmp(a, b, count) == 0
    case 8...: haveEqualEnds(UInt64.self)
    case 4...: haveEqualEnds(UInt32.self)
    case 2...: haveEqualEnds(UInt16.self)
    case 1: a.pointee == b.pointee
    default: true
    }
  }

  /// Orders by code points, which for UTF-8 is the order of the bytes.
  func compare(_ a: UnsafeMutablePointer<StringObject>, _ b: UnsafeMutablePointer<StringObject>) -> Int {
    let order = memcmp(a.bytes, b.bytes, min(a.pointee.count, b.pointee.count))
    return order != 0 ? Int(order) : a.pointee.count - b.pointee.count
  }

  func concatenate(
    _ a: UnsafeMutablePointer<StringObject>, _ b: UnsafeMutablePointer<StringObject>, tag: UInt
  ) throws(Failure) -> Value {
    let result = try newString(a.pointee.count + b.pointee.count, beginningWith: a, tag: tag)
    if result.isShared {
      result.noteMeasured(isSimple: isSimple(a) && isSimple(b))
    } else if a.isKnownSimple, b.isKnownSimple {
      result.noteSimple()
    }
    Heap.copy(b.bytes, to: result.bytes + a.pointee.count, b.pointee.count)
    return Value(tag, result)
  }

  @inline(__always) func checkLength(_ count: Int) throws(Failure) {
    if count > state.pointee.limits.stringLength { throw tooLong(count) }
    try reserve(count)
  }

  @inline(never) func tooLong(_ count: Int) -> Failure {
    Failure(
      .limit, "a string of \(count) bytes is longer than the limit of \(state.pointee.limits.stringLength)",
      help: "keep its parts in an Array")
  }
}
