import Language

/// Why the loop gave the thread back.
enum RunStatus {
  /// The fiber's value lies in its outermost frame.
  case finished
  /// The machine's `thrown` was caught by nobody.
  case failed
  case suspended
}

extension Machine {
  /// How many backward jumps and calls pass between two looks at the clock and the interruption.
  static let slice = 20_000

  /// Runs a fiber until it ends, fails or waits. Nothing else runs meanwhile.
  ///
  /// Every case that succeeds continues with the next instruction. One that falls out of the switch has
  /// failed: `failure` or `thrown` says how, and a handler takes over or the fiber ends.
  func run(_ fiber: UnsafeMutablePointer<FiberObject>) -> RunStatus {
    let heap = heap
    let globals = globals
    var ip = fiber.pointee.ip
    var R = fiber.pointee.registers
    var budget = Machine.slice
    while true {
      let instruction = ip
      ip += 1
      let A = (RawPointer(R) + Int(instruction.pointee.a)).assumingMemoryBound(to: Value.self)
      @inline(__always) func B() -> ValuePointer {
        (RawPointer(R) + Int(instruction.pointee.b)).assumingMemoryBound(to: Value.self)
      }
      @inline(__always) func C() -> ValuePointer {
        (RawPointer(R) + Int(instruction.pointee.c)).assumingMemoryBound(to: Value.self)
      }
      @inline(__always) func shortB() -> Int { Int(Int16(bitPattern: instruction.pointee.b)) }
      @inline(__always) func shortC() -> Int { Int(Int16(bitPattern: instruction.pointee.c)) }
      @inline(__always) func wide() -> Int { instruction.pointee.wide }
      @inline(__always) func constantC() -> ValuePointer {
        ValuePointer(
          bitPattern: (UInt(bitPattern: instruction) & ~15) &+ UInt(instruction.pointee.c) << 4
        ).unsafelyUnwrapped
      }

      switch instruction.pointee.opcode {
      case .halt:
        fiber.pointee.ip = ip
        fiber.pointee.registers = R
        return .finished

      // MARK: Values
      case .move:
        A.pointee = B().pointee
        continue
      case .loadConstant:
        A.pointee = (RawPointer(instruction) + wide()).assumingMemoryBound(to: Value.self).pointee
        continue
      case .loadInteger:
        A.pointee = .int(wide())
        continue
      case .loadNil:
        A.pointee = .nil
        continue
      case .loadBool:
        A.pointee = .bool(instruction.pointee.b != 0)
        continue

      // MARK: Names
      case .getGlobal:
        let value = globals[wide()]
        if value.tag != Tag.unset {
          A.pointee = value
          continue
        }
        failUndefined(wide())
      case .setGlobal:
        if globalKinds[wide()] == GlobalKind.var.rawValue, globals[wide()].tag != Tag.unset {
          heap.store(A.pointee, at: globals + wide())
          continue
        }
        failAssignment(wide())
      case .defineGlobal:
        defineGlobal(wide(), A.pointee, kind: instruction.pointee.k, owner: fiber.pointee.owner)
        continue
      case .getCapture:
        A.pointee = R[-2].closure.captures[Int(instruction.pointee.b)]
        continue
      case .getBoxedCapture:
        A.pointee = R[-2].closure.captures[Int(instruction.pointee.b)].box.pointee.value
        continue
      case .setBoxedCapture:
        let box = R[-2].closure.captures[Int(instruction.pointee.a)].box
        box.pointee.value = B().pointee
        continue
      case .newBox:
        A.pointee = makeBox(A.pointee)
        continue
      case .getBox:
        A.pointee = B().pointee.box.pointee.value
        continue
      case .setBox:
        A.pointee.box.pointee.value = B().pointee
        continue

      // MARK: Arithmetic
      case .add:
        let b = B()
        let c = C()
        if b.pointee.isInt && c.pointee.isInt {
          let (sum, overflow) = b.pointee.int.addingReportingOverflow(c.pointee.int)
          if !overflow {
            A.pointee = .int(sum)
            continue
          }
        } else if b.pointee.isDouble && c.pointee.isDouble {
          A.pointee = .double(b.pointee.double + c.pointee.double)
          continue
        }
        if arithmetic(.add, b.pointee, c.pointee, into: A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .subtract:
        let b = B()
        let c = C()
        if b.pointee.isInt && c.pointee.isInt {
          let (difference, overflow) = b.pointee.int.subtractingReportingOverflow(c.pointee.int)
          if !overflow {
            A.pointee = .int(difference)
            continue
          }
        } else if b.pointee.isDouble && c.pointee.isDouble {
          A.pointee = .double(b.pointee.double - c.pointee.double)
          continue
        }
        if arithmetic(.subtract, b.pointee, c.pointee, into: A) { continue }
      case .multiply:
        let b = B()
        let c = C()
        if b.pointee.isInt && c.pointee.isInt {
          let (product, overflow) = b.pointee.int.multipliedReportingOverflow(by: c.pointee.int)
          if !overflow {
            A.pointee = .int(product)
            continue
          }
        } else if b.pointee.isDouble && c.pointee.isDouble {
          A.pointee = .double(b.pointee.double * c.pointee.double)
          continue
        }
        if arithmetic(.multiply, b.pointee, c.pointee, into: A) { continue }
      case .divide:
        let b = B()
        let c = C()
        if b.pointee.isDouble && c.pointee.isDouble {
          A.pointee = .double(b.pointee.double / c.pointee.double)
          continue
        }
        if arithmetic(.divide, b.pointee, c.pointee, into: A) { continue }
      case .remainder:
        let b = B()
        let c = C()
        if b.pointee.isInt && c.pointee.isInt && c.pointee.int > 0 {
          A.pointee = .int(b.pointee.int % c.pointee.int)
          continue
        }
        if arithmetic(.remainder, b.pointee, c.pointee, into: A) { continue }
      case .addInteger:
        let b = B()
        if b.pointee.isInt {
          let (sum, overflow) = b.pointee.int.addingReportingOverflow(shortC())
          if !overflow {
            A.pointee = .int(sum)
            continue
          }
        }
        // k says that the text has a subtraction here.
        let isSubtraction = instruction.pointee.k != 0
        let operand = isSubtraction ? -shortC() : shortC()
        if arithmetic(isSubtraction ? .subtract : .add, b.pointee, .int(operand), into: A) { continue }
      case .multiplyInteger:
        let b = B()
        if b.pointee.isInt {
          let (product, overflow) = b.pointee.int.multipliedReportingOverflow(by: shortC())
          if !overflow {
            A.pointee = .int(product)
            continue
          }
        }
        if arithmetic(.multiply, b.pointee, .int(shortC()), into: A) { continue }
      case .remainderInteger:
        let b = B()
        if b.pointee.isInt {
          let value = b.pointee.int
          if UInt(bitPattern: value) >> 32 == 0 {
            // 32-bit division is several times cheaper.
            A.pointee = .int(
              Int(UInt32(truncatingIfNeeded: value) % UInt32(truncatingIfNeeded: shortC())))
          } else {
            A.pointee = .int(value % shortC())
          }
          continue
        }
        if arithmetic(.remainder, b.pointee, .int(shortC()), into: A) { continue }
      case .addConstant:
        let b = B()
        if b.pointee.isDouble {
          A.pointee = .double(b.pointee.double + constantC().pointee.double)
          continue
        }
        if arithmetic(.add, b.pointee, constantC().pointee, into: A) { continue }
      case .subtractConstant:
        let b = B()
        if b.pointee.isDouble {
          A.pointee = .double(b.pointee.double - constantC().pointee.double)
          continue
        }
        if arithmetic(.subtract, b.pointee, constantC().pointee, into: A) { continue }
      case .multiplyConstant:
        let b = B()
        if b.pointee.isDouble {
          A.pointee = .double(b.pointee.double * constantC().pointee.double)
          continue
        }
        if arithmetic(.multiply, b.pointee, constantC().pointee, into: A) { continue }
      case .divideConstant:
        let b = B()
        if b.pointee.isDouble {
          A.pointee = .double(b.pointee.double / constantC().pointee.double)
          continue
        }
        if arithmetic(.divide, b.pointee, constantC().pointee, into: A) { continue }
      case .negate: if negate(B().pointee, into: A) { continue }
      case .not:
        let b = B()
        if b.pointee.isBool {
          A.pointee = .bool(!b.pointee.bool)
          continue
        }
        failCondition(b.pointee, "!")
      case .less:
        let b = B()
        let c = C()
        if b.pointee.isInt && c.pointee.isInt {
          A.pointee = .bool(b.pointee.int < c.pointee.int)
          continue
        }
        if let order = isLess(b.pointee, c.pointee, orEqual: false, swapped: instruction.pointee.k != 0) {
          A.pointee = .bool(order)
          continue
        }
      case .lessOrEqual:
        let b = B()
        let c = C()
        if b.pointee.isInt && c.pointee.isInt {
          A.pointee = .bool(b.pointee.int <= c.pointee.int)
          continue
        }
        if let order = isLess(b.pointee, c.pointee, orEqual: true, swapped: instruction.pointee.k != 0) {
          A.pointee = .bool(order)
          continue
        }
      case .equal:
        if let isEqual = areEqual(B().pointee, C().pointee) {
          A.pointee = .bool(isEqual)
          continue
        }
      case .notEqual:
        if let isEqual = areEqual(B().pointee, C().pointee) {
          A.pointee = .bool(!isEqual)
          continue
        }

      // MARK: Jumps
      case .jump:
        ip += wide()
        continue
      case .loop:
        ip += wide()
        budget &-= 1
        if budget >= 0 || refill(fiber, &budget) { continue }
      case .jumpIfTrue:
        if A.pointee.isBool {
          if !A.pointee.bool { continue }
          ip += shortC()
          budget &-= 1
          if budget >= 0 || refill(fiber, &budget) { continue }
        } else {
          failCondition(A.pointee, "a condition")
        }
      case .jumpIfFalse:
        if A.pointee.isBool {
          if !A.pointee.bool { ip += shortC() }
          continue
        }
        failCondition(A.pointee, "a condition")
      case .jumpIfNil:
        if A.pointee.isNil { ip += shortC() }
        continue
      case .jumpIfNotNil:
        if !A.pointee.isNil { ip += shortC() }
        continue
      case .jumpIfPresent:
        if A.pointee.tag != Tag.missing { ip += shortC() }
        continue
      case .jumpIfLess:
        let b = B()
        guard
          let isTrue = A.pointee.isInt && b.pointee.isInt
            ? A.pointee.int < b.pointee.int : isLess(A.pointee, b.pointee, orEqual: false, swapped: false)
        else { break }
        if !isTrue { continue }
        ip += shortC()
        budget &-= 1
        if budget >= 0 || refill(fiber, &budget) { continue }
      case .jumpUnlessLess:
        let b = B()
        guard
          let isTrue = A.pointee.isInt && b.pointee.isInt
            ? A.pointee.int < b.pointee.int : isLess(A.pointee, b.pointee, orEqual: false, swapped: false)
        else { break }
        if !isTrue { ip += shortC() }
        continue
      case .jumpIfLessOrEqual:
        let b = B()
        guard
          let isTrue = A.pointee.isInt && b.pointee.isInt
            ? A.pointee.int <= b.pointee.int : isLess(A.pointee, b.pointee, orEqual: true, swapped: false)
        else { break }
        if !isTrue { continue }
        ip += shortC()
        budget &-= 1
        if budget >= 0 || refill(fiber, &budget) { continue }
      case .jumpUnlessLessOrEqual:
        let b = B()
        guard
          let isTrue = A.pointee.isInt && b.pointee.isInt
            ? A.pointee.int <= b.pointee.int : isLess(A.pointee, b.pointee, orEqual: true, swapped: false)
        else { break }
        if !isTrue { ip += shortC() }
        continue
      case .jumpIfEqual:
        guard let isEqual = areEqual(A.pointee, B().pointee) else { break }
        if !isEqual { continue }
        ip += shortC()
        budget &-= 1
        if budget >= 0 || refill(fiber, &budget) { continue }
      case .jumpUnlessEqual:
        guard let isEqual = areEqual(A.pointee, B().pointee) else { break }
        if !isEqual {
          ip += shortC()
          budget &-= 1
          if budget < 0, !refill(fiber, &budget) { break }
        }
        continue
      case .jumpIfEqualInteger:
        guard
          let isEqual = A.pointee.isInt
            ? A.pointee.int == shortB() : areEqual(A.pointee, .int(shortB()))
        else { break }
        if !isEqual { continue }
        ip += shortC()
        budget &-= 1
        if budget >= 0 || refill(fiber, &budget) { continue }
      case .jumpUnlessEqualInteger:
        guard
          let isEqual = A.pointee.isInt
            ? A.pointee.int == shortB() : areEqual(A.pointee, .int(shortB()))
        else { break }
        if !isEqual {
          ip += shortC()
          budget &-= 1
          if budget < 0, !refill(fiber, &budget) { break }
        }
        continue
      case .jumpIfLessInteger:
        guard
          let isTrue = A.pointee.isInt
            ? A.pointee.int < shortB() : isLess(A.pointee, .int(shortB()), orEqual: false, swapped: false)
        else { break }
        if !isTrue { continue }
        ip += shortC()
        budget &-= 1
        if budget >= 0 || refill(fiber, &budget) { continue }
      case .jumpUnlessLessInteger:
        guard
          let isTrue = A.pointee.isInt
            ? A.pointee.int < shortB() : isLess(A.pointee, .int(shortB()), orEqual: false, swapped: false)
        else { break }
        if !isTrue { ip += shortC() }
        continue

      // MARK: Loops
      case .rangePrepare:
        if let count = rangeCount(A.pointee, A[1], isClosed: instruction.pointee.k != 0) {
          if count == 0 {
            ip += shortC()
          } else {
            A[1] = .int(count &- 1)
            B().pointee = A.pointee
          }
          continue
        }
      case .rangeLoop:
        if A[1].int <= 0 { continue }
        A[1] = .int(A[1].int &- 1)
        A.pointee = .int(A.pointee.int &+ 1)
        B().pointee = A.pointee
        ip += shortC()
        budget &-= 1
        if budget >= 0 || refill(fiber, &budget) { continue }
      case .eachPrepare:
        if prepareEach(A, isPair: instruction.pointee.k != 0) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .each:
        let place = A[1].int
        let array = A.pointee.array
        if instruction.pointee.k == 0 {
          if place >= array.pointee.count { continue }
          A[2] = array.pointee.elements[place]
          A[1] = .int(place &+ 1)
        } else {
          if place &+ 1 >= array.pointee.count { continue }
          A[2] = array.pointee.elements[place]
          A[3] = array.pointee.elements[place &+ 1]
          A[1] = .int(place &+ 2)
        }
        ip += shortC()
        budget &-= 1
        if budget >= 0 || refill(fiber, &budget) { continue }

      // MARK: Calls
      case .call:
        let count = Int(instruction.pointee.b)
        if A.pointee.tag == Tag.closure, instruction.pointee.k == 0,
          A.pointee.closure.pointee.parameterCount == Int32(truncatingIfNeeded: count)
        {
          let closure = A.pointee.closure
          A[1] = Value(tag: Tag.frame, bits: UInt(bitPattern: ip))
          R = A + 2
          ip = closure.pointee.entry
          if R + Int(closure.pointee.registerCount) > fiber.pointee.limit {
            guard let moved = growStack(fiber, R, Int(closure.pointee.registerCount)) else { break }
            R = moved
          }
          budget &-= 1
          if budget >= 0 || refill(fiber, &budget) { continue }
        } else if A.pointee.tag == Tag.native, instruction.pointee.k == 0 {
          if callNative(A.pointee, A + 2, count, nil, fiber.pointee.owner, into: A) {
            if !heap.isDue || collect(fiber, ip, R) { continue }
          }
        } else {
          fiber.pointee.ip = ip
          fiber.pointee.registers = R
          if callSlowly(fiber, A, count, hasLabels: instruction.pointee.k != 0) {
            ip = fiber.pointee.ip
            R = fiber.pointee.registers
            if heap.isDue, !collect(fiber, ip, R) { break }
            budget &-= 1
            if budget >= 0 || refill(fiber, &budget) { continue }
          }
        }
      case .invoke:
        let count = Int(instruction.pointee.b) &+ 1
        let function = method(A[2].tag, Int(instruction.pointee.c))
        if function.tag == Tag.native, instruction.pointee.k == 0 {
          if callNative(function, A + 2, count, nil, fiber.pointee.owner, into: A) {
            if !heap.isDue || collect(fiber, ip, R) { continue }
          }
        } else if function.tag == Tag.closure, instruction.pointee.k == 0,
          function.closure.pointee.parameterCount == Int32(truncatingIfNeeded: count)
        {
          let closure = function.closure
          A.pointee = function
          A[1] = Value(tag: Tag.frame, bits: UInt(bitPattern: ip))
          R = A + 2
          ip = closure.pointee.entry
          if R + Int(closure.pointee.registerCount) > fiber.pointee.limit {
            guard let moved = growStack(fiber, R, Int(closure.pointee.registerCount)) else { break }
            R = moved
          }
          budget &-= 1
          if budget >= 0 || refill(fiber, &budget) { continue }
        } else {
          fiber.pointee.ip = ip
          fiber.pointee.registers = R
          if invokeSlowly(
            fiber, A, count, member: Int(instruction.pointee.c), hasLabels: instruction.pointee.k != 0)
          {
            ip = fiber.pointee.ip
            R = fiber.pointee.registers
            if heap.isDue, !collect(fiber, ip, R) { break }
            budget &-= 1
            if budget >= 0 || refill(fiber, &budget) { continue }
          }
        }
      case .labels: continue
      case .returnValue:
        let frame = R - 2
        ip = UnsafeMutablePointer<Instruction>(bitPattern: frame[1].bits).unsafelyUnwrapped
        frame.pointee = A.pointee
        R = (RawPointer(frame) - Int((ip - 1).pointee.a)).assumingMemoryBound(to: Value.self)
        continue
      case .returnNil:
        let frame = R - 2
        ip = UnsafeMutablePointer<Instruction>(bitPattern: frame[1].bits).unsafelyUnwrapped
        frame.pointee = .nil
        R = (RawPointer(frame) - Int((ip - 1).pointee.a)).assumingMemoryBound(to: Value.self)
        continue

      // MARK: Objects
      case .closure:
        A.pointee = makeClosure(wide(), registers: R)
        if !heap.isDue || collect(fiber, ip, R) { continue }
      case .array:
        if makeArray(B(), Int(instruction.pointee.c), into: A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .appendAll:
        if appendAll(B(), Int(instruction.pointee.c), to: A.pointee) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .dictionary:
        if makeDictionary(B(), Int(instruction.pointee.c), into: A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .range:
        if makeRange(B().pointee, C().pointee, isClosed: instruction.pointee.k != 0, into: A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .concatenate:
        if concatenate(B(), Int(instruction.pointee.c), tag: Tag.string, into: A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .concatenateHTML:
        if concatenate(B(), Int(instruction.pointee.c), tag: Tag.html, into: A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .escapeHTML:
        if escapeHTML(A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .getMember:
        if getMember(
          B().pointee, Int(instruction.pointee.c), isLenient: instruction.pointee.k != 0, into: A)
        {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .setMember:
        if setMember(A.pointee, Int(instruction.pointee.c), B().pointee) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .index:
        let b = B()
        let c = C()
        if b.pointee.tag == Tag.array && c.pointee.isInt {
          let array = b.pointee.array
          if UInt(bitPattern: c.pointee.int) < UInt(bitPattern: array.pointee.count) {
            A.pointee = array.pointee.elements[c.pointee.int]
            continue
          }
        }
        if getIndex(b.pointee, c.pointee, into: A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .setIndex:
        let b = B()
        let c = C()
        if A.pointee.tag == Tag.array && b.pointee.isInt {
          let array = A.pointee.array
          if UInt(bitPattern: b.pointee.int) < UInt(bitPattern: array.pointee.count) {
            heap.store(c.pointee, at: array.pointee.elements + b.pointee.int)
            continue
          }
        }
        if setIndex(A.pointee, b.pointee, c.pointee) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }

      // MARK: Waiting and failing
      case .await:
        let b = B()
        if b.pointee.tag != Tag.deferred {
          A.pointee = b.pointee
          continue
        }
        let deferred = b.pointee.deferred
        if deferred.state == DeferredObject.resolved {
          A.pointee = deferred.pointee.value
          continue
        }
        // It is tried again when the fiber is woken.
        fiber.pointee.ip = deferred.isPending ? instruction : ip
        fiber.pointee.registers = R
        if park(fiber, on: deferred) { return .suspended }
      case .awaitUnlessMember:
        if A.pointee.tag != Tag.deferred || hasMember(A.pointee, Int(instruction.pointee.c)) { continue }
        let deferred = A.pointee.deferred
        if deferred.state == DeferredObject.resolved {
          A.pointee = deferred.pointee.value
          continue
        }
        fiber.pointee.ip = deferred.isPending ? instruction : ip
        fiber.pointee.registers = R
        if park(fiber, on: deferred) { return .suspended }
      case .async:
        if startAsync(B().pointee, from: fiber, into: A) {
          if !heap.isDue || collect(fiber, ip, R) { continue }
        }
      case .throw: prepareThrow(A.pointee)
      case .rethrow: thrown = A.pointee
      case .declare:
        if declare(A.pointee, constant: wide(), fiber, R) { continue }
      }

      // Only a failure gets here.
      fiber.pointee.ip = ip
      fiber.pointee.registers = R
      let isRethrown = instruction.pointee.opcode == .rethrow
      guard unwind(fiber, isRethrown: isRethrown) else { return .failed }
      ip = fiber.pointee.ip
      R = fiber.pointee.registers
      // An error is an object too: a loop that only fails must not outgrow the heap.
      if heap.isDue { _ = collect(fiber, ip, R) }
      failure = nil
    }
  }

  /// A safe point: everything that is live lies in registers. False with `failure` set where what is alive
  /// passes the memory limit.
  @inline(never) private func collect(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ ip: UnsafeMutablePointer<Instruction>, _ R: ValuePointer
  ) -> Bool {
    fiber.pointee.ip = ip
    fiber.pointee.registers = R
    collect()
    if heap.state.pointee.live <= limits.memory { return true }
    failure = .memory(limit: limits.memory)
    return false
  }

  /// More values for a frame than the stack has room for: it moves to a larger one. Nil where that would
  /// pass the limit, with `failure` set.
  @inline(never) func growStack(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ registers: ValuePointer, _ count: Int
  ) -> ValuePointer? {
    let old = fiber.pointee.stack
    let oldSize = fiber.pointee.limit - old
    let used = registers - old
    guard used + count <= limits.stackValues else {
      failure = Failure(
        .limit, "calls are nested too deeply",
        help: "does a function call itself without an end?")
      return nil
    }
    let (new, size) = heap.allocateStack(max(oldSize * 2, used + count))
    new.update(from: old, count: min(oldSize, used + count))
    heap.freeStack(old, oldSize)
    fiber.pointee.stack = new
    fiber.pointee.limit = new + size
    return new + used
  }

  /// The budget of a slice is used up: looks at the clock and at the interruption. False when the fiber
  /// must stop, with `failure` set.
  @inline(never) private func refill(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ budget: inout Int
  ) -> Bool {
    budget = Machine.slice
    return mayGoOn(fiber)
  }
}
