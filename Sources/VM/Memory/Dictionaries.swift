import Glibc

extension Heap {
  func newDictionary(capacity: Int = 4) -> UnsafeMutablePointer<DictionaryObject> {
    let dictionary = allocate(MemoryLayout<DictionaryObject>.size, Tag.dictionary)
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
    dictionary.pointee.entries = malloc(room * MemoryLayout<DictionaryEntry>.stride).unsafelyUnwrapped
      .assumingMemoryBound(to: DictionaryEntry.self)
    let isSmall = room <= Heap.roomWithoutIndex
    dictionary.pointee.index = isSmall ? nil : Heap.emptyIndex(room * 2)
    dictionary.pointee.mask = isSmall ? 0 : room * 2 - 1
    charge(room * 48)
  }

  /// Up to so many entries are looked through one by one.
  private static let roomWithoutIndex = 8

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
    if key.isDouble, let whole = Int(exactly: key.double) { return mix(whole) }
    return mix(key.int)
  }

  /// Numbers near one another stay so, which caches like; what they have above twelve bits is mixed with
  /// the seed, since numbers come from requests too.
  @inline(__always) private func mix(_ number: Int) -> Int {
    let high = UInt64(bitPattern: Int64(number >> 12)) ^ state.pointee.hashSeed
    return number ^ Int(truncatingIfNeeded: Heap.fold(high, 0x9E37_79B9_7F4A_7C15))
  }

  @inline(__always) private func areSameKey(_ a: Value, _ b: Value) -> Bool {
    if a.tag == b.tag {
      if a.bits == b.bits { return true }
      if a.tag == Tag.string { return areEqual(a.string, b.string) }
      if a.isDouble { return a.double == b.double }
      return false
    }
    if a.isInt && b.isDouble { return a.int == Int(exactly: b.double) }
    if a.isDouble && b.isInt { return Int(exactly: a.double) == b.int }
    return false
  }

  /// The entry of a key, or the complement of the index slot where it would go; where there is no index, that of 0.
  @inline(__always) private func find(
    _ key: Value, _ hash: Int, in dictionary: UnsafeMutablePointer<DictionaryObject>
  ) -> Int {
    let entries = dictionary.pointee.entries
    guard let index = dictionary.pointee.index else {
      for number in 0..<dictionary.pointee.used
      where entries[number].hash == hash && areSameKey(entries[number].key, key) {
        return number
      }
      return ~0
    }
    let mask = dictionary.pointee.mask
    var disturbance = UInt(bitPattern: hash)
    var slot = hash & mask
    while true {
      let number = Int(index[slot])
      if number < 0 { return ~slot }
      if entries[number].hash == hash, areSameKey(entries[number].key, key) { return number }
      disturbance >>= 5
      slot = (slot &* 5 &+ 1 &+ Int(bitPattern: disturbance)) & mask
    }
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
    guard Heap.isKey(key) else {
      throw Failure(
        .type, "\(Tag.name(key.tag)) cannot be a key",
        help: "keys are Strings, numbers, Bools, Durations and Dates")
    }
    let hash = hash(of: key)
    var place = find(key, hash, in: dictionary)
    if place >= 0 {
      store(value, at: entryValue(place, dictionary))
      return
    }
    if dictionary.pointee.used == dictionary.pointee.capacity {
      try rebuild(dictionary)
      place = find(key, hash, in: dictionary)
    }
    let number = dictionary.pointee.used
    dictionary.pointee.entries[number] = DictionaryEntry(key: key, value: value, hash: hash)
    if let index = dictionary.pointee.index { index[~place] = Int32(truncatingIfNeeded: number) }
    dictionary.pointee.used = number + 1
    dictionary.pointee.live += 1
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
    willRemove(dictionary.pointee.entries + number)
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
      charge(-room * 48)
      Glibc.free(dictionary.pointee.entries)
      Glibc.free(dictionary.pointee.index)
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
    try reserve(capacity * 48)
    charge(max(0, capacity - dictionary.pointee.capacity) * 48)
    closeGaps(in: dictionary)
    dictionary.pointee.entries = realloc(
      dictionary.pointee.entries, capacity * MemoryLayout<DictionaryEntry>.stride
    ).unsafelyUnwrapped.assumingMemoryBound(to: DictionaryEntry.self)
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
      let hash = entries[number].hash
      var disturbance = UInt(bitPattern: hash)
      var slot = hash & mask
      while index[slot] >= 0 {
        disturbance >>= 5
        slot = (slot &* 5 &+ 1 &+ Int(bitPattern: disturbance)) & mask
      }
      index[slot] = Int32(truncatingIfNeeded: number)
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
