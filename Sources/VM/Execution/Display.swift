import Foundation
import Language

// Values as people see them.

extension Machine {
  /// The type's name as messages say it.
  public func typeName(_ value: Value) -> String {
    value.tag == Tag.instance ? classes[Int(value.header.pointee.aux)].name : Tag.name(value.tag)
  }

  /// The value as text, as `text(of:)` gives it, but with bounds: for messages and listings.
  public func display(_ value: Value) -> String {
    switch value.tag {
    case Tag.string, Tag.html: heap.text(value.string)
    case Tag.error: display(value.error.pointee.message)
    default: repr(value)
    }
  }

  /// The value as a literal would be written where there is one, bounded in depth and length: what `Out` shows. What
  /// is left out is counted.
  ///
  /// - Parameter limit: about how many bytes it may have.
  public func repr(_ value: Value, limit: Int = 100_000) -> String { excerpt(of: value, limit: limit).text }

  /// The same, and whether nothing of the value is left out.
  public func excerpt(of value: Value, limit: Int = 100_000) -> (text: String, isWhole: Bool) {
    var writer = Writer(machine: self, bounds: .shown(length: limit))
    writer.write(value)
    return (writer.text, writer.isWhole)
  }

  /// Gives the whole value in pieces, as a literal would be written where there is one, up to about the length that a
  /// text may have.
  public func writeWhole(_ value: Value, to sink: @escaping (String) -> Void) {
    var writer = Writer(machine: self, bounds: .whole(length: limits.stringLength), sink: sink)
    writer.write(value)
    sink(writer.text)
  }

  /// The whole value as text: what `print` writes and an interpolation puts in.
  ///
  /// - Throws: the failure of a limit where that is longer or nested deeper than may be.
  public func text(of value: Value) throws(Failure) -> String {
    switch value.tag {
    case Tag.string, Tag.html: heap.text(value.string)
    case Tag.error: try text(of: value.error.pointee.message)
    default: try literal(of: value)
    }
  }

  /// A value as it stands in a header, a query or a form.
  ///
  /// - Parameter name: the name that the value belongs to.
  /// - Throws: a failure for what is no text and has no plain one: a function, a collection, a Deferred.
  public func plainText(of value: Value, for name: String) throws(Failure) -> String {
    if value.isDeferred { throw .notAwaited("a value for \(name)") }
    if value.isFunction || [Tag.array, Tag.dictionary, Tag.range, Tag.instance].contains(value.tag) {
      throw Failure(
        .type, "the value for \(name) must be a text or a number, not \(typeName(value))",
        help: value.isFunction
          ? "call it, or leave it out" : value.tag == Tag.range ? nil : "write toJSON(value) for its JSON")
    }
    if isBytes(value) {
      throw Failure(
        .type, "the value for \(name) must be a text or a number, not Bytes",
        help: "write it as a text: .hexEncoded(), .base64Encoded(), or String(value)")
    }
    return try text(of: value)
  }

  /// The whole value as a literal would be written where there is one.
  ///
  /// - Throws: the failure of a limit, as `text(of:)`.
  func literal(of value: Value) throws(Failure) -> String {
    var writer = Writer(machine: self, bounds: .whole(length: limits.stringLength))
    writer.write(value)
    try spend(writer.text.utf8.count >> 4)
    if writer.isTooDeep {
      throw Failure(
        .limit, "the value is nested more than \(Writer.Bounds.greatestDepth) deep", help: "show a part of it"
      )
    }
    try heap.checkLength(writer.text.utf8.count)
    return writer.text
  }

  static func text(of number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    return "\(number)"
  }

  /// A duration, exactly, in its largest unit; in hours and minutes where three decimals are enough: `2s`, `250ms`, `1.5h`,
  /// `3661s`, `4.000343183s`.
  public static func text(ofDuration nanoseconds: Int) -> String {
    if nanoseconds == 0 { return "0s" }
    let units: [(String, UInt)] = [
      ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    ]
    let magnitude = nanoseconds.magnitude
    let sign = nanoseconds < 0 ? "-" : ""
    for (unit, size) in units where magnitude >= size {
      // Of decimal units every part is a decimal fraction.
      let step = size <= 1_000_000_000 ? 1 : size / 1_000
      guard magnitude % size % step == 0 else { continue }
      let parts = size / step
      var decimals = String(parts + magnitude % size / step).dropFirst()
      while decimals.last == "0" { decimals.removeLast() }
      return "\(sign)\(magnitude / size)\(decimals.isEmpty ? "" : ".\(decimals)")\(unit)"
    }
    return "\(nanoseconds)ns"
  }

  /// A string as a literal.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) {
          result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// What a pending deferred waits for, as far as it is known.
  func describe(_ deferred: UnsafeMutablePointer<DeferredObject>) -> String {
    switch deferred.state {
    case DeferredObject.resolved: return "<Deferred: \(repr(deferred.pointee.value))>"
    case DeferredObject.rejected: return "<Deferred failed: \(display(deferred.pointee.value))>"
    case DeferredObject.cancelled: return "<Deferred cancelled>"
    default: break
    }
    return whatFires(deferred).map { "<Deferred pending: \($0)>" } ?? "<Deferred pending>"
  }

  /// What will fire a pending deferred, for people: `timer 12s`, `2 of 3`; nil where only a `resolve` can.
  func whatFires(_ deferred: UnsafeMutablePointer<DeferredObject>) -> String? {
    let origin = origin(of: deferred)
    if origin.pointee.header.flags & DeferredObject.isOperation != 0,
      let text = host?.describe(operation: origin.pointee.number), !text.isEmpty
    {
      return text
    }
    switch origin.pointee.origin.tag {
    case Tag.array: return "\(origin.pointee.number) of \(origin.pointee.origin.array.pointee.count)"
    case Tag.fiber: return "async"
    default: return nil
    }
  }

  /// The deferred at the beginning of a chain of callbacks.
  func origin(of deferred: UnsafeMutablePointer<DeferredObject>) -> UnsafeMutablePointer<DeferredObject> {
    var origin = deferred
    for _ in 0..<100 {
      guard origin.pointee.origin.tag == Tag.reaction,
        let source = origin.pointee.origin.reaction.pointee.source
      else { break }
      origin = source
    }
    return origin
  }
}

/// Writes a value as text, within bounds. A collection within itself shows as `[…]`.
private struct Writer {
  struct Bounds {
    /// Collections deeper than this show as `[…]`.
    let depth: Int
    /// Elements of one collection; the rest is counted.
    let elements: Int
    /// Bytes in all, about.
    let length: Int

    static let greatestDepth = 512
    static func shown(length: Int) -> Bounds { Bounds(depth: 8, elements: 200, length: length) }
    static func whole(length: Int) -> Bounds { Bounds(depth: greatestDepth, elements: .max, length: length) }
  }

  let machine: Machine
  /// What was written and not given on.
  private(set) var text = ""
  /// Nothing was left out.
  private(set) var isWhole = true
  /// Something was left out since it is nested deeper than it may be.
  private(set) var isTooDeep = false
  private let bounds: Bounds
  /// Takes what was written, in pieces; nil where it is kept in one.
  private let sink: ((String) -> Void)?
  /// The bytes that it has taken.
  private var takenLength = 0
  private static let pieceLength = 1 << 16
  /// The collections that surround the place.
  private var path: [UInt] = []

  init(machine: Machine, bounds: Bounds, sink: ((String) -> Void)? = nil) {
    self.machine = machine
    self.bounds = bounds
    self.sink = sink
  }

  private var isLong: Bool { takenLength + text.utf8.count > bounds.length }

  mutating func write(_ value: Value) {
    if isLong {
      isWhole = false
      return
    }
    if let sink, text.utf8.count > Writer.pieceLength {
      takenLength += text.utf8.count
      sink(text)
      text = ""
    }
    switch value.tag {
    case Tag.nil: text += "nil"
    case Tag.bool: text += value.bool ? "true" : "false"
    case Tag.int: text += "\(value.int)"
    case Tag.double: text += Machine.text(of: value.double)
    case Tag.duration: text += Machine.text(ofDuration: value.int)
    case Tag.date: text += Machine.text(ofDate: value.int)
    case Tag.string: writeText(value.string)
    case Tag.html:
      text += "html "
      writeText(value.string)
    case Tag.bytes: text += "<Bytes: \(value.string.pointee.count)>"
    case Tag.range:
      text +=
        "\(value.range.pointee.lower)\(value.range.pointee.isClosed == 1 ? "..." : "..<")\(value.range.pointee.upper)"
    case Tag.array: writeArray(value)
    case Tag.dictionary: writeDictionary(value)
    case Tag.closure:
      let function = machine.prototype(of: value)?.function
      text += function?.role == .function ? "<Function \(function?.name ?? "")>" : "<Function>"
    case Tag.native: text += "<Function \(machine.natives[value.native.pointee.number].name)>"
    case Tag.boundMethod: text += "<Function>"
    case Tag.error:
      let message = machine.display(value.error.pointee.message)
      let isPlain = !message.unicodeScalars.contains { $0.properties.generalCategory == .control }
      text +=
        "<Error \(machine.display(value.error.pointee.kind)): \(isPlain ? message : Machine.quoted(message))>"
    case Tag.deferred: text += machine.describe(value.deferred)
    case Tag.instance:
      let type = machine.classes[Int(value.header.pointee.aux)]
      text += type.describe?(value) ?? "<\(type.name)>"
    default: text += "<Value>"
    }
  }

  private mutating func writeText(_ string: UnsafeMutablePointer<StringObject>) {
    let count = string.pointee.count
    if count <= bounds.length { return text += Machine.quoted(machine.heap.text(string)) }
    isWhole = false
    let start = UnsafeBufferPointer(rebasing: string.buffer[..<bounds.length])
    text += Machine.quoted(String(decoding: start, as: UTF8.self)) + "… \(count - bounds.length) more bytes"
  }

  /// Whether a collection is to be written; what shows in its place is where it is not.
  private mutating func enter(_ value: Value) -> Bool {
    let isInItself = path.contains(value.bits)
    guard path.count < bounds.depth, !isInItself else {
      if !isInItself { (isTooDeep, isWhole) = (true, false) }
      text += "[…]"
      return false
    }
    path.append(value.bits)
    return true
  }

  /// Whether what comes at a place of a collection is only counted.
  private mutating func isFull(_ place: Int) -> Bool {
    guard place >= bounds.elements || isLong else { return false }
    isWhole = false
    return true
  }

  private mutating func writeArray(_ value: Value) {
    guard enter(value) else { return }
    defer { path.removeLast() }
    let array = value.array
    text += "["
    for place in 0..<array.pointee.count {
      if place > 0 { text += ", " }
      if isFull(place) {
        text += "… \(array.pointee.count - place) more"
        break
      }
      write(array.pointee.elements[place])
    }
    text += "]"
  }

  private mutating func writeDictionary(_ value: Value) {
    let pairs = machine.heap.pairs(of: value.dictionary)
    if pairs.isEmpty { return text += "[:]" }
    guard enter(value) else { return }
    defer { path.removeLast() }
    text += "["
    for (place, pair) in pairs.enumerated() {
      if place > 0 { text += ", " }
      if isFull(place) {
        text += "… \(pairs.count - place) more"
        break
      }
      write(pair.key)
      text += ": "
      write(pair.value)
    }
    text += "]"
  }
}
