import Foundation
import Language

// Values in `html "…"`: each place of a page has its own way to show one, so that no value ends it.

extension Machine {
  /// Makes HTML of the value in a register; false with `failure` set where that cannot be.
  @inline(never) func escapeHTML(_ target: ValuePointer, place operand: UInt8) -> Bool {
    let value = target.pointee
    let place = HTMLPlace(operand: operand)
    // What was made for a place between tags is a text like any other elsewhere.
    if value.tag == Tag.html, place.kind == .text || isRaw(value) && place.kind != .document { return true }
    if value.isDeferred {
      failure = .notAwaited("a value in HTML")
      return false
    }
    // A list of HTML pieces is put in whole: html "<ul>\(items.map { html "<li>\($0)</li>" })</ul>".
    do throws(Failure) {
      if place.kind == .text, let pieces = try htmlPieces(of: value) { return join(pieces, into: target) }
      target.pointee = try html(value, in: place)
      return true
    } catch {
      failure = error
      return false
    }
  }

  private func isRaw(_ html: Value) -> Bool { html.string.pointee.header.flags & StringObject.isRaw != 0 }

  /// The elements of a list with HTML in it as HTML: texts among them are escaped.
  private func htmlPieces(of value: Value) throws(Failure) -> [Value]? {
    guard value.tag == Tag.array, holdsHTML(value, depth: 0) else { return nil }
    var pieces: [Value] = []
    try collect(value, into: &pieces)
    return pieces
  }

  /// Whether an array has HTML in it, or an array that has.
  private func holdsHTML(_ value: Value, depth: Int) -> Bool {
    if value.tag == Tag.html { return true }
    guard value.tag == Tag.array, depth < Machine.pieceDepth else { return false }
    return (0..<value.array.pointee.count).contains {
      holdsHTML(value.array.pointee.elements[$0], depth: depth + 1)
    }
  }

  /// Lists of lists of pieces deeper than this are texts like any other value.
  private static let pieceDepth = 32

  private func collect(_ value: Value, into pieces: inout [Value], depth: Int = 0) throws(Failure) {
    try spend(1)
    switch value.tag {
    case Tag.html: pieces.append(value)
    case Tag.deferred: throw .notAwaited("a value in HTML")
    case Tag.array where holdsHTML(value, depth: depth):
      for place in 0..<value.array.pointee.count {
        try collect(value.array.pointee.elements[place], into: &pieces, depth: depth + 1)
      }
    default: pieces.append(try html(value, in: HTMLPlace(.text)))
    }
  }

  private func html(_ value: Value, in place: HTMLPlace) throws(Failure) -> Value {
    switch place.kind {
    case .text, .attribute:
      let text = value.tag == Tag.string ? value : heap.makeString(try text(of: value))
      if place.isUnquoted { return try unquoted(try bounded(heap.text(text.string))) }
      return try escapedHTML(text.string)
    case .address: return try attribute(safeAddress(try bounded(try text(of: value))), place)
    case .addressPart:
      return try attribute(try bounded(try text(of: value)).replacing(":", with: "%3A"), place)
    case .document: return try attribute(try htmlText(value), place)
    case .style: return try attribute(safeStyle(try bounded(try text(of: value))), place)
    case .name: return heap.makeString(safeName(try bounded(try text(of: value))), tag: Tag.html)
    case .script: return heap.makeString(try scriptLiteral(value), tag: Tag.html)
    case .scriptAttribute: return try attribute(try scriptLiteral(value), place)
    }
  }

  /// What is looked at character by character is no longer than this, lest everybody else waits for it.
  private func bounded(_ text: String) throws(Failure) -> String {
    if text.utf8.count > Machine.attributeLimit {
      throw Failure(.limit, "a value of an address, a style or a name in HTML has at most 4 MiB")
    }
    return text
  }

  private static let attributeLimit = 4 << 20

  private func attribute(_ text: String, _ place: HTMLPlace) throws(Failure) -> Value {
    if place.isUnquoted { return try unquoted(text) }
    return try escapedHTML(heap.makeString(text).string)
  }

  /// Without quotes a space would end the value, and nothing at all would be the next attribute's name.
  private func unquoted(_ text: String) throws(Failure) -> Value {
    if text.isEmpty { return heap.makeString("\"\"", tag: Tag.html) }
    var result = ""
    for scalar in text.unicodeScalars {
      let isPlain =
        scalar.value > 0x7f || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "-._:/?#".unicodeScalars.contains(scalar)
      if isPlain { result.unicodeScalars.append(scalar) } else { result += "&#\(scalar.value);" }
    }
    try heap.checkLength(result.utf8.count)
    return heap.makeString(result, tag: Tag.html)
  }

  /// An address as it is, unless its scheme would run code in the page: then one that leads nowhere.
  private func safeAddress(_ text: String) -> String {
    // Browsers leave out white space and control characters in a scheme.
    let compact = text.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7f }
    let scheme = String(String.UnicodeScalarView(compact.prefix { !":/?#".unicodeScalars.contains($0) }))
    guard compact.count > scheme.unicodeScalars.count,
      compact[compact.index(compact.startIndex, offsetBy: scheme.unicodeScalars.count)] == ":"
    else { return text }
    let harmless: Set = ["http", "https", "mailto", "tel", "sms", "ftp", "blob"]
    if harmless.contains(scheme.lowercased()) { return text }
    let isImage = String(String.UnicodeScalarView(compact.prefix(11))).lowercased() == "data:image/"
    return isImage ? text : "about:invalid"
  }

  /// Words, numbers and colours; anything else could be a rule of its own.
  private func safeStyle(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || " #%.,+-_".unicodeScalars.contains($0))
    }
    return isPlain && !text.isEmpty ? text : "unset"
  }

  /// The names of attributes, with spaces between them, or a part of one.
  private func safeName(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || " -_:".unicodeScalars.contains($0))
    }
    return isPlain ? text : ""
  }

  /// The value as JSON whose strings hold letters and digits alone, the rest as escapes: it is the same value to a
  /// script, and nothing else wherever it ends up.
  private func scriptLiteral(_ value: Value) throws(Failure) -> String {
    var result = ""
    var isInString = false
    var isEscaped = false
    for unit in String(decoding: try writeJSON(value, pretty: false), as: UTF8.self).utf16 {
      if !isInString {
        isInString = unit == Machine.quote
        result.unicodeScalars.append(Unicode.Scalar(unit) ?? " ")
      } else if isEscaped {
        isEscaped = false
        // What JSON writes as `\u` and four digits stays so.
        result += unit == 0x75 ? "\\u" : Machine.scriptEscape(Machine.escaped[unit] ?? unit)
      } else if unit == Machine.backslash {
        isEscaped = true
      } else if unit == Machine.quote {
        isInString = false
        result += "\""
      } else if let scalar = Unicode.Scalar(unit), scalar.isASCII, Machine.isPlain(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += Machine.scriptEscape(unit)
      }
    }
    try heap.checkLength(result.utf8.count)
    return result
  }

  private static let quote = UInt16(UInt8(ascii: "\""))
  private static let backslash = UInt16(UInt8(ascii: "\\"))
  /// What stands behind a backslash, and what it means.
  private static let escaped: [UInt16: UInt16] = [0x6e: 0x0a, 0x74: 0x09, 0x72: 0x0d, 0x62: 0x08, 0x66: 0x0c]

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == " " || scalar == "_"
  }

  private static func scriptEscape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  // MARK: Text

  private func join(_ pieces: [Value], into target: ValuePointer) -> Bool {
    do throws(Failure) {
      try spend(pieces.count)
      let length = pieces.reduce(0) { $0 + $1.string.pointee.count }
      try heap.checkLength(length)
      let result = heap.newString(length, tag: Tag.html)
      var place = result.bytes
      for piece in pieces {
        memcpy(place, piece.string.bytes, piece.string.pointee.count)
        place += piece.string.pointee.count
      }
      target.pointee = Value(Tag.html, result)
      return true
    } catch {
      failure = error
      return false
    }
  }

  /// What shows a value between the tags of a page: HTML as it is, anything else as escaped text.
  func htmlText(_ value: Value) throws(Failure) -> String {
    if value.tag == Tag.html { return heap.text(value.string) }
    if value.isDeferred { throw .notAwaited("a value in HTML") }
    if let pieces = try htmlPieces(of: value) { return pieces.map { heap.text($0.string) }.joined() }
    return heap.text(try html(value, in: HTMLPlace(.text)).string)
  }

  /// Text as HTML that shows it, quotes included, so that it may stand in an attribute.
  func escapedHTML(_ text: UnsafeMutablePointer<StringObject>, tag: UInt = Tag.html) throws(Failure) -> Value
  {
    try spend(text.pointee.count >> 4)
    var length = text.pointee.count
    for byte in text.buffer { length += (Machine.htmlEscape(byte)?.utf8CodeUnitCount ?? 1) - 1 }
    try heap.checkLength(length)
    let result = heap.newString(length, tag: tag)
    var place = result.bytes
    for byte in text.buffer {
      if let escape = Machine.htmlEscape(byte) {
        memcpy(place, escape.utf8Start, escape.utf8CodeUnitCount)
        place += escape.utf8CodeUnitCount
      } else {
        place.pointee = byte
        place += 1
      }
    }
    return Value(tag, result)
  }

  @inline(__always) private static func htmlEscape(_ byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }
}
