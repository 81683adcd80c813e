import Foundation
import Mangling
import Notebooks
import TestSupport
import Testing

@testable import Language

/// What must hold of the formatter for every text there is: each cell of the sample notebooks.
struct FormattingTests {
  private static let cells: [SourceText] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let root = folder.deletingLastPathComponent().deletingLastPathComponent()
    let files =
      GoldenTests.files.map { folder.appending(path: "cells/\($0)").path() }
      + ["tutorial", "chat", "todo", "gateway", "httpbin"].map {
        root.appending(path: "cells/\($0).cells").path()
      }
    return files.flatMap { file -> [SourceText] in
      let notebook = try? CellsFile.load(file)
      return (notebook?.codeCells ?? []).map { cell in
        SourceText(
          name: "cell [\(cell.number ?? 0)]", text: cell.source, cell: cell.number,
          file: .init(path: file, line: cell.firstLine ?? 1))
      }
    }
  }()

  /// Those without a syntax error.
  private static let sound = cells.filter {
    Parser.parse($0).diagnostics.allSatisfy { $0.severity != .error }
  }

  private func formatted(_ text: String) throws -> String {
    try SourceFormatter.format(SourceText(cell: 1, text: text))
  }

  @Test func thereAreManyCells() {
    #expect(Self.sound.count > 600)
  }

  @Test func whatIsFormattedTwiceIsAsAfterTheFirstTime() throws {
    for cell in Self.sound {
      let once = try SourceFormatter.format(cell)
      #expect(try formatted(once) == once, "\(cell.place(ofLine: 1))")
    }
  }

  /// The same instructions, constants and handlers: the cell does the same.
  @Test func aFormattedCellCompilesToTheSame() throws {
    for cell in Self.sound {
      let after = SourceText(cell: 1, text: try SourceFormatter.format(cell))
      #expect(CompiledMeaning(after) == CompiledMeaning(cell), "\(cell.place(ofLine: 1))")
    }
  }

  @Test func everyCommentAndEveryStringIsKept() throws {
    for cell in Self.sound {
      let after = SourceText(cell: 1, text: try SourceFormatter.format(cell))
      #expect(comments(after) == comments(cell), "\(cell.place(ofLine: 1))")
      #expect(strings(after) == strings(cell), "\(cell.place(ofLine: 1))")
    }
  }

  @Test func noLineEndsInSpaceAndNoneIsLongThatCouldBeBroken() throws {
    for cell in Self.sound {
      for line in try SourceFormatter.format(cell).split(separator: "\n") where !line.contains("\"") {
        #expect(line.last != " ", "\(cell.place(ofLine: 1))")
        #expect(line.count <= SourceFormatter.width || line.contains("//"), "\(line)")
      }
    }
  }

  /// Whatever space there is at the ends of lines and between words, the same comes out.
  @Test func spaceThatMeansNothingChangesNothing() throws {
    var random = SeededGenerator(seed: 2)
    for cell in Self.sound {
      let mangled = mangled(cell, &random)
      #expect(try formatted(mangled) == SourceFormatter.format(cell), "\(cell.place(ofLine: 1)): \(mangled)")
    }
  }

  /// Spaces, line ends and comments in places that nobody thinks of.
  @Test func aMangledCellKeepsWhatItMeans() {
    for cell in Self.sound {
      let failure = FormattingProperties.failure(ofMangled: cell.text, seed: Self.seed(of: cell.text))
      #expect(failure == nil, "\(cell.place(ofLine: 1)): \(failure ?? "")")
    }
  }

  /// The same for a text each time, whatever other cells there are (FNV-1a).
  private static func seed(of text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } >> 8
  }

  @Test func aMangledExampleOfTheLanguagePageKeepsWhatItMeans() throws {
    var checked = 0
    for example in try DocumentPage("language.md").examples where Mangler.tree(of: example.code) != nil {
      for seed in UInt64(example.line) * 6..<UInt64(example.line) * 6 + 6 {
        let failure = FormattingProperties.failure(ofMangled: example.code, seed: seed)
        #expect(failure == nil, "line \(example.line): \(failure ?? "")")
      }
      checked += 1
    }
    #expect(checked > 300)
  }

  /// Comments that have something before and behind them move no line end.
  @Test func commentsWithinLinesBreakNothing() throws {
    let comment = "/*@*/"
    var commented = 0
    for (number, cell) in Self.sound.enumerated() {
      let text = Mangler.comment(cell.text, with: comment, seed: UInt64(number))
      let (plain, other) = try (wide(cell.text), wide(text))
      #expect(
        other.replacing(comment, with: "").filter { $0 != " " } == plain.filter { $0 != " " },
        "\(cell.place(ofLine: 1)): \(other)")
      if text != cell.text { commented += 1 }
    }
    #expect(commented * 2 > Self.sound.count)
  }

  /// In lines that nothing has to be broken for.
  private func wide(_ text: String) throws -> String {
    try SourceFormatter.format(SourceText(cell: 1, text: text), width: 100_000)
  }

  /// The mangler must not take back all that it does, nor change what the text means.
  @Test func theManglerChangesTextsAndKeepsTrees() {
    var changed = 0
    for (number, cell) in Self.sound.enumerated() {
      let mangled = Mangler.mangle(cell.text, seed: UInt64(number))
      #expect(Mangler.tree(of: mangled) == Mangler.tree(of: cell.text), "\(mangled)")
      if Lexer.lex(mangled).comments.count > Lexer.lex(cell.text).comments.count { changed += 1 }
    }
    #expect(changed * 2 > Self.sound.count, "only \(changed) of \(Self.sound.count)")
  }

  // MARK: Looking into texts

  private func comments(_ source: SourceText) -> [[Substring]] {
    Lexer.lex(source.text).comments.map { source.slice($0).split { $0.isWhitespace } }
  }

  private func strings(_ source: SourceText) -> [String] {
    Lexer.lex(source.text).tokens.compactMap { if case .stringText(let text) = $0.kind { text } else { nil } }
  }

  /// The text with other spaces where there are some already, but not within strings and comments.
  private func mangled(_ source: SourceText, _ random: inout some RandomNumberGenerator) -> String {
    let lexed = Lexer.lex(source.text)
    let bytes = Array(source.text.utf8)
    var isKept = [Bool](repeating: false, count: bytes.count)
    var openStrings: [Int] = []
    for token in lexed.tokens {
      if token.kind == .stringStart { openStrings.append(token.span.start) }
      if token.kind == .stringEnd, let start = openStrings.popLast() {
        for place in start..<token.span.end { isKept[place] = true }
      }
    }
    for comment in lexed.comments { for place in comment.start..<comment.end { isKept[place] = true } }
    var result: [UInt8] = []
    for (place, byte) in bytes.enumerated() {
      let isSpace = byte == UInt8(ascii: " ")
      if isSpace, !isKept[place] {
        // One of a run stays, so that words stay apart.
        result += Array(repeating: byte, count: Int.random(in: 1...3, using: &random))
      } else {
        if byte == UInt8(ascii: "\n"), !isKept[place], Bool.random(using: &random) { result += [0x20, 0x20] }
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
