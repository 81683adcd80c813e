import Foundation
import Language

// Values as people see them.

extension Machine {
  /// The type's name as messages say it.
  public func typeName(_ value: Value) -> String {
    value.tag == Tag.instance ? classes[Int(value.header.pointee.aux)].name : Tag.name(value.tag)
  }

  /// The value as text: what `print` writes and an interpolation puts in.
  public func display(_ value: Value) -> String {
    switch value.tag {
    case Tag.string, Tag.html: return heap.text(value.string)
    case Tag.error: return display(value.error.pointee.message)
    default: return repr(value)
    }
  }

  /// The value as a literal would be written where there is one: what `Out` shows. Bounded in depth and
  /// length.
  public func repr(_ value: Value) -> String {
    var writer = Writer(machine: self)
    writer.write(value, depth: 0)
    return writer.text
  }

  static func text(of number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    return "\(number)"
  }

  /// A duration in the largest unit that keeps it short: `2s`, `250ms`, `1.5h`.
  public static func text(ofDuration nanoseconds: Int) -> String {
    let units: [(String, Double)] = [("h", 3.6e12), ("m", 6e10), ("s", 1e9), ("ms", 1e6), ("us", 1e3)]
    let magnitude = Double(nanoseconds.magnitude)
    guard let (unit, size) = units.first(where: { magnitude >= $0.1 }) else {
      return nanoseconds == 0 ? "0s" : "\(nanoseconds)ns"
    }
    let amount = Double(nanoseconds) / size
    if amount == amount.rounded() { return "\(Int(amount))\(unit)" }
    return "\((amount * 1000).rounded() / 1000)\(unit)"
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
          result += "\\u{\(String(scalar.value, radix: 16))}"
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
    var origin = deferred
    for _ in 0..<100 {
      guard origin.pointee.origin.tag == Tag.reaction,
        let source = origin.pointee.origin.reaction.pointee.source
      else { break }
      origin = source
    }
    if origin.pointee.header.flags & DeferredObject.isOperation != 0,
      let text = host?.describe(operation: origin.pointee.number), !text.isEmpty
    {
      return "<Deferred pending: \(text)>"
    }
    switch origin.pointee.origin.tag {
    case Tag.array:
      return "<Deferred pending: \(origin.pointee.number) of \(origin.pointee.origin.array.pointee.count)>"
    case Tag.fiber: return "<Deferred pending: async>"
    default: return "<Deferred pending>"
    }
  }
}

/// Writes a value as text, within bounds.
private struct Writer {
  let machine: Machine
  var text = ""
  /// Collections deeper than this show as `[…]`.
  private static let depthLimit = 8
  /// Elements of one collection shown; the rest is counted.
  private static let elementLimit = 200
  private static let lengthLimit = 100_000

  init(machine: Machine) { self.machine = machine }

  mutating func write(_ value: Value, depth: Int) {
    if text.utf8.count > Writer.lengthLimit { return }
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
    case Tag.array: writeArray(value.array, depth)
    case Tag.dictionary: writeDictionary(value.dictionary, depth)
    case Tag.closure:
      let function = machine.prototype(of: value)?.function
      text += function?.role == .function ? "<Function \(function?.name ?? "")>" : "<Function>"
    case Tag.native: text += "<Function \(machine.natives[value.native.pointee.number].name)>"
    case Tag.boundMethod: text += "<Function>"
    case Tag.error:
      text +=
        "<Error \(machine.display(value.error.pointee.kind)): \(machine.display(value.error.pointee.message))>"
    case Tag.deferred: text += machine.describe(value.deferred)
    case Tag.instance:
      let type = machine.classes[Int(value.header.pointee.aux)]
      text += type.describe?(value) ?? "<\(type.name)>"
    default: text += "<Value>"
    }
  }

  private mutating func writeText(_ string: UnsafeMutablePointer<StringObject>) {
    let count = string.pointee.count
    if count <= Writer.lengthLimit { return text += Machine.quoted(machine.heap.text(string)) }
    let start = UnsafeBufferPointer(rebasing: string.buffer[..<Writer.lengthLimit])
    text +=
      Machine.quoted(String(decoding: start, as: UTF8.self)) + "… \(count - Writer.lengthLimit) more bytes"
  }

  private mutating func writeArray(_ array: UnsafeMutablePointer<ArrayObject>, _ depth: Int) {
    if depth >= Writer.depthLimit {
      text += "[…]"
      return
    }
    text += "["
    for place in 0..<array.pointee.count {
      if place > 0 { text += ", " }
      if place >= Writer.elementLimit {
        text += "… \(array.pointee.count - place) more"
        break
      }
      write(array.pointee.elements[place], depth: depth + 1)
    }
    text += "]"
  }

  private mutating func writeDictionary(_ dictionary: UnsafeMutablePointer<DictionaryObject>, _ depth: Int) {
    let pairs = machine.heap.pairs(of: dictionary)
    if pairs.isEmpty {
      text += "[:]"
      return
    }
    if depth >= Writer.depthLimit {
      text += "[…]"
      return
    }
    text += "["
    for (place, pair) in pairs.enumerated() {
      if place > 0 { text += ", " }
      if place >= Writer.elementLimit {
        text += "… \(pairs.count - place) more"
        break
      }
      write(pair.key, depth: depth + 1)
      text += ": "
      write(pair.value, depth: depth + 1)
    }
    text += "]"
  }
}
