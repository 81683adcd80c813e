/// Reads a converter with its arguments, the part of a parameter before the colon.
struct ConverterReader {
  private let bytes: [UInt8]
  private let range: Range<Int>
  private let name: String

  /// One argument: `key=value` or a value alone, and where it stands.
  private struct Argument {
    var key: String?
    var value: String
    var range: Range<Int>
  }

  /// The words that `any` may have.
  private static let maxWords = 64
  /// The longest text that `string` may ask for.
  private static let maxLength = 1_000_000

  init(bytes: [UInt8], range: Range<Int>, name: String) {
    self.bytes = bytes
    self.range = range
    self.name = name
  }

  mutating func read() throws(RoutePatternError) -> RoutePatternParser.Parameter {
    let open = bytes[range].firstIndex(of: UInt8(ascii: "("))
    let word = string(range.lowerBound..<(open ?? range.upperBound))
    let wordRange = range.lowerBound..<(open ?? range.upperBound)
    guard PathConverter.names.contains(word) else { throw unknown(word, wordRange) }
    var arguments: [Argument] = []
    if let open {
      guard bytes[range.upperBound - 1] == UInt8(ascii: ")") else {
        throw error("the arguments of \(word) end in a closing parenthesis", open..<range.upperBound)
      }
      arguments = try readArguments(open + 1..<range.upperBound - 1)
    }
    switch word {
    case "string": return .converter(try string(arguments))
    case "int": return .converter(try int(arguments))
    case "float": return .converter(try float(arguments))
    case "any": return .converter(try any(arguments, wordRange))
    default:
      if let first = arguments.first { throw error("\(word) takes no arguments", first.range) }
      return word == "path" ? .path : .converter(.uuid)
    }
  }

  private func unknown(_ word: String, _ range: Range<Int>) -> RoutePatternError {
    let others = ["str": "string", "integer": "int", "number": "int", "double": "float", "decimal": "float"]
    var suggestion = others[word.lowercased()] ?? SpellingDistance.nearest(to: word, in: PathConverter.names)
    if PathConverter.names.contains(name) { suggestion = "<\(name):\(word)>" }
    return RoutePatternError(
      message:
        "there is no converter \"\(word.printable(limit: 40))\": there are \(PathConverter.names.joined(separator: ", "))",
      range: range, suggestion: suggestion)
  }

  // MARK: - Kinds

  private func string(_ arguments: [Argument]) throws(RoutePatternError) -> PathConverter {
    var (minimum, maximum): (Int, Int?) = (1, nil)
    for argument in arguments {
      let value = try number(argument, Int.init, "a number of characters")
      guard (0...Self.maxLength).contains(value) else {
        throw error("a length is from 0 to \(Self.maxLength)", argument.range)
      }
      switch argument.key {
      case "length":
        minimum = value
        maximum = value
      case "minlength": minimum = max(1, value)
      case "maxlength": maximum = value
      default: throw notTaken(argument, "string", ["length", "minlength", "maxlength"])
      }
    }
    guard minimum <= maximum ?? .max, maximum != 0 else {
      throw error("no text has these lengths", all(arguments))
    }
    return .string(min: minimum, max: maximum)
  }

  private func int(_ arguments: [Argument]) throws(RoutePatternError) -> PathConverter {
    let (minimum, maximum, signed) = try bounds(arguments, "int", Int.init, "an int")
    return .int(min: minimum, max: maximum, signed: signed)
  }

  private func float(_ arguments: [Argument]) throws(RoutePatternError) -> PathConverter {
    let (minimum, maximum, signed) = try bounds(
      arguments, "float", { Double($0).flatMap { $0.isFinite ? $0 : nil } }, "a number")
    return .float(min: minimum, max: maximum, signed: signed)
  }

  private func bounds<Number: Comparable>(
    _ arguments: [Argument], _ converter: String, _ read: (String) -> Number?, _ kind: String
  ) throws(RoutePatternError) -> (Number?, Number?, Bool) {
    var (minimum, maximum, signed): (Number?, Number?, Bool) = (nil, nil, false)
    for argument in arguments {
      switch (argument.key, argument.value.lowercased()) {
      case ("min", _): minimum = try number(argument, read, kind)
      case ("max", _): maximum = try number(argument, read, kind)
      case (nil, "signed"), ("signed", "true"): signed = true
      case ("signed", "false"): signed = false
      case ("signed", _): throw error("signed is true or false", argument.range)
      default: throw notTaken(argument, converter, ["min", "max", "signed"])
      }
    }
    if let minimum, let maximum, minimum > maximum {
      throw error("no number is from \(minimum) to \(maximum)", all(arguments))
    }
    return (minimum, maximum, signed)
  }

  private func any(_ arguments: [Argument], _ word: Range<Int>) throws(RoutePatternError) -> PathConverter {
    guard !arguments.isEmpty else { throw error("any needs its words: <any(red,green):\(name)>", word) }
    guard arguments.count <= Self.maxWords else {
      throw error("any takes \(Self.maxWords) words at most", all(arguments))
    }
    var words: [String] = []
    for argument in arguments {
      guard argument.key == nil, !argument.value.isEmpty, !argument.value.contains("/") else {
        throw error("a word of any is a text without a slash or an equals sign", argument.range)
      }
      if !words.contains(argument.value) { words.append(argument.value) }
    }
    return .any(words)
  }

  // MARK: - Arguments

  /// Splits at the commas outside of quotes.
  private func readArguments(_ range: Range<Int>) throws(RoutePatternError) -> [Argument] {
    var arguments: [Argument] = []
    var start = range.lowerBound
    var quote: UInt8?
    for index in range {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ",") {
        arguments.append(try argument(start..<index))
        start = index + 1
      }
    }
    if start < range.upperBound || !arguments.isEmpty {
      arguments.append(try argument(start..<range.upperBound))
    }
    return arguments
  }

  private func argument(_ range: Range<Int>) throws(RoutePatternError) -> Argument {
    let text = string(range)[...].trimmingBlanks
    guard let first = text.first else { throw error("an argument is missing here", range) }
    if first == "\"" || first == "'" {
      guard text.count >= 2, text.last == first, !text.dropFirst().dropLast().contains(first) else {
        throw error("a quoted word ends in the quote that it began with", range)
      }
      return Argument(key: nil, value: String(text.dropFirst().dropLast()), range: range)
    }
    guard let equals = text.firstIndex(of: "=") else { return Argument(value: String(text), range: range) }
    return Argument(
      key: String(text[..<equals].trimmingBlanks),
      value: String(text[text.index(after: equals)...].trimmingBlanks),
      range: range)
  }

  private func number<Number>(
    _ argument: Argument, _ read: (String) -> Number?, _ kind: String
  ) throws(RoutePatternError) -> Number {
    guard argument.key != nil, let value = read(argument.value) else {
      throw error("\"\(argument.value.printable(limit: 40))\" is not \(kind), as in min=1", argument.range)
    }
    return value
  }

  private func notTaken(_ argument: Argument, _ converter: String, _ taken: [String]) -> RoutePatternError {
    let given = argument.key ?? argument.value
    return RoutePatternError(
      message:
        "\(converter) has no argument \"\(given.printable(limit: 40))\": it takes \(taken.joined(separator: ", "))",
      range: argument.range, suggestion: SpellingDistance.nearest(to: given, in: taken))
  }

  private func all(_ arguments: [Argument]) -> Range<Int> {
    (arguments.first?.range.lowerBound ?? range.lowerBound)..<(arguments.last?.range.upperBound
      ?? range.upperBound)
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private func error(_ message: String, _ range: Range<Int>) -> RoutePatternError {
    RoutePatternError(message: message, range: range, suggestion: nil)
  }
}
