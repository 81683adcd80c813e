// Strings: plain, `"""`, raw; their escapes, interpolations and indentation.

extension Lexer {
  /// A string whose end has not come yet.
  struct OpenString {
    var start: Int
    /// How many `#` stand around it; an escape has as many behind its backslash.
    var hashes: Int
    var isMultiline: Bool
    /// Whether text follows the opening quotes of a `"""` string, which has been reported.
    var isMalformed = false
    /// Inside an interpolation: how many parentheses are open in it. Nil in the text.
    var parentheses: Int?
    /// The texts of a `"""` string, whose indentation is known only at its end.
    var pieces: [Piece] = []
  }

  /// A text of a `"""` string.
  struct Piece {
    var token: Int
    var text: [UInt8] = []
    /// Where lines begin: the place in `text`, the place in the source, and the width of the white
    /// space that begins it.
    var lines: [(index: Int, source: Int, indentation: Int)] = []
  }

  mutating func openString() {
    let start = position
    var hashes = 0
    while byte() == UInt8(ascii: "#") {
      hashes += 1
      position += 1
    }
    // `#"""#` is a raw string of one quote.
    let isMultiline = hasQuotes(3, hashes: 0) && !(hashes > 0 && hasQuotes(3, hashes: hashes))
    position += isMultiline ? 3 : 1
    emit(.stringStart, from: start)
    openStrings.append(OpenString(start: start, hashes: hashes, isMultiline: isMultiline))
    guard isMultiline else { return }

    let afterQuotes = position
    skipBlanks()
    if isLineEnd {
      skipLineEnd()
    } else if position < count {
      report(.textAfterQuotes, Span(start, afterQuotes))
      openStrings[openStrings.count - 1].isMalformed = true
    }
    openStrings[openStrings.count - 1].pieces.append(Piece(token: -1))
    beginLine()
  }

  /// Whether so many quotes with so many hashes behind them stand here.
  private func hasQuotes(_ quotes: Int, hashes: Int) -> Bool {
    for ahead in 0..<quotes where byte(ahead) != UInt8(ascii: "\"") { return false }
    return hasHashes(hashes, from: quotes)
  }

  private func hasHashes(_ hashes: Int, from start: Int) -> Bool {
    var ahead = 0
    while ahead < hashes, byte(start + ahead) == UInt8(ascii: "#") { ahead += 1 }
    return ahead == hashes
  }

  private var isLineEnd: Bool {
    position < count && (byte() == UInt8(ascii: "\n") || byte() == UInt8(ascii: "\r"))
  }

  private mutating func skipLineEnd() {
    position += byte() == UInt8(ascii: "\r") && byte(1) == UInt8(ascii: "\n") ? 2 : 1
  }

  private mutating func skipBlanks() {
    while byte() == UInt8(ascii: " ") || byte() == UInt8(ascii: "\t") { position += 1 }
  }

  /// Takes the white space that begins a line of a `"""` string.
  private mutating func beginLine() {
    let start = position
    skipBlanks()
    let string = openStrings.count - 1
    let piece = openStrings[string].pieces.count - 1
    let index = openStrings[string].pieces[piece].text.count
    openStrings[string].pieces[piece].lines.append((index, start, position - start))
    openStrings[string].pieces[piece].text.append(contentsOf: bytes[start..<position])
  }

  // MARK: - Text

  /// Reads the text up to the next interpolation or the end of the string.
  mutating func lexStringText() {
    let innermost = openStrings.count - 1
    // Without the pieces: a second reference to them would make every change copy them.
    let string = OpenString(
      start: openStrings[innermost].start, hashes: openStrings[innermost].hashes,
      isMultiline: openStrings[innermost].isMultiline)
    if string.isMultiline { lexLines(string) } else { lexLine(string) }
  }

  private mutating func lexLine(_ string: OpenString) {
    let start = position
    var text: [UInt8] = []
    while true {
      if position >= count || isLineEnd {
        emitText(text, from: start)
        return abandonString()
      }
      let current = byte()
      if current == UInt8(ascii: "\""), hasHashes(string.hashes, from: 1) {
        emitText(text, from: start)
        let quote = position
        position += 1 + string.hashes
        openStrings.removeLast()
        return emit(.stringEnd, from: quote)
      }
      if current == UInt8(ascii: "\\"), isEscape(string) {
        if byte(1 + string.hashes) == UInt8(ascii: "(") {
          emitText(text, from: start)
          return openInterpolation(string)
        }
        lexEscape(string, into: &text)
      } else {
        text.append(current)
        position += 1
      }
    }
  }

  private mutating func lexLines(_ string: OpenString) {
    let index = openStrings.count - 1
    if openStrings[index].pieces[openStrings[index].pieces.count - 1].token >= 0 {
      openStrings[index].pieces.append(Piece(token: -1))
    }
    let piece = openStrings[index].pieces.count - 1
    let start = position
    while true {
      if position >= count {
        output.unfinished = Message.unfinishedString.diagnostic(at: Span(string.start, string.start + 3))
        return endLines(from: start, quote: nil)
      }
      let current = byte()
      if isLineEnd {
        skipLineEnd()
        openStrings[index].pieces[piece].text.append(UInt8(ascii: "\n"))
        beginLine()
      } else if hasQuotes(3, hashes: string.hashes) {
        guard !openStrings[index].isMalformed, areQuotesInText else {
          return endLines(from: start, quote: position)
        }
        openStrings[index].isMalformed = true
        report(.quotesInText, Span(position, position + 3))
        openStrings[index].pieces[piece].text.append(contentsOf: bytes[position..<position + 3])
        position += 3
      } else if current == UInt8(ascii: "\\"), isEscape(string) {
        let next = byte(1 + string.hashes)
        if next == UInt8(ascii: "(") {
          openStrings[index].pieces[piece].token = output.tokens.count
          emit(.stringText(""), from: start)
          return openInterpolation(string)
        }
        if endsLineAfterBlanks(position + 1 + string.hashes) {
          position += 1 + string.hashes
          skipBlanks()
          skipLineEnd()
          beginLine()
        } else {
          var escaped: [UInt8] = []
          lexEscape(string, into: &escaped)
          openStrings[index].pieces[piece].text.append(contentsOf: escaped)
        }
      } else {
        openStrings[index].pieces[piece].text.append(current)
        position += 1
      }
    }
  }

  /// Whether the three quotes here do not stand at the beginning of their line, but the next ones do: those end the
  /// text, and these were meant to be in it.
  private var areQuotesInText: Bool {
    if beginsLine(position) { return false }
    var ahead = position + 3
    while ahead + 2 < count {
      if bytes[ahead] == UInt8(ascii: "\""), bytes[ahead + 1] == UInt8(ascii: "\""),
        bytes[ahead + 2] == UInt8(ascii: "\"")
      {
        return beginsLine(ahead)
      }
      ahead += 1
    }
    return false
  }

  /// Whether nothing but blanks stands before a place in its line.
  private func beginsLine(_ offset: Int) -> Bool {
    var start = offset
    while start > 0, bytes[start - 1] == UInt8(ascii: " ") || bytes[start - 1] == UInt8(ascii: "\t") {
      start -= 1
    }
    return start == 0 || bytes[start - 1] == UInt8(ascii: "\n") || bytes[start - 1] == UInt8(ascii: "\r")
  }

  private func endsLineAfterBlanks(_ offset: Int) -> Bool {
    var ahead = offset
    while bytes[ahead] == UInt8(ascii: " ") || bytes[ahead] == UInt8(ascii: "\t") { ahead += 1 }
    return ahead < count && (bytes[ahead] == UInt8(ascii: "\n") || bytes[ahead] == UInt8(ascii: "\r"))
  }

  private mutating func openInterpolation(_ string: OpenString) {
    let start = position
    position += 2 + string.hashes
    openStrings[openStrings.count - 1].parentheses = 0
    emit(.interpolationStart, from: start)
  }

  private mutating func emitText(_ text: [UInt8], from start: Int) {
    guard position > start else { return }
    emit(.stringText(String(decoding: text, as: UTF8.self)), from: start)
  }

  // MARK: - Escapes

  private func isEscape(_ string: OpenString) -> Bool {
    hasHashes(string.hashes, from: 1)
  }

  private mutating func lexEscape(_ string: OpenString, into text: inout [UInt8]) {
    let start = position
    position += 1 + string.hashes
    if position >= count || isLineEnd { return text.append(UInt8(ascii: "\\")) }
    let (scalar, length) = scalarHere()
    position += length
    switch scalar {
    case "n": text.append(UInt8(ascii: "\n"))
    case "t": text.append(UInt8(ascii: "\t"))
    case "r": text.append(UInt8(ascii: "\r"))
    case "0": text.append(0)
    case "\\", "\"", "'": text.append(UInt8(ascii: scalar))
    case "u": lexUnicodeEscape(from: start, into: &text)
    // Python's r"\d", for which the parser says what is written here.
    case _ where isPrefixed(string, with: "r"): text.append(contentsOf: bytes[start..<position])
    default: report(.unknownEscape(scalar), Span(start, position))
    }
  }

  /// Whether a letter stands alone before the quotes, without a space.
  private func isPrefixed(_ string: OpenString, with letter: Unicode.Scalar) -> Bool {
    guard string.start > 0, bytes[string.start - 1] == UInt8(ascii: letter), output.tokens.count > 1 else {
      return false
    }
    let word = output.tokens[output.tokens.count - 2]
    return word.span.end == string.start && word.kind == .identifier(String(letter))
  }

  private mutating func lexUnicodeEscape(from start: Int, into text: inout [UInt8]) {
    guard byte() == UInt8(ascii: "{") else {
      return report(.badUnicodeEscape, Span(start, position))
    }
    position += 1
    let digits = position
    while isHexDigit(byte()), position - digits < 9 { position += 1 }
    let value = UInt32(String(decoding: bytes[digits..<position], as: UTF8.self), radix: 16)
    guard byte() == UInt8(ascii: "}"), let value, let scalar = Unicode.Scalar(value) else {
      if byte() == UInt8(ascii: "}") { position += 1 }
      return report(.badUnicodeEscape, Span(start, position))
    }
    position += 1
    text.append(contentsOf: Array(String(scalar).utf8))
  }

  private func isHexDigit(_ byte: UInt8) -> Bool { Character(Unicode.Scalar(byte)).isHexDigit }

  // MARK: - Ends

  /// Ends a string at the end of a line that should have closed it.
  mutating func abandonString() {
    let string = openStrings.removeLast()
    // When several strings end here only the innermost is told: the others follow from it.
    if abandonedAt != position {
      // A quote that is the last of the line was to close the string around the interpolation.
      let outer = openStrings.last { $0.parentheses != nil && !$0.isMultiline }
      if string.parentheses == nil, let outer, isLastOfLine(string) {
        report(.unclosedInterpolation, Span(outer.start, min(outer.start + 1 + outer.hashes, count)))
      } else {
        report(
          string.parentheses == nil ? .unclosedString(string.hashes) : .unclosedInterpolation,
          Span(string.start, min(string.start + 1 + string.hashes, count)))
      }
    }
    abandonedAt = position
    if string.parentheses != nil { emit(.interpolationEnd, from: position) }
    emit(.stringEnd, from: position)
  }

  /// Whether nothing but what closes other things stands behind the quotes that begin a string.
  private func isLastOfLine(_ string: OpenString) -> Bool {
    bytes[min(string.start + 1 + string.hashes, position)..<position].allSatisfy {
      " \t)]},;".utf8.contains($0)
    }
  }

  /// What is still open when the text ends: strings of one line are wrong, others only unfinished.
  mutating func closeStringsAtEnd() {
    guard !openStrings.isEmpty else { return }
    if openStrings.contains(where: { !$0.isMultiline }) {
      while !openStrings.isEmpty { abandonString() }
    } else if let first = openStrings.first {
      output.unfinished = Message.unfinishedString.diagnostic(at: Span(first.start, first.start + 3))
      openStrings.removeAll()
    }
  }

  /// Ends a `"""` string: takes the indentation of its closing quotes from every line.
  private mutating func endLines(from start: Int, quote: Int?) {
    var string = openStrings.removeLast()
    string.pieces[string.pieces.count - 1].token = output.tokens.count
    emit(.stringText(""), from: start)
    if let quote {
      var lineStart = quote
      while lineStart > 0,
        bytes[lineStart - 1] == UInt8(ascii: " ") || bytes[lineStart - 1] == UInt8(ascii: "\t")
      {
        lineStart -= 1
      }
      position = quote + 3 + string.hashes
      let standsAlone = string.pieces[string.pieces.count - 1].lines.last?.source == lineStart
      if standsAlone {
        removeIndentation(bytes[lineStart..<quote], from: &string)
      } else {
        report(.quotesAfterText, Span(quote, position))
      }
    }
    for piece in string.pieces {
      output.tokens[piece.token].kind = .stringText(String(decoding: piece.text, as: UTF8.self))
    }
    emit(.stringEnd, from: quote ?? position)
  }

  private mutating func removeIndentation(_ indentation: ArraySlice<UInt8>, from string: inout OpenString) {
    var hasReported = string.isMalformed
    for piece in string.pieces.indices {
      let isLastPiece = piece == string.pieces.count - 1
      let old = string.pieces[piece]
      var text: [UInt8] = []
      var copied = 0
      for (number, line) in old.lines.enumerated() {
        text.append(contentsOf: old.text[copied..<line.index])
        copied = line.index
        let blank = bytes[line.source..<(line.source + line.indentation)]
        if isLastPiece, number == old.lines.count - 1 {
          // The line of the closing quotes: neither it nor the line end before it is text.
          copied = old.text.count
          if number > 0 || piece > 0, text.last == UInt8(ascii: "\n") { text.removeLast() }
        } else if blank.starts(with: indentation) {
          copied += indentation.count
        } else if bytes[blank.endIndex] == UInt8(ascii: "\n") || bytes[blank.endIndex] == UInt8(ascii: "\r") {
          copied += blank.count
        } else if !hasReported {
          hasReported = true
          report(.badIndentation, Span(line.source, max(blank.endIndex, line.source + 1)))
        }
      }
      text.append(contentsOf: old.text[copied...])
      string.pieces[piece].text = text
    }
  }
}
