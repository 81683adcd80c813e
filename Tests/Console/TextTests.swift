import TestSupport
import Testing

@testable import Console

@Suite struct SanitizerTests {
  @Test func keepsTextNewlinesAndTabs() {
    for text in ["", "plain", "a\tb\nc", "größe 世界 e\u{301} 👍🏽"] { #expect(Sanitizer.visible(text) == text) }
  }

  @Test func spellsOutWhatATerminalWouldActOn() {
    #expect(Sanitizer.visible("\u{1B}[31mred\u{7}") == "\\u{1B}[31mred\\u{7}")
    #expect(Sanitizer.visible("a\rb\0c\u{7F}d\u{9B}e") == "a\\rb\\0c\\u{7F}d\\u{9B}e")
    #expect(Sanitizer.visible("abc\u{202E}fed\u{2069}") == "abc\\u{202E}fed\\u{2069}")
  }

  @Test func aNewlineMayHaveACarriageReturn() {
    #expect(Sanitizer.visible("a\r\nb\n\r\r\n") == "a\nb\n\\r\n")
  }

  @Test func nothingOfTheControlRangesComesThrough() {
    for value in 0...0x2100 as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = Sanitizer.visible("é" + String(scalar) + "x")
      let isControl = scalar.properties.generalCategory == .control && value != 10 && value != 9
      #expect(shown.unicodeScalars.contains(scalar) != isControl || Sanitizer.isControl(value))
      #expect(!isControl || !shown.unicodeScalars.contains(scalar))
    }
  }
}

@Suite struct ScalarTests {
  @Test func scalarsBecomeTheirTextAndWhatIsNoneAReplacement() {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<2_000 {
      let scalars = (0..<8).map { _ in
        UInt32.random(
          in: 0...([0x7F, 0x7FF, 0xFFFF, 0x12_0000, .max].randomElement(using: &generator)!),
          using: &generator)
      }
      var expected = String.UnicodeScalarView()
      expected.append(contentsOf: scalars.map { Unicode.Scalar($0) ?? "\u{FFFD}" })
      #expect(String(scalars: scalars).unicodeScalars.elementsEqual(expected))
    }
  }
}

@Suite struct StyleTests {
  @Test func colourFollowsTheOptionThenTheEnvironment() {
    let terminal = ["TERM": "xterm"]
    #expect(Style.isUsed(.auto, isTerminal: true, environment: terminal))
    #expect(!Style.isUsed(.auto, isTerminal: false, environment: terminal))
    #expect(!Style.isUsed(.auto, isTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": "1"]))
    #expect(Style.isUsed(.auto, isTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": ""]))
    #expect(!Style.isUsed(.auto, isTerminal: true, environment: ["TERM": "dumb"]))
    #expect(Style.isUsed(.always, isTerminal: false, environment: ["NO_COLOR": "1"]))
    #expect(!Style.isUsed(.never, isTerminal: true, environment: terminal))
  }

  @Test func rendersSpansWithTheirStylesAndNothingElse() {
    let text = StyledText("[3] ", .dim) + StyledText("\u{1B}x", Style(.red, bold: true)) + " end"
    #expect(text.rendered(color: true) == "\u{1B}[0;2m[3] \u{1B}[0m\u{1B}[0;1;31m\\u{1B}x\u{1B}[0m end")
    #expect(text.rendered(color: false) == "[3] \\u{1B}x end")
  }
}

@Suite struct KeyDecoderTests {
  @Test func controlCEndsAPasteWhoseEndNeverComes() {
    var decoder = KeyDecoder()
    decoder.feed(Array("\u{1B}[200~let p = [".utf8))
    #expect(decoder.next() == nil)
    decoder.feed([0x03, UInt8(ascii: "x")])
    #expect(decoder.next() == .paste("let p = ["))
    #expect(decoder.next() == .control("c"))
    #expect(decoder.next() == .character("x"))
  }

  private func keys(_ bytes: String) -> [Key] {
    var decoder = KeyDecoder()
    decoder.feed(bytes.utf8)
    var keys: [Key] = []
    while let key = decoder.next() { keys.append(key) }
    return keys
  }

  @Test func decodesCharactersAndFunctionKeys() {
    #expect(keys("aé世\r") == [.character("a"), .character("é"), .character("世"), .character("\r")])
    #expect(
      keys("\u{1B}[A\u{1B}OB\u{1B}[1;5C\u{1B}[3~\u{1B}[Z")
        == [.up, .down, .wordRight, .delete, .backTab].map { .named($0) })
    #expect(keys("\u{1B}OQ\u{1B}[12~\u{1B}[[B") == [.edit, .edit, .edit].map { .named($0) })
    #expect(keys("\u{1B}b\u{1B}\r\u{1B}[13;2u") == [.meta("b"), .named(.newline), .named(.newline)])
  }

  @Test func ignoresSequencesItDoesNotKnow() {
    #expect(keys("\u{1B}[15~\u{1B}[[A\u{1B}[?1;2c\u{1B}[Ix") == [.character("x")])
    #expect(keys("\u{1B}[" + String(repeating: "1", count: 1_000) + "x").last == .character("x"))
  }

  @Test func bytesComeInAnyPieces() {
    let bytes = Array("é\u{1B}[A世\u{1B}[200~a\r\nb\u{1B}[20x\u{1B}[201~\u{1B}x".utf8)
    let expected: [Key] = [
      .character("é"), .named(.up), .character("世"), .paste("a\nb\u{1B}[20x"), .meta("x"),
    ]
    for size in 1...bytes.count {
      var decoder = KeyDecoder()
      var found: [Key] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        decoder.feed(bytes[start..<min(start + size, bytes.count)])
        while let key = decoder.next() { found.append(key) }
      }
      #expect(found == expected)
    }
  }

  @Test func escapeAloneIsAKeyOnceNothingFollows() {
    var decoder = KeyDecoder()
    decoder.feed([0x1B])
    #expect(decoder.next() == nil && decoder.isInsideEscape)
    #expect(decoder.flush() == .escape)
    #expect(!decoder.isInsideEscape)
    decoder.feed("\u{1B}\u{3}".utf8)
    #expect(decoder.next() == .escape && decoder.next() == .control("c"))
    decoder.feed("\u{1B}[".utf8)
    #expect(decoder.next() == nil)
    #expect(decoder.flush() == .meta("["))
  }

  @Test func brokenTextBecomesReplacementCharactersAndPrivateCodesNothing() {
    var decoder = KeyDecoder()
    decoder.feed([0xFF, 0x61, 0xE4, 0x61, 0xC2, 0x85, 0x62, 0xED, 0xA0, 0x80])
    var found: [Key] = []
    while let key = decoder.next() { found.append(key) }
    #expect(found == ["\u{FFFD}", "a", "\u{FFFD}", "a", "b", "\u{FFFD}"].map { .character($0) })
  }

  @Test func noBytesCrashIt() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2_000 {
      var decoder = KeyDecoder()
      let alphabet: [UInt8] = [
        0x1B, 0x5B, 0x4F, 0x3B, 0x31, 0x32, 0x7E, 0x41, 0x30, 0x0D, 0xC3, 0xA9, 0xE2, 0xFF,
      ]
      for _ in 0..<6 {
        decoder.feed((0..<5).map { _ in alphabet.randomElement(using: &generator)! })
        while decoder.next() != nil {}
        _ = decoder.flush()
      }
    }
  }

  @Test func aPasteBeyondTheLimitIsCut() {
    var decoder = KeyDecoder()
    decoder.feed("\u{1B}[200~".utf8)
    let piece = [UInt8](repeating: 0x61, count: 1 << 20)
    for _ in 0..<17 {
      decoder.feed(piece)
      #expect(decoder.next() == nil)
    }
    decoder.feed("\u{1B}[201~z".utf8)
    guard case .paste(let text) = decoder.next() else {
      Issue.record("no paste")
      return
    }
    #expect(text.utf8.count == KeyDecoder.pasteLimit)
    #expect(decoder.droppedBytes == 1 << 20)
    #expect(decoder.next() == .character("z"))
  }
}

@Suite struct PrintQueueTests {
  @Test func dropsTheOldestLinesAndCountsThem() {
    let queue = PrintQueue(lineLimit: 3)
    queue.add("a\nb\n")
    queue.add("c")
    #expect(queue.take() == ["a", "b", "c"])
    queue.add("1\n2\n3\n4\n\n")
    #expect(
      queue.take() == ["… 2 lines left out: they came faster than the terminal shows them", "3", "4", ""])
    #expect(queue.take() == [])
  }

  @Test func isBoundedInBytesToo() {
    let queue = PrintQueue(lineLimit: 1_000, byteLimit: 10)
    queue.add("12345\n67890\nabc")
    #expect(queue.take().last == "abc")
    queue.add(String(repeating: "x", count: 100))
    #expect(queue.take().count == 1)
  }
}
