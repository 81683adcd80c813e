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
    ms = (request.duration / .milliseconds(1) * 100).rounded() / 100
    bytes = request.bytes
    remote = request.remote
    cell = request.cell
  }

  var logfmt: String {
    var line = ""
    line.reserveCapacity(128)
    if let time {
      line += "time="
      line += time
      line += " "
    }
    line += "method="
    line += LogText.value(method)
    line += " path="
    line += LogText.value(path)
    line += " status="
    line += String(status)
    line += " ms="
    line += ms.description
    line += " bytes="
    line += String(bytes)
    line += " remote="
    line += LogText.value(remote)
    if let cell {
      line += " cell="
      line += String(cell)
    }
    return line
  }

  var json: String { LogText.json(self) }
}

/// How values are written in a log, so that what a stranger sends stays within its value, in its line, and moves no
/// terminal that shows it.
enum LogText {
  /// A value of logfmt: as it is where every reader takes it for one word, else in quotes with JSON's escapes.
  static func value(_ text: String) -> String {
    let isWord = !text.isEmpty && text.utf8.allSatisfy(isOfWord)
    return isWord ? text : json(text)
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
