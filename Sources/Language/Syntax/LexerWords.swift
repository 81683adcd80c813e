// Names: plain, Unicode, in backticks, and `$0`.

extension Lexer {
  mutating func lexIdentifier() {
    let start = position
    skipIdentifier()
    if let keyword = keyword(from: start) {
      emit(.keyword(keyword), from: start)
    } else {
      emit(.identifier(String(decoding: bytes[start..<position], as: UTF8.self)), from: start)
    }
  }

  /// The keyword that stands between a place and here.
  private func keyword(from start: Int) -> Keyword? {
    guard position - start <= Keyword.longest else { return nil }
    let candidates = Keyword.byFirstByte[Int(bytes[start])]
    if candidates.isEmpty { return nil }
    var word: UInt64 = 0
    for place in start..<position { word = word << 8 | UInt64(bytes[place]) }
    return candidates.first { $0.word == word }?.keyword
  }

  /// Moves behind the letters, digits and underscores that stand here.
  mutating func skipIdentifier() {
    var end = position
    defer { position = end }
    while end < count {
      switch bytes[end] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        end += 1
      case 0x80...:
        position = end
        let (scalar, length) = scalarHere()
        guard scalar.continuesIdentifier else { return }
        end += length
      default:
        return
      }
    }
  }

  /// `` `let` ``: a keyword used as a name.
  mutating func lexQuotedIdentifier() {
    let start = position
    position += 1
    let nameStart = position
    skipIdentifier()
    guard byte() == UInt8(ascii: "`"), position > nameStart else {
      if let end = templateEnd(from: nameStart) { return lexTemplate(from: start, to: end) }
      report(.unclosedBackticks, Span(start, position))
      return emit(.invalid, from: start)
    }
    let name = String(decoding: bytes[nameStart..<position], as: UTF8.self)
    position += 1
    emit(.identifier(name), from: start)
  }

  /// Where the backtick stands that closes JavaScript's string: in the same line, or further down where `${` is within.
  private func templateEnd(from start: Int) -> Int? {
    // Texts in backticks are short; the bound keeps a text that is full of them from being read over and over.
    let limit = min(count, start + 4_096)
    guard start < limit, let end = bytes[start..<limit].firstIndex(of: UInt8(ascii: "`")) else { return nil }
    let text = bytes[start..<end]
    let isOneLine = !text.contains(UInt8(ascii: "\n"))
    let hasValue = zip(text, text.dropFirst()).contains { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "{") }
    return isOneLine || hasValue ? end : nil
  }

  /// JavaScript's `` `hello ${name}` ``: reported, and read as text.
  private mutating func lexTemplate(from start: Int, to end: Int) {
    let text = String(decoding: bytes[start + 1..<end], as: UTF8.self)
    position = end + 1
    report(.templateString(ownForm(of: text)), Span(start, position))
    emit(.stringStart, from: start)
    emit(.stringText(text), from: start)
    emit(.stringEnd, from: start)
  }

  /// How the text of a template is written here; nil where that is long, or nobody will read it.
  private func ownForm(of text: String) -> String? {
    guard output.diagnostics.count < Parser.diagnosticLimit else { return nil }
    let isBrief = text.utf8.count <= 60 && !text.contains { $0.isNewline || $0 == "\"" }
    // `}` closes what `${` opens; braces within are rare, and then the help tells the form alone.
    let isPlain = text.filter { $0 == "{" }.count == text.matches(of: /\$\{[^{}]*\}/).count
    let own = text.replacing(/\$\{([^{}]*)\}/) { "\\(\($0.1))" }
    return isBrief && isPlain ? "\"\(own)\"" : nil
  }

  mutating func lexAnonymousParameter() {
    let start = position
    position += 1
    let digits = position
    skipIdentifier()
    guard let index = Int(String(decoding: bytes[digits..<position], as: UTF8.self)) else {
      report(.badAnonymousParameter, Span(start, position))
      return emit(.invalid, from: start)
    }
    guard index < Parser.parameterLimit else {
      report(.tooManyParameters, Span(start, position))
      return emit(.invalid, from: start)
    }
    emit(.anonymousParameter(index), from: start)
  }

  mutating func lexNonASCII() {
    let start = position
    let (scalar, length) = scalarHere()
    switch scalar {
    case "\u{201C}", "\u{201D}", "\u{201E}", "\u{AB}":
      lexForeignString(closing: ["\u{201C}", "\u{201D}", "\u{BB}", "\""], message: .curlyQuotes)
    case "\u{2018}", "\u{2019}", "\u{201A}":
      lexForeignString(closing: ["\u{2018}", "\u{2019}", "'"], message: .curlyQuotes)
    default:
      if scalar.startsIdentifier { return lexIdentifier() }
      position += length
      report(.unexpectedCharacter(scalar), Span(start, position))
      emit(.invalid, from: start)
    }
  }

  /// A string in the quotes of another language or of a word processor: reported, and read as text.
  mutating func lexForeignString(closing: Set<Unicode.Scalar>, message: Message) {
    let start = position
    position += scalarHere().length
    let textStart = position
    while position < count, byte() != UInt8(ascii: "\n"), byte() != UInt8(ascii: "\r") {
      let (scalar, length) = scalarHere()
      if closing.contains(scalar) {
        let text = String(decoding: bytes[textStart..<position], as: UTF8.self)
        position += length
        report(message, Span(start, position))
        emit(.stringStart, from: start)
        emit(.stringText(text), from: start)
        return emit(.stringEnd, from: start)
      }
      position += scalar == "\\" ? length + 1 : length
    }
    position = textStart
    report(message, Span(start, position))
    emit(.invalid, from: start)
  }

  /// The character at the position, and how many bytes it has.
  func scalarHere() -> (scalar: Unicode.Scalar, length: Int) {
    let first = byte()
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for ahead in 1..<length { value = value << 6 | UInt32(byte(ahead) & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }
}

extension Unicode.Scalar {
  /// Swift's rule in short: letters of any script, and emoji.
  var startsIdentifier: Bool {
    if isASCII { return properties.isAlphabetic || self == "_" }
    return properties.isXIDStart || properties.isEmojiPresentation
  }

  var continuesIdentifier: Bool {
    if isASCII { return properties.isAlphabetic || self == "_" || ("0"..."9").contains(self) }
    // The joiner and the selector hold emoji of several scalars together.
    return properties.isXIDContinue || properties.isEmojiPresentation || self == "\u{200D}"
      || self == "\u{FE0F}"
  }
}
