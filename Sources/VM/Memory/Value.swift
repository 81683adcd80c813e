/// What a variable, an element or a register holds: sixteen plain bytes, a tag and its bits.
///
/// Values with a tag of `Tag.string` or above point into the heap of one machine and live as long as they
/// can be reached there. Code outside the machine that keeps one across a run must pin it
/// (`Machine.pin(_:)`).
public struct Value: BitwiseCopyable, Sendable {
  var tag: UInt
  var bits: UInt

  @inline(__always) init(tag: UInt, bits: UInt) {
    self.tag = tag
    self.bits = bits
  }

  @inline(__always) init<Object>(_ tag: UInt, _ object: UnsafeMutablePointer<Object>) {
    self.tag = tag
    bits = UInt(bitPattern: object)
  }

  @inline(__always) public static var `nil`: Value { Value(tag: Tag.nil, bits: 0) }
  @inline(__always) public static func bool(_ value: Bool) -> Value {
    Value(tag: Tag.bool, bits: value ? 1 : 0)
  }
  @inline(__always) public static func int(_ value: Int) -> Value {
    Value(tag: Tag.int, bits: UInt(bitPattern: value))
  }
  @inline(__always) public static func double(_ value: Double) -> Value {
    Value(tag: Tag.double, bits: UInt(value.bitPattern))
  }
  /// A length of time in nanoseconds.
  @inline(__always) public static func duration(nanoseconds: Int) -> Value {
    Value(tag: Tag.duration, bits: UInt(bitPattern: nanoseconds))
  }

  /// A point in time, in nanoseconds since 1970 (UTC, without leap seconds).
  @inline(__always) public static func date(nanoseconds: Int) -> Value {
    Value(tag: Tag.date, bits: UInt(bitPattern: nanoseconds))
  }

  /// An argument that the caller left out.
  @inline(__always) static var missing: Value { Value(tag: Tag.missing, bits: 0) }
  /// A global that nothing has declared, an entry that was removed.
  @inline(__always) static var unset: Value { Value(tag: Tag.unset, bits: 0) }

  @inline(__always) var isInt: Bool { tag == Tag.int }
  @inline(__always) var isDouble: Bool { tag == Tag.double }
  @inline(__always) var isBool: Bool { tag == Tag.bool }
  @inline(__always) public var isNil: Bool { tag == Tag.nil }
  @inline(__always) var isObject: Bool { tag >= Tag.firstObject }
  @inline(__always) var int: Int { Int(bitPattern: bits) }
  @inline(__always) var bool: Bool { bits != 0 }
  @inline(__always) var double: Double { Double(bitPattern: UInt64(bits)) }

  public var asInt: Int? { isInt ? int : nil }
  public var asBool: Bool? { isBool ? bool : nil }
  public var asDouble: Double? { isDouble ? double : isInt ? Double(int) : nil }
  /// Nanoseconds, where this is a duration.
  public var asDuration: Int? { tag == Tag.duration ? int : nil }
  /// Nanoseconds since 1970, where this is a date.
  public var asDate: Int? { tag == Tag.date ? int : nil }
  public var isFunction: Bool { tag == Tag.closure || tag == Tag.native || tag == Tag.boundMethod }
  public var isDeferred: Bool { tag == Tag.deferred }

  /// Whether both are the same plain value or the same object.
  public func isIdentical(to other: Value) -> Bool { tag == other.tag && bits == other.bits }

  @inline(__always) func pointer<Object>(to type: Object.Type) -> UnsafeMutablePointer<Object> {
    UnsafeMutablePointer<Object>(bitPattern: bits).unsafelyUnwrapped
  }
  @inline(__always) var header: UnsafeMutablePointer<Header> { pointer(to: Header.self) }
  @inline(__always) var string: UnsafeMutablePointer<StringObject> { pointer(to: StringObject.self) }
  @inline(__always) var array: UnsafeMutablePointer<ArrayObject> { pointer(to: ArrayObject.self) }
  @inline(__always) var dictionary: UnsafeMutablePointer<DictionaryObject> {
    pointer(to: DictionaryObject.self)
  }
  @inline(__always) var closure: UnsafeMutablePointer<ClosureObject> { pointer(to: ClosureObject.self) }
  @inline(__always) var native: UnsafeMutablePointer<NativeObject> { pointer(to: NativeObject.self) }
  @inline(__always) var box: UnsafeMutablePointer<BoxObject> { pointer(to: BoxObject.self) }
  @inline(__always) var deferred: UnsafeMutablePointer<DeferredObject> { pointer(to: DeferredObject.self) }
  @inline(__always) var fiber: UnsafeMutablePointer<FiberObject> { pointer(to: FiberObject.self) }
  @inline(__always) var reaction: UnsafeMutablePointer<ReactionObject> { pointer(to: ReactionObject.self) }
  @inline(__always) var range: UnsafeMutablePointer<RangeObject> { pointer(to: RangeObject.self) }
  @inline(__always) var error: UnsafeMutablePointer<ErrorObject> { pointer(to: ErrorObject.self) }
  @inline(__always) var boundMethod: UnsafeMutablePointer<BoundMethodObject> {
    pointer(to: BoundMethodObject.self)
  }
  @inline(__always) var instance: UnsafeMutablePointer<InstanceObject> { pointer(to: InstanceObject.self) }
}

extension UnsafeMutablePointer where Pointee == Value {
  /// Copies a value that may have been written just before. A number's halves are taken one by one: as one
  /// load of sixteen bytes it would wait for the two stores of eight, which processors don't forward.
  @inline(__always) func copy(_ source: ValuePointer) {
    if source.pointee.isInt {
      pointee = .int(source.pointee.int)
    } else if source.pointee.isDouble {
      pointee = .double(source.pointee.double)
    } else {
      pointee = source.pointee
    }
  }
}

typealias ValuePointer = UnsafeMutablePointer<Value>
typealias RawPointer = UnsafeMutableRawPointer

/// The kinds of values. Those from `firstObject` on live in the heap; their objects' headers hold the same
/// number.
enum Tag {
  static let `nil`: UInt = 0
  static let bool: UInt = 1
  static let int: UInt = 2
  static let double: UInt = 3
  static let duration: UInt = 4
  static let date: UInt = 5
  /// A return address in a frame.
  static let frame: UInt = 6
  static let missing: UInt = 7
  static let unset: UInt = 8
  static let firstObject: UInt = 9
  static let string: UInt = 9
  /// Text that is HTML already; laid out as a string.
  static let html: UInt = 10
  static let bytes: UInt = 11
  static let array: UInt = 12
  static let dictionary: UInt = 13
  static let range: UInt = 14
  static let closure: UInt = 15
  static let native: UInt = 16
  static let boundMethod: UInt = 17
  static let box: UInt = 18
  static let deferred: UInt = 19
  static let fiber: UInt = 20
  static let reaction: UInt = 21
  static let error: UInt = 22
  /// An object of a class that the host defines: a request, a response, a timer.
  static let instance: UInt = 23
  static let count = 24
  /// What strings share their bytes in: no value, but an object of the heap.
  static let buffer: UInt = 24

  /// What a message calls a value of the tag.
  static func name(_ tag: UInt) -> String {
    switch tag {
    case Tag.nil: "nil"
    case bool: "Bool"
    case int: "Int"
    case double: "Double"
    case duration: "Duration"
    case date: "Date"
    case string: "String"
    case html: "HTML"
    case bytes: "Bytes"
    case array: "Array"
    case dictionary: "Dictionary"
    case range: "Range"
    case closure, native, boundMethod: "Function"
    case deferred: "Deferred"
    case error: "Error"
    default: "Value"
    }
  }
}
