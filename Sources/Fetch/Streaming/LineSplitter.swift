/// Cuts what comes in pieces into lines, wherever the pieces are cut: at a byte of a character, between CR and LF.
///
/// A line ends with LF, CRLF or CR, as in WHATWG's event streams; where only some of these are meant to end lines, as in
/// lines of JSON, the others do not occur unescaped. Bytes that are no UTF-8 become U+FFFD.
public struct LineSplitter: Sendable {
  /// A line is longer than it may be.
  public struct TooLong: Error, Equatable {
    /// In bytes.
    public let limit: Int
  }

  /// 1 MiB.
  public static let defaultLimit = 1024 * 1024

  /// The most bytes that a line may have, without its end.
  public let limit: Int
  private var line: [UInt8] = []
  /// The last byte was a CR: an LF now is a part of the same end.
  private var isAfterCR = false

  public init(limit: Int = LineSplitter.defaultLimit) { self.limit = limit }

  /// Takes the next piece; gives the lines that end in it, without their ends.
  ///
  /// - Throws: ``TooLong``; nothing more can be taken then.
  public mutating func take(_ piece: some Collection<UInt8>) throws(TooLong) -> [String] {
    var lines: [String] = []
    for byte in piece {
      let isRestOfEnd = isAfterCR && byte == 0x0A
      isAfterCR = byte == 0x0D
      if isRestOfEnd { continue }
      if byte == 0x0A || byte == 0x0D {
        lines.append(cut())
      } else {
        guard line.count < limit else { throw TooLong(limit: limit) }
        line.append(byte)
      }
    }
    return lines
  }

  /// What stands behind the last end of a line, when no more comes; `nil` where nothing does.
  public mutating func end() -> String? { line.isEmpty ? nil : cut() }

  private mutating func cut() -> String {
    defer { line.removeAll(keepingCapacity: line.capacity <= 4_096) }
    return String(decoding: line, as: UTF8.self)
  }
}
