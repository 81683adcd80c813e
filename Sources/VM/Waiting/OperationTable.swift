/// What is kept for operations of the host, found by their numbers. A number has in it the place where its entry stands,
/// which is another's when it is over, so that a look needs no hashing. Later operations have greater numbers.
///
/// It is written out for each type of entry, in other modules too: looked at as any type it would be slower than hashing.
public struct OperationTable<Entry> {
  @usableFromInline var slots: [Slot?] = []
  @usableFromInline var entries = 0

  @usableFromInline struct Slot {
    @usableFromInline let number: Int
    @usableFromInline let entry: Entry

    @inlinable init(number: Int, entry: Entry) {
      self.number = number
      self.entry = entry
    }
  }

  @inlinable public init() {}

  /// How many entries there are.
  @inlinable public var count: Int { entries }

  @inlinable public subscript(number: Int) -> Entry? {
    get {
      let place = OperationNumbers.place(of: number)
      guard place < slots.count, let slot = slots[place], slot.number == number else { return nil }
      return slot.entry
    }
    set {
      guard let newValue else {
        _ = remove(number)
        return
      }
      let place = OperationNumbers.place(of: number)
      let slot = Slot(number: number, entry: newValue)
      while slots.count < place { slots.append(nil) }
      if place == slots.count {
        slots.append(slot)
        entries += 1
      } else {
        if slots[place] == nil { entries += 1 }
        slots[place] = slot
      }
    }
  }

  /// Takes an entry out; nil where there is none.
  @inlinable public mutating func remove(_ number: Int) -> Entry? {
    let place = OperationNumbers.place(of: number)
    guard place < slots.count, let slot = slots[place], slot.number == number else { return nil }
    slots[place] = nil
    entries -= 1
    // What was needed for very many at once goes back with the last of them.
    if entries == 0, slots.count > OperationNumbers.keptPlaces { slots = [] }
    return slot.entry
  }

  /// Brings near what is about to be looked up.
  @inlinable public func prefetch(_ numbers: [Int]) {
    slots.withUnsafeBufferPointer { slots in
      for number in numbers {
        let place = OperationNumbers.place(of: number)
        if place < slots.count { VM.prefetch(slots.baseAddress?.advanced(by: place)) }
      }
    }
  }

  @inlinable public mutating func removeAll() { (slots, entries) = ([], 0) }

  /// All, by their numbers, in no order.
  @inlinable public var all: [(number: Int, entry: Entry)] {
    slots.compactMap { slot in slot.map { ($0.number, $0.entry) } }
  }

  /// Tells all, in no order.
  @inlinable public func each(_ body: (Entry) -> Void) {
    for case .some(let slot) in slots { body(slot.entry) }
  }
}

/// The numbers of operations.
@usableFromInline struct OperationNumbers {
  private var last = 0
  private var freePlaces: [Int] = []
  private var places = 0

  /// So many places may be taken at a time, far more than memory allows operations.
  @inlinable static var placeBits: Int { 24 }
  /// Room for so many is kept though none is needed.
  @inlinable static var keptPlaces: Int { 1_000 }

  @inlinable static func place(of number: Int) -> Int { number & (1 << placeBits - 1) }

  /// The number of a new one.
  mutating func next() -> Int {
    let place = freePlaces.popLast() ?? places
    if place == places { places += 1 }
    last += 1
    return last << OperationNumbers.placeBits | place
  }

  /// An operation is over: its place is free.
  mutating func release(_ number: Int) {
    freePlaces.append(OperationNumbers.place(of: number))
    if freePlaces.count == places, places > OperationNumbers.keptPlaces { (freePlaces, places) = ([], 0) }
  }

  /// All are over.
  mutating func releaseAll() { (freePlaces, places) = ([], 0) }
}
