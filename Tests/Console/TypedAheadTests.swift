import Testing

@testable import Console

/// What keys that nobody has read yet come to.
@Suite struct TypedAheadTests {
  private static var hooks: Hooks {
    Hooks(
      completeness: { text in
        let depth = text.reduce(0) { $0 + ($1 == "{" ? 1 : $1 == "}" ? -1 : 0) }
        return depth > 0 ? .incomplete(indent: 2 * depth) : .complete
      },
      brackets: { text in
        var open: [Int] = []
        return text.utf8.enumerated().compactMap { offset, byte in
          if byte == UInt8(ascii: "{") { open.append(offset) }
          guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else { return nil }
          let isClosing = byte == UInt8(ascii: "}")
          return Bracket(offset: offset, partner: isClosing ? open.popLast() : nil, isClosing: isClosing)
        }
      })
  }

  private static func keys(_ text: String) -> [Key] { text.unicodeScalars.map { .character($0) } }

  private func texts(_ keys: [Key], isVi: Bool = false) -> [String] {
    var ahead = TypedAhead(hooks: Self.hooks, isVi: isVi)
    ahead.follow(keys[...], from: 0)
    return ahead.texts
  }

  @Test func eachEnterEndsATextThatIsComplete() {
    #expect(texts(Self.keys("one\r\r  \rtwo\nthr")) == ["one", "two", "thr"])
    #expect(texts(Self.keys("f {\ra {\rb\r}\r}\rlast\r")) == ["f {\n  a {\n    b\n  }\n}", "last"])
    // An empty line ends what wants more.
    #expect(texts(Self.keys("f {\r\rnext\r")) == ["f {", "next"])
  }

  @Test func whatIsErasedIsNotThere() {
    #expect(texts(Self.keys("on\u{7F}\u{7F}\u{7F}two\r")) == ["two"])
    #expect(texts(Self.keys("e\u{301}\u{8}x\r")) == ["x"])
    #expect(texts(Self.keys("f {\rgone\u{15}kept\r}\r")) == ["f {\nkept\n}"])
  }

  @Test func pastesAndNewLinesAreParts() {
    #expect(texts([.paste("a\nb"), .named(.newline), .character("c"), .character("\r")]) == ["a\nb\nc"])
    let tooLong = String(repeating: "x", count: LineEditor.cellLimit + 1)
    #expect(texts([.paste(tooLong), .character("y"), .character("\r")]) == ["y"])
  }

  @Test func whatIsTypedStandsWhereTheCursorIs() {
    let left = Key.named(.left)
    #expect(texts(Self.keys("11 + 22") + [left, left] + Self.keys("5\r")) == ["11 + 522"])
    #expect(texts(Self.keys("ab") + [left, .named(.delete), .named(.home)] + Self.keys("c\r")) == ["ca"])
    #expect(texts(Self.keys("ab") + [.named(.home), .named(.right)] + Self.keys("\u{7F}c")) == ["cb"])
    // Enter in the first of two lines makes a third one.
    #expect(texts([.paste("a\nb"), left, left, .character("\r")]) == ["a\n\nb"])
    var ahead = TypedAhead(hooks: Self.hooks, isVi: false)
    ahead.follow((Self.keys("a") + [.named(.up)])[...], from: 0)
    #expect(ahead.isDoubtful)
  }

  @Test func viCommandsAreNotTakenForText() {
    let keys = Self.keys("one\u{1B}dd\rtwo\r")
    #expect(texts(keys, isVi: true) == ["one", "two"])
    #expect(texts(keys, isVi: false) == ["onedd", "two"])
  }

  /// In whatever steps the keys come and are read, what is known is what the keys say that still wait.
  @Test func followsWhatComesAndWhatIsRead() {
    let keys = Self.keys("a\rf {\rb\r}\rcc\r\rd\rrest")
    for step in 1...keys.count {
      for read in stride(from: 0, to: keys.count, by: 2) {
        var ahead = TypedAhead(hooks: Self.hooks, isVi: false)
        for end in stride(from: step, to: keys.count + step, by: step) {
          ahead.follow(keys[..<min(end, keys.count)], from: 0)
        }
        let waiting = keys[read...]
        ahead.follow(waiting, from: read)
        #expect(ahead.texts == texts(Array(waiting)), "step \(step), read \(read)")
      }
    }
  }
}
