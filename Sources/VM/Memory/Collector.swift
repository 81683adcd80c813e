import Glibc

/// Mark and sweep over the whole heap. It runs only where the machine says that no native holds a value.
struct Collector {
  let heap: Heap
  let payloads: PayloadTable
  /// Prototypes that a live closure or trace uses.
  var usedPrototypes: [Bool]

  init(heap: Heap, payloads: PayloadTable, prototypeCount: Int) {
    self.heap = heap
    self.payloads = payloads
    usedPrototypes = Array(repeating: false, count: prototypeCount)
    heap.state.pointee.gray.removeAll(keepingCapacity: true)
  }

  // MARK: Mark

  func mark(_ value: Value) {
    if value.isObject { mark(value.header) }
  }

  func mark(_ object: UnsafeMutablePointer<Header>) {
    guard object.pointee.mark == 0 else { return }
    object.pointee.mark = 1
    switch UInt(object.pointee.kind) {
    case Tag.string, Tag.html, Tag.bytes, Tag.range, Tag.native: break
    default: heap.state.pointee.gray.append(RawPointer(object))
    }
  }

  private func mark<Object>(_ object: UnsafeMutablePointer<Object>?) {
    if let object { mark(RawPointer(object).assumingMemoryBound(to: Header.self)) }
  }

  private func mark(_ values: ValuePointer, _ count: Int) {
    for number in 0..<count { mark(values[number]) }
  }

  /// Follows every reference from what is marked. A closure keeps the whole program that it comes from.
  mutating func trace(prototype: (Int) -> Prototype?) {
    while let object = heap.state.pointee.gray.popLast() {
      switch UInt(object.load(as: UInt8.self)) {
      case Tag.array:
        let array = object.assumingMemoryBound(to: ArrayObject.self)
        mark(array.pointee.elements, array.pointee.count)
      case Tag.dictionary:
        let dictionary = object.assumingMemoryBound(to: DictionaryObject.self)
        for number in 0..<dictionary.pointee.used {
          mark(dictionary.pointee.entries[number].key)
          mark(dictionary.pointee.entries[number].value)
        }
      case Tag.closure:
        let closure = object.assumingMemoryBound(to: ClosureObject.self)
        mark(closure.captures, Int(closure.pointee.captureCount))
        let number = Int(closure.pointee.prototype)
        if usedPrototypes[number] { break }
        for sibling in prototype(number)?.unit.numbers ?? [] {
          usedPrototypes[sibling] = true
          if let loaded = prototype(sibling) { mark(loaded.constants, loaded.constantCount) }
        }
      case Tag.box: mark(object.assumingMemoryBound(to: BoxObject.self).pointee.value)
      case Tag.boundMethod:
        let method = object.assumingMemoryBound(to: BoundMethodObject.self)
        mark(method.pointee.receiver)
        mark(method.pointee.function)
      case Tag.error:
        let error = object.assumingMemoryBound(to: ErrorObject.self)
        mark(error.pointee.kind)
        mark(error.pointee.message)
        mark(error.pointee.fields)
      case Tag.instance:
        let instance = object.assumingMemoryBound(to: InstanceObject.self)
        mark(instance.fields, instance.pointee.fieldCount)
      case Tag.deferred:
        let deferred = object.assumingMemoryBound(to: DeferredObject.self)
        mark(deferred.pointee.value)
        mark(deferred.pointee.first)
        mark(deferred.pointee.origin)
        mark(deferred.pointee.creator)
      case Tag.reaction:
        let reaction = object.assumingMemoryBound(to: ReactionObject.self)
        mark(reaction.pointee.next)
        mark(reaction.pointee.source)
        mark(reaction.pointee.target)
        mark(reaction.pointee.function)
      case Tag.fiber:
        let fiber = object.assumingMemoryBound(to: FiberObject.self)
        mark(fiber.pointee.next)
        mark(fiber.pointee.source)
        mark(fiber.pointee.result)
        markStack(fiber)
      default: break
      }
    }
  }

  /// Marks a fiber's frames and clears what lies above them: left-overs of calls that returned.
  private func markStack(_ fiber: UnsafeMutablePointer<FiberObject>) {
    if fiber.has(FiberObject.hasFinished) { return }
    let callee = fiber.pointee.registers[-2]
    let width = callee.tag == Tag.closure ? Int(callee.closure.pointee.registerCount) : 1
    let top = min(fiber.pointee.registers + width, fiber.pointee.limit)
    mark(fiber.pointee.stack, top - fiber.pointee.stack)
    top.update(repeating: .nil, count: fiber.pointee.limit - top)
  }

  // MARK: Sweep

  func sweep() {
    let state = heap.state
    state.pointee.live = 0
    heap.forgetFreeCells()
    var emptyBlocks = 0
    state.pointee.blocks.removeAll { block in
      let free = heap.freeCells(of: block)
      if sweep(block) > 0 { return false }
      emptyBlocks += 1
      if emptyBlocks <= Collector.emptyBlocksKept { return false }
      // Memory goes back, so that objects of another size can have it.
      heap.setFreeCells(of: block, to: free)
      block.base.deallocate()
      return true
    }
    var kept: [LargeObject] = []
    for large in state.pointee.large {
      let header = large.object.assumingMemoryBound(to: Header.self)
      if header.pointee.mark != 0 {
        header.pointee.mark = 0
        state.pointee.live += large.size + Collector.held(by: large.object)
        kept.append(large)
      } else {
        heap.finalize(large.object, kind: UInt(header.pointee.kind), payloads: payloads)
        if state.pointee.collectsAlways { memset(large.object, 0xDB, large.size) }
        large.object.deallocate()
      }
    }
    state.pointee.large = kept
    state.pointee.debt = 0
    state.pointee.collections += 1
    if !state.pointee.collectsAlways {
      // Twice what is alive, but never far past the memory limit, nor so near it that collecting is all that is done.
      let limit = state.pointee.limits.memory
      state.pointee.threshold = max(
        HeapState.smallestThreshold, limit / 16, min(state.pointee.live, limit - state.pointee.live))
    }
  }

  /// Blocks without a live object that are kept for what comes next.
  private static let emptyBlocksKept = 64

  /// Frees what is not marked; gives how many objects are alive.
  private func sweep(_ block: HeapBlock) -> Int {
    var alive = 0
    let steps = block.cell >> 4
    var object = block.base
    for _ in 0..<block.count {
      let header = object.assumingMemoryBound(to: Header.self)
      if header.pointee.mark != 0 {
        header.pointee.mark = 0
        alive &+= 1
        heap.state.pointee.live &+= block.cell &+ Collector.held(by: object)
      } else {
        let kind = header.pointee.kind
        if kind > UInt8(Tag.bytes) { heap.finalize(object, kind: UInt(kind), payloads: payloads) }
        heap.pushFree(object, steps)
      }
      object += block.cell
    }
    return alive
  }

  /// Bytes of the buffers that an object hangs on to.
  private static func held(by object: RawPointer) -> Int {
    switch UInt(object.load(as: UInt8.self)) {
    case Tag.array:
      (object.assumingMemoryBound(to: ArrayObject.self).pointee.capacity
        + object.assumingMemoryBound(to: ArrayObject.self).pointee.skipped) * 16
    case Tag.dictionary: object.assumingMemoryBound(to: DictionaryObject.self).pointee.capacity * 48
    case Tag.fiber:
      object.assumingMemoryBound(to: FiberObject.self).has(FiberObject.hasFinished)
        ? 0
        : (object.assumingMemoryBound(to: FiberObject.self).pointee.limit
          - object.assumingMemoryBound(to: FiberObject.self).pointee.stack) * 16
    case Tag.error: Int(object.assumingMemoryBound(to: Header.self).pointee.aux)
    case Tag.instance: object.assumingMemoryBound(to: InstanceObject.self).pointee.payloadBytes
    default: 0
    }
  }
}
