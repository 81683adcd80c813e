import Foundation

extension Machine {
  func installNumbers() {
    installMathematics()
    installConversions()
    installNumberMembers()
    installDurations()
    installDates()
  }

  // MARK: Free functions

  private func installMathematics() {
    define("abs", ["number"]) { call throws(Failure) in
      switch call[0].tag {
      case Tag.int, Tag.duration:
        if call[0].int == .min { throw Failure(.arithmetic, "the absolute value does not fit into an Int") }
        return Value(tag: call[0].tag, bits: UInt(bitPattern: Swift.abs(call[0].int)))
      default: return .double(Swift.abs(try call.double(0)))
      }
    }
    for (name, rule) in Machine.roundings {
      define(name, ["number"]) { call throws(Failure) in
        call[0].isInt ? call[0] : .double(try call.double(0).rounded(rule))
      }
    }
    let functions: [(String, @Sendable (Double) -> Double)] = [
      ("exp", { Foundation.exp($0) }), ("log", { Foundation.log($0) }), ("log2", { Foundation.log2($0) }),
      ("log10", { Foundation.log10($0) }), ("sin", { Foundation.sin($0) }), ("cos", { Foundation.cos($0) }),
      ("tan", { Foundation.tan($0) }), ("asin", { Foundation.asin($0) }), ("acos", { Foundation.acos($0) }),
      ("atan", { Foundation.atan($0) }), ("sinh", { Foundation.sinh($0) }), ("cosh", { Foundation.cosh($0) }),
      ("tanh", { Foundation.tanh($0) }), ("sqrt", { $0.squareRoot() }), ("cbrt", Machine.cubeRoot),
    ]
    for (name, function) in functions {
      define(name, ["number"]) { call throws(Failure) in .double(function(try call.double(0))) }
    }
    define("atan2", ["y", "x"]) { call throws(Failure) in
      .double(Foundation.atan2(try call.double(0), try call.double(1)))
    }
    define("hypot", ["x", "y"]) { call throws(Failure) in
      .double(Foundation.hypot(try call.double(0), try call.double(1)))
    }
    define("pow", ["base", "exponent"]) { call throws(Failure) in
      guard call[0].isInt, call[1].isInt, call[1].int >= 0 else {
        return .double(Foundation.pow(try call.double(0), try call.double(1)))
      }
      return .int(try Machine.power(call[0].int, call[1].int))
    }
    for (name, wantsLess) in [("min", true), ("max", false)] {
      define(name, ["values"], variadic: true) { call throws(Failure) in
        if call.count == 2, call[0].isInt, call[1].isInt {
          return (call[0].int < call[1].int) == wantsLess ? call[0] : call[1]
        }
        let values = call.count == 1 ? try call.elements(0) : (0..<call.count).map { call[$0] }
        guard let best = try call.machine.extreme(values, wantsLess: wantsLess) else {
          throw Failure(.argument, "\(name)() of nothing")
        }
        return best
      }
    }
  }

  /// C's may be the number beside the nearest; one step of Newton's method finds that.
  private static func cubeRoot(_ number: Double) -> Double {
    let root = Foundation.cbrt(number)
    guard root.isNormal else { return root }
    let better = root - (root * root * root - number) / (3 * root * root)
    return better.isFinite ? better : root
  }

  private static let roundings: [(String, FloatingPointRoundingRule)] = [
    ("round", .toNearestOrAwayFromZero), ("floor", .down), ("ceil", .up), ("trunc", .towardZero),
  ]

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

  // MARK: Conversions

  private func installConversions() {
    define("Int", ["value", "radix?"]) { call throws(Failure) in
      switch call[0].tag {
      case Tag.int: return call[0]
      case Tag.bool: return .int(call[0].bool ? 1 : 0)
      case Tag.double:
        guard let number = Int(exactly: call[0].double.rounded(.towardZero)) else {
          throw Failure(.arithmetic, "\(Machine.text(of: call[0].double)) does not fit into an Int")
        }
        return .int(number)
      case Tag.string: return Int(try call.string(0), radix: try call.radix(1)).map { .int($0) } ?? .nil
      default: throw call.noNumber()
      }
    }
    define("Double", ["value"]) { call throws(Failure) in
      switch call[0].tag {
      case Tag.int, Tag.double: return .double(try call.double(0))
      case Tag.string: return Double(try call.string(0)).map { .double($0) } ?? .nil
      default: throw call.noNumber()
      }
    }
    define("Bool", ["text"]) { call throws(Failure) in
      call[0].isBool ? call[0] : Bool(try call.string(0)).map { .bool($0) } ?? .nil
    }
    // `Int.max`, `Double.pi`: what a Swift programmer looks for on a type.
    constant("max", of: "Int", .int(.max))
    constant("min", of: "Int", .int(.min))
    constant("pi", of: "Double", .double(.pi))
    constant("infinity", of: "Double", .double(.infinity))
    constant("nan", of: "Double", .double(.nan))
    constant("bitWidth", of: "Int", .int(Int.bitWidth))
    constant("greatestFiniteMagnitude", of: "Double", .double(.greatestFiniteMagnitude))
    constant("leastNonzeroMagnitude", of: "Double", .double(.leastNonzeroMagnitude))
    constant("ulpOfOne", of: "Double", .double(.ulpOfOne))
    installTypeFunctions()
  }

  private func constant(_ name: String, of type: String, _ value: Value) {
    typeMembers[type, default: []].append(name)
    defineProperty(Tag.native, name) { call throws(Failure) in
      let function = call.machine.natives[call[0].native.pointee.number].name
      guard function == type else { throw call.machine.noMember(name, call[0]) }
      return value
    }
  }

  /// `Int.random(in: 1...6)`, `Double.random(in: 0...1)`, `Bool.random()`: a function that its type carries.
  private func installTypeFunctions() {
    defineMethod(Tag.native, "random", ["in?"]) { call throws(Failure) in
      let machine = call.machine
      let type = machine.natives[call[0].native.pointee.number].name
      switch type {
      case "Bool" where !call.has(1): return .bool(machine.nextRandom() >> 63 == 1)
      case "Int" where call[1].tag == Tag.range: return .int(try machine.random(in: call[1].range))
      case "Double" where call[1].tag == Tag.range: return .double(try machine.fraction(in: call[1].range))
      case "Int", "Double":
        throw Failure(
          .type, "random(in:) takes a Range, not \(machine.typeName(call[1]))",
          help: "write in: \(type == "Int" ? "1...6" : "0...1")"
        ).at(.parameter(1))
      case "Bool":
        throw Failure(
          .argument, "Bool.random() takes no arguments", help: "Int.random(in: 1...6) takes a Range")
      default: throw machine.noMember("random", call[0])
      }
    }
    for type in ["Bool", "Int", "Double"] { typeMembers[type, default: []].append("random") }
    // `texts.map(Int.init)`: Swift's name for what the type itself is here.
    let types = ["Array", "Bool", "Bytes", "Date", "Double", "Error", "Int", "String"]
    for type in types { typeMembers[type, default: []].append("init") }
    defineProperty(Tag.native, "init") { call throws(Failure) in
      let function = call.machine.natives[call[0].native.pointee.number].name
      guard types.contains(function) else { throw call.machine.noMember("init", call[0]) }
      return call[0]
    }
  }

  // MARK: Members

  private func installNumberMembers() {
    defineMethod(Tag.int, "isMultiple", ["of"]) { call throws(Failure) in
      let divisor = try call.int(1)
      return .bool(divisor == 0 ? call[0].int == 0 : divisor == -1 || call[0].int % divisor == 0)
    }
    defineMethod(Tag.int, "quotientAndRemainder", ["dividingBy"]) { call throws(Failure) in
      let quotient = try call.machine.arithmetic(.divide, call[0], .int(try call.int(1)))
      let remainder = try call.machine.arithmetic(.remainder, call[0], call[1])
      return call.machine.makePair(quotient, remainder, names: ("quotient", "remainder"))
    }
    defineMethod(Tag.double, "squareRoot") { call throws(Failure) in .double(call[0].double.squareRoot()) }
    for tag in [Tag.int, Tag.double] {
      defineMethod(tag, "truncatingRemainder", ["dividingBy"]) { call throws(Failure) in
        .double(fmod(try call.double(0), try call.double(1)))
      }
      defineProperty(tag, "magnitude") { call throws(Failure) in
        if call[0].isDouble { return .double(call[0].double.magnitude) }
        guard call[0].int != .min else {
          throw Failure(.arithmetic, "the absolute value does not fit into an Int")
        }
        return .int(Swift.abs(call[0].int))
      }
      defineMethod(tag, "clamped", ["to"]) { call throws(Failure) in
        guard call[1].tag == Tag.range else { throw call.wrongType(1, expected: "a Range, as 1...6") }
        let range = call[1].range.pointee
        let upper = range.isClosed == 1 ? range.upper : range.upper - 1
        if upper < range.lower {
          throw Failure(.argument, "clamped(to:) of a range that is empty").at(.parameter(1))
        }
        if call[0].isInt { return .int(Swift.min(Swift.max(call[0].int, range.lower), upper)) }
        return .double(Swift.min(Swift.max(call[0].double, Double(range.lower)), Double(upper)))
      }
    }
    defineMethod(Tag.int, "signum") { call throws(Failure) in .int(call[0].int.signum()) }
    defineProperty(Tag.double, "isNaN") { call throws(Failure) in .bool(call[0].double.isNaN) }
    defineProperty(Tag.double, "isInfinite") { call throws(Failure) in .bool(call[0].double.isInfinite) }
    defineProperty(Tag.double, "isFinite") { call throws(Failure) in .bool(call[0].double.isFinite) }
    defineMethod(Tag.double, "signum") { call throws(Failure) in
      let number = call[0].double
      return .double(number > 0 ? 1 : number < 0 ? -1 : number)
    }
    defineMethod(Tag.double, "remainder", ["dividingBy"]) { call throws(Failure) in
      .double(call[0].double.remainder(dividingBy: try call.double(1)))
    }
    installDecimals()
  }

  private func installDurations() {
    let units = [
      ("days", 86_400_000_000_000), ("hours", 3_600_000_000_000), ("minutes", 60_000_000_000),
      ("seconds", 1_000_000_000), ("milliseconds", 1_000_000), ("microseconds", 1_000),
    ]
    for (name, size) in units {
      defineProperty(Tag.duration, name) { call throws(Failure) in
        .double(Machine.quotient(call[0].int, by: size))
      }
    }
    defineProperty(Tag.duration, "nanoseconds") { call throws(Failure) in .int(call[0].int) }
    defineProperty(Tag.duration, "magnitude") { call throws(Failure) in
      if call[0].int == .min { throw .durationTooLong }
      return .duration(nanoseconds: Swift.abs(call[0].int))
    }
  }

  /// Nanoseconds in a larger unit. Of more than a Double holds exactly the whole units are taken first: so the time
  /// since 1970 keeps its milliseconds.
  private static func quotient(_ nanoseconds: Int, by size: Int) -> Double {
    if nanoseconds.magnitude <= 1 << 53 { return Double(nanoseconds) / Double(size) }
    return Double(nanoseconds / size) + Double(nanoseconds % size) / Double(size)
  }
}

extension NativeCall {
  func radix(_ index: Int) throws(Failure) -> Int {
    let radix = try int(index, default: 10)
    guard (2...36).contains(radix) else {
      throw Failure(.argument, "a radix is 2 to 36, not \(radix)").at(.parameter(index))
    }
    return radix
  }

  /// The failure for what is neither a number nor a text of one.
  fileprivate func noNumber() -> Failure {
    var failure = wrongType(0, expected: "a number or a String")
    switch self[0].tag {
    case Tag.duration: failure.help = "write .seconds, .milliseconds, …: they are numbers"
    case Tag.date: failure.help = "write .unix: seconds since 1970"
    case Tag.nil: failure.help = "write \(function.name)(x ?? \"\") for nil where x is nil"
    default: break
    }
    return failure
  }
}
