/// A function written in Swift. It gets its arguments in the order of its parameters, gives a value, and
/// never runs code of the language: what must wait gives a deferred.
///
/// It allocates before it has effects, so that a failure leaves nothing half done.
public typealias NativeBody = (borrowing NativeCall) throws(Failure) -> Value

/// A parameter of a native.
public struct NativeParameter: Sendable {
  public let name: String
  public let isRequired: Bool
  /// Whether it must be given by its name, since without it the call would read as another one.
  public let isNamed: Bool

  public init(_ name: String, isRequired: Bool = true, isNamed: Bool = false) {
    self.name = name
    self.isRequired = isRequired
    self.isNamed = isNamed
  }

  /// Reads `"text"`, `"pretty?"`, which may be left out, `"at!"`, whose label must be written, and `"hex!?"`, which is both.
  static func list(_ names: [String]) -> [NativeParameter] {
    names.map {
      switch $0.last {
      case "?" where $0.hasSuffix("!?"):
        NativeParameter(String($0.dropLast(2)), isRequired: false, isNamed: true)
      case "?": NativeParameter(String($0.dropLast()), isRequired: false)
      case "!": NativeParameter(String($0.dropLast()), isNamed: true)
      default: NativeParameter($0)
      }
    }
  }
}

final class NativeFunction {
  let name: String
  let parameters: [NativeParameter]
  let requiredCount: Int
  /// So many arguments without a label, the receiver included, are in their places as they come: none of them is for a
  /// parameter that must be named, and none that must be given is missing.
  let leastPlain: Int
  let mostPlain: Int
  /// Takes any number of arguments beyond its parameters.
  let isVariadic: Bool
  /// The labels of further arguments that such a native takes, as print's `separator`.
  let options: [String]
  /// Methods get the receiver as their first argument, which is no parameter.
  let isMember: Bool
  let body: NativeBody
  /// Of the receiver and the parameters, those that must be given, and those that must be named, as bits; both nil where
  /// there are more than have room in `Machine.scratch`.
  let masks: (required: UInt64, named: UInt64)?

  init(
    name: String, parameters: [NativeParameter], isVariadic: Bool, options: [String], isMember: Bool,
    body: @escaping NativeBody
  ) {
    self.name = name
    self.parameters = parameters
    requiredCount = parameters.prefix { $0.isRequired }.count
    self.isVariadic = isVariadic
    self.options = options
    self.isMember = isMember
    self.body = body
    let hidden = isMember ? 1 : 0
    if isVariadic {
      (leastPlain, mostPlain) = (hidden + requiredCount, .max)
    } else {
      leastPlain = hidden + ((parameters.lastIndex(where: \.isRequired) ?? -1) + 1)
      mostPlain = hidden + (parameters.firstIndex(where: \.isNamed) ?? parameters.count)
    }
    var (required, named) = (isMember ? 1 : 0 as UInt64, 0 as UInt64)
    for (place, parameter) in parameters.prefix(Machine.scratchCapacity - 1).enumerated() {
      if parameter.isRequired { required |= 1 << UInt64(place + hidden) }
      if parameter.isNamed { named |= 1 << UInt64(place + hidden) }
    }
    masks = parameters.count + hidden <= Machine.scratchCapacity ? (required, named) : nil
  }

  /// The place of a parameter among the arguments.
  func place(of label: String) -> Int? {
    for place in parameters.indices where parameters[place].name == label {
      return place + (isMember ? 1 : 0)
    }
    return nil
  }
}

/// The arguments of one call of a native.
public struct NativeCall: ~Copyable {
  // Not counted: whoever calls keeps both, and counting would cost more than most natives.
  public unowned(unsafe) let machine: Machine
  let heap: Heap
  let base: ValuePointer
  public let count: Int
  /// The run of a cell on whose behalf it is called.
  public let owner: UInt32
  unowned(unsafe) let function: NativeFunction
  /// What `NativeFunction.options` name, `missing` where it was left out; empty where all were.
  var given: [Value] = []

  /// Lets the machine do something without counting that it is used, which takes longer than what some natives do.
  @inline(__always)
  func withMachine<Output>(_ body: (Machine) throws(Failure) -> Output) throws(Failure) -> Output {
    try Unmanaged.passUnretained(machine)._withUnsafeGuaranteedRef { machine -> Result<Output, Failure> in
      do throws(Failure) { return .success(try body(machine)) } catch { return .failure(error) }
    }.get()
  }

  /// Whether the code that calls works on a request.
  public var servesRequest: Bool { machine.current.map { $0.requests.count > 0 } ?? false }

  /// What requests it is called for: with one at least, what it begins outlives the run that defined the code.
  public var requests: RequestChain {
    machine.current.map { fiber in
      RequestChain(
        count: fiber.requests.count, seesOwnGlobals: machine.seesOwnGlobals(fiber),
        asker: fiber.requests == .none ? fiber.pointee.owner : fiber.requests.asker)
    } ?? .none
  }

  /// The task in whose own fiber it is called; nil in a fiber that the language began, as by `async`.
  public var task: TaskID? {
    machine.current.flatMap { $0.pointee.task == 0 ? nil : TaskID(number: $0.pointee.task) }
  }

  /// An argument; nil for one that was left out.
  public subscript(index: Int) -> Value {
    guard index < count else { return .nil }
    let value = base[index]
    return value.tag == Tag.missing ? .nil : value
  }

  /// A labelled argument of a native that takes any number of others, by its place among the options; nil where it was
  /// left out.
  public func option(_ place: Int) -> Value {
    guard place < given.count, given[place].tag != Tag.missing else { return .nil }
    return given[place]
  }

  public func has(_ index: Int) -> Bool { index < count && base[index].tag != Tag.missing }

  /// Whether the first argument was given and no other.
  var isFirstAlone: Bool {
    guard has(0) else { return false }
    for place in 1..<max(1, count) where base[place].tag != Tag.missing { return false }
    return true
  }

  /// Of parameters that each say in their own way what is made, which one is given; nil where none is.
  func only(_ places: Int...) throws(Failure) -> Int? {
    var given: [Int] = []
    for place in places where has(place) { given.append(place) }
    guard given.count > 1 else { return given.first }
    throw Failure(
      .argument, "\(function.name)() takes \(name(given[0])) or \(name(given[1])), not both"
    ).at(.parameter(given[1]))
  }

  private func name(_ index: Int) -> String {
    let place = function.isMember ? index - 1 : index
    if function.isMember, index == 0 { return "the receiver" }
    return place < function.parameters.count
      ? "\"\(function.parameters[place].name)\"" : "argument \(place + 1)"
  }

  /// The failure for an argument of the wrong type; says "not awaited" for a deferred.
  public func wrongType(_ index: Int, expected: String) -> Failure {
    let value = self[index]
    let subject = "\(name(index)) of \(function.name)"
    if value.isDeferred { return .notAwaited(subject).at(.parameter(index)) }
    return Failure(.type, "\(subject) must be \(expected), not \(machine.typeName(value))")
      .at(.parameter(index))
  }

  public func int(_ index: Int) throws(Failure) -> Int {
    let value = self[index]
    if value.isInt { return value.int }
    throw wrongType(index, expected: "an Int")
  }

  public func int(_ index: Int, default value: Int) throws(Failure) -> Int {
    has(index) && !self[index].isNil ? try int(index) : value
  }

  public func double(_ index: Int) throws(Failure) -> Double {
    guard let number = self[index].asDouble else { throw wrongType(index, expected: "a number") }
    return number
  }

  public func bool(_ index: Int, default value: Bool) throws(Failure) -> Bool {
    guard has(index), !self[index].isNil else { return value }
    guard let flag = self[index].asBool else { throw wrongType(index, expected: "a Bool") }
    return flag
  }

  public func string(_ index: Int) throws(Failure) -> String {
    let value = self[index]
    guard value.tag == Tag.string || value.tag == Tag.html else {
      throw wrongType(index, expected: "a String")
    }
    try machine.spend(value.string.pointee.count >> 3)
    return machine.heap.text(value.string)
  }

  public func string(_ index: Int, default value: String) throws(Failure) -> String {
    has(index) && !self[index].isNil ? try string(index) : value
  }

  /// A duration in nanoseconds.
  public func duration(_ index: Int) throws(Failure) -> Int {
    if let nanoseconds = self[index].asDuration { return nanoseconds }
    var failure = wrongType(index, expected: "a Duration, as 2s or 250ms")
    if self[index].isInt || self[index].isDouble {
      failure.message = "\(name(index)) of \(function.name) must be a Duration, not a number"
      failure.help = "write the unit: 2s, 250ms, 5m; or multiply: seconds * 1s"
    }
    throw failure
  }

  public func function(_ index: Int) throws(Failure) -> Value {
    let value = self[index]
    if value.isFunction { return value }
    throw wrongType(index, expected: "a function, as { … }")
  }

  /// A function that will be called without arguments: one that needs some is refused at once, not when its time has
  /// come.
  public func functionWithoutArguments(_ index: Int) throws(Failure) -> Value {
    let function = try function(index)
    guard function.tag == Tag.closure, let code = machine.prototype(of: function)?.function else {
      return function
    }
    if code.takesAnyCount {
      if code.parameterNames.isEmpty { return function }
      throw .tooFewAnonymous(code.parameterNames.count, given: 0).at(.parameter(index))
    }
    guard let needed = zip(code.parameterNames, code.required).first(where: \.1)?.0 else { return function }
    throw Failure(
      .argument,
      "\(name(index)) of \(self.function.name) is called without arguments, but needs \"\(needed)\""
    ).at(.parameter(index))
  }

  /// A function that is given something to work with: one that cannot take it would do nothing, and say nothing.
  public func functionWithAnArgument(_ index: Int, help: String) throws(Failure) -> Value {
    let function = try function(index)
    guard function.tag == Tag.closure, let code = machine.prototype(of: function)?.function,
      code.parameterNames.isEmpty
    else { return function }
    throw Failure(
      .argument, "\(name(index)) of \(self.function.name) takes no argument, but is called with one",
      help: help
    )
    .at(.parameter(index))
  }

  /// The elements of an array.
  public func elements(_ index: Int) throws(Failure) -> [Value] {
    guard let elements = machine.elements(of: self[index]) else {
      throw wrongType(index, expected: "an Array")
    }
    try machine.spend(elements.count)
    return elements
  }
}

extension NativeCall {
  /// A Range as the places of a sequence of `count` elements.
  func bounds(_ index: Int, count: Int) throws(Failure) -> Range<Int> {
    guard self[index].tag == Tag.range else { throw wrongType(index, expected: "a Range") }
    guard let bounds = machine.checkedBounds(self[index].range, count: count, "array") else {
      throw machine.takeFailure()
    }
    return bounds
  }
}

extension Failure {
  static let durationTooLong = Failure(.arithmetic, "the duration is too long: at most about 292 years fit")

  static let waitsForItself = Failure(
    .argument, "a Deferred cannot wait for itself", help: "what it is resolved with waits for it")

  public static func notAwaited(_ what: String) -> Failure {
    Failure(.type, "\(what) is a Deferred that was not awaited", help: "write await before it")
  }
}
