import Foundation
import KernelCore

/// A line of the request log: one request, in logfmt or as a JSON object with the same keys.
struct RequestLine: Encodable {
  /// When it was answered, in ISO 8601; nil where a person reads along.
  private let time: String?
  private let method: String
  private let path: String
  private let status: Int
  /// How long the answer took, in milliseconds.
  private let ms: Double
  /// The size of the answer's body.
  private let bytes: Int
  private let remote: String
  /// The cell whose route answered.
  private let cell: Int?

  init(_ request: ServedRequest, time: String? = nil) {
    self.time = time
    method = request.method
    path = request.target
    status = request.status
    ms = (Double(request.nanoseconds) / 10_000).rounded() / 100
    bytes = request.bytes
    remote = request.remote
    cell = request.cell
  }

  var logfmt: String {
    var bytes: [UInt8] = []
    appendLogfmt(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The line without its end. By bytes, since a server writes many.
  func appendLogfmt(to bytes: inout [UInt8]) {
    if let time {
      bytes += "time=".utf8
      bytes += time.utf8
      bytes.append(UInt8(ascii: " "))
    }
    bytes += Key.method
    LogText.append(value: method, to: &bytes)
    bytes += Key.path
    LogText.append(value: path, to: &bytes)
    bytes += Key.status
    LogText.append(status, to: &bytes)
    bytes += Key.ms
    LogText.append(hundredths: Int((ms * 100).rounded()), to: &bytes)
    bytes += Key.bytes
    LogText.append(self.bytes, to: &bytes)
    bytes += Key.remote
    LogText.append(value: remote, to: &bytes)
    if let cell {
      bytes += Key.cell
      LogText.append(cell, to: &bytes)
    }
  }

  /// The keys with what stands around them. Texts would be turned into bytes for each line.
  private enum Key {
    static let method = Array("method=".utf8)
    static let path = Array(" path=".utf8)
    static let status = Array(" status=".utf8)
    static let ms = Array(" ms=".utf8)
    static let bytes = Array(" bytes=".utf8)
    static let remote = Array(" remote=".utf8)
    static let cell = Array(" cell=".utf8)
  }

  var json: String { LogText.json(self) }
}

/// How values are written in a log, so that what a stranger sends stays within its value, in its line, and moves no
/// terminal that shows it.
enum LogText {
  /// A value of logfmt: as it is where every reader takes it for one word, else in quotes with JSON's escapes.
  static func append(value text: String, to bytes: inout [UInt8]) {
    bytes += isWord(text) ? text.utf8 : json(text).utf8
  }

  private static func isWord(_ text: String) -> Bool {
    let bytes = text.utf8.span
    for place in bytes.indices where !isOfWord(bytes[place]) { return false }
    return !bytes.isEmpty
  }

  /// A number in decimal digits.
  static func append(_ number: Int, to bytes: inout [UInt8]) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var unit: UInt = 1
    while rest / unit >= 10 { unit *= 10 }
    while unit > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / unit))
      rest %= unit
      unit /= 10
    }
  }

  /// A number of hundredths, not below 0, with one or two digits behind its point, as `1.5` and `1.25`.
  static func append(hundredths: Int, to bytes: inout [UInt8]) {
    append(hundredths / 100, to: &bytes)
    let rest = hundredths % 100
    bytes.append(UInt8(ascii: "."))
    if rest % 10 == 0 { return append(rest / 10, to: &bytes) }
    if rest < 10 { bytes.append(UInt8(ascii: "0")) }
    append(rest, to: &bytes)
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case ...0x20, 0x7F..., UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "="),
      UInt8(ascii: "\\"):
      false
    default: true
    }
  }

  /// JSON on one line, with its keys in order. Control characters that JSON would leave as they are, those of Unicode
  /// among them, are escaped too.
  static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers can't fail to be encoded.
    let text = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard Sanitizer.isControl(scalar.value) else {
        escaped.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        escaped.append(
          contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
      }
    }
    return String(escaped)
  }
}
