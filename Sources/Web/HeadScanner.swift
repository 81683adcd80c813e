/// What bounds the head of a request, and what stands among its chunks: of the limits of a server the part that each
/// connection keeps at hand.
struct HeadLimits {
  let targetBytes: Int
  let headerBytes: Int
  let headerCount: Int

  init(_ limits: ServerLimits) {
    targetBytes = limits.maxTargetBytes
    headerBytes = limits.maxHeaderBytes
    headerCount = limits.maxHeaderCount
  }
}

/// Holds the head of a request to the grammar of RFC 9112 §2.2, §3 and §5, byte by byte, and finds its end: a pure
/// state machine that keeps none of the bytes.
///
/// The decoder behind it is more lenient in places (several spaces, other protocols' names, lone CRs before the
/// first line). Where two readers of one message may differ, requests are smuggled: here nothing is guessed.
struct HeadScanner {
  /// What came of some bytes.
  enum Outcome: Equatable {
    /// The head goes on.
    case incomplete
    /// The head ended with the last byte that was read.
    case complete
    case malformed(HeadProblem)
  }

  private enum State {
    case emptyLine, emptyLineFeed, method, target, version, versionFeed, fieldStart, name, valueStart, value
    case valueFeed, endFeed
  }

  private var state = State.emptyLine
  private let limits: HeadLimits

  /// The bytes of the whole head so far, those of empty lines before it included.
  private(set) var count = 0
  private var emptyLines = 0
  private var methodBytes = 0
  private var targetBytes = 0
  private var versionBytes = 0
  private var headerBytes = 0
  private var headerCount = 0
  private var major: UInt8 = 0
  private var matchesHEAD = true
  private var lastIsBlank = false

  /// Where the minor version is that is newer than 1, for it is to be read as 1 (RFC 9110 §2.5).
  private(set) var newerMinorOffset: Int?
  /// Whether blanks stand at the end of a field's line, which are no part of its value (RFC 9112 §5.1).
  private(set) var hasTrailingBlanks = false

  /// Longer methods than any that there is are not read to their end (RFC 9112 §3).
  private static let maxMethodBytes = 32
  /// A client may send an empty line too many after a body (RFC 9112 §2.2), not as many as it likes.
  private static let maxEmptyLines = 4

  init(limits: HeadLimits) {
    self.limits = limits
  }

  /// Whether more than empty lines has come.
  var hasBegun: Bool {
    switch state {
    case .emptyLine, .emptyLineFeed: false
    default: true
    }
  }

  /// Whether the method is HEAD.
  var isHEAD: Bool { matchesHEAD && methodBytes == 4 }

  /// Reads on in `bytes`, from the index `start` to the end of the head at most.
  mutating func scan(_ bytes: Span<UInt8>, from start: Int) -> Outcome {
    for index in start..<bytes.count {
      count += 1
      let outcome = read(bytes[index])
      if outcome != .incomplete { return outcome }
    }
    return .incomplete
  }

  private mutating func read(_ byte: UInt8) -> Outcome {
    switch state {
    case .value: return readValue(byte)
    case .name: return readName(byte)
    case .target: return readTarget(byte)
    case .fieldStart: return readFieldStart(byte)
    case .valueStart:
      if Self.isBlank(byte) { return countHeaderByte() }
      state = .value
      return readValue(byte)
    case .emptyLine: return readEmptyLine(byte)
    case .method: return readMethod(byte)
    case .version: return readVersion(byte)
    case .emptyLineFeed: return readLineFeed(byte, then: .emptyLine)
    case .versionFeed, .valueFeed: return readLineFeed(byte, then: .fieldStart)
    case .endFeed: return byte == Self.lineFeed ? .complete : .malformed(.loneCarriageReturn)
    }
  }

  // MARK: - The first line

  private mutating func readEmptyLine(_ byte: UInt8) -> Outcome {
    if byte == Self.carriageReturn {
      emptyLines += 1
      if emptyLines > Self.maxEmptyLines { return .malformed(.emptyLines) }
      state = .emptyLineFeed
      return .incomplete
    }
    if byte == 0x16 { return .malformed(.encrypted) }
    state = .method
    return readMethod(byte)
  }

  private mutating func readMethod(_ byte: UInt8) -> Outcome {
    if byte == Self.space, methodBytes > 0 {
      state = .target
      return .incomplete
    }
    guard HeaderRules.isTokenByte(byte) else {
      if byte == Self.lineFeed { return .malformed(.loneLineFeed) }
      return .malformed(byte == Self.carriageReturn ? .noTarget : .method)
    }
    if methodBytes == Self.maxMethodBytes { return .malformed(.methodTooLong) }
    matchesHEAD = matchesHEAD && methodBytes < 4 && byte == Self.head[methodBytes]
    methodBytes += 1
    return .incomplete
  }

  private mutating func readTarget(_ byte: UInt8) -> Outcome {
    if byte == Self.space {
      if targetBytes == 0 { return .malformed(.spaces) }
      state = .version
      return .incomplete
    }
    // What RFC 3986 has no place for but browsers send in a query, as | and ^, is let through.
    guard byte > 0x20, byte < 0x7f, byte != UInt8(ascii: "#") else {
      switch byte {
      case Self.lineFeed: return .malformed(.loneLineFeed)
      case Self.carriageReturn: return .malformed(targetBytes == 0 ? .noTarget : .noVersion)
      case UInt8(ascii: "#"): return .malformed(.fragment)
      default: return .malformed(.targetByte)
      }
    }
    targetBytes += 1
    return targetBytes > limits.targetBytes ? .malformed(.targetTooLong) : .incomplete
  }

  private mutating func readVersion(_ byte: UInt8) -> Outcome {
    if byte == Self.lineFeed { return .malformed(.loneLineFeed) }
    switch versionBytes {
    case 0 where byte == Self.carriageReturn: return .malformed(.noVersion)
    case 0 where byte == Self.space: return .malformed(.spaces)
    case 0..<5:
      if byte != Self.name[versionBytes] { return .malformed(.version) }
    case 6:
      if byte != UInt8(ascii: ".") { return .malformed(.version) }
    case 5, 7:
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return .malformed(.version) }
      if versionBytes == 5 {
        major = byte
      } else if byte > UInt8(ascii: "1") {
        newerMinorOffset = count - 1
      }
    default:
      guard byte == Self.carriageReturn else {
        return .malformed(Self.isBlank(byte) ? .spaces : .version)
      }
      if major != UInt8(ascii: "1") { return .malformed(.versionNotSupported) }
      state = .versionFeed
    }
    versionBytes += 1
    return .incomplete
  }

  // MARK: - Fields

  private mutating func readFieldStart(_ byte: UInt8) -> Outcome {
    if byte == Self.carriageReturn {
      state = .endFeed
      return .incomplete
    }
    if Self.isBlank(byte) { return .malformed(headerCount == 0 ? .blankBeforeFields : .folded) }
    if byte == UInt8(ascii: ":") { return .malformed(.noName) }
    headerCount += 1
    if headerCount > limits.headerCount { return .malformed(.tooManyHeaders) }
    state = .name
    return readName(byte)
  }

  private mutating func readName(_ byte: UInt8) -> Outcome {
    if byte == UInt8(ascii: ":") {
      state = .valueStart
      return .incomplete
    }
    guard HeaderRules.isTokenByte(byte) else {
      switch byte {
      case Self.lineFeed: return .malformed(.loneLineFeed)
      case Self.carriageReturn: return .malformed(.noColon)
      case _ where Self.isBlank(byte): return .malformed(.blankAfterName)
      default: return .malformed(.nameByte)
      }
    }
    return countHeaderByte()
  }

  private mutating func readValue(_ byte: UInt8) -> Outcome {
    if byte == Self.carriageReturn {
      hasTrailingBlanks = hasTrailingBlanks || lastIsBlank
      lastIsBlank = false
      state = .valueFeed
      return .incomplete
    }
    guard HeaderRules.isValueByte(byte) else {
      return .malformed(byte == Self.lineFeed ? .loneLineFeed : .valueByte)
    }
    lastIsBlank = Self.isBlank(byte)
    return countHeaderByte()
  }

  private mutating func countHeaderByte() -> Outcome {
    headerBytes += 1
    return headerBytes > limits.headerBytes ? .malformed(.headersTooLarge) : .incomplete
  }

  private mutating func readLineFeed(_ byte: UInt8, then next: State) -> Outcome {
    guard byte == Self.lineFeed else { return .malformed(.loneCarriageReturn) }
    state = next
    return .incomplete
  }

  // MARK: - Bytes

  private static let space = UInt8(ascii: " ")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let name: InlineArray<5, UInt8> = [0x48, 0x54, 0x54, 0x50, 0x2f]
  private static let head: InlineArray<4, UInt8> = [0x48, 0x45, 0x41, 0x44]

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// What is wrong with the head of a request; see `StandardPages.refusal(of:limits:)` for the answers.
enum HeadProblem: Equatable {
  case emptyLines, encrypted, loneCarriageReturn, loneLineFeed
  case method, methodTooLong, spaces, noTarget, targetByte, fragment, targetTooLong, noVersion, version
  case versionNotSupported
  case blankBeforeFields, folded, noName, nameByte, noColon, blankAfterName, valueByte, headersTooLarge
  case tooManyHeaders
}
