extension StyledText {
  /// The text with line ends in place of spaces, so that its lines fit a window. A word that is longer stays whole.
  ///
  /// - Parameters:
  ///   - columns: how wide the window is. Its last column stays free: terminals differ in what they do behind it.
  ///   - indent: how far the lines stand in that continue another, in columns; less in a narrow window.
  func wrapped(to columns: Int, indent: Int) -> StyledText {
    var wrapper = Wrapper(columns: columns, indent: min(indent, max(0, columns / 4)))
    for span in spans { wrapper.add(span) }
    return wrapper.finished()
  }

  /// Its lines, each by itself.
  var lines: [StyledText] {
    var lines = [StyledText()]
    for span in spans {
      for (place, part) in span.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        if place > 0 { lines.append(StyledText()) }
        if !part.isEmpty { lines[lines.count - 1].spans.append(Span(String(part), span.style)) }
      }
    }
    return lines
  }
}

extension String {
  /// The text with line ends in place of spaces, so that its lines fit a window of so many columns. A word that is
  /// longer stays whole.
  func wrapped(to columns: Int) -> String { StyledText(self).wrapped(to: columns, indent: 0).plain }
}

/// Lays words into lines, one piece of one style after another.
private struct Wrapper {
  private let columns: Int
  private let indent: Int
  private var result = StyledText()
  /// How much of the line is taken.
  private var width = 0
  private var hasWord = false
  /// The word that has begun, in the styles of its parts, and the spaces before it.
  private var word = StyledText()
  private var spaces = StyledText()
  private var spaceCount = 0

  init(columns: Int, indent: Int) {
    self.columns = columns
    self.indent = indent
  }

  mutating func add(_ span: StyledText.Span) {
    for character in span.text {
      switch character {
      case " ":
        if !word.spans.isEmpty { endWord() }
        spaces.append(" ", span.style)
        spaceCount += 1
      case "\n":
        endWord()
        (spaces, spaceCount) = (StyledText(), 0)
        (width, hasWord) = (0, false)
        result.append("\n", span.style)
      default: word.append(character, span.style)
      }
    }
  }

  mutating func finished() -> StyledText {
    endWord()
    return result
  }

  private mutating func endWord() {
    guard !word.spans.isEmpty else { return }
    let length = Layout.width(of: word.plain)
    if hasWord, width + spaceCount + length >= columns {
      result.append("\n" + String(repeating: " ", count: indent), .plain)
      width = indent
    } else {
      result.append(spaces)
      width += spaceCount
    }
    result.append(word)
    width += length
    hasWord = true
    (word, spaces, spaceCount) = (StyledText(), StyledText(), 0)
  }
}

extension StyledText {
  /// Adds to the last piece, or as one of its own.
  fileprivate mutating func append(_ text: some StringProtocol, _ style: Style) {
    if let last = spans.indices.last, spans[last].style == style {
      spans[last].text += text
    } else {
      spans.append(Span(String(text), style))
    }
  }

  fileprivate mutating func append(_ character: Character, _ style: Style) {
    append(String(character), style)
  }

  fileprivate mutating func append(_ other: StyledText) {
    for span in other.spans { append(span.text, span.style) }
  }
}
