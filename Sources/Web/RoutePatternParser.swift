/// Reads route patterns.
struct RoutePatternParser {
  private let text: String
  private let bytes: [UInt8]
  private var position = 0

  private var names: [String] = []
  private var segments: [SegmentPattern] = []
  private var segmentTexts: [String] = []

  /// The segment being read: its pieces, its literal bytes since the last parameter, where it began.
  private var pieces: [Piece] = []
  private var literal: [UInt8] = []
  private var segmentStart = 0

  private enum Piece {
    case literal([UInt8])
    case parameter(Parameter, Range<Int>)
  }

  /// What stands in a parameter's place: a converter, or `path`.
  enum Parameter {
    case converter(PathConverter)
    case path
  }

  /// The parameters side by side in one segment.
  private static let maxParametersInSegment = 8

  init(_ text: String) {
    self.text = text
    self.bytes = Array(text.utf8)
  }

  mutating func parse() throws(RoutePatternError) -> RoutePattern {
    guard bytes.first == UInt8(ascii: "/") else {
      throw error("a route begins with a slash", 0..<min(1, bytes.count), suggestion: "\"/\(text)\"")
    }
    guard bytes.count <= RoutePattern.maxBytes else {
      throw error("a route has \(RoutePattern.maxBytes) bytes at most", 0..<bytes.count)
    }
    position = 1
    segmentStart = 1
    while position < bytes.count { try step() }
    try endSegment()
    return RoutePattern(text: text, parameterNames: names, segments: segments, segmentTexts: segmentTexts)
  }

  private mutating func step() throws(RoutePatternError) {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "/"):
      try endSegment()
      position += 1
      segmentStart = position
    case UInt8(ascii: "<"): try readParameter()
    case UInt8(ascii: ">"): throw error("this > has no < before it", position..<position + 1)
    case UInt8(ascii: "?"), UInt8(ascii: "#"):
      throw error("a route has a path only; a query is read from request.query", position..<bytes.count)
    case UInt8(ascii: "%") where isEscape(at: position):
      throw error(
        "a route is written decoded: write the character itself for %\(string(position + 1..<position + 3))",
        position..<position + 3)
    case 0..<0x20, 0x7f: throw error("a route has no control characters", position..<position + 1)
    default:
      literal.append(byte)
      position += 1
    }
  }

  private func isEscape(at index: Int) -> Bool {
    index + 2 < bytes.count && PercentEncoding.hexValue(bytes[index + 1]) != nil
      && PercentEncoding.hexValue(bytes[index + 2]) != nil
  }

  // MARK: - Segments

  private mutating func endSegment() throws(RoutePatternError) {
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    literal = []
    let range = segmentStart..<position
    guard segments.count < RoutePattern.maxSegments else {
      throw error("a route has \(RoutePattern.maxSegments) parts at most", range)
    }
    segments.append(try segment(of: pieces, range))
    segmentTexts.append(string(range))
    pieces = []
  }

  private func segment(of pieces: [Piece], _ range: Range<Int>) throws(RoutePatternError) -> SegmentPattern {
    guard pieces.count > 1 else {
      switch pieces.first {
      case nil: return .literal([])
      case .literal(let bytes):
        if bytes == [UInt8(ascii: ".")] || bytes == Array("..".utf8) {
          throw error(
            "clients take . and .. out of a path before they ask for it, so nobody could reach this", range)
        }
        return .literal(bytes)
      case .parameter(.converter(.any(let words)), _):
        // The order of the words is no difference between routes here; between other texts it is.
        return .parameter(.any(words.sorted()))
      case .parameter(.converter(let converter), _): return .parameter(converter)
      case .parameter(.path, _): return .path
      }
    }
    var atoms: [SegmentPattern.Atom] = []
    var parameters = 0
    for piece in pieces {
      switch piece {
      case .literal(let bytes):
        atoms.append(.literal(Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)))
      case .parameter(.converter(let converter), _):
        atoms.append(.parameter(converter))
        parameters += 1
      case .parameter(.path, let range):
        throw error("a path parameter stands alone between slashes, for it takes slashes itself", range)
      }
    }
    guard parameters <= Self.maxParametersInSegment else {
      throw error("there are \(Self.maxParametersInSegment) parameters between two slashes at most", range)
    }
    return .mixed(atoms)
  }

  // MARK: - Parameters

  private mutating func readParameter() throws(RoutePatternError) {
    let start = position
    guard let end = parameterEnd(from: start) else {
      throw error("this < has no > after it", start..<bytes.count)
    }
    let whole = start..<end + 1
    let inner = start + 1..<end
    // The name follows the last colon that is not in parentheses; a converter's arguments may have colons.
    let close = bytes[inner].lastIndex(of: UInt8(ascii: ")")) ?? inner.lowerBound
    let colon = bytes[close..<end].firstIndex(of: UInt8(ascii: ":"))
    let nameRange = (colon.map { $0 + 1 } ?? inner.lowerBound)..<end
    let name = string(nameRange)
    if colon == nil, name.contains("(") {
      throw error("a parameter with arguments needs a name: <int(min=1):name>", whole)
    }
    try check(name: name, nameRange, whole)
    let parameter: Parameter
    if let colon {
      var reader = ConverterReader(bytes: bytes, range: inner.lowerBound..<colon, name: name)
      parameter = try reader.read()
    } else {
      parameter = .converter(.plainString)
    }
    guard names.count < RoutePattern.maxParameters else {
      throw error("a route has \(RoutePattern.maxParameters) parameters at most", whole)
    }
    names.append(name)
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    literal = []
    pieces.append(.parameter(parameter, whole))
    position = end + 1
  }

  /// Where the `>` of a parameter is, not counting those in quotes.
  private func parameterEnd(from start: Int) -> Int? {
    var quote: UInt8?
    for index in start + 1..<bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return index
      } else if byte == UInt8(ascii: "<") {
        return nil
      }
    }
    return nil
  }

  private func check(name: String, _ range: Range<Int>, _ whole: Range<Int>) throws(RoutePatternError) {
    guard !name.isEmpty else { throw error("a parameter needs a name: <name> or <int:name>", whole) }
    let isIdentifier = name.unicodeScalars.enumerated().allSatisfy { index, scalar in
      scalar == "_" || (index == 0 ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue)
    }
    guard isIdentifier else {
      throw error(
        "\"\(name.printable(limit: 40))\" is no name: letters, digits and _ are, not beginning with a digit",
        range)
    }
    guard !names.contains(name) else { throw error("the name \(name) comes twice in this route", range) }
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private func error(_ message: String, _ range: Range<Int>, suggestion: String? = nil) -> RoutePatternError {
    RoutePatternError(message: message, range: range, suggestion: suggestion)
  }
}
