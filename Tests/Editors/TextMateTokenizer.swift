import Foundation

/// Applies a TextMate grammar to a text as editors do: line by line, and within a line always the rule that matches
/// first; among several, the one that stands first, and before them the end of the innermost open rule.
struct TextMateTokenizer {
  /// A part of the text with the scopes that it has, the innermost last.
  struct Piece: Equatable {
    /// UTF-8 offsets.
    var range: Range<Int>
    var scopes: [String]
  }

  /// Rules that match nothing, again and again at one place.
  struct EndlessLoop: Error {
    let line: String
    let rule: String
  }

  /// How many rules may begin and end at one place.
  private static let stepLimit = 50

  private let grammar: TextMateGrammar
  private var stack: [Open] = []
  private var expressions: [String: NSRegularExpression] = [:]
  private var leaves: [ObjectIdentifier: [TextMateRule]] = [:]
  private let outermost: [TextMateRule]
  /// The rules that matched something so far.
  private(set) var used: Set<ObjectIdentifier> = []

  /// A rule whose end has not come yet.
  private struct Open {
    let rule: TextMateRule
    /// The end, with what the begin captured put in.
    let end: String
    let scopes: [String]
    let contentScopes: [String]
  }

  init(_ grammar: TextMateGrammar) throws {
    self.grammar = grammar
    outermost = try grammar.leaves(of: grammar.patterns)
  }

  /// The pieces of a whole text, in order and without gaps but for line ends.
  mutating func pieces(of text: String) throws -> [Piece] {
    stack = []
    var pieces: [Piece] = []
    var offset = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      pieces += try self.pieces(ofLine: String(line), at: offset)
      offset += line.utf8.count + 1
    }
    return pieces
  }

  // MARK: - A line

  private mutating func pieces(ofLine text: String, at offset: Int) throws -> [Piece] {
    var line = Line(text)
    var position = 0
    var stepsHere = 0
    while position < line.length {
      guard let (rule, match) = try next(in: &line, from: position) else { break }
      line.scopes.add(current, to: position..<match.range.location)
      let isAdvance = match.range.location + match.range.length > position
      stepsHere = isAdvance ? 0 : stepsHere + 1
      if stepsHere > Self.stepLimit || (match.range.length == 0 && rule?.match != nil) {
        throw EndlessLoop(line: text, rule: rule?.summary ?? stack.last?.rule.summary ?? "")
      }
      if let rule { try enter(rule, match, &line) } else { leave(match, &line) }
      position = match.range.location + match.range.length
    }
    line.scopes.add(current, to: position..<line.length)
    return line.pieces(at: offset)
  }

  private var current: [String] { stack.last?.contentScopes ?? [grammar.scopeName] }

  /// The next rule that matches; nil for the end of the innermost open one.
  private mutating func next(
    in line: inout Line, from position: Int
  ) throws -> (TextMateRule?, NSTextCheckingResult)? {
    var best: (TextMateRule?, NSTextCheckingResult)?
    if let open = stack.last, let match = line.match(of: try compiled(open.end), open.end, from: position) {
      best = (nil, match)
    }
    for rule in try rulesHere() {
      let source = rule.match ?? rule.begin ?? ""
      guard let match = line.match(of: try compiled(source), source, from: position) else { continue }
      if match.range.location < best?.1.range.location ?? .max { best = (rule, match) }
    }
    return best
  }

  private mutating func rulesHere() throws -> [TextMateRule] {
    guard let rule = stack.last?.rule else { return outermost }
    if let known = leaves[ObjectIdentifier(rule)] { return known }
    let rules = try grammar.leaves(of: rule.patterns ?? [])
    leaves[ObjectIdentifier(rule)] = rules
    return rules
  }

  private mutating func enter(
    _ rule: TextMateRule, _ match: NSTextCheckingResult, _ line: inout Line
  ) throws {
    used.insert(ObjectIdentifier(rule))
    let scopes = current + names(rule.name)
    line.add(scopes, rule.captures ?? rule.beginCaptures, match)
    guard let end = rule.end else { return }
    var filled = end
    for group in 1..<max(match.numberOfRanges, 1) {
      let captured = NSRegularExpression.escapedPattern(for: line.text(of: match.range(at: group)))
      filled = filled.replacingOccurrences(of: "\\\(group)", with: captured)
    }
    stack.append(
      Open(
        rule: rule, end: filled, scopes: scopes,
        contentScopes: scopes + names(rule.contentName)))
  }

  private mutating func leave(_ match: NSTextCheckingResult, _ line: inout Line) {
    let open = stack.removeLast()
    line.add(open.scopes, open.rule.endCaptures, match)
  }

  /// A name can hold several scopes.
  private func names(_ name: String?) -> [String] { name?.split(separator: " ").map(String.init) ?? [] }

  private mutating func compiled(_ source: String) throws -> NSRegularExpression {
    if let known = expressions[source] { return known }
    let expression = try TextMateTokenizer.compile(source)
    expressions[source] = expression
    return expression
  }

  /// Lines end at `\n` alone and `^` and `$` are about lines, as in Oniguruma.
  static func compile(_ source: String) throws -> NSRegularExpression {
    try NSRegularExpression(pattern: source, options: [.anchorsMatchLines, .useUnixLineSeparators])
  }
}

/// A line with its end, while rules are applied to it.
private struct Line {
  let length: Int
  private let string: NSString
  var scopes: [[String]]
  /// What expressions found, so that none looks at the same place twice.
  private var found: [String: NSTextCheckingResult?] = [:]

  init(_ text: String) {
    string = (text + "\n") as NSString
    length = string.length
    scopes = Array(repeating: [], count: length)
  }

  func text(of range: NSRange) -> String {
    range.location == NSNotFound ? "" : string.substring(with: range)
  }

  mutating func match(
    of expression: NSRegularExpression, _ source: String, from position: Int
  ) -> NSTextCheckingResult? {
    if let known = found[source] {
      guard let known else { return nil }
      if known.range.location >= position { return known }
    }
    let range = NSRange(location: position, length: length - position)
    let match = expression.firstMatch(
      in: string as String, options: [.withTransparentBounds, .withoutAnchoringBounds], range: range)
    found[source] = .some(match)
    return match
  }

  /// Gives a match its scopes, and what it captured those of the captures.
  mutating func add(
    _ scopes: [String], _ captures: [String: TextMateRule.Capture]?, _ match: NSTextCheckingResult
  ) {
    self.scopes.add(scopes, to: match.range.location..<match.range.location + match.range.length)
    for group in 0..<match.numberOfRanges {
      guard let name = captures?[String(group)]?.name else { continue }
      let range = match.range(at: group)
      guard range.location != NSNotFound else { continue }
      for index in range.location..<range.location + range.length { self.scopes[index].append(name) }
    }
  }

  /// The pieces of the line without its end, in UTF-8 offsets.
  func pieces(at offset: Int) -> [TextMateTokenizer.Piece] {
    var pieces: [TextMateTokenizer.Piece] = []
    var offset = offset
    var index = 0
    for scalar in (string as String).unicodeScalars where index < length - 1 {
      let end = offset + scalar.utf8.count
      if let last = pieces.last, last.scopes == scopes[index] {
        pieces[pieces.count - 1].range = last.range.lowerBound..<end
      } else {
        pieces.append(.init(range: offset..<end, scopes: scopes[index]))
      }
      offset = end
      index += scalar.utf16.count
    }
    return pieces
  }
}

extension [[String]] {
  fileprivate mutating func add(_ scopes: [String], to range: Range<Int>) {
    for index in range { self[index] = scopes }
  }
}
