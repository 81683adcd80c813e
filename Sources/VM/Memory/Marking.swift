// Marking, a part at a time, and the barrier that makes that right.
//
// A cycle marks what was reachable when it began. What is made meanwhile has the mark from the beginning, and whoever
// takes a reference out of an object first marks what it refers to: so nothing that was there is missed, in whatever
// order the objects are gone over.

extension Heap {
  // MARK: The barrier

  /// Puts a value in place of another within an object that may be old. What was there is marked where marking goes on,
  /// and who does it noted where that is asked for.
  @inline(__always) func store<Object>(
    _ value: Value, at place: ValuePointer, in object: UnsafeMutablePointer<Object>
  ) {
    if state.pointee.writeBarrier != 0 { willStore(at: place, in: RawPointer(object)) }
    place.pointee = value
  }

  @inline(never) private func willStore(at place: ValuePointer, in object: RawPointer) {
    if state.pointee.isMarking { mark(place.pointee) }
    if state.pointee.writeBarrier & Heap.notesChanges != 0 { noteChange(of: object) }
  }

  /// Puts a value where none was: into a new object, or behind what an array holds.
  @inline(__always) func initialize(_ place: ValuePointer, to value: Value) { place.pointee = value }

  /// To be said before a reference of an object of waiting changes: a deferred, a reaction, a fiber.
  @inline(__always) func willChange<Object>(_ object: UnsafeMutablePointer<Object>) {
    if state.pointee.isMarking { markReferences(of: RawPointer(object)) }
  }

  @inline(never) private func markReferences(of object: RawPointer) {
    Heap.eachReference(of: object) { mark($0) }
  }

  /// To be said before a waiter moves from one list to another.
  @inline(__always) func willMove(_ waiter: UnsafeMutablePointer<WaiterObject>) {
    if state.pointee.isMarking { markMoved(waiter) }
  }

  @inline(never) private func markMoved(_ waiter: UnsafeMutablePointer<WaiterObject>) {
    mark(RawPointer(waiter).assumingMemoryBound(to: Header.self))
    markReferences(of: RawPointer(waiter))
  }

  /// To be said before elements of an array go, and `count` others take their places.
  @inline(__always) func willReplace(
    _ range: Range<Int>, of array: UnsafeMutablePointer<ArrayObject>, withCount count: Int
  ) {
    if state.pointee.writeBarrier != 0 { willReplaceSlowly(range, of: array, count) }
  }

  @inline(never) private func willReplaceSlowly(
    _ range: Range<Int>, of array: UnsafeMutablePointer<ArrayObject>, _ count: Int
  ) {
    willChangeContent(of: array)
    guard state.pointee.isMarking else { return }
    remember(UnsafeBufferPointer(start: array.pointee.elements + range.lowerBound, count: range.count))
    guard state.pointee.sliced == RawPointer(array) else { return }
    // The next element to be looked at is at another place now.
    if range.upperBound <= state.pointee.cursor {
      state.pointee.cursor += count - range.count
    } else if range.lowerBound < state.pointee.cursor {
      state.pointee.cursor = range.lowerBound + count
    }
  }

  /// To be said before an entry of a dictionary goes.
  @inline(__always) func willRemove(
    _ entry: UnsafeMutablePointer<DictionaryEntry>, from dictionary: UnsafeMutablePointer<DictionaryObject>
  ) {
    if state.pointee.isMarking { markRemoved(entry) }
    willChangeContent(of: dictionary)
  }

  @inline(never) private func markRemoved(_ entry: UnsafeMutablePointer<DictionaryEntry>) {
    mark(entry.pointee.key)
    mark(entry.pointee.value)
  }

  /// To be said before all entries of a dictionary go.
  func willRemoveAll(from dictionary: UnsafeMutablePointer<DictionaryObject>) {
    willChangeContent(of: dictionary)
    guard state.pointee.isMarking else { return }
    for number in 0..<dictionary.pointee.used {
      remember(dictionary.pointee.entries[number].key)
      remember(dictionary.pointee.entries[number].value)
    }
    if state.pointee.sliced == RawPointer(dictionary) { state.pointee.cursor = 0 }
  }

  /// To be said before the entries of a dictionary move together.
  func willCompact(_ dictionary: UnsafeMutablePointer<DictionaryObject>) {
    guard state.pointee.isMarking, state.pointee.sliced == RawPointer(dictionary) else { return }
    var kept = 0
    for number in 0..<state.pointee.cursor where dictionary.pointee.entries[number].key.tag != Tag.unset {
      kept += 1
    }
    state.pointee.cursor = kept
  }

  /// Marks what a fiber's frames hold, once in each cycle: when marking comes to it, or before it runs. Clears what lies
  /// above them, left-overs of calls that returned: what such a place refers to is alive until the next cycle ends,
  /// since it was when it was written, and by then the place has been cleared.
  func markFrames(of fiber: UnsafeMutablePointer<FiberObject>) {
    let scanned = UInt16(state.pointee.color) << FiberObject.scannedShift
    if fiber.pointee.header.flags & FiberObject.scannedMask == scanned { return }
    if fiber.has(FiberObject.hasFinished) { return }
    fiber.pointee.header.flags = fiber.pointee.header.flags & ~FiberObject.scannedMask | scanned
    let top = fiber.top
    remember(UnsafeBufferPointer(start: fiber.pointee.stack, count: top - fiber.pointee.stack))
    top.update(repeating: .nil, count: fiber.pointee.limit - top)
    state.pointee.effort &+= fiber.pointee.limit - fiber.pointee.stack
  }

  // MARK: Marks

  @inline(__always) func isMarked(_ object: UnsafeMutablePointer<Header>) -> Bool {
    object.pointee.mark == state.pointee.color
  }

  @inline(__always) func mark(_ value: Value) {
    if value.isObject { mark(value.header) }
  }

  @inline(__always) func mark(_ object: UnsafeMutablePointer<Header>) {
    let color = state.pointee.color
    if object.pointee.mark == color { return }
    object.pointee.mark = color
    state.pointee.effort &+= Heap.effortOfObject
    switch UInt(object.pointee.kind) {
    case Tag.string where object.pointee.flags & StringObject.isShared == 0: break
    case Tag.html where object.pointee.flags & StringObject.isShared == 0: break
    case Tag.bytes where object.pointee.flags & StringObject.isShared == 0: break
    case Tag.buffer, Tag.range, Tag.native: break
    default: state.pointee.gray.append(RawPointer(object))
    }
  }

  /// What reaching an object is worth beside looking at a value, which is 1: most often it is in no cache.
  static let effortOfObject = 4

  /// Lets a value be marked in its turn.
  func remember(_ value: Value) {
    if value.isObject { state.pointee.roots.append(value) }
  }

  /// Marks some values; many are copied, and marked in their turn.
  func remember(_ values: UnsafeBufferPointer<Value>) {
    if values.count > Heap.sliceSize {
      state.pointee.roots.append(contentsOf: values)
    } else {
      for value in values { mark(value) }
      state.pointee.effort &+= values.count
    }
  }

  /// How many elements are gone over in one go.
  static let sliceSize = 1_024

  /// The objects that an object refers to, but for those in a fiber's frames. A waiter's `previous` and a deferred's
  /// `last` can be reached by another way.
  @inline(__always) static func eachReference(
    of object: RawPointer, _ body: (UnsafeMutablePointer<Header>) -> Void
  ) {
    @inline(__always) func visit(_ value: Value) { if value.isObject { body(value.header) } }
    @inline(__always) func visit<Object>(_ object: UnsafeMutablePointer<Object>?) {
      if let object { body(RawPointer(object).assumingMemoryBound(to: Header.self)) }
    }
    switch UInt(object.load(as: UInt8.self)) {
    case Tag.string, Tag.html, Tag.bytes:
      let string = object.assumingMemoryBound(to: StringObject.self)
      if string.isShared { visit(string.textBuffer) }
    case Tag.array:
      let array = object.assumingMemoryBound(to: ArrayObject.self)
      for number in 0..<array.pointee.count { visit(array.pointee.elements[number]) }
    case Tag.dictionary:
      let dictionary = object.assumingMemoryBound(to: DictionaryObject.self)
      for number in 0..<dictionary.pointee.used {
        visit(dictionary.pointee.entries[number].key)
        visit(dictionary.pointee.entries[number].value)
      }
    case Tag.closure:
      let closure = object.assumingMemoryBound(to: ClosureObject.self)
      for number in 0..<Int(closure.pointee.captureCount) { visit(closure.captures[number]) }
    case Tag.box: visit(object.assumingMemoryBound(to: BoxObject.self).pointee.value)
    case Tag.boundMethod:
      let method = object.assumingMemoryBound(to: BoundMethodObject.self)
      visit(method.pointee.receiver)
      visit(method.pointee.function)
    case Tag.error:
      let error = object.assumingMemoryBound(to: ErrorObject.self)
      visit(error.pointee.kind)
      visit(error.pointee.message)
      visit(error.pointee.fields)
    case Tag.instance:
      let instance = object.assumingMemoryBound(to: InstanceObject.self)
      for number in 0..<instance.pointee.fieldCount { visit(instance.fields[number]) }
    case Tag.deferred:
      let deferred = object.assumingMemoryBound(to: DeferredObject.self)
      visit(deferred.pointee.value)
      visit(deferred.pointee.first)
      visit(deferred.pointee.origin)
      visit(deferred.pointee.creator)
    case Tag.reaction:
      let reaction = object.assumingMemoryBound(to: ReactionObject.self)
      visit(reaction.pointee.next)
      visit(reaction.pointee.source)
      visit(reaction.pointee.target)
      visit(reaction.pointee.function)
    case Tag.fiber:
      let fiber = object.assumingMemoryBound(to: FiberObject.self)
      visit(fiber.pointee.next)
      visit(fiber.pointee.source)
      visit(fiber.pointee.result)
    default: break
    }
  }
}

/// Goes over what is marked, and marks what that refers to.
struct Marker {
  let heap: Heap
  let prototypes: [Prototype?]

  /// Goes on for so much effort, or a slice more; true when nothing is left.
  func mark(effort: Int) -> Bool {
    let state = heap.state
    let end = effort == .max ? .max : state.pointee.effort + effort
    while state.pointee.effort < end {
      // What a slice brings is gone over before the next one: so the list of what is left stays short.
      if let object = state.pointee.gray.popLast() {
        scan(object)
      } else if state.pointee.sliced != nil {
        scanSlice()
      } else if let object = state.pointee.waiting.popLast() {
        state.pointee.sliced = object
        state.pointee.cursor = 0
      } else if state.pointee.rootCursor < state.pointee.roots.count {
        markRoots()
      } else {
        return true
      }
    }
    return false
  }

  private func scan(_ object: RawPointer) {
    var count = 0
    switch UInt(object.load(as: UInt8.self)) {
    case Tag.array: count = object.assumingMemoryBound(to: ArrayObject.self).pointee.count
    case Tag.dictionary: count = object.assumingMemoryBound(to: DictionaryObject.self).pointee.used * 2
    case Tag.fiber: heap.markFrames(of: object.assumingMemoryBound(to: FiberObject.self))
    case Tag.closure: markProgram(of: object.assumingMemoryBound(to: ClosureObject.self))
    default: break
    }
    if count > heap.state.pointee.sliceSize { return heap.state.pointee.waiting.append(object) }
    heap.state.pointee.effort &+= count &+ Heap.effortOfObject
    Heap.eachReference(of: object) { heap.mark($0) }
  }

  /// A part of what is too large for one go.
  private func scanSlice() {
    let state = heap.state
    guard let object = state.pointee.sliced else { return }
    let first = state.pointee.cursor
    let count: Int
    if object.load(as: UInt8.self) == UInt8(Tag.array) {
      let array = object.assumingMemoryBound(to: ArrayObject.self)
      count = array.pointee.count
      let end = min(first + state.pointee.sliceSize, count)
      for number in first..<max(first, end) { heap.mark(array.pointee.elements[number]) }
      state.pointee.cursor = end
    } else {
      let dictionary = object.assumingMemoryBound(to: DictionaryObject.self)
      count = dictionary.pointee.used
      let end = min(first + state.pointee.sliceSize, count)
      for number in first..<max(first, end) {
        heap.mark(dictionary.pointee.entries[number].key)
        heap.mark(dictionary.pointee.entries[number].value)
      }
      state.pointee.cursor = end
    }
    state.pointee.effort &+= max(0, state.pointee.cursor - first) + Heap.effortOfObject
    if state.pointee.cursor >= count { state.pointee.sliced = nil }
  }

  private func markRoots() {
    let state = heap.state
    let first = state.pointee.rootCursor
    let end = min(first + state.pointee.sliceSize, state.pointee.roots.count)
    for number in first..<end { heap.mark(state.pointee.roots[number]) }
    state.pointee.rootCursor = end
    state.pointee.effort &+= end - first
  }

  /// A closure keeps the whole program that it comes from.
  private func markProgram(of closure: UnsafeMutablePointer<ClosureObject>) {
    let number = Int(closure.pointee.prototype)
    guard number < heap.state.pointee.usedPrototypes.count, !heap.state.pointee.usedPrototypes[number] else {
      return
    }
    for sibling in prototypes[number]?.unit.numbers ?? [] {
      heap.state.pointee.usedPrototypes[sibling] = true
      guard let loaded = prototypes[sibling] else { continue }
      heap.remember(UnsafeBufferPointer(start: loaded.constants, count: loaded.constantCount))
    }
  }
}
