import Foundation
import Testing

/// That the tests' own engine does what those of editors do.
struct TextMateTokenizerTests {
  /// The pieces of a text as `text:scopes`, without the scope of the grammar.
  private func tokens(_ patterns: String, _ text: String) throws -> [String] {
    let source = #"{"scopeName": "s", "fileTypes": [], "repository": {}, "patterns": [\#(patterns)]}"#
    let grammar = try JSONDecoder().decode(TextMateGrammar.self, from: Data(source.utf8))
    var tokenizer = try TextMateTokenizer(grammar)
    let bytes = Array(text.utf8)
    return try tokenizer.pieces(of: text).map {
      "\(String(decoding: bytes[$0.range], as: UTF8.self)):\($0.scopes.dropFirst().joined(separator: " "))"
    }
  }

  @Test func theRuleThatMatchesFirstWinsAndAmongSeveralTheFirst() throws {
    let rules = #"{"name": "b", "match": "b+"}, {"name": "ab", "match": "ab"}, {"name": "a", "match": "a"}"#
    #expect(try tokens(rules, "xabb") == ["x:", "ab:ab", "b:b"])
  }

  @Test func theEndOfTheInnermostRuleComesBeforeItsPatterns() throws {
    let rules = """
      {"name": "q", "contentName": "in", "begin": "<", "end": ">", "patterns": [{"name": "x", "match": "[>x]"}]}
      """
    #expect(try tokens(rules, "<x>x") == ["<:q", "x:q in x", ">:q", "x:"])
  }

  @Test func aRuleReachesOverLinesAndItsEndRepeatsWhatTheBeginCaptured() throws {
    let rules = #"{"name": "q", "begin": "(\\.+)<", "end": ">\\1"}"#
    #expect(try tokens(rules, "a..<é>.\n>..b") == ["a:", "..<é>.:q", ">..:q", "b:"])
  }

  @Test func capturesStandWithinTheirRule() throws {
    let rules =
      #"{"name": "n", "match": "(a)(b)?c", "captures": {"1": {"name": "one"}, "2": {"name": "two"}}}"#
    #expect(try tokens(rules, "abc ac") == ["a:n one", "b:n two", "c:n", " :", "a:n one", "c:n"])
  }

  @Test func anExpressionSeesTheWholeLine() throws {
    let rules =
      #"{"name": "k", "match": "(?<=a)b"}, {"name": "a", "match": "^a"}, {"name": "e", "match": "c$"}"#
    #expect(try tokens(rules, "abac\nc") == ["a:a", "b:k", "a:", "c:e", "c:e"])
  }

  @Test func rulesThatGetNowhereAreAnError() {
    let loops = [
      #"{"name": "n", "match": "(?=a)"}"#, #"{"name": "n", "begin": "(?=a)", "end": "(?=a)"}"#,
    ]
    for loop in loops {
      #expect(throws: TextMateTokenizer.EndlessLoop.self) { try tokens(loop, "ba") }
    }
  }
}
