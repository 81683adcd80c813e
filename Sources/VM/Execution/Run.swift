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
  /// How many pass before the first, where something may be waiting for a turn that was to be short.
  private static let firstSlice = 5_000

  /// Runs a fiber until it ends, fails or waits. Nothing else runs meanwhile.
  ///
  /// Every case that succeeds continues with the next instruction. One that falls out of the switch has
  /// failed: `failure` or `thrown` says how, and a handler takes over or the fiber ends.
  func run(_ fiber: UnsafeMutablePointer<FiberObject>) -> RunStatus {
    let heap = heap
    let globals = globals
    var ip = fiber.pointee.ip
    var registers = fiber.pointee.registers
    var budget = Machine.firstSlice
    while true {
      let instruction = ip
      ip += 1
      let a = (RawPointer(registers) + Int(instruction.pointee.a)).assumingMemoryBound(to: Value.self)
      @inline(__always) func registerB() -> ValuePointer {
        (RawPointer(registers) + Int(instruction.pointee.b)).assumingMemoryBound(to: Value.self)
      }
      @inline(__always) func registerC() -> ValuePointer {
        (RawPointer(registers) + Int(instruction.pointee.c)).assumingMemoryBound(to: Value.self)
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
        fiber.pointee.registers = registers
        return .finished

      // MARK: Values
      case .move:
        a.copy(registerB())
        continue
      case .loadConstant:
        a.pointee = (RawPointer(instruction) + wide()).assumingMemoryBound(to: Value.self).pointee
        continue
      case .loadInteger:
        a.pointee = .int(wide())
        continue
      case .loadNil:
        a.pointee = .nil
        continue
      case .loadBool:
        a.pointee = .bool(instruction.pointee.b != 0)
        continue

      // MARK: Names
      case .getGlobal:
        let value = globals[wide()]
        if value.tag != Tag.unset {
          a.pointee = value
          continue
        }
        failUndefined(wide())
      case .setGlobal:
        let tag = globals[wide()].tag
        if globalKinds[wide()] == GlobalKind.var.rawValue, tag != Tag.unset {
          if tag >= Tag.deferred { noteLoss(ofGlobal: wide(), tag) }
          heap.initialize(globals + wide(), to: a.pointee)
          continue
        }
        if assignSlowly(wide(), a.pointee) { continue }
      case .defineGlobal:
        defineGlobal(wide(), a.pointee, kind: instruction.pointee.k, owner: fiber.pointee.owner)
        continue
      case .getCapture:
        a.pointee = registers[-2].closure.captures[Int(instruction.pointee.b)]
        continue
      case .getBoxedCapture:
        a.pointee = registers[-2].closure.captures[Int(instruction.pointee.b)].box.pointee.value
        continue
      case .setBoxedCapture:
        let box = registers[-2].closure.captures[Int(instruction.pointee.a)].box
        heap.store(registerB().pointee, at: box.value, in: box)
        continue
      case .newBox:
        a.pointee = makeBox(a.pointee)
        if !heap.isDue || collect(fiber, ip, registers) { continue }
      case .getBox:
        a.pointee = registerB().pointee.box.pointee.value
        continue
      case .setBox:
        let box = a.pointee.box
        heap.store(registerB().pointee, at: box.value, in: box)
        continue

      // MARK: Arithmetic
      case .add:
        let b = registerB()
        let c = registerC()
        if b.pointee.isInt && c.pointee.isInt {
          let (sum, overflow) = b.pointee.int.addingReportingOverflow(c.pointee.int)
          if !overflow {
            a.pointee = .int(sum)
            continue
          }
        } else if b.pointee.isDouble && c.pointee.isDouble {
          a.pointee = .double(b.pointee.double + c.pointee.double)
          continue
        }
        if arithmetic(.add, b.pointee, c.pointee, into: a) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .subtract:
        let b = registerB()
        let c = registerC()
        if b.pointee.isInt && c.pointee.isInt {
          let (difference, overflow) = b.pointee.int.subtractingReportingOverflow(c.pointee.int)
          if !overflow {
            a.pointee = .int(difference)
            continue
          }
        } else if b.pointee.isDouble && c.pointee.isDouble {
          a.pointee = .double(b.pointee.double - c.pointee.double)
          continue
        }
        if arithmetic(.subtract, b.pointee, c.pointee, into: a) { continue }
      case .multiply:
        let b = registerB()
        let c = registerC()
        if b.pointee.isInt && c.pointee.isInt {
          let (product, overflow) = b.pointee.int.multipliedReportingOverflow(by: c.pointee.int)
          if !overflow {
            a.pointee = .int(product)
            continue
          }
        } else if b.pointee.isDouble && c.pointee.isDouble {
          a.pointee = .double(b.pointee.double * c.pointee.double)
          continue
        }
        if arithmetic(.multiply, b.pointee, c.pointee, into: a) { continue }
      case .divide:
        let b = registerB()
        let c = registerC()
        if b.pointee.isDouble && c.pointee.isDouble {
          a.pointee = .double(b.pointee.double / c.pointee.double)
          continue
        }
        if arithmetic(.divide, b.pointee, c.pointee, into: a) { continue }
      case .remainder:
        let b = registerB()
        let c = registerC()
        if b.pointee.isInt && c.pointee.isInt && c.pointee.int > 0 {
          a.pointee = .int(b.pointee.int % c.pointee.int)
          continue
        }
        if arithmetic(.remainder, b.pointee, c.pointee, into: a) { continue }
      case .addInteger:
        let b = registerB()
        if b.pointee.isInt {
          let (sum, overflow) = b.pointee.int.addingReportingOverflow(shortC())
          if !overflow {
            a.pointee = .int(sum)
            continue
          }
        }
        // k says that the text has a subtraction here.
        let isSubtraction = instruction.pointee.k != 0
        let operand = isSubtraction ? -shortC() : shortC()
        if arithmetic(isSubtraction ? .subtract : .add, b.pointee, .int(operand), into: a) { continue }
      case .multiplyInteger:
        let b = registerB()
        if b.pointee.isInt {
          let (product, overflow) = b.pointee.int.multipliedReportingOverflow(by: shortC())
          if !overflow {
            a.pointee = .int(product)
            continue
          }
        }
        if arithmetic(.multiply, b.pointee, .int(shortC()), into: a) { continue }
      case .remainderInteger:
        let b = registerB()
        if b.pointee.isInt {
          let value = b.pointee.int
          if UInt(bitPattern: value) >> 32 == 0 {
            // 32-bit division is several times cheaper.
            a.pointee = .int(
              Int(UInt32(truncatingIfNeeded: value) % UInt32(truncatingIfNeeded: shortC())))
          } else {
            a.pointee = .int(value % shortC())
          }
          continue
        }
        if arithmetic(.remainder, b.pointee, .int(shortC()), into: a) { continue }
      case .addConstant:
        let b = registerB()
        if b.pointee.isDouble {
          a.pointee = .double(b.pointee.double + constantC().pointee.double)
          continue
        }
        if arithmetic(.add, b.pointee, constantC().pointee, into: a) { continue }
      case .subtractConstant:
        let b = registerB()
        if b.pointee.isDouble {
          a.pointee = .double(b.pointee.double - constantC().pointee.double)
          continue
        }
        if arithmetic(.subtract, b.pointee, constantC().pointee, into: a) { continue }
      case .multiplyConstant:
        let b = registerB()
        if b.pointee.isDouble {
          a.pointee = .double(b.pointee.double * constantC().pointee.double)
          continue
        }
        if arithmetic(.multiply, b.pointee, constantC().pointee, into: a) { continue }
      case .divideConstant:
        let b = registerB()
        if b.pointee.isDouble {
          a.pointee = .double(b.pointee.double / constantC().pointee.double)
          continue
        }
        if arithmetic(.divide, b.pointee, constantC().pointee, into: a) { continue }
      case .negate: if negate(registerB().pointee, into: a) { continue }
      case .not:
        let b = registerB()
        if b.pointee.isBool {
          a.pointee = .bool(!b.pointee.bool)
          continue
        }
        failCondition(b.pointee, "!")
      case .less:
        let b = registerB()
        let c = registerC()
        if b.pointee.isInt && c.pointee.isInt {
          a.pointee = .bool(b.pointee.int < c.pointee.int)
          continue
        }
        if let order = isLess(b.pointee, c.pointee, orEqual: false, swapped: instruction.pointee.k != 0) {
          a.pointee = .bool(order)
          continue
        }
      case .lessOrEqual:
        let b = registerB()
        let c = registerC()
        if b.pointee.isInt && c.pointee.isInt {
          a.pointee = .bool(b.pointee.int <= c.pointee.int)
          continue
        }
        if let order = isLess(b.pointee, c.pointee, orEqual: true, swapped: instruction.pointee.k != 0) {
          a.pointee = .bool(order)
          continue
        }
      case .equal:
        if let isEqual = areEqual(registerB().pointee, registerC().pointee) {
          a.pointee = .bool(isEqual)
          continue
        }
      case .notEqual:
        if let isEqual = areEqual(registerB().pointee, registerC().pointee) {
          a.pointee = .bool(!isEqual)
          continue
        }

      // MARK: Jumps
      case .jump:
        ip += wide()
        continue
      case .loop:
        ip += wide()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpIfTrue:
        if a.pointee.isBool {
          if !a.pointee.bool { continue }
          ip += shortC()
          if budget <= 0, !refill(fiber, &budget) { break }
          budget &-= 1
          continue
        } else {
          failCondition(a.pointee, "a condition")
        }
      case .jumpIfFalse:
        if a.pointee.isBool {
          if a.pointee.bool { continue }
          ip += shortC()
          if budget <= 0, !refill(fiber, &budget) { break }
          budget &-= 1
          continue
        } else {
          failCondition(a.pointee, "a condition")
        }
      case .jumpIfNil:
        if a.pointee.isNil { ip += shortC() }
        continue
      case .jumpIfNotNil:
        if !a.pointee.isNil { ip += shortC() }
        continue
      case .jumpIfPresent:
        if a.pointee.tag != Tag.missing { ip += shortC() }
        continue
      case .jumpIfLess:
        let b = registerB()
        guard
          let isTrue = a.pointee.isInt && b.pointee.isInt
            ? a.pointee.int < b.pointee.int
            : isLess(a.pointee, b.pointee, orEqual: false, swapped: instruction.pointee.k != 0)
        else { break }
        if !isTrue { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpUnlessLess:
        let b = registerB()
        guard
          let isTrue = a.pointee.isInt && b.pointee.isInt
            ? a.pointee.int < b.pointee.int
            : isLess(a.pointee, b.pointee, orEqual: false, swapped: instruction.pointee.k != 0)
        else { break }
        if isTrue { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpIfLessOrEqual:
        let b = registerB()
        guard
          let isTrue = a.pointee.isInt && b.pointee.isInt
            ? a.pointee.int <= b.pointee.int
            : isLess(a.pointee, b.pointee, orEqual: true, swapped: instruction.pointee.k != 0)
        else { break }
        if !isTrue { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpUnlessLessOrEqual:
        let b = registerB()
        guard
          let isTrue = a.pointee.isInt && b.pointee.isInt
            ? a.pointee.int <= b.pointee.int
            : isLess(a.pointee, b.pointee, orEqual: true, swapped: instruction.pointee.k != 0)
        else { break }
        if isTrue { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpIfEqual:
        guard let isEqual = areEqual(a.pointee, registerB().pointee) else { break }
        if !isEqual { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpUnlessEqual:
        guard let isEqual = areEqual(a.pointee, registerB().pointee) else { break }
        if isEqual { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpIfEqualInteger:
        guard
          let isEqual = a.pointee.isInt
            ? a.pointee.int == shortB() : areEqual(a.pointee, .int(shortB()))
        else { break }
        if !isEqual { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpUnlessEqualInteger:
        guard
          let isEqual = a.pointee.isInt
            ? a.pointee.int == shortB() : areEqual(a.pointee, .int(shortB()))
        else { break }
        if isEqual { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpIfLessInteger:
        guard
          let isTrue = a.pointee.isInt
            ? a.pointee.int < shortB() : isLess(a.pointee, .int(shortB()), orEqual: false, swapped: false)
        else { break }
        if !isTrue { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .jumpUnlessLessInteger:
        guard
          let isTrue = a.pointee.isInt
            ? a.pointee.int < shortB() : isLess(a.pointee, .int(shortB()), orEqual: false, swapped: false)
        else { break }
        if isTrue { continue }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue

      // MARK: Loops
      case .rangePrepare:
        if let count = rangeCount(a.pointee, a[1], isClosed: instruction.pointee.k != 0) {
          if count == 0 {
            ip += shortC()
          } else {
            a[1] = .int(count &- 1)
            registerB().pointee = a.pointee
          }
          continue
        }
      case .rangeLoop:
        if a[1].int <= 0 { continue }
        a[1] = .int(a[1].int &- 1)
        a.pointee = .int(a.pointee.int &+ 1)
        registerB().pointee = a.pointee
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue
      case .eachPrepare:
        if prepareEach(a, isPair: instruction.pointee.k != 0) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .each:
        let place = a[1].int
        let array = a.pointee.array
        if a.pointee.tag == Tag.range {
          if !nextOfRange(a) { continue }
        } else if instruction.pointee.k == 0 {
          if place >= array.pointee.count { continue }
          a[2] = array.pointee.elements[place]
          a[1] = .int(place &+ 1)
        } else {
          if place &+ 1 >= array.pointee.count { continue }
          a[2] = array.pointee.elements[place]
          a[3] = array.pointee.elements[place &+ 1]
          a[1] = .int(place &+ 2)
        }
        ip += shortC()
        if budget <= 0, !refill(fiber, &budget) { break }
        budget &-= 1
        continue

      // MARK: Calls
      case .call:
        let count = Int(instruction.pointee.b)
        if a.pointee.tag == Tag.closure, instruction.pointee.k == 0,
          a.pointee.closure.pointee.parameterCount == Int32(truncatingIfNeeded: count)
        {
          let closure = a.pointee.closure
          a[1] = Value(tag: Tag.frame, bits: UInt(bitPattern: ip))
          if a + 2 + Int(closure.pointee.registerCount) > fiber.pointee.limit {
            guard let moved = growStack(fiber, a + 2, Int(closure.pointee.registerCount)) else { break }
            registers = moved
          } else {
            registers = a + 2
          }
          ip = closure.pointee.entry
          if budget <= 0, !refill(fiber, &budget) { break }
          budget &-= 1
          continue
        } else if a.pointee.tag == Tag.native, instruction.pointee.k == 0 {
          // So that an operation that it begins knows where.
          fiber.pointee.ip = ip
          fiber.pointee.registers = registers
          if callNative(a.pointee, a + 2, count, nil, fiber.pointee.owner, into: a) {
            if !heap.isDue || collect(fiber, ip, registers) { continue }
          }
        } else {
          fiber.pointee.ip = ip
          fiber.pointee.registers = registers
          if callSlowly(fiber, a, count, hasLabels: instruction.pointee.k != 0) {
            ip = fiber.pointee.ip
            registers = fiber.pointee.registers
            if heap.isDue, !collect(fiber, ip, registers) { break }
            if budget <= 0, !refill(fiber, &budget) { break }
            budget &-= 1
            continue
          } else {
            // The stack may have moved all the same.
            registers = fiber.pointee.registers
          }
        }
      case .invoke:
        let count = Int(instruction.pointee.b) &+ 1
        let function = method(a[2].tag, Int(instruction.pointee.c))
        if function.tag == Tag.native, instruction.pointee.k == 0,
          function.header.pointee.aux != NativeObject.takesFunction
        {
          if function.header.pointee.aux == NativeObject.appends, count == 2 {
            let array = a[2].array
            if array.pointee.count < array.pointee.capacity {
              heap.initialize(array.pointee.elements + array.pointee.count, to: a[3])
              array.pointee.count &+= 1
              a.pointee = .nil
              continue
            }
          }
          fiber.pointee.ip = ip
          fiber.pointee.registers = registers
          if callNative(function, a + 2, count, nil, fiber.pointee.owner, into: a) {
            if !heap.isDue || collect(fiber, ip, registers) { continue }
          }
        } else if function.tag == Tag.closure, instruction.pointee.k == 0,
          function.closure.pointee.parameterCount == Int32(truncatingIfNeeded: count)
        {
          let closure = function.closure
          a.pointee = function
          a[1] = Value(tag: Tag.frame, bits: UInt(bitPattern: ip))
          if a + 2 + Int(closure.pointee.registerCount) > fiber.pointee.limit {
            guard let moved = growStack(fiber, a + 2, Int(closure.pointee.registerCount)) else { break }
            registers = moved
          } else {
            registers = a + 2
          }
          ip = closure.pointee.entry
          if budget <= 0, !refill(fiber, &budget) { break }
          budget &-= 1
          continue
        } else {
          fiber.pointee.ip = ip
          fiber.pointee.registers = registers
          if invokeSlowly(
            fiber, a, count, member: Int(instruction.pointee.c), hasLabels: instruction.pointee.k != 0)
          {
            ip = fiber.pointee.ip
            registers = fiber.pointee.registers
            if heap.isDue, !collect(fiber, ip, registers) { break }
            if budget <= 0, !refill(fiber, &budget) { break }
            budget &-= 1
            continue
          } else {
            registers = fiber.pointee.registers
          }
        }
      case .labels:
        // Nothing, as k is 0. A case without code would make the loop's head its own successor, and the compiler would not
        // copy it to the end of each case.
        ip += Int(instruction.pointee.k)
        continue
      case .returnValue:
        let frame = registers - 2
        ip = UnsafeMutablePointer<Instruction>(bitPattern: frame[1].bits).unsafelyUnwrapped
        frame.copy(a)
        registers = (RawPointer(frame) - Int((ip - 1).pointee.a)).assumingMemoryBound(to: Value.self)
        continue
      case .returnNil:
        let frame = registers - 2
        ip = UnsafeMutablePointer<Instruction>(bitPattern: frame[1].bits).unsafelyUnwrapped
        frame.pointee = .nil
        registers = (RawPointer(frame) - Int((ip - 1).pointee.a)).assumingMemoryBound(to: Value.self)
        continue

      // MARK: Objects
      case .closure:
        a.pointee = makeClosure(wide(), registers: registers)
        if !heap.isDue || collect(fiber, ip, registers) { continue }
      case .array:
        if makeArray(registerB(), Int(instruction.pointee.c), into: a) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .appendAll:
        if appendAll(registerB(), Int(instruction.pointee.c), to: a.pointee) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .dictionary:
        if makeDictionary(registerB(), Int(instruction.pointee.c), into: a) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .range:
        if makeRange(registerB().pointee, registerC().pointee, isClosed: instruction.pointee.k != 0, into: a)
        {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .concatenate:
        if concatenate(registerB(), Int(instruction.pointee.c), tag: Tag.string, into: a) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .concatenateHTML:
        if concatenate(registerB(), Int(instruction.pointee.c), tag: Tag.html, into: a) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .escapeHTML:
        if escapeHTML(a, place: instruction.pointee.k) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .getMember:
        if getMember(
          registerB().pointee, Int(instruction.pointee.c), isLenient: instruction.pointee.k != 0, into: a)
        {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .hasMember:
        a.pointee = .bool(!lacksKey(registerB().pointee, Int(instruction.pointee.c)))
        continue
      case .setMember:
        if setMember(a.pointee, Int(instruction.pointee.c), registerB().pointee) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .index:
        let b = registerB()
        let c = registerC()
        if b.pointee.tag == Tag.array && c.pointee.isInt {
          let array = b.pointee.array
          if UInt(bitPattern: c.pointee.int) < UInt(bitPattern: array.pointee.count) {
            a.pointee = array.pointee.elements[c.pointee.int]
            continue
          }
        }
        if getIndex(b.pointee, c.pointee, into: a) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .setIndex:
        let b = registerB()
        let c = registerC()
        if a.pointee.tag == Tag.array && b.pointee.isInt {
          let array = a.pointee.array
          if UInt(bitPattern: b.pointee.int) < UInt(bitPattern: array.pointee.count) {
            heap.store(c.pointee, at: array.pointee.elements + b.pointee.int, in: array)
            continue
          }
        }
        if setIndex(a.pointee, b.pointee, c.pointee, keepsNil: instruction.pointee.k != 0) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }

      // MARK: Waiting and failing
      case .await:
        let b = registerB()
        if b.pointee.tag != Tag.deferred {
          a.pointee = b.pointee
          continue
        }
        let deferred = b.pointee.deferred
        if deferred.state == DeferredObject.resolved {
          a.pointee = deferred.pointee.value
          continue
        }
        // It is tried again when the fiber is woken.
        fiber.pointee.ip = deferred.isPending ? instruction : ip
        fiber.pointee.registers = registers
        if park(fiber, on: deferred) { return .suspended }
      case .awaitUnlessMember:
        if a.pointee.tag != Tag.deferred || hasMember(a.pointee, Int(instruction.pointee.c)) { continue }
        let deferred = a.pointee.deferred
        if deferred.state == DeferredObject.resolved {
          a.pointee = deferred.pointee.value
          continue
        }
        fiber.pointee.ip = deferred.isPending ? instruction : ip
        fiber.pointee.registers = registers
        if park(fiber, on: deferred) { return .suspended }
      case .async:
        if startAsync(registerB().pointee, from: fiber, into: a) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      case .throw: prepareThrow(a.pointee)
      case .rethrow:
        thrown = a.pointee
        if instruction.pointee.k != 0 { noteCause(registerB().pointee, of: thrown) }
      case .declare:
        if declare(a.pointee, constant: wide(), fiber, registers) {
          if !heap.isDue || collect(fiber, ip, registers) { continue }
        }
      }

      // Only a failure gets here.
      if mayRetry(instruction) {
        ip = instruction
        if collect(fiber, ip, registers, lacksMemory: true) { continue }
        isPastRetrying = false
      }
      // A jump has gone already when its budget turns out to be used up; a call that has been made is
      // where the failure arose.
      let isCall = instruction.pointee.opcode == .call || instruction.pointee.opcode == .invoke
      fiber.pointee.ip = isCall ? ip : instruction + 1
      fiber.pointee.registers = registers
      let isRethrown = instruction.pointee.opcode == .rethrow
      guard unwind(fiber, isRethrown: isRethrown) else { return .failed }
      ip = fiber.pointee.ip
      registers = fiber.pointee.registers
      // An error is an object too: a loop that only fails must not outgrow the heap.
      if heap.isDue { _ = collect(fiber, ip, registers) }
      failure = nil
      isPastRetrying = false
    }
  }

  /// Whether an instruction that lacked memory is tried again after a collection: once, and where it has
  /// changed nothing yet.
  @inline(never) private func mayRetry(_ instruction: UnsafeMutablePointer<Instruction>) -> Bool {
    defer { isPastRetrying = false }
    guard let failure, failure.kind == .memory, !isPastRetrying, retried != instruction,
      instruction.pointee.opcode != .declare
    else {
      retried = nil
      return false
    }
    self.failure = nil
    retried = instruction
    return true
  }

  /// A safe point: everything that is live lies in registers. Most often a step of a cycle is due.
  ///
  /// False with `failure` set where what is alive passes the memory limit and the fiber has its part in it: one that has
  /// taken no more than a trifle since it began may go on, as what it runs may be what frees memory. Past an eighth more
  /// the fiber is stopped, so that a program that catches the error and goes on does not grow for ever.
  @inline(never) private func collect(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ ip: UnsafeMutablePointer<Instruction>,
    _ registers: ValuePointer, lacksMemory: Bool = false
  ) -> Bool {
    fiber.pointee.ip = ip
    fiber.pointee.registers = registers
    if !lacksMemory { retried = nil }
    let isTooSoon = isTooSoonToCollect
    let taken = heap.state.pointee.debt - debtAtStart
    if !isTooSoon {
      if lacksMemory { collectForRetrial() } else { collectWhatIsDue() }
      debtAtStart = heap.state.pointee.debt - taken
    }
    // A program close to the limit spends its time in here.
    if !heap.state.pointee.isStressed, !mayGoOn(fiber) { return false }
    if heap.state.pointee.live <= limits.memory { return true }
    if taken <= Machine.trifle, heap.bytesInUse <= limits.memory + limits.memory / 4 { return true }
    failure = .memory(limit: limits.memory)
    isPastRetrying = true
    mayHaveFreed = !isTooSoon
    isOutOfMemory = heap.state.pointee.live > limits.memory + limits.memory / 8
    return false
  }

  /// Bytes that a fiber may take while memory is over its limit.
  private static let trifle = 1 << 14

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
    let wanted = min(max(oldSize * 2, used + count, Heap.stackSize), limits.stackValues)
    do throws(Failure) { try heap.reserve(wanted * 16) } catch {
      failure = error
      return nil
    }
    let (new, size) = heap.allocateStack(wanted)
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
