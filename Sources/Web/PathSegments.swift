/// A path split at its slashes and then decoded, so that an encoded slash stays within its segment.
struct PathSegments {
  /// The most segments that a path may have.
  static let maxCount = 256

  /// The decoded bytes of all segments, one after the other; each is valid UTF-8.
  private(set) var bytes: [UInt8]
  /// Where each segment is.
  private(set) var ranges: [Range<Int>]

  /// Why a path can't be matched: the sentence for the 400.
  struct Problem: Error, Equatable {
    let reason: String
  }

  /// Splits and decodes a percent-encoded path.
  init(encoded path: String) throws(Problem) {
    bytes = []
    ranges = []
    bytes.reserveCapacity(path.utf8.count)
    ranges.reserveCapacity(8)
    guard path.utf8.first == UInt8(ascii: "/") else {
      throw Problem(reason: "the path does not begin with a slash")
    }
    var start = 0
    var escape = 0
    var isASCII = true
    for byte in path.utf8.dropFirst() {
      if escape > 0 {
        guard let digit = PercentEncoding.hexValue(byte) else { throw Self.badEscape }
        if escape == 2 {
          bytes.append(digit << 4)
        } else {
          bytes[bytes.count - 1] |= digit
          isASCII = isASCII && bytes[bytes.count - 1] < 0x80
        }
        escape -= 1
      } else if byte == UInt8(ascii: "/") {
        guard ranges.count < Self.maxCount - 1 else { throw Self.tooMany }
        ranges.append(start..<bytes.count)
        start = bytes.count
      } else if byte == UInt8(ascii: "%") {
        escape = 2
      } else {
        isASCII = isASCII && byte < 0x80
        bytes.append(byte)
      }
    }
    guard escape == 0 else { throw Self.badEscape }
    ranges.append(start..<bytes.count)
    guard isASCII || ranges.allSatisfy({ String(validating: bytes[$0], as: UTF8.self) != nil }) else {
      throw Problem(reason: "the path is not UTF-8 when it is decoded")
    }
  }

  /// Takes segments that are decoded.
  init(decoded segments: [String]) {
    bytes = []
    ranges = []
    for segment in segments {
      let start = bytes.count
      bytes.append(contentsOf: segment.utf8)
      ranges.append(start..<bytes.count)
    }
  }

  private static var badEscape: Problem {
    Problem(reason: "a % in the path is not followed by two hexadecimal digits")
  }
  private static var tooMany: Problem { Problem(reason: "the path has more than \(maxCount) parts") }

  /// The number of segments.
  var count: Int { ranges.count }

  /// A segment's bytes.
  subscript(index: Int) -> ArraySlice<UInt8> { bytes[ranges[index]] }

  /// A segment's text.
  func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  /// Some segments with slashes between them, as the value of a `path` parameter.
  func joined(_ range: Range<Int>) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(
      ranges[range.upperBound - 1].upperBound - ranges[range.lowerBound].lowerBound + range.count)
    for index in range {
      if index > range.lowerBound { result.append(UInt8(ascii: "/")) }
      result.append(contentsOf: self[index])
    }
    return String(decoding: result, as: UTF8.self)
  }
}
