import Glibc

extension Heap {
  func newDictionary(capacity: Int = 4) -> UnsafeMutablePointer<DictionaryObject> {
    let dictionary = allocateStamped(MemoryLayout<DictionaryObject>.size, Tag.dictionary)
      .assumingMemoryBound(to: DictionaryObject.self)
    var room = 4
    while room < capacity { room *= 2 }
    setBuffers(of: dictionary, room)
    return dictionary
  }

  /// Empty buffers for so many entries, a power of two.
  private func setBuffers(of dictionary: UnsafeMutablePointer<DictionaryObject>, _ room: Int) {
    dictionary.pointee.used = 0
    dictionary.pointee.live = 0
    dictionary.pointee.capacity = room
    dictionary.pointee.entries = buffers.take(room * MemoryLayout<DictionaryEntry>.stride)
      .assumingMemoryBound(to: DictionaryEntry.self)
    let isSmall = room <= Heap.roomWithoutIndex
    dictionary.pointee.index = isSmall ? nil : Heap.emptyIndex(room * 2)
    dictionary.pointee.mask = isSmall ? 0 : room * 2 - 1
    charge(room * Heap.bytesOfEntry)
  }

  func freeBuffers(of dictionary: UnsafeMutablePointer<DictionaryObject>) {
    buffers.give(
      dictionary.pointee.entries, dictionary.pointee.capacity &* MemoryLayout<DictionaryEntry>.stride)
    if let index = dictionary.pointee.index { Glibc.free(index) }
  }

  /// What an entry takes, with its two slots in the index.
  private static let bytesOfEntry = MemoryLayout<DictionaryEntry>.stride + 8

  /// Up to so many entries are looked through one by one.
  static let roomWithoutIndex = 8

  /// Of one that was made for more entries than have come, the room that it would not have had.
  @inline(__always) func giveBackRoom(of dictionary: UnsafeMutablePointer<DictionaryObject>) {
    let room = dictionary.pointee.capacity
    guard room == Heap.roomWithoutIndex, dictionary.pointee.used <= room / 2 else { return }
    let size = room * MemoryLayout<DictionaryEntry>.stride
    dictionary.pointee.entries = buffers.resize(dictionary.pointee.entries, from: size, to: size / 2)
      .assumingMemoryBound(to: DictionaryEntry.self)
    dictionary.pointee.capacity = room / 2
    charge(-room / 2 * Heap.bytesOfEntry)
  }

  private static func emptyIndex(_ count: Int) -> UnsafeMutablePointer<Int32> {
    let index = malloc(count * 4).unsafelyUnwrapped
    memset(index, 0xff, count * 4)
    return index.assumingMemoryBound(to: Int32.self)
  }

  // MARK: Keys

  static func isKey(_ value: Value) -> Bool {
    switch value.tag {
    case Tag.string, Tag.int, Tag.double, Tag.bool, Tag.duration, Tag.date, Tag.deferred, Tag.instance: true
    default: false
    }
  }

  /// A double that is a whole number hashes as that integer, since the two are equal.
  @inline(__always) func hash(of key: Value) -> Int {
    if key.tag == Tag.string { return hash(key.string) }
    return key.isDouble ? hash(ofDouble: key) : mix(key.int)
  }

  @inline(never) private func hash(ofDouble key: Value) -> Int { mix(Int(exactly: key.double) ?? key.int) }

  /// Numbers near one another stay so, which caches like; what they have above twelve bits is mixed with
  /// the seed, since numbers come from requests too.
  @inline(__always) private func mix(_ number: Int) -> Int {
    let high = UInt64(bitPattern: Int64(number >> 12)) ^ state.pointee.hashSeed
    return number ^ Int(truncatingIfNeeded: Heap.fold(high, 0x9E37_79B9_7F4A_7C15))
  }

  /// Of strings the hashes have been asked for.
  @inline(__always) private func areSameKey(_ a: Value, _ b: Value) -> Bool {
    if a.tag == b.tag {
      if a.bits == b.bits { return true }
      if a.tag == Tag.string {
        return a.string.pointee.header.aux == b.string.pointee.header.aux && areEqual(a.string, b.string)
      }
      return a.isDouble && a.double == b.double
    }
    return a.isDouble ? isWhole(a.double, b) : b.isDouble && isWhole(b.double, a)
  }

  /// Out of line, since it would be computed for every key before any is looked at.
  @inline(never) private func isWhole(_ double: Double, _ value: Value) -> Bool {
    value.isInt && Int(exactly: double) == value.int
  }

  /// What a slot of the index holds: the number of an entry, and above it bits of the hash of its key, so that the entry
  /// of another key need seldom be read. Negative where it is empty.
  @inline(__always) private static func slotValue(_ number: Int, _ hash: Int, _ mask: Int) -> Int32 {
    Int32(truncatingIfNeeded: hash & ~(mask >> 1) & 0x7fff_ffff | number)
  }

  /// The entry of a key, or the complement of the index slot where it would go; where there is no index, that of 0.
  @inline(__always) private func find(
    _ key: Value, _ hash: Int, in dictionary: UnsafeMutablePointer<DictionaryObject>
  ) -> Int {
    let entries = dictionary.pointee.entries
    guard let index = dictionary.pointee.index else {
      if key.tag == Tag.string { return find(key.string, in: dictionary) }
      for number in 0..<dictionary.pointee.used where areSameKey(entries[number].key, key) { return number }
      return ~0
    }
    let mask = dictionary.pointee.mask
    let numbers = Int32(truncatingIfNeeded: mask >> 1)
    let wanted = Heap.slotValue(0, hash, mask)
    var disturbance = UInt(bitPattern: hash)
    var slot = hash & mask
    while true {
      let found = index[slot]
      if found < 0 { return ~slot }
      if found & ~numbers == wanted {
        let number = Int(found & numbers)
        if areSameKey(entries[number].key, key) { return number }
      }
      disturbance >>= 5
      slot = (slot &* 5 &+ 1 &+ Int(bitPattern: disturbance)) & mask
    }
  }

  /// The same for a text whose hash has been asked for, where there is no index.
  @inline(__always) private func find(
    _ key: UnsafeMutablePointer<StringObject>, in dictionary: UnsafeMutablePointer<DictionaryObject>
  ) -> Int {
    let hash = key.pointee.header.aux
    for number in 0..<dictionary.pointee.used {
      let other = dictionary.pointee.entries[number].key
      guard other.tag == Tag.string, other.string.pointee.header.aux == hash else { continue }
      if areEqual(other.string, key) { return number }
    }
    return ~0
  }

  // MARK: Access

  /// The value of a key, or `unset`.
  func value(of key: Value, in dictionary: UnsafeMutablePointer<DictionaryObject>) -> Value {
    if !Heap.isKey(key) { return .unset }
    let number = find(key, hash(of: key), in: dictionary)
    return number < 0 ? .unset : dictionary.pointee.entries[number].value
  }

  func set(
    _ value: Value, for key: Value, in dictionary: UnsafeMutablePointer<DictionaryObject>
  ) throws(Failure) {
    if !Heap.isKey(key) { throw Heap.noKey(key) }
    let hash = hash(of: key)
    var place = find(key, hash, in: dictionary)
    if place >= 0 {
      store(value, at: entryValue(place, dictionary), in: dictionary)
      return
    }
    willChangeContent(of: dictionary)
    if dictionary.pointee.used == dictionary.pointee.capacity {
      try rebuild(dictionary)
      place = find(key, hash, in: dictionary)
    }
    let number = dictionary.pointee.used
    dictionary.pointee.entries[number] = DictionaryEntry(key: key, value: value)
    if let index = dictionary.pointee.index {
      index[~place] = Heap.slotValue(number, hash, dictionary.pointee.mask)
    }
    dictionary.pointee.used = number + 1
    dictionary.pointee.live += 1
  }

  @inline(never) private static func noKey(_ value: Value) -> Failure {
    Failure(
      .type, "\(Tag.name(value.tag)) cannot be a key",
      help: "keys are Strings, numbers, Bools, Durations and Dates")
  }

  private func entryValue(_ number: Int, _ dictionary: UnsafeMutablePointer<DictionaryObject>) -> ValuePointer
  {
    (RawPointer(dictionary.pointee.entries + number) + MemoryLayout<DictionaryEntry>.offset(of: \.value)!)
      .assumingMemoryBound(to: Value.self)
  }

  /// Takes a key out; gives its value, or `unset`.
  func remove(_ key: Value, from dictionary: UnsafeMutablePointer<DictionaryObject>) -> Value {
    if !Heap.isKey(key) { return .unset }
    let number = find(key, hash(of: key), in: dictionary)
    if number < 0 { return .unset }
    let value = dictionary.pointee.entries[number].value
    willRemove(dictionary.pointee.entries + number, from: dictionary)
    // The slot stays taken, so that searches go on past it; the entry matches no key any more.
    dictionary.pointee.entries[number].key = .unset
    dictionary.pointee.entries[number].value = .nil
    dictionary.pointee.live -= 1
    return value
  }

  /// Large buffers go back at once; small ones are soon in use again.
  func removeAll(from dictionary: UnsafeMutablePointer<DictionaryObject>) {
    willRemoveAll(from: dictionary)
    let room = dictionary.pointee.capacity
    if room > Heap.largestKeptRoom {
      charge(-room * Heap.bytesOfEntry)
      freeBuffers(of: dictionary)
      return setBuffers(of: dictionary, 4)
    }
    dictionary.pointee.used = 0
    dictionary.pointee.live = 0
    if let index = dictionary.pointee.index { memset(index, 0xff, (dictionary.pointee.mask + 1) * 4) }
  }

  /// Makes room: drops removed entries, and doubles when most are live.
  @inline(never) private func rebuild(_ dictionary: UnsafeMutablePointer<DictionaryObject>) throws(Failure) {
    let live = dictionary.pointee.live
    let capacity =
      live * 4 > dictionary.pointee.capacity * 3
      ? dictionary.pointee.capacity * 2 : dictionary.pointee.capacity
    try checkCount(live + 1)
    try reserve(capacity * Heap.bytesOfEntry)
    charge(max(0, capacity - dictionary.pointee.capacity) * Heap.bytesOfEntry)
    closeGaps(in: dictionary)
    let stride = MemoryLayout<DictionaryEntry>.stride
    dictionary.pointee.entries = buffers.resize(
      dictionary.pointee.entries, from: dictionary.pointee.capacity * stride, to: capacity * stride
    ).assumingMemoryBound(to: DictionaryEntry.self)
    dictionary.pointee.capacity = capacity
    Glibc.free(dictionary.pointee.index)
    dictionary.pointee.index = nil
    if capacity > Heap.roomWithoutIndex { makeIndex(of: dictionary) }
  }

  /// Moves the entries to where those that were removed have been.
  private func closeGaps(in dictionary: UnsafeMutablePointer<DictionaryObject>) {
    if dictionary.pointee.used == dictionary.pointee.live { return }
    willCompact(dictionary)
    let entries = dictionary.pointee.entries
    var count = 0
    for number in 0..<dictionary.pointee.used where entries[number].key.tag != Tag.unset {
      entries[count] = entries[number]
      count += 1
    }
    dictionary.pointee.used = count
  }

  private func makeIndex(of dictionary: UnsafeMutablePointer<DictionaryObject>) {
    let count = dictionary.pointee.capacity * 2
    let (index, mask, entries) = (Heap.emptyIndex(count), count - 1, dictionary.pointee.entries)
    for number in 0..<dictionary.pointee.used {
      let hash = hash(of: entries[number].key)
      var disturbance = UInt(bitPattern: hash)
      var slot = hash & mask
      while index[slot] >= 0 {
        disturbance >>= 5
        slot = (slot &* 5 &+ 1 &+ Int(bitPattern: disturbance)) & mask
      }
      index[slot] = Heap.slotValue(number, hash, mask)
    }
    dictionary.pointee.index = index
    dictionary.pointee.mask = mask
  }

  /// The entries in order.
  func pairs(of dictionary: UnsafeMutablePointer<DictionaryObject>) -> [(key: Value, value: Value)] {
    var pairs: [(key: Value, value: Value)] = []
    pairs.reserveCapacity(dictionary.pointee.live)
    for number in 0..<dictionary.pointee.used where dictionary.pointee.entries[number].key.tag != Tag.unset {
      pairs.append((dictionary.pointee.entries[number].key, dictionary.pointee.entries[number].value))
    }
    return pairs
  }
}
