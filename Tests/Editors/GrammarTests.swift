import Foundation
import NIOPosix
import Testing

@testable import KernelCore
@testable import Language

/// The grammar itself: that editors with another engine than ours read it the same.
struct GrammarTests {
  private let grammar: TextMateGrammar

  init() throws {
    grammar = try TextMateGrammar.load()
  }

  @Test func theFileSaysWhatItIsFor() {
    #expect(grammar.scopeName == "source.routebook")
    #expect(grammar.fileTypes == ["cells"])
    #expect(grammar.rules.count > 100)
  }

  /// A misspelled key would be read over.
  @Test func everyKeyIsOneThatTheTestsRead() throws {
    let keys: Set<String> = [
      "$schema", "name", "scopeName", "fileTypes", "patterns", "repository", "include", "contentName",
      "match",
      "captures", "begin", "beginCaptures", "end", "endCaptures",
    ]
    var unknown: Set<String> = []
    func visit(_ value: Any, isTable: Bool) {
      if let list = value as? [Any] { list.forEach { visit($0, isTable: false) } }
      for (key, value) in value as? [String: Any] ?? [:] {
        if !isTable, !keys.contains(key) { unknown.insert(key) }
        visit(value, isTable: key == "repository" || key.hasSuffix("aptures"))
      }
    }
    visit(try JSONSerialization.jsonObject(with: TextMateGrammar.data()), isTable: false)
    #expect(unknown == [])
  }

  @Test func everyIncludeLeadsToARuleAndEveryRuleIsIncluded() throws {
    let includes = Set(grammar.rules.compactMap(\.include))
    #expect(includes == Set(grammar.repository.keys.map { "#\($0)" }))
    for rule in grammar.rules {
      #expect(throws: Never.self) { try grammar.leaves(of: rule.patterns ?? []) }
    }
  }

  @Test func aRuleIsOfOneSort() {
    for rule in grammar.rules {
      #expect((rule.begin == nil) == (rule.end == nil), "\(rule.summary)")
      let sorts = [rule.match != nil, rule.begin != nil, rule.include != nil]
      #expect(sorts.filter(\.self).count == 1 || (sorts == [false, false, false] && rule.patterns != nil))
      if rule.match != nil { #expect(rule.patterns == nil, "\(rule.summary)") }
    }
  }

  /// A cell ends at the next marker, whatever is open: every rule of several lines has to see it.
  @Test func everyRuleEndsWhereTheNextCellBegins() {
    let marker =
      #"^(?=[ \t]*#[ \t]*(?:%%+(?:[ \t]|$)|In\[[0-9 ]*\]:?[ \t]*$|<codecell>[ \t]*$))"#
    for end in grammar.rules.compactMap(\.end) {
      #expect(end == marker || end.hasSuffix("|" + marker), "\(end)")
    }
  }

  // MARK: - Expressions

  @Test func everyExpressionCompilesAndEveryCaptureIsThere() throws {
    for rule in grammar.rules {
      if let match = rule.match { try check(match, rule.captures) }
      if let begin = rule.begin { try check(begin, rule.beginCaptures) }
      if let end = rule.end {
        let filled = end.replacing(/\\[1-9]/, with: rule.begin?.contains("(") == true ? "x" : "")
        try check(filled, rule.endCaptures)
      }
    }
  }

  private func check(_ source: String, _ captures: [String: TextMateRule.Capture]?) throws {
    let expression = try TextMateTokenizer.compile(source)
    for group in captures?.keys ?? [:].keys {
      #expect(Int(group).map { $0 <= expression.numberOfCaptureGroups } == true, "\(group) of \(source)")
    }
  }

  /// Oniguruma and ICU read these alike. `\h` for one is a digit and for the other a space; `.` ends elsewhere; a
  /// set within a set and `&&` in one are operations.
  @Test func expressionsUseOnlyWhatAllEnginesReadAlike() {
    let escapes: Set<Character> = ["t", "n", "b", "w", "p", "x"]
    for source in grammar.rules.flatMap(\.expressions) {
      var isEscaped = false
      var isInSet = false
      var previous: Character?
      for character in source {
        if isEscaped {
          isEscaped = false
          let isKnown = escapes.contains(character) || !(character.isLetter || character == "0")
          #expect(isKnown, "\\\(character) in \(source)")
          previous = nil
          continue
        }
        switch character {
        case "\\": isEscaped = true
        case "[":
          #expect(!isInSet, "a set within a set in \(source)")
          isInSet = true
        case "]": isInSet = false
        case "&" where isInSet, "-" where isInSet: #expect(previous != character, "\(source)")
        case "." where !isInSet: Issue.record(". in \(source)")
        default: break
        }
        previous = character
      }
      #expect(!isInSet && !isEscaped, "\(source)")
      #expect(!source.contains(/\(\?(?![:=!>]|<[=!])/), "\(source)")
    }
  }

  // MARK: - Scopes

  /// Themes colour by the first words of a scope.
  @Test func scopesBeginAndEndAsThemesExpect() {
    let groups: Set<Substring> = [
      "comment", "constant", "entity", "invalid", "keyword", "markup", "meta", "punctuation", "storage",
      "string", "support", "variable",
    ]
    let scopes = Set(grammar.rules.flatMap(\.scopes))
    #expect(scopes.count > 80)
    for scope in scopes {
      let words = scope.split(separator: ".", omittingEmptySubsequences: false)
      #expect(words.count >= 3 && groups.contains(words[0]) && words.last == "routebook", "\(scope)")
      #expect(scope.wholeMatch(of: /[a-z.\-]+/) != nil, "\(scope)")
    }
  }

  // MARK: - Words

  /// The words of an expression such as `\b(?:if|else)\b`, in those rules that give a scope.
  private func words(of scope: String) -> Set<String> {
    let expressions = grammar.rules.filter { $0.scopes.contains(scope + ".routebook") }.compactMap(\.match)
    return expressions.reduce(into: []) { words, source in
      if let match = source.firstMatch(of: /\(\?:((?:\w+\|)+\w+)\)/) {
        words.formUnion(match.1.split(separator: "|").map(String.init))
      }
    }
  }

  @Test func theKeywordsAreThoseOfTheLanguage() {
    let scopes = ["keyword.control", "keyword.control.waiting", "constant.language", "storage.type.variable"]
    let found = scopes.reduce(into: Set(["func"])) { $0.formUnion(words(of: $1)) }
    #expect(found == Set(Keyword.allCases.map(\.rawValue)))
    #expect(words(of: "support.constant.method") == Set(Parser.methods))
  }

  @Test func theFunctionsAreThoseOfTheKernel() throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let names = try loop.flatSubmit {
      let supervisor = Supervisor(configuration: KernelConfiguration(), loop: loop)
      let names = supervisor.kernel.machine.declaredGlobals.map(\.name)
      return supervisor.shutDown(grace: .zero).map { names }
    }.wait()
    // A name that begins with a capital is coloured as a type.
    #expect(words(of: "support.function") == Set(names.filter { $0.first?.isLowercase == true }))
  }
}
