import Foundation

extension Machine {
  func installNumbers() {
    define("abs", ["number"]) { call throws(Failure) in
      switch call[0].tag {
      case Tag.int, Tag.duration:
        if call[0].int == .min { throw Failure(.arithmetic, "the absolute value does not fit into an Int") }
        return Value(tag: call[0].tag, bits: UInt(bitPattern: Swift.abs(call[0].int)))
      default: return .double(Swift.abs(try call.double(0)))
      }
    }
    for (name, rule) in [
      ("round", FloatingPointRoundingRule.toNearestOrAwayFromZero), ("floor", .down), ("ceil", .up),
      ("trunc", .towardZero),
    ] {
      define(name, ["number"]) { call throws(Failure) in
        call[0].isInt ? call[0] : .double(try call.double(0).rounded(rule))
      }
    }
    define("sqrt", ["number"]) { call throws(Failure) in .double(try call.double(0).squareRoot()) }
    define("pow", ["base", "exponent"]) { call throws(Failure) in
      guard call[0].isInt, call[1].isInt, call[1].int >= 0 else {
        return .double(Foundation.pow(try call.double(0), try call.double(1)))
      }
      return .int(try Machine.power(call[0].int, call[1].int))
    }
    for (name, wantsLess) in [("min", true), ("max", false)] {
      define(name, ["values"], variadic: true) { call throws(Failure) in
        let values = call.count == 1 ? try call.elements(0) : (0..<call.count).map { call[$0] }
        guard let best = try call.machine.extreme(values, wantsLess: wantsLess) else {
          throw Failure(.argument, "\(name)() of nothing")
        }
        return best
      }
    }
    define("Int", ["value"]) { call throws(Failure) in
      switch call[0].tag {
      case Tag.int: return call[0]
      case Tag.bool: return .int(call[0].bool ? 1 : 0)
      case Tag.double:
        guard let number = Int(exactly: call[0].double.rounded(.towardZero)) else {
          throw Failure(.arithmetic, "\(Machine.text(of: call[0].double)) does not fit into an Int")
        }
        return .int(number)
      case Tag.string: return Int(try call.string(0)).map { .int($0) } ?? .nil
      default: throw call.wrongType(0, expected: "a number or a String")
      }
    }
    define("Double", ["value"]) { call throws(Failure) in
      switch call[0].tag {
      case Tag.int, Tag.double: return .double(try call.double(0))
      case Tag.string: return Double(try call.string(0)).map { .double($0) } ?? .nil
      default: throw call.wrongType(0, expected: "a number or a String")
      }
    }
    defineProperty(Tag.duration, "seconds") { call throws(Failure) in .double(Double(call[0].int) / 1e9) }
    defineProperty(Tag.duration, "milliseconds") { call throws(Failure) in .double(Double(call[0].int) / 1e6)
    }
    defineProperty(Tag.int, "isEven") { call throws(Failure) in .bool(call[0].int & 1 == 0) }
    defineProperty(Tag.double, "isNaN") { call throws(Failure) in .bool(call[0].double.isNaN) }
  }

  private static func power(_ base: Int, _ exponent: Int) throws(Failure) -> Int {
    var result = 1
    for _ in 0..<Swift.min(exponent, 64) {
      let (product, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { throw Failure(.arithmetic, "pow(\(base), \(exponent)) does not fit into an Int") }
      result = product
    }
    // Past 64 steps only 0, 1 and -1 have not overflowed.
    return exponent > 64 && base == -1 && exponent & 1 == 1 ? -1 : result
  }
}
