// Numbers and durations.

extension Lexer {
  /// Nanoseconds by unit.
  static let durationUnits: [String: Int] = [
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000, "d": 86_400_000_000_000,
  ]

  private static let otherUnits = [
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m", "minute": "m",
    "minutes": "m", "hour": "h", "hours": "h", "hr": "h", "day": "d", "days": "d", "msec": "ms",
    "millis": "ms", "usec": "us", "S": "s", "M": "m", "H": "h", "D": "d", "MS": "ms",
  ]

  mutating func lexNumber() {
    let start = position
    if let last = output.tokens.last, last.span.end == position,
      last.kind == .symbol(.dot) || last.kind == .symbol(.optionalDot)
    {
      // `pair.0.1`: an element, never a fraction.
      skipDigits()
      return emitInteger(from: start, radix: 10, digits: start)
    }
    if byte() == UInt8(ascii: "0"), let radix = Self.radix(byte(1)) {
      position += 2
      let digits = position
      skipIdentifier()
      return emitInteger(from: start, radix: radix, digits: digits)
    }
    skipDigits()
    var isWhole = true
    if byte() == UInt8(ascii: "."), isDigit(byte(1)) {
      isWhole = false
      position += 1
      skipDigits()
    }
    if byte() | 0x20 == UInt8(ascii: "e") {
      let hasSign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
      if isDigit(byte(hasSign ? 2 : 1)) {
        isWhole = false
        position += hasSign ? 2 : 1
        skipDigits()
      }
    }
    let end = position
    skipIdentifier()
    if position > end { return emitDuration(from: start, number: start..<end, isWhole: isWhole) }
    if isWhole { return emitInteger(from: start, radix: 10, digits: start) }
    guard let value = Double(digits(start..<end)), value.isFinite else {
      report(.numberTooLarge("Double"), Span(start, position))
      return emit(.invalid, from: start)
    }
    emit(.double(value), from: start)
  }

  private static func radix(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "x"), UInt8(ascii: "X"): 16
    case UInt8(ascii: "b"), UInt8(ascii: "B"): 2
    case UInt8(ascii: "o"), UInt8(ascii: "O"): 8
    default: nil
    }
  }

  private mutating func emitInteger(from start: Int, radix: Int, digits digitsStart: Int) {
    if radix == 10, let value = decimal(digitsStart..<position) { return emit(.integer(value), from: start) }
    let text = digits(digitsStart..<position)
    if let value = UInt64(text, radix: radix), value <= UInt64(Int.max) + 1 {
      return emit(.integer(value), from: start)
    }
    let isNumber = !text.isEmpty && text.allSatisfy { $0.hexDigitValue.map { $0 < radix } ?? false }
    report(isNumber ? .integerTooLarge : .badDigits(radix), Span(start, position))
    emit(.invalid, from: start)
  }

  private mutating func emitDuration(from start: Int, number: Range<Int>, isWhole: Bool) {
    let unit = String(decoding: bytes[number.upperBound..<position], as: UTF8.self)
    guard let scale = Self.durationUnits[unit] else {
      report(
        .unknownUnit(unit, number: digits(number), suggestion: Self.otherUnits[unit]),
        Span(number.upperBound, position))
      return emit(.invalid, from: start)
    }
    if isWhole {
      if let value = Int(digits(number)) {
        let (nanoseconds, overflows) = value.multipliedReportingOverflow(by: scale)
        if !overflows { return emit(.duration(nanoseconds), from: start) }
      }
    } else if let value = Double(digits(number)) {
      let nanoseconds = (value * Double(scale)).rounded()
      if nanoseconds < 0x1p63 { return emit(.duration(Int(nanoseconds)), from: start) }
    }
    report(.durationTooLong, Span(start, position))
    emit(.invalid, from: start)
  }

  /// The number that a few digits are, which is most of them; nil for any other.
  private func decimal(_ range: Range<Int>) -> UInt64? {
    guard (1...18).contains(range.count) else { return nil }
    var value: UInt64 = 0
    for index in range {
      guard isDigit(bytes[index]) else { return nil }
      value = value * 10 + UInt64(bytes[index] - UInt8(ascii: "0"))
    }
    return value
  }

  /// The digits of a literal without their underscores.
  private func digits(_ range: Range<Int>) -> String {
    String(decoding: bytes[range].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
  }

  private mutating func skipDigits() {
    while isDigit(byte()) || byte() == UInt8(ascii: "_") { position += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
