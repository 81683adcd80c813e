import Glibc

extension Heap {
  func newArray(capacity: Int) -> UnsafeMutablePointer<ArrayObject> {
    let array = allocateStamped(MemoryLayout<ArrayObject>.size, Tag.array)
      .assumingMemoryBound(to: ArrayObject.self)
    let room = max(capacity, 4)
    array.pointee.elements = buffers.take(room * 16).assumingMemoryBound(to: Value.self)
    array.pointee.count = 0
    array.pointee.capacity = room
    charge(room * 16)
    return array
  }

  func makeArray(_ values: some Collection<Value>) -> Value {
    let array = newArray(capacity: values.count)
    for value in values {
      initialize(array.pointee.elements + array.pointee.count, to: value)
      array.pointee.count += 1
    }
    return Value(Tag.array, array)
  }

  /// The same within the limits: for what a program can make large.
  func array(of values: some Collection<Value>) throws(Failure) -> Value {
    try checkCount(values.count)
    try reserve(values.count * 16)
    return makeArray(values)
  }

  @inline(__always) func append(_ value: Value, to array: UnsafeMutablePointer<ArrayObject>) throws(Failure) {
    let count = array.pointee.count
    if count == array.pointee.capacity { try grow(array, toHold: count + 1) }
    willChangeContent(of: array)
    initialize(array.pointee.elements + count, to: value)
    array.pointee.count = count &+ 1
  }

  @inline(never) func grow(_ array: UnsafeMutablePointer<ArrayObject>, toHold count: Int) throws(Failure) {
    if count <= array.pointee.capacity { return }
    try checkCount(count)
    // Worth the move only where it makes much room, or a queue would move all for each that joins it.
    let isHalfSkipped = array.pointee.skipped >= array.pointee.capacity
    useSkipped(array)
    if isHalfSkipped, count <= array.pointee.capacity { return }
    let capacity = max(min(array.pointee.capacity * 2, state.pointee.limits.collectionCount), count)
    // While it is copied both are there.
    try reserve(capacity * 16)
    charge((capacity - array.pointee.capacity) * 16)
    resize(array, to: capacity)
  }

  /// Moves the elements to where the array's memory begins.
  private func useSkipped(_ array: UnsafeMutablePointer<ArrayObject>) {
    let skipped = array.pointee.skipped
    guard skipped > 0 else { return }
    memmove(array.pointee.base, array.pointee.elements, array.pointee.count * 16)
    array.pointee.elements -= skipped
    array.pointee.capacity += skipped
    array.pointee.skipped = 0
  }

  /// A large buffer goes back at once; a small one is soon in use again.
  func removeAll(from array: UnsafeMutablePointer<ArrayObject>) {
    willReplace(0..<array.pointee.count, of: array, withCount: 0)
    array.pointee.count = 0
    useSkipped(array)
    let room = array.pointee.capacity
    guard room > Heap.largestKeptRoom else { return }
    charge((4 - room) * 16)
    resize(array, to: 4)
  }

  /// Gives an array whose memory begins with its elements another capacity.
  private func resize(_ array: UnsafeMutablePointer<ArrayObject>, to capacity: Int) {
    array.pointee.elements = buffers.resize(
      array.pointee.elements, from: array.pointee.capacity * 16, to: capacity * 16
    ).assumingMemoryBound(to: Value.self)
    array.pointee.capacity = capacity
  }

  /// How many elements an emptied array or dictionary keeps room for.
  static let largestKeptRoom = 256

  func checkCount(_ count: Int) throws(Failure) {
    if count > state.pointee.limits.collectionCount {
      throw Failure(
        .limit,
        "a collection of \(count) elements is larger than the limit of \(state.pointee.limits.collectionCount)",
        help: "keep it in several parts")
    }
  }

  func insert(_ value: Value, at place: Int, in array: UnsafeMutablePointer<ArrayObject>) throws(Failure) {
    try grow(array, toHold: array.pointee.count + 1)
    let spot = array.pointee.elements + place
    willReplace(place..<place, of: array, withCount: 1)
    memmove(spot + 1, spot, (array.pointee.count - place) * 16)
    initialize(spot, to: value)
    array.pointee.count += 1
  }

  func remove(at place: Int, from array: UnsafeMutablePointer<ArrayObject>) -> Value {
    let spot = array.pointee.elements + place
    let value = spot.pointee
    willReplace(place..<place + 1, of: array, withCount: 0)
    array.pointee.count -= 1
    if place == 0 {
      array.pointee.elements += 1
      array.pointee.capacity -= 1
      array.pointee.skipped += 1
      if array.pointee.count == 0 { useSkipped(array) }
    } else {
      memmove(spot, spot + 1, (array.pointee.count - place) * 16)
    }
    return value
  }
}
