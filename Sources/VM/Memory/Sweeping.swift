import Glibc

// Sweeping, a part at a time: at safe points, and where an allocation finds no free cell.

extension Heap {
  /// Begins to free what is not marked. Nothing is allocated in a block that has not been swept, so a block holds only
  /// what was there when marking ended.
  func beginSweeping() {
    let state = state
    forgetChangesOfDead()
    state.pointee.beginSweeping()
    state.pointee.survived = 0
    state.pointee.debtBeforeSweeping = state.pointee.debt
    state.pointee.emptyBlocks = 0
    forgetFreeCells()
    var cells = 0
    for block in state.pointee.blocks {
      state.pointee.unswept[block.cell >> 4].append(block)
      cells += block.count
    }
    state.pointee.planSweeping(cells: cells)
    state.pointee.blocks.removeAll(keepingCapacity: true)
    state.pointee.largeRead = 0
    state.pointee.largeWrite = 0
    state.pointee.largeEnd = state.pointee.large.count
  }

  /// Goes on for so much effort, or a block more; true when nothing is left.
  func sweep(effort: Int) -> Bool {
    let end = effort == .max ? .max : state.pointee.effort + effort
    while state.pointee.effort < end {
      if sweepLargeObject() { continue }
      guard let steps = state.pointee.unswept.lastIndex(where: { !$0.isEmpty }) else { return true }
      sweepBlock(steps)
    }
    return false
  }

  /// Free cells for an allocation, from a few blocks at most.
  func sweepForCells(_ steps: Int) {
    for _ in 0..<2 where free[steps] == nil {
      if state.pointee.unswept[steps].isEmpty { return }
      sweepBlock(steps, isNeeded: true)
    }
  }

  /// Frees what is not marked in a block with cells of a size; there must be one.
  private func sweepBlock(_ steps: Int, isNeeded: Bool = false) {
    let block = state.pointee.unswept[steps].removeLast()
    let before = free[steps]
    if sweep(block) == 0, !isNeeded {
      state.pointee.emptyBlocks += 1
      if state.pointee.emptyBlocks > Heap.emptyBlocksKept {
        // Memory goes back, so that objects of another size can have it.
        free[steps] = before
        return block.base.deallocate()
      }
    }
    state.pointee.blocks.append(block)
  }

  /// Blocks without a live object that are kept for what comes next.
  private static let emptyBlocksKept = 64

  /// Frees what is not marked; gives how many objects are alive.
  private func sweep(_ block: HeapBlock) -> Int {
    let color = state.pointee.color
    var alive = 0
    var held = 0
    let steps = block.cell >> 4
    var object = block.base
    for _ in 0..<block.count {
      let header = object.assumingMemoryBound(to: Header.self)
      if header.pointee.mark == color {
        alive &+= 1
        held &+= Heap.held(by: object)
      } else {
        let kind = header.pointee.kind
        if kind > UInt8(Tag.bytes) { finalizeSwept(object, UInt(kind)) }
        pushFree(object, steps)
      }
      object += block.cell
    }
    state.pointee.survived &+= alive &* block.cell &+ held
    state.pointee.effort &+= block.count
    return alive
  }

  /// The next object that has memory of its own; false where none is left.
  private func sweepLargeObject() -> Bool {
    let state = state
    let number = state.pointee.largeRead
    guard number < state.pointee.largeEnd else { return false }
    let large = state.pointee.large[number]
    state.pointee.largeRead = number + 1
    state.pointee.effort &+= Heap.effortOfObject
    if isMarked(large.object.assumingMemoryBound(to: Header.self)) {
      state.pointee.survived += large.size + Heap.held(by: large.object)
      state.pointee.large[state.pointee.largeWrite] = large
      state.pointee.largeWrite += 1
    } else {
      finalizeSwept(large.object, UInt(large.object.load(as: UInt8.self)))
      if state.pointee.isStressed { memset(large.object, 0xDB, large.size) }
      large.object.deallocate()
      state.pointee.effort &+= large.size >> 9
    }
    if state.pointee.largeRead == state.pointee.largeEnd { closeLargeGap() }
    return true
  }

  /// Closes the gap between the large objects that were kept and those that have not been looked at.
  func closeLargeGap() {
    guard state.pointee.largeWrite < state.pointee.largeRead else { return }
    state.pointee.large.removeSubrange(state.pointee.largeWrite..<state.pointee.largeRead)
    state.pointee.largeEnd -= state.pointee.largeRead - state.pointee.largeWrite
    state.pointee.largeRead = state.pointee.largeWrite
  }

  private func finalizeSwept(_ object: RawPointer, _ kind: UInt) {
    state.pointee.effort &+= 8 + Heap.held(by: object) >> 9
    finalize(object, kind: kind)
  }

  /// Objects of a kind, but for those that are dead and not swept yet, as long as `body` says that more are wanted; those
  /// of the blocks that were allocated from last come first. The body may allocate.
  ///
  /// - Parameter size: of each of them: only blocks with cells of that size are looked through.
  func objects(of kind: UInt, size: Int, while body: (RawPointer) -> Bool) {
    // A block that is being looked at must not go.
    state.pointee.keepsBlocks += 1
    defer { state.pointee.keepsBlocks -= 1 }
    // While it marks nothing is known to be dead.
    func isAlive(_ object: RawPointer) -> Bool {
      object.load(as: UInt8.self) == UInt8(kind)
        && (state.pointee.isMarking || isMarked(object.assumingMemoryBound(to: Header.self)))
    }
    closeLargeGap()
    for large in state.pointee.large where isAlive(large.object) {
      if !body(large.object) { return }
    }
    let steps = (size + 15) >> 4
    let blocks = state.pointee.unswept[steps] + state.pointee.blocks.filter { $0.cell == steps << 4 }
    for block in blocks.reversed() {
      for number in 0..<block.count where isAlive(block.base + number * block.cell) {
        if !body(block.base + number * block.cell) { return }
      }
    }
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
