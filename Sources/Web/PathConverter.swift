import NIOCore

/// A value that a parameter of a route took from a path.
public enum PathValue: Sendable, Equatable {
  /// Of `string`, `path`, `any` and `uuid`.
  case string(String)
  /// Of `int`.
  case int(Int)
  /// Of `float`.
  case float(Double)
}

/// What a parameter accepts: Werkzeug's converters, but for `path`, which spans segments.
enum PathConverter: Hashable, Sendable {
  /// Any text that isn't empty; lengths in Unicode scalars, as Python counts.
  case string(min: Int, max: Int?)
  /// Digits, as a 64-bit number.
  case int(min: Int?, max: Int?, signed: Bool)
  /// Digits, and perhaps a point and digits. Werkzeug wants the point; here `10` is as good as `10.0`.
  case float(min: Double?, max: Double?, signed: Bool)
  /// 8-4-4-4-12 hexadecimal digits.
  case uuid
  /// One of these words.
  case any([String])

  /// The names that a pattern may use.
  static let names = ["string", "int", "float", "path", "uuid", "any"]

  /// The default: a text of any length.
  static let plainString = PathConverter.string(min: 1, max: nil)

  /// The value of a whole text, which is valid UTF-8; nil if it isn't accepted.
  func value(of bytes: ArraySlice<UInt8>) -> PathValue? {
    switch self {
    case .string(let min, let max):
      guard !bytes.isEmpty else { return nil }
      if min > 1 || max != nil {
        // Each scalar has one byte that is no continuation.
        let length = bytes.reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
        guard length >= min, length <= max ?? .max else { return nil }
      }
      return .string(String(decoding: bytes, as: UTF8.self))
    case .int(let min, let max, let signed):
      guard Self.isNumber(bytes, signed: signed), let value = Self.integer(bytes),
        value >= min ?? .min, value <= max ?? .max
      else { return nil }
      return .int(value)
    case .float(let min, let max, let signed):
      guard Self.isFraction(bytes, signed: signed),
        let value = Double(String(decoding: bytes, as: UTF8.self)),
        value.isFinite, value >= min ?? -.infinity, value <= max ?? .infinity
      else { return nil }
      return .float(value)
    case .uuid:
      return Self.isUUID(bytes) ? .string(String(decoding: bytes, as: UTF8.self)) : nil
    case .any(let words):
      return words.first { $0.utf8.elementsEqual(bytes) }.map(PathValue.string)
    }
  }

  /// Why `text` isn't accepted, as the end of a sentence; what comes from the path is made printable.
  func refusal(of text: String, parameter: String) -> String {
    if text.isEmpty { return "the part for <\(parameter)> is empty" }
    let shown = "\"\(text.printable(limit: 40))\""
    let bytes = Array(text.utf8)[...]
    switch self {
    case .string(let min, let max):
      let length = text.unicodeScalars.count
      if min == max {
        return "\(shown) has \(length) character\(length == 1 ? "" : "s"), <\(parameter)> takes \(min)"
      }
      return length < min
        ? "\(shown) is shorter than the \(min) characters of <\(parameter)>"
        : "\(shown) is longer than the \(max ?? 0) characters of <\(parameter)>"
    case .int(let min, let max, let signed):
      guard Self.isNumber(bytes, signed: signed) else {
        return Self.isNumber(bytes, signed: true)
          ? "\(shown) is negative, which <\(parameter)> takes only as int(signed)" : "\(shown) is not an int"
      }
      guard let value = Self.integer(bytes) else {
        return
          "\(text.printable(limit: 40)) is too \(bytes.first == UInt8(ascii: "-") ? "small" : "large") for an int"
      }
      return Self.bound(value, min, max, parameter)
    case .float(let min, let max, let signed):
      guard Self.isFraction(bytes, signed: signed) else {
        return Self.isFraction(bytes, signed: true)
          ? "\(shown) is negative, which <\(parameter)> takes only as float(signed)"
          : "\(shown) is not a float, as 10 or 2.5"
      }
      guard let value = Double(text), value.isFinite else {
        return "\(text.printable(limit: 40)) is too large for a float"
      }
      return Self.bound(value, min, max, parameter)
    case .uuid: return "\(shown) is not a uuid"
    case .any(let words):
      return "\(shown) is not one of \(words.joined(separator: ", ").printable(limit: 100))"
    }
  }

  private static func bound<Number: Comparable>(
    _ value: Number, _ min: Number?, _ max: Number?, _ name: String
  ) -> String {
    if let min, value < min { return "\(value) is less than the \(min) that <\(name)> takes" }
    if let max, value > max { return "\(value) is more than the \(max) that <\(name)> takes" }
    return "<\(name)> does not take \(value)"
  }

  /// Whether it limits the values, beyond their kind.
  var isConstrained: Bool {
    switch self {
    case .string(let min, let max): min > 1 || max != nil
    case .int(let min, let max, _): min != nil || max != nil
    case .float(let min, let max, _): min != nil || max != nil
    case .uuid, .any: true
    }
  }

  /// How general it is; where two accept a text, the lower one is preferred.
  var generality: Int {
    switch self {
    case .any: 0
    case .uuid: 1
    case .int(_, _, let signed): (isConstrained ? 2 : 4) + (signed ? 1 : 0)
    case .float(_, _, let signed): (isConstrained ? 6 : 8) + (signed ? 1 : 0)
    case .string: isConstrained ? 30 : 31
    }
  }

  /// The converter in one spelling, whatever the order and form of its arguments were.
  var canonicalText: String {
    func list(_ name: String, _ arguments: [String?]) -> String {
      let given = arguments.compactMap { $0 }
      return given.isEmpty ? name : "\(name)(\(given.joined(separator: ",")))"
    }
    switch self {
    case .string(let min, let max):
      return list("string", [min > 1 ? "minlength=\(min)" : nil, max.map { "maxlength=\($0)" }])
    case .int(let min, let max, let signed):
      return list("int", [min.map { "min=\($0)" }, max.map { "max=\($0)" }, signed ? "signed" : nil])
    case .float(let min, let max, let signed):
      return list("float", [min.map { "min=\($0)" }, max.map { "max=\($0)" }, signed ? "signed" : nil])
    case .uuid: return "uuid"
    case .any(let words):
      return list("any", words.map { word in "\(word.utf8.count):\(word)" })
    }
  }

  // MARK: - Forms

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func unsigned(_ bytes: ArraySlice<UInt8>, signed: Bool) -> ArraySlice<UInt8> {
    signed && bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
  }

  private static func isNumber(_ bytes: ArraySlice<UInt8>, signed: Bool) -> Bool {
    let digits = unsigned(bytes, signed: signed)
    return !digits.isEmpty && digits.allSatisfy(isDigit)
  }

  private static func isFraction(_ bytes: ArraySlice<UInt8>, signed: Bool) -> Bool {
    let parts = unsigned(bytes, signed: signed).split(
      separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
  }

  private static func isUUID(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      switch index {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default: PercentEncoding.hexValue(byte) != nil
      }
    }
  }

  /// The number that digits with an optional minus make; nil if it has more than 64 bits.
  private static func integer(_ bytes: ArraySlice<UInt8>) -> Int? {
    let isNegative = bytes.first == UInt8(ascii: "-")
    var value = 0
    for byte in isNegative ? bytes.dropFirst() : bytes {
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let digit = Int(byte - 0x30)
      let (sum, overflowsToo) = product.addingReportingOverflow(isNegative ? -digit : digit)
      if overflows || overflowsToo { return nil }
      value = sum
    }
    return value
  }
}
