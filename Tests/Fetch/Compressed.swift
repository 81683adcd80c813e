/// Bodies in gzip's format (RFC 1952), made without a library.
enum Compressed {
  /// `Hello, everybody! `, eight times.
  static let hello: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0xd7,
    0x51, 0x48, 0x2d, 0x4b, 0x2d, 0xaa, 0x4c, 0xca, 0x4f, 0xa9, 0x54, 0x54, 0xf0, 0x18, 0x50, 0x11,
    0x00, 0x7e, 0x95, 0x38, 0xa1, 0x90, 0x00, 0x00, 0x00,
  ]

  /// So many zero bytes, rounded up to the next 258, at about a 160th of their size.
  ///
  /// It is one block with the fixed codes of DEFLATE (RFC 1951, section 3.2.6): a zero byte, then again and again
  /// "258 bytes from 1 back". The checksum at the end is left out; nobody is to get there.
  static func zeros(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    func put(_ value: UInt32, _ width: UInt32) {
      bits |= value << bitCount
      bitCount += width
      while bitCount >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
        bitCount -= 8
      }
    }
    put(0b011, 3)  // The last block, with fixed codes.
    put(0b0000_1100, 8)  // The literal 0: code 0011 0000, its first bit lowest.
    for _ in 0..<(count / 258 + 1) {
      put(0b1010_0011, 8)  // The length 258: code 1100 0101.
      put(0, 5)  // The distance 1.
    }
    put(0, 7)  // The end of the block.
    put(0, 7)
    return bytes
  }
}
