import CDigest
import Foundation

// Bytes and texts in other notations: base64, hexadecimal, percent encoding, HTML; and digests of them.

extension Machine {
  func installEncodings() {
    for tag in [Tag.string, Tag.bytes] {
      defineMethod(tag, "base64Encoded", ["urlSafe?"]) { call throws(Failure) in
        let data = Data(try call.rawBytes(0))
        try call.heap.checkLength(data.count / 3 * 4 + 4)
        let text = data.base64EncodedString()
        return call.heap.makeString(try call.bool(1, default: false) ? Machine.urlSafe(base64: text) : text)
      }
      defineMethod(tag, "hexEncoded") { call throws(Failure) in
        let bytes = try call.rawBytes(0)
        try call.heap.checkLength(bytes.count * 2)
        let text = call.heap.newString(bytes.count * 2)
        for (place, byte) in bytes.enumerated() {
          text.bytes[2 * place] = Machine.hexDigits[Int(byte >> 4)]
          text.bytes[2 * place + 1] = Machine.hexDigits[Int(byte & 15)]
        }
        return Value(Tag.string, text)
      }
      defineMethod(tag, "percentEncoded") { call throws(Failure) in try call.percentEncoded() }
    }
    defineMethod(Tag.string, "percentDecoded") { call throws(Failure) in
      try call.string(0).removingPercentEncoding.map { call.heap.makeString($0) } ?? .nil
    }
    defineMethod(Tag.string, "htmlEscaped") { call throws(Failure) in
      try call.machine.escapedHTML(call[0].string, tag: Tag.string)
    }
    installDigests()
  }

  private func installDigests() {
    define("sha256", ["content"]) { call throws(Failure) in
      let bytes = try call.rawBytes(0)
      return try call.digest { cdigest_sha256(bytes.baseAddress, bytes.count, $0) }
    }
    define("hmacSHA256", ["content", "key"]) { call throws(Failure) in
      let (bytes, key) = (try call.rawBytes(0), try call.rawBytes(1))
      return try call.digest {
        cdigest_hmac_sha256(key.baseAddress, key.count, bytes.baseAddress, bytes.count, $0)
      }
    }
  }

  /// In the alphabet for addresses and file names, without padding (RFC 4648 sections 5 and 3.2).
  private static func urlSafe(base64 text: String) -> String {
    let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }.map {
      $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The bytes of a text in either alphabet of base64, with padding or without (RFC 4648 sections 4 and 5); nil for
  /// any other.
  static func bytes(base64 text: String) -> [UInt8]? {
    var digits = text.utf8.map {
      $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
    }
    if digits.last != UInt8(ascii: "=") {
      digits += repeatElement(UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
    }
    return Data(base64Encoded: Data(digits)).map { Array($0) }
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)

  /// The bytes that hexadecimal digits stand for; nil where they are none, or an odd number of them.
  static func bytes(hex text: String) -> [UInt8]? {
    let digits = text.utf8.map {
      UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") ? $0 - 48 : ($0 | 0x20) &- 87
    }
    let isHex = zip(text.utf8, digits).allSatisfy {
      $0 <= UInt8(ascii: "9") ? $1 < 10 && $0 >= 48 : $1 >= 10 && $1 < 16
    }
    guard isHex, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

extension NativeCall {
  /// The bytes of a String (in UTF-8), of HTML or of Bytes, where they lie: for as long as the native runs.
  func rawBytes(_ index: Int) throws(Failure) -> UnsafeBufferPointer<UInt8> {
    let value = self[index]
    guard value.tag == Tag.string || value.tag == Tag.html || value.tag == Tag.bytes else {
      throw wrongType(index, expected: "a String or Bytes")
    }
    try machine.spend(value.string.pointee.count >> 3 + 1)
    return value.string.buffer
  }

  fileprivate func digest(_ compute: (UnsafeMutablePointer<UInt8>) -> Int32) throws(Failure) -> Value {
    var digest = [UInt8](repeating: 0, count: Int(CDIGEST_SHA256_BYTES))
    let isDone = digest.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { compute($0) == 1 } ?? false
    }
    guard isDone else {
      throw Failure(.argument, "the digest could not be computed: \(String(cString: cdigest_problem()))")
    }
    return heap.makeBytes(digest)
  }

  /// Everything but the unreserved characters (RFC 3986 section 2.3).
  fileprivate func percentEncoded() throws(Failure) -> Value {
    let bytes = try rawBytes(0)
    var encoded: [UInt8] = []
    encoded.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.append(byte)
      default:
        encoded.append(UInt8(ascii: "%"))
        for digit in [byte >> 4, byte & 15] { encoded.append(digit < 10 ? 48 + digit : 55 + digit) }
      }
    }
    try heap.checkLength(encoded.count)
    return encoded.withUnsafeBufferPointer { heap.makeString(utf8: $0) }
  }
}
