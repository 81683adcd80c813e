import Glibc
import Language

// What operators do when their operands are not the two integers or doubles that the loop handles itself.
// Each gives false (or nil) with `failure` set where the operands don't fit.

extension Machine {
  @inline(never) func arithmetic(
    _ operation: BinaryOperator, _ left: Value, _ right: Value, into target: ValuePointer
  ) -> Bool {
    do throws(Failure) {
      target.pointee = try arithmetic(operation, left, right)
      return true
    } catch {
      failure = error
      return false
    }
  }

  func arithmetic(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws(Failure) -> Value {
    if left.isInt && right.isInt { return .int(try integer(operation, left.int, right.int)) }
    if let a = left.asDouble, let b = right.asDouble { return .double(Machine.double(operation, a, b)) }
    if left.tag == Tag.duration || right.tag == Tag.duration {
      if let result = try duration(operation, left, right) { return result }
    }
    if left.tag == Tag.date || right.tag == Tag.date {
      if let result = try date(operation, left, right) { return result }
    }
    if operation == .add {
      if left.tag == Tag.string && right.tag == Tag.string {
        return try heap.concatenate(left.string, right.string, tag: Tag.string)
      }
      if left.tag == Tag.html && right.tag == Tag.html {
        return try heap.concatenate(left.string, right.string, tag: Tag.html)
      }
      if left.tag == Tag.bytes && right.tag == Tag.bytes {
        return try heap.concatenate(left.string, right.string, tag: Tag.bytes)
      }
      if left.tag == Tag.array && right.tag == Tag.array { return try joined(left.array, right.array) }
    }
    throw mismatch(operation.rawValue, left, right)
  }

  private func integer(_ operation: BinaryOperator, _ a: Int, _ b: Int) throws(Failure) -> Int {
    if let result = try fitting(operation, a, b) { return result }
    throw Failure(
      .arithmetic, "\(a) \(operation.rawValue) \(b) does not fit into an Int",
      help: "Ints have 64 bits; use Double(…) where exact digits don't matter")
  }

  private func time(_ operation: BinaryOperator, _ a: Int, _ b: Int) throws(Failure) -> Value {
    if let result = try fitting(operation, a, b) { return .duration(nanoseconds: result) }
    throw .durationTooLong
  }

  /// The result; nil where it does not fit.
  private func fitting(_ operation: BinaryOperator, _ a: Int, _ b: Int) throws(Failure) -> Int? {
    let (result, overflow): (Int, Bool)
    switch operation {
    case .add: (result, overflow) = a.addingReportingOverflow(b)
    case .subtract: (result, overflow) = a.subtractingReportingOverflow(b)
    case .multiply: (result, overflow) = a.multipliedReportingOverflow(by: b)
    case .divide:
      if b == 0 { throw Failure(.arithmetic, "division by zero") }
      (result, overflow) = a.dividedReportingOverflow(by: b)
    default:
      if b == 0 { throw Failure(.arithmetic, "division by zero in a remainder") }
      (result, overflow) = b == -1 ? (0, false) : a.remainderReportingOverflow(dividingBy: b)
    }
    return overflow ? nil : result
  }

  private static func double(_ operation: BinaryOperator, _ a: Double, _ b: Double) -> Double {
    switch operation {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    default: fmod(a, b)
    }
  }

  private func duration(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws(Failure) -> Value?
  {
    switch (operation, left.tag == Tag.duration, right.tag == Tag.duration) {
    case (.add, true, true), (.subtract, true, true):
      return try time(operation, left.int, right.int)
    case (.divide, true, true):
      if right.int == 0 { throw Failure(.arithmetic, "division by a duration of zero") }
      return .double(Double(left.int) / Double(right.int))
    case (.remainder, true, true): return try time(operation, left.int, right.int)
    case (.multiply, true, false), (.multiply, false, true):
      let (time, factor) = left.tag == Tag.duration ? (left, right) : (right, left)
      if factor.isInt { return try self.time(.multiply, time.int, factor.int) }
      if let factor = factor.asDouble { return try scaled(time.int, by: factor) }
    case (.divide, true, false):
      if right.isInt { return try time(.divide, left.int, right.int) }
      if let divisor = right.asDouble { return try scaled(left.int, by: 1 / divisor) }
    default: break
    }
    return nil
  }

  /// A date and a duration beside it, or the time between two dates.
  private func date(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws(Failure) -> Value? {
    let (result, overflow): (Int, Bool)
    switch (operation, left.tag, right.tag) {
    case (.add, Tag.date, Tag.duration), (.add, Tag.duration, Tag.date):
      (result, overflow) = left.int.addingReportingOverflow(right.int)
    case (.subtract, Tag.date, Tag.duration), (.subtract, Tag.date, Tag.date):
      (result, overflow) = left.int.subtractingReportingOverflow(right.int)
    default: return nil
    }
    if overflow {
      throw Failure(
        .arithmetic,
        left.tag == right.tag ? "a Duration holds at most 292 years" : "dates are from 1677 to 2262")
    }
    return Value(tag: left.tag == right.tag ? Tag.duration : Tag.date, bits: UInt(bitPattern: result))
  }

  private func scaled(_ nanoseconds: Int, by factor: Double) throws(Failure) -> Value {
    let scaled = Double(nanoseconds) * factor
    if scaled.isNaN { throw Failure(.arithmetic, "a duration cannot be NaN") }
    guard let result = Int(exactly: scaled.rounded()) else {
      throw .durationTooLong
    }
    return .duration(nanoseconds: result)
  }

  private func joined(
    _ a: UnsafeMutablePointer<ArrayObject>, _ b: UnsafeMutablePointer<ArrayObject>
  ) throws(Failure) -> Value {
    let count = a.pointee.count + b.pointee.count
    try heap.checkCount(count)
    try heap.reserve(count * 16)
    let result = heap.newArray(capacity: count)
    result.pointee.elements.update(from: a.pointee.elements, count: a.pointee.count)
    (result.pointee.elements + a.pointee.count).update(from: b.pointee.elements, count: b.pointee.count)
    result.pointee.count = count
    return Value(Tag.array, result)
  }

  @inline(never) func negate(_ value: Value, into target: ValuePointer) -> Bool {
    switch value.tag {
    case Tag.int, Tag.duration:
      if value.int == .min {
        failure = Failure(.arithmetic, "-(\(value.int)) does not fit into an Int")
        return false
      }
      target.pointee = Value(tag: value.tag, bits: UInt(bitPattern: -value.int))
    case Tag.double: target.pointee = .double(-value.double)
    case Tag.deferred:
      failure = .notAwaited("the operand of -").at(.operand(0))
      return false
    default:
      failure = Failure(.type, "- needs a number, not \(typeName(value))")
      return false
    }
    return true
  }

  private func isNumber(_ value: Value) -> Bool { value.isInt || value.isDouble }

  /// What an operator says of operands that don't go together.
  func mismatch(_ operation: String, _ left: Value, _ right: Value) -> Failure {
    if left.isDeferred { return .notAwaited("the left side of \(operation)").at(.operand(0)) }
    if right.isDeferred { return .notAwaited("the right side of \(operation)").at(.operand(1)) }
    var help: String?
    if operation == "+", left.tag == Tag.html || right.tag == Tag.html {
      help = "write html \"\\(…)\", which escapes a text; rawHTML(text) is HTML already"
    } else if operation == "+", left.tag == Tag.bytes || right.tag == Tag.bytes,
      left.tag == Tag.string || right.tag == Tag.string
    {
      help = "write Bytes(text) for the bytes of a text"
    } else if operation == "*", left.isInt || right.isInt, left.tag == Tag.array || right.tag == Tag.array {
      help = "write Array(repeating: x, count: n)"
    } else if operation == "*", left.isInt || right.isInt, left.tag == Tag.string || right.tag == Tag.string {
      let text = left.tag == Tag.string ? left : right
      let number = left.tag == Tag.string ? right : left
      let isNumber = Double(heap.text(text.string)) != nil
      help =
        isNumber
        ? "write Int(text) or Double(text) for the number that a text holds"
        : "write text.repeated(\(number.int))"
    } else if operation == "+", left.tag == Tag.dictionary, right.tag == Tag.dictionary {
      help = "write a.merging(b), where the second has the last word"
    } else if operation == "+", left.tag == Tag.string || right.tag == Tag.string {
      help = "write \"\\(…)\" to put a value into a string"
    } else if operation == "%", left.tag == Tag.string, Double(heap.text(left.string)) == nil {
      help = "write \"\\(x)\" for a value in a text, x.formatted(decimals: 2) for its digits"
    } else if left.isNil || right.isNil {
      help = "write value ?? default where a value may be nil"
    } else if left.tag == Tag.string && isNumber(right) || isNumber(left) && right.tag == Tag.string {
      help = "write Int(text) or Double(text) for the number that a text holds"
    } else if operation.hasPrefix("<") || operation.hasPrefix(">"), left.tag == right.tag {
      help =
        "numbers, Strings, Durations and Dates have an order; compare what the values hold, as in { $0.name < $1.name }"
    }
    let message = "\(operation) cannot be applied to \(typeName(left)) and \(typeName(right))"
    return left.isNil ? .ofNil(message, help: help) : Failure(.type, message, help: help)
  }

  // MARK: Comparing

  /// Whether `left` comes before `right`; `swapped` where the text has them the other way round.
  @inline(never) func isLess(_ left: Value, _ right: Value, orEqual: Bool, swapped: Bool) -> Bool? {
    if left.isInt && right.isInt { return orEqual ? left.int <= right.int : left.int < right.int }
    if left.isDouble && right.isDouble {
      return orEqual ? left.double <= right.double : left.double < right.double
    }
    if left.isInt && right.isDouble { return Machine.isLess(left.int, right.double, orEqual: orEqual) }
    if left.isDouble && right.isInt {
      // a < b unless b <= a, but for NaN, which compares with nothing.
      return !left.double.isNaN && !Machine.isLess(right.int, left.double, orEqual: !orEqual)
    }
    if left.tag == right.tag {
      switch left.tag {
      case Tag.string:
        do throws(Failure) {
          try spend(min(left.string.pointee.count, right.string.pointee.count) >> 6)
        } catch {
          failure = error
          return nil
        }
        let order = heap.compare(left.string, right.string)
        return orEqual ? order <= 0 : order < 0
      case Tag.duration, Tag.date: return orEqual ? left.int <= right.int : left.int < right.int
      default: break
      }
    }
    let operation = swapped ? (orEqual ? ">=" : ">") : (orEqual ? "<=" : "<")
    failure = swapped ? mismatch(operation, right, left) : mismatch(operation, left, right)
    return nil
  }

  /// Compares exactly: a Double holds no more than 53 bits of an Int.
  private static func isLess(_ integer: Int, _ number: Double, orEqual: Bool) -> Bool {
    let rounded = Double(integer)
    if rounded != number { return rounded < number }
    guard let whole = Int(exactly: number) else { return true }  // 2^63, larger than any Int
    return orEqual ? integer <= whole : integer < whole
  }

  @inline(__always) func areEqual(_ a: Value, _ b: Value) -> Bool? {
    if a.tag == b.tag && a.tag < Tag.firstObject && a.tag != Tag.double { return a.bits == b.bits }
    return areEqualSlowly(a, b)
  }

  @inline(never) private func areEqualSlowly(_ a: Value, _ b: Value) -> Bool? {
    if a.isDeferred != b.isDeferred, !a.isNil, !b.isNil {
      let side = a.isDeferred ? "left" : "right"
      failure = .notAwaited("the \(side) side of a comparison").at(.operand(a.isDeferred ? 0 : 1))
      return nil
    }
    do throws(Failure) {
      return try deepEqual(a, b, depth: 0)
    } catch {
      failure = error
      return nil
    }
  }

  /// Equality by value, bounded in depth: a collection may contain itself.
  func deepEqual(_ a: Value, _ b: Value, depth: Int) throws(Failure) -> Bool {
    if a.tag != b.tag {
      if a.isInt && b.isDouble { return a.int == Int(exactly: b.double) }
      if a.isDouble && b.isInt { return Int(exactly: a.double) == b.int }
      if a.isDeferred != b.isDeferred, !a.isNil, !b.isNil { throw .notAwaited("a value that is compared") }
      return false
    }
    if a.isDouble { return a.double == b.double }
    if a.bits == b.bits { return true }
    try spend(1)
    if depth > 200 {
      throw Failure(
        .limit, "the values are nested too deeply to compare", help: "does a collection contain itself?")
    }
    switch a.tag {
    case Tag.string, Tag.html, Tag.bytes:
      try spend(min(a.string.pointee.count, b.string.pointee.count) >> 6)
      return heap.areEqual(a.string, b.string)
    case Tag.range:
      return a.range.pointee.lower == b.range.pointee.lower && a.range.pointee.upper == b.range.pointee.upper
        && a.range.pointee.isClosed == b.range.pointee.isClosed
    case Tag.array:
      guard a.array.pointee.count == b.array.pointee.count else { return false }
      try spend(a.array.pointee.count)
      for place in 0..<a.array.pointee.count {
        let x = a.array.pointee.elements[place]
        let y = b.array.pointee.elements[place]
        if try !deepEqual(x, y, depth: depth + 1) { return false }
      }
      return true
    case Tag.dictionary:
      guard a.dictionary.pointee.live == b.dictionary.pointee.live else { return false }
      try spend(a.dictionary.pointee.live * 4)
      for (key, value) in heap.pairs(of: a.dictionary) {
        let other = heap.value(of: key, in: b.dictionary)
        if other.tag == Tag.unset { return false }
        if try !deepEqual(value, other, depth: depth + 1) { return false }
      }
      return true
    case Tag.error:
      let (x, y) = (a.error.pointee, b.error.pointee)
      guard try deepEqual(x.kind, y.kind, depth: depth + 1) else { return false }
      guard try deepEqual(x.message, y.message, depth: depth + 1) else { return false }
      return try deepEqual(x.fields, y.fields, depth: depth + 1)
    default: return false
    }
  }

  @inline(never) func failCondition(_ value: Value, _ what: String) {
    if value.isDeferred {
      failure = .notAwaited(what == "!" ? "the operand of !" : "a condition").at(.condition(value))
      return
    }
    let help =
      switch value.tag {
      case Tag.int, Tag.double: "write x != 0"
      case Tag.string, Tag.array, Tag.dictionary: "write !x.isEmpty, or x != nil"
      case Tag.closure, Tag.native, Tag.boundMethod: "call it: write f() or f(x)"
      default: "write x != nil"
      }
    let subject = what == "!" ? "the operand of !" : what
    failure = Failure(.type, "\(subject) must be a Bool, not \(typeName(value))", help: help)
      .at(.condition(value))
  }

  // MARK: Ranges

  /// How often `for i in a..<b` runs.
  @inline(__always) func rangeCount(_ lower: Value, _ upper: Value, isClosed: Bool) -> Int? {
    if lower.isInt && upper.isInt && !isClosed {
      let (count, overflow) = upper.int.subtractingReportingOverflow(lower.int)
      if !overflow && count >= 0 { return count }
    }
    return rangeCountSlowly(lower, upper, isClosed: isClosed)
  }

  @inline(never) private func rangeCountSlowly(_ lower: Value, _ upper: Value, isClosed: Bool) -> Int? {
    guard checkBounds(lower, upper, isClosed: isClosed) else { return nil }
    let (count, overflow) = upper.int.subtractingReportingOverflow(lower.int)
    let (whole, more) = count.addingReportingOverflow(isClosed ? 1 : 0)
    // Nobody sees the end of a loop as long as that.
    return overflow || more ? .max : whole
  }

  private func checkBounds(_ lower: Value, _ upper: Value, isClosed: Bool) -> Bool {
    guard lower.isInt && upper.isInt else {
      failure = wrongBound(lower, upper, isClosed: isClosed)
      return false
    }
    guard lower.int <= upper.int else {
      let sign = isClosed ? "..." : "..<"
      failure = Failure(
        .argument, "the range \(lower.int)\(sign)\(upper.int) ends before it begins",
        help: "a range goes upwards; stride(from: \(lower.int), to: \(upper.int), by: -1) goes down")
      return false
    }
    return true
  }

  private func wrongBound(_ lower: Value, _ upper: Value, isClosed: Bool) -> Failure {
    let wrong = lower.isInt ? upper : lower
    let part = Failure.Part.operand(lower.isInt ? 1 : 0)
    if wrong.isDeferred { return .notAwaited("a bound of a range").at(part) }
    var help: String?
    if lower.asDouble != nil, upper.asDouble != nil {
      let (low, high) = (display(lower), display(upper))
      let width = Machine.double(.subtract, upper.asDouble ?? 0, lower.asDouble ?? 0)
      let start = lower.asDouble == 0 ? "" : "\(low) + "
      help =
        "write min(max(x, \(low)), \(high)) to keep x within, "
        + "\(low) <= x && x \(isClosed ? "<=" : "<") \(high) to test it, "
        + "\(start)random() * \(display(.double(width))) for one by chance"
    }
    return Failure(.type, "the bounds of a range must be Ints, not \(typeName(wrong))", help: help).at(part)
  }

  @inline(never) func makeRange(
    _ lower: Value, _ upper: Value, isClosed: Bool, into target: ValuePointer
  ) -> Bool {
    guard checkBounds(lower, upper, isClosed: isClosed) else { return false }
    let range = heap.allocate(MemoryLayout<RangeObject>.size, Tag.range).assumingMemoryBound(
      to: RangeObject.self)
    range.pointee.lower = lower.int
    range.pointee.upper = upper.int
    range.pointee.isClosed = isClosed ? 1 : 0
    target.pointee = Value(Tag.range, range)
    return true
  }
}
