import Glibc

/// The memory of one machine: objects of up to 256 bytes in blocks of equal cells, larger ones by
/// themselves, and the buffers that arrays, dictionaries and stacks hang on to.
///
/// Every byte is counted. Nothing here collects: the machine does, where no native holds a value in a
/// Swift variable.
///
/// A heap under stress, as tests want it, is made for finding stale pointers: every object has an allocation of its
/// own, is overwritten when it is freed, and goes back to the system at once, where AddressSanitizer watches it.
struct Heap {
  static let blockSize = 1 << 16
  static let largestCell = 256
  /// The values that stacks have room for at least, and those that have to be grown: most fibers that wait call nothing
  /// meanwhile.
  static let smallStackSize = 12
  static let stackSize = 24

  let state: UnsafeMutablePointer<HeapState>
  /// The first free cell of each size, in steps of 16 bytes.
  let free: UnsafeMutablePointer<RawPointer?>
  let buffers: SmallBuffers

  init(limits: MachineLimits, mode: CollectorMode) {
    state = .allocate(capacity: 1)
    state.initialize(to: HeapState(limits: limits, mode: mode))
    free = .allocate(capacity: Heap.largestCell / 16 + 1)
    free.initialize(repeating: nil, count: Heap.largestCell / 16 + 1)
    buffers = SmallBuffers(keepsAny: mode == .asNeeded)
  }

  // MARK: Objects

  /// Memory for an object, its header written and the rest as it was. It has the mark of what is alive.
  @inline(__always) func allocate(_ size: Int, _ tag: UInt) -> RawPointer {
    allocate(size, header: UInt64(tag) | state.pointee.newMark)
  }

  /// The same for what has a stamp of who made it.
  @inline(__always) func allocateStamped(_ size: Int, _ tag: UInt) -> RawPointer {
    allocate(size, header: UInt64(tag) | state.pointee.newStampedMark)
  }

  @inline(__always) private func allocate(_ size: Int, header: UInt64) -> RawPointer {
    let steps = (size &+ 15) >> 4
    state.pointee.debt &+= size
    let object: RawPointer
    if steps <= Heap.largestCell / 16, let cell = free[steps] {
      free[steps] = (cell + 8).load(as: RawPointer?.self)
      object = cell
    } else {
      object = allocateSlowly(size, steps)
    }
    object.storeBytes(of: header, as: UInt64.self)
    return object
  }

  @inline(never) private func allocateSlowly(_ size: Int, _ steps: Int) -> RawPointer {
    if steps > Heap.largestCell / 16 || state.pointee.isStressed {
      let object = RawPointer.allocate(byteCount: size, alignment: 16)
      state.pointee.large.append(LargeObject(object: object, size: size))
      return object
    }
    if state.pointee.phase == .sweeping, state.pointee.keepsBlocks == 0 {
      sweepForCells(steps)
      if let cell = free[steps] {
        free[steps] = (cell + 8).load(as: RawPointer?.self)
        return cell
      }
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

  func forgetFreeCells() {
    for steps in 0...Heap.largestCell / 16 { free[steps] = nil }
  }

  // MARK: Accounting

  /// Whether the machine has something to collect at its next safe point: a step, or everything.
  @inline(__always) var isDue: Bool { state.pointee.debt > state.pointee.threshold }

  /// Whether steps do no longer.
  var isFull: Bool {
    state.pointee.collectsAlways || state.pointee.debt > state.pointee.ceiling
      || state.pointee.live > state.pointee.limits.memory
  }

  /// Bytes of live objects at the end of the last cycle and all that was allocated since.
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
    if size <= Heap.smallStackSize {
      charge(Heap.smallStackSize * 16)
      let stack = state.pointee.smallStacks.popLast() ?? clearedValues(Heap.smallStackSize)
      return (stack, Heap.smallStackSize)
    }
    let size = max(size, Heap.stackSize)
    charge(size * 16)
    if size == Heap.stackSize, let stack = state.pointee.stacks.popLast() { return (stack, size) }
    return (clearedValues(size), size)
  }

  func freeStack(_ base: ValuePointer, _ size: Int) {
    charge(-size * 16)
    recycleStack(base, size)
  }

  private func recycleStack(_ base: ValuePointer, _ size: Int) {
    let isSmall = size == Heap.smallStackSize
    let isKept =
      isSmall
      ? state.pointee.smallStacks.count < Heap.stacksKept
      : size == Heap.stackSize && state.pointee.stacks.count < Heap.stacksKept
    guard isKept, !state.pointee.isStressed else { return Glibc.free(base) }
    base.update(repeating: .nil, count: size)
    if isSmall { state.pointee.smallStacks.append(base) } else { state.pointee.stacks.append(base) }
  }

  /// How many stacks of either size are kept for the next fibers.
  private static let stacksKept = 1_024

  private func clearedValues(_ count: Int) -> ValuePointer {
    calloc(count, MemoryLayout<Value>.stride).unsafelyUnwrapped.assumingMemoryBound(to: Value.self)
  }

  /// Gives everything back. No value of this heap may be used afterwards.
  func destroy() {
    closeLargeGap()
    for block in state.pointee.blocks + state.pointee.unswept.joined() {
      for number in 0..<block.count {
        let object = block.base + number * block.cell
        finalize(object, kind: UInt(object.load(as: UInt8.self)))
      }
      block.base.deallocate()
    }
    for large in state.pointee.large {
      finalize(large.object, kind: UInt(large.object.load(as: UInt8.self)))
      large.object.deallocate()
    }
    for stack in state.pointee.stacks + state.pointee.smallStacks { Glibc.free(stack) }
    buffers.destroy()
    state.deinitialize(count: 1)
    state.deallocate()
    free.deallocate()
  }

  /// Gives back what an object hangs on to. Swift objects go at the next safe point, since anything may happen then.
  func finalize(_ object: RawPointer, kind: UInt) {
    switch kind {
    case Tag.array:
      let array = object.assumingMemoryBound(to: ArrayObject.self)
      buffers.give(array.pointee.base, (array.pointee.capacity &+ array.pointee.skipped) &* 16)
    case Tag.dictionary: freeBuffers(of: object.assumingMemoryBound(to: DictionaryObject.self))
    case Tag.fiber:
      let fiber = object.assumingMemoryBound(to: FiberObject.self)
      if fiber.has(FiberObject.hasFinished) { return }
      // Parked on what nothing can fire any more.
      state.pointee.lostFibers += 1
      recycleStack(fiber.pointee.stack, fiber.pointee.limit - fiber.pointee.stack)
    case Tag.error: forget(payload: object.assumingMemoryBound(to: ErrorObject.self).pointee.trace)
    case Tag.instance: forget(payload: object.assumingMemoryBound(to: InstanceObject.self).pointee.payload)
    default: break
    }
  }

  private func forget(payload: Int) {
    if payload >= 0 { state.pointee.deadPayloads.append(payload) }
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
  let mode: CollectorMode
  /// Whether everything is made for finding bugs rather than for speed. Kept, since asking a structure in memory anything
  /// copies it.
  let isStressed: Bool
  /// Those that are swept, while the heap is being swept.
  var blocks: [HeapBlock] = []
  var large: [LargeObject] = []
  /// Cleared stacks that nobody has.
  var stacks: [ValuePointer] = []
  var smallStacks: [ValuePointer] = []
  /// Bytes allocated since the last collection.
  var debt = 0
  /// How much debt makes a collection due, or its next step.
  var threshold = 0
  /// Bytes that the last cycle found alive.
  var live = 0
  /// How many cycles have ended.
  var collections = 0
  /// Parked fibers that were freed, for the machine to take off its count.
  var lostFibers = 0
  /// Numbers of Swift objects whose owners were freed, for the machine to let go of.
  var deadPayloads: [Int] = []
  /// What may be done outside the loop before the next look at the clock, in elements or 16 bytes.
  var work = Machine.workSlice
  /// A different one in each process, so that nobody can choose keys that collide.
  let hashSeed = UInt64.random(in: .min ... .max) | 1

  // The collector's cycle. The mark of what is alive changes from one to the next, so that no mark is ever taken back.
  var phase = CollectorPhase.idle
  private(set) var isMarking = false
  /// Why whoever changes an object has to say so before, by the bits of `Heap`.
  var writeBarrier: UInt8 = 0
  /// The mark of what is alive; 1 or 2.
  private(set) var color: UInt8 = 1
  /// The same where an object's header has it.
  private(set) var newMark: UInt64 = 1 << 8
  /// That and the stamp of who makes something now.
  private(set) var newStampedMark: UInt64 = 1 << 8
  /// What marking and sweeping have taken, by `Heap.effortOfObject`.
  var effort = 0
  /// Marked objects that have not been gone over.
  var gray: [RawPointer] = []
  /// Such arrays and dictionaries as are too large for one go.
  var waiting: [RawPointer] = []
  /// The one that is being gone over, and where that goes on.
  var sliced: RawPointer?
  var cursor = 0
  /// How many elements are too many for one go.
  let sliceSize: Int
  /// Values that are marked in their turn: what was rooted when the cycle began, and what was taken out of objects since.
  var roots: [Value] = []
  var rootCursor = 0
  /// Prototypes that a marked closure uses.
  var usedPrototypes: [Bool] = []

  // Sweeping.
  /// Blocks that are to be swept, by the size of their cells in steps of 16 bytes.
  var unswept: [[HeapBlock]] = Array(repeating: [], count: Heap.largestCell / 16 + 1)
  /// Of the large objects, the first that has not been looked at, the place for the next that is kept, and the end.
  var largeRead = 0
  var largeWrite = 0
  var largeEnd = 0
  /// Bytes found alive so far.
  var survived = 0
  var debtBeforeSweeping = 0
  var emptyBlocks = 0
  /// How many walks over all objects are under way.
  var keepsBlocks = 0

  // Who has changed what.
  var changes = ChangeNotes()
  /// Of whoever changes things now, 0 for nobody.
  var stamp: UInt16 = 0 {
    didSet { newStampedMark = newMark | UInt64(stamp) << 16 }
  }

  // Pace; see `plan()`.
  /// The debt at which a cycle is to have ended.
  var goal = 0
  /// The debt at which memory is at its limit.
  var ceiling = 0
  var bytesToNextStep = 0
  /// That between two steps of sweeping.
  var bytesToNextSweep = 0
  var effortOfStep = 0
  /// What marking took in the last cycle.
  var markingEffort = 0
  private var effortAtBeginning = 0
  /// The most that one step has taken.
  var largestStep = 0
  var stepSeed = UInt64.random(in: .min ... .max)

  var collectsAlways: Bool { mode == .always }

  init(limits: MachineLimits, mode: CollectorMode) {
    self.limits = limits
    self.mode = mode
    isStressed = mode != .asNeeded
    sliceSize = mode == .steps ? 4 : Heap.sliceSize
    plan()
  }

  /// From here on everything there is has to be found alive.
  mutating func beginMarking(prototypeCount: Int) {
    color = 3 - color
    newMark = UInt64(color) << 8
    newStampedMark = newMark | UInt64(stamp) << 16
    phase = .marking
    isMarking = true
    writeBarrier |= Heap.marks
    effortAtBeginning = effort
    usedPrototypes = Array(repeating: false, count: prototypeCount)
  }

  mutating func endMarking() {
    markingEffort = effort - effortAtBeginning
    roots.removeAll(keepingCapacity: roots.capacity < 1 << 12)
    rootCursor = 0
  }

  /// What was there when sweeping began has been counted.
  mutating func endCycle() {
    phase = .idle
    live = survived
    debt -= debtBeforeSweeping
    collections += 1
    plan()
  }

  mutating func beginSweeping() {
    phase = .sweeping
    isMarking = false
    writeBarrier &= ~Heap.marks
  }

  /// A program that is loaded now is in use.
  mutating func noteUsed(prototype number: Int) {
    if isMarking, number < usedPrototypes.count { usedPrototypes[number] = true }
  }
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

  /// All go. No number is another's from then on, and what goes may come here as it does.
  func removeAll() {
    let gone = objects
    (objects, unused) = (Array(repeating: nil, count: gone.count), [])
    withExtendedLifetime(gone) {}
  }

  subscript(number: Int) -> AnyObject? { number >= 0 && number < objects.count ? objects[number] : nil }
}
