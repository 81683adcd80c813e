import Language

extension Machine {
  /// Loads a program; gives the closure of its text, ready to be started.
  ///
  /// - Throws: a limit failure where it brings too many names.
  public func load(_ program: Program) throws(Failure) -> Value {
    try load(program, isPrelude: false)
  }

  func load(_ program: Program, isPrelude: Bool) throws(Failure) -> Value {
    bringIn(mentionedBy: program, ofLibrary: isPrelude)
    // All or nothing: a program that is refused leaves no names behind.
    let reserved = isPrelude ? 0 : Machine.reservedNames
    let newMembers = program.members.lazy.filter { self.memberNumbers[$0] == nil }.count
    guard memberNames.count + newMembers + reserved <= 1 << 16 else {
      throw Failure(
        .limit, "there are more than 65,000 names of members",
        help: "restart the kernel to forget the old ones")
    }
    let newGlobals = program.globals.lazy.filter { self.globalNumbers[$0] == nil }.count
    guard globalNames.count + newGlobals + reserved <= Machine.globalCapacity else {
      throw Machine.tooManyGlobals
    }
    var slots: [Int] = []
    for name in program.globals { slots.append(try slot(of: isPrelude ? Machine.hidden(name) : name)) }
    let members = program.members.map(memberNumber)
    let unit = LoadedProgram(source: program.source, isPrelude: isPrelude)
    unit.numbers = program.functions.map { _ in takePrototypeNumber() }
    for (place, function) in program.functions.enumerated() {
      let prototype = Prototype(function, unit: unit, constants: function.constants.map(value(of:)))
      relocate(prototype, slots: slots, members: members)
      prototypes[unit.numbers[place]] = prototype
      heap.state.pointee.noteUsed(prototype: unit.numbers[place])
      templates[unit.numbers[place]] = prototype.template
    }
    return makeClosure(unit.numbers[0], registers: scratch)
  }

  private func takePrototypeNumber() -> Int {
    if let number = unusedPrototypes.popLast() { return number }
    prototypes.append(nil)
    templates.append(nil)
    return prototypes.count - 1
  }

  private func value(of constant: Constant) -> Value {
    switch constant {
    case .integer(let number): .int(number)
    case .double(let number): .double(number)
    case .duration(let nanoseconds): .duration(nanoseconds: nanoseconds)
    case .string(let text): constantText(text)
    case .labels, .route, .hook, .group: .nil
    }
  }

  private func constantText(_ text: String) -> Value {
    let value = heap.makeString(text)
    // What is made of it knows it, too.
    _ = heap.isSimple(value.string)
    return value
  }

  /// Copies the code, with registers as byte offsets, globals as slots, members as numbers and constants
  /// as distances.
  private func relocate(_ prototype: Prototype, slots: [Int], members: [Int]) {
    let unit = prototype.unit
    for (place, original) in prototype.function.code.enumerated() {
      var instruction = original
      let shape = original.opcode.shape
      if shape.contains(.a) { instruction.a <<= 4 }
      if shape.contains(.b) { instruction.b <<= 4 }
      if shape.contains(.c) { instruction.c <<= 4 }
      switch original.opcode {
      case .getGlobal, .setGlobal, .defineGlobal: instruction.wide = slots[original.wide]
      case .loadConstant:
        instruction.wide = distance(from: place, to: original.wide, prototype)
      case .addConstant, .subtractConstant, .multiplyConstant, .divideConstant:
        // In steps of 16 bytes from the instruction's own place, rounded down to 16.
        let bytes = distance(from: place, to: Int(original.c), prototype)
        let rounded = bytes + Int(bitPattern: prototype.entry + place) & 15
        // The compiler fuses only what is near enough.
        instruction.c = UInt16(rounded >> 4)
      case .closure: instruction.wide = unit.numbers[original.wide]
      case .getMember, .hasMember, .setMember, .invoke, .awaitUnlessMember:
        instruction.c = UInt16(members[Int(original.c)])
      default: break
      }
      (prototype.entry + place).initialize(to: instruction)
    }
  }

  private func distance(from place: Int, to constant: Int, _ prototype: Prototype) -> Int {
    RawPointer(prototype.constants + constant) - RawPointer(prototype.entry + place)
  }

  @inline(never) func makeClosure(_ number: Int, registers: ValuePointer) -> Value {
    guard let template = templates[number] else { preconditionFailure("prototype \(number) is not loaded") }
    let count = template.captureCount
    let closure = heap.allocate(32 + 16 * count, Tag.closure).assumingMemoryBound(to: ClosureObject.self)
    closure.pointee.entry = template.entry
    closure.pointee.registerCount = template.registerCount
    closure.pointee.parameterCount = template.parameterCount
    closure.pointee.prototype = Int32(number)
    closure.pointee.captureCount = Int32(count)
    for place in 0..<count {
      let source = Int(template.captures[place])
      heap.initialize(
        closure.captures + place,
        to: source >= 0 ? registers[source] : registers[-2].closure.captures[~source])
    }
    return Value(Tag.closure, closure)
  }

  func prototype(of closure: Value) -> Prototype? { prototypes[Int(closure.closure.pointee.prototype)] }
}

/// Which operands of an instruction are registers.
struct OperandShape: OptionSet {
  let rawValue: UInt8
  static let a = OperandShape(rawValue: 1)
  static let b = OperandShape(rawValue: 2)
  static let c = OperandShape(rawValue: 4)
}

extension Opcode {
  var shape: OperandShape {
    switch self {
    case .halt, .jump, .loop, .returnNil: []
    case .setBoxedCapture: .b
    case .move, .getBox, .setBox, .addInteger, .multiplyInteger, .remainderInteger, .addConstant,
      .subtractConstant, .multiplyConstant, .divideConstant, .negate, .not, .jumpIfLess, .jumpUnlessLess,
      .jumpIfLessOrEqual, .jumpUnlessLessOrEqual, .jumpIfEqual, .jumpUnlessEqual, .rangePrepare, .rangeLoop,
      .array, .appendAll, .dictionary, .concatenate, .concatenateHTML, .getMember, .hasMember, .setMember,
      .await, .async,
      .rethrow:
      [.a, .b]
    case .add, .subtract, .multiply, .divide, .remainder, .less, .lessOrEqual, .equal, .notEqual, .range,
      .index, .setIndex:
      [.a, .b, .c]
    case .loadConstant, .loadInteger, .loadNil, .loadBool, .getGlobal, .setGlobal, .defineGlobal, .getCapture,
      .getBoxedCapture, .newBox, .jumpIfTrue, .jumpIfFalse, .jumpIfNil, .jumpIfNotNil, .jumpIfPresent,
      .jumpIfEqualInteger, .jumpUnlessEqualInteger, .jumpIfLessInteger, .jumpUnlessLessInteger, .eachPrepare,
      .each, .call, .invoke, .labels, .returnValue, .closure, .escapeHTML, .awaitUnlessMember, .throw,
      .declare:
      .a
    }
  }
}
