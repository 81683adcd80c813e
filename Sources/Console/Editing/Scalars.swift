// Between text and Unicode scalars. The cell being typed is converted at each key, so this goes by bytes.

extension String {
  /// Text from scalar values; what is no scalar becomes U+FFFD.
  init(scalars: some Sequence<UInt32>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(scalars.underestimatedCount)
    for scalar in scalars { bytes.append(scalar: scalar) }
    self = String(decoding: bytes, as: UTF8.self)
  }
}

extension Array<UInt8> {
  /// Adds a scalar value in UTF-8; U+FFFD for what is none (RFC 3629, section 3).
  mutating func append(scalar: UInt32) {
    switch scalar {
    case 0..<0x80: append(UInt8(scalar))
    case 0x80..<0x800:
      append(0xC0 | UInt8(scalar >> 6))
      append(0x80 | UInt8(scalar & 0x3F))
    case 0x800..<0xD800, 0xE000..<0x10000:
      append(0xE0 | UInt8(scalar >> 12))
      append(0x80 | UInt8(scalar >> 6 & 0x3F))
      append(0x80 | UInt8(scalar & 0x3F))
    case 0x10000..<0x110000:
      append(0xF0 | UInt8(scalar >> 18))
      append(0x80 | UInt8(scalar >> 12 & 0x3F))
      append(0x80 | UInt8(scalar >> 6 & 0x3F))
      append(0x80 | UInt8(scalar & 0x3F))
    default: append(scalar: 0xFFFD)
    }
  }
}
