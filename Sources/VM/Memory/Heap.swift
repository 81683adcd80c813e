import Glibc

/// The memory of one machine: objects of up to 256 bytes in blocks of equal cells, larger ones by
/// themselves, and the buffers that arrays, dictionaries and stacks hang on to.
///
/// Every byte is counted. Nothing here collects: the machine does, where no native holds a value in a
/// Swift variable.
///
/// A heap that collects always, as tests want it, is made for finding stale pointers: every object has an
/// allocation of its own, is overwritten when it is freed, and goes back to the system at once, where
/// AddressSanitizer watches it.
struct Heap {
  static let blockSize = 1 << 16
  static let largestCell = 256
  static let stackSize = 24

  let state: UnsafeMutablePointer<HeapState>
  /// The first free cell of each size, in steps of 16 bytes.
  private let free: UnsafeMutablePointer<RawPointer?>

  init(limits: MachineLimits, collectsAlways: Bool) {
    state = .allocate(capacity: 1)
    state.initialize(to: HeapState(limits: limits, collectsAlways: collectsAlways))
    free = .allocate(capacity: Heap.largestCell / 16 + 1)
    free.initialize(repeating: nil, count: Heap.largestCell / 16 + 1)
  }

  // MARK: Objects

  /// Memory for an object, its header written and the rest as it was.
  @inline(__always) func allocate(_ size: Int, _ tag: UInt) -> RawPointer {
    let steps = (size &+ 15) >> 4
    state.pointee.debt &+= size
    let object: RawPointer
    if steps <= Heap.largestCell / 16, let cell = free[steps] {
      free[steps] = (cell + 8).load(as: RawPointer?.self)
      object = cell
    } else {
      object = allocateSlowly(size, steps)
    }
    object.storeBytes(of: UInt64(tag), as: UInt64.self)
    return object
  }

  @inline(never) private func allocateSlowly(_ size: Int, _ steps: Int) -> RawPointer {
    if steps > Heap.largestCell / 16 || state.pointee.collectsAlways {
      let object = RawPointer.allocate(byteCount: size, alignment: 16)
      state.pointee.large.append(LargeObject(object: object, size: size))
      return object
    }
    let block = HeapBlock(
      base: .allocate(byteCount: Heap.blockSize, alignment: 64), cell: steps << 4,
      count: Heap.blockSize / (steps << 4))
    state.pointee.blocks.append(block)
    for number in (0..<block.count).reversed() { pushFree(block.base + number * block.cell, steps) }
    let object = free[steps].unsafelyUnwrapped
    free[steps] = (object + 8).load(as: RawPointer?.self)
    return object
  }

  @inline(__always) func pushFree(_ cell: RawPointer, _ steps: Int) {
    cell.storeBytes(of: 0, as: UInt64.self)
    (cell + 8).storeBytes(of: free[steps], as: RawPointer?.self)
    free[steps] = cell
  }

  func freeCells(of block: HeapBlock) -> RawPointer? { free[block.cell >> 4] }

  func setFreeCells(of block: HeapBlock, to cell: RawPointer?) { free[block.cell >> 4] = cell }

  func forgetFreeCells() {
    for steps in 0...Heap.largestCell / 16 { free[steps] = nil }
  }

  /// Every store of a value into an object goes through here, so that a write barrier has one place.
  @inline(__always) func store(_ value: Value, at place: ValuePointer) { place.pointee = value }

  // MARK: Accounting

  /// Whether the machine should collect at its next safe point.
  @inline(__always) var isDue: Bool { state.pointee.debt > state.pointee.threshold }

  /// Bytes of live objects at the last collection and all that was allocated since.
  var bytesInUse: Int { state.pointee.live + state.pointee.debt }

  /// Refuses an allocation that would pass the memory limit. Garbage counts too: the machine collects and
  /// tries the instruction again before the program hears of it.
  @inline(__always) func reserve(_ bytes: Int) throws(Failure) {
    if bytes < 1 << 12 { return }
    try checkMemory(bytes)
  }

  /// The same for what makes many small objects: asked at every few of them.
  @inline(never) func checkMemory(_ bytes: Int = 0) throws(Failure) {
    let limit = state.pointee.limits.memory
    if bytes > limit || bytesInUse > limit - bytes { throw Failure.memory(limit: limit) }
  }

  /// Counts a buffer that an object hangs on to.
  @inline(__always) func charge(_ bytes: Int) { state.pointee.debt &+= bytes }

  // MARK: Stacks

  /// A cleared stack of at least `size` values.
  func allocateStack(_ size: Int) -> (base: ValuePointer, size: Int) {
    let size = max(size, Heap.stackSize)
    charge(size * 16)
    if size == Heap.stackSize, let stack = state.pointee.stacks.popLast() { return (stack, size) }
    return (clearedValues(size), size)
  }

  func freeStack(_ base: ValuePointer, _ size: Int) {
    charge(-size * 16)
    if size == Heap.stackSize, state.pointee.stacks.count < 1_024, !state.pointee.collectsAlways {
      base.update(repeating: .nil, count: size)
      state.pointee.stacks.append(base)
    } else {
      Glibc.free(base)
    }
  }

  private func clearedValues(_ count: Int) -> ValuePointer {
    calloc(count, MemoryLayout<Value>.stride).unsafelyUnwrapped.assumingMemoryBound(to: Value.self)
  }

  /// Gives everything back. No value of this heap may be used afterwards.
  func destroy() {
    for block in state.pointee.blocks {
      for number in 0..<block.count {
        let object = block.base + number * block.cell
        finalize(object, kind: UInt(object.load(as: UInt8.self)), payloads: nil)
      }
      block.base.deallocate()
    }
    for large in state.pointee.large {
      finalize(large.object, kind: UInt(large.object.load(as: UInt8.self)), payloads: nil)
      large.object.deallocate()
    }
    for stack in state.pointee.stacks { Glibc.free(stack) }
    state.deinitialize(count: 1)
    state.deallocate()
    free.deallocate()
  }

  /// Gives back what an object hangs on to.
  func finalize(_ object: RawPointer, kind: UInt, payloads: PayloadTable?) {
    switch kind {
    case Tag.array: Glibc.free(object.assumingMemoryBound(to: ArrayObject.self).pointee.base)
    case Tag.dictionary:
      let dictionary = object.assumingMemoryBound(to: DictionaryObject.self)
      Glibc.free(dictionary.pointee.entries)
      Glibc.free(dictionary.pointee.index)
    case Tag.fiber:
      let fiber = object.assumingMemoryBound(to: FiberObject.self)
      if fiber.has(FiberObject.hasFinished) { return }
      // Parked on what nothing can fire any more.
      state.pointee.lostFibers += 1
      freeStack(fiber.pointee.stack, fiber.pointee.limit - fiber.pointee.stack)
    case Tag.error: payloads?.remove(object.assumingMemoryBound(to: ErrorObject.self).pointee.trace)
    case Tag.instance: payloads?.remove(object.assumingMemoryBound(to: InstanceObject.self).pointee.payload)
    default: break
    }
  }
}

struct HeapBlock {
  let base: RawPointer
  let cell: Int
  let count: Int
}

struct LargeObject {
  let object: RawPointer
  let size: Int
}

/// What changes as the heap is used.
struct HeapState {
  let limits: MachineLimits
  let collectsAlways: Bool
  var blocks: [HeapBlock] = []
  var large: [LargeObject] = []
  var stacks: [ValuePointer] = []
  var gray: [RawPointer] = []
  /// Bytes allocated since the last collection.
  var debt = 0
  /// How much debt makes a collection due.
  var threshold: Int
  /// Bytes that the last collection found alive.
  var live = 0
  var collections = 0
  /// Parked fibers that the last collection freed, for the machine to take off its count.
  var lostFibers = 0
  /// What may be done outside the loop before the next look at the clock, in elements or 16 bytes.
  var work = Machine.workSlice
  /// A different one in each process, so that nobody can choose keys that collide.
  let hashSeed = UInt64.random(in: .min ... .max) | 1

  init(limits: MachineLimits, collectsAlways: Bool) {
    self.limits = limits
    self.collectsAlways = collectsAlways
    threshold = collectsAlways ? -1 : HeapState.smallestThreshold
  }

  static let smallestThreshold = 8 << 20
}

/// Swift objects that heap objects refer to by number: a request, an error's trace.
final class PayloadTable {
  private var objects: [AnyObject?] = []
  private var unused: [Int] = []

  func add(_ object: AnyObject) -> Int {
    if let number = unused.popLast() {
      objects[number] = object
      return number
    }
    objects.append(object)
    return objects.count - 1
  }

  func remove(_ number: Int) {
    guard number >= 0, number < objects.count, objects[number] != nil else { return }
    objects[number] = nil
    unused.append(number)
  }

  subscript(number: Int) -> AnyObject? { number >= 0 && number < objects.count ? objects[number] : nil }
}
