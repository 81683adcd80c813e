/// What is kept for operations of the host, found by their numbers. A number has in it the place where its entry stands,
/// which is another's when it is over, so that a look needs no hashing. Later operations have greater numbers.
public struct OperationTable<Entry> {
  private var slots: [Slot?] = []
  public private(set) var count = 0

  private struct Slot {
    let number: Int
    let entry: Entry
  }

  public init() {}

  public subscript(number: Int) -> Entry? {
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
      while slots.count <= place { slots.append(nil) }
      if slots[place] == nil { count += 1 }
      slots[place] = Slot(number: number, entry: newValue)
    }
  }

  /// Takes an entry out; nil where there is none.
  public mutating func remove(_ number: Int) -> Entry? {
    let place = OperationNumbers.place(of: number)
    guard place < slots.count, let slot = slots[place], slot.number == number else { return nil }
    slots[place] = nil
    count -= 1
    // What was needed for very many at once goes back with the last of them.
    if count == 0, slots.count > OperationNumbers.keptPlaces { slots = [] }
    return slot.entry
  }

  public mutating func removeAll() { (slots, count) = ([], 0) }

  /// All, by their numbers, in no order.
  public var all: [(number: Int, entry: Entry)] {
    slots.compactMap { slot in slot.map { ($0.number, $0.entry) } }
  }

  /// Tells all, in no order.
  func each(_ body: (Entry) -> Void) { for case .some(let slot) in slots { body(slot.entry) } }
}

/// The numbers of operations.
struct OperationNumbers {
  private var last = 0
  private var freePlaces: [Int] = []
  private var places = 0

  /// So many places may be taken at a time, far more than memory allows operations.
  private static let placeBits = 24
  /// Room for so many is kept though none is needed.
  static let keptPlaces = 1_000

  static func place(of number: Int) -> Int { number & (1 << placeBits - 1) }

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
